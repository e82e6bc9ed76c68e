"""No file names a package registry's host, a folder of one developer's machine, or a large thing by accident."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

# The brackets keep this file from finding itself.
HOSTS = (r"(?:de[b]|security|packages|snapshot|ftp[\w.]*)\.de[b]ian\.org", r"py[p]i\.org", r"python[h]osted\.org")
HOSTS += (r"np[m]js\.(?:org|com)", r"yarn[p]kg\.com")
FOLDERS = (r"wo[r]k", r"ho[m]e/(?!assistant\b|pi\b|user\b)\w+", r"ro[o]t", r"Us[e]rs/\w+", r"mnt", r"fa[r]m")
REGISTRY = re.compile(rf"\b(?:{'|'.join(HOSTS)})\b", re.IGNORECASE)
MACHINE = re.compile(rf"(?<![\w.~$}}])/(?:{'|'.join(FOLDERS)})/[\w.]")
LARGEST = 1_000_000


def check(files: Mapping[str, Path]) -> Iterator[str]:
    for name, path in files.items():
        if path.stat().st_size > LARGEST:
            yield f"{name}: over {LARGEST} bytes; does it belong in git?"
            continue
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        for line, what in problems(text):
            yield f"{name}:{line}: {what}"


def problems(text: str) -> Iterator[tuple[int, str]]:
    for pattern, what in ((REGISTRY, "names a package registry's host"), (MACHINE, "names a folder of one machine")):
        for match in pattern.finditer(text):
            yield text.count("\n", 0, match.start()) + 1, f"{what}: {match.group()}"
