"""SMS through Gammu SMSD: a modem on the office desk, spoken to through SMSD's own tables.

The SQL tables were chosen over its files and over gammu-smsd-inject because a row carries our key
(CreatorID): whether a message was taken already can be looked up, in the outbox and among the sent
ones, in the same transaction that would add it. Tables as of Gammu 1.43, SQLite and PostgreSQL.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from app.adapters.messages import Incoming, NotSent, NotSentCause, Outgoing

if TYPE_CHECKING:
    from collections.abc import Iterator

_OUTBOX = sa.table(
    "outbox",
    *(
        sa.column(name, sa.Text)
        for name in ("DestinationNumber", "TextDecoded", "CreatorID", "Coding")
    ),
    sa.column("ID", sa.Integer),
)
_SENT = sa.table("sentitems", sa.column("CreatorID", sa.Text), sa.column("ID", sa.Integer))
_INBOX = sa.table(
    "inbox",
    sa.column("ID", sa.Integer),
    sa.column("SenderNumber", sa.Text),
    sa.column("TextDecoded", sa.Text),
    sa.column("Processed"),
)
_AT_ONCE = 50


class GammuSmsd:
    """Carrier and inbox in SMSD's database. Repeatable: our key stands on each row."""

    repeatable = True

    def __init__(self, database_url: str) -> None:
        is_sqlite = database_url.startswith("sqlite")
        options = {"timeout": 5} if is_sqlite else {"connect_timeout": 5}
        # No pool: a message every few minutes need not hold a connection of the modem's database.
        self._engine = sa.create_engine(
            database_url, poolclass=NullPool, connect_args=options, hide_parameters=True
        )
        self._is_sqlite = is_sqlite

    def send(self, message: Outgoing, *, budget_s: float) -> str | None:
        """Put one SMS into SMSD's outbox, once. Raises NotSent."""
        with self._transaction() as connection:
            for table in (_OUTBOX, _SENT):
                query = sa.select(table.c.ID).where(table.c.CreatorID == message.key)
                if (known := connection.scalar(query.limit(1))) is not None:
                    return f"gammu-{known}"
            connection.execute(
                sa.insert(_OUTBOX).values(
                    DestinationNumber=message.to,
                    TextDecoded=message.text,
                    CreatorID=message.key,
                    Coding="Default_No_Compression",
                )
            )
            query = sa.select(_OUTBOX.c.ID).where(_OUTBOX.c.CreatorID == message.key)
            return f"gammu-{connection.scalar(query)}"

    def read(self) -> Sequence[Incoming]:
        """Return what came in and was not dealt with yet. Raises NotSent."""
        query = (
            sa.select(_INBOX.c.ID, _INBOX.c.SenderNumber, _INBOX.c.TextDecoded)
            .where(_INBOX.c.Processed == self._flag(False))
            .order_by(_INBOX.c.ID)
            .limit(_AT_ONCE)
        )
        with self._transaction() as connection:
            return [
                Incoming(f"gammu-{number}", sender, text)
                for number, sender, text in connection.execute(query)
            ]

    def done(self, message: Incoming) -> None:
        """Mark one as processed. Raises NotSent."""
        number = int(message.id.removeprefix("gammu-"))
        change = sa.update(_INBOX).where(number == _INBOX.c.ID)
        with self._transaction() as connection:
            connection.execute(change.values(Processed=self._flag(True)))

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
