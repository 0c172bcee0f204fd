"""SMS from people: each dealt with once, answered with what is public, and never too often."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from app.adapters.messages import Incoming, Messages, NotSent, PageOutbox
from app.adapters.messages.gammu import GammuSmsd
from app.domain.sending.failures import NotSentCause
from app.domain.sending.messages import Channel, MessageKind
from app.extensions import ports
from app.models.message import InboundMessage, Message, OptOut
from app.services.messages import outbox as messages_outbox
from app.services.messages import wishes
from app.services.tracking import inbound
from app.work import run
from tests.factories import (
    PEOPLE,
    PHONE,
    STREET,
    at_once,
    bring_forward,
    dossier_at,
    logged,
    looking,
    raw_rows,
    sent_dossier,
)
from tests.smsd import ALIVE, TABLES, real_daemon

STRANGER = "+6281399998888"


def take(text: str, number: int = 1, sender: str = STRANGER) -> str | None:
    """Return the text of the answer, None without one."""
    taken = inbound.take(f"t-{number}", sender, text)
    assert taken.answered is bool(taken.messages)
    return messages_outbox.written(taken.messages[0]) if taken.messages else None


def count(session, model=Message) -> int:
    return int(session.scalar(select(func.count()).select_from(model)))


def test_where_a_file_is(database):
    dossier = sent_dossier()
    before = count(database)
    said = take(f"status {dossier.support_number}")
    assert said is not None
    today = messages_outbox.text_of(
        MessageKind.STATUS_ANSWER,
        {
            "number": dossier.support_number,
            "turn": "done",
            "on": inbound.local_date(dossier.events[-1].at).isoformat(),
        },
        number="",
        language="id",
        in_training=True,
    )
    assert said == today
    assert count(database) == before + 1


def test_the_answer_is_as_public_as_the_page(database):
    """Whoever has the number learns where the file is, and nothing about the person."""
    dossier = dossier_at(None, who="deceased")
    said = take(f"STATUS {dossier.support_number}") or ""
    who = PEOPLE["deceased"]
    assert [v for v in (who.nik, who.name, STREET, PHONE[-4:]) if v in said] == []
    other = dossier_at(None, who="duplicate")
    same = take(f"STATUS {other.support_number}", 2) or ""
    assert said.partition(": ")[2].partition(": ")[2] == same.partition(": ")[2].partition(": ")[2]


def test_unknown_and_mistyped_numbers_are_answered_alike(database):
    unknown = take("STATUS SRG 0000 0000 0000", 1)
    mistyped = take("STATUS SRG 1111 1111 1112", 2)
    assert unknown is not None
    assert unknown == mistyped


def test_two_numbers_are_answered_each_and_an_unknown_one_beside_them_is_left_out(database):
    first, second = sent_dossier(), sent_dossier()
    both = f"tolong cek {first.support_number} dan {second.support_number}"
    taken = inbound.take("t-1", STRANGER, both)
    numbers = [message.facts["number"] for message in taken.messages]
    assert numbers == [first.support_number, second.support_number]
    one = inbound.take("t-2", STRANGER, f"cek 0000 0000 0000, {second.support_number} terima kasih")
    assert [message.facts["number"] for message in one.messages] == [second.support_number]


@pytest.mark.parametrize("text", ["cek 123", "STATUS", "telepon saya 0812 0000 4567"])
def test_who_gave_no_whole_number_is_helped_and_not_told_that_it_is_unknown(database, text):
    taken = inbound.take("t-1", STRANGER, text)
    assert [message.kind for message in taken.messages] == [MessageKind.HELP]


def test_an_answer_speaks_the_language_of_the_senders_own_file(database):
    dossier = sent_dossier()
    dossier.language = "en"
    database.flush()
    number = dossier.support_number
    assert "Done. The NIB is there." in (take(f"STATUS {number}", 1, PHONE) or "")
    query = select(Message.language).order_by(Message.id.desc())
    assert database.scalar(query) == "en"
    take(f"STATUS {number}", 2, STRANGER)
    assert database.scalar(query) == "id"


def test_the_same_sms_again_changes_nothing(database):
    first = inbound.take("t-1", STRANGER, "halo")
    database.commit()
    again = inbound.take("t-1", STRANGER, "halo")
    assert (first.answered, again.answered) == (True, True)
    assert again.messages == ()
    assert (count(database), count(database, InboundMessage)) == (1, 1)


def test_brought_four_times_at_the_same_moment(app, database):
    def bring() -> bool:
        with looking(app) as session:
            answered = inbound.take("t-1", STRANGER, "halo").answered
            session.commit()
            return answered

    assert at_once([bring] * 4) == [True] * 4
    assert (count(database), count(database, InboundMessage)) == (1, 1)


def test_stop_and_start(database):
    assert take("STOP", 1) is not None
    assert wishes.wants_none(STRANGER, Channel.SMS)
    assert not wishes.wants_none(STRANGER, Channel.WHATSAPP)
    assert take("stop", 2) is None, "said once: two machines could answer each other for ever"
    assert take("MULAI", 3) is not None
    assert not wishes.wants_none(STRANGER, Channel.SMS)
    assert take("START", 4) is None
    assert count(database, OptOut) == 0


def test_stop_is_for_the_phone_of_a_file_too(database):
    dossier = sent_dossier()
    take("BERHENTI", 1, "0812 0000 4567")
    before = count(database)
    messages_outbox.announce(dossier, MessageKind.STATUS_CHANGED, dedupe="1")
    assert count(database) == before


def test_stop_counts_however_often_somebody_wrote(database):
    for number in range(inbound.SENDER_AN_HOUR + 1):
        take("STATUS 000000000000", number)
    assert take("STOP", 99) is not None
    assert wishes.wants_none(STRANGER, Channel.SMS)


def test_help_comes_once_a_day(database):
    assert take("halo", 1) is not None
    assert take("apa kabar", 2) is None
    assert take("halo", 3, PHONE) is not None, "another sender"
    day_ago = datetime.now(UTC) - timedelta(hours=24, seconds=1)
    database.execute(update(InboundMessage).values(received_at=day_ago))
    assert take("halo", 4) is not None


def test_nobody_guesses_numbers(database):
    """As slow as on the page: so many an hour from one phone, so many a day."""
    for number in range(inbound.SENDER_AN_HOUR):
        assert take("STATUS 000000000000", number) is not None
    assert take("STATUS 000000000000", 100) is None
    assert take("STATUS 000000000000", 101, PHONE) is not None
    for hours in (2, 4):
        old = datetime.now(UTC) - timedelta(hours=hours)
        fresh = datetime.now(UTC) - timedelta(hours=1)
        recent = update(InboundMessage).where(InboundMessage.received_at > fresh)
        database.execute(recent.values(received_at=old))
        for number in range(inbound.SENDER_AN_HOUR):
            said = take("STATUS 000000000000", 1000 * hours + number)
    # 11 of the first hour count, so the last of the thirty is one too many.
    assert said is None


def test_all_together_are_limited_too(database, monkeypatch):
    monkeypatch.setattr(inbound, "ALL_AN_HOUR", 3)
    for number in range(3):
        take("halo", number, f"+62812000000{number}")
    with pytest.raises(inbound.TooMany):
        take("halo", 4, PHONE)
    assert count(database, InboundMessage) == 3
    assert inbound.take("t-1", STRANGER, "halo").answered, "one that is known already"


@pytest.mark.parametrize("sender", ["TELKOMSEL", "888", "+1 555 0100", ""])
def test_senders_that_nobody_can_answer(database, sender):
    assert take("STATUS 000000000000", 1, sender) is None
    assert (count(database), count(database, InboundMessage)) == (0, 1)


def test_neither_text_nor_sender_is_kept(app, database):
    dossier = sent_dossier()
    take(f"STATUS {dossier.support_number} dari Yohana", 1)
    take("NIK saya 9601055403879001", 2)
    database.commit()
    with looking(app) as session:
        bring_forward()
        session.rollback()
    run.sweep(app)
    kept = repr({name: raw_rows(app)[name] for name in ("inbound_messages", "messages")})
    assert [v for v in ("Yohana", "9601055403879001", STRANGER, STRANGER[3:]) if v in kept] == []
    with looking(app) as session:
        assert set(session.scalars(select(Message.address))) == {None}


def test_without_sms_nothing_is_answered(database, monkeypatch):
    monkeypatch.setattr(ports, "messages", Messages({Channel.EMAIL: PageOutbox()}))
    assert take("halo") is None
    assert count(database) == 0


# The inbox of a modem


class Box:
    """An inbox with what a test puts in."""

    def __init__(self, *messages: Incoming, fails: bool = False) -> None:
        self.waiting = list(messages)
        self.fails = fails

    def read(self) -> list[Incoming]:
        if self.fails:
            raise NotSent(NotSentCause.DOWN)
        return list(self.waiting)

    def done(self, message: Incoming) -> None:
        self.waiting.remove(message)


def test_the_worker_empties_the_inbox_and_answers(app, monkeypatch):
    box = Box(Incoming("gammu-1", STRANGER, "halo"), Incoming("gammu-2", STRANGER, "STOP"))
    outbox = Messages({Channel.SMS: PageOutbox()}, inbox=box)
    monkeypatch.setattr(ports, "messages", outbox)
    assert run.sweep(app) == 2, "the two answers"
    assert box.waiting == []
    with looking(app) as session:
        states = session.scalars(select(Message.state)).all()
        assert states == ["sent", "sent"]


def test_the_rest_of_a_long_sms_asks_nothing_and_counts_nothing(app, monkeypatch):
    box = Box(Incoming("gammu-2", STRANGER, "", (2,)), Incoming("gammu-3", STRANGER, "halo", (3,)))
    monkeypatch.setattr(ports, "messages", Messages({Channel.SMS: PageOutbox()}, inbox=box))
    run.sweep(app)
    assert box.waiting == []
    with looking(app) as session:
        assert session.scalars(select(InboundMessage.provider_id)).all() == ["gammu-3"]


def test_a_flood_in_the_inbox_waits(app, monkeypatch):
    monkeypatch.setattr(inbound, "ALL_AN_HOUR", 1)
    box = Box(Incoming("gammu-1", STRANGER, "halo"), Incoming("gammu-2", PHONE, "halo"))
    monkeypatch.setattr(ports, "messages", Messages({Channel.SMS: PageOutbox()}, inbox=box))
    with logged() as log:
        run.sweep(app)
    assert [found.id for found in box.waiting] == ["gammu-2"]
    assert "inbound_too_many" in log.getvalue()


def test_an_inbox_that_is_away_stops_nothing(app, monkeypatch):
    outbox = Messages({Channel.SMS: PageOutbox()}, inbox=Box(fails=True))
    monkeypatch.setattr(ports, "messages", outbox)
    with looking(app):
        sent_dossier()
        bring_forward()
    with logged() as log:
        assert run.sweep(app) == 3, "two messages and a comparison"
    assert "inbox_unavailable" in log.getvalue()


def test_a_fault_in_the_inbox_stops_nothing(app, monkeypatch):
    class Broken(Box):
        def read(self) -> list[Incoming]:
            raise RuntimeError("a fault")

    monkeypatch.setattr(ports, "messages", Messages({Channel.SMS: PageOutbox()}, inbox=Broken()))
    with looking(app):
        sent_dossier()
        bring_forward()
    with logged() as log:
        assert run.sweep(app) == 3, "two messages and a comparison"
    assert "collect_failed" in log.getvalue()


def test_a_modem_from_beginning_to_end(app, monkeypatch, tmp_path):
    """STATUS comes in by the modem, its answer lies in the modem's outbox, both once."""
    path = tmp_path / "smsd.sqlite"
    with looking(app):
        number = sent_dossier().support_number
    with closing(sqlite3.connect(path)) as smsd:
        smsd.executescript(TABLES + ALIVE)
        with smsd:
            smsd.execute(
                'INSERT INTO inbox ("SenderNumber", "TextDecoded") VALUES (?, ?)',
                (STRANGER, f"Status SRG {number}"),
            )
        modem = GammuSmsd(f"sqlite:///{path}")
        monkeypatch.setattr(ports, "messages", Messages({Channel.SMS: modem}, inbox=modem))
        for _ in range(3):
            run.sweep(app)
        found = smsd.execute('SELECT "DestinationNumber", "TextDecoded" FROM outbox').fetchall()
        answers = [text for to, text in found if to == STRANGER]
        assert len(answers) == 1
        assert number[:4] in answers[0]
        assert smsd.execute('SELECT "Processed" FROM inbox').fetchall() == [("true",)]


