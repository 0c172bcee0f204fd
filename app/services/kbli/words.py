"""Words that staff add to activities, beside those of the reference files; at work at once.

Rows are never deleted: taking a word out dates it, putting it back writes a new row. Every change
takes the next version, so that each process sees with one small query whether it is up to date.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from app import clock
from app.adapters.workbook import text_workbook
from app.domain.kbli.learning import (
    AddedBy,
    PhraseError,
    PhraseProblem,
    phrase_to_add,
    plain_phrase,
)
from app.domain.law.editions import KBLI_NOW
from app.extensions import db
from app.models.learning.finder import FinderWord
from app.services.reference.book import get_book

WORDS_AT_MOST: Final = 5000  # every process holds them all; the reference files have as many
COLUMNS: Final = ("edition", "code", "phrase")
_TRIES: Final = 5

Mark = tuple[int, datetime | None, datetime | None]
T = TypeVar("T")


class NoSuchWord(LookupError):
    """There is no such word, or it was taken out before."""


class BadWordFile(ValueError):
    """A file of words cannot be taken. line: number in the file, the heading is 1.

    problem: of one phrase, or a sentence for staff.
    """

    def __init__(self, line: int, problem: PhraseProblem | str) -> None:
        super().__init__(f"line {line}: {problem}")
        self.line = line
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did. there: lines that were in use before."""

    added: int
    there: int


def mark(edition: int = KBLI_NOW) -> Mark:
    """Return what changes whenever a word of the edition does."""
    row = db.session.execute(
        select(FinderWord.version, FinderWord.added_at, FinderWord.retired_at)
        .where(FinderWord.edition == edition)
        .order_by(FinderWord.version.desc())
        .limit(1)
    ).first()
    return (0, None, None) if row is None else (row[0], row[1], row[2])


def phrases(edition: int = KBLI_NOW) -> dict[str, tuple[str, ...]]:
    """Return code -> added phrases in use."""
    found: dict[str, tuple[str, ...]] = {}
    for word in in_use(edition):
        found[word.code] = (*found.get(word.code, ()), word.phrase)
    return found


def in_use(edition: int = KBLI_NOW, limit: int | None = None, offset: int = 0) -> list[FinderWord]:
    """Return the words in use, the newest first."""
    query = select(FinderWord).where(FinderWord.edition == edition, FinderWord.retired_at.is_(None))
    return list(
        db.session.scalars(query.order_by(FinderWord.id.desc()).limit(limit).offset(offset))
    )


def retired(edition: int = KBLI_NOW, limit: int | None = None) -> list[FinderWord]:
    """Return words that were taken out and not put back, the latest first; each once."""
    again = select(FinderWord.id).where(
        FinderWord.edition == edition, FinderWord.retired_at.is_(None)
    )
    newest = (
        select(func.max(FinderWord.id))
        .where(FinderWord.edition == edition)
        .group_by(FinderWord.code, FinderWord.phrase)
    )
    query = select(FinderWord).where(FinderWord.id.in_(newest), FinderWord.id.not_in(again))
    return list(db.session.scalars(query.order_by(FinderWord.version.desc()).limit(limit)))


def add(
    code: str, text: str, *, by: AddedBy, edition: int = KBLI_NOW, at: datetime | None = None
) -> FinderWord:
    """Add a phrase to an activity; at work in every process from the commit on.

    Raises PhraseError: what phrase_to_add raises, UNKNOWN_CODE, THERE, FULL.
    """
    phrase = phrase_to_add(text)
    entry = get_book().kbli(edition, code)
    if entry is None:
        raise PhraseError(PhraseProblem.UNKNOWN_CODE)
    if phrase in {plain_phrase(own) for own in entry.words} or _find(edition, code, phrase):
        raise PhraseError(PhraseProblem.THERE)
    if _count(edition) >= WORDS_AT_MOST:
        raise PhraseError(PhraseProblem.FULL)
    now = at or clock.now()

    def write(version: int) -> FinderWord:
        word = FinderWord(
            edition=edition,
            code=code,
            phrase=phrase,
            added_at=now,
            added_by=by,
            version=version,
        )
        db.session.add(word)
        return word

    try:
        return _with_next_version(write)
    except IntegrityError as error:
        # Somebody added the same at the same moment.
        if _find(edition, code, phrase):
            raise PhraseError(PhraseProblem.THERE) from error
        raise


