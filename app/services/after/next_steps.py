"""What to do after the NIB, for one dossier."""

from __future__ import annotations

from datetime import date

from app.domain.after.next_steps import ToDo, to_do_after_nib
from app.domain.law.editions import KBLI_NOW
from app.models.dossier import Activity, Dossier
from app.services.after import lkpm
from app.services.reference.book import get_book


def to_do(dossier: Dossier, *, on: date) -> tuple[ToDo, ...]:
    """Return the next steps; empty while the dossier was not sent."""
    size = lkpm.size_of(dossier)
    if size is None:
        return ()
    activities = [
        (each.kbli_code, _named_by_rows(each)) for each in dossier.activities if each.kbli_code
    ]
    return to_do_after_nib(activities, size, on=on)


def _named_by_rows(activity: Activity) -> tuple[str, ...]:
    """Return the supporting licences that the rows of this activity and size name."""
    rows = get_book().risk_rows(activity.kbli_code or "", activity.kbli_year or KBLI_NOW)
    return tuple(
        label
        for row in rows
        if row.size == activity.size and activity.scope_no in (None, row.scope_no)
        for label in row.supporting_licences
    )
