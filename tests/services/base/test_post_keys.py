"""One-time keys: a form that arrives twice is taken once."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from app.extensions import db
from app.models.dossier import PostKey
from app.services.base import post_keys
from app.services.base.post_keys import BadPostKey, Taken
from app.services.dossier import opening
from app.services.journey import steps
from tests.factories import at_once, looking, pin_hash

ANSWERS = [("telepon", "0812 0000 4567"), ("dari", "periksa")]
STEP = "journey.telepon"


@pytest.fixture
def dossier_id(database) -> int:
    dossier_id = opening.start(pin_hash(), "id").id
    database.commit()
    return dossier_id


def taken_key(dossier_id: int | None, endpoint: str = STEP, answers=ANSWERS) -> str:
    """Take a fresh key as a request does, and note where it led."""
    key = post_keys.new_key()
    row = post_keys.claim(key, endpoint, answers, dossier_id)
    assert isinstance(row, PostKey)
    row.location, row.dossier_id = "journey.show_step alamat", dossier_id
    end_request()
    return key


def end_request() -> None:
    """Commit and forget what was loaded: each request has a session of its own."""
    db.session.commit()
    db.session.expunge_all()


def test_keys_cannot_be_guessed_and_never_repeat():
    keys = {post_keys.new_key() for _ in range(1000)}
    assert len(keys) == 1000
    assert {len(key) for key in keys} == {22}  # 128 bits


def test_the_same_form_again_leads_where_it_led(dossier_id):
    key = taken_key(dossier_id)
    again = post_keys.claim(key, STEP, ANSWERS, dossier_id)
    assert again == Taken(dossier_id, "journey.show_step alamat", same=True)


def test_the_order_of_boxes_does_not_matter(dossier_id):
    key = taken_key(dossier_id)
    again = post_keys.claim(key, STEP, ANSWERS[::-1], dossier_id)
    assert isinstance(again, Taken)
    assert again.same


@pytest.mark.parametrize(
    "answers",
    [
        [("telepon", "0812 0000 4568"), ("dari", "periksa")],
        [("telepon", "0812 0000 4567")],
        [*ANSWERS, ("telepon", "")],
        [("telepon", "periksa"), ("dari", "0812 0000 4567")],
        [],
    ],
)
def test_other_answers_are_an_edit(dossier_id, answers):
    key = taken_key(dossier_id)
    again = post_keys.claim(key, STEP, answers, dossier_id)
    assert isinstance(again, Taken)
    assert not again.same


def test_after_an_edit_the_new_answers_are_the_same(dossier_id):
    key = taken_key(dossier_id)
    edited = [("telepon", "0812 0000 9999")]
    row = post_keys.change(key, edited)
    assert row is not None
    for answers, same in ((edited, True), (ANSWERS, False)):
        end_request()
        again = post_keys.claim(key, STEP, answers, dossier_id)
        assert isinstance(again, Taken)
        assert again.same is same


@pytest.mark.parametrize(
    "key", ["", "x", "A" * 21, "A" * 23, "A" * 21 + "=", "A" * 21 + "\n", "é" * 22, "A" * 5000]
)
def test_a_key_of_another_shape_is_refused_and_not_kept(dossier_id, database, key):
    with pytest.raises(BadPostKey):
        post_keys.claim(key, STEP, ANSWERS, dossier_id)
    assert database.scalar(select(func.count()).select_from(PostKey)) == 0


def test_a_key_of_another_form_is_refused(dossier_id):
    key = taken_key(dossier_id)
    with pytest.raises(BadPostKey):
        post_keys.claim(key, "journey.alamat", ANSWERS, dossier_id)


def test_a_key_of_another_dossier_is_refused(dossier_id, database):
    key = taken_key(dossier_id)
    other = opening.start(pin_hash(), "id").id
    database.commit()
    with pytest.raises(BadPostKey):
        post_keys.claim(key, STEP, ANSWERS, other)
    end_request()
    assert isinstance(post_keys.claim(key, STEP, ANSWERS, dossier_id), Taken)


def test_a_key_goes_with_what_it_did(dossier_id, database):
    """What failed may be sent again as if for the first time."""
    key = post_keys.new_key()
    assert isinstance(post_keys.claim(key, STEP, ANSWERS, dossier_id), PostKey)
    database.rollback()
    assert isinstance(post_keys.claim(key, STEP, ANSWERS, dossier_id), PostKey)


def test_refusing_a_key_undoes_nothing_else(dossier_id, database):
    """Taking a used key fails inside the database; the rest of the request must survive that."""
    key = taken_key(dossier_id)
    dossier = opening.find_by_id(dossier_id)
    assert dossier is not None
    steps.set_phone(dossier, "+6281200001111")
    assert isinstance(post_keys.claim(key, STEP, ANSWERS, dossier_id), Taken)
    database.commit()
    database.expire_all()
    assert dossier.applicant.phone == "+6281200001111"


def test_answers_are_not_kept_readably(dossier_id, database):
    taken_key(dossier_id, answers=[("nik", "9601055403879001")])
    row = database.scalars(select(PostKey)).one()
    assert len(row.digest) == 32
    stored = repr([row.key, row.digest, row.endpoint, row.location])
    assert "9601055403879001" not in stored


def test_only_old_keys_are_forgotten(dossier_id, database):
    old, new = taken_key(dossier_id), taken_key(dossier_id)
    now = datetime.now(UTC)
    database.get_one(PostKey, old).used_at = now - timedelta(days=30, seconds=1)
    database.get_one(PostKey, new).used_at = now - timedelta(days=30) + timedelta(seconds=1)
    database.flush()
    assert post_keys.forget_old(now) == 1
    assert list(database.scalars(select(PostKey.key))) == [new]


def test_at_the_same_moment_one_takes_the_key_and_the_others_see_it(app):
    """The second waits for the first, so it never answers before there is an answer."""
    key = post_keys.new_key()

    def request() -> Taken | None:
        with looking(app) as session:
            found = post_keys.claim(key, "start.create", ANSWERS, None)
            if isinstance(found, Taken):
                return found
            time.sleep(0.2)
            dossier = opening.start(pin_hash(), "id")
            found.location, found.dossier_id = "start.number", dossier.id
            session.commit()
            return None

    results = at_once([request] * 4)
    assert [r for r in results if isinstance(r, BaseException)] == []
    assert results.count(None) == 1
    seen = [r for r in results if r is not None]
    assert {(t.location, t.same) for t in seen if isinstance(t, Taken)} == {("start.number", True)}
    with looking(app) as session:
        assert session.scalar(select(func.count()).select_from(opening.Dossier)) == 1
