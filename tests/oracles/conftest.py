"""Exchanges out of nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from conformance.model.exchange import Exchange, Initiator, Request, Response

Answered = Callable[..., Exchange]


@pytest.fixture
def answered() -> Answered:
    """`answered(200, {...}, type=..., headers=..., body=..., operation=...)`."""

    def make(
        status: int,
        value: object = None,
        *,
        type: str = "application/json",  # noqa: A002 - as the header is called
        headers: tuple[tuple[str, str], ...] = (),
        body: bytes | None = None,
        truncated: bool = False,
        operation: str = "",
    ) -> Exchange:
        content = (("Content-Type", type),) if type else ()
        return Exchange(
            number=1,
            initiator=Initiator.TOOLKIT,
            request=Request(method="GET", target="/things", operation=operation),
            response=Response(
                status=status,
                headers=(*content, *headers),
                body=json.dumps(value).encode() if body is None else body,
                truncated=truncated,
            ),
            at=datetime(2026, 11, 20, tzinfo=UTC),
            elapsed=0.01,
        )

    return make
