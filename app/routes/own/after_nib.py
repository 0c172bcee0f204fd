"""What comes after the NIB: only what fits this business."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from app.asked import asked
from app.clock import today
from app.services.after import changes, next_steps
from app.web.access import applicant_required
from app.web.answers import go, render

bp = Blueprint("after_nib", __name__, url_prefix="/berkas")


@bp.get("/setelah-nib")
@applicant_required
def show_after_nib() -> ResponseReturnValue:
    """List what to do next, the most urgent first."""
    if not changes.has_nib(asked().dossier):
        return go("resume.next_step")
    return render("after_nib/show.html", steps=next_steps.to_do(asked().dossier, on=today()))
