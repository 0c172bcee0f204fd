"""What may be kept of a search, and added to an activity: both sides of each edge."""

from __future__ import annotations

import pytest

from app.domain.kbli.learning import (
    PhraseError,
    PhraseProblem,
    is_long,
    looks_personal,
    phrase_to_add,
    phrase_to_keep,
    plain_phrase,
)


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("Jual  IKAN, segar!", "jual ikan segar"),
        ("kafé", "kafe"),
        ("jual 1234", "jual 1234"),
        ("a b c d e f g h", "a b c d e f g h"),
        ("x" * 60, "x" * 60),
    ],
)
def test_what_is_kept(text, phrase):
    assert plain_phrase(text) == phrase
    assert phrase_to_keep(text) == phrase


@pytest.mark.parametrize(
    "text",
    [
        "9601011503900001",
        "hp 0812 3456 7890",
        "12345",
        "1-2-3-4-5",
        "ruko no 12, hp 345",
        "１２３４５",
        "budi@contoh.test",
        "budi ＠ contoh",
        "a b c d e f g h i",
        "x" * 61,
        "",
        " !? ",
    ],
)
def test_what_is_never_kept(text):
    assert phrase_to_keep(text) is None


def test_edges():
    assert not looks_personal("1234")
    assert looks_personal("12345")
    assert not is_long("x" * 60)
    assert is_long("x" * 61)
    assert not is_long("a " * 8)
    assert is_long("a " * 9)


def test_letters_that_grow_when_they_are_made_plain_count_as_grown():
    assert not is_long("ﬃ" * 20)  # three letters in one
    assert is_long("ﬃ" * 21)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", PhraseProblem.EMPTY),
        ("?!", PhraseProblem.EMPTY),
        ("x", PhraseProblem.SHORT),
        ("x" * 61, PhraseProblem.LONG),
        ("a b c d e f g h i", PhraseProblem.LONG),
        ("0812 3456", PhraseProblem.PERSONAL),
        ("a@b", PhraseProblem.PERSONAL),
    ],
)
def test_what_cannot_be_added(text, problem):
    with pytest.raises(PhraseError) as caught:
        phrase_to_add(text)
    assert caught.value.problem is problem


@pytest.mark.parametrize("text", ["es", "AC", "x" * 60])
def test_what_can_be_added(text):
    assert phrase_to_add(text) == text.lower()