def test_a_long_sms_through_a_real_daemon_is_answered_once(app, monkeypatch):
    """In by its phone in two parts, out by its phone, and only then it counts as sent."""
    with looking(app):
        number = sent_dossier().support_number
        bring_forward()
    asked = "Selamat pagi bapak dan ibu di kantor, " * 4 + f"STATUS SRG {number} terima kasih"
    with real_daemon() as smsd:
        outbox = Messages({Channel.SMS: smsd.modem}, inbox=smsd.modem)
        monkeypatch.setattr(ports, "messages", outbox)
        with smsd.running():
            smsd.comes_in(STRANGER, asked[:153], 1, "050003320201")
            smsd.comes_in(STRANGER, asked[153:], 2, "050003320202")
            smsd.wait("SELECT 1 FROM inbox WHERE ID = 2")
            run.sweep(app)
            with looking(app) as session:
                mine = select(Message.state).where(Message.kind == MessageKind.STATUS_ANSWER)
                assert session.scalars(mine).all() == ["handed_over"]
                assert count(session, InboundMessage) == 1
            smsd.wait(f"SELECT 1 FROM sentitems WHERE DestinationNumber = '{STRANGER}'")
        with looking(app) as session:
            bring_forward()
            session.rollback()
        run.sweep(app)
        with looking(app) as session:
            assert session.scalars(mine).all() == ["sent"]
        query = f"SELECT TextDecoded FROM sentitems WHERE DestinationNumber = '{STRANGER}'"
        ((text,),) = smsd.database.execute(query).fetchall()
    assert number[:4] in text
