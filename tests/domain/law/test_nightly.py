"""The night's hour at which the practice space has to be wiped."""

from __future__ import annotations

from datetime import UTC, datetime, time

import pytest

from app.domain.law.calendar import last_wipe_due

TWO = time(2)  # 17.00 UTC of the day before


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (datetime(2026, 11, 23, 16, 59, 59, tzinfo=UTC), datetime(2026, 11, 22, 17, tzinfo=UTC)),
        (datetime(2026, 11, 23, 17, 0, tzinfo=UTC), datetime(2026, 11, 23, 17, tzinfo=UTC)),
        (datetime(2026, 11, 24, 1, 0, tzinfo=UTC), datetime(2026, 11, 23, 17, tzinfo=UTC)),
    ],
    ids=["a second before two", "at two", "in the morning"],
)
def test_a_wipe_is_due_at_the_hour_of_sorong(now, due):
    assert last_wipe_due(now, TWO) == due


def test_an_hour_late_in_the_evening_belongs_to_the_day_before():
    now = datetime(2026, 11, 24, 0, 30, tzinfo=UTC)  # 09.30 in Sorong
    assert last_wipe_due(now, time(23, 30)) == datetime(2026, 11, 23, 14, 30, tzinfo=UTC)
