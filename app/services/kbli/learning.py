"""What people typed into the finder and then chose or left: counts, and nothing about anybody.

Searching itself only adds to a tally in memory. From time to time the tally is asked for and kept
(app/work/counting.py); what was counted since is lost when the process ends, and no page waits.
"""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from app.domain.dossier.journey import StepName
from app.domain.kbli.hits import Surety, surety
from app.domain.kbli.learning import READABLE_FROM, phrase_to_keep
from app.domain.law.calendar import WIT
from app.domain.law.editions import KBLI_NOW
from app.domain.licence.corrections import StepTarget, parse_target
from app.extensions import db, vault
from app.models.dossier import Dossier
from app.models.learning.finder import FinderChoice, FinderCorrection, FinderSearch, FinderWord
from app.models.licence import CorrectionTarget
from app.services.dossier.activity import activity_at
from app.services.kbli.finder import get_finder

TALLY_AT_MOST: Final = 2000  # different phrases in memory; more within half a minute is an attack
_OFFERED: Final = 20  # a code further down than this was not chosen from what was found


@dataclass(frozen=True, slots=True)
class Typed:
    """A phrase that may be counted, see phrase_to_keep."""

    edition: int
    language: str
    phrase: str

    @property
    def digest(self) -> bytes:
        """What it is found by; without our key nobody can tell or try what was typed."""
        line = f"{self.edition}\x00{self.language}\x00{self.phrase}"
        return vault.index(line, "finder_searches.digest")


@dataclass(frozen=True, slots=True)
class Batch:
    """What was counted between two times of keeping."""

    searched: Mapping[Typed, int]
    chosen: Mapping[tuple[Typed, str], int]


@dataclass(frozen=True, slots=True)
class Rated:
    """One phrase of a batch with what the finder says to it now. chosen: code -> times."""

    typed: Typed
    searched: int
    surety: Surety
    chosen: Mapping[str, int]


