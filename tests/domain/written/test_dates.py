from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.written.dates import DateError, DateProblem, parse_date

TODAY = date(2026, 11, 23)
INDEPENDENCE = date(1990, 8, 17)
STYLES = (
    "{d:%d-%m-%Y}",
    "{d:%d/%m/%Y}",
    "{d.day}.{d.month}.{d.year}",
    "{d:%d %m %Y}",
    "{d:%Y-%m-%d}",
    "{d:%Y/%m/%d}",
    "{d:%d%m%Y}",
    "{d:%Y%m%d}",
    "{d.day} {id} {d.year}",
    "{id} {d.day} {d.year}",
    "{en} {d.day}, {d.year}",
    "{d.day}-{short}-{d.year}",
    "{d.year} {en} {d.day}",
)
INDONESIAN = (
    *("Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus"),
    *("September", "Oktober", "November", "Desember"),
)


@pytest.mark.parametrize(
    "text",
    [
        *("17-8-1990", "17/08/1990", "17.8.90", "17 8 1990", "17 - 8 - 1990", " 17/8/90. "),
        *("1990-08-17", "1990/8/17", "1990-17-08", "17081990", "19900817", "170890"),
        *("8/17/1990", "08/17/90", "08171990", "081790"),
        *("17 Agustus 1990", "17 agt 90", "17 AGS 1990", "17 Agu 1990", "17-Aug-90", "17agt1990"),
        *("Agustus 17 1990", "August 17, 1990", "Aug 17th, 1990", "1990 Agustus 17"),
        *("17 VIII 1990", "17th of August 1990", "17 Agustus '90", "17 Agst. 1990"),
        *("Jumat, 17 Agustus 1990", "Jum'at, 17-8-1990", "tgl 17 bulan 8 tahun 1990"),
        *("17\u00a0Agustus\u00a01990", "17–8–1990", "\u200b17/8/1990"),
    ],
)
def test_any_usual_way_of_writing_is_read(text):
    assert parse_date(text, today=TODAY) == INDEPENDENCE


@pytest.mark.parametrize(
    ("word", "month"),
    [
        *(
            ("jan", 1),
            ("Feb", 2),
            ("Peb", 2),
            ("Pebruari", 2),
            ("Mar", 3),
            ("Mrt", 3),
            ("March", 3),
        ),
        *(("apr", 4), ("Mei", 5), ("May", 5), ("Jun", 6), ("July", 7), ("Agt", 8), ("Sept", 9)),
        *(("Okt", 10), ("October", 10), ("Nop", 11), ("Nopember", 11), ("Des", 12), ("Dec", 12)),
        *((name, number) for number, name in enumerate(INDONESIAN, start=1)),
    ],
)
def test_months_have_names_in_both_languages(word, month):
    assert parse_date(f"9 {word} 1985", today=TODAY) == date(1985, month, 9)


def test_the_day_comes_first_when_both_orders_are_possible():
    assert parse_date("8/7/1990", today=TODAY) == date(1990, 7, 8)


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("23-11-26", 2026),
        ("24-11-26", 1926),
        ("24 Nov 26", 1926),
        ("1-1-00", 2000),
        ("1-1-27", 1927),
    ],
)
def test_two_digit_years_are_never_in_the_future(text, year):
    assert parse_date(text, today=TODAY).year == year


def test_a_full_year_may_be_in_the_future():
    assert parse_date("1-1-2030", today=TODAY) == date(2030, 1, 1)


@pytest.mark.parametrize(
    ("text", "day", "month", "year"),
    [
        ("31-02-1990", 31, 2, 1990),
        ("31/2/90", 31, 2, 1990),
        ("31 Februari 1990", 31, 2, 1990),
        ("Februari 31, 1990", 31, 2, 1990),
        ("1990-02-31", 31, 2, 1990),
        ("31021990", 31, 2, 1990),
        ("2/31/1990", 31, 2, 1990),
        ("29-2-1900", 29, 2, 1900),
        ("29-02-26", 29, 2, 2026),
        ("31-4-27", 31, 4, 1927),
        ("32-1-1990", 32, 1, 1990),
        ("0-1-1990", 0, 1, 1990),
        ("1-0-1990", 1, 0, 1990),
        ("45/13/1990", 45, 13, 1990),
        ("90-08-17", 90, 8, 2017),
        ("1-1-0000", 1, 1, 0),
    ],
)
def test_a_day_that_does_not_exist_is_named(text, day, month, year):
    with pytest.raises(DateError) as caught:
        parse_date(text, today=TODAY)
    assert caught.value.problem is DateProblem.IMPOSSIBLE
    assert (caught.value.day, caught.value.month, caught.value.year) == (day, month, year)


def test_29_february_exists_in_leap_years():
    assert parse_date("29-2-2000", today=TODAY) == date(2000, 2, 29)
    assert parse_date("29-2-28", today=TODAY) == date(1928, 2, 29)


@pytest.mark.parametrize("text", ["", "   ", "\u00a0\u200b"])
def test_nothing_is_empty(text):
    with pytest.raises(DateError) as caught:
        parse_date(text, today=TODAY)
    assert caught.value.problem is DateProblem.EMPTY


@pytest.mark.parametrize(
    "text",
    [
        *("kemarin", "17 Agustus", "1990", "17-8", "17-8-990", "17-8-1", "17-8-19900", "1781990"),
        *(
            "17 1990 8",
            "1990-1990-8",
            "17 8 1990 5",
            "17 Agustus Mei 1990",
            "17 Augst 1990",
            "17 ag 90",
        ),
        *(
            "１７-08-1990",
            "١٧-٠٨-١٩٩٠",
            "17-8-1990 🎂",
            "<script>17-8-1990</script>",
            "-",
            "17:8:1990",
        ),
        *("1" * 10_000, "17-8-1990" + "-" * 10_000, "17 " * 10_000, "Agustus " * 5_000),
    ],
)
def test_what_is_no_date_is_unreadable(text):
    with pytest.raises(DateError) as caught:
        parse_date(text, today=TODAY)
    assert caught.value.problem is DateProblem.UNREADABLE


@settings(deadline=None)
@given(day=st.dates(date(1900, 1, 1), date(2100, 12, 31)), style=st.sampled_from(STYLES))
def test_every_date_is_read_back_in_every_style(day, style):
    name = INDONESIAN[day.month - 1]
    written = style.format(d=day, id=name, en=f"{day:%B}", short=name[:3].lower())
    assert parse_date(written, today=TODAY) == day


@settings(deadline=None)
@given(st.text(max_size=40))
def test_any_text_is_a_date_or_a_problem(text):
    with suppress(DateError):
        assert isinstance(parse_date(text, today=TODAY), date)
