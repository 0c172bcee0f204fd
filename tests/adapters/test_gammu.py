"""Gammu SMSD: its tables, and the daemon itself where the machine has it."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from app.adapters.messages import Fate, Incoming, NotSent
from app.adapters.messages.gammu import GammuSmsd
from app.domain.sending.failures import NotSentCause
from tests.adapters.test_messages import SMS, failure
from tests.smsd import ALIVE, TABLES, Daemon, real_daemon

LONG = "selamat pagi bapak ibu, " * 7 + "STATUS SRG 4821 0937 5514 terima kasih"
SENDER = "+6281200004567"


@pytest.fixture
def smsd(tmp_path) -> Iterator[sqlite3.Connection]:
    """The tables of an SMSD that is alive."""
    with closing(sqlite3.connect(tmp_path / "smsd.sqlite", isolation_level=None)) as connection:
        connection.executescript(TABLES + ALIVE)
        yield connection


@pytest.fixture
def modem(smsd, tmp_path) -> GammuSmsd:
    return GammuSmsd(f"sqlite:///{tmp_path / 'smsd.sqlite'}")


@pytest.fixture
def daemon() -> Iterator[Daemon]:
    with real_daemon() as found:
        yield found


@contextlib.contextmanager
def in_zone(zone: str) -> Iterator[None]:
    """Let this machine, and a daemon that is started now, be in a time zone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", zone)
        time.tzset()
        yield
    time.tzset()


@pytest.fixture
def in_sorong() -> Iterator[None]:
    with in_zone("WIT-9"):
        yield


def lasting(minutes: float, key: str = SMS.key):
    until = datetime.now(UTC) + timedelta(minutes=minutes)
    return replace(SMS, key=key, leave_until=until, expires_at=until)


# The tables


def test_an_sms_lies_in_the_outbox_of_the_modem(modem, smsd):
    assert modem.send(SMS, budget_s=2) == "gammu-1"
    query = 'SELECT "DestinationNumber", "TextDecoded", "Coding", "CreatorID" FROM outbox'
    assert smsd.execute(query).fetchall() == [(SMS.to, SMS.text, "Default_No_Compression", SMS.key)]


def test_an_sms_lies_there_once(modem, smsd):
    """Also after the modem moved it to the sent ones."""
    assert modem.send(SMS, budget_s=2) == modem.send(SMS, budget_s=2) == "gammu-1"
    moved(smsd, "SendingOKNoReport")
    assert modem.send(SMS, budget_s=2) == "gammu-1"
    assert smsd.execute("SELECT count(*) FROM outbox").fetchone() == (0,)


def moved(smsd, status: str) -> None:
    """Do with the outbox what SMSD does after it tried."""
    smsd.execute(
        'INSERT INTO sentitems ("CreatorID", "ID", "Status") SELECT "CreatorID", "ID", ?'
        " FROM outbox",
        [status],
    )
    smsd.execute("DELETE FROM outbox")


@pytest.mark.parametrize(
    ("status", "fate"),
    [
        ("SendingOKNoReport", Fate.SENT),
        ("DeliveryOK", Fate.SENT),
        ("SendingOK", Fate.REPORT_AWAITED),
        ("DeliveryPending", Fate.REPORT_AWAITED),
        ("DeliveryUnknown", Fate.REPORT_AWAITED),
        ("DeliveryFailed", Fate.UNDELIVERED),
        ("SendingError", Fate.FAILED),
        ("Error", Fate.FAILED),
    ],
)
def test_what_became_of_an_sms(modem, smsd, status, fate):
    assert modem.fate(SMS.key) is Fate.GONE
    modem.send(SMS, budget_s=2)
    assert modem.fate(SMS.key) is Fate.WAITS
    moved(smsd, status)
    assert modem.fate(SMS.key) is fate
    again = modem.send(SMS, budget_s=2)
    assert (again, modem.fate(SMS.key)) == (
        ("gammu-2", Fate.WAITS) if fate is Fate.FAILED else ("gammu-1", fate)
    )


def test_an_smsd_without_a_sign_of_life_gets_nothing(modem, smsd):
    """What lies in its outbox would go out whenever it comes back."""
    for change in (
        """UPDATE phones SET "Send" = 'no'""",
        "DELETE FROM phones",
        """INSERT INTO phones ("IMEI", "Send", "UpdatedInDB")
           VALUES ('2', 'yes', datetime('now', '-301 seconds'))""",
    ):
        smsd.execute(change)
        assert failure(modem) == (NotSentCause.DOWN, False, False)
    assert smsd.execute("SELECT count(*) FROM outbox").fetchone() == (0,)
    smsd.execute(
        """INSERT INTO phones ("IMEI", "Send", "UpdatedInDB")
           VALUES ('3', 'yes', datetime('now', '-290 seconds'))"""
    )
    assert modem.send(SMS, budget_s=2)


