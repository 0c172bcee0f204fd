"""Comparing what we know with what OSS knows."""

from __future__ import annotations

from app import clock, modes
from app.adapters.http import ServiceUnavailable
from app.adapters.oss.port import Refused
from app.adapters.oss.results import LicensingResult
from app.domain.dossier.events import EventKind
from app.domain.dossier.known import known
from app.domain.oss.codes import IN_FORCE
from app.domain.oss.nib import NibDoubt, NibSource
from app.domain.oss.reconciliation import compare
from app.extensions import db, ports
from app.models.dossier import Dossier, Job
from app.services.base import events, jobs
from app.services.base.jobs import JobKind
from app.services.dossier import opening
from app.services.licence import news, standing
from app.services.oss import code_lists
from app.services.oss.reconciliation import (
    AGAIN_AFTER,
    ask_oss,
    files_with,
    has_newer,
    keep_differences,
    note_papers,
    our_side,
    plan,
    take_gone,
    take_nib_status,
    their_side,
    with_papers,
    with_words,
)


@jobs.handles(JobKind.RECONCILE)
def _reconcile(job: Job, budget_s: float) -> bool:
    """Ask OSS once about a dossier's NIB. No transaction is open while it is asked."""
    assert job.dossier_id is not None
    handover = db.session.get_one(Dossier, job.dossier_id).handover
    nib, oss_id = (handover.nib, handover.oss_id) if handover is not None else (None, None)
    if handover is not None and has_newer(handover):
        nib = None  # what OSS has now was told in another file, and would differ from this one
    if handover is not None and not standing.nib_is_theirs(handover):
        nib = None  # first OSS says whose it is (work/oss/nib)
    papers = frozenset(
        row.id_izin
        for row in standing.of(db.session.get_one(Dossier, job.dossier_id))
        if row.paper_at is not None
    )
    db.session.rollback()
    if nib is None:
        return True
    try:
        result = ask_oss(nib, oss_id or "", budget_s)
    except ServiceUnavailable:
        return False
    except Refused as refusal:
        if refusal.is_about_access:  # our own key or rights: try again once they are mended
            return False
        _doubt(job.dossier_id, nib)
    else:
        result = with_words(result, budget_s)
        _learn(result, budget_s)
        if not modes.in_training():
            result = with_papers(result, papers, budget_s)
        if not _keep(job.dossier_id, nib, result):
            return False
    _follow(job.dossier_id, nib)
    return True


def _learn(result: LicensingResult, budget_s: float) -> None:
    """Ask OSS for its list where it writes a code that we do not know; it may be silent."""
    now = clock.now()
    lists = code_lists.wanted(result, now)
    db.session.rollback()
    for number in lists:
        try:
            entries = ports.licensing.reference_data(number, budget_s=budget_s)
        except (Refused, ServiceUnavailable):
            continue
        code_lists.keep(number, entries, now)
        db.session.commit()


def _follow(dossier_id: int, nib: str) -> None:
    """Say in the older files of its holder what OSS says of their NIB; they are not compared."""
    handover = db.session.get_one(Dossier, dossier_id).handover
    told = (handover.nib_status, handover.nib_doubt) if handover and handover.nib == nib else None
    older = files_with(nib)
    db.session.rollback()
    if told is None:
        return
    for each in older:
        if each == dossier_id:
            continue
        dossier = opening.take_to_change(each)
        handover, (status, doubt) = dossier.handover, told
        if handover is not None and handover.nib == nib and standing.nib_is_theirs(handover):
            if doubt is not None and handover.nib_confirmed_at is not None:
                take_gone(dossier)
            elif doubt is None and handover.nib_doubt == NibDoubt.GONE:
                handover.nib_confirmed_at, handover.nib_doubt = clock.now(), None
                events.record(dossier, EventKind.NIB_CONFIRMED, nib=nib)
            if status is not None:
                take_nib_status(dossier, status)
        db.session.commit()


def _doubt(dossier_id: int, nib: str) -> None:
    """OSS does not know the NIB, which came in its own name or which it had confirmed: say so.

    One that the person told us, and OSS never confirmed, is doubted by work/oss/nib.
    """
    dossier = opening.take_to_change(dossier_id)
    handover = dossier.handover
    if handover is None or handover.nib != nib:
        db.session.rollback()
        return
    was_there = handover.nib_confirmed_at is not None or handover.nib_doubt == NibDoubt.GONE
    if handover.nib_source != NibSource.OSS and not was_there:
        db.session.rollback()
        return
    if was_there:
        take_gone(dossier)
    elif handover.nib_doubt != NibDoubt.UNKNOWN:
        handover.nib_doubt = NibDoubt.UNKNOWN
        events.record(dossier, EventKind.NIB_DOUBTED, nib=nib, doubt=str(NibDoubt.UNKNOWN))
    plan(dossier, at=clock.now() + AGAIN_AFTER)
    db.session.commit()


def _keep(dossier_id: int, nib: str, result: LicensingResult) -> bool:
    dossier = opening.take_to_change(dossier_id)
    handover = dossier.handover
    if handover is None or handover.nib != nib:
        # Corrected while OSS was asked: this answer is about the number before.
        db.session.rollback()
        return handover is None
    now = clock.now()
    handover.oss_id = result.oss_id or handover.oss_id
    if result.nib_status is not None:
        take_nib_status(dossier, result.nib_code or result.nib_status)
    is_ours = handover.nib_source == NibSource.OSS or handover.nib_doubt == NibDoubt.GONE
    if is_ours and handover.nib_confirmed_at is None:
        # OSS called, and now it was asked itself. Whose a typed NIB is, work/oss/nib finds out.
        handover.nib_confirmed_at, handover.nib_doubt = now, None
        events.record(dossier, EventKind.NIB_CONFIRMED, nib=nib)
    result = code_lists.with_words(result)
    standing.keep(dossier, result, at=now)
    if not modes.in_training():
        if handover.nib_status in IN_FORCE:
            # What an office must approve is said also where OSS lists no licence for it yet.
            standing.expect(dossier, at=known(dossier.sent_at))
        note_papers(dossier, result)
    found = compare(our_side(dossier), their_side(result))
    keep_differences(dossier_id, found, now)
    # One of the events says since when; the same answer again and again is no news.
    facts = {"differences": sorted({str(each.what) for each in found})}
    told = [e for e in dossier.events if e.kind == EventKind.COMPARED_WITH_OSS]
    if not told or told[-1].facts != facts:
        events.record(dossier, EventKind.COMPARED_WITH_OSS, **facts)
    news.plan(dossier, now)
    if found:
        plan(dossier, at=now + AGAIN_AFTER)
    db.session.commit()
    return True
