"""Dossiers: open one, find it, take the answers of each step, say what is still missing."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from sqlalchemy import select

from app.domain.business_size import Capital
from app.domain.declarations import WORDING
from app.domain.estimate import (
    BANDS,
    CapitalBand,
    Estimate,
    JourneyReason,
    Question,
    estimate,
    short_journey_fits,
)
from app.domain.events import EventKind
from app.domain.journey import Answers, StepName
from app.domain.nik_check import NikClass
from app.domain.person import Sex
from app.domain.requirements import DeclarationKind, Ground
from app.domain.support_number import new_support_number
from app.extensions import db, vault
from app.models.dossier import Activity, Applicant, DeclarationGiven, Dossier
from app.services import events
from app.services.answers import known
from app.services.reference import get_book

KBLI_YEAR = 2025
WRONG_PINS_AT_MOST = 5
HOME_REGENCY = "9601"

# About 30 ms on one small core: dear enough for a six-digit PIN that locks after five tries.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


class DossierClosed(Exception):
    """The dossier was sent, so its answers stay as they are."""


class PinLocked(Exception):
    """Too many wrong PINs. Only staff can open the dossier again."""


class WrongPin(Exception):
    """The pair of number and PIN does not open a dossier. left: tries that remain, if known."""

    def __init__(self, left: int | None) -> None:
        super().__init__(left)
        self.left = left


def hash_pin(pin: str) -> str:
    """Return the Argon2id hash of a PIN. Slow on purpose: call it outside a transaction."""
    return _hasher.hash(pin)


@cache
def _nobodys_hash() -> str:
    return _hasher.hash("no dossier has this PIN")


def start(pin_hash: str, language: str, *, kbli_code: str | None = None) -> Dossier:
    """Open an empty dossier with a new Nomor Bantuan."""
    now = datetime.now(UTC)

    def digits(count: int) -> str:
        return "".join(str(secrets.randbelow(10)) for _ in range(count))

    number = new_support_number(digits)
    while db.session.scalar(select(Dossier.id).where(Dossier.support_number == number)):
        number = new_support_number(digits)
    dossier = Dossier(
        support_number=number,
        pin_hash=pin_hash,
        pin_failures=0,
        language=language,
        created_at=now,
        updated_at=now,
        applicant=Applicant(),
        activities=[Activity(position=0, described=False)],
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
        return db.session.get(Dossier, dossier_id)
    query = select(Dossier).where(Dossier.id == dossier_id).with_for_update(of=Dossier)
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
    return db.session.scalar(select(Dossier).where(Dossier.support_number == support_number))


def pin_hash_of(support_number: str) -> str | None:
    """Return the hash to compare a PIN with, None when no dossier has the number."""
    return db.session.scalar(
        select(Dossier.pin_hash).where(Dossier.support_number == support_number)
    )


def pin_fits(pin: str, pin_hash: str | None) -> bool:
    """Compare a PIN. Takes as long when there is no dossier, so that nobody can tell."""
    try:
        _hasher.verify(pin_hash or _nobodys_hash(), pin)
    except VerifyMismatchError:
        return False
    return pin_hash is not None


def open_with_pin(support_number: str, *, fits: bool) -> Dossier:
    """Return the dossier when the PIN was right and it is not locked; count the failure otherwise.

    The caller must keep the transaction also when this raises: the count has to stay.

    Raises PinLocked, WrongPin.
    """
    # Held from here on, so that tries sent at the same moment are judged one after the other.
    query = select(Dossier).where(Dossier.support_number == support_number)
    dossier = db.session.scalar(
        query.with_for_update(of=Dossier).execution_options(populate_existing=True)
    )
    if dossier is None:
        raise WrongPin(None)
    if dossier.pin_failures >= WRONG_PINS_AT_MOST:
        raise PinLocked
    if fits:
        dossier.pin_failures = 0
        return dossier
    dossier.pin_failures += 1
    if dossier.pin_failures >= WRONG_PINS_AT_MOST:
        events.record(dossier, EventKind.PIN_LOCKED, tries=dossier.pin_failures)
        raise PinLocked
    raise WrongPin(WRONG_PINS_AT_MOST - dossier.pin_failures)


def unlock(dossier: Dossier) -> None:
    """Open a locked dossier again; staff do this with the person in front of them."""
    dossier.pin_failures = 0
    events.record(dossier, EventKind.PIN_UNLOCKED)


def _changing(dossier: Dossier) -> None:
    if dossier.sent_at is not None:
        raise DossierClosed(dossier.id)
    dossier.updated_at = datetime.now(UTC)


def _answered(dossier: Dossier, step: StepName) -> None:
    events.record(dossier, EventKind.STEP_ANSWERED, step=str(step))
    db.session.flush()


def identity_index(nik: str, name: str, birth_date: date, sex: Sex) -> bytes:
    """Return a keyed digest of what a check compared, to see whether it still holds."""
    return vault.index(f"{nik}|{name}|{birth_date.isoformat()}|{sex}", "nik_checks.identity")


def identify(dossier: Dossier, *, nik: str, name: str, birth_date: date, sex: Sex) -> bool:
    """Record who the person is. Return True when the registry must be asked (again).

    After anything but a match it is asked again also about the same identity: the person may come
    straight from the registry's own office.
    """
    _changing(dossier)
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


def set_phone(dossier: Dossier, phone: str) -> None:
    """Record the mobile number, as +628…"""
    _changing(dossier)
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
    _changing(dossier)
    applicant = dossier.applicant
    applicant.area_code = area_code
    applicant.area_text = area_text
    applicant.street = street
    applicant.rt_rw = rt_rw
    applicant.postcode = postcode
    _answered(dossier, StepName.HOME)


def choose_activity(dossier: Dossier, kbli_code: str) -> None:
    """Record the KBLI code. What depended on another code is asked again."""
    _changing(dossier)
    activity = dossier.activity
    if activity.kbli_code != kbli_code or activity.kbli_year != KBLI_YEAR:
        activity.scope_no = None
        activity.described = False
    activity.kbli_year = KBLI_YEAR
    activity.kbli_code = kbli_code
    _answered(dossier, StepName.ACTIVITY)


def describe_business(
    dossier: Dossier, *, trade_name: str | None, description: str | None, scope_no: int | None
) -> None:
    """Record the trade name, what is done in the person's words, and the scope where asked."""
    _changing(dossier)
    activity = dossier.activity
    activity.trade_name = trade_name
    activity.description = description
    activity.scope_no = scope_no
    activity.described = True
    _answered(dossier, StepName.BUSINESS)


