"""
The reference: a conforming national side, as far as this slice of the contract goes.

One decision stands in one method, so that a mutant (`mutants`) can take one of them
wrongly: `access` holds the door, `batches` receives messages, `intake` judges single
records, this module gives back what is stored. Routing, reading and checking parameters is
the engine's. Not normative: where it and the contract differ, it is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from conformance.model.json import Json, JsonObject
from conformance.model.pack import Surroundings
from conformance.packs.vn_cbccvc import messages
from conformance.packs.vn_cbccvc.batches import (
    PROFILES,
    TRIAL,
    UNIT_BATCH,
    UNITS,
    Batches,
    content_digest,
)
from conformance.packs.vn_cbccvc.intake import Knowledge
from conformance.packs.vn_cbccvc.vocabulary import ROOT_UNIT
from conformance.reference.exchange import BadParameter, Incoming, Outgoing
from conformance.reference.freedoms import Freedoms
from conformance.reference.store import Store

_CURSOR: Final = re.compile(r"[a-p]{64}")
_PAGE: Final = 50

#: Stands in every test environment before anybody has sent a unit.
ROOT: Final[JsonObject] = {
    "unitCode": ROOT_UNIT,
    "parentCode": None,
    "name": "Cơ quan thử nghiệm",
    "unitType": "UBNDT",
    "provinceCode": "01",
    "effectiveFrom": "2025-07-01",
    "effectiveTo": None,
}

#: Rows of a listing, each behind its place in the order.
Rows = Sequence[tuple[str, JsonObject]]


class Reference(Batches):
    """The behaviour; fulfils `conformance.reference.exchange.Behaviour`."""

    def __init__(
        self, knowledge: Knowledge, surroundings: Surroundings, store: Store, freedoms: Freedoms
    ) -> None:
        super().__init__(knowledge, surroundings.trust_anchors, surroundings.clock, store, freedoms)
        if self.unit(ROOT_UNIT) is None:
            self.keep_unit(ROOT)

    # -- the operations --------------------------------------------------------------

    def handle(self, operation: str, incoming: Incoming) -> Outgoing:
        """The answer to a well-formed request of an admitted caller."""
        match operation:
            case "issueToken":
                return self.issue_token(incoming)
            case "getMetadata":
                return Outgoing(status=200, json=self.metadata())
            case "submitTrialSync":
                return self.submit(TRIAL, incoming.json)
            case "submitUnits":
                return self.submit(UNIT_BATCH, incoming.json)
            case "readTrialReceipt":
                receipt = self.find_receipt(str(incoming.path_parameters["messageId"]))
                return self._found(receipt, "No message with this id was received.")
            case "readProfile":
                return self.read_profile(str(incoming.path_parameters["profileId"]))
            case "listUnits":
                return self.list_units(incoming.query)
            case "readUnit":
                return self.read_unit(str(incoming.path_parameters["unitCode"]))
        raise NotImplementedError(operation)

    def metadata(self) -> JsonObject:
        """What the server is, and which versions and limits it serves."""
        return {
            "environment": self.environment(),
            "schemaVersion": "1.0",
            "codeListVersion": "2025-07-01",
            "receiverCode": "G09",
            "trialSync": {"minRecords": 1, "maxRecords": 10},
            "pageLimit": {"max": 100},
        }

    def environment(self) -> str:
        """What it says of itself."""
        return "test"

    def find_receipt(self, message_id: str) -> Json:
        """The receipt that a trial message was given, None without one."""
        known = self.store.get(TRIAL.operation, message_id.lower())
        return known.get("receipt") if isinstance(known, dict) else None

    def read_profile(self, profile_id: str) -> Outgoing:
        """One stored profile under its tag."""
        row = self.store.get(PROFILES, profile_id)
        if not isinstance(row, dict):
            return self.answer_to_unknown_profile(profile_id)
        return Outgoing(
            status=200,
            json={
                "profile": self.shown_profile(row["profile"]),
                "version": row["version"],
                "updatedAt": row["updatedAt"],
            },
            headers={"ETag": self.tag(profile_id, row["profile"])},
        )

    def answer_to_unknown_profile(self, profile_id: str) -> Outgoing:
        """Nobody is stored under this id, and the answer does not repeat it."""
        del profile_id
        return self.problem(messages.NOT_FOUND, "Nobody is stored under this id.")

    def shown_profile(self, profile: Json) -> Json:
        """A stored profile as it is given back."""
        return profile

    def tag(self, profile_id: str, profile: Json) -> str:
        """Weak, because version and time may change while the profile stays."""
        del profile_id
        return f'W/"{content_digest(profile)[:32]}"'

    def read_unit(self, code: str) -> Outgoing:
        """One unit as it was last accepted."""
        unit = self.unit(code)
        if unit is None:
            return self.answer_to_unknown_unit(code)
        return Outgoing(status=200, json=self.shown_unit(unit))

    def answer_to_unknown_unit(self, code: str) -> Outgoing:
        """Nothing is stored under this code."""
        return self.problem(messages.NOT_FOUND, f"No unit {code}.")

    def shown_unit(self, unit: JsonObject) -> JsonObject:
        """A stored unit as it is given back when it is read alone."""
        return unit

    def list_units(self, query: Mapping[str, Json]) -> Outgoing:
        """One page; a cursor names the last row of the page before, whatever came in between."""
        limit, cursor, parent = (
            query.get("limit", _PAGE),
            query.get("cursor"),
            query.get("parentCode"),
        )
        assert isinstance(limit, int)
        if cursor is not None and not _CURSOR.fullmatch(str(cursor)):
            return self.answer_to_bad_parameter(
                BadParameter(
                    name="cursor", location="query", value=str(cursor), reason="not from here"
                )
            )
        codes = self.store.keys(UNITS if parent is None else f"{UNITS}/{parent}")
        ranked = sorted((self.freedoms.rank(code), code) for code in codes)
        rows = [
            (rank, unit)
            for rank, unit in ((rank, self.unit(code)) for rank, code in ranked)
            if unit is not None and (parent is None or unit["parentCode"] == parent)
        ]
        left = [row for row in rows if cursor is None or row[0] > str(cursor)]
        size = self.freedoms.page_size(limit, str(cursor or ""))
        page, rest = left[:size], left[size:]
        return Outgoing(
            status=200,
            json={
                "items": [unit for _, unit in page],
                "nextCursor": self.next_cursor(page, rest),
            },
        )

    def next_cursor(self, page: Rows, rest: Rows) -> str | None:
        """Where the next page begins; None on the last one."""
        return page[-1][0] if rest else None

    def _found(self, value: Json, otherwise: str) -> Outgoing:
        if value is None:
            return self.problem(messages.NOT_FOUND, otherwise)
        return Outgoing(status=200, json=value)
