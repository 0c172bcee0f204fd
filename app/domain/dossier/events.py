"""Events (kejadian): what can happen to a dossier, and the chain that shows if one was changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

FIRST_HASH = "0" * 64


class EventKind(StrEnum):
    """Past-tense names. None of them carries a personal value."""

    STARTED = "started"
    STEP_ANSWERED = "step_answered"
    ACTIVITY_ADDED = "activity_added"
    ACTIVITY_REMOVED = "activity_removed"
    ACTIVITY_RESTORED = "activity_restored"
    NIK_CHECKED = "nik_checked"
    NIK_CHECK_POSTPONED = "nik_check_postponed"
    NIK_CASE_OPENED = "nik_case_opened"
    NIK_CASE_MOVED = "nik_case_moved"
    NIK_CASE_ESCALATED = "nik_case_escalated"
    NIK_CASE_CLOSED = "nik_case_closed"
    NIK_CASES_DELETED = "nik_cases_deleted"
    SENT = "sent"
    HANDED_OVER = "handed_over"
    HANDOVER_POSTPONED = "handover_postponed"
    HANDOVER_REFUSED = "handover_refused"
    REOPENED = "reopened"
    NIB_RECEIVED = "nib_received"
    NIB_CORRECTED = "nib_corrected"
    NIB_CONFIRMED = "nib_confirmed"
    NIB_SEEN = "nib_seen"
    NIB_DECIDED = "nib_decided"
    NIB_DOUBTED = "nib_doubted"
    NIB_STATUS = "nib_status"
    NIK_SHOWN = "nik_shown"
    PAPER_ISSUED = "paper_issued"
    LICENCE_STATUS = "licence_status"
    LICENCE_SEEN = "licence_seen"
    LICENCE_RENUMBERED = "licence_renumbered"
    RETURNED = "returned"
    SENT_AGAIN = "sent_again"
    ANSWER_LATE = "answer_late"
    COMPARED_WITH_OSS = "compared_with_oss"
    PIN_LOCKED = "pin_locked"
    PIN_UNLOCKED = "pin_unlocked"
    ATTACHMENT_ADDED = "attachment_added"
    ATTACHMENT_REMOVED = "attachment_removed"
    ATTACHMENT_RESTORED = "attachment_restored"
    ATTACHMENT_SHOWN = "attachment_shown"
    CHANGE_ASKED = "change_asked"
    CHANGE_WITHDRAWN = "change_withdrawn"
    CHANGE_DONE = "change_done"
    NIB_REVOKED = "nib_revoked"
    LKPM_REMINDED = "lkpm_reminded"
    LKPM_REPORTED = "lkpm_reported"
    PIN_CHANGED = "pin_changed"
    RECOVERY_CODE_SENT = "recovery_code_sent"
    RECOVERY_CODE_WITHHELD = "recovery_code_withheld"
    COUNTER_CODE_MADE = "counter_code_made"
    CONSENT_GIVEN = "consent_given"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    WITHDRAWN = "withdrawn"
    ERASURE_ASKED = "erasure_asked"
    DATA_REQUEST_UNDONE = "data_request_undone"
    ERASED = "erased"
    ERASURE_REFUSED = "erasure_refused"
    NOTE_WRITTEN = "note_written"
    WORK_TAKEN = "work_taken"
    WORK_GIVEN_BACK = "work_given_back"


class DoerRole(StrEnum):
    """In what role somebody acts. SYSTEM: the program itself, later than what caused it."""

    PERSON = "person"
    STAFF = "staff"
    OSS = "oss"
    SYSTEM = "system"


class Behalf(StrEnum):
    """On whose behalf. OWNER: of the person whose file it is, by somebody else."""

    SELF = "self"
    ENTITY = "entity"
    OWNER = "owner"
    OFFICE = "office"


OLD_FORM, FORM = 1, 2
"""Older events tell not who did them. They keep their form, which a chain never goes back to."""


@dataclass(frozen=True, slots=True)
class Doer:
    """Who did something, without a name.

    actor: "owner" for whoever was let in with the PIN, else a keyed mark or what the program is
    called by. terminal: a keyed mark of the visit or the computer; "" where there is none.
    """

    role: DoerRole
    actor: str
    terminal: str = ""


SYSTEM = Doer(DoerRole.SYSTEM, "worker")


def chain_hash(
    previous: str,
    dossier_id: int,
    number: int,
    kind: str,
    facts: Mapping[str, object],
    at: datetime,
    by: tuple[Doer, str] | None,
) -> str:
    """Return the SHA-256 that binds an event to the one before it, as 64 hex digits.

    dossier_id: 0 for an act without a file. at: an aware moment. It enters with whole microseconds
    in UTC, as both databases keep it. by: who, and on whose behalf; None for the old form.
    """
    who = [] if by is None else [FORM, [by[0].role, by[0].actor, by[0].terminal, by[1]]]
    line = json.dumps(
        [previous, dossier_id, number, kind, facts, at.astimezone(UTC).isoformat(), *who],
        ensure_ascii=True,
        sort_keys=True,
        separators=(",", ":"),
    )
    return hashlib.sha256(line.encode()).hexdigest()
