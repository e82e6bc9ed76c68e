"""Cutting loses nothing, keeps within bounds and gives each piece its context."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hearthnet_core.backends.documents import markdown
from hearthnet_core.backends.documents.chunking import LETTERS, OVERLAP, pieces
from hearthnet_core.backends.documents.document import Section

ALPHABET = "abcdefghijklmnopqrstuvwxyzäöüßéøñçžłабвгд你好水火0123456789"


def letters(seed: int, count: int) -> str:
    """As many from one number: drawn one by one they would be more than Hypothesis makes."""
    return "".join(random.Random(seed).choices(ALPHABET, k=count))


def sentence(seed: int, count: int) -> str:
    chance = random.Random(seed)
    return " ".join(letters(chance.getrandbits(32), chance.randint(1, 30)) for _ in range(count)) + "."


SEED = st.integers(0, 2**32 - 1)
SENTENCE = st.builds(sentence, SEED, st.integers(1, 40))
BLOCK = st.one_of(
    st.lists(SENTENCE, min_size=1, max_size=12).map(" ".join),
    st.lists(SENTENCE, min_size=1, max_size=12).map(lambda items: "\n".join(f"- {item}" for item in items)),
    st.builds(letters, SEED, st.integers(LETTERS, 2 * LETTERS + 50)),
)
TEXT = st.lists(BLOCK, min_size=1, max_size=6).map("\n\n".join)
SECTIONS = st.lists(st.tuples(st.sampled_from(["Water", "Fire"]), TEXT), min_size=1, max_size=4).map(
    lambda found: [Section(heading, text, page) for page, (heading, text) in enumerate(found, 1)]
)


def bare(text: str) -> str:
    return "".join(text.split())


@settings(max_examples=50)
@given(SECTIONS)
def test_no_letter_is_lost_and_none_comes_out_of_order(sections: list[Section]) -> None:
    whole, at = "".join(bare(s.text) for s in sections), 0
    for piece in pieces(sections):
        text = bare(piece.text)
        starts = [at - back for back in range(min(at, OVERLAP) + 1) if whole.startswith(text, at - back)]
        assert starts, "a piece goes on where the one before ended, or a little before that"
        at = starts[0] + len(text)
    assert at == len(whole)


@settings(max_examples=50)
@given(SECTIONS)
def test_pieces_are_within_bounds_and_pages_never_go_back(sections: list[Section]) -> None:
    made = list(pieces(sections))
    assert all(len(p.text) <= LETTERS + OVERLAP + 2 for p in made)
    assert [p.page for p in made] == sorted(p.page for p in made if p.page is not None)


def test_a_piece_begins_with_the_end_of_the_one_before() -> None:
    text = " ".join(f"This is sentence {n} of a paragraph that is far too long for one piece." for n in range(40))
    first, second, *_ = pieces([Section("Water", text)])
    last = first.text.rpartition("This is")[2]
    assert second.text.split("\n\n")[0].endswith(last)


def test_another_heading_begins_anew() -> None:
    made = list(pieces([Section("Water", "One. Two."), Section("Fire", "Three.")]))
    assert [(p.heading, p.text) for p in made] == [("Water", "One. Two."), ("Fire", "Three.")]


def test_a_list_that_fits_stays_whole() -> None:
    items = "\n".join(f"- item {n}" for n in range(30))
    before = "x" * (LETTERS - 100)
    made = list(pieces([Section("List", f"{before}\n\n{items}")]))
    assert items in made[1].text


@pytest.mark.parametrize(
    "text", ["x" + "\f\n" * 30_000 + "y", "# a" + " " * 60_000 + "x", "# a" + "#" * 60_000 + "x", "." + ")" * 60_000]
)
def test_text_that_is_odd_costs_no_more_than_its_length(text: str) -> None:
    began = time.process_time()
    assert list(pieces(markdown.sections(text, "Odd")))
    assert time.process_time() - began < 1
