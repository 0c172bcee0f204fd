"""Events: each dossier has a chain that shows whether anything in it was changed afterwards."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from app.domain.dossier.events import FIRST_HASH, OLD_FORM, EventKind
from app.domain.law.calendar import local_date
from app.models.dossier import Dossier, Event
from app.services.base import events
from app.services.base.events import BrokenLink
from app.services.dossier import opening
from tests.factories import looking, pin_hash


@pytest.fixture
def dossier(database) -> Dossier:
    """A dossier with five events, beside another one with as many."""
    for _ in range(2):
        found = opening.start(pin_hash(), "id")
        for number in range(4):
            events.record(found, EventKind.STEP_ANSWERED, step=str(number))
    database.commit()
    return found


def change(database, dossier_id: int, number: int, values: dict[str, object]) -> None:
    where = (Event.dossier_id == dossier_id, Event.number == number)
    database.execute(update(Event).where(*where).values(**values))
    database.commit()
    database.expunge_all()


def test_each_event_carries_the_hash_of_the_one_before(dossier):
    chain = dossier.events
    assert [event.number for event in chain] == [1, 2, 3, 4, 5]
    assert chain[0].previous_hash == FIRST_HASH
    for before, event in pairwise(chain):
        assert event.previous_hash == before.hash
    assert len({event.hash for event in chain}) == 5
    assert list(events.verify_chains()) == []


def test_without_any_dossier_all_is_well(database):
    assert list(events.verify_chains()) == []


CHANGES = {
    "kind": {"kind": "nib_received"},
    "facts": {"facts": {"step": "9"}},
    "more facts": {"facts": {"step": "1", "x": None}},
    "moment": {"at": datetime.now(UTC) - timedelta(days=1)},
    "hash": {"hash": "f" * 64},
    "previous hash": {"previous_hash": "f" * 64},
    "number": {"number": 7},
    "role": {"role": "staff"},
    "no role there is": {"role": "x"},
    "actor": {"actor": "oss"},
    "terminal": {"terminal": "0" * 12},
    "behalf": {"behalf": "entity"},
    "form": {"form": 1},
}


@pytest.mark.parametrize("what", CHANGES)
@pytest.mark.parametrize("number", [1, 3, 5])
def test_a_changed_event_is_found(database, dossier, number, what):
    support_number = dossier.support_number
    change(database, dossier.id, number, CHANGES[what])
    (broken,) = events.verify_chains()
    assert broken.support_number == support_number
    # Where a number is gone the next event shows it; at the end, the moved one itself.
    expected = {"number": {1: 2, 3: 4, 5: 7}}.get(what, {}).get(number, number)
    assert broken.number == expected


def test_an_event_taken_out_is_found(database, dossier):
    number = dossier.support_number
    database.execute(delete(Event).where(Event.dossier_id == dossier.id, Event.number == 2))
    database.commit()
    database.expunge_all()
    assert list(events.verify_chains()) == [BrokenLink(number, 3)]


def test_an_event_moved_to_another_dossier_is_found(database, dossier):
    other = database.scalars(select(Dossier).where(Dossier.id != dossier.id)).one()
    change(database, dossier.id, 5, {"dossier_id": other.id, "number": 6})
    assert [link.number for link in events.verify_chains()] == [6]


def test_each_chain_is_judged_by_itself(database, dossier):
    for dossier_id in database.scalars(select(Dossier.id)).all():
        change(database, dossier_id, 2, {"kind": "sent"})
    assert [link.number for link in events.verify_chains()] == [2, 2]


def test_a_number_stands_once(database, dossier):
    values = {"number": 4}
    where = (Event.dossier_id == dossier.id, Event.number == 5)
    with pytest.raises(IntegrityError):
        database.execute(update(Event).where(*where).values(**values))


def test_facts_of_any_plain_kind_survive(database):
    dossier = opening.start(pin_hash(), "id")
    facts = {"text": "é “x”", "yes": True, "none": None, "list": [1, 2], "number": 10**15}
    events.record(dossier, EventKind.SENT, **facts)
    database.commit()
    database.expunge_all()
    assert list(events.verify_chains()) == []
    stored = database.scalars(select(Event.facts).order_by(Event.number.desc())).first()
    assert json.loads(json.dumps(stored)) == facts


def test_an_event_undone_leaves_no_gap(database, dossier):
    events.record(dossier, EventKind.SENT)
    database.rollback()
    events.record(dossier, EventKind.SENT)
    database.commit()
    assert [event.number for event in dossier.events][-1] == 6
    assert list(events.verify_chains()) == []


def test_the_command_says_whether_all_chains_hold(app):
    with looking(app) as session:
        dossier = opening.start(pin_hash(), "id")
        session.commit()
        number = dossier.support_number
    runner = app.test_cli_runner()
    good = runner.invoke(args=["audit", "verify"])
    assert (good.exit_code, good.output.strip()) == (0, "all chains hold; no seal yet")
    with looking(app) as session:
        session.execute(update(Event).values(kind="sent"))
        session.commit()
    bad = runner.invoke(args=["audit", "verify"])
    assert bad.exit_code == 1
    assert f"SRG {number}: 1 ({local_date(datetime.now(UTC))}): event was changed" in bad.output


def old(database, dossier: Dossier, count: int) -> None:
    """Give the first events of a chain the form of before, and chain the rest anew."""
    previous = FIRST_HASH
    for event in dossier.events:
        if event.number <= count:
            event.form = OLD_FORM
            event.role = event.actor = event.terminal = event.behalf = None
        event.previous_hash = previous
        previous = event.hash = events.hash_of(event, dossier.id)
    database.commit()
    database.expire_all()


def test_events_of_before_keep_their_form_and_hold(database, dossier):
    old(database, dossier, 3)
    assert list(events.verify_chains()) == []
    events.record(dossier, EventKind.SENT)
    database.commit()
    assert list(events.verify_chains()) == []
    change(database, dossier.id, 2, {"facts": {"step": "8"}})
    assert [link.number for link in events.verify_chains()] == [2]


def test_no_chain_goes_back_to_the_form_that_told_less(database, dossier):
    """Whoever hides who did it breaks the chain, although every hash fits."""
    old(database, dossier, 5)
    third, fourth, fifth = dossier.events[2:]
    third.form, third.role, third.actor, third.terminal, third.behalf = 2, "staff", "x", "", "owner"
    previous = third.previous_hash
    for event in (third, fourth, fifth):
        event.previous_hash = previous
        previous = event.hash = events.hash_of(event, dossier.id)
    database.commit()
    assert [link.number for link in events.verify_chains()] == [4]