def test_what_was_not_sent_in_its_time_is_taken_back(modem, smsd):
    modem.send(lasting(60), budget_s=2)
    assert modem.fate(SMS.key) is Fate.WAITS
    smsd.execute("""UPDATE outbox SET "SendingDateTime" = datetime('now', 'localtime', '-1 day')""")
    assert modem.fate(SMS.key) is Fate.OVERDUE, "yesterday's, and in its hour again today"
    smsd.execute("""UPDATE outbox SET "SendingTimeOut" = datetime('now', 'localtime', '1 hour')""")
    assert not modem.take_back(SMS.key), "SMSD holds it"
    smsd.execute("""UPDATE outbox SET "SendingTimeOut" = datetime('now', 'localtime')""")
    assert modem.take_back(SMS.key)
    assert modem.fate(SMS.key) is Fate.GONE


def came(smsd, *rows: tuple[str, str, str]) -> None:
    smsd.executemany(
        'INSERT INTO inbox ("SenderNumber", "UDH", "TextDecoded", "ReceivingDateTime")'
        " VALUES (?, ?, ?, '2026-11-30 08:15:00')",
        rows,
    )


def test_what_came_in_is_read_until_it_is_done(modem, smsd):
    came(smsd, ("+62812", "", "STATUS"), ("+62813", "", "STOP"))
    first, second = modem.read()
    assert (first, second) == (
        Incoming("gammu-1-20261130081500", "+62812", "STATUS", (1,)),
        Incoming("gammu-2-20261130081500", "+62813", "STOP", (2,)),
    )
    modem.done(first)
    assert modem.read() == [second]
    flags = smsd.execute('SELECT "Processed" FROM inbox').fetchall()
    assert flags == [("true",), ("false",)]


def test_the_parts_of_a_long_sms_are_one(modem, smsd):
    came(
        smsd,
        ("+62812", "050003070201", "the whole text"),
        ("+62812", "050003070202", ""),
        ("+62813", "06080407070202", "behind"),  # a part was late: each has its own text
        ("+62812", "050003070201", "another with the same number"),
        ("+62813", "06080407070201", "before "),
        ("+62814", "050003070302", "alone"),
        ("+62814", "0B05040B84C0020003F00102", "no part of a long one"),
    )
    read = modem.read()
    assert [(message.text, message.rows) for message in read] == [
        ("the whole text", (1, 2)),
        ("before behind", (3, 5)),
        ("another with the same number", (4,)),
        ("alone", (6,)),
        ("no part of a long one", (7,)),
    ]
    modem.done(read[0])
    query = """SELECT "ID" FROM inbox WHERE "Processed" = 'true'"""
    assert smsd.execute(query).fetchall() == [(1,), (2,)]


def test_the_database_of_the_modem_is_away(tmp_path):
    modem = GammuSmsd(f"sqlite:///{tmp_path / 'no' / 'smsd.sqlite'}")
    assert failure(modem) == (NotSentCause.DOWN, False, True)
    for asked in (modem.read, lambda: modem.fate("k"), lambda: modem.take_back("k")):
        with pytest.raises(NotSent):
            asked()


def test_a_new_database_numbers_from_one_and_its_messages_are_new(modem, smsd):
    came(smsd, ("+62812", "", "STATUS"))
    (old,) = modem.read()
    smsd.execute("DELETE FROM inbox")
    smsd.execute("DELETE FROM sqlite_sequence")
    came(smsd, ("+62812", "", "STOP"))
    smsd.execute("""UPDATE inbox SET "ReceivingDateTime" = '2026-12-01 08:15:00'""")
    (new,) = modem.read()
    assert (old.rows, old.id == new.id) == (new.rows, False)


POSTGRES = """
CREATE TABLE outbox ("DestinationNumber" varchar(20) NOT NULL, "TextDecoded" text NOT NULL,
  "CreatorID" text NOT NULL, "Coding" varchar(255) NOT NULL, "ID" serial PRIMARY KEY,
  "SendBefore" time NOT NULL, "SendAfter" time NOT NULL, "SendingDateTime" timestamp NOT NULL,
  "SendingTimeOut" timestamp(0) NOT NULL, "RelativeValidity" integer DEFAULT -1);
CREATE TABLE sentitems ("CreatorID" text NOT NULL, "ID" integer, "Status" varchar(255) NOT NULL);
CREATE TABLE inbox ("ID" serial PRIMARY KEY, "SenderNumber" varchar(20) NOT NULL,
  "TextDecoded" text NOT NULL, "UDH" text NOT NULL, "Processed" boolean NOT NULL DEFAULT false,
  "ReceivingDateTime" timestamp(0) NOT NULL DEFAULT LOCALTIMESTAMP(0));
CREATE TABLE phones ("Send" boolean NOT NULL, "UpdatedInDB" timestamp(0) NOT NULL);
INSERT INTO phones VALUES (true, LOCALTIMESTAMP(0));
INSERT INTO inbox ("SenderNumber", "UDH", "TextDecoded")
  VALUES ('+62812', '050003070201', 'STATUS'), ('+62812', '050003070202', '');
"""


