"""Random walks of dossiers through the services: whatever the order, nothing is lost or doubled.

A model beside the database remembers what was last typed, what an office gave back and which NIB
came. Moves are made in any order, legal or not. After each of them:

- Every answer is the one that was last typed. The rules take back, and nothing else does:
  the scope and "described" when another KBLI code is chosen (they belong to the old code), and on
  sending the statements that the law does not ask for (`drop_needless_declarations`).
- Answers of a sent dossier change only where a correction opened them, or where mending left a
  question open. A move that is not possible raises its own error, and committing after it keeps
  every row as it was (but for `updated_at`; a late answer keeps the rejection, as documented).
- A dossier gets one NIB at most and keeps it; no NIB belongs to two; OSS never holds more
  submissions than there are dossiers; a paper exists once per kind.
- A licence has the status that the practice office gave it, whatever OSS echoes meanwhile.
- Each chain of events verifies, and whose turn it is can make a move, or the way is at its end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import delete, func, select, update

from app.adapters.oss.port import Refused
from app.domain.dossier.attachments import ContentKind
from app.domain.dossier.changes import ASKED_AGAIN, OPEN_STATES, ChangeKind, ChangeState
from app.domain.dossier.journey import EACH, StepName, Stop, first_unanswered, way
from app.domain.dossier.steps import FOR_EACH, STEPS
from app.domain.law.business_size import Capital
from app.domain.law.legal_form import RULES, LegalForm
from app.domain.licence.corrections import MENDABLE, Hindrance, StepTarget, parse_target
from app.domain.licence.status import ACTION_STATUSES, OfficeAction, StatusSource, allowed_actions
from app.domain.licence.turns import Turn
from app.domain.nik.verdict import NikClass
from app.domain.oss.codes import LicenceStatus, ResponseCode
from app.domain.oss.handover import HandoverState
from app.extensions import db, ports
from app.models.attachment import Attachment
from app.models.dossier import Dossier, Handover, Job, Paper
from app.services.after import changes
from app.services.base import events, jobs
from app.services.base.jobs import JobKind
from app.services.desk import practice_office
from app.services.dossier import answers as dossier_answers
from app.services.dossier import estimates
from app.services.dossier.activity import NoSuchActivity
from app.services.journey import activities, steps
from app.services.journey.activities import TooManyActivities
from app.services.licence import gate, reports, standing
from app.services.licence.gate import DossierClosed
from app.services.mending import corrections
from app.services.nik import checks
from app.services.nik import standing as nik_standing
from app.services.oss import handovers
from app.services.oss.handovers import NotReady
from app.services.papers import taking
from app.services.papers import wanted as papers_wanted
from app.services.tracking import progress
from tests.factories import (
    BY_SCOPE,
    HIGH,
    LOW,
    MEDIUM,
    MEDIUM_LOW,
    PEOPLE,
    REFERENCE,
    UNKNOWN_RISK,
    VILLAGE,
    add_activity,
    dossier_at,
    entity_dossier,
    entity_facts,
    identify,
    new_line,
    oss_submissions,
    run,
)

DEPOT = "11052"  # refilling drinking water: an office verifies it
CODES = (LOW, MEDIUM_LOW, BY_SCOPE, DEPOT, HIGH, UNKNOWN_RISK)
FIT = ("kiosk", "fisher", "farmer")
MISFIT = ("name_differs", "not_found", "duplicate", "deceased")
FORMS = (LegalForm.INDIVIDUAL, LegalForm.PT, LegalForm.PT_PERORANGAN, LegalForm.BRANCH)
AT_MOST = 3  # activities: low, so that the limit is met
NOT_YET = ("correction_late", "correction_reminder")  # run when their term is over, not before

_PERSON = (
    "nik", "name", "birth_date", "sex", "phone", "npwp", "email",
    "area_code", "area_text", "street", "rt_rw", "postcode",
)  # fmt: skip
_ENTITY = (
    "name", "role", "registration_no", "registered_on", "npwp", "nitku", "parent_nib",
    "parent_name", "deed_year", "deed_codes",
)  # fmt: skip
_PLACE = ("village_code", "street", "rt_rw", "shared_premises", "position_code")
_LAND = ("land_area", "land_unit", "land_status", "customary_land")
_CAPITAL = ("land_idr", "building_idr", "machines_idr", "other_idr", "working_idr")
_OF_ACTIVITY: Mapping[StepName, tuple[str, ...]] = {
    StepName.ACTIVITY: ("kbli_code", "scope_no"),
    StepName.BUSINESS: ("trade_name", "description", "described", "scope_no"),
    StepName.PLACE: _PLACE,
    StepName.LAND: _LAND,
    StepName.CAPITAL: _CAPITAL,
    StepName.PRODUCTION: (
        "workers_male", "workers_female", "product", "capacity", "capacity_unit",
    ),
    **{
        step.name: tuple(column.name for column in step.columns)
        for step in FOR_EACH
        if step.is_typed_as_kept
    },
}  # fmt: skip
_ACTIVITY = tuple(dict.fromkeys(name for names in _OF_ACTIVITY.values() for name in names))

Key = tuple[Any, ...]


def held(dossier: Dossier) -> dict[Key, Any]:
    """Return every answer that a dossier holds, activities that were taken out included."""
    found: dict[Key, Any] = {("form",): dossier.legal_form}
    found |= {("person", name): getattr(dossier.applicant, name) for name in _PERSON}
    entity = dossier.entity
    found |= {("entity", name): getattr(entity, name) if entity else None for name in _ENTITY}
    for activity in dossier.every_activity:
        at = activity.position
        found |= {(at, name): getattr(activity, name) for name in _ACTIVITY}
        found[at, "removed"] = activity.removed_at is not None
    found["statements",] = frozenset(str(row.kind) for row in dossier.declarations)
    query = select(Attachment).where(Attachment.dossier_id == dossier.id)
    for row in db.session.scalars(query):
        if row.in_force:
            found["paper", row.requirement, row.position] = row.id
    return {key: value for key, value in found.items() if value not in (None, [])}


@dataclass
class Kept:
    """What the model knows of one dossier. opened: what was given back, by licence."""

    typed: dict[Key, Any]
    opened: dict[str, set[str]] = field(default_factory=dict)
    mended: dict[str, set[str]] = field(default_factory=dict)
    status: dict[str, str] = field(default_factory=dict)
    nib: str | None = None
    ever_opened: set[str] = field(default_factory=set)

    @property
    def open_targets(self) -> set[str]:
        return {target for targets in self.opened.values() for target in targets}


def forget_everything() -> None:
    db.session.rollback()
    for table in reversed(db.metadata.sorted_tables):
        if not table.name.startswith(REFERENCE):
            db.session.execute(delete(table))
    db.session.commit()


def kept_rows() -> dict[str, list[tuple[Any, ...]]]:
    """Return all rows as they are stored, but for the moment of the last try to change a dossier.

    Commits, as a page does that shows the person why something is not possible.
    """
    db.session.commit()
    found = {}
    for table in db.metadata.sorted_tables:
        if not table.name.startswith(REFERENCE):
            columns = ", ".join(c.name for c in table.columns if c.name != "updated_at")
            query = f"SELECT {columns} FROM {table.name} ORDER BY 1, 2"
            found[table.name] = [
                tuple(row) for row in db.session.connection().exec_driver_sql(query)
            ]
    db.session.commit()
    return found


which = st.integers(0, 5)
number = st.integers(0, 9)


class Walk(RuleBasedStateMachine):
    """Dossiers of one person: the first, and the copies that changes open."""

    app: Any
    office_is: Callable[[str, str], None]

    def __init__(self) -> None:
        super().__init__()
        self.context = self.app.app_context()
        self.context.push()
        self.kept: dict[int, Kept] = {}
        self.before = oss_submissions(self.app)
        for office in ("dukcapil", "oss"):
            self.office_is(office, "up")
        new_line(self.app)

    def teardown(self) -> None:
        forget_everything()
        self.context.pop()

    # --- what the moves share ---------------------------------------------------------------------

    def pick(self, place: int) -> Dossier:
        ids = sorted(self.kept)
        return db.session.get_one(Dossier, ids[place % len(ids)])

    def watch(self, dossier: Dossier) -> None:
        self.kept[dossier.id] = Kept(held(dossier))

    def type(self, dossier: Dossier, answers: Mapping[Key, Any]) -> None:
        typed = self.kept[dossier.id].typed
        for key, value in answers.items():
            if value in (None, []):
                typed.pop(key, None)
            else:
                typed[key] = value

    @contextmanager
    def move(self, refused: type[Exception] | None) -> Iterator[None]:
        """Make a move. refused: the error that the model expects; then nothing may change."""
        db.session.commit()
        if refused is None:
            yield
            db.session.commit()
            return
        before = kept_rows()
        with pytest.raises(refused):
            yield
        assert kept_rows() == before

    def may_answer(self, dossier: Dossier, stop: Stop) -> bool:
        if dossier.sent_at is None:
            return True
        opened = self.kept[dossier.id].open_targets
        at = stop.position if stop.name in EACH else 0
        if str(StepTarget(stop.name, at)) in opened:
            return True
        if not opened:
            return False
        # An earlier mend that stands in the way of this one may be mended once more.
        hinders = gate.hindrance_of(dossier) in {Hindrance.NIK, Hindrance.OTHER_LICENCE}
        if hinders and str(StepTarget(stop.name, at)) in self.kept[dossier.id].ever_opened:
            return True
        return first_unanswered(dossier_answers.answers_of(dossier)) == stop

    def answering(self, dossier: Dossier, step: StepName, at: int = 0) -> type[Exception] | None:
        if not self.may_answer(dossier, Stop(step, at)):
            return DossierClosed
        live = {activity.position for activity in dossier.activities}
        return NoSuchActivity if step in EACH and at not in live else None

    def note_mended(self, dossier: Dossier, target: str) -> None:
        kept = self.kept[dossier.id]
        for id_izin, opened in kept.opened.items():
            if target in opened:
                kept.mended.setdefault(id_izin, set()).add(target)

    def answer(self, dossier: Dossier, step: StepName, at: int, n: int) -> bool:
        """Answer a step in the n-th way; return whether it was taken."""
        refused = self.answering(dossier, step, at)
        answers: dict[Key, Any] = {}
        with self.move(refused):
            answers = self.call(dossier, step, at, n)
        if refused is None:
            self.type(dossier, answers)
            if dossier.sent_at is not None:
                position = at if step in EACH else 0
                self.note_mended(dossier, str(StepTarget(step, position)))
        return refused is None

    def call(self, dossier: Dossier, step: StepName, at: int, n: int) -> dict[Key, Any]:
        """Call the service of a step; return what was typed."""
        match step:
            case StepName.KIND:
                form = FORMS[n % len(FORMS)]
                steps.choose_form(dossier, form)
                return {("form",): form.value}
            case StepName.IDENTITY:
                people = FIT if n < 6 else MISFIT
                who = PEOPLE[people[n % len(people)]]
                if identify(dossier, who):
                    checks.plan(dossier)
                answers = {
                    "nik": who.nik,
                    "name": who.typed_name,
                    "birth_date": who.typed_birth_date.isoformat(),
                    "sex": who.typed_sex,
                }
                return {("person", name): value for name, value in answers.items()}
            case StepName.PHONE:
                email = f"latihan{n}@example.com" if n % 2 else None
                steps.set_phone(dossier, f"+628120000456{n}", email=email)
                return {
                    ("person", "phone"): f"+628120000456{n}",
                    ("person", "email"): email,
                    ("person", "npwp"): None,
                }
            case StepName.ENTITY:
                form = LegalForm(dossier.legal_form)
                facts = entity_facts(
                    form if RULES[form].is_entity else LegalForm.PT, name=f"Contoh {n}"
                )
                steps.describe_entity(dossier, facts)
                return {("entity", name): value for name, value in vars(facts).items()}
            case StepName.DEED:
                codes = list(CODES if n % 3 else (LOW,))
                steps.set_deed(dossier, year=2025, codes=codes)
                return {("entity", "deed_year"): 2025, ("entity", "deed_codes"): codes}
            case StepName.HOME:
                home = {
                    "area_code": VILLAGE,
                    "area_text": None,
                    "street": f"Jalan Rumah {n}",
                    "rt_rw": None,
                    "postcode": f"9845{n}",
                }
                steps.set_home(dossier, **home)
                return {("person", name): value for name, value in home.items()}
            case StepName.DECLARATIONS:
                asked = estimates.missing_declarations(dossier)
                steps.declare(dossier, asked)
                given = self.kept[dossier.id].typed.get(("statements",), frozenset())
                return {("statements",): given | {str(kind) for kind in asked}}
        return self.call_activity(dossier, step, at, n)

    def call_activity(self, dossier: Dossier, step: StepName, at: int, n: int) -> dict[Key, Any]:
        typed = self.kept[dossier.id].typed
        answers: dict[str, Any]
        match step:
            case StepName.ACTIVITY:
                code = CODES[n % len(CODES)]
                steps.choose_activity(dossier, code, at=at)
                answers = {"kbli_code": code}
                if typed.get((at, "kbli_code")) != code:  # the scope belongs to the old code
                    answers |= {"scope_no": None, "described": False}
            case StepName.BUSINESS:
                code = typed.get((at, "kbli_code"))
                choices = estimates.scope_choices(code) if code else ()
                answers = {
                    "trade_name": f"Kios {n}",
                    "description": f"Saya jual barang nomor {n}",
                    "scope_no": choices[n % len(choices)][0] if choices else None,
                }
                steps.describe_business(dossier, **answers, at=at)
                answers["described"] = True
            case StepName.PLACE:
                answers = {
                    "village_code": VILLAGE,
                    "street": f"Jalan Usaha {n}",
                    "rt_rw": None,
                    "shared_premises": n % 4 == 3,
                    "position_code": "02" if n == 9 else "01",
                }
                steps.set_place(dossier, **answers, at=at)
            case StepName.LAND:
                answers = dict(
                    zip(_LAND, (Decimal(10 + n), "01", f"0{n % 3 + 1}", n == 8), strict=True)
                )
                steps.set_land(
                    dossier,
                    area=answers["land_area"],
                    unit="01",
                    status=answers["land_status"],
                    customary=answers["customary_land"],
                    at=at,
                )
            case StepName.CAPITAL:
                capital = MEDIUM if n == 9 else Capital(0, 0, 1_000_000 + n, 0, 5_000_000)
                steps.declare_capital(dossier, capital, at=at)
                answers = {name: getattr(capital, name) for name in _CAPITAL}
            case _ if STEPS[step].is_typed_as_kept:
                columns = STEPS[step].columns
                boxes = {column.box: f"{column.box} {n}" for column in columns}
                steps.keep_as_typed(dossier, Stop(step, at), boxes)
                steps.answer(dossier, Stop(step, at))
                answers = {column.name: boxes[column.box] for column in columns}
            case _:
                assert step is StepName.PRODUCTION
                answers = {
                    "workers_male": n,
                    "workers_female": 1,
                    "product": f"barang {n}",
                    "capacity": Decimal(100 + n),
                }
                steps.set_production(dossier, **answers, unit="kg", at=at)
                answers["capacity_unit"] = "kg"
        return {(at, name): value for name, value in answers.items()}

    def drop_statements(self, dossier: Dossier) -> None:
        """Sending takes back the statements that the law does not ask for."""
        whole = estimates.whole_of(dossier)
        assert whole is not None
        asked = {str(declaration.kind) for declaration in whole.declarations}
        key = ("statements",)
        self.type(dossier, {key: self.kept[dossier.id].typed.get(key, frozenset()) & asked})

    # --- the beginning ----------------------------------------------------------------------------

    @initialize(
        code=st.sampled_from((LOW, DEPOT, DEPOT, DEPOT, HIGH)),
        step=st.sampled_from((None, None, None, None, StepName.BUSINESS, StepName.DECLARATIONS)),
        company=st.booleans(),
        two=st.booleans(),
        sent=st.sampled_from((True, True, True, False)),
    )
    def begin(self, code: str, step: StepName | None, company: bool, two: bool, sent: bool) -> None:
        if company and step is None:
            dossier = entity_dossier(LegalForm.PT, deed=CODES, kbli_code=code)
        else:
            dossier = dossier_at(step, kbli_code=code)
        if two and step is None:
            add_activity(dossier, DEPOT)
        self.watch(dossier)
        if sent and step is None:  # random answers alone seldom come as far as an office
            self.send(0, twice=False)
            self.time_passes(refuses=False)
            for place, _row in enumerate(standing.of(dossier)):
                self.office_does(0, place, OfficeAction.COMPLETE, 0, MENDABLE[0], None)

    # --- filling in -------------------------------------------------------------------------------

    @rule(place=which, step=st.sampled_from(StepName), at=st.integers(0, 2), n=number)
    def answer_any_step(self, place: int, step: StepName, at: int, n: int) -> None:
        dossier = self.pick(place)
        if step in {StepName.ENTITY, StepName.DEED} and dossier.entity is None:
            return  # no page asks somebody without a company
        self.answer(dossier, step, at if step in EACH else 0, n)

    @rule(place=which, n=number)
    def answer_all_that_is_open(self, place: int, n: int) -> None:
        dossier = self.pick(place)
        for _ in range(40):
            stop = first_unanswered(dossier_answers.answers_of(dossier))
            if stop is None or not self.answer(dossier, stop.name, stop.position, n % 3 + 1):
                return
        raise AssertionError("the way has no end")

    @rule(place=which, at=st.integers(1, 3))
    def same_place(self, place: int, at: int) -> None:
        dossier = self.pick(place)
        both = (StepName.PLACE, StepName.LAND)
        refused = next(filter(None, (self.answering(dossier, step, at) for step in both)), None)
        main = dossier.activity.position
        with self.move(refused):
            steps.same_place(dossier, at)
        if refused is None:
            typed = self.kept[dossier.id].typed
            self.type(dossier, {(at, name): typed.get((main, name)) for name in (*_PLACE, *_LAND)})
            for step in both:
                self.note_mended(dossier, str(StepTarget(step, at)))

    @rule(place=which)
    def add_an_activity(self, place: int) -> None:
        dossier = self.pick(place)
        live = dossier.activities
        full = live[-1].kbli_code is not None and len(live) >= AT_MOST
        refused = DossierClosed if dossier.sent_at else TooManyActivities if full else None
        with self.move(refused):
            at = activities.add_activity(dossier).position
            self.type(dossier, {(at, "described"): False, (at, "removed"): False})

    @rule(place=which, at=st.integers(0, 3))
    def remove_an_activity(self, place: int, at: int) -> None:
        dossier = self.pick(place)
        live = [activity.position for activity in dossier.activities]
        refused = None if at in live and len(live) > 1 else NoSuchActivity
        with self.move(DossierClosed if dossier.sent_at else refused):
            activities.remove_activity(dossier, at)
            self.type(dossier, {(at, "removed"): True})

    @rule(place=which, at=st.integers(0, 3))
    def restore_an_activity(self, place: int, at: int) -> None:
        dossier = self.pick(place)
        every = {activity.position: activity for activity in dossier.every_activity}
        refused = None if at in every else NoSuchActivity
        if refused is None and every[at].removed_at and len(dossier.activities) >= AT_MOST:
            refused = TooManyActivities
        with self.move(DossierClosed if dossier.sent_at else refused):
            activities.restore_activity(dossier, at)
            self.type(dossier, {(at, "removed"): False})

    def takes_papers(self, dossier: Dossier, key: str) -> bool:
        """Return whether a paper may be handed in: before sending, or missing and not read yet."""
        typed = self.kept[dossier.id].typed
        there = any(k[:2] == ("paper", key) and v is not None for k, v in typed.items())
        return dossier.sent_at is None or (not there and standing.takes_papers(dossier))

    @rule(place=which, paper=number, n=number)
    def attach_a_paper(self, place: int, paper: int, n: int) -> None:
        dossier = self.pick(place)
        papers = [state.paper for state in papers_wanted.papers_of(dossier)]
        wanted = papers[paper % len(papers)]
        content = taking.Cleaned(ContentKind.JPEG, b"\xff\xd8\xff" + bytes([n]), 1)
        reserved = taking.reserve(content)
        db.session.commit()
        taking.put(reserved)
        opened = self.kept[dossier.id].open_targets
        refused = not (f"paper:{wanted.key}" in opened or self.takes_papers(dossier, wanted.key))
        with self.move(DossierClosed if refused else None):
            found = taking.attach(dossier, wanted.key, wanted.position, reserved)
            self.type(dossier, {("paper", wanted.key, wanted.position): found.id})
            assert taking.content_of(found.storage_key) == content.content
        if not refused and found.storage_key == reserved.storage_key:
            self.note_mended(dossier, f"paper:{wanted.key}")

    @rule(place=which, paper=number, back=st.booleans())
    def remove_or_put_back_a_paper(self, place: int, paper: int, back: bool) -> None:
        dossier = self.pick(place)
        query = select(Attachment).where(Attachment.dossier_id == dossier.id)
        files = list(db.session.scalars(query.order_by(Attachment.id)))
        if not files:
            return
        file = files[paper % len(files)]
        opened = self.kept[dossier.id].open_targets
        takes = self.takes_papers(dossier, file.requirement)
        refused = not (f"paper:{file.requirement}" in opened or takes)
        key = ("paper", file.requirement, file.position)
        with self.move(DossierClosed if refused else None):
            if back:
                taking.put_back(dossier, file)
                if file.in_force and key not in self.kept[dossier.id].typed:
                    self.type(dossier, {key: file.id})
            else:
                was_in_force = file.in_force
                taking.remove(dossier, file)
                if was_in_force:
                    self.type(dossier, {key: None})

    # --- sending, and what happens later ----------------------------------------------------------

    @rule(place=which, twice=st.booleans())
    def send(self, place: int, twice: bool) -> None:
        dossier = self.pick(place)
        whole = estimates.whole_of(dossier)
        ready = (
            nik_standing.current_class(dossier) in {NikClass.MATCH, NikClass.PENDING}
            and first_unanswered(dossier_answers.answers_of(dossier)) is None
            and whole is not None
            and not estimates.obstacles(dossier, whole)
        )
        was_sent = dossier.sent_at
        with self.move(None if ready or was_sent else NotReady):
            handovers.send(dossier)
        if ready and was_sent is None:
            self.drop_statements(dossier)
            assert dossier.sent_at is not None
        if twice and dossier.sent_at is not None:
            before = kept_rows()
            handovers.send(dossier)
            db.session.commit()
            assert kept_rows() == before

    @rule(office=st.sampled_from(("dukcapil", "oss")), mode=st.sampled_from(("up", "up", "down")))
    def office_goes_up_or_down(self, office: str, mode: str) -> None:
        self.office_is(office, mode)
        new_line(self.app)  # its breaker would rest half a minute

    @rule()
    def oss_dies_after_it_acted(self) -> None:
        self.office_is("oss", "accept_then_die")
        new_line(self.app)

    @rule(refuses=st.sampled_from((False, False, False, True)))
    def time_passes(self, refuses: bool) -> None:
        """Run everything that waits but for the terms to answer; refuses: OSS takes no filing."""
        db.session.execute(
            update(Job)
            .where(Job.done_at.is_(None), Job.kind.not_in(NOT_YET))
            .values(due_at=datetime.now(UTC) - timedelta(seconds=1))
        )
        db.session.commit()
        with pytest.MonkeyPatch.context() as patched:
            if refuses:
                patched.setattr(ports.licensing, "hand_over", _refusing)
            for job_id in jobs.due(datetime.now(UTC)):
                run(job_id)
        db.session.expire_all()

    @rule(place=which)
    def staff_reopen(self, place: int) -> None:
        """As the command does: only what OSS has refused."""
        dossier = self.pick(place)
        if dossier.handover is not None and dossier.handover.state == HandoverState.REFUSED:
            handovers.reopen(dossier, cause="staff")
            db.session.commit()
            assert dossier.sent_at is None

    # --- the office -------------------------------------------------------------------------------

    @rule(
        place=which,
        licence=which,
        action=st.sampled_from(OfficeAction),
        named=st.integers(0, 30),
        reason=st.sampled_from(MENDABLE),
        days=st.sampled_from((None, 5)),
    )
    def office_tries_anything(self, **move: Any) -> None:
        self.office_does(**move)

    @precondition(lambda self: any(kept.status for kept in self.kept.values()))
    @rule(
        licence=which,
        action=st.sampled_from((OfficeAction.GIVE_BACK, OfficeAction.GIVE_BACK_ANEW)),
        named=st.integers(0, 30),
        reason=st.sampled_from(MENDABLE),
        days=st.sampled_from((None, 5)),
    )
    def office_gives_back(self, **move: Any) -> None:
        self.office_does(0, **move)

    def office_does(
        self,
        place: int,
        licence: int,
        action: OfficeAction,
        named: int,
        reason: Any,
        days: int | None,
    ) -> None:
        dossier = self.pick(place)
        found = standing.of(dossier)
        if not found:
            return
        row = found[licence % len(found)]
        id_izin, status = row.id_izin, LicenceStatus(row.status)
        fits = action in allowed_actions(status)
        targets = practice_office.targets(dossier)
        back = action in {OfficeAction.GIVE_BACK, OfficeAction.GIVE_BACK_ANEW}
        with self.move(None if fits else practice_office.NotPossible):
            practice_office.act(
                dossier,
                id_izin,
                action,
                reason=reason if back else None,
                target=targets[named % len(targets)],
                answer_days=days,
            )
            reports.plan(dossier)
        if not fits:
            return
        kept = self.kept[dossier.id]
        kept.status[id_izin] = ACTION_STATUSES[action][-1].value
        kept.opened.pop(id_izin, None)
        kept.mended.pop(id_izin, None)
        if back:
            kept.opened[id_izin] = {str(targets[named % len(targets)])}
            kept.ever_opened |= kept.opened[id_izin]

    @precondition(lambda self: any(kept.opened for kept in self.kept.values()))
    @rule(n=number, send=st.booleans())
    def mend(self, n: int, send: bool) -> None:
        for place, (dossier_id, kept) in enumerate(sorted(self.kept.items())):
            dossier = db.session.get_one(Dossier, dossier_id)
            for text in sorted(kept.open_targets):
                target = parse_target(text)
                if isinstance(target, StepTarget):
                    assert self.answer(dossier, target.step, target.position, n)
            if send and kept.opened:
                self.time_passes(refuses=False)
                self.send_again(place)

    @rule(place=which)
    def send_again(self, place: int) -> None:
        dossier = self.pick(place)
        kept = self.kept[dossier.id]
        mended = all(kept.mended.get(each) == opened for each, opened in kept.opened.items())
        hindrance = gate.hindrance_of(dossier)
        assert (hindrance is Hindrance.ITEMS) == (not mended)
        hindered = bool(kept.opened) and hindrance is not None
        with self.move(corrections.NotMended if hindered else None):
            corrections.send_again(dossier, by=StatusSource.PRACTICE)
            reports.plan(dossier)
        if hindered or not kept.opened:
            return
        self.drop_statements(dossier)
        for id_izin in kept.opened:
            was = kept.status[id_izin]
            again = (
                LicenceStatus.RECLARIFIED
                if was == LicenceStatus.RECLARIFICATION
                else LicenceStatus.CLARIFIED
            )
            kept.status[id_izin] = again.value
        kept.opened.clear()
        kept.mended.clear()

    @rule(place=which, by_person=st.booleans())
    def the_term_is_over(self, place: int, by_person: bool) -> None:
        dossier = self.pick(place)
        kept = self.kept[dossier.id]
        past = datetime.now(UTC)
        late = [c for c in gate.open_corrections(dossier) if c.answer_until is not None]
        if not late:
            return
        for correction in late:
            correction.answer_until = past
        db.session.execute(
            update(Job)
            .where(Job.done_at.is_(None), Job.kind.in_(NOT_YET), Job.dossier_id == dossier.id)
            .values(due_at=past)
        )
        gone = [correction.licence.id_izin for correction in late]
        db.session.commit()
        if by_person:
            with pytest.raises(corrections.TooLate):
                corrections.send_again(dossier, by=StatusSource.PRACTICE)
            db.session.commit()
        else:
            query = select(Job.id).where(
                Job.done_at.is_(None), Job.kind.in_(NOT_YET), Job.dossier_id == dossier.id
            )
            for job_id in db.session.scalars(query).all():
                assert run(job_id)
        db.session.expire_all()
        for id_izin in gone:
            kept.status[id_izin] = LicenceStatus.REJECTED.value
            kept.opened.pop(id_izin, None)
            kept.mended.pop(id_izin, None)

    # --- after the NIB ----------------------------------------------------------------------------

    @rule(place=which, kind=st.sampled_from(ChangeKind))
    def ask_a_change(self, place: int, kind: ChangeKind) -> None:
        dossier = self.pick(place)
        refused: type[Exception] | None = None
        if not changes.has_nib(dossier):
            refused = changes.NoNib
        elif changes.open_request(dossier) is not None:
            refused = changes.ChangeOpen
        if refused is None and kind is not ChangeKind.CLOSE and len(self.kept) > 2:
            return  # enough copies for one walk
        with self.move(refused):
            if kind is ChangeKind.CLOSE:
                changes.close(dossier, "Pulang kampung")
                return
            copy, _job = changes.open_change(dossier, kind, None)
        if refused is None:
            self.watch(copy)
            self.compare_copy(dossier, copy, kind)

    def compare_copy(self, dossier: Dossier, copy: Dossier, kind: ChangeKind) -> None:
        """Everything came along but what is asked again, the statements and the papers."""
        asked = {
            name
            for step in ASKED_AGAIN[kind]
            for name in (
                *_OF_ACTIVITY.get(step, ()),
                *({"phone", "npwp", "email"} if step is StepName.PHONE else ()),
                *(
                    {"area_code", "area_text", "street", "rt_rw", "postcode"}
                    if step is StepName.HOME
                    else ()
                ),
            )
        }
        ours, theirs = self.kept[dossier.id].typed, self.kept[copy.id].typed
        live = {activity.position for activity in dossier.activities}
        for key, value in ours.items():
            if key[0] in {"paper", "statements"} or (
                isinstance(key[0], int) and key[0] not in live
            ):
                continue
            assert theirs.get(key) == value or key[-1] in asked, key

    @rule(place=which)
    def take_a_change_back(self, place: int) -> None:
        dossier = self.pick(place)
        request = changes.open_request(dossier)
        if request is None:
            return
        sent = request.state == ChangeState.SENT
        with self.move(changes.TooLate if sent else None):
            changes.withdraw(request)

    # --- what must always hold --------------------------------------------------------------------

    @invariant()
    def everything_holds(self) -> None:
        self.no_answer_is_lost_or_changed_by_itself()
        self.one_nib_for_one_dossier()
        self.the_record_verifies()
        self.only_the_office_moves_a_licence()
        self.one_change_at_a_time()
        self.somebody_can_go_on()

    def no_answer_is_lost_or_changed_by_itself(self) -> None:
        for dossier_id, kept in self.kept.items():
            assert held(db.session.get_one(Dossier, dossier_id)) == kept.typed

    def one_nib_for_one_dossier(self) -> None:
        nibs = []
        for dossier_id, kept in self.kept.items():
            handover = db.session.scalar(select(Handover).where(Handover.dossier_id == dossier_id))
            nib = handover.nib if handover is not None else None
            assert kept.nib in (None, nib), "a NIB never changes and never goes"
            kept.nib = nib
            nibs += [nib] if nib else []
        assert len(set(nibs)) == len(nibs)
        assert oss_submissions(self.app) - self.before <= len(self.kept)
        per_kind = select(func.count(Paper.id)).group_by(Paper.dossier_id, Paper.kind)
        assert all(count == 1 for count in db.session.scalars(per_kind))
        assert db.session.scalar(select(func.count()).select_from(Paper)) == len(nibs)

    def the_record_verifies(self) -> None:
        assert list(events.verify_chains()) == []

    def only_the_office_moves_a_licence(self) -> None:
        for dossier_id, kept in self.kept.items():
            dossier = db.session.get_one(Dossier, dossier_id)
            for row in standing.of(dossier):
                assert row.status == kept.status.setdefault(row.id_izin, row.status)
            opened = {
                correction.licence.id_izin: {item.target for item in correction.items}
                for correction in gate.open_corrections(dossier)
            }
            assert opened == kept.opened

    def one_change_at_a_time(self) -> None:
        for dossier_id in self.kept:
            dossier = db.session.get_one(Dossier, dossier_id)
            under_way = [r for r in changes.requests_of(dossier) if r.state in OPEN_STATES]
            assert len(under_way) <= 1

    def somebody_can_go_on(self) -> None:
        for dossier_id in self.kept:
            dossier = db.session.get_one(Dossier, dossier_id)
            turn = progress.turn_of(dossier)
            assert can_go_on(dossier, turn), turn


def _refusing(*_: object, **__: object) -> None:
    raise Refused(ResponseCode.BAD_DATA)


def can_go_on(dossier: Dossier, turn: Turn) -> bool:
    """Return whether the one whose turn it is has a move, or the way is at its end."""
    match turn:
        case Turn.DONE | Turn.ENDED | Turn.REJECTED | Turn.WITHDRAWN:
            return True
        case Turn.FILL_IN | Turn.MEND_NIK:
            return all(
                gate.may_answer(dossier, stop.name, stop.position)
                for stop in way(dossier_answers.answers_of(dossier))
            )
        case Turn.WAIT_NIK:
            return _registry_is_asked(dossier)
        case Turn.WAIT_OSS:
            return jobs.open_job(JobKind.HANDOVER, dossier.id) is not None
        case Turn.REFUSED:
            return True  # staff reopen it: staff_reopen
        case Turn.PLAY_OFFICE:
            waiting = practice_office.waiting(dossier)
            return bool(waiting) and bool(practice_office.actions(waiting))
        case Turn.MEND_FILE:
            return _can_mend(dossier)
    return False  # the others do not happen in practice


def _registry_is_asked(dossier: Dossier) -> bool:
    return any(jobs.open_job(kind, dossier.id) for kind in (JobKind.NIK_CHECK, JobKind.NIK_CASE))


def _can_mend(dossier: Dossier) -> bool:
    def open_steps() -> set[StepName]:
        return {
            stop.name
            for stop in way(dossier_answers.answers_of(dossier))
            if gate.may_answer(dossier, stop.name, stop.position)
        }

    match gate.hindrance_of(dossier):
        case None | Hindrance.ITEMS:
            return True  # what was given back may be changed: see Walk.mend
        case Hindrance.ANSWERS:
            stop = first_unanswered(dossier_answers.answers_of(dossier))
            return stop is not None and gate.may_answer(dossier, stop.name, stop.position)
        case Hindrance.NIK:
            return StepName.IDENTITY in open_steps() or (
                nik_standing.current_class(dossier) is NikClass.PENDING
                and _registry_is_asked(dossier)
            )
        case Hindrance.OTHER_LICENCE:
            matter = {
                StepName.ACTIVITY, StepName.BUSINESS, StepName.PLACE, StepName.CAPITAL,
                StepName.DEED,
            }  # fmt: skip
            return bool(matter & open_steps())
    return False


def test_no_walk_loses_or_doubles_anything(app, office_is, monkeypatch):
    monkeypatch.setattr(activities, "MAX_ACTIVITIES", AT_MOST)
    machine = type("Walk", (Walk,), {"app": app, "office_is": staticmethod(office_is)})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=20,
            stateful_step_count=20,
            deadline=None,
            derandomize=True,
            phases=(Phase.generate,),  # shrinking would take minutes; a walk is short as it is
            print_blob=False,
            suppress_health_check=list(HealthCheck),
        ),
    )
    new_line(app)
