"""Counts searches and choices at the edge of a route: one line each, nothing is written here."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import structlog
from flask import request, url_for

from app.domain.kbli.learning import plain_phrase
from app.domain.law.editions import KBLI_NOW
from app.extensions import limiter, vault
from app.i18n import language
from app.services.kbli.learning import tally
from app.web.limiting import limits

_log = structlog.get_logger(__name__)


def count_search(text: str | None, edition: int = KBLI_NOW) -> None:
    """Count that somebody looked for this."""
    if text and _is_first("searched", text):
        tally.searched(text, language=language(), edition=edition)


def count_choice(text: str | None, code: str | None, edition: int = KBLI_NOW) -> None:
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
    if came_from.netloc == request.host and came_from.path == url_for("check.show_check"):
        count_choice(" ".join(parse_qs(came_from.query).get("q", [])), code)


def _is_first(what: str, text: str) -> bool:
    if not limiter.enabled:
        return True
    # A digest: neither address nor words stand in the memory of the limiter.
    whom = limits.who_asks()
    one = vault.index(f"{whom}\x00{plain_phrase(text)}", f"finder.{what}").hex()[:32]
    try:
        # Nobody can push a phrase up alone, nor make one readable that only they know.
        return limits.hit(limits.SEARCH_COUNTED, what, whom) and limits.hit(
            limits.SEARCH_ONCE, what, one
        )
    except Exception:  # a page must not fail because its counting does
        _log.warning("finder_not_counted", exc_info=True)
        return False
