"""How many requests were answered: counted in memory, kept in the database now and then.

Sums of all processes that ever were, so none falls back when one ends. Only the room of the
program and the status are kept: no address, no person.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from app.extensions import db
from app.models.duty import Answered

SLOW_S = 1.0

Key = tuple[str, str]


@dataclass(slots=True)
class Sum:
    """What was counted of one room and status."""

    requests: int = 0
    slow: int = 0
    seconds: float = 0.0


@dataclass
class Tally:
    """Counts of this process that are not kept yet."""

    _sums: dict[Key, Sum] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, room: str, status: int, seconds: float) -> None:
        """Count one answer. It costs a microsecond."""
        key = (room, f"{status // 100}xx")
        with self._lock:
            found = self._sums.get(key)
            if found is None:
                found = self._sums[key] = Sum()
            found.requests += 1
            found.seconds += seconds
            if seconds > SLOW_S:
                found.slow += 1

    def take(self) -> Mapping[Key, Sum]:
        """Return what was counted, and begin anew."""
        with self._lock:
            taken, self._sums = self._sums, {}
        return taken

    def give_back(self, taken: Mapping[Key, Sum]) -> None:
        """Count again what could not be kept."""
        with self._lock:
            for key, one in taken.items():
                found = self._sums.setdefault(key, Sum())
                found.requests += one.requests
                found.slow += one.slow
                found.seconds += one.seconds


tally = Tally()


def keep(taken: Mapping[Key, Sum]) -> None:
    """Add counts to those of before, in the caller's transaction."""
    for (room, status), one in sorted(taken.items()):
        added = {
            "requests": Answered.requests + one.requests,
            "slow": Answered.slow + one.slow,
            "milliseconds": Answered.milliseconds + round(one.seconds * 1000),
        }
        mine = update(Answered).where(Answered.room == room, Answered.status == status)
        done = db.session.execute(mine.values(**added))
        if done.rowcount:  # type: ignore[attr-defined]
            continue
        try:
            with db.session.begin_nested():
                first = {"requests": 0, "slow": 0, "milliseconds": 0}
                db.session.add(Answered(room=room, status=status, **first))
        except IntegrityError:  # another process was first
            pass
        db.session.execute(mine.values(**added))


def all_kept() -> list[Answered]:
    """Return all sums."""
    query = select(Answered).order_by(Answered.room, Answered.status)
    return list(db.session.scalars(query))
