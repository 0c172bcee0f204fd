"""Files to which something happened in this transaction, after which the office may have work."""

from __future__ import annotations

from app.extensions import db

KEY = "touched"


def note(dossier_id: int) -> None:
    """Note that a file may mean other work than before."""
    db.session().info.setdefault(KEY, set()).add(dossier_id)


def taken() -> set[int]:
    """Return what was noted in this transaction, and forget it."""
    found: set[int] = db.session().info.pop(KEY, set())
    return found
