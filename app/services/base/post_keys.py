"""One-time keys: a form that arrives twice is taken once and answered the same."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from app import clock
from app.extensions import db, vault
from app.models.dossier import PostKey

_SHAPE = re.compile(r"[A-Za-z0-9_-]{22}")
_KEPT = timedelta(days=30)


class BadPostKey(ValueError):
    """The key is missing or was tampered with."""


@dataclass(frozen=True)
class Taken:
    """A form with this key was taken before. same: it held the same answers."""

    dossier_id: int | None
    location: str
    same: bool


def new_key() -> str:
    """Return a fresh key for a form: 128 random bits."""
    return secrets.token_urlsafe(16)


def claim(
    key: str, endpoint: str, answers: Iterable[tuple[str, str]], dossier_id: int | None
) -> Taken | PostKey:
    """Take the key for this request; return what an earlier request with it led to, if any.

    The row is written in the caller's transaction, so it stands or falls with what the form does.
    A second request that runs at the same moment waits for the first and then sees its row.

    Raises BadPostKey when the key has another shape, or belongs to another form or dossier.
    """
    if not _SHAPE.fullmatch(key):
        raise BadPostKey(key)
    digest = _digest(answers)
    row = PostKey(
        key=key,
        digest=digest,
        endpoint=endpoint,
        dossier_id=dossier_id,
        location="",
        used_at=clock.now(),
    )
    try:
        with db.session.begin_nested():
            db.session.add(row)
        return row
    except IntegrityError:
        earlier = db.session.get(PostKey, key)
        if earlier is None:
            raise
    foreign = dossier_id is not None and earlier.dossier_id not in {None, dossier_id}
    if earlier.endpoint != endpoint or foreign:
        raise BadPostKey(key)
    same = hmac.compare_digest(earlier.digest, digest)
    return Taken(dossier_id=earlier.dossier_id, location=earlier.location, same=same)


def change(key: str, answers: Iterable[tuple[str, str]]) -> PostKey | None:
    """Note that a form was sent again with other answers (Back, then an edit)."""
    row = db.session.get(PostKey, key)
    if row is not None:
        row.digest = _digest(answers)
        row.used_at = clock.now()
    return row


def forget_old(now: datetime) -> int:
    """Drop keys that no phone will send again. Return how many."""
    result = db.session.execute(delete(PostKey).where(PostKey.used_at < now - _KEPT))
    return int(result.rowcount)  # type: ignore[attr-defined]


def _digest(answers: Iterable[tuple[str, str]]) -> bytes:
    """Return a keyed digest: the answers are personal, so a plain hash could be guessed."""
    line = "\x1e".join(f"{name}\x1f{value}" for name, value in sorted(answers))
    return hmac.digest(vault.index_key, b"post\x00" + line.encode(), hashlib.sha256)
