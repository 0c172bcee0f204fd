import pytest

from app.domain.written.pin import PinError, PinProblem, check_pin


@pytest.mark.parametrize("text", ["482913", " 482913 ", "482 913", "48-29-13", "482\u00a0913"])
def test_six_digits_are_taken(text):
    assert check_pin(text) == "482913"


@pytest.mark.parametrize(
    "pin", ["112233", "123457", "123455", "121213", "123124", "001122", "135790", "100000"]
)
def test_what_only_looks_simple_is_taken(pin):
    assert check_pin(pin) == pin


@pytest.mark.parametrize(
    "pin",
    [
        *("000000", "777777", "123456", "012345", "456789", "890123"),
        *("654321", "543210", "987654", "210987", "121212", "909090", "123123", "550550"),
    ],
)
def test_simple_pins_are_refused(pin):
    with pytest.raises(PinError) as caught:
        check_pin(pin)
    assert caught.value.problem is PinProblem.TOO_SIMPLE


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", PinProblem.EMPTY),
        (" \u00a0", PinProblem.EMPTY),
        ("48291", PinProblem.NOT_SIX_DIGITS),
        ("4829133", PinProblem.NOT_SIX_DIGITS),
        ("48291a", PinProblem.NOT_SIX_DIGITS),
        ("４８２９１３", PinProblem.NOT_SIX_DIGITS),
        ("٤٨٢٩١٣", PinProblem.NOT_SIX_DIGITS),
        ("🙂", PinProblem.NOT_SIX_DIGITS),
        ("<b>482913</b>", PinProblem.NOT_SIX_DIGITS),
        ("4" * 10_000, PinProblem.NOT_SIX_DIGITS),
    ],
)
def test_anything_else_is_not_six_digits(text, problem):
    with pytest.raises(PinError) as caught:
        check_pin(text)
    assert caught.value.problem is problem


def test_an_error_keeps_nothing_of_the_pin():
    with pytest.raises(PinError) as caught:
        check_pin("123456")
    assert caught.value.args == ("too_simple",)
    assert "123456" not in str(vars(caught.value))
