from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.written.money import MAX_AMOUNT_IDR, MoneyError, MoneyProblem, parse_rupiah


@pytest.mark.parametrize(
    ("text", "amount_idr"),
    [
        ("Rp 1.500.000", 1_500_000),
        ("kira-kira 5 juta", 5_000_000),
        ("Kira2 Rp 5.000.000", 5_000_000),
        ("Rp ± 5.000.000,-", 5_000_000),
        ("sekitar 500rb", 500_000),
        ("kurang lebih 2 jutaan", 2_000_000),
        ("+- 2jt-an", 2_000_000),
        ("about 3 million", 3_000_000),
        ("Rp1.500.000,-", 1_500_000),
        ("Rp. 1.500.000,00", 1_500_000),
        ("1.500.000,00", 1_500_000),
        ("1,500,000", 1_500_000),
        ("1,500,000.00", 1_500_000),
        ("1 500 000", 1_500_000),
        ("1\u00a0500\u00a0000", 1_500_000),
        ("1500000", 1_500_000),
        ("1500000,00", 1_500_000),
        ("IDR 1500000", 1_500_000),
        ("1.500.000 rupiah", 1_500_000),
        ("1.500.000.", 1_500_000),
        ("rp.1.500.000.-", 1_500_000),
        ("Rp 1.500.000,=", 1_500_000),
        ("1.500", 1_500),
        ("1,500", 1_500),
        ("500.", 500),
        ("0", 0),
        ("nol", 0),
        ("Rp 0,-", 0),
        ("-0", 0),
        ("1,5 juta", 1_500_000),
        ("1.5 jt", 1_500_000),
        ("1.5jt", 1_500_000),
        ("Rp 1,25 JUTA rupiah", 1_250_000),
        ("1.2345 juta", 1_234_500),
        ("0,125 juta", 125_000),
        ("1.500 ribu", 1_500_000),
        ("1.500,5 juta", 1_500_500_000),
        ("500 ribu", 500_000),
        ("500rb", 500_000),
        ("500k", 500_000),
        ("2 miliar", 2_000_000_000),
        ("2 M", 2_000_000_000),
        ("2 milyar", 2_000_000_000),
        ("1,5 T", 1_500_000_000_000),
        ("3 million", 3_000_000),
        ("1 juta 500 ribu", 1_500_000),
        ("2 miliar 1,5 juta", 2_001_500_000),
        ("sejuta", 1_000_000),
        ("999.999.999.999.999", MAX_AMOUNT_IDR),
    ],
)
def test_amounts_are_read_as_people_write_them(text, amount_idr):
    assert parse_rupiah(text) == amount_idr


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", MoneyProblem.EMPTY),
        (" \u00a0", MoneyProblem.EMPTY),
        ("Rp", MoneyProblem.EMPTY),
        ("Rp. ", MoneyProblem.EMPTY),
        ("-5", MoneyProblem.NEGATIVE),
        ("Rp -5", MoneyProblem.NEGATIVE),
        ("-Rp5", MoneyProblem.NEGATIVE),
        ("−5 juta", MoneyProblem.NEGATIVE),
        ("1.5", MoneyProblem.FRACTION),
        ("1,5", MoneyProblem.FRACTION),
        ("1.500,50", MoneyProblem.FRACTION),
        ("1500000,01", MoneyProblem.FRACTION),
        ("0,0001 ribu", MoneyProblem.FRACTION),
        ("1.000.000.000.000.000", MoneyProblem.TOO_LARGE),
        ("1000 triliun", MoneyProblem.TOO_LARGE),
        ("9" * 200, MoneyProblem.TOO_LARGE),
        ("-", MoneyProblem.EMPTY),
        ("banyak", MoneyProblem.UNREADABLE),
        ("juta", MoneyProblem.UNREADABLE),
        ("$5", MoneyProblem.UNREADABLE),
        ("1e9", MoneyProblem.UNREADABLE),
        ("15.00.000", MoneyProblem.UNREADABLE),
        ("0.500.000", MoneyProblem.UNREADABLE),
        ("1500,000", MoneyProblem.UNREADABLE),
        ("1.500,000", MoneyProblem.UNREADABLE),
        ("1,500 juta", MoneyProblem.UNREADABLE),
        ("5, 600", MoneyProblem.UNREADABLE),
        ("1 juta 500", MoneyProblem.UNREADABLE),
        ("500 ribu 1 juta", MoneyProblem.UNREADABLE),
        ("1 juta 2 juta", MoneyProblem.UNREADABLE),
        ("5 juta lebih", MoneyProblem.UNREADABLE),
        ("500rp000", MoneyProblem.UNREADABLE),
        ("１５００", MoneyProblem.UNREADABLE),
        ("٥٠٠", MoneyProblem.UNREADABLE),
        ("500 🙂", MoneyProblem.UNREADABLE),
        ("<script>500</script>", MoneyProblem.UNREADABLE),
        ("9" * 10_000, MoneyProblem.UNREADABLE),
        ("1 juta " * 2_000, MoneyProblem.UNREADABLE),
    ],
)
def test_what_is_no_amount_is_told_apart(text, problem):
    with pytest.raises(MoneyError) as caught:
        parse_rupiah(text)
    assert caught.value.problem is problem


@settings(deadline=None)
@given(
    amount_idr=st.integers(0, MAX_AMOUNT_IDR),
    style=st.sampled_from(["{0}", "Rp {0:,}", "{0:,}.00", "Rp{1}", "Rp {1},-", "{1},00"]),
)
def test_every_amount_is_read_back_in_every_style(amount_idr, style):
    indonesian = f"{amount_idr:,}".replace(",", ".")
    assert parse_rupiah(style.format(amount_idr, indonesian)) == amount_idr


@settings(deadline=None)
@given(st.text(alphabet="0123456789., -rpjutb", max_size=30) | st.text(max_size=30))
def test_any_text_is_an_amount_or_a_problem(text):
    with suppress(MoneyError):
        assert 0 <= parse_rupiah(text) <= MAX_AMOUNT_IDR
