"""The parts of a server, put together; a faulty server is one of which one part is another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .access import Access
from .answers import Answers
from .codelists import CodeLists
from .jobs import Jobs
from .judging import Records
from .messages import Messages
from .parameters import Cursors, Parameters
from .population import Population
from .profiles import Profiles
from .reorganising import Reorganisations
from .rules import Rules
from .saying import Teller
from .signatures import Signatures, Trust
from .store import Feed, Store
from .units import Units


@dataclass(frozen=True)
class Parts:
    """Everything that an operation may ask."""

    store: Store
    feed: Feed
    answers: Answers
    access: Access
    parameters: Parameters
    cursors: Cursors
    codes: CodeLists
    profiles: Profiles
    units: Units
    reorganisations: Reorganisations
    records: Records
    messages: Messages
    jobs: Jobs
    population: Population


def assemble(
    store: Store,
    trust: Trust,
    clients: Mapping[str, str],
    instead: Mapping[type, type] | None = None,
) -> Parts:
    """The parts over a store; ``instead`` names the class that stands for another one."""

    def make(kind: type, *needs: Any, **named: Any) -> Any:
        return (instead or {}).get(kind, kind)(*needs, **named)

    feed, answers, teller = make(Feed), make(Answers), make(Teller)
    codes, profiles = make(CodeLists), make(Profiles, feed)
    units = make(Units, codes, feed, teller)
    records = make(
        Records,
        codes=codes,
        signatures=make(Signatures, trust),
        units=units,
        rules=make(Rules),
        profiles=profiles,
        teller=teller,
    )
    messages = make(Messages, store, teller)
    return Parts(
        store=store,
        feed=feed,
        answers=answers,
        access=make(Access, clients, answers),
        parameters=make(Parameters),
        cursors=make(Cursors),
        codes=codes,
        profiles=profiles,
        units=units,
        reorganisations=make(Reorganisations, units, profiles, teller),
        records=records,
        messages=messages,
        jobs=make(Jobs, store, messages, records),
        population=make(Population, profiles),
    )
