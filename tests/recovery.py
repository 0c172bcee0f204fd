"""How much is lost and how long it takes: python -m tests.recovery --dossiers 200000

Makes an installation with honest rows in a temporary folder: files that the services themselves
made, copied with numbers, keys and chains of their own. Then a copy, the loss of everything, and
the way back, each with its seconds. With --litestream the log of the database is shipped meanwhile.
One JSON object a line. Nothing of it leaves the folder.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import json
import os
import secrets
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import Boolean, LargeBinary, String, Table, insert, select

from app import create_app
from app.adapters import bundles
from app.config import ROOT, Settings, read_settings
from app.domain.dossier.events import FIRST_HASH
from app.domain.dossier.seals import ActKind
from app.domain.written.support_number import new_support_number
from app.extensions import db
from app.models.dossier import Event
from app.services.audit import seals
from app.services.base import acts, events
from app.services.papers import sealed_files
from app.services.reference.loading import load_releases
from app.services.rights.retention import rows_of
from app.storage import purpose
from app.storage.keyfile import seal_key
from tests import papers
from tests.factories import dossier_at, sent_dossier
from tests.services.papers.test_taking import NAMES_PAPERS, add

STRIDE = 100_000
BATCH = 2_000


def say(what: str, value: float, unit: str, **more: object) -> None:
    """Print one line."""
    print(json.dumps({"what": what, "value": round(value, 3), "unit": unit, **more}), flush=True)


@contextlib.contextmanager
def timed(what: str, **more: object) -> Iterator[None]:
    began = time.monotonic()
    yield
    say(what, time.monotonic() - began, "s", **more)


def templates() -> list[int]:
    """Make some files through the services; return their ids."""
    found = [sent_dossier().id, dossier_at(None).id, sent_dossier(handed_over=False).id]
    with_paper = dossier_at(None, kbli_code=NAMES_PAPERS)
    add(with_paper, papers.photo())
    return [*found, with_paper.id]


def multiply(ids: list[int], number: int) -> None:
    """Copy the files until there are as many as asked for."""
    tables = [t for t in db.metadata.sorted_tables if rows_of(t, 1) is not None]
    rows = {
        (file, table.name): [
            dict(row._mapping)
            for row in db.session.execute(select(table).where(rows_of(table, file)))
        ]
        for file in ids
        for table in tables
    }
    named = {table.name for table in tables}
    again = itertools.cycle(ids)
    waiting: dict[str, list[dict[str, Any]]] = {table.name: [] for table in tables}
    made = len(ids)
    for copy in itertools.count(1):
        for file in (next(again) for _each in ids):
            if made >= number:
                break
            made += 1
            for table in tables:
                fresh = [_copy(table, row, copy, named) for row in rows[file, table.name]]
                if table.name == "events":
                    _chain(fresh)
                waiting[table.name] += fresh
        if made >= number or copy % (BATCH // len(ids)) == 0:
            for table in tables:
                if waiting[table.name]:
                    db.session.execute(insert(table), waiting[table.name])
                    waiting[table.name].clear()
            db.session.commit()
        if made >= number:
            break


def _copy(table: Table, row: dict[str, Any], copy: int, named: set[str]) -> dict[str, Any]:
    unique = {
        column.name
        for key in (*table.constraints, *table.indexes)
        if getattr(key, "unique", type(key).__name__ == "UniqueConstraint")
        and len(key.columns) == 1
        for column in key.columns
    } | {column.name for column in table.columns if column.unique}
    fresh = dict(row)
    for column in table.columns:
        value = row[column.name]
        if value is None or isinstance(column.type, Boolean):
            continue
        points = {key.column.table.name for key in column.foreign_keys}
        own = column.primary_key and not points and isinstance(value, int)
        if own or points & named:
            fresh[column.name] = value + copy * STRIDE
        elif table.name == "dossiers" and column.name == "support_number":
            fresh[column.name] = new_support_number(_digits)
        elif column.name in unique or (column.primary_key and not points):
            if isinstance(column.type, LargeBinary) or isinstance(value, bytes):
                fresh[column.name] = secrets.token_bytes(len(value))
            elif isinstance(column.type, String) or isinstance(value, str):
                fresh[column.name] = secrets.token_hex(32)[: len(value)]
    return fresh


def _digits(many: int) -> str:
    return str(secrets.randbelow(10**many)).zfill(many)


def _chain(fresh: list[dict[str, Any]]) -> None:
    previous = FIRST_HASH
    for row in sorted(fresh, key=lambda row: row["number"]):
        row["previous_hash"] = previous
        event = Event(**row)
        previous = row["hash"] = events.hash_of(event, row["dossier_id"])


def prepare(settings: Settings, number: int) -> Flask:
    app = create_app(settings, testing=True)
    with app.app_context():
        upgrade()
    purpose.claim(app)
    with app.app_context():
        load_releases()
        db.session.commit()
        sealed_files.check_place()
        multiply(templates(), number)
        seals.make(seal_key(settings.instance), datetime.now(UTC))
        db.session.commit()
        db.session.remove()
    return app


def flask(settings: dict[str, str], *words: str) -> None:
    env = {**{k: v for k, v in os.environ.items() if k in {"PATH", "HOME", "LANG"}}, **settings}
    command = [sys.executable, "-m", "flask", "--app", "app.wsgi:app", *words]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr[-2000:])


def ship(program: str, instance: Path, replica: Path) -> subprocess.Popen[bytes]:
    """Start Litestream with the configuration that deploy/ has, but for the places."""
    text = (ROOT / "deploy" / "litestream.yml").read_text()
    text = text.replace("/srv/oss/data", str(instance)).replace("/media/copies", str(replica))
    config = instance.parent / "litestream.yml"
    config.write_text(text)
    return subprocess.Popen([program, "replicate", "-config", str(config)],
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip


def restored_by(program: str, instance: Path, out: Path) -> None:
    config = instance.parent / "litestream.yml"
    subprocess.run([program, "restore", "-config", str(config), "-o", str(out),
                    str(instance / "oss.sqlite")], check=True, capture_output=True)  # fmt: skip


def newest(path: Path) -> float:
    """Return the moment that was written last; 0 for none."""
    with contextlib.closing(sqlite3.connect(path)) as database:
        found = database.execute("SELECT max(at) FROM acts WHERE kind = 'let_in'").fetchone()[0]
    return datetime.fromisoformat(found).replace(tzinfo=UTC).timestamp() if found else 0.0


def measure(number: int, litestream: str | None, seconds: float) -> None:
    folder = Path(tempfile.mkdtemp(prefix="oss-recovery-"))
    secret, public = bundles.new_identity()
    (folder / "safe.txt").write_text(secret)
    env = {"INSTANCE": str(folder / "data"), "BACKUP_TO": str(folder / "copies"),
           "BACKUP_RECOVERY_KEY": public, "LOG_LEVEL": "ERROR"}  # fmt: skip
    shipping = None
    try:
        (folder / "copies").mkdir()
        settings = read_settings(env)
        with timed("honest rows", dossiers=number):
            app = prepare(settings, number)
        database = settings.instance / "oss.sqlite"
        with contextlib.closing(sqlite3.connect(database)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        say("database", database.stat().st_size / 1e6, "MB", dossiers=number)
        flask(env, "backup", "begin")
        with timed("flask backup", dossiers=number):
            flask(env, "backup")
        bundle = next((folder / "copies").glob("2*/data.age"))
        say("bundle", bundle.stat().st_size / 1e6, "MB")
        if litestream:
            lost = folder / "newer.sqlite"
            shipping = ship(litestream, settings.instance, folder / "copies")
            began = time.monotonic()
            written = 0.0
            while time.monotonic() - began < seconds:  # somebody comes twice a second
                with app.app_context():
                    written = acts.record(ActKind.LET_IN).at.timestamp()
                    db.session.commit()
                    db.session.remove()
                time.sleep(0.5)
            shipping.send_signal(signal.SIGKILL)  # the machine burns at this moment
            shipping.wait()
            shipping = None
            with timed("litestream restore", dossiers=number):
                restored_by(litestream, settings.instance, lost)
            say("lost (RPO)", written - newest(lost), "s", beside="two writes a second")
        with app.app_context():
            db.engine.dispose()
        shutil.rmtree(settings.instance)
        words = ["restore", str(folder / "copies"), "--identity", str(folder / "safe.txt")]
        with timed("flask restore", dossiers=number):
            flask(env, *words)
        with timed("flask audit verify", dossiers=number):
            flask(env, "audit", "verify")
        if litestream:
            shutil.rmtree(settings.instance)
            settings.instance.mkdir()
            shutil.move(lost, settings.instance / "oss.sqlite")
            with timed("flask restore --database-there", dossiers=number):
                flask(env, *words, "--database-there")
    finally:
        if shipping is not None:
            shipping.kill()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dossiers", type=int, default=200_000)
    parser.add_argument("--litestream", help="the program; without it only copies are measured")
    parser.add_argument("--seconds", type=float, default=30.0, help="how long people come")
    given = parser.parse_args()
    measure(given.dossiers, given.litestream, given.seconds)
