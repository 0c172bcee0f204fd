"""Wrong PINs are counted for whoever types them; the owner of a known browser never waits."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from app.domain.dossier.pin_tries import FIRST_WAIT, LONGEST_WAIT, SAME_WITHIN, Free
from app.domain.sending.messages import MessageKind
from app.domain.written.support_number import format_support_number
from app.extensions import db
from app.models.dossier import Dossier, Event
from app.models.message import Message
from app.models.own_data import PinAsker
from app.services.dossier import opening, pins
from app.services.dossier.pins import Asker, PinWaits, WrongPin
from app.work import run
from tests.factories import OTHER_PIN, PIN, at_once, dossier_at, looking, pin_hash

STRANGER = Asker(browser=None, address="192.0.2.1")
OWNER = Asker(browser="A" * 16, address="192.0.2.1")
SECOND = timedelta(seconds=1)


def elsewhere(n: int) -> Asker:
    return Asker(browser=None, address=f"198.51.100.{n}")


def wrong_pins() -> Iterator[str]:
    """Return PINs that do not fit, each another one: the same again is no further try."""
    return (f"{n:06d}" for n in range(1, 100_000))


def try_pin(number: str, pin: str, asker: Asker = STRANGER) -> Dossier:
    """Try a PIN as the page does: a wrong one stays counted."""
    fits = pins.pin_fits(pin, pins.pin_hash_of(number))
    try:
        return pins.open_with_pin(number, pin, asker, fits=fits)
    finally:
        db.session.commit()


def err(number: str, times: int, asker: Asker = STRANGER, guesses: Iterator[str] | None = None):
    """Type so many wrong PINs, whatever becomes of them."""
    guesses = guesses or wrong_pins()
    for _ in range(times):
        with pytest.raises((WrongPin, PinWaits)):
            try_pin(number, next(guesses), asker)


@pytest.fixture
def number(database) -> str:
    number = opening.start(pin_hash(), "id").support_number
    database.commit()
    return number


@pytest.fixture
def later(monkeypatch) -> Callable[[timedelta], None]:
    """Turn the clock of the rule on."""
    turned = timedelta()

    def on(by: timedelta) -> None:
        nonlocal turned
        turned += by

    monkeypatch.setattr("app.clock.now", lambda: datetime.now(UTC) + turned)
    return on


def dossier_of(number: str) -> Dossier:
    found = opening.find_by_number(number)
    assert found is not None
    return found


def count_of(number: str) -> int:
    return dossier_of(number).pin_failures


def test_tries_are_counted_and_the_fifth_makes_this_address_wait(number, later):
    guesses = wrong_pins()
    for left in (4, 3, 2, 1):
        with pytest.raises(WrongPin) as caught:
            try_pin(number, next(guesses))
        assert caught.value.left == left
    with pytest.raises(PinWaits):
        try_pin(number, next(guesses))
    with pytest.raises(PinWaits) as waits:
        try_pin(number, PIN)
    assert timedelta() < waits.value.until - datetime.now(UTC) <= FIRST_WAIT
    assert [event.kind for event in dossier_of(number).events] == ["started", "pin_locked"]
    later(FIRST_WAIT - 2 * SECOND)
    with pytest.raises(PinWaits):
        try_pin(number, PIN)
    later(3 * SECOND)
    assert try_pin(number, PIN).support_number == number


def test_what_was_not_looked_at_is_not_counted(number):
    err(number, 50)
    assert count_of(number) == Free.ONE


def test_a_stranger_takes_nothing_from_a_browser_that_knows_the_file(number, database):
    """Every address of the world tries; the owner's own phone opens the file all the same."""
    pins.remember(dossier_of(number), OWNER.browser)
    database.commit()
    guesses = wrong_pins()
    for n in range(30):
        err(number, 5, elsewhere(n), guesses)
    err(number, 5, STRANGER, guesses)
    assert count_of(number) == Free.ALL_STRANGERS
    with pytest.raises(PinWaits):
        try_pin(number, PIN, elsewhere(200))
    assert try_pin(number, PIN, OWNER).support_number == number


