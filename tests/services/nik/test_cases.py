"""NIK cases: opened, moved, closed by verdicts; woken in time; deleted when they are old."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from app.domain.dossier.journey import StepName
from app.domain.nik.cases import (
    ALERT_AFTER,
    ASK_AGAIN_AFTER,
    EXPIRES_AFTER,
    GUESSES_AT_MOST,
    RULES,
    AskedTooOften,
    CaseClosed,
    NikCaseState,
    NikClosedBecause,
    NikEscalatedBecause,
    NikWake,
)
from app.domain.nik.verdict import NikClass, RegistryFault
from app.domain.oss.handover import HandoverState
from app.domain.written.case_number import format_case_number, parse_case_number
from app.models.dossier import Dossier, Event, Job, NikCheck
from app.models.nik_case import NikCase, RegistryTrouble
from app.services.base import events, jobs
from app.services.base.jobs import JobKind
from app.services.dossier import answers
from app.services.journey import steps
from app.services.nik import asking, cases, standing, watch
from app.services.nik import checks as nik_checks
from app.services.oss import handovers
from app.work import run as worker
from tests.factories import (
    PEOPLE,
    bring_forward,
    dossier_at,
    identify,
    logged,
    looking,
    new_line,
    raw_rows,
    run,
)

DAY = timedelta(days=1)
BAD = [
    "not_recorded", "duplicate", "deceased", "name_differs", "birth_date_differs", "sex_differs",
    "name_and_date_differ", "not_found",
]  # fmt: skip
MODES = {
    "down": "down",
    "quota": "quota",
    "login": "login",
    "ip": "ip_address",
    "inactive": "user_inactive",
}


@pytest.fixture(scope="module", autouse=True)
def no_call_counts_later(application):
    yield
    new_line(application)


@pytest.fixture(autouse=True)
def fresh_line(app):
    """No call and no failure of an earlier test counts here."""
    new_line(app)


def in_trouble(who: str = "not_found") -> tuple[Dossier, NikCase]:
    dossier = dossier_at(StepName.PHONE, who=who)
    row = cases.case_of(dossier)
    assert row is not None
    return dossier, row


def waking(session) -> list[Job]:
    query = select(Job).where(Job.kind == JobKind.NIK_CASE, Job.done_at.is_(None))
    return list(session.scalars(query))


def told(dossier: Dossier) -> list[tuple[str, dict[str, object]]]:
    return [(e.kind, e.facts) for e in dossier.events if e.kind.startswith("nik_case")]


def check(dossier: Dossier) -> None:
    """Let the worker do the check that is open."""
    job = jobs.open_job(JobKind.NIK_CHECK, dossier.id)
    assert job is not None
    assert run(job.id)


# Opened


@pytest.mark.parametrize("key", BAD)
def test_a_nik_that_does_not_fit_is_a_case_with_a_number(database, key):
    dossier, row = in_trouble(key)
    who = PEOPLE[key]
    assert row.nik_class == who.nik_class
    shown = format_case_number(row.number)
    assert parse_case_number(shown) == row.number
    assert row.number not in who.nik
    assert cases.find(row.number) is row
    first = told(dossier)[0]
    assert first == ("nik_case_opened", {"case": row.number, "nik_class": str(who.nik_class)})
    (job,) = waking(database)
    assert job.dossier_id == dossier.id
    assert job.due_at > datetime.now(UTC)


@pytest.mark.parametrize("key", [k for k, who in PEOPLE.items() if not who.behaviour])
def test_a_nik_that_fits_is_no_case_whatever_its_region_code(database, key):
    if PEOPLE[key].nik_class is NikClass.MATCH:
        dossier = dossier_at(StepName.PHONE, who=key)
        assert cases.case_of(dossier) is None
        assert told(dossier) == []


def test_what_only_staff_can_handle_is_passed_on_at_once(database):
    with logged() as log:
        dossier, row = in_trouble("deceased")
    assert row.state == NikCaseState.ESCALATED
    assert told(dossier)[1] == (
        "nik_case_escalated",
        {"case": row.number, "because": str(NikEscalatedBecause.STAFF_ONLY)},
    )
    assert "nik_case_escalated" in log.getvalue()
    with pytest.raises(asking.NotHere):
        asking.ask_again(dossier, datetime.now(UTC) + DAY)


def test_numbers_differ(database):
    assert len({in_trouble()[1].number for _ in range(5)}) == 5


# Moved and closed


def test_typing_another_nik_closes_the_case_of_the_slip(database):
    dossier, row = in_trouble("not_found")
    assert identify(dossier, PEOPLE["kiosk"])
    job = nik_checks.plan(dossier)
    database.commit()
    assert (row.state, row.closed_because) == ("closed", str(NikClosedBecause.CHANGED_IDENTITY))
    assert waking(database) == []
    assert run(job.id)
    assert cases.case_of(dossier) is None
    assert told(dossier)[-1][0] == "nik_case_closed"


def test_another_wrong_nik_is_another_case(database):
    dossier, row = in_trouble("not_found")
    assert identify(dossier, PEOPLE["duplicate"])
    nik_checks.plan(dossier)
    database.commit()
    check(dossier)
    other = cases.case_of(dossier)
    assert other is not None
    assert other.id != row.id
    assert other.nik_class == NikClass.DUPLICATE


def test_the_same_nik_with_another_name_stays_one_case_until_it_fits(database):
    dossier, row = in_trouble("name_differs")
    who = PEOPLE["name_differs"]
    for name in ("Yohannes P.", "Johanis P."):
        steps.identify(dossier, nik=who.nik, name=name, birth_date=who.birth_date, sex=who.sex)
        nik_checks.plan(dossier)
        database.commit()
        check(dossier)
    assert cases.case_of(dossier) is row
    assert row.tries == 3
    assert dossier.applicant.name == "Johanis P.", "never changed by itself"
    steps.identify(dossier, nik=who.nik, name=who.name, birth_date=who.birth_date, sex=who.sex)
    nik_checks.plan(dossier)
    database.commit()
    check(dossier)
    assert (row.state, row.closed_because) == ("closed", str(NikClosedBecause.MATCHED))
    assert waking(database) == []
    assert told(dossier)[-1] == (
        "nik_case_closed",
        {"case": row.number, "because": str(NikClosedBecause.MATCHED)},
    )


def test_spellings_that_were_tried_are_not_offered_again(database):
    dossier, _ = in_trouble("name_differs")
    who = PEOPLE["name_differs"]
    first = asking.spellings(dossier)
    assert first
    assert who.typed_name not in first
    steps.identify(dossier, nik=who.nik, name=first[0], birth_date=who.birth_date, sex=who.sex)
    nik_checks.plan(dossier)
    database.commit()
    assert asking.spellings(dossier) == (), "nothing is known of the new one yet"
    check(dossier)
    assert not {first[0], who.typed_name} & set(asking.spellings(dossier))


@pytest.mark.parametrize("key", ["not_found", "birth_date_differs", "kiosk"])
def test_spellings_are_offered_only_where_the_name_differs(database, key):
    assert asking.spellings(dossier_at(StepName.PHONE, who=key)) == ()


def test_staff_close_a_case_once(database):
    dossier, row = in_trouble()
    cases.close(row, NikClosedBecause.WITHDRAWN)
    database.commit()
    assert row.closed_because == "withdrawn"
    with pytest.raises(CaseClosed):
        cases.close(row, NikClosedBecause.BY_STAFF)
    assert asking.wake(dossier.id, datetime.now(UTC) + 400 * DAY) == ()


# Asked again by the person


def test_the_person_asks_again_after_a_while_but_not_at_once(database):
    dossier, row = in_trouble("not_found")
    now = datetime.now(UTC)
    until = asking.may_ask_again(dossier, row, now)
    assert until is not None
    assert now < until <= now + ASK_AGAIN_AFTER
    with pytest.raises(AskedTooOften):
        asking.ask_again(dossier, until - timedelta(seconds=1))
    assert asking.may_ask_again(dossier, row, until) == until
    job = asking.ask_again(dossier, until)
    assert asking.ask_again(dossier, until).id == job.id, "pressed twice it is asked once"
    database.commit()
    assert row.next_check_at is None
    assert standing.current_class(dossier) is NikClass.PENDING
    assert run(job.id)
    assert [each.nik_class for each in asking.attempts(dossier)] == ["not_found"] * 2
    assert row.tries == 2
    assert row.next_check_at is not None
    assert asking.next_check_at(dossier, row) == row.next_check_at


def test_nobody_asks_about_a_nik_that_fits(database):
    with pytest.raises(asking.NotHere):
        asking.ask_again(dossier_at(StepName.PHONE))


# Woken


def test_it_is_checked_by_itself_when_the_moment_has_come_and_not_before(database):
    dossier, row = in_trouble("not_found")
    at = row.next_check_at
    assert at is not None
    assert asking.wake(dossier.id, at - timedelta(seconds=1)) == ()
    assert jobs.open_job(JobKind.NIK_CHECK, dossier.id) is None
    assert asking.wake(dossier.id, at) == (NikWake.RECHECK,)
    assert asking.wake(dossier.id, at) == (), "once"
    database.commit()
    check(dossier)
    assert row.automatic_checks == 1
    assert row.tries == 2
    assert len(waking(database)) == 1


def test_a_job_that_comes_too_early_plans_the_right_moment(database):
    dossier, row = in_trouble("not_found")
    bring_forward()
    (job,) = waking(database)
    assert run(job.id)
    (next_job,) = waking(database)
    assert next_job.id != job.id
    assert next_job.due_at == row.next_check_at
    assert len(dossier.nik_checks) == 1


def test_the_worker_goes_all_the_way(app):
    with looking(app) as session:
        dossier_id = in_trouble("not_found")[0].id
        session.execute(update(NikCase).values(next_check_at=datetime.now(UTC) - DAY))
        session.commit()
        bring_forward()
    assert worker.sweep(app) == 1, "the case"
    assert worker.sweep(app) == 1, "the check that it asked for"
    with looking(app) as session:
        dossier = session.get_one(Dossier, dossier_id)
        assert [each.nik_class for each in dossier.nik_checks] == ["not_found", "not_found"]
        assert len(waking(session)) == 1
        assert not list(events.verify_chains())


def test_what_takes_too_long_is_passed_on_and_what_never_moves_ends(database):
    dossier, row = in_trouble("birth_date_differs")
    after = RULES[NikClass.BIRTH_DATE_MISMATCH].escalate_after
    assert after is not None
    late = row.opened_at + after
    assert asking.wake(dossier.id, late - timedelta(seconds=1)) == ()
    assert asking.wake(dossier.id, late) == (NikWake.ESCALATE,)
    assert row.state == NikCaseState.ESCALATED
    assert told(dossier)[-1][1]["because"] == str(NikEscalatedBecause.TOO_LONG)
    end = row.touched_at + EXPIRES_AFTER
    assert asking.wake(dossier.id, end - timedelta(seconds=1)) == ()
    assert asking.wake(dossier.id, end) == (NikWake.EXPIRE,)
    assert row.closed_because == "expired"
    assert waking(database) == []
    assert told(dossier)[-1][1]["because"] == "expired"


def test_an_outage_during_a_recheck_keeps_the_case_as_it_is(database, office_is):
    dossier, row = in_trouble("not_found")
    assert row.next_check_at is not None
    asking.wake(dossier.id, row.next_check_at)
    database.commit()
    office_is("dukcapil", "quota")
    job = jobs.open_job(JobKind.NIK_CHECK, dossier.id)
    assert job is not None
    assert not run(job.id)
    assert row.nik_class == NikClass.NOT_FOUND
    assert row.tries == 1
    assert asking.next_check_at(dossier, row) == job.due_at, "the check itself comes again"


# The registry is silent


@pytest.mark.parametrize(("mode", "cause"), MODES.items())
def test_only_the_sending_waits_and_goes_on_by_itself(app, database, office_is, mode, cause):
    office_is("dukcapil", mode)
    dossier = dossier_at(None)
    given = answers.answers_of(dossier).activities[0].given
    assert StepName.PRODUCTION in given, "every question could be answered"
    assert cases.case_of(dossier) is None
    assert handovers.send(dossier) is None
    database.commit()
    assert dossier.handover is not None
    assert dossier.handover.state == HandoverState.WAITING_NIK
    assert [each.cause for each in watch.open_troubles()] == [cause]
    office_is("dukcapil", "up")
    new_line(app)
    bring_forward()
    check(dossier)
    handover_job = jobs.open_job(JobKind.HANDOVER, dossier.id)
    assert handover_job is not None
    assert run(handover_job.id)
    assert dossier.handover.nib
    assert watch.open_troubles() == []


def test_after_a_day_without_an_answer_an_officer_may_look(database, office_is):
    office_is("dukcapil", "down")
    dossier = dossier_at(StepName.PHONE)
    open_check = standing.current(dossier)
    assert open_check is not None
    early = open_check.asked_at + DAY - timedelta(seconds=1)
    assert cases.registry_silent(dossier, open_check, RegistryFault.DOWN, early) is None
    row = cases.registry_silent(dossier, open_check, RegistryFault.DOWN, early + DAY)
    assert row is not None
    assert (row.nik_class, row.state) == ("pending", "escalated")
    assert row.escalated_because == str(NikEscalatedBecause.REGISTRY_SILENT)
    again = cases.registry_silent(dossier, open_check, RegistryFault.DOWN, early + 2 * DAY)
    assert again is row
    cases.follow(dossier, NikClass.MATCH)
    assert row.closed_because == "matched"


@pytest.mark.parametrize("cause", [RegistryFault.LOGIN, RegistryFault.DOWN])
def test_staff_are_told_once_it_lasts_and_when_it_is_over(database, office_is, cause):
    office_is("dukcapil", "down")
    dossier_at(StepName.PHONE)
    watch.answered()
    began = datetime.now(UTC)
    with logged() as log:
        assert not watch.failed(cause, began)
        late = began + ALERT_AFTER[cause]
        assert not watch.failed(cause, late - timedelta(seconds=1))
        assert watch.failed(cause, late)
        assert not watch.failed(cause, late + timedelta(minutes=1)), "not every minute"
        watch.answered(late + timedelta(hours=1))
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    alert = next(line for line in lines if line["event"] == "registry_trouble")
    assert alert["cause"] == str(cause)
    assert alert["failures"] == 3
    assert alert["waiting"] == 1
    assert alert["minutes"] == ALERT_AFTER[cause].total_seconds() // 60
    over = next(line for line in lines if line["event"] == "registry_trouble_over")
    assert over["failures"] == 4
    assert watch.open_troubles() == []


def test_a_short_trouble_tells_nobody(database):
    with logged() as log:
        watch.failed(RegistryFault.TIMEOUT)
        watch.answered()
    assert "registry_trouble" not in log.getvalue()


def test_only_the_newest_check_of_a_file_waits(database, office_is):
    office_is("dukcapil", "down")
    dossier = dossier_at(StepName.PHONE, who="not_found")
    identify(dossier, PEOPLE["kiosk"])
    nik_checks.plan(dossier)
    database.commit()
    assert len(dossier.nik_checks) == 2
    assert watch.waiting().checks == 1


# Guessing


def test_guessing_about_one_nik_in_many_files_is_paused_and_goes_on_later(app, database):
    first, _ = in_trouble("name_differs")
    checks = [first.nik_checks[-1]]
    for attempt in range(2, GUESSES_AT_MOST + 1):
        checks.append(
            NikCheck(
                dossier_id=first.id,
                attempt=attempt,
                identity_index=bytes(32),
                nik_class=NikClass.NAME_MISMATCH,
                fields=["name"],
                asked_at=checks[0].asked_at,
                answered_at=checks[0].answered_at,
            )
        )
        database.add(checks[-1])
    database.commit()
    with logged() as log:
        other = dossier_at(StepName.PHONE, who="name_differs")
    assert standing.current_class(other) is NikClass.PENDING
    assert "nik_check_paused" in log.getvalue()
    assert "civil_registry" not in log.getvalue(), "it was not asked"
    assert checks[0].answered_at is not None
    assert asking.paused_until(other) == checks[0].answered_at + DAY
    fine = dossier_at(StepName.PHONE, who="kiosk")
    assert standing.current_class(fine) is NikClass.MATCH, "other people are not held up"
    for each in checks:
        assert each.answered_at is not None
        each.answered_at -= DAY
    database.commit()
    check(other)
    assert standing.current_class(other) is NikClass.NAME_MISMATCH


# Deleted


def test_a_closed_case_goes_after_its_days_with_its_attempts(app, database):
    dossier, row = in_trouble("not_found")
    number = row.number
    identify(dossier, PEOPLE["kiosk"])
    nik_checks.plan(dossier)
    database.commit()
    check(dossier)
    closed_at = row.closed_at
    assert closed_at is not None
    with logged() as log:
        assert cases.forget_old(closed_at + 90 * DAY - timedelta(seconds=1), 90) == 0
        assert cases.forget_old(closed_at + 90 * DAY, 90) == 1
    database.commit()
    assert cases.find(number) is None
    assert [each.nik_class for each in dossier.nik_checks] == ["match"]
    assert standing.current_class(dossier) is NikClass.MATCH
    assert dossier.events[-1].kind == "nik_cases_deleted"
    assert dossier.events[-1].facts == {"count": 1}
    assert '"count": 1' in log.getvalue()
    assert not list(events.verify_chains())
    # A later check gets a number that no other has.
    identify(dossier, PEOPLE["duplicate"])
    nik_checks.plan(dossier)
    database.commit()
    assert [each.attempt for each in dossier.nik_checks] == [2, 3]


def test_an_open_case_is_never_deleted(database):
    _, row = in_trouble()
    assert cases.forget_old(datetime.now(UTC) + 4000 * DAY, 90) == 0
    assert cases.find(row.number) is row


def test_the_newest_check_stays_even_when_its_case_goes(database):
    dossier, row = in_trouble()
    cases.close(row, NikClosedBecause.WITHDRAWN)
    assert cases.forget_old(datetime.now(UTC) + 91 * DAY, 90) == 1
    assert [each.nik_class for each in dossier.nik_checks] == ["not_found"]


@pytest.mark.parametrize(("days", "left"), [("", 1), ("30", 0)])
def test_the_worker_tidies_by_the_setting(make_app, app, days, left):
    other = make_app(testing=True, NIK_CASE_DAYS=days)
    with looking(app) as session:
        _, row = in_trouble()
        cases.close(row, NikClosedBecause.BY_STAFF, datetime.now(UTC) - 31 * DAY)
        watch.failed(RegistryFault.DOWN, datetime.now(UTC) - 40 * DAY)
        watch.answered(datetime.now(UTC) - 31 * DAY)
        session.commit()
    worker.tidy(other)
    with looking(app) as session:
        assert len(session.scalars(select(NikCase)).all()) == left
        assert len(session.scalars(select(RegistryTrouble)).all()) == left


# Privacy


@pytest.mark.parametrize("key", BAD)
def test_neither_tables_events_nor_logs_of_cases_tell_who(app, key):
    with logged() as log, looking(app) as session:
        dossier, _ = in_trouble(key)
        asking.wake(dossier.id, datetime.now(UTC) + 400 * DAY)
        session.commit()
        facts = [list(each) for each in session.execute(select(Event.kind, Event.facts))]
    kept = raw_rows(app)
    who = PEOPLE[key]
    texts = [repr(kept["nik_cases"]), repr(kept["nik_checks"]), json.dumps(facts), log.getvalue()]
    personal = [who.nik, who.nik[6:12], who.typed_birth_date.isoformat()]
    personal += [who.name, who.typed_name, *who.name.split()]
    assert [p for p in personal for text in texts if p in text] == []


def test_what_is_kept_of_an_attempt_is_the_verdict(database):
    columns = set(NikCheck.__table__.columns.keys()) | set(NikCase.__table__.columns.keys())
    assert not {name for name in columns if "reply" in name or "answer" in name} - {"answered_at"}


# For staff


def invoke(app, *words: str):
    return app.test_cli_runner().invoke(args=["nik", *words])


def test_staff_see_cases_by_number_and_close_them(app):
    with looking(app):
        _, row = in_trouble("duplicate")
        number = format_case_number(row.number)
    listed = invoke(app, "cases").output
    assert number in listed
    assert "duplicate" in listed
    assert (
        number in invoke(app, "cases", "--class", "duplicate", "--state", "waiting_office").output
    )
    assert invoke(app, "cases", "--class", "not_found").output == "no cases\n"
    assert invoke(app, "cases", "--state", "closed").output == "no cases\n"
    status = invoke(app, "status").output
    assert "registry: no trouble" in status
    assert "duplicate" in status
    assert invoke(app, "close", number, "--because", "withdrawn").output == "closed\n"
    assert invoke(app, "close", number).exit_code == 1
    assert "closed already" in invoke(app, "close", number).output
    assert "withdrawn" in invoke(app, "cases", "--state", "closed").output
    who = PEOPLE["duplicate"]
    for output in (listed, status):
        assert [p for p in (who.nik, *who.name.split()) if p in output] == []


@pytest.mark.parametrize("number", ["NIK-0000-0001", "9601055403879001", "x"])
def test_a_wrong_number_is_told(app, number):
    answer = invoke(app, "close", number)
    assert answer.exit_code == 1
    assert "not a case number" in answer.output
    assert number not in answer.output


def test_an_unknown_number_is_told(app):
    assert "no case has this number" in invoke(app, "close", "NIK-0000-0000").output


def test_status_names_the_trouble_of_the_registry(app, office_is):
    office_is("dukcapil", "login")
    with looking(app):
        dossier_at(StepName.PHONE)
    status = invoke(app, "status").output
    assert "registry: login since" in status
    assert "waiting for a verdict: 1, the oldest since" in status
    assert "no cases" in status
