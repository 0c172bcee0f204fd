import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.written.support_number import (
    SupportNumberError,
    SupportNumberProblem,
    format_support_number,
    new_support_number,
    parse_support_number,
)

NUMBER = new_support_number(lambda _: "48210937551")
BODIES = st.text("0123456789", min_size=11, max_size=11)


def refused(text: str) -> SupportNumberError:
    with pytest.raises(SupportNumberError) as caught:
        parse_support_number(text)
    return caught.value


def test_a_new_number_has_twelve_digits():
    assert NUMBER[:11] == "48210937551"
    assert len(NUMBER) == 12


@pytest.mark.parametrize(
    "source", ["", "4821093755", "482109375512", "4821093755x", "４８２１０９３７５５１"]
)
def test_a_broken_source_of_digits_is_noticed(source):
    with pytest.raises(ValueError, match="random_digits"):
        new_support_number(lambda _: source)


def test_it_is_shown_in_groups():
    assert format_support_number("482109375516") == "SRG 4821 0937 5516"


def spellings(number: str) -> list[str]:
    groups = [number[:4], number[4:8], number[8:]]
    return [
        number,
        f"SRG{number}",
        f"srg {number}",
        f"Srg-{'-'.join(groups)}",
        " ".join(groups),
        ".".join(groups),
        f" SRG\u00a0{'–'.join(groups)}\n",
        f"SRG: {' '.join(groups)}",
        format_support_number(number),
    ]


@settings(deadline=None)
@given(BODIES)
def test_every_number_is_read_back_in_every_spelling(body):
    number = new_support_number(lambda _: body)
    assert {parse_support_number(text) for text in spellings(number)} == {number}


@settings(deadline=None)
@given(body=BODIES, place=st.integers(0, 11), shift=st.integers(1, 9))
def test_any_single_wrong_digit_is_caught(body, place, shift):
    number = new_support_number(lambda _: body)
    wrong = str((int(number[place]) + shift) % 10)
    error = refused(number[:place] + wrong + number[place + 1 :])
    assert error.problem is SupportNumberProblem.BAD_CHECK


@settings(deadline=None)
@given(body=BODIES, place=st.integers(0, 10))
def test_any_exchange_of_neighbours_is_caught(body, place):
    number = new_support_number(lambda _: body)
    one, other = number[place], number[place + 1]
    exchanged = number[:place] + other + one + number[place + 2 :]
    if one == other:
        assert parse_support_number(exchanged) == number
    else:
        assert refused(exchanged).problem is SupportNumberProblem.BAD_CHECK


@pytest.mark.parametrize(
    ("text", "problem", "digits"),
    [
        ("", SupportNumberProblem.EMPTY, 0),
        (" - ", SupportNumberProblem.EMPTY, 0),
        ("SRG", SupportNumberProblem.EMPTY, 0),
        (NUMBER[:11], SupportNumberProblem.WRONG_LENGTH, 11),
        (f"SRG {NUMBER}1", SupportNumberProblem.WRONG_LENGTH, 13),
        (f"{NUMBER}12", SupportNumberProblem.WRONG_LENGTH, 14),
        ("9601051708900001", SupportNumberProblem.WRONG_LENGTH, 16),
        ("1" * 10_000, SupportNumberProblem.WRONG_LENGTH, 10_000),
        ("1234567890123", SupportNumberProblem.LOOKS_LIKE_NIB, 13),
        ("1234 5678 90123", SupportNumberProblem.LOOKS_LIKE_NIB, 13),
        (f"SRX {NUMBER}", SupportNumberProblem.NOT_DIGITS, 12),
        (f"SRG SRG {NUMBER}", SupportNumberProblem.NOT_DIGITS, 12),
        ("４８２１ 0937 5516", SupportNumberProblem.NOT_DIGITS, 8),
        ("٤821 0937 5516", SupportNumberProblem.NOT_DIGITS, 11),
        ("🙂", SupportNumberProblem.NOT_DIGITS, 0),
        ("<script>", SupportNumberProblem.NOT_DIGITS, 0),
    ],
)
def test_what_is_no_support_number_is_told_apart(text, problem, digits):
    error = refused(text)
    assert (error.problem, error.digits) == (problem, digits)
