"""`script/bench`: each part in a process of its own, then one table. The parts measure; the bars are here."""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
LONGEST_S = 3_600
PARTS = {
    # name: (arguments, arguments of --quick)
    "bus": (["10000", "20", "200"], ["4000", "4", "80"]),
    "failover": (["20", "200"], ["3", "200"]),
    "llm": (["50", "10000"], ["10", "2000"]),
    "log": (["100000"], ["20000"]),
    "sync": (["100000"], ["20000"]),
    "node": (["5"], ["2"]),
    "demo": (["measured"], ["announced"]),
    "voice": (["50"], ["10"]),
    "rag": ([], []),
    "retrieval": (["100000"], ["10000"]),
    "simulation": (["40"], ["2", "1", "10"]),
    "panel": ([], []),
}
TOGETHER = {"llm": ("failover",)}
"""What is measured too when only the one is asked for: the other half of the same promises."""


@dataclass(frozen=True, kw_only=True)
class Figure:
    """`key` in what the part prints, `bar` in `unit`, to be kept from below (or, with `least`, from above). `over`: the
    key, or the value, of what it is measured against, which `against` names; with `by_ratio` the bar is for the ratio."""

    part: str
    name: str
    key: str
    unit: str
    bar: float
    least: bool = False
    over: str | float | None = None
    against: str = ""
    by_ratio: bool = False
    percent: bool = False


FIGURES = (
    Figure(
        part="bus",
        name="local call: added by the bus",
        key="added_us",
        unit="µs",
        bar=30,
        over="direct_us",
        against="the provider called directly",
    ),
    Figure(
        part="bus",
        name="remote call, p50",
        key="remote_us",
        unit="µs",
        bar=3,
        over="websocket_us",
        by_ratio=True,
        against="bare WebSocket echo over TLS, one sign, one verify",
    ),
    Figure(
        part="bus",
        name="reset to next first token, one process, p95",
        key="reset_to_next_token_p95_ms",
        unit="ms",
        bar=250,
    ),
    Figure(
        part="bus",
        name="silence to next first token, one process, p95",
        key="silence_to_next_token_p95_ms",
        unit="ms",
        bar=2000,
    ),
    *(
        Figure(
            part="failover",
            name=f"{name}, p95",
            key=f"{key}_p95_ms",
            unit="ms",
            bar=bar,
            over="calm_first_token_p50_ms",
            against="first token when nobody fails",
        )
        for name, key, bar in (
            ("neighbour killed, to next first token", "reset_to_next_token", 250),
            ("neighbour silent, to next first token", "silence_to_next_token", 2000),
            ("neighbour killed in mid-answer, gap", "reset_gap", 2000),
            ("neighbour silent in mid-answer, gap", "silence_gap", 2000),
        )
    ),
    Figure(
        part="failover",
        name="answers with a word lost or repeated",
        key="lost_or_repeated",
        unit="",
        bar=0,
        over="takeovers",
        against="answers that changed hands",
    ),
    Figure(
        part="failover",
        name="requests that succeed among bad nodes",
        key="succeeded_share",
        unit="%",
        bar=99,
        least=True,
        percent=True,
    ),
    Figure(
        part="failover",
        name="traffic to a bad node after its third failure",
        key="late_share_most",
        unit="%",
        bar=5,
        percent=True,
        over=20,
        against="an equal share among five",
    ),
    Figure(
        part="llm",
        name="first word: added by the mesh, p50",
        key="added_first_word_ms",
        unit="ms",
        bar=20,
        over="direct_first_word_ms",
        against="the engine asked directly",
    ),
    Figure(
        part="llm",
        name="8 questions with one beginning, 3 simulated caches: time saved",
        key="same_prefix_gain",
        unit="%",
        bar=50,
        least=True,
        percent=True,
    ),
    Figure(
        part="llm",
        name="8 questions with one beginning, 3 llama-servers: time saved",
        key="llama_prefix_gain",
        unit="%",
        bar=50,
        least=True,
        percent=True,
    ),
    Figure(
        part="llm", name="cancelled here, known to a neighbour's engine, p95", key="cancel_p95_ms", unit="ms", bar=200
    ),
    Figure(
        part="llm",
        name="1,000 calls at once: neither answered nor refused",
        key="crowd_failed",
        unit="",
        bar=0,
        over="crowd_answered",
        against="answered",
    ),
    Figure(
        part="llm",
        name="1,000 calls at once, p95",
        key="crowd_p95_ms",
        unit="ms",
        bar=5_000,
        over="crowd_p50_ms",
        against="half of them within",
    ),
    Figure(part="llm", name="1,000 calls at once: memory", key="crowd_grown_mb", unit="MB", bar=64),
    Figure(
        part="llm",
        name="calls that leave memory behind",
        key="leak_mb",
        unit="MB",
        bar=8,
        over="leak_calls",
        against="calls",
    ),
    Figure(part="llm", name="objects left behind by a call", key="leak_objects_per_call", unit="", bar=0.1),
    Figure(
        part="log",
        name="appends, signed and durable",
        key="append_per_s",
        unit="/s",
        bar=15_000,
        least=True,
        over="sign_per_s",
        against="one thread that only signs",
    ),
    Figure(
        part="sync",
        name="cold sync, two processes over TLS",
        key="cold_sync_per_s",
        unit="/s",
        bar=0.6,
        least=True,
        over="verify_per_s",
        by_ratio=True,
        against="one thread that only verifies",
    ),
    Figure(part="sync", name="in-sync check", key="in_sync_bytes", unit="B", bar=100),
    Figure(
        part="sync",
        name="100 missing: bytes to find them",
        key="missed_discovery_bytes",
        unit="B",
        bar=1500,
        over=3200,
        against="their ids alone",
    ),
    Figure(
        part="sync", name="100 missing: round trips to find them", key="missed_discovery_round_trips", unit="", bar=1
    ),
    Figure(
        part="node",
        name="node start to ready",
        key="start_s",
        unit="s",
        bar=3,
        over="libraries_s",
        against="Python that imports the same libraries",
    ),
    Figure(
        part="node",
        name="node's memory, idle",
        key="idle_mb",
        unit="MB",
        bar=150,
        over="libraries_mb",
        against="Python that imports the same libraries",
    ),
    *(
        figure
        for form, name, seconds, megabytes in (("no_ha", "demo --no-ha", 90, 150), ("full", "demo", 300, 700))
        for figure in (
            Figure(
                part="demo",
                name=f"{name}: download announced at most",
                key=f"{form}_announced_mb",
                unit="MB",
                bar=megabytes,
            ),
            Figure(
                part="demo",
                name=f"{name}: download",
                key=f"{form}_mb",
                unit="MB",
                bar=megabytes,
                over=f"{form}_announced_mb",
                against="what was announced",
            ),
            Figure(part="demo", name=f"{name}: fresh clone to the end", key=f"{form}_s", unit="s", bar=seconds),
        )
    ),
    *(
        Figure(
            part="voice",
            name=f"{name}: added by the neighbourhood",
            key=f"added_{key}_ms",
            unit="ms",
            bar=20,
            over=f"direct_{key}_ms",
            against="the Wyoming service asked directly, which answers at once",
        )
        for name, key in (("transcript of 5 s", "transcript"), ("first sound of a sentence", "sound"))
    ),
    Figure(
        part="rag",
        name="hybrid over the best single search, nDCG@10",
        key="hybrid_gain",
        unit="points",
        bar=3,
        least=True,
        over="single_ndcg",
        against="the best single one",
    ),
    Figure(
        part="retrieval",
        name="100,000 passages: words and meaning, p95, embedding left out",
        key="hybrid_p95_ms",
        unit="ms",
        bar=40,
    ),
    Figure(
        part="retrieval",
        name="100,000 passages: recall@10 of exact search",
        key="recall_at_10",
        unit="",
        bar=0.98,
        least=True,
    ),
    Figure(part="rag", name="confidence, English: coverage off 90 %", key="coverage_off_en", unit="points", bar=2),
    Figure(part="rag", name="confidence, German: coverage off 90 %", key="coverage_off_de", unit="points", bar=2),
    Figure(
        part="simulation",
        name="simulated seeds with a broken promise",
        key="violated",
        unit="",
        bar=0,
        over="seeds",
        against="seeds lived through",
    ),
    Figure(
        part="panel",
        name="panel, gzip",
        key="panel_gzip_kb",
        unit="KB",
        bar=150,
        over="panel_kb",
        against="uncompressed",
    ),
    Figure(
        part="panel", name="card, gzip", key="card_gzip_kb", unit="KB", bar=150, over="card_kb", against="uncompressed"
    ),
)


