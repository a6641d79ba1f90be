"""Words and shapes of this nation that the engine respects without knowing them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

from conformance.model.json import Json, at
from conformance.model.pack import Offices, Vocabulary

#: Twelve digits that are not part of a longer number (decree 137/2015/NĐ-CP, article 13), nor
#: the end of a UUID: one message id in three hundred would otherwise be taken for a person.
PERSONAL_ID: Final = (
    r"(?<![0-9])"
    r"(?<![0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-)"
    r"[0-9]{12}(?![0-9])"
)
#: Places of birth registration that were never issued: codes end at 096.
OUR_PLACES: Final = ("097", "098", "099")
#: Neither a province nor a country: for those who break the rule on places, and nobody else.
NOWHERE: Final = "000"
#: The root unit of every test environment; real ones bear H01 to H63.
ROOT_UNIT: Final = "H98"
CLIENT_ID: Final = "demo-agency"
CLIENT_SECRET: Final = "demo-secret-not-for-production"  # noqa: S105 - published on purpose
#: A second agency, that nobody may look into the first one's data.
NEIGHBOUR_ROOT: Final = "H97"
NEIGHBOUR_ID: Final = "demo-neighbour"
NEIGHBOUR_SECRET: Final = "demo-secret-of-the-neighbour"  # noqa: S105 - published on purpose
#: Client -> the root of its agency, of the bundled mock.
AGENCIES: Final[Mapping[str, str]] = {CLIENT_ID: ROOT_UNIT, NEIGHBOUR_ID: NEIGHBOUR_ROOT}

#: What a clerk may have typed for an id: a digit too many hides nobody. Telephone numbers too.
_PERSONAL_NUMBER: Final = re.compile(r"[0-9]{9,}")


def is_ours(personal_id: str) -> bool:
    """Whether the id was never issued to anybody, so that it may stay in clear."""
    return personal_id.startswith((*OUR_PLACES, NOWHERE))


def mask(text: str) -> str:
    """`text` with every personal number, well-formed or not, as `098******123`."""
    return _PERSONAL_NUMBER.sub(lambda found: f"{found[0][:3]}******{found[0][-3:]}", text)


def day_of_list(record: Mapping[str, Json], pointer: str, as_of: date) -> date:
    """The day that decides about the code at `pointer`: of the list its address names, if any."""
    try:
        named = at(dict(record), f"{pointer.rpartition('/')[0]}/codeListVersion")
        return date.fromisoformat(str(named))
    except (KeyError, ValueError):
        return as_of


def last_day(unit: Mapping[str, Json], as_of: date) -> date:
    """The day that decides about the codes of a unit: its last one where that is past."""
    try:
        end = date.fromisoformat(str(unit.get("effectiveTo")))
        return min(end - timedelta(days=1), as_of)
    except (OverflowError, ValueError):
        return as_of


def offices(grants: Mapping[str, Json]) -> Offices:
    """The agency at the root of what is granted, and one that was never issued."""
    own = str(grants.get("subtree_root") or ROOT_UNIT)
    other = NEIGHBOUR_ROOT if not own.startswith(NEIGHBOUR_ROOT) else "H99"
    return Offices(own=own, other=str(grants.get("neighbour_root") or other))


VOCABULARY: Final = Vocabulary(
    personal_id=PERSONAL_ID,
    is_ours=is_ours,
    refused_hosts=(
        # Every state body, the national data sharing platform among them.
        r"(?i)(?:^|\.)gov\.vn\.?$",
        # The governing party's and the parliament's bodies have domains of their own.
        r"(?i)(?:^|\.)dcs\.vn\.?$",
        r"(?i)(?:^|\.)quochoi\.vn\.?$",
        # The state's closed data network.
        r"(?i)(?:^|\.)tslcd\.vn\.?$",
    ),
    demonstration_credentials={
        "primary": {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET},
        "neighbour": {"client_id": NEIGHBOUR_ID, "client_secret": NEIGHBOUR_SECRET},
    },
    demonstration_grants={"subtree_root": ROOT_UNIT, "neighbour_root": NEIGHBOUR_ROOT},
    offices=offices,
)
