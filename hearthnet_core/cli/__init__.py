"""`hearthnet`: the command line. Each verb is a few lines around one method of the local API."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Sequence

from hearthnet_core import __version__
from hearthnet_core.cli import (
    asking,
    community,
    completion,
    configuration,
    doctor,
    library,
    models,
    node,
    pairing,
    tokens,
    tracing,
)
from hearthnet_core.cli.terminal import Terminal, plain
from hearthnet_core.cli.verb import EXIT_CODES
from hearthnet_core.errors import HearthNetError

INTERRUPTED = 130
PIPE_CLOSED = 141


def build() -> argparse.ArgumentParser:
    """The whole command line."""
    parser = argparse.ArgumentParser(
        prog="hearthnet",
        description="A neighbourhood's mesh of language models, knowledge and help that works with the internet cut.",
        epilog=f"`hearthnet VERB --help` explains a verb.\n\n{EXIT_CODES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"hearthnet {__version__}")
    verbs = parser.add_subparsers(metavar="VERB", required=True, dest="verb")
    for group in (node, pairing, tokens, asking, library, community, tracing, doctor, models, configuration):
        group.add(verbs)
    completion.add(verbs, parser)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code; see `docs/cli.md`."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    options = build().parse_args(arguments, argparse.Namespace(json=False))
    terminal = Terminal(sys.stdout, sys.stderr, os.environ)
    try:
        return asyncio.run(options.run(options, terminal)) or 0
    except KeyboardInterrupt:
        terminal.note("Interrupted.")
        return INTERRUPTED
    except HearthNetError as error:
        terminal.note(json.dumps(error.to_wire()) if options.json else f"{options.verb}: {plain(error.message)}")
        return error.exit_code
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or the interpreter complains while leaving
        return PIPE_CLOSED
