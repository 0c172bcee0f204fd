"""What changed for me: what became of the KBLI 2020 codes on an old NIB. No log-in."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from app.domain.kbli.change import codes_in
from app.domain.law.editions import KBLI_NOW
from app.domain.law.risk import RiskLevel
from app.domain.law.rows import KbliEntry
from app.forms.after import OldCodeForm
from app.forms.fields import mistakes
from app.i18n import language
from app.labels import label
from app.services.kbli import change
from app.services.kbli.browse import wording
from app.services.reference.book import get_book
from app.web.answers import render
from app.web.marks import open_to_all
from app.web.sent import Sent

bp = Blueprint("kbli_change", __name__)

AN_HOUR = 3600


@bp.get("/kbli-lama")
@open_to_all
def show_kbli_change() -> ResponseReturnValue:
    """Ask for old codes or words; say what became of them."""
    if Sent.QUERY not in request.args:
        return _kbli_change_page(OldCodeForm(formdata=None))
    form = OldCodeForm(formdata=request.args)
    if not form.validate():
        return _kbli_change_page(form, 422)
    text = form.q.data or ""
    codes = codes_in(text)
    if not codes:
        return _kbli_change_page(form, found=change.find_old(text))
    return _kbli_change_page(form, answers=[_answer(code) for code in codes])


def _kbli_change_page(form: OldCodeForm, status: int = 200, **found: Any) -> Response:
    return render(
        "kbli_change/show.html",
        status=status,
        public_for=AN_HOUR,
        form=form,
        mistakes=mistakes(form),
        **{"answers": None, "found": None, **found},
    )


def _answer(code: str) -> dict[str, Any]:
    """One code: what became of it, or that only the new list has it, or neither."""
    found = change.change_of(code)
    if found is None:
        new = get_book().kbli(KBLI_NOW, code)
        return {"code": code, "change": None, "only_new": _said(new) if new else None}
    return {
        "code": code,
        "change": found,
        "new": [
            {**_said(each.entry), "basis": each.basis, "risk": _risk(each.entry)}
            for each in found.new
        ],
        "risk_before": _risk(found.old),
        "number_now": _said(found.number_now) if found.number_now else None,
    }


def _said(entry: KbliEntry) -> dict[str, Any]:
    return {"entry": entry, "said": wording(entry, language())}


def _risk(entry: KbliEntry) -> list[tuple[str, str]]:
    """The levels with the sizes that share them, in words; empty = not known."""
    sizes: dict[tuple[RiskLevel, ...], list[str]] = {}
    for row in change.risk_of(entry.code, entry.year):
        sizes.setdefault(row.levels, []).append(label(row.size))
    return [
        (" / ".join(label(level) for level in levels), ", ".join(names))
        for levels, names in sizes.items()
    ]
