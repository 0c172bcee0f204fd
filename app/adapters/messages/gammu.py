"""SMS through Gammu SMSD: a modem on the office desk, spoken to through SMSD's own tables.

The SQL tables were chosen over its files and over gammu-smsd-inject because a row carries our key
(CreatorID): whether a message was taken already can be looked up, in the outbox and among the sent
ones, in the same transaction that would add it. Tables of version 17 (Gammu 1.38 to 1.43), SQLite
and PostgreSQL; what they mean was tried with gammu-smsd 1.42.0-8 of Debian 12.

What waits in the outbox goes out whenever SMSD comes back, so each row has a window of its own.
SMSD compares it with the local time of its machine, also where SQLite's own defaults are in UTC:
all moments are written here. A window cannot go over midnight there: a row is for one day, and is
taken back when the day is over.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from app import clock
from app.adapters.messages import Fate, Incoming, NotSent, Outgoing
from app.domain.sending.failures import NotSentCause
from app.domain.sending.messages import part_of_sms, relative_validity

if TYPE_CHECKING:
    from collections.abc import Iterator

_OUTBOX = sa.table(
    "outbox",
    *(
        sa.column(name, sa.Text)
        for name in ("DestinationNumber", "TextDecoded", "CreatorID", "Coding")
    ),
    *(sa.column(n) for n in ("SendingDateTime", "SendingTimeOut", "SendAfter", "SendBefore")),
    sa.column("RelativeValidity", sa.Integer),
    sa.column("ID", sa.Integer),
)
_SENT = sa.table(
    "sentitems",
    sa.column("CreatorID", sa.Text),
    sa.column("ID", sa.Integer),
    sa.column("Status", sa.Text),
)
_INBOX = sa.table(
    "inbox",
    sa.column("ID", sa.Integer),
    *(sa.column(name, sa.Text) for name in ("SenderNumber", "TextDecoded", "UDH")),
    sa.column("ReceivingDateTime"),
    sa.column("Processed"),
)
_PHONES = sa.table("phones", sa.column("Send"), sa.column("UpdatedInDB"))
_POSTGRES_NOW = sa.literal_column("LOCALTIMESTAMP(0)", sa.DateTime)
_AT_ONCE = 50
_SILENT_AFTER = timedelta(minutes=5)
"""SMSD writes into `phones` every 60 seconds (StatusFrequency), seldom while it tries to send."""
_FATES = {
    "SendingOKNoReport": Fate.SENT,
    "DeliveryOK": Fate.SENT,
    "SendingError": Fate.FAILED,
    "Error": Fate.FAILED,
    "DeliveryFailed": Fate.UNDELIVERED,
}
"""By the status of a row in sentitems; all others wait for the report of the network."""
_FAILED = tuple(status for status, fate in _FATES.items() if fate is Fate.FAILED)


class GammuSmsd:
    """Carrier and inbox in SMSD's database. Repeatable: our key stands on each row."""

    repeatable = True

    def __init__(self, database_url: str) -> None:
        self._is_sqlite = database_url.startswith("sqlite")
        options = {"timeout": 5} if self._is_sqlite else {"connect_timeout": 5}
        # No pool: a message every few minutes need not hold a connection of the modem's database.
        self._engine = sa.create_engine(
            database_url, poolclass=NullPool, connect_args=options, hide_parameters=True
        )

    def send(self, message: Outgoing, *, budget_s: float) -> str | None:
        """Put one SMS into SMSD's outbox, once, for this day. Raises NotSent.

        Nothing is put there while SMSD gives no sign of life.
        """
        with self._transaction() as connection:
            tables = (_OUTBOX, sa.true()), (_SENT, _SENT.c.Status.not_in(_FAILED))
            for table, holds in tables:
                query = sa.select(table.c.ID).where(table.c.CreatorID == message.key, holds)
                if (known := connection.scalar(query.limit(1))) is not None:
                    return f"gammu-{known}"
            if not self._is_alive(connection):
                raise NotSent(NotSentCause.DOWN)
            connection.execute(
                sa.insert(_OUTBOX).values(
                    DestinationNumber=message.to,
                    TextDecoded=message.text,
                    CreatorID=message.key,
                    Coding="Default_No_Compression",
                    **self._window(connection, message),
                )
            )
            query = sa.select(_OUTBOX.c.ID).where(_OUTBOX.c.CreatorID == message.key)
            return f"gammu-{connection.scalar(query)}"

    def _window(self, connection: sa.Connection, message: Outgoing) -> dict[str, object]:
        """Return when a row may go out: from now until its end, today at the latest."""
        now, local = clock.now(), self._local_now(connection)
        last = time(23, 59, 59)
        found: dict[str, object] = {}
        if message.leave_until is not None:
            end = local + (message.leave_until - now) - timedelta(seconds=1)
            last = end.time().replace(microsecond=0) if end.date() == local.date() else last
        if message.expires_at is not None:
            found["RelativeValidity"] = relative_validity(message.expires_at - now)
        return found | {
            "SendingDateTime": self._written(local),
            "SendingTimeOut": self._written(local),
            "SendAfter": self._written(local.time()),
            "SendBefore": self._written(last),
        }

    def fate(self, key: str) -> Fate:
        """Return what became of a message. Raises NotSent."""
        with self._transaction() as connection:
            query = sa.select(_OUTBOX.c.SendingDateTime, _OUTBOX.c.SendBefore)
            row = connection.execute(query.where(_OUTBOX.c.CreatorID == key)).first()
            if row is not None:
                day = datetime.fromisoformat(str(row.SendingDateTime)).date()
                end = datetime.combine(day, time.fromisoformat(str(row.SendBefore)))
                return Fate.WAITS if self._local_now(connection) <= end else Fate.OVERDUE
            told = sa.select(_SENT.c.Status).where(_SENT.c.CreatorID == key)
            status = connection.scalar(told.order_by(_SENT.c.ID.desc()).limit(1))
            return Fate.GONE if status is None else _FATES.get(status, Fate.REPORT_AWAITED)

    def take_back(self, key: str) -> bool:
        """Take a message out of the outbox. False: SMSD holds it now. Raises NotSent."""
        with self._transaction() as connection:
            free = _OUTBOX.c.SendingTimeOut <= self._written(self._local_now(connection))
            mine = sa.delete(_OUTBOX).where(_OUTBOX.c.CreatorID == key, free)
            return connection.execute(mine).rowcount > 0

    def read(self) -> Sequence[Incoming]:
        """Return what came in and was not dealt with yet, a long SMS as one. Raises NotSent."""
        query = (
            sa.select(_INBOX)
            .where(_INBOX.c.Processed == self._flag(False))
            .order_by(_INBOX.c.ID)
            .limit(_AT_ONCE)
        )
        with self._transaction() as connection:
            rows = connection.execute(query).all()
        return _joined(rows)

    def done(self, message: Incoming) -> None:
        """Mark one as processed. Raises NotSent."""
        change = sa.update(_INBOX).where(_INBOX.c.ID.in_(message.rows))
        with self._transaction() as connection:
            connection.execute(change.values(Processed=self._flag(True)))

    def _is_alive(self, connection: sa.Connection) -> bool:
        """Return whether an SMSD that sends wrote its state lately."""
        # In SQLite this column alone is filled by SMSD's own trigger, in UTC.
        now = sa.func.datetime("now") if self._is_sqlite else _POSTGRES_NOW
        told = sa.select(sa.func.max(_PHONES.c.UpdatedInDB), now)
        sends = sa.literal("yes", sa.Text) if self._is_sqlite else sa.literal(True, sa.Boolean)
        last, moment = connection.execute(told.where(_PHONES.c.Send == sends)).one()
        return last is not None and _moment(moment) - _moment(last) < _SILENT_AFTER

    def _local_now(self, connection: sa.Connection) -> datetime:
        """Return the time of the machine as SMSD compares with it."""
        now = sa.func.datetime("now", "localtime") if self._is_sqlite else _POSTGRES_NOW
        return _moment(connection.scalar(sa.select(now)))

    def _written(self, value: datetime | time) -> sa.ColumnElement[object]:
        """Return a moment as SMSD writes it: text in SQLite, a time of its own in PostgreSQL."""
        if self._is_sqlite:
            return sa.literal(str(value), sa.Text)
        return sa.literal(value, sa.DateTime if isinstance(value, datetime) else sa.Time)

    def _flag(self, value: bool) -> sa.ColumnElement[object]:
        """Return a flag as SMSD writes it: text in SQLite, a boolean in PostgreSQL."""
        if self._is_sqlite:
            return sa.literal("true" if value else "false", sa.Text)
        return sa.literal(value, sa.Boolean)

    @contextmanager
    def _transaction(self) -> Iterator[sa.Connection]:
        try:
            with self._engine.begin() as connection:
                yield connection
        except SQLAlchemyError:
            raise NotSent(NotSentCause.DOWN, may_have_acted=True) from None


