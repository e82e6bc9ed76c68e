"""How many simulated bad days a minute this machine lives through, and how many of them broke a promise.

`python -m script.bench_parts.simulation [seeds] [first] [nodes]`; prints one JSON object.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time

SEED = re.compile(r"^seed (\d+): (\w+), .* ([\d.]+) s$", re.MULTILINE)


def main() -> None:
    seeds, first, nodes = (int(a) for a in (sys.argv[1:] + ["40", "1", "20"][len(sys.argv) - 1 :])[:3])
    options = ["--seeds", str(seeds), "--seed", str(first), "--nodes", str(nodes)]
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "hearthnet_core.simulation", *options],
        env={**os.environ, "PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    took = time.perf_counter() - began
    told = SEED.findall(done.stdout)
    if len(told) != seeds:
        sys.exit(f"{len(told)} of {seeds} seeds came to an end:\n{(done.stderr or done.stdout)[-2000:]}")
    violated = [int(seed) for seed, outcome, _ in told if outcome != "ok"]
    found = {
        "seeds": seeds,
        "first": first,
        "nodes": nodes,
        "violated": len(violated),
        "violated_seeds": violated,
        "seeds_per_minute": round(seeds / took * 60, 2),
        "seconds_a_seed": round(sum(float(seconds) for *_, seconds in told) / seeds, 2),
    }
    json.dump(found, sys.stdout)
    print()


if __name__ == "__main__":
    main()
