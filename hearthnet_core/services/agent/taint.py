"""The rule that keeps what others wrote from acting. Pure.

Text of documents, of neighbours, on pictures and in results of tools is data. Whoever reads it may be talked into
anything, a model above all; so what a model says is worth as much as the least trusted text it has read, and so is what
a neighbour's engine says, whatever it has read. From that follow three rules, whatever the model wants:

1. What acts for the household towards others is always confirmed by a person who saw the exact arguments.
2. What acts at the client that asked (Home Assistant's own tools) goes on by itself only while everything read so far
   was said by the household; else it is confirmed likewise.
3. After foreign text no address is handed to anybody that the person did not write: such a call is refused.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from hearthnet_core.backends.chat2 import Message2
from hearthnet_core.community.shown import shown

MAX_ARGUMENTS = 8 * 1024
"""Bytes of JSON: what a person can still read before allowing it."""
MAX_DEPTH = 8
MAX_WHYS = 5
_ADDRESS = re.compile(
    r"(?:[a-z][a-z0-9+.-]{1,20}:)?//[^\s\"'<>]+|\bwww\.[^\s\"'<>]+|\b(?:data|javascript|mailto):\S+"
    r"|\b(?:[\w-]{1,63}\.){1,8}[a-z0-9]{1,24}[:/][^\s\"'<>]+",
    re.I,
)


class Effect(enum.StrEnum):
    """What a tool changes: `none`, something `client`-side that the client itself offered, or something in the `node`'s name."""

    NONE = "none"
    CLIENT = "client"
    NODE = "node"


class Verdict(enum.StrEnum):
    GO = "go"
    ASK = "ask"
    REFUSE = "refuse"


class Said(msgspec.Struct, frozen=True):
    """One message a model reads. `foreign` says in a few words who wrote what is in it, empty: the household itself."""

    message: Message2
    foreign: str = ""


def foreign(context: Iterable[Said]) -> tuple[str, ...]:
    """Whose words the context holds, each once; empty while it is the household's alone."""
    return tuple(dict.fromkeys(said.foreign for said in context if said.foreign))


def judge(effect: Effect, arguments: dict[str, Any], *, client_tool: bool, tainted: bool, own_words: str) -> Verdict:
    """May a call that a model wants go on? `own_words` is what the person wrote in this question."""
    if client_tool and tainted and not addresses(arguments) <= addresses(own_words):
        return Verdict.REFUSE
    if effect is Effect.NODE or (effect is Effect.CLIENT and tainted):
        return Verdict.ASK
    return Verdict.GO


def addresses(value: object) -> frozenset[str]:
    """Everything in it that somebody could fetch or open."""
    return frozenset(found.rstrip(".,;)") for text in _texts(value) for found in _ADDRESS.findall(text))


def frozen(arguments: dict[str, Any]) -> bytes | None:
    """The one form of the arguments that is shown, confirmed and executed: no invisible or reordering characters, so that
    a person reads what will happen. None for what nobody could read."""
    try:
        encoded = msgspec.json.encode(_clean(arguments, MAX_DEPTH), order="sorted")
    except (ValueError, TypeError, RecursionError, OverflowError):
        return None
    return encoded if len(encoded) <= MAX_ARGUMENTS else None


def _clean(value: Any, left: int) -> Any:
    if left < 0:
        raise ValueError("nested too deeply")
    if isinstance(value, str):
        return shown(value, lines=True)
    if isinstance(value, dict):
        return {shown(str(key)): _clean(item, left - 1) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(item, left - 1) for item in value]
    return value


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield str(key)
            yield from _texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)
