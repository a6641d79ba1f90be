"""No secret and no stranger's id is stored; equal things keep equal names."""

from __future__ import annotations

import base64
import json
import re
from urllib.parse import quote, quote_plus, urlencode

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from conformance.wire.redaction import PLACEHOLDER, Vault, is_secret, lookalike, placeholder

SECRET = 'S3cr/t+Bí mật&"x'
PERSONAL = r"(?<![0-9A-Za-z_-])[0-9]{12}(?![0-9A-Za-z_-])"
OURS = "098012345678"
STRANGER = "001204012345"
TOKEN = placeholder("primary", "client_secret")


def vault(secret=SECRET, **more):
    return Vault(
        key=more.pop("key", b"k" * 32),
        secrets={
            "primary": {"client_id": "agency-H98", "client_secret": secret},
            "second": {"client_id": "agency-H99", "password": "hunter2hunter2"},
        },
        members=("access_token", "refresh_token"),
        personal_id=PERSONAL,
        is_ours=lambda number: number.startswith("098"),
        **more,
    )


def basic(name, secret):
    return base64.b64encode(f"{name}:{secret}".encode()).decode()


secrets = st.text(
    st.characters(min_codepoint=33, max_codepoint=0x1EFF, exclude_categories=("Cs", "Cc")),
    min_size=6,
    max_size=20,
).filter(lambda text: "~" not in text and not re.search(PERSONAL, text))

#: How a secret may be written by somebody who echoes it.
WAYS = {
    "as it is": str,
    "header": lambda s: f"X-Key: {s}",
    "JSON": lambda s: json.dumps({"you sent": s}),
    "JSON in UTF-8": lambda s: json.dumps({"you sent": s}, ensure_ascii=False),
    "JSON as PHP writes it": lambda s: json.dumps([s]).replace("/", "\\/"),
    "form": lambda s: urlencode({"client_secret": s}),
    "path": lambda s: f"/v1/keys/{quote(s, safe='')}/",
    "path with slashes": lambda s: f"/v1/keys/{quote(s)}/",
    "query, lower case": lambda s: re.sub(
        "%..", lambda m: m[0].lower(), f"/v1/keys?k={quote_plus(s)}"
    ),
    "bearer": lambda s: f"Bearer {s}",
    "twice, two ways": lambda s: f"{s} {quote_plus(s)} {s}",
    "basic": lambda s: f"Basic {basic('agency-H98', s)}",
    "basic, quoted": lambda s: f"you sent {basic('agency-H98', s)}, which is wrong",
    "basic, both encoded": lambda s: basic(quote_plus("agency-H98"), quote_plus(s)),
}


@pytest.mark.parametrize("way", WAYS)
@given(secret=secrets)
def test_a_configured_secret_is_found_however_it_is_written(way, secret):
    text = WAYS[way](secret)
    stored = vault(secret).redact(text)
    assert stored != text
    for form in (secret, quote(secret), quote_plus(secret), basic("agency-H98", secret)):
        assert form not in PLACEHOLDER.sub("", stored)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be", "utf-16"])
def test_a_body_is_redacted_whatever_its_encoding(way, encoding):
    body = WAYS[way](SECRET).encode(encoding)
    stored = vault().redact_bytes(body).decode(encoding)
    assert PLACEHOLDER.search(stored)
    assert SECRET not in stored


@given(st.binary(max_size=20).filter(lambda b: b"\0" not in b), secrets)
def test_bytes_around_a_secret_stay_as_they_are(noise, secret):
    assume(not re.search(rb"[0-9]", noise))
    stored = vault(secret).redact_bytes(noise + b" " + secret.encode() + b" \xff")
    assert stored == noise + b" " + TOKEN.encode() + b" \xff"


@given(st.binary(max_size=40))
def test_any_body_can_be_redacted(body):
    assert isinstance(vault().redact_bytes(body), bytes)


