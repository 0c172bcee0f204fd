"""Binds headers, the transaction, the error pages and what may stand in an address."""

from __future__ import annotations

import sys
from typing import Any

from flask import Flask, Response, current_app
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, InternalServerError, ServiceUnavailable
from werkzeug.routing import IntegerConverter, Map

from app.extensions import db
from app.services.base.post_keys import new_key
from app.web.answers import other_language_url, page_url
from app.web.errors import show_error
from app.web.headers import PrivateRequest, add_headers
from app.web.sent import Sent
from app.web.session import file_tag, form_mark, is_shared_device


def _finish_transaction(response: Response) -> Response:
    """One request, one transaction: kept when the answer is below 400, undone otherwise."""
    if not db.session.registry.has():  # nothing was asked of the database
        return response
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
    current_app.log_exception(sys.exc_info())
    passes = isinstance(error, OperationalError)
    return show_error(ServiceUnavailable() if passes else InternalServerError())


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
    app.add_template_global(Sent, "Sent")
