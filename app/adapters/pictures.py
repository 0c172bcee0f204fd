"""Making a picture small and anonymous, outside this process (see bounded.py, picture_child.py)."""

from __future__ import annotations

from app.adapters.bounded import cleaned_outside
from app.domain.dossier.attachments import ContentKind


def clean_picture(raw: bytes, kind: ContentKind) -> bytes:
    """Return a picture as a small JPEG without any metadata, on white where it was see-through.

    Raises FileRefused: BROKEN (cut short, damaged), TOO_MANY_PIXELS, TOO_LONG, TOO_HEAVY; Busy.
    """
    return cleaned_outside("picture_child", raw, {"kind": kind})[1]
