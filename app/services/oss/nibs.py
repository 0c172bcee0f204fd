"""The NIB of a dossier: one door for it, whoever brings it, and what follows once it is here.

A person types or scans it, OSS tells it unasked, or it answers our hand-over (practice alone).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app import clock, modes
from app.adapters.oss.results import LicensingResult
from app.adapters.qr import read_qr
from app.domain.dossier.events import EventKind
from app.domain.dossier.known import known
from app.domain.law.legal_form import LegalForm
from app.domain.nik.verdict import NikClass
from app.domain.oss.handover import HandoverState
from app.domain.oss.nib import NibSource, find_nib
from app.domain.oss.service_mode import ServiceMode
from app.domain.sending.messages import MessageKind
from app.extensions import db
from app.models.dossier import Dossier, Handover, Job
from app.services.after import changes, lkpm
from app.services.base import events, jobs
from app.services.base.jobs import JobKind
from app.services.licence import news, standing
from app.services.licence.standing import nib_is_told
from app.services.messages import outbox
from app.services.nik import standing as nik_standing
from app.services.oss import reconciliation

_TAKES_A_NIB = frozenset(
    {HandoverState.WAITING_NIK, HandoverState.FILE_AT_OSS, HandoverState.ACCEPTED}
)


class NibTaken(Exception):
    """A dossier of somebody else has this NIB. Whose, nobody is told."""


class NothingTold(Exception):
    """The dossier has no NIB, or one that OSS or staff have seen already."""


class NotOpen(Exception):
    """No NIB can be kept now: not sent, refused, another one from OSS or confirmed, or practice."""


def may_tell(dossier: Dossier) -> bool:
    """Return whether the person can tell us a NIB, or correct the one told before."""
    handover = dossier.handover
    return (
        not modes.in_training()
        and handover is not None
        and dossier.sent_at is not None
        and handover.state in _TAKES_A_NIB
        and handover.nib_confirmed_at is None
    )


def receive(
    dossier: Dossier,
    nib: str,
    source: NibSource,
    at: datetime | None = None,
    *,
    status: str | None = None,
    answer: LicensingResult | None = None,
) -> Job | None:
    """Keep a NIB, whichever way it came, and plan what follows, in the caller's transaction.

    dossier: held to change. nib: as parse_nib() returns it; received again, nothing changes.
    at: when it became known; None for now. status: the state that OSS says it is in.
    answer: what OSS answered when asked itself; the NIB then counts as confirmed.
    Returns the job that asks OSS about it next; None without a line to OSS.

    Raises NotOpen; NibTaken, also when somebody else receives it at this moment.
    """
    handover = dossier.handover
    if handover is not None and handover.nib == nib and source is NibSource.OSS:
        return None
    if handover is None or not _is_open(dossier, source):
        raise NotOpen
    if handover.nib == nib:
        return jobs.open_job(JobKind.NIB_CHECK, dossier.id)
    at = at or clock.now()
    is_first = handover.nib is None
    columns = {
        "nib": nib,
        "nib_source": source,
        "nib_at": at,
        "nib_status": status,
        "nib_confirmed_at": at if answer is not None else None,
        "nib_doubt": None,
        "nib_seen_at": None,
        "state": HandoverState.ACCEPTED,
        "answered_at": at,
    }
    try:
        _write(handover, columns, shared=shares(dossier, nib))
    except IntegrityError:  # somebody received it at this moment, perhaps the same person
        try:
            _write(handover, columns, shared=shares(dossier, nib))
        except IntegrityError as error:
            raise NibTaken from error
    kind = EventKind.NIB_RECEIVED if is_first else EventKind.NIB_CORRECTED
    events.record(dossier, kind, nib=nib, source=str(source))
    return _plan_what_follows(dossier, source, at, answer, is_first=is_first)


def _is_open(dossier: Dossier, source: NibSource) -> bool:
    """Return whether a NIB can be kept: OSS never writes over another one, staff compare them."""
    if source is not NibSource.OSS:
        return may_tell(dossier)
    return dossier.handover is not None and dossier.handover.nib is None


def _write(handover: Handover, columns: Mapping[str, object], *, shared: bool) -> None:
    """Write the number, or nothing. Raises IntegrityError when another file has it alone."""
    with db.session.begin_nested():
        handover.nib_shared = shared
        for name, value in columns.items():
            setattr(handover, name, value)


def _plan_what_follows(
    dossier: Dossier,
    source: NibSource,
    at: datetime,
    answer: LicensingResult | None,
    *,
    is_first: bool,
) -> Job | None:
    if is_first:
        changes.follow(dossier)
        lkpm.plan_reminder(dossier, now=at)
    if source is not NibSource.OSS:
        # Filed after it was sent here, and perhaps decided before the person tells us of the NIB.
        standing.expect(dossier, at=known(dossier.sent_at))
        if modes.current() is not ServiceMode.CONNECTED:
            return None
        check = jobs.open_job(JobKind.NIB_CHECK, dossier.id)
        return check or jobs.plan(JobKind.NIB_CHECK, dossier.id)
    if answer is None:
        # Not “the NIB is there, print it”: outside practice the paper is at OSS, as the page says.
        outbox.announce(dossier, MessageKind.STATUS_CHANGED, dedupe="nib_from_oss")
        return reconciliation.plan(dossier, at=at)
    outbox.announce(dossier, MessageKind.NIB_READY, dedupe="nib")
    standing.keep(dossier, answer, at=at)
    news.plan(dossier, at)
    return reconciliation.plan(dossier, at=at + reconciliation.FIRST_AFTER)


def release(dossier: Dossier) -> None:
    """Take the NIB from a dossier whose paper it is not; what it held of it goes."""
    handover = known(dossier.handover)
    handover.nib = handover.nib_source = handover.nib_at = handover.nib_seen_at = None
    handover.nib_status = handover.nib_doubt = None
    handover.nib_shared = False


def shares(dossier: Dossier, nib: str) -> bool:
    """Return whether another dossier of the same holder has this NIB; there is one per holder.

    Raises NibTaken when one of somebody else has it.
    """
    query = (
        select(Dossier)
        .join(Handover, Handover.dossier_id == Dossier.id)
        .where(Handover.nib == nib, Dossier.id != dossier.id)
    )
    others = list(db.session.scalars(query))
    if not all(same_holder(dossier, other) for other in others):
        raise NibTaken
    return bool(others)


def same_holder(dossier: Dossier, other: Dossier) -> bool:
    """Return whether two dossiers are of one holder: one changes the other, or they share an owner.

    Who merely types the NIK of another is no owner: the registry has to have found it right.
    """
    if changes.origin_of(dossier) == changes.origin_of(other):
        return True
    if {dossier.legal_form, other.legal_form} != {LegalForm.INDIVIDUAL}:
        return False
    same = dossier.applicant.nik_index == other.applicant.nik_index
    return same and all(nik_standing.current_class(d) is NikClass.MATCH for d in (dossier, other))


def see(dossier: Dossier, now: datetime | None = None) -> None:
    """Keep that staff saw the NIB of a dossier on the paper of OSS. Raises NothingTold."""
    handover = dossier.handover
    if handover is None or not nib_is_told(handover):
        raise NothingTold
    handover.nib_seen_at = now or clock.now()
    events.record(dossier, EventKind.NIB_SEEN, nib=known(handover.nib))


def unseen() -> list[tuple[str, datetime]]:
    """Return the support numbers of files with a NIB that only the person says, and since when."""
    query = (
        select(Dossier.support_number, Handover.nib_at)
        .join(Dossier, Dossier.id == Handover.dossier_id)
        .where(
            Handover.nib.is_not(None),
            Handover.nib_confirmed_at.is_(None),
            Handover.nib_seen_at.is_(None),
        )
        .order_by(Handover.nib_at, Handover.id)
    )
    return [(number, at) for number, at in db.session.execute(query) if at is not None]


def in_photo(photo: bytes) -> str | None:
    """Return the NIB that the QR code in a photo holds; None when none, or more than one, is found.

    What the code of OSS holds is not documented, so the person compares before anything is kept.
    """
    found = {nib for text in read_qr(photo) if (nib := find_nib(text)) is not None}
    return found.pop() if len(found) == 1 else None


def holders_of(dossier: Dossier) -> list[str]:
    """Return whose name OSS may have on the NIB: a company's own, a branch's head office."""
    entity = dossier.entity
    own = [entity.name, entity.parent_name] if entity is not None else []
    trade = [activity.trade_name for activity in dossier.activities]
    return [name for name in (dossier.applicant.name, *own, *trade) if name]
