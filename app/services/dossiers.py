"""Dossiers: open one, find it, take the answers of each step, say what is still missing."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from sqlalchemy import Select, select

from app.domain.dossier.events import EventKind
from app.domain.dossier.journey import (
    MAX_ACTIVITIES,
    ActivityAnswers,
    Answers,
    StepName,
    Stop,
    first_unanswered,
)
from app.domain.dossier.known import known
from app.domain.law.business_size import Capital
from app.domain.law.legal_form import RULES, LegalForm, Role
from app.domain.law.requirements import WORDING, DeclarationKind
from app.domain.licence import corrections as licence_corrections
from app.domain.nik.verdict import NikClass
from app.domain.sending.messages import Channel, MessageKind
from app.domain.written.person import Sex
from app.domain.written.support_number import new_support_number
from app.extensions import db, vault
from app.models.dossier import Activity, Applicant, DeclarationGiven, Dossier, Entity
from app.services import change_gate, corrections, drafts, events, messages
from app.services.answers import NoSuchActivity, activity_at
from app.services.estimates import KBLI_YEAR, capital_of, missing_declarations, scope_choices
from app.services.reference_book import get_book

T = TypeVar("T", bound=tuple[Any, ...])

SLIP_MENDED_WITHIN = timedelta(hours=1)


class DossierClosed(Exception):
    """The dossier was sent, so its answers stay as they are."""


class TooManyActivities(Exception):
    """One file cannot hold more activities."""


def free_support_number() -> str:
    """Return a new Nomor Bantuan (12 digits) that no dossier has."""

    def digits(count: int) -> str:
        return "".join(str(secrets.randbelow(10)) for _ in range(count))

    number = new_support_number(digits)
    while db.session.scalar(select(Dossier.id).where(Dossier.support_number == number)):
        number = new_support_number(digits)
    return number


def start(pin_hash: str, language: str, *, kbli_code: str | None = None) -> Dossier:
    """Open an empty dossier with a new Nomor Bantuan."""
    now = datetime.now(UTC)
    dossier = Dossier(
        support_number=free_support_number(),
        pin_hash=pin_hash,
        pin_failures=0,
        language=language,
        created_at=now,
        updated_at=now,
        applicant=Applicant(),
        legal_form=LegalForm.INDIVIDUAL,
        every_activity=[Activity(position=0, described=False)],
    )
    if kbli_code is not None and get_book().kbli(KBLI_YEAR, kbli_code):
        dossier.activity.kbli_year = KBLI_YEAR
        dossier.activity.kbli_code = kbli_code
    db.session.add(dossier)
    db.session.flush()
    events.record(dossier, EventKind.STARTED, language=language)
    return dossier


def find_by_id(dossier_id: int, *, to_change: bool = False) -> Dossier | None:
    """Return a dossier; to_change: nobody else changes it until this transaction ends."""
    if not to_change:
        found = db.session.get(Dossier, dossier_id)
        return None if found is None or found.erased_at else found
    query = select(Dossier).where(Dossier.id == dossier_id, Dossier.erased_at.is_(None))
    query = query.with_for_update(of=Dossier)
    return db.session.scalar(query.execution_options(populate_existing=True))


def take_to_change(dossier_id: int) -> Dossier:
    """Return a dossier that is known to exist, held until this transaction ends."""
    return known(find_by_id(dossier_id, to_change=True))


def tag_of(dossier: Dossier) -> str:
    """Return a short mark of a dossier for its forms, which tells nobody else anything.

    Two people may share a phone: an answer typed for one file must not end up in the other.
    """
    return vault.index(str(dossier.id), "dossiers.tag")[:6].hex()


def find_by_number(support_number: str) -> Dossier | None:
    """Return the dossier with this Nomor Bantuan (12 digits)."""
    return db.session.scalar(with_number(select(Dossier), support_number))


def with_number(query: Select[T], support_number: str) -> Select[T]:
    """Narrow a query to the file with this number; one that was erased is none any more."""
    return query.where(Dossier.support_number == support_number, Dossier.erased_at.is_(None))


def id_of(support_number: str) -> int | None:
    """Return the number of the row, in one query whether there is one or not."""
    return db.session.scalar(with_number(select(Dossier.id), support_number))


def may_answer(dossier: Dossier, step: StepName, position: int = 0) -> bool:
    """Say whether a step may be answered: until the dossier is sent, and what is given back."""
    if dossier.withdrawn_at is not None:
        return False
    if dossier.sent_at is None:
        return True
    open_stop = first_unanswered(answers_of(dossier))
    unanswered = () if open_stop is None else (open_stop,)
    stop = Stop(step, position)
    if change_gate.may_change(dossier, stop, unanswered=unanswered):
        return True
    # An earlier mend can stand in the way of this one: then it may be mended once more.
    return change_gate.was_given_back(dossier, stop) and _hinders(dossier)


def _hinders(dossier: Dossier) -> bool:
    """Say whether answers that were all given keep a returned file from being sent again."""
    found = corrections.hindrance_of(dossier)
    return found in {licence_corrections.Hindrance.NIK, licence_corrections.Hindrance.OTHER_LICENCE}


def _changing(dossier: Dossier, step: StepName, position: int = 0) -> None:
    if not may_answer(dossier, step, position):
        raise DossierClosed(dossier.id)
    dossier.updated_at = datetime.now(UTC)


def check_unsent(dossier: Dossier) -> None:
    """Which activities there are is fixed by sending: an office verifies each of them."""
    if dossier.sent_at is not None or dossier.withdrawn_at is not None:
        raise DossierClosed(dossier.id)
    dossier.updated_at = datetime.now(UTC)


def _answered(dossier: Dossier, step: StepName, at: int = 0) -> None:
    events.record(dossier, EventKind.STEP_ANSWERED, step=str(Stop(step, at)))
    change_gate.changed(dossier, change_gate.target_of(Stop(step, at)))
    drafts.drop(dossier, Stop(step, at))
    db.session.flush()


def identity_index(nik: str, name: str, birth_date: date, sex: Sex) -> bytes:
    """Return a keyed digest of what a check compared, to see whether it still holds."""
    return vault.index(f"{nik}|{name}|{birth_date.isoformat()}|{sex}", "nik_checks.identity")


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
    if applicant.phone not in {None, phone} and not _is_slip(dossier):
        about = str(dossier.events[-1].number)
        messages.announce(dossier, MessageKind.PHONE_CHANGED, dedupe=about, keep_address=True)
    applicant.npwp = npwp
    applicant.email = email
    applicant.email_index = messages.index_of(email, Channel.EMAIL) if email else None
    dossier.applicant.phone = phone
    dossier.applicant.phone_index = vault.index(phone, "applicants.phone")
    _answered(dossier, StepName.PHONE)


def _is_slip(dossier: Dossier) -> bool:
    """Say whether a number was first given so lately, and not sent, that it is mended, not changed.

    A slip of the finger belongs to a stranger, who must not get our messages.
    """
    told = {"step": str(Stop(StepName.PHONE))}
    answers = (e for e in dossier.events if (e.kind, e.facts) == (EventKind.STEP_ANSWERED, told))
    first = next(answers, None)
    since = datetime.now(UTC) - SLIP_MENDED_WITHIN
    return dossier.sent_at is None and first is not None and first.at > since


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
    _changing(dossier, StepName.HOME)
    applicant = dossier.applicant
    applicant.area_code = area_code
    applicant.area_text = area_text
    applicant.street = street
    applicant.rt_rw = rt_rw
    applicant.postcode = postcode
    _answered(dossier, StepName.HOME)


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
    _changing(dossier, StepName.ENTITY)
    entity = known(dossier.entity)
    for column in fields(facts):
        setattr(entity, column.name, getattr(facts, column.name))
    _answered(dossier, StepName.ENTITY)


def set_deed(dossier: Dossier, *, year: int, codes: Sequence[str]) -> None:
    """Record the KBLI codes that the founding paper names. year: their edition."""
    _changing(dossier, StepName.DEED)
    entity = known(dossier.entity)
    entity.deed_year = year
    entity.deed_codes = list(codes)
    _answered(dossier, StepName.DEED)


def add_activity(dossier: Dossier) -> Activity:
    """Add an empty activity at the end. An empty one that is there already is used first.

    Raises TooManyActivities, DossierClosed.
    """
    check_unsent(dossier)
    last = dossier.activities[-1]
    if last.kbli_code is None:
        return last
    if len(dossier.activities) >= MAX_ACTIVITIES:
        raise TooManyActivities(MAX_ACTIVITIES)
    position = max(activity.position for activity in dossier.every_activity) + 1
    added = Activity(position=position, described=False)
    dossier.every_activity.append(added)
    db.session.flush()
    events.record(dossier, EventKind.ACTIVITY_ADDED, position=position)
    return added


def remove_activity(dossier: Dossier, at: int) -> None:
    """Take an activity out; its answers stay, so that it can be put back.

    Without the main one, the next becomes the main activity. The last one stays.

    Raises NoSuchActivity, DossierClosed.
    """
    check_unsent(dossier)
    activity = activity_at(dossier, at)
    if len(dossier.activities) == 1:
        raise NoSuchActivity(at)
    activity.removed_at = datetime.now(UTC)
    db.session.flush()
    events.record(dossier, EventKind.ACTIVITY_REMOVED, position=at)


def restore_activity(dossier: Dossier, at: int) -> None:
    """Put an activity back that was taken out.

    Raises NoSuchActivity, TooManyActivities, DossierClosed.
    """
    check_unsent(dossier)
    for activity in dossier.every_activity:
        if activity.position == at:
            if activity.removed_at and len(dossier.activities) >= MAX_ACTIVITIES:
                raise TooManyActivities(MAX_ACTIVITIES)
            activity.removed_at = None
            db.session.flush()
            events.record(dossier, EventKind.ACTIVITY_RESTORED, position=at)
            return
    raise NoSuchActivity(at)


def removed_activities(dossier: Dossier) -> list[Activity]:
    """Return what was taken out and can be put back, the newest first."""
    gone = [(a.removed_at, a) for a in dossier.every_activity if a.removed_at and a.kbli_code]
    return [activity for _, activity in sorted(gone, key=lambda pair: pair[0], reverse=True)]


def same_place(dossier: Dossier, at: int) -> None:
    """Give an activity the place and land of the main one (PP 28/2025, article 215)."""
    _changing(dossier, StepName.PLACE, at)
    _changing(dossier, StepName.LAND, at)
    activity, main = activity_at(dossier, at), dossier.activity
    for column in _PLACE_COLUMNS:
        setattr(activity, column, getattr(main, column))
    _answered(dossier, StepName.PLACE, at)
    _answered(dossier, StepName.LAND, at)


_PLACE_COLUMNS = (
    "village_code", "street", "rt_rw", "shared_premises", "position_code",
    "land_area", "land_unit", "land_status", "customary_land",
)  # fmt: skip


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
    _changing(dossier, StepName.BUSINESS, at)
    activity = activity_at(dossier, at)
    activity.trade_name = trade_name
    activity.description = description
    activity.scope_no = scope_no
    activity.described = True
    _answered(dossier, StepName.BUSINESS, at)


def set_place(
    dossier: Dossier,
    *,
    village_code: str,
    street: str,
    rt_rw: str | None,
    shared_premises: bool,
    position_code: str,
    at: int = 0,
) -> None:
    """Record where the business is run. position_code: 01 land, 02 water, 03 forest area."""
    _changing(dossier, StepName.PLACE, at)
    activity = activity_at(dossier, at)
    activity.village_code = village_code
    activity.street = street
    activity.rt_rw = rt_rw
    activity.shared_premises = shared_premises
    activity.position_code = position_code
    _answered(dossier, StepName.PLACE, at)


def set_land(
    dossier: Dossier, *, area: Decimal, unit: str, status: str, customary: bool, at: int = 0
) -> None:
    """Record the land. unit: 01 m², 02 ha; status: 01 rented, 02 owned, 03 borrowed."""
    _changing(dossier, StepName.LAND, at)
    activity = activity_at(dossier, at)
    activity.land_area = area
    activity.land_unit = unit
    activity.land_status = status
    activity.customary_land = customary
    _answered(dossier, StepName.LAND, at)


def declare_capital(dossier: Dossier, capital: Capital, *, at: int = 0) -> None:
    """Record the planned capital, part by part, in whole rupiah."""
    _changing(dossier, StepName.CAPITAL, at)
    activity = activity_at(dossier, at)
    activity.land_idr = capital.land_idr
    activity.building_idr = capital.building_idr
    activity.machines_idr = capital.machines_idr
    activity.other_idr = capital.other_idr
    activity.working_idr = capital.working_idr
    _answered(dossier, StepName.CAPITAL, at)


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
    _changing(dossier, StepName.PRODUCTION, at)
    activity = activity_at(dossier, at)
    activity.workers_male = workers_male
    activity.workers_female = workers_female
    activity.product = product
    activity.capacity = capacity
    activity.capacity_unit = unit
    _answered(dossier, StepName.PRODUCTION, at)


def declare(dossier: Dossier, kinds: Collection[DeclarationKind]) -> None:
    """Record the statements, with the wording that was shown."""
    _changing(dossier, StepName.DECLARATIONS)
    given = {row.kind for row in dossier.declarations}
    now = datetime.now(UTC)
    for kind in sorted(kinds):
        if kind not in given:
            dossier.declarations.append(DeclarationGiven(kind=kind, wording=WORDING, given_at=now))
    _answered(dossier, StepName.DECLARATIONS)


def answers_of(dossier: Dossier) -> Answers:
    """Return which steps are answered, for the rules of the journey."""
    applicant, entity = dossier.applicant, dossier.entity
    return Answers(
        form=LegalForm(dossier.legal_form),
        identity=applicant.nik is not None,
        phone=applicant.phone is not None,
        entity=entity is not None and _is_described(entity, LegalForm(dossier.legal_form)),
        deed=entity is not None and bool(entity.deed_codes),
        home=applicant.street is not None,
        activities=tuple(_activity_answers(activity) for activity in dossier.activities),
        declarations_missing=bool(missing_declarations(dossier)),
        sent=dossier.sent_at is not None,
    )


def _is_described(entity: Entity, form: LegalForm) -> bool:
    """A branch is asked for its parent; who changed from another form has not said that yet."""
    if entity.npwp is None or entity.role not in RULES[form].roles:
        return False
    return form is not LegalForm.BRANCH or entity.nitku is not None


def _activity_answers(activity: Activity) -> ActivityAnswers:
    code = activity.kbli_code
    return ActivityAnswers(
        position=activity.position,
        kbli_code=code,
        described=activity.described,
        needs_scope=bool(code and scope_choices(code)),
        scope_no=activity.scope_no,
        place=activity.village_code is not None,
        land=activity.land_area is not None,
        capital=capital_of(activity),
        production=activity.product is not None,
    )
