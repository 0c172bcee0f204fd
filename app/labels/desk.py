"""The words of the desk."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any

from flask_babel import lazy_gettext as _l

from app.domain.desk.queue import WhyBack, WorkKind
from app.domain.desk.roles import StaffRole
from app.domain.dossier.events import DoerRole, EventKind

# What happened to a file, for staff. What is not here is said in one common sentence.
HAPPENED: Mapping[EventKind, Any] = {
    EventKind.STARTED: _l("The file was begun"),
    EventKind.STEP_ANSWERED: _l("A page was answered"),
    EventKind.NIK_CHECKED: _l("The NIK was compared"),
    EventKind.NIK_SHOWN: _l("The NIK was shown in full"),
    EventKind.NIK_CASE_OPENED: _l("A NIK case was opened"),
    EventKind.NIK_CASE_ESCALATED: _l("The NIK case came to an officer"),
    EventKind.NIK_CASE_CLOSED: _l("The NIK case was closed"),
    EventKind.SENT: _l("The file was sent"),
    EventKind.HANDED_OVER: _l("The file went to OSS"),
    EventKind.HANDOVER_REFUSED: _l("OSS did not take the file"),
    EventKind.NIB_RECEIVED: _l("The NIB came"),
    EventKind.NIB_SEEN: _l("Staff saw the NIB on paper"),
    EventKind.NIB_CONFIRMED: _l("OSS confirmed the NIB"),
    EventKind.LICENCE_STATUS: _l("A licence got a new status"),
    EventKind.RETURNED: _l("The file was given back to mend"),
    EventKind.SENT_AGAIN: _l("The file was mended and sent again"),
    EventKind.ANSWER_LATE: _l("The time to answer was over"),
    EventKind.ATTACHMENT_ADDED: _l("A paper was added"),
    EventKind.ATTACHMENT_REMOVED: _l("A paper was taken out"),
    EventKind.ATTACHMENT_SHOWN: _l("A paper was looked at"),
    EventKind.PIN_LOCKED: _l("Wrong PINs: whoever typed them waits"),
    EventKind.PIN_UNLOCKED: _l("The wait after wrong PINs was ended"),
    EventKind.COUNTER_CODE_MADE: _l("A code for a new PIN was made"),
    EventKind.PIN_CHANGED: _l("The PIN was changed"),
    EventKind.WITHDRAWN: _l("The person took the file back"),
    EventKind.NOTE_WRITTEN: _l("A note was written"),
    EventKind.WORK_TAKEN: _l("The work was taken"),
    EventKind.WORK_GIVEN_BACK: _l("The work was given back"),
}
_ELSE = _l("Something else was recorded")

_WHO = {
    DoerRole.PERSON: _l("the applicant"),
    DoerRole.STAFF: _l("staff, by a command"),
    DoerRole.OSS: _l("OSS"),
    DoerRole.SYSTEM: _l("by itself"),
}


def what_happened(kind: str) -> str:
    """Return what an event means, in words for staff."""
    return str(HAPPENED.get(EventKind(kind), _ELSE))


def who_did(role: str | None) -> str:
    """Return as what somebody did it; before the record told that, nobody knows."""
    return str(_WHO[DoerRole(role)]) if role else "–"


WORDS: tuple[tuple[Enum, Any], ...] = (
    (StaffRole.FRONT, _l("front desk")),
    (StaffRole.VERIFIER, _l("verifier")),
    (StaffRole.TECHNICAL, _l("technical team")),
    (StaffRole.SECTION_HEAD, _l("head of section")),
    (StaffRole.HEAD, _l("head of office")),
    (StaffRole.COMPLAINTS, _l("complaints desk")),
    (StaffRole.OUTREACH, _l("outreach")),
    (StaffRole.FACILITATOR, _l("village facilitator")),
    (StaffRole.ADMIN, _l("admin")),
    (StaffRole.AUDITOR, _l("auditor")),
    (WorkKind.LICENCE, _l("verify a licence")),
    (WorkKind.MENDED, _l("look at what was mended")),
    (WorkKind.DECISION, _l("decide about a licence")),
    (WorkKind.NIK, _l("compare a NIK")),
    (WorkKind.NOTICE, _l("find the file of an OSS notice")),
    (WhyBack.AWAY, _l("Give back: I am away")),
    (WhyBack.NOT_SURE, _l("Give back: I am not sure")),
    (WhyBack.KNOW_THEM, _l("Give back: I know this person")),
    (WhyBack.BY_MISTAKE, _l("Give back: taken by mistake")),
)
