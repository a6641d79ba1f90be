"""
Make `fixtures/messages/`: trial messages ready to post, good ones and faulty ones.

    python -m tests.making.messages

Keys live in a temporary folder and are thrown away. `tests/reference/test_messages.py` posts what
stands on disk to the reference, at the moment at which it was made.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from conformance import resources
from conformance.catalogue import packs
from conformance.contract.codelists import CodeLists
from conformance.crypto.authority import Authority
from conformance.model.pack import LoadedPack, Surroundings
from conformance.packs.vn_cbccvc import plugin, population
from conformance.packs.vn_cbccvc.batches import TRIAL
from conformance.packs.vn_cbccvc.by_hand import messages
from conformance.packs.vn_cbccvc.intake import Knowledge
from conformance.packs.vn_cbccvc.reference import ROOT, Reference
from conformance.packs.vn_cbccvc.vocabulary import ROOT_UNIT
from conformance.reference.clock import ManualClock
from conformance.reference.freedoms import Freedoms
from conformance.reference.store import open_store

AT = datetime(2026, 11, 20, 2, 15, tzinfo=UTC)
FOLDER = Path(__file__).resolve().parents[2] / "fixtures" / "messages"
Record = dict[str, Any]


@dataclass
class Maker:
    """A signer, and people whose files are in order."""

    authority: Authority
    pack: LoadedPack
    drawn: int = 0
    made: dict[str, Record] = field(default_factory=dict)
    shown: dict[str, str] = field(default_factory=dict)
    answers: dict[str, Record] = field(default_factory=dict)

    def people(self, count: int) -> Sequence[Record]:
        """New civil servants who work in the root unit."""
        self.drawn += 1
        made = population.people(
            seed=1000 + self.drawn, count=count, as_of=AT.date(), units=(ROOT,)
        )
        return [json.loads(json.dumps(person)) for person in made]

    def message(self, people: Sequence[Record], signer: str = "authorised") -> Record:
        """A trial message with a header of its own."""
        content = messages(
            people=people,
            units=(),
            sign=self.authority,
            signer=signer,
            at=AT,
            seed=2000 + self.drawn,
        )
        return json.loads(json.dumps(content["people"]))

    def is_taken(self, person: Record) -> bool:
        """Whether the reference takes the person."""
        surroundings = Surroundings(
            clock=ManualClock(AT),
            seed=1,
            trust_anchors=self.authority.trust_anchors,
            revocations=self.authority.revocations,
        )
        knowledge, freedoms = Knowledge.of(self.pack), Freedoms(1)
        reference = Reference(knowledge, surroundings, open_store(None), freedoms)
        receipt: Any = reference.submit(TRIAL, self.message([person])).json
        return bool(receipt["accepted"])

    def keep(
        self,
        name: str,
        shows: str,
        message: Record,
        *,
        rule: str = "",
        pointer: str = "",
        problem: str = "",
    ) -> None:
        """Remember a message and what it is answered."""
        self.made[name] = message
        self.shown[name] = shows
        if problem:
            self.answers[name] = {"status": 422, "problem": problem, "pointer": pointer}
            return
        self.answers[name] = {
            "status": 200,
            "accepted": len(message["records"]) - bool(rule),
            "rejected": int(bool(rule)),
        }
        if rule:
            self.answers[name] |= {"rule": rule, "pointer": pointer}


def minimal(person: Record, required: Sequence[str]) -> Record:
    """Only what every profile must hold."""
    return {name: value for name, value in person.items() if name in required}


#: What the generator never writes about anybody.
BY_HAND: Record = {
    "stateSecret": False,
    "detentionHistory": "Không",
    "oldRegime": [{"from": "1974", "to": "1975", "detail": "Người cha: giáo viên tiểu học"}],
}


def fullest(maker: Maker) -> Record:
    """One person of whom every member of the form is told, as far as the rules allow."""
    rare = ("overScalePercent", "academicTitle")
    people = sorted(
        maker.people(2000),
        key=lambda person: (sum(name in person for name in rare), len(person)),
        reverse=True,
    )[:200]
    # The form's own signatures are over the rest of it; nobody checks them here.
    person = people[0] | BY_HAND
    for donor in people:
        missing = {name: value for name, value in donor.items() if name not in person}
        # Together first: a rank without its date breaks a rule.
        for more in (missing, *({name: value} for name, value in missing.items())):
            if more and maker.is_taken(person | more):
                person |= more
    form = maker.authority.sign(person, signer="authorised", at=AT)
    return person | {"declarantSignature": form, "agencySignature": form}


def make(maker: Maker) -> None:
    """Two good messages and ten faulty ones; each faulty one has one fault."""
    (someone,) = maker.people(1)
    small = minimal(someone, required_members(maker.pack))
    maker.keep("minimal", "One person, the required members alone.", maker.message([small]))
    maker.keep(
        "full",
        "One person of whom every member of the form is told, sub-tables included.",
        maker.message([fullest(maker)]),
    )

    def faulty(
        name: str,
        shows: str,
        change: Callable[[Record], None],
        *,
        rule: str,
        pointer: str,
        signer: str = "authorised",
        sign_first: bool = False,
    ) -> None:
        sound, broken = maker.people(2)
        if not sign_first:
            change(broken)
        message = maker.message([sound, broken])
        if signer != "authorised":
            message["records"][1]["signature"] = maker.authority.sign(broken, signer=signer, at=AT)
        if sign_first:
            change(message["records"][1])
        maker.keep(name, shows, message, rule=rule, pointer=f"/records/1{pointer}")

    faulty(
        "unsigned",
        "The second record bears no signature.",
        lambda record: record.pop("signature"),
        rule="signature-missing",
        pointer="/signature",
        sign_first=True,
    )
    faulty(
        "changed",
        "The second record was changed after it was signed.",
        lambda record: record["profile"]["currentResidence"].update(detail="Sửa sau khi ký"),
        rule="signature-invalid",
        pointer="/signature",
        sign_first=True,
    )
    faulty(
        "rs256",
        "The second record is signed with RS256.",
        nothing,
        rule="signature-algorithm",
        pointer="/signature",
        signer="rs256",
    )
    faulty(
        "expired",
        "The second signer's certificate has ended.",
        nothing,
        rule="signature-expired",
        pointer="/signature",
        signer="expired",
    )
    faulty(
        "clerk",
        "The second signer is of the right agency and no approver.",
        nothing,
        rule="signature-authority",
        pointer="/signature",
        signer="clerk",
    )
    faulty(
        "lacking",
        "The second person has no sex: the schema asks for one.",
        lambda person: person.pop("gender"),
        rule="schema",
        pointer="/profile",
    )
    closed = CodeLists.load(maker.pack).closed("provinces", AT.date())[0]
    faulty(
        "closed-province",
        "The second person lives in a province that ended on 1 July 2025.",
        lambda person: person["currentResidence"].update(provinceCode=closed),
        rule="code-list",
        pointer="/profile/currentResidence/provinceCode",
    )
    faulty(
        "unknown-unit",
        "The second person works in a unit that nobody sent.",
        lambda person: person.update(employingUnitCode=f"{ROOT_UNIT}.999"),
        rule="unit-unknown",
        pointer="/profile/employingUnitCode",
    )
    faulty(
        "contradicting",
        "The second person's sex contradicts the personal id: rule VN-R-001.",
        lambda person: person.update(gender="2" if person["gender"] == "1" else "1"),
        rule="VN-R-001",
        pointer="/profile/gender",
    )
    message = maker.message(maker.people(1))
    message["header"]["environment"] = "production"
    maker.keep(
        "production",
        "The header says that it is meant for production.",
        message,
        problem="message-invalid",
        pointer="/header/environment",
    )


def nothing(_record: Record) -> None:
    """The record stays as it is: the signer is at fault."""


def required_members(pack: LoadedPack) -> Sequence[str]:
    """The members that the schema of a profile requires."""
    from conformance.contract.contract import Contract

    schemas: Mapping[str, Any] = Contract.load(pack).document["components"]["schemas"]  # type: ignore[index,assignment,call-overload]
    return list(schemas["Profile"]["required"])


def main() -> None:
    """Write the folder anew."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    with packs.register(plugin), tempfile.TemporaryDirectory() as home:
        pack = packs.open_root(resources.specs() / "vn-cbccvc" / "1.0", plugin)
        authority = Authority.open(Path(home), AT, organisation=ROOT_UNIT, other="H97")
        maker = Maker(authority=authority, pack=pack)
        make(maker)
        (FOLDER / "ca.pem").write_bytes(b"".join(authority.trust_anchors))
        (FOLDER / "ca.crl.pem").write_bytes(b"".join(authority.revocations))
    for name, message in maker.made.items():
        write(f"{name}.json", message)
    write("expected.json", {"at": stamp(), "answers": maker.answers})
    rows = "\n".join(
        f"| [`{name}.json`]({name}.json) | {shows} | {told(maker.answers[name])} |"
        for name, shows in maker.shown.items()
    )
    (FOLDER / "README.md").write_text(README.format(rows=rows, at=stamp()), encoding="utf-8")