# ── what is learned on the way ───────────────────────────────────────────────
@pytest.mark.parametrize(
    "text",
    [
        '{"access_token": "eyJhbGciOi.canary", "expires_in": 60}',
        '{ "expires_in":60,"access_token" :\n"eyJhbGciOi.canary"}',
        '{"data": {"refresh_token": "eyJhbGciOi.canary"}}',
        '{"access_token": "eyJhbGciOi.canary',
        "Bearer eyJhbGciOi.canary",
        "bearer  eyJhbGciOi1.canary and more",
        "the header was: Authorization: Bearer eyJhbGciOi1.canary",
    ],
)
def test_a_token_is_hidden_where_it_is_issued_and_ever_after(text):
    hidden = vault()
    stored = hidden.redact(text)
    assert "canary" not in stored
    (token,) = PLACEHOLDER.findall(stored)
    assert hidden.reveal(stored) == text
    assert hidden.redact(f"you are {hidden.reveal(token)}!") == f"you are {token}!"


def test_an_escaped_token_is_the_same_token():
    hidden = vault()
    (escaped,) = PLACEHOLDER.findall(hidden.redact(r'{"access_token": "ab\/cd\u0065fgh"}'))
    (plain,) = PLACEHOLDER.findall(hidden.redact('{"access_token": "ab/cdefgh"}'))
    assert escaped == plain
    assert hidden.reveal(escaped) == "ab/cdefgh"


@pytest.mark.parametrize(
    ("secret", "like"),
    [
        ("canary-canary", "canary-canarY"),
        ("CANARY-1234567", "CANARy-1234567"),
        ("1234567890", "1234567890x"),
        ("không-bí-mậ", "không-bí-Mậ"),
    ],
)
def test_a_lookalike_differs_in_one_letter_and_is_hidden_like_the_secret(secret, like):
    hidden = vault(secret)
    token = lookalike(TOKEN)
    assert hidden.reveal(f"Bearer {token}") == f"Bearer {like}"
    assert hidden.redact(f"you sent {like}") == f"you sent {token}"
    assert hidden.redact(f"we know {secret}") == f"we know {TOKEN}"


def test_a_lookalike_of_an_issued_token_is_made_without_seeing_it():
    hidden = vault()
    (token,) = PLACEHOLDER.findall(hidden.redact('{"access_token": "canarycanary"}'))
    assert hidden.reveal(lookalike(token)) == "canarycanarY"
    assert lookalike("none-was-issued") == "none-was-issuedx"


def test_what_a_dialect_obtained_is_hidden_before_it_is_ever_seen():
    hidden = vault()
    hidden.learn("Bearer canarycanary")
    hidden.learn("M51")
    assert "canary" not in hidden.redact("your session: canarycanary")
    assert hidden.redact("code M51") == "code M51"


def test_a_very_short_token_is_hidden_in_its_place_only():
    hidden = vault()
    assert '"abc"' not in hidden.redact('{"access_token": "abc", "note": "abc"}').split(",")[0]
    assert hidden.redact("abcdef abc") == "abcdef abc"


def test_a_header_may_be_a_secret_by_its_name():
    hidden = vault()
    stored = hidden.redact_header("ACCESS_TOKEN", "canary")
    assert hidden.reveal(stored) == "canary"
    assert hidden.redact_header("Access_Token", stored) == stored
    assert hidden.redact_header("X-Plan", "basic plan") == "basic plan"
    assert "canary" not in hidden.redact("it was canary")


@pytest.mark.parametrize(
    "text",
    [
        'Bearer realm="units", error="invalid_token"',
        "Bearer",
        "a bearer authentication is needed",
        "the basic salary of a rank",
        '{"access_token": ""}',
        '{"token_type": "Bearer"}',
        "",
    ],
)
def test_words_are_no_secrets(text):
    assert vault().redact(text) == text


# ── tokens ───────────────────────────────────────────────────────────────────
@given(st.lists(st.text("abc123", min_size=6, max_size=8), min_size=2, max_size=4))
def test_tokens_are_equal_exactly_when_values_are(values):
    hidden = vault()
    found = [PLACEHOLDER.findall(hidden.redact(f'{{"access_token": "{v}"}}'))[0] for v in values]
    assert len(set(found)) == len(set(values))
    assert [found[values.index(v)] for v in values] == found


