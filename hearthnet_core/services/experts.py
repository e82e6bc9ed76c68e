"""Who is good at what, as the people of this household found: learned from their feedback alone, kept in the database.

A topic is what the words of a question say. For each word (as its hash: Weinberger et al., "Feature hashing for large scale
multitask learning", 2009) and each answerer it is counted how often an answer was found good or bad. What is expected of an
answerer is the mean of the Beta posteriors of the question's words, each drawn towards what it got altogether (Laplace's
rule of succession, as a prior worth `PRIOR` answers), and weighted by how much is known. Nothing else trains it: no text of
an answer, a passage or a neighbour.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import AsyncGenerator, Callable, Iterator
from typing import Annotated, Any

import blake3
import msgspec
from sqlalchemy import Column, Connection, Integer, LargeBinary, String, Table, delete, func, select
from sqlalchemy.dialects.sqlite import insert

from hearthnet_core.backends.terms import words
from hearthnet_core.bus.bus import Bus, Opinion
from hearthnet_core.bus.router import Candidate, Praise, meant
from hearthnet_core.capability import Call, Chunk, Offer, Privacy
from hearthnet_core.contract import Contract
from hearthnet_core.errors import NotFound
from hearthnet_core.storage.database import Database, metadata

MAX_QUESTION = 4_000
MAX_WORDS = 12
MAX_ANSWERS = 200
MAX_ROWS = 10_000
PRIOR = 2.0
ALL = b""
"""Stands for every question."""

type Expert = tuple[str, str, str]
"""(NodeId, provider, model)."""

feedback = Table(
    "feedback",
    metadata,
    Column("word", LargeBinary, primary_key=True),
    Column("node", String, primary_key=True),
    Column("provider", String, primary_key=True),
    Column("model", String, primary_key=True),
    Column("good", Integer, nullable=False),
    Column("bad", Integer, nullable=False),
    Column("turn", Integer, nullable=False),  # grows with each feedback: the smallest is forgotten first
)


class RouteRequest(msgspec.Struct, frozen=True, kw_only=True):
    """`privacy` may only narrow the node's setting: who could not be asked is not among the candidates."""

    question: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_QUESTION)]
    capability: Annotated[str, msgspec.Meta(max_length=100)] = "llm.chat"
    privacy: Privacy | None = None


class Suggested(msgspec.Struct, frozen=True, kw_only=True):
    node_id: str
    node_name: str
    provider: str
    model: str
    score: float
    why: str


class RouteDone(msgspec.Struct, frozen=True, kw_only=True):
    """Who may and can be asked now, best first."""

    candidates: tuple[Suggested, ...]


ROUTE = Contract(name="experimental.moe.route", request=RouteRequest, done=RouteDone, private=True)


class Answered(msgspec.Struct, kw_only=True):
    words: tuple[bytes, ...]
    expert: Expert
    good: bool | None = None


