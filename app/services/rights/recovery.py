"""Getting back into a dossier whose PIN or number was lost.

What a browser is answered never depends on whether a dossier exists: each request does the same
queries, and everything that only a real dossier needs (the code, its message, the record) is done
by a job afterwards.
"""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime

from sqlalchemy import select, update

from app import clock
from app.domain.dossier.events import EventKind
from app.domain.dossier.recovery import (
    CODE_DIGITS,
    CODE_LIFE,
    COUNTER_LIFE,
    TRIES_AT_MOST,
    RecoveryWay,
    is_usable,
    may_choose_pin,
    new_counter_code,
)
from app.extensions import db, vault
from app.models.dossier import Applicant, Dossier
from app.models.own_data import Consent, Recovery
from app.services.base import events, jobs
from app.services.base.jobs import JobKind
from app.services.dossier import opening, pins

_NOBODY = -1  # no row has it, so that a search for nobody costs what any search costs


class WrongCode(Exception):
    """The code does not fit, or no longer does. left: tries that remain with it."""

    def __init__(self, left: int) -> None:
        super().__init__(left)
        self.left = left


def new_ticket() -> str:
    """Return what the browser keeps to go on with: 128 random bits."""
    return secrets.token_urlsafe(16)


def ask(dossier_id: int | None, way: RecoveryWay) -> str:
    """Note that somebody wants back in, and plan the code. Return the ticket for the browser.

    dossier_id: None where what was typed fits no dossier; it makes no difference here.
    """
    ticket = new_ticket()
    row = Recovery(
        dossier_id=dossier_id,
        job_id=jobs.plan(JobKind.RECOVERY, None).id,
        way=way,
        ticket_index=_ticket_index(ticket),
        created_at=clock.now(),
        tries=0,
    )
    db.session.add(row)
    db.session.flush()
    return ticket


def by_person(nik: str, phone: str) -> int | None:
    """Return the newest dossier of a NIK with this mobile number (+62…)."""
    query = select(Applicant.dossier_id).join(Dossier).where(Dossier.erased_at.is_(None))
    query = query.where(
        Applicant.nik_index == vault.index(nik, "applicants.nik"),
        Applicant.phone_index == vault.index(phone, "applicants.phone"),
    )
    return db.session.scalar(query.order_by(Applicant.dossier_id.desc()).limit(1))


def by_consent(support_number: str, code: str) -> int | None:
    """Return the dossier whose owner gave a facilitator this consent code, and count the use.

    A wrong code counts nowhere here: it would let whoever knows the number use the consent up. A
    right one leads to no more than the number alone does, a message to the owner's own phone.
    """
    dossier_id = opening.id_of(support_number)
    mine = Consent.dossier_id == (_NOBODY if dossier_id is None else dossier_id)
    now = clock.now()
    is_open = (Consent.withdrawn_at.is_(None), Consent.until > now)
    rows = db.session.execute(select(Consent.id, Consent.code).where(mine, *is_open))
    fits = [row.id for row in rows if hmac.compare_digest(row.code, code)]
    used = update(Consent).where(Consent.id.in_(fits or [_NOBODY]))
    db.session.execute(used.values(uses=Consent.uses + 1))
    return dossier_id if fits else None


def unused_code(dossier_id: int) -> tuple[list[datetime], list[datetime]]:
    """Return when short and when long codes were sent that led to no new PIN."""
    query = select(Recovery.sent_at, Recovery.expires_at).where(
        Recovery.dossier_id == dossier_id,
        Recovery.way != RecoveryWay.COUNTER,
        Recovery.used_at.is_(None),
        Recovery.sent_at.is_not(None),
    )
    short: list[datetime] = []
    long: list[datetime] = []
    for row in db.session.execute(query.order_by(Recovery.sent_at)):
        (short if row.expires_at - row.sent_at <= CODE_LIFE else long).append(row.sent_at)
    return short, long


def check_code(ticket: str, code: str) -> None:
    """Compare the code from the message with what this ticket waits for, and count the try.

    A short code must be the one of this ticket; a long one may be any of the same dossier.

    The caller must keep the transaction also when this raises: the count has to stay.

    Raises WrongCode.
    """
    query = select(Recovery).where(Recovery.ticket_index == _ticket_index(ticket))
    row = db.session.scalar(query.with_for_update())
    if row is None:
        raise WrongCode(0)
    now = clock.now()
    row.tries += 1
    of = row if len(code) == CODE_DIGITS else _long_code(row.dossier_id, code)
    fits = of is not None and hmac.compare_digest(bytes(of.code_index or b""), code_index(code))
    usable = of is not None and is_usable(
        tries=row.tries, expires_at=of.expires_at, used_at=row.used_at or of.used_at, now=now
    )
    if not (fits and usable):
        raise WrongCode(max(TRIES_AT_MOST - row.tries, 0))
    row.verified_at = now
    db.session.flush()


