"""Where a request comes from, behind proxies: only what a trusted one says is believed.

Each proxy adds the address that it was asked from at the end of X-Forwarded-For, so the newest
entries are the trustworthy ones, and anybody can write the older ones. Whom to trust is said by the
setting TRUSTED_PROXIES: how many proxies a request passes, or their addresses. The host is never
taken from a proxy: it stands in links that people pass on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from ipaddress import ip_address
from typing import Any, Protocol

import structlog
from werkzeug.middleware.proxy_fix import ProxyFix

from app.config import Proxies, Settings

_log = structlog.get_logger(__name__)
_SCHEMES = frozenset({"http", "https"})


class Wsgi(Protocol):
    """A program that answers, as PEP 3333 has it."""

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]: ...


def behind(program: Wsgi, settings: Settings) -> Wsgi:
    """Return the program as it stands behind the proxies of the settings."""
    trusted = settings.trusted_proxies
    if isinstance(trusted, int):
        if not trusted:
            return NobodyTrusted(program)
        inside = int(settings.is_inside)  # the real service passes its own host and /latihan on
        return ProxyFix(program, x_for=trusted, x_proto=trusted, x_host=inside, x_prefix=inside)
    return TrustedAddresses(program, trusted)


def warning(settings: Settings) -> str | None:
    """Return what to say at start where all people may seem to come from one address."""
    if settings.public_url is None or settings.trusted_proxies or settings.is_inside:
        return None
    return (
        "PUBLIC_URL is set, but TRUSTED_PROXIES is not. Behind a proxy everybody would count as one"
        " person, and be refused together. Set it to the number of proxies, or to their addresses."
    )


class NobodyTrusted:
    """Believes no header; says once that there seems to be a proxy."""

    def __init__(self, program: Wsgi) -> None:
        self.program = program
        self._said = False

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        if not self._said and "HTTP_X_FORWARDED_FOR" in environ:
            self._said = True
            _log.warning("proxy_not_trusted", setting="TRUSTED_PROXIES")
        return self.program(environ, start_response)


class TrustedAddresses:
    """Believes the proxies of certain addresses, and whom they name, from the nearest on."""

    def __init__(self, program: Wsgi, trusted: Proxies) -> None:
        self._program = program
        self._trusted = trusted

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        if self._is_proxy(str(environ.get("REMOTE_ADDR", ""))):
            for text in reversed(_entries(environ.get("HTTP_X_FORWARDED_FOR"))):
                if not _is_address(text):
                    break
                environ["REMOTE_ADDR"] = text
                if not self._is_proxy(text):
                    break
            *_, scheme = _entries(environ.get("HTTP_X_FORWARDED_PROTO")) or [""]
            if scheme in _SCHEMES:
                environ["wsgi.url_scheme"] = scheme
        return self._program(environ, start_response)

    def _is_proxy(self, text: str) -> bool:
        return _is_address(text) and any(ip_address(text) in network for network in self._trusted)


def _entries(header: str | None) -> list[str]:
    return [part for part in (each.strip() for each in (header or "").split(",")) if part]


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
