"""Looking at OSS for news of licences, and telling OSS what the office decided."""

from __future__ import annotations

import structlog

from app import clock
from app.adapters.http import ServiceUnavailable
from app.adapters.oss.port import Refused
from app.domain.oss.submission import LicenceFinal
from app.extensions import db, ports
from app.models.dossier import Dossier, Job
from app.services.base import jobs
from app.services.base.jobs import JobKind
from app.services.dossier import opening
from app.services.licence import standing
from app.services.licence.news import plan
from app.services.licence.reports import message_about, next_untold

_log = structlog.get_logger(__name__)


@jobs.handles(JobKind.LICENCE_POLL)
def _look(job: Job, budget_s: float) -> bool:
    """Ask once; plan the next look when something is still open."""
    assert job.dossier_id is not None
    dossier = db.session.get_one(Dossier, job.dossier_id)
    handover = dossier.handover
    oss_id = handover.oss_id if handover is not None else None
    db.session.rollback()
    if oss_id is None:
        return True

    try:
        result = ports.licensing.ask(oss_id, budget_s=budget_s)
    except ServiceUnavailable:
        return False
    except Refused:  # our key, or a number that OSS does not know: neither heals by asking soon
        result = None

    now = clock.now()
    dossier = opening.take_to_change(job.dossier_id)
    if result is not None:
        standing.keep(dossier, result, at=now)
    plan(dossier, now)
    db.session.commit()
    return True


@jobs.handles(JobKind.LICENCE_REPORT)
def _tell(job: Job, budget_s: float) -> bool:
    """Tell everything that is due, one news a call; no transaction is open meanwhile."""
    assert job.dossier_id is not None
    while True:
        dossier = db.session.get_one(Dossier, job.dossier_id)
        found = next_untold(dossier)
        if found is None:
            db.session.rollback()
            return True
        licence, event = found
        report = message_about(dossier, licence, event)
        id_izin, number = licence.id_izin, event.number
        db.session.rollback()

        given = ""
        try:
            if isinstance(report, LicenceFinal):
                given = ports.licensing.report_final(report, budget_s=budget_s)
            else:
                ports.licensing.report_status(report, budget_s=budget_s)
        except ServiceUnavailable:
            return False
        except Refused as refusal:
            if refusal.is_about_access:
                return False
            # Telling it again changes nothing, and must not keep back what comes after.
            _log.warning("licence_report_refused", id_izin=id_izin, code=int(refusal.code))

        row = standing.find(opening.take_to_change(job.dossier_id), id_izin)
        row.told_number = max(row.told_number, number)
        if given and row.number is None:
            row.number, row.issued_on = given, clock.today()
        db.session.commit()
