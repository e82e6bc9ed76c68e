"""What is written as it is said: sentences as they come, without what nobody can say."""

from __future__ import annotations

import pytest

from hearthnet_core.services.spoken import LONGEST, Sentences, sentences, spoken


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Store **water** for _six_ months [1].", "Store water for six months."),
        ("Boil it [1, 2] , then [see here](http://a.b/c) wait.", "Boil it, then see here wait."),
        ("# Water\n- one\n* two\n> three", "Water one two three"),
        ("Look at https://example.org/a?b=c or www.example.org now.", "Look at or now."),
        ("Use `sudo` and <b>more</b> now.", "Use sudo and more now."),
        ("snake_case stays, 2 * 3 too", "snake_case stays, 2 3 too"),
        ("| a | b |\n|---|---|\n| c | d |", "a, b c, d"),
        ("*** [3] ---", ""),
        ("Das kostet 3 € [4].", "Das kostet 3 €."),
    ],
)
def test_marks_are_not_said(text: str, said: str) -> None:
    assert spoken(text) == said


def test_abbreviations_initials_and_ordinals_end_no_sentence() -> None:
    assert sentences("Am 3. Mai, z. B. um 9. Dr. Meier kommt. J. S. Bach auch. It is 3.5 litres, e.g. of tea.") == [
        "Am 3. Mai, z. B. um 9. Dr. Meier kommt.",
        "J. S. Bach auch.",
        "It is 3.5 litres, e.g. of tea.",
    ]


def test_a_text_letter_by_letter_is_said_like_the_whole() -> None:
    text = "Boil it [1]. Let it cool! Is it safe?\n\n- One litre\n- Two litres\nEnd"
    pieces, along = Sentences(), list[str]()
    for letter in text:
        along += pieces.add(letter)
    assert along + pieces.end() == sentences(text)
    assert sentences(text) == ["Boil it.", "Let it cool!", "Is it safe?", "One litre", "Two litres End"]


def test_a_sentence_is_given_as_soon_as_it_is_whole() -> None:
    pieces = Sentences()
    assert pieces.add("Boil it. The") == ["Boil it."]
    assert pieces.add("n wait.") == [] and pieces.end() == ["Then wait."]


@pytest.mark.parametrize("text", ["word " * 2_000, "x" * 9_000, "a, " * 3_000])
def test_what_never_ends_is_cut_into_pieces_and_none_of_it_is_lost(text: str) -> None:
    pieces = Sentences()
    said = [
        s for part in (text[n : n + 700] for n in range(0, len(text), 700)) for s in pieces.add(part)
    ] + pieces.end()
    assert max(map(len, said)) <= LONGEST and len(said) > 5
    assert "".join("".join(said).split()) == "".join(text.split())


@pytest.mark.parametrize(
    "text", ["[1" * 50_000, "<a" * 50_000, "_" * 100_000, "- " * 50_000, "[x](" * 25_000, "| " * 50_000]
)
def test_hostile_text_takes_no_longer_than_other_text(text: str) -> None:
    assert all(0 < len(sentence) <= LONGEST for sentence in sentences(text))
