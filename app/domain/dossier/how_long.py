"""How long filling in takes: an estimate, reckoned from what stands on the pages.

Nobody has been timed. What can be counted is what there is to read and to answer; a test counts it
again on the pages themselves, so that these figures cannot grow old unseen.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

STEP_MINUTES = 5  # nobody believes "23 minutes"


@dataclass(frozen=True, slots=True)
class Load:
    """What a way asks of a person. words: to read; boxes: to type or choose, empty ones too."""

    pages: int
    words: int
    boxes: int


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast somebody goes. page_s: waiting for a page, finding one's way on it."""

    words_a_minute: int
    box_s: int
    page_s: int


# One business of one's own with one activity, the shortest way; and a company (PT) with two.
OWN_BUSINESS = Load(pages=13, words=1200, boxes=38)
COMPANY = Load(pages=22, words=2250, boxes=71)

# Reading on paper goes at 200 words a minute and more; who reads seldom needs twice as long. A box
# is known by heart, or looked up on the card and typed with one finger.
QUICK = Pace(words_a_minute=200, box_s=8, page_s=5)
SLOW = Pace(words_a_minute=100, box_s=20, page_s=15)


def seconds(load: Load, pace: Pace) -> int:
    """Return how long a way takes at a pace."""
    reading = math.ceil(load.words * 60 / pace.words_a_minute)
    return reading + load.boxes * pace.box_s + load.pages * pace.page_s


def about_minutes(load: Load, pace: Pace) -> int:
    """Return the minutes to tell people: whole fives, at least one five."""
    fives = math.floor(seconds(load, pace) / (60 * STEP_MINUTES) + 0.5)
    return max(fives, 1) * STEP_MINUTES


def own_business() -> tuple[int, int]:
    """Return from how many to how many minutes one business of one's own takes, about."""
    return about_minutes(OWN_BUSINESS, QUICK), about_minutes(OWN_BUSINESS, SLOW)


def at_most() -> int:
    """Return how many minutes a slow reader needs for a company with two activities, about."""
    return about_minutes(COMPANY, SLOW)
