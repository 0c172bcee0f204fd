"""Licences (izin) of a dossier, every status they went through, and what had to be mended."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.domain.licence.corrections import CorrectionOutcome, ReturnReason
from app.domain.licence.status import StatusSource
from app.extensions import Model
from app.models.columns import Moment, Named, Sealed
from app.models.dossier import RowId


class Licence(Model):
    """One licence of one activity, as OSS holds it. product: NULL for the NIB itself.

    status: the newest status known; days, days_unit: what the rules (NSPK) allow the office, NULL
    where not known; authority: who decides, NULL where OSS did not say. heard_number, told_number:
    the last of its events that OSS said or echoed, and that we told OSS; 0 for none. heard_at: when
    OSS last told of it. status may be
    a code of OSS that we do not know: then status_words are OSS's own for it, if it gave any.
    paper_at: when OSS told that the signed paper is ready.
    """

    __tablename__ = "licences"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    handover_id: Mapped[int] = mapped_column(ForeignKey("handovers.id"), index=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id"))
    activity_position: Mapped[int] = mapped_column(default=0)
    id_izin: Mapped[str] = mapped_column(String(40))
    kd_izin: Mapped[str] = mapped_column(String(40))
    id_proyek: Mapped[str | None] = mapped_column(String(40))
    product: Mapped[str | None] = mapped_column(String(3))
    status: Mapped[str] = mapped_column(String(10), index=True)
    status_words: Mapped[str | None] = mapped_column(String(200))
    paper_at: Mapped[datetime | None] = mapped_column(Moment)
    number: Mapped[str | None] = mapped_column(String(60))
    issued_on: Mapped[date | None]
    days: Mapped[int | None]
    days_unit: Mapped[str | None] = mapped_column(String(60))
    authority: Mapped[str | None] = mapped_column(String(2))
    heard_number: Mapped[int] = mapped_column(default=0)
    told_number: Mapped[int] = mapped_column(default=0)
    heard_at: Mapped[datetime | None] = mapped_column(Moment)

    events: Mapped[list[LicenceEvent]] = relationship(
        order_by="LicenceEvent.number", back_populates="licence", lazy="selectin"
    )

    __table_args__ = (
        UniqueConstraint("dossier_id", "id_izin"),
        CheckConstraint("days >= 0", name="days_not_negative"),
    )


class LicenceEvent(Model):
    """One status that a licence was given. Append-only, but for who has seen it since.

    number: the order in which the news came; at: when it happened, as the source says; targets:
    what had to be mended ("step:tempat:0", "paper:<key>"); not_before: where the source names no
    moment, the earliest at which it can have happened; unexpected: no step that we know;
    seen_at: when staff saw, or OSS said, what the person had told.
    """

    __tablename__ = "licence_events"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    licence_id: Mapped[int] = mapped_column(ForeignKey("licences.id"))
    number: Mapped[int]
    status: Mapped[str] = mapped_column(String(10))
    at: Mapped[datetime] = mapped_column(Moment)
    not_before: Mapped[datetime | None] = mapped_column(Moment)
    recorded_at: Mapped[datetime] = mapped_column(Moment)
    source: Mapped[StatusSource] = mapped_column(Named(StatusSource, 10))
    seen_at: Mapped[datetime | None] = mapped_column(Moment)
    unexpected: Mapped[bool] = mapped_column(default=False)
    reason_code: Mapped[ReturnReason | None] = mapped_column(Named(ReturnReason, 32))
    targets: Mapped[list[str]] = mapped_column(JSON)
    note: Mapped[str | None] = mapped_column(Sealed("licence_events.note"))

    licence: Mapped[Licence] = relationship(back_populates="events")

    __table_args__ = (UniqueConstraint("licence_id", "number"),)


class Correction(Model):
    """Perbaikan: one time that a dossier was given back, and how that ended.

    event_number: of the licence's event that gave it back. answer_until: the last moment for an
    answer, NULL where the office named none. outcome: NULL while open.
    """

    __tablename__ = "corrections"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id"))
    licence_id: Mapped[int] = mapped_column(ForeignKey("licences.id"))
    event_number: Mapped[int]
    opened_at: Mapped[datetime] = mapped_column(Moment)
    answer_until: Mapped[datetime | None] = mapped_column(Moment)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    outcome: Mapped[CorrectionOutcome | None] = mapped_column(Named(CorrectionOutcome, 8))

    licence: Mapped[Licence] = relationship()
    items: Mapped[list[CorrectionTarget]] = relationship(
        order_by="CorrectionTarget.id", back_populates="correction", lazy="selectin"
    )

    __table_args__ = (
        UniqueConstraint("licence_id", "event_number"),
        Index("ix_corrections_open", "dossier_id", "closed_at"),
    )


class CorrectionTarget(Model):
    """One thing to mend, with the answers as they were and as they were sent again.

    before, after: JSON of the step's answers, sealed; NULL for papers, whose versions the files
    themselves keep.
    """

    __tablename__ = "correction_targets"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    correction_id: Mapped[int] = mapped_column(ForeignKey("corrections.id"), index=True)
    target: Mapped[str] = mapped_column(String(80))
    reason_code: Mapped[ReturnReason] = mapped_column(Named(ReturnReason, 32))
    note: Mapped[str | None] = mapped_column(Sealed("correction_targets.note"))
    before: Mapped[str | None] = mapped_column(Sealed("correction_targets.before"))
    after: Mapped[str | None] = mapped_column(Sealed("correction_targets.after"))
    changed_at: Mapped[datetime | None] = mapped_column(Moment)

    correction: Mapped[Correction] = relationship(back_populates="items")
