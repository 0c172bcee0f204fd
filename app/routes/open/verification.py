"""Is this paper true: says what is true of it and nothing personal beyond it."""

from __future__ import annotations

import re

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from app.domain.law.editions import KBLI_NOW
from app.services.papers import issued
from app.services.reference.book import get_book
from app.web.answers import go, render
from app.web.limiting import limits
from app.web.limiting.limits import limited
from app.web.marks import open_to_all
from app.web.sent import Sent

bp = Blueprint("verification", __name__, url_prefix="/verifikasi")

_CODE = re.compile(r"[2-9A-HJ-NP-Z]{12}")


@bp.get("")
@open_to_all
def ask() -> ResponseReturnValue:
    """Ask for the code on the paper."""
    typed = request.args.get(Sent.CODE)
    if typed is None:
        return render("verification/ask.html", public_for=3600)
    code = re.sub(r"[^0-9A-Za-z]", "", typed[:60]).upper()
    if not _CODE.fullmatch(code):
        return render("verification/ask.html", status=422, typed=typed[:60])
    return go("verification.show_verification", code=code)


@bp.get("/<code>")
@open_to_all
@limited(limits.VERIFY)
def show_verification(code: str) -> ResponseReturnValue:
    """Say what is true of the paper with this code."""
    paper = issued.find(code.upper()) if _CODE.fullmatch(code.upper()) else None
    if paper is None:
        return render("verification/unknown.html", status=404)
    facts = issued.public_facts(paper)
    book = get_book()
    return render(
        "verification/show.html",
        paper=facts,
        activities=[(code, book.kbli(KBLI_NOW, code)) for code in facts.kbli_codes],
    )
