"""Changes after the NIB (perubahan): a linked copy in which only the change is asked, or a closing.

A change never touches the dossier that has the NIB: a copy is filled in and handed over as before,
and both stay. The way back from the copy to its origin is the request.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Mapper, class_mapper, selectinload

from app import clock
from app.domain.dossier.changes import ASKED_AGAIN, OPEN_STATES, ChangeKind, ChangeState
from app.domain.dossier.events import EventKind
from app.domain.dossier.steps import Of, filled_by
from app.domain.oss.codes import NibStatus
from app.domain.sending.messages import MessageKind
from app.extensions import db
from app.models.change import ChangeRequest
from app.models.dossier import Activity, Applicant, Dossier, Entity, Handover, Job
from app.services.base import events, jobs
from app.services.base.jobs import JobKind
from app.services.dossier import opening
from app.services.journey import activities
from app.services.messages import outbox
from app.services.nik import checks

T = TypeVar("T")

# Everything that a dossier says is copied, column by column, so that a new column comes along by
# itself. Left out is what belongs to one dossier alone: its keys, and what sending it fixed.
NOT_COPIED: Mapping[type[Any], frozenset[str]] = MappingProxyType(
    {
        Dossier: frozenset(
            {
                "id",
                "support_number",
                "pin_failures",
                "pin_failed_at",
                "created_at",
                "updated_at",
                "sent_at",
            }
        ),
        Applicant: frozenset({"dossier_id"}),
        Activity: frozenset(
            {"id", "dossier_id", "risk", "size", "risk_release", "decision_working_days"}
        ),
        Entity: frozenset({"dossier_id"}),
    }
)


class NoNib(Exception):
    """There is no NIB yet (or no longer), so there is nothing to change."""


class ChangeOpen(Exception):
    """Another change is under way. request: the one."""

    def __init__(self, request: ChangeRequest) -> None:
        super().__init__(request.id)
        self.request = request


class TooLate(Exception):
    """The request was handed over or ended, so it can no longer be taken back."""


def has_nib(dossier: Dossier) -> bool:
    """Say whether there is a NIB that can be changed."""
    handover = dossier.handover
    return bool(handover and handover.nib and handover.nib_status != NibStatus.REVOKED)


def is_practice(dossier: Dossier) -> bool:
    """Say whether the NIB is a specimen of our own, which we may revoke; OSS alone does others."""
    return any(paper.kind == "nib" and paper.specimen for paper in dossier.papers)


def requests_of(dossier: Dossier) -> list[ChangeRequest]:
    """Return what was asked for, the newest first."""
    query = select(ChangeRequest).where(ChangeRequest.dossier_id == dossier.id)
    query = query.options(selectinload(ChangeRequest.new_dossier))  # a page lists their numbers
    return list(db.session.scalars(query.order_by(ChangeRequest.id.desc())))


def open_request(dossier: Dossier) -> ChangeRequest | None:
    """Return the change that is under way."""
    return next((each for each in requests_of(dossier) if each.state in OPEN_STATES), None)


def behind(dossier: Dossier) -> ChangeRequest | None:
    """Return the request for which this dossier was opened; None for an ordinary one."""
    return db.session.scalar(
        select(ChangeRequest).where(ChangeRequest.new_dossier_id == dossier.id)
    )


def nib_behind(dossier: Dossier) -> str | None:
    """Return the NIB for whose change this dossier was opened: at OSS it keeps its number."""
    request = behind(dossier)
    handover = request.dossier.handover if request is not None else None
    return handover.nib if handover is not None else None


def origin_of(dossier: Dossier) -> int:
    """Return the id of the dossier with which a chain of changes began; its own without any."""
    seen, request = dossier.id, behind(dossier)
    while request is not None:
        seen, request = request.dossier_id, behind(request.dossier)
    return seen


# --- asking ---------------------------------------------------------------------------------------


def open_change(
    dossier: Dossier, kind: ChangeKind, reason: str | None
) -> tuple[Dossier, Job | None]:
    """Open a linked copy for a change; return it, and the NIK check to run.

    The copy has its own Nomor Bantuan and the same PIN. Statements are made anew, and the registry
    is asked again: months may lie between.

    Raises NoNib, ChangeOpen.
    """
    _may_ask(dossier)
    copy = _copied(dossier, kind)
    request = _ask(dossier, kind, reason, ChangeState.DRAFT)
    request.new_dossier = copy
    db.session.flush()
    events.record(copy, EventKind.STARTED, language=copy.language, change=kind.value)
    return copy, checks.plan(copy)


def close(dossier: Dossier, reason: str | None) -> ChangeRequest:
    """Ask to end the NIB at one's own request (PP 28/2025, article 256).

    A specimen is revoked here and now. A real NIB is revoked in OSS alone: the request stays open
    until the person says that it is done there.

    Raises NoNib, ChangeOpen.
    """
    _may_ask(dossier)
    request = _ask(dossier, ChangeKind.CLOSE, reason, ChangeState.SENT)
    if is_practice(dossier):
        _revoke(dossier, request, by="practice")
    return request


def closed_at_oss(dossier: Dossier) -> ChangeRequest:
    """Record that the person ended the NIB at OSS. Raises NoNib without such a request."""
    request = open_request(dossier)
    if request is None or request.kind != ChangeKind.CLOSE:
        raise NoNib(dossier.id)
    _revoke(dossier, request, by="owner")
    return request


def withdraw(request: ChangeRequest) -> None:
    """Take a request back. A copy that was begun stays, as a draft. Raises TooLate."""
    handed_over = request.kind != ChangeKind.CLOSE and request.state != ChangeState.DRAFT
    if request.state not in OPEN_STATES or handed_over:
        raise TooLate(request.id)
    _move(request, ChangeState.WITHDRAWN)
    events.record(request.dossier, EventKind.CHANGE_WITHDRAWN, change=request.kind)


def follow(new_dossier: Dossier) -> None:
    """Bring the request behind a dossier up to date: it was sent, came back, or has its result.

    To be called by whatever moves a hand-over, in its transaction. Does nothing for a dossier that
    is no copy, and for the copy of a request that was taken back: that one goes its own way.
    """
    request = behind(new_dossier)
    if request is None or request.state not in OPEN_STATES:
        return
    handover = new_dossier.handover
    if handover is not None and handover.nib:
        _move(request, ChangeState.DONE)
        events.record(request.dossier, EventKind.CHANGE_DONE, change=request.kind)
        if request.dossier.applicant.phone != new_dossier.applicant.phone:
            kind = MessageKind.PHONE_CHANGED
            outbox.announce(request.dossier, kind, dedupe=f"change {request.id}")
    else:
        _move(request, ChangeState.SENT if new_dossier.sent_at else ChangeState.DRAFT)


def _may_ask(dossier: Dossier) -> None:
    if not has_nib(dossier):
        raise NoNib(dossier.id)
    under_way = open_request(dossier)
    if under_way is not None:
        raise ChangeOpen(under_way)


def _ask(
    dossier: Dossier, kind: ChangeKind, reason: str | None, state: ChangeState
) -> ChangeRequest:
    now = clock.now()
    request = ChangeRequest(
        dossier=dossier,
        kind=kind,
        state=state,
        reason=reason or None,
        asked_at=now,
        changed_at=now,
    )
    db.session.add(request)
    db.session.flush()
    events.record(dossier, EventKind.CHANGE_ASKED, change=kind.value)
    return request


def _move(request: ChangeRequest, state: ChangeState) -> None:
    if request.state != state:
        request.state = state
        request.changed_at = clock.now()


def _revoke(dossier: Dossier, request: ChangeRequest, *, by: str) -> None:
    assert dossier.handover is not None
    same = select(Handover.dossier_id).where(Handover.nib == dossier.handover.nib)
    others = db.session.scalars(same.where(Handover.dossier_id != dossier.id)).all()
    for each in (dossier, *(opening.take_to_change(other) for other in others)):
        assert each.handover is not None
        each.handover.nib_status = NibStatus.REVOKED.value
        reminder = jobs.open_job(JobKind.LKPM_REMINDER, each.id)
        if reminder is not None:
            reminder.done_at = clock.now()
        events.record(each, EventKind.NIB_REVOKED, by=by)
    _move(request, ChangeState.DONE)
    events.record(dossier, EventKind.CHANGE_DONE, change=request.kind)


# --- copying --------------------------------------------------------------------------------------


def _copied(dossier: Dossier, kind: ChangeKind) -> Dossier:
    """Return the dossier once more, as a new draft without what is asked again."""
    steps = ASKED_AGAIN[kind]
    of_person = filled_by(steps, Of.PERSON)
    of_activity = filled_by(steps, Of.ACTIVITY)
    now = clock.now()
    # The place, the figures and the activity of the main one change; further ones stay as they are.
    adds = kind is ChangeKind.ADD_ACTIVITY
    copies = [
        copy_of(each, without=of_activity if number == 0 and not adds else frozenset())
        for number, each in enumerate(dossier.activities)
    ]
    for each in copies:
        each.described = bool(each.described)
    copy = copy_of(
        dossier,
        support_number=opening.free_support_number(),
        pin_failures=0,
        created_at=now,
        updated_at=now,
        applicant=copy_of(dossier.applicant, without=of_person),
        entity=copy_of(dossier.entity) if dossier.entity else None,
        every_activity=copies,
    )
    db.session.add(copy)
    db.session.flush()
    if adds:
        activities.add_activity(copy)
    return copy


def copy_of(row: T, *, without: frozenset[str] | set[str] = frozenset(), **replaced: Any) -> T:
    """Return a new row with the columns of another, but for NOT_COPIED and `without`."""
    left_out = NOT_COPIED[type(row)] | without
    mapper: Mapper[Any] = class_mapper(type(row))
    values = {
        column.key: getattr(row, column.key)
        for column in mapper.column_attrs
        if column.key not in left_out
    }
    return type(row)(**{**values, **replaced})
