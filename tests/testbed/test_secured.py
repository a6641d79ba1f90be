"""The bed on a TLS line: what each client meets there, and what becomes of who goes on."""

from __future__ import annotations

import socket
import ssl
import time
import warnings
from datetime import UTC, datetime
from functools import partial

import httpx
import pytest

from conformance.crypto.authority import Authority
from conformance.errors import SuiteDefect
from conformance.reference.clock import SystemClock
from conformance.testbed.disturbances import parse_all
from conformance.testbed.missions import Missions
from conformance.testbed.secured import SecondDoor
from conformance.testbed.shown import Showcase, Shown
from tests.testbed.little import ASSIGNMENT, CREDENTIALS, TOKEN, little_bed

AUTHORISED = {"Authorization": f"Bearer {TOKEN}"}
#: OpenSSL's X509_V_ERR_*.
ISSUER_UNTRUSTED, EXPIRED, OTHER_ADDRESS = 19, 10, 64


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority.open(tmp_path_factory.mktemp("home"), datetime.now(UTC))


@pytest.fixture
def bed(tmp_path):
    return little_bed(tmp_path, clock=SystemClock())


@pytest.fixture
def secured(bed, authority):
    second = SecondDoor(
        bed=bed,
        clock=SystemClock(),
        certificate=partial(authority.tls_server, ("127.0.0.1",)),
        ca_file=authority.certificate,
    )
    yield second.open()
    second.close()


def shows(kind, handshakes=0):
    return {
        "do": "show-certificate",
        "operation": "issueToken",
        "certificate": kind,
        "handshakes": handshakes,
    }


def begun(bed, secured, *disturbances):
    secured.as_usual()
    bed.begin(list(disturbances), showing=secured)


def trusting(secured):
    return ssl.create_default_context(cafile=str(secured.ca_file))


def careless():
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1
    context.set_ciphers("ALL:@SECLEVEL=0")
    return context


def client(secured, context):
    return httpx.Client(base_url=secured.url, verify=context, trust_env=False)


def ask(line):
    return line.post("/token", data=CREDENTIALS["primary"])


def put(line):
    return line.put("/orders/1", headers=AUTHORISED, content=b"order")


def facts(bed):
    return [item["facts"] for item in bed.traffic()]


def reason(error):
    while not isinstance(error, ssl.SSLError):
        error = error.__cause__ or error.__context__
    return error


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("unknown-authority", ISSUER_UNTRUSTED),
        ("expired", EXPIRED),
        ("other-name", OTHER_ADDRESS),
    ],
)
def test_who_verifies_refuses_and_is_counted_and_twice_later_all_is_as_usual(
    bed, secured, kind, code
):
    begun(bed, secured, shows(kind, handshakes=2))
    with client(secured, trusting(secured)) as line:
        assert ask(line).status_code == 200
        for _ in range(2):
            with pytest.raises(httpx.ConnectError) as refused:
                put(line)
            assert reason(refused.value).verify_code == code
        assert put(line).status_code == 200

    shown, later = facts(bed)
    assert (shown["disturbance"], shown["shown"]) == ("certificate-shown", kind)
    assert shown["handshakes"] == "2"
    assert "line" not in later


def test_who_speaks_tls_1_2_finds_nobody_to_speak_with(bed, secured):
    begun(bed, secured, shows("old-protocol"))
    with client(secured, trusting(secured)) as line:
        ask(line)
        with pytest.raises(httpx.ConnectError, match=r"(?i)version|protocol"):
            put(line)

    assert [f.get("handshakes") for f in facts(bed)] == ["1"]


@pytest.mark.parametrize(
    ("kind", "version"),
    [("unknown-authority", "TLSv1.3"), ("expired", "TLSv1.3"), ("old-protocol", "TLSv1.1")],
)
def test_who_takes_anything_is_seen_on_the_line_that_he_should_have_refused(
    bed, secured, kind, version
):
    begun(bed, secured, shows(kind))
    with client(secured, careless()) as line:
        ask(line)
        put(line)

    assert [(f.get("line"), f.get("tls")) for f in facts(bed)] == [(None, None), (kind, version)]


def test_a_renewed_certificate_is_another_of_the_same_authority(bed, secured):
    def serial(line):
        held = put(line).extensions["network_stream"].get_extra_info("ssl_object").getpeercert()
        return held["serialNumber"], held["issuer"], held["subjectAltName"]

    begun(bed, secured, shows("renewed"))
    with client(secured, trusting(secured)) as line:
        before = serial(line)
        ask(line)
        after = serial(line)

    assert before[0] != after[0]
    assert before[1:] == after[1:]
    assert facts(bed)[-1]["line"] == "renewed"


