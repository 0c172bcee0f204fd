"""Attachments: which papers a dossier needs, taking one in, keeping every version, showing it.

A content is cleaned and put into the store while no transaction is open; the row that claims it is
written afterwards. What no row claims in the end is disposed of (see FileDisposal).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, func, select

from app.adapters.files import new_key
from app.adapters.pdf import clean_pdf
from app.adapters.pictures import clean_picture
from app.domain.dossier.attachments import (
    OPEN_UPLOADS_AT_MOST,
    UPLOAD_LASTS,
    ContentKind,
    WantedKind,
    WantedPaper,
    WrongOffset,
    check_count,
    check_original,
    check_part,
    check_received,
    kind_of,
    other_papers_offered,
    papers_for_activity,
)
from app.domain.dossier.events import EventKind
from app.domain.dossier.known import known
from app.domain.law.estimate import Estimate
from app.domain.law.spatial import Ground
from app.domain.licence.corrections import PaperTarget
from app.extensions import db, ports, vault
from app.models.attachment import Attachment, FileDisposal, Upload, UploadPart
from app.models.dossier import Activity, Dossier, Job
from app.services import change_gate, dossiers, estimates, events, jobs, licences
from app.services.jobs import JobKind

_CLAIMED_WITHIN = timedelta(hours=1)
_OTHER = "lain"

# Who may open a sent dossier again for one paper: (dossier, key of the paper) -> yes or no.


class NotThere(LookupError):
    """There is no such paper, attachment or upload in this dossier, or it has expired."""


# Which papers


def wanted_papers(dossier: Dossier) -> list[WantedPaper]:
    """Return the papers that an office wants to see; none where nobody has to look."""
    found: list[WantedPaper] = []
    for activity, estimate in _estimates(dossier):
        if estimate.risk is not None:
            found += papers_for_activity(
                estimate.risk,
                estimate.requirements,
                position=activity.position,
                shared_premises=bool(activity.shared_premises),
                customary_land=bool(activity.customary_land),
                on_land=estimates.ground_of(activity) is not Ground.WATER,
            )
    return found


def _estimates(dossier: Dossier) -> Iterable[tuple[Activity, Estimate]]:
    """Yield the activities whose risk is known, with what is known of them."""
    for activity in dossier.activities:
        found = estimates.estimate_for(dossier, activity.position)
        if found is not None:
            yield activity, found


def list_may_be_longer(dossier: Dossier) -> bool:
    """Say whether the office may ask for papers that the risk rows do not name to us."""
    return any(
        estimate.risk is not None
        and not estimate.automatic
        and (not estimate.details_known or bool(estimate.unread))
        for _, estimate in _estimates(dossier)
    )


@dataclass(frozen=True)
class PaperState:
    """A paper with the file that answers it. removed: the newest, while it can be put back."""

    paper: WantedPaper
    there: Attachment | None
    removed: Attachment | None


def papers_of(dossier: Dossier) -> list[PaperState]:
    """Return every paper to show: wanted, no longer wanted but there, and offered; two queries."""
    versions: dict[tuple[str, int | None], list[Attachment]] = {}
    query = select(Attachment).where(Attachment.dossier_id == dossier.id).order_by(Attachment.id)
    for row in db.session.scalars(query):
        versions.setdefault((row.requirement, row.position), []).append(row)
    papers = wanted_papers(dossier)
    others = [int(key.removeprefix(_OTHER)) for key, _ in versions if key.startswith(_OTHER)]
    offered = other_papers_offered(max(others, default=0))
    asked = {(paper.key, paper.position) for paper in (*papers, *offered)}
    former = [
        WantedPaper(WantedKind.FORMER, key, position, needed=False)
        for (key, position), rows in versions.items()
        if (key, position) not in asked and any(row.in_force for row in rows)
    ]
    return [
        _state(paper, versions.get((paper.key, paper.position), []))
        for paper in (*papers, *former, *offered)
    ]


def _state(paper: WantedPaper, rows: list[Attachment]) -> PaperState:
    there = next((row for row in rows if row.in_force), None)
    removed = [row for row in rows if row.removed_at is not None]
    return PaperState(paper, there, removed[-1] if removed and there is None else None)


def counts(dossier: Dossier) -> tuple[int, int] | None:
    """Return how many of the needed papers are there, and how many are needed; None for none."""
    needed = [state for state in papers_of(dossier) if state.paper.needed]
    return (len([state for state in needed if state.there]), len(needed)) if needed else None


def lacking(dossier: Dossier) -> tuple[int, int] | None:
    """Return `counts` where papers lack and may still be added; None else."""
    found = counts(dossier)
    if found is None:
        return None
    missing = [s.paper.key for s in papers_of(dossier) if s.paper.needed and s.there is None]
    return found if changeable(dossier, missing) else None


def signed_papers(dossier: Dossier) -> list[PaperState]:
    """Return the papers whose file in force is signed: whoever verifies opens their originals."""
    return [s for s in papers_of(dossier) if s.there is not None and s.there.original_key]


def find_paper(dossier: Dossier, address: str) -> PaperState:
    """Return a paper by its name in an address. Raises NotThere."""
    for state in papers_of(dossier):
        if state.paper.address == address:
            return state
    raise NotThere(address)


# Who may change


def may_change(dossier: Dossier, key: str) -> bool:
    """Say whether the file of a paper may be added, replaced or removed now.

    Until the dossier is sent, and after that while an office has given back exactly this paper. A
    paper that is still missing may also be added until the office begins to read.
    """
    return key in changeable(dossier, [key])


def changeable(dossier: Dossier, keys: Iterable[str]) -> frozenset[str]:
    """Return those of the papers that `may_change` allows; as many queries for one as for all."""
    asked = frozenset(keys)
    if dossier.sent_at is None:
        return asked
    returned = asked & change_gate.papers_to_mend(dossier)
    if not licences.takes_papers(dossier):
        return returned
    in_force = Attachment.replaced_at.is_(None) & Attachment.removed_at.is_(None)
    there = select(Attachment.requirement).where(Attachment.dossier_id == dossier.id, in_force)
    return returned | (asked - frozenset(db.session.scalars(there)))


def check_changeable(dossier: Dossier, key: str) -> None:
    if not may_change(dossier, key):
        raise dossiers.DossierClosed(dossier.id)
    dossier.updated_at = datetime.now(UTC)


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
        found = clean_pdf(raw)
        if not found.signers:
            return Cleaned(kind, found.content, found.pages)
        check_original(len(raw))
        return Cleaned(kind, found.content, found.pages, raw, found.signers)
    return Cleaned(ContentKind.JPEG, clean_picture(raw, kind), 1)


def reserve(cleaned: Cleaned) -> Reserved:
    """Note the key of a content before it is put. The caller commits, then calls put()."""
    found = Reserved(new_key(), None if cleaned.original is None else new_key(), cleaned)
    due_at = datetime.now(UTC) + _CLAIMED_WITHIN
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

    Raises DossierClosed, FileRefused (TOO_MANY_FILES).
    """
    check_changeable(dossier, key)
    cleaned = reserved.cleaned
    before = _in_force(dossier, key, position)
    if before is not None and hmac.compare_digest(before.digest, cleaned.digest):
        return before
    check_room(dossier, key, position)
    now = datetime.now(UTC)
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
    change_gate.changed(dossier, PaperTarget(key))
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
    found = find(dossier, attachment_id)
    key = found.original_key if original else found.storage_key
    if key is None:
        raise NotThere(attachment_id)
    content = content_of(key)
    events.record(dossier, EventKind.ATTACHMENT_SHOWN, attachment=attachment_id, original=original)
    return content


