"""LKPM: who reports and until when (for all); own dates and the worksheet (for an owner)."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import Any

from flask import Blueprint, Response, abort, make_response, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.asked import asked
from app.clock import today
from app.domain.after.ical import CalendarDay, calendar_file
from app.domain.after.lkpm import (
    LKPM_LAW,
    REMIND_DAYS_BEFORE,
    BadPeriod,
    Due,
    Period,
    Rhythm,
    next_dues,
    period_of,
    rhythm_of,
)
from app.domain.law.business_size import BusinessSize
from app.forms.after import SizeForm, WorksheetForm
from app.forms.fields import mistakes
from app.i18n import short_day
from app.models.lkpm import LkpmWorksheet
from app.services.after import lkpm
from app.web import once
from app.web.access import applicant_required
from app.web.answers import advance, go, render
from app.web.marks import open_to_all
from app.web.sent import Sent
from app.web.taking import Leads, take_form

bp = Blueprint("lkpm", __name__)

AN_HOUR = 3600
YEARS_IN_CALENDAR = 2
_MONTHS_IN_YEAR = 12


@bp.get("/lkpm")
@open_to_all
def show_lkpm() -> ResponseReturnValue:
    """Ask for the size; say whether and when such a business reports."""
    is_asked = Sent.SIZE in request.args
    form = SizeForm(formdata=request.args if is_asked else None)
    right = is_asked and form.validate()
    size = BusinessSize(form.ukuran.data) if right else None
    rhythm = rhythm_of(size) if size else None
    return render(
        "lkpm/show.html",
        status=200 if right or not is_asked else 422,
        public_for=AN_HOUR,
        form=form,
        mistakes=mistakes(form),
        size=size,
        rhythm=rhythm,
        dues=_said(next_dues(rhythm, lkpm.notices(), on=today(), count=4)) if rhythm else [],
        laws=LKPM_LAW,
    )


def _said(dues: tuple[Due, ...]) -> list[dict[str, Any]]:
    return [{"due": due, "covers": _covers(due.period)} for due in dues]


def _covers(period: Period) -> str:
    first, last = short_day(period.first), short_day(period.last)
    return str(_("%(first)s to %(last)s", first=first, last=last))


@bp.get("/lkpm/kalender.ics")
@open_to_all
def calendar() -> ResponseReturnValue:
    """The last days of two years for the phone's calendar: the same for everybody of a size."""
    size = request.args.get(Sent.SIZE, "")
    if size not in set(BusinessSize) or rhythm_of(BusinessSize(size)) is Rhythm.EXEMPT:
        abort(404)
    rhythm = rhythm_of(BusinessSize(size))
    count = YEARS_IN_CALENDAR * _MONTHS_IN_YEAR // rhythm.months
    days = [
        CalendarDay(
            uid=f"lkpm-{due.period.key}@oss-sorong",
            day=due.day,
            title=_("LKPM: last day to report"),
            text=_("For %(period)s. You report at oss.go.id.", period=_covers(due.period)),
            remind_days=REMIND_DAYS_BEFORE,
        )
        for due in next_dues(rhythm, lkpm.notices(), on=today(), count=count)
    ]
    stamp = datetime.combine(today(), datetime.min.time(), tzinfo=UTC)
    response = make_response(calendar_file("LKPM", days, stamp=stamp))
    response.headers["Content-Type"] = "text/calendar; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="lkpm-{size}.ics"'
    response.headers["Cache-Control"] = f"public, max-age={AN_HOUR}"
    return response


@bp.get("/berkas/lkpm")
@applicant_required
def own() -> ResponseReturnValue:
    """Show the own dates and the worksheets."""
    standing = lkpm.standing(asked().dossier, on=today())
    saved = {sheet.period: sheet for sheet in lkpm.worksheets(asked().dossier)}
    coming = {due.period.key for due in standing.dues} if standing else set()
    return render(
        "lkpm/own.html",
        standing=standing,
        dues=_said(standing.dues) if standing else [],
        saved=saved,
        earlier=[
            {"key": key, "covers": _covers(period_of(key))} for key in saved if key not in coming
        ],
        laws=LKPM_LAW,
    )


def _period() -> Period | None:
    """Return the period that is asked for, None where the own business does not report on it."""
    try:
        period = period_of(request.values.get(Sent.PERIOD, ""))
    except BadPeriod:
        return None
    if lkpm.worksheet(asked().dossier, period) is not None:
        return period
    found = lkpm.standing(asked().dossier, on=today())
    if found is None or period.rhythm is not found.rhythm:
        return None
    return period if found.nib_on <= period.last and period.first <= today() else None


@bp.get("/berkas/lkpm/lembar")
@applicant_required
def worksheet() -> ResponseReturnValue:
    """Ask for the figures of one period (?masa=2026-S2)."""
    period = _period()
    if period is None:
        return go("lkpm.own")
    sheet = lkpm.worksheet(asked().dossier, period)
    return _worksheet(WorksheetForm(formdata=None, data=_filled(sheet)), period)


def _filled(sheet: LkpmWorksheet | None) -> dict[str, Any]:
    if sheet is None:
        return {}
    return {
        "tanah": sheet.land_idr,
        "bangunan": sheet.building_idr,
        "mesin": sheet.machines_idr,
        "lain": sheet.other_idr,
        "kerja": sheet.working_idr,
        "laki": sheet.workers_male,
        "perempuan": sheet.workers_female,
        "hasil": sheet.production,
        "kendala": sheet.problems,
        "sudah": "ya" if sheet.reported_at else None,
    }


def _worksheet(form: WorksheetForm, period: Period, status: int = 200) -> Response:
    return render(
        "lkpm/worksheet.html",
        status=status,
        form_page=True,
        period=period,
        covers=_covers(period),
        **once.form_context(form),
    )


@bp.post("/berkas/lkpm/lembar")
@applicant_required
def save() -> ResponseReturnValue:
    """Keep the figures; the same form again changes nothing."""
    period = _period()
    if period is None:
        return advance("lkpm.own")
    form = WorksheetForm(formdata=request.form)
    query = {Sent.PERIOD.value: period.key}

    def act() -> Leads:
        figures = lkpm.Figures(
            land_idr=form.tanah.data,
            building_idr=form.bangunan.data,
            machines_idr=form.mesin.data,
            other_idr=form.lain.data,
            working_idr=form.kerja.data,
            workers_male=form.laki.data,
            workers_female=form.perempuan.data,
            production=form.hasil.data or None,
            problems=form.kendala.data or None,
        )
        lkpm.save(asked().dossier, period, figures, reported=form.reported)
        return Leads("lkpm.copy", query=query)

    return take_form(
        "lkpm.save",
        form,
        partial(_worksheet, form, period),
        act,
        again=lambda _taken: advance("lkpm.copy", query=query),
    )


@bp.get("/berkas/lkpm/salin")
@applicant_required
def copy() -> ResponseReturnValue:
    """Show the saved figures to copy into OSS, or to print."""
    period = _period()
    sheet = lkpm.worksheet(asked().dossier, period) if period else None
    if period is None or sheet is None:
        return go("lkpm.own")
    return render("lkpm/copy.html", sheet=sheet, period=period, covers=_covers(period))
