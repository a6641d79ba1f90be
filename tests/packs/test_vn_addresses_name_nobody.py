"""An id in an address is found however it is written, and nothing else is taken for one."""

from __future__ import annotations

import base64

import pytest

from conformance.errors import Deviation
from conformance.packs.vn_cbccvc.privacy_oracles import keeps_from_addresses

ID = "098090123456"


@pytest.mark.parametrize(
    "address",
    [
        f"/v1/jobs/{ID}",
        f"/v1/profiles?after={ID}",
        f"/v1/profiles?after=%30{ID[1:]}",
        f"abc.{base64.b64encode(ID.encode()).decode()}",
        base64.urlsafe_b64encode(f'{{"after":"{ID}"}}'.encode()).decode().rstrip("="),
        f"cursor-{ID.encode().hex()}".partition("-")[2],
    ],
)
def test_it_is_found(address):
    with pytest.raises(Deviation, match="not-masked"):
        keeps_from_addresses([address], [ID])


def test_nothing_else_is_found():
    strangers = ("aaaaaaaaaaaaaabb", "/v1/jobs/9d0f7f0e-52c3-5a6f-9c1d-4f6f5c5a1b52", "0" * 64, "")
    keeps_from_addresses(strangers, [ID])