def test_another_browser_name_or_the_right_one_of_another_file_is_a_stranger(number, database):
    other = opening.start(pin_hash(), "id")
    pins.remember(other, OWNER.browser)
    database.commit()
    err(number, 5, OWNER)
    assert count_of(number) == 5, "counted as a stranger's"
    with pytest.raises(PinWaits):
        try_pin(number, PIN, Asker(browser="B" * 16, address=OWNER.address))


def test_one_address_does_not_slow_another(number):
    err(number, 40)
    assert try_pin(number, PIN, elsewhere(1)).support_number == number


def test_strangers_from_everywhere_wait_and_are_never_shut_out(number, later):
    guesses = wrong_pins()
    for n in range(Free.ALL_STRANGERS):
        err(number, 1, elsewhere(n), guesses)
    with pytest.raises(PinWaits):
        try_pin(number, PIN, elsewhere(100))
    later(FIRST_WAIT + SECOND)
    assert try_pin(number, PIN, elsewhere(100)).support_number == number
    for n in range(101, 140):
        err(number, 1, elsewhere(n), guesses)
        later(LONGEST_WAIT + SECOND)
    assert try_pin(number, PIN, elsewhere(99)).support_number == number


def test_the_owner_hears_of_it_once_a_week_for_as_long_as_it_goes_on(database, later):
    dossier = dossier_at(None)
    database.commit()
    guesses = wrong_pins()
    for n in range(Free.ALL_STRANGERS + 12):
        err(dossier.support_number, 1, elsewhere(n), guesses)
        later(timedelta(hours=7))
    told = select(func.count()).where(Message.kind == MessageKind.PIN_LOCKED)
    assert 1 <= database.scalar(told) <= 3
    first = database.scalar(told)
    for n in range(100, 108):
        err(dossier.support_number, 1, elsewhere(n), guesses)
        later(LONGEST_WAIT + SECOND)
    assert database.scalar(told) - first in {1, 2}, "a week has passed"


def test_a_browser_that_knows_the_file_waits_for_its_own_wrong_tries_alone(number, database):
    pins.remember(dossier_of(number), OWNER.browser)
    database.commit()
    err(number, 5, OWNER)
    with pytest.raises(PinWaits):
        try_pin(number, PIN, OWNER)
    assert count_of(number) == 0
    assert try_pin(number, PIN, STRANGER).support_number == number


def test_the_same_wrong_pin_again_is_the_same_try(number, later):
    """A reload, a second tap, the same form sent again."""
    for _ in range(20):
        with pytest.raises(WrongPin) as caught:
            try_pin(number, OTHER_PIN)
        assert caught.value.left == 4
    assert count_of(number) == 1
    later(SAME_WITHIN + SECOND)
    with pytest.raises(WrongPin) as caught:
        try_pin(number, OTHER_PIN)
    assert caught.value.left == 3


def test_two_wrong_pins_in_turn_are_tries(number):
    for pin in (OTHER_PIN, "000001", OTHER_PIN, "000001"):
        with pytest.raises(WrongPin):
            try_pin(number, pin)
    assert count_of(number) == 4


def test_a_wrong_pin_is_kept_as_a_keyed_digest_and_for_a_day(app, number, database):
    err(number, 1)
    row = database.scalars(select(PinAsker)).one()
    assert row.tried_index is not None
    assert b"000001" not in row.tried_index
    assert STRANGER.address.encode() not in row.who_index
    row.wrong_at = datetime.now(UTC) - timedelta(days=1, seconds=5)
    database.commit()
    run.tidy(app)
    assert database.scalars(select(PinAsker.tried_index)).all() == [None]


