"""The KBLI finder: everyday words in, codes out, whatever is typed."""

from __future__ import annotations

import csv
import time
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.finder import (
    BadFinderLanguage,
    Finder,
    language_from_table,
    modern_spelling,
    split_words,
    squeeze,
)
from app.domain.reference_types import KbliEntry
from app.reference import FOLDER

WORDINGS = Path(__file__).parent.parent / "data" / "kbli_wordings.csv"


def read(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def language():
    return language_from_table(tomllib.loads((FOLDER / "words" / "language.toml").read_text()))


@pytest.fixture(scope="module")
def entries():
    own = {
        line["code"]: line
        for path in sorted((FOLDER / "words").glob("kbli2025_*.csv"))
        for line in read(path)
    }
    found = []
    for line in read(FOLDER / "kbli2025.csv"):
        mine = own.get(line["code"], {})
        found.append(
            KbliEntry(
                2025,
                line["code"],
                line["title_id"],
                line["category"],
                mine.get("name_en"),
                mine.get("plain_id"),
                mine.get("plain_en"),
                tuple(word for word in mine.get("words", "").split(";") if word),
            )
        )
    return found


@pytest.fixture(scope="module")
def finder(entries, language):
    return Finder(entries, language)


def codes(finder, query, limit=5):
    return [hit.entry.code for hit in finder.search(query, limit)]


def test_everyday_wordings_are_found(finder):
    lines = read(WORDINGS)
    known = {line["code"] for line in read(FOLDER / "kbli2025.csv")}
    hits = first = 0
    missed = []
    for line in lines:
        wanted = {line["best"], *line["acceptable"].split("|")}
        assert wanted <= known, f"{line['query']}: no such code"
        found = codes(finder, line["query"])
        first += bool(found) and found[0] in wanted
        if wanted & set(found):
            hits += 1
        else:
            missed.append((line["query"], found))
    assert len(lines) >= 80
    assert hits / len(lines) >= 0.85, missed
    assert first / len(lines) >= 0.75, missed


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("jual ikan", "JUAL   IKAN!!!"),
        ("jual ikan", "saya mau jual ikan di Sorong"),
        ("jual ikan", "jualll ikannn"),
        ("jual ikan", "sa mo jual ikan"),
        ("cuci motor", "tjoetji motor"),
        ("londri kiloan", "laundry kiloan"),
    ],
)
def test_ways_of_writing_the_same(finder, one, other):
    assert codes(finder, one)[:3] == codes(finder, other)[:3] != []


@pytest.mark.parametrize(
    ("form", "root"),
    [
        ("penjahit", "jahit"),
        ("menjahit", "jahit"),
        ("jahitan", "jahit"),
        ("pengecatan", "cat"),
        ("pengelasan", "las"),
        ("penyewaan", "sewa"),
        ("mengolah", "olah"),
        ("penjualan", "jual"),
        ("bedak", "bedak"),
        ("ikan", "ikan"),
        ("kelas", "kelas"),
    ],
)
def test_affixes_are_cut_only_where_a_root_remains(finder, form, root):
    assert finder._root(form) == root


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("bengkl motor", "95320"),
        ("homstey", "55201"),
        ("rumahmakan", "56101"),
        ("laundr", "96100"),
        ("penggergjian", "16101"),
    ],
)
def test_slips_are_mended(finder, query, wanted):
    assert wanted in codes(finder, query)


@pytest.mark.parametrize(
    ("query", "division"),
    [
        ("jual ikan", "47"),
        ("agen ikan partai besar", "46"),
        ("tangkap ikan", "03"),
        ("budidaya ikan", "03"),
        ("olah ikan", "10"),
        ("jual motor", "47"),
        ("bengkel motor", "95"),
        ("rental motor", "77"),
        ("jual mesin jahit", "47"),
        ("servis mesin jahit", "33"),
    ],
)
def test_what_one_does_with_a_thing_decides(finder, query, division):
    assert codes(finder, query)[0].startswith(division)