def told(answer: Record) -> str:
    """An answer in a few words."""
    if "problem" in answer:
        return f"{answer['status']} `{answer['problem']}` at `{answer['pointer']}`"
    if "rule" in answer:
        return f"{answer['status']}, `{answer['rule']}` at `{answer['pointer']}`"
    return f"{answer['status']}, all accepted"


def stamp() -> str:
    """The moment, as messages write it."""
    return AT.isoformat().replace("+00:00", "Z")


def write(name: str, value: Any) -> None:
    """One JSON file."""
    text = json.dumps(value, ensure_ascii=False, indent=2) + "\n"
    (FOLDER / name).write_text(text, encoding="utf-8")


README = """# Trial messages

Messages M51 as an agency posts them to `/v1/trial-sync`: two good ones and ten with one fault each.
In a faulty one the first record is sound and is accepted beside the second. Everybody works in
the root unit, which stands in every test environment. `expected.json` says what each is answered.

They were signed at {at} with keys that were thrown away; `ca.pem` is the CA to trust and
`ca.crl.pem` its revocation list. Later the signers' certificates have ended: sign people of your
own with `conformance sign --message`. Every step of checking one, from this folder:

    conformance sign --check changed.json --trust ca.pem --crl ca.crl.pem --at {at}

Made by `python -m tests.making.messages`.

| message | shows | answer |
|---|---|---|
{rows}
"""


if __name__ == "__main__":
    main()