def set_place(
    dossier: Dossier,
    *,
    village_code: str,
    street: str,
    rt_rw: str | None,
    shared_premises: bool,
    position_code: str,
) -> None:
    """Record where the business is run. position_code: 01 land, 02 water, 03 forest area."""
    _changing(dossier)
    activity = dossier.activity
    activity.village_code = village_code
    activity.street = street
    activity.rt_rw = rt_rw
    activity.shared_premises = shared_premises
    activity.position_code = position_code
    _answered(dossier, StepName.PLACE)


def set_land(dossier: Dossier, *, area: Decimal, unit: str, status: str, customary: bool) -> None:
    """Record the land. unit: 01 m², 02 ha; status: 01 rented, 02 owned, 03 borrowed."""
    _changing(dossier)
    activity = dossier.activity
    activity.land_area = area
    activity.land_unit = unit
    activity.land_status = status
    activity.customary_land = customary
    _answered(dossier, StepName.LAND)


def declare_capital(dossier: Dossier, capital: Capital) -> None:
    """Record the planned capital, part by part, in whole rupiah."""
    _changing(dossier)
    activity = dossier.activity
    activity.land_idr = capital.land_idr
    activity.building_idr = capital.building_idr
    activity.machines_idr = capital.machines_idr
    activity.other_idr = capital.other_idr
    activity.working_idr = capital.working_idr
    _answered(dossier, StepName.CAPITAL)


def set_production(
    dossier: Dossier,
    *,
    workers_male: int,
    workers_female: int,
    product: str,
    capacity: Decimal,
    unit: str,
) -> None:
    """Record workers, product and yearly capacity (PP 28/2025, article 211)."""
    _changing(dossier)
    activity = dossier.activity
    activity.workers_male = workers_male
    activity.workers_female = workers_female
    activity.product = product
    activity.capacity = capacity
    activity.capacity_unit = unit
    _answered(dossier, StepName.PRODUCTION)


