"""Consents: a person lets a facilitator help, until a day, and can take it back."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select

from app import clock
from app.domain.dossier.events import EventKind
from app.domain.dossier.recovery import CONSENT_DAYS, CONSENTS_AT_MOST, new_code
from app.domain.law.calendar import WIT
from app.domain.law.requirements import WORDING
from app.domain.sending.messages import MessageKind
from app.extensions import db
from app.models.dossier import Dossier
from app.models.own_data import Consent
from app.services.base import events
from app.services.messages import outbox

RECOVERY = "recovery"
OWN_PAGE = "own_page"


class TooManyConsents(Exception):
    """So many facilitators can help at a time; one must be taken back first."""


def open_of(dossier: Dossier) -> Sequence[Consent]:
    """Return the consents that hold now, the newest first."""
    query = select(Consent).where(
        Consent.dossier_id == dossier.id,
        Consent.withdrawn_at.is_(None),
        Consent.until > clock.now(),
    )
    return db.session.scalars(query.order_by(Consent.id.desc())).all()


def give(dossier: Dossier, facilitator: str, days: int) -> Consent:
    """Let somebody start the recovery of this dossier.

    facilitator: who it is, in the person's words. days: one of CONSENT_DAYS.

    Raises TooManyConsents; ValueError for another number of days.
    """
    if days not in CONSENT_DAYS:
        raise ValueError(days)
    if len(open_of(dossier)) >= CONSENTS_AT_MOST:
        raise TooManyConsents
    now = clock.now()
    row = Consent(
        dossier_id=dossier.id,
        facilitator=facilitator,
        what=RECOVERY,
        how=OWN_PAGE,
        wording=WORDING,
        code=new_code(secrets.randbelow),
        uses=0,
        given_at=now,
        until=now + timedelta(days=days),
    )
    db.session.add(row)
    given = events.record(dossier, EventKind.CONSENT_GIVEN, what=RECOVERY, how=OWN_PAGE, days=days)
    outbox.announce(
        dossier,
        MessageKind.CONSENT_GIVEN,
        dedupe=str(given.number),
        until=row.until.astimezone(WIT).date(),
    )
    return row


def withdraw(dossier: Dossier, consent_id: int) -> bool:
    """Take a consent back. False where there is none that holds."""
    for row in open_of(dossier):
        if row.id == consent_id:
            row.withdrawn_at = clock.now()
            events.record(dossier, EventKind.CONSENT_WITHDRAWN, what=row.what)
            return True
    return False
