"""The answers for OSS as a paper, in the language of the page."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _

from app.adapters.papers.oss_file import FileGroup, FileSheet, OssFile, render_oss_file
from app.domain.oss.submission import Submission
from app.domain.written.support_number import format_support_number
from app.i18n import language, moment_in_words
from app.labels import label
from app.labels.assist import PART_NOTES
from app.models.dossier import Dossier
from app.services.oss.form import sheets_of


def draw(dossier: Dossier, submission: Submission, track_url: str, made_at: datetime) -> bytes:
    """Return the PDF. It holds the whole NIK, so it is for its owner alone."""
    return render_oss_file(oss_file(dossier, submission, track_url, made_at))


def oss_file(
    dossier: Dossier, submission: Submission, track_url: str, made_at: datetime
) -> OssFile:
    """Return what the paper says."""
    return OssFile(
        language=language(),
        title=_("File for OSS"),
        not_a_licence=_("Not a licence"),
        about=(
            _("Type these answers at oss.go.id. Only OSS gives the NIB."),
            _("This paper holds your whole NIK. Keep it safe."),
        ),
        sheets=tuple(
            FileSheet(
                title=label(sheet.part),
                note=str(PART_NOTES[sheet.part]),
                groups=tuple(
                    FileGroup(group.title, tuple((r.label, r.shown) for r in group.on_screen))
                    for group in sheet.groups
                    if group.on_screen
                ),
            )
            for sheet in sheets_of(submission)
        ),
        support_words=_("Support number (Nomor Bantuan)"),
        support_number=format_support_number(dossier.support_number),
        track_words=_("Where is my file?"),
        track_url=track_url,
        made_words=_("Made on %(moment)s", moment=moment_in_words(made_at)),
        page_words=_("Page {page} of {pages}"),
        made_at=made_at,
    )
