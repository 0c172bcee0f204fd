"""Handing a dossier over to OSS, exactly once, and keeping what came back.

Only the practice OSS takes an application from us. The real one has no service for that: people
file at oss.go.id in their own account (PP 28/2025, Pasal 4(4)-(5)), and tell us the NIB afterwards.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import UTC, date, datetime

from app.adapters.http import ServiceUnavailable
from app.adapters.licensing import Refused
from app.adapters.oss_reading import LicensingResult
from app.domain.dossier.events import EventKind
from app.domain.dossier.journey import first_unanswered
from app.domain.dossier.known import known
from app.domain.law.business_size import BusinessSize
from app.domain.law.combined import Whole
from app.domain.law.estimate import HARI, Estimate
from app.domain.law.legal_form import RULES, LegalForm, Role
from app.domain.law.requirements import DeclarationKind
from app.domain.law.risk import RiskLevel
from app.domain.nik.verdict import NikClass
from app.domain.oss import submission
from app.domain.oss.codes import EntityCode, LandStatus, LandUnit, Position
from app.domain.oss.handover import HandoverState
from app.domain.oss.nib import NibSource
from app.domain.oss.service_mode import ServiceMode
from app.domain.sending.messages import MessageKind
from app.domain.written.person import Sex
from app.extensions import db, ports
from app.models.dossier import Activity, Dossier, Entity, Handover, Job, Paper
from app.services import (
    changes,
    dossiers,
    estimates,
    events,
    jobs,
    licence_news,
    licences,
    lkpm,
    messages,
    modes,
    nik_checks,
    progress,
    reconciliation,
)
from app.services.jobs import JobKind
from app.services.reference_book import get_book

# Where a sent dossier goes once its NIK is known to fit. One whose NIK does not fit goes back to
# the person; a NIB that the person tells us leads to ACCEPTED (services/nibs.py).
ONCE_THE_NIK_FITS = {
    ServiceMode.TRAINING: HandoverState.WAITING,
    ServiceMode.ASSIST: HandoverState.FILE_AT_OSS,
    ServiceMode.CONNECTED: HandoverState.FILE_AT_OSS,
}


class NotReady(Exception):
    """The dossier cannot be sent: something is missing, or the NIK does not match."""


def send(dossier: Dossier) -> Job | None:
    """Close the dossier and plan the hand-over, in the caller's transaction.

    Returns the job to run; None while the NIK is still waiting for its check, and where the person
    files at oss.go.id. Sending again changes nothing.

    Raises NotReady.
    """
    if dossier.handover is not None and dossier.sent_at is not None:
        return jobs.open_job(JobKind.HANDOVER, dossier.id)
    if dossier.withdrawn_at is not None:
        raise NotReady("withdrawn")
    nik_class = nik_checks.current_class(dossier)
    if nik_class not in {NikClass.MATCH, NikClass.PENDING}:
        raise NotReady(nik_class)
    whole = estimates.whole_of(dossier)
    if whole is None or estimates.obstacles(dossier, whole):
        raise NotReady("estimate")
    if estimates.missing_declarations(dossier):
        raise NotReady("declarations")
    if first_unanswered(dossiers.answers_of(dossier)) is not None:
        raise NotReady("answers")
    estimates.drop_needless_declarations(dossier, whole)
    _freeze(dossier, whole)
    now = datetime.now(UTC)
    dossier.sent_at = now
    dossier.updated_at = now
    waiting = nik_class is NikClass.PENDING
    dossier.handover = Handover(
        key=secrets.token_urlsafe(32),
        state=HandoverState.WAITING_NIK,
        licences=[],
        created_at=now,
    )
    sent = events.record(dossier, EventKind.SENT, waiting_for_nik=waiting)
    job = None if waiting else _go_on(dossier, dossier.handover)
    turn = progress.turn_of(dossier)
    messages.announce(dossier, MessageKind.SENT, dedupe=str(sent.number), turn=turn)
    changes.follow(dossier)
    return job


def _go_on(dossier: Dossier, handover: Handover) -> Job | None:
    """Take the way of this mode; return the job to run if a machine has the next turn."""
    handover.state = ONCE_THE_NIK_FITS[modes.current()]
    return (
        jobs.plan(JobKind.HANDOVER, dossier.id) if handover.state == HandoverState.WAITING else None
    )


def _freeze(dossier: Dossier, whole: Whole) -> None:
    """Fix what the estimate says now: a newer release must not change what was handed over."""
    for activity, part in zip(dossier.activities, whole.parts, strict=True):
        release = get_book().release("risk", str(part.found.year))
        activity.risk, activity.size = part.found.risk, part.found.size
        activity.risk_release = release.id if release else None
        activity.decision_working_days = _working_days(part.found)


def _working_days(found: Estimate) -> int | None:
    """Return the days an office has for its decision, where the row gives working days."""
    return found.days if found.days_unit == HARI else None


def nik_known(dossier: Dossier) -> None:
    """The registry answered after the dossier was sent: hand over, or give it back to mend."""
    handover = dossier.handover
    if handover is None or handover.state != HandoverState.WAITING_NIK:
        return
    if nik_checks.current_class(dossier) is NikClass.MATCH:
        _go_on(dossier, handover)
        return
    reopen(dossier, cause="nik")


_NOT_AT_OSS = frozenset(
    {HandoverState.WAITING_NIK, HandoverState.FILE_AT_OSS, HandoverState.REFUSED}
)


def may_take_back(dossier: Dossier) -> bool:
    """Say whether the person can still change a sent dossier: OSS has nothing of it from us."""
    handover = dossier.handover
    return (
        handover is not None
        and dossier.sent_at is not None
        and dossier.withdrawn_at is None
        and handover.nib is None
        and handover.state in _NOT_AT_OSS
    )


def take_back(dossier: Dossier) -> None:
    """Open a sent dossier again for its owner, in the caller's transaction. Raises NotReady."""
    if not may_take_back(dossier):
        raise NotReady("at_oss")
    reopen(dossier, cause="owner")


