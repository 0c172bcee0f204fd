"""Papers of a dossier: which there are, send one (at once or in parts), look, remove, put back."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    jsonify,
    make_response,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import validate_csrf
from werkzeug.exceptions import RequestEntityTooLarge
from wtforms.validators import ValidationError

from app.adapters.bounded import Busy
from app.adapters.files import FilesUnavailable, NoSuchFile
from app.asked import asked
from app.domain.dossier.attachments import (
    PART_AT_MOST_BYTES,
    PART_BYTES,
    RECEIVED_AT_MOST_BYTES,
    BadPart,
    FileFault,
    FileRefused,
    WrongOffset,
    check_announced,
)
from app.domain.written.text import read_whole
from app.extensions import db
from app.forms.fields import SendForm
from app.gateways import files_advice
from app.labels import label
from app.models.attachment import Attachment, Upload
from app.routes.journey.resume import ask_for_pin
from app.services.base.post_keys import BadPostKey, new_key
from app.services.dossier import opening
from app.services.licence import gate
from app.services.papers import taking, uploads, wanted
from app.services.papers.wanted import NotThere, PaperState
from app.web import once
from app.web.access import applicant_required
from app.web.answers import advance, go, render
from app.web.limiting import limits
from app.web.limiting.limits import limited
from app.web.sent import Sent
from app.web.session import has_cookies, holds_dossier, open_dossier
from app.web.transaction import commit_now, let_others_write

bp = Blueprint("attachments", __name__, url_prefix="/berkas/lampiran")

# A photo somewhat over the limit is still read to its end: a browser whose request is cut off
# shows its own error instead of our sentence.
BODY_AT_MOST = RECEIVED_AT_MOST_BYTES + 10_000_000
# Of all fields but the file. The parser also counts what it has read and not yet looked at, so
# less than a few of its blocks of 64 kB would refuse every file.
_FIELDS_AT_MOST = 500_000
_OFFSET_DIGITS = 9
_MIMETYPES = {"jpeg": ("image/jpeg", "jpg"), "pdf": ("application/pdf", "pdf")}

View = TypeVar("View", bound=Callable[..., Any])


def body_at_most(limit_bytes: int) -> Callable[[View], View]:
    """Let a view take a larger body than forms may have. Stands outside the access decorator."""

    def mark(view: View) -> View:
        @wraps(view)
        def bounded(*args: Any, **kwargs: Any) -> Any:
            if holds_dossier():  # a stranger has no reason to send that much
                request.max_content_length = limit_bytes
            request.max_form_memory_size = _FIELDS_AT_MOST
            return view(*args, **kwargs)

        return cast(View, bounded)

    return mark


@bp.get("")
@applicant_required
def index() -> Response:
    """List the papers: what is there, what is missing."""
    states = wanted.papers_of(asked().dossier)
    changeable = wanted.changeable(asked().dossier, [state.paper.key for state in states])
    given_back = gate.open_items(asked().dossier) if asked().dossier.sent_at is not None else []
    all_mended = bool(given_back) and all(item.changed_at for item in given_back)
    return render(
        "attachments/index.html",
        states=states,
        wanted=[state for state in states if state.paper.needed],
        missing=[state for state in states if state.paper.needed and state.there is None],
        may_be_longer=wanted.list_may_be_longer(asked().dossier),
        changeable=changeable,
        new_key=new_key,
        sent=asked().dossier.sent_at is not None,
        given_back=bool(given_back),
        to_send=all_mended and gate.hindrance_of(asked().dossier) is None,
    )


def _is_given_back() -> bool:
    return asked().dossier.sent_at is not None and bool(gate.open_items(asked().dossier))


def _done() -> str:
    """Return where somebody goes from a paper: to what the office gave back, or to the papers."""
    return "correction.show_correction" if _is_given_back() else "attachments.index"


@bp.get("/untuk/<paper>")
@applicant_required
def ask(paper: str) -> ResponseReturnValue:
    """Ask for the file of one paper."""
    state = _paper(paper)
    if not wanted.may_change(asked().dossier, state.paper.key):
        return go("attachments.index")
    return _attachments_page(state, SendForm(formdata=None))


def _paper(address: str) -> PaperState:
    try:
        return wanted.find_paper(asked().dossier, address)
    except NotThere:
        abort(404)


def _attachments_page(
    state: PaperState,
    form: SendForm,
    status: int = 200,
    *,
    fault: FileFault | None = None,
    away: bool = False,
    key: str | None = None,
) -> Response:
    """Show the page of one paper. away: the store of files does not answer."""
    return render(
        "attachments/paper.html",
        status=status,
        state=state,
        form=form,
        kunci=key or once.kept_key(),
        fault=fault,
        away=away,
        lost=once.is_stale(form),
        cookies=has_cookies(),
    )


@bp.errorhandler(RequestEntityTooLarge)
def too_large(error: RequestEntityTooLarge) -> ResponseReturnValue:
    """Say it on the page of the paper. The body was not read, so nothing of it may be used."""
    address = (request.view_args or {}).get("paper")
    if address is None:
        return _refusal(FileFault.TOO_LARGE, 413)
    if not open_dossier():
        return ask_for_pin()
    return _attachments_page(
        _paper(address),
        SendForm(formdata=None),
        413,
        fault=FileFault.TOO_LARGE,
        key=new_key(),
    )


@bp.post("/untuk/<paper>")
@body_at_most(BODY_AT_MOST)
@applicant_required
@limited(limits.UPLOAD)
def add(paper: str) -> ResponseReturnValue:
    """Take a file in one piece, as a plain form sends it."""
    state = _paper(paper)
    form = SendForm(formdata=request.form)
    if not form.validate():
        return _attachments_page(state, form, 422)
    if not wanted.may_change(asked().dossier, state.paper.key):
        return advance("attachments.index")
    file = request.files.get(Sent.UPLOAD)
    if file is None or not file.filename:
        return _attachments_page(state, form, 422, fault=FileFault.NOT_CHOSEN)
    raw = file.read()
    try:
        taking.check_room(asked().dossier, state.paper.key, state.paper.position)
        reserved = _kept(raw)
    except FileRefused as refused:
        asked().dossier = opening.take_to_change(asked().dossier.id)
        status = 413 if refused.fault is FileFault.TOO_LARGE else 422
        return _attachments_page(state, form, status, fault=refused.fault)
    except (FilesUnavailable, Busy):
        asked().dossier = opening.take_to_change(asked().dossier.id)
        return _attachments_page(state, form, 503, away=True)
    asked().dossier = opening.take_to_change(asked().dossier.id)
    try:
        digest = reserved.cleaned.digest.hex()
        key = once.claim("attachments.add", asked().dossier.id, also=(("berkas", digest),))
    except BadPostKey:
        return _attachments_page(state, form, 400)
    if key.taken is not None and key.taken.same:
        return advance(_done())  # a newer file may have come since
    try:
        taking.attach(asked().dossier, state.paper.key, state.paper.position, reserved)
    except gate.DossierClosed:
        return advance("attachments.index")
    except FileRefused as refused:
        return _attachments_page(state, form, 422, fault=refused.fault)
    key.lead_to(_done(), asked().dossier.id)
    return advance(_done())


def _kept(raw: bytes) -> taking.Reserved:
    """Clean a content and put it into the store. Ends with no transaction open.

    Raises FileRefused, FilesUnavailable, Busy.
    """
    let_others_write()
    reserved = taking.reserve(taking.clean(raw))
    commit_now()
    try:
        taking.put(reserved)
    except FilesUnavailable as away:
        advice = files_advice(current_app.config["SETTINGS"], away)
        current_app.extensions["log"].error("files_unavailable", cause=away.cause, advice=advice)
        raise
    return reserved


# In parts


def _token_fits() -> bool:
    """Check the token that the page's script sends in a header."""
    try:
        validate_csrf(request.headers.get("X-CSRFToken", ""))
    except ValidationError:
        return False
    return True


