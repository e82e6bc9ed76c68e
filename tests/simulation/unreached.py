"""Runs one seed in which two anchors never quarrel: `python -m tests.simulation.unreached`."""

from __future__ import annotations

import sys

from hearthnet_core.simulation import __main__ as simulation
from hearthnet_core.simulation import faults
from hearthnet_core.simulation.world import World


async def _peace(world: World) -> bool:
    return True


if __name__ == "__main__":
    faults.FAULTS["duel"] = _peace, 0
    sys.exit(simulation.main(["--nodes", "6", "--hours", "0.005", "--jobs", "1"]))
