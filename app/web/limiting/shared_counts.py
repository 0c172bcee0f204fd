"""Counts of requests that several processes of one machine share, in a small file of their own.

The limiter counts in the memory of a process, which is right for one. With several, each would
count for itself and a limit let through as many times more. The file holds digests and numbers for
an hour or a day; losing it costs nothing but the counts, so it is never waited for on the disk.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from pathlib import Path

from limits.storage import Storage

from app.config import Settings
from app.extensions import vault

SCHEME = "file"
_WAIT_S = 5.0
_TIDY_EVERY = 1_000  # counts; by then some are over


class CountsFile(Storage):
    """Fixed windows in an SQLite file, one connection a thread."""

    STORAGE_SCHEME = [SCHEME]  # noqa: RUF012 – as the library has it

    def __init__(
        self, uri: str | None = None, wrap_exceptions: bool = False, **options: float | str | bool
    ) -> None:
        """uri: file:///path."""
        self._path = (uri or "").removeprefix(f"{SCHEME}://")
        self._here = threading.local()
        super().__init__(uri, wrap_exceptions=wrap_exceptions, **options)

    @property
    def base_exceptions(self) -> type[Exception]:
        """What may go wrong: the limiter then counts in memory."""
        return sqlite3.Error

    @property
    def _line(self) -> sqlite3.Connection:
        line: sqlite3.Connection | None = getattr(self._here, "line", None)
        if line is None:
            line = sqlite3.connect(self._path, timeout=_WAIT_S, isolation_level=None)
            line.execute("PRAGMA journal_mode=MEMORY")
            line.execute("PRAGMA synchronous=OFF")
            line.execute(
                "CREATE TABLE IF NOT EXISTS counts"
                " (name BLOB PRIMARY KEY, number INTEGER NOT NULL, until REAL NOT NULL)"
                " WITHOUT ROWID"
            )
            self._here.line, self._here.counted = line, 0
        return line

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count so many more until the window ends; return how many there are."""
        now = time.time()
        line = self._line
        (number,) = line.execute(
            "INSERT INTO counts VALUES (:name, :amount, :until) ON CONFLICT (name) DO UPDATE SET"
            " number = CASE WHEN until <= :now THEN :amount ELSE number + :amount END,"
            " until = CASE WHEN until <= :now THEN :until ELSE until END RETURNING number",
            {"name": _name(key), "amount": amount, "until": now + expiry, "now": now},
        ).fetchone()
        self._here.counted += 1
        if self._here.counted % _TIDY_EVERY == 0:
            line.execute("DELETE FROM counts WHERE until <= ?", (now,))
        return int(number)

    def get(self, key: str) -> int:
        """Return how many there are in the window."""
        found = self._found(key)
        return 0 if found is None else int(found[0])

    def get_expiry(self, key: str) -> float:
        """Return when the window ends; now where nothing was counted."""
        found = self._found(key)
        return time.time() if found is None else float(found[1])

    def _found(self, key: str) -> tuple[int, float] | None:
        query = "SELECT number, until FROM counts WHERE name = ? AND until > ?"
        found: tuple[int, float] | None = self._line.execute(
            query, (_name(key), time.time())
        ).fetchone()
        return found

    def check(self) -> bool:
        """Return whether the file can be read."""
        try:
            self._line.execute("SELECT count(*) FROM counts").fetchone()
        except sqlite3.Error:
            return False
        return True

    def reset(self) -> int | None:
        """Forget all counts; return how many there were."""
        return self._line.execute("DELETE FROM counts").rowcount

    def clear(self, key: str) -> None:
        """Forget one count."""
        self._line.execute("DELETE FROM counts WHERE name = ?", (_name(key),))


def _name(key: str) -> bytes:
    """Return a digest: no address and no number of a file stands in the file."""
    return vault.index(key, "limits")


def storage_of(settings: Settings) -> str:
    """Return where the limiter counts: in memory, or in the file where there are processes."""
    if settings.rate_limit_storage:
        return settings.rate_limit_storage
    if settings.workers == 1:
        return "memory://"
    return f"{SCHEME}://{_file(settings)}"


def start_anew(settings: Settings) -> None:
    """Forget what earlier processes counted, as memory does: the power may have failed since."""
    _file(settings).unlink(missing_ok=True)


def _file(settings: Settings) -> Path:
    return settings.instance / "counts.sqlite"
