"""Filing at oss.go.id: the answers in the order of its screens, and the NIB that comes of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from functools import partial

from flask import Blueprint, Response, make_response, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.adapters.workbook import XLSX
from app.asked import asked
from app.domain.dossier.events import EventKind
from app.domain.dossier.known import known
from app.domain.oss.nib import NibSource, format_nib
from app.domain.oss.submission import Submission
from app.domain.written.support_number import format_support_number
from app.forms.fields import SendForm
from app.forms.nib import NibForm
from app.i18n import outside_url
from app.services.after import changes
from app.services.base import events
from app.services.dossier import opening
from app.services.oss import form as oss_form
from app.services.oss import nibs
from app.services.oss import paper as oss_paper
from app.services.oss import submission as oss_submission
from app.web import once
from app.web.access import applicant_required
from app.web.answers import advance, go, render
from app.web.limiting import limits
from app.web.limiting.limits import limited
from app.web.sent import Sent
from app.web.taking import Leads, NotTaken, anew, take_form
from app.web.transaction import let_others_write, will_write

bp = Blueprint("filing", __name__, url_prefix="/berkas")

PHOTO_AT_MOST = 8 * 1024 * 1024  # what cameras of phones make, the dear ones included


def _shown_to_owner(where: str) -> Submission | None:
    """Return what is to be filed, None where nothing is. That the NIK was shown is recorded."""
    if not nibs.may_tell(asked().dossier):
        return None
    dossier_id = asked().dossier.id
    will_write()
    asked().dossier = opening.take_to_change(dossier_id)
    events.record(asked().dossier, EventKind.NIK_SHOWN, where=where)
    return oss_submission.submission_of(asked().dossier)


@bp.get("/untuk-oss")
@applicant_required
@limited(limits.FILING_PAGE)
def sheets() -> ResponseReturnValue:
    """Show every answer in the order of the OSS screens, each to be copied."""
    submission = _shown_to_owner("page")
    if submission is None:
        return go("result.show_result")
    return render(
        "filing/sheets.html",
        sheets=oss_form.sheets_of(submission),
        number=format_support_number(asked().dossier.support_number),
    )


def _file(
    where: str, mimetype: str, draw: Callable[[Submission], str | bytes], disposition: str
) -> ResponseReturnValue:
    submission = _shown_to_owner(where)
    if submission is None:
        return go("result.show_result")
    response: Response = make_response(draw(submission))
    response.mimetype = mimetype
    response.headers["Content-Disposition"] = f'{disposition}; filename="berkas-untuk-oss.{where}"'
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.get("/untuk-oss.pdf")
@applicant_required
@limited(limits.PAPER)
def paper() -> ResponseReturnValue:
    """The same, to print."""

    def draw(submission: Submission) -> bytes:
        track_url = outside_url("tracking.show_tracking", nomor=asked().dossier.support_number)
        return oss_paper.draw(asked().dossier, submission, track_url, clock.now())

    return _file("pdf", "application/pdf", draw, "inline")


@bp.get("/untuk-oss.json")
@applicant_required
@limited(limits.PAPER)
def data() -> ResponseReturnValue:
    """The same for machines, under the names of dataNIB."""

    def draw(submission: Submission) -> str:
        return json.dumps(oss_form.as_data(submission), ensure_ascii=False, indent=1)

    return _file("json", "application/json", draw, "attachment")


@bp.get("/untuk-oss.xlsx")
@applicant_required
@limited(limits.PAPER)
def workbook() -> ResponseReturnValue:
    """The same as a table to open and copy from."""
    return _file("xlsx", XLSX, oss_form.as_workbook, "attachment")


@bp.get("/untuk-oss.csv")
@applicant_required
@limited(limits.PAPER)
def table() -> ResponseReturnValue:
    """The same as a table for machines."""
    return _file("csv", "text/csv", oss_form.as_csv, "attachment")


@bp.get("/nib-saya")
@applicant_required
def nib() -> ResponseReturnValue:
    """Ask for the NIB that OSS gave."""
    if not nibs.may_tell(asked().dossier):
        return go("result.show_result")
    there = known(asked().dossier.handover).nib or changes.nib_behind(asked().dossier)
    return _nib_page(NibForm(formdata=None, data={"nib": there} if there else {}))


def _nib_page(form: NibForm, status: int = 200, *, said: str = "") -> Response:
    """said: what came of the last try, in one sentence."""
    return render(
        "filing/nib.html",
        status=status,
        form_page=True,
        said=said,
        again=known(asked().dossier.handover).nib is not None,
        **once.form_context(form),
    )


@bp.post("/nib-saya")
@applicant_required
@limited(limits.NIB_ENTRY, limits.NIB_ENTRY_ADDRESS)
def tell_nib() -> ResponseReturnValue:
    """Keep the NIB. In connected mode OSS is asked about it, now or a little later."""
    if not nibs.may_tell(asked().dossier):
        return advance("result.show_result")
    form = NibForm(formdata=request.form)

    def act() -> Leads:
        is_as_read = form.nib.data == form.terbaca.data
        source = NibSource.SCANNED if is_as_read else NibSource.TYPED
        try:
            return Leads("result.show_result", nibs.receive(asked().dossier, form.nib.data, source))
        except nibs.NibTaken:
            # The key is given back with the transaction: the next try counts as the first.
            taken = _(
                "This number is kept with another file already. Compare it with your paper. "
                "Is it right? Come to DPMPTSP with the paper."
            )
            form.nib.errors = [taken]
            raise NotTaken from None

    return take_form("filing.tell_nib", form, partial(_nib_page, form), act, again=anew)


@bp.before_request
def _let_photos_in() -> None:
    """Only this one address takes more than a form; it has to be said before the form is read."""
    if request.endpoint == "filing.read_photo":
        request.max_content_length = PHOTO_AT_MOST


@bp.post("/nib-saya/qr")
@applicant_required
@limited(limits.NIB_PHOTO, limits.NIB_PHOTO_ADDRESS)
def read_photo() -> ResponseReturnValue:
    """Read the QR code of the paper from a photo. The person compares the number, then saves."""
    if not nibs.may_tell(asked().dossier):
        return advance("result.show_result")
    if not SendForm(formdata=request.form).validate():
        return _nib_page(NibForm(formdata=None), 422, said=_("Please choose the photo once more."))
    photo = request.files.get(Sent.PHOTO)
    let_others_write()  # reading takes a moment
    number = None
    if photo:
        with closing(photo):  # a large one lies in a nameless file until then
            number = nibs.in_photo(photo.read())
    if number is None:
        sorry = _("We could not read a NIB from the photo. Please type the 13 digits.")
        return _nib_page(NibForm(formdata=None), 422, said=sorry)
    form = NibForm(formdata=None, data={"nib": number, "terbaca": number})
    shown = _("We read %(nib)s. Compare it with your paper, then save.", nib=format_nib(number))
    return _nib_page(form, said=shown)
