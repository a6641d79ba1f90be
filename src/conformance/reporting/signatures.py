"""
How signatures are told: what each step of checking one found, in the reader's language.

The words are data (`signatures.toml`); the steps are made by `crypto.examining` and by packs.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from conformance.model.json import Json, JsonObject
from conformance.model.remark import Remark
from conformance.model.requirement import Language, Text
from conformance.model.signing import SignatureCheck
from conformance.reporting.words import load, tell

_SHOWN: Final = 24
_STATES: Final = {True: "passed", False: "failed", None: "unasked"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """
    One signature, looked at.

    Attributes:
        pointer: where the signed record stands in the file, "" for the file itself.
        header: the protected header; None when it is unreadable.
        size, digest: of the record's canonical form; 0 and "" when it has none.
    """

    pointer: str
    header: JsonObject | None
    size: int
    digest: str
    checks: Sequence[SignatureCheck]

    @property
    def holds(self) -> bool:
        """Whether every step passed."""
        return all(check.passed for check in self.checks)


def said(remark: Remark | None, language: Language) -> str:
    """A remark as a sentence without its full stop, "" for none."""
    return tell(remark, _words(), language) if remark else ""


def lines(looked: Looked, language: Language) -> Iterator[str]:
    """One signature as text: what came of it, then its steps, then what was signed."""
    failed = next((str(c.step) for c in looked.checks if c.passed is False), "")
    place = looked.pointer or _say("whole", language)
    yield _say("differs" if failed else "holds", language, place=place, step=failed)
    words = {state: _say(name, language) for state, name in _STATES.items()}
    width = max(map(len, words.values()))
    for check in looked.checks:
        detail = said(check.detail, language)
        yield f"  {words[check.passed]:<{width}}  {check.step:<18}  {detail}".rstrip()
    if looked.header is not None:
        cut = json.dumps(_cut(looked.header, language), ensure_ascii=False)
        yield f"  {header_line(cut, language)}"
    if looked.digest:
        yield f"  {payload_line(looked.size, looked.digest, language)}"


def header_line(header: str, language: Language) -> str:
    """A protected header."""
    return _say("header", language, header=header)


def payload_line(size: int, digest: str, language: Language) -> str:
    """The bytes that are signed."""
    return _say("payload", language, size=size, digest=digest)


def document(looked: Sequence[Looked], language: Language) -> JsonObject:
    """All of them as one JSON document."""
    return {
        "schema": "conformance-signatures/1",
        "signatures": [
            {
                "pointer": one.pointer,
                "holds": one.holds,
                "header": _cut(one.header, language),
                "payload": {"bytes": one.size, "digest": one.digest},
                "checks": [
                    {
                        "step": str(check.step),
                        "passed": check.passed,
                        "fault": check.fault,
                        "code": check.detail.code if check.detail else None,
                        "detail": said(check.detail, language),
                    }
                    for check in one.checks
                ],
            }
            for one in looked
        ],
    }


def _cut(member: Json, language: Language) -> Json:
    match member:
        case dict():
            return {_plain(name): _cut(inner, language) for name, inner in member.items()}
        case list():
            return [_cut(item, language) for item in member]
        case str() if len(member) > 2 * _SHOWN:
            return _say("cut", language, begin=_plain(member[:_SHOWN]), count=len(member))
        case str():
            return _plain(member)
    return member


def _plain(text: str) -> str:
    """A text that every terminal can show: half of a surrogate pair has no UTF-8."""
    return text.encode("utf-8", "replace").decode()


def _say(key: str, language: Language, **values: object) -> str:
    return _words()[key].within(language).format(**values)


@cache
def _words() -> Mapping[str, Text]:
    return load("signatures.toml")
