"""Why a message did not go out."""

from __future__ import annotations

from enum import StrEnum


class NotSentCause(StrEnum):
    """Why a message did not go out."""

    TIMEOUT = "timeout"
    DOWN = "down"
    BUSY = "busy"
    ACCESS = "access"  # our own key, user or address: whoever runs the system has to act
    BAD_ADDRESS = "bad_address"
    REFUSED = "refused"
    UNREADABLE = "unreadable"
    TOO_LATE = "too_late"  # nobody would have understood it any more
    UNDELIVERED = "undelivered"  # the network says so
    LOST = "lost"  # whoever had it does not know what became of it
    RESTORED = "restored"  # a copy was put back: it may have gone out after that was made
