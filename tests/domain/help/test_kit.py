"""How long a text is to read out, and what fits its time."""

from __future__ import annotations

import pytest

from app.domain.help.kit import (
    ADDRESS,
    WORDS_A_MINUTE,
    first_sentences,
    fits_its_time,
    reading_seconds,
    words_in,
)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("Mama, Bapa, kaka!", 3),
        ("Rp 0. Do not pay anybody's fee.", 7),
        ("Hari ____, jam ____.", 4),  # a day and an hour are said there
        ("Buka oss.go.id di HP.", 6),
        (f"Buka {ADDRESS} di HP.", 8),
        ("– … !", 0),
    ],
)
def test_words_are_counted_as_a_voice_says_them(text, count):
    assert words_in(text) == count


@pytest.mark.parametrize("language", WORDS_A_MINUTE)
def test_a_minute_of_words_takes_a_minute(language):
    assert reading_seconds("kata " * WORDS_A_MINUTE[language], language) == 60
    assert reading_seconds("", language) == 0


@pytest.mark.parametrize(("count", "fits"), [(46, False), (47, True), (60, True), (61, False)])
def test_a_script_fills_its_time_and_does_not_run_over(count, fits):
    assert fits_its_time("kata " * count, "id", 30) is fits


@pytest.mark.parametrize(
    ("count", "said"),
    [(1, "Apa yang dijual?"), (2, "Apa yang dijual? Berapa, setahun!"), (9, None)],
)
def test_first_sentences(count, said):
    text = "Apa yang dijual? Berapa, setahun! Kira-kira Rp 1.500 saja."
    assert first_sentences(text, count) == (said or text)