@pytest.mark.databases
@pytest.mark.parametrize("zone", ["Asia/Jayapura", "America/New_York"])
def test_the_same_on_postgresql(request, zone):
    if request.config.getoption("--database") != "postgresql":
        pytest.skip("on SQLite the tests above ask the same")
    url = sa.make_url(os.environ["DATABASE_URL"]).set(drivername="postgresql+psycopg")
    url = url.update_query_dict({"options": f"-csearch_path=smsd -ctimezone={zone}"})
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE SCHEMA smsd")
        connection.exec_driver_sql(POSTGRES)
    try:
        modem = GammuSmsd(url.render_as_string(hide_password=False))
        assert modem.send(lasting(60), budget_s=2) == modem.send(lasting(60), budget_s=2)
        assert modem.fate(SMS.key) is Fate.WAITS
        with engine.begin() as connection:
            day = '"SendingDateTime" = "SendingDateTime" - interval \'1 day\''
            connection.exec_driver_sql(f"UPDATE outbox SET {day}")
        assert modem.fate(SMS.key) is Fate.OVERDUE
        assert modem.take_back(SMS.key)
        (one,) = modem.read()
        assert (one.text, one.rows) == ("STATUS", (1, 2))
        modem.done(one)
        assert modem.read() == []
        with engine.begin() as connection:
            old = "LOCALTIMESTAMP(0) - interval '301 seconds'"
            connection.exec_driver_sql(f'UPDATE phones SET "UpdatedInDB" = {old}')
        assert failure(modem) == (NotSentCause.DOWN, False, False)
    finally:
        with engine.begin() as connection:
            connection.exec_driver_sql("DROP SCHEMA smsd CASCADE")


# The daemon


def test_the_daemon_has_a_long_sms_in_several_rows_and_we_have_one(daemon):
    with daemon.running():
        daemon.comes_in(SENDER, LONG[:153], 1, "050003320201")
        daemon.comes_in(SENDER, LONG[153:], 2, "050003320202")
        daemon.wait("SELECT 1 FROM inbox WHERE ID = 2")
        (one,) = daemon.modem.read()
    assert (one.sender, one.text, one.rows) == (SENDER, LONG, (1, 2))
    daemon.modem.done(one)
    assert daemon.modem.read() == []


def test_of_a_long_sms_whose_end_does_not_come_the_daemon_keeps_what_came(daemon):
    with daemon.running():
        daemon.comes_in(SENDER, LONG[:153], 1, "050003320201")
        daemon.wait("SELECT 1 FROM inbox")
        (one,) = daemon.modem.read()
    assert (one.text, one.rows) == (LONG[:153], (1,))


@pytest.mark.parametrize("zone", ["WIT-9", "UTC0", "XXX5"])
def test_the_daemon_sends_in_the_time_of_a_row_alone(daemon, zone):
    """West of Greenwich the defaults of its own tables lie hours ahead of its clock."""
    with in_zone(zone):
        with daemon.running():
            daemon.modem.send(lasting(-1, "late"), budget_s=2)
            assert daemon.modem.send(lasting(60), budget_s=2) == "gammu-2"
            daemon.wait("SELECT 1 FROM sentitems")
        assert daemon.modem.fate(SMS.key) is Fate.SENT
        query = 'SELECT "CreatorID", "RelativeValidity" FROM sentitems'
        assert daemon.database.execute(query).fetchall() == [(SMS.key, 10)]
        assert daemon.modem.fate("late") is Fate.OVERDUE
        assert daemon.modem.take_back("late")


@pytest.mark.parametrize(("word", "fate"), [("Failed", Fate.UNDELIVERED), ("Delivered", Fate.SENT)])
def test_what_the_network_reports_reaches_us_through_the_daemon(daemon, in_sorong, word, fate):
    with (daemon.folder / "rc").open("a", encoding="utf-8") as settings:
        settings.write("deliveryreport = log\n")
    with daemon.running():
        daemon.modem.send(SMS, budget_s=2)
        daemon.wait("SELECT 1 FROM sentitems")
        assert daemon.modem.fate(SMS.key) is Fate.REPORT_AWAITED
        daemon.report(SMS.to, word)
        daemon.wait("SELECT 1 FROM sentitems WHERE Status <> 'SendingOK'")
    assert daemon.modem.fate(SMS.key) is fate


def test_the_state_of_a_daemon_that_ended_stays_and_grows_old(daemon):
    assert failure(daemon.modem) == (NotSentCause.DOWN, False, False)
    with daemon.running():
        pass
    assert daemon.modem.send(SMS, budget_s=2), "it may be back in a moment"
    daemon.database.execute("DROP TRIGGER update_phones_time")
    with daemon.database:
        daemon.database.execute("UPDATE phones SET UpdatedInDB = datetime('now', '-6 minutes')")
    assert failure(daemon.modem, replace(SMS, key="new")) == (NotSentCause.DOWN, False, False)
