"""
What the owners of fields state about people, and what follows from it for profiles.

Who owns a field stands in the code list `authority`; the contract is told in `owners.yaml`. One
decision stands in one method; see `reference`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import Final

from conformance.contract.codelists import CodeLists
from conformance.model.json import Json, JsonObject, escape
from conformance.packs.vn_cbccvc import messages
from conformance.packs.vn_cbccvc.intake import Case, Complaint, problems
from conformance.packs.vn_cbccvc.keeping import identity_of
from conformance.packs.vn_cbccvc.messages import FAULTS, Sentence
from conformance.packs.vn_cbccvc.profile_reads import ProfileReads
from conformance.packs.vn_cbccvc.tree import HANOI
from conformance.reference.exchange import Outgoing

AGENCY: Final = "AGENCY"
COMPONENT: Final = "OwnerEventMessage"
CODE: Final = "M61"

APPLIED: Final = "APPLIED"
DUPLICATE: Final = "DUPLICATE"
LATE: Final = "LATE"
REJECTED: Final = "REJECTED"

#: Personal id -> member of a profile -> `value`, `owner`, and `at`, since when it holds.
FACTS: Final = "facts"
#: Personal id -> the profile as its agency signed it.
SIGNED: Final = "signed"
_EVENTS: Final = "events"
_MESSAGES: Final = "submitOwnerEvents"

Facts = Mapping[str, JsonObject]


class Ownership(ProfileReads):
    """Takes what owners state, and keeps agencies from saying otherwise."""

    def owner_of(self, member: str) -> str:
        """Who owns a member of a profile; "" for one that is none."""
        return owners(self.knowledge.code_lists).get(member, "")

    def facts(self, profile_id: str) -> Facts:
        """What the owners stated about somebody."""
        held = self.store.get(FACTS, profile_id)
        if not isinstance(held, dict):
            return {}
        return {member: fact for member, fact in held.items() if isinstance(fact, dict)}

    # -- what an agency sends ----------------------------------------------------------

    def rules_kept(self, case: Case) -> Sequence[Complaint]:
        """As every rule; but what is held may heal a record that leaves it out, never harm it."""
        broken = super().rules_kept(case)
        facts = self.facts(str(case.subject.get("profileId"))) if broken else {}
        if not facts:
            return broken
        filled = replace(case, subject=self.filled_in(case.subject, facts))
        still = {complaint.rule for complaint in super().rules_kept(filled)}
        return [complaint for complaint in broken if complaint.rule in still]

    def owners_respected(self, case: Case) -> Sequence[Complaint]:
        """A field whose owner stated something else is not the agency's to change."""
        facts = self.facts(str(case.subject.get("profileId")))
        return tuple(
            self.not_owner(member, str(facts[member]["owner"]))
            for member in self.overwritten(case.subject, facts)
        )

    def overwritten(self, profile: JsonObject, facts: Facts) -> Sequence[str]:
        """The members of which the owner stated another value than the profile holds."""
        return [
            member
            for member, fact in facts.items()
            if member in profile and profile[member] != fact["value"]
        ]

    def not_owner(self, member: str, owner: str) -> Complaint:
        """The complaint about a field of another; no value is told, it may be sensitive."""
        word, named = "not-owner", self.owner_named(owner)
        vi, en = owner_titles(self.knowledge.code_lists, named)
        plain = FAULTS[word]
        return Complaint(
            stage=word,
            rule=word,
            pointer=f"/{escape(member)}",
            sentence=Sentence(vi=f"{plain.vi} [{vi}]", en=f"{plain.en} [{en}]"),
            owner=named,
        )

    def owner_named(self, owner: str) -> str:
        """Whom a refusal names as the owner of a field: its owner."""
        return owner

    def keep_profile(self, profile: JsonObject, message_id: str = "", changed_at: str = "") -> int:
        """Store a profile that an agency signed, with what it need not have sent."""
        self.store.put(SIGNED, str(profile.get("profileId")), profile)
        return super().keep_profile(self.on_arrival(profile), message_id, changed_at)

    def on_arrival(self, profile: JsonObject) -> JsonObject:
        """A profile as it is stored when it comes: the gaps are filled in."""
        return self.filled_in(profile, self.facts(str(profile.get("profileId"))))

    def filled_in(self, profile: JsonObject, facts: Facts) -> JsonObject:
        """A profile with what the owners stated where it says nothing; nothing is replaced."""
        return {**{member: fact["value"] for member, fact in facts.items()}, **profile}

    def signed_by_agency(self, profile_id: str) -> JsonObject | None:
        """The profile as the agency last signed it."""
        signed = self.store.get(SIGNED, profile_id)
        return signed if isinstance(signed, dict) else None

    def withdraw_profile(self, profile_id: str) -> Outgoing:
        """As every withdrawal; what the owners stated goes too, and suffices to be withdrawn."""
        answer = super().withdraw_profile(profile_id)
        if not self.facts(profile_id):
            return answer
        with self.store.transaction():
            self.store.put(FACTS, profile_id, None)
        return Outgoing(status=204, media_type="")

    def take_out(self, profile_id: str, version: int) -> None:
        """The agency's word goes with the profile."""
        super().take_out(profile_id, version)
        self.store.put(SIGNED, profile_id, None)

    # -- what an owner states ----------------------------------------------------------

    def take_events(self, message: Json) -> Outgoing:
        """The checks of the message, then event after event."""
        opened = self.opened(CODE, COMPONENT, message)
        if isinstance(opened, Outgoing):
            return opened
        header = opened["header"]
        assert isinstance(header, dict)
        message_id, content = self.message_key(str(header["messageId"])), identity_of(opened)
        known = self.store.get(_MESSAGES, message_id)
        if isinstance(known, dict):
            if known["content"] != content:
                return self.problem(
                    messages.MESSAGE_ID_REUSED, "Send other content under a new id."
                )
            return self.answer_to_replayed_events(opened, known["answer"])
        with self.store.transaction():
            answer = self.apply_events(opened)
            self.store.put(_MESSAGES, message_id, {"content": content, "answer": answer})
        return Outgoing(status=200, json=answer)

    def answer_to_replayed_events(self, message: JsonObject, answer: Json) -> Outgoing:
        """The first answer again, and nothing is applied."""
        del message
        return Outgoing(status=200, json=answer)

    def apply_events(self, message: JsonObject) -> JsonObject:
        """Every event by itself, in the order of the message; the answer to it."""
        header, events = message["header"], message["events"]
        assert isinstance(header, dict)
        assert isinstance(events, list)
        message_id, owner = str(header["messageId"]), str(message["owner"])
        results: list[Json] = [
            {"recordNo": number, **self.apply_event(owner, number, event, message_id)}
            for number, event in enumerate(events, start=1)
            if isinstance(event, dict)
        ]
        return {"messageId": message_id, "results": results}

    def apply_event(
        self, owner: str, number: int, event: JsonObject, message_id: str
    ) -> JsonObject:
        """Judge and apply one event; the status and, of a rejected one, the errors."""
        event_id, profile_id = str(event["eventId"]).lower(), str(event["profileId"])
        fields, moment = event["fields"], _moment(event["occurredAt"])
        assert isinstance(fields, dict)
        place = f"/events/{number - 1}/fields"
        complaints = self.judge_fields(owner, fields)
        if complaints or moment is None:
            errors: list[Json] = [self.error(c, number, place, profile_id) for c in complaints]
            return {
                "status": REJECTED,
                "errors": errors or [self._no_such_time(number, profile_id)],
            }
        if self.is_known_event(event_id):
            return {"status": DUPLICATE}
        self.store.put(_EVENTS, event_id, True)
        facts = self.facts(profile_id)
        fresh = self.fresh_fields(facts, fields, moment)
        if not fresh:
            return {"status": LATE}
        stated: JsonObject = {
            member: {"value": value, "owner": owner, "at": moment}
            for member, value in fresh.items()
        }
        self.store.put(FACTS, profile_id, {**facts, **stated})
        self.bring_to_profile(profile_id, message_id)
        return {"status": APPLIED}

    def judge_fields(self, owner: str, fields: JsonObject) -> Sequence[Complaint]:
        """First whose the fields are, then what stands in them."""
        foreign = [
            self.not_owner(member, self.owner_of(member))
            for member in fields
            if self.owner_of(member) and not self.may_state(owner, member)
        ]
        now = self.clock.now()
        shape = tuple(
            problem
            for problem in problems(self.knowledge.contract, "Profile", fields)
            # An event is about some fields, so none is missing.
            if (problem.pointer, problem.keyword) != ("", "required")
        )
        case = Case(
            subject=fields,
            shape=shape,
            moment=now,
            as_of=now.astimezone(HANOI).date(),
            operation="submitOwnerEvents",
        )
        return foreign or _own_id(fields) or self.profile_schema(case) or self.profile_codes(case)

    def may_state(self, owner: str, member: str) -> bool:
        """Whether an owner may state a member: one of its own."""
        return self.owner_of(member) == owner

    def is_known_event(self, event_id: str) -> bool:
        """Whether an event was taken before."""
        return self.store.get(_EVENTS, event_id) is True

    def fresh_fields(self, facts: Facts, fields: JsonObject, moment: str) -> JsonObject:
        """What an event states that was not stated later already, field by field."""
        return {
            member: value
            for member, value in fields.items()
            if member not in facts or str(facts[member]["at"]) <= moment
        }

    def bring_to_profile(self, profile_id: str, message_id: str) -> None:
        """A new version of a stored profile, as the agency signed it and the owners fill it in."""
        signed = self.signed_by_agency(profile_id)
        if signed is not None:
            super().keep_profile(self.filled_in(signed, self.facts(profile_id)), message_id)

    def _no_such_time(self, number: int, profile_id: str) -> JsonObject:
        complaint = Complaint(stage="schema", rule="schema", pointer="", sentence=FAULTS["schema"])
        return self.error(complaint, number, f"/events/{number - 1}/occurredAt", profile_id)


@cache
def owners(lists: CodeLists) -> Mapping[str, str]:
    """Member of a profile -> its owner, in the newest version of the list `authority`."""
    day = lists.versions("authority")[-1]
    return {row["code"].split("/")[1]: row["owner"] for row in lists.rows("authority", day)}


def owner_titles(lists: CodeLists, owner: str) -> tuple[str, str]:
    """What an owner is called in Vietnamese and English."""
    row = lists.row("data-owners", owner, lists.versions("data-owners")[-1]) or {}
    return row.get("name_vi", owner), row.get("name_en", owner)


def _own_id(fields: JsonObject) -> Sequence[Complaint]:
    """Whom an event is about is no value of it."""
    if "profileId" not in fields:
        return ()
    word = "schema"
    return (Complaint(stage=word, rule=word, pointer="/profileId", sentence=FAULTS[word]),)


def _moment(value: Json) -> str | None:
    """A time in UTC, written so that texts compare as times do; None for no such time."""
    try:
        moment = datetime.fromisoformat(str(value).upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")
