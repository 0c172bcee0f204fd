"""Pekerjaan saya: the queue, taking and giving back, and finding a file."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from functools import partial
from typing import Any, TypeVar

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.asked import asked
from app.domain.desk.queue import Place, Whose, WhyBack, WorkKind, kinds_for
from app.domain.desk.roles import Permission, may_at_all
from app.forms.desk import DeskForm, FindFileForm
from app.services.desk import queue, search
from app.services.desk.queue import Filters
from app.services.licence import views
from app.web import desk, once
from app.web.access import staff_required
from app.web.answers import see_other
from app.web.sent import Sent
from app.web.taking import take_form

bp = Blueprint("queue", __name__, url_prefix="/petugas")

Choice = TypeVar("Choice", bound=StrEnum)


def _one(kind: type[Choice], text: str) -> Choice | None:
    try:
        return kind(text)
    except ValueError:
        return None


@bp.get("")
@staff_required(Permission.SEE_DESK)
def show_queue() -> ResponseReturnValue:
    """Show what waits, the most urgent first."""
    return _queue_page(DeskForm(formdata=None))


def _queue_page(form: DeskForm, status: int = 200, *, said: str = "") -> Response:
    if request.method == "POST":  # the way back here, into the other language or after the lock
        asked().page_url = f"{request.script_root}/petugas"
    args = request.args
    filters = Filters(
        _one(WorkKind, args.get(Sent.KIND, "")),
        _one(Whose, args.get(Sent.HELD_BY, "")) or Whose.ALL,
        Sent.RED in args,
    )
    kinds = [kind for kind in WorkKind if kind in kinds_for(asked().staff.role)]
    page = queue.listed(asked().staff, filters, Place.parse(args.get(Sent.AFTER, "")))
    held, red = queue.counts(asked().staff)
    return desk.page(
        "desk/queue.html",
        status=status,
        kinds=kinds,
        filters=filters,
        rows=page.rows,
        after=str(page.after) if page.after else None,
        held=held,
        red=red,
        days_left=_days_left,
        red_until=queue.red_until(),
        is_first=Sent.AFTER not in args,
        whose=Whose,
        why_back=WhyBack,
        finished=Sent.FINISHED in args,
        said=said,
        sees_people=may_at_all(asked().staff.role, [Permission.SEE_PEOPLE]),
        may_search=may_at_all(asked().staff.role, [Permission.SEARCH]),
        chosen=_in_address(filters),
        **once.form_context(form),
    )


def _in_address(filters: Filters) -> dict[str, Any]:
    """Return the filters as they stand in an address, so that the next page keeps them."""
    found: dict[str, Any] = {}
    if filters.kind:
        found[Sent.KIND] = filters.kind.value
    if filters.whose is not Whose.ALL:
        found[Sent.HELD_BY] = filters.whose.value
    if filters.red:
        found[Sent.RED] = 1
    return found


def _days_left(due: date) -> int:
    """Return the working days left until a last day, by the nearer of the two calendars."""
    today = clock.today()
    calendars = views.calendars_around(clock.now())
    if due < today:
        return -min(each.working_days_between(due, today) for each in calendars)
    return min(each.working_days_between(today, due) for each in calendars)


@bp.post("/ambil")
@staff_required(Permission.TAKE)
def take_next() -> ResponseReturnValue:
    """Take the most urgent free work."""
    form = DeskForm(formdata=request.form)

    def do() -> Response:
        if queue.take_next(asked().staff) is None:
            return _queue_page(form, said=_("Nothing is left to take. All of it is in hand."))
        return _to_mine()

    return take_form(
        "queue.take_next",
        form,
        partial(_queue_page, form),
        do,
        may_edit=False,
        again=lambda _taken: _to_mine(),
    )


@bp.post("/kerja/<int:number>/ambil")
@staff_required(Permission.TAKE)
def take(number: int) -> ResponseReturnValue:
    """Take this work."""
    form = DeskForm(formdata=request.form)
    if not form.validate():
        return _queue_page(form, 422)
    try:
        queue.take(asked().staff, number)
    except queue.NotTaken:
        said = _("Somebody else has taken this, or it is done.")
        return _queue_page(DeskForm(formdata=None), 409, said=said)
    file = request.form.get(Sent.NUMBER, "")
    if len(file) == 12 and file.isascii() and file.isdigit():
        return see_other(f"{request.script_root}/petugas/berkas/{file}")
    return _to_mine()


@bp.post("/kerja/<int:number>/kembalikan")
@staff_required(Permission.TAKE)
def give_back(number: int) -> ResponseReturnValue:
    """Give work back, with a reason."""
    form = DeskForm(formdata=request.form)
    if not form.validate():
        return _queue_page(form, 422)
    why = _one(WhyBack, request.form.get(Sent.REASON, ""))
    if why is None:
        return _queue_page(form, 422, said=_("Choose why you give it back."))
    try:
        queue.give_back(asked().staff, number, why)
    except queue.NotTaken:
        said = _("Somebody else has taken this, or it is done.")
        return _queue_page(DeskForm(formdata=None), 409, said=said)
    return _to_mine()


def _to_mine() -> Response:
    return see_other(f"{request.script_root}/petugas?{Sent.HELD_BY}={Whose.MINE.value}")


@bp.get("/cari")
@staff_required(Permission.SEARCH)
def show_search() -> ResponseReturnValue:
    """Ask for a number, NIK, phone, NIB or name."""
    return _search_page(FindFileForm(formdata=None))


@bp.post("/cari")
@staff_required(Permission.SEARCH)
def find() -> ResponseReturnValue:
    """Show the files that were meant. What was typed stands in no address."""
    form = FindFileForm(formdata=request.form)
    if Sent.LANGUAGE in request.form:
        return _search_page(form)
    if not form.validate():
        return _search_page(form, 422)
    return _search_page(form, found=search.search(form.cari.data))


def _search_page(form: FindFileForm, status: int = 200, *, found: Any = None) -> Response:
    return desk.page(
        "desk/search.html", status=status, form_page=True, found=found, **once.form_context(form)
    )
