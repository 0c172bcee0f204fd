"""Where a call of OSS to us stands."""

from __future__ import annotations

from enum import StrEnum


class NoticeState(StrEnum):
    """Where a notice stands."""

    NEW = "new"
    MATCHED = "matched"  # its dossier is known, and OSS is being asked
    UNMATCHED = "unmatched"  # waits for staff: nobody here, or more than one
