"""Accounts of staff: made, given a role, reset and ended by an admin; nobody else knows more."""

from __future__ import annotations

import csv
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from sqlalchemy import delete, select, update

from app import clock
from app.domain.desk import entrance
from app.domain.desk.roles import StaffRole
from app.domain.dossier.seals import ActKind
from app.extensions import db, vault
from app.models.staff import Staff, StaffCode, StaffDay, StaffPin, StaffTerminal
from app.services.base import acts, doers

ISSUER = "OSS Sorong"
_FILE = Path(__file__).parent.parent.parent / "reference" / "common_passwords.csv"

# As for the PIN of a file: about 30 ms on one small core.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


class UserTaken(Exception):
    """Another account has this user name."""


class BadUser(ValueError):
    """A user name is 3 to 30 small letters, digits and dots, a letter first."""


@dataclass(frozen=True)
class Secrets:
    """What an account is opened with the first time. Shown once, to whoever made it."""

    user: str
    password: str
    totp_secret: str
    codes: tuple[str, ...]

    @property
    def totp_address(self) -> str:
        """Return what the app of a phone reads."""
        app = pyotp.TOTP(self.totp_secret)
        return str(app.provisioning_uri(name=self.user, issuer_name=ISSUER))


@cache
def common_stems() -> frozenset[str]:
    """Return the stems that are no secret, those of the region first."""
    with _FILE.open(newline="") as file:
        return frozenset(row["stem"] for row in csv.DictReader(file))


def hash_of(secret: str) -> str:
    """Return the Argon2id hash of a password or PIN. Slow: call it outside a transaction."""
    return _hasher.hash(secret)


@cache
def _nobodys_hash() -> str:
    return _hasher.hash("no account has this password")


def fits(secret: str, kept: str | None) -> bool:
    """Compare a password or PIN. Takes as long when there is nothing to compare with."""
    try:
        _hasher.verify(kept or _nobodys_hash(), secret)
    except VerifyMismatchError:
        return False
    return kept is not None


def find(user: str) -> Staff | None:
    """Return an account by its user name, ended or not."""
    return db.session.scalar(select(Staff).where(Staff.user == entrance.clean_user(user)))


def every() -> list[Staff]:
    """Return all accounts, those that were ended last."""
    return list(db.session.scalars(select(Staff).order_by(Staff.ended_at.is_not(None), Staff.user)))


def names_of(marks: Iterable[str]) -> dict[str, Staff]:
    """Return who is behind the marks of the record."""
    found = db.session.scalars(select(Staff).where(Staff.mark.in_(set(marks))))
    return {staff.mark: staff for staff in found}


def add(user: str, name: str, role: StaffRole, *, is_made_up: bool = False) -> Secrets:
    """Make an account. Raises UserTaken, BadUser."""
    user = entrance.clean_user(user)
    if not entrance.USER_SHAPE.fullmatch(user):
        raise BadUser(user)
    if find(user) is not None:
        raise UserTaken(user)
    now = clock.now()
    staff = Staff(
        user=user,
        mark=doers.mark_of(user, "staff.mark"),
        name=name,
        role=role,
        is_made_up=is_made_up,
        password_hash="",
        totp_secret="",
        added_at=now,
        seen_at=now,
    )
    db.session.add(staff)
    db.session.flush()
    given = _give(staff)
    acts.record(ActKind.STAFF_ADDED, staff=staff.mark, given_role=str(role))
    return given


def add_made_up(user: str, name: str, role: StaffRole, pin: str) -> Secrets:
    """Make a person of the practice office, who goes on with the secrets that were made for them.

    pin: they have it at every terminal, since many learn with the same person.
    """
    earlier = find(user)
    given = reset(earlier) if earlier else add(user, name, role, is_made_up=True)
    staff = find(user)
    assert staff is not None
    staff.must_change = False
    staff.pin_hash = hash_of(pin)
    db.session.flush()
    return given


def give_role(staff: Staff, role: StaffRole) -> None:
    """Give somebody another role; what they have open ends, and nothing of the old one stays."""
    before, staff.role = staff.role, role
    end_days(staff)
    acts.record(ActKind.STAFF_ROLE_GIVEN, staff=staff.mark, before=str(before), now=str(role))


