"""OSS's own lists of codes (getDataReferensi): what a code means that we do not know.

A list is asked for when such a code comes, at most once a day, and kept with the moment at which
OSS told it. While OSS is silent, or its list lacks the code, people read the code alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select

from app.adapters.oss.reading import WORDS_AT_MOST
from app.adapters.oss.results import LicensingResult, ReferenceEntry
from app.adapters.oss.said import CODE_AT_MOST
from app.extensions import db
from app.models.oss_notice import OssCode

LICENCE_STATUS, NIB_STATUS, SECTOR = 10, 14, 20
AGAIN_AFTER = timedelta(days=1)
_KEPT_AT_MOST = 500


def words_for(number: int, code: str) -> str:
    """Return OSS's own words for a code of one of its lists, "" where none are known."""
    row = db.session.get(OssCode, (number, code))
    return row.words if row is not None else ""


def told_at(number: int) -> datetime | None:
    """Return when OSS last told a list; None where it never did."""
    query = select(func.max(OssCode.told_at)).where(OssCode.number == number)
    return db.session.scalar(query)


def wanted(result: LicensingResult, now: datetime) -> list[int]:
    """Return the lists in which a code of this answer may be explained, and that are not new."""
    numbers = []
    if any(each.code and not each.words for each in result.licences):
        numbers.append(LICENCE_STATUS)
    if result.nib_code:
        numbers.append(NIB_STATUS)
    return [n for n in numbers if (at := told_at(n)) is None or at < now - AGAIN_AFTER]


def keep(number: int, entries: Iterable[ReferenceEntry], now: datetime) -> None:
    """Keep a list as OSS tells it now, in place of what it told before."""
    found: dict[str, str] = {}
    for each in entries:
        if each.code and len(each.code) <= CODE_AT_MOST and len(found) < _KEPT_AT_MOST:
            found.setdefault(each.code, each.words[:WORDS_AT_MOST])
    if not found:
        return
    db.session.execute(delete(OssCode).where(OssCode.number == number))
    db.session.add_all(
        OssCode(number=number, code=code, words=words, told_at=now) for code, words in found.items()
    )
    db.session.flush()


def with_words(result: LicensingResult) -> LicensingResult:
    """Return an answer with the words of the list, where OSS gave none with a code."""
    return replace(
        result,
        licences=tuple(
            replace(each, words=words_for(LICENCE_STATUS, each.code))
            if each.code and not each.words
            else each
            for each in result.licences
        ),
    )
