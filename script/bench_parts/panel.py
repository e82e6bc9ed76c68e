"""What a browser loads for panel and card: the committed bundles, gzip as Home Assistant's visitors get them.

`python -m script.bench_parts.panel`; prints one JSON object, in KB of 1,000 bytes.
"""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path

DIST = Path(__file__).resolve().parents[2] / "custom_components/hearthnet/frontend/dist"


def main() -> None:
    found = {}
    for name in ("panel", "card"):
        content = (DIST / f"hearthnet-{name}.js").read_bytes()
        found[f"{name}_kb"] = round(len(content) / 1000, 1)
        found[f"{name}_gzip_kb"] = round(len(gzip.compress(content, 9, mtime=0)) / 1000, 1)
    json.dump(found, sys.stdout)
    print()


if __name__ == "__main__":
    main()
