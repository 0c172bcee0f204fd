"""Answering: page or fragment, the next step in one round trip, headers, error pages."""

from __future__ import annotations

import hashlib
import math
import random
from collections.abc import Callable, Mapping
from io import BytesIO
from typing import IO, Any
from urllib.parse import quote, urlencode

from flask import (
    Flask,
    Response,
    abort,
    current_app,
    g,
    make_response,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from htmx_flask import request as htmx_request
from htmx_flask.requests import HtmxAwareRequest
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import (
    ClientDisconnected,
    HTTPException,
    InternalServerError,
    MethodNotAllowed,
    ServiceUnavailable,
)
from werkzeug.routing import IntegerConverter, Map

from app import assets, limits
from app.auth import file_tag, form_mark, is_shared_device
from app.extensions import db
from app.i18n import in_other_language
from app.models.dossier import Job
from app.services.base.post_keys import FIELD as KEY_FIELD
from app.services.base.post_keys import new_key
from app.serving import REFUSED
from app.work import claims

MAIN = "main#isi"  # how htmx 4 names our swap target: tag and id
NO_STORE = "no-store"
ANSWER_WITHIN_S = 2.0  # nobody waits longer than this for another office's computer

# Fields that a page never hands back: tokens are made anew, and a PIN is better typed again.
NOT_CARRIED = frozenset({"csrf_token", "pin", "ganti"})
_CARRY_AT_MOST = 60
_CUT_AT = 2000  # letters of one answer that is handed back from a form that was too large
_READ_AT_MOST = 1024 * 1024  # bytes of such a form; more than anybody types


class PrivateRequest(HtmxAwareRequest):
    """A request whose files stay in memory: what a person sends never lies open on a disk."""

    def __init__(self, environ: dict[str, Any], *args: Any, **options: Any) -> None:
        # A server that ends the stream itself also ends one whose line broke. With a stated length
        # that is compared instead, so that half a form is never taken for a whole one.
        if environ.get("CONTENT_LENGTH"):
            environ.pop("wsgi.input_terminated", None)
        super().__init__(environ, *args, **options)

    def _get_file_stream(self, *_args: Any, **_options: Any) -> IO[bytes]:
        return BytesIO()


def wants_fragment() -> bool:
    """True when HTMX asks for the inside of the main part."""
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
        g.document = True
        g.inline_style = inline
    return response


def see_other(url: str) -> Response:
    """Answer 303 without the usual page that nobody sees: it would be a fifth of a step's bytes."""
    response = Response(status=303)
    response.headers["Location"] = url
    del response.headers["Content-Type"]
    return response


def advance(
    endpoint: str, *, query: Mapping[str, str] | None = None, **values: Any
) -> ResponseReturnValue:
    """Go on to the next page: its main part at once for HTMX, 303 for a plain form.

    On a bad line a redirect costs a person a second, so HTMX gets the next step in the same round
    trip, with its address for the history. query: what stands behind the path of that address.
    """
    url = url_for(endpoint, **values, **(query or {}))
    if request.method == "POST":
        # What the form did is kept before the next page is drawn: others may write meanwhile.
        commit_now()
        g.only_reads = True
    if not wants_fragment():
        return see_other(url)
    g.page_url = url
    g.advancing = True
    view: Callable[..., ResponseReturnValue] = current_app.view_functions[endpoint]
    response = make_response(view(**values))
    if response.status_code in {301, 302, 303}:  # the next page itself points further on
        response = make_response("", 200)
        response.headers["HX-Redirect"] = url
    elif "HX-Push-Url" not in response.headers:
        response.headers["HX-Push-Url"] = url
    return response


def go(endpoint: str, **values: Any) -> ResponseReturnValue:
    """Redirect a GET. HTMX follows it and shows the address that it ended at."""
    if g.get("advancing") or wants_fragment():
        return advance(endpoint, **values)
    return see_other(url_for(endpoint, **values))


def page_url() -> str:
    """Return the address of the page that is being shown, with its query."""
    here: str = g.get("page_url") or request.script_root + request.full_path.rstrip("?")
    return here


def other_language_url() -> str:
    """Return the address of this page in the other language."""
    return in_other_language(page_url())


def carried() -> list[tuple[str, str]]:
    """Return what the person typed, so that a page can hand it back as hidden fields."""
    pairs = [(k, v) for k, v in request.form.items(multi=True) if k not in NOT_CARRIED]
    return pairs[:_CARRY_AT_MOST]


def carried_from_too_much() -> list[tuple[str, str]]:
    """Return what was typed into a form that was too large to be taken, each answer cut.

    Somebody pasted a page into a box; the other boxes must not be lost for that. Nothing is read of
    what is larger than any text, or of no stated size.
    """
    is_text = request.mimetype == "application/x-www-form-urlencoded"
    if not is_text or not 0 < (request.content_length or 0) <= _READ_AT_MOST:
        return []
    request.max_content_length = request.max_form_memory_size = _READ_AT_MOST
    found = [(name, value[:_CUT_AT]) for name, value in carried()]
    return found if KEY_FIELD in dict(found) else []  # one of our forms, and no noise


TITLES: Mapping[int, tuple[Any, Any]] = {
    400: (_l("We could not read that"), _l("Something in the address or form is not as it should be. Go back and try again.")),
    403: (_l("This page is not open to you"), _l("You may need your support number and PIN to see it.")),
    404: (_l("We cannot find that page"), _l("The address may be mistyped or old. Search here, or go back to the start.")),
    405: (_l("That does not work here"), _l("This address cannot be used in that way. Go back and use the buttons on the page.")),
    408: (_l("Sending took too long"), _l("The line was too slow. Go back: what you typed is still there. Then send it again.")),
    413: (_l("That is too large to send"), _l("One answer is much too long, so we cut it. Make it shorter. Your earlier answers are still saved.")),
    422: (_l("Something needs another look"), _l("Go back, mend the answer and send it again.")),
    429: (_l("Too many tries in a short time"), _l("Wait %(time)s, then try again. Your earlier answers are still saved.")),
    500: (_l("Something went wrong on our side"), _l("It is not your fault. Your earlier answers are still saved. Try again in a minute.")),
    503: (_l("The service is resting for a moment"), _l("Your earlier answers are still saved. Try again in a few minutes.")),
}  # fmt: skip


def show_error(error: Exception) -> Response:
    """Answer an error with a small page that says what was saved and what to do."""
    code = error.code if isinstance(error, HTTPException) and error.code else 500
    wait_s = limits.wait_s() if code == 429 else 0
    if request.path.startswith("/api/"):
        response = make_response({"error": str(TITLES.get(code, TITLES[400])[0])}, code)
        return _retry_after(response, wait_s)
    title, advice = TITLES.get(code, TITLES[500 if code >= 500 else 400])
    if wait_s:
        advice = str(advice) % {"time": say_wait(wait_s)}
    resend = []
    if request.method == "POST" and code == 413:
        resend = carried_from_too_much()
        if not resend:
            advice = _l("Send less at once. Your earlier answers are still saved.")
    broken_off = isinstance(error, ClientDisconnected)
    if request.method == "POST" and code not in {404, 405, 413} and not broken_off:
        resend = carried()
    response = render(
        "errors/error.html",
        status=code,
        code=code,
        title=title,
        advice=advice,
        resend=resend,
        resend_to=request.script_root + request.path,
    )
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return _retry_after(response, wait_s)


def _retry_after(response: Response, wait_s: int) -> Response:
    if wait_s:
        response.headers["Retry-After"] = str(wait_s)
    return response


def say_wait(seconds: float) -> str:
    """Return how long somebody has to wait, in whole minutes or hours, never too short."""
    minutes = max(math.ceil(seconds / 60), 1)
    if minutes < 120:
        return ngettext("%(num)s minute", "%(num)s minutes", minutes)
    return ngettext("%(num)s hour", "%(num)s hours", math.ceil(minutes / 60))


def refuse_first() -> None:
    """Answer at once what the server in front refused; see app/serving.py."""
    status = request.environ.get(REFUSED)
    if status:
        abort(status)


def commit_now() -> None:
    """End the transaction here, for a record that must stay although the answer is an error."""
    db.session.commit()


def let_others_write() -> None:
    """End the transaction, which wrote nothing yet, before something slow."""
    db.session.rollback()


def will_write() -> None:
    """Begin anew with a transaction that may write, in a request whose method only reads.

    For the record of who saw what: such a page is read again and again, yet each time is noted.
    """
    db.session.rollback()
    g.will_write = True


def run_now(job: Job, budget_s: float = ANSWER_WITHIN_S) -> bool:
    """Try a job at once, after commit_now(). What does not answer in time is left to the worker."""
    return claims.run(job.id, budget_s=budget_s, jitter=random.random)


def _finish_transaction(response: Response) -> Response:
    """One request, one transaction: kept when the answer is below 400, undone otherwise."""
    if response.status_code >= 400:
        db.session.rollback()
        return response
    try:
        db.session.commit()
    except OperationalError as error:
        return _unexpected(error)
    return response


def _unexpected(error: Exception) -> Response:
    """Answer what nobody foresaw: our fault, or a database that is full, busy or away."""
    db.session.rollback()
    if current_app.testing and current_app.config.get("RAISE_ERRORS", True):
        raise error
    current_app.log_exception((type(error), error, error.__traceback__))
    passes = isinstance(error, OperationalError)
    return show_error(ServiceUnavailable() if passes else InternalServerError())


def add_headers(response: Response) -> Response:
    """Send the strict headers with documents; parts that HTMX swaps do not pay for them again."""
    headers = response.headers
    if response.content_type:  # a redirect without a body has nothing to be guessed
        headers["X-Content-Type-Options"] = "nosniff"
    if "Cache-Control" not in headers:
        headers["Cache-Control"] = NO_STORE
    if g.get("host_was_told"):
        # Nobody knows whether the host that the request brought is ours: kept by a cache on the
        # way, the answer that names it would lead everybody else there.
        headers["Cache-Control"] = headers["Cache-Control"].replace("public", "private")
    if htmx_request.htmx:  # the mark that an answer is ours; the script swaps in no other
        response.vary.add("HX-Request")
    if response.mimetype == "text/html" and g.get("document"):
        style = current_app.extensions["assets"]["site.css"]
        inline = f" {style.csp_hash}" if g.get("inline_style") else ""
        headers["Content-Security-Policy"] = (
            f"default-src 'none';style-src 'self'{inline};script-src 'self';"
            "connect-src 'self';img-src 'self';form-action 'self';base-uri 'none';"
            "frame-ancestors 'none'"
        )
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["Referrer-Policy"] = "same-origin"
        headers["Permissions-Policy"] = "camera=(),geolocation=(),microphone=()"
    if request.is_secure:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    return response


class NumberInAddress(IntegerConverter):
    """`<int:…>` in an address. No database here has rows beyond four bytes: there is no page."""

    def __init__(self, url_map: Map, *args: Any, **options: Any) -> None:
        super().__init__(url_map, *args, **{"max": 2**31 - 1, **options})


def init_app(app: Flask) -> None:
    """Bind headers, the transaction, the error pages and what may stand in an address."""
    app.url_map.converters["int"] = NumberInAddress
    app.request_class = PrivateRequest
    app.after_request(add_headers)
    app.after_request(_finish_transaction)
    app.register_error_handler(HTTPException, show_error)
    app.register_error_handler(Exception, _unexpected)
    app.add_template_global(other_language_url)
    app.add_template_global(page_url)
    app.add_template_global(file_tag)
    app.add_template_global(form_mark)
    app.add_template_global(is_shared_device)
    app.add_template_global(new_key)


def share_link(text: str) -> str:
    """Return a link that opens WhatsApp with a text to send. Never a personal value in it."""
    return "https://wa.me/?" + urlencode({"text": text}, quote_via=quote)
