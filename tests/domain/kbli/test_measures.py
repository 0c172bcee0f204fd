"""Measures of a search, and the two plain searches it is held against."""

from __future__ import annotations

import pytest

from app.domain.kbli.measures import (
    BadWordings,
    TitleBm25,
    TitleSubstring,
    Wording,
    answers,
    percentile,
    quality,
    wordings_from_table,
)
from app.domain.law.rows import KbliEntry

ENTRIES = [
    KbliEntry(2025, "47215", "Perdagangan Eceran Hasil Perikanan", "G"),
    KbliEntry(2025, "47214", "Perdagangan Eceran Hasil Peternakan", "G"),
    KbliEntry(2025, "03110", "Penangkapan Ikan di Laut", "A"),
]


def line(**change):
    return {"query": "ikan", "lang": "id", "best": "47215", "acceptable": "47215|03110", **change}


def test_a_table_of_wordings():
    with_kind, without = wordings_from_table([line(kind="word"), line(acceptable="")])
    assert with_kind == Wording(
        "ikan", "id", frozenset({"47215"}), frozenset({"47215", "03110"}), "word"
    )
    assert (without.acceptable, without.kind) == (frozenset({"47215"}), "")


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"query": " "}, "query"),
        ({"lang": None}, "lang"),
        ({"best": ""}, "best"),
        ({"best": "4721"}, "4721"),
        ({"acceptable": "47215|abcde"}, "abcde"),
        ({"acceptable": "\u0664\u0667\u0661\u0661\u0662"}, "\u0664\u0667\u0661\u0661\u0662"),
    ],
)
def test_a_malformed_line_is_named(change, key):
    with pytest.raises(BadWordings) as caught:
        wordings_from_table([line(), line(**change)])
    assert (caught.value.line, caught.value.key) == (3, key)


def test_quality():
    wordings = wordings_from_table([line(), line(), line(), line()])
    found = [["47215"], ["03110", "47215"], ["1", "2", "3", "03110"], []]
    measured = quality(wordings, found)
    assert measured.count == 4
    assert measured.hit == {1: 0.5, 3: 0.5, 5: 0.75, 10: 0.75}
    assert measured.best_first == 0.25
    assert measured.mrr == (1 + 1 + 0.25) / 4
    assert measured.nothing == 0.25


def test_quality_of_nothing_is_zero():
    measured = quality([], [])
    assert (measured.count, measured.hit[1], measured.mrr, measured.nothing) == (0, 0, 0, 0)


def test_answers_asks_for_ten():
    asked = []
    assert answers(wordings_from_table([line()]), lambda *of: asked.append(of) or ["1"]) == [["1"]]
    assert asked == [("ikan", 10)]


@pytest.mark.parametrize(("share", "value"), [(0.5, 2), (0.95, 4), (1, 4), (0, 1)])
def test_percentile(share, value):
    assert percentile([4, 1, 3, 2], share) == value


def test_percentile_of_nothing():
    assert percentile([], 0.5) == 0


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("hasil", ["47214", "47215"]),
        ("  IKAN   di laut", ["03110"]),
        ("jual ikan", []),
        ("", []),
    ],
)
def test_title_substring(query, wanted):
    assert TitleSubstring(ENTRIES).search(query) == wanted


def test_title_bm25():
    search = TitleBm25(ENTRIES).search
    assert search("ikan laut") == ["03110"]
    assert search("hasil perikanan") == ["47215", "47214"]
    assert search("hasil perikanan", 1) == ["47215"]
    assert search("motor") == []
    assert TitleBm25([]).search("ikan") == []
