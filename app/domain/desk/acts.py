"""What staff do with a file: for what they look, and which permission each act needs."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from app.domain.desk.roles import Permission
from app.domain.licence.status import OfficeAction


class Purpose(StrEnum):
    """For what somebody looked at the data of a person."""

    WORK = "work"  # they hold work of this file
    COUNTER = "counter"  # the person stands before them, or has called


NEEDED_FOR: Mapping[OfficeAction, Permission] = {
    OfficeAction.COMPLETE: Permission.VERIFY,
    OfficeAction.CHECK: Permission.VERIFY,
    OfficeAction.VISIT: Permission.VERIFY,
    OfficeAction.GIVE_BACK: Permission.VERIFY,
    OfficeAction.GIVE_BACK_ANEW: Permission.VERIFY,
    OfficeAction.APPROVE: Permission.DECIDE,
    OfficeAction.REJECT: Permission.DECIDE,
}
"""That an office stays silent is no act of anybody."""