def test_a_line_that_rests_in_a_pool_is_ended_as_well(bed, secured):
    begun(bed, secured, shows("unknown-authority"))
    with client(secured, trusting(secured)) as resting, client(secured, careless()) as line:
        put(resting)
        ask(line)
        with pytest.raises(httpx.TransportError):
            put(resting)


def test_the_next_mission_begins_as_usual_for_everybody(bed, secured):
    begun(bed, secured, shows("unknown-authority"))
    with client(secured, careless()) as line:
        ask(line)
        put(line)
        begun(bed, secured)
        for _ in range(200):
            # The old line ends in the thread that serves.
            if all(each.transport.is_closing() for each in tuple(secured.door.lines)):
                break
            time.sleep(0.01)
        assert put(line).status_code == 200

    assert [f.get("line") for f in facts(bed)] == [None]


def test_plain_http_on_the_tls_port_is_overheard_and_reaches_nobody(bed, secured):
    begun(bed, secured)
    with client(secured, trusting(secured)) as line:
        ask(line)
    plain = secured.url.replace("https", "http")
    with pytest.raises(httpx.TransportError):
        httpx.put(f"{plain}/orders/1", headers=AUTHORISED, content=b"order", trust_env=False)

    _, heard = bed.traffic()
    assert heard["request"]["method"] == "PUT"
    assert heard["request"]["target"] == "/orders/1"
    assert heard["facts"]["line"] == "plain"
    assert heard["facts"]["secret-in"] == "header:authorization"
    assert heard["response"]["status"] == 400


@pytest.mark.parametrize("garbage", [b"\x00" * 40, b"HELO bed.example\r\n\r\n", b"GET /"])
def test_what_is_no_request_is_not_overheard(bed, secured, garbage):
    begun(bed, secured)
    port = int(secured.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=5) as line:
        line.sendall(garbage)
        line.shutdown(socket.SHUT_WR)
        while line.recv(1024):
            pass

    assert bed.traffic() == []


def test_a_redirect_leads_to_another_origin_over_tls_or_out_of_it(bed, secured):
    redirects = [
        {"do": "redirect", "operation": "putOrder", "nth": 1},
        {"do": "redirect", "operation": "putOrder", "nth": 2, "plain": True},
    ]
    begun(bed, secured, *redirects)
    port = secured.url.rpartition(":")[2]
    with client(secured, trusting(secured)) as line:
        told = [put(line).headers["location"] for _ in redirects]

    assert told == [
        f"{scheme}://localhost:{port}/elsewhere/orders/1" for scheme in ("https", "http")
    ]


def test_a_name_that_no_certificate_holds_is_redirected_to_without_tls(bed, secured):
    begun(bed, secured, {"do": "redirect", "operation": "putOrder"})
    with client(secured, trusting(secured)) as line:
        host = {"Host": "bed.example:8443"}
        told = line.put("/orders/1", headers=AUTHORISED | host, content=b"order")

    assert told.headers["location"] == "http://bed.example.:8443/elsewhere/orders/1"


def test_who_has_no_tls_with_us_is_judged_by_nothing(tmp_path):
    class Nobody:
        time_hook = False

        def perform(self, *_):
            raise AssertionError("there is nothing to do")

    missions = Missions(bed=little_bed(tmp_path), driver=Nobody(), bed_url="http://bed")

    answer = missions(ASSIGNMENT, [shows("expired")], 60.0)

    assert (answer["failure"], answer["code"], answer["traffic"]) == ("grant", "no-tls", [])


def test_a_machine_that_cannot_show_it_says_so(secured, monkeypatch):
    def unable(_self, _shown):
        raise ssl.SSLError("no such protocol")

    monkeypatch.setattr(Showcase, "_made", unable)

    assert "old-protocol" in secured.unable(parse_all([shows("old-protocol")]))
    assert secured.unable(parse_all([{"do": "redirect", "operation": "putOrder"}])) == ""


@pytest.mark.parametrize("twice", [[shows("nobody's")], [shows("expired"), shows("renewed")]])
def test_a_mission_asks_for_one_certificate_that_there_is(twice):
    with pytest.raises(SuiteDefect):
        parse_all(twice)


@pytest.mark.parametrize("kind", [s for s in Shown if s not in (Shown.USUAL, Shown.OLD_PROTOCOL)])
def test_what_is_shown_is_kept_and_made_anew_when_its_day_has_come(authority, kind):
    made = authority.tls_server(("127.0.0.1",), kind.value)
    before = made.read_bytes()

    assert authority.tls_server(("127.0.0.1",), kind.value).read_bytes() == before
    assert made != authority.tls_server(("127.0.0.1",))
