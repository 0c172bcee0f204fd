"""The words of the desk."""

from __future__ import annotations

from enum import Enum
from typing import Any

from flask_babel import lazy_gettext as _l

from app.domain.desk.queue import WhyBack, WorkKind
from app.domain.desk.roles import StaffRole

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
