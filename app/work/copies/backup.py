"""Copies of everything: a bundle each night, new papers each minute. See docs/running/backup.md."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import io
import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from gzip import GzipFile
from pathlib import Path
from typing import BinaryIO

import structlog
from sqlalchemy import select

from app.adapters import bundles, dumps
from app.adapters.bundles import Copies, Known
from app.adapters.files import NoSuchFile
from app.config import Settings
from app.domain.dossier.seals import ActKind
from app.domain.law.calendar import last_wipe_due
from app.extensions import db, ports, vault
from app.models.attachment import Attachment
from app.models.duty import Duty
from app.services.backup import manifest
from app.services.base import acts, duties
from app.services.base.duties import DutyName
from app.storage.keyfile import seal_key

IDENTITY = "backup-key.txt"  # opens bundles, never the data in them: their keys lie apart
FOLDERS = ("seals", "simulators")  # of the data folder, beside the database
FILES = ("practice.json",)
TOLD_EVERY = timedelta(minutes=5)  # a row less each time, while nothing changes
_NOTE_AFTER = 200

_log = structlog.get_logger(__name__)


class Busy(Exception):
    """Another process makes or tries a copy at this moment."""


@dataclass(frozen=True)
class Made:
    """A bundle: size_bytes without papers; papers: all that go with it; copied: of these anew."""

    name: str
    size_bytes: int
    papers: int
    copied: int
    lost: int


def copies_of(settings: Settings) -> Copies:
    """Return the folder of copies. The caller knows that one is named."""
    assert settings.backup_to is not None
    return Copies(settings.backup_to)


def identity_of(settings: Settings) -> str:
    """Return the secret key of this machine that opens its bundles; made when first asked for."""
    path = settings.instance / IDENTITY
    if not path.exists():
        identity, public = bundles.new_identity()
        draft = path.with_name(f".{IDENTITY}-{os.getpid()}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(f"# {public}\n{identity}\n")
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return path.read_text()


@contextlib.contextmanager
def alone(settings: Settings) -> Iterator[None]:
    """Be the only one on this machine who makes or tries a copy. Raises Busy."""
    with (settings.instance / "backup.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise Busy from error
        yield


@contextlib.contextmanager
def scratch(settings: Settings) -> Iterator[Path]:
    """Return a folder beside the data for the time of one copy. The caller is alone."""
    for left in settings.instance.glob(".salinan-*"):
        shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=".salinan-", dir=settings.instance))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


# The bundle


def make(settings: Settings, now: datetime) -> Made:
    """Make a bundle, and write down that it was made. Commits.

    Raises Busy; CopiesUnavailable, DumpFailed, FilesUnavailable: then that is written down as well.
    """
    with alone(settings):
        try:
            made = _make(settings, now)
        except Exception as error:
            db.session.rollback()
            cause = getattr(error, "cause", type(error).__name__)
            duties.told(DutyName.BACKUP, now, well=False, cause=cause)
            db.session.commit()
            raise
        facts: dict[str, object] = {
            "bundle": made.name, "bytes": made.size_bytes, "papers": made.papers, "lost": made.lost,
        }  # fmt: skip
        duties.told(DutyName.BACKUP, now, well=True, **facts)
        acts.record(ActKind.BACKED_UP, **facts)
        db.session.commit()
        _log.info("backed_up", copied=made.copied, **facts)
        return made


def _make(settings: Settings, now: datetime) -> Made:
    copies = copies_of(settings)
    copies.check()
    keep_keys(settings, now)
    db.session.rollback()
    seen: list[manifest.State] = []
    with scratch(settings) as folder, copies.new_bundle(now) as (name, draft):
        dump = folder / dumps.name_of(settings.database_url)
        dumps.take(settings.database_url, dump, lambda c: seen.append(manifest.state_of(c)))
        (state,) = seen
        papers, copied, lost = _copy_papers(copies, state.papers)
        (draft / "papers").write_text("".join(each.line() for each in papers))
        files = {dump.name: dump, **_beside(settings, folder), "papers": draft / "papers"}
        digests = {each: _sha_of(path) for each, path in files.items()}
        said = manifest.make(
            settings,
            os.environ,
            state,
            name=name,
            now=now,
            kind=dump.suffix[1:],
            papers=(len(papers), sum(each.size for each in papers)),
            files=digests,
        )
        del files["papers"]
        head = manifest.write(said, seal_key(settings.instance))
        own = bundles.public_of(identity_of(settings))
        bundles.seal(
            draft / "data.age",
            [own, settings.backup_recovery_key],
            lambda out: _pack(out, head, files),
        )
        size = (draft / "data.age").stat().st_size
    _forget_old(settings, copies, now)
    return Made(name, size, len(papers), copied, lost)


def _beside(settings: Settings, folder: Path) -> dict[str, Path]:
    """Return what lies beside the database, by its name in the bundle."""
    found = {each: settings.instance / each for each in FILES}
    for each in FOLDERS:
        for path in sorted((settings.instance / each).rglob("*")):
            name = str(path.relative_to(settings.instance))
            if path.suffix == ".sqlite":  # of a built-in office, which writes on meanwhile
                copy = folder / name.replace("/", "-")
                with (
                    contextlib.closing(sqlite3.connect(path)) as source,
                    contextlib.closing(sqlite3.connect(copy)) as target,
                ):
                    source.backup(target)
                found[name] = copy
            elif not path.name.endswith(("-wal", "-shm")):
                found[name] = path
    return {name: path for name, path in found.items() if path.is_file()}


def _pack(out: BinaryIO, head: tuple[bytes, bytes], files: Mapping[str, Path]) -> None:
    # The quickest level: most of it is sealed already, and nobody should wait for the rest.
    with (
        GzipFile(fileobj=out, mode="wb", compresslevel=zlib.Z_BEST_SPEED) as packed,
        tarfile.open(fileobj=packed, mode="w|") as tar,
    ):
        for name, content in zip(("manifest.json", "manifest.sig"), head, strict=True):
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
        for name, path in files.items():
            tar.add(path, arcname=name, recursive=False)


def _sha_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _copy_papers(copies: Copies, keys: tuple[str, ...]) -> tuple[list[Known], int, int]:
    """Bring the copies of papers up to date. Return them, how many are new, how many are lost.

    A paper never changes but by a new data key; so one that was copied under the key of today is
    not read again.
    """
    vault.reread()
    known, there = copies.known(), copies.shas()
    found: list[Known] = []
    fresh: list[Known] = []
    lost = 0
    for key in keys:
        old = known.get(key)
        if old is None or old.number != vault.current or old.sha not in there:
            try:
                content = ports.files.get(key)
            except NoSuchFile:  # taken away since the copy of the database, or lost before
                lost += 1
                continue
            old = copies.put_paper(key, content, vault.number_of(content) or 0)
            fresh.append(old)
            if len(fresh) % _NOTE_AFTER == 0:
                copies.note(fresh[-_NOTE_AFTER:])
        found.append(old)
    copies.note(fresh[len(fresh) // _NOTE_AFTER * _NOTE_AFTER :])
    return found, len(fresh), lost


def _forget_old(settings: Settings, copies: Copies, now: datetime) -> None:
    """Take away bundles whose time is over, never the newest, and papers that no other needs."""
    names = copies.names()
    before = (now - timedelta(days=settings.backup_keep_days)).astimezone(UTC)
    for name in names[:-1]:
        if name < before.strftime("%Y%m%dT%H%M%SZ"):
            copies.drop(name)
    listed = [copies.papers_of(name) for name in copies.names()]
    newest = listed[-1] if listed else {}
    # What came in since the newest bundle stands in no list yet.
    after = set(_keys_after(0)) - newest.keys()
    noted = [each for key, each in copies.known().items() if key in newest or key in after]
    copies.forget_papers({each.sha for one in listed for each in one.values()}, noted)


# Keys


def keep_keys(settings: Settings, now: datetime) -> bool:
    """Seal the keys of the data to the recovery key, where they changed since; say whether."""
    content = json.dumps(
        {
            "secrets": json.loads((settings.instance / "secrets.json").read_text()),
            "backup_key": identity_of(settings),
        }
    ).encode()
    wanted = hashlib.sha256(content + settings.backup_recovery_key.encode()).hexdigest()
    mark = settings.instance / "keys-kept"
    copies = copies_of(settings)
    place = f"{wanted} {settings.backup_to}"
    if mark.exists() and mark.read_text() == place and any((copies.folder / "keys").glob("*.age")):
        return False
    copies.put_keys(now, settings.backup_recovery_key, content)
    mark.write_text(place)
    return True


# Each minute


def _keys_after(number: int) -> list[str]:
    query = select(Attachment.storage_key, Attachment.original_key).where(Attachment.id > number)
    rows = db.session.execute(query.order_by(Attachment.id)).all()
    db.session.rollback()  # on SQLite whoever reads here would hold up whoever writes
    return [key for row in rows for key in row if key]


def copy_new(settings: Settings, now: datetime, after: int) -> int:
    """Copy the papers that came in since the attachment `after`; return the newest one. Commits.

    Raises Busy, CopiesUnavailable, FilesUnavailable.
    """
    copies = copies_of(settings)
    newest = db.session.scalar(select(Attachment.id).order_by(Attachment.id.desc()).limit(1)) or 0
    db.session.rollback()
    keys = _keys_after(after) if newest > after else []
    with alone(settings):
        copies.check()
        keep_keys(settings, now)
        if keys:
            _, copied, _ = _copy_papers(copies, tuple(keys))
            _log.info("papers_copied", copied=copied)
    row = db.session.get(Duty, DutyName.COPY)
    if row is None or keys or not row.well or not now - TOLD_EVERY < row.at <= now:
        duties.told(DutyName.COPY, now, well=True)
        db.session.commit()
    db.session.rollback()
    return newest


def is_due(settings: Settings, now: datetime) -> bool:
    """Return whether a night has passed since the last bundle, or since it was tried in vain."""
    row = db.session.get(Duty, DutyName.BACKUP)
    if row is None or not row.at <= now:
        return True
    if not row.well:  # the disk may be back
        return now - row.at >= timedelta(minutes=30)
    return not last_wipe_due(now, settings.backup_at) <= row.at
