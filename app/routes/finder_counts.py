"""Counts searches and choices at the edge of a route: one line each, nothing is written here."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import structlog
from flask import request, url_for
from flask_limiter.util import get_remote_address
from limits import RateLimitItem, parse

from app.domain.finder_learning import plain_phrase
from app.extensions import limiter, vault
from app.i18n import language
from app.services.finder_learning import EDITION, tally

# The same phrase counts once a day from one address, and an address counts so much in an hour:
# nobody can push a phrase up alone, nor make one readable that only they know.
ONCE = parse("1 per day")
AN_HOUR = parse("60 per hour")

_log = structlog.get_logger(__name__)


def count_search(text: str | None, edition: int = EDITION) -> None:
    """Count that somebody looked for this."""
    if text and _is_first("searched", text):
        tally.searched(text, language=language(), edition=edition)


def count_choice(text: str | None, code: str | None, edition: int = EDITION) -> None:
    """Count that somebody took this code after looking for this."""
    if text and code and _is_first("chosen", text):
        tally.chosen(text, code, language=language(), edition=edition)


def count_choice_by_link(code: str) -> None:
    """Count a code that was reached by a link of a page of results.

    The browser tells where it comes from (only within our site), so the words need not stand in
    further addresses, which people pass on and print. Where it does not tell, nothing is counted.
    """
    try:
        came_from = urlsplit(request.referrer or "")
    except ValueError:  # anybody may send anything
        return
    if came_from.netloc == request.host and came_from.path == url_for("check.show"):
        count_choice(" ".join(parse_qs(came_from.query).get("q", [])), code)


def _is_first(what: str, text: str) -> bool:
    if not limiter.enabled:
        return True
    # A digest: neither address nor words stand in the memory of the limiter.
    whom = get_remote_address()
    one = vault.index(f"{whom}\x00{plain_phrase(text)}", f"finder.{what}").hex()[:32]
    try:
        return _may(AN_HOUR, f"finder-{what}", whom) and _may(ONCE, f"finder-{what}", one)
    except Exception:  # a page must not fail because its counting does
        _log.warning("finder_not_counted", exc_info=True)
        return False


def _may(limit: RateLimitItem, *key: str) -> bool:
    return limiter.limiter.hit(limit, *key)
