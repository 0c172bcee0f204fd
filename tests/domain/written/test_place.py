import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.written.place import (
    PostcodeError,
    PostcodeProblem,
    RtRwError,
    RtRwProblem,
    TextError,
    TextProblem,
    parse_free_text,
    parse_needed_text,
    parse_postcode,
    parse_rt_rw,
    parse_street,
)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "001/002",
            "1/2",
            "1 / 2",
            "01-02",
            "1.2",
            "1, 2",
            "1 2",
            "001002",
            "001\u00a0/\u00a0002",
        ),
        *("RT 1 RW 2", "rt1rw2", "RT.001/RW.002", "RT. 01 / RW. 02", "RT 1, RW 2", "RT: 1 RW: 2"),
        *("RT/RW 001/002", "RT/RW: 1/2", "RW 2 RT 1", "RW 02/RT 01", "RT001/002"),
    ],
)
def test_neighbourhoods_are_read(text):
    assert parse_rt_rw(text) == "001/002"


@pytest.mark.parametrize(("text", "pair"), [("0/0", "000/000"), ("999/999", "999/999")])
def test_neighbourhoods_at_the_edges(text, pair):
    assert parse_rt_rw(text) == pair


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        *((text, RtRwProblem.EMPTY) for text in ("", " ", "\u00a0")),
        *((text, RtRwProblem.UNREADABLE) for text in ("1", "-", "/", "RT 1", "1/2/3", "1000/1")),
        *((text, RtRwProblem.UNREADABLE) for text in ("123", "12345", "0010002", "RT satu RW dua")),
        *((text, RtRwProblem.UNREADABLE) for text in ("１/２", "١/٢", "1/2🙂", "<b>1/2</b>")),
        *((text, RtRwProblem.UNREADABLE) for text in ("1" * 10_000, "rt" + "." * 10_000 + "1/2")),
    ],
)
def test_what_is_no_neighbourhood_is_told_apart(text, problem):
    with pytest.raises(RtRwError) as caught:
        parse_rt_rw(text)
    assert caught.value.problem is problem


@pytest.mark.parametrize("text", ["98451", " 98451 ", "984 51", "98.451"])
def test_postcodes_are_read(text):
    assert parse_postcode(text) == "98451"


@pytest.mark.parametrize(
    ("text", "problem", "digits"),
    [
        ("", PostcodeProblem.EMPTY, 0),
        ("9845", PostcodeProblem.WRONG_LENGTH, 4),
        ("984511", PostcodeProblem.WRONG_LENGTH, 6),
        ("9" * 10_000, PostcodeProblem.WRONG_LENGTH, 10_000),
        ("9845A", PostcodeProblem.NOT_DIGITS, 4),
        ("９８４５１", PostcodeProblem.NOT_DIGITS, 0),
        ("٩٨٤٥١", PostcodeProblem.NOT_DIGITS, 0),
        ("98451🙂", PostcodeProblem.NOT_DIGITS, 5),
    ],
)
def test_what_is_no_postcode_is_told_apart(text, problem, digits):
    with pytest.raises(PostcodeError) as caught:
        parse_postcode(text)
    assert (caught.value.problem, caught.value.digits) == (problem, digits)


@pytest.mark.parametrize(
    ("text", "street"),
    [
        (" Jalan Contoh\r\nNo. 1\x00 ", "Jalan Contoh No. 1"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("Jalan 🙂", "Jalan 🙂"),
        ("A" * 255, "A" * 255),
    ],
)
def test_streets_become_one_line(text, street):
    assert parse_street(text) == street


@pytest.mark.parametrize(
    ("text", "problem", "length"),
    [
        ("", TextProblem.EMPTY, 0),
        (" \n\u00a0\u200b\x07", TextProblem.EMPTY, 0),
        ("A" * 256, TextProblem.TOO_LONG, 256),
        ("A" * 10_000, TextProblem.TOO_LONG, 10_000),
    ],
)
def test_what_is_no_street_is_told_apart(text, problem, length):
    with pytest.raises(TextError) as caught:
        parse_street(text)
    assert (caught.value.problem, caught.value.length, caught.value.maximum) == (
        problem,
        length,
        255,
    )


@pytest.mark.parametrize("text", ["", "  ", "\u200b"])
def test_free_text_may_be_empty(text):
    assert parse_free_text(text, 10) == ""


def test_free_text_is_counted_in_composed_letters():
    assert parse_free_text("e\u0301" * 10, 10) == "é" * 10
    with pytest.raises(TextError) as caught:
        parse_free_text("e\u0301" * 11, 10)
    assert (caught.value.length, caught.value.maximum) == (11, 10)


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=()), max_size=60))
def test_free_text_comes_back_clean(text):
    clean = parse_free_text(text, 200)
    assert clean == parse_free_text(clean, 200) == unicodedata.normalize("NFC", clean)
    assert not any(unicodedata.category(sign) in ("Cc", "Cs") for sign in clean)
    clean.encode()


@pytest.mark.parametrize("empty", ["", "   ", "\u200b"])
def test_a_needed_text_is_not_empty(empty):
    with pytest.raises(TextError) as caught:
        parse_needed_text(empty, 40)
    assert caught.value.problem is TextProblem.EMPTY


def test_a_needed_text_is_a_free_text():
    assert parse_needed_text("  beras,\n gula ", 40) == parse_free_text("  beras,\n gula ", 40)
