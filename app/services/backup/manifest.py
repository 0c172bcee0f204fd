"""What a bundle says of itself, so that whoever puts it back can tell that nothing is missing."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, func, select, text

from app.config import Settings
from app.domain.dossier.events import FIRST_HASH
from app.extensions import db
from app.models.attachment import Attachment
from app.models.audit import Act, Seal
from app.models.dossier import Event

FORMAT = 1

PLAIN_SETTINGS = frozenset(
    {
        "BACKUP_AT", "BACKUP_KEEP_DAYS", "BACKUP_RECOVERY_KEY", "BACKUP_TO", "DUKCAPIL_ADDRESS",
        "DUKCAPIL_HOURS", "DUKCAPIL_IP", "DUKCAPIL_URL", "FILES_S3_BUCKET", "FILES_S3_ENDPOINT",
        "FILES_S3_REGION", "HOST", "INSTANCE", "LOG_LEVEL", "MAIL_FROM", "MESSAGES",
        "METRICS_LISTEN", "NIK_CASE_DAYS", "NIK_CHECK", "OFFICE_ADDRESS", "OFFICE_EMAIL",
        "OFFICE_HOURS", "OFFICE_MAP", "OFFICE_PHONE", "OSS_AGENCY_CODE",
        "OSS_AREA_CODES", "OSS_URL", "PORT",
        "PRACTICE_SPACE", "PRACTICE_WIPE_AT", "PUBLIC_URL", "SEND_WITHIN_S", "SERVICE_MODE",
        "SLOW_SENDER_S", "SMS_GATEWAY_URL", "THREADS", "TRUSTED_PROXIES", "WHATSAPP_GATEWAY_URL",
        "WORKERS", "AUDIT_EMAIL",
    }
)  # fmt: skip
"""Settings that go along: what the service was told, without anything that opens something."""

SECRET_SETTINGS = frozenset(
    {
        "DATABASE_URL", "DUKCAPIL_PASSWORD", "DUKCAPIL_USER", "FILES_S3_KEY", "FILES_S3_SECRET",
        "GAMMU_DATABASE_URL", "MESSAGES_INBOUND_TOKEN", "METRICS_TOKEN", "OSS_PASSWORD",
        "OSS_USERNAME", "OSS_USER_KEY", "RATE_LIMIT_STORAGE", "SMS_GATEWAY_TOKEN", "SMTP_URL",
        "WHATSAPP_GATEWAY_TOKEN",
    }
)  # fmt: skip
"""Settings that stay here: passwords, and addresses in which one may stand."""


@dataclass(frozen=True)
class Manifest:
    """counts: rows of each table. acts, seals, events: where the record stood (number, hash).

    files: SHA-256 of everything else in the bundle, by name; papers: how many go with it.
    """

    format: int
    name: str
    at: str
    program: str
    revision: str
    purpose: str
    mode: str
    kind: str
    counts: Mapping[str, int]
    acts: tuple[int, str]
    seals: tuple[int, str]
    events: tuple[int, str]
    papers: int
    papers_bytes: int
    settings: Mapping[str, str]
    files: Mapping[str, str]


class NotAManifest(Exception):
    """What stands there is no manifest that this program can read."""


@dataclass(frozen=True)
class State:
    """What the database held at the moment of the copy."""

    revision: str
    counts: Mapping[str, int]
    acts: tuple[int, str]
    seals: tuple[int, str]
    events: tuple[int, str]
    papers: tuple[str, ...]


def program() -> str:
    """Return the version of this program."""
    try:
        return version("oss-sorong")
    except PackageNotFoundError:  # run from its folder, as usual
        return "0.1.0"


def state_of(connection: Connection) -> State:
    """Look at a database. It is given without the service around it, so nothing is decrypted."""
    tables = set(db.inspect(connection).get_table_names())
    counts = {
        table.name: connection.scalar(select(func.count()).select_from(table)) or 0
        for table in db.metadata.sorted_tables
        if table.name in tables
    }
    revision = connection.scalar(text("SELECT version_num FROM alembic_version"))
    heads, events = hashlib.sha256(), 0
    ends = select(Event.dossier_id, func.max(Event.number).label("number"))
    last = ends.group_by(Event.dossier_id).subquery()
    query = (
        select(Event.dossier_id, Event.number, Event.hash)
        .join(last, (last.c.dossier_id == Event.dossier_id) & (last.c.number == Event.number))
        .order_by(Event.dossier_id)
    )
    for file, number, digest in connection.execute(query):
        heads.update(f"{file} {number} {digest}\n".encode())
        events += number
    rows = connection.execute(
        select(Attachment.storage_key, Attachment.original_key).order_by(Attachment.id)
    )
    return State(
        revision=str(revision),
        counts=counts,
        acts=_end(connection, select(Act.number, Act.hash).order_by(Act.number.desc())),
        seals=_end(connection, select(Seal.number, Seal.hash).order_by(Seal.number.desc())),
        events=(events, heads.hexdigest()),
        papers=tuple(key for row in rows for key in row if key),
    )


def _end(connection: Connection, query: Any) -> tuple[int, str]:
    last = connection.execute(query.limit(1)).first()
    return (last[0], last[1]) if last else (0, FIRST_HASH)


def make(
    settings: Settings,
    env: Mapping[str, str],
    state: State,
    *,
    name: str,
    now: datetime,
    kind: str,
    papers: tuple[int, int],
    files: Mapping[str, str],
) -> Manifest:
    """Return what a bundle says. kind: of database; papers: how many, and their bytes."""
    return Manifest(
        format=FORMAT,
        name=name,
        at=now.isoformat(),
        program=program(),
        revision=state.revision,
        purpose=str(settings.purpose),
        mode=str(settings.mode),
        kind=kind,
        counts=state.counts,
        acts=state.acts,
        seals=state.seals,
        events=state.events,
        papers=papers[0],
        papers_bytes=papers[1],
        settings={each: env[each] for each in sorted(PLAIN_SETTINGS) if env.get(each)},
        files=files,
    )


def write(manifest: Manifest, key: bytes) -> tuple[bytes, bytes]:
    """Return the text of a manifest, and its signature by the key that signs the seals."""
    content = json.dumps(asdict(manifest), indent=1, sort_keys=True).encode()
    return content, base64.b64encode(Ed25519PrivateKey.from_private_bytes(key).sign(content))


def read(content: bytes) -> Manifest:
    """Read a manifest. Raises NotAManifest."""
    try:
        raw = json.loads(content)
        if raw["format"] != FORMAT:
            raise NotAManifest(raw["format"])
        for name in ("acts", "seals", "events"):
            raw[name] = (int(raw[name][0]), str(raw[name][1]))
        return Manifest(**raw)
    except (ValueError, TypeError, KeyError, IndexError) as error:
        raise NotAManifest from error


def is_signed(content: bytes, signature: bytes, key: bytes) -> bool:
    """Return whether a manifest was made by the installation with this key."""
    public = Ed25519PrivateKey.from_private_bytes(key).public_key()
    try:
        public.verify(base64.b64decode(signature), content)
    except (ValueError, InvalidSignature):
        return False
    return True


def differences(said: Manifest, found: State) -> list[str]:
    """Return what a database has otherwise than its bundle says, a few words each."""
    wrong = [
        f"{table}: {many} rows, {found.counts.get(table, 0)} there"
        for table, many in said.counts.items()
        if found.counts.get(table, 0) != many
    ]
    wrong += [f"{name} of the record" for name in ("acts", "seals", "events")
              if getattr(said, name) != getattr(found, name)]  # fmt: skip
    return wrong
