"""Where a file stands, and whose turn it is."""

from __future__ import annotations

from enum import StrEnum


class Stage(StrEnum):
    """Stations of the way, in order."""

    STARTED = "started"
    NIK = "nik"
    SENT = "sent"
    OSS = "oss"
    NIB = "nib"
    LICENCE = "licence"
    ENDED = "ended"  # only where it happened


class StageState(StrEnum):
    """done: behind; now: others work on it; stuck: the person has to act; ahead: not yet."""

    DONE = "done"
    NOW = "now"
    STUCK = "stuck"
    AHEAD = "ahead"
