"""How sure an answer is, through a whole node: asked over its API, searched by words in the real library."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from hearthnet_core.services import calibrating, confidence, questions
from tests.core.node.living import Living, lives

QUESTION = "Wie stoppe ich eine starke Blutung?"
PUMP = "# Starke Blutung\n\nEine starke Blutung stoppe ich wie der Hausmeister: eine starke Blutung, starke Tücher."


@pytest.fixture(autouse=True)
def plain_questions_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a model the node has nothing to say of all questions; of the plain ones it has, with lower bars."""
    every = questions.read
    monkeypatch.setattr(questions, "read", lambda library: tuple(q for q in every(library) if q.kind == "plain"))
    monkeypatch.setattr(confidence, "FEWEST", 20)
    monkeypatch.setattr(confidence, "CHANCE", 0.5)
    monkeypatch.setattr(confidence, "TOLERANCE", 0.1)
    monkeypatch.setattr(calibrating, "FIRST_S", 0.0)
    monkeypatch.setattr(calibrating, "BREATH_S", 0.0)


async def sure(node: Living) -> dict[str, Any]:
    """The first answer that says so; the questions are asked in the background meanwhile."""
    async with asyncio.timeout(40):
        while "confidence" not in (done := await node.call("ask", question=QUESTION, max_sentences=1)):
            await asyncio.sleep(0.1)
    return done


async def test_an_answer_from_the_library_says_it_and_one_with_a_household_document_does_not(tmp_path: Path) -> None:
    async with lives(tmp_path, "Alice") as alice:
        done = await sure(alice)
        assert done["confidence"]["level"] == 0.9 and done["confidence"]["n"] >= 20
        assert {s["corpus"] for s in done["sources"]} == {"emergency"}
        await alice.call("ingest", name="pump", text=PUMP)
        done = await alice.call("ask", question=QUESTION, max_sentences=1)
        assert "household" in {s["corpus"] for s in done["sources"]} and "confidence" not in done
