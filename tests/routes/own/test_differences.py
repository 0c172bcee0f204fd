"""The page that says where OSS has it differently: yours, theirs, who mends it, and once more."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.extensions import db
from app.models.dossier import Job
from app.models.oss_notice import OssDifference
from app.services.base.jobs import JobKind
from tests.client import form_of, here, links_of, parse, words
from tests.factories import new_line
from tests.pages import KIOSK, PREFIXES, RESULT, Walk
from tests.routes.test_weights import (  # noqa: F401
    phone,
    returning_phone,
    wire_size,
)

PATH = "/berkas/selisih"
both_languages = pytest.mark.parametrize("language", PREFIXES)
both_ways = pytest.mark.parametrize("htmx", [False, True], ids=["plain", "htmx"])


@pytest.fixture(autouse=True)
def fresh_line(app):
    new_line(app)


def hrefs(response):
    return [address for address, _words in links_of(parse(response))]


def at_result(client, **options):
    walk = Walk(client, KIOSK, **options)
    walk.to(RESULT)
    return walk


def compare(client, walk, **options):
    return form_of(client.get(walk.prefix + PATH), PATH).submit(**options)


@both_languages
@both_ways
def test_it_names_both_sides_and_who_mends(client, office_is, language, htmx):
    walk = at_result(client, language=language)
    if language == "en":
        assert "not compared" in words(client.get(walk.prefix + PATH))
    office_is("oss", "differs")
    page = words(compare(client, walk, htmx=htmx))
    assert "47112" in page
    assert "Remu Utara" in page, "the place that OSS has"
    assert "oss.go.id" in page, "who mends it"
    if language == "en":
        assert "OSS has another business size" in page
        assert "Micro" in page
        assert "Small" in page
    result = client.get(walk.prefix + "/berkas/hasil")
    assert walk.prefix + PATH in hrefs(result)
    office_is("oss", "up")
    compare(client, walk, htmx=htmx)
    again = words(client.get(walk.prefix + PATH))
    assert "Remu Utara" not in again
    assert walk.prefix + PATH not in hrefs(client.get(walk.prefix + "/berkas/hasil"))


def test_it_is_only_there_after_sending(client):
    walk = Walk(client, KIOSK)
    walk.to("telepon")
    assert here(client.get(PATH, follow_redirects=True)).startswith("/berkas/")
    assert client.get(PATH).status_code == 303


def test_comparing_twice_with_one_form_counts_once(client, app, office_is):
    walk = at_result(client)
    office_is("oss", "differs")
    form = form_of(client.get(PATH), PATH)
    form.submit()
    form.submit()
    with app.app_context():
        assert len(db.session.scalars(select(OssDifference)).all()) == 2
        done = select(Job).where(Job.kind == JobKind.RECONCILE, Job.done_at.is_not(None))
        assert len(db.session.scalars(done).all()) == 1
    assert walk.page == RESULT


def test_while_oss_is_down_nothing_is_lost_and_it_comes_later(client, app, office_is):
    walk = at_result(client)
    office_is("oss", "down")
    page = compare(client, walk)
    assert page.status_code == 200
    with app.app_context():
        waiting = select(Job).where(Job.kind == JobKind.RECONCILE, Job.done_at.is_(None))
        assert len(db.session.scalars(waiting).all()) == 1


def test_without_a_token_nothing_is_compared(client, app):
    at_result(client)
    form = form_of(client.get(PATH), PATH)
    assert form.submit(without={"csrf_token"}, follow=False).status_code == 422
    assert form.submit(without={"kunci"}, follow=False).status_code == 400
    with app.app_context():
        done = select(Job).where(Job.kind == JobKind.RECONCILE, Job.done_at.is_not(None))
        assert db.session.scalars(done).all() == []


def test_a_stranger_sees_nothing(client, new_client):
    at_result(client)
    assert new_client().get(PATH).status_code == 403


@both_languages
def test_it_weighs_little(returning_phone, office_is, language):  # noqa: F811
    walk = at_result(returning_phone, language=language)
    office_is("oss", "differs")
    compare(returning_phone, walk)
    assert wire_size(returning_phone.get(walk.prefix + PATH)) < 4_000