def retire(word_id: int, at: datetime | None = None) -> FinderWord:
    """Take a word out of use. Raises NoSuchWord."""
    word = _get(word_id)
    if word.retired_at is not None:
        raise NoSuchWord(word_id)

    def write(version: int) -> FinderWord:
        word.retired_at = at or clock.now()
        word.version = version
        return word

    return _with_next_version(write)


def put_back(word_id: int, *, by: AddedBy) -> FinderWord:
    """Undo taking a word out, as a new row. Raises NoSuchWord, or PhraseError as add does."""
    word = _get(word_id)
    if word.retired_at is None:
        raise NoSuchWord(word_id)
    return add(word.code, word.phrase, by=by, edition=word.edition)


def to_csv(edition: int = KBLI_NOW) -> str:
    """Return the words in use as a table, by code and phrase, to keep or carry elsewhere."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(COLUMNS)
    table.writerows(_in_order(edition))
    return out.getvalue()


def to_workbook(edition: int = KBLI_NOW) -> bytes:
    """Return the words in use as XLSX, to look through: there a code keeps its zeros."""
    return text_workbook("Kata", ("Edisi KBLI", "KBLI", "Kata"), _in_order(edition))


def _in_order(edition: int) -> list[tuple[str, str, str]]:
    words = sorted(in_use(edition), key=lambda word: (word.code, word.phrase))
    return [(str(word.edition), word.code, word.phrase) for word in words]


def from_csv(lines: Iterable[str], edition: int = KBLI_NOW) -> Imported:
    """Add the words of a table as to_csv writes it; what is in use already stays as it is.

    Nothing is kept of a file with a mistake when the caller rolls back. Raises BadWordFile.
    """
    table = csv.DictReader(lines)
    if not set(COLUMNS) <= set(table.fieldnames or ()):
        raise BadWordFile(1, f"the columns are {', '.join(COLUMNS)}")
    added = there = 0
    for row in table:
        if row["edition"] != str(edition):
            raise BadWordFile(table.line_num, f"the edition is not {edition}")
        try:
            add((row["code"] or "").strip(), row["phrase"] or "", by=AddedBy.FILE, edition=edition)
            added += 1
        except PhraseError as error:
            if error.problem is not PhraseProblem.THERE:
                raise BadWordFile(table.line_num, error.problem) from error
            there += 1
    return Imported(added, there)


def names(words: Sequence[FinderWord]) -> dict[str, str]:
    """Return code -> official title, for the codes that are still known."""
    book = get_book()
    found = {word.code: book.kbli(word.edition, word.code) for word in words}
    return {code: entry.title_id for code, entry in found.items() if entry is not None}


def _get(word_id: int) -> FinderWord:
    word = db.session.get(FinderWord, word_id, with_for_update=True)
    if word is None:
        raise NoSuchWord(word_id)
    return word


def _find(edition: int, code: str, phrase: str) -> bool:
    query = select(FinderWord.id).where(
        FinderWord.edition == edition,
        FinderWord.code == code,
        FinderWord.phrase == phrase,
        FinderWord.retired_at.is_(None),
    )
    return db.session.scalar(query) is not None


def _count(edition: int) -> int:
    query = select(func.count()).where(
        FinderWord.edition == edition, FinderWord.retired_at.is_(None)
    )
    return db.session.scalar(query) or 0


def _with_next_version(write: Callable[[int], T]) -> T:
    """Write with the next version; where another took it at the same moment, with the one after.

    The unique key makes the second wait for the first, so versions appear in their order.
    """
    for left in range(_TRIES, 0, -1):
        version = (db.session.scalar(select(func.max(FinderWord.version))) or 0) + 1
        try:
            with db.session.begin_nested():
                found = write(version)
                db.session.flush()
            return found
        except IntegrityError:
            if left == 1:
                raise
    raise AssertionError
