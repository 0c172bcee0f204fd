"""What a password and a PIN must be, and when a code is worth something."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.desk import entrance
from app.domain.desk.entrance import (
    PasswordError,
    PasswordProblem,
    StaffPinError,
    StaffPinProblem,
    check_password,
    check_pin,
    steps_around,
)
from app.services.desk.accounts import common_stems

NOON = datetime(2027, 2, 3, 3, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("password", "problem"),
    [
        ("", PasswordProblem.EMPTY),
        ("a1b2c3d4e", PasswordProblem.TOO_SHORT),
        ("x" * 201, PasswordProblem.TOO_LONG),
        ("Sorong123456", PasswordProblem.COMMON),
        ("S0rong2026!!", PasswordProblem.COMMON),
        ("PapuaSorong99", PasswordProblem.COMMON),
        ("bismillah786", PasswordProblem.COMMON),
        ("TuhanYesus777", PasswordProblem.COMMON),
        ("dpmptsp2026!", PasswordProblem.COMMON),
        ("password1234", PasswordProblem.COMMON),
        ("1234567890123", PasswordProblem.COMMON),
        ("aaaaaaaabbbb", PasswordProblem.COMMON),
        ("yosefina2026", PasswordProblem.OWN_NAME),
        ("Yosefina.Sorong", PasswordProblem.OWN_NAME),
    ],
)
def test_what_others_would_try_first_is_refused(password, problem):
    with pytest.raises(PasswordError) as refused:
        check_password(password, common_stems(), ("loket.satu", "Yosefina Contoh"))
    assert refused.value.problem is problem


@pytest.mark.parametrize(
    "password",
    ["sagu hujan tangga", "kz7!vqp2rx", "perahu-gergaji-41", "Yosefina naik perahu biru tua"],
)
def test_words_that_do_not_belong_together_will_do(password):
    assert check_password(password, common_stems(), ("loket.satu", "Yosefina Contoh")) == password


def test_ten_letters_are_enough_and_nine_are_not():
    assert check_password("kz7!vqp2rx", common_stems())
    with pytest.raises(PasswordError):
        check_password("kz7!vqp2r", common_stems())


@pytest.mark.parametrize("pin", ["4711", " 47 12", "8024", "3907"])
def test_a_pin_of_four_digits(pin):
    assert check_pin(pin) == "".join(pin.split())


@pytest.mark.parametrize(
    ("pin", "problem"),
    [
        ("", StaffPinProblem.EMPTY),
        ("471", StaffPinProblem.SHAPE),
        ("47110", StaffPinProblem.SHAPE),
        ("47a1", StaffPinProblem.SHAPE),
        ("٤٧١١", StaffPinProblem.SHAPE),
        ("1234", StaffPinProblem.TOO_SIMPLE),
        ("8901", StaffPinProblem.TOO_SIMPLE),
        ("4321", StaffPinProblem.TOO_SIMPLE),
        ("7777", StaffPinProblem.TOO_SIMPLE),
        ("7117", StaffPinProblem.TOO_SIMPLE),
        ("1987", StaffPinProblem.TOO_SIMPLE),
        ("2004", StaffPinProblem.TOO_SIMPLE),
    ],
)
def test_a_pin_that_will_not_do(pin, problem):
    with pytest.raises(StaffPinError) as refused:
        check_pin(pin)
    assert refused.value.problem is problem


def test_a_code_is_taken_one_step_early_and_one_late():
    middle = entrance.step_at(NOON)
    assert steps_around(NOON, None) == (middle - 1, middle, middle + 1)


def test_no_step_is_taken_twice_nor_an_earlier_one():
    middle = entrance.step_at(NOON)
    assert steps_around(NOON, middle) == (middle + 1,)
    assert steps_around(NOON, middle + 1) == ()
    assert steps_around(NOON + timedelta(seconds=30), middle) == (middle + 1, middle + 2)


def test_an_account_sleeps_after_ninety_days():
    assert not entrance.is_dormant(NOON - timedelta(days=90) + timedelta(seconds=1), NOON)
    assert entrance.is_dormant(NOON - timedelta(days=90), NOON)
