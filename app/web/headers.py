"""Headers of every answer, and the request whose files stay in memory."""

from __future__ import annotations

from io import BytesIO
from typing import IO, Any

from flask import Response, current_app, request
from htmx_flask import request as htmx_request
from htmx_flask.requests import HtmxAwareRequest

from app.asked import asked

NO_STORE = "no-store"


class PrivateRequest(HtmxAwareRequest):  # type: ignore[misc]  # it has no types
    """A request whose files stay in memory: what a person sends never lies open on a disk."""

    def __init__(self, environ: dict[str, Any], *args: Any, **options: Any) -> None:
        # A server that ends the stream itself also ends one whose line broke. With a stated length
        # that is compared instead, so that half a form is never taken for a whole one.
        if environ.get("CONTENT_LENGTH"):
            environ.pop("wsgi.input_terminated", None)
        super().__init__(environ, *args, **options)

    def _get_file_stream(self, *_args: Any, **_options: Any) -> IO[bytes]:
        return BytesIO()


def add_headers(response: Response) -> Response:
    """Send the strict headers with documents; parts that HTMX swaps do not pay for them again."""
    headers = response.headers
    if response.content_type:  # a redirect without a body has nothing to be guessed
        headers["X-Content-Type-Options"] = "nosniff"
    if "Cache-Control" not in headers:
        headers["Cache-Control"] = NO_STORE
    if asked().host_was_told:
        # Nobody knows whether the host that the request brought is ours: kept by a cache on the
        # way, the answer that names it would lead everybody else there.
        headers["Cache-Control"] = headers["Cache-Control"].replace("public", "private")
    if htmx_request.htmx:  # the mark that an answer is ours; the script swaps in no other
        response.vary.add("HX-Request")
    if response.mimetype == "text/html" and asked().document:
        style = current_app.extensions["assets"]["site.css"]
        inline = f" {style.csp_hash}" if asked().inline_style else ""
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
