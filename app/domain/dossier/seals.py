"""Seals (segel): what one covers, and the hash that is signed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from enum import StrEnum

STANDS = "record_stands"  # in the log, each hour: where the chains stand that have moved
SEAL_AT = time(3, 47)  # WIT; after the tidy of the night, so that what it erased is covered


class ActKind(StrEnum):
    """What belongs to no file. Past-tense names."""

    LET_IN = "let_in"
    COMMAND_GIVEN = "command_given"
    REFERENCE_LOADED = "reference_loaded"
    ROWS_DELETED = "rows_deleted"
    FILE_ERASED = "file_erased"
    SEALED = "sealed"
    BACKED_UP = "backed_up"
    BACKUP_TRIED = "backup_tried"
    RESTORED = "restored"
    STAFF_ADDED = "staff_added"
    STAFF_ROLE_GIVEN = "staff_role_given"
    STAFF_RESET = "staff_reset"
    STAFF_ENDED = "staff_ended"
    STAFF_SIGNED_IN = "staff_signed_in"
    STAFF_REFUSED = "staff_refused"
    STAFF_LOCKED = "staff_locked"
    STAFF_UNLOCKED = "staff_unlocked"
    STAFF_LEFT = "staff_left"
    STAFF_DAY_ENDED = "staff_day_ended"
    STAFF_WIPED = "staff_wiped"
    STAFF_CHOSE = "staff_chose"
    NOTICE_TAKEN = "notice_taken"
    NOTICE_GIVEN_BACK = "notice_given_back"
    TERMINAL_REGISTERED = "terminal_registered"
    TERMINAL_ENDED = "terminal_ended"


@dataclass(frozen=True, slots=True)
class Head:
    """Where a chain stands: the number of its last entry and its hash."""

    number: int
    hash: str


@dataclass(frozen=True, slots=True)
class Sealed:
    """What a seal says. files, events, acts: how many; heads: see heads_digest."""

    number: int
    at: datetime
    files: int
    events: int
    acts: Head
    heads: str


def heads_digest(heads: Mapping[int, Head]) -> str:
    """Return the SHA-256 over where every file stands, by its number; 64 hex digits."""
    digest = hashlib.sha256()
    for file_id in sorted(heads):
        digest.update(f"{file_id} {heads[file_id].number} {heads[file_id].hash}\n".encode())
    return digest.hexdigest()


def sealed_state(number: int, at: datetime, heads: Mapping[int, Head], acts: Head) -> Sealed:
    """Return what a seal has to say about these heads."""
    events = sum(head.number for head in heads.values())
    return Sealed(number, at, len(heads), events, acts, heads_digest(heads))


def seal_hash(previous: str, sealed: Sealed, key: str) -> str:
    """Return the SHA-256 that binds a seal to the one before it and to its key; it is signed."""
    line = json.dumps(
        [
            "seal/1",
            previous,
            sealed.number,
            sealed.at.astimezone(UTC).isoformat(),
            sealed.files,
            sealed.events,
            sealed.acts.number,
            sealed.acts.hash,
            sealed.heads,
            key,
        ],
        separators=(",", ":"),
    )
    return hashlib.sha256(line.encode()).hexdigest()
