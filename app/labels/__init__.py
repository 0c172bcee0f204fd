"""The words for each value of the domain. A test proves that no value is without words."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any

from flask import Flask
from flask_babel import gettext

from app.domain.nik.verdict import Field
from app.labels import (
    after,
    assist,
    attachments,
    base,
    desk,
    entity,
    help,
    licences,
    messages,
    nik_cases,
    own_data,
    risk,
    turns,
    wire,
)
from app.labels.after import CHANGE_HINTS, NEXT_STEP_TEXTS
from app.labels.assist import PART_NOTES
from app.labels.base import DECLARATION_MEANINGS, NIK_REMEDIES

__all__ = [
    "DECLARATION_MEANINGS",
    "LABELS",
    "NIK_REMEDIES",
    "PART_NOTES",
    "field_label",
    "in_words",
    "init_app",
    "label",
]

# One module a subject; each has its pairs of value and words.
PARTS = (
    after.WORDS,
    assist.WORDS,
    attachments.WORDS,
    base.WORDS,
    desk.WORDS,
    entity.WORDS,
    help.WORDS,
    licences.WORDS,
    messages.WORDS,
    nik_cases.WORDS,
    own_data.WORDS,
    risk.WORDS,
    wire.WORDS,
)

LABELS: Mapping[tuple[type[Enum], Any], Any] = {
    (type(member), member.value): words for part in PARTS for member, words in part
}


def label(value: Enum) -> str:
    """Return the words for a value in the language of the page."""
    return str(LABELS[type(value), value.value])


def in_words(english: str) -> str:
    """Return a text that the domain marks (N_) in the language of the page."""
    return str(gettext(english))


def field_label(name: str) -> str:
    """Return the words for a field that a check found different."""
    return label(Field(name))


def init_app(app: Flask) -> None:
    """Give the templates the `label` filter and the longer texts."""
    app.add_template_filter(label)
    app.add_template_filter(field_label)
    app.add_template_filter(desk.what_happened)
    app.add_template_filter(desk.who_did)
    app.add_template_filter(risk.value_of, "fact_value")
    app.add_template_filter(risk.day_of, "fact_day")
    app.add_template_filter(risk.days_of, "step_days")
    app.add_template_filter(risk.laws_of, "laws")
    app.add_template_filter(turns.head_of, "turn_head")
    app.add_template_filter(turns.sentence_of, "turn_sentence")
    app.jinja_env.globals.update(
        DECLARATION_MEANINGS=DECLARATION_MEANINGS,
        CONSENT_TEXT=own_data.CONSENT_TEXT,
        GROUP_MEANINGS=own_data.MEANINGS,
        NIK_REMEDIES=NIK_REMEDIES,
        OBSTACLE_REMEDIES=entity.OBSTACLE_REMEDIES,
        RETURN_REMEDIES=licences.REMEDIES,
        PART_NOTES=PART_NOTES,
        CHANGE_HINTS=CHANGE_HINTS,
        NEXT_STEP_TEXTS=NEXT_STEP_TEXTS,
    )
