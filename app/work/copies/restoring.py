"""Putting a copy back into an empty place, and what has to be settled before it serves again.

Nothing counts as an installation until its file of keys is there, and that comes last.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tarfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from gzip import BadGzipFile
from pathlib import Path
from typing import Any, BinaryIO

import structlog
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import delete, func, or_, select, text, update
from sqlalchemy.engine import CursorResult

from app.adapters import bundles, dumps
from app.adapters.bundles import BrokenBundle, Copies, Known
from app.adapters.files import Files, FilesUnavailable, PlaceMissing
from app.config import Purpose, Settings
from app.domain.dossier.seals import ActKind
from app.domain.sending.failures import NotSentCause
from app.domain.sending.messages import MessageState
from app.extensions import db
from app.gateways import files_of
from app.models.dossier import Job, OpenSession
from app.models.message import Message
from app.services.backup import manifest
from app.services.backup.manifest import Manifest
from app.services.base import acts, duties
from app.services.base.duties import DutyName
from app.services.messages.outbox import LEFT
from app.storage.keyfile import fresh_session_key
from app.vault import Vault
from app.work.copies.backup import FILES, FOLDERS, IDENTITY

MIGRATIONS = Path(__file__).parents[2] / "migrations"
_PART = ".pemulihan"  # a folder of ours in the new place, until all is there
_HEAD_AT_MOST = 4 * 1024 * 1024
_TORN = (tarfile.TarError, EOFError, BadGzipFile, zlib.error)
_MAY_BE_THERE = {_PART, "lost+found"}

_log = structlog.get_logger(__name__)


class CannotRestore(Exception):
    """Why nothing is put back; the message is a sentence for whoever restores, with what to do."""


@dataclass(frozen=True)
class Keys:
    """What opens a copy. secrets: content of the file of keys; identity: opens the bundle.

    own: the key of the machine, which it goes on with; the recovery key never stays on one.
    """

    secrets: dict[str, Any]
    identity: str
    own: str | None = None


@dataclass(frozen=True)
class Source:
    """Which copy. name: of the bundle, None for the newest.

    database_there: the database was put back already, from a newer copy; papers_there: so is the
    bucket of papers. papers: False for a trial, which opens some of them where they lie.
    """

    copies: Copies
    name: str | None = None
    database_there: bool = False
    papers_there: bool = False
    papers: bool = True


@dataclass(frozen=True)
class Restored:
    """What was put back. papers_lost: named by the database, and in no copy."""

    manifest: Manifest
    papers: int
    papers_lost: int


@dataclass(frozen=True)
class Settled:
    """What was settled: sessions ended, jobs that go on, messages that may have gone out."""

    sessions: int
    jobs: int
    uncertain: int


# The keys


def keys_from_recovery(copies: Copies, identity: str) -> Keys:
    """Open the keys with the recovery key. All data keys ever kept come back. Raises CannotRestore.

    Papers of older bundles are sealed with keys that were retired since.
    """
    try:
        found = [json.loads(each) for each in copies.keys(identity)]
    except bundles.WrongKey as error:
        raise CannotRestore(
            "This recovery key does not open the keys that lie beside the copies. "
            "Take the one whose public half was BACKUP_RECOVERY_KEY at that time."
        ) from error
    except BrokenBundle as error:
        raise CannotRestore(
            f"The keys in {copies.folder / 'keys'} are torn or were changed. Take them from "
            "another copy of that folder, or use --keys with a file of keys that was kept apart."
        ) from error
    if not found:
        raise CannotRestore(
            f"No keys lie in {copies.folder / 'keys'}. Use --keys with a file that was kept apart."
        )
    secrets = dict(found[-1]["secrets"])
    for each in found:
        secrets["data_keys"] = each["secrets"]["data_keys"] | secrets["data_keys"]
    return Keys(secrets, identity, found[-1]["backup_key"])


# The place


def check_place(settings: Settings, source: Source, files: Files) -> None:
    """Refuse a place that holds anything. Raises CannotRestore."""
    own = {dumps.file_of(settings.database_url)} if source.database_there else set()
    own |= {path.with_name(path.name + end) for path in own if path for end in ("-wal", "-shm")}
    if settings.instance.exists():
        there = [
            each.name
            for each in settings.instance.iterdir()
            if each.name not in _MAY_BE_THERE and each not in own
        ]
        if there:
            raise CannotRestore(
                f"{settings.instance} is not empty: there is {sorted(there)[0]}. A copy is put "
                "back into an empty place only: name another, INSTANCE=/path, or move this away."
            )
    if dumps.is_empty(settings.database_url) is source.database_there:
        raise CannotRestore(
            "There is no database yet at DATABASE_URL, and --database-there was given."
            if source.database_there
            else "The database at DATABASE_URL is not empty. Make a new one for this, or say "
            "--database-there when it is the one to go on with."
        )
    if settings.object_store is not None:
        try:
            files.check()
            marked = True
        except PlaceMissing:
            marked = False
        except FilesUnavailable as error:
            raise CannotRestore(
                f"The bucket of papers does not answer or does not let us in ({error.cause})."
            ) from error
        if marked and not source.papers_there:
            raise CannotRestore(
                "The bucket of papers is in use already. Name an empty one, or say --papers-there "
                "when it is the one that this service had."
            )


def check_manifest(said: Manifest, settings: Settings) -> None:
    """Refuse what does not fit the program or its mode. Raises CannotRestore."""
    if said.purpose != str(settings.purpose):
        modes = "SERVICE_MODE=training" if said.purpose == Purpose.PRACTICE else (
            "SERVICE_MODE=assist or SERVICE_MODE=connected"
        )  # fmt: skip
        raise CannotRestore(f"This copy is for {said.purpose} work. Restore it with {modes}.")
    kind = dumps.name_of(settings.database_url).rpartition(".")[2]
    if said.kind != kind:
        other = "PostgreSQL" if said.kind == "pgdump" else "SQLite"
        raise CannotRestore(
            f"The database in this copy is one of {other}. Set DATABASE_URL for {other}."
        )
    check_revision(said.revision, said.program)


def check_revision(revision: str, program: str) -> None:
    """Refuse a database of a newer program. Raises CannotRestore."""
    known = {each.revision for each in ScriptDirectory(str(MIGRATIONS)).walk_revisions()}
    if revision not in known:
        raise CannotRestore(
            f"This copy was made by a newer program ({program}, database “{revision}”). "
            "Install that version or a later one, and restore with it."
        )


# The bundle


@contextmanager
def _opened(name: str) -> Iterator[None]:
    try:
        yield
    except bundles.WrongKey as error:
        raise CannotRestore(
            f"The key does not open the copy {name}. Take the recovery key of that time."
        ) from error
    except (BrokenBundle, *_TORN, manifest.NotAManifest) as error:
        raise CannotRestore(
            f"The copy {name} is torn or was changed, so nothing of it is used. "
            "Take an older one: --bundle NAME; `flask backup list` names them."
        ) from error


def _head(tar: tarfile.TarFile) -> tuple[Manifest, tuple[bytes, bytes]]:
    parts = []
    for name in ("manifest.json", "manifest.sig"):
        entry = tar.next()
        file = tar.extractfile(entry) if entry is not None and entry.name == name else None
        if file is None or entry is None or entry.size > _HEAD_AT_MOST:
            raise BrokenBundle(name)
        parts.append(file.read())
    return manifest.read(parts[0]), (parts[0], parts[1])


def _unpack(plain: BinaryIO, folder: Path, keys: Keys, settings: Settings) -> Manifest:
    """Take everything out of a bundle into a folder. Raises BrokenBundle, CannotRestore."""
    with tarfile.open(fileobj=plain, mode="r|gz") as tar:
        said, signed = _head(tar)
        seal_key = keys.secrets.get("seal_key")
        if seal_key and not manifest.is_signed(*signed, Vault.key_from_text(seal_key)):
            raise CannotRestore(
                "This copy was not made by the service whose keys these are, so it is not used."
            )
        check_manifest(said, settings)
        left = dict(said.files)
        left.pop("papers")
        while (entry := tar.next()) is not None:  # iterating would begin with the first again
            wanted = left.pop(entry.name, None)
            file = tar.extractfile(entry)
            if wanted is None or file is None:
                raise BrokenBundle(entry.name)
            path = folder / entry.name
            if not path.resolve().is_relative_to(folder.resolve()):
                raise BrokenBundle(entry.name)
            path.parent.mkdir(parents=True, exist_ok=True)
            digest = hashlib.sha256()
            with path.open("xb") as out:
                while piece := file.read(1 << 20):
                    digest.update(piece)
                    out.write(piece)
            if digest.hexdigest() != wanted:
                raise BrokenBundle(entry.name)
    if left:
        raise BrokenBundle(next(iter(left)))
    return said


def restore(settings: Settings, source: Source, keys: Keys, say: Callable[[str], None]) -> Restored:
    """Put a copy back, up to the file of keys. Then settle() has to follow.

    Raises CannotRestore, and the place is as empty as before; DumpFailed, CopiesUnavailable.
    """
    files = files_of(settings)
    check_place(settings, source, files)
    names = source.copies.names()
    if not names:
        raise CannotRestore(f"No whole copy lies in {source.copies.folder}.")
    name = source.name or names[-1]
    if name not in names:
        raise CannotRestore(f"There is no copy {name}. There are: {', '.join(names[-5:])}.")
    part = settings.instance / _PART
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(mode=0o700, parents=True)
    done = False
    try:
        say(f"opening {name}")
        path = source.copies.data_of(name)
        with _opened(name):
            said = bundles.open_sealed(
                path, keys.identity, lambda plain: _unpack(plain, part, keys, settings)
            )
            listed = source.copies.papers_of(name)
            digest = hashlib.sha256((path.parent / "papers").read_bytes()).hexdigest()
            if digest != said.files["papers"]:
                raise BrokenBundle("papers")
        state = _database(settings, source, said, part, say)
        papers = lost = 0
        if source.papers:
            papers, lost = _papers(source, files, state.papers, listed, say)
        _finish(settings, part, keys)
        done = True
    finally:
        if not done:
            _undo(settings, source, part)
    return Restored(said, papers, lost)


def _database(
    settings: Settings, source: Source, said: Manifest, part: Path, say: Callable[[str], None]
) -> manifest.State:
    """Put the database back and compare it with what the bundle says."""
    url = settings.database_url
    if source.database_there:
        with dumps.connected(url) as connection:
            state = manifest.state_of(connection)
            purpose = connection.scalar(text("SELECT purpose FROM installation"))
        check_revision(state.revision, "")
        if purpose != said.purpose:
            raise CannotRestore(f"The database that is there is for {purpose} work.")
        if state.acts[0] < said.acts[0]:
            raise CannotRestore(
                f"The database that is there is older than the copy {said.name}. "
                "Restore without --database-there, or name an older copy."
            )
        return state
    say("putting the database back")
    dumps.put_back(url, part / dumps.name_of(url))
    with dumps.connected(url) as connection:
        state = manifest.state_of(connection)
    if wrong := manifest.differences(said, state):
        raise CannotRestore(
            f"The database that was put back is not the one of the copy: {'; '.join(wrong[:3])}. "
            "Take an older copy: --bundle NAME."
        )
    return state


def _papers(
    source: Source,
    files: Files,
    keys: tuple[str, ...],
    listed: dict[str, Known],
    say: Callable[[str], None],
) -> tuple[int, int]:
    """Put the papers back that the database names. What came in after the bundle is noted too."""
    say(f"putting {len(keys)} papers back")
    noted = source.copies.known() | (listed if not source.database_there else {})
    done = lost = 0
    if not source.papers_there:
        files.mark()
    for key in keys:
        if source.papers_there and files.exists(key):
            done += 1
            continue
        paper = noted.get(key) or listed.get(key)
        try:
            if paper is None:
                raise BrokenBundle(key)
            files.put(key, source.copies.paper(paper.sha))
        except BrokenBundle:
            lost += 1
            _log.error("paper_not_restored", file=key)
            continue
        done += 1
    return done, lost


def _finish(settings: Settings, part: Path, keys: Keys) -> None:
    """Move the rest into place; the file of keys comes last and makes an installation of it."""
    for name in (*FOLDERS, *FILES):
        if (part / name).exists():
            shutil.move(part / name, settings.instance / name)
    if keys.own is not None:
        (part / IDENTITY).touch(mode=0o600)
        (part / IDENTITY).write_text(keys.own)
        (part / IDENTITY).replace(settings.instance / IDENTITY)
    draft = part / "secrets.json"
    draft.touch(mode=0o600)
    # A new key for sessions: every browser is asked for the PIN again.
    draft.write_text(json.dumps(fresh_session_key(keys.secrets), indent=1))
    draft.replace(settings.instance / "secrets.json")
    shutil.rmtree(part)


def _undo(settings: Settings, source: Source, part: Path) -> None:
    """Leave the place as empty as it was, so that another copy can be tried at once."""
    shutil.rmtree(part, ignore_errors=True)
    for name in (*FOLDERS, *FILES, IDENTITY):
        path = settings.instance / name
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    if settings.object_store is None:
        shutil.rmtree(settings.instance / "files", ignore_errors=True)
    if source.database_there:
        return
    file = dumps.file_of(settings.database_url)
    if file is not None:
        for end in ("", "-wal", "-shm"):
            file.with_name(file.name + end).unlink(missing_ok=True)
        return
    with dumps.connected(settings.database_url) as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
        connection.commit()


# Before it serves again


def settle(app: Flask, restored: Restored, lost_at: datetime, now: datetime) -> Settled:
    """End sessions, free jobs, and hold back what may have been sent after the copy was made.

    lost_at: until when the old service may have lived. A message that was due by then may have gone
    out, and nobody knows: it is not sent again, and staff see it among those that are uncertain.
    Jobs go on: the offices know a second call by its key, and what such a job announces counts as
    sent in the same way (duties.may_have_run). Commits.
    """
    with app.app_context():
        upgrade()
        db.session.rollback()
        sessions = _rows(db.session.execute(delete(OpenSession)))
        free = update(Job).where(Job.done_at.is_(None)).values(claimed_until=None)
        jobs = _rows(db.session.execute(free))
        begun = Message.state.in_((MessageState.SENDING, MessageState.HANDED_OVER))
        due = or_(begun, Message.due_at <= lost_at)
        hold = update(Message).where(Message.state.in_(LEFT), due)
        uncertain = _rows(
            db.session.execute(
                hold.values(
                    state=MessageState.UNCERTAIN,
                    failure=NotSentCause.RESTORED,
                    secret=None,
                    address=None,
                )
            )
        )
        newest = db.session.scalar(select(func.max(Job.id)))
        duties.told(
            DutyName.RESTORED, now, well=restored.papers_lost == 0,
            bundle=restored.manifest.name, until=lost_at.isoformat(), jobs_to=newest or 0,
        )  # fmt: skip
        acts.record(
            ActKind.RESTORED, bundle=restored.manifest.name, papers=restored.papers,
            lost=restored.papers_lost, uncertain=uncertain,
        )  # fmt: skip
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    return Settled(sessions, jobs, uncertain)


def _rows(result: object) -> int:
    assert isinstance(result, CursorResult)
    return result.rowcount
