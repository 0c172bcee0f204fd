"""The words for legal forms and for what a person is in them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any

from flask_babel import lazy_gettext as _l

from app.domain.law.estimate.obstacles import JourneyReason
from app.domain.law.legal_form import LegalForm, Role

WORDS: tuple[tuple[Enum, Any], ...] = (
    (LegalForm.INDIVIDUAL, _l("Me: my own business")),
    (LegalForm.PT, _l("A PT (limited company)")),
    (LegalForm.PT_PERORANGAN, _l("A PT Perorangan (one-person company)")),
    (LegalForm.CV, _l("A CV (limited partnership)")),
    (LegalForm.FIRMA, _l("A Firma (partnership)")),
    (LegalForm.COOPERATIVE, _l("A koperasi (cooperative)")),
    (LegalForm.FOUNDATION, _l("A yayasan (foundation)")),
    (LegalForm.BUM_KAMPUNG, _l("A BUM Kampung (business of a kampung)")),
    (LegalForm.BUM_BERSAMA, _l("A BUM Bersama (business of several kampung)")),
    (LegalForm.OTHER_ENTITY, _l("Another legal body")),
    (LegalForm.BRANCH, _l("A branch office (cabang)")),
    (Role.DIRECTOR, _l("Director")),
    (Role.PARTNER, _l("Partner who runs the business")),
    (Role.CHAIR, _l("Chair")),
    (Role.BOARD_MEMBER, _l("Member of the board")),
    (Role.BRANCH_HEAD, _l("Head of the branch")),
    (Role.AUTHORISED, _l("Authorised by letter (surat kuasa)")),
)

# What to do about something that stops a file, where more can be said than "ask".
OBSTACLE_REMEDIES: Mapping[JourneyReason, Any] = {
    JourneyReason.TRADE_CONFLICT: _l("Take one of them out, or ask the office which one fits."),
    JourneyReason.NOT_IN_DEED: _l("Have a notary change the paper, or choose what it names."),
    JourneyReason.SIZE_NOT_OFFERED: _l("Look at your capital again, or choose another activity."),
    JourneyReason.COMPANY_ONLY: _l(
        "Found a company first, or choose another activity. Ask the office."
    ),
}

FORM_HINTS: Mapping[LegalForm, Any] = {
    LegalForm.INDIVIDUAL: _l("Kiosk, farm, boat, workshop, sewing: no company was founded."),
    LegalForm.PT_PERORANGAN: _l("Founded by one person online, without a notary."),
    LegalForm.BRANCH: _l("The head office has a NIB already. The branch is added to it."),
}
