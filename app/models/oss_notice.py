"""What OSS told us unasked, and where it says otherwise than we hold."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.oss.notices import NoticeState
from app.domain.oss.reconciliation import Discrepancy
from app.extensions import Model
from app.models.columns import Moment, Named, Sealed
from app.models.dossier import RowId


class OssNotice(Model):
    """One call of OSS to us (receiveNIB, receiveFileDS), kept once, however often it comes.

    digest: SHA-256 of the content. body: what came, as it came; NULL once a dossier was found,
    since all that counts is then asked for again. id_izin: the licence that it is about. unread:
    names of fields that could not be read.
    """

    __tablename__ = "oss_notices"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    service: Mapped[str] = mapped_column(String(20))
    nib: Mapped[str] = mapped_column(String(13), index=True)
    oss_id: Mapped[str] = mapped_column(String(40))
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    body: Mapped[str | None] = mapped_column(Sealed("oss_notices.body"))
    state: Mapped[NoticeState] = mapped_column(Named(NoticeState, 12))
    id_izin: Mapped[str | None] = mapped_column(String(40))
    unread: Mapped[list[str] | None] = mapped_column(JSON)
    dossier_id: Mapped[int | None] = mapped_column(ForeignKey("dossiers.id"), index=True)
    received_at: Mapped[datetime] = mapped_column(Moment)
    handled_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (Index("ix_oss_notices_state_received_at", "state", "received_at"),)


class OssDifference(Model):
    """One thing on which OSS and we differ. Settled when the two agree again; never deleted.

    subject: the activity code it is about, "" for the business itself. ours, theirs: sealed, since
    a place or a name can point to a person.
    """

    __tablename__ = "oss_differences"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id"))
    what: Mapped[Discrepancy] = mapped_column(Named(Discrepancy, 16))
    subject: Mapped[str] = mapped_column(String(7))
    ours: Mapped[str] = mapped_column(Sealed("oss_differences.ours"))
    theirs: Mapped[str] = mapped_column(Sealed("oss_differences.theirs"))
    found_at: Mapped[datetime] = mapped_column(Moment)
    settled_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (Index("ix_oss_differences_open", "dossier_id", "settled_at"),)


class OssCode(Model):
    """One code of a list of OSS (getDataReferensi), as OSS told it at told_at.

    number: of the list, annex 29 of the guide.
    """

    __tablename__ = "oss_codes"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    code: Mapped[str] = mapped_column(String(10), primary_key=True)
    words: Mapped[str] = mapped_column(String(200))
    told_at: Mapped[datetime] = mapped_column(Moment)
