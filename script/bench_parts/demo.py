"""What a fresh machine fetches for the demo, and how long it takes: a fresh clone in a folder of its own, an empty home.

`python -m script.bench_parts.demo [announced|measured]`; prints one JSON object. `announced` is what `script/setup` says
it will fetch at most before it starts. `measured` runs the demo with `--check`; its megabytes are what the whole machine
received meanwhile, so that nothing else should be fetching.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[2]
ANNOUNCED = re.compile(r"at most (\d+) MB")
LONGEST_S = 1_200
FORMS = {"no_ha": (["--node"], ["--no-ha"]), "full": (["--node", "--ha"], [])}


def environment(home: Path) -> dict[str, str]:
    """As on a machine that has nothing: no caches, no interpreter somebody insisted on."""
    home.mkdir()
    return {k: v for k, v in os.environ.items() if not k.startswith(("HEARTHNET_", "XDG_", "UV_"))} | {
        "HOME": str(home)
    }


def clone(folder: Path) -> Path:
    subprocess.run(["git", "clone", "-q", "--depth", "1", ROOT.as_uri(), folder / "clone"], check=True)
    return folder / "clone"


def announced(folder: Path, options: list[str]) -> float:
    """Megabytes; nothing is fetched."""
    with subprocess.Popen(
        ["script/setup", *options],
        cwd=clone(folder),
        env=environment(folder / "home"),
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as setup:
        assert setup.stderr is not None
        said = ""
        for line in setup.stderr:
            said += line
            if found := ANNOUNCED.search(line):
                _end(setup)
                return float(found[1])
    sys.exit(f"script/setup did not say what it fetches:\n{said[-1000:]}")


def _end(process: subprocess.Popen[str]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def received() -> int:
    return sum(nic.bytes_recv for name, nic in psutil.net_io_counters(pernic=True).items() if name != "lo")


def measured(folder: Path, options: list[str]) -> tuple[float, float]:
    """Seconds and megabytes."""
    where, env = clone(folder), environment(folder / "home")
    before, began = received(), time.perf_counter()
    with subprocess.Popen(
        ["script/demo", *options, "--check"],
        cwd=where,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as demo:
        try:
            said, _ = demo.communicate(timeout=LONGEST_S)
        except subprocess.TimeoutExpired:
            _end(demo)
            sys.exit(f"script/demo was not done within {LONGEST_S} s.")
    if demo.returncode:
        sys.exit(f"script/demo failed:\n{said[-2000:]}")
    return time.perf_counter() - began, (received() - before) / 1e6


def main() -> None:
    whole = sys.argv[1:] != ["announced"]
    found = {}
    for form, (setup, demo) in FORMS.items():
        with tempfile.TemporaryDirectory() as folder:
            found[f"{form}_announced_mb"] = announced(Path(folder), setup)
        if whole:
            with tempfile.TemporaryDirectory() as folder:
                seconds, megabytes = measured(Path(folder), demo)
            found[f"{form}_s"], found[f"{form}_mb"] = round(seconds, 1), round(megabytes, 1)
    json.dump(found, sys.stdout)
    print()


if __name__ == "__main__":
    main()
