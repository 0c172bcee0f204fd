"""Messages: written with their cause, sent once, in the right hours, to those who want them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select, update

from app import services
from app.adapters.messages import Fate, Messages, NotSent, Outgoing, PageOutbox
from app.domain.dossier.pin_tries import Free
from app.domain.law.calendar import WIT
from app.domain.licence.status import WhoActs
from app.domain.licence.turns import Turn
from app.domain.sending import messages
from app.domain.sending.failures import NotSentCause
from app.domain.sending.messages import (
    ANSWERS,
    SMS_SEPTETS,
    Channel,
    MessageKind,
    MessageState,
    WrongFacts,
    allowed_facts,
    septets,
)
from app.extensions import ports
from app.labels import message_texts, turns
from app.labels.message_texts import text_of
from app.models.dossier import Dossier, Job
from app.models.message import InboundMessage, Message, OptOut
from app.services.base import jobs
from app.services.base.jobs import JobKind
from app.services.dossier import opening, pins
from app.services.journey import steps
from app.services.messages import outbox, wishes
from app.services.oss import handovers
from app.work import messages as sending
from app.work import run as worker
from tests.factories import (
    PEOPLE,
    PHONE,
    STREET,
    at_once,
    bring_forward,
    dossier_at,
    logged,
    looking,
    pin_hash,
    raw_rows,
    run,
    sent_dossier,
)

LONGEST = {
    "until": "2026-12-30",
    "on": "2026-12-30",
    "code": "123456",
    "minutes": 15,
    "number": "482109375516",
}
MAIL = "contoh@example.test"


class Recorder:
    """A carrier that keeps what it is given. failures: what it does instead, one a call."""

    def __init__(self, *failures: Exception, repeatable: bool = True) -> None:
        self.failures = list(failures)
        self.repeatable = repeatable
        self.got: list[Outgoing] = []

    def send(self, message: Outgoing, *, budget_s: float) -> str | None:
        if self.failures:
            raise self.failures.pop(0)
        self.got.append(message)
        return f"r-{len(self.got)}"


@pytest.fixture
def carriers(app, monkeypatch) -> dict[Channel, Recorder]:
    """Recorders on all channels in place of the built-in outbox."""
    found = {
        Channel.SMS: Recorder(),
        Channel.WHATSAPP: Recorder(),
        Channel.EMAIL: Recorder(repeatable=False),
    }
    monkeypatch.setattr(ports, "messages", Messages(found))
    return found


@pytest.fixture
def dossier(database) -> Dossier:
    found = dossier_at(None)
    assert all_messages(database) == []
    return found


def all_messages(session) -> list[Message]:
    return list(session.scalars(select(Message).order_by(Message.id)))


def announce(dossier, kind=MessageKind.STATUS_CHANGED, dedupe="1", **facts) -> None:
    outbox.announce(dossier, kind, dedupe=dedupe, **facts)


def only(session) -> Message:
    session.expire_all()
    (message,) = all_messages(session)
    return message


def work(session) -> Message:
    """Let the worker try the newest message now."""
    bring_forward()
    message = all_messages(session)[-1]
    assert run(message.job_id)
    session.expire_all()
    return message


# Words


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_text_is_one_sms_with_the_longest_facts(application, language):
    with application.app_context():
        for kind in MessageKind:
            for names in allowed_facts(kind):
                for turn in Turn if "turn" in names else [None]:
                    facts = {**LONGEST, "turn": turn}
                    text = text_of(
                        kind,
                        {name: facts[name] for name in names},
                        number="482109375516",
                        language=language,
                        in_training=True,
                    )
                    length = septets(text)
                    assert length is not None, text
                    assert length <= SMS_SEPTETS, (length, text)
                    assert text.startswith("DPMPTSP Sorong")
                    assert "%" not in text
                    assert "http" not in text


def test_every_kind_has_a_cause_that_sends_it():
    """A text that nothing writes is a promise that nobody keeps."""
    own = {Path(outbox.__file__), Path(message_texts.__file__)}
    rooms = [Path(each.__file__).parent for each in (services, sending)]
    sources = [p for room in rooms for p in room.rglob("*.py") if p not in own]
    named = {
        node.attr
        for source in sources
        for node in ast.walk(ast.parse(source.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and getattr(node.value, "id", "") == "MessageKind"
    }
    assert {kind.name for kind in MessageKind} - named == set()


def test_every_turn_has_words():
    assert set(turns.SENTENCES) == set(Turn)
    assert set(turns.HEADS) == set(WhoActs) - {WhoActs.NOBODY}
    assert set(message_texts.TEXTS) == set(MessageKind)


def test_the_address_to_look_at_stands_only_where_it_fits(application):
    def text(address: str, channel=Channel.SMS, kind=MessageKind.NIB_READY) -> str:
        facts = {"minutes": 15} if kind is MessageKind.RECOVERY_CODE else {}
        return text_of(
            kind, facts, number="482109375516", language="en", in_training=False,
            channel=channel, address=address,
        )  # fmt: skip

    with application.app_context():
        assert text("https://izin.example/lacak").endswith(" https://izin.example/lacak")
        long = "https://" + "x" * 60 + "/lacak"
        assert long not in text(long)
        assert text(long, Channel.EMAIL).endswith(long)
        assert "izin" not in text("https://izin.example/lacak", kind=MessageKind.RECOVERY_CODE)


# Writing


def test_a_message_stands_and_falls_with_its_cause(database, dossier):
    announce(dossier)
    database.rollback()
    assert all_messages(database) == []
    assert database.scalar(select(func.count()).select_from(Job).where(Job.kind == "message")) == 0
    announce(dossier)
    database.commit()
    message = only(database)
    assert (message.channel, message.state) == (Channel.SMS, MessageState.WAITING)
    job = database.get(Job, message.job_id)
    assert (job.kind, job.dossier_id) == ("message", dossier.id)


def test_the_same_cause_is_told_once(database, dossier):
    for _ in range(2):
        announce(dossier)
    database.commit()
    announce(dossier)
    assert len(all_messages(database)) == 1
    announce(dossier, dedupe="2")
    announce(dossier, MessageKind.APPROVED)
    assert len(all_messages(database)) == 3


def test_told_from_two_places_at_the_same_moment(app, dossier, database):
    number = dossier.id
    database.commit()

    def tell() -> None:
        with looking(app) as session:
            announce(session.get_one(Dossier, number))
            session.commit()

    assert at_once([tell] * 4) == [None] * 4
    assert len(all_messages(database)) == 1


def test_facts_that_are_none_are_refused(dossier):
    with pytest.raises(WrongFacts):
        announce(dossier, name="Yohana")
    with pytest.raises(WrongFacts):
        announce(dossier, MessageKind.DEADLINE_SOON)
    for wrong in ("2026-12-30", "Yohana", 5, datetime.now(UTC)):
        with pytest.raises(ValueError, match="until"):
            announce(dossier, MessageKind.DEADLINE_SOON, until=wrong)
    with pytest.raises(ValueError, match="code"):
        announce(dossier, MessageKind.RECOVERY_CODE, code="12 Yohana", minutes=15)
    for kind in ANSWERS:
        with pytest.raises(ValueError, match=kind):
            announce(dossier, kind)
    with pytest.raises(ValueError, match="status_changed"):
        announce(dossier, dedupe="")


def test_nothing_personal_is_kept(app, database, dossier):
    dossier.applicant.email = MAIL
    announce(dossier, MessageKind.DEADLINE_SOON, until=date(2026, 12, 30))
    announce(dossier, MessageKind.RECOVERY_CODE, code="739214", minutes=15)
    announce(dossier, MessageKind.PHONE_CHANGED, keep_address=True)
    database.commit()
    kept = repr(raw_rows(app)["messages"])
    who = PEOPLE["kiosk"]
    personal = [who.nik, who.name, PHONE, PHONE[3:], STREET, MAIL, "739214"]
    assert [value for value in personal if value in kept] == []
    assert "2026-12-30" in kept


def test_without_any_way_it_stands_on_the_page(database, monkeypatch, dossier):
    monkeypatch.setattr(ports, "messages", Messages({}))
    announce(dossier)
    announce(dossier, MessageKind.RECOVERY_CODE, code="739214", minutes=15)
    database.commit()
    message = only(database)
    assert (message.channel, message.state) == (Channel.PAGE, MessageState.SHOWN)
    assert message.sent_at is None
    assert message.job_id is None
    assert outbox.of_dossier(dossier) == [message]


# Wishes


def test_somebody_who_wants_none_gets_none(database, dossier):
    assert wishes.stop(PHONE, Channel.SMS)
    assert not wishes.stop(PHONE, Channel.SMS)
    announce(dossier)
    assert all_messages(database) == []
    dossier.applicant.email = MAIL
    announce(dossier)
    assert [m.channel for m in all_messages(database)] == [Channel.EMAIL]
    assert wishes.start_again(PHONE, Channel.SMS)
    assert not wishes.start_again(PHONE, Channel.SMS)
    announce(dossier, dedupe="2")
    assert {m.channel for m in all_messages(database)} == {Channel.EMAIL, Channel.SMS}


def test_a_code_that_is_asked_for_comes_all_the_same(database, dossier, carriers):
    wishes.stop(PHONE, Channel.SMS)
    announce(dossier, MessageKind.RECOVERY_CODE, code="739214", minutes=15)
    database.commit()
    assert work(database).state == MessageState.SENT
    assert "739214" in carriers[Channel.SMS].got[0].text


def test_stopped_after_it_was_written(database, dossier, carriers):
    announce(dossier)
    wishes.stop(PHONE, Channel.SMS)
    database.commit()
    assert work(database).state == MessageState.NOT_WANTED
    assert carriers[Channel.SMS].got == []


def test_choosing_a_way(database, dossier):
    who = dossier.applicant
    assert wishes.chosen(who) is Channel.SMS
    assert wishes.offered(who) == (Channel.SMS, Channel.WHATSAPP)
    wishes.choose(who, Channel.WHATSAPP)
    assert wishes.chosen(who) is Channel.WHATSAPP
    wishes.choose(who, None)
    assert wishes.chosen(who) is None
    who.email = MAIL
    assert wishes.offered(who)[-1] is Channel.EMAIL
    wishes.choose(who, Channel.EMAIL)
    announce(dossier)
    assert [m.channel for m in all_messages(database)] == [Channel.EMAIL]
    wishes.choose(who, Channel.SMS)
    announce(dossier, dedupe="2")
    assert {m.channel for m in all_messages(database)} == {Channel.EMAIL, Channel.SMS}
    assert {row.channel for row in database.scalars(select(OptOut))} == {Channel.WHATSAPP}


def test_no_phone_and_no_mail_yet(database):
    dossier = opening.start(pin_hash(), "id")
    assert wishes.offered(dossier.applicant) == ()
    wishes.choose(dossier.applicant, None)
    assert wishes.chosen(dossier.applicant) is Channel.PAGE


# Sending


def test_it_goes_out_in_the_language_of_the_file(database, dossier, carriers):
    dossier.language = "en"
    dossier.applicant.email = MAIL
    announce(dossier)
    database.commit()
    bring_forward()
    assert worker.sweep.__module__ == "app.work.run"
    for message in all_messages(database):
        assert run(message.job_id)
    (sms,), (mail,) = carriers[Channel.SMS].got, carriers[Channel.EMAIL].got
    assert (sms.to, mail.to) == (PHONE, MAIL)
    assert "There is news about file SRG" in sms.text
    assert mail.subject.startswith("DPMPTSP Sorong: SRG ")
    assert sms.key != mail.key
    database.expire_all()
    states = {(m.state, m.provider_id, m.attempts) for m in all_messages(database)}
    assert states == {(MessageState.SENT, "r-1", 1)}


def test_no_transaction_is_open_while_it_is_sent(app, database, dossier, monkeypatch):
    seen = []

    class Looks(Recorder):
        def send(self, message: Outgoing, *, budget_s: float) -> str | None:
            seen.append(database().in_transaction())
            return None

    monkeypatch.setattr(ports, "messages", Messages({Channel.SMS: Looks()}))
    announce(dossier)
    database.commit()
    assert work(database).state == MessageState.SENT
    assert seen == [False]


def erase_messages(database, dossier_id):
    """What erasing a file does to its messages."""
    database.execute(delete(Message).where(Message.dossier_id == dossier_id))


@pytest.mark.parametrize("fails", [False, True])
def test_the_file_is_erased_while_it_is_sent(app, database, dossier, monkeypatch, fails):
    class Erases(Recorder):
        def send(self, message: Outgoing, *, budget_s: float) -> str | None:
            erase_messages(database, dossier_id)
            database.commit()
            if fails:
                raise NotSent(NotSentCause.DOWN)
            return None

    dossier_id = dossier.id
    monkeypatch.setattr(ports, "messages", Messages({Channel.SMS: Erases()}))
    announce(dossier)
    database.commit()
    assert run(only(database).job_id)
    assert all_messages(database) == []


def test_a_failure_is_tried_again_with_the_same_key(database, dossier, carriers):
    down = NotSent(NotSentCause.DOWN, may_have_acted=True)
    carriers[Channel.SMS].failures = [down, NotSent(NotSentCause.BUSY)]
    announce(dossier)
    database.commit()
    for attempt in (1, 2):
        first_job = only(database).job_id
        message = work(database)
        assert (message.state, message.attempts) == (MessageState.WAITING, attempt)
        assert message.job_id != first_job
        assert message.failed_at is not None
    message = work(database)
    assert message.state == MessageState.SENT
    assert [m.key for m in carriers[Channel.SMS].got] == [message.key]


def test_it_gives_up_in_the_end_and_says_so(database, dossier, carriers):
    carriers[Channel.SMS].failures = [NotSent(NotSentCause.DOWN)] * messages.TRIES_AT_MOST
    announce(dossier, MessageKind.PHONE_CHANGED, keep_address=True)
    database.commit()
    with logged() as log:
        for _ in range(messages.TRIES_AT_MOST):
            message = work(database)
    assert (message.state, message.failure) == (MessageState.GAVE_UP, "down")
    assert message.gave_up_at is not None
    assert message.address is None
    assert "message_gave_up" in log.getvalue()
    assert PHONE[-4:] not in log.getvalue()
    assert outbox.troubled() == [message]
    assert outbox.counts() == {"gave_up": 1}


def test_what_can_never_arrive_is_not_tried_again(database, dossier, carriers):
    carriers[Channel.SMS].failures = [NotSent(NotSentCause.BAD_ADDRESS, permanent=True)]
    announce(dossier)
    database.commit()
    message = work(database)
    assert (message.state, message.failure) == (MessageState.GAVE_UP, "bad_address")


def test_too_late_is_not_sent(database, dossier, carriers):
    announce(dossier, MessageKind.RECOVERY_CODE, code="739214", minutes=15)
    database.flush()
    old = datetime.now(UTC) - timedelta(minutes=16)
    database.execute(update(Message).values(planned_for=old))
    database.commit()
    message = work(database)
    assert (message.state, message.secret) == (MessageState.GAVE_UP, None)
    assert carriers[Channel.SMS].got == []


# A modem that sends later


class Modem(Recorder):
    """Takes messages and tells what a test wants to have become of them."""

    fate_now = Fate.WAITS
    holds = False

    def fate(self, key: str) -> Fate:
        return self.fate_now

    def take_back(self, key: str) -> bool:
        return not self.holds


@pytest.fixture
def modem(monkeypatch, app) -> Modem:
    found = Modem()
    monkeypatch.setattr(ports, "messages", Messages({Channel.SMS: found}))
    return found


def handed_over(database, dossier, kind=MessageKind.STATUS_CHANGED, **facts) -> Message:
    announce(dossier, kind, **facts)
    database.commit()
    message = work(database)
    assert (message.state, message.sent_at) == (MessageState.HANDED_OVER, None)
    return message


def look(database) -> tuple[bool, Message]:
    """Let the worker ask the modem; return whether that was the last time."""
    bring_forward()
    done = run(all_messages(database)[-1].job_id)
    database.expire_all()
    return done, all_messages(database)[-1]


@pytest.mark.parametrize(
    ("fate", "holds", "state", "cause", "done"),
    [
        (Fate.WAITS, False, MessageState.HANDED_OVER, None, False),
        (Fate.OVERDUE, True, MessageState.HANDED_OVER, None, False),
        (Fate.SENT, False, MessageState.SENT, None, True),
        (Fate.REPORT_AWAITED, False, MessageState.SENT, None, False),
        (Fate.OVERDUE, False, MessageState.WAITING, "down", True),
        (Fate.GONE, False, MessageState.WAITING, "down", True),
        (Fate.FAILED, False, MessageState.WAITING, "refused", True),
        (Fate.UNDELIVERED, False, MessageState.GAVE_UP, "undelivered", True),
    ],
)
def test_what_became_of_it_in_the_modem(database, dossier, modem, fate, holds, state, cause, done):
    handed_over(database, dossier)
    modem.fate_now, modem.holds = fate, holds
    ended, message = look(database)
    assert (message.state, message.failure, ended) == (state, cause, done)
    assert (message.sent_at is not None) is (state == MessageState.SENT)
    if state == MessageState.WAITING:
        modem.fate_now = Fate.SENT
        assert work(database).state == MessageState.HANDED_OVER
        assert [m.key for m in modem.got] == [message.key] * 2
        assert look(database)[1].state == MessageState.SENT


@pytest.mark.parametrize(
    ("fate", "state"),
    [
        (Fate.UNDELIVERED, MessageState.GAVE_UP),
        (Fate.SENT, MessageState.SENT),
        (Fate.GONE, MessageState.SENT),
    ],
)
def test_the_report_of_the_network_comes_after_it_was_sent(database, dossier, modem, fate, state):
    handed_over(database, dossier)
    modem.fate_now = Fate.REPORT_AWAITED
    look(database)
    modem.fate_now = fate
    ended, message = look(database)
    assert (ended, message.state) == (True, state)
    assert (outbox.troubled() == [message]) is (state == MessageState.GAVE_UP)


def test_a_code_that_the_modem_did_not_send_in_its_time_is_never_called_sent(
    database, dossier, modem
):
    message = handed_over(database, dossier, MessageKind.RECOVERY_CODE, code="739214", minutes=15)
    (outgoing,) = modem.got
    life = message.planned_for + messages.SHORT_LIFE
    assert (outgoing.leave_until, outgoing.expires_at) == (life, life)
    assert message.secret == "739214", "kept for another try"
    database.execute(update(Message).values(planned_for=datetime.now(UTC) - timedelta(minutes=16)))
    database.commit()
    modem.fate_now = Fate.OVERDUE
    _, message = look(database)
    assert (message.state, message.failure, message.secret) == (MessageState.GAVE_UP, "down", None)


def test_whoever_handed_it_over_died_and_the_modem_knows(database, dossier, modem):
    announce(dossier)
    database.commit()
    message = only(database)
    message.state, message.attempts = MessageState.SENDING, 1
    message.started_at = datetime.now(UTC) - timedelta(minutes=6)
    database.commit()
    modem.fate_now = Fate.SENT
    assert look(database)[1].state == MessageState.SENT
    assert modem.got == []


def test_what_a_modem_has_is_not_sent_again_by_another_way(database, dossier, modem, monkeypatch):
    handed_over(database, dossier)
    other = Recorder()
    monkeypatch.setattr(ports, "messages", Messages({Channel.SMS: other}))
    assert look(database)[1].state == MessageState.UNCERTAIN
    assert other.got == []


def test_a_modem_that_cannot_be_asked_is_asked_again(database, dossier, modem, monkeypatch):
    handed_over(database, dossier)

    def away(key: str) -> Fate:
        raise NotSent(NotSentCause.DOWN)

    monkeypatch.setattr(modem, "fate", away)
    ended, message = look(database)
    assert (ended, message.state) == (False, MessageState.HANDED_OVER)


# Never twice


def mail_only(database, dossier) -> None:
    dossier.applicant.email = MAIL
    dossier.applicant.message_channel = Channel.EMAIL
    announce(dossier)
    database.commit()


def test_an_e_mail_that_may_have_gone_out_is_left_to_staff(database, dossier, carriers):
    carriers[Channel.EMAIL].failures = [NotSent(NotSentCause.TIMEOUT, may_have_acted=True)]
    mail_only(database, dossier)
    message = work(database)
    assert message.state == MessageState.UNCERTAIN
    bring_forward()
    assert jobs.due(datetime.now(UTC)) == []
    assert outbox.troubled() == [message]


def test_an_e_mail_that_surely_did_not_is_tried_again(database, dossier, carriers):
    carriers[Channel.EMAIL].failures = [NotSent(NotSentCause.DOWN)]
    mail_only(database, dossier)
    assert work(database).state == MessageState.WAITING
    assert work(database).state == MessageState.SENT


@pytest.mark.parametrize(
    ("mail", "age_s", "state", "sent"),
    [
        (False, 299, MessageState.SENDING, 0),
        (False, 301, MessageState.SENT, 1),
        (True, 299, MessageState.SENDING, 0),
        (True, 301, MessageState.UNCERTAIN, 0),
    ],
)
def test_whoever_was_sending_died(database, dossier, carriers, mail, age_s, state, sent):
    if mail:
        mail_only(database, dossier)
    else:
        announce(dossier)
        database.commit()
    began = datetime.now(UTC) - timedelta(seconds=age_s)
    message = only(database)
    message.state, message.started_at, message.attempts = MessageState.SENDING, began, 1
    database.commit()
    assert run(message.job_id) is (state != MessageState.SENDING)
    assert only(database).state == state
    carrier = carriers[Channel.EMAIL if mail else Channel.SMS]
    assert len(carrier.got) == sent


def test_a_crash_while_sending_keeps_the_job(database, dossier, carriers):
    carriers[Channel.SMS].failures = [RuntimeError("a fault")]
    announce(dossier)
    database.commit()
    job_id = only(database).job_id
    with pytest.raises(RuntimeError):
        run(job_id)
    assert only(database).state == MessageState.SENDING
    assert database.get(Job, job_id).done_at is None


def test_two_workers_send_it_once(app, database, dossier, carriers):
    announce(dossier)
    database.commit()
    results = at_once([lambda: worker.sweep(app)] * 3)
    assert [r for r in results if isinstance(r, BaseException)] == []
    assert len(carriers[Channel.SMS].got) == 1


def test_done_is_done(database, dossier, carriers):
    announce(dossier)
    database.commit()
    message = work(database)
    job = jobs.plan(JobKind.MESSAGE, dossier.id)
    message.job_id = job.id
    database.commit()
    assert run(job.id)
    assert len(carriers[Channel.SMS].got) == 1


# Quiet hours


@pytest.fixture
def night(monkeypatch) -> Iterator[datetime]:
    """It is three in the night in Sorong, whenever the test runs; gives the next morning."""
    now = datetime.now(UTC)
    morning = now + timedelta(hours=4)

    def allowed(moment: datetime, kind: MessageKind) -> datetime:
        local = datetime(2026, 11, 23, 3, tzinfo=WIT) + (moment - now)
        return moment + (messages.next_allowed(local, kind) - local)

    for module in (outbox, sending):
        monkeypatch.setattr(module, "next_allowed", allowed)
    return morning


def test_at_night_it_waits_for_the_morning(database, dossier, carriers, night):
    announce(dossier)
    database.commit()
    message = only(database)
    assert abs(message.due_at - night) < timedelta(minutes=1)
    assert jobs.due(datetime.now(UTC)) == []
    # Brought forward by mistake, it still waits: by a job of its own.
    message = work(database)
    assert message.state == MessageState.WAITING
    assert abs(database.get(Job, message.job_id).due_at - night) < timedelta(minutes=1)
    assert carriers[Channel.SMS].got == []


def test_at_night_a_code_that_is_asked_for_comes_at_once(database, dossier, carriers, night):
    announce(dossier, MessageKind.RECOVERY_CODE, code="739214", minutes=15)
    database.commit()
    assert jobs.due(datetime.now(UTC)) == [only(database).job_id]
    assert run(only(database).job_id)
    assert "739214" in carriers[Channel.SMS].got[0].text


# Secrets and addresses


def test_a_code_is_forgotten_once_it_is_sent(app, database, dossier, carriers):
    announce(dossier, MessageKind.RECOVERY_CODE, code="739214", minutes=15)
    database.commit()
    message = only(database)
    assert message.secret == "739214"
    assert "739214" not in outbox.written(message, hide_secret=True)
    message = work(database)
    assert message.secret is None
    assert "739214" not in outbox.written(message)
    assert "******" in outbox.written(message)


def test_the_practice_page_goes_on_showing_a_practice_code(database, dossier):
    assert ports.messages.built_in
    announce(dossier, MessageKind.RECOVERY_CODE, code="739214", minutes=15)
    database.commit()
    message = work(database)
    assert message.state == MessageState.SENT
    assert "739214" in outbox.written(message)
    outbox.forget_old(datetime.now(UTC) + timedelta(minutes=61))
    database.commit()
    database.expire_all()
    assert "739214" not in outbox.written(message)


def test_old_sms_are_forgotten(database):
    now = datetime.now(UTC)
    for number, age in ((1, 89), (2, 91)):
        database.add(
            InboundMessage(
                provider_id=str(number), sender_index=b"x" * 32, asked="status",
                received_at=now - timedelta(days=age),
            )
        )  # fmt: skip
    outbox.forget_old(now)
    database.commit()
    assert database.scalars(select(InboundMessage.provider_id)).all() == ["1"]


def test_a_kept_address_is_the_one_of_that_moment(database, dossier, carriers):
    announce(dossier, MessageKind.PHONE_CHANGED, keep_address=True)
    announce(dossier, dedupe="later")
    dossier.applicant.phone = "+6281211112222"
    database.commit()
    bring_forward()
    for message in all_messages(database):
        assert run(message.job_id)
    assert [m.to for m in carriers[Channel.SMS].got] == [PHONE, "+6281211112222"]
    database.expire_all()
    assert {m.address for m in all_messages(database)} == {None}


def test_the_last_message_outlives_the_file(database, carriers):
    dossier = opening.start(pin_hash(), "en")
    steps.set_phone(dossier, PHONE)
    announce(dossier, MessageKind.ERASURE_DONE)
    database.commit()
    number = dossier.support_number
    erase_messages(database, dossier.id)
    message = only(database)
    assert message.dossier_id is None
    message = work(database)
    assert message.state == MessageState.SENT
    (sent,) = carriers[Channel.SMS].got
    assert sent.to == PHONE
    assert number[:4] in sent.text


# Where they are written


def kinds(session) -> list[str]:
    return [message.kind for message in all_messages(session)]


def test_sending_a_file_and_its_nib(database):
    sent_dossier()
    assert kinds(database) == [MessageKind.SENT, MessageKind.NIB_READY]


def test_sending_that_fails_tells_nothing(database):
    dossier = dossier_at(None)
    handovers.send(dossier)
    database.rollback()
    assert all_messages(database) == []


def test_a_nik_that_is_answered_at_once_is_shown_and_not_written(database):
    dossier_at(None, who="name_differs")
    assert all_messages(database) == []


@pytest.mark.parametrize(
    ("who", "told"),
    [("kiosk", MessageKind.NIK_OK), ("name_differs", MessageKind.NIK_TROUBLE)],
)
@pytest.mark.parametrize("sent", [True, False])
def test_a_nik_that_is_answered_later_is_written(database, office_is, who, told, sent):
    office_is("dukcapil", "down")
    dossier = dossier_at(None, who=who)
    if sent:
        handovers.send(dossier)
        database.commit()
    office_is("dukcapil", "up")
    bring_forward()
    job = jobs.open_job(JobKind.NIK_CHECK, dossier.id)
    assert job is not None
    assert run(job.id)
    assert kinds(database) == ([MessageKind.SENT] if sent else []) + [told]


def test_a_refusal_and_a_lock_are_told(app, database, office_is):
    office_is("oss", "accept_then_die")
    dossier = sent_dossier()
    office_is("oss", "up")
    dossier.applicant.street = "Jalan Lain 1"
    database.commit()
    bring_forward()
    job = jobs.open_job(JobKind.HANDOVER, dossier.id)
    assert job is not None
    assert run(job.id)
    assert kinds(database)[-1] == MessageKind.REFUSED
    here = pins.Asker(browser=None, address="192.0.2.1")
    for n in range(Free.ONE):
        with pytest.raises((pins.WrongPin, pins.PinWaits)):
            pins.open_with_pin(dossier.support_number, f"{n:06d}", here, fits=False)
    assert kinds(database)[-1] == MessageKind.PIN_LOCKED
    elsewhere = pins.Asker(browser=None, address="192.0.2.2")
    for n in range(Free.ONE):
        with pytest.raises((pins.WrongPin, pins.PinWaits)):
            pins.open_with_pin(dossier.support_number, f"{n:06d}", elsewhere, fits=False)
    assert kinds(database).count(MessageKind.PIN_LOCKED) == 1, "once a week, whoever guesses"


def test_the_worker_sends_from_beginning_to_end(app, carriers):
    with looking(app):
        sent_dossier()
        bring_forward()
    assert worker.sweep(app) == 3, "the comparison with OSS among them"
    assert worker.sweep(app) == 0
    texts = [message.text for message in carriers[Channel.SMS].got]
    assert len(texts) == 2
    assert all(text.startswith("DPMPTSP Sorong: ") for text in texts)


def test_the_built_in_outbox_takes_everything(application):
    assert isinstance(PageOutbox().repeatable, bool)
    assert ports.messages.carried == {Channel.SMS, Channel.WHATSAPP, Channel.EMAIL}
