"""Runs migrations inside the application; see app/__main__.py and `flask db`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from alembic import context
from flask import current_app
from sqlalchemy import Connection
from sqlalchemy.types import TypeDecorator

from app.extensions import db, vault


def plain_types(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Write our column types as the plain types below them: a migration never imports a model."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    return False


@contextmanager
def _tables_may_be_rebuilt(connection: Connection) -> Iterator[None]:
    """Let SQLite replace a table that others point to; its own advice for a change of a table.

    It asks for the switch before the transaction, and for a look at every reference afterwards.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    driver = connection.connection.dbapi_connection
    assert driver is not None
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
        broken = driver.execute("PRAGMA foreign_key_check").fetchall()
        if broken:
            tables = sorted({row[0] for row in broken})
            raise RuntimeError(f"rows point to nothing in {tables}")
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


def run() -> None:
    """Run on the engine of the application, each migration in its transaction."""
    assert current_app, "run this through flask db"
    with db.engine.connect() as connection, _tables_may_be_rebuilt(connection):
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_item=plain_types,
            render_as_batch=connection.dialect.name == "sqlite",
            compare_type=True,
            vault=vault,  # for what a migration has to seal or to open
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


run()
