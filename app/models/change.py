"""Changes that are asked for after the NIB."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.domain.dossier.changes import ChangeKind, ChangeState
from app.extensions import Model
from app.models.columns import Moment, Named, Sealed
from app.models.dossier import Dossier, RowId


class ChangeRequest(Model):
    """Permintaan perubahan: what a person wants changed after the NIB.

    dossier: the one that has the NIB. new_dossier: the copy in which the change is filled in; both
    stay. A closing has none. reason: in the person's words, so sealed.
    """

    __tablename__ = "change_requests"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id"))
    new_dossier_id: Mapped[int | None] = mapped_column(ForeignKey("dossiers.id"), unique=True)
    kind: Mapped[ChangeKind] = mapped_column(Named(ChangeKind, 12))
    state: Mapped[ChangeState] = mapped_column(Named(ChangeState, 10))
    reason: Mapped[str | None] = mapped_column(Sealed("change_requests.reason"))
    asked_at: Mapped[datetime] = mapped_column(Moment)
    changed_at: Mapped[datetime] = mapped_column(Moment)

    dossier: Mapped[Dossier] = relationship(foreign_keys=[dossier_id])
    new_dossier: Mapped[Dossier | None] = relationship(foreign_keys=[new_dossier_id])

    __table_args__ = (
        Index(None, "dossier_id", "state"),
        CheckConstraint(
            "new_dossier_id is null or new_dossier_id <> dossier_id", name="not_itself"
        ),
    )
