"""Judgements over the order in which a record is checked."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from conformance.errors import Deviation
from conformance.model.exchange import Exchange
from conformance.model.json import JsonObject
from conformance.packs.vn_cbccvc.receipts import REJECTED, complaints_of, errors_of, result_of


def tells_all_of_the_first_stage(
    everything: Exchange,
    number: int,
    alone: Exchange,
    alone_number: int,
    *,
    word: str,
    pairs: Sequence[Collection[str]],
) -> bool:
    """
    A record that fails a check and all that follow is told the same as one that fails it alone.

    A check that finds nothing where it alone fails is for a requirement of its own to name.

    Args:
        number, alone_number: of the two records, each in its receipt.
        word: how the rules begin under which that check rejects.
        pairs: where each of several faults that lie side by side may be said to lie, below
            the profile; of these either all are told, or the requirement on one of them fails.

    Returns:
        Whether that check found anything where it alone fails.

    Raises:
        Deviation: `wrong-refusal`, else as `result_of`.
    """
    where, all_wrong = result_of(everything, number)
    place, one_wrong = result_of(alone, alone_number)
    if one_wrong.get("status") != REJECTED:
        return False
    told = _told(one_wrong, f"/records/{alone_number - 1}")
    if not any(rule.startswith(word) for rule, _ in told):
        return False
    named = {pointer.removeprefix("/profile") for _, pointer in told}
    for places in pairs:
        if not named & set(places):
            raise Deviation(
                "wrong-refusal",
                observed=complaints_of(one_wrong) or "no errors",
                required="all errors of the first stage that fails, one more at "
                + " or ".join(f"/records/{alone_number - 1}/profile{p}" for p in sorted(places)),
                pointer=f"{place}/errors",
            )
    if _told(all_wrong, f"/records/{number - 1}") != told:
        raise Deviation(
            "wrong-refusal",
            observed=complaints_of(all_wrong) or "no errors",
            required="what is told of the first stage alone: "
            + ", ".join(f"{rule} at {pointer or '/'}" for rule, pointer in sorted(told)),
            pointer=f"{where}/errors",
        )
    return True


def tells_of_both_rules(
    both: tuple[Exchange, int],
    alone: Iterable[tuple[Exchange, int]],
    *,
    rules: Iterable[str],
    pointer: str,
) -> None:
    """
    A record that breaks two rules about one member is told of both.

    A rule that is not told where it alone is broken is for a requirement of its own to name.

    Args:
        both: the receipt that tells of that record, and its number there.
        alone: the same of the records that break one of the rules each.
        pointer: the member, in the profile.

    Raises:
        Deviation: `wrong-refusal`, else as `result_of`.
    """
    wanted = {(rule, f"/profile{pointer}") for rule in rules}
    known = {told for receipt, number in alone for told in _told_of(receipt, number)}
    if wanted <= known and not wanted <= _told_of(*both):
        place, result = result_of(*both)
        raise Deviation(
            "wrong-refusal",
            observed=complaints_of(result) or "no errors",
            required=f"{' and '.join(sorted(rule for rule, _ in wanted))} at {pointer}",
            pointer=f"{place}/errors",
        )


def _told_of(receipt: Exchange, number: int) -> set[tuple[str, str]]:
    return _told(result_of(receipt, number)[1], f"/records/{number - 1}")


def _told(result: JsonObject, record: str) -> set[tuple[str, str]]:
    """Rule and pointer below the record of each error."""
    return {
        (str(error.get("rule")), str(error.get("pointer")).removeprefix(record))
        for error in errors_of(result)
    }