def test_digits_are_the_beginning_of_a_code(finder):
    assert codes(finder, "47112") == ["47112"]
    assert all(code.startswith("561") for code in codes(finder, "561"))
    assert codes(finder, "4 7 1 1 2") == ["47112"]


def test_a_hit_says_which_words_it_answers_to(finder):
    hit = finder.search("jual pinang di zzzzzzzz")[0]
    assert "pinang" in hit.matched
    assert "zzzzzzzz" not in hit.matched


def test_scores_fall_and_nothing_comes_twice(finder):
    hits = finder.search("jual ikan segar di pasar", 10)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert len({hit.entry.code for hit in hits}) == len(hits) <= 10


@pytest.mark.parametrize("limit", [0, -1])
def test_no_limit_no_hit(finder, limit):
    assert finder.search("ikan", limit) == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "🐟🐟🐟",
        "<script>alert(1)</script>",
        "'; DROP TABLE kbli; --",
        "a" * 10_000,
        "jual ikan " * 1_000,
        "yang di ke",
        "\x00\ud800",
        "٣٤٥",
        "²³¹",
        "12345678901234567890",
        "魚を売る",
        "%s %(x)s {0}",
    ],
)
def test_any_text_is_answered_quickly(finder, text):
    began = time.perf_counter()
    finder.search(text)
    assert time.perf_counter() - began < 0.5


@settings(max_examples=150, deadline=None)
@given(text=st.text(max_size=80), limit=st.integers(-2, 12))
def test_never_raises_and_never_gives_too_many(finder, text, limit):
    assert len(finder.search(text, limit)) <= max(limit, 0)


def test_same_question_same_answer(entries, language, finder):
    again = Finder(entries, language)
    for query in ("jual ikan", "bengkl", "kebun sayur organik"):
        assert again.search(query) == finder.search(query)


def test_queries_do_not_fill_the_memory(finder):
    before = (len(finder._roots), len(finder._forms))
    for number in range(200):
        finder.search(f"katabaru{number} xq{number}z")
    after = (len(finder._roots), len(finder._forms))
    # Roots of index words may be looked up late; made-up words must not stay.
    assert after[1] == before[1]
    assert after[0] - before[0] < 20


def test_searching_is_fast(finder):
    queries = [line["query"] for line in read(WORDINGS)]
    spent = []
    for query in queries:
        began = time.perf_counter()
        finder.search(query)
        spent.append(time.perf_counter() - began)
    # Far above what it takes (below 2 ms), so that a busy machine does not fail the test.
    assert sorted(spent)[int(len(spent) * 0.95)] < 0.05


def test_no_entries_no_hits(language):
    assert Finder([], language).search("ikan") == []


def test_letters():
    assert split_words("Café, És-Teh & kopi_susu") == ["cafe", "es", "teh", "kopi", "susu"]
    assert squeeze("kiosss") == "kios"
    assert squeeze("47112") == "47112"
    assert modern_spelling("soesoe") == "susu"
    assert modern_spelling("djahit") == "jahit"


GOOD = {
    "lists": {"stopwords": [], "weak": [], "roots": [], "kept": []},
    "spelling": {},
    "synonyms": {},
    "roles": {},
    "demoted": {},
}


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"lists": []}, "lists"),
        ({"lists": {"stopwords": [1]}}, "lists.stopwords"),
        ({"spelling": {"ikan": "ikn"}}, "spelling.ikan"),
        ({"synonyms": {"ikan": [2]}}, "synonyms.ikan"),
        ({"roles": {"sell": {"verbs": ["jual"]}}}, "roles.sell.prefers"),
        ({"roles": {"sell": 1}}, "roles.sell"),
        ({"demoted": {"46": True}}, "demoted.46"),
    ],
)
def test_a_malformed_language_names_the_part(change, key):
    with pytest.raises(BadFinderLanguage) as caught:
        language_from_table({**GOOD, **change})
    assert caught.value.key == key
