"""NIK cases, and the times when the civil registry gave no verdicts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.domain.nik.cases import NikCaseState, NikClosedBecause, NikEscalatedBecause
from app.domain.nik.verdict import NikClass, RegistryFault
from app.extensions import Model
from app.models.columns import Moment, Named
from app.models.dossier import Dossier, RowId


class NikCase(Model):
    """Perkara NIK: a NIK that did not fit, from the first verdict until it does.

    Its attempts are the rows of `nik_checks`: verdicts, never replies. `nik_index` is a keyed
    digest, to see that another NIK was typed. At most one case of a dossier is not closed.
    """

    __tablename__ = "nik_cases"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    number: Mapped[str] = mapped_column(String(8), unique=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id"), index=True)
    nik_index: Mapped[bytes] = mapped_column(LargeBinary(32))
    nik_class: Mapped[NikClass] = mapped_column(Named(NikClass, 24))
    state: Mapped[NikCaseState] = mapped_column(Named(NikCaseState, 16))
    opened_at: Mapped[datetime] = mapped_column(Moment)
    touched_at: Mapped[datetime] = mapped_column(Moment)
    tries: Mapped[int]
    automatic_checks: Mapped[int]
    next_check_at: Mapped[datetime | None] = mapped_column(Moment)
    escalated_at: Mapped[datetime | None] = mapped_column(Moment)
    escalated_because: Mapped[NikEscalatedBecause | None] = mapped_column(
        Named(NikEscalatedBecause, 20)
    )
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    closed_because: Mapped[NikClosedBecause | None] = mapped_column(Named(NikClosedBecause, 20))

    dossier: Mapped[Dossier] = relationship()

    __table_args__ = (
        Index("ix_nik_cases_state", "state", "opened_at"),
        Index("ix_nik_cases_closed_at", "closed_at"),
        Index(
            "uq_nik_cases_not_closed",
            "dossier_id",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )


class RegistryTrouble(Model):
    """A time in which the civil registry gave no verdicts for one cause. About nobody."""

    __tablename__ = "registry_troubles"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    cause: Mapped[RegistryFault] = mapped_column(Named(RegistryFault, 16))
    began_at: Mapped[datetime] = mapped_column(Moment)
    last_at: Mapped[datetime] = mapped_column(Moment)
    failures: Mapped[int]
    alerted_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (Index("ix_registry_troubles_ended_at", "ended_at", "cause"),)
