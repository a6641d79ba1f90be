"""
The reference: a conforming national side, as far as this slice of the contract goes.

One decision stands in one method, so that a mutant (`mutants`) can take one of them
wrongly: `access` holds the door, `batches` receives messages, `intake` judges single
records, `profile_reads`, `feed`, `jobs` and `tree` give back what is stored, `ownership`,
`holdings` and `reconciling` compare it with what others hold, `matching` with the population
register, `reorganisations` changes the tree; here they become one. Routing, reading and
checking parameters is the engine's. Not normative: where it and the contract differ, it is wrong.
"""

from __future__ import annotations

from typing import Final

from conformance.model.json import Json, JsonObject
from conformance.model.pack import Surroundings
from conformance.packs.vn_cbccvc import messages
from conformance.packs.vn_cbccvc.batches import TRIAL, UNIT_BATCH
from conformance.packs.vn_cbccvc.code_list_answers import CodeListAnswers
from conformance.packs.vn_cbccvc.holdings import Holdings
from conformance.packs.vn_cbccvc.intake import Knowledge
from conformance.packs.vn_cbccvc.jobs import PROFILE_BATCH, Jobs
from conformance.packs.vn_cbccvc.matching import TEST_PERSONS, Matching
from conformance.packs.vn_cbccvc.reconciling import Reconciling
from conformance.packs.vn_cbccvc.reorganisations import Reorganisations
from conformance.packs.vn_cbccvc.vocabulary import NEIGHBOUR_ROOT, ROOT_UNIT
from conformance.reference.exchange import Incoming, Outgoing
from conformance.reference.freedoms import Freedoms
from conformance.reference.store import Store

#: Stands in every test environment before anybody has sent a unit.
ROOT: Final[JsonObject] = {
    "unitCode": ROOT_UNIT,
    "parentCode": None,
    "name": "Cơ quan thử nghiệm",
    "unitType": "UBNDT",
    "provinceCode": "01",
    "effectiveFrom": "2004-11-26",
    "effectiveTo": None,
}
#: The neighbour's.
NEIGHBOUR: Final[JsonObject] = {
    **ROOT,
    "unitCode": NEIGHBOUR_ROOT,
    "name": "Cơ quan thử nghiệm láng giềng",
}


class Reference(Matching, Holdings, Reconciling, Jobs, Reorganisations, CodeListAnswers):
    """The behaviour; fulfils `conformance.reference.exchange.Behaviour`."""

    def __init__(
        self, knowledge: Knowledge, surroundings: Surroundings, store: Store, freedoms: Freedoms
    ) -> None:
        super().__init__(knowledge, surroundings, store, freedoms)
        for root in (ROOT, NEIGHBOUR):
            if self.unit(root["unitCode"]) is None:
                self.keep_unit(root)

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
            case "submitProfileBatch":
                return self.submit(PROFILE_BATCH, incoming.json)
            case "readJob":
                return self.read_job(str(incoming.path_parameters["jobId"]))
            case "readTrialReceipt":
                receipt = self.find_receipt(str(incoming.path_parameters["messageId"]))
                return self._found(receipt, "No message with this id was received.")
            case "readProfile":
                return self.read_profile(str(incoming.path_parameters["profileId"]), incoming)
            case "readProfileHistory":
                return self.read_history(str(incoming.path_parameters["profileId"]))
            case "withdrawProfile":
                return self.withdraw_profile(str(incoming.path_parameters["profileId"]))
            case "listProfiles":
                return self.list_profiles(incoming.query)
            case "readChanges":
                return self.read_changes(incoming.query)
            case "matchPopulation":
                return self.match_population(incoming.json)
        return self._handle_units(operation, incoming)

    def _handle_units(self, operation: str, incoming: Incoming) -> Outgoing:
        match operation:
            case "submitUnits":
                return self.submit(UNIT_BATCH, incoming.json)
            case "listUnits":
                return self.list_units(incoming.query)
            case "readUnit":
                return self.read_unit(str(incoming.path_parameters["unitCode"]), incoming.query)
            case "readLineage":
                return self.read_lineage(str(incoming.path_parameters["unitCode"]))
            case "reorganiseUnits":
                return self.reorganise(incoming.json)
            case "listCodeLists":
                return self.list_code_lists()
            case "readCodeList":
                return self.read_code_list(str(incoming.path_parameters["name"]), incoming.query)
        return self._handle_owners(operation, incoming)

    def _handle_owners(self, operation: str, incoming: Incoming) -> Outgoing:
        match operation:
            case "submitOwnerEvents":
                return self.take_events(incoming.json)
            case "askHeldFields":
                return self.tell_held_fields(incoming.json)
            case "listConflicts":
                return self.list_conflicts(incoming.query)
            case "reconcile":
                return self.reconcile(incoming.json)
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
            "testPersons": list(TEST_PERSONS),
        }

    def environment(self) -> str:
        """What it says of itself."""
        return "test"

    def find_receipt(self, message_id: str) -> Json:
        """The receipt that a trial message was given, None without one."""
        known = self.store.get(TRIAL.operation, self.message_key(message_id))
        return known.get("receipt") if isinstance(known, dict) else None

    def _found(self, value: Json, otherwise: str) -> Outgoing:
        if value is None:
            return self.problem(messages.NOT_FOUND, otherwise)
        return Outgoing(status=200, json=value)
