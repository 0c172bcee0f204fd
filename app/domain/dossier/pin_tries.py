"""Wrong PINs: whom they slow, for how long, and what somebody who guesses can reach.

The support number is made to be told, so a wrong PIN says nothing about the owner. Each browser
that has opened the file before, and each address, is therefore counted for itself; only all
strangers together meet a ceiling, and it makes them wait instead of ending anything.
docs/decisions/0025-who-errs-waits.md has the figures.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(days=1)
FORGIVEN_AFTER = timedelta(days=1)
"""One wrong try is forgiven for each such time without another. Not shorter than LONGEST_WAIT."""

SAME_WITHIN = timedelta(minutes=15)
"""The same wrong PIN within this time is the same try: a reload, a second tap, a resend."""


class Free(IntEnum):
    """How many wrong tries cost nothing but the try itself."""

    ONE = 5  # from one browser that knows the file, or from one address
    ALL_STRANGERS = 20  # from everybody who has not opened the file before, per file


@dataclass(frozen=True)
class Wrong:
    """Wrong tries that still count. last: when the newest one was; None where there is none."""

    count: int = 0
    last: datetime | None = None

    def at(self, now: datetime) -> Wrong:
        """Return the part of it that still counts."""
        if self.last is None:
            return Wrong()
        forgiven = max(now - self.last, timedelta()) // FORGIVEN_AFTER
        left = max(self.count - forgiven, 0)
        return Wrong(left, self.last) if left else Wrong()

    def and_one(self, now: datetime) -> Wrong:
        """Return it with one more."""
        return Wrong(self.at(now).count + 1, now)

    def left(self, free: Free) -> int:
        """Return how many tries remain before the first wait."""
        return max(free - self.count, 0)

    def waits_until(self, free: Free) -> datetime | None:
        """Return when the next try is taken; None where it is taken at once.

        One minute after the last free try, then twice as long after each, at most a day.
        """
        if self.last is None or self.count < free:
            return None
        doublings = self.count - free
        longest = LONGEST_WAIT // FIRST_WAIT
        # Beyond these doublings the wait is the longest anyhow, and the number would be huge.
        minutes = min(1 << min(doublings, longest.bit_length()), longest)
        return self.last + minutes * FIRST_WAIT


def is_same_try(*, same_pin: bool, last: datetime | None, now: datetime) -> bool:
    """Return whether a wrong PIN repeats the last try, so that it is not counted again."""
    return same_pin and last is not None and now - last < SAME_WITHIN