def _refusal(fault: FileFault, status: int = 422) -> ResponseReturnValue:
    return jsonify(error=label(fault)), status


@bp.post("/untuk/<paper>/unggahan")
@applicant_required
@limited(limits.UPLOAD)
def begin(paper: str) -> ResponseReturnValue:
    """Open an upload in parts.

    Fields: `ukuran` (bytes), `jenis` (what the browser takes the file for), `percobaan` (the page's
    own mark, another for each file chosen).
    """
    if not _token_fits():
        return jsonify(error="token"), 403
    state = _paper(paper)
    size = read_whole(request.form.get(Sent.SIZE, ""), digits=_OFFSET_DIGITS)
    if size is None:
        return jsonify(error="ukuran"), 400
    try:
        key = once.claim(f"attachments.begin {state.paper.address}"[:60], asked().dossier.id)
    except BadPostKey:
        return jsonify(error="kunci"), 400
    if key.taken is not None and key.taken.same:
        try:
            return _standing(uploads.find_upload(asked().dossier, key.taken.location))
        except NotThere:
            pass  # refused or expired since: a new one
    try:
        check_announced(size, says_pdf=request.form.get(Sent.KIND) == _MIMETYPES["pdf"][0])
        upload = uploads.begin_upload(asked().dossier, state.paper, size)
    except gate.DossierClosed:
        return jsonify(error="closed"), 403
    except FileRefused as refused:
        return _refusal(refused.fault)
    key.lead_to(upload.code, asked().dossier.id)
    answer = make_response(_standing(upload), 201)
    answer.headers["Location"] = url_for("attachments.standing", code=upload.code)
    return answer


def _standing(upload: Upload) -> Response:
    """Say how much of an upload is there; once it is finished, where to go on."""
    done = upload.attachment_id is not None
    return jsonify(
        code=upload.code,
        offset=upload.received_bytes,
        size=upload.total_bytes,
        part=PART_BYTES,
        next=url_for(_done()) if done else None,
    )


