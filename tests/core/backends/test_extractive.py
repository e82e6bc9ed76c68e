"""The built-in answerer: what it quotes, that it goes on exactly, and that it never invents."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import hearthnet_core
from hearthnet_core.backends.chat import Passage
from hearthnet_core.backends.extractive import NOTHING, Extractive, sentences
from hearthnet_core.errors import NotImplementedHere, SchemaMismatch

from .conftest import call, told

LIBRARY = Path(hearthnet_core.__file__).parent / "library"
QUESTION = "How long can I store drinking water, and in what?"
WATER = Passage(
    title="Drinking water",
    language="en",
    text="""---
title: Water
---
# How long and in what to store water

Bottled water keeps until the date printed on the bottle. Replace tap water in containers every six months.
It tastes flat then, which does no harm. Use food-grade plastic canisters with tight lids, e.g. those for camping.

- clean containers
- Never store water in containers that held fuel.

| water | six months |

How long does water keep? Source: some water office.""",
)
FOOD = Passage(title="Food", language="en", text="Eat the food in the refrigerator first. Tins keep for years.")
GERMAN = Passage(
    title="Trinkwasser",
    language="de",
    text="Ersetzen Sie Leitungswasser alle sechs Monate. Nehmen Sie z. B. Kanister mit dichtem Deckel für das Wasser.",
)


def test_the_demo_question_is_answered_with_time_and_container() -> None:
    passages = [Passage(text=p.read_text(), title=p.stem, language="en") for p in sorted(LIBRARY.glob("en/*.md"))]
    passages.sort(key=lambda p: p.title != "water")
    answer = " ".join(sentences(QUESTION, tuple(passages)))
    assert "six months" in answer and "food-grade" in answer and "date printed" in answer
    assert 3 <= answer.count("]") <= 6


def test_every_piece_is_a_whole_quoted_sentence_with_its_mark() -> None:
    pieces = sentences(QUESTION, (FOOD, WATER))
    assert len(pieces) >= 3
    flat = " ".join(WATER.text.split())
    for n, piece in enumerate(pieces):
        match = re.fullmatch(r"( ?)(.+[.!]) \[2\]", piece)
        assert match and bool(match[1]) == bool(n) and match[2] in flat


def test_headings_front_matter_fragments_tables_and_questions_are_never_said() -> None:
    answer = "".join(sentences(QUESTION, (WATER,)))
    for never in ("title", "#", "clean containers", "|", "?", "Source"):
        assert never not in answer


def test_a_sentence_that_leans_on_another_is_not_said_without_it() -> None:
    passage = Passage(text="The cellar is cool. It keeps water fresh for six months, always in the dark.")
    assert "It keeps" not in "".join(sentences("How long does water stay fresh?", (passage,), limit=1))


def test_german_questions_are_answered_from_german_text() -> None:
    pieces = sentences("Wie lange kann ich Trinkwasser lagern, und worin?", (WATER, GERMAN))
    assert any("sechs Monate" in p for p in pieces) and any("z. B. Kanister" in p for p in pieces)


def test_a_document_said_twice_is_quoted_once() -> None:
    assert len(sentences(QUESTION, (WATER, WATER))) == len(sentences(QUESTION, (WATER,)))


@pytest.mark.parametrize("question", ["What is the capital of France?", "Who won the cup in 1990?", "", "???", "the"])
def test_what_the_passages_do_not_hold_is_not_answered(question: str) -> None:
    assert sentences(question, (WATER, FOOD)) == []


def test_every_prefix_is_continued_to_the_character() -> None:
    whole = "".join(sentences(QUESTION, (WATER, FOOD)))
    for length in range(len(whole) + 1):
        assert "".join(sentences(QUESTION, (WATER, FOOD), whole[:length])) == whole[length:]


def test_after_whole_pieces_exactly_the_others_are_left() -> None:
    pieces = sentences(QUESTION, (WATER, FOOD))
    for n in range(len(pieces) + 1):
        assert sentences(QUESTION, (WATER, FOOD), "".join(pieces[:n])) == pieces[n:]


def test_after_another_engines_text_only_new_things_are_said() -> None:
    said = "You should replace tap water in containers every six months. [1]"
    rest = sentences(QUESTION, (WATER,), said)
    assert rest and rest[0].startswith(" ") and "six months" not in "".join(rest)


def test_a_sentence_another_engine_left_open_is_marked_as_left() -> None:
    assert sentences(QUESTION, (WATER,), "Water keeps well when")[0].startswith("… ")


def test_a_quoted_sentence_left_open_in_a_foreign_text_is_finished() -> None:
    said = "I looked it up. Use food-grade plastic can"
    assert sentences(QUESTION, (WATER,), said)[0] == "isters with tight lids, e.g. those for camping. [1]"


@settings(max_examples=60)
@given(st.text(max_size=300), st.text(max_size=300), st.text(max_size=60))
def test_any_text_gives_pieces_that_continue_exactly(question: str, text: str, more: str) -> None:
    passages = (Passage(text=f"{text}\n\nWater is stored for six months. {more}"), WATER)
    whole = "".join(sentences(f"{question} water", passages))
    for length in range(0, len(whole) + 1, 7):
        assert "".join(sentences(f"{question} water", passages, whole[:length])) == whole[length:]


@pytest.mark.parametrize(
    "hostile",
    [
        "*" * 60_000,
        "[" * 60_000,
        "." * 60_000,
        "# " + "#" * 60_000 + "a",
        "_a " * 20_000,
        "![a](" * 12_000,
        "```\n" * 15_000,
    ],
)
async def test_hostile_text_does_not_hold_the_node_up(hostile: str) -> None:
    async with asyncio.timeout(5):
        text, done, _ = await told(
            Extractive(), call(question=QUESTION, passages=[{"text": hostile}, {"text": WATER.text}])
        )
    assert "six months. [2]" in text and done["grounded"] is True


async def test_streams_one_sentence_a_chunk_and_says_it_is_grounded() -> None:
    engine = Extractive()
    assert (await engine.probe()).continues and engine.offer().available
    body: dict[str, Any] = {"question": QUESTION, "passages": [{"text": WATER.text, "title": WATER.title}]}
    text, done, others = await told(engine, call(**body))
    assert text == "".join(sentences(QUESTION, (WATER,))) and others == []
    assert done == {
        "finish_reason": "stop",
        "model": "extractive",
        "usage": None,
        "grounded": True,
        "continued": False,
    }
    rest, done, _ = await told(engine, call(said=text[:30], **body))
    assert text[:30] + rest == text and done["continued"] is True


@pytest.mark.parametrize(
    ("question", "language", "answer"),
    [
        ("What is the capital of France?", "", NOTHING["en"]),
        ("Was ist die Hauptstadt von Frankreich?", "", NOTHING["de"]),
        ("Capital?", "de", NOTHING["de"]),
    ],
)
async def test_finding_nothing_is_said_honestly_in_the_askers_language(
    question: str, language: str, answer: str
) -> None:
    body: dict[str, Any] = {
        "messages": [{"role": "user", "content": question}],
        "language": language,
        "passages": [{"text": WATER.text}],
    }
    text, done, _ = await told(Extractive(), call(**body))
    assert text == answer and done["grounded"] is False and done["finish_reason"] == "stop"
    rest, _, _ = await told(Extractive(), call(said=answer[:9], **body))
    assert rest == answer[9:]


async def test_the_rate_paces_sentences() -> None:
    loop = asyncio.get_running_loop()
    began = loop.time()
    await told(Extractive(rate=50), call(question=QUESTION, passages=[{"text": WATER.text}]))
    assert loop.time() - began >= 3 / 50


async def test_an_answerer_that_is_off_says_why() -> None:
    offer = Extractive(offered=lambda: "others can answer better").offer()
    assert not offer.available and offer.reason == "others can answer better"


async def test_other_capabilities_and_wrong_bodies_are_refused() -> None:
    with pytest.raises(SchemaMismatch, match="messages"):
        await told(Extractive(), call(messages=[]))
    with pytest.raises(SchemaMismatch, match="role"):
        await told(Extractive(), call(messages=[{"role": "tool", "content": ""}]))
    other = call()
    with pytest.raises(NotImplementedHere):
        await told(Extractive(), type(other)(id="c", capability="tts.synthesize", deadline=1.0, body=other.body))
