"""`python -m hearthnet_core.simulation`: runs seeds, tells what went wrong and how to see it again."""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import time  # noqa: TID251 how long a seed takes on this machine is no part of the world
from collections import Counter
from collections.abc import Iterator

from hearthnet_core.simulation.faults import KINDS
from hearthnet_core.simulation.life import simulate
from hearthnet_core.simulation.world import Outcome

DEFAULT_HOURS = 0.01


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="script/simulate",
        description="Lives through bad days with many simulated nodes. Exits with 1 when a promise was broken.",
    )
    parser.add_argument("--seed", type=int, default=1, metavar="FIRST", help="the first seed (default 1)")
    parser.add_argument("--seeds", type=int, default=1, metavar="COUNT", help="how many seeds, one after the other")
    parser.add_argument("--nodes", type=int, default=20, metavar="N", help="nodes in the neighbourhood (default 20)")
    parser.add_argument(
        "--hours",
        type=float,
        default=DEFAULT_HOURS,
        metavar="H",
        help=f"of bad days, simulated (default {DEFAULT_HOURS})",
    )
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, metavar="J", help="processes (default: cores)")
    parser.add_argument("--trace", action="store_true", help="print what happens (with --seeds 1)")
    options = parser.parse_args(arguments)
    if options.nodes < 5 or options.seeds < 1 or options.jobs < 1 or options.hours <= 0:
        parser.error("at least 5 nodes, 1 seed, 1 job, and some time")
    if os.environ.get("PYTHONHASHSEED") != "0":
        environment = {**os.environ, "PYTHONHASHSEED": "0"}
        command = [sys.executable, "-m", "hearthnet_core.simulation", *(arguments or sys.argv[1:])]
        os.execve(sys.executable, command, environment)
    work = [(options.seed + i, options.nodes, options.hours, options.trace) for i in range(options.seeds)]
    failed, reached = 0, Counter[str]()
    for outcome, seconds in _outcomes(work, options.jobs):
        reached.update(outcome.reached)
        print(
            f"seed {outcome.seed}: {'VIOLATED' if outcome.violations else 'ok'}, trace {outcome.trace},"
            f" {outcome.notices} notices, {outcome.deliveries} deliveries, {seconds:.1f} s",
            flush=True,
        )
        if outcome.violations:
            failed += 1
            for what in outcome.violations:
                print(f"  {what}")
            print(
                f"  again: script/simulate --seed {outcome.seed} --nodes {options.nodes} --hours {options.hours} --trace"
            )
    print("faults: " + ", ".join(f"{kind} {count}" for kind, count in sorted(reached.items())))
    last = options.seed + options.seeds - 1
    print(f"seeds {options.seed}–{last}, {options.nodes} nodes: {failed} of {options.seeds} violated a promise")
    if unreached := [kind for kind in KINDS if not reached[kind]]:
        print(f"never came to pass, so nothing is known of it: {', '.join(unreached)}; run more seeds")
    return 1 if failed or unreached else 0


def _outcomes(work: list[tuple[int, int, float, bool]], jobs: int) -> Iterator[tuple[Outcome, float]]:
    if jobs == 1 or len(work) == 1:
        yield from map(_one, work)
        return
    # A spawned process does not run a package's __main__ again: it must find `_one` under the module's own name.
    from hearthnet_core.simulation.__main__ import _one as one

    with multiprocessing.get_context("spawn").Pool(min(jobs, len(work)), maxtasksperchild=20) as pool:
        yield from pool.imap(one, work)


def _one(work: tuple[int, int, float, bool]) -> tuple[Outcome, float]:
    seed, nodes, hours, trace = work
    began = time.perf_counter()
    outcome = simulate(seed, nodes, hours, sys.stdout if trace else None)
    return outcome, time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(main())
