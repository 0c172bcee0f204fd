"""One-time keys at the edge of a route: a form that arrives twice is taken once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from app.asked import asked
from app.domain.dossier.journey import Stop
from app.forms.fields import mistakes
from app.models.dossier import PostKey
from app.services.base import post_keys
from app.web.answers import advance
from app.web.sent import Sent
from app.web.session import has_cookies

_NOT_PART = frozenset({Sent.TOKEN, Sent.KEY})


@dataclass
class Once:
    """What a one-time key says about this request.

    row: the key's row, when this is the first time; taken: what the first time led to.
    """

    row: PostKey | None
    taken: post_keys.Taken | None

    def lead_to(self, location: str, dossier_id: int | None) -> None:
        """Note where this form led, for whoever sends it again. location: from places below."""
        if self.row is not None:
            self.row.location = location
            self.row.dossier_id = dossier_id


def claim(
    endpoint: str,
    dossier_id: int | None,
    *,
    may_edit: bool = True,
    also: tuple[tuple[str, str], ...] = (),
) -> Once:
    """Take the key of the form in this request.

    also: what counts as an answer beside the fields, such as the digest of a file.
    may_edit: sent again with other answers, the form replaces what it said first; where it may not
        (a PIN was chosen with it), the first answers stay the ones that count as the same.

    Raises BadPostKey when it is missing, tampered with or foreign; the page then comes back filled
    and with a fresh key.
    """
    key = request.form.get(Sent.KEY, "")
    answers = [(k, v) for k, v in request.form.items(multi=True) if k not in _NOT_PART]
    answers += also
    try:
        claimed = post_keys.claim(key, endpoint, answers, dossier_id)
    except post_keys.BadPostKey:
        asked().bad_key = True
        raise
    if isinstance(claimed, post_keys.Taken):
        row = post_keys.change(key, answers) if may_edit and not claimed.same else None
        return Once(row=row, taken=claimed)
    return Once(row=claimed, taken=None)


def kept_key() -> str:
    """Return the key to put into the form: the one just sent, so that a resend stays the same."""
    again = request.method == "POST" and not asked().advancing and not asked().bad_key
    sent = request.form.get(Sent.KEY, "") if again else ""
    return sent if len(sent) == 22 else post_keys.new_key()


def goes_to(location: str, more: Mapping[str, Any] | None = None) -> ResponseReturnValue:
    """Go to a noted place: `endpoint`, `endpoint stop` or `endpoint stop where-from`.

    more: what else stands behind the path of its address.
    """
    endpoint, stop, where_from, *_ = [*location.split(" "), "", ""]
    query = {**({Sent.FROM.value: where_from} if where_from else {}), **(more or {})}
    return advance(endpoint, query=query, **(address_of(Stop.parse(stop)) if stop else {}))


def address_of(stop: Stop) -> dict[str, Any]:
    """Return what stands in the address of a stop of the journey."""
    if stop.position:
        return {"step": stop.name.value, Sent.ACTIVITY.value: stop.position + 1}
    return {"step": stop.name.value}


def form_context(form: FlaskForm) -> dict[str, Any]:
    """Return what each page with a form is given: the form, its key, and what went wrong."""
    return {
        "form": form,
        "kunci": kept_key(),
        "mistakes": mistakes(form),
        "lost": is_stale(form),
        "cookies": has_cookies(),
    }


def is_vouched_for(form: Any) -> bool:
    """Return whether a page of ours, shown to this browser, sent this. Its page does not tell."""
    told = form.csrf_token.errors
    fits = bool(form.csrf_token.validate(form))
    form.csrf_token.errors = told
    return fits


def is_stale(form: Any) -> bool:
    """Return whether only the form's token or key was too old: sending it once more will do."""
    return bool(form.csrf_token.errors) or bool(asked().bad_key)
