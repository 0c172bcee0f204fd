"""What the clock does and how it went; how many requests were answered. Nobody is named here."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model
from app.models.columns import Moment


class Duty(Model):
    """One row for each duty: the last time it was tried, and how that went.

    since: of the last time that it went well, and before the first the time of the first try.
    facts: counts, names of bundles and of causes.
    """

    __tablename__ = "duties"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment)
    well: Mapped[bool]
    since: Mapped[datetime] = mapped_column(Moment)
    facts: Mapped[dict[str, object]] = mapped_column(JSON)


class Answered(Model):
    """Requests ever answered, by room of the program and status. slow: longer than a second."""

    __tablename__ = "answered"

    room: Mapped[str] = mapped_column(String(20), primary_key=True)
    status: Mapped[str] = mapped_column(String(3), primary_key=True)
    requests: Mapped[int] = mapped_column(BigInteger)
    slow: Mapped[int] = mapped_column(BigInteger)
    milliseconds: Mapped[int] = mapped_column(BigInteger)
