"""Changes after the NIB: say what is wanted, open a linked file for it, or close the business."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, Response, make_response, request, url_for
from flask.typing import ResponseReturnValue

from app.asked import asked
from app.domain.dossier.changes import ASKED_AGAIN, ChangeKind, ChangeState, change_citation
from app.domain.dossier.journey import EACH, Stop
from app.domain.written.support_number import format_support_number
from app.forms.after import ChangeForm, CloseForm
from app.forms.fields import SendForm
from app.models.change import ChangeRequest
from app.models.dossier import Dossier
from app.routes.journey.pages import PAGES
from app.routes.journey.step_page import At
from app.services.after import changes
from app.services.base.post_keys import new_key
from app.services.journey import drafts
from app.web import once
from app.web.access import applicant_required
from app.web.answers import advance, go, render, see_other, wants_fragment
from app.web.sent import Sent
from app.web.session import enter, has_cookies
from app.web.taking import Leads, NotTaken, anew, take_form
from app.web.transaction import commit_now, run_now

bp = Blueprint("changes", __name__, url_prefix="/berkas/perubahan")


@bp.get("")
@applicant_required
def show_changes() -> ResponseReturnValue:
    """Ask what is wanted; show what was asked for."""
    return _list(SendForm(formdata=None))


def _list(form: SendForm, status: int = 200) -> Response:
    under_way = changes.open_request(asked().dossier)
    origin = changes.behind(asked().dossier)
    return render(
        "changes/show.html",
        status=status,
        form=form,
        # Several forms on one page: what one of them used up, another must not need.
        keys={name: new_key() for name in ("reopen", "withdraw", "closed")},
        lost=once.is_stale(form),
        cookies=has_cookies(),
        can_ask=changes.has_nib(asked().dossier),
        kinds=list(ChangeKind),
        under_way=under_way,
        new_number=_new_number(under_way),
        ended=[
            (each, _new_number(each))
            for each in changes.requests_of(asked().dossier)
            if each is not under_way
        ],
        origin=format_support_number(origin.dossier.support_number) if origin else "",
        specimen=changes.has_specimen(asked().dossier),
        has_paper=bool(asked().dossier.papers),
    )


def _new_number(change: ChangeRequest | None) -> str:
    if change is None or change.new_dossier is None:
        return ""
    return format_support_number(change.new_dossier.support_number)


def _kind() -> ChangeKind | None:
    """Return the kind that is asked for, None for anything that opens no linked file."""
    named = request.values.get(Sent.KIND, "")
    kind = ChangeKind(named) if named in set(ChangeKind) else None
    return None if kind is ChangeKind.CLOSE else kind


def _may_ask() -> bool:
    return changes.has_nib(asked().dossier) and changes.open_request(asked().dossier) is None


@bp.get("/minta")
@applicant_required
def ask() -> ResponseReturnValue:
    """Say what a change means and ask why (?jenis=tempat)."""
    kind = _kind()
    if kind is None or not _may_ask():
        return go("changes.show_changes")
    return _ask(ChangeForm(formdata=None), kind)


def _ask(form: ChangeForm, kind: ChangeKind, status: int = 200) -> Response:
    return render(
        "changes/ask.html",
        status=status,
        form_page=True,
        kind=kind,
        law=change_citation(kind),
        **once.form_context(form),
    )


@bp.post("/minta")
@applicant_required
def open_change() -> ResponseReturnValue:
    """Open the linked file. The same form sent twice opens one."""
    kind = _kind()
    if kind is None:
        return advance("changes.show_changes")
    form = ChangeForm(formdata=request.form)

    def act() -> ResponseReturnValue:
        old = asked().dossier
        try:
            copy, job = changes.open_change(old, kind, form.alasan.data)
        except changes.ChangeOpen as under_way:
            # Also when this very form came twice: its first answer was lost on the way.
            return _go_to(under_way.request)
        except changes.NoNib:
            return advance("changes.show_changes")
        _fill(old, copy, kind)
        commit_now()
        if job is not None:
            run_now(job)
        return _enter(copy.id)

    return take_form("changes.open", form, partial(_ask, form, kind), act, again=anew)


def _fill(old: Dossier, copy: Dossier, kind: ChangeKind) -> None:
    """Let each page that is asked again stand there as it was answered, to be looked over.

    A change of the phone would else cost the whole address: what is not the change gets lost.
    """
    if kind is ChangeKind.ADD_ACTIVITY:
        return  # all of it is new
    for step in ASKED_AGAIN[kind]:
        position = old.activity.position if step in EACH else 0
        at, page = At(old, position), PAGES[step]
        form = page.form_class(at)(formdata=None, data=page.fill(at))
        typed = [(box.name, str(getattr(box, "raw", box.data) or "")) for box in form]
        filled = [(name, text) for name, text in typed if text and name != Sent.TOKEN]
        drafts.keep(copy, Stop(step, position), filled)


def _go_to(change: ChangeRequest) -> ResponseReturnValue:
    """Go on in the linked file of a change: whoever opened the old one owns the new one too."""
    if change.new_dossier_id is None:
        return advance("changes.show_changes")
    return _enter(change.new_dossier_id)


def _enter(dossier_id: int) -> ResponseReturnValue:
    """Let the browser into the linked file. A new page load: this form is of the old file."""
    enter(dossier_id, from_own_file=True)
    commit_now()
    url = url_for("changes.number")
    if not wants_fragment():
        return see_other(url)
    response = make_response("", 200)
    response.headers["HX-Redirect"] = url
    return response


@bp.get("/nomor")
@applicant_required
def number() -> ResponseReturnValue:
    """Show the numbers of both files, the old and the new."""
    change = changes.behind(asked().dossier)
    if change is None:
        return go("changes.show_changes")
    return render(
        "changes/number.html",
        kind=change.kind,
        old=format_support_number(change.dossier.support_number),
        new=format_support_number(asked().dossier.support_number),
        specimen=changes.has_specimen(change.dossier),
    )


@bp.post("/buka")
@applicant_required
def reopen() -> ResponseReturnValue:
    """Go on with the change that is under way."""
    form = SendForm(formdata=request.form)

    def act() -> ResponseReturnValue:
        change = changes.open_request(asked().dossier)
        return _go_to(change) if change else advance("changes.show_changes")

    return take_form("changes.reopen", form, partial(_list, form), act, again=anew)


@bp.post("/batal")
@applicant_required
def withdraw() -> ResponseReturnValue:
    """Take the request back."""
    form = SendForm(formdata=request.form)

    def act() -> Leads:
        change = changes.open_request(asked().dossier)
        try:
            if change is not None:
                changes.withdraw(change)
        except changes.TooLate:
            raise NotTaken(409) from None
        return Leads("changes.show_changes")

    return take_form("changes.withdraw", form, partial(_list, form), act)


@bp.get("/tutup")
@applicant_required
def confirm_close() -> ResponseReturnValue:
    """Say what closing means, and ask once more."""
    if not _may_ask():
        return go("changes.show_changes")
    return _close(CloseForm(formdata=None))


def _close(form: CloseForm, status: int = 200) -> Response:
    return render(
        "changes/close.html",
        status=status,
        form_page=True,
        law=change_citation(ChangeKind.CLOSE),
        specimen=changes.has_specimen(asked().dossier),
        **once.form_context(form),
    )


@bp.post("/tutup")
@applicant_required
def close() -> ResponseReturnValue:
    """End the NIB, or note that the person wants to. Sent twice, it happens once."""
    form = CloseForm(formdata=request.form)

    def act() -> Leads:
        try:
            change = changes.close(asked().dossier, form.alasan.data)
        except (changes.NoNib, changes.ChangeOpen):
            return Leads("changes.show_changes")
        done = change.state == ChangeState.DONE
        return Leads("result.show_result" if done else "changes.show_changes")

    return take_form("changes.close", form, partial(_close, form), act, again=anew)


@bp.post("/selesai")
@applicant_required
def closed() -> ResponseReturnValue:
    """Record that the NIB was ended at OSS."""
    form = SendForm(formdata=request.form)

    def act() -> Leads:
        try:
            changes.closed_at_oss(asked().dossier)
        except changes.NoNib:
            return Leads("changes.show_changes")
        return Leads("result.show_result")

    return take_form("changes.closed", form, partial(_list, form), act, again=anew)
