"""The copy of a person's data that they can read: the same answers as on the pages, in full."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _

from app import clock
from app.adapters.papers.own_data import OwnDataPaper, PaperSection, render_own_data
from app.domain.written.support_number import format_support_number
from app.i18n import language, moment_in_words
from app.labels import label
from app.labels.own_data import MEANINGS
from app.labels.turns import turn_in_words
from app.models.dossier import DeclarationGiven, Dossier
from app.services.journey.summary import summary_of
from app.services.messages import outbox
from app.services.reference.book import get_book
from app.services.rights import own_data, wordings
from app.services.tracking import progress


def draw(dossier: Dossier) -> bytes:
    """Return the copy as PDF, in the language of the page."""
    return render_own_data(paper_of(dossier, clock.now()))


def _as_shown(row: DeclarationGiven, language: str) -> list[str]:
    """Return a statement in the words of the version that the person saw."""
    return wordings.shown(row.wording, row.kind, language)


def _said(step: progress.Station) -> str:
    """Return what was reached, and who says so where only the person does."""
    words = label(step.stage)
    return _("You wrote, not yet seen by us: %(what)s", what=words) if step.told else words


def paper_of(dossier: Dossier, now: datetime) -> OwnDataPaper:
    """Return what the copy says. Numbers that pages mask stand here in full."""
    who = dossier.applicant
    in_full = [
        (_("NIK"), who.nik),
        (_("Name"), who.name),
        (_("Date of birth"), who.birth_date),
        (_("Phone"), who.phone),
        (_("E-mail"), who.email),
        (_("NPWP"), who.npwp),
    ]
    if dossier.entity is not None:
        in_full.append((_("NPWP of the business"), dossier.entity.npwp))
    sections = [PaperSection(_("About you"), tuple((k, v) for k, v in in_full if v))]
    for section in summary_of(dossier, get_book()):
        title = label(section.stop.name)
        if section.stop.position:
            title += f" {section.stop.position + 1}"
        sections.append(PaperSection(title, section.rows))
    stated = [
        (moment_in_words(row.given_at), " ".join(_as_shown(row, dossier.language)))
        for row in dossier.declarations
    ]
    sections.append(PaperSection(_("What you stated"), tuple(stated)))
    happened = [
        (_said(step), moment_in_words(step.at))
        for step in progress.way_of(dossier)
        if step.at is not None
    ]
    happened.append((_("Whose turn it is"), turn_in_words(progress.turn_of(dossier))))
    sections.append(PaperSection(_("When what happened"), tuple(happened)))
    told = [
        (moment_in_words(row.created_at), outbox.written(row, hide_secret=True))
        for row in outbox.of_dossier(dossier, limit=100)
    ]
    sections.append(PaperSection(_("Messages to you"), tuple(told)))
    kept = [(label(each.group), str(MEANINGS[each.group])) for each in own_data.kept(dossier)]
    sections.append(PaperSection(_("What we keep and why"), tuple(kept)))
    return OwnDataPaper(
        title=_("My data"),
        language=language(),
        number=format_support_number(dossier.support_number),
        note=_(
            "Made on %(when)s. This paper holds personal data. Keep it safe.",
            when=moment_in_words(now),
        ),
        made_at=now,
        sections=tuple(section for section in sections if section.rows),
    )
