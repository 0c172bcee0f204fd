"""Sealing the record, as the worker does each night and a command at any time."""

from __future__ import annotations

from datetime import datetime

from app.config import Settings
from app.extensions import db
from app.models.audit import Seal
from app.services.audit import seals
from app.storage.keyfile import seal_key

PAPERS = "seals"  # the folder of the papers, inside the data folder


def seal_now(settings: Settings, now: datetime) -> Seal:
    """Seal, commit and keep the paper beside the data; return the seal."""
    seal = seals.make(seal_key(settings.instance), now)
    db.session.commit()
    seals.keep_paper(seal, settings.instance / PAPERS)
    return seal
