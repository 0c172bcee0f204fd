"""Taking a paper: cleaned, sealed, put away, replaced, shown to staff."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, func, select

from app import clock
from app.adapters.files import new_key
from app.adapters.pdf import clean_pdf
from app.adapters.pictures import clean_picture
from app.domain.dossier.attachments import (
    ContentKind,
    FileFault,
    FileRefused,
    check_count,
    check_original,
    check_received,
    kind_of,
)
from app.domain.dossier.events import EventKind
from app.domain.dossier.known import known
from app.domain.licence.corrections import PaperTarget
from app.extensions import db, ports, vault
from app.models.attachment import Attachment, FileDisposal, Upload
from app.models.dossier import Dossier
from app.services.base import events, jobs
from app.services.base.jobs import JobKind
from app.services.licence import gate
from app.services.papers.wanted import NotThere, PaperState, check_changeable, papers_of

_CLAIMED_WITHIN = timedelta(hours=1)

# Who may open a sent dossier again for one paper: (dossier, key of the paper) -> yes or no.


# Which papers


def signed_papers(dossier: Dossier) -> list[PaperState]:
    """Return the papers whose file in force is signed: whoever verifies opens their originals."""
    return [s for s in papers_of(dossier) if s.there is not None and s.there.original_key]


# Who may change


# Taking a file in


@dataclass(frozen=True)
class Cleaned:
    """A content that may be kept. kind: JPEG or PDF. pages: 1 for a picture.

    original: the file as it came, where it is signed; None else. signers: as in CleanPdf.
    """

    kind: ContentKind
    content: bytes
    pages: int
    original: bytes | None = None
    signers: tuple[str, ...] = ()

    @property
    def digest(self) -> bytes:
        """A keyed digest: a plain one would tell who else holds the same paper."""
        return digest_of(self.content + (self.original or b""), "attachments.digest")


@dataclass(frozen=True)
class Reserved:
    """A cleaned content and the key that it gets in the store; its original has one of its own."""

    storage_key: str
    original_key: str | None
    cleaned: Cleaned

    @property
    def contents(self) -> dict[str, bytes]:
        """What is put into the store, by key."""
        found = {self.storage_key: self.cleaned.content}
        if self.original_key is not None and self.cleaned.original is not None:
            found[self.original_key] = self.cleaned.original
        return found


def clean(raw: bytes) -> Cleaned:
    """Return what of a received file may be kept. Takes a while: call it outside a transaction.

    Raises FileRefused.
    """
    check_received(len(raw))
    kind = kind_of(raw)
    if kind is ContentKind.PDF:
        pdf = clean_pdf(raw)
        if not pdf.signers:
            return Cleaned(kind, pdf.content, pdf.pages)
        check_original(len(raw))
        return Cleaned(kind, pdf.content, pdf.pages, raw, pdf.signers)
    return Cleaned(ContentKind.JPEG, clean_picture(raw, kind), 1)


def reserve(cleaned: Cleaned) -> Reserved:
    """Note the key of a content before it is put. The caller commits, then calls put()."""
    found = Reserved(new_key(), None if cleaned.original is None else new_key(), cleaned)
    due_at = clock.now() + _CLAIMED_WITHIN
    db.session.add_all(FileDisposal(storage_key=key, due_at=due_at) for key in found.contents)
    db.session.flush()
    return found


def put(reserved: Reserved) -> None:
    """Seal a content and put it into the store, with no transaction open.

    Raises FilesUnavailable.
    """
    for key, content in reserved.contents.items():
        ports.files.put(key, vault.seal_bytes(content, purpose_of(key)))


def attach(dossier: Dossier, key: str, position: int | None, reserved: Reserved) -> Attachment:
    """Let a content that was put answer a paper; an earlier one stays as an older version.

    The same content again changes nothing.

    Raises DossierClosed, FileRefused (TOO_MANY_FILES; GIVEN_BACK where it mends nothing).
    """
    check_changeable(dossier, key)
    cleaned = reserved.cleaned
    before = _in_force(dossier, key, position)
    if before is not None and hmac.compare_digest(before.digest, cleaned.digest):
        if gate.waits_for(dossier, PaperTarget(key)):
            raise FileRefused(FileFault.GIVEN_BACK)
        return before
    check_room(dossier, key, position)
    now = clock.now()
    if before is not None:
        before.replaced_at = now
    attachment = Attachment(
        dossier_id=dossier.id,
        requirement=key,
        position=position,
        kind=cleaned.kind,
        size_bytes=len(cleaned.content),
        pages=cleaned.pages,
        digest=cleaned.digest,
        storage_key=reserved.storage_key,
        original_key=reserved.original_key,
        original_bytes=None if cleaned.original is None else len(cleaned.original),
        signers=None if cleaned.original is None else "\n".join(cleaned.signers),
        created_at=now,
    )
    db.session.add(attachment)
    gate.changed(dossier, PaperTarget(key))
    claimed = FileDisposal.storage_key.in_(reserved.contents)
    db.session.execute(delete(FileDisposal).where(claimed))
    db.session.flush()
    _note(dossier, EventKind.ATTACHMENT_ADDED, attachment)
    return attachment


def check_room(dossier: Dossier, key: str, position: int | None) -> None:
    """Judge whether one more file fits. Raises FileRefused (TOO_MANY_FILES)."""
    of_dossier = select(func.count()).where(Attachment.dossier_id == dossier.id)
    in_force = of_dossier.where(Attachment.replaced_at.is_(None), Attachment.removed_at.is_(None))
    replaces = _in_force(dossier, key, position) is not None
    check_count(known(db.session.scalar(in_force)) - replaces, known(db.session.scalar(of_dossier)))


def _in_force(dossier: Dossier, key: str, position: int | None) -> Attachment | None:
    return db.session.scalar(
        select(Attachment).where(
            Attachment.dossier_id == dossier.id,
            Attachment.requirement == key,
            Attachment.position.is_(None) if position is None else Attachment.position == position,
            Attachment.replaced_at.is_(None),
            Attachment.removed_at.is_(None),
        )
    )


def _note(dossier: Dossier, kind: EventKind, attachment: Attachment) -> None:
    events.record(
        dossier,
        kind,
        attachment=attachment.id,
        requirement=attachment.requirement,
        position=attachment.position,
    )


def digest_of(content: bytes, purpose: str) -> bytes:
    return vault.index(hashlib.sha256(content).hexdigest(), purpose)


def purpose_of(storage_key: str) -> str:
    """A content is bound to its key: put under another one, it does not open."""
    return f"files.{storage_key}"


# What was taken in


def find(dossier: Dossier, attachment_id: int) -> Attachment:
    """Return an attachment of this dossier, of any version. Raises NotThere."""
    found = db.session.get(Attachment, attachment_id) if attachment_id < 2**63 else None
    if found is None or found.dossier_id != dossier.id:
        raise NotThere(attachment_id)
    return found


def content_of(storage_key: str) -> bytes:
    """Return a content as it may be shown. Raises NoSuchFile, FilesUnavailable, CannotDecrypt."""
    return vault.open_bytes(ports.files.get(storage_key), purpose_of(storage_key))


def show_to_staff(dossier: Dossier, attachment_id: int, *, original: bool) -> bytes:
    """Return a paper for whoever verifies it; that it was shown goes into the record.

    original: as it came, with its signature. Raises NotThere, also where no original is kept;
    NoSuchFile, FilesUnavailable, CannotDecrypt.
    """
    attachment = find(dossier, attachment_id)
    key = attachment.original_key if original else attachment.storage_key
    if key is None:
        raise NotThere(attachment_id)
    content = content_of(key)
    events.record(dossier, EventKind.ATTACHMENT_SHOWN, attachment=attachment_id, original=original)
    return content


def remove(dossier: Dossier, attachment: Attachment) -> None:
    """Take a file out of the dossier; it can be put back. Raises DossierClosed."""
    check_changeable(dossier, attachment.requirement)
    if attachment.in_force:
        attachment.removed_at = clock.now()
        db.session.flush()
        _note(dossier, EventKind.ATTACHMENT_REMOVED, attachment)


def put_back(dossier: Dossier, attachment: Attachment) -> None:
    """Undo remove(), unless another file has taken the place. Raises DossierClosed, FileRefused."""
    check_changeable(dossier, attachment.requirement)
    place = (attachment.requirement, attachment.position)
    if attachment.removed_at is None or _in_force(dossier, *place) is not None:
        return
    check_count(len([s for s in papers_of(dossier) if s.there]), 0)
    attachment.removed_at = None
    db.session.flush()
    _note(dossier, EventKind.ATTACHMENT_RESTORED, attachment)


# Uploads in parts


# Taking out for good


def forget_all(dossier: Dossier) -> None:
    """Delete every row about attachments of a dossier and plan to empty the store of them.

    For the erasure of a dossier; the caller removes what is left of the dossier.
    """
    now = clock.now()
    for upload in db.session.scalars(select(Upload).where(Upload.dossier_id == dossier.id)):
        db.session.delete(upload)
    db.session.flush()
    for row in db.session.scalars(select(Attachment).where(Attachment.dossier_id == dossier.id)):
        for key in filter(None, (row.storage_key, row.original_key)):
            db.session.add(FileDisposal(storage_key=key, due_at=now))
        db.session.delete(row)
    jobs.plan(JobKind.DISPOSE_FILES, None)
