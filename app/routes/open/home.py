"""The front page."""

from __future__ import annotations

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from app.domain.dossier import how_long
from app.routes.open import practice_space
from app.web.access import open_file
from app.web.answers import render, see_other
from app.web.marks import open_to_all

bp = Blueprint("home", __name__)


@bp.get("/")
@open_to_all
def show_home() -> ResponseReturnValue:
    """Show the four ways in and the file that is open here; in the practice space, what it is."""
    if practice_space.is_inside():
        return practice_space.landing()
    mine = open_file()
    return render(
        "home/show.html",
        public_for=0 if mine else 300,
        open_file=mine,
        minutes=how_long.own_business(),
    )


@bp.get("/berkas")
@open_to_all
def dossiers() -> ResponseReturnValue:
    """A short address to type or say: leads to the start."""
    return see_other(url_for("start.show_start"))
