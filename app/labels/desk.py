"""The words of the desk."""

from __future__ import annotations

from enum import Enum
from typing import Any

from flask_babel import lazy_gettext as _l

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
)
