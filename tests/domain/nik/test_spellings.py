"""Other spellings of a name: plausible, valid, different, few, and always in the same order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.nik.spellings import VARIANTS_AT_MOST, name_variants
from app.domain.written.person import PersonNameError, comparable_name, parse_name


@pytest.mark.parametrize(
    ("typed", "on_the_card"),
    [
        ("Dr. Yosina Praktik, S.Pd", "Yosina Praktik"),
        ("Dr. Yosina Praktik, S.Pd", "Yosina Praktik, S.Pd"),
        ("Dr. Yosina Praktik, S.Pd", "Dr. Yosina Praktik"),
        ("Yosina Praktik S.Pd", "Yosina Praktik, S.Pd"),
        ("Ir. H. Petrus Praktik, S.E., M.Si.", "Petrus Praktik"),
        ("Hj. Contohwati", "Contohwati"),
        ("Muh. Ilham Contoh", "Muhammad Ilham Contoh"),
        ("M. Latihan", "Muhammad Latihan"),
        ("H. Muh. Ilham Contoh", "Muhammad Ilham Contoh"),
        ("Muhammad Latihan", "Muh. Latihan"),
        ("Muhammad Latihan", "Moh. Latihan"),
        ("Muhammad Latihan", "M. Latihan"),
        ("Abd. Latihan", "Abdul Latihan"),
        ("Siti Contoh", "St. Contoh"),
        ("Praktik Yosina", "Yosina Praktik"),
        ("Anna Maria Praktik", "Praktik Anna Maria"),
        ("Praktik Anna Maria", "Anna Maria Praktik"),
        ("Johannes Praktik", "Yohannes Praktik"),
        ("Johannes Praktik", "Johanes Praktik"),
        ("Johannes Praktik", "Yohanes Praktik"),
        ("Djoko Soekarno", "Joko Sukarno"),
        ("Sjarif Contoh", "Syarif Contoh"),
        ("Cecilia Tjontoh", "Cecilia Contoh"),
        ("Yusuf Latihan", "Jusuf Latihan"),
        ("Susy Contoh", "Susi Contoh"),
        ("Susi Contoh", "Susy Contoh"),
        ("Ma'ruf Latihan", "Maruf Latihan"),
        ("Ma’ruf Latihan", "Maruf Latihan"),
        ("Anna-Maria Praktik", "Anna Maria Praktik"),
        ("SJARIF DJAMALUDDIN", "SYARIF JAMALUDDIN"),
    ],
)  # fmt: skip
def test_the_spelling_on_the_card_is_among_them(typed, on_the_card):
    assert on_the_card in name_variants(typed)


def test_titles_come_first_because_the_registry_forgives_them_least():
    assert name_variants("Dr. Johannes Praktik, S.Pd")[0] == "Johannes Praktik"
    assert name_variants("M. Johannes")[0] == "Muhammad Johannes"


@pytest.mark.parametrize("name", ["Simon Contoh", "Mina Latihan", "Abraham Se", "Sri Am"])
def test_a_name_is_not_taken_for_a_title(name):
    first, last = name.split()
    alone = {comparable_name(first), comparable_name(last)}
    assert not alone & {comparable_name(each) for each in name_variants(name)}


def test_a_name_that_is_only_a_title_is_left_whole():
    assert "" not in name_variants("Dr.")
    assert all(each.strip(" .,") for each in name_variants("H. Dr."))


def names() -> st.SearchStrategy[str]:
    parts = ["dr.", "H.", "Muh.", "M.", "Yosina", "SJARIF", "Tjontoh", "Anna-Maria", "Ma'ruf"]
    parts += ["S.Pd", "S.E.,", ",", "oe", "É", "ny", "yy", "'", "-", "."]
    word = st.sampled_from(parts) | st.text("aeioucdjnstyzhABCDJSTY'’-.,éß", max_size=12)
    return st.lists(word, min_size=1, max_size=6).map(" ".join)


@given(names() | st.text(max_size=60), st.integers(0, 9))
def test_they_are_always_valid_different_and_few(name, at_most):
    found = name_variants(name, at_most=at_most)
    assert len(found) <= at_most
    keys = [comparable_name(each) for each in found]
    assert len(set(keys)) == len(keys)
    assert comparable_name(name) not in keys
    for each in found:
        assert parse_name(each) == each
    assert name_variants(name, at_most=at_most) == found


@given(names())
def test_fewer_are_the_first_of_more(name):
    assert name_variants(name, at_most=3) == name_variants(name)[:3]
    assert len(name_variants(name)) <= VARIANTS_AT_MOST


@given(st.text("abcdefghij.,'- ", min_size=90, max_size=100))
def test_a_long_name_never_grows_too_long(name):
    try:
        parse_name(name)
    except PersonNameError:
        return
    assert all(len(each) <= 100 for each in name_variants(name))