class Tally:
    """Counts in memory; any thread may add. Phrases that may not be kept are not taken."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._searched: Counter[Typed] = Counter()
        self._chosen: Counter[tuple[Typed, str]] = Counter()

    def searched(self, text: str, *, language: str, edition: int = KBLI_NOW) -> None:
        """Count that somebody looked for this."""
        typed = typed_as(text, language=language, edition=edition)
        if typed is not None:
            with self._lock:
                if typed in self._searched or len(self._searched) < TALLY_AT_MOST:
                    self._searched[typed] += 1

    def chosen(self, text: str, code: str, *, language: str, edition: int = KBLI_NOW) -> None:
        """Count that somebody took this code after looking for this."""
        typed = typed_as(text, language=language, edition=edition)
        if typed is not None:
            with self._lock:
                if (typed, code) in self._chosen or len(self._chosen) < TALLY_AT_MOST:
                    self._chosen[typed, code] += 1

    def take(self) -> Batch | None:
        """Return what was counted and begin anew; None when nothing was."""
        with self._lock:
            batch = Batch(self._searched, self._chosen)
            self._searched, self._chosen = Counter(), Counter()
        return batch if batch.searched or batch.chosen else None

    def give_back(self, batch: Batch) -> None:
        """Count again what could not be kept."""
        with self._lock:
            if len(self._searched) + len(batch.searched) <= TALLY_AT_MOST:
                self._searched.update(batch.searched)
                self._chosen.update(batch.chosen)


tally = Tally()
"""The counts of this process."""


def typed_as(text: str, *, language: str, edition: int = KBLI_NOW) -> Typed | None:
    """Return what a text is counted as; None where nothing of it may be kept."""
    phrase = phrase_to_keep(text)
    return None if phrase is None else Typed(edition, language, phrase)


def rated(batch: Batch) -> list[Rated]:
    """Ask the finder how sure it is of each phrase. A code that it did not offer is no choice."""
    choices: dict[Typed, dict[str, int]] = {}
    for (typed, code), number in batch.chosen.items():
        choices.setdefault(typed, {})[code] = number
    rows = []
    for typed in dict.fromkeys((*batch.searched, *choices)):
        finder = get_finder(typed.edition)
        parts = finder.search_parts(typed.phrase, _OFFERED)
        offered = {hit.entry.code for part in parts for hit in part.hits}
        chosen = {c: n for c, n in choices.get(typed, {}).items() if c in offered}
        sure = surety(finder.search(typed.phrase, _OFFERED))
        rows.append(Rated(typed, batch.searched.get(typed, 0), sure, chosen))
    return rows


def keep(rows: Iterable[Rated], now: datetime) -> None:
    """Add counts to those in the database, in the caller's transaction.

    A phrase gets readable with the count that reaches READABLE_FROM, and not before.
    """
    # In one order always, so that two processes cannot wait for each other.
    for row in sorted(rows, key=lambda row: row.typed.digest):
        if not row.searched and not row.chosen:
            continue
        typed = row.typed
        search_id = _search_id(typed, now)
        nothing = row.searched if row.surety is Surety.NOTHING else 0
        unsure = row.searched if row.surety is Surety.FAINT else 0
        db.session.execute(
            update(FinderSearch)
            .where(FinderSearch.id == search_id)
            .values(
                searched=FinderSearch.searched + row.searched,
                found_nothing=FinderSearch.found_nothing + nothing,
                unsure=FinderSearch.unsure + unsure,
                chosen=FinderSearch.chosen + sum(row.chosen.values()),
                last_month=month_of(now),
            )
        )
        db.session.execute(
            update(FinderSearch)
            .where(FinderSearch.id == search_id, FinderSearch.searched >= READABLE_FROM)
            .values(phrase=typed.phrase)
        )
        for code, number in sorted(row.chosen.items()):
            _add_choice(search_id, code, number)
    db.session.expire_all()


def _search_id(typed: Typed, now: datetime) -> int:
    query = select(FinderSearch.id).where(FinderSearch.digest == typed.digest)
    number = db.session.scalar(query)
    if number is not None:
        return number
    row = FinderSearch(
        edition=typed.edition,
        language=typed.language,
        digest=typed.digest,
        searched=0,
        found_nothing=0,
        unsure=0,
        chosen=0,
        last_month=month_of(now),
    )
    try:
        with db.session.begin_nested():
            db.session.add(row)
        return row.id
    except IntegrityError:  # another process was first
        return db.session.scalars(query).one()


def _add_choice(search_id: int, code: str, number: int) -> None:
    more = (
        update(FinderChoice)
        .where(FinderChoice.search_id == search_id, FinderChoice.code == code)
        .values(chosen=FinderChoice.chosen + number)
    )
    # The row of the search is ours until the end of the transaction, so nobody else adds one.
    if not _rows(db.session.execute(more)):
        db.session.add(FinderChoice(search_id=search_id, code=code, chosen=number))
        db.session.flush()


def month_of(moment: datetime) -> datetime:
    """Return the first moment of the month (WIT) in which a moment lies."""
    local = moment.astimezone(WIT)
    return datetime(local.year, local.month, 1, tzinfo=WIT).astimezone(UTC)


def month_text(month: datetime) -> str:
    """Return a month as YYYY-MM."""
    return f"{month.astimezone(WIT):%Y-%m}"


# Corrections


def note_corrected(dossier: Dossier, items: Iterable[CorrectionTarget], now: datetime) -> None:
    """Count each activity that an office gave back and the person mended to another code."""
    changes: dict[int, tuple[str, str]] = {}
    for item in items:
        target = parse_target(item.target)
        if not isinstance(target, StepTarget) or target.step is not StepName.ACTIVITY:
            continue
        before = json.loads(item.before)["answers"] if item.before else {}
        activity = activity_at(dossier, target.position)
        was, now_is = before.get("kbli_code"), activity.kbli_code
        same_list = before.get("kbli_year") == activity.kbli_year == KBLI_NOW
        if same_list and was and now_is and was != now_is:
            changes[target.position] = (was, now_is)
    for from_code, to_code in changes.values():
        _count_correction(from_code, to_code, now)


def _count_correction(from_code: str, to_code: str, now: datetime) -> None:
    more = (
        update(FinderCorrection)
        .where(
            FinderCorrection.edition == KBLI_NOW,
            FinderCorrection.from_code == from_code,
            FinderCorrection.to_code == to_code,
        )
        .values(corrected=FinderCorrection.corrected + 1, last_month=month_of(now))
    )
    if _rows(db.session.execute(more)):
        return
    row = FinderCorrection(
        edition=KBLI_NOW,
        from_code=from_code,
        to_code=to_code,
        corrected=1,
        last_month=month_of(now),
    )
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:
        db.session.execute(more)


def corrections(limit: int | None = None, edition: int = KBLI_NOW) -> list[FinderCorrection]:
    """Return what was mended, the most frequent first."""
    query = select(FinderCorrection).where(FinderCorrection.edition == edition)
    query = query.order_by(FinderCorrection.corrected.desc(), FinderCorrection.id)
    return list(db.session.scalars(query.limit(limit)))


# Lists for staff


class SearchList(StrEnum):
    """Which searches to look at. LEFT: something was found and nobody chose it."""

    ALL = "all"
    NOT_FOUND = "not_found"
    LEFT = "left"
    UNSURE = "unsure"


_LEFT = FinderSearch.searched - FinderSearch.found_nothing - FinderSearch.chosen
_NUMBERS: Final = {
    SearchList.ALL: FinderSearch.searched,
    SearchList.NOT_FOUND: FinderSearch.found_nothing,
    SearchList.LEFT: _LEFT,
    SearchList.UNSURE: FinderSearch.unsure,
}


def searches(
    which: SearchList, limit: int | None = None, edition: int = KBLI_NOW
) -> list[FinderSearch]:
    """Return readable phrases, the most frequent first.

    Those that were added to an activity since are left out, except of ALL.
    """
    number = _NUMBERS[which]
    query = select(FinderSearch).where(
        FinderSearch.edition == edition, FinderSearch.phrase.is_not(None), number > 0
    )
    if which is not SearchList.ALL:
        taught = select(FinderWord.phrase).where(
            FinderWord.edition == edition, FinderWord.retired_at.is_(None)
        )
        query = query.where(FinderSearch.phrase.not_in(taught))
    return list(db.session.scalars(query.order_by(number.desc(), FinderSearch.id).limit(limit)))


def find_search(search_id: int) -> FinderSearch | None:
    """Return one readable search."""
    row = db.session.get(FinderSearch, search_id)
    return row if row is not None and row.phrase is not None else None


def unreadable(edition: int = KBLI_NOW) -> int:
    """Return how many phrases were typed too seldom to be read."""
    query = select(func.count()).where(
        FinderSearch.edition == edition, FinderSearch.phrase.is_(None)
    )
    return db.session.scalar(query) or 0


def _rows(result: object) -> int:
    return int(result.rowcount)  # type: ignore[attr-defined]