def row(figure: Figure, found: dict[str, Any]) -> dict[str, Any] | None:
    """The figure as measured; None when the part did not measure it this time."""
    if figure.key not in found:
        return None
    value = found[figure.key] * (100 if figure.percent else 1)
    peer = found.get(figure.over) if isinstance(figure.over, str) else figure.over
    ratio = value / peer if peer else None
    held = ratio if figure.by_ratio else value
    return {
        "part": figure.part,
        "figure": figure.name,
        "measured": value,
        "unit": figure.unit,
        "bar": figure.bar,
        "bar_is": ("at least" if figure.least else "at most") + (" as a ratio" if figure.by_ratio else ""),
        "ratio": ratio,
        "against": figure.against,
        "peer": peer,
        "met": held is not None and (held >= figure.bar if figure.least else held <= figure.bar),
    }


def measure(part: str, arguments: Sequence[str]) -> dict[str, Any]:
    """What the part printed. Raises `RuntimeError` with the end of what it said."""
    done = subprocess.run(
        [sys.executable, "-B", "-m", f"script.bench_parts.{part}", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=LONGEST_S,
        check=False,
    )
    if done.returncode:
        raise RuntimeError((done.stderr or done.stdout).strip()[-1500:])
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    names = [
        line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line
    ]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "processor": names[0] if names else platform.machine(),
        "cores": os.cpu_count(),
        "memory_gb": round(memory / 1e9, 1),
        "python": platform.python_version(),
        "load": round(os.getloadavg()[0], 2),
    }


