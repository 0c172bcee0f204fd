"""The words for what is kept about a person, and why."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any

from flask_babel import lazy_gettext as _l

from app.domain.dossier.retention import DataGroup

WORDS: tuple[tuple[Enum, Any], ...] = (
    (DataGroup.PERSON, _l("Who you are and how to reach you")),
    (DataGroup.BUSINESS, _l("Your business")),
    (DataGroup.STATEMENTS, _l("What you stated")),
    (DataGroup.NIK, _l("Whether your NIK fits")),
    (DataGroup.OFFICES, _l("What OSS and the offices decided")),
    (DataGroup.FILES, _l("Papers that you sent")),
    (DataGroup.MESSAGES, _l("Messages between us")),
    (DataGroup.HELPERS, _l("Who may help you, and lost PINs")),
    (DataGroup.RECORD, _l("When what happened")),
    (DataGroup.TRACES, _l("Traces of the technology")),
    (DataGroup.NOBODY, _l("Facts about nobody")),
)

# What it is and what it is for.
MEANINGS: Mapping[DataGroup, Any] = {
    DataGroup.PERSON: _l("OSS asks for it. NIK, name, birth, phone, e-mail and address are encrypted. Sex and the code of your kampung are not: by them we count."),
    DataGroup.BUSINESS: _l("OSS needs it for the NIB. Names, address and your own words are encrypted. Codes, land, capital and workers are not: by them we search and count."),
    DataGroup.STATEMENTS: _l("Which statements you made, when, and with which words. The law asks for them."),
    DataGroup.NIK: _l("Only whether it fits, never data of the civil registry. So we know what is still to do."),
    DataGroup.OFFICES: _l("The NIB, licences, and what had to be mended. So you can follow them. These numbers are not encrypted: by them we find your file."),
    DataGroup.FILES: _l("Photos and papers that an office asked for. They are encrypted."),
    DataGroup.MESSAGES: _l("That we wrote, when and how. The text is made anew each time, so it is not kept."),
    DataGroup.HELPERS: _l("Your consents, and codes for a new PIN. So nobody else gets in."),
    DataGroup.RECORD: _l("The time of each step, without your answers. Nobody can change it unseen. It stays after an erasure."),
    DataGroup.TRACES: _l("Marks that keep a form from counting twice, and tasks that are planned."),
    DataGroup.NOBODY: _l("Lists: activities, places and days off."),
}  # fmt: skip

# What a person agrees to by giving a consent; kept by version in app/reference/wordings.
CONSENT_TEXT = _l(
    "If you lose your PIN, this person can ask for a new code. The code goes to your phone only. Nobody else sees your file."
)
