"""The PIN of a dossier: kept as a hash, compared in equal time, locked after too many tries."""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from sqlalchemy import select

from app.domain.events import EventKind
from app.domain.messages import MessageKind
from app.extensions import db, vault
from app.models.dossier import Dossier
from app.services import events, messages, open_sessions
from app.services.dossiers import with_number

WRONG_PINS_AT_MOST = 5

# About 30 ms on one small core: dear enough for a six-digit PIN that locks after five tries.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


class PinLocked(Exception):
    """Too many wrong PINs. Only staff can open the dossier again."""


class WrongPin(Exception):
    """The pair of number and PIN does not open a dossier. left: tries that remain, if known."""

    def __init__(self, left: int | None) -> None:
        super().__init__(left)
        self.left = left


def hash_pin(pin: str) -> str:
    """Return the Argon2id hash of a PIN. Slow on purpose: call it outside a transaction."""
    return _hasher.hash(pin)


@cache
def _nobodys_hash() -> str:
    return _hasher.hash("no dossier has this PIN")


def pin_hash_of(support_number: str) -> str | None:
    """Return the hash to compare a PIN with, None when no dossier has the number."""
    return db.session.scalar(with_number(select(Dossier.pin_hash), support_number))


def pin_fits(pin: str, pin_hash: str | None) -> bool:
    """Compare a PIN. Takes as long when there is no dossier, so that nobody can tell."""
    try:
        _hasher.verify(pin_hash or _nobodys_hash(), pin)
    except VerifyMismatchError:
        return False
    return pin_hash is not None


def open_with_pin(support_number: str, *, fits: bool) -> Dossier:
    """Return the dossier when the PIN was right and it is not locked; count the failure otherwise.

    The caller must keep the transaction also when this raises: the count has to stay.

    Raises PinLocked, WrongPin.
    """
    # Held from here on, so that tries sent at the same moment are judged one after the other.
    query = with_number(select(Dossier), support_number)
    dossier = db.session.scalar(
        query.with_for_update(of=Dossier).execution_options(populate_existing=True)
    )
    if dossier is None:
        raise WrongPin(None)
    if dossier.pin_failures >= WRONG_PINS_AT_MOST:
        raise PinLocked
    if fits:
        dossier.pin_failures = 0
        return dossier
    dossier.pin_failures += 1
    if dossier.pin_failures >= WRONG_PINS_AT_MOST:
        locked = events.record(dossier, EventKind.PIN_LOCKED, tries=dossier.pin_failures)
        messages.announce(dossier, MessageKind.PIN_LOCKED, dedupe=str(locked.number))
        raise PinLocked
    raise WrongPin(WRONG_PINS_AT_MOST - dossier.pin_failures)


def unlock(dossier: Dossier) -> None:
    """Open a locked dossier again; staff do this with the person in front of them."""
    dossier.pin_failures = 0
    events.record(dossier, EventKind.PIN_UNLOCKED)


def mark_of(dossier_id: int) -> str:
    """Return what tells one PIN of a dossier from the next; "" where there is no such dossier."""
    found = db.session.scalar(select(Dossier.pin_hash).where(Dossier.id == dossier_id))
    return vault.index(found, "dossiers.pin_mark")[:6].hex() if found else ""


def change_pin(dossier: Dossier, pin_hash: str, way: str) -> None:
    """Give a dossier a new PIN; every browser that was let in with the old one is put out."""
    dossier.pin_hash = pin_hash
    dossier.pin_failures = 0
    open_sessions.end_all(dossier.id)
    changed = events.record(dossier, EventKind.PIN_CHANGED, way=way)
    messages.announce(dossier, MessageKind.PIN_CHANGED, dedupe=str(changed.number))
