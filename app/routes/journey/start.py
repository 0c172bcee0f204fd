"""Start a dossier: what to bring, choose a PIN, keep the Nomor Bantuan."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, Response, make_response, request
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from app import modes
from app.adapters.papers.picture import number_picture
from app.asked import asked
from app.domain.dossier import how_long
from app.domain.help import kit
from app.domain.law.editions import KBLI_NOW
from app.domain.written.support_number import format_support_number
from app.forms.access import StartForm
from app.i18n import outside_url
from app.routes.journey.kept import kept_stops
from app.services.base.post_keys import Taken
from app.services.dossier import opening, pins
from app.services.reference.book import get_book
from app.web import once
from app.web.access import applicant_required, open_file
from app.web.answers import advance, render, share_link
from app.web.limiting import known_browser, limits
from app.web.limiting.limits import limited
from app.web.marks import open_to_all
from app.web.sent import Sent
from app.web.session import enter, is_shared_device, remember_device, start_token
from app.web.taking import Leads, take_form

bp = Blueprint("start", __name__, url_prefix="/berkas")


@bp.get("/mulai")
@open_to_all
def show_start() -> ResponseReturnValue:
    """Say what to bring and ask for a PIN; where a file is open here, ask first which is meant."""
    mine = None if Sent.NEW in request.args else open_file()
    if mine:
        return render(
            "journey/start_again.html",
            open_file=mine,
            kbli=request.args.get(Sent.KBLI, "")[:5] or None,
        )
    start_token()
    return _start_page(StartForm(formdata=None))


def _start_page(form: StartForm, status: int = 200) -> Response:
    code = request.values.get(Sent.KBLI, "")
    return render(
        "journey/start.html",
        status=status,
        form_page=True,
        bersama=Sent.SHARED in request.form if request.form else is_shared_device(),
        kbli=get_book().kbli(KBLI_NOW, code) if code else None,
        minutes=how_long.own_business(),
        most=how_long.at_most(),
        **once.form_context(form),
    )


@bp.post("/mulai")
@open_to_all
@limited(limits.START)
def create() -> ResponseReturnValue:
    """Open a dossier. The same form sent twice opens one."""
    form = StartForm(formdata=request.form)
    pin_hash = ""

    def slow() -> None:
        nonlocal pin_hash
        remember_device(shared=Sent.SHARED in request.form)
        pin_hash = pins.hash_pin(form.pin.data)

    def again(taken: Taken) -> ResponseReturnValue | None:
        if taken.dossier_id is None:
            return None
        if not open_again(taken):
            return advance("resume.show_resume")
        known_browser.remember(opening.take_to_change(taken.dossier_id))
        return advance("start.number")

    def act() -> Leads:
        code = request.form.get(Sent.KBLI) or None
        dossier = opening.start(pin_hash, str(get_locale()), kbli_code=code)
        known_browser.remember(dossier)
        enter(dossier.id)
        asked().dossier = dossier
        return Leads("start.number")

    page = partial(_start_page, form)
    return take_form("start.create", form, page, act, may_edit=False, again=again, slow=slow)


def open_again(taken: Taken) -> bool:
    """Let somebody into the file that this form opened before; False where number and PIN must."""
    known = opening.find_by_id(taken.dossier_id) if taken.dossier_id is not None else None
    if known is None or known.sent_at is not None:
        return False
    # Same key and same PIN: the first answer got lost on the way. Another PIN: a stale page,
    # or somebody who found one and guesses, so it counts like any wrong PIN.
    try:
        pins.open_with_pin(
            known.support_number,
            request.form.get("pin", ""),
            known_browser.asker(),
            fits=taken.same,
        )
    except (pins.PinWaits, pins.WrongPin):
        return False
    enter(known.id)
    return True


@bp.get("/nomor")
@applicant_required
def number() -> ResponseReturnValue:
    """Show the Nomor Bantuan, to keep."""
    shown = format_support_number(asked().dossier.support_number)
    text = _(
        "My support number for the business licence: %(number)s. Look where it is: %(address)s",
        number=shown,
        address=outside_url("tracking.show_tracking"),
    )
    typed = next((stop.name for stop in kept_stops()), None)
    return render("journey/number.html", number=shown, typed=typed, whatsapp=share_link(text))


@bp.get("/nomor.png")
@applicant_required
def picture() -> ResponseReturnValue:
    """The Nomor Bantuan as a picture for the phone's gallery. Holds no PIN and no name."""
    body = number_picture(
        format_support_number(asked().dossier.support_number),
        [
            kit.MARK if modes.in_training() else _("Keep this number."),
            _("With it and your PIN you go on from any phone."),
            "DPMPTSP Kabupaten Sorong",
        ],
    )
    response = make_response(body)
    response.mimetype = "image/png"
    response.headers["Content-Disposition"] = 'attachment; filename="nomor-bantuan.png"'
    response.headers["Cache-Control"] = "no-store"
    return response
