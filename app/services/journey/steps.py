"""The answers of each step, recorded."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal

from app import clock
from app.domain.dossier.events import EventKind
from app.domain.dossier.journey import StepName, Stop
from app.domain.dossier.known import known
from app.domain.dossier.steps import STEPS, Of, filled_by
from app.domain.law.business_size import Capital
from app.domain.law.legal_form import RULES, LegalForm, Role
from app.domain.law.requirements import WORDING, DeclarationKind
from app.domain.nik.verdict import NikClass
from app.domain.oss.codes import LandStatus, LandUnit, Position
from app.domain.sending.messages import Channel, MessageKind
from app.domain.written.person import Sex
from app.extensions import db, vault
from app.models.dossier import DeclarationGiven, Dossier, Entity
from app.services.base import events
from app.services.dossier.activity import activity_at, row_of
from app.services.dossier.estimates import KBLI_YEAR
from app.services.dossier.opening import is_slip
from app.services.journey import drafts
from app.services.licence import gate
from app.services.licence.gate import DossierClosed, may_answer
from app.services.messages import outbox, wishes
from app.services.nik.standing import identity_index


def _changing(dossier: Dossier, step: StepName, position: int = 0) -> None:
    if not may_answer(dossier, step, position):
        raise DossierClosed(dossier.id)
    dossier.updated_at = clock.now()


def check_unsent(dossier: Dossier) -> None:
    """Which activities there are is fixed by sending: an office verifies each of them."""
    if dossier.sent_at is not None or dossier.withdrawn_at is not None:
        raise DossierClosed(dossier.id)
    dossier.updated_at = clock.now()


def _answered(dossier: Dossier, step: StepName, at: int = 0) -> None:
    events.record(dossier, EventKind.STEP_ANSWERED, step=str(Stop(step, at)))
    gate.changed(dossier, gate.target_of(Stop(step, at)))
    drafts.drop(dossier, Stop(step, at))
    db.session.flush()


def answer(dossier: Dossier, stop: Stop, **columns: object) -> None:
    """Record the answer of a step. columns: what is kept, each declared for the step."""
    assert columns.keys() <= filled_by((stop.name,), STEPS[stop.name].of)
    _changing(dossier, stop.name, stop.position)
    row = known(row_of(dossier, stop.name, stop.position))
    for name, value in columns.items():
        setattr(row, name, value)
    _answered(dossier, stop.name, stop.position)


def keep_as_typed(dossier: Dossier, stop: Stop, typed: Mapping[str, str | None]) -> None:
    """Set the columns of a step that are kept as they are typed; "" was seen and left empty.

    typed: by box. The function of the step records that it was answered.
    """
    _changing(dossier, stop.name, stop.position)
    row = known(row_of(dossier, stop.name, stop.position))
    for column in STEPS[stop.name].typed_as_kept:
        setattr(row, column.name, typed[column.box] or "")


def identify(dossier: Dossier, *, nik: str, name: str, birth_date: date, sex: Sex) -> bool:
    """Record who the person is. Return True when the registry must be asked (again).

    After anything but a match it is asked again also about the same identity: the person may come
    straight from the registry's own office.
    """
    _changing(dossier, StepName.IDENTITY)
    applicant = dossier.applicant
    index = identity_index(nik, name, birth_date, sex)
    applicant.nik = nik
    applicant.nik_index = vault.index(nik, "applicants.nik")
    applicant.name = name
    applicant.birth_date = birth_date.isoformat()
    applicant.sex = sex
    _answered(dossier, StepName.IDENTITY)
    last = dossier.nik_checks[-1] if dossier.nik_checks else None
    return last is None or last.identity_index != index or last.nik_class != NikClass.MATCH


def set_phone(
    dossier: Dossier, phone: str, *, npwp: str | None = None, email: str | None = None
) -> None:
    """Record the mobile number, as +628…, and what a person may have: tax number and e-mail.

    The number before hears of it: codes to come back go to the new one from now on.
    """
    _changing(dossier, StepName.PHONE)
    applicant = dossier.applicant
    if applicant.phone not in {None, phone} and not is_slip(dossier):
        about = str(dossier.events[-1].number)
        outbox.announce(dossier, MessageKind.PHONE_CHANGED, dedupe=about, keep_address=True)
    applicant.npwp = npwp
    applicant.email = email
    applicant.email_index = wishes.index_of(email, Channel.EMAIL) if email else None
    dossier.applicant.phone = phone
    dossier.applicant.phone_index = vault.index(phone, "applicants.phone")
    _answered(dossier, StepName.PHONE)


def set_home(
    dossier: Dossier,
    *,
    area_code: str,
    area_text: str | None,
    street: str,
    rt_rw: str | None,
    postcode: str | None,
) -> None:
    """Record the home. area_code: village (10 digits), or regency (4) with district and village
    in area_text where the book has no villages."""
    answer(
        dossier,
        Stop(StepName.HOME),
        area_code=area_code,
        area_text=area_text,
        street=street,
        rt_rw=rt_rw,
        postcode=postcode,
    )


def choose_form(dossier: Dossier, form: LegalForm) -> None:
    """Record who the business belongs to. What was answered for another form is kept."""
    _changing(dossier, StepName.KIND)
    dossier.legal_form = form
    if RULES[form].is_entity and dossier.entity is None:
        dossier.entity = Entity(deed_codes=[])
    _answered(dossier, StepName.KIND)


@dataclass(frozen=True)
class EntityFacts:
    """What a company, group or branch is asked. npwp: 16 digits; nitku: 22, of a branch only."""

    name: str
    role: Role
    registration_no: str | None
    registered_on: date | None
    npwp: str
    nitku: str | None = None
    parent_nib: str | None = None
    parent_name: str | None = None


def describe_entity(dossier: Dossier, facts: EntityFacts) -> None:
    """Record the company, group or branch that the person acts for."""
    answer(dossier, Stop(StepName.ENTITY), **vars(facts))


def set_deed(dossier: Dossier, *, year: int, codes: Sequence[str]) -> None:
    """Record the KBLI codes that the founding paper names. year: their edition."""
    answer(dossier, Stop(StepName.DEED), deed_year=year, deed_codes=list(codes))


def same_place(dossier: Dossier, at: int) -> None:
    """Give an activity the place and land of the main one (PP 28/2025, article 215)."""
    _changing(dossier, StepName.PLACE, at)
    _changing(dossier, StepName.LAND, at)
    activity, main = activity_at(dossier, at), dossier.activity
    for column in filled_by((StepName.PLACE, StepName.LAND), Of.ACTIVITY):
        setattr(activity, column, getattr(main, column))
    _answered(dossier, StepName.PLACE, at)
    _answered(dossier, StepName.LAND, at)


def choose_activity(dossier: Dossier, kbli_code: str, *, at: int = 0) -> None:
    """Record the KBLI code. What depended on another code is asked again."""
    _changing(dossier, StepName.ACTIVITY, at)
    activity = activity_at(dossier, at)
    if activity.kbli_code != kbli_code or activity.kbli_year != KBLI_YEAR:
        activity.scope_no = None
        activity.described = False
    activity.kbli_year = KBLI_YEAR
    activity.kbli_code = kbli_code
    _answered(dossier, StepName.ACTIVITY, at)


def describe_business(
    dossier: Dossier,
    *,
    trade_name: str | None,
    description: str | None,
    scope_no: int | None,
    at: int = 0,
) -> None:
    """Record the trade name, what is done in the person's words, and the scope where asked."""
    answer(
        dossier,
        Stop(StepName.BUSINESS, at),
        trade_name=trade_name,
        description=description,
        scope_no=scope_no,
        described=True,
    )


