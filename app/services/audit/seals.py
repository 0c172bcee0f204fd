"""Sealing the record: once a night where every chain stands, signed with the key of this place."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path

import structlog
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import func, select, text

from app.adapters.messages import Outgoing
from app.domain.dossier.events import FIRST_HASH
from app.domain.dossier.seals import SEAL_AT, ActKind, Head, Sealed, seal_hash, sealed_state
from app.domain.law.calendar import last_wipe_due
from app.domain.sending.messages import Channel
from app.extensions import db, ports
from app.i18n import moment_in_words
from app.models.audit import Seal, SealHead
from app.models.dossier import Event
from app.services.base import acts

LOCK = acts.LOCK + 1
LANGUAGES = ("id", "en")

_log = structlog.get_logger(__name__)


def make(key: bytes, now: datetime) -> Seal:
    """Seal the record as it stands, in the caller's transaction. key: 32 bytes of Ed25519.

    It says what is there, also when something is missing: verifying compares with every seal.
    """
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    last = newest()
    known = _sealed()
    moved = _moved_since(known)
    number = last.number + 1 if last else 1
    sealed = sealed_state(number, now, known | moved, acts.head())
    secret = Ed25519PrivateKey.from_private_bytes(key)
    public = base64.b64encode(secret.public_key().public_bytes_raw()).decode()
    previous = last.hash if last else FIRST_HASH
    digest = seal_hash(previous, sealed, public)
    seal = Seal(
        number=number,
        at=now,
        files=sealed.files,
        events=sealed.events,
        acts=sealed.acts.number,
        acts_head=sealed.acts.hash,
        heads=sealed.heads,
        previous_hash=previous,
        hash=digest,
        key=public,
        signature=base64.b64encode(secret.sign(digest.encode())).decode(),
    )
    db.session.add(seal)
    db.session.flush()
    db.session.add_all(
        SealHead(seal_number=number, file_id=file, number=head.number, hash=head.hash)
        for file, head in moved.items()
    )
    acts.record(ActKind.SEALED, seal=number, hash=digest)
    _log.info("record_sealed", number=number, files=sealed.files, events=sealed.events)
    return seal


def _sealed() -> dict[int, Head]:
    return add_heads({}, db.session.scalars(select(SealHead).order_by(SealHead.seal_number)))


def _moved_since(known: Mapping[int, Head]) -> dict[int, Head]:
    return {file: head for file, head in _heads().items() if known.get(file) != head}


def unsealed() -> dict[int, Head]:
    """Return where the chains stand that moved since the last seal; under 0 the acts."""
    return {acts.NO_FILE: acts.head(), **_moved_since(_sealed())}


def _heads() -> dict[int, Head]:
    ends = select(Event.dossier_id, func.max(Event.number).label("number"))
    last = ends.group_by(Event.dossier_id).subquery()
    query = select(Event.dossier_id, Event.number, Event.hash).join(
        last, (last.c.dossier_id == Event.dossier_id) & (last.c.number == Event.number)
    )
    return {file: Head(number, digest) for file, number, digest in db.session.execute(query)}


def add_heads(heads: dict[int, Head], rows: Iterable[SealHead]) -> dict[int, Head]:
    """Bring the heads up to what these rows of later seals say; return them."""
    heads.update({row.file_id: Head(row.number, row.hash) for row in rows})
    return heads


def newest() -> Seal | None:
    """Return the last seal."""
    return db.session.scalar(select(Seal).order_by(Seal.number.desc()).limit(1))


def is_due(now: datetime) -> bool:
    """Return whether a night has passed since the last seal; one that lies ahead does not count."""
    last = newest()
    return last is None or not last_wipe_due(now, SEAL_AT) <= last.at <= now


def said(seal: Seal) -> Sealed:
    """Return what a seal says."""
    acts_head = Head(seal.acts, seal.acts_head)
    return Sealed(seal.number, seal.at, seal.files, seal.events, acts_head, seal.heads)


def is_signed(seal: Seal) -> bool:
    """Return whether the signature of a seal fits its hash and its key."""
    try:
        public = Ed25519PublicKey.from_public_bytes(base64.b64decode(seal.key))
        public.verify(base64.b64decode(seal.signature), seal.hash.encode())
    except (ValueError, InvalidSignature):
        return False
    return True


def public_key(key: bytes) -> str:
    """Return what everybody may know of the key, in base64."""
    public = Ed25519PrivateKey.from_private_bytes(key).public_key()
    return base64.b64encode(public.public_bytes_raw()).decode()


def paper(seal: Seal) -> str:
    """Return the few lines for the auditor, in both languages. Nothing personal stands there."""
    parts = []
    for each in LANGUAGES:
        with force_locale(each):
            parts += [
                _("Seal of the record, OSS Sorong"),
                _("Seal no. %(number)d, %(at)s", number=seal.number, at=moment_in_words(seal.at)),
                _(
                    "Files: %(files)d. Events: %(events)d. Acts without a file: %(acts)d.",
                    files=seal.files,
                    events=seal.events,
                    acts=seal.acts,
                ),
                _("Keep this outside of the office. Nobody can change the record unseen then."),
                "",
            ]
    return "\n".join(
        [*parts, f"seal {seal.number} {seal.hash}", f"ed25519 {seal.key}", seal.signature, ""]
    )


def keep_paper(seal: Seal, folder: Path) -> Path:
    """Write the paper into the data folder, where every copy takes it along; return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"seal-{seal.number:06}.txt"
    path.write_text(paper(seal), encoding="utf-8")
    return path


def letter(to: str) -> tuple[int, Outgoing] | None:
    """Return the number and the paper of the newest seal, to be mailed; None where it went already.

    One is enough after days without a line, since it covers all before it.
    """
    seal = newest()
    if seal is None or seal.mailed_at is not None or Channel.EMAIL not in ports.messages.carried:
        return None
    with force_locale(LANGUAGES[0]):
        subject = _("Seal of the record no. %(number)d", number=seal.number)
    reference = f"seal-{seal.hash[:32]}"
    return seal.number, Outgoing(reference, Channel.EMAIL, to, paper(seal), subject)


def went(number: int, now: datetime) -> None:
    """Record that the paper of a seal was mailed."""
    db.session.get_one(Seal, number).mailed_at = now