def reset(staff: Staff) -> Secrets:
    """Give new secrets, as for a new account; wakes a dormant or ended one."""
    staff.ended_at = None
    staff.seen_at = clock.now()
    end_days(staff)
    db.session.execute(delete(StaffPin).where(StaffPin.staff_id == staff.id))
    given = _give(staff)
    acts.record(ActKind.STAFF_RESET, staff=staff.mark)
    return given


def end(staff: Staff) -> None:
    """End an account: nobody comes in with it from now on. The record keeps its name."""
    staff.ended_at = clock.now()
    end_days(staff)
    acts.record(ActKind.STAFF_ENDED, staff=staff.mark)


def end_days(staff: Staff) -> None:
    """Put out every terminal at which somebody is."""
    mine = update(StaffDay).where(StaffDay.staff_id == staff.id, StaffDay.ended_at.is_(None))
    db.session.execute(mine.values(ended_at=clock.now(), key=None, kept=None))


def _give(staff: Staff) -> Secrets:
    password = "-".join(secrets.token_hex(2) for _ in range(4))
    staff.password_hash = hash_of(password)
    staff.must_change = True
    staff.totp_secret = pyotp.random_base32()
    staff.used_step = None
    codes = _new_codes(staff)
    db.session.flush()
    return Secrets(staff.user, password, staff.totp_secret, codes)


def _new_codes(staff: Staff) -> tuple[str, ...]:
    db.session.execute(delete(StaffCode).where(StaffCode.staff_id == staff.id))
    codes = tuple(
        "".join(secrets.choice(entrance.CODE_SIGNS) for _ in range(entrance.CODE_LENGTH))
        for _ in range(entrance.CODES)
    )
    db.session.add_all(StaffCode(staff_id=staff.id, code_index=_code_index(c)) for c in codes)
    return codes


def _code_index(code: str) -> bytes:
    return vault.index(code, "staff_codes.code")


def take_code(staff: Staff, typed: str) -> bool:
    """Take a code of the app or a printed one, each only once. False where it is none."""
    code, now = entrance.clean_code(typed), clock.now()
    app = pyotp.TOTP(staff.totp_secret, interval=entrance.STEP_S)
    for step in entrance.steps_around(now, staff.used_step):
        if hmac.compare_digest(app.generate_otp(step).encode(), code.encode()):
            staff.used_step = step
            return True
    query = select(StaffCode).where(
        StaffCode.staff_id == staff.id,
        StaffCode.code_index == _code_index(code),
        StaffCode.used_at.is_(None),
    )
    printed = db.session.scalar(query.with_for_update())
    if printed is None:
        return False
    printed.used_at = now
    return True


def codes_left(staff: Staff) -> int:
    """Return how many printed codes were not used."""
    query = select(StaffCode.id).where(StaffCode.staff_id == staff.id, StaffCode.used_at.is_(None))
    return len(db.session.scalars(query).all())


def change_password(staff: Staff, password_hash: str) -> None:
    """Keep the password that somebody chose themselves."""
    staff.password_hash = password_hash
    staff.must_change = False
    acts.record(ActKind.STAFF_CHOSE, what="password")


def check_password(staff: Staff, password: str) -> str:
    """Return the password when it will do. Raises entrance.PasswordError."""
    return entrance.check_password(password, common_stems(), (staff.user, staff.name))


@dataclass(frozen=True)
class OpenDay:
    """A day that somebody has open at a terminal. together: they have another one unlocked too."""

    day: StaffDay
    staff: Staff
    terminal: StaffTerminal
    together: bool


def open_days() -> list[OpenDay]:
    """Return the days that are open, and where one person is at two terminals at once."""
    since = clock.now() - entrance.DAY
    query = (
        select(StaffDay, Staff, StaffTerminal)
        .join(Staff, Staff.id == StaffDay.staff_id)
        .join(StaffTerminal, StaffTerminal.id == StaffDay.terminal_id)
        .where(StaffDay.ended_at.is_(None), StaffDay.began_at > since)
        .order_by(Staff.user, StaffDay.id)
    )
    rows = db.session.execute(query).all()
    awake: dict[int, int] = {}
    for day, staff, _terminal in rows:
        awake[staff.id] = awake.get(staff.id, 0) + (day.key is not None)
    return [OpenDay(day, staff, at, awake[staff.id] > 1) for day, staff, at in rows]
