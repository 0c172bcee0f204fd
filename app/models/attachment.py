"""Attachments (lampiran) of a dossier, and the uploads that bring them over a bad line."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.domain.dossier.attachments import ContentKind
from app.extensions import Model
from app.models.columns import Moment, Named, Sealed
from app.models.dossier import RowId


class Attachment(Model):
    """Lampiran: one version of one paper. Older versions stay, so that both can be compared.

    The content lies sealed in the store of files under `storage_key`. The name that the file had
    on the person's phone is not kept: it may hold a name. `digest` is keyed.

    A paper that is signed electronically has its original beside it, under `original_key`: the copy
    to look at cannot carry the signature. signers: who signed, a line each, as the file says.
    """

    __tablename__ = "attachments"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id"))
    requirement: Mapped[str] = mapped_column(String(60))
    position: Mapped[int | None]
    kind: Mapped[ContentKind] = mapped_column(Named(ContentKind, 8))
    size_bytes: Mapped[int]
    pages: Mapped[int]
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    storage_key: Mapped[str] = mapped_column(String(32), unique=True)
    original_key: Mapped[str | None] = mapped_column(String(32), unique=True)
    original_bytes: Mapped[int | None]
    signers: Mapped[str | None] = mapped_column(Sealed("attachments.signers"))
    created_at: Mapped[datetime] = mapped_column(Moment)
    replaced_at: Mapped[datetime | None] = mapped_column(Moment)
    removed_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (
        CheckConstraint("size_bytes > 0", name="size_bytes"),
        CheckConstraint("pages > 0", name="pages"),
        CheckConstraint(
            "(original_key IS NULL) = (original_bytes IS NULL)"
            " and (original_key IS NULL) = (signers IS NULL)",
            name="original",
        ),
        Index("ix_attachments_dossier_id_requirement", "dossier_id", "requirement"),
    )

    @property
    def signed_by(self) -> tuple[str, ...]:
        """Who signed, of those whose name is known. Nobody has checked it."""
        return tuple(name for name in (self.signers or "").split("\n") if name)

    @property
    def in_force(self) -> bool:
        """Return whether this version is the one that counts."""
        return self.replaced_at is None and self.removed_at is None


class Upload(Model):
    """A file on its way, in parts. `code` cannot be guessed and belongs to one dossier."""

    __tablename__ = "uploads"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    code: Mapped[str] = mapped_column(String(22), unique=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id"), index=True)
    requirement: Mapped[str] = mapped_column(String(60))
    position: Mapped[int | None]
    total_bytes: Mapped[int]
    received_bytes: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment, index=True)
    attachment_id: Mapped[int | None] = mapped_column(ForeignKey("attachments.id"), index=True)

    parts: Mapped[list[UploadPart]] = relationship(
        order_by="UploadPart.offset_bytes", cascade="all, delete-orphan"
    )

    __table_args__ = (
        CheckConstraint(
            "received_bytes >= 0 and received_bytes <= total_bytes", name="received_bytes"
        ),
    )


class UploadPart(Model):
    """One part, sealed. Gone as soon as the file is whole."""

    __tablename__ = "upload_parts"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    upload_id: Mapped[int] = mapped_column(ForeignKey("uploads.id"))
    offset_bytes: Mapped[int]
    size_bytes: Mapped[int]
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    content: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (UniqueConstraint("upload_id", "offset_bytes"),)


class FileDisposal(Model):
    """A content to take out of the store of files, unless an attachment claims it before.

    Written before the content itself: whatever breaks in between, nothing stays that no row knows.
    """

    __tablename__ = "file_disposals"

    storage_key: Mapped[str] = mapped_column(String(32), primary_key=True)
    due_at: Mapped[datetime] = mapped_column(Moment, index=True)
