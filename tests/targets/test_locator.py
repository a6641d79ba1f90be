"""Every way to name a target is understood, and every other text gets a sentence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.errors import UsageError
from conformance.targets.locator import (
    AsgiLocator,
    ExecLocator,
    HttpLocator,
    ListenLocator,
    ProcessLocator,
    ReferenceLocator,
    is_locator,
    parse,
)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("reference", ReferenceLocator(mutant=None)),
        ("reference:ForgetsReceipts", ReferenceLocator(mutant="ForgetsReceipts")),
        ("reference:A+B", ReferenceLocator(mutant="A+B")),
        ("http://127.0.0.1:8080", HttpLocator(base_url="http://127.0.0.1:8080", host="127.0.0.1")),
        ("http://h/", HttpLocator(base_url="http://h", host="h")),
        ("https://api.x/base/v2/", HttpLocator(base_url="https://api.x/base/v2", host="api.x")),
        ("https://API.X:443", HttpLocator(base_url="https://api.x:443", host="api.x")),
        ("http://[::1]:8080/a", HttpLocator(base_url="http://[::1]:8080/a", host="::1")),
        ("process:java -jar a.jar", ProcessLocator(command="java -jar a.jar")),
        ("asgi:shop.app:create", AsgiLocator(module="shop.app", attribute="create")),
        ("listen:0", ListenLocator(port=0)),
        ("listen:65535", ListenLocator(port=65535)),
        ('exec:"./agency --push"', ExecLocator(command="./agency --push")),
        ("exec:./agency 'a b'", ExecLocator(command="./agency 'a b'")),
    ],
)
def test_the_forms(text, meant):
    assert parse(text) == meant
    assert is_locator(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "reference:",
        "REFERENCE",
        "referense",
        "ftp://h",
        "http:",
        "http://",
        "http:///path",
        "http://h:port",
        "http://h:99999",
        "http://h:0",
        "http://[::1",
        "http://a b/",
        "http://h\n/",
        "http://h/a b",
        "http://h\x00",
        "http://user@h",
        "http://user:word@h",
        "http://:word@h",
        "http://@h",
        "http://h?a=b",
        "http://h#a",
        "process:",
        "process:  ",
        "exec:",
        "exec: ",
        "listen:",
        "listen:-1",
        "listen:65536",
        "listen:٣",
        "listen:" + "9" * 5000,
        "asgi:",
        "asgi:module",
        "asgi:module:",
        "asgi:mod ule:app",
        "asgi:../x:app",
    ],
)
def test_everything_else_is_refused_with_a_remedy(text):
    with pytest.raises(UsageError) as caught:
        parse(text)
    assert caught.value.where == "TARGET"
    assert caught.value.what
    assert caught.value.remedy


def test_credentials_in_a_url_are_refused_and_not_repeated():
    with pytest.raises(UsageError) as caught:
        parse("https://me:canary@h/")
    assert "canary" not in str(caught.value)


prefixes = st.sampled_from(["", "http://", "https://", "asgi:", "listen:", "process:", "http://["])


@given(prefixes, st.text(max_size=20))
def test_any_text_is_a_locator_or_the_operators_mistake(prefix, text):
    try:
        found = parse(prefix + text)
    except UsageError:
        return
    if isinstance(found, HttpLocator):
        assert found.base_url.startswith(("http://", "https://"))
        assert found.host
        assert parse(found.base_url) == found


def test_a_name_is_no_locator():
    assert not is_locator("staging")
