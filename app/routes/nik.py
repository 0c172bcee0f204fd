"""What came of the NIK check, and what to do about it."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, g, request
from flask.typing import ResponseReturnValue

from app.auth import applicant_required
from app.domain import journey
from app.domain.journey import StepName
from app.domain.nik import mask_nik, nik_warnings, parse_nik
from app.domain.person import Sex
from app.extensions import limiter
from app.forms.business import SendForm
from app.forms.person import today
from app.routes import once
from app.routes.once import address_of
from app.services import dossiers, jobs, nik_checks
from app.services.reference import get_book
from app.web import advance, go, render, run_now

bp = Blueprint("nik", __name__, url_prefix="/berkas/nik")


@bp.get("")
@applicant_required
def show() -> ResponseReturnValue:
    """Say whether the NIK fits, and what to do when it does not."""
    dossier = g.dossier
    who = dossier.applicant
    check = nik_checks.current(dossier)
    if who.nik is None or check is None:
        return go("journey.show", step=StepName.IDENTITY.value)
    warnings = nik_warnings(
        parse_nik(who.nik, today=today()),
        birth_date=date.fromisoformat(who.birth_date or ""),
        sex=Sex(who.sex or ""),
        known_prefixes=get_book().nik_prefixes,
    )
    following = journey.first_unanswered(dossiers.answers_of(dossier))
    return render(
        "journey/nik.html",
        form=SendForm(formdata=None),
        kunci=once.kept_key(),
        nik=mask_nik(who.nik),
        nik_class=nik_checks.current_class(dossier),
        fields=check.fields,
        warnings=sorted(warnings),
        following=address_of(following) if following else None,
        sent=dossier.sent_at is not None,
    )


@bp.post("")
@applicant_required
@limiter.limit("20 per hour")
def check_again() -> ResponseReturnValue:
    """Ask the registry again while its answer is still missing."""
    if SendForm(formdata=request.form).validate():
        job = jobs.open_job(nik_checks.JOB, g.dossier.id)
        if job is not None:
            run_now(job)
    return advance("nik.show")
