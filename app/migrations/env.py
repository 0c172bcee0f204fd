"""Runs migrations inside the application; see app/__main__.py and `flask db`."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from flask import current_app
from sqlalchemy.types import TypeDecorator

from app.extensions import db


def plain_types(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Write our column types as the plain types below them: a migration never imports a model."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    return False


def run() -> None:
    """Run on the engine of the application, each migration in its transaction."""
    assert current_app, "run this through flask db"
    with db.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_item=plain_types,
            render_as_batch=connection.dialect.name == "sqlite",
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


run()