def test_a_token_means_nothing_outside_its_run():
    one = vault(key=b"1" * 32).redact("Bearer canary1canary")
    assert one == vault(key=b"1" * 32).redact("Bearer canary1canary")
    assert one != vault(key=b"2" * 32).redact("Bearer canary1canary")
    assert vault(key=b"2" * 32).reveal(one) == one


pieces = st.lists(
    st.sampled_from(
        [
            SECRET,
            "hunter2hunter2",
            STRANGER,
            OURS,
            "080204056789",
            "Bearer abc1defg",
            "agency-H98",
            TOKEN,
            "~",
            "x",
            "Nguyễn",
            '"access_token":"tok3ntok"',
        ]
    ),
    max_size=6,
).map(" ".join)


@given(pieces)
def test_twice_is_as_good_as_once_and_what_was_hidden_comes_back(text):
    hidden = vault()
    stored = hidden.redact(text)
    assert hidden.redact(stored) == stored
    assert hidden.reveal(stored) == text.replace(TOKEN, SECRET)
    assert STRANGER not in stored
    assert SECRET not in stored


def test_one_secret_may_begin_another():
    hidden = Vault(
        key=b"k" * 16,
        secrets={"a": {"secret": "canary"}, "b": {"secret": "canary-and-more"}},
        members=(),
    )
    assert hidden.redact("canary-and-more canary") == "~secret.b.secret~ ~secret.a.secret~"


def test_a_secret_that_is_a_word_of_our_own_does_not_spoil_tokens():
    hidden = Vault(key=b"k" * 16, secrets={"a": {"secret": "secret", "key": "a"}}, members=())
    stored = hidden.redact("the secret of a")
    assert hidden.redact(stored) == stored
    assert hidden.reveal(stored) == "the secret of a"


def test_which_fields_are_secret():
    assert all(map(is_secret, ("client_secret", "clientSecret", "PASSWORD", "api_key", "token")))
    assert not any(map(is_secret, ("client_id", "username", "scope")))
    assert vault().redact("agency-H98") == "agency-H98"
    assert vault().secret("primary", "client_secret") == SECRET
    with pytest.raises(KeyError):
        vault().secret("third", "client_secret")


# ── putting secrets back ─────────────────────────────────────────────────────
@given(secrets)
def test_a_secret_arrives_as_it_is_wherever_it_is_used(secret):
    hidden = vault(secret)
    assert hidden.reveal_header(f"Key {TOKEN}") == f"Key {secret}"
    assert hidden.reveal_encoded(f"/k/{TOKEN}?k={TOKEN}") == "/k/{0}?k={0}".format(
        quote(secret, safe="")
    )
    assert json.loads(hidden.reveal_json(json.dumps({"k": TOKEN}))) == {"k": secret}
    assert hidden.reveal_header(f"Basic {basic('me', TOKEN)}") == f"Basic {basic('me', secret)}"


@pytest.mark.parametrize("header", ["Basic", "Basic !!", "Basic /w==", "Basic YTpi", "basic x y"])
def test_a_header_that_names_no_secret_is_sent_as_it_is(header):
    assert vault().reveal_header(header) == header


# ── strangers ────────────────────────────────────────────────────────────────
@given(st.from_regex(r"[0-9]{12}", fullmatch=True))
def test_a_strangers_id_keeps_its_shape_and_is_put_back(number):
    hidden = vault()
    stored = hidden.redact(f'{{"id":"{number}"}}')
    token = json.loads(stored)["id"]
    assert re.fullmatch("[0-9]{12}", token)
    assert (token == number) == number.startswith("098")
    assert hidden.redact(number) == token
    assert hidden.reveal_encoded(f"/v1/profiles/{token}") == f"/v1/profiles/{number}"


@pytest.mark.parametrize(
    "text",
    [
        "f81d4fae-7dec-41d0-8765-001204012345",
        "x001204012345",
        "0012040123456",
    ],
)
def test_digits_inside_other_things_are_no_ids(text):
    assert vault().redact(text) == text