def remove(dossier: Dossier, attachment: Attachment) -> None:
    """Take a file out of the dossier; it can be put back. Raises DossierClosed."""
    check_changeable(dossier, attachment.requirement)
    if attachment.in_force:
        attachment.removed_at = datetime.now(UTC)
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


def begin_upload(dossier: Dossier, paper: WantedPaper, total_bytes: int) -> Upload:
    """Open an upload for a paper. The oldest open ones give way.

    Raises DossierClosed, FileRefused (EMPTY, TOO_LARGE, TOO_MANY_FILES).
    """
    check_changeable(dossier, paper.key)
    check_received(total_bytes)
    check_room(dossier, paper.key, paper.position)
    now = datetime.now(UTC)
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
    if found is None or found.expires_at <= datetime.now(UTC):
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


# Taking out for good


def forget_all(dossier: Dossier) -> None:
    """Delete every row about attachments of a dossier and plan to empty the store of them.

    For the erasure of a dossier; the caller removes what is left of the dossier.
    """
    now = datetime.now(UTC)
    for upload in db.session.scalars(select(Upload).where(Upload.dossier_id == dossier.id)):
        db.session.delete(upload)
    db.session.flush()
    for row in db.session.scalars(select(Attachment).where(Attachment.dossier_id == dossier.id)):
        for key in filter(None, (row.storage_key, row.original_key)):
            db.session.add(FileDisposal(storage_key=key, due_at=now))
        db.session.delete(row)
    jobs.plan(JobKind.DISPOSE_FILES, None)


def forget_expired_uploads(now: datetime) -> int:
    """Drop uploads whose time is over, with their parts. Return how many."""
    rows = db.session.scalars(select(Upload).where(Upload.expires_at <= now)).all()
    for row in rows:
        db.session.delete(row)
    db.session.flush()
    return len(rows)


@jobs.handles(JobKind.DISPOSE_FILES)
def _dispose(job: Job, budget_s: float) -> bool:
    return dispose_due(datetime.now(UTC)) == 0


def dispose_due(now: datetime, at_most: int = 200) -> int:
    """Take contents that nobody claimed out of the store; return how many are left to do.

    Like a job, it commits by itself: no transaction is open while the store is asked.

    Raises FilesUnavailable.
    """
    due = select(FileDisposal.storage_key).where(FileDisposal.due_at <= now)
    keys = db.session.scalars(due.order_by(FileDisposal.due_at).limit(at_most)).all()
    db.session.rollback()
    for key in keys:
        ports.files.delete(key)
        db.session.execute(delete(FileDisposal).where(FileDisposal.storage_key == key))
        db.session.commit()
    left = select(func.count()).select_from(FileDisposal).where(FileDisposal.due_at <= now)
    remaining = known(db.session.scalar(left))
    db.session.rollback()
    return remaining
