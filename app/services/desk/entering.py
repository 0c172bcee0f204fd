"""Coming in, locking, changing the person and leaving, at one terminal.

Nothing here knows a cookie: the way in brings the secrets that the browser holds.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import contains_eager

from app import clock, modes
from app.domain.desk import entrance
from app.domain.dossier.events import Doer, DoerRole
from app.domain.dossier.pin_tries import Free, Wrong
from app.domain.dossier.seals import ActKind
from app.extensions import db, vault
from app.models.staff import Staff, StaffDay, StaffPin, StaffTerminal, StaffTry
from app.services.base import acts, doers
from app.services.desk import accounts

_STRANGERS = "*"


class Refused(Exception):
    """User name, password and code do not open an account; which of them, nobody is told."""


class Waits(Exception):
    """Too many wrong tries from there. until: when the next one is looked at."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


class Asleep(Exception):
    """Everything was right, and the account has slept too long: the admin wakes it."""


class DayOver(Exception):
    """The day of this person at this terminal is over: they sign in again."""


@dataclass(frozen=True)
class Place:
    """From where somebody signs in. terminal: the secret of the computer; address: of the line."""

    terminal: str
    address: str


@dataclass(frozen=True)
class Entered:
    """A day that is open now. secret: what the browser shows from now on."""

    day: StaffDay
    secret: str


def password_hash_of(user: str) -> str | None:
    """Return what a password is compared with."""
    name = entrance.clean_user(user)
    return db.session.scalar(select(Staff.password_hash).where(Staff.user == name))


def sign_in(user: str, code: str, place: Place, *, password_fits: bool) -> Entered:
    """Open the day of somebody at this terminal, which is registered by that.

    password_fits: what accounts.fits() said. The caller keeps the transaction also when this
    raises: what was counted and recorded has to stay.

    Raises Refused, Waits, Asleep.
    """
    user, now = entrance.clean_user(user), clock.now()
    query = select(Staff).where(Staff.user == user).with_for_update()
    staff = db.session.scalar(query.execution_options(populate_existing=True))
    terminal = _terminal(place.terminal)
    known = staff is not None and terminal is not None and _was_here(staff, terminal)
    who = place.terminal if terminal is not None else place.address
    until = _waits_until(user, who, known=known)
    if until is not None and now < until:
        raise Waits(until)
    usable = staff is not None and staff.ended_at is None and _of_this_service(staff)
    if staff is None or not (usable and password_fits and accounts.take_code(staff, code)):
        _count(user, who, known=known)
        acts.record(ActKind.STAFF_REFUSED, staff=staff.mark if staff else "")
        until = _waits_until(user, who, known=known)
        if until is not None and now < until:
            raise Waits(until)
        raise Refused
    if entrance.is_dormant(staff.seen_at, now):
        acts.record(ActKind.STAFF_REFUSED, staff=staff.mark, why="dormant")
        raise Asleep
    _forgive(user, who)
    with doers.acting(Doer(DoerRole.STAFF, staff.mark, doers.current().terminal)):
        return _begin(staff, terminal, place, now)


def _begin(staff: Staff, terminal: StaffTerminal | None, place: Place, now: datetime) -> Entered:
    staff.seen_at = now
    if terminal is None:
        terminal = StaffTerminal(
            key=_terminal_key(place.terminal), registered_at=now, registered_by=staff.id
        )
        db.session.add(terminal)
        db.session.flush()
        acts.record(ActKind.TERMINAL_REGISTERED, staff=staff.mark, terminal=terminal.id)
    lock_terminal(terminal)
    earlier = update(StaffDay).where(
        StaffDay.staff_id == staff.id,
        StaffDay.terminal_id == terminal.id,
        StaffDay.ended_at.is_(None),
    )
    db.session.execute(earlier.values(ended_at=now, key=None, kept=None))
    secret = secrets.token_urlsafe(16)
    day = StaffDay(
        key=_day_key(secret),
        staff_id=staff.id,
        terminal_id=terminal.id,
        began_at=now,
        used_at=now,
        wiped=0,
        pin_failures=0,
    )
    day.staff, day.terminal = staff, terminal
    db.session.add(day)
    db.session.flush()
    if staff.pin_hash and not has_pin(day):
        set_pin(day, staff.pin_hash)
    acts.record(ActKind.STAFF_SIGNED_IN, staff=staff.mark, terminal=terminal.id)
    return Entered(day, secret)


def _of_this_service(staff: Staff) -> bool:
    """A made-up person of the practice office opens nothing where the files are real."""
    return modes.in_training() or not staff.is_made_up


