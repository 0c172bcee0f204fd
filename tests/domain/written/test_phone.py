import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.written.phone import PhoneError, PhoneProblem, mask_phone, parse_mobile

STORED = "+6281200000001"


@pytest.mark.parametrize(
    "text",
    [
        *("081200000001", "0812-0000-0001", "0812 0000 0001", "0812.0000.0001", "(0812) 0000 0001"),
        *("6281200000001", "62 812 0000 0001", "+62 812-0000-0001", "(+62) 812 0000 0001"),
        *("81200000001", "+62 0812 0000 0001", "+62 (0)812 0000 0001", "006281200000001"),
        *("\u202a+62 812\u00a00000\u20110001\u202c", " 0812 0000 0001\n"),
    ],
)
def test_one_number_has_many_spellings(text):
    assert parse_mobile(text) == STORED


@pytest.mark.parametrize(
    ("text", "problem", "digits"),
    [
        ("", PhoneProblem.EMPTY, 0),
        (" \u00a0", PhoneProblem.EMPTY, 0),
        ("()", PhoneProblem.EMPTY, 0),
        ("+", PhoneProblem.EMPTY, 0),
        ("tidak punya", PhoneProblem.NOT_DIGITS, 0),
        ("0812 0000 000O", PhoneProblem.NOT_DIGITS, 11),
        ("０８１２00000001", PhoneProblem.NOT_DIGITS, 8),
        ("٠٨١٢00000001", PhoneProblem.NOT_DIGITS, 8),
        ("0812 0000 0001 📱", PhoneProblem.NOT_DIGITS, 12),
        ("<script>0812</script>", PhoneProblem.NOT_DIGITS, 4),
        ("0812+00000001", PhoneProblem.NOT_DIGITS, 12),
        ("++6281200000001", PhoneProblem.NOT_DIGITS, 13),
        ("+675 7000 0001", PhoneProblem.FOREIGN, 11),
        ("00 65 8000 0001", PhoneProblem.FOREIGN, 12),
        ("+1", PhoneProblem.FOREIGN, 1),
        ("0951 000001", PhoneProblem.NOT_MOBILE, 10),
        ("+62 951 000001", PhoneProblem.NOT_MOBILE, 11),
        ("951000001", PhoneProblem.NOT_MOBILE, 9),
        ("0812 0000 0", PhoneProblem.TOO_SHORT, 9),
        ("08", PhoneProblem.TOO_SHORT, 2),
        ("+62 812 0000 0", PhoneProblem.TOO_SHORT, 9),
        ("0812 0000 0000 01", PhoneProblem.TOO_LONG, 14),
        ("0812" + "0" * 9_996, PhoneProblem.TOO_LONG, 10_000),
    ],
)
def test_what_is_no_mobile_number_is_told_apart(text, problem, digits):
    with pytest.raises(PhoneError) as caught:
        parse_mobile(text)
    assert (caught.value.problem, caught.value.digits) == (problem, digits)


@settings(deadline=None)
@given(
    rest=st.text("0123456789", min_size=8, max_size=11),
    start=st.sampled_from(["0", "62", "+62", "+62 ", "", "0062"]),
)
def test_eight_to_eleven_digits_follow_the_eight(rest, start):
    assert parse_mobile(f"{start}8{rest}") == f"+628{rest}"


@pytest.mark.parametrize(
    ("phone", "masked"),
    [(STORED, "+62••••••••001"), ("0812345", "••••345"), ("+62", "+62"), ("+62812", "+62•••")],
)
def test_masked_shows_at_most_three_digits(phone, masked):
    assert mask_phone(phone) == masked