@pytest.mark.parametrize(("days", "left"), [(29, 1), (31, 0)])
def test_addresses_are_forgotten_after_a_month_and_known_browsers_are_not(
    app, number, database, days, left
):
    err(number, 1)
    pins.remember(dossier_of(number), OWNER.browser)
    database.commit()
    for row in database.scalars(select(PinAsker)):
        row.seen_at = datetime.now(UTC) - timedelta(days=days)
    database.commit()
    run.tidy(app)
    kept = database.scalars(select(PinAsker.known)).all()
    assert sorted(kept) == [False] * left + [True]


def test_the_right_pin_takes_back_the_wrong_tries_of_that_address(number):
    for _ in range(3):
        err(number, 4)
        assert try_pin(number, PIN).support_number == number
    assert count_of(number) == 12, "guesses between two visits of the owner stay counted"


def test_staff_let_everybody_try_again(number, database):
    for n in range(30):
        err(number, 5, elsewhere(n))
    pins.unlock(dossier_of(number))
    database.commit()
    assert try_pin(number, PIN, elsewhere(1)).events[-1].kind == "pin_unlocked"


def test_the_command_does_the_same(app, number):
    for n in range(30):
        err(number, 5, elsewhere(n))
    ended = app.test_cli_runner().invoke(args=["dossier", "unlock", format_support_number(number)])
    assert (ended.exit_code, ended.output.strip()) == (0, "unlocked")
    assert try_pin(number, PIN, elsewhere(1)).pin_failures == 0


def test_with_a_new_pin_no_browser_is_known_any_more(number, database):
    dossier = dossier_of(number)
    pins.remember(dossier, OWNER.browser)
    pins.change_pin(dossier, pin_hash(), "number")
    database.commit()
    assert database.scalar(select(func.count()).select_from(PinAsker)) == 0


def test_a_browser_is_remembered_once(number, database):
    for _ in range(2):
        pins.remember(dossier_of(number), OWNER.browser)
        database.commit()
    assert database.scalar(select(func.count()).select_from(PinAsker)) == 1


def test_an_unknown_number_is_a_wrong_pin_without_tries_left(database):
    for _ in range(7):
        with pytest.raises(WrongPin) as caught:
            try_pin("0" * 12, PIN)
        assert caught.value.left is None
    assert database.scalar(select(func.count()).select_from(PinAsker)) == 0


def test_tries_at_the_same_moment_all_count(app):
    with looking(app) as session:
        number = opening.start(pin_hash(), "id").support_number
        session.commit()

    def wrong(pin: str) -> Callable[[], None]:
        def one() -> None:
            with looking(app):
                try_pin(number, pin)

        return one

    results = at_once([wrong(f"{n:06d}") for n in range(1, 9)])
    lefts = sorted(r.left or 0 for r in results if isinstance(r, WrongPin))
    assert lefts == [1, 2, 3, 4]
    assert sum(isinstance(r, PinWaits) for r in results) == 4
    with looking(app) as session:
        assert session.scalars(select(Dossier.pin_failures)).one() == 5
        locked = session.scalars(select(Event).where(Event.kind == "pin_locked")).all()
        assert len(locked) == 1
        with pytest.raises(PinWaits):
            try_pin(number, PIN)


def test_the_right_pin_waits_for_the_wrong_ones_under_way(app):
    """Otherwise whoever sends many guesses at once has more than five."""
    with looking(app) as session:
        number = opening.start(pin_hash(), "id").support_number
        session.commit()
        err(number, 4)
    counted = threading.Event()

    def fifth() -> None:
        with looking(app) as session:
            try:
                pins.open_with_pin(number, OTHER_PIN, STRANGER, fits=False)
            finally:
                counted.set()
                time.sleep(0.3)
                session.commit()

    def right() -> None:
        assert counted.wait(5)
        with looking(app):
            try_pin(number, PIN)

    results = at_once([fifth, right])
    assert [type(result) for result in results] == [PinWaits, PinWaits]
