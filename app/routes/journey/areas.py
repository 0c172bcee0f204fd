"""Lists of areas to choose from."""

from __future__ import annotations

from app.domain.law.sorong import KABUPATEN_SORONG, KOTA_SORONG
from app.services.reference.book import get_book


def sorong_groups() -> list[tuple[str, list[tuple[str, str]]]]:
    book = get_book()
    by_regency: dict[str, list[tuple[str, str]]] = {KABUPATEN_SORONG: [], KOTA_SORONG: []}
    for area in book.districts():
        by_regency[area.code[:4]].append((area.code, area.name))
    return [
        ("Kabupaten Sorong", sorted(by_regency[KABUPATEN_SORONG], key=lambda pair: pair[1])),
        ("Kota Sorong", sorted(by_regency[KOTA_SORONG], key=lambda pair: pair[1])),
    ]


def villages(district: str) -> list[tuple[str, list[tuple[str, str]]]]:
    found = sorted((area.name, area.code) for area in get_book().villages(district))
    return [("", [(code, name) for name, code in found])] if found else []
