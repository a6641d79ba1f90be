"""
What the reference demands of a message header beyond its schema, and how it refuses a message.

One decision stands in one method; see `reference`. Every message of this contract bears one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from conformance.contract.validators import SchemaProblem
from conformance.model.json import Json, compact
from conformance.packs.vn_cbccvc import messages
from conformance.packs.vn_cbccvc.access import Access
from conformance.packs.vn_cbccvc.messages import FAULTS
from conformance.reference.exchange import Outgoing

#: Clocks differ; by more than this they are wrong.
_AHEAD: Final = timedelta(minutes=5)
_SHOWN: Final = 20


class Headers(Access):
    """Judges headers, and says no to whole messages."""

    def header_faults(
        self, code: str, message: Json, found: Sequence[SchemaProblem]
    ) -> Sequence[SchemaProblem]:
        """
        Everything that is wrong with a message as a whole, the schema's complaints included.

        Args:
            code: the message code of the operation.
            found: what the schema says of the message as a whole.
        """
        every = [*found, *self._own_faults(code, message, {fault.pointer for fault in found})]
        return [fault for fault in every if self.header_counts(fault)]

    def header_counts(self, fault: SchemaProblem) -> bool:
        """Whether a message is refused for this: every fault counts."""
        del fault
        return True

    def is_ahead(self, sent_at: datetime) -> bool:
        """Whether a message says that it comes from the future."""
        return sent_at > self.clock.now() + _AHEAD

    def refuse_message(self, faults: Sequence[SchemaProblem]) -> Outgoing:
        """422 for the whole message; every place is named, and no value repeated."""
        places = "; ".join(f"{fault.pointer or '/'}: {fault.keyword}" for fault in faults[:5])
        sentence = FAULTS["schema"]
        errors: list[Json] = [
            {
                "pointer": fault.pointer,
                "rule": "schema",
                "message": {
                    "vi": f"{sentence.vi} [{fault.keyword}: {self.mask(fault.required)}]",
                    "en": f"{sentence.en} [{fault.keyword}: {self.mask(fault.required)}]",
                },
            }
            for fault in faults[:_SHOWN]
        ]
        return self.problem(messages.MESSAGE_INVALID, places, errors=errors)

    def _own_faults(self, code: str, message: Json, judged: set[str]) -> Sequence[SchemaProblem]:
        header = message.get("header") if isinstance(message, dict) else None
        if not isinstance(header, dict):
            return ()
        own: list[SchemaProblem] = []
        stated = header.get("messageCode")
        if isinstance(stated, str) and stated != code and "/header/messageCode" not in judged:
            own.append(_fault("messageCode", "const", f"another message than {code}", code))
        sent_at = _moment(header.get("sentAt"))
        if sent_at is not None and "/header/sentAt" not in judged and self.is_ahead(sent_at):
            latest = (self.clock.now() + _AHEAD).isoformat()
            own.append(_fault("sentAt", "maximum", "sent in the future", latest))
        return own


def _fault(name: str, keyword: str, said: str, required: str) -> SchemaProblem:
    return SchemaProblem(
        pointer=f"/header/{name}",
        keyword=keyword,
        message=said,
        excerpt="",
        required=compact(required),
    )


def _moment(value: Json) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except (ValueError, OverflowError):
        return None
    return moment if moment is not None and moment.tzinfo is not None else None
