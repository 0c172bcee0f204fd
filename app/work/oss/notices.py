"""Taking in what OSS told us."""

from __future__ import annotations

import structlog
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from app import clock
from app.domain.oss.notices import NoticeState
from app.extensions import db
from app.models.dossier import Job
from app.models.oss_notice import OssNotice
from app.services.base import jobs
from app.services.base.jobs import JobKind
from app.services.desk import queue
from app.services.dossier import opening
from app.services.licence import numbers, standing
from app.services.oss import reconciliation
from app.services.oss.notices import (
    AT_A_TIME,
    ask_about,
    by_number,
    by_person,
    read,
    take_end,
    take_nib,
)

_log = structlog.get_logger(__name__)


@jobs.handles(JobKind.OSS_NOTICES)
def _handle(_job: Job, _budget_s: float) -> bool:
    """Find the dossier of each new notice. Each is kept by itself; OSS is asked by other jobs."""
    query = select(OssNotice.id).where(OssNotice.state == NoticeState.NEW)
    waiting = db.session.scalars(query.order_by(OssNotice.received_at).limit(AT_A_TIME)).all()
    db.session.rollback()
    for notice_id in waiting:
        try:
            _match(notice_id)
        except OperationalError:  # the database, and so no fault of this notice
            raise
        except Exception as error:
            _set_aside(notice_id, error)
    return len(waiting) < AT_A_TIME


def _set_aside(notice_id: int, error: Exception) -> None:
    """Let staff look at a notice over which the program stumbles (flask oss waiting)."""
    db.session.rollback()
    _log.error("oss_notice_not_handled", notice=notice_id, cause=type(error).__name__)
    row = db.session.get_one(OssNotice, notice_id, with_for_update=True)
    row.state, row.handled_at, row.unread = NoticeState.UNMATCHED, clock.now(), ["?"]
    db.session.commit()


def _match(notice_id: int) -> None:
    row = db.session.get_one(OssNotice, notice_id, with_for_update=True)
    if row.state != NoticeState.NEW:
        db.session.rollback()
        return
    data = read(row)
    found = by_number(row) or by_person(data)
    row.handled_at = clock.now()
    if found is None:
        row.state = NoticeState.UNMATCHED
        queue.follow_notice(row)
        db.session.commit()
        return
    dossier = opening.take_to_change(found)
    if not take_nib(dossier, row, data):
        row.state = NoticeState.UNMATCHED
        queue.follow_notice(row)
        db.session.commit()
        return
    row.state = NoticeState.MATCHED
    row.dossier_id = dossier.id
    queue.follow_notice(row)
    row.body = None  # its content is asked for again; what was sent here is needed no more
    if data.id_before and data.id_izin:
        numbers.renumber(dossier, data.id_before, data.id_izin)
    for each in reconciliation.files_with(data.nib):  # one holder may have several
        file = opening.take_to_change(each)
        if file.handover is not None and standing.nib_is_theirs(file.handover):
            take_end(file, data)
        ask_about(file)
    db.session.commit()