def set_place(
    dossier: Dossier,
    *,
    village_code: str,
    street: str,
    rt_rw: str | None,
    shared_premises: bool,
    position_code: Position,
    at: int = 0,
) -> None:
    """Record where the business is run."""
    answer(
        dossier,
        Stop(StepName.PLACE, at),
        village_code=village_code,
        street=street,
        rt_rw=rt_rw,
        shared_premises=shared_premises,
        position_code=position_code,
    )


def set_land(
    dossier: Dossier,
    *,
    area: Decimal,
    unit: LandUnit,
    status: LandStatus,
    customary: bool,
    at: int = 0,
) -> None:
    """Record the land."""
    answer(
        dossier,
        Stop(StepName.LAND, at),
        land_area=area,
        land_unit=unit,
        land_status=status,
        customary_land=customary,
    )


def declare_capital(dossier: Dossier, capital: Capital, *, at: int = 0) -> None:
    """Record the planned capital, part by part, in whole rupiah."""
    answer(dossier, Stop(StepName.CAPITAL, at), **asdict(capital))


def set_production(
    dossier: Dossier,
    *,
    workers_male: int,
    workers_female: int,
    product: str,
    capacity: Decimal,
    unit: str,
    at: int = 0,
) -> None:
    """Record workers, product and yearly capacity (PP 28/2025, article 211)."""
    answer(
        dossier,
        Stop(StepName.PRODUCTION, at),
        workers_male=workers_male,
        workers_female=workers_female,
        product=product,
        capacity=capacity,
        capacity_unit=unit,
    )


def declare(dossier: Dossier, kinds: Collection[DeclarationKind]) -> None:
    """Record the statements, with the wording that was shown."""
    _changing(dossier, StepName.DECLARATIONS)
    given = {row.kind for row in dossier.declarations}
    now = clock.now()
    for kind in sorted(kinds):
        if kind not in given:
            dossier.declarations.append(DeclarationGiven(kind=kind, wording=WORDING, given_at=now))
    _answered(dossier, StepName.DECLARATIONS)