def reopen(dossier: Dossier, *, cause: str) -> None:
    """Give a dossier that OSS does not have back to the person, with every answer kept."""
    if dossier.handover is not None:
        db.session.delete(dossier.handover)
        dossier.handover = None
    dossier.sent_at = None
    db.session.flush()
    events.record(dossier, EventKind.REOPENED, cause=cause)
    changes.follow(dossier)


@jobs.handles(JobKind.HANDOVER)
def _hand_over(job: Job, budget_s: float) -> bool:
    """Send once with the key of the hand-over, then ask for the result."""
    assert job.dossier_id is not None
    dossier = db.session.get_one(Dossier, job.dossier_id)
    handover = dossier.handover
    if handover is None or handover.state != HandoverState.WAITING:
        db.session.rollback()
        return True
    package = as_submission(dossier, handover.key)
    db.session.rollback()

    try:
        receipt = ports.licensing.hand_over(package, budget_s=budget_s)
        result = ports.licensing.ask(receipt.oss_id, budget_s=budget_s)
    except ServiceUnavailable as unavailable:
        _note_delay(job.dossier_id, str(unavailable.cause))
        return False
    except Refused as refusal:
        if refusal.is_about_access:  # our own key or address: nothing the person could mend
            _note_delay(job.dossier_id, "access")
            return False
        _note_refusal(job.dossier_id, refusal)
        return True
    return _keep(job.dossier_id, receipt.oss_id, result)


def _note_delay(dossier_id: int, cause: str) -> None:
    dossier = dossiers.take_to_change(dossier_id)
    if dossier.events[-1].kind != EventKind.HANDOVER_POSTPONED:
        events.record(dossier, EventKind.HANDOVER_POSTPONED, cause=cause)
    db.session.commit()


def _note_refusal(dossier_id: int, refusal: Refused) -> None:
    dossier = dossiers.take_to_change(dossier_id)
    assert dossier.handover is not None
    dossier.handover.state = HandoverState.REFUSED
    dossier.handover.refusal_code = str(refusal.code)
    dossier.handover.answered_at = datetime.now(UTC)
    refused = events.record(dossier, EventKind.HANDOVER_REFUSED, code=str(refusal.code))
    messages.announce(dossier, MessageKind.REFUSED, dedupe=str(refused.number))
    db.session.commit()


def _keep(dossier_id: int, oss_id: str, result: LicensingResult) -> bool:
    dossier = dossiers.take_to_change(dossier_id)
    handover = dossier.handover
    if handover is None or handover.state == HandoverState.ACCEPTED:
        db.session.rollback()
        return True
    if not result.nib:
        handover.oss_id = oss_id
        db.session.commit()
        return False
    now = datetime.now(UTC)
    handover.state = HandoverState.ACCEPTED
    handover.oss_id = oss_id
    handover.nib = result.nib
    handover.nib_source = NibSource.OSS
    handover.nib_at = handover.nib_confirmed_at = now
    handover.nib_status = result.nib_code or str(result.nib_status)
    handover.licences = [
        {
            "kind": str(licence.kd_izin),
            "id": licence.id_izin,
            "status": licence.code or str(licence.status or ""),
            "number": licence.nomor_izin,
        }
        for licence in result.licences
    ]
    handover.answered_at = now
    events.record(dossier, EventKind.HANDED_OVER, oss_id=oss_id)
    events.record(dossier, EventKind.NIB_RECEIVED, nib=result.nib)
    messages.announce(dossier, MessageKind.NIB_READY, dedupe="nib")
    dossier.papers.append(
        Paper(code=_paper_code(), kind="nib", number=result.nib, specimen=True, issued_at=now)
    )
    events.record(dossier, EventKind.PAPER_ISSUED, paper="nib")
    changes.follow(dossier)
    lkpm.plan_reminder(dossier, now=now)
    licences.keep(dossier, result, at=now)
    licence_news.plan(dossier, now)
    reconciliation.plan(dossier, at=now + reconciliation.FIRST_AFTER)
    db.session.commit()
    return True


