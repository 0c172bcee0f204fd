"""One place under two numbers: Papua Barat Daya was numbered anew in 2022 (92.01 became 96.01).

The public guide names the older list, and which one OSS uses today is not known; both are read as
one place, and what we send uses the one that the setting OSS_AREA_CODES names.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from app.services.reference.book import get_book

PROVINCE = "96"
_LENGTHS = (10, 6, 4)
_DIGITS = 10


def before_2022(code: str) -> str:
    """Return the number that a place had; the wider area where it has none of its own."""
    return _other(code, _numbers()[0])


def since_2022(code: str) -> str:
    """Return the number that a place has now, as far as the older one is known."""
    return _other(code, _numbers()[1])


def both(code: str) -> tuple[str, ...]:
    """Return a place under its present number first, then under its old one."""
    now = since_2022(code)
    return tuple(dict.fromkeys((now, before_2022(now), code)))


def _other(code: str, numbers: Mapping[str, str]) -> str:
    for length in _LENGTHS:
        found = numbers.get(code[:length])
        if found:
            return found.ljust(_DIGITS, "0")
    return code


def _numbers() -> tuple[Mapping[str, str], Mapping[str, str]]:
    return _read(get_book().fingerprint)


@lru_cache(maxsize=1)
def _read(_fingerprint: object) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Return old numbers by new ones, and new ones by old ones, of the areas that are loaded."""
    book = get_book()
    changed: dict[str, str] = {}
    for regency in book.regencies(PROVINCE):
        areas = [regency]
        for district in book.districts(regency.code):
            areas += [district, *book.villages(district.code)]
        changed |= {each.code: each.old_code for each in areas if each.old_code}
    return changed, {old: new for new, old in changed.items()}
