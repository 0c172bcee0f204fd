"""Answering: page or fragment, the next step in one round trip."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote, urlencode

from flask import (
    Response,
    current_app,
    make_response,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from htmx_flask import request as htmx_request

from app.asked import asked
from app.i18n import in_other_language
from app.web import assets
from app.web.headers import NO_STORE
from app.web.sent import Sent
from app.web.session import form_mark
from app.web.transaction import commit_now

MAIN = "main#isi"  # how htmx 4 names our swap target: tag and id

# Fields that a page never hands back: tokens are made anew, and a PIN is better typed again.
NOT_CARRIED = frozenset({Sent.TOKEN, "pin", Sent.LANGUAGE})
_CARRY_AT_MOST = 60


def wants_fragment() -> bool:
    """Return whether HTMX asks for the inside of the main part."""
    return bool(htmx_request.htmx) and htmx_request.htmx.target == MAIN


def render(
    template: str,
    *,
    fragment: str | None = None,
    status: int = 200,
    public_for: int = 0,
    shared: bool = False,
    **context: Any,
) -> Response:
    """Answer with a whole page, with its main part, or with one fragment of it.

    fragment: the template of the part that HTMX asks for when its target is not the main part.
    public_for: seconds that anybody may keep the page; 0 means that it is about a person and is
        never stored. Public pages get an ETag.
    shared: the page has no cookie's effect beyond where its styles come from, and works either way,
        so caches on the way may give one copy to everybody.
    """
    styles_cached = request.cookies.get(assets.STYLE_COOKIE)
    style = current_app.extensions["assets"]["site.css"]
    # In the first page the styles are there a round trip sooner, and are then fetched once more to
    # be kept. Who asks to save data waits for that trip and gets them once.
    saves_data = request.headers.get("Save-Data", "").lower() == "on"
    inline = styles_cached != style.hash and not saves_data
    if htmx_request.htmx and fragment and not wants_fragment():
        html = render_template(fragment, **context)
        whole = False
    else:
        whole = not wants_fragment()
        html = render_template(
            template,
            layout="layouts/page.html" if whole else "layouts/fragment.html",
            inline_style=style.text if inline else None,
            watched=bool(not public_for and not shared and form_mark()),
            saves_data=saves_data,
            **context,
        )
    response = make_response(html, status)
    response.headers["Vary"] = "HX-Request"
    if public_for and status == 200:
        response.headers["Cache-Control"] = f"private, max-age={public_for}"
        response.headers["Vary"] = "HX-Request, HX-Target, Cookie, Save-Data"
        if shared:
            response.headers["Cache-Control"] = f"public, max-age={public_for}"
            response.headers["Vary"] = "HX-Request, HX-Target"
        response.set_etag(hashlib.sha256(html.encode()).hexdigest()[:16], weak=True)
        response.make_conditional(request)
    else:
        response.headers["Cache-Control"] = NO_STORE
    if whole:
        asked().document = True
        asked().inline_style = inline
    return response


def see_other(url: str) -> Response:
    """Answer 303 without the usual page that nobody sees: it would be a fifth of a step's bytes."""
    response = Response(status=303)
    response.headers["Location"] = url
    del response.headers["Content-Type"]
    return response


def advance(
    endpoint: str, *, query: Mapping[str, Any] | None = None, **values: Any
) -> ResponseReturnValue:
    """Go on to the next page: its main part at once for HTMX, 303 for a plain form.

    On a bad line a redirect costs a person a second, so HTMX gets the next step in the same round
    trip, with its address for the history. query: what stands behind the path of that address.
    """
    url = url_for(endpoint, **values, **(query or {}))
    if request.method == "POST":
        # What the form did is kept before the next page is drawn: others may write meanwhile.
        commit_now()
        asked().only_reads = True
    if not wants_fragment():
        return see_other(url)
    asked().page_url = url
    asked().advancing = True
    view: Callable[..., Any] = current_app.view_functions[endpoint]
    response = make_response(view(**values))
    if response.status_code in {301, 302, 303}:  # the next page itself points further on
        response = make_response("", 200)
        response.headers["HX-Redirect"] = url
    elif "HX-Push-Url" not in response.headers:
        response.headers["HX-Push-Url"] = url
    return response


def go(endpoint: str, **values: Any) -> ResponseReturnValue:
    """Redirect a GET. HTMX follows it and shows the address that it ended at."""
    if asked().advancing or wants_fragment():
        return advance(endpoint, **values)
    return see_other(url_for(endpoint, **values))


def page_url() -> str:
    """Return the address of the page that is being shown, with its query."""
    here: str = asked().page_url or request.script_root + request.full_path.rstrip("?")
    return here


def other_language_url() -> str:
    """Return the address of this page in the other language."""
    return in_other_language(page_url())


def carried() -> list[tuple[str, str]]:
    """Return what the person typed, so that a page can hand it back as hidden fields."""
    pairs = [(k, v) for k, v in request.form.items(multi=True) if k not in NOT_CARRIED]
    return pairs[:_CARRY_AT_MOST]


def share_link(text: str) -> str:
    """Return a link that opens WhatsApp with a text to send. Never a personal value in it."""
    return "https://wa.me/?" + urlencode({"text": text}, quote_via=quote)