_CODE_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # none that look alike: no 0/O, 1/I


def _paper_code() -> str:
    """Return twelve unguessable letters and digits: about 60 bits."""
    return "".join(secrets.choice(_CODE_LETTERS) for _ in range(12))


_DECLARATIONS: Mapping[str, submission.Declaration] = {
    DeclarationKind.DATA_TRUE: submission.Declaration.DATA_TRUE,
    DeclarationKind.KKPR_SELF_STATEMENT: submission.Declaration.SPATIAL,
    DeclarationKind.SPPL: submission.Declaration.ENVIRONMENT,
    DeclarationKind.BUSINESS_STANDARD: submission.Declaration.STANDARD,
    DeclarationKind.K3L: submission.Declaration.SAFETY,
    DeclarationKind.SNI_HALAL_BY_NIB: submission.Declaration.SNI_AND_HALAL,
}


def submission_of(dossier: Dossier) -> submission.Submission:
    """Return a sent dossier in the shape of the port. Raises MissingAnswer before it was sent."""
    return as_submission(dossier, known(dossier.handover).key)


def as_submission(dossier: Dossier, key: str) -> submission.Submission:
    """Put the answers into the shape of the port. Only complete dossiers come here."""
    person, entity = dossier.applicant, dossier.entity
    form = LegalForm(dossier.legal_form)
    address = submission.Address(
        street=known(person.street),
        area_code=known(person.area_code),
        rt_rw=person.rt_rw or "",
        postcode=person.postcode or "",
    )
    return submission.Submission(
        key=key,
        applicant=submission.Applicant(
            nik=known(person.nik),
            name=known(person.name),
            birth_date=date.fromisoformat(known(person.birth_date)),
            sex=Sex(known(person.sex)),
            phone=known(person.phone),
            email=person.email or "",
            address=address,
            role=_role(entity) if RULES[form].is_entity else "",
        ),
        activities=tuple(
            _activity(activity, is_supporting=activity is not dossier.activity)
            for activity in dossier.activities
        ),
        size=BusinessSize(known(dossier.activity.size)),
        declarations=tuple(_DECLARATIONS[row.kind] for row in dossier.declarations),
        entity=_entity(known(entity), form, address) if _is_own_entity(form) else None,
        branch=_branch(known(entity), address) if form is LegalForm.BRANCH else None,
    )


def _is_own_entity(form: LegalForm) -> bool:
    return RULES[form].is_entity and form is not LegalForm.BRANCH


def _role(entity: Entity | None) -> str:
    """Return the role in Indonesian, as a deed would say it; the values are those words."""
    return Role(known(known(entity).role)).value.replace("-", " ").capitalize()


def _entity(entity: Entity, form: LegalForm, office: submission.Address) -> submission.Entity:
    code = RULES[form].oss_code
    return submission.Entity(
        kind=EntityCode(code) if code else None,
        name=known(entity.name),
        registration_number=known(entity.registration_no),
        registered_on=entity.registered_on,
        npwp=known(entity.npwp),
        office=office,
        deed_kbli=tuple(entity.deed_codes) if RULES[form].deed else (),
        deed_kbli_year=entity.deed_year if RULES[form].deed else None,
    )


def _branch(entity: Entity, address: submission.Address) -> submission.Branch:
    return submission.Branch(
        parent_nib=known(entity.parent_nib),
        parent_name=known(entity.parent_name),
        name=known(entity.name),
        address=address,
        npwp=known(entity.npwp),
        nitku=known(entity.nitku),
    )


def _activity(activity: Activity, *, is_supporting: bool) -> submission.Activity:
    return submission.Activity(
        kbli_year=known(activity.kbli_year),
        kbli_code=known(activity.kbli_code),
        description=activity.description or "",
        risk=RiskLevel(known(activity.risk)),
        premises=submission.Premises(
            area_code=known(activity.village_code),
            address=known(activity.street),
            position=Position(known(activity.position_code)),
            land_area=activity.land_area,
            land_unit=LandUnit(known(activity.land_unit)),
            land_status=LandStatus(known(activity.land_status)),
        ),
        capital=known(estimates.capital_of(activity)),
        product=submission.Product(
            description=known(activity.product),
            capacity=known(activity.capacity),
            unit=known(activity.capacity_unit),
        ),
        workers_male=activity.workers_male or 0,
        workers_female=activity.workers_female or 0,
        trade_name=activity.trade_name or "",
        is_supporting=is_supporting,
        decision_working_days=activity.decision_working_days,
    )
