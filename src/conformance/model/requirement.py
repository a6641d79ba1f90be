"""Requirements, conformance classes and the catalogue that holds them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    # It is worded in the values of this module.
    from conformance.model.quality import Standard


class Role(StrEnum):
    """The side of the wire on which the software under test stands."""

    PROVIDER = "provider"
    """It serves the API; we call it."""
    CONSUMER = "consumer"
    """It calls the national API; we are that API."""


class Obligation(StrEnum):
    """The force of a requirement, as RFC 2119 uses the words."""

    MUST = "MUST"
    SHOULD = "SHOULD"
    MAY = "MAY"
    """Judged only as "if offered, then"."""


class Basis(StrEnum):
    """How firmly a requirement rests on its source."""

    QUOTED = "quoted"
    KNOWN = "known"
    INFERRED = "inferred"


class Language(StrEnum):
    """The languages in which people read what we print."""

    VI = "vi"
    ID = "id"
    EN = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One sentence in the three languages."""

    en: str
    vi: str
    id: str

    @staticmethod
    def untranslated(english: str) -> Text:
        """A sentence that stands in English everywhere."""
        return Text(en=english, vi=english, id=english)

    def within(self, language: Language) -> str:
        """The sentence in `language`."""
        match language:
            case Language.EN:
                return self.en
            case Language.VI:
                return self.vi
            case Language.ID:
                return self.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a requirement comes from: a document, its article, and how we know."""

    document: str
    article: str
    basis: Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """
    The smallest normative statement that an exchange can show false.

    Attributes:
        id: permanent, assigned, never reused (`XX-SYNC-014`).
        conformance_class: the id of the class it belongs to.
        falsified_by: what would show it false; None when `not_judged` gives a reason instead.
        not_judged: why no scenario judges it; None when one does.
        since: the pack revision that introduced it.
        principle: the principle of data quality that it speaks of; "" for none.
        defined_at: "file:line" for messages about it.
        needs: the roles that a run must have for it to be judged, beside its own: those of its
            class.
    """

    id: str
    title: Text
    obligation: Obligation
    role: Role
    conformance_class: str
    source: Source
    rationale: Text
    falsified_by: Text | None
    not_judged: Text | None
    since: str
    defined_at: str
    principle: str = ""
    needs: tuple[Role, ...] = ()

    @property
    def roles(self) -> tuple[Role, ...]:
        """The roles that a run must have for it to be judged."""
        return tuple(role for role in Role if role is self.role or role in self.needs)

    def is_for(self, roles: Collection[Role]) -> bool:
        """Whether it binds software that stands on those sides of the wire."""
        return all(role in roles for role in self.roles)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConformanceClass:
    """
    A named set of requirements claimed, tested and certified as a unit.

    Attributes:
        roles: those that a run must all have; empty where each requirement's own is enough.
    """

    id: str
    title: Text
    roles: tuple[Role, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """
    All requirements and classes of a pack revision, in catalogue order.

    Attributes:
        standard: what the pack asks of data; None for nothing.
    """

    classes: tuple[ConformanceClass, ...]
    requirements: tuple[Requirement, ...]
    standard: Standard | None = None

    @cached_property
    def by_id(self) -> Mapping[str, Requirement]:
        """Requirements by their id."""
        return {requirement.id: requirement for requirement in self.requirements}

    def of(self, role: Role) -> Iterator[Requirement]:
        """The requirements that bind `role`."""
        return (r for r in self.requirements if r.role is role)
