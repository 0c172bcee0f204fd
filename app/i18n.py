"""Choice of language, and how numbers, dates and places are said in it.

Indonesian stands at /…, English at /en/…. `LanguagePrefix` takes /en off before routing and puts it
into SCRIPT_NAME, so url_for() needs no thought. The browser's Accept-Language is not asked: phones
in Sorong are often sold set to English, and an address must always show the same page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from babel.numbers import format_decimal
from flask import Flask, current_app, has_request_context, request, url_for
from flask_babel import format_date, get_domain, get_locale, gettext

from app.asked import asked
from app.domain.law.calendar import WIT
from app.domain.oss.nib import format_nib
from app.domain.written.person import mask_name
from app.domain.written.support_number import format_support_number

DEFAULT, OTHER = "id", "en"
LANGUAGES = (DEFAULT, OTHER)


class LanguagePrefix:
    """WSGI middleware: /en/x becomes x with SCRIPT_NAME /en and the environ key `oss.language`."""

    def __init__(self, app: Callable[..., Iterable[bytes]]) -> None:
        self.app = app

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path == "/en" or path.startswith("/en/"):
            environ["oss.root"] = environ.get("SCRIPT_NAME", "")
            environ["SCRIPT_NAME"] = environ["oss.root"] + "/en"
            environ["PATH_INFO"] = path[3:] or "/"
            environ["oss.language"] = OTHER
        else:
            environ["oss.root"] = environ.get("SCRIPT_NAME", "")
            environ["oss.language"] = DEFAULT
        return self.app(environ, start_response)


def chosen_language() -> str:
    """Return the language of the page: that of the address, Indonesian outside a request."""
    if has_request_context():
        return str(request.environ.get("oss.language", DEFAULT))
    return DEFAULT


def language() -> str:
    """Return the language in use now, also where no request runs (worker, papers)."""
    return get_locale().language if get_locale() else DEFAULT


def in_other_language(path: str) -> str:
    """Return the address of `path` (as url_for gives it) in the other language."""
    root: str = request.environ.get("oss.root", "")
    inner = path.removeprefix(request.script_root) if request.script_root else path
    prefix = root + ("" if chosen_language() == OTHER else "/en")
    return prefix + (inner if inner.startswith("/") else "/" + inner)


def outside_url(endpoint: str, **values: Any) -> str:
    """Return an address for messages and papers: whole, Indonesian, with the public host.

    The host comes from PUBLIC_URL where it is set: a Host header can be made up by anybody. Where
    it is not, no cache on the way may keep the page (app/web/answers.py), and a
    request without a host (HTTP/1.0) gets the address that the server listens on.
    """
    path = url_for(endpoint, **values).removeprefix(request.script_root)
    settings = current_app.config["SETTINGS"]
    if settings.public_url:
        return f"{settings.public_url}{path}"
    asked().host_was_told = True
    host = request.host or f"{settings.host}:{settings.port}"
    return f"{request.scheme}://{host}{request.environ.get('oss.root', '')}{path}"


def rupiah(amount_idr: int) -> str:
    """Return “Rp 7.500.000”: in both languages as banknotes and shops here write it."""
    return "Rp " + format_decimal(amount_idr, locale=DEFAULT)


def rupiah_short(amount_idr: int) -> str:
    """Return “Rp 1 miliar”, “Rp 50 juta”; whole rupiah where it is not round."""
    for unit, name in ((10**9, gettext("billion")), (10**6, gettext("million"))):
        if amount_idr >= unit and amount_idr % unit == 0:
            return f"Rp {amount_idr // unit} {name}"
    return rupiah(amount_idr)


def number(value: Decimal | float) -> str:
    """Return a plain number with the decimal sign of the language, without needless zeros."""
    return format_decimal(value, "#,##0.##########", locale=language())


def number_to_edit(value: Decimal | float) -> str:
    """Return a number as it stands in a box: it must be read again as the same number.

    Without signs for thousands: “1,500” could be meant as one and a half.
    """
    return format_decimal(value, "0.##########", locale=language())


def day_in_words(day: date) -> str:
    """Return “Senin, 23 November 2026” or “Monday, 23 November 2026”."""
    return str(format_date(day, "EEEE, d MMMM yyyy", rebase=False))


def short_day(day: date) -> str:
    """Return “23 November 2026”."""
    return str(format_date(day, "d MMMM yyyy", rebase=False))


def weekday(day: date) -> str:
    """Return “Sen 23 Nov”, for lists of days that follow each other."""
    return str(format_date(day, "EEE d MMM", rebase=False))


def moment_in_words(moment: datetime) -> str:
    """Return “Senin, 23 November 2026, 10.14 WIT” of an aware or stored (UTC) moment."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    local = aware.astimezone(WIT)
    clock = f"{local:%H.%M}" if language() == DEFAULT else f"{local:%H:%M}"
    return f"{day_in_words(local.date())}, {clock} WIT"


def _texts() -> Any:
    """Return the texts of the page's language, looked up once a page and not once a sentence."""
    found = asked().texts
    if found is None:
        found = asked().texts = get_domain().get_translations()
    return found


def init_app(app: Flask) -> None:
    """Bind the language switch, the texts of templates and their filters. Comes after Babel."""
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: _texts().ugettext(text),
        lambda one, many, count: _texts().ungettext(one, many, count),
        newstyle=True,
    )
    app.wsgi_app = LanguagePrefix(app.wsgi_app)  # type: ignore[method-assign]
    app.add_template_filter(rupiah)
    app.add_template_filter(format_nib, "nib")
    app.add_template_filter(format_support_number, "support_number")
    app.add_template_filter(mask_name, "masked_name")
    app.add_template_filter(rupiah_short)
    app.add_template_filter(number)
    app.add_template_filter(day_in_words)
    app.add_template_filter(short_day)
    app.add_template_filter(weekday)
    app.add_template_filter(moment_in_words)
    app.add_template_global(language)


def outside_url_as_read(endpoint: str, **values: Any) -> str:
    """Return an address to pass on, in the language in which the page is read."""
    address = outside_url(endpoint, **values)
    if language() == DEFAULT:
        return address
    path = url_for(endpoint, **values).removeprefix(request.script_root)
    return address.removesuffix(path) + f"/{OTHER}" + path
