"""The NIB that a person brings back from oss.go.id: kept, corrected, and confirmed by OSS."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.adapters.qr import read_qr
from app.domain.dossier.events import EventKind
from app.domain.dossier.known import known
from app.domain.law.legal_form import LegalForm
from app.domain.nik.verdict import NikClass
from app.domain.oss.handover import HandoverState
from app.domain.oss.nib import NibSource, find_nib
from app.domain.oss.service_mode import ServiceMode
from app.extensions import db
from app.models.dossier import Dossier, Handover, Job
from app.services.after import changes, lkpm
from app.services.base import events, jobs, modes
from app.services.base.jobs import JobKind
from app.services.licence import standing
from app.services.licence.standing import nib_is_told
from app.services.nik import standing as nik_standing

_TAKES_A_NIB = frozenset(
    {HandoverState.WAITING_NIK, HandoverState.FILE_AT_OSS, HandoverState.ACCEPTED}
)


class NibTaken(Exception):
    """A dossier of somebody else has this NIB. Whose, nobody is told."""


class NothingTold(Exception):
    """The dossier has no NIB, or one that OSS or staff have seen already."""


class NotOpen(Exception):
    """No NIB can be told now: practice, not sent, refused, or OSS has confirmed one already."""


def may_tell(dossier: Dossier) -> bool:
    """Say whether the person can tell us a NIB, or correct the one told before."""
    handover = dossier.handover
    return (
        not modes.is_practice()
        and handover is not None
        and dossier.sent_at is not None
        and handover.state in _TAKES_A_NIB
        and handover.nib_confirmed_at is None
    )


def tell(dossier: Dossier, nib: str, source: NibSource) -> Job | None:
    """Keep the NIB that OSS gave the person, in the caller's transaction.

    dossier: held to change. nib: as parse_nib() returns it; told again, nothing changes.
    Returns the job that asks OSS about it; None without a line to OSS.

    Raises NotOpen, NibTaken.
    """
    handover = dossier.handover
    if handover is None or not may_tell(dossier):
        raise NotOpen
    if handover.nib == nib:
        return jobs.open_job(JobKind.NIB_CHECK, dossier.id)
    is_first = handover.nib is None
    now = datetime.now(UTC)
    try:
        _write(handover, nib, source, now, shared=shares(dossier, nib))
    except IntegrityError:  # somebody told it at this moment, perhaps the same person
        try:
            _write(handover, nib, source, now, shared=shares(dossier, nib))
        except IntegrityError as error:
            raise NibTaken from error
    kind = EventKind.NIB_RECEIVED if is_first else EventKind.NIB_CORRECTED
    events.record(dossier, kind, nib=nib, source=str(source))
    # Filed after it was sent here, and perhaps decided before the person tells us of the NIB.
    standing.expect(dossier, at=known(dossier.sent_at))
    if is_first:
        changes.follow(dossier)
        lkpm.plan_reminder(dossier, now=now)
    if modes.current() is not ServiceMode.CONNECTED:
        return None
    return jobs.open_job(JobKind.NIB_CHECK, dossier.id) or jobs.plan(JobKind.NIB_CHECK, dossier.id)


def _write(handover: Handover, nib: str, source: NibSource, now: datetime, *, shared: bool) -> None:
    """Write the number, or nothing. Raises IntegrityError when another file has it alone."""
    with db.session.begin_nested():
        handover.nib = nib
        handover.nib_shared = shared
        handover.nib_source = source
        handover.nib_at = now
        handover.nib_status = handover.nib_doubt = handover.nib_seen_at = None
        handover.state = HandoverState.ACCEPTED
        handover.answered_at = now


def shares(dossier: Dossier, nib: str) -> bool:
    """Say whether another dossier of the same holder has this NIB; there is one per holder.

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
    """Say whether two dossiers are of one holder: one is a change of the other, or the same owner.

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
    handover.nib_seen_at = now or datetime.now(UTC)
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
