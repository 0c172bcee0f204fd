"""Sealing the record, as the worker does each night and a command at any time; new data keys."""

from __future__ import annotations

from datetime import datetime

import structlog

from app import clock
from app.adapters.messages import NotSent
from app.config import Settings
from app.domain.dossier.seals import STANDS, Head
from app.extensions import db, ports, vault
from app.models.audit import Seal
from app.services.audit import seals
from app.services.base import keys
from app.storage.keyfile import seal_key

PAPERS = "seals"  # the folder of the papers, inside the data folder
MAIL_BUDGET_S = 20.0

_log = structlog.get_logger(__name__)


def seal_now(settings: Settings, now: datetime) -> Seal:
    """Seal, commit and keep the paper beside the data; return the seal."""
    seal = seals.make(seal_key(settings.instance), now)
    db.session.commit()
    seals.keep_paper(seal, settings.instance / PAPERS)
    return seal


def witness(said: dict[int, Head]) -> bool:
    """Write into the log where chains stand that moved; say whether any did.

    Between two seals only a log that is kept elsewhere can tell that something was cut.
    said: what was written before, brought up to date. Nothing personal: numbers and hashes.
    """
    stand = seals.unsealed()
    db.session.rollback()
    moved = {file: head for file, head in stand.items() if said.get(file) != head}
    said.clear()
    said.update(stand)
    if moved:
        heads = [[file, head.number, head.hash] for file, head in sorted(moved.items())]
        _log.info(STANDS, heads=heads)
    return bool(moved)


def mail_newest(to: str) -> bool | None:
    """Mail the paper of the newest seal, and commit. None: nothing to mail. False: try later."""
    found = seals.letter(to)
    db.session.rollback()  # nothing stays open while a mail server takes its time
    if found is None:
        return None
    number, letter = found
    try:
        ports.messages.send(letter, budget_s=MAIL_BUDGET_S)
    except NotSent as failure:
        _log.warning("seal_not_mailed", number=number, cause=str(failure))
        return False
    seals.went(number, clock.now())
    db.session.commit()
    return True


def reseal_all() -> keys.Resealed:
    """Seal all personal data with the current key, each batch in a transaction of its own."""
    done = broken = 0
    for batch in keys.reseal():
        db.session.commit()
        done, broken = done + batch.done, broken + batch.broken
    db.session.rollback()  # the last look found nothing more
    _log.info("resealed", done=done, broken=broken, key=vault.current)
    return keys.Resealed(done, broken)
