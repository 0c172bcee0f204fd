"""Minutes are reckoned from what there is to read and to answer, and told in whole fives."""

from __future__ import annotations

import pytest

from app.domain.dossier.how_long import (
    COMPANY,
    OWN_BUSINESS,
    QUICK,
    SLOW,
    Load,
    Pace,
    about_minutes,
    at_most,
    own_business,
    seconds,
)

PACE = Pace(words_a_minute=60, box_s=10, page_s=5)


@pytest.mark.parametrize(
    ("load", "expected"),
    [
        (Load(pages=0, words=0, boxes=0), 0),
        (Load(pages=1, words=0, boxes=0), 5),
        (Load(pages=0, words=1, boxes=0), 1),
        (Load(pages=0, words=0, boxes=1), 10),
        (Load(pages=2, words=60, boxes=3), 100),
    ],
)
def test_reading_boxes_and_pages_add_up(load, expected):
    assert seconds(load, PACE) == expected


@pytest.mark.parametrize(
    ("words", "minutes"),
    [(0, 5), (449, 5), (450, 10), (749, 10), (750, 15), (3000, 50)],
)
def test_whole_fives_are_told_and_never_nothing(words, minutes):
    assert about_minutes(Load(pages=0, words=words, boxes=0), PACE) == minutes


def test_what_is_told_is_what_is_reckoned():
    low, high = own_business()
    assert (low, high) == (about_minutes(OWN_BUSINESS, QUICK), about_minutes(OWN_BUSINESS, SLOW))
    assert low < high < at_most() == about_minutes(COMPANY, SLOW)
