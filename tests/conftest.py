"""Fixtures shared by all tests: an application on a fresh database, SQLite or PostgreSQL.

`--database=postgresql` needs DATABASE_URL of an empty database (see `make test`).
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import flask_babel
import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import delete
from sqlalchemy.orm import scoped_session

from app import create_app, gateways, i18n
from app.config import Settings, read_settings
from app.extensions import db, limiter
from app.services.desk import accounts
from app.services.dossier import pins
from app.services.messages import outbox
from app.services.papers import sealed_files
from app.services.reference.book import reset_book
from app.services.reference.loading import load_releases
from app.storage.keyfile import load_secrets
from app.work import messages as sending
from tests.browser.served import Served
from tests.client import CheckingClient
from tests.pages import PLACES, own_tables
from tests.pseudo import CLOSE, OPEN, PseudoTranslations


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=["sqlite", "postgresql"], default="sqlite")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL leave out what never asks a database: it was tested beside SQLite."""
    if config.getoption("--database") == "sqlite":
        return

    def asks(item: pytest.Item) -> bool:
        fixtures = getattr(item, "fixturenames", ())
        return "application" in fixtures or item.get_closest_marker("databases") is not None

    config.hook.pytest_deselected(items=[item for item in items if not asks(item)])
    items[:] = [item for item in items if asks(item)]


def _settings(instance: Path, database: str, **more: str) -> Settings:
    env = {"INSTANCE": str(instance), "SERVICE_MODE": "training", "LOG_LEVEL": "WARNING", **more}
    if database == "postgresql":
        env["DATABASE_URL"] = os.environ["DATABASE_URL"]
    return read_settings(env)


@pytest.fixture(scope="session")
def application(request, tmp_path_factory) -> Iterator[Flask]:
    """The application once per run, its tables made and the reference data loaded."""
    # A hash that costs 30 ms makes guessing dear and tests slow; what it costs has its own test.
    cheap = pytest.MonkeyPatch()
    for module in (pins, accounts):
        hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        cheap.setattr(module, "_hasher", hasher)
    database = request.config.getoption("--database")
    app = create_app(_settings(tmp_path_factory.mktemp("instance"), database), testing=True)
    with app.app_context():
        db.drop_all()
        db.create_all()
        load_releases()
        db.session.commit()
        sealed_files.check_place()
    app.extensions[PLACES] = {}
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    cheap.undo()


@pytest.fixture
def app(application) -> Iterator[Flask]:
    """The application; what a test writes beside the reference data is gone afterwards."""
    yield application
    with application.app_context():
        db.session.rollback()
        for table in reversed(own_tables()):
            db.session.execute(delete(table))
        db.session.commit()
        db.session.remove()


@pytest.fixture
def database(app) -> Iterator[scoped_session]:
    """The session, inside an application context."""
    with app.app_context():
        yield db.session
        db.session.rollback()


@pytest.fixture
def empty_book():
    """Forget the cached reference book before and after a test that loads its own."""
    reset_book()
    yield
    reset_book()


@pytest.fixture(autouse=True)
def no_quiet_hours(monkeypatch) -> None:
    """Let messages go out at any hour: tests run at night too. Its own tests bring quiet back."""
    for module in (outbox, sending):
        monkeypatch.setattr(module, "next_allowed", lambda moment, _kind: moment)


@pytest.fixture
def client(app) -> CheckingClient:
    """A browser that checks every page it receives (see tests/client.py)."""
    app.test_client_class = CheckingClient
    return app.test_client()


@pytest.fixture
def new_client(app) -> Callable[[], CheckingClient]:
    """Make another browser, which shares nothing with the first."""
    app.test_client_class = CheckingClient
    return app.test_client


@pytest.fixture
def pseudo_client(client, monkeypatch) -> CheckingClient:
    """A browser for pages in which every known text stands in ⟦ ⟧, dates included."""
    client.speaks = "pseudo"
    pseudo = PseudoTranslations()
    monkeypatch.setattr(flask_babel.Domain, "get_translations", lambda _self: pseudo)
    say_date = i18n.format_date

    def marked_date(*args: object, **options: object) -> str:
        return f"{OPEN}{say_date(*args, **options)}{CLOSE}"

    monkeypatch.setattr(i18n, "format_date", marked_date)
    return client


@pytest.fixture
def office_is(app) -> Iterator[Callable[[str, str], None]]:
    """Rule how a built-in office behaves, e.g. `office_is("dukcapil", "down")`, for one test."""
    settings: Settings = app.config["SETTINGS"]
    state = settings.instance / "simulators"
    touched: set[Path] = set()

    def rule(office: str, mode: str) -> None:
        path = state / f"{office}.json"
        path.write_text(json.dumps({"mode": mode}))
        touched.add(path)

    yield rule
    for path in touched:
        path.unlink(missing_ok=True)
    if touched:  # a new line to the offices: the old one remembers the failures
        gateways.init_app(app, settings, load_secrets(settings.instance))


@pytest.fixture
def public_address(application, monkeypatch) -> None:
    """Say where the service is: only then may caches give one page that names it to everybody."""
    settings = replace(application.config["SETTINGS"], public_url="http://localhost")
    monkeypatch.setitem(application.config, "SETTINGS", settings)


@pytest.fixture
def make_app(application, request) -> Iterator[Callable[..., Flask]]:
    """Make another application on the same database and keys, with other settings.

    testing=False turns the limiter on and lets errors end in the error page.
    """
    made: list[Flask] = []
    known: Settings = application.config["SETTINGS"]

    def make(*, testing: bool = False, **env: str) -> Flask:
        database = request.config.getoption("--database")
        app = create_app(_settings(known.instance, database, **env), testing=testing)
        app.test_client_class = CheckingClient
        made.append(app)
        return app

    yield make
    for app in made:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
    gateways.init_app(application, known, load_secrets(known.instance))  # there is one set of ports
    if limiter.initialized and limiter.enabled:
        limiter.reset()
    limiter.enabled = False  # there is one limiter for all applications of a process


@pytest.fixture
def assist(app, make_app) -> Flask:
    """The same database, served in assist mode: staff compare the NIK, people file at OSS."""
    return make_app(testing=True, SERVICE_MODE="assist")


@pytest.fixture(scope="session")
def served(tmp_path_factory) -> Iterator[Served]:
    """The real server on a free port, with its own data folder."""
    with Served(tmp_path_factory.mktemp("served")) as running:
        yield running
        assert running.errors() == []
