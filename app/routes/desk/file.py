"""Berkas di meja petugas: one file on one screen, and what is done with it."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, abort, make_response, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.adapters.files import FilesUnavailable, NoSuchFile
from app.asked import asked
from app.domain.desk.queue import NEEDS, WorkKind
from app.domain.desk.roles import Holding, Permission, may
from app.domain.licence.corrections import ReturnReason, parse_target
from app.domain.licence.status import OfficeAction
from app.domain.nik.verdict import NikClass, RegistryQuery
from app.domain.written.support_number import SupportNumberError, parse_support_number
from app.forms.desk import ActForm, DeskForm, NoteForm
from app.labels import label
from app.models.dossier import Dossier
from app.models.staff import WorkItem
from app.routes.desk.words import target_words
from app.services.desk import files, practice_office, queue
from app.services.desk.files import WhyNot
from app.services.dossier import opening
from app.services.journey.summary import in_groups, summary_of
from app.services.licence import views
from app.services.nik import standing as nik_standing
from app.services.oss import verdicts
from app.services.papers import taking, wanted
from app.services.reference.book import get_book
from app.services.tracking import progress
from app.web import desk, once
from app.web.access import staff_required
from app.web.answers import see_other
from app.web.sent import Sent
from app.web.taking import take_form
from app.web.transaction import will_write

bp = Blueprint("file", __name__, url_prefix="/petugas/berkas/<number>")

_VERDICTS = tuple(each for each in NikClass if each is not NikClass.PENDING)
_ENDINGS = {"jpeg": ("image/jpeg", "jpg"), "pdf": ("application/pdf", "pdf")}


def _dossier(number: str, *, to_change: bool = False) -> Dossier:
    try:
        found = opening.find_by_number(parse_support_number(number))
    except SupportNumberError:
        abort(404)
    if found is None:
        abort(404)
    return opening.take_to_change(found.id) if to_change else found


@bp.get("")
@staff_required(Permission.SEE_FILE)
def show_file(number: str) -> ResponseReturnValue:
    """Show the file. The look at it is kept, once for all pages within ten minutes."""
    dossier = _dossier(number)
    if not files.is_look_open(asked().staff, dossier.id):
        will_write()
        desk.again()
        dossier = _dossier(number)
        files.look(asked().staff, dossier, files.purpose_for(asked().staff, files.work_of(dossier)))
    return _file_page(dossier)


def _file_page(
    dossier: Dossier,
    *,
    act: ActForm | None = None,
    note: NoteForm | None = None,
    status: int = 200,
    said: str = "",
    compared: RegistryQuery | None = None,
) -> Response:
    if request.method == "POST":  # the way back here, into the other language or after the lock
        asked().page_url = _url(dossier.support_number)
    work = files.work_of(dossier)
    can = files.possible(asked().staff, dossier)
    act = act or ActForm(formdata=None)
    _prepare(act, dossier)
    states = [state for state in wanted.papers_of(dossier) if state.there]
    nik_work = next((item for item in work if item.kind is WorkKind.NIK), None)
    return desk.page(
        "desk/file.html",
        status=status,
        dossier=dossier,
        work=work,
        holdings={item.id: queue.holding_of(item, asked().staff) for item in work},
        may_take={item.id: _may_take(item) for item in work},
        Holding=Holding,
        can=can,
        act=act,
        note=note or NoteForm(formdata=None),
        said=said,
        views=views.views(dossier, clock.now()),
        groups=in_groups(summary_of(dossier, get_book())) if dossier.applicant.name else [],
        states=states,
        original=_may_see_original(work),
        nik_class=nik_standing.current_class(dossier),
        nik_work=nik_work,
        verdicts=_VERDICTS,
        compared=compared,
        history=files.history_of(dossier),
        notes=files.notes_of(dossier),
        turn=progress.turn_of(dossier),
        version=files.version_of(dossier),
        **once.form_context(act),
    )


def _may_take(item: WorkItem) -> bool:
    held = queue.holding_of(item, asked().staff)
    return held is not Holding.MINE and may(asked().staff.role, NEEDS[item.kind], held)


def _may_see_original(work: list[WorkItem]) -> bool:
    held = min((queue.holding_of(item, asked().staff) for item in work), default=Holding.OTHERS)
    return may(asked().staff.role, Permission.SEE_ORIGINAL, held)


def _prepare(form: ActForm, dossier: Dossier) -> None:
    can = files.possible(asked().staff, dossier)
    form.izin.choices = [(row.id_izin, row.id_izin) for row, _actions in can]
    actions = {action for _row, found in can for action in found}
    form.tindakan.choices = [(a.value, label(a)) for a in OfficeAction if a in actions]
    form.alasan.groups = [("", [(reason.value, label(reason)) for reason in ReturnReason])]
    targets = practice_office.targets(dossier) if can else []
    form.sasaran.groups = [("", [(str(t), target_words(dossier, t)) for t in targets])]


def _changed(dossier: Dossier) -> bool:
    """Return whether somebody did something with the file since this form was shown."""
    return request.form.get(Sent.VERSION, "") != str(files.version_of(dossier))


@bp.post("/putuskan")
@staff_required(Permission.VERIFY, Permission.DECIDE)
def act(number: str) -> ResponseReturnValue:
    """Do with a licence what was chosen."""
    dossier = _dossier(number, to_change=True)
    form = ActForm(formdata=request.form)
    _prepare(form, dossier)

    def page(status: int, said: str = "") -> Response:
        return _file_page(dossier, act=form, status=status, said=said)

    def do() -> Response:
        if _changed(dossier):
            return page(
                409,
                _("Somebody did something with this file meanwhile. Look first, then press again."),
            )
        return _act(dossier, form, page)

    # Pressed twice, the same button does not fit any more: so the key is looked at first.
    return take_form(
        "file.act",
        form,
        page,
        do,
        valid=lambda: bool(form["csrf_token"].validate(form)),
        may_edit=False,
        again=lambda _taken: _back_to(number),
    )


def _act(dossier: Dossier, form: ActForm, page: Callable[..., Response]) -> Response:
    form.expect()
    if not form.validate():
        return page(422)
    try:
        files.act(
            asked().staff,
            dossier,
            form.izin.data,
            OfficeAction(form.tindakan.data),
            reason=ReturnReason(form.alasan.data) if form.alasan.needed else None,
            target=parse_target(form.sasaran.data) if form.sasaran.data else None,
            note=form.catatan.data or "",
            answer_days=form.hari.data,
        )
    except files.MayNot as refused:
        return page(403, _why(refused.why))
    except practice_office.NotPossible:
        return page(422, _("That does not fit where the licence stands now."))
    return _back_to(dossier.support_number)


def _why(why: WhyNot) -> str:
    words = {
        WhyNot.NOT_HELD: _("Take this work first."),
        WhyNot.NOT_THIS_ROLE: _("This is the work of another role."),
        WhyNot.VERIFIED_IT: _("You verified it yourself. Somebody else decides."),
    }
    return str(words[why])


@bp.post("/catatan")
@staff_required(Permission.NOTE)
def write_note(number: str) -> ResponseReturnValue:
    """Keep a note for colleagues."""
    dossier = _dossier(number, to_change=True)
    form = NoteForm(formdata=request.form)

    def page(status: int) -> Response:
        return _file_page(dossier, note=form, status=status)

    def do() -> Response:
        files.write_note(asked().staff, dossier, form.catatan_petugas.data)
        return _back_to(number)

    return take_form(
        "file.write_note",
        form,
        page,
        do,
        may_edit=False,
        again=lambda _taken: _back_to(number),
    )


@bp.post("/nik/lihat")
@staff_required(Permission.CHECK_NIK)
def show_nik(number: str) -> ResponseReturnValue:
    """Show what to compare on the portal. That it was shown is recorded."""
    dossier = _dossier(number, to_change=True)
    if not DeskForm(formdata=request.form).validate():
        return _file_page(dossier, status=422)
    if not _holds_nik(dossier):
        return _file_page(dossier, status=403, said=_why(WhyNot.NOT_HELD))
    try:
        compared = nik_standing.to_compare(dossier)
    except nik_standing.NothingWaits:
        sorry = _("No NIK of this file waits to be compared.")
        return _file_page(dossier, status=422, said=sorry)
    return _file_page(dossier, compared=compared)


@bp.post("/nik/catat")
@staff_required(Permission.CHECK_NIK)
def record_nik(number: str) -> ResponseReturnValue:
    """Record the verdict of the portal, and nothing else of it."""
    dossier = _dossier(number, to_change=True)
    if not DeskForm(formdata=request.form).validate():
        return _file_page(dossier, status=422)
    if not _holds_nik(dossier):
        return _file_page(dossier, status=403, said=_why(WhyNot.NOT_HELD))
    chosen = next((v for v in _VERDICTS if v.value == request.form.get(Sent.VERDICT)), None)
    if chosen is None:
        return _file_page(dossier, status=422, said=_("Choose what the portal says."))
    try:
        verdicts.record_by_staff(dossier, chosen)
    except nik_standing.NothingWaits:
        sorry = _("No NIK of this file waits to be compared.")
        return _file_page(dossier, status=422, said=sorry)
    return _back_to(number)


def _holds_nik(dossier: Dossier) -> bool:
    mine = (i for i in files.work_of(dossier) if queue.holding_of(i, asked().staff) is Holding.MINE)
    return any(item.kind is WorkKind.NIK for item in mine)


@bp.post("/lampiran/<int:row>")
@staff_required(Permission.SEE_FILE)
def show_paper(number: str, row: int) -> ResponseReturnValue:
    """Send a paper as the applicant sees it. Each press is recorded."""
    dossier = _dossier(number, to_change=True)
    if not DeskForm(formdata=request.form).validate():
        return _file_page(dossier, status=422)
    return _paper(dossier, row, original=False)


@bp.post("/lampiran/<int:row>/asli")
@staff_required(Permission.SEE_ORIGINAL)
def show_original(number: str, row: int) -> ResponseReturnValue:
    """Send the original of a signed paper, as it came. Each press is recorded."""
    dossier = _dossier(number, to_change=True)
    if not DeskForm(formdata=request.form).validate():
        return _file_page(dossier, status=422)
    if not _may_see_original(files.work_of(dossier)):
        return _file_page(dossier, status=403, said=_why(WhyNot.NOT_HELD))
    return _paper(dossier, row, original=True)


def _paper(dossier: Dossier, paper: int, *, original: bool) -> Response:
    try:
        content = taking.show_to_staff(dossier, paper, original=original)
        kind = taking.find(dossier, paper).kind
    except (wanted.NotThere, NoSuchFile):
        abort(404)
    except FilesUnavailable:
        abort(503)
    mimetype, ending = _ENDINGS["pdf" if original else kind.value]
    response = make_response(content)
    response.mimetype = mimetype
    way = "inline" if mimetype == "image/jpeg" else "attachment"
    response.headers["Content-Disposition"] = f'{way}; filename="lampiran-{paper}.{ending}"'
    response.headers["Content-Security-Policy"] = (
        "default-src 'none';img-src 'self';style-src 'unsafe-inline';frame-ancestors 'none';sandbox"
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _back_to(number: str) -> Response:
    return see_other(_url(number))


def _url(number: str) -> str:
    return f"{request.script_root}/petugas/berkas/{number}"
