"""Error pages: what was saved and what to do; nothing typed is lost."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from flask import Response, abort, make_response, request
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.exceptions import ClientDisconnected, HTTPException, MethodNotAllowed

from app.serving import REFUSED
from app.web.answers import carried, render
from app.web.limiting import limits
from app.web.sent import Sent

_CUT_AT = 2000  # letters of one answer that is handed back from a form that was too large

_READ_AT_MOST = 1024 * 1024  # bytes of such a form; more than anybody types


def carried_from_too_much() -> list[tuple[str, str]]:
    """Return what was typed into a form that was too large to be taken, each answer cut.

    Somebody pasted a page into a box; the other boxes must not be lost for that. Nothing is read of
    what is larger than any text, or of no stated size.
    """
    is_text = request.mimetype == "application/x-www-form-urlencoded"
    if not is_text or not 0 < (request.content_length or 0) <= _READ_AT_MOST:
        return []
    request.max_content_length = request.max_form_memory_size = _READ_AT_MOST
    boxes = [(name, value[:_CUT_AT]) for name, value in carried()]
    return boxes if Sent.KEY in dict(boxes) else []  # one of our forms, and no noise


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
        return str(ngettext("%(num)s minute", "%(num)s minutes", minutes))
    return str(ngettext("%(num)s hour", "%(num)s hours", math.ceil(minutes / 60)))


def refuse_first() -> None:
    """Answer at once what the server in front refused; see app/serving.py."""
    status = request.environ.get(REFUSED)
    if status:
        abort(status)
