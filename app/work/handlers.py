"""Every handler of a job. Importing this module makes them known."""

from __future__ import annotations

from app.services.base import jobs
from app.services.base.jobs import JobKind
from app.work import (
    corrections,
    disposal,
    licences,
    lkpm,
    messages,
    nik,
    queue,
)
from app.work.oss import handover, nib, notices, reconcile
from app.work.rights import own_data, recovery

MODULES = (
    corrections, disposal, handover, licences, lkpm, messages,
    nib, nik, notices, own_data, queue, reconcile, recovery,
)  # fmt: skip


def check() -> None:
    """Raise LookupError for a kind of job that nobody handles."""
    for kind in JobKind:
        jobs.handler_of(kind)
