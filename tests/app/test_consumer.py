"""Every setting of the test bed does something."""

from __future__ import annotations

import socket
import ssl
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from conformance.app.authority import authority_of
from conformance.app.consumer import Audience, consumer_side
from conformance.app.options import RunOptions
from conformance.app.playing import Share
from conformance.app.prepare import prepare
from conformance.crypto.authority import Authority
from conformance.errors import UsageError
from conformance.model.requirement import Role
from conformance.reference.clock import SystemClock
from conformance.targets.bed_settings import BedSettings
from conformance.testbed.time_hook import ClockAhead, TimeHook
from conformance.wire.transport import Connection


@contextmanager
def standing(folder, settings, target="listen:0", hook=None):
    """The mission control, and where the bed says that it stands."""
    options = RunOptions(
        target=target, out=folder / "out", home=folder / "home", roles=(Role.CONSUMER,)
    )
    prepared, told = prepare(options), []
    share = Share(
        connection=Connection(base_url=""),
        credentials={"primary": {"client_id": "me"}},
        grants={"subtree_root": "H98"},
        redaction_key=b"0" * 16,
        scenarios=(),
    )
    with consumer_side(
        prepared.plan,
        prepared.pack,
        share,
        prepared.locator,
        clock=SystemClock() if hook is None else hook.clock,
        hook=hook,
        authority=authority_of(prepared, datetime.now(UTC)),
        settings=settings,
        audience=Audience(stand=told.append),
    ) as (missions, _):
        yield missions, told[0]


def trusting(standing_):
    return ssl.create_default_context(cafile=str(standing_.ca))


def shaken(standing_, name, host, *, certificate=None):
    """A TLS handshake by that name, and the first bytes of an answer after it."""
    context = trusting(standing_)
    if certificate:
        context.load_cert_chain(certificate)
    port = int(standing_.base_url.rpartition(":")[2])
    with (
        socket.create_connection((host, port), timeout=5) as plain,
        context.wrap_socket(plain, server_hostname=name) as line,
    ):
        line.sendall(b"GET / HTTP/1.1\r\nHost: bed\r\nConnection: close\r\n\r\n")
        return line.recv(9)


def test_the_software_is_told_credentials_that_the_played_nation_accepts(tmp_path):
    """Those of its table open what the software itself serves: here they would be refused."""
    with standing(tmp_path, BedSettings()) as (_, told):
        form = {"grant_type": "client_credentials", **dict(told.credentials)}
        answer = httpx.post(f"{told.base_url}/oauth2/token", data=form)

        assert (answer.status_code, form.get("client_id") != "me") == (200, True)


def test_it_listens_where_it_is_told_under_the_names_that_it_is_given(tmp_path):
    settings = BedSettings(host="127.0.0.2", names=("bed.example",), https=True)
    with standing(tmp_path, settings) as (missions, told):
        assert told.base_url.startswith("https://127.0.0.2:")
        assert missions.bed_url == told.base_url
        assert (told.tls, told.client, told.subtree) == (True, "", "H98")
        for name in ("bed.example", "127.0.0.2", "localhost"):
            assert shaken(told, name, "127.0.0.2") == b"HTTP/1.1 "
        with pytest.raises(ssl.SSLCertVerificationError):
            shaken(told, "other.example", "127.0.0.2")


def test_who_listens_everywhere_names_an_address_that_can_be_called(tmp_path):
    everywhere = BedSettings(host="0.0.0.0", names=("bed.example",))
    with standing(tmp_path, everywhere) as (_, told):
        assert told.base_url.startswith("http://bed.example:")
    with standing(tmp_path, BedSettings(host="0.0.0.0")) as (_, told):
        assert told.base_url.startswith("http://127.0.0.1:")


def test_behind_a_proxy_the_software_is_told_the_proxys_address(tmp_path):
    settings = BedSettings(base_url="https://lgsp.example/hr")
    with standing(tmp_path, settings) as (missions, told):
        assert missions.bed_url == told.base_url == "https://lgsp.example/hr"


def test_a_command_is_told_the_port_that_was_chosen(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with standing(tmp_path, BedSettings(port=port), "exec:python --version") as (missions, _):
        assert missions.bed_url == f"http://127.0.0.1:{port}"
        assert missions.deadline == 0


def test_deadline_and_quiet_are_those_of_the_settings(tmp_path):
    with standing(tmp_path, BedSettings(deadline=33.0, quiet=4.0)) as (missions, _):
        assert (missions.deadline, missions.driver.quiet) == (33.0, 4.0)


def test_a_client_certificate_of_ones_own_ca_is_taken_and_ours_is_not(tmp_path):
    own = Authority.open(tmp_path / "own", datetime.now(UTC))
    settings = BedSettings(https=True, client_certificate=True, client_ca_file=str(own.certificate))
    with standing(tmp_path, settings) as (_, told):
        assert told.client == ""
        theirs = own.tls_client()
        assert shaken(told, "localhost", "127.0.0.1", certificate=theirs) == b"HTTP/1.1 "
        ours = Authority.open(tmp_path / "home", datetime.now(UTC)).tls_client()
        # TLS 1.3 tells the client after its own part: an alert, or only that the line was cut.
        try:
            answered = shaken(told, "localhost", "127.0.0.1", certificate=ours)
        except OSError:
            answered = b""
        assert answered == b""


def test_missions_on_tls_have_a_port_where_a_handshake_is_the_softwares_own(tmp_path):
    with standing(tmp_path, BedSettings(https=True)) as (missions, told):
        assert missions.secured().url == told.base_url
    with standing(tmp_path, BedSettings(), "exec:python --version") as (missions, told):
        beside = missions.secured()
        assert beside.url.startswith("https://127.0.0.1:")
        assert beside.url != told.base_url.replace("http:", "https:")
        assert missions.secured() is beside
        assert httpx.get(f"{beside.url}/v1/metadata", verify=trusting(told)).status_code == 401
    platform = BedSettings(base_url="https://lgsp.example", https=True)
    with standing(tmp_path, platform, "exec:python --version") as (missions, _):
        assert missions.secured().url.startswith("https://127.0.0.1:")
    # A person was told one address; before a platform the handshake is the platform's.
    for settings in (BedSettings(), platform):
        with standing(tmp_path, settings) as (missions, _):
            assert missions.secured is None


def test_a_person_is_given_his_deadline_in_true_time_whatever_the_clocks_are_set_to(tmp_path):
    hook = TimeHook(command=("./set", "{instant}"), clock=ClockAhead(SystemClock()))
    with standing(tmp_path, BedSettings(), hook=hook) as (missions, told):
        assert missions.hook is hook
        missions.bed.begin()
        hook.clock.put_forward(timedelta(hours=2))
        assert httpx.get(f"{told.base_url}/v1/metadata").status_code == 401
        idle = missions.driver.idle_since()
        assert abs(datetime.now(UTC) - idle) < timedelta(minutes=1)
        assert abs(missions.driver.clock.now() - idle) < timedelta(minutes=1)
        assert missions.bed.idle_since() - idle == timedelta(hours=2)


def test_the_bundled_agency_has_no_clock_to_be_set(tmp_path):
    hook = TimeHook(command=("./set", "{instant}"), clock=ClockAhead(SystemClock()))
    with pytest.raises(UsageError) as error, standing(tmp_path, BedSettings(), "reference", hook):
        pass
    assert error.value.where == "time_hook"
