"""One request, one transaction: kept below 400, undone otherwise; what may end it early."""

from __future__ import annotations

import random

from app.asked import asked
from app.extensions import db
from app.models.dossier import Job
from app.work import claims

ANSWER_WITHIN_S = 2.0  # nobody waits longer than this for another office's computer


def commit_now() -> None:
    """End the transaction here, for a record that must stay although the answer is an error."""
    db.session.commit()


def let_others_write() -> None:
    """End the transaction, which wrote nothing yet, before something slow."""
    db.session.rollback()


def will_write() -> None:
    """Begin anew with a transaction that may write, in a request whose method only reads.

    For the record of who saw what: such a page is read again and again, yet each time is noted.
    """
    db.session.rollback()
    asked().will_write = True


def run_now(job: Job, budget_s: float = ANSWER_WITHIN_S) -> bool:
    """Try a job at once, after commit_now(). What does not answer in time is left to the worker."""
    return claims.run(job.id, budget_s=budget_s, jitter=random.random)
