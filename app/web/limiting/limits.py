"""Every limit on how often something may be done: how much, whom it counts, and why.

A whole village, an office or a room of forty people in training comes from one address, so what
belongs to a file is counted by its file, and an address has room for all of them. Wrong PINs and
codes have rules of their own (domain/dossier/pin_tries.py, domain/dossier/recovery.py): a number alone takes
nothing from its owner. Routes name a limit from here; a test refuses one that does not.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv6Address, ip_address
from typing import Any, TypeVar, cast

from flask import Response, request
from limits import RateLimitItem, parse

from app.asked import asked
from app.extensions import limiter

View = TypeVar("View", bound=Callable[..., Any])

SHORTEST_WAIT_S = 1
WAIT_UNKNOWN_S = 60
_IPV6_NETWORK = 64  # bits that one subscriber holds; the rest of the address is theirs to change


class Whom(StrEnum):
    """Whom a limit counts."""

    FILE = "file"  # the file that is open in this browser
    ADDRESS = "address"  # where the request comes from


class Counts(StrEnum):
    """Which requests a limit counts."""

    ALL = "all"
    REFUSED = "refused"  # answered with 400 or more
    UNKNOWN = "unknown"  # answered with 401: the sender could not prove who it is


@dataclass(frozen=True)
class Limit:
    """A limit by name. rate: as the library reads it, such as "20 per hour"."""

    name: str
    rate: str
    whom: Whom
    why: str
    counts: Counts = Counts.ALL

    @property
    def item(self) -> RateLimitItem:
        """The rate, read."""
        return parse(self.rate)


FILE, ADDRESS = Whom.FILE, Whom.ADDRESS

# fmt: off
START = Limit("start", "600 per hour", ADDRESS, "each makes a file; forty people may each make several")
RESUME = Limit("resume", "600 per hour", ADDRESS, "each costs a slow hash; wrong PINs wait for themselves")
TRACK = Limit("track", "300 per hour", ADDRESS, "nobody finds numbers one by one; right ones are free", Counts.REFUSED)
RECOVERY_ASK = Limit("recovery_ask", "300 per hour", ADDRESS, "each writes a row; messages are paced by file")
RECOVERY_CODE = Limit("recovery_code", "600 per hour", ADDRESS, "five tries a code, for forty people")
RECOVERY_COUNTER = Limit("recovery_counter", "300 per hour", ADDRESS, "codes are too long to guess; this spares the machine", Counts.REFUSED)
RECOVERY_PIN = Limit("recovery_pin", "300 per hour", ADDRESS, "each costs a slow hash")
NIK_CHECK = Limit("nik_check", "20 per hour", FILE, "the registry counts our questions")
NIK_CHECK_ADDRESS = Limit("nik_check_address", "1000 per hour", ADDRESS, "nobody uses up the day's questions with many files")
NIB_ENTRY = Limit("nib_entry", "20 per hour", FILE, "an NIB is typed, not tried out")
NIB_ENTRY_ADDRESS = Limit("nib_entry_address", "1000 per hour", ADDRESS, "nobody finds out NIBs with many files")
NIB_PHOTO = Limit("nib_photo", "20 per hour", FILE, "reading a photo holds a thread")
NIB_PHOTO_ADDRESS = Limit("nib_photo_address", "300 per hour", ADDRESS, "the same, with many files")
COMPARE = Limit("compare", "20 per hour", FILE, "each asks OSS")
FILING_PAGE = Limit("filing_page", "120 per hour", FILE, "each unmasks the answers and is noted")
PAPER = Limit("paper", "60 per hour", FILE, "drawing a paper holds a thread")
UPLOAD = Limit("upload", "120 per hour", FILE, "each is a file to check and keep")
UPLOAD_PART = Limit("upload_part", "6000 per hour", FILE, "parts are small, and sent again on a bad line")
VERIFY = Limit("verify", "300 per hour", ADDRESS, "nobody finds papers by trying codes; right ones are free", Counts.REFUSED)
EXAMPLE = Limit("example", "600 per hour", ADDRESS, "each makes a practice file")
KIT_PAGE = Limit("kit_page", "600 per hour", ADDRESS, "each may draw papers")
KIT_PAPER = Limit("kit_paper", "200 per hour", ADDRESS, "drawing a paper holds a thread")
HELP_ANSWER = Limit("help_answer", "200 per hour", ADDRESS, "one person must not outvote all others")
WORDS = Limit("words", "200 per hour", ADDRESS, "each changes the search for everybody in practice")
PRACTICE_SMS = Limit("practice_sms", "600 per hour", ADDRESS, "forty people, some messages each")
SMS_INBOUND = Limit("sms_inbound", "30 per minute", ADDRESS, "the gateway's token is not guessed", Counts.UNKNOWN)
OSS_INBOUND = Limit("oss_inbound", "120 per minute", ADDRESS, "who cannot prove to be OSS; OSS itself is never counted")
STAFF_SIGN_IN = Limit("staff_sign_in", "600 per hour", ADDRESS, "each costs a slow hash; wrong ones wait for themselves")
STAFF_PIN = Limit("staff_pin", "1200 per hour", ADDRESS, "each costs a slow hash; an office changes people all day")
SEARCH_ONCE = Limit("search_once", "1 per day", ADDRESS, "a phrase counts once a day from one address")
SEARCH_COUNTED = Limit("search_counted", "60 per hour", ADDRESS, "nobody pushes phrases up alone")
# fmt: on

LIMITS = {value.name: value for value in list(globals().values()) if isinstance(value, Limit)}


def who_asks() -> str:
    """Return the address that a request comes from; of IPv6 the network of one subscriber."""
    text = request.remote_addr or "127.0.0.1"
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:  # a socket of this machine
        return text
    if not isinstance(address, IPv6Address):
        return text
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    network = int(address) >> (128 - _IPV6_NETWORK)
    return f"{network:x}/{_IPV6_NETWORK}"


def _who(whom: Whom) -> str:
    if whom is Whom.FILE and asked().has_dossier:
        return f"file {asked().dossier.id}"
    return who_asks()


def _deducts(counts: Counts) -> Callable[[Response], bool] | None:
    return {
        Counts.ALL: None,
        Counts.REFUSED: lambda answer: answer.status_code >= 400,
        Counts.UNKNOWN: lambda answer: answer.status_code == 401,
    }[counts]


def limited(
    *limits: Limit, exempt_when: Callable[[], bool] | None = None
) -> Callable[[View], View]:
    """Hold a view to limits. It stands under the decorator that opens the file."""

    def hold(view: View) -> View:
        held: Callable[..., Any] = view
        for limit in limits:
            held = limiter.shared_limit(
                limit.rate,
                scope=limit.name,
                key_func=lambda whom=limit.whom: _who(whom),  # type: ignore[misc]
                deduct_when=_deducts(limit.counts),
                exempt_when=exempt_when,
            )(held)
        held.limits = limits  # type: ignore[attr-defined]
        return cast(View, held)

    return hold


def hit(limit: Limit, *key: str) -> bool:
    """Count one more by a key of one's own. False where it is too many."""
    if not (limiter.initialized and limiter.enabled):
        return True
    return limiter.limiter.hit(limit.item, limit.name, *key)


def wait_s() -> int:
    """Return how many seconds until the limit that refused this request lets it through."""
    if not (limiter.initialized and limiter.enabled):
        return WAIT_UNKNOWN_S
    ends = [each.reset_at for each in limiter.current_limits if each.breached]
    if not ends:
        return WAIT_UNKNOWN_S
    return max(math.ceil(max(ends) - time.time()), SHORTEST_WAIT_S)