def _long_code(dossier_id: int | None, code: str) -> Recovery | None:
    query = select(Recovery).where(
        Recovery.dossier_id == (_NOBODY if dossier_id is None else dossier_id),
        Recovery.way != RecoveryWay.COUNTER,
        Recovery.code_index == code_index(code),
    )
    return db.session.scalar(query)


def make_counter_code(dossier: Dossier) -> str:
    """Return a code of eight letters with which the person sets a new PIN; it works for one day.

    An officer makes it with the person in front of them and never learns the PIN. An earlier one
    stops working.
    """
    now = clock.now()
    _close(dossier.id, now, Recovery.way == RecoveryWay.COUNTER)
    code = new_counter_code(secrets.randbelow)
    db.session.add(
        Recovery(
            dossier_id=dossier.id,
            way=RecoveryWay.COUNTER,
            code_index=code_index(code),
            created_at=now,
            sent_at=now,
            expires_at=now + COUNTER_LIFE,
            tries=0,
        )
    )
    events.record(dossier, EventKind.COUNTER_CODE_MADE)
    db.session.flush()
    return code


def check_counter_code(support_number: str, code: str) -> str:
    """Compare a code from the counter. Return the ticket for the browser.

    Wrong ones are counted for the record and take nothing from the right one: it is too long to be
    guessed, and anybody who knows the number can send wrong ones.

    The caller must keep the transaction also when this raises: the count has to stay.

    Raises WrongCode, with 0.
    """
    dossier_id = opening.id_of(support_number)
    open_codes = (
        Recovery.dossier_id == (_NOBODY if dossier_id is None else dossier_id),
        Recovery.way == RecoveryWay.COUNTER,
        Recovery.used_at.is_(None),
    )
    db.session.execute(update(Recovery).where(*open_codes).values(tries=Recovery.tries + 1))
    row = db.session.scalar(select(Recovery).where(*open_codes).with_for_update())
    now = clock.now()
    known = b"" if row is None else bytes(row.code_index or b"")
    fits = hmac.compare_digest(known, code_index(code))
    if row is None or not fits:
        raise WrongCode(0)
    if not is_usable(tries=None, expires_at=row.expires_at, used_at=None, now=now):
        raise WrongCode(0)
    ticket = new_ticket()
    row.ticket_index = _ticket_index(ticket)
    row.verified_at = now
    db.session.flush()
    return ticket


def proven(ticket: str) -> int | None:
    """Return the dossier for which a new PIN may be chosen with this ticket."""
    row = _proven(ticket)
    return row.dossier_id if row else None


def _proven(ticket: str) -> Recovery | None:
    query = select(Recovery).where(Recovery.ticket_index == _ticket_index(ticket))
    row = db.session.scalar(query.execution_options(populate_existing=True))
    if row is None:
        return None
    now = clock.now()
    may = may_choose_pin(verified_at=row.verified_at, used_at=row.used_at, now=now)
    return row if may else None


def set_pin(ticket: str, pin_hash: str) -> Dossier | None:
    """Give the dossier its new PIN and end every other way in. None when the time for it is over.

    pin_hash: made before, outside of a transaction.
    """
    dossier_id = proven(ticket)
    dossier = None if dossier_id is None else opening.find_by_id(dossier_id, to_change=True)
    row = _proven(ticket)  # again, now that nobody else can be choosing
    if dossier is None or row is None:
        return None
    way = row.way
    _close(dossier.id, clock.now())
    pins.change_pin(dossier, pin_hash, way)
    db.session.flush()
    return dossier


def _close(dossier_id: int, now: datetime, *only: object) -> None:
    closing = update(Recovery).where(Recovery.dossier_id == dossier_id, Recovery.used_at.is_(None))
    db.session.execute(closing.where(*only).values(used_at=now))  # type: ignore[arg-type]


def _ticket_index(ticket: str) -> bytes:
    return vault.index(ticket, "recoveries.ticket")


def code_index(code: str) -> bytes:
    return vault.index(code, "recoveries.code")
