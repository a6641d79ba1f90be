"""
What the reference thinks of one record: stage after stage, until one of them complains.

Each stage is a method, so that a mutant can leave one out. Messages, storing and HTTP
stand in `reference`. Long, because the stages of profiles and of units are one file to read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from conformance.contract.codelists import CodeLists
from conformance.contract.contract import Contract
from conformance.contract.rules import RuleBook
from conformance.contract.validators import SchemaProblem
from conformance.errors import SuiteDefect
from conformance.model.json import Json, JsonObject, at, compact
from conformance.model.pack import LoadedPack, Surroundings
from conformance.model.signing import SignatureCheck
from conformance.packs.vn_cbccvc import vocabulary
from conformance.packs.vn_cbccvc.messages import FAULTS, Sentence
from conformance.packs.vn_cbccvc.rules_context import rule_context
from conformance.packs.vn_cbccvc.sensitive import is_sensitive
from conformance.packs.vn_cbccvc.signatures import examined
from conformance.packs.vn_cbccvc.vocabulary import last_day

_SHOWN: Final = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """What the pack's data say, compiled."""

    contract: Contract
    code_lists: CodeLists
    rule_book: RuleBook

    @staticmethod
    def of(pack: LoadedPack) -> Knowledge:
        """The pack's contract, lists and rules; each is compiled once. Raises PackDefect."""
        return Knowledge(
            contract=Contract.load(pack),
            code_lists=CodeLists.load(pack),
            rule_book=RuleBook.load(pack),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """
    One record under judgement.

    Attributes:
        subject: the profile or the unit.
        signature: as it came; None when it is missing.
        changed_at, origin: what the record says of its change, "" where it does not.
        sent_at: what the message says of its sending.
        shape: what the schema says about `subject`; pointers are relative to it.
        moment: when it was received.
        operation: by which it came.
    """

    subject: JsonObject
    signature: Json = None
    changed_at: str = ""
    origin: str = ""
    sent_at: datetime | None = None
    shape: tuple[SchemaProblem, ...] = ()
    moment: datetime
    as_of: date
    operation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """
    One thing that is wrong with a record.

    Attributes:
        pointer: relative to the record's subject, except for `beside`.
        beside: the member beside the subject that it is about (`signature`), "" for the subject.
        owner: whose the field is, "" where that is not what is wrong.
        stage: the fault word, also where `rule` is a rule's id.
    """

    stage: str
    rule: str
    pointer: str
    sentence: Sentence
    beside: str = ""
    value: str | None = None
    owner: str = ""


Stage = Callable[[Case], Sequence[Complaint]]


class Intake:
    """Judges records; asks its heir which units are known."""

    def __init__(self, knowledge: Knowledge, trust: Surroundings) -> None:
        self.knowledge: Final = knowledge
        self._trust = trust

    # -- records ---------------------------------------------------------------

    def judge_profile(self, case: Case) -> Sequence[Complaint]:
        """All complaints of the first stage that has any."""
        return _first(
            case,
            self.signature_present,
            self.profile_schema,
            self.profile_may_travel,
            self.profile_codes,
            self.signature_sound,
            self.units_alive,
            self.rules_kept,
            self.person_is_ours,
            self.owners_respected,
            self.change_in_order,
        )

    def judge_unit(self, case: Case) -> Sequence[Complaint]:
        """All complaints of the first stage that has any."""
        raise NotImplementedError

    # -- the stages of a profile -------------------------------------------------

    def signature_present(self, case: Case) -> Sequence[Complaint]:
        """A record without a signature has nobody who answers for it."""
        if case.signature in (None, ""):
            return (signature_fault("signature-missing"),)
        return ()

    def profile_schema(self, case: Case) -> Sequence[Complaint]:
        """The fields of the form."""
        return self._shape_faults(case)

    def profile_may_travel(self, case: Case) -> Sequence[Complaint]:
        """A profile that is a state secret is kept elsewhere (NĐ 27/2026/NĐ-CP)."""
        if case.subject.get("stateSecret") is not True:
            return ()
        return (_fault("state-secret", "/stateSecret", None),)

    def profile_codes(self, case: Case) -> Sequence[Complaint]:
        """Every coded field, on the day of receipt."""
        return self._code_faults("Profile", case)

    def signature_sound(self, case: Case) -> Sequence[Complaint]:
        """The first step that fails: form, bytes, certificate, signer."""
        for check in self.signature_checks(case):
            if check.passed is False and self.insists_on(check):
                return (signature_fault(f"signature-{check.fault}"),)
        return ()

    def signature_checks(self, case: Case) -> Sequence[SignatureCheck]:
        """Every step of checking a signature; none where there is nothing to check."""
        if case.signature in (None, ""):
            return ()
        return examined(case.subject, case.signature, self._trust, case.moment)

    def insists_on(self, check: SignatureCheck) -> bool:
        """Whether a record is refused for failing this step: every one counts."""
        del check
        return True

    def units_alive(self, case: Case) -> Sequence[Complaint]:
        """Both units that a profile names."""
        return (*self.unknown_units(case), *self.closed_units(case))

    def unknown_units(self, case: Case) -> Sequence[Complaint]:
        """The units that nobody sent, or that do not live yet."""
        return self._units_that(self.unit_is_unknown, "unit-unknown", case)

    def closed_units(self, case: Case) -> Sequence[Complaint]:
        """The units that live no longer."""
        return self._units_that(self.unit_has_closed, "unit-closed", case)

    def _units_that(
        self, trouble: Callable[[Json, date], bool], word: str, case: Case
    ) -> Sequence[Complaint]:
        return tuple(
            _fault(word, f"/{name}", case.subject.get(name))
            for name in ("managingAgencyCode", "employingUnitCode")
            if trouble(case.subject.get(name), case.as_of)
        )

    def unit_is_unknown(self, code: Json, as_of: date) -> bool:
        """Whether nobody sent the unit, or it does not live by that day."""
        unit = self.unit(code)
        if unit is None or not self.may_employ_in(code):
            return True
        return str(unit.get("effectiveFrom")) > as_of.isoformat()

    def unit_has_closed(self, code: Json, as_of: date) -> bool:
        """Whether the unit lives no longer on that day."""
        end = (self.unit(code) or {}).get("effectiveTo")
        return end is not None and str(end) <= as_of.isoformat()

    def rules_kept(self, case: Case) -> Sequence[Complaint]:
        """The rules between the fields; they are about well-formed records only."""
        if case.shape:
            return ()
        unit = self.unit(case.subject.get("employingUnitCode")) or {}
        context = rule_context(case.subject, self.knowledge.code_lists, case.as_of)
        try:
            broken = self.knowledge.rule_book.broken(
                case.subject, {**context, "unit": unit}, case.as_of
            )
        except SuiteDefect:
            # rules.toml: an expression that cannot be evaluated counts as broken.
            return (_fault("schema", "", None),)
        return tuple(
            Complaint(
                stage="rule",
                rule=self.name_of_rule(rule.id),
                pointer=rule.pointer,
                sentence=Sentence(vi=rule.message.vi, en=rule.message.en),
                value=_shown(_at(case.subject, rule.pointer)),
            )
            for rule in broken
            if self.rule_is_judged(rule.id)
        )

    def rule_is_judged(self, rule_id: str) -> bool:
        """Whether a broken rule is held against a record: every one is."""
        return bool(rule_id)

    def name_of_rule(self, rule_id: str) -> str:
        """How a broken rule is named in the answer."""
        return rule_id

    def person_is_ours(self, case: Case) -> Sequence[Complaint]:
        """Nobody changes the file of somebody whom another agency employs."""
        raise NotImplementedError

    def change_in_order(self, case: Case) -> Sequence[Complaint]:
        """The changes of one person are kept in the order in which they happened."""
        raise NotImplementedError

    def owners_respected(self, case: Case) -> Sequence[Complaint]:
        """The fields that are another's, who stated something else."""
        raise NotImplementedError

    # -- the stages of a unit ------------------------------------------------------

    def unit_schema(self, case: Case) -> Sequence[Complaint]:
        """The fields of a unit."""
        return self._shape_faults(case)

    def unit_codes(self, case: Case) -> Sequence[Complaint]:
        """Every coded field, on the day of receipt or, if it is over by then, its last day."""
        return self._code_faults("Unit", replace(case, as_of=self.day_of_unit_codes(case)))

    def day_of_unit_codes(self, case: Case) -> date:
        """The day on which the codes of a unit are read."""
        return last_day(case.subject, case.as_of)

    def parent_known(self, case: Case) -> Sequence[Complaint]:
        """A unit stands below a known one; only a root stands below none."""
        parent = case.subject.get("parentCode")
        if parent is None or self.unit(parent) is not None:
            return ()
        return (_fault("parent-unknown", "/parentCode", parent),)

    # -- what the stages ask ---------------------------------------------------------

    def may_employ_in(self, unit_code: Json) -> bool:
        """Whether the sender may name a unit."""
        raise NotImplementedError

    def unit(self, code: Json) -> JsonObject | None:
        """A known unit."""
        raise NotImplementedError

    def code_is_right(self, pointer: str, code_list: str, code: str, day: date) -> bool:
        """Whether a code may stand at `pointer`."""
        del pointer
        return self.code_is_in_force(code_list, code, day)

    def day_of_list(self, version: str, as_of: date) -> date:
        """The day on which a code is read: that of the list which an address names."""
        try:
            return date.fromisoformat(version)
        except ValueError:
            return as_of

    def code_is_in_force(self, code_list: str, code: str, as_of: date) -> bool:
        """Whether a code may be used on that day."""
        return self.knowledge.code_lists.row(code_list, code, as_of) is not None

    def mask(self, text: str) -> str:
        """`text` as it may be told to a clerk: without anybody's personal id."""
        return vocabulary.mask(text)

    def error(self, complaint: Complaint, number: int, place: str, about: Json) -> JsonObject:
        """
        The contract's `RecordError`.

        Args:
            place: pointer to the subject in the message (`/records/0/profile`).
            about: the personal id of whom it is about, if it can be one.
        """
        where = f"{place.rpartition('/')[0]}/{complaint.beside}" if complaint.beside else place
        person = self.mask(about) if isinstance(about, str) and about.isdecimal() else ""
        error: JsonObject = {
            "recordNo": number,
            "pointer": where + complaint.pointer,
            "rule": complaint.rule,
            "message": {
                language: self.mask(str(text))
                for language, text in complaint.sentence.as_json(about=person).items()
            },
        }
        if complaint.value is not None and self.may_be_quoted(complaint):
            # Masked first: half of an id at the cut would pass for something else.
            error["value"] = _cut(self.mask(complaint.value))
        if complaint.owner:
            error["owner"] = complaint.owner
        return error

    def may_be_quoted(self, complaint: Complaint) -> bool:
        """Whether the value complained of is repeated: sensitive data are not."""
        return not is_sensitive(self.knowledge.contract, complaint.pointer)

    def _shape_faults(self, case: Case) -> Sequence[Complaint]:
        plain = FAULTS["schema"]
        return tuple(
            Complaint(
                stage="schema",
                rule="schema",
                pointer=problem.pointer,
                # What the schema asks for, never the value: that stands beside it, masked.
                sentence=Sentence(
                    vi=f"{plain.vi} [{problem.keyword}: {problem.required}]",
                    en=f"{plain.en} [{problem.keyword}: {problem.required}]",
                ),
                value=_shown(_at(case.subject, problem.pointer)),
            )
            for problem in self.shape_problems(case)
        )

    def shape_problems(self, case: Case) -> Sequence[SchemaProblem]:
        """What of a record's shape is held against it: everything that the schema says."""
        return case.shape

    def _code_faults(self, component: str, case: Case) -> Sequence[Complaint]:
        return tuple(
            _fault("code-list", pointer, code)
            for pointer, name, code in self.knowledge.contract.codes_in(component, case.subject)
            if not self.code_is_right(
                pointer, name, code, self.day_of_list(_version_of(case, pointer), case.as_of)
            )
        )


def problems(contract: Contract, component: str, value: Json) -> tuple[SchemaProblem, ...]:
    """What a schema says; where the two validators differ, the whole value is refused."""
    if contract.is_valid(component, value):
        return ()
    try:
        return contract.problems(component, value)
    except SuiteDefect:
        return (
            SchemaProblem(
                pointer="", keyword="format", message="the value is doubtful", excerpt=""
            ),
        )


def _first(case: Case, *stages: Stage) -> Sequence[Complaint]:
    for stage in stages:
        if complaints := stage(case):
            return complaints
    return ()


def _fault(word: str, pointer: str, value: Json) -> Complaint:
    return Complaint(
        stage=word, rule=word, pointer=pointer, sentence=FAULTS[word], value=_shown(value)
    )


def signature_fault(word: str) -> Complaint:
    """What is wrong with the signature beside a profile."""
    return Complaint(stage=word, rule=word, pointer="", sentence=FAULTS[word], beside="signature")


def _version_of(case: Case, pointer: str) -> str:
    """The version of the list that stands beside a code, "" for the list of the day."""
    beside = _at(case.subject, f"{pointer.rpartition('/')[0]}/codeListVersion")
    return beside if isinstance(beside, str) else ""


def _at(subject: Mapping[str, Json], pointer: str) -> Json:
    try:
        return at(dict(subject), pointer)
    except KeyError:
        return None


def _shown(value: Json) -> str | None:
    """A single value as text; nothing for an object or an array."""
    if value is None or isinstance(value, (dict, list)):
        return None
    return value if isinstance(value, str) else compact(value)


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
