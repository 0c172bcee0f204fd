"""Practice or real: data keep what they are for, whatever mode a later start names."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app import create_app
from app.__main__ import main
from app.config import ROOT, Settings, read_settings
from app.extensions import db, ports, vault
from app.models.dossier import Dossier, Paper
from app.models.installation import Installation
from app.practice_space import keeper
from app.services.dossier import opening
from app.storage import purpose
from app.storage.keyfile import load_secrets
from app.storage.purpose import OtherPurpose, claim
from app.work import run
from tests.factories import PEOPLE, identify, pin_hash

STRANGER = "9601055403870001"  # made up; its serial is one that a real card might have
CONNECTED = {
    "OSS_URL": "https://oss.test",
    "OSS_USER_KEY": "k",
    "OSS_USERNAME": "u",
    "OSS_PASSWORD": "p",
}

Start = Callable[..., Flask]


@pytest.fixture
def start(application, tmp_path) -> Iterator[Start]:
    """Start in a mode, on the data in a folder: tables, then the claim that every start makes."""
    made: list[Flask] = []
    known = vars(vault).copy()
    before = vars(ports).copy()

    def begin(mode: str, folder: str = "data", *, claims: bool = True, **env: str) -> Flask:
        settings = {"INSTANCE": str(tmp_path / folder), "LOG_LEVEL": "WARNING", **env}
        more = CONNECTED if mode == "connected" else {}
        app = create_app(read_settings({**settings, **more, "SERVICE_MODE": mode}), testing=True)
        made.append(app)
        with app.app_context():
            db.create_all()
        if claims:
            claim(app)
        return app

    yield begin
    for app in made:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
    vars(vault).update(known)
    vars(ports).update(before)


def file_of(app: Flask, nik: str | None = None, *, specimen: bool = False) -> None:
    """Open a file; give it a NIK, or a specimen."""
    with app.app_context():
        dossier = opening.start(pin_hash(), "id")
        if nik == PEOPLE["kiosk"].nik:
            identify(dossier, PEOPLE["kiosk"])
        elif nik is not None:
            dossier.applicant.nik = nik
            dossier.applicant.nik_index = vault.index(nik, "applicants.nik")
        if specimen:
            paper = Paper(
                code="A" * 10,
                dossier=dossier,
                kind="nib",
                number="x",
                specimen=True,
                issued_at=datetime.now(UTC),
            )
            db.session.add(paper)
        db.session.commit()
        db.session.remove()


def unmark(app: Flask) -> None:
    """Make the data as they were before they knew what they are for."""
    with app.app_context():
        db.session.delete(db.session.scalars(select(Installation)).one())
        db.session.commit()
        db.session.remove()
    path = app.config["SETTINGS"].instance / "secrets.json"
    stored = json.loads(path.read_text())
    del stored["purpose"]
    path.write_text(json.dumps(stored))


def test_the_first_start_decides_and_real_modes_may_change_into_each_other(start: Start) -> None:
    app = start("assist")
    with app.app_context():
        assert db.session.scalars(select(Installation.purpose)).one() == "real"
    assert load_secrets(app.config["SETTINGS"].instance).purpose == "real"
    start("connected")
    start("assist")


@pytest.mark.parametrize(
    ("first", "then", "words"),
    [
        ("assist", "training", ["SERVICE_MODE=assist", "/latihan", "INSTANCE="]),
        ("connected", "training", ["SERVICE_MODE=connected"]),
        ("training", "assist", ["empty data folder", "INSTANCE=", "SERVICE_MODE=training"]),
        ("training", "connected", ["Nothing was changed"]),
    ],
)
def test_no_other_start_is_let_in(start: Start, first: str, then: str, words: list[str]) -> None:
    folder = start(first).config["SETTINGS"].instance
    with pytest.raises(OtherPurpose) as refusal:
        start(then)
    assert all(word in refusal.value.message for word in words)
    assert "DATABASE_URL" not in refusal.value.message, "it was not set"
    # The database alone knows it as well: a copy, a backup, or another folder with the same one.
    elsewhere = f"sqlite:///{folder / 'oss.sqlite'}"
    with pytest.raises(OtherPurpose, match="DATABASE_URL"):
        start(then, "other", DATABASE_URL=elsewhere)
    # And the folder with its keys and papers, whatever database is named beside it.
    with pytest.raises(OtherPurpose, match="data folder"):
        start(then, DATABASE_URL=f"sqlite:///{folder / 'second.sqlite'}")
    assert not (folder / "second.sqlite").exists()
    start(first, DATABASE_URL=f"sqlite:///{folder / 'second.sqlite'}")


def test_a_database_that_comes_while_the_service_runs_is_not_opened(start: Start) -> None:
    real, app = start("assist", "real"), start("training", "practice")
    for each in (real, app):
        with each.app_context():
            db.session.remove()
            db.engine.dispose()
    shutil.copy(*(each.config["SETTINGS"].instance / "oss.sqlite" for each in (real, app)))
    with app.app_context(), pytest.raises(OtherPurpose):
        db.session.scalar(select(Dossier.id))


@pytest.mark.parametrize(
    ("nik", "specimen", "fits"),
    [
        (STRANGER, False, {"assist"}),
        (STRANGER, True, {"assist"}),  # worked for real, then was once started without a mode
        (PEOPLE["kiosk"].nik, True, {"training"}),
        (PEOPLE["kiosk"].nik, False, {"training", "assist"}),
        (None, False, {"assist"}),  # opened, and nothing said yet: nobody knows by whom
    ],
)
@pytest.mark.parametrize("mode", ["training", "assist"])
def test_older_data_are_asked_themselves(
    start: Start, nik: str | None, specimen: bool, fits: set[str], mode: str
) -> None:
    app = start("assist")
    file_of(app, nik, specimen=specimen)
    unmark(app)
    if mode in fits:
        start(mode)
        return
    with pytest.raises(OtherPurpose):
        start(mode)
    start(*fits), "the refusal decided nothing"


def test_older_practice_that_has_only_been_opened_goes_on(start: Start) -> None:
    app = start("training")
    (app.config["SETTINGS"].instance / "practice.json").write_text("{}")
    file_of(app)
    unmark(app)
    start("training")


def test_the_worker_and_the_practice_space_are_held_to_it(start: Start, monkeypatch) -> None:
    real = start("assist")
    settings: Settings = real.config["SETTINGS"]
    monkeypatch.setattr(run, "work", lambda *_: pytest.fail("it began to work"))
    app = start("training", "other", claims=False)
    with app.app_context():
        db.session.add(Installation(id=1, purpose="real", since=datetime.now(UTC)))
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    with pytest.raises(OtherPurpose):
        run.run(app)
    inside = keeper.environment(settings, {"PATH": "x"})
    claimed = create_app(read_settings(inside), testing=True)
    with claimed.app_context():
        db.create_all()
    claim(claimed)  # beside the real data, in a folder of its own
    with claimed.app_context():
        assert db.session.scalars(select(Installation.purpose)).one() == "practice"
        db.session.remove()
        db.engine.dispose()


def test_starting_says_it_in_one_sentence(
    start: Start, tmp_path: Path, monkeypatch, capsys
) -> None:
    """`make run`, the web server and a flask command, without SERVICE_MODE on real data."""
    start("assist")
    monkeypatch.setenv("INSTANCE", str(tmp_path / "data"))
    monkeypatch.setenv("PORT", "8250")
    monkeypatch.delenv("SERVICE_MODE", raising=False)
    monkeypatch.setattr("app.__main__._serve", lambda _settings: pytest.fail("it served"))
    monkeypatch.setattr("app.__main__.upgrade", lambda: None)
    umask = os.umask(0)
    try:
        assert main() == 2
    finally:
        os.umask(umask)
    assert "SERVICE_MODE=assist" in capsys.readouterr().err
    for command in (["-c", "import app.wsgi"], ["-m", "flask", "--app", "app.wsgi", "nik"]):
        done = subprocess.run(
            [sys.executable, *command], cwd=ROOT, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 1
        assert "SERVICE_MODE=assist" in done.stderr
        assert "Traceback" not in done.stderr


def test_a_flask_command_makes_no_installation_by_accident(tmp_path: Path) -> None:
    """Keys that belong to nothing would be rotated with success, beside the service's own."""
    folder = tmp_path / "mistyped"
    env = {k: v for k, v in os.environ.items() if k in {"PATH", "HOME", "LANG"}}
    env["INSTANCE"] = str(folder)

    def flask(app: str, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["/bin/sh", "-c", 'umask 022; exec "$@"', "-", sys.executable, "-m", "flask", "--app",
             app, *words],
            cwd=ROOT, env={**env, **more}, capture_output=True, text=True, timeout=60,
        )  # fmt: skip

    for app in ("app.wsgi:app", "app"):
        done = flask(app, "keys", "rotate")
        assert done.returncode == 1
        assert f"no installation in {folder}" in done.stderr
        assert "Traceback" not in done.stderr
        assert not folder.exists()
    assert flask("app", "db", "upgrade", INSTALL="1").returncode == 0
    assert (folder / "oss.sqlite").exists()
    modes = {path.name: path.stat().st_mode & 0o077 for path in [folder, *folder.rglob("*")]}
    assert set(modes.values()) == {0}, modes


def test_a_flask_command_decides_nothing(start: Start) -> None:
    app = start("training", claims=False)
    claim(app, keep=False)
    start("assist")


def test_two_that_start_at_once_agree(start: Start, monkeypatch) -> None:
    app = start("training", claims=False)
    write = purpose._write

    def late(held: Flask, settings: Settings) -> None:
        write(held, settings)
        write(held, settings)

    monkeypatch.setattr(purpose, "_write", late)
    claim(app)
    with app.app_context():
        assert db.session.scalars(select(Installation.purpose)).one() == "practice"
