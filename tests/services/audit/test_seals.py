"""The seal over the record: what was cut, moved or changed is found, each with its day."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import delete, select, update

from app.adapters.messages import Messages, NotSent, Outgoing
from app.domain.dossier.events import FIRST_HASH, EventKind
from app.domain.dossier.seals import ActKind, Head
from app.domain.law.calendar import WIT, local_date
from app.domain.sending.failures import NotSentCause
from app.domain.sending.messages import Channel
from app.extensions import db, ports
from app.models.audit import Act, Seal, SealHead
from app.models.dossier import Dossier, Event
from app.services.audit import seals, verifying
from app.services.audit.verifying import Fault, Paper, Wrong
from app.services.base import acts, events
from app.services.dossier import opening
from app.services.rights import retention
from app.storage.keyfile import seal_key
from app.work import run, sealing
from tests.factories import (
    PEOPLE,
    PHONE,
    at_once,
    count,
    dossier_at,
    identify,
    logged,
    looking,
    pin_hash,
    raw_rows,
)

KEY = bytes(range(32))
DAYS = [date(2026, 11, day) for day in (20, 21, 22)]


def morning(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, tzinfo=WIT).astimezone(UTC)


def verify(paper: Paper | None = None) -> list[Fault]:
    db.session.expire_all()
    return list(verifying.verify(seals.public_key(KEY), paper))


class Clock:
    """A clock that is set to a day and goes a second on whenever someone looks."""

    moment = morning(DAYS[0])

    @classmethod
    def now(cls) -> datetime:
        cls.moment += timedelta(seconds=1)
        return cls.moment


@pytest.fixture(autouse=True)
def no_papers_left(request) -> Iterator[None]:
    """Take the papers away that a test made: of what the next one keeps they say nothing true."""
    yield
    if "application" in request.fixturenames:
        settings = request.getfixturevalue("application").config["SETTINGS"]
        for paper in (settings.instance / sealing.PAPERS).glob("*.txt"):
            paper.unlink()


@pytest.fixture
def record(database, monkeypatch) -> Iterator[list[Dossier]]:
    """Two files over three days, twelve events each day and file; a seal each evening."""
    monkeypatch.setattr("app.clock.now", Clock.now)
    database.execute(delete(Act))
    files = []
    for day in DAYS:
        Clock.moment = morning(day)
        files = files or [opening.start(pin_hash(), "id") for _ in range(2)]
        acts.record(ActKind.LET_IN)
        for dossier in files:
            for step in range(12):
                events.record(dossier, EventKind.STEP_ANSWERED, step=str(step))
        seals.make(KEY, Clock.now())
        database.commit()
    assert verify() == []
    yield files
    database.rollback()


def cut(dossier: Dossier, last: int) -> None:
    """Take away the events after a number, past everything that asks."""
    db.session.execute(delete(Event).where(Event.dossier_id == dossier.id, Event.number > last))
    db.session.commit()


def take_away(dossier: Dossier) -> None:
    """Take a whole file away, with every row that hangs on it."""
    file = dossier.id
    db.session.expunge_all()
    for table in reversed(db.metadata.sorted_tables):
        mine = retention.rows_of(table, file)
        if mine is not None:
            db.session.execute(delete(table).where(mine))
    db.session.commit()


def chain_anew(dossier: Dossier) -> None:
    """Make every hash of a file fit again, as somebody with the database and our code can."""
    db.session.expire_all()
    previous = FIRST_HASH
    for event in db.session.get_one(Dossier, dossier.id).events:
        event.previous_hash = previous
        previous = event.hash = events.hash_of(event, dossier.id)
    db.session.commit()


def test_the_last_event_gone(record):
    cut(record[0], 36)
    assert verify() == [Fault(Wrong.EVENTS_GONE, 37, DAYS[2], f"SRG {record[0].support_number}")]


def test_the_last_ten_gone(record):
    cut(record[1], 27)
    assert verify() == [Fault(Wrong.EVENTS_GONE, 28, DAYS[2], f"SRG {record[1].support_number}")]


def test_a_whole_file_gone(record):
    file = record[0].id
    take_away(record[0])
    assert verify() == [Fault(Wrong.FILE_GONE, 1, DAYS[2], f"file {file}")]


def swap_events(dossier: Dossier) -> None:
    """Exchange what happened on two days, row for row."""
    rows = {e.number: (e.kind, e.facts, e.at) for e in dossier.events}
    for number, other in [(n, n + 12) for n in range(2, 14)] + [(n + 12, n) for n in range(2, 14)]:
        kind, facts, at = rows[other]
        where = (Event.dossier_id == dossier.id, Event.number == number)
        db.session.execute(update(Event).where(*where).values(kind=kind, facts=facts, at=at))
    db.session.commit()


@pytest.mark.parametrize(
    ("anew", "fault"),
    [
        (False, (Wrong.EVENT_CHANGED, 2, DAYS[1])),  # it says to be of the second day now
        (True, (Wrong.CHAIN_REWRITTEN, 13, DAYS[0])),
    ],
)
def test_two_days_swapped(record, anew, fault):
    swap_events(record[0])
    if anew:
        chain_anew(record[0])
    assert verify() == [Fault(*fault, f"SRG {record[0].support_number}")]


def test_the_seals_of_two_days_swapped(record):
    first, second = db.session.scalars(select(Seal).order_by(Seal.number).limit(2))
    at, other = first.at, second.at
    first.at, second.at = other, at
    db.session.commit()
    assert verify() == [Fault(Wrong.SEAL_CHANGED, 1, DAYS[1])]


@pytest.mark.parametrize(
    ("anew", "fault"),
    [(False, (Wrong.EVENT_CHANGED, 20, DAYS[1])), (True, (Wrong.CHAIN_REWRITTEN, 25, DAYS[1]))],
)
def test_one_letter_changed(record, anew, fault):
    where = (Event.dossier_id == record[0].id, Event.number == 20)
    db.session.execute(update(Event).where(*where).values(facts={"step": "7"}))
    db.session.commit()
    if anew:
        chain_anew(record[0])
    assert verify() == [Fault(*fault, f"SRG {record[0].support_number}")]


SEALED_FROM: dict[str, tuple[Callable[[], object], Fault]] = {
    "an act changed": (
        lambda: update(Act).where(Act.number == 3).values(facts={"x": 1}),
        Fault(Wrong.ACT_CHANGED, 3, DAYS[1]),
    ),
    "the last acts gone": (
        lambda: delete(Act).where(Act.number > 3),
        Fault(Wrong.ACTS_GONE, 4, DAYS[2]),
    ),
    "a letter of a seal": (
        lambda: update(Seal).where(Seal.number == 2).values(events=1),
        Fault(Wrong.SEAL_CHANGED, 2, DAYS[1]),
    ),
    "the signature": (
        lambda: (
            update(Seal)
            .where(Seal.number == 3)
            .values(signature=base64.b64encode(bytes(64)).decode())
        ),
        Fault(Wrong.SEAL_CHANGED, 3, DAYS[2]),
    ),
    "what a seal saw of a file": (
        lambda: delete(SealHead).where(SealHead.seal_number == 2),
        Fault(Wrong.SEAL_CHANGED, 2, DAYS[1]),
    ),
}


@pytest.mark.parametrize("name", SEALED_FROM)
def test_acts_and_seals_hold_each_other(record, name):
    change, fault = SEALED_FROM[name]
    db.session.execute(change())
    db.session.commit()
    assert verify() == [fault]


def last_seal_gone() -> None:
    db.session.execute(delete(SealHead).where(SealHead.seal_number == 3))
    db.session.execute(delete(Seal).where(Seal.number == 3))
    db.session.commit()


def test_a_seal_gone_is_missed_by_the_acts(record):
    last_seal_gone()
    assert verify() == [Fault(Wrong.SEALS_GONE, 3, DAYS[2])]


def test_seal_and_act_gone_or_all_signed_anew_is_missed_by_the_paper(record):
    """Whoever has the machine has the key too. What lies outside of the office they do not have."""
    paper = verifying.read_paper(seals.paper(seals.newest()))
    assert verify(paper) == []
    last_seal_gone()
    db.session.execute(delete(Act).where(Act.number == 6))
    cut(record[0], 36)
    assert verify() == []
    assert verify(paper) == [Fault(Wrong.OTHER_PAPER, 3, date.min)]
    seals.make(KEY, morning(DAYS[2]))
    db.session.commit()
    assert verify() == []
    assert verify(paper) == [Fault(Wrong.OTHER_PAPER, 3, DAYS[2])]


@pytest.fixture
def log(record) -> Callable[[], list[Fault]]:
    """Two further events a file and an act since the last seal, seen by the log; what it misses."""
    with logged() as said:
        acts.record(ActKind.LET_IN)
        for dossier in record:
            for step in "ab":
                events.record(dossier, EventKind.STEP_ANSWERED, step=step)
        db.session.commit()
        assert sealing.witness({})
    lines = ["Nov 22 09:00:00 host oss[1]: " + line for line in said.getvalue().splitlines()]
    lines += ['{"event": "record_stands", "heads": [[1]]}', "record_stands", "x"]

    def missed() -> list[Fault]:
        db.session.expire_all()
        return list(verifying.verify_witnessed(verifying.read_log(lines)))

    assert missed() == []
    return missed


TODAY = local_date(datetime.now(UTC))


def found(faults: list[Fault]) -> list[tuple[Wrong, int]]:
    assert all(abs((fault.day - TODAY).days) <= 1 for fault in faults)
    return [(fault.what, fault.number) for fault in faults]


def test_what_is_cut_since_the_last_seal_is_missed_by_the_log_alone(record, log):
    cut(record[0], 37)
    assert verify() == []
    assert found(log()) == [(Wrong.EVENTS_GONE, 39)]


def test_what_is_put_back_with_right_hashes_is_not_what_the_log_saw(record, log):
    cut(record[0], 37)
    for step in "xy":
        events.record(record[0], EventKind.STEP_ANSWERED, step=step)
    db.session.commit()
    assert verify() == []
    assert found(log()) == [(Wrong.CHAIN_REWRITTEN, 39)]


def test_a_file_or_an_act_that_no_seal_saw_is_missed_by_the_log(record, log):
    with logged() as said:
        dossier = opening.start(pin_hash(), "id")
        db.session.commit()
        known: dict[int, Head] = {}
        assert sealing.witness(known)
        assert not sealing.witness(known), "what did not move is not written again"
    take_away(dossier)
    db.session.execute(delete(Act).where(Act.number == acts.head().number))
    db.session.commit()
    assert verify() == []
    faults = list(verifying.verify_witnessed(verifying.read_log(said.getvalue().splitlines())))
    assert found(faults) == [(Wrong.ACTS_GONE, 7), (Wrong.FILE_GONE, 1)]


def test_what_retention_erased_is_not_missed_by_the_log(record, log):
    second = record[1].id
    retention.erase(record[0], cause="untouched")
    db.session.commit()
    take_away(record[0])
    assert log() == []
    take_away(db.session.get_one(Dossier, second))
    assert [what for what, _number in found(log())] == [Wrong.FILE_GONE]


def test_all_seals_gone_with_their_acts_are_missed_by_the_papers_beside(record, app, tmp_path):
    settings = app.config["SETTINGS"]
    folder = settings.instance / sealing.PAPERS
    for old in folder.glob("*.txt"):
        old.unlink()
    seals.keep_paper(seals.newest(), folder)
    try:
        for table in (SealHead, Seal, Act):
            db.session.execute(delete(table))
        db.session.commit()
        assert verify() == []
        said = app.test_cli_runner().invoke(args=["audit", "verify"])
        assert (said.exit_code, "not the one on the paper" in said.output) == (1, True)
    finally:
        (folder / "seal-000003.txt").unlink()


def test_a_key_of_somebody_else_seals_nothing(record):
    seals.make(bytes(32), Clock.now())
    db.session.commit()
    assert [fault.what for fault in verify()] == [Wrong.SEAL_CHANGED]


def test_what_retention_erases_may_go(record):
    """The act keeps where the chain ended, and the other file is still missed."""
    first, second = record
    file = first.id
    retention.erase(first, cause="untouched")
    last = db.session.scalars(select(Act).order_by(Act.number.desc()).limit(1)).one()
    seals.make(KEY, Clock.now())
    db.session.commit()
    assert last.kind == ActKind.FILE_ERASED
    assert last.facts == {
        "file": file, "cause": "untouched", "events": 38, "head": first.events[-1].hash
    }  # fmt: skip
    assert verify() == [], "its row and its chain are kept"
    cut(first, 30)
    assert [fault.what for fault in verify()] == [Wrong.EVENTS_GONE], "not in part"
    other = second.id
    take_away(first)
    assert verify() == [], "as a whole it may go one day"
    take_away(db.session.get_one(Dossier, other))
    assert verify() == [Fault(Wrong.FILE_GONE, 1, DAYS[2], f"file {other}")]


def test_only_what_moved_is_written_again(record):
    events.record(record[0], EventKind.SENT)
    seal = seals.make(KEY, Clock.now())
    assert (seal.files, seal.events) == (2, 75)
    rows = db.session.scalars(select(SealHead).where(SealHead.seal_number == seal.number)).all()
    assert [(row.file_id, row.number) for row in rows] == [(record[0].id, 38)]


def test_an_empty_record_can_be_sealed(database):
    database.execute(delete(Act))
    seals.make(KEY, Clock.now())
    seals.make(KEY, Clock.now())
    assert verify() == []


# The night, the paper, the mail


def at(hour: int, minute: int) -> datetime:
    return datetime(2026, 11, 23, hour, minute, tzinfo=WIT).astimezone(UTC)


def test_the_worker_seals_once_a_night_and_makes_up_for_a_missed_one(app):
    instance = app.config["SETTINGS"].instance
    done = [
        run.seal_if_due(app, moment)
        for moment in (
            at(3, 46) - timedelta(days=1),
            at(3, 46),
            at(3, 47),
            at(9, 0),
            at(3, 46) + timedelta(days=1),
            at(12, 0) + timedelta(days=3),
        )
    ]
    assert done == [True, True, True, False, False, True]
    with looking(app) as session:
        kept = session.scalars(select(Seal).order_by(Seal.number)).all()
        assert [seal.number for seal in kept] == [1, 2, 3, 4]
        paper = (instance / "seals" / "seal-000004.txt").read_text()
        assert verifying.read_paper(paper) == Paper(4, kept[-1].hash)


class Post:
    """A mail server that is away at first."""

    repeatable = False

    def __init__(self) -> None:
        self.away, self.sent = True, list[Outgoing]()

    def send(self, message: Outgoing, *, budget_s: float) -> str | None:
        if self.away:
            raise NotSent(NotSentCause.DOWN)
        self.sent.append(message)
        return None


def test_the_newest_paper_is_mailed_once(app, make_app, monkeypatch):
    monkeypatch.setattr(ports, "messages", ports.messages)  # put back what the tests share
    app = make_app(
        testing=True, SERVICE_MODE="assist", SMTP_URL="smtp://localhost", MAIL_FROM="a@b.test",
        AUDIT_EMAIL="auditor@inspektorat.test",
    )  # fmt: skip
    post = Post()
    ports.messages = Messages({Channel.EMAIL: post})
    for day in range(2):
        run.seal_if_due(app, at(4, 0) + timedelta(days=day))
    assert post.sent == []
    post.away = False
    for minute in (10, 20):
        run.seal_if_due(app, at(4, minute) + timedelta(days=1))
    (letter,) = post.sent
    assert letter.to == "auditor@inspektorat.test"
    with looking(app):
        newest = seals.newest()
        assert verifying.read_paper(letter.text) == Paper(newest.number, newest.hash)
        assert letter.text == seals.paper(newest)
    assert "Simpan kertas ini di luar kantor." in letter.text
    assert "Keep this outside of the office." in letter.text


def test_the_command_seals_verifies_and_compares_with_a_paper(app, tmp_path):
    with looking(app) as session:
        session.execute(delete(Act))
        dossier_at(None)
        session.commit()
    for old in (app.config["SETTINGS"].instance / sealing.PAPERS).glob("*.txt"):
        old.unlink()  # of another record
    runner = app.test_cli_runner()
    paper = tmp_path / "seal.txt"
    paper.write_text("From: x\r\n\r\n" + runner.invoke(args=["audit", "seal"]).output)
    good = runner.invoke(args=["audit", "verify", "--paper", str(paper)])
    assert good.exit_code == 0, good.output
    assert re.match(r"all chains hold; last seal: 1, \d{4}-", good.output)
    paper.write_text(re.sub("(?m)^seal 1 .", "seal 1 g", paper.read_text()))
    assert "no seal stands" in runner.invoke(args=["audit", "verify", "--paper", str(paper)]).output
    paper.write_text(f"seal 1 {'0' * 64}\n")
    bad = runner.invoke(args=["audit", "verify", "--paper", str(paper)])
    assert (bad.exit_code, "not the one on the paper" in bad.output) == (1, True)
    log = tmp_path / "log"
    now = datetime.now(UTC).isoformat()
    stands = {"event": "record_stands", "timestamp": now, "heads": [[0, 99, "0" * 64]]}
    log.write_text("nothing\n")
    assert runner.invoke(args=["audit", "verify", "--log", str(log)]).exit_code == 0
    log.write_text(json.dumps(stands))
    missed = runner.invoke(args=["audit", "verify", "--log", str(log)])
    assert (missed.exit_code, "act and those after it are gone" in missed.output) == (1, True)


def test_the_key_is_made_once_and_kept(app):
    instance = app.config["SETTINGS"].instance
    assert seal_key(instance) == seal_key(instance)
    assert len(seal_key(instance)) == 32


# Acts


def test_acts_of_the_office_stand_in_the_record_without_anybody(app, client):
    with looking(app) as session:
        session.execute(delete(Act))
        dossier = dossier_at(None)
        identify(dossier, next(iter(PEOPLE.values())))
        nik, number = dossier.applicant.nik, dossier.support_number
        session.commit()
    runner = app.test_cli_runner()
    runner.invoke(args=["dossier", "unlock", number])
    runner.invoke(args=["keys", "status"])
    with looking(app) as session:
        retention.erase(session.scalars(select(Dossier)).one(), cause="untouched")
        session.commit()
        found = session.scalars(select(Act).order_by(Act.number)).all()
        assert [(act.kind, act.role) for act in found] == [
            (ActKind.COMMAND_GIVEN, "staff"),
            (ActKind.FILE_ERASED, "system"),
        ]
        assert found[0].facts == {"command": "dossier unlock"}
    kept = repr(raw_rows(app)["acts"])
    assert not [each for each in (nik, number, PHONE) if each in kept]


def test_two_acts_at_once_queue(app):
    """Each takes the next number; on PostgreSQL the second waits for the first to commit."""

    def act() -> None:
        with app.app_context():
            acts.record(ActKind.LET_IN)
            db.session.commit()
            db.session.remove()

    before = count(app, Act)
    assert at_once([act] * 4) == [None] * 4
    assert count(app, Act) == before + 4
    with looking(app):
        assert verify() == []
