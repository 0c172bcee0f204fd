"""Column types shared by the tables."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import Column, DateTime, Dialect, LargeBinary, String, Table, event
from sqlalchemy.orm import Mapper
from sqlalchemy.types import TypeDecorator

from app.extensions import vault

Name = TypeVar("Name", bound=StrEnum)


class Moment(TypeDecorator[datetime]):
    """An aware moment, stored in UTC. SQLite forgets time zones; they are put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Sealed(TypeDecorator[str]):
    """Personal text, encrypted at rest. `purpose` is bound into the value: table.column."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, purpose: str) -> None:
        super().__init__()
        self.purpose = purpose

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        return None if value is None else vault.seal(value, self.purpose)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> str | None:
        return None if value is None else vault.open(bytes(value), self.purpose)


class Exact(TypeDecorator[Decimal]):
    """A decimal kept as text: SQLite has no exact decimals and would round through a float."""

    impl = String(24)
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:
        return None if value is None else format(value, "f")

    def process_result_value(self, value: str | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value)


class UnknownName(ValueError):
    """A row holds a text that its enum does not know. column: table.column."""

    def __init__(self, column: str, text: str, kind: type[StrEnum]) -> None:
        super().__init__(f"{column} holds {text!r}, which is no {kind.__name__}")


class Named(TypeDecorator[Name]):
    """A member of an enum, kept as its text. Raises UnknownName for a text that it does not know.

    column: table.column, known once the column has its table.
    """

    impl = String
    cache_ok = True

    def __init__(self, kind: type[Name], length: int) -> None:
        super().__init__(length)
        self.kind = kind
        self.length = length
        self.column = "a column"

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        member = self.member(value)
        return None if member is None else member.value

    def process_result_value(self, value: str | None, dialect: Dialect) -> Name | None:
        return self.member(value)

    def member(self, text: str | None) -> Name | None:
        """Return the member of a text. Raises UnknownName."""
        if text is None:
            return None
        try:
            return self.kind(text)
        except ValueError:
            raise UnknownName(self.column, text, self.kind) from None


@event.listens_for(Mapper, "mapper_configured")
def _take_as_member(mapper: Mapper[Any], table_class: type[Any]) -> None:
    """Make what is set the member at once, as it would be once read again."""
    for attribute in mapper.column_attrs:
        kind = attribute.columns[0].type
        if isinstance(kind, Named):
            event.listen(
                getattr(table_class, attribute.key),
                "set",
                lambda _row, value, _old, _event, kind=kind: kind.member(value),
                retval=True,
            )


@event.listens_for(Column, "after_parent_attach")
def _tell_where(column: Column[Any], table: Any) -> None:
    if isinstance(column.type, Named) and isinstance(table, Table):
        column.type.column = f"{table.name}.{column.name}"
