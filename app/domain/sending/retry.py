"""When to ask an outside service again that did not answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

FIRST_WAITS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(minutes=60),
)
LATER_WAIT = timedelta(hours=4)
JITTER_SHARE = 0.2  # each wait is drawn from 80 % to 120 % of its length


class NaiveMoment(ValueError):
    """A moment without a time zone cannot be compared with one that has it."""


def next_attempt_at(attempts: int, now: datetime, *, jitter: Callable[[], float]) -> datetime:
    """Return the moment (UTC) of the next attempt.

    attempts: attempts made so far, the one that just failed included; 0 is due at once.
    now: aware moment of the last attempt.
    jitter: draws from 0 to 1; 0.5 gives the plain wait. Every wait is spread, so that all the
        checks that failed in one outage do not come back in the same second.

    Raises NaiveMoment without a time zone, ValueError for negative attempts or jitter beyond 0..1.
    """
    if now.tzinfo is None or now.utcoffset() is None:
        raise NaiveMoment
    if attempts < 0:
        raise ValueError(attempts)
    if attempts == 0:
        return now.astimezone(UTC)
    draw = jitter()
    if not 0 <= draw <= 1:
        raise ValueError(draw)
    wait = FIRST_WAITS[attempts - 1] if attempts <= len(FIRST_WAITS) else LATER_WAIT
    return now.astimezone(UTC) + wait * (1 - JITTER_SHARE + 2 * JITTER_SHARE * draw)
