"""Papers sent in parts: a line that breaks goes on where it stopped."""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime

from sqlalchemy import select

from app import clock
from app.domain.dossier.attachments import (
    OPEN_UPLOADS_AT_MOST,
    UPLOAD_LASTS,
    WantedPaper,
    WrongOffset,
    check_part,
    check_received,
)
from app.extensions import db, vault
from app.models.attachment import Attachment, Upload, UploadPart
from app.models.dossier import Dossier
from app.services.papers.taking import Reserved, attach, check_room, digest_of, find
from app.services.papers.wanted import NotThere, check_changeable


def begin_upload(dossier: Dossier, paper: WantedPaper, total_bytes: int) -> Upload:
    """Open an upload for a paper. The oldest open ones give way.

    Raises DossierClosed, FileRefused (EMPTY, TOO_LARGE, TOO_MANY_FILES).
    """
    check_changeable(dossier, paper.key)
    check_received(total_bytes)
    check_room(dossier, paper.key, paper.position)
    now = clock.now()
    waiting = select(Upload).where(Upload.dossier_id == dossier.id, Upload.attachment_id.is_(None))
    rows = db.session.scalars(waiting.order_by(Upload.id.desc())).all()
    for row in rows[OPEN_UPLOADS_AT_MOST - 1 :]:
        db.session.delete(row)
    upload = Upload(
        code=secrets.token_urlsafe(16),
        dossier_id=dossier.id,
        requirement=paper.key,
        position=paper.position,
        total_bytes=total_bytes,
        received_bytes=0,
        created_at=now,
        expires_at=now + UPLOAD_LASTS,
    )
    db.session.add(upload)
    db.session.flush()
    return upload


def find_upload(dossier: Dossier, code: str) -> Upload:
    """Return an upload of this dossier. Raises NotThere, also when its time is over."""
    found = db.session.scalar(
        select(Upload).where(Upload.code == code, Upload.dossier_id == dossier.id)
    )
    if found is None or found.expires_at <= clock.now():
        raise NotThere(code)
    return found


def take_part(upload: Upload, offset: int, content: bytes) -> None:
    """Keep a part, sealed. The same part twice is taken once.

    Raises WrongOffset with the right one, BadPart.
    """
    digest = digest_of(content, "upload_parts.digest")
    try:
        check_part(upload.received_bytes, upload.total_bytes, offset=offset, size=len(content))
    except WrongOffset:
        earlier = db.session.scalar(
            select(UploadPart.digest).where(
                UploadPart.upload_id == upload.id, UploadPart.offset_bytes == offset
            )
        )
        if earlier is not None and hmac.compare_digest(earlier, digest):
            return
        raise
    if not content:
        return
    db.session.add(
        UploadPart(
            upload_id=upload.id,
            offset_bytes=offset,
            size_bytes=len(content),
            digest=digest,
            content=vault.seal_bytes(content, part_purpose_of(upload, offset)),
        )
    )
    upload.received_bytes += len(content)
    db.session.flush()


def whole_of(upload: Upload) -> bytes | None:
    """Return the file once all its parts are there; None before, and when it was finished."""
    if upload.attachment_id is not None or upload.received_bytes < upload.total_bytes:
        return None
    return b"".join(
        vault.open_bytes(part.content, part_purpose_of(upload, part.offset_bytes))
        for part in upload.parts
    )


def finish_upload(dossier: Dossier, upload: Upload, reserved: Reserved) -> Attachment:
    """Let a whole upload answer its paper, once. Raises DossierClosed, FileRefused."""
    if upload.attachment_id is not None:
        return find(dossier, upload.attachment_id)
    attachment = attach(dossier, upload.requirement, upload.position, reserved)
    upload.attachment_id = attachment.id
    upload.parts.clear()
    db.session.flush()
    return attachment


def drop_upload(upload: Upload) -> None:
    """Forget an upload whose file cannot be taken."""
    db.session.delete(upload)
    db.session.flush()


def part_purpose_of(upload: Upload, offset: int) -> str:
    return f"upload_parts.{upload.code}.{offset}"


def forget_expired_uploads(now: datetime) -> int:
    """Drop uploads whose time is over, with their parts. Return how many."""
    rows = db.session.scalars(select(Upload).where(Upload.expires_at <= now)).all()
    for row in rows:
        db.session.delete(row)
    db.session.flush()
    return len(rows)
