"""What this database is for."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.config import Purpose
from app.extensions import Model
from app.models.columns import Moment, Named


class Installation(Model):
    """One row: whether the data are practice or real. Written at the first start, never changed."""

    __tablename__ = "installation"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    purpose: Mapped[Purpose] = mapped_column(Named(Purpose, 10))
    since: Mapped[datetime] = mapped_column(Moment)

    __table_args__ = (
        CheckConstraint("id = 1", name="one"),
        CheckConstraint("purpose IN ('practice', 'real')", name="purpose"),
    )
