"""The NIB as people write it, and as a QR code holds it."""

from __future__ import annotations

import pytest

from app.domain.oss.nib import NibError, NibProblem, find_nib, format_nib, is_holder, parse_nib

NIB = "8120207732258"


@pytest.mark.parametrize(
    "typed",
    [
        NIB,
        " 8120 2077 32258 ",
        "812-020-773-2258",
        "NIB 8120207732258",
        "nib: 8120.2077.32258",
        "8120\u00a02077\u200b32258",
    ],
)
def test_read_as_people_write_it(typed):
    assert parse_nib(typed) == NIB


@pytest.mark.parametrize(
    ("typed", "problem", "digits"),
    [
        ("", NibProblem.EMPTY, 0),
        (" - ", NibProblem.EMPTY, 0),
        ("NIB", NibProblem.EMPTY, 0),
        (NIB[:-1], NibProblem.WRONG_LENGTH, 12),
        (NIB + "1", NibProblem.WRONG_LENGTH, 14),
        ("9601055403879001", NibProblem.WRONG_LENGTH, 16),
        ("0000207732258", NibProblem.SPECIMEN, 13),
        ("812020773225O", NibProblem.NOT_DIGITS, 12),
        ("SRG 4821 0937 5516", NibProblem.NOT_DIGITS, 12),
        ("٨١٢٠٢٠٧٧٣٢٢٥٨", NibProblem.NOT_DIGITS, 0),
    ],
)
def test_what_cannot_be_one_says_why(typed, problem, digits):
    with pytest.raises(NibError) as caught:
        parse_nib(typed)
    assert (caught.value.problem, caught.value.digits) == (problem, digits)
    assert not typed.strip() or typed not in str(caught.value)


def test_three_zeros_at_the_start_are_no_specimen():
    assert parse_nib("0001207732258") == "0001207732258"


@pytest.mark.parametrize(
    "said",
    [
        NIB,
        f"NIB: {NIB}",
        f"https://oss.go.id/cek/{NIB}",
        f"https://oss.go.id/cek?nib={NIB}&t=1700000000000",
        f"{NIB}\n{NIB}",
    ],
)
def test_found_in_a_qr_code(said):
    assert find_nib(said) == NIB


@pytest.mark.parametrize(
    "said",
    [
        "",
        "https://oss.go.id/cek/a81f",
        "https://oss.go.id/cek/9601055403879001",  # a NIK is longer, and no part of it is a NIB
        f"https://oss.go.id/{NIB}?t=1700000000000",  # which of the two?
        "0000207732258",
        "x" * 5000 + NIB,
    ],
)
def test_nothing_is_guessed_from_a_qr_code(said):
    assert find_nib(said) is None


def test_shown_in_groups_and_read_back():
    assert format_nib(NIB) == "8120 2077 32258"
    assert parse_nib(format_nib(NIB)) == NIB


@pytest.mark.parametrize(
    ("holder", "same"),
    [
        ("YOSINA  PRAKTIK", True),
        ("Yosina Praktik.", True),
        ("KIOS CONTOH", True),
        ("Yosina", False),
        ("", False),
        (" . ", False),
    ],
)
def test_the_holder_is_one_of_our_names(holder, same):
    assert is_holder(holder, "Yosina Praktik", "Kios Contoh") is same


def test_no_name_of_ours_agrees_with_nobody():
    assert not is_holder("", "")
    assert not is_holder("A", "")
