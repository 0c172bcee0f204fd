"""Tables, by aggregate. Importing this package makes every table known to the metadata."""

from app.models import (
    attachment,
    audit,
    change,
    dossier,
    draft,
    duty,
    installation,
    learning,
    licence,
    lkpm,
    message,
    nik_case,
    oss_notice,
    own_data,
    reference,
    staff,
)

__all__ = [
    "attachment",
    "audit",
    "change",
    "dossier",
    "draft",
    "duty",
    "installation",
    "learning",
    "licence",
    "lkpm",
    "message",
    "nik_case",
    "oss_notice",
    "own_data",
    "reference",
    "staff",
]
