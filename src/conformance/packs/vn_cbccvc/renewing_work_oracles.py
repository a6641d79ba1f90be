"""
Judgements over what an agency did when its ground moved: a unit that closed, lists that changed.

Pure: an assignment and its traffic in, nothing or a Deviation out; TargetTimeout where there is
nothing to judge.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from conformance.errors import Deviation
from conformance.model.json import JsonObject
from conformance.packs.vn_cbccvc.content_assignments import Told
from conformance.packs.vn_cbccvc.content_reading import body_of, people_posted, units_posted
from conformance.packs.vn_cbccvc.missions import in_vain, mapping, objects, text

_LISTS: Final = "/header/codeListVersion"


def nobody_is_sent_to_a_closed_unit(told: Told) -> None:
    """
    After the refusal that a unit closed, no record names it.

    Raises:
        Deviation: `closed-unit-named`.
        TargetTimeout: nothing was refused for a closed unit.
    """
    since = _closed_since(told)
    closing = told.hidden["closing"]
    for person in people_posted(told.exchanges):
        if person.number > since and closing in _units_of(person.subject):
            raise Deviation(
                "closed-unit-named",
                observed=f"profile {person.key} in {closing}",
                required="the unit that took it over",
                pointer=f"{person.pointer}/employingUnitCode",
            )


def people_follow_their_unit(told: Told) -> None:
    """
    Whoever was refused for a closed unit arrives in the unit that took it over.

    Raises:
        Deviation: `item-missing`, `wrong-value`.
        TargetTimeout: nothing was refused for a closed unit.
    """
    since = _closed_since(told)
    posted = people_posted(told.exchanges)
    heir = told.hidden["heir"]
    refused = {p.key for p in posted if any(e.get("rule") == "unit-closed" for e in p.errors)}
    for key in sorted(refused):
        later = [p for p in posted if p.key == key and p.number > since and p.accepted]
        if not later:
            raise Deviation(
                "item-missing",
                observed=f"profile {key} was not accepted again",
                required=f"profile {key} in {heir}",
            )
        if later[-1].subject.get("employingUnitCode") != heir:
            raise Deviation(
                "wrong-value",
                observed=later[-1].subject.get("employingUnitCode", "absent"),
                required=heir,
                pointer=f"{later[-1].pointer}/employingUnitCode",
            )


def the_new_version_is_declared(told: Told) -> None:
    """
    After the refusal that the lists changed, the metadata are read and their version declared.

    Raises:
        Deviation: `old-lists`.
        TargetTimeout: no message was refused for its lists, or none followed.
    """
    refused = _refused_for_lists(told)
    read = ""
    judged = False
    for exchange in told.exchanges:
        if exchange.number <= refused:
            continue
        if exchange.request.operation == "getMetadata":
            read = text(body_of(exchange), "codeListVersion") or read
        elif exchange.request.operation == "submitUnits":
            judged = True
            stated = text(mapping(body_of(exchange, asked=True).get("header")), "codeListVersion")
            if not read or stated != read:
                raise Deviation(
                    "old-lists",
                    observed=stated or "no version",
                    required=read or "the metadata read again first",
                    pointer=_LISTS,
                )
    if not judged:
        raise in_vain("no message followed")


def the_new_codes_are_used(told: Told) -> None:
    """
    What is sent under the new version is written in its codes.

    Raises:
        Deviation: `old-lists`.
        TargetTimeout: no unit came under the new version.
    """
    refused = _refused_for_lists(told)
    province = told.hidden["province"]
    old = {text(unit, "provinceCode") for unit in told.units}
    judged = False
    for unit in units_posted(told.exchanges):
        header = mapping(body_of(unit.exchange, asked=True).get("header"))
        if unit.number <= refused or unit.exchange.response.status != 200 or not header:
            continue
        judged = True
        code = text(unit.subject, "provinceCode")
        if code in old or code != province:
            raise Deviation(
                "old-lists",
                observed=code or "absent",
                required=province,
                pointer=f"{unit.pointer}/provinceCode",
            )
    if not judged:
        raise in_vain("no unit came under the new lists")


def _closed_since(told: Told) -> int:
    found = [
        person.told
        for person in people_posted(told.exchanges)
        if any(error.get("rule") == "unit-closed" for error in person.errors)
    ]
    if not found:
        raise in_vain("nobody was refused for a closed unit")
    return min(found)


def _units_of(profile: JsonObject) -> Sequence[str]:
    return [text(profile, "managingAgencyCode"), text(profile, "employingUnitCode")]


def _refused_for_lists(told: Told) -> int:
    for exchange in told.exchanges:
        errors: Sequence[Mapping[str, object]] = objects(body_of(exchange).get("errors"))
        if exchange.response.status == 422 and any(e.get("pointer") == _LISTS for e in errors):
            return exchange.number
    raise in_vain("no message was refused for its lists")
