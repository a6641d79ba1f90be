"""
The ten operations that change the tree of units, applied whole or not at all.

One decision stands in one method; see `reference`. What a unit must be wherever it comes from
stands in `unit_laws`, what each operation takes in `reorganisation`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from conformance.model.json import Json, JsonObject
from conformance.packs.vn_cbccvc import messages
from conformance.packs.vn_cbccvc.following import Following
from conformance.packs.vn_cbccvc.intake import Case, Complaint
from conformance.packs.vn_cbccvc.keeping import PROFILES, identity_of
from conformance.packs.vn_cbccvc.reorganisation import Reorganisation
from conformance.packs.vn_cbccvc.standing import Slice, Standing
from conformance.packs.vn_cbccvc.tree import HANOI, UNITS
from conformance.packs.vn_cbccvc.unit_laws import complaint
from conformance.reference.exchange import Outgoing

REORGANISATIONS: Final = "reorganiseUnits"
COMPONENT: Final = "ReorganisationMessage"
CODE: Final = "M54"

Stage = Callable[[Reorganisation], Sequence[Complaint]]


class Reorganisations(Following):
    """Receives and applies reorganisations."""

    def reorganise(self, message: Json) -> Outgoing:
        """The checks of the message, then of what it decides, then the new order of things."""
        opened = self.opened(CODE, COMPONENT, message)
        if isinstance(opened, Outgoing):
            return opened
        header = opened["header"]
        assert isinstance(header, dict)
        message_id = str(header["messageId"])
        known = self.store.get(REORGANISATIONS, self.message_key(message_id))
        if isinstance(known, dict) and known["content"] == identity_of(opened):
            return self.answer_to_replayed_reorganisation(opened, known["answer"])
        if known is not None or self.came_otherwise(REORGANISATIONS, message_id):
            return self.answer_to_reused_decision(opened)
        return self.carry_out(opened)

    def answer_to_replayed_reorganisation(self, message: JsonObject, answer: Json) -> Outgoing:
        """The first answer again, and nothing is applied."""
        del message
        return Outgoing(status=200, json=answer)

    def answer_to_reused_decision(self, message: JsonObject) -> Outgoing:
        """One id cannot stand for two decisions."""
        del message
        return self.problem(messages.MESSAGE_ID_REUSED, "Send other content under a new id.")

    def carry_out(self, message: JsonObject) -> Outgoing:
        """Judge, apply, and remember the answer under the message id."""
        header, change = message["header"], Reorganisation.read(message)
        assert isinstance(header, dict)
        with self.store.transaction():
            complaints = self.judge_reorganisation(change)
            answer: JsonObject = {"messageId": header["messageId"], "status": "ACCEPTED"}
            if complaints:
                errors: list[Json] = [self.error(c, 1, "", None) for c in complaints]
                answer = {**answer, "status": "REJECTED", "errors": errors}
            else:
                self.apply_reorganisation(change)
            content: JsonObject = {"content": identity_of(message), "answer": answer}
            self.note_message(REORGANISATIONS, str(header["messageId"]), content)
        return Outgoing(status=200, json=answer)

    # -- judging -----------------------------------------------------------------------

    def judge_reorganisation(self, change: Reorganisation) -> Sequence[Complaint]:
        """All complaints of the first stage that has any."""
        stages: tuple[Stage, ...] = (
            self.units_are_ours,
            self.numbers_fit,
            self.units_before_live,
            self.codes_after_fit,
            self.days_fit,
            self.units_after_fit,
            self.nobody_is_orphaned,
            self.nobody_is_left_behind,
        )
        for stage in stages:
            if complaints := stage(change):
                return complaints
        return ()

    def units_are_ours(self, change: Reorganisation) -> Sequence[Complaint]:
        """Nobody reorganises another agency's units."""
        places = {
            **{f"/from/{index}": code for index, code in enumerate(change.before)},
            **{
                f"/to/{index}/unitCode": str(unit["unitCode"])
                for index, unit in enumerate(change.after)
            },
        }
        return tuple(
            complaint("other-agency", place, code)
            for place, code in places.items()
            if not self.may_change_unit(code)
        )

    def numbers_fit(self, change: Reorganisation) -> Sequence[Complaint]:
        """Each operation takes its own number of units before and after."""
        return tuple(
            complaint("bad-reorganisation", f"/{member}", None)
            for member, codes, (fewest, most) in (
                ("from", change.before, change.form.before),
                ("to", tuple(str(unit["unitCode"]) for unit in change.after), change.form.after),
            )
            if not fewest <= len(codes) <= most
            or len(set(codes)) < len(codes)
            # Who only absorbs itself changes nothing.
            or (member == "from" and change.form.closes and not change.closing)
        )

    def units_before_live(self, change: Reorganisation) -> Sequence[Complaint]:
        """Only what is known, and lives on the day before, can be reorganised."""
        return tuple(
            complaint(word, f"/from/{index}", code)
            for index, code in enumerate(change.before)
            if (word := self.trouble_with(code, change))
        )

    def trouble_with(self, code: str, change: Reorganisation) -> str:
        """Why a unit cannot be changed from a day on: a fault word, "" for no reason."""
        standing = self.standing(code)
        if standing is None or standing.start >= change.day:
            return "unit-unknown"
        if standing.end is None or change.day < standing.end:
            return ""
        # What was sent as ending on the very day is still to be decided about, once.
        if standing.end == change.day and not standing.decided and change.takes_over(code):
            return ""
        return "unit-closed"

    def codes_after_fit(self, change: Reorganisation) -> Sequence[Complaint]:
        """New units bear new codes, old ones their own."""
        return tuple(self._codes_after(change))

    def _codes_after(self, change: Reorganisation) -> Iterator[Complaint]:
        for index, unit in enumerate(change.after):
            code, place = str(unit["unitCode"]), f"/to/{index}/unitCode"
            if change.form.founds:
                if self.code_was_given(code):
                    yield complaint("code-reused", place, code)
            elif change.operation == "SAP_NHAP":
                if word := self.trouble_with(code, change):
                    yield complaint(word, place, code)
            elif code not in change.before:
                yield complaint("bad-reorganisation", place, code)

    def code_was_given(self, code: str) -> bool:
        """Whether a code has ever been some unit's."""
        return self.owner(code) is not None

    def days_fit(self, change: Reorganisation) -> Sequence[Complaint]:
        """What is founded begins on the day; what was decided for later days is not overtaken."""
        late = [
            complaint("bad-reorganisation", "/effectiveOn", change.day)
            for code in (*change.before, *(str(unit["unitCode"]) for unit in change.after))
            if (standing := self.standing(code)) and standing.slices[-1].start > change.day
        ]
        wrong = [
            complaint("bad-reorganisation", f"/to/{index}/effectiveFrom", unit["effectiveFrom"])
            for index, unit in enumerate(change.after)
            if change.form.founds and unit["effectiveFrom"] != change.day
        ]
        return (*late[:1], *wrong)

    def units_after_fit(self, change: Reorganisation) -> Sequence[Complaint]:
        """The units of the new order keep what any unit keeps."""
        return tuple(
            replace(found, pointer=f"/to/{index}{found.pointer}")
            for index, unit in enumerate(change.after)
            for found in self.judge_place(self._case(unit, change.day))
        )

    def nobody_is_orphaned(self, change: Reorganisation) -> Sequence[Complaint]:
        """What ends has no living unit below it, and gets none."""
        closing = set(change.closing)
        return (
            *(
                complaint("bad-reorganisation", f"/from/{index}", code)
                for index, code in enumerate(change.before)
                if code in closing
                and any(
                    code in child.parents_from(change.day) and child.code not in closing
                    for child in self.children(code)
                )
            ),
            *(
                complaint("bad-reorganisation", f"/to/{index}/parentCode", unit["parentCode"])
                for index, unit in enumerate(change.after)
                if unit["parentCode"] in closing
            ),
        )

    def nobody_is_left_behind(self, change: Reorganisation) -> Sequence[Complaint]:
        """A unit is dissolved when everybody has left it; otherwise its heirs take them over."""
        return tuple(
            complaint("people-attached", f"/from/{index}", code)
            for index, code in enumerate(change.before)
            if change.operation == "GIAI_THE" and self.has_people(code)
        )

    def has_people(self, code: str) -> bool:
        """Whether somebody stands in the unit, or has a file there."""
        rows = (self.store.get(PROFILES, key) for key in self.store.keys(PROFILES))
        profiles = (row.get("profile") for row in rows if isinstance(row, dict))
        return any(
            self.stands_in(str(profile[name]), code)
            for profile in profiles
            if isinstance(profile, dict)
            for name in ("employingUnitCode", "managingAgencyCode")
        )

    def stands_in(self, named: str, code: str) -> bool:
        """Whether who is named in one unit stands in the other."""
        return self.whereabouts(named).unit == code

    # -- applying ----------------------------------------------------------------------

    def apply_reorganisation(self, change: Reorganisation) -> None:
        """Every unit as it is from the day on, and the links between them."""
        for unit in change.after:
            self.put_after(change, unit)
        for code in self.units_to_close(change):
            standing = self.standing(code)
            if standing is not None:
                self.keep_standing(standing.ended(change.day))
        self._link(change)

    def units_to_close(self, change: Reorganisation) -> Sequence[str]:
        """The units that end on the day."""
        return change.closing

    def put_after(self, change: Reorganisation, unit: JsonObject) -> None:
        """One unit of the new order."""
        known = self.standing(unit["unitCode"])
        if known is None:
            first = Slice(start=change.day, unit=unit)
            self.keep_standing(Standing(version=1, slices=(first,)))
        else:
            self.keep_standing(self.with_change(change, known, unit))

    def with_change(self, change: Reorganisation, known: Standing, unit: JsonObject) -> Standing:
        """A unit that stays, with what is new of it from the day on, and what was before it."""
        return known.changed(unit, change.day)

    def _link(self, change: Reorganisation) -> None:
        about: JsonObject = {
            "operation": change.operation,
            "effectiveOn": change.day,
            "decisionNo": change.decision,
        }
        for unit in change.after:
            for code in change.before:
                heir, origin = self.standing(unit["unitCode"]), self.standing(code)
                if heir is None or origin is None or not self.are_linked(change, heir, origin):
                    continue
                back: JsonObject = {"unitCode": origin.code, **about}
                ahead: JsonObject = {"unitCode": heir.code, **about}
                heir = replace(heir, predecessors=(*heir.predecessors, back))
                origin = replace(origin, successors=(*origin.successors, ahead))
                for standing in (heir, origin):
                    self.store.put(UNITS, standing.code, standing.as_json())

    def are_linked(self, change: Reorganisation, heir: Standing, origin: Standing) -> bool:
        """Whether a unit of the new order came from one of the old: none from itself."""
        del change
        return heir.code != origin.code

    def _case(self, unit: JsonObject, day: str) -> Case:
        known, moment = self.standing(unit["unitCode"]), self.clock.now()
        # Of a unit that stays, only what is left of its life is in question.
        end = known.end if known and known.end != day else unit["effectiveTo"]
        left: JsonObject = {"effectiveFrom": day, "effectiveTo": end} if known else {}
        as_of = moment.astimezone(HANOI).date()
        return Case(subject={**unit, **left}, moment=moment, as_of=as_of, operation=REORGANISATIONS)