def _was_here(staff: Staff, terminal: StaffTerminal) -> bool:
    query = select(StaffDay.id).where(
        StaffDay.staff_id == staff.id, StaffDay.terminal_id == terminal.id
    )
    return db.session.scalar(query.limit(1)) is not None


def find_day(terminal: str, secret: str, now: datetime) -> StaffDay | None:
    """Return the open day that a browser shows the secrets of; None where it is over or locked."""
    query = (
        select(StaffDay)
        .join(StaffDay.staff)
        .join(StaffDay.terminal)
        .where(
            StaffDay.key == _day_key(secret),
            StaffTerminal.key == _terminal_key(terminal),
            StaffDay.ended_at.is_(None),
            StaffDay.began_at > now - entrance.DAY,
            Staff.ended_at.is_(None),
            StaffTerminal.ended_at.is_(None),
        )
        .options(contains_eager(StaffDay.staff), contains_eager(StaffDay.terminal))
    )
    return db.session.scalar(query)


def is_idle(day: StaffDay, now: datetime) -> bool:
    """Return whether nobody used this for so long that it is locked."""
    return now - day.used_at >= entrance.IDLE


def days_at(terminal: str) -> list[StaffDay]:
    """Return who has a day and a PIN at a terminal, whoever locked it last first."""
    query = (
        select(StaffDay)
        .join(StaffDay.staff)
        .join(StaffDay.terminal)
        .join(
            StaffPin,
            (StaffPin.staff_id == StaffDay.staff_id)
            & (StaffPin.terminal_id == StaffDay.terminal_id),
        )
        .where(
            StaffTerminal.key == _terminal_key(terminal),
            StaffTerminal.ended_at.is_(None),
            StaffDay.ended_at.is_(None),
            StaffDay.began_at > clock.now() - entrance.DAY,
            Staff.ended_at.is_(None),
        )
        .options(contains_eager(StaffDay.staff), contains_eager(StaffDay.terminal))
        .order_by(StaffDay.used_at.desc(), StaffDay.id)
    )
    return list(db.session.scalars(query))


def lock(day: StaffDay, *, kept: str | None = None) -> None:
    """Lock: the browser's secret opens nothing any more. kept: a form that came too late."""
    day.key = None
    if kept is not None:
        day.kept = kept
    acts.record(ActKind.STAFF_LOCKED, staff=day.staff.mark, terminal=day.terminal_id)


def lock_terminal(terminal: StaffTerminal) -> None:
    """Lock whoever is at a terminal now: one person works there at a time."""
    here = update(StaffDay).where(StaffDay.terminal_id == terminal.id, StaffDay.key.is_not(None))
    db.session.execute(here.values(key=None))


def pin_hash_of(day_id: int, terminal: str) -> str | None:
    """Return what a PIN is compared with; None where there is no such day at this terminal."""
    query = (
        select(StaffPin.pin_hash)
        .join(StaffDay, StaffDay.staff_id == StaffPin.staff_id)
        .join(StaffTerminal, StaffTerminal.id == StaffDay.terminal_id)
        .where(
            StaffDay.id == day_id,
            StaffPin.terminal_id == StaffDay.terminal_id,
            StaffTerminal.key == _terminal_key(terminal),
        )
    )
    return db.session.scalar(query)


def unlock(day_id: int, terminal: str, *, pin_fits: bool) -> Entered:
    """Go on with a locked day. The caller keeps the transaction also when this raises.

    Raises DayOver; Refused for a wrong PIN, which after five in a row ends the day: the person
    then signs in again, wherever and whenever they like.
    """
    now = clock.now()
    day = next((each for each in days_at(terminal) if each.id == day_id), None)
    if day is None:
        raise DayOver
    if not pin_fits:
        day.pin_failures += 1
        acts.record(ActKind.STAFF_REFUSED, staff=day.staff.mark, terminal=day.terminal_id)
        if day.pin_failures >= entrance.PIN_TRIES:
            end_day(day)
            raise DayOver
        raise Refused
    lock_terminal(day.terminal)
    secret = secrets.token_urlsafe(16)
    day.key, day.used_at, day.pin_failures = _day_key(secret), now, 0
    with doers.acting(Doer(DoerRole.STAFF, day.staff.mark, doers.current().terminal)):
        acts.record(ActKind.STAFF_UNLOCKED, staff=day.staff.mark, terminal=day.terminal_id)
    return Entered(day, secret)


def has_pin(day: StaffDay) -> bool:
    """Return whether somebody has a PIN at their terminal."""
    query = select(StaffPin.id).where(
        StaffPin.staff_id == day.staff_id, StaffPin.terminal_id == day.terminal_id
    )
    return db.session.scalar(query) is not None


