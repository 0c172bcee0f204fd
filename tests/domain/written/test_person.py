import unicodedata
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.written.person import (
    AgeError,
    AgeProblem,
    NameProblem,
    PersonNameError,
    Sex,
    age_on,
    check_birth_date,
    comparable_name,
    mask_name,
    parse_name,
)

TODAY = date(2026, 11, 23)


def test_sexes_have_the_letters_of_the_card():
    assert [sex.value for sex in Sex] == ["L", "P"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Contoh", "Contoh"),
        ("  Contoh \u00a0 Satu\t", "Contoh Satu"),
        ("Ma'ruf Contoh", "Ma'ruf Contoh"),
        ("Ma’ruf", "Ma’ruf"),
        ("Ma‘ruf", "Ma’ruf"),
        ("Anna-Maria", "Anna-Maria"),
        ("Anna–Maria", "Anna-Maria"),
        ("M. Contoh, S.E.", "M. Contoh, S.E."),
        ("Jose\u0301 Contoh", "José Contoh"),
        ("Ñandú Öztürk", "Ñandú Öztürk"),
        ("王小明", "王小明"),
        ("عبد الله", "عبد الله"),
        ("नमूना", "नमूना"),
        ("X", "X"),
        ("Con\u200btoh", "Contoh"),
        ("A" * 100, "A" * 100),
        ("e\u0301" * 100, "é" * 100),
    ],
)
def test_names_are_taken_as_on_the_card(text, name):
    assert parse_name(text) == name


@pytest.mark.parametrize(
    ("text", "character"),
    [
        ("Contoh 2", "2"),
        ("٣ Contoh", "٣"),
        ("Contoh２", "２"),
        ("Contoh 🙂!", "🙂"),
        ("❤\ufe0f Contoh", "❤"),
        ("<script>alert(1)</script>", "<"),
        ("Contoh & Satu", "&"),
        ("Contoh_Satu", "_"),
        ("Contoh/Satu", "/"),
        ('"Contoh"', '"'),
        ("A \u0301b", "\u0301"),
    ],
)
def test_the_first_odd_character_is_named(text, character):
    with pytest.raises(PersonNameError) as caught:
        parse_name(text)
    assert caught.value.problem is NameProblem.ODD_CHARACTER
    assert caught.value.character == character


@pytest.mark.parametrize(
    ("text", "problem", "length"),
    [
        ("", NameProblem.EMPTY, None),
        ("\u00a0 \n", NameProblem.EMPTY, None),
        ("-", NameProblem.NO_LETTER, None),
        ("., '’", NameProblem.NO_LETTER, None),
        ("A" * 101, NameProblem.TOO_LONG, 101),
        ("Ab " * 10_000, NameProblem.TOO_LONG, 29_999),
        ("<" * 10_000, NameProblem.TOO_LONG, 10_000),
    ],
)
def test_what_is_no_name_is_told_apart(text, problem, length):
    with pytest.raises(PersonNameError) as caught:
        parse_name(text)
    assert (caught.value.problem, caught.value.length) == (problem, length)


def test_errors_never_repeat_the_answer():
    with pytest.raises(PersonNameError) as caught:
        parse_name("Contoh 2")
    assert str(caught.value) == "odd_character"


@settings(deadline=None)
@given(st.text(st.characters(categories=["L", "M", "Zs", "Po", "Pd"]), max_size=110))
def test_any_text_is_a_tidy_name_or_a_problem(text):
    with suppress(PersonNameError):
        name = parse_name(text)
        assert name == " ".join(name.split()) == parse_name(name)
        assert name == unicodedata.normalize("NFC", name)
        assert 1 <= len(name) <= 100
        assert comparable_name(comparable_name(name)) == comparable_name(name)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Contoh  Satu", " contoh SATU"),
        ("Ma’ruf", "MA'RUF"),
        ("José", "Jose\u0301"),
        ("Ｃontoh", "contoh"),
    ],
)
def test_spellings_of_one_name_compare_equal(one, other):
    assert comparable_name(one) == comparable_name(other)


@pytest.mark.parametrize(("one", "other"), [("Contoh A.", "Contoh A"), ("Yusuf", "Jusuf")])
def test_different_spellings_stay_different(one, other):
    assert comparable_name(one) != comparable_name(other)


@pytest.mark.parametrize(
    ("on", "age"),
    [
        (date(1990, 8, 16), -1),
        (date(1990, 8, 17), 0),
        (date(2007, 8, 16), 16),
        (date(2007, 8, 17), 17),
        (date(2026, 11, 23), 36),
    ],
)
def test_age_changes_on_the_birthday(on, age):
    assert age_on(date(1990, 8, 17), on) == age


@pytest.mark.parametrize(
    ("on", "age"), [(date(2025, 2, 28), 16), (date(2025, 3, 1), 17), (date(2024, 2, 29), 16)]
)
def test_born_on_29_february(on, age):
    assert age_on(date(2008, 2, 29), on) == age


@pytest.mark.parametrize("birth_date", [date(2009, 11, 23), date(1990, 8, 17), date(1905, 11, 24)])
def test_from_17_to_120_may_apply(birth_date):
    check_birth_date(birth_date, TODAY)


@pytest.mark.parametrize(
    ("birth_date", "problem", "age_years"),
    [
        (date(2026, 11, 24), AgeProblem.IN_FUTURE, -1),
        (date(2026, 11, 23), AgeProblem.TOO_YOUNG, 0),
        (date(2009, 11, 24), AgeProblem.TOO_YOUNG, 16),
        (date(1905, 11, 23), AgeProblem.TOO_OLD, 121),
    ],
)
def test_other_ages_may_not(birth_date, problem, age_years):
    with pytest.raises(AgeError) as caught:
        check_birth_date(birth_date, TODAY)
    assert (caught.value.problem, caught.value.age_years) == (problem, age_years)


@pytest.mark.parametrize(
    ("name", "masked"), [("MARIA A. YOHANES", "M•••• A• Y••••••"), ("Ina", "I••"), ("", "")]
)
def test_a_masked_name_shows_first_letters_alone(name, masked):
    assert mask_name(name) == masked
