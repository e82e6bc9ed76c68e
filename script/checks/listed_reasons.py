"""tests/reasons.toml excuses only tests that exist."""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

LIST = "tests/reasons.toml"


def check(files: Mapping[str, Path]) -> Iterator[str]:
    if LIST not in files:
        return
    for entry in tomllib.loads(files[LIST].read_text()).get("reason", []):
        file, _, test = entry.get("test", "").partition("::")
        name = test.rpartition("::")[2].partition("[")[0]
        if not str(entry.get("why", "")).strip():
            yield f"{LIST}: {entry.get('test')} gives no reason (`why`)"
        if file not in files or (name not in ("", "*") and f"def {name}(" not in files[file].read_text()):
            yield f"{LIST}: {entry.get('test')} names no test that exists"