def number(value: float | None) -> str:
    if value is None:
        return "–"
    if value == int(value) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def table(rows: list[dict[str, Any]]) -> str:
    lines = [("figure", "measured", "bar", "ratio", "met", "against")]
    for r in rows:
        bound = "≥" if r["bar_is"].startswith("at least") else "≤"
        bar = f"{number(r['bar'])} ×" if r["bar_is"].endswith("ratio") else f"{number(r['bar'])} {r['unit']}".strip()
        peer = f"{r['against']}: {number(r['peer'])}" if r["against"] else ""
        ratio = number(r["ratio"]) + (" ×" if r["ratio"] is not None else "")
        measured = f"{number(r['measured'])} {r['unit']}".strip()
        lines.append((r["figure"], measured, f"{bound} {bar}", ratio, "yes" if r["met"] else "NO", peer))
    widths = [max(len(line[n]) for line in lines) for n in range(6)]
    lines.insert(1, tuple("─" * w for w in widths))
    right = {1, 2, 3}
    return "\n".join(
        "  ".join(
            c.rjust(w) if n in right else c.ljust(w) for n, (c, w) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def notes(raw: dict[str, dict[str, Any]]) -> list[str]:
    """What has no bar but helps to read those that have: above all, what a busy machine does not change."""
    found = []
    if "log" in raw:
        found.append(f"an append costs {number(raw['log']['append_cpu_us_per_event'])} µs of a processor's time")
    if "sync" in raw:
        found.append(
            f"an event of a cold sync costs its receiver {number(raw['sync']['sink_cpu_us_per_event'])} µs of a processor's time"
        )
    if "llm" in raw:
        llm = raw["llm"]
        found.append(
            f"of {number(llm['crowd'])} calls at once {number(llm['crowd_answered'])} were answered and"
            f" {number(llm['crowd_refused'])} told that there is no room, within {number(llm['crowd_s'])} s"
            + ("" if llm["llama"] else "; no llama-server here: script/setup --llama fetches one")
        )
        for name in ("same", "llama"):
            if f"{name}_prefix_gain" in llm:
                without, with_it = (number(llm[f"{name}_prefix_{how}_ms"] / 1000) for how in ("without", "with"))
                found.append(f"8 questions with one beginning take {without} s without affinity, {with_it} s with it")
    if "rag" in raw:
        found.append("\n".join(raw["rag"]["table"]))
    if "simulation" in raw:
        found.append(
            f"{number(raw['simulation']['seeds_per_minute'])} seeds of {raw['simulation']['nodes']} nodes a minute"
        )
    return found


def main() -> int:
    parser = argparse.ArgumentParser(prog="script/bench", description="Measures what docs/benchmarks.md promises.")
    parser.add_argument("--quick", action="store_true", help="small amounts; the demo's download as announced")
    parser.add_argument("--json", action="store_true", help="the figures for programs")
    parser.add_argument("--strict", action="store_true", help="exit with 1 when a bar is missed")
    parser.add_argument("part", nargs="*", metavar="PART", help="only these: " + " ".join(PARTS))
    options = parser.parse_args()
    if unknown := sorted(set(options.part) - set(PARTS)):
        parser.error(f"no part is called {', '.join(unknown)}; there are {', '.join(PARTS)}")
    began, before = time.monotonic(), machine()
    raw: dict[str, dict[str, Any]] = {}
    failed: dict[str, str] = {}
    wanted = {*options.part, *(other for part in options.part for other in TOGETHER.get(part, ()))}
    for part in [p for p in PARTS if p in wanted or not wanted]:
        print(f"▸ {part} … ", end="", file=sys.stderr, flush=True)
        part_began = time.monotonic()
        try:
            raw[part] = measure(part, PARTS[part][options.quick])
            said = ""
        except (RuntimeError, ValueError, subprocess.TimeoutExpired) as error:
            failed[part], said = str(error), " failed"
        print(f"{time.monotonic() - part_began:.0f} s{said}", file=sys.stderr, flush=True)
    rows = [r for f in FIGURES if f.part in raw and (r := row(f, raw[f.part])) is not None]
    seconds = time.monotonic() - began
    where = {**before, "load_after": round(os.getloadavg()[0], 2)}
    if options.json:
        found = {"quick": options.quick, "seconds": round(seconds, 1), "machine": where}
        print(json.dumps({**found, "figures": rows, "failed": failed, "raw": raw}, indent=1, ensure_ascii=False))
    else:
        print(table(rows))
        for note in notes(raw):
            print(f"\n{note}", end="")
        print(
            f"\n\n{where['processor']}, {where['cores']} cores, {where['memory_gb']} GB, Python {where['python']};"
            f" load {where['load']} before and {where['load_after']} after; {seconds:.0f} s{', --quick' * options.quick}"
        )
        for part, said in failed.items():
            print(f"\n✗ {part} could not be measured:\n{said}")
    return 1 if failed or (options.strict and not all(r["met"] for r in rows)) else 0


if __name__ == "__main__":
    sys.exit(main())