def declare(dossier: Dossier, kinds: Collection[DeclarationKind]) -> None:
    """Record the statements, with the wording that was shown."""
    _changing(dossier)
    given = {row.kind for row in dossier.declarations}
    now = datetime.now(UTC)
    for kind in sorted(kinds):
        if kind not in given:
            dossier.declarations.append(DeclarationGiven(kind=kind, wording=WORDING, given_at=now))
    _answered(dossier, StepName.DECLARATIONS)


def capital_of(activity: Activity) -> Capital | None:
    """Return the capital, None while it was not answered."""
    parts = (
        activity.land_idr,
        activity.building_idr,
        activity.machines_idr,
        activity.other_idr,
        activity.working_idr,
    )
    if any(part is None for part in parts):
        return None
    return Capital(*(part or 0 for part in parts))


def _band(counted_idr: int) -> CapitalBand:
    for band, ceiling in BANDS.items():
        if isinstance(band, CapitalBand) and (ceiling is None or counted_idr <= ceiling):
            return band
    return CapitalBand.ABOVE_10BN


_GROUNDS = {"01": Ground.LAND, "02": Ground.WATER, "03": Ground.FOREST}


def estimate_for(dossier: Dossier) -> Estimate | None:
    """Return the estimate for the main activity; None until code, place and capital are known."""
    activity = dossier.activity
    capital = capital_of(activity)
    if activity.kbli_code is None or activity.village_code is None or capital is None:
        return None
    question = Question(
        code=activity.kbli_code,
        year=activity.kbli_year or KBLI_YEAR,
        in_kabupaten=activity.village_code.startswith(HOME_REGENCY),
        band=_band(capital.counted_idr),
        shared_premises=bool(activity.shared_premises),
        scope_no=activity.scope_no,
        village_code=activity.village_code,
        ground=_GROUNDS.get(activity.position_code or "01", Ground.LAND),
    )
    return estimate(get_book().risk_rows(activity.kbli_code), question)


def scope_choices(kbli_code: str) -> Sequence[tuple[int, str]]:
    """Return the scopes to choose from, where the risk of some size depends on the scope."""
    rows = get_book().risk_rows(kbli_code)
    if len({(row.size, row.risk) for row in rows}) == len({row.size for row in rows}):
        return ()
    labels = {row.scope_no: row.scope for row in rows}
    return tuple(sorted(labels.items()))


def missing_declarations(dossier: Dossier, found: Estimate | None) -> tuple[DeclarationKind, ...]:
    """Return the statements that the law asks for and the person has not given."""
    given = {row.kind for row in dossier.declarations}
    if found is None:
        return (DeclarationKind.DATA_TRUE,)
    return tuple(d.kind for d in found.declarations if d.kind not in given)


def drop_needless_declarations(dossier: Dossier, found: Estimate) -> None:
    """Take back statements that the law does not ask for (any more): an answer was changed since.

    Some of them only certain people may make: a small business may not make the self-statement
    of a micro business (PP 28/2025, article 32).
    """
    asked = {declaration.kind for declaration in found.declarations}
    for row in [row for row in dossier.declarations if row.kind not in asked]:
        dossier.declarations.remove(row)
        db.session.delete(row)


def answers_of(dossier: Dossier) -> Answers:
    """Return which steps are answered, for the rules of the journey."""
    applicant, activity = dossier.applicant, dossier.activity
    code = activity.kbli_code
    return Answers(
        identity=applicant.nik is not None,
        phone=applicant.phone is not None,
        home=applicant.street is not None,
        kbli_code=code,
        described=activity.described,
        needs_scope=bool(code and scope_choices(code)),
        scope_no=activity.scope_no,
        place=activity.village_code is not None,
        land=activity.land_area is not None,
        capital=capital_of(activity),
        production=activity.product is not None,
        declarations_missing=bool(missing_declarations(dossier, estimate_for(dossier))),
        sent=dossier.sent_at is not None,
    )


@dataclass(frozen=True)
class Obstacles:
    """Why a dossier cannot be sent online. Empty fields mean that nothing stands in the way."""

    reasons: frozenset[JourneyReason]

    def __bool__(self) -> bool:
        return bool(self.reasons)


def obstacles(found: Estimate) -> Obstacles:
    """Return what keeps the short journey from carrying this business."""
    return Obstacles(short_journey_fits(found))
