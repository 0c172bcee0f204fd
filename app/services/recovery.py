"""Getting back into a dossier whose PIN or number was lost.

What a browser is answered never depends on whether a dossier exists: each request does the same
queries, and everything that only a real dossier needs (the code, its message, the record) is done
by a job afterwards.
"""

from __future__ import annotations

import hmac
import secrets
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select, update

from app.domain.events import EventKind
from app.domain.messages import MessageKind
from app.domain.recovery import (
    CODE_LIFE,
    CODES_A_DAY,
    CONSENT_USES_AT_MOST,
    COUNTER_LIFE,
    TRIES_AT_MOST,
    RecoveryWay,
    is_usable,
    may_choose_pin,
    new_code,
    new_counter_code,
)
from app.extensions import db, vault
from app.models.dossier import Applicant, Dossier, Job
from app.models.own_data import Consent, Recovery
from app.services import dossiers, events, jobs, messages, pins

JOB = "recovery"
_NOBODY = -1  # no row has it, so that a search for nobody costs what any search costs


class WrongCode(Exception):
    """The code does not fit, or not any more. left: tries that remain with it."""

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
        job_id=jobs.plan(JOB, None).id,
        way=way,
        ticket_index=_ticket_index(ticket),
        created_at=datetime.now(UTC),
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
    """Return the dossier whose owner gave a facilitator this consent code."""
    dossier_id = dossiers.id_of(support_number)
    mine = Consent.dossier_id == (_NOBODY if dossier_id is None else dossier_id)
    now = datetime.now(UTC)
    is_open = (Consent.withdrawn_at.is_(None), Consent.until > now)
    db.session.execute(update(Consent).where(mine, *is_open).values(uses=Consent.uses + 1))
    query = select(Consent.code).where(mine, *is_open, Consent.uses <= CONSENT_USES_AT_MOST)
    fits = [hmac.compare_digest(known, code) for known in db.session.scalars(query)]
    return dossier_id if any(fits) else None


@jobs.handles(JOB)
def _send_code(job: Job, budget_s: float) -> bool:
    """Make the code and tell it to the phone on file, at most three times a day."""
    row = db.session.scalar(select(Recovery).where(Recovery.job_id == job.id))
    dossier_id = None if row is None or row.sent_at else row.dossier_id
    dossier = None if dossier_id is None else dossiers.find_by_id(dossier_id, to_change=True)
    if row is None or dossier is None:
        db.session.rollback()
        return True
    now = datetime.now(UTC)
    if _sent_since(dossier.id, now - timedelta(days=1)) >= CODES_A_DAY:
        events.record(dossier, EventKind.RECOVERY_CODE_WITHHELD, way=row.way)
        db.session.commit()
        return True
    code = new_code(secrets.randbelow)
    row.code_index = _code_index(code)
    row.sent_at = now
    row.expires_at = now + CODE_LIFE
    messages.announce(
        dossier,
        MessageKind.RECOVERY_CODE,
        dedupe=f"recovery-{row.id}",
        code=code,
        minutes=int(CODE_LIFE.total_seconds()) // 60,
    )
    events.record(dossier, EventKind.RECOVERY_CODE_SENT, way=row.way)
    db.session.commit()
    return True


def _sent_since(dossier_id: int, since: datetime) -> int:
    query = select(func.count()).where(
        Recovery.dossier_id == dossier_id,
        Recovery.way != RecoveryWay.COUNTER,
        Recovery.sent_at > since,
    )
    return db.session.scalar(query) or 0


def check_code(ticket: str, code: str) -> None:
    """Compare the code from the message with the one of this ticket, and count the try.

    The caller must keep the transaction also when this raises: the count has to stay.

    Raises WrongCode.
    """
    query = select(Recovery).where(Recovery.ticket_index == _ticket_index(ticket))
    row = db.session.scalar(query.with_for_update())
    if row is None:
        raise WrongCode(0)
    now = datetime.now(UTC)
    row.tries += 1
    fits = hmac.compare_digest(bytes(row.code_index or b""), _code_index(code))
    usable = is_usable(tries=row.tries, expires_at=row.expires_at, used_at=row.used_at, now=now)
    if not (fits and usable):
        raise WrongCode(max(TRIES_AT_MOST - row.tries, 0))
    row.verified_at = now
    db.session.flush()


def make_counter_code(dossier: Dossier) -> str:
    """Return a code of eight letters with which the person sets a new PIN; it works for one day.

    An officer makes it with the person in front of them and never learns the PIN. An earlier one
    stops working.
    """
    now = datetime.now(UTC)
    _close(dossier.id, now, Recovery.way == RecoveryWay.COUNTER)
    code = new_counter_code(secrets.randbelow)
    db.session.add(
        Recovery(
            dossier_id=dossier.id,
            way=RecoveryWay.COUNTER,
            code_index=_code_index(code),
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
    """Compare a code from the counter, and count the try. Return the ticket for the browser.

    The caller must keep the transaction also when this raises: the count has to stay.

    Raises WrongCode, with 0: how many tries are left would tell that the number exists.
    """
    dossier_id = dossiers.id_of(support_number)
    open_codes = (
        Recovery.dossier_id == (_NOBODY if dossier_id is None else dossier_id),
        Recovery.way == RecoveryWay.COUNTER,
        Recovery.used_at.is_(None),
    )
    db.session.execute(update(Recovery).where(*open_codes).values(tries=Recovery.tries + 1))
    row = db.session.scalar(select(Recovery).where(*open_codes).with_for_update())
    now = datetime.now(UTC)
    known = b"" if row is None else bytes(row.code_index or b"")
    fits = hmac.compare_digest(known, _code_index(code))
    if row is None or not fits:
        raise WrongCode(0)
    if not is_usable(tries=row.tries, expires_at=row.expires_at, used_at=None, now=now):
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
    now = datetime.now(UTC)
    may = may_choose_pin(verified_at=row.verified_at, used_at=row.used_at, now=now)
    return row if may else None


def set_pin(ticket: str, pin_hash: str) -> Dossier | None:
    """Give the dossier its new PIN and end every other way in. None when the time for it is over.

    pin_hash: made before, outside of a transaction.
    """
    dossier_id = proven(ticket)
    dossier = None if dossier_id is None else dossiers.find_by_id(dossier_id, to_change=True)
    row = _proven(ticket)  # again, now that nobody else can be choosing
    if dossier is None or row is None:
        return None
    way = row.way
    _close(dossier.id, datetime.now(UTC))
    pins.change_pin(dossier, pin_hash, way)
    db.session.flush()
    return dossier


def _close(dossier_id: int, now: datetime, *only: object) -> None:
    closing = update(Recovery).where(Recovery.dossier_id == dossier_id, Recovery.used_at.is_(None))
    db.session.execute(closing.where(*only).values(used_at=now))  # type: ignore[arg-type]


def _ticket_index(ticket: str) -> bytes:
    return vault.index(ticket, "recoveries.ticket")


def _code_index(code: str) -> bytes:
    return vault.index(code, "recoveries.code")
