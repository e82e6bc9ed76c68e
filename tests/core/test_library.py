"""The shipped emergency library: complete in both languages, quotable sentence by sentence, good at its questions."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest

import hearthnet_core
from hearthnet_core.backends.chat import Passage
from hearthnet_core.backends.extractive import sentences
from hearthnet_core.backends.prose import Sentence, read
from hearthnet_core.runtime import SystemRuntime
from hearthnet_core.services.knowledge import Knowledge, QueryRequest
from hearthnet_core.storage.database import Database

LIBRARY = Path(hearthnet_core.__file__).parent / "library"
TOPICS = tuple(
    "after-flood babies calm carbon-monoxide chemical-alarm choking communications cooking documents earthquake fire"
    " first-aid flood food heat-wave heating illness-at-home injuries medicines meeting-points neighbours older-people"
    " pets power-cut power-sources radiation radio sanitation storm sudden-illness water wildfire winter".split()
)
DOCUMENTS = [LIBRARY / language / f"{topic}.md" for language in ("en", "de") for topic in TOPICS]
FEWEST_WORDS, MOST_WORDS = 350, 700
LONGEST_SENTENCE = 300
LEANS = re.compile(r"(?:It|They|Them|This|These|Those|Then|Otherwise|But|Diese[rsnm]?|Sie|Es|Er|Dann|Sonst|Aber)\b")

every_document = pytest.mark.parametrize("path", DOCUMENTS, ids=lambda p: f"{p.parent.name}-{p.stem}")


def front(path: Path) -> dict[str, object]:
    """The plain subset of YAML the documents use: `key: words`, and `sources` as a list of quoted strings."""
    fields: dict[str, object] = {}
    sources: list[str] = []
    for line in path.read_text(encoding="utf-8").split("---\n")[1].splitlines():
        if line.startswith("  - "):
            sources.append(json.loads(line.removeprefix("  - ")))
        else:
            key, value = re.fullmatch(r"(\w+):(?: ([^:#\"']+))?", line).groups()  # type: ignore[union-attr]
            fields[key] = value or sources
    return fields


def body(path: Path) -> str:
    return path.read_text(encoding="utf-8").split("---\n", 2)[2]


def prose(path: Path) -> str:
    return " ".join(line for line in body(path).splitlines() if line and not line.startswith("#"))


def headings(path: Path) -> list[str]:
    return [line for line in body(path).splitlines() if line.startswith("#")]


def test_both_languages_hold_the_same_topics() -> None:
    assert sorted(LIBRARY.glob("*/*.md")) == sorted(DOCUMENTS)


@pytest.mark.parametrize("topic", TOPICS)
def test_a_document_and_its_twin_have_the_same_number_of_sections_and_paragraphs(topic: str) -> None:
    english, german = (body(LIBRARY / language / f"{topic}.md") for language in ("en", "de"))
    assert [part.count("\n\n") for part in english.split("\n## ")] == [
        part.count("\n\n") for part in german.split("\n## ")
    ]


@every_document
def test_the_front_matter_is_complete(path: Path) -> None:
    fields = front(path)
    language = path.parent.name
    assert list(fields) == ["id", "title", "language", "licence", "reviewed", "sources"]
    assert fields["id"] == f"emergency-{path.stem}-{language}"
    assert (fields["language"], fields["licence"]) == (language, "CC-BY-4.0")
    assert date.fromisoformat(str(fields["reviewed"])) >= date(2026, 11, 24)
    sources = fields["sources"]
    assert isinstance(sources, list)
    assert len(sources) >= 2
    assert all(isinstance(source, str) and ": " in source for source in sources)


def test_no_two_documents_share_an_id() -> None:
    assert len({str(front(path)["id"]) for path in DOCUMENTS}) == len(DOCUMENTS)


@every_document
def test_a_document_has_one_title_which_its_front_matter_repeats_and_then_sections(path: Path) -> None:
    title, *sections = headings(path)
    assert title == f"# {front(path)['title']}"
    assert len(sections) >= 4
    assert all(section.startswith("## ") for section in sections)


@every_document
def test_a_document_has_neither_addresses_nor_html_nor_markup(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"://|www\.|</?\w|[\[\]|*`_]|&\w+;", text)


@every_document
def test_a_document_is_long_enough_to_help_and_short_enough_to_read(path: Path) -> None:
    assert FEWEST_WORDS <= len(prose(path).split()) <= MOST_WORDS


@every_document
def test_every_sentence_can_be_quoted(path: Path) -> None:
    assert " ".join(sentence.text for sentence in read(body(path))) == prose(path)


@every_document
def test_every_sentence_is_short_and_stands_alone(path: Path) -> None:
    found: list[Sentence] = read(body(path))
    assert [s.text for s in found if len(s.text) >= LONGEST_SENTENCE or LEANS.match(s.text)] == []


@every_document
def test_no_sentence_is_said_twice(path: Path) -> None:
    found = [sentence.text for sentence in read(body(path))]
    assert len(set(found)) == len(found)


def test_the_licence_is_named() -> None:
    assert "CC BY 4.0" in (LIBRARY / "LICENSE.md").read_text(encoding="utf-8")


QUESTIONS = (
    (
        "How long can I store drinking water, and in what?",
        "en",
        "Drinking water in an emergency",
        ("every six months", "date printed", "food-grade", "milk or juice", "chemicals"),
    ),
    (
        "Wie lange kann ich Trinkwasser lagern, und worin?",
        "de",
        "Trinkwasser im Notfall",
        ("alle sechs Monate", "aufgedruckten Datum", "lebensmittelechten", "Milch oder Saft", "Chemikalien"),
    ),
    ("How do I treat a burn?", "en", "First aid", ("20 minutes",)),
    ("Wie behandle ich eine Verbrennung?", "de", "Erste Hilfe", ("20 Minuten",)),
    ("How do I do CPR?", "en", "First aid", ("100 to 120",)),
    ("How long does food keep in the freezer without power?", "en", "Food in an emergency", ("48 hours",)),
    ("Wie lange hält die Gefriertruhe ohne Strom?", "de", "Lebensmittel im Notfall", ("48 Stunden",)),
    ("How do I treat hypothermia?", "en", "First aid", ("warm, dry place", "the trunk first")),
    ("How much water should we store?", "en", "Drinking water in an emergency", ("four litres", "two litres")),
    ("How much water do I need?", "en", "Drinking water in an emergency", ("four litres",)),
    ("Wie behandle ich eine Unterkühlung?", "de", "Erste Hilfe", ("warmen, trockenen Ort", "den Rumpf")),
    ("How do I stop heavy bleeding?", "en", "First aid", ("pressing firmly", "tourniquet")),
    ("Wie stoppe ich eine starke Blutung?", "de", "Erste Hilfe", ("fest mit Stoff",)),
    ("How do I make water safe to drink?", "en", "Drinking water in an emergency", ("one minute",)),
    ("Wie viel Wasser brauche ich pro Person?", "de", "Trinkwasser im Notfall", ("zwei Liter",)),
    ("What do I do for a bad burn?", "en", "First aid", ("20 minutes",)),
    ("What should I do if someone has a burn?", "en", "First aid", ("20 minutes",)),
    ("Someone is unconscious, what now?", "en", "First aid", ("on their side",)),
    ("Somebody is bleeding badly, what do I do?", "en", "First aid", ("pressing firmly",)),
    ("Was tun bei Verbrennungen?", "de", "Erste Hilfe", ("20 Minuten",)),
    ("Jemand ist bewusstlos, was tun?", "de", "Erste Hilfe", ("auf die Seite",)),
    ("Was tun bei Stromausfall?", "de", "Was tun bei Stromausfall", ("Sicherungen",)),
    ("How do I keep warm without heating?", "en", "Staying warm without heating", ("one small room",)),
    ("Where may I run a generator?", "en", "What to do in a power cut", ("only outdoors",)),
    ("Was tun, wenn es nach Gas riecht?", "de", "Was tun bei Feuer", ("nichts Elektrisches",)),
    ("What are the signs of carbon monoxide?", "en", "Staying warm without heating", ("Headache",)),
    ("Wie rufe ich ohne Telefon Hilfe?", "de", "Verständigung, wenn Netze ausfallen", ("Feuerwache",)),
    ("What do I pack in the emergency bag?", "en", "Meeting points and leaving home", ("medicines",)),
)


@pytest.mark.parametrize(("question", "language", "topic", "facts"), QUESTIONS, ids=[q[0] for q in QUESTIONS])
async def test_a_question_is_answered_from_the_library(
    question: str, language: str, topic: str, facts: tuple[str, ...]
) -> None:
    runtime = SystemRuntime(2)
    database = await Database.open(None, runtime)
    try:
        knowledge = Knowledge(runtime, database, lambda node: True)
        await knowledge.start(LIBRARY)
        assert knowledge.documents == len(DOCUMENTS)
        found = (await knowledge.query(QueryRequest(query=question, language=language), None)).chunks
    finally:
        await database.close()
        runtime.close()
    passages = tuple(
        Passage(text=c.text, title=c.metadata["doc_title"], language=c.metadata["language"]) for c in found
    )
    answer = " ".join(sentences(question, passages))
    assert found[0].metadata["doc_title"] == topic
    assert [fact for fact in facts if fact not in answer] == []
