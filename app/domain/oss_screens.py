"""The screens of OSS on which a person files, in their order (as of the public guide)."""

from __future__ import annotations

from enum import StrEnum


class Part(StrEnum):
    """One screen. Members stand in the order in which OSS shows them."""

    ACCOUNT = "account"
    PROFILE = "profile"
    CAPITAL = "capital"
    ACTIVITY = "activity"
    BUSINESS = "business"
    SPATIAL = "spatial"  # KKPR
    ENVIRONMENT = "environment"
    STATEMENTS = "statements"
