"""Numbers as each language writes them, and as a box takes them back."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app import i18n
from app.domain.written.quantities import parse_quantity


@pytest.mark.parametrize(
    ("value", "shown", "in_a_box"),
    [
        (0, "0", "0"),
        (999, "999", "999"),
        (1000, "1.000", "1000"),
        (1234567, "1.234.567", "1234567"),
        (Decimal("12.50"), "12,5", "12,5"),
        (Decimal("100"), "100", "100"),
        (Decimal("0.10"), "0,1", "0,1"),
        (Decimal("1234.05"), "1.234,05", "1234,05"),
        (Decimal("1E+3"), "1.000", "1000"),
        (Decimal("999999999999.99"), "999.999.999.999,99", "999999999999,99"),
        (-1234, "-1.234", "-1234"),
    ],
)
def test_a_number_in_both_languages(app, value, shown, in_a_box):
    swapped = str.maketrans(",.", ".,")
    for language, sign in (("id", {}), ("en", swapped)):
        with app.test_request_context("/", environ_overrides={"oss.language": language}):
            assert i18n.number(value) == shown.translate(sign)
            edited = i18n.number_to_edit(value)
            assert edited == in_a_box.translate(sign)
            if value > 0:
                assert parse_quantity(edited) == value


@pytest.mark.parametrize(("amount", "shown"), [(0, "Rp 0"), (7_500_000, "Rp 7.500.000")])
@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_rupiah_are_written_alike_in_both(app, language, amount, shown):
    with app.test_request_context("/", environ_overrides={"oss.language": language}):
        assert i18n.rupiah(amount) == shown
