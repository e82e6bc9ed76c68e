"""What is said aloud, however the answer was cut into pieces."""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from custom_components.hearthnet.speech import Speech


def spoken(*pieces: str, most: int = 3) -> str:
    speech = Speech(most)
    said = "".join(speech.add(piece) for piece in pieces) + speech.end()
    assert said == speech.said
    return said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Store it cool [1].", "Store it cool."),
        ("Store it cool. [1] Use glass [2, 3].", "Store it cool. Use glass."),
        ("Store it cool.[1][2] Use glass.", "Store it cool. Use glass."),
        ("See [the shelf] and [x1].", "See [the shelf] and [x1]."),
        ("An open [", "An open ["),
        ("**Water**: `boil` it.", "Water: boil it."),
        ("One.\n\n- Two\n- Three\n- Four", "One. - Two - Three"),
        ("One. Two! Three? Four.", "One. Two! Three?"),
        ("Use 2.5 l, e.g. from z. B. Dr. Oetker. Next.", "Use 2.5 l, e.g. from z. B. Dr. Oetker. Next."),
        ("Am 3. Mai kam Wasser. Dann nicht.", "Am 3. Mai kam Wasser. Dann nicht."),
        ("   Leading   and  double.  ", "Leading and double."),
        ("[1] First.", "First."),
        ("", ""),
    ],
)
def test_spoken_text(text: str, said: str) -> None:
    assert spoken(text) == said


def test_it_stops_after_the_sentences_asked_for() -> None:
    assert spoken("One. Two. Three.", most=1) == "One."
    assert spoken("One. Two. Three.", most=2) == "One. Two."


@given(st.lists(st.text(alphabet="ab1[], .!?*\n", max_size=8), max_size=12))
def test_where_the_pieces_are_cut_changes_nothing(pieces: list[str]) -> None:
    assert spoken(*pieces) == spoken("".join(pieces))


@given(st.text(alphabet="aB1[], .!?\n", max_size=60))
def test_no_mark_is_ever_said(text: str) -> None:
    assume(not re.search(r"\[[^\]]*\[", text))  # brackets within brackets are no citation
    assert re.search(r"\[[\d, ]*\d[\d, ]*\]", spoken(text, most=99)) is None
