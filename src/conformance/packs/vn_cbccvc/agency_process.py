"""
The bundled agency as a program of its own, which `--exec` starts like anybody's software:

    conformance certify "exec:python -m conformance.packs.vn_cbccvc.agency_process" --role consumer

It is told everything by the environment, as `testbed.driver.ExecDriver` tells it, and keeps its
outbox in the file `CONFORMANCE_OUTBOX` (beside the mission when that is not set). Started again
with the same words it goes on where it was ended, however that was. `CONFORMANCE_SERVED` names the
store of the API that the same software serves (`conformance mock --store FILE`).
"""

from __future__ import annotations

import asyncio
import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from conformance.catalogue import packs
from conformance.crypto.signer_file import SignerFile
from conformance.model.pack import Agency, AgencySurroundings, Assignment
from conformance.model.requirement import Text
from conformance.packs.vn_cbccvc.agency import build_agency
from conformance.reference.clock import SystemClock

_PACK: Final = "vn-cbccvc"


def work(environment: Mapping[str, str]) -> None:
    """
    Carry out the mission that the environment names.

    Raises:
        KeyError: the environment does not say all that is needed.
    """
    mission = Path(environment["CONFORMANCE_MISSION_FILE"])
    held = json.loads(mission.read_text(encoding="utf-8"))
    assignment = Assignment(
        id=held["id"],
        brief=Text(**held["brief"]),
        material=held["material"],
        continues=held.get("continues", ""),
    )
    served = environment.get("CONFORMANCE_SERVED")
    asyncio.run(
        _perform(
            assignment,
            AgencySurroundings(
                base_url=environment["CONFORMANCE_BASE_URL"],
                transport=None,
                credentials={
                    "primary": {
                        "client_id": environment["CONFORMANCE_CLIENT_ID"],
                        "client_secret": environment["CONFORMANCE_CLIENT_SECRET"],
                    }
                },
                clock=SystemClock(),
                signer=SignerFile(Path(environment["CONFORMANCE_SIGNER_FILE"])),
                outbox=environment.get("CONFORMANCE_OUTBOX") or str(mission.with_name("outbox.db")),
                ca_file=Path(ca) if (ca := environment.get("CONFORMANCE_CA_FILE")) else None,
                # The outbox alone is remembered from one start to the next.
                seed=secrets.randbits(63),
                served=Path(served) if served else None,
            ),
            environment.get("CONFORMANCE_MUTANT"),
        )
    )


async def _perform(
    assignment: Assignment, surroundings: AgencySurroundings, mutant: str | None
) -> None:
    agency: Agency
    if surroundings.served is None:
        agency = build_agency(surroundings, mutant=mutant)
    else:
        # What it serves is the contract's: only then does it need the pack.
        pack = packs.load(_PACK)
        agency = pack.plugin.agency(pack, surroundings, mutant=mutant)
    try:
        await agency.perform(assignment)
    finally:
        await agency.aclose()


if __name__ == "__main__":
    work(os.environ)
