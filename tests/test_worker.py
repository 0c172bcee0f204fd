"""The worker: sweeps what is due, and one failure never stops the rest or the next sweep."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from queue import SimpleQueue

import pytest
from sqlalchemy import select, text, update

from app.adapters.messages import Messages, NotSent
from app.adapters.messages.mail import MailServer, SmtpMail
from app.domain.oss import handover as oss_handover
from app.domain.sending.failures import NotSentCause
from app.domain.sending.messages import Channel, MessageKind
from app.extensions import ports
from app.models.dossier import Dossier, Handover, Job, PostKey
from app.models.message import Message
from app.services.base import jobs, post_keys
from app.services.messages import outbox
from app.work import run
from tests.factories import (
    at_once,
    bring_forward,
    count,
    dossier_at,
    logged,
    looking,
    new_line,
    oss_submissions,
    sent_dossier,
)
from tests.services.messages.test_outbox import Recorder

KIND = "uji"


@pytest.fixture(scope="module", autouse=True)
def no_call_counts_later(application):
    yield
    new_line(application)


@pytest.fixture(autouse=True)
def fresh_line(app):
    """No call and no failure of an earlier test counts here."""
    new_line(app)


@pytest.fixture
def calls(app) -> Iterator[list[int]]:
    """What a handler of the kind “uji” was called with; it fails for its second job."""
    made: list[int] = []

    def handler(job: Job, budget_s: float) -> bool:
        made.append(job.id)
        if len(made) == 2:
            raise RuntimeError("a fault with 9601055403879001 in its message")
        return True

    jobs.handles(KIND)(handler)
    yield made
    jobs._handlers.pop(KIND)


def plan(app, *dues: datetime) -> list[int]:
    with looking(app) as session:
        ids = [jobs.plan(KIND, None, due).id for due in dues]
        session.commit()
        return ids


def test_a_sweep_with_nothing_to_do(app):
    assert run.sweep(app) == 0


def test_a_job_that_fails_does_not_stop_the_others(app, calls):
    now = datetime.now(UTC)
    ids = plan(app, *(now - timedelta(minutes=m) for m in (3, 2, 1)))
    with logged() as log:
        assert run.sweep(app) == 2
    assert calls == ids
    assert run.sweep(app) == 0, "the failed one comes again, but not at once"
    with looking(app):
        bring_forward()
    assert run.sweep(app) == 1
    assert calls == [*ids, ids[1]]
    (line,) = [json.loads(line) for line in log.getvalue().splitlines()]
    assert (line["event"], line["job"], line["error"]) == ("job_failed", ids[1], "RuntimeError")
    assert "9601055403879001" not in log.getvalue()


def test_what_is_not_due_yet_waits(app, calls):
    plan(app, datetime.now(UTC) + timedelta(minutes=1))
    assert run.sweep(app) == 0
    assert calls == []


def test_the_registry_comes_back_and_everything_goes_on(app, office_is):
    """Sent during an outage: the worker asks, then hands over, and nobody has to do anything."""
    before = oss_submissions(app)
    office_is("dukcapil", "down")
    with looking(app):
        ids = [sent_dossier().id for _ in range(2)]
        office_is("dukcapil", "up")
        bring_forward()
    assert run.sweep(app) == 4, "two checks, and two messages that the file was sent"
    with looking(app) as session:
        states = session.scalars(select(Handover.state)).all()
    assert set(states) == {"waiting"}
    assert run.sweep(app) == 4, "two hand-overs, and two messages that the NIK fits"
    assert run.sweep(app) == 2, "two messages that the NIB is there"
    assert run.sweep(app) == 0
    with looking(app) as session:
        handed = session.scalars(select(Handover)).all()
        assert {handover.dossier_id for handover in handed} == set(ids)
        assert {handover.state for handover in handed} == {oss_handover.HandoverState.ACCEPTED}
        assert len({handover.nib for handover in handed}) == 2
    assert oss_submissions(app) == before + 2


def test_oss_comes_back_and_everything_goes_on(app, office_is):
    before = oss_submissions(app)
    office_is("oss", "down")
    with looking(app):
        sent_dossier()
        bring_forward()
    assert run.sweep(app) == 1, "the message that the file was sent"
    office_is("oss", "up")
    with looking(app):
        bring_forward()
    assert run.sweep(app) == 1
    assert oss_submissions(app) == before + 1
    with looking(app) as session:
        assert session.scalars(select(Handover.state)).one() == "accepted"


def test_two_workers_do_each_job_once(app, calls):
    now = datetime.now(UTC)
    calls.append(0)
    calls.append(0)  # so that none of the jobs is the second call, which fails
    ids = plan(app, *[now] * 6)
    results = at_once([lambda: run.sweep(app)] * 2)
    assert [r for r in results if isinstance(r, BaseException)] == []
    assert sorted(calls[2:]) == ids


def test_tidying_drops_old_keys_only(app):
    with looking(app) as session:
        dossier_at(None)
        for _ in range(2):
            post_keys.claim(post_keys.new_key(), "journey.telepon", [], None)
        old = datetime.now(UTC) - timedelta(days=31)
        first = session.scalars(select(PostKey.key)).first()
        session.execute(update(PostKey).where(PostKey.key == first).values(used_at=old))
        session.commit()
    run.tidy(app)
    assert count(app, PostKey) == 1
    assert count(app, Dossier) == 1


def test_the_tidy_catches_up_once_after_nights_without_power(app, monkeypatch):
    done: list[int] = []
    monkeypatch.setattr(run, "tidy", lambda _app: done.append(1))
    (app.config["SETTINGS"].instance / "tidied").unlink(missing_ok=True)
    night = datetime(2026, 11, 23, 18, 20, tzinfo=UTC)  # 03.20 WIT
    for hours, due in [
        (0, True),  # the first time
        (1, False),
        (23, False),
        (24, True),
        (24 * 4 + 9, True),  # three nights without power, started in the day
        (24 * 4 + 10, False),
        (24 * 2, True),  # the clock was set back
        (24 * 2 + 1, False),
    ]:
        assert run.tidy_if_due(app, night + timedelta(hours=hours)) is due, hours
    assert len(done) == 4


# Looking again and again


class Rounds(threading.Event):
    """A stop that takes no time: notes each wait, lets `between` happen, is set in the end."""

    def __init__(self, rounds: int, between: Callable[[], object] = lambda: None) -> None:
        super().__init__()
        self.waited: list[float] = []
        self._rounds, self._between = rounds, between

    def wait(self, timeout: float | None = None) -> bool:
        self.waited.append(timeout or 0)
        self._between()
        if len(self.waited) == self._rounds:
            self.set()
        return self.is_set()


def look_of(app, name: str, stop: threading.Event) -> run.Look:
    return next(each for each in run.looks(app, stop) if each.name == name)


def test_what_becomes_due_waits_for_one_look_at_most(app, calls):
    """The pages promise no time shorter than the ten seconds between two looks."""
    stop = Rounds(3, between=lambda: plan(app, datetime.now(UTC)))
    calls.extend([0, 0])  # so that none of the jobs is the second call, which fails
    run.keep_looking(app, look_of(app, "lane rest", stop), stop)
    assert len(calls) == 2 + 2, "planned during a wait, done right after it"
    assert stop.waited == [10.0] * 3


def test_each_lane_and_the_night_are_looked_after(app):
    names = [each.name for each in run.looks(app, threading.Event())]
    lanes = ["lane sms", "lane whatsapp", "lane email", "lane rest"]
    assert names == [*lanes, "tidy", "seal", "witness"]


def test_a_night_without_power_is_caught_up_at_the_first_look(app, calls, monkeypatch):
    """The machine was off from the evening on; in the morning the first look does all of it."""
    done: list[str] = []
    monkeypatch.setattr(run, "tidy", lambda _app: done.append("tidied"))
    monkeypatch.setattr(run, "seal_if_due", lambda _app, _now: done.append("sealed"))
    mark = app.config["SETTINGS"].instance / "tidied"
    mark.write_text((datetime.now(UTC) - timedelta(days=2)).isoformat())
    calls.extend([0, 0])
    ids = plan(app, *(datetime.now(UTC) - timedelta(hours=h) for h in (9, 5, 1)))
    for again in range(2):
        for each in run.looks(app, threading.Event()):
            run.keep_looking(app, each, Rounds(1))
        assert calls[2:] == ids, f"each once, look {again}"
        assert done.count("tidied") == 1
    mark.unlink()
    assert done.count("sealed") == 2, "it asks by itself whether a night has passed"


def test_a_look_that_fails_is_followed_by_another(app, calls):
    """While the database is away, say during its own restart."""
    plan(app, datetime.now(UTC))

    def rename(before: str, after: str) -> None:
        with looking(app) as session:
            session.execute(text(f"ALTER TABLE {before} RENAME TO {after}"))
            session.commit()

    def is_back() -> None:
        if len(stop.waited) == 1:
            assert calls == []
            rename("jobs_away", "jobs")

    stop = Rounds(2, between=is_back)
    rename("jobs", "jobs_away")
    with logged() as log:
        run.keep_looking(app, look_of(app, "lane rest", threading.Event()), stop)
    assert len(calls) == 1
    (line,) = [json.loads(line) for line in log.getvalue().splitlines()]
    assert (line["event"], line["look"]) == ("look_failed", "lane rest")


def test_who_is_told_to_stop_begins_no_other_job(app, calls):
    stop = threading.Event()
    ids = plan(app, *[datetime.now(UTC)] * 2)
    jobs.handles(KIND)(lambda job, _budget_s: bool(calls.append(job.id) or stop.set() or True))
    assert run.sweep_lane(app, None, stop=stop) == 1
    assert calls == ids[:1]
    assert run.sweep_lane(app, None, stop=stop) == 0
    assert run.sweep_lane(app, None) == 1
    assert calls == ids


def test_a_thread_that_ends_by_itself_ends_the_worker(app, monkeypatch):
    """Otherwise its lane would be silent for good, and nobody would know."""

    def keep(_app: object, each: run.Look, stop: threading.Event) -> None:
        assert each.name == "lane sms" or stop.wait(30)

    monkeypatch.setattr(run, "keep_looking", keep)
    with logged() as log:
        assert not run.work(app, SimpleQueue())
    (line,) = [json.loads(line) for line in log.getvalue().splitlines()]
    assert (line["event"], line["look"]) == ("look_ended", "lane sms")


# Lanes


def test_a_code_goes_while_the_mail_server_is_silent(database, app, monkeypatch):
    """And of many mails only one waits for it in a sweep."""
    sms = Recorder()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        mail = SmtpMail(MailServer("127.0.0.1", silent.getsockname()[1], False, "", ""), "a@b.test")
        carriers = {Channel.SMS: sms, Channel.EMAIL: mail}
        monkeypatch.setattr(ports, "messages", Messages(carriers))
        dossier = dossier_at(None)
        dossier.applicant.email = "contoh@example.test"
        database.commit()
        for number in range(3):
            outbox.announce(dossier, MessageKind.SENT, dedupe=str(number))
        outbox.announce(dossier, MessageKind.RECOVERY_CODE, dedupe="c", code="123456")
        database.commit()
        sweeps = threading.Thread(target=run.sweep_lane, args=(app, Channel.EMAIL))
        sweeps.start()
        line, _ = silent.accept()  # it asks now, and hears nothing
        assert run.sweep_lane(app, Channel.SMS) == 4
        assert next(each.kind for each in sent_in_order(database, sms)) == MessageKind.RECOVERY_CODE
        assert sweeps.is_alive(), "mail is still waiting"
        line.close()
        sweeps.join(30)
    database.expire_all()
    mails = select(Message.kind, Message.attempts).where(Message.channel == Channel.EMAIL)
    tried = {kind: attempts for kind, attempts in database.execute(mails) if attempts}
    assert tried == {MessageKind.RECOVERY_CODE: 1}, "the code first, and the others not at all"


def sent_in_order(session, carrier: Recorder) -> list[Message]:
    return [
        session.scalars(select(Message).where(Message.key == each.key)).one()
        for each in carrier.got
    ]


def test_a_channel_that_answers_again_is_used_again(database, app, monkeypatch):
    sms = Recorder(NotSent(NotSentCause.DOWN))
    monkeypatch.setattr(ports, "messages", Messages({Channel.SMS: sms}))
    dossier = dossier_at(None)
    for number in range(3):
        outbox.announce(dossier, MessageKind.SENT, dedupe=str(number))
    database.commit()
    run.sweep_lane(app, Channel.SMS)
    assert sms.got == []
    run.sweep_lane(app, Channel.SMS)
    assert len(sms.got) == 2
    bring_forward()
    run.sweep_lane(app, Channel.SMS)
    assert len(sms.got) == 3
