"""The PIN of a dossier: kept as a hash, compared in equal time; whoever errs often has to wait."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from sqlalchemy import delete, select, update

from app import clock
from app.domain.dossier.events import EventKind
from app.domain.dossier.pin_tries import Free, Wrong, is_same_try
from app.domain.sending.messages import MessageKind
from app.extensions import db, vault
from app.models.dossier import Dossier
from app.models.own_data import PinAsker
from app.services.base import events
from app.services.dossier import open_sessions
from app.services.dossier.opening import with_number
from app.services.messages import outbox

STRANGERS_KEPT = timedelta(days=30)
"""By then every wrong try of one address is forgiven."""
TRIED_KEPT = timedelta(days=1)

# About 30 ms on one small core: dear enough for a six-digit PIN whose guesses have to wait.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


@dataclass(frozen=True)
class Asker:
    """Who gives a PIN. browser: its own random name, if it has one; address: where it asks from."""

    browser: str | None
    address: str


class PinWaits(Exception):
    """Too many wrong PINs from there: this try was not looked at. until: when the next one is."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


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


def open_with_pin(support_number: str, pin: str, asker: Asker, *, fits: bool) -> Dossier:
    """Return the dossier when the PIN was right and the asker need not wait; count a wrong one.

    fits: what pin_fits() said. The caller must keep the transaction also when this raises: the
    count has to stay.

    Raises PinWaits, WrongPin.
    """
    # Held from here on, so that tries sent at the same moment are judged one after the other.
    query = with_number(select(Dossier), support_number)
    dossier = db.session.scalar(
        query.with_for_update(of=Dossier).execution_options(populate_existing=True)
    )
    if dossier is None:
        raise WrongPin(None)
    now = clock.now()
    row = _asker(dossier, asker)
    until = _waits_until(dossier, row)
    if until is not None and now < until:
        raise PinWaits(until)
    if fits:
        if row is not None:
            row.wrong, row.wrong_at, row.tried_index, row.seen_at = 0, None, None, now
        return dossier
    if row is None:
        row = PinAsker(
            dossier_id=dossier.id, who_index=_at_address(dossier, asker), known=False, wrong=0
        )
        db.session.add(row)
    row.seen_at = now
    _count(dossier, row, pin, now)
    until = _waits_until(dossier, row)
    if until is not None and now < until:
        raise PinWaits(until)
    raise WrongPin(_of(row).at(now).left(Free.ONE))


def _asker(dossier: Dossier, asker: Asker) -> PinAsker | None:
    """Return the row of this browser if it knows the file, else that of its address."""
    indexes = [_at_address(dossier, asker)]
    if asker.browser:
        indexes.append(_of_browser(dossier, asker.browser))
    query = select(PinAsker).where(
        PinAsker.dossier_id == dossier.id, PinAsker.who_index.in_(indexes)
    )
    found = db.session.scalars(query.order_by(PinAsker.known.desc()))
    return found.first()


def _waits_until(dossier: Dossier, row: PinAsker | None) -> datetime | None:
    """Return when this asker may try. Strangers meet the ceiling of the file besides their own."""
    waits = [] if row is None else [_of(row).waits_until(Free.ONE)]
    if row is None or not row.known:
        waits.append(_of_strangers(dossier).waits_until(Free.ALL_STRANGERS))
    return max((until for until in waits if until is not None), default=None)


def _count(dossier: Dossier, row: PinAsker, pin: str, now: datetime) -> None:
    tried = vault.index(f"{dossier.id}|{pin}", "pin_askers.tried")
    same = row.tried_index is not None and hmac.compare_digest(row.tried_index, tried)
    if is_same_try(same_pin=same, last=row.wrong_at, now=now):
        return
    counted = _of(row).and_one(now)
    row.wrong, row.wrong_at, row.tried_index = counted.count, counted.last, tried
    waits, begins = counted.count >= Free.ONE, counted.count == Free.ONE
    if not row.known:
        strangers = _of_strangers(dossier).and_one(now)
        dossier.pin_failures, dossier.pin_failed_at = strangers.count, strangers.last
        waits = waits or strangers.count >= Free.ALL_STRANGERS
        begins = begins or strangers.count == Free.ALL_STRANGERS
    if begins:
        events.record(dossier, EventKind.PIN_LOCKED, tries=counted.count)
    if waits:
        # Once a week at most: whoever guesses must not be able to fill the owner's phone.
        outbox.announce(dossier, MessageKind.PIN_LOCKED, dedupe=f"{now:%G-W%V}")
    db.session.flush()


def _of(row: PinAsker) -> Wrong:
    return Wrong(row.wrong, row.wrong_at)


def _of_strangers(dossier: Dossier) -> Wrong:
    return Wrong(dossier.pin_failures, dossier.pin_failed_at)


def _of_browser(dossier: Dossier, browser: str) -> bytes:
    return vault.index(f"{dossier.id}|{browser}", "pin_askers.browser")


def _at_address(dossier: Dossier, asker: Asker) -> bytes:
    return vault.index(f"{dossier.id}|{asker.address}", "pin_askers.address")


def remember(dossier: Dossier, browser: str) -> None:
    """Note that this browser was let into the dossier: its tries are its own from now on."""
    who = _of_browser(dossier, browser)
    query = select(PinAsker).where(PinAsker.dossier_id == dossier.id, PinAsker.who_index == who)
    now = clock.now()
    row = db.session.scalar(query)
    if row is None:
        db.session.add(
            PinAsker(dossier_id=dossier.id, who_index=who, known=True, wrong=0, seen_at=now)
        )
    else:
        row.seen_at = now


def unlock(dossier: Dossier) -> None:
    """Let everybody try at once again; staff do this with the person in front of them."""
    dossier.pin_failures, dossier.pin_failed_at = 0, None
    mine = update(PinAsker).where(PinAsker.dossier_id == dossier.id)
    db.session.execute(mine.values(wrong=0, wrong_at=None, tried_index=None))
    events.record(dossier, EventKind.PIN_UNLOCKED)


def marks_of(dossier_ids: Iterable[int]) -> dict[int, str]:
    """Return, by dossier, what tells one PIN from the next; what is not there is left out."""
    query = select(Dossier.id, Dossier.pin_hash).where(Dossier.id.in_(list(dossier_ids)))
    return {
        each: vault.index(pin_hash, "dossiers.pin_mark")[:6].hex()
        for each, pin_hash in db.session.execute(query)
    }


def change_pin(dossier: Dossier, pin_hash: str, way: str) -> None:
    """Give a dossier a new PIN; every browser that was let in with the old one is put out.

    None of them knows the file any more: one may be why the PIN was changed.
    """
    dossier.pin_hash = pin_hash
    db.session.execute(delete(PinAsker).where(PinAsker.dossier_id == dossier.id))
    dossier.pin_failures, dossier.pin_failed_at = 0, None
    open_sessions.end_all(dossier.id)
    changed = events.record(dossier, EventKind.PIN_CHANGED, way=way)
    outbox.announce(dossier, MessageKind.PIN_CHANGED, dedupe=str(changed.number))


def forget_old(now: datetime) -> None:
    """Drop what was only kept to know a repeated try, and addresses that no longer matter."""
    before = now - TRIED_KEPT
    old = update(PinAsker).where(PinAsker.wrong_at < before, PinAsker.tried_index.is_not(None))
    db.session.execute(old.values(tried_index=None))
    strangers = PinAsker.known.is_(False) & (PinAsker.seen_at < now - STRANGERS_KEPT)
    db.session.execute(delete(PinAsker).where(strangers))
