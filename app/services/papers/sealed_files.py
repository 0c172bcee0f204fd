"""Files and parts of uploads when data keys are rotated: sealed, but in no Sealed column."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import structlog
from sqlalchemy import select

from app.adapters.files import NoSuchFile, PlaceMissing
from app.extensions import db, ports, vault
from app.models.attachment import Attachment, Upload, UploadPart
from app.services.base import keys
from app.services.papers import taking, uploads
from app.vault import CannotDecrypt

_log = structlog.get_logger(__name__)


def check_place() -> None:
    """See that the place of files is the one in which this database keeps them, before work begins.

    A new one is marked, and one of an installation from before there were marks.

    Raises PlaceMissing, FilesUnavailable.
    """
    try:
        ports.files.check()
    except PlaceMissing:
        newest = db.session.scalar(
            select(Attachment.storage_key).order_by(Attachment.id.desc()).limit(1)
        )
        if newest is None or ports.files.exists(newest):
            ports.files.mark()
        else:
            raise


def _files() -> Iterator[tuple[str, bytes | None]]:
    """Yield each key in the store with the stored bytes; None where they are not there."""
    check_place()
    query = select(Attachment.storage_key, Attachment.original_key).order_by(Attachment.id)
    rows = db.session.execute(query).all()  # at once: whoever asks may commit on the way
    for storage_key in (key for row in rows for key in row if key):
        try:
            yield storage_key, ports.files.get(storage_key)
        except NoSuchFile:
            yield storage_key, None


def _parts() -> Iterator[tuple[Upload, UploadPart]]:
    for number in db.session.scalars(select(UploadPart.id).order_by(UploadPart.id)).all():
        part = db.session.get(UploadPart, number)
        if part is not None:  # its upload may have come to its end meanwhile
            yield db.session.get_one(Upload, part.upload_id), part


def uses() -> Counter[int | None]:
    """Return how many files and parts each key seals; None: a row whose file cannot be read.

    Raises PlaceMissing, FilesUnavailable.
    """
    found = Counter(vault.number_of(stored) for _, stored in _files())
    found.update(vault.number_of(part.content) for _, part in _parts())
    return found


def reseal() -> Iterator[keys.Resealed]:
    """Seal what another key sealed with the current one; yield after each file and each part.

    The caller commits. Raises PlaceMissing, FilesUnavailable.
    """
    for storage_key, stored in _files():
        purpose = taking.purpose_of(storage_key)
        try:
            anew = _anew(stored or b"", purpose)
        except CannotDecrypt:
            _log.error("cannot_reseal", column="files", file=storage_key)
            yield keys.Resealed(0, 1)
            continue
        if anew is not None:
            ports.files.put(storage_key, anew)
            yield keys.Resealed(1, 0)
    for upload, part in _parts():
        purpose = uploads.part_purpose_of(upload, part.offset_bytes)
        try:
            anew = _anew(part.content, purpose)
        except CannotDecrypt:
            _log.error("cannot_reseal", column="upload_parts", row=part.id)
            yield keys.Resealed(0, 1)
            continue
        if anew is not None:
            part.content = anew
            yield keys.Resealed(1, 0)


def _anew(stored: bytes, purpose: str) -> bytes | None:
    """Return bytes sealed with the current key; None where they are. Raises CannotDecrypt."""
    if vault.number_of(stored) == vault.current:
        return None
    return vault.seal_bytes(vault.open_bytes(stored, purpose), purpose)


def register() -> None:
    """Let the rotation of keys know of files, once."""
    if not any(each.name == "files" for each in keys.ELSEWHERE):
        keys.ELSEWHERE.append(keys.Elsewhere("files", uses, reseal))
