"""Cleaning a PDF outside this process (see bounded.py, pdf_child.py)."""

from __future__ import annotations

from dataclasses import dataclass

from app.adapters.bounded import cleaned_outside
from app.domain.dossier.attachments import check_pdf


@dataclass(frozen=True)
class CleanPdf:
    """A cleaned PDF. signers: who signed it by electronic signature, as its certificates say;
    "" for a signature without a name. Nobody has checked the signatures; the copy carries none."""

    pages: int
    content: bytes
    signers: tuple[str, ...] = ()


def clean_pdf(raw: bytes) -> CleanPdf:
    """Return a file with nothing in it but what its pages show.

    Raises FileRefused: BROKEN, PDF_LOCKED, PDF_ACTIVE, PDF_UNDRAWN, PDF_TOO_LONG, PDF_TOO_LARGE,
    TOO_HEAVY; Busy.
    """
    answer, body = cleaned_outside("pdf_child", raw)
    check_pdf(answer["pages"], len(body))
    return CleanPdf(answer["pages"], body, tuple(answer["signers"]))
