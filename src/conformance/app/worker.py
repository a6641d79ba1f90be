"""
One job of a run: reads its order from standard input, plays its share, tells what closed.

Started by `conformance.app.pool` as `python -m conformance.app.worker`.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

from conformance.app.authority import authority_for
from conformance.app.consumer import consumer_side
from conformance.app.playing import Share, live_stage, play
from conformance.catalogue import packs
from conformance.contract.contract import Contract
from conformance.reference.clock import SystemClock
from conformance.running import plan as plans
from conformance.targets import locator as locators
from conformance.wire.transport import Transport


def _end_with_parent() -> None:
    """
    End at once when the parent was killed: its side of our standard input closes.

    Otherwise we would go on asking a target that the parent served, and seal what we then see.
    """
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def main() -> None:
    """Play one share; a closed scenario is one JSON line on standard output."""
    order = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_parent, daemon=True).start()
    out, home = Path(order["out"]), Path(order["home"])
    # A way out of its own: pytest takes the file descriptor 1 while scenarios play.
    tell = os.fdopen(os.dup(1), "w", encoding="utf-8")

    def closed(scenario: str, verdicts: Mapping[str, int]) -> None:
        tell.write(json.dumps({"closed": scenario, "verdicts": dict(verdicts)}) + "\n")
        tell.flush()

    text = (out / "plan.json").read_text(encoding="utf-8")
    plan = plans.from_json(text, name=str(out / "plan.json"))
    pack = packs.load(f"{plan.pack.id}@{plan.pack.revision}")
    contract = Contract.load(pack)
    share = Share.from_json(order["share"])
    clock = SystemClock()
    authority = authority_for(pack, home, clock.now(), share.grants)
    folder = out / "evidence"
    if order["role"] == "consumer":
        locator = locators.parse(order["locator"])
        with consumer_side(plan, pack, share, locator, clock=clock, authority=authority) as (
            missions,
            hidden,
        ):
            play(
                live_stage(
                    plan,
                    pack,
                    contract,
                    share,
                    clock=clock,
                    signer=authority,
                    folder=folder,
                    on_closed=closed,
                    missions=missions,
                    hidden=hidden,
                ),
                share.scenarios,
            )
        return
    transport = Transport(share.connection, clock)
    try:
        play(
            live_stage(
                plan,
                pack,
                contract,
                share,
                clock=clock,
                signer=authority,
                folder=folder,
                on_closed=closed,
                transport=transport,
            ),
            share.scenarios,
        )
    finally:
        transport.close()


if __name__ == "__main__":
    main()
