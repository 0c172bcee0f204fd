import pytest

from app.domain.written.text import (
    MAX_TYPED_CHARACTERS,
    WrittenNumber,
    count_digits,
    has_digits,
    read_digits,
    read_number,
    read_whole,
    tidy,
    tidy_prose,
)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("  a \t b\r\nc ", "a b c"),
        ("a\u00a0\u202fb", "a b"),
        ("\u202a+62 812\u202c", "+62 812"),
        ("\ufeff12\u200b34", "1234"),
        ("1–2—3−4", "1-2-3-4"),
        ("e\u0301", "é"),
        ("a\x00b\x1b\ud800c", "abc"),
        ("❤\ufe0f", "❤"),
        ("", ""),
        ("\u200b \u200d", ""),
    ],
)
def test_short_answers_are_made_plain(text, plain):
    assert tidy(text) == plain


def test_prose_keeps_dashes_and_joined_picture_signs():
    assert tidy_prose("Ikan\n– 👨\u200d👩\u200d👧 \x07") == "Ikan – 👨\u200d👩\u200d👧"


def test_prose_of_unseen_signs_is_empty():
    assert tidy_prose("\u200d \ufe0f\u200b") == ""


@pytest.mark.parametrize("text", ["a\u0301\u0316", " ", "\u200b"])
def test_long_rubbish_is_no_slow_work(text):
    """So long that work which grows faster than the text would not end within the tests."""
    long = text * 300_000
    assert len(tidy(long)) <= len(long)
    assert len(tidy_prose(long)) <= len(long)


@pytest.mark.parametrize(
    ("text", "digits"),
    [("12.34-5 6", "123456"), ("", ""), (" -", ""), ("12a", None), ("１２", None), ("٣", None)],
)
def test_only_ascii_digits_are_digits(text, digits):
    assert read_digits(text) == digits


def test_digits_are_counted_among_other_signs():
    assert count_digits("1a٣２ 3") == 2


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", WrittenNumber(0)),
        ("1500000", WrittenNumber(1_500_000)),
        ("1.500", WrittenNumber(1500, either=".")),
        ("1,500", WrittenNumber(1500, either=",")),
        ("1 500", WrittenNumber(1500)),
        ("1.5", WrittenNumber(1, "5")),
        ("0,125", WrittenNumber(0, "125")),
        ("1500,000", WrittenNumber(1500, "000")),
        ("1.2345", WrittenNumber(1, "2345")),
        ("1.500.000", WrittenNumber(1_500_000)),
        ("1 500 000", WrittenNumber(1_500_000)),
        ("1.500.000,5", WrittenNumber(1_500_000, "5")),
        ("1,500,000.50", WrittenNumber(1_500_000, "50")),
        ("1 500,5", WrittenNumber(1500, "5")),
    ],
)
def test_numbers_are_read(text, number):
    assert read_number(text) == number


@pytest.mark.parametrize(
    "text",
    [
        *("", ".", "1.", ".5", "1..5", "1, 5", "15 00", "1.50.000", "0.500.000", "1.500 000"),
        *("1.500,000.00", "1.50,5", "1 500 0", "1.500 5", "1-5", "1e5", "１", "9" * 201),
    ],
)
def test_what_forms_no_number_is_not_read(text):
    assert read_number(text) is None


def test_the_longest_number_is_read():
    assert read_number("9" * MAX_TYPED_CHARACTERS) is not None


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0), ("7", 7), ("0042", 42), ("9999", 9999),
        ("10000", None), ("", None), ("-1", None), ("+1", None), ("1.0", None), (" 1", None),
        ("1 ", None), ("1_0", None), ("²", None), ("٣", None), ("１", None), ("0x1", None),
        ("9" * 5000, None),
    ],
)  # fmt: skip
def test_machines_write_whole_numbers_with_digits_alone(text, number):
    assert read_whole(text) == number


def test_how_many_digits_a_number_may_have_is_said_where_it_is_read():
    assert read_whole("123456789", digits=9) == 123456789
    assert read_whole("1234567890", digits=9) is None
    assert has_digits("12345", 4, 5)
    assert not has_digits("123", 4, 5)
    assert not has_digits("1234a", 4, 5)
    assert not has_digits("1234²", 4, 5)
