"""One NIB told for files of two holders: staff look at both and decide whose it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app import clock
from app.domain.dossier.events import EventKind
from app.domain.dossier.known import known
from app.domain.licence.status import StatusSource
from app.domain.nik.number import mask_nik
from app.domain.nik.verdict import NikClass
from app.domain.oss.handover import HandoverState
from app.domain.oss.nib import NibSource
from app.domain.sending.messages import MessageKind
from app.domain.written.person import mask_name
from app.domain.written.support_number import format_support_number
from app.extensions import db
from app.models.dossier import Dossier, Handover, Job
from app.modes import current
from app.services.base import events, jobs
from app.services.base.jobs import JobKind
from app.services.licence import standing as licence_standing
from app.services.messages import outbox
from app.services.nik import standing
from app.services.oss import nibs
from app.services.oss.handovers import ONCE_THE_NIK_FITS


class NotContested(Exception):
    """No file of another holder has this NIB, so there is nothing to decide."""


class ConfirmedByOss(Exception):
    """OSS itself said whose NIB it is: nobody here decides against that."""


@dataclass(frozen=True)
class Side:
    """One file as staff may see it from afar: enough to compare with the paper in their hand.

    source: how its NIB became known; None for a file that does not have it.
    """

    support_number: str
    name: str
    nik: str
    nik_fits: bool
    source: str | None
    told_at: datetime | None
    seen: bool
    confirmed: bool


def side_of(dossier: Dossier, nib: str) -> Side:
    """Return a file, masked, and what it has of this NIB."""
    who, handover = dossier.applicant, dossier.handover
    has_it = handover is not None and handover.nib == nib
    return Side(
        support_number=format_support_number(dossier.support_number),
        name=mask_name(who.name or ""),
        nik=mask_nik(who.nik) if who.nik else "",
        nik_fits=standing.current_class(dossier) is NikClass.MATCH,
        source=handover.nib_source if handover is not None and has_it else None,
        told_at=handover.nib_at if handover is not None and has_it else None,
        seen=has_it and known(handover).nib_seen_at is not None,
        confirmed=has_it and known(handover).nib_confirmed_at is not None,
    )


def holders(dossier: Dossier, nib: str) -> list[Dossier]:
    """Return the files of other holders that have this NIB, the oldest first."""
    query = (
        select(Dossier)
        .join(Handover, Handover.dossier_id == Dossier.id)
        .where(Handover.nib == nib, Dossier.id != dossier.id)
        .order_by(Dossier.id)
    )
    return [each for each in db.session.scalars(query) if not nibs.same_holder(dossier, each)]


def give(dossier: Dossier, nib: str, others: Sequence[Dossier]) -> Job | None:
    """Give a NIB to a dossier and take it from the others, whose paper it is not.

    dossier, others: held to change. Staff have seen the paper, so the NIB counts as seen. Returns
    the job that asks OSS about it, as nibs.receive does.

    Raises NotContested, ConfirmedByOss; nibs.NotOpen where the dossier takes no NIB.
    """
    if not others:
        raise NotContested
    if any(known(each.handover).nib_confirmed_at for each in others):
        raise ConfirmedByOss
    if not nibs.may_tell(dossier):
        raise nibs.NotOpen
    for each in others:
        _take_from(each, nib)
    job = nibs.receive(dossier, nib, NibSource.TYPED)
    nibs.see(dossier)
    events.record(dossier, EventKind.NIB_DECIDED, nib=nib, kept=True)
    return job


def keep(dossier: Dossier, nib: str, others: Sequence[Dossier]) -> None:
    """Leave a NIB where it is: the dossier that asked for it does not get it. Raises NotContested.

    Staff have seen the paper of its holder, so it counts as seen there.
    """
    if not others:
        raise NotContested
    for each in others:
        if licence_standing.nib_is_told(known(each.handover)):
            nibs.see(each)
        events.record(each, EventKind.NIB_DECIDED, nib=nib, kept=True)
    events.record(dossier, EventKind.NIB_DECIDED, nib=nib, kept=False)


def _take_from(dossier: Dossier, nib: str) -> None:
    """Put a file back to where it was before it had this NIB, and tell its owner."""
    nibs.release(dossier)
    fits = standing.current_class(dossier) is NikClass.MATCH
    known(dossier.handover).state = (
        ONCE_THE_NIK_FITS[current()] if fits else HandoverState.WAITING_NIK
    )
    for row in licence_standing.of(dossier):
        # What its owner wrote about licences was about this NIB; the record keeps that it was.
        if all(event.source == StatusSource.PERSON for event in row.events):
            for event in row.events:
                db.session.delete(event)
            db.session.delete(row)
    for kind in (JobKind.NIB_CHECK, JobKind.LKPM_REMINDER):
        job = jobs.open_job(kind, dossier.id)
        if job is not None:
            job.done_at = clock.now()
    db.session.flush()
    db.session.expire(dossier, ["events"])
    decided = events.record(dossier, EventKind.NIB_DECIDED, nib=nib, kept=False)
    outbox.announce(dossier, MessageKind.STATUS_CHANGED, dedupe=f"nib_decided {decided.number}")