def _joined(rows: Sequence[sa.Row[Any]]) -> list[Incoming]:
    """Return the messages that some rows of the inbox make, a long SMS as one.

    SMSD writes the whole text into its first row and leaves the others empty; where a part did not
    come in time, each that came has its own text.
    """
    texts: list[dict[int, sa.Row[Any]]] = []
    begun: dict[tuple[str, int, int], dict[int, sa.Row[Any]]] = {}
    for row in rows:
        part = part_of_sms(row.UDH or "")
        if part is None:
            texts.append({1: row})
            continue
        key = (row.SenderNumber, part.reference, part.total)
        if key not in begun or part.number in begun[key]:  # another one with the same reference
            begun[key] = {}
            texts.append(begun[key])
        begun[key][part.number] = row
    return [
        Incoming(
            # The day too: with a new disk SMSD numbers from 1 again, and those are no old ones.
            f"gammu-{first.ID}-{_moment(first.ReceivingDateTime):%Y%m%d%H%M%S}",
            first.SenderNumber,
            "".join(parts[number].TextDecoded for number in sorted(parts)),
            tuple(row.ID for row in parts.values()),
        )
        for parts in texts
        for first in [next(iter(parts.values()))]
    ]


def _moment(value: object) -> datetime:
    return datetime.fromisoformat(str(value))
