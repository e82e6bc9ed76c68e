"""The process in which files are read: `python -m hearthnet_core.backends.documents.worker NAME`.

The file is its standard input. What it finds goes to standard output as `u32 length ‖ MessagePack` of
`["document", Document]`, `["unreadable", Unreadable]` and at last `["end", ""]` or `["failed", sentence]`. It writes no
file and opens no connection; memory and time are bounded by whoever starts it, and again here.
"""

from __future__ import annotations

import resource
import struct
import sys
from typing import Any

import msgspec

from hearthnet_core.backends.documents.document import CannotRead, Document
from hearthnet_core.backends.documents.reading import documents

MAX_FRAME = 64 * 1024 * 1024


def main(arguments: list[str]) -> int:
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    (name,) = arguments
    try:
        with open(0, "rb", closefd=False) as file:
            for found in documents(name, file):
                tell("document" if isinstance(found, Document) else "unreadable", found)
    except CannotRead as error:
        tell("failed", str(error))
    except OSError as error:
        tell("failed", f"It cannot be read: {error.strerror}.")
    except (MemoryError, RecursionError):
        tell("failed", "It is too large or too deep to be read here.")
    else:
        tell("end", "")
    return 0


def tell(kind: str, what: Any) -> None:
    frame = msgspec.msgpack.encode([kind, what])
    sys.stdout.buffer.write(struct.pack(">I", len(frame)) + frame)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
