"""Two activities side by side, for somebody who wavers between them. No log-in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.domain.kbli.change import only_code
from app.domain.law.business_size import BusinessSize
from app.domain.law.rows import KbliEntry
from app.i18n import language
from app.routes.check.check import AN_HOUR, risks_of
from app.services.kbli import explained
from app.services.kbli.browse import wording
from app.web.answers import render
from app.web.marks import open_to_all
from app.web.sent import Sent

bp = Blueprint("comparison", __name__, url_prefix="/cek-usaha")

SIZES = (BusinessSize.MICRO, BusinessSize.SMALL)
TYPED_AT_MOST = 20  # characters


@dataclass(frozen=True, slots=True)
class Box:
    """One of the two boxes: what was typed, the code it names, or what is wrong with it."""

    id: str
    label: str
    value: str = ""
    entry: KbliEntry | None = None
    mistake: str = ""


@bp.get("/banding")
@open_to_all
def show_comparison() -> ResponseReturnValue:
    """Compare two codes (?kode=56101&kode=56102), or ask for them."""
    typed = request.args.getlist(Sent.CODE)
    labels = (_("First code"), _("Second code"))
    if not typed:
        return _ask([Box(f"kode-{n}", label) for n, label in enumerate(labels, 1)])
    first = _read("kode-1", labels[0], typed[0])
    second = _read("kode-2", labels[1], typed[1] if len(typed) > 1 else "", first.entry)
    if first.entry is None or second.entry is None or first.mistake or second.mistake:
        return _ask([first, second], 422)
    pair = [_side(first.entry, second.entry), _side(second.entry, first.entry)]
    return render(
        "check/compare.html",
        public_for=AN_HOUR,
        pair=pair,
        differences=[
            (each.said, there)
            for here, there in (pair, pair[::-1])
            for each in here["known"].confused_with(there["entry"].code)
        ],
        sizes=SIZES,
    )


def _read(name: str, label: str, text: str, other: KbliEntry | None = None) -> Box:
    value = " ".join(text.replace("\0", " ").split())[:TYPED_AT_MOST]
    code = only_code(value)
    if code is None:
        return Box(name, label, value, mistake=_("Type the five digits of a code."))
    found = explained.meaning_of(code)
    if found is None:
        return Box(name, label, value, mistake=_("No list has the number %(code)s.", code=code))
    if found.now is None:
        text = _("%(code)s is a number of the old list. Type a number of KBLI 2025.", code=code)
        return Box(name, label, value, mistake=text)
    if found.now == other:
        return Box(name, label, value, mistake=_("Type another code than the first."))
    return Box(name, label, value, found.now)


def _side(entry: KbliEntry, other: KbliEntry) -> dict[str, Any]:
    known = explained.explain(entry, language())
    return {
        "entry": entry,
        "said": wording(entry, language()),
        "known": known,
        # What goes to the other code is said above, as the difference.
        "others": [each for each in known.elsewhere if each.entry != other],
        "risks": dict(risks_of(known, SIZES)),
    }


def _ask(boxes: list[Box], status: int = 200) -> Response:
    return render(
        "check/compare.html",
        status=status,
        public_for=AN_HOUR,
        pair=None,
        boxes=boxes,
        mistakes=[(box, box.mistake) for box in boxes if box.mistake],
    )
