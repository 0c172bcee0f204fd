"""What somebody prepares before reporting on the investment (LKPM) at OSS."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model
from app.models.columns import Moment, Sealed
from app.models.dossier import RowId


class LkpmWorksheet(Model):
    """Lembar kerja LKPM: the figures of one period. The report itself is made at OSS.

    period: key of a period, "2026-S2". *_idr: what was spent in this period, in whole rupiah.
    reported_at: when the person said that the report was sent at OSS.
    """

    __tablename__ = "lkpm_worksheets"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id"))
    period: Mapped[str] = mapped_column(String(7))
    land_idr: Mapped[int] = mapped_column(BigInteger)
    building_idr: Mapped[int] = mapped_column(BigInteger)
    machines_idr: Mapped[int] = mapped_column(BigInteger)
    other_idr: Mapped[int] = mapped_column(BigInteger)
    working_idr: Mapped[int] = mapped_column(BigInteger)
    workers_male: Mapped[int]
    workers_female: Mapped[int]
    production: Mapped[str | None] = mapped_column(Sealed("lkpm_worksheets.production"))
    problems: Mapped[str | None] = mapped_column(Sealed("lkpm_worksheets.problems"))
    saved_at: Mapped[datetime] = mapped_column(Moment)
    reported_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (
        UniqueConstraint("dossier_id", "period"),
        CheckConstraint(
            "land_idr >= 0 and building_idr >= 0 and machines_idr >= 0 and other_idr >= 0 "
            "and working_idr >= 0",
            name="amounts_not_negative",
        ),
        CheckConstraint("workers_male >= 0 and workers_female >= 0", name="workers_not_negative"),
    )

    @property
    def total_idr(self) -> int:
        """Everything that was spent in the period."""
        return (
            self.land_idr
            + self.building_idr
            + self.machines_idr
            + self.other_idr
            + self.working_idr
        )
