"""Curl lines: a shell must hand the recorded bytes to curl, and no secret may stand there."""

from __future__ import annotations

import shlex
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.model.exchange import Exchange, Initiator, Request, Response
from conformance.reporting.reproduce import LONG_BODY, curl, quoted, variables

SHELL = shutil.which("sh")
#: Stands in for curl: writes its arguments, one to a NUL, and then what it was fed.
SPY = """#!/bin/sh
printf '%s\\0' "$@" > "$SPY_OUT/arguments"
case "$*" in *'@-'*) cat > "$SPY_OUT/fed" ;; esac
"""


def exchange(request: Request, *, identity: str = "") -> Exchange:
    return Exchange(
        number=1,
        initiator=Initiator.TOOLKIT,
        request=request,
        response=Response(status=200),
        at=datetime(2026, 1, 1, tzinfo=UTC),
        elapsed=0.0,
        identity=identity,
    )


def line_for(request: Request, *, identity: str = "") -> str:
    line = curl(exchange(request, identity=identity))
    assert line is not None
    return line


def run(line: str, folder: Path, **environment: str) -> tuple[list[str], bytes]:
    """What curl is given when a shell reads `line`: arguments and standard input."""
    if SHELL is None:
        pytest.fail("a POSIX shell is needed")
    spy = folder / "curl"
    spy.write_text(SPY)
    spy.chmod(0o755)
    path = f"{folder}:/usr/bin:/bin"
    subprocess.run(
        [SHELL, "-c", line],
        env={"PATH": path, "SPY_OUT": str(folder), **environment},
        check=True,
        timeout=20,
    )
    arguments = (folder / "arguments").read_bytes().decode().split("\0")[:-1]
    fed = folder / "fed"
    return arguments, fed.read_bytes() if fed.exists() else b""


def test_a_simple_read_reads_simply() -> None:
    """The commonest line must be readable at a glance."""
    request = Request(method="GET", target="/v1/units?limit=2&cursor=a%20b")
    assert (
        line_for(request, identity="primary")
        == 'curl -sS -i "$BASE_URL/v1/units?limit=2&cursor=a%20b" -H "Authorization: Bearer $TOKEN"'
    )


def test_another_identity_has_a_token_of_its_own() -> None:
    """Two identities in one story must not be mixed up."""
    line = line_for(Request(method="GET", target="/v1/units"), identity="second")
    assert '-H "Authorization: Bearer $SECOND_TOKEN"' in line


def test_secrets_become_variables_inside_the_body(tmp_path: Path) -> None:
    """The line can be mailed; the secret stays at home."""
    body = b"grant_type=client_credentials&client_secret=~secret.primary.client_secret~&x='1'"
    line = line_for(
        Request(
            method="POST",
            target="/oauth2/token",
            headers=(("content-type", "application/x-www-form-urlencoded"),),
            body=body,
        )
    )
    assert set(variables(line)) == {"BASE_URL", "CLIENT_SECRET"}

    arguments, _ = run(line, tmp_path, BASE_URL="https://t.test", CLIENT_SECRET="s $ecret")
    assert arguments[-1] == "grant_type=client_credentials&client_secret=s $ecret&x='1'"
    assert "https://t.test/oauth2/token" in arguments


@given(text=st.text(st.characters(codec="utf-8", exclude_characters="~"), max_size=60))
def test_quoted_text_is_one_shell_word(text: str) -> None:
    """Whatever stands in a body, a shell reads it back as it was."""
    assert shlex.split(quoted(text)) == [text]


@pytest.mark.parametrize(
    "body",
    [
        b'{"name": "Nguy\xe1\xbb\x85n \'O\' $HOME `id` \\\\ \\"!\\""}',
        b'{"long": "' + b"a'$x\\\\ " * 600 + b'"}',
        b"free text " * 400,
        b"@/etc/passwd",
        b"\x00\xff binary",
        b"",
    ],
    ids=["quotes", "long-json", "long-text", "at-sign", "binary", "empty"],
)
def test_the_shell_hands_the_recorded_body_to_curl(body: bytes, tmp_path: Path) -> None:
    """A line that sends other bytes would reproduce another fault."""
    request = Request(method="PUT", target="/v1/x y", body=body)
    arguments, fed = run(line_for(request), tmp_path, BASE_URL="https://t.test")

    data = arguments[arguments.index("--data-binary") + 1]
    sent = fed if data == "@-" else data.encode()
    assert sent.rstrip(b"\n") == body
    assert arguments[arguments.index("-X") + 1] == "PUT"
    assert "https://t.test/v1/x y" in arguments
    assert "Content-Type:" in arguments


def test_a_long_body_leaves_the_command_line() -> None:
    """Command lines have limits, and readers too."""
    body = b'{"long": "' + b"x" * LONG_BODY + b'"}'
    line = line_for(Request(method="POST", target="/v1/x", body=body))
    assert "--data-binary @- <<'BODY'\n" in line
    assert line.endswith("\nBODY")


def test_headers_that_curl_makes_itself_are_left_to_it() -> None:
    """A copied Content-Length would lie after an edit; an empty value needs curl's semicolon."""
    request = Request(
        method="HEAD",
        target="/a/../b[1]",
        headers=(("Host", "x"), ("Content-Length", "3"), ("X-Empty", ""), ("Accept", "a'b")),
    )
    words = shlex.split(line_for(request))
    assert words == [
        *("curl", "-sS", "-i", "--head", "--path-as-is", "--globoff", "$BASE_URL/a/../b[1]"),
        *("-H", "X-Empty;", "-H", "Accept: a'b"),
    ]


def test_traffic_that_the_target_opened_has_no_line() -> None:
    """Nobody can resend what the other side sent."""
    item = replace(exchange(Request(method="POST", target="/v1/x")), initiator=Initiator.TARGET)
    assert curl(item) is None