class Experts:
    """`heard` is told of each answer this household got; `rate` takes what somebody here thought of it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._counts: OrderedDict[tuple[bytes, Expert], tuple[int, int]] = OrderedDict()
        self._answers: OrderedDict[str, Answered] = OrderedDict()
        self._turn = 0

    async def load(self) -> None:
        """What was learned before."""
        for word, node, provider, model, good, bad, turn in await self._database.read(
            lambda c: c.execute(select(feedback).order_by(feedback.c.turn).limit(MAX_ROWS)).all()
        ):
            self._counts[word, (node, provider, model)] = good, bad
            self._turn = turn

    def heard(self, told: tuple[Call, Candidate]) -> None:
        call, by = told
        hashes = tuple(_hash(stem) for stem, _ in _topic(call))
        expert = by.node_id.text, by.offer.provider, meant(by.offer, call)[0]
        self._answers[call.id] = Answered(words=hashes, expert=expert)
        while len(self._answers) > MAX_ANSWERS:
            self._answers.popitem(last=False)

    async def rate(self, trace_id: str, good: bool) -> Expert:
        """Counts once for each answer; another opinion on the same one replaces the first. Returns whose answer it was.
        Raises `NotFound`."""
        answer = self._answers.get(trace_id)
        if answer is None:
            raise NotFound("That answer is too long ago to say something about it; ask again and rate the new one.")
        before, answer.good = answer.good, good
        if before is not good:
            changed = {word: self._counted(word, answer.expert, before, good) for word in (ALL, *answer.words)}
            self._turn += 1
            await self._keep(answer.expert, changed, self._turn)
        return answer.expert

    def opinion(self, call: Call) -> Opinion | None:
        """What is expected of anybody for this question; None while nothing is known of anybody."""
        if not self._counts:
            return None
        topic = [(_hash(stem), word) for stem, word in _topic(call)]
        return lambda node_id, provider, model: self._praise((node_id.text, provider, model), topic)

    def _praise(self, expert: Expert, topic: list[tuple[bytes, str]]) -> Praise:
        good, bad = self._counts.get((ALL, expert), (0, 0))
        if not good + bad:
            return Praise()
        expected = (good + 1) / (good + bad + 2)
        known = [(*self._counts[h, expert], word) for h, word in topic if (h, expert) in self._counts]
        known = [(g, b, word) for g, b, word in known if g + b]
        if not known:
            return Praise(expected, _found("", good, good + bad))
        weight = sum(g + b for g, b, _ in known)
        value = sum((g + b) * (g + PRIOR * expected) / (g + b + PRIOR) for g, b, _ in known) / weight
        good, bad, word = max(known, key=lambda k: k[0] + k[1])
        return Praise(value, _found(f" on “{word}”", good, good + bad))

    def _counted(self, word: bytes, expert: Expert, before: bool | None, now: bool) -> tuple[int, int]:
        good, bad = self._counts.pop((word, expert), (0, 0))
        good += now - (before is True)
        bad += (not now) - (before is False)
        self._counts[word, expert] = good, bad
        while len(self._counts) > MAX_ROWS:
            self._counts.popitem(last=False)
        return good, bad

    async def _keep(self, expert: Expert, changed: dict[bytes, tuple[int, int]], turn: int) -> None:
        node, provider, model = expert

        def work(connection: Connection) -> None:
            for word, (good, bad) in changed.items():
                row = {"good": good, "bad": bad, "turn": turn}
                upsert = insert(feedback).values(word=word, node=node, provider=provider, model=model, **row)
                connection.execute(upsert.on_conflict_do_update(set_=row))
            if (count := connection.execute(select(func.count()).select_from(feedback)).scalar_one()) > MAX_ROWS:
                oldest = select(feedback.c.turn).order_by(feedback.c.turn).offset(count - MAX_ROWS - 1).limit(1)
                connection.execute(delete(feedback).where(feedback.c.turn <= oldest.scalar_subquery()))

        await self._database.write(work)


class RouteProvider:
    """`experimental.moe.route`: the ranking a question would meet, without asking anybody. `privacy` is the node's own."""

    name = "experts"

    def __init__(self, bus: Bus, privacy: Callable[[], Privacy]) -> None:
        self._bus = bus
        self._privacy = privacy

    def offer(self) -> Offer:
        return Offer(capability=ROUTE.name, version=ROUTE.version, provider=self.name, private=True, slots=8)

    async def stream(self, call: Call) -> AsyncGenerator[Chunk]:
        request = ROUTE.read(call.body, RouteRequest)
        asked = msgspec.structs.replace(
            call,
            capability=request.capability,
            body={"messages": [{"role": "user", "content": request.question}]},
            privacy=self._privacy().narrowed(request.privacy),
        )
        rows = [r for r in self._bus.ranked(asked) if not r.excluded]
        found = RouteDone(
            candidates=tuple(
                Suggested(
                    node_id=row.candidate.node_id.text,
                    node_name=row.candidate.node_name,
                    provider=row.candidate.offer.provider,
                    model=meant(row.candidate.offer, asked)[0],
                    score=round(row.score, 4),
                    why="; ".join(t.why for t in row.terms if t.name in ("feedback", "model", "success", "room")),
                )
                for row in rows
            )
        )
        yield Chunk("done", msgspec.to_builtins(found))


def _topic(call: Call) -> list[tuple[str, str]]:
    """(stem, word) of what is asked: the question alone, or what the person said last."""
    question = call.body.get("question") or _last_said(call.body.get("messages"))
    return list(_stems(question))[:MAX_WORDS] if isinstance(question, str) else []


def _last_said(messages: Any) -> str:
    turns = [m for m in messages if isinstance(m, dict)] if isinstance(messages, list | tuple) else []
    said = next((m.get("content") for m in reversed(turns) if m.get("role") == "user"), "")
    return said if isinstance(said, str) else ""


def _stems(question: str) -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    for match in re.finditer(r"\w+", question[:MAX_QUESTION]):
        for stem in words(match[0]):
            if stem not in seen and not stem.isdecimal():
                seen.add(stem)
                yield stem, match[0][:40]


def _hash(stem: str) -> bytes:
    return blake3.blake3(stem.encode()).digest(8)


def _found(topic: str, good: int, total: int) -> str:
    if total == 1:
        return f"people here found its one answer{topic} {'helpful' if good else 'not helpful'}"
    return f"people here found its answers{topic} helpful {good} of {total} times"
