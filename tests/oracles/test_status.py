"""How an answer ended, and refused as what."""

from __future__ import annotations

import pytest

from conformance.errors import Deviation
from conformance.model.dialect import Answer, Empty, Gateway, Ok, Refused
from conformance.model.exchange import Exchange
from conformance.oracles.status import is_problem, status_is


def unwrap(exchange: Exchange) -> Answer:
    """A dialect of few words."""
    response = exchange.response
    if response.status == 204:
        return Empty()
    if response.media_type != "application/json":
        return Gateway(status=response.status, text="")
    if response.status < 400:
        return Ok(value=response.json())
    body = response.json()
    assert isinstance(body, dict)
    return Refused(status=response.status, code=str(body.get("type", "")), text="")


def test_an_allowed_status_passes(answered):
    status_is(answered(200), 200)
    status_is(answered(404), 200, 404)


def test_another_status_is_named_with_what_came_along(answered):
    with pytest.raises(Deviation) as caught:
        status_is(answered(302, type="text/html", headers=(("Location", "/login"),)), 200)
    assert caught.value.code == "unexpected-status"
    assert caught.value.observed == "302 text/html to /login"
    assert caught.value.required == "200"


@pytest.mark.parametrize("code", ["not-found", "urn:x:problem:not-found", "https://x/not-found"])
def test_the_right_refusal_passes_however_it_is_written(answered, code):
    refusal = is_problem(answered(404, {"type": code}), status=404, name="not-found", unwrap=unwrap)
    assert refusal.code == code


@pytest.mark.parametrize(
    ("status", "value", "media_type", "code"),
    [
        (200, {}, "application/json", "not-refused"),
        (204, None, "application/json", "not-refused"),
        (404, {"type": "gone"}, "application/json", "wrong-refusal"),
        (404, {"type": "almost-not-found"}, "application/json", "wrong-refusal"),
        (422, {"type": "not-found"}, "application/json", "wrong-refusal"),
        (404, {}, "text/html", "wrong-refusal"),
        (302, {}, "text/html", "wrong-refusal"),
        (500, {"type": "not-found"}, "application/json", "wrong-refusal"),
    ],
)
def test_any_other_end_is_not_that_refusal(answered, status, value, media_type, code):
    with pytest.raises(Deviation) as caught:
        is_problem(
            answered(status, value, type=media_type), status=404, name="not-found", unwrap=unwrap
        )
    assert caught.value.code == code
    assert caught.value.required == "404 not-found"
