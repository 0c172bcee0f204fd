"""The national OSS calls us: a NIB was given or changed, a signed paper is ready (connected only).

Addresses, envelopes and answers are those of the public integration guide. There is no session and
no form token here: OSS proves itself with the header Token (see services/oss/notices).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

import structlog
from flask import Blueprint, Response, abort, current_app, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from app import clock
from app.config import Settings
from app.domain.oss.service_mode import ServiceMode
from app.services.oss import notices
from app.services.oss.notices import BadNotice, Notice, NotOss
from app.web.limiting import limits
from app.web.marks import View


def oss_only(view: View) -> View:
    """Let in the national OSS alone, where we are connected to it. Elsewhere there is nothing here.

    The view is given the notice, read and proven to come from OSS; anybody else gets its refusal.
    """

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        return receive(view, *args, **kwargs)

    guarded.access = "oss"  # type: ignore[attr-defined]
    return cast(View, guarded)


bp = Blueprint("oss_inbound", __name__, url_prefix="/api/oss")

TAKEN, NOT_TAKEN = "1", "2"
_READ_AT_MOST = 32 * 1024 * 1024

_log = structlog.get_logger(__name__)


@bp.post("/receiveNIB")
@oss_only
def receive_nib(notice: Notice) -> ResponseReturnValue:
    """Take a NIB with its activities and licences."""
    return _keep(notice)


@bp.post("/receiveFileDS")
@oss_only
def receive_file(notice: Notice) -> ResponseReturnValue:
    """Take the news that the signed paper of a licence is ready."""
    return _keep(notice)


def receive(view: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Make sure that OSS sent the call, and pass it on unread; the guard of both views.

    A call that is proven is never limited and never refused for its length or its shape: it is
    kept, and read afterwards. Only who cannot prove to be OSS is counted.
    """
    settings: Settings = current_app.config["SETTINGS"]
    if settings.mode is not ServiceMode.CONNECTED:
        abort(404)
    request.max_content_length = _READ_AT_MOST
    service = request.path.rpartition("/")[2]
    try:
        notice = notices.prove(
            service,
            request.get_data(cache=False),
            _shown(),
            username=settings.oss_username,
            password=settings.oss_password,
            now=clock.now(),
        )
    except RequestEntityTooLarge:
        _log.warning("oss_notice_too_large", service=service)
        return _answer(service, NOT_TAKEN, "Data Terlalu Besar", 413)
    except BadNotice:
        _log.warning("oss_notice_without_nib", service=service)
        return _refuse(service, "Data Parameter Salah", 400)
    except NotOss:
        _log.warning("oss_notice_not_proven", service=service)
        return _refuse(service, "User Akses Tidak Valid", 401)
    return view(*args, notice=notice, **kwargs)


def _shown() -> str:
    """Return the token: in the guide's header, or where receivers in daily use are given it."""
    scheme, _blank, bearer = request.headers.get("Authorization", "").partition(" ")
    shown = request.headers.get("Token", "")
    return shown or (bearer if scheme.lower() == "bearer" else "") or request.args.get("token", "")


def _refuse(service: str, remark: str, code: int) -> Response:
    if limits.hit(limits.OSS_INBOUND, limits.who_asks()):
        return _answer(service, NOT_TAKEN, remark, code)
    answer = _answer(service, NOT_TAKEN, "Terlalu Sering", 429)
    answer.headers["Retry-After"] = str(limits.WAIT_UNKNOWN_S)
    return answer


def _keep(notice: Notice) -> Response:
    is_new = notices.keep(notice)
    _log.info("oss_notice", service=notice.service, new=is_new)
    return _answer(notice.service, TAKEN, "Sukses", 200)


def _answer(service: str, status: str, remark: str, code: int) -> Response:
    content = {f"respon{service}": {"status": status, "keterangan": remark}}
    return Response(current_app.json.dumps(content), code, mimetype="application/json")
