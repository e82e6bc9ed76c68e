"""What the node finds out about its own search: kept, taken up again, and dropped as soon as the library is another one."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

import hearthnet_core
from hearthnet_core.errors import Unavailable
from hearthnet_core.identity.keys import SigningKey
from hearthnet_core.models.ids import NodeId
from hearthnet_core.runtime import SystemRuntime
from hearthnet_core.services import calibrating
from hearthnet_core.services.calibrating import STATEMENT, Calibrating
from hearthnet_core.services.confidence import FEWEST
from hearthnet_core.services.knowledge import Knowledge
from hearthnet_core.services.questions import Question, read
from hearthnet_core.services.rag import Found, IngestRequest, QueryDone, QueryRequest
from hearthnet_core.services.search import Source
from hearthnet_core.services.weights import EQUAL, Weights
from hearthnet_core.storage.database import Database

LIBRARY = Path(hearthnet_core.__file__).parent / "library"
ASKED = {q.question: q for q in read(LIBRARY)}
TITLES = {
    (path.parent.name, path.stem): re.search(r"(?m)^title: (.+)$", path.read_text(encoding="utf-8"))[1]  # type: ignore[index]
    for path in LIBRARY.glob("*/*.md")
}
WATER = (LIBRARY / "en/water.md").read_text(encoding="utf-8")
PUMP = "# The pump\n\nThe pump at the school works from eight to six."


class Finder:
    """A search that is as good as `place` says: the right passage at that place from 0, or None for nowhere. What is near in
    meaning is what was right."""

    def __init__(self, place: Callable[[Question, Weights], int | None]) -> None:
        self.place = place
        self.asked = 0
        self.method = "bm25"

    async def __call__(self, request: QueryRequest, weights: Weights) -> QueryDone:
        self.asked += 1
        question = ASKED[request.query]
        at = self.place(question, weights) if question.passages else None
        right = [self._found(question, place) for place in sorted(question.right)[:1]] if at is not None else []
        wrong = [self._found(question, f"water#none {n}") for n in range(request.k)]
        chunks = [*wrong[:at], *right, *wrong[at:]] if at is not None else wrong
        scored = [
            Found(
                rank=n + 1,
                score=1 - 0.1 * n - (int(question.id[-2:]) / 2_000 if n else 0),
                text="",
                metadata={**chunk, "chunk_id": n, "likeness": 0.9 if at is not None else 0.1},
            )
            for n, chunk in enumerate(chunks[: request.k])
        ]
        return QueryDone(chunks=tuple(scored), method=self.method)

    def _found(self, question: Question, place: str) -> dict[str, str]:
        name, _, heading = place.partition("#")
        return {"language": question.language, "doc_title": TITLES[question.language, name], "heading": heading}


def fair(question: Question, weights: Weights) -> int:
    """Within the first three, and somewhere else for every question."""
    return int(question.id[-3:]) % 3


class Nearby:
    """A library and who calibrates over it."""

    def __init__(self, runtime: SystemRuntime, database: Database, knowledge: Knowledge) -> None:
        self.runtime = runtime
        self.database = database
        self.knowledge = knowledge

    def calibrating(self, finder: Finder, space: str = "", version: str = "1") -> Calibrating:
        return Calibrating(self.runtime, self.database, LIBRARY, finder, space=lambda: space, version=version, me=ME)


@pytest.fixture
async def near(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Nearby]:
    monkeypatch.setattr(calibrating, "BREATH_S", 0)
    monkeypatch.setattr(calibrating, "AGAIN_QUESTION_S", 0)
    runtime = SystemRuntime(2)
    database = await Database.open(None, runtime)
    knowledge = Knowledge(runtime, database, lambda _: True)
    await knowledge.start(None)
    await knowledge.ingest(IngestRequest(name="water", text=WATER, corpus="emergency"))
    yield Nearby(runtime, database, knowledge)
    await database.close()
    runtime.close()


ME, OTHER = (SigningKey(bytes([n]) * 32).node_id for n in (1, 2))


def shown(*chunks: int, node: NodeId = ME, corpus: str = "emergency") -> tuple[Source, ...]:
    return tuple(
        Source(
            rank=n,
            score=1.0,
            text="",
            doc_title="",
            doc_cid="",
            chunk_id=str(chunk),
            node_id=node.text,
            node_name="Alice",
            corpus=corpus,
            language="en",
            licence="",
        )
        for n, chunk in enumerate(chunks, 1)
    )


ALL = shown(*range(5))
QUESTION = next(q for q in ASKED.values() if q.language == "en" and q.passages)


async def test_an_answer_from_the_library_says_how_sure_its_passages_are(near: Nearby) -> None:
    made = near.calibrating(Finder(fair))
    await made.refresh()
    said = await made.statement(QUESTION.question, "en", ALL)
    assert said is not None and set(said) == {"level", "coverage", "error", "n", "statement_key"}
    assert said["level"] == 0.9 and abs(said["coverage"] - 0.9) <= 0.02 and said["statement_key"] == STATEMENT
    assert FEWEST <= said["n"] == sum(q.split != "tuning" and q.language == "en" for q in ASKED.values() if q.passages)


async def test_nothing_is_said_before_the_questions_were_asked(near: Nearby) -> None:
    made = near.calibrating(Finder(fair))
    assert await made.statement(QUESTION.question, "en", ALL) is None


async def test_nothing_is_said_in_a_language_without_questions(near: Nearby) -> None:
    made = near.calibrating(Finder(fair))
    await made.refresh()
    assert await made.statement(QUESTION.question, "fr", ALL) is None


async def test_nothing_is_said_when_a_passage_it_is_about_is_not_shown(near: Nearby) -> None:
    made = near.calibrating(Finder(fair))
    await made.refresh()
    assert await made.statement(QUESTION.question, "en", shown(3, 4)) is None


@pytest.mark.parametrize(
    "sources",
    [(), (*ALL, *shown(9, corpus="household")), (*ALL, *shown(9, node=OTHER))],
    ids=["nothing", "a household's own", "a neighbour's"],
)
async def test_nothing_is_said_of_passages_that_are_not_all_of_the_own_library(
    near: Nearby, sources: tuple[Source, ...]
) -> None:
    made = near.calibrating(Finder(fair))
    await made.refresh()
    assert await made.statement(QUESTION.question, "en", sources) is None


async def test_an_answer_goes_out_without_it_when_the_search_fails(near: Nearby) -> None:
    finder = Finder(fair)
    made = near.calibrating(finder)
    await made.refresh()

    def fails(question: Question, weights: Weights) -> int:
        raise Unavailable("The disk is gone.")

    finder.place = fails
    assert await made.statement(QUESTION.question, "en", ALL) is None


async def test_nothing_is_said_of_a_weak_result(near: Nearby) -> None:
    made = near.calibrating(Finder(fair))
    await made.refresh()
    nowhere = next(q for q in ASKED.values() if q.kind == "none" and q.language == "en")
    assert await made.statement(nowhere.question, "en", ALL) is None


async def test_a_search_that_finds_too_little_says_nothing(near: Nearby) -> None:
    made = near.calibrating(Finder(lambda question, _: 0 if question.split == "tuning" else None))
    await made.refresh()
    assert await made.statement(QUESTION.question, "en", ALL) is None


async def test_what_was_found_out_survives_a_restart(near: Nearby) -> None:
    first, second = Finder(fair), Finder(fair)
    await near.calibrating(first).refresh()
    again = near.calibrating(second)
    await again.refresh()
    assert first.asked == len(ASKED) and second.asked == 0
    assert await again.statement(QUESTION.question, "en", ALL) is not None


@pytest.mark.parametrize(("space", "version"), [("another model", "1"), ("", "2")], ids=["model", "software"])
async def test_another_model_or_software_is_measured_anew(near: Nearby, space: str, version: str) -> None:
    finder = Finder(fair)
    await near.calibrating(finder).refresh()
    before = finder.asked
    await near.calibrating(finder, space, version).refresh()
    assert finder.asked >= 2 * before


async def test_nothing_is_said_after_the_library_changed_until_it_was_measured_again(near: Nearby) -> None:
    finder = Finder(fair)
    made = near.calibrating(finder)
    await made.refresh()
    await near.knowledge.ingest(IngestRequest(name="pump", text=PUMP, corpus="emergency"))
    assert await made.statement(QUESTION.question, "en", ALL) is None
    await made.refresh()
    assert finder.asked == 2 * len(ASKED)
    assert await made.statement(QUESTION.question, "en", ALL) is not None


async def test_a_document_of_the_household_changes_nothing(near: Nearby) -> None:
    finder = Finder(fair)
    made = near.calibrating(finder)
    await made.refresh()
    before = await made.statement(QUESTION.question, "en", ALL)
    await near.knowledge.ingest(IngestRequest(name="pump", text=PUMP, corpus="household"))
    assert await made.statement(QUESTION.question, "en", ALL) == before
    assert before is not None


async def test_nothing_is_kept_when_the_way_of_ranking_changes_meanwhile(near: Nearby) -> None:
    finder = Finder(fair)

    def goes_away(question: Question, weights: Weights) -> int:
        finder.method = "hybrid" if finder.asked < 200 else "bm25"
        return fair(question, weights)

    finder.place = goes_away
    made = near.calibrating(finder)
    await made.refresh()
    assert await made.statement(QUESTION.question, "en", ALL) is None
    await made.refresh()
    assert await made.statement(QUESTION.question, "en", ALL) is not None


async def test_a_question_that_was_embedded_too_late_is_asked_again(near: Nearby) -> None:
    finder = Finder(fair)

    def late_now_and_then(question: Question, weights: Weights) -> int:
        finder.method = "bm25" if finder.asked % 50 == 0 else "hybrid"
        return fair(question, weights)

    finder.place = late_now_and_then
    made = near.calibrating(finder, "all-MiniLM-L6-v2")
    await made.refresh()
    finder.asked = 0
    said = await made.statement(QUESTION.question, "en", ALL)
    assert said is not None
    assert said["level"] == 0.9


async def test_nothing_is_said_when_an_answer_was_ranked_in_another_way(near: Nearby) -> None:
    finder = Finder(fair)
    made = near.calibrating(finder)
    await made.refresh()
    finder.method = "hybrid"
    assert await made.statement(QUESTION.question, "en", ALL) is None


async def test_weights_are_learnt_for_each_language_on_the_tuning_questions_alone(near: Nearby) -> None:
    tried: set[str] = set()

    def better(question: Question, weights: Weights) -> int:
        if weights != EQUAL and set(weights.meaning) == {question.language}:
            tried.add(question.split)
        return 0 if weights.of(question.language) == {"en": 2.0, "de": 0.25}[question.language] else 2

    made = near.calibrating(Finder(better), "all-MiniLM-L6-v2")
    assert made.weights == EQUAL
    await made.refresh()
    assert made.weights.meaning == {"en": 2.0, "de": 0.25}
    assert tried == {"tuning"}


async def test_weights_stay_equal_without_a_model(near: Nearby) -> None:
    made = near.calibrating(Finder(fair))
    await made.refresh()
    assert made.weights == EQUAL
