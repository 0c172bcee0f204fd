"""What people may ask about their own data, and what came of it."""

from __future__ import annotations

from enum import StrEnum


class RequestKind(StrEnum):
    """What can be asked for."""

    WITHDRAW = "withdraw"
    ERASE = "erase"


class RequestOutcome(StrEnum):
    """What came of an erasure. PARTLY: what the law says must stay did stay."""

    ERASED = "erased"
    PARTLY = "partly"
    REFUSED = "refused"