def set_pin(day: StaffDay, pin_hash: str) -> None:
    """Keep somebody's PIN for this terminal."""
    query = select(StaffPin).where(
        StaffPin.staff_id == day.staff_id, StaffPin.terminal_id == day.terminal_id
    )
    row = db.session.scalar(query)
    if row is None:
        row = StaffPin(staff_id=day.staff_id, terminal_id=day.terminal_id)
        db.session.add(row)
    row.pin_hash, row.set_at = pin_hash, clock.now()
    acts.record(ActKind.STAFF_CHOSE, what="pin", terminal=day.terminal_id)


def wipe(day: StaffDay) -> None:
    """Finish with the resident at the counter: no form of before is filled for the next one."""
    day.wiped += 1
    day.kept = None
    acts.record(ActKind.STAFF_WIPED, terminal=day.terminal_id)


def leave(day: StaffDay) -> None:
    """End the day here by oneself."""
    day.key, day.kept, day.ended_at = None, None, clock.now()
    acts.record(ActKind.STAFF_LEFT, staff=day.staff.mark, terminal=day.terminal_id)


def end_day(day: StaffDay) -> None:
    """End somebody's day here: by an admin, or after too many wrong PINs."""
    day.key, day.kept, day.ended_at = None, None, clock.now()
    acts.record(ActKind.STAFF_DAY_ENDED, staff=day.staff.mark, terminal=day.terminal_id)


def end_day_with(day_id: int) -> bool:
    """End an open day by its number. False where there is none."""
    query = select(StaffDay).join(StaffDay.staff).options(contains_eager(StaffDay.staff))
    day = db.session.scalar(query.where(StaffDay.id == day_id, StaffDay.ended_at.is_(None)))
    if day is None:
        return False
    end_day(day)
    return True


def end_terminal(terminal_id: int) -> bool:
    """Take a terminal off the register: its cookie opens nothing, its PINs are worth nothing."""
    terminal = db.session.get(StaffTerminal, terminal_id)
    if terminal is None or terminal.ended_at is not None:
        return False
    now = clock.now()
    terminal.ended_at = now
    here = update(StaffDay).where(StaffDay.terminal_id == terminal.id, StaffDay.ended_at.is_(None))
    db.session.execute(here.values(ended_at=now, key=None, kept=None))
    acts.record(ActKind.TERMINAL_ENDED, terminal=terminal.id)
    return True


def _terminal(secret: str) -> StaffTerminal | None:
    query = select(StaffTerminal).where(
        StaffTerminal.key == _terminal_key(secret), StaffTerminal.ended_at.is_(None)
    )
    return db.session.scalar(query)


def is_ended_terminal(secret: str) -> bool:
    """Return whether an admin took this terminal off the register; it then needs a new secret."""
    query = select(StaffTerminal.id).where(
        StaffTerminal.key == _terminal_key(secret), StaffTerminal.ended_at.is_not(None)
    )
    return db.session.scalar(query) is not None


def _terminal_key(secret: str) -> bytes:
    return vault.index(secret, "staff_terminals.key")


def _day_key(secret: str) -> bytes:
    return vault.index(secret, "staff_days.key")


# Wrong tries


def _try_index(user: str, who: str) -> bytes:
    return vault.index(f"{user}|{who}", "staff_tries.who")


def _row(user: str, who: str) -> StaffTry | None:
    return db.session.scalar(select(StaffTry).where(StaffTry.who_index == _try_index(user, who)))


def _waits_until(user: str, who: str, *, known: bool) -> datetime | None:
    """Return when this one may try. Strangers meet the ceiling of the account besides their own."""
    waits = [_wrong(_row(user, who)).waits_until(Free.ONE)]
    if not known:
        waits.append(_wrong(_row(user, _STRANGERS)).waits_until(Free.ALL_STRANGERS))
    return max((until for until in waits if until is not None), default=None)


def _wrong(row: StaffTry | None) -> Wrong:
    return Wrong(row.wrong, row.wrong_at) if row else Wrong()


def _count(user: str, who: str, *, known: bool) -> None:
    now = clock.now()
    for each in [who] if known else [who, _STRANGERS]:
        row = _row(user, each)
        if row is None:
            row = StaffTry(who_index=_try_index(user, each), wrong=0, wrong_at=now)
            db.session.add(row)
        row.wrong = _wrong(row).and_one(now).count if row.wrong else 1
        row.wrong_at = now
    db.session.flush()


def _forgive(user: str, who: str) -> None:
    row = _row(user, who)
    if row is not None:
        db.session.delete(row)
