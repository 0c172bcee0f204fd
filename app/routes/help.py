"""Help: who can help, what happens when the line drops, and what we keep about a person."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from app.auth import open_to_all
from app.web import render

bp = Blueprint("help", __name__)

A_DAY = 24 * 3600


@bp.get("/bantuan")
@open_to_all
def show() -> ResponseReturnValue:
    """Show the first answers and who can help."""
    return render("help/show.html", public_for=A_DAY)


@bp.get("/privasi")
@open_to_all
def privacy() -> ResponseReturnValue:
    """Say what we keep, why, and for how long."""
    return render("help/privacy.html", public_for=A_DAY)
