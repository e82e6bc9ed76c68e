"""What every verb of the command line has in common."""

from __future__ import annotations

import argparse
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from hearthnet_core.cli.terminal import Terminal
from hearthnet_core.client import Client
from hearthnet_core.config.load import data_folder

type Verbs = argparse._SubParsersAction[argparse.ArgumentParser]
type Run = Callable[[argparse.Namespace, Terminal], Awaitable[int | None]]

EXIT_CODES = """exit codes:
  0  done                     4  not allowed (token, rights, signature, expired)
  1  failed                   5  not possible right now (unreachable, busy, too slow)
  2  used or written wrongly  6  the two sides' versions do not fit
  3  not found, not offered   130  interrupted (Ctrl-C)"""


def parser(add: Callable[..., argparse.ArgumentParser], name: str, text: str, example: str) -> argparse.ArgumentParser:
    """A parser with the options that each verb takes and an example in its help."""
    lines = "\n".join(f"  {line}" for line in example.splitlines())
    made = add(
        name,
        help=text[0].lower() + text[1:].rstrip("."),
        description=text,
        epilog=f"example{'s' if '\n' in example else ''}:\n{lines}\n\n{EXIT_CODES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    made.add_argument(
        "--data",
        type=Path,
        default=argparse.SUPPRESS,
        metavar="DIR",
        help="the node's data folder (default: $HEARTHNET_DATA, else the user's data folder)",
    )
    made.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="print JSON, errors too")
    return made


def verb(verbs: Verbs, name: str, run: Run, text: str, example: str) -> argparse.ArgumentParser:
    made = parser(verbs.add_parser, name, text, example)
    made.set_defaults(run=run)
    return made


def folder(options: argparse.Namespace) -> Path:
    """The data folder of this call, absolute."""
    given: Path | None = getattr(options, "data", None)
    return (given or data_folder(os.environ)).expanduser().absolute()


@asynccontextmanager
async def node(options: argparse.Namespace) -> AsyncIterator[Client]:
    """The running node of the data folder."""
    async with Client.local(folder(options)) as client:
        yield client


def given(**params: Any) -> dict[str, Any]:
    """The parameters that somebody set."""
    return {name: value for name, value in params.items() if value not in (None, "", [])}
