"""What befalls a line in the missions on it, in words; `testbed.disturbances` does it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeVar

from conformance.model.json import JsonObject
from conformance.packs.vn_cbccvc.messages import PROBLEM_TYPE
from conformance.packs.vn_cbccvc.missions import SUBMIT_PEOPLE, SUBMIT_UNITS
from conformance.wire.world import World

TOKEN: Final = "issueToken"  # noqa: S105 - a name
METADATA: Final = "getMetadata"

#: More often than any patient client knocks.
STUBBORN: Final = 12
#: Seconds of an outage that is waited for, and of one that passes in virtual time.
OUTAGE: Final = 4
OUTAGE_OF_HOURS: Final = 2 * 60 * 60
#: Seconds for a person to end software by force, start it again and let it work.
TIME_TO_START_AGAIN: Final = 300.0
#: Seconds by which the national side's clock is wrong.
SKEW: Final = -2 * 60 * 60

#: So many people take three messages at least: one of the first two has others behind it.
MANY: Final = 21

T = TypeVar("T")


def drawn(world: World, label: str, choices: Sequence[T]) -> T:
    """One of several ways to disturb, by the seed of the scenario."""
    return choices[world.draw(label) % len(choices)]


def early(world: World) -> int:
    """Which message meets trouble: one that others wait behind."""
    return drawn(world, "which", (1, 2))


def come_back(
    seconds: int | None,
    *,
    nth: int,
    status: int = 503,
    dated: bool = False,
    of: str = SUBMIT_PEOPLE,
) -> JsonObject:
    """503 or 429, with or without a time to come back."""
    return {
        "do": "unavailable",
        "operation": of,
        "nth": nth,
        "status": status,
        "retry_after": seconds,
        "dated": dated,
    }


def refusals() -> list[JsonObject]:
    """People are refused whole, again and again: this signing key was withdrawn."""
    body: JsonObject = {
        "type": f"{PROBLEM_TYPE}message-invalid",
        "title": "The message does not fit this contract",
        "status": 422,
        "errors": [
            {
                "pointer": "/header/keyId",
                "rule": "schema",
                "message": {
                    "vi": "Khóa ký đã bị thu hồi.",
                    "en": "The signing key was withdrawn.",
                },
            }
        ],
    }
    return [
        {"do": "refuse", "operation": SUBMIT_PEOPLE, "nth": nth, "status": 422, "body": body}
        for nth in range(1, STUBBORN + 1)
    ]


def closed_doors() -> list[JsonObject]:
    """The token endpoint knows these credentials no longer."""
    body: JsonObject = {"error": "invalid_client"}
    return [
        {"do": "refuse", "operation": TOKEN, "nth": nth, "status": 401, "body": body}
        for nth in range(1, STUBBORN + 1)
    ]


def token_dies(*, nth: int) -> JsonObject:
    """A token ends while the nth message with people is sent."""
    return {"do": "expire-token", "operation": SUBMIT_PEOPLE, "nth": nth}


def lost_unit_acknowledgement() -> JsonObject:
    """The tree is taken, and the line is cut before that is said."""
    return {"do": "lose-acknowledgement", "operation": SUBMIT_UNITS, "nth": 1}


def reset(*, nth: int = 1, sending: bool = False) -> JsonObject:
    """The line breaks before the nth message with people is carried out."""
    return {"do": "reset", "operation": SUBMIT_PEOPLE, "nth": nth, "sending": sending}


def half_an_answer(*, nth: int) -> JsonObject:
    """The nth message with people is taken, and its receipt breaks off in the middle."""
    return {"do": "cut-answer", "operation": SUBMIT_PEOPLE, "nth": nth}


def gateway_page(status: int, *, nth: int) -> JsonObject:
    """A machine on the way answers the nth message with people, in HTML."""
    return {"do": "gateway-page", "operation": SUBMIT_PEOPLE, "nth": nth, "status": status}


def slow(seconds: int) -> JsonObject:
    """The first message with people is answered late."""
    return {"do": "slow", "operation": SUBMIT_PEOPLE, "nth": 1, "seconds": seconds}


def poor_line(operation: str, *, nth: int, seconds: int = 0) -> JsonObject:
    """64 kbit/s, and a stall."""
    return {"do": "poor-line", "operation": operation, "nth": nth, "seconds": seconds}


def redirect(*, plain: bool = False) -> JsonObject:
    """The first message with people is sent elsewhere, and out of TLS."""
    return {"do": "redirect", "operation": SUBMIT_PEOPLE, "nth": 1, "plain": plain}


def certificate(shown: str, *, handshakes: int = 0) -> JsonObject:
    """Between the tree and the people, clients that connect meet another certificate."""
    return {
        "do": "show-certificate",
        "operation": SUBMIT_UNITS,
        "nth": 1,
        "certificate": shown,
        "handshakes": handshakes,
    }


def more_members() -> list[JsonObject]:
    """Every kind of answer says more than the contract of today names."""
    members: JsonObject = {"processedBy": "node-7", "hints": {"next": ["later", None, 1.5]}}
    return [
        {"do": "add-members", "operation": operation, "nth": 1, "members": members}
        for operation in (TOKEN, METADATA, SUBMIT_UNITS, SUBMIT_PEOPLE)
    ]


def wrong_clock() -> list[JsonObject]:
    """The first answers bear a date of two hours ago."""
    return [
        {"do": "skew-clock", "operation": operation, "nth": 1, "seconds": SKEW}
        for operation in (TOKEN, METADATA)
    ]


def closed_connections() -> list[JsonObject]:
    """The connection ends after each answer to the first messages."""
    return [
        {"do": "close-connection", "operation": operation, "nth": 1}
        for operation in (SUBMIT_UNITS, SUBMIT_PEOPLE)
    ]


def outage() -> JsonObject:
    """From the first message with units on nobody answers any more, for a while."""
    return {
        "do": "outage",
        "operation": SUBMIT_UNITS,
        "nth": 1,
        "seconds": OUTAGE,
        "hooked_seconds": OUTAGE_OF_HOURS,
    }


def power_cut() -> JsonObject:
    """The agency's own machine fails while it sends the first people."""
    return {"do": "power-cut", "operation": SUBMIT_PEOPLE, "nth": 1, "committed": False}
