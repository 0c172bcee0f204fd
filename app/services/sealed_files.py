"""Files and parts of uploads when data keys are rotated: sealed, but in no Sealed column."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from app.adapters.files import NoSuchFile
from app.extensions import db, ports, vault
from app.models.attachment import Attachment, Upload, UploadPart
from app.services import attachments, keys


def _files() -> Iterator[tuple[str, bytes]]:
    """Yield the key in the store and the stored bytes of every file that is there."""
    for storage_key in db.session.scalars(select(Attachment.storage_key).order_by(Attachment.id)):
        try:
            yield storage_key, ports.files.get(storage_key)
        except NoSuchFile:
            continue


def _parts() -> Iterator[tuple[Upload, UploadPart]]:
    query = select(Upload, UploadPart).join(UploadPart, UploadPart.upload_id == Upload.id)
    yield from db.session.execute(query.order_by(UploadPart.id)).tuples()


def uses(number: int) -> int:
    """Return how many files and parts are sealed with a key."""
    files = sum(stored[1] == number for _, stored in _files())
    return files + sum(part.content[1] == number for _, part in _parts())


def reseal() -> int:
    """Seal what another key sealed with the current one, and commit. Returns how many."""
    done = 0
    for storage_key, stored in list(_files()):
        if stored[1] != vault.current:
            purpose = attachments.purpose_of(storage_key)
            ports.files.put(
                storage_key, vault.seal_bytes(vault.open_bytes(stored, purpose), purpose)
            )
            done += 1
    for upload, part in _parts():
        if part.content[1] != vault.current:
            purpose = attachments.part_purpose_of(upload, part.offset_bytes)
            part.content = vault.seal_bytes(vault.open_bytes(part.content, purpose), purpose)
            done += 1
    db.session.commit()
    return done


def register() -> None:
    """Let the rotation of keys know of files, once."""
    if not any(each.name == "files" for each in keys.ELSEWHERE):
        keys.ELSEWHERE.append(keys.Elsewhere("files", uses, reseal))
