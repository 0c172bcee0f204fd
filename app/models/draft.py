"""What was typed on a page of the form and is no answer yet."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model
from app.models.columns import Moment, Sealed
from app.models.dossier import RowId


class Draft(Model):
    """The boxes of one step as they were left. stop: as journey.Stop is written; typed: JSON."""

    __tablename__ = "drafts"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id"))
    stop: Mapped[str] = mapped_column(String(20))
    typed: Mapped[str] = mapped_column(Sealed("drafts.typed"))
    kept_at: Mapped[datetime] = mapped_column(Moment)

    __table_args__ = (UniqueConstraint("dossier_id", "stop"),)
