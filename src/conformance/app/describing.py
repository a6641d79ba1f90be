"""The field guide of a pack, with examples out of people who do not exist."""

from __future__ import annotations

from datetime import date
from typing import Final

from conformance.catalogue.fields import fields, groups_of, with_examples
from conformance.contract.contract import COMPONENTS, Contract
from conformance.contract.sources import read
from conformance.errors import UsageError
from conformance.model.json import at
from conformance.model.pack import LoadedPack
from conformance.model.requirement import Text
from conformance.reporting.field_guide import Guide

#: Enough people for a field that one in twenty has; always the same, so that a guide stays equal.
_PEOPLE: Final = 120
_SEED: Final = 1
_DAY: Final = date(2026, 7, 1)


def field_guide(pack: LoadedPack) -> Guide:
    """
    The guide to every kind of record that the pack knows.

    Raises:
        UsageError: it knows none.
    """
    kinds = pack.plugin.record_kinds()
    if not kinds:
        raise UsageError("the pack has no data files", where="--fields", value=pack.id)
    contract = Contract.load(pack)
    groups: dict[str, Text] = {}
    for name in pack.documents:
        # The bundle has one `info`; each document may list groups in its own.
        groups |= groups_of(read(pack.root, name).value)
    rank: dict[Text | None, int] = {
        group: position for position, group in enumerate(groups.values())
    }
    made = (
        *pack.plugin.people(seed=_SEED, count=_PEOPLE, as_of=_DAY),
        *pack.plugin.workplaces(seed=_SEED, as_of=_DAY),
    )
    found = {}
    for kind in kinds:
        pointer = f"{COMPONENTS}/{kind.component}"
        schema = at(contract.document, pointer)
        stated = schema if isinstance(schema, dict) else {}
        english = str(stated.get("title") or kind.component)
        title = Text(
            en=english,
            vi=str(stated.get("x-title-vi") or english),
            id=str(stated.get("x-title-id") or english),
        )
        own = [record for record in made if kind.key in record]
        listed = sorted(
            fields(contract.document, pointer, groups), key=lambda item: rank.get(item.group, -1)
        )
        found[kind.name] = (title, with_examples(listed, own))
    return Guide(pack=f"{pack.id}@{pack.revision}", title=pack.title, kinds=found)
