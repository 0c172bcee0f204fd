"""Who may do what at the desk: one table, asked by every route and by nothing else.

The roles are those of the office: front desk, verifier, technical team of another office, head of
section, head of office, complaints, outreach, village facilitator, admin, auditor. Who verifies
does not sign, and who looks after accounts sees no file.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import IntEnum, StrEnum


class StaffRole(StrEnum):
    """Peran: what somebody is in the office. One person has one."""

    FRONT = "front"
    VERIFIER = "verifier"
    TECHNICAL = "technical"
    SECTION_HEAD = "section_head"
    HEAD = "head"
    COMPLAINTS = "complaints"
    OUTREACH = "outreach"
    FACILITATOR = "facilitator"
    ADMIN = "admin"
    AUDITOR = "auditor"


class Permission(StrEnum):
    """What can be done at the desk."""

    BE_HERE = "be_here"  # the own account: PIN, password, lock, leave
    SEE_DESK = "see_desk"
    VERIFY = "verify"
    CHECK_NIK = "check_nik"
    MATCH_NOTICES = "match_notices"
    DECIDE = "decide"
    TAKE = "take"
    SEARCH = "search"
    SEE_FILE = "see_file"
    SEE_ORIGINAL = "see_original"
    NOTE = "note"
    SEE_PEOPLE = "see_people"
    END_SESSIONS = "end_sessions"


class Reach(IntEnum):
    """Whose work a permission reaches: nobody's, what one holds, what is free too, everybody's."""

    NONE = 0
    MINE = 1
    FREE = 2
    ANY = 3


class Holding(IntEnum):
    """Who holds a piece of work, as seen by whoever asks."""

    MINE = 1
    FREE = 2
    OTHERS = 3


TABLE: Mapping[Permission, Mapping[StaffRole, Reach]] = {
    Permission.BE_HERE: dict.fromkeys(StaffRole, Reach.ANY),
    Permission.SEE_DESK: dict.fromkeys(StaffRole, Reach.ANY),
    Permission.VERIFY: {StaffRole.VERIFIER: Reach.FREE, StaffRole.SECTION_HEAD: Reach.ANY},
    Permission.CHECK_NIK: {StaffRole.FRONT: Reach.FREE, StaffRole.VERIFIER: Reach.FREE},
    Permission.MATCH_NOTICES: {
        StaffRole.VERIFIER: Reach.FREE,
        StaffRole.SECTION_HEAD: Reach.FREE,
    },
    Permission.DECIDE: {StaffRole.SECTION_HEAD: Reach.FREE, StaffRole.HEAD: Reach.ANY},
    Permission.TAKE: {
        StaffRole.FRONT: Reach.FREE,
        StaffRole.VERIFIER: Reach.FREE,
        StaffRole.SECTION_HEAD: Reach.ANY,
        StaffRole.HEAD: Reach.ANY,
    },
    Permission.SEARCH: {
        StaffRole.FRONT: Reach.ANY,
        StaffRole.VERIFIER: Reach.ANY,
        StaffRole.SECTION_HEAD: Reach.ANY,
        StaffRole.HEAD: Reach.ANY,
    },
    Permission.SEE_FILE: {
        StaffRole.FRONT: Reach.ANY,
        StaffRole.VERIFIER: Reach.ANY,
        StaffRole.SECTION_HEAD: Reach.ANY,
        StaffRole.HEAD: Reach.ANY,
    },
    Permission.SEE_ORIGINAL: {
        StaffRole.VERIFIER: Reach.MINE,
        StaffRole.SECTION_HEAD: Reach.ANY,
        StaffRole.HEAD: Reach.MINE,
    },
    Permission.NOTE: {
        StaffRole.FRONT: Reach.ANY,
        StaffRole.VERIFIER: Reach.ANY,
        StaffRole.SECTION_HEAD: Reach.ANY,
        StaffRole.HEAD: Reach.ANY,
    },
    Permission.SEE_PEOPLE: {
        StaffRole.ADMIN: Reach.ANY,
        StaffRole.HEAD: Reach.ANY,
        StaffRole.AUDITOR: Reach.ANY,
    },
    Permission.END_SESSIONS: {StaffRole.ADMIN: Reach.ANY},
}
"""What is not named here is not allowed."""


def reach_of(role: StaffRole, permission: Permission) -> Reach:
    """Return whose work somebody reaches with a permission."""
    return TABLE[permission].get(role, Reach.NONE)


def may(role: StaffRole, permission: Permission, holding: Holding = Holding.FREE) -> bool:
    """Return whether somebody may do this with a piece of work that is held so.

    Where no piece of work is meant, any reach will do.
    """
    return reach_of(role, permission) >= holding


def may_at_all(role: StaffRole, permissions: Collection[Permission]) -> bool:
    """Return whether a role has one of these permissions, whatever the work."""
    return any(reach_of(role, each) > Reach.NONE for each in permissions)
