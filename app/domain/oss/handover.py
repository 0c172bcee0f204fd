"""Where a sent file stands between us and OSS."""

from __future__ import annotations

from enum import StrEnum


class HandoverState(StrEnum):
    """Where a sent dossier stands."""

    WAITING_NIK = "waiting_nik"  # the registry has not answered yet
    WAITING = "waiting"  # OSS has not answered yet
    FILE_AT_OSS = "file_at_oss"  # ready: the person files it at oss.go.id
    ACCEPTED = "accepted"
    REFUSED = "refused"
