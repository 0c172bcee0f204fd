from datetime import UTC, datetime, timedelta, timezone

import pytest

from app.domain.sending.retry import NaiveMoment, next_attempt_at

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("attempts", "minutes"), [(0, 0), (1, 1), (2, 5), (3, 15), (4, 60), (5, 240), (50, 240)]
)
def test_waits_grow_to_four_hours_and_stay_there(attempts, minutes):
    due = next_attempt_at(attempts, NOW, jitter=lambda: 0.5)
    assert due == NOW + timedelta(minutes=minutes)


@pytest.mark.parametrize(("draw", "minutes"), [(0.0, 192), (1.0, 288)])
def test_a_wait_is_spread_by_a_fifth(draw, minutes):
    assert next_attempt_at(9, NOW, jitter=lambda: draw) == NOW + timedelta(minutes=minutes)


def test_the_answer_is_in_utc():
    in_sorong = NOW.astimezone(timezone(timedelta(hours=9)))
    due = next_attempt_at(1, in_sorong, jitter=lambda: 0.5)
    assert due.utcoffset() == timedelta(0)
    assert due == NOW + timedelta(minutes=1)


def test_nonsense_is_refused():
    with pytest.raises(NaiveMoment):
        next_attempt_at(1, datetime(2026, 11, 23), jitter=lambda: 0.5)  # noqa: DTZ001
    with pytest.raises(ValueError, match="-1"):
        next_attempt_at(-1, NOW, jitter=lambda: 0.5)
    with pytest.raises(ValueError, match="2"):
        next_attempt_at(1, NOW, jitter=lambda: 2.0)
