"""
Whose a unit, a person, a message is: an agency sees and changes what lies below its own root.

One decision stands in one method; see `reference`. An agency is known by its client; it owns the
units whose codes begin with its own, and the people whom they employ. What is another's is
answered as if it were not there.
"""

from __future__ import annotations

from conformance.model.json import Json, JsonObject
from conformance.packs.vn_cbccvc.access import Access
from conformance.packs.vn_cbccvc.vocabulary import AGENCIES


class Tenants(Access):
    """Tells one agency's from another's."""

    @property
    def agency(self) -> str:
        """The root of the agency that asks, "" when nobody does."""
        return AGENCIES.get(self.caller, "")

    def is_own(self, unit_code: Json) -> bool:
        """Whether a unit is the asking agency's: its root, or one below."""
        return bool(self.agency) and f"{unit_code}.".startswith(f"{self.agency}.")

    def employs(self, row: JsonObject) -> bool:
        """Whether a stored profile is of somebody whom the asking agency employs."""
        profile = row.get("profile")
        return isinstance(profile, dict) and self.is_own(profile.get("employingUnitCode"))

    # -- what may be seen ---------------------------------------------------------------

    def may_read_profile(self, row: JsonObject) -> bool:
        """Whether a profile is shown to whoever asks for it by its id."""
        return self.employs(row)

    def may_read_history(self, row: JsonObject) -> bool:
        """Whether its versions are."""
        return self.employs(row)

    def may_list_profile(self, row: JsonObject) -> bool:
        """Whether it stands in the list of profiles."""
        return self.employs(row)

    def may_read_unit(self, code: str) -> bool:
        """Whether a unit and its lineage are shown."""
        return self.is_own(code)

    def may_list_unit(self, code: str) -> bool:
        """Whether it stands in the list of units."""
        return self.is_own(code)

    def may_be_told(self, change: JsonObject) -> bool:
        """Whether a change stands in the feed that the agency reads."""
        return self.is_own(change["unit"])

    def may_list_conflicts(self, agency: str) -> bool:
        """Whether the conflicts of an agency's people are listed."""
        return self.is_own(agency)

    def may_compare_with(self, agency: str) -> bool:
        """Whether what is held of an agency is compared with what was sent."""
        return self.is_own(agency)

    def may_read_job(self, job: JsonObject) -> bool:
        """Whether a job is shown: to whoever sent its message."""
        return job["client"] == self.caller

    def message_key(self, message_id: str) -> str:
        """Under what a message is remembered: each client has ids of its own."""
        return f"{self.caller}/{message_id.lower()}"

    # -- what may be changed ------------------------------------------------------------

    def may_employ_in(self, unit_code: Json) -> bool:
        """Whether the agency may send people of a unit: others' units it does not know."""
        return self.is_own(unit_code)

    def may_take_over(self, row: JsonObject) -> bool:
        """Whether the agency may send the profile of somebody who is stored."""
        return self.employs(row)

    def may_withdraw(self, row: JsonObject) -> bool:
        """Whether the agency may take a profile out."""
        return self.employs(row)

    def may_change_unit(self, code: Json) -> bool:
        """Whether the agency may send or reorganise a unit."""
        return self.is_own(code)