def _upload(code: str) -> Upload:
    try:
        return uploads.find_upload(asked().dossier, code)
    except NotThere:
        abort(404)


@bp.get("/unggahan/<code>")
@applicant_required
def standing(code: str) -> Response:
    """Say how much has arrived, so that the page goes on from there."""
    return _standing(_upload(code))


@bp.put("/unggahan/<code>")
@body_at_most(PART_AT_MOST_BYTES + 1)
@applicant_required
@limited(limits.UPLOAD_PART)
def part(code: str) -> ResponseReturnValue:
    """Take the part that begins at the header Upload-Offset; the last one finishes the file."""
    if not _token_fits():
        return jsonify(error="token"), 403
    upload = _upload(code)
    offset = read_whole(request.headers.get("Upload-Offset", ""), digits=_OFFSET_DIGITS)
    if offset is None:
        return jsonify(error="Upload-Offset"), 400
    try:
        uploads.take_part(upload, offset, request.get_data())
    except WrongOffset as wrong:
        return jsonify(offset=wrong.expected), 409
    except BadPart:
        return jsonify(error="part"), 400
    raw = uploads.whole_of(upload)
    if raw is None:
        return _standing(upload)
    commit_now()  # the part stays, whatever comes of the file
    return _finished(code, raw)


def _finished(code: str, raw: bytes) -> ResponseReturnValue:
    """Let the whole file answer its paper. A file that cannot be taken is forgotten."""
    dossier_id = asked().dossier.id
    try:
        reserved = _kept(raw)
        dossier = asked().dossier = opening.take_to_change(dossier_id)
        upload = _upload(code)
        uploads.finish_upload(dossier, upload, reserved)
    except (FilesUnavailable, Busy):
        return jsonify(error="away"), 503  # the page waits and asks again
    except (FileRefused, gate.DossierClosed) as refused:
        db.session.rollback()
        asked().dossier = opening.take_to_change(dossier_id)
        uploads.drop_upload(_upload(code))
        commit_now()
        if isinstance(refused, FileRefused):
            return _refusal(refused.fault)
        return jsonify(error="closed"), 403
    return _standing(upload)


# What is there


@bp.get("/<int:number>")
@applicant_required
def look(number: int) -> Response:
    """Send a file as it is kept, to look at. It may do nothing but be seen."""
    found = _attachment(number)
    mimetype, ending = _MIMETYPES[found.kind]
    return _sent(found.storage_key, mimetype, f"lampiran-{number}.{ending}")


@bp.get("/<int:number>/asli")
@applicant_required
def original(number: int) -> Response:
    """Send the original of a signed paper, as it came, to be saved."""
    found = _attachment(number)
    if found.original_key is None:
        abort(404)
    return _sent(found.original_key, _MIMETYPES[found.kind][0], f"lampiran-{number}-asli.pdf")


def _sent(storage_key: str, mimetype: str, name: str) -> Response:
    let_others_write()
    try:
        content = taking.content_of(storage_key)
    except NoSuchFile:
        abort(404)
    except FilesUnavailable:
        abort(503)
    response = make_response(content)
    response.mimetype = mimetype
    # A browser's own viewer of PDF does not run inside a sandbox, so a PDF is saved instead. The
    # styles are those of its viewer of pictures; a picture brings none.
    way = "inline" if mimetype == "image/jpeg" else "attachment"
    headers = response.headers
    headers["Content-Disposition"] = f'{way}; filename="{name}"'
    headers["Content-Security-Policy"] = (
        "default-src 'none';img-src 'self';style-src 'unsafe-inline';frame-ancestors 'none';sandbox"
    )
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["Cache-Control"] = "no-store"
    return response


def _attachment(number: int) -> Attachment:
    try:
        return taking.find(asked().dossier, number)
    except NotThere:
        abort(404)


@bp.post("/<int:number>/hapus")
@applicant_required
def remove(number: int) -> ResponseReturnValue:
    """Take a file out of the dossier. It can be put back on the same page."""
    return _change(number, "attachments.remove", taking.remove)


@bp.post("/<int:number>/pulihkan")
@applicant_required
def put_back(number: int) -> ResponseReturnValue:
    """Put a removed file back."""
    return _change(number, "attachments.put_back", taking.put_back)


def _change(number: int, name: str, change: Callable[..., None]) -> ResponseReturnValue:
    attachment = _attachment(number)
    if not SendForm(formdata=request.form).validate():
        return advance("attachments.index")  # the buttons stand there with fresh tokens
    try:
        once.claim(f"{name} {number}"[:60], asked().dossier.id)
        change(asked().dossier, attachment)
    except (BadPostKey, gate.DossierClosed, FileRefused):
        db.session.rollback()
        asked().dossier = opening.take_to_change(asked().dossier.id)
    return advance("attachments.index")
