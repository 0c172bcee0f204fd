"""No room is left for the database: a calm page, nothing half kept, and later it goes on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy import event, text, update
from sqlalchemy.exc import OperationalError

from app.extensions import db
from app.models.dossier import Job, PostKey
from app.services.base import jobs, post_keys
from app.web.marks import open_to_all
from app.work import run
from tests.client import HTMX, CheckingClient, form_of, words
from tests.factories import bring_forward, count, logged, looking, open_dossier, rows
from tests.pages import PREFIXES

WRITES = ("INSERT", "UPDATE", "DELETE")
_FILLS_FREE_PAGES = "CREATE TABLE filling AS SELECT randomblob(:size) AS noise"


@contextmanager
def no_room(app: Flask) -> Iterator[None]:
    """Leave the database no page to grow by.

    SQLite is told so, and says it itself. PostgreSQL has no such means: what its driver raises is
    raised in its place.
    """
    with app.app_context():
        engine = db.engine
    if engine.dialect.name == "sqlite":
        yield from _no_page_left(app, engine)
        return

    def refuse(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith(WRITES):
            full = psycopg.errors.DiskFull("could not extend file: No space left on device")
            raise OperationalError(statement, None, full)

    event.listen(engine, "before_cursor_execute", refuse)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", refuse)


def _no_page_left(app: Flask, engine: Any) -> Iterator[None]:
    def small(connection: Any, *_rest: Any) -> None:
        connection.execute("PRAGMA max_page_count=1")  # SQLite takes the pages that it has

    with looking(app) as session:
        free = session.scalar(text("PRAGMA freelist_count"))
        size = session.scalar(text("PRAGMA page_size"))
        session.execute(text(_FILLS_FREE_PAGES), {"size": (free + 8) * size})
        session.commit()
    event.listen(engine, "checkout", small)
    try:
        yield
    finally:
        event.remove(engine, "checkout", small)
        with looking(app) as session:
            session.execute(text("PRAGMA max_page_count=1073741823"))
            session.rollback()
            session.execute(text("DROP TABLE filling"))
            session.commit()
        with app.app_context():
            engine.dispose()


@pytest.fixture
def strict(app, make_app) -> Flask:
    """The application as it runs, with its error pages."""
    return make_app(testing=False)


LONG = "Jalan Latihan yang panjang " + "x" * 60
AT_MOST = 40  # more forms than the pages in use have gaps for


def fill_up() -> None:
    """Write more than the gaps of the pages in use can take; kept by whoever commits."""
    now = datetime.now(UTC)
    db.session.add_all(
        PostKey(
            key=post_keys.new_key(), digest=b"", endpoint="uji", location="x" * 200, used_at=now
        )
        for _ in range(500)
    )


@pytest.mark.parametrize(("language", "htmx"), [("id", False), ("en", True)])
def test_a_form_is_handed_back_and_can_be_sent_later(strict, language, htmx):
    client: CheckingClient = strict.test_client()
    open_dossier(strict, client)
    page = f"{PREFIXES[language]}/berkas/alamat"
    headers = HTMX if htmx else {}
    with no_room(strict), logged() as log:
        for _ in range(AT_MOST):
            form = form_of(client.get(page)).fill(jalan=LONG)
            before = rows(strict)
            answer = client.post(form.action, data=dict(form.data()), headers=headers)
            if answer.status_code >= 400:
                break
        assert answer.status_code == 503
        assert rows(strict) == before, "nothing half kept"
        assert client.get(page).status_code == 200, "what is there can still be read"
    said = {"id": "Layanan sedang istirahat", "en": "The service is resting"}[language]
    assert said in words(answer)
    assert LONG not in log.getvalue()
    again = form_of(answer)
    assert again["jalan"] == LONG
    assert again.submit(follow=False).status_code == 303
    assert form_of(client.get(page))["jalan"] == LONG


def test_a_transaction_that_cannot_end_well_is_no_success(strict):
    def write() -> str:
        fill_up()
        return "kept"

    strict.add_url_rule("/uji/tulis", "uji", open_to_all(write), methods=["POST"])
    client = strict.test_client()
    with no_room(strict):
        answer = client.post("/uji/tulis")
        assert answer.status_code == 503
        assert "kept" not in words(answer)
    assert count(strict, PostKey) == 0
    assert client.post("/uji/tulis").status_code == 200
    assert count(strict, PostKey) == 500


def test_the_worker_outlives_it_and_does_the_rest_once(app):
    tried = []

    def handler(job: Job, budget_s: float) -> bool:
        tried.append(job.id)
        fill_up()
        db.session.commit()
        return True

    jobs.handles("uji")(handler)
    try:
        with looking(app) as session:
            for _ in range(2):
                jobs.plan("uji", None)
            session.commit()
        with no_room(app), logged() as log:
            assert run.sweep(app) == 0
        assert "OperationalError" in log.getvalue()
        assert count(app, PostKey) == 0
        with looking(app) as session:
            session.execute(update(Job).values(claimed_until=None))
            session.commit()
            bring_forward()
        assert run.sweep(app) == 2
        assert run.sweep(app) == 0
        assert count(app, PostKey) == 1000
    finally:
        jobs._handlers.pop("uji")
