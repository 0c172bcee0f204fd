"""The weekly restore by itself: the newest copy is put back into a scratch place and looked at.

It runs as another program with nothing of ours in its hands but the folder of copies, the keys of
this machine and an empty folder, just as after a fire. No line leads outside from there.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import func, select

from app.adapters import dumps
from app.adapters.bundles import BrokenBundle, Copies
from app.adapters.messages import NotSent, Outgoing
from app.config import ROOT, Settings
from app.domain.dossier.seals import ActKind
from app.domain.sending.messages import Channel
from app.extensions import db, ports, vault
from app.i18n import LANGUAGES
from app.models.attachment import Attachment
from app.models.duty import Duty
from app.services.audit import seals, verifying
from app.services.base import acts, duties
from app.services.base.duties import DutyName
from app.services.papers import taking
from app.storage.keyfile import seal_key
from app.vault import CannotDecrypt
from app.work.copies import backup

SAMPLE = 100
EVERY = timedelta(days=6, hours=12)  # after the bundle of a night, so each seventh
AGAIN_AFTER = timedelta(hours=20)
WITHIN_S = 3600
MAIL_BUDGET_S = 20.0
NICE = 10
_INHERITED = frozenset(
    {"PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "VIRTUAL_ENV", "PYTHONPATH"}
)

_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Found:
    """What a look into a restored installation found.

    faults: of the record; opened, unopened: of the papers drawn by lot.
    """

    faults: int
    opened: int
    unopened: int

    @property
    def well(self) -> bool:
        return self.faults == 0 and self.unopened == 0


class TrialFailed(Exception):
    """cause: one word for the record; the message is what the program said."""

    def __init__(self, cause: str, said: str = "") -> None:
        super().__init__(said or cause)
        self.cause = cause


def look(settings: Settings, copies: Copies, name: str, sample: int = SAMPLE) -> Found:
    """Verify the record of the database that is connected, and open papers where the copies lie."""
    public = seals.public_key(seal_key(settings.instance))
    faults = 0
    for fault in verifying.verify(public):
        faults += 1
        _log.error("trial_fault", what=str(fault.what), number=fault.number)
    listed = copies.papers_of(name)
    query = select(Attachment.storage_key).order_by(func.random()).limit(sample)
    opened = unopened = 0
    for key in db.session.scalars(query):
        try:
            stored = copies.paper(listed[key].sha)
            vault.open_bytes(stored, taking.purpose_of(key))
        except (KeyError, BrokenBundle, CannotDecrypt):
            unopened += 1
            _log.error("trial_paper_not_opened", file=key)
        else:
            opened += 1
    return Found(faults, opened, unopened)


def run(settings: Settings, now: datetime) -> Found:
    """Put the newest copy back and look at it; write down how it went. Commits.

    Raises backup.Busy; TrialFailed once that is written down.
    """
    db.session.rollback()
    with backup.alone(settings):
        name = ""
        try:
            copies = backup.copies_of(settings)
            name = (copies.names() or [""])[-1]
            if not name:
                raise TrialFailed("no_copy")
            found = _try(settings, name)
            if not found.well:
                raise TrialFailed("record" if found.faults else "papers", json.dumps(asdict(found)))
        except Exception as error:
            failure = (
                error
                if isinstance(error, TrialFailed)
                else TrialFailed(str(getattr(error, "cause", type(error).__name__)), str(error))
            )
            _told(now, name, well=False, cause=failure.cause)
            _log.error("trial_failed", bundle=name, cause=failure.cause, said=str(failure)[:300])
            raise failure from error
        _told(now, name, well=True, **asdict(found))
        _log.info("trial_went_well", bundle=name, **asdict(found))
    return found


def _told(now: datetime, name: str, *, well: bool, **facts: object) -> None:
    db.session.rollback()
    duties.told(DutyName.TRIAL, now, well=well, bundle=name, mailed=well, **facts)
    acts.record(ActKind.BACKUP_TRIED, bundle=name, well=well, **facts)
    db.session.commit()


def _try(settings: Settings, name: str) -> Found:
    with backup.scratch(settings) as folder, _database(settings) as url:
        env = _environment(settings, folder / "coba", url)
        keys, own = settings.instance / "secrets.json", settings.instance / backup.IDENTITY
        _flask(env, "restore", str(settings.backup_to), "--bundle", name, "--keys", str(keys),
               "--identity", str(own), "--without-papers")  # fmt: skip
        said = _flask(env, "backup", "look", "--bundle", name)
        return Found(**json.loads(said.strip().splitlines()[-1]))


@contextlib.contextmanager
def _database(settings: Settings) -> Iterator[str | None]:
    """Return the address of an empty database for the trial; None for a file in its folder."""
    if dumps.file_of(settings.database_url) is not None:
        yield None
        return
    name = f"oss_coba_{os.getpid()}"
    with dumps.beside(settings.database_url, name) as url:
        yield url


def _environment(settings: Settings, instance: Path, url: str | None) -> dict[str, str]:
    """Return the whole environment of the trial: no gateway and no office stands in it."""
    env = {name: value for name, value in os.environ.items() if name in _INHERITED}
    env |= {
        "SERVICE_MODE": "training" if settings.in_training else "assist",
        "PRACTICE_SPACE": "off",
        "INSTANCE": str(instance),
        "LOG_LEVEL": "ERROR",
        "BACKUP_TO": str(settings.backup_to),
        "BACKUP_RECOVERY_KEY": settings.backup_recovery_key,
    }
    if url is not None:
        env["DATABASE_URL"] = url
    return env


def _flask(env: dict[str, str], *words: str) -> str:
    command = [sys.executable, "-m", "flask", "--app", "app.wsgi:app", *words]
    try:
        done = subprocess.run(  # noqa: S603
            command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=WITHIN_S,
            check=False, preexec_fn=lambda: os.nice(NICE),
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise TrialFailed("too_slow") from error
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["?"])[-1]
        raise TrialFailed(words[0], last)
    return done.stdout


def is_due(now: datetime) -> bool:
    """Return whether the newest bundle is to be tried: one a week, sooner after one that failed."""
    made, tried = (db.session.get(Duty, name) for name in (DutyName.BACKUP, DutyName.TRIAL))
    if made is None or not made.well:
        return False
    if tried is None or tried.at > now:
        return True
    waited = now - tried.at
    return made.at > tried.at and waited >= (EVERY if tried.well else AGAIN_AFTER)


def mail_failure(settings: Settings) -> bool | None:
    """Tell the head of the office that a trial failed, once. None: nothing to tell. Commits."""
    row = db.session.get(Duty, DutyName.TRIAL)
    facts: dict[str, Any] = dict(row.facts) if row else {}
    to = settings.office_email
    if row is None or row.well or facts.get("mailed") or to is None:
        db.session.rollback()
        return None
    if Channel.EMAIL not in ports.messages.carried:
        db.session.rollback()
        return None
    at, name = row.at, str(facts.get("bundle") or "-")
    db.session.rollback()
    reference = f"trial-{at:%Y%m%d%H%M}"
    letter = Outgoing(reference, Channel.EMAIL, to, letter_text(name), _subject())
    try:
        ports.messages.send(letter, budget_s=MAIL_BUDGET_S)
    except NotSent as failure:
        _log.warning("trial_not_mailed", cause=str(failure))
        return False
    row = db.session.get(Duty, DutyName.TRIAL)
    if row is not None and row.at == at:
        row.facts = {**row.facts, "mailed": True}
    db.session.commit()
    return True


def _subject() -> str:
    with force_locale(LANGUAGES[0]):
        return str(_("OSS Sorong: the backup could not be restored"))


def letter_text(name: str) -> str:
    """Return what the head is told, in both languages. Nothing personal stands there."""
    parts = []
    for each in LANGUAGES:
        with force_locale(each):
            parts += [
                _("OSS Sorong tried to restore backup %(name)s. It failed.", name=name),
                _("If this computer breaks now, answers of people may be lost."),
                _("Ask whoever looks after the computer to mend this today."),
                "",
            ]
    return "\n".join(parts)
