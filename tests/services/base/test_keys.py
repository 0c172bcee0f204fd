"""Rotating the keys that seal: no downtime, nothing lost, and no key goes that is needed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from app import create_app, gateways
from app.commands.keys import keys_group
from app.config import read_settings
from app.extensions import db, vault
from app.models.dossier import Applicant, Dossier
from app.services.base import keys
from app.services.dossier import opening
from app.storage.keyfile import (
    SETTLED_AFTER,
    CannotRetire,
    add_data_key,
    key_source,
    load_secrets,
    remove_data_key,
)
from app.vault import REREAD_AFTER_S, CannotDecrypt, Vault
from app.work.sealing import reseal_all
from tests.factories import PEOPLE, dossier_at, pin_hash

NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)
ROOT = Path(__file__).parent.parent.parent.parent
NEW = 200


@pytest.fixture
def rotated(database, monkeypatch):
    """A file sealed with the old key; the current key is another one now."""
    number = dossier_at(None).id
    monkeypatch.setattr(vault, "keys", {**vault.keys, NEW: bytes(range(32))})
    monkeypatch.setattr(vault, "current", NEW)
    monkeypatch.setattr(vault, "source", None)
    return number


def raw(column: str = "nik") -> bytes:
    query = sa.text(f"SELECT {column} FROM applicants WHERE {column} IS NOT NULL")
    return bytes(db.session.execute(query).scalar_one())


def test_everything_is_sealed_anew_and_reads_the_same(rotated, database):
    old = raw()[1]
    before = keys.uses()[old]
    assert before > 5
    result = reseal_all()
    assert (result.done, result.broken) == (before, 0)
    assert (keys.uses()[old], keys.uses()[NEW]) == (0, before)
    database.expire_all()
    row = database.get_one(Dossier, rotated)
    assert row.applicant.nik == PEOPLE["kiosk"].nik
    assert row.activity.street
    assert reseal_all().done == 0, "again: nothing is left to do"
    keys.check_unused(old)


def test_every_sealed_column_is_known(application):
    with application.app_context():
        found = {each.purpose for each in keys.sealed_columns()}
    assert {"applicants.nik", "activities.street", "correction_targets.before"} <= found


def test_it_goes_on_where_it_was_stopped(rotated, database, monkeypatch):
    for _ in range(3):
        opening.start(pin_hash(), "id").applicant.name = "x"
    database.commit()
    monkeypatch.setattr(keys, "BATCH", 1)
    sealed, seen = vault.seal, []

    def stops(text: str, purpose: str) -> bytes:
        seen.append(purpose)
        if len(seen) == 3:
            raise KeyboardInterrupt
        return sealed(text, purpose)

    monkeypatch.setattr(vault, "seal", stops)
    with pytest.raises(KeyboardInterrupt):
        reseal_all()
    database.rollback()
    assert keys.uses()[NEW] == 5, "three of ours, two of them sealed anew"
    monkeypatch.setattr(vault, "seal", sealed)
    reseal_all()
    assert keys.uses()[1] == 0


def test_a_newer_answer_is_not_undone(rotated, database, monkeypatch):
    opened = vault.open
    newer = vault.seal("a newer answer", "applicants.name")

    def changed_meanwhile(stored: bytes, purpose: str) -> str:
        text = opened(stored, purpose)
        if purpose == "applicants.name":
            database.execute(sa.text("UPDATE applicants SET name = :name"), {"name": newer})
        return text

    monkeypatch.setattr(vault, "open", changed_meanwhile)
    reseal_all()
    monkeypatch.undo()
    monkeypatch.setattr(vault, "keys", {**vault.keys, NEW: bytes(range(32))})
    database.expire_all()
    assert database.scalar(sa.select(Applicant.name)) == "a newer answer"


def test_what_opens_with_no_key_is_told_and_left(rotated, database):
    broken = b"\x01\x63" + bytes(40)
    database.execute(sa.text("UPDATE applicants SET name = :name"), {"name": broken})
    database.commit()
    result = reseal_all()
    assert result.broken == 1
    assert raw("name") == broken
    with pytest.raises(keys.StillUsed):
        keys.check_unused(0x63)


def test_files_keep_a_key_until_somebody_can_look_at_them(rotated, monkeypatch):
    reseal_all()
    monkeypatch.setattr(keys.ports, "files", object(), raising=False)
    monkeypatch.setattr(keys, "ELSEWHERE", [])
    with pytest.raises(keys.StillUsed):
        keys.check_unused(1)
    monkeypatch.setattr(
        keys, "ELSEWHERE", [keys.Elsewhere("files", Counter, lambda: iter([keys.Resealed(4, 0)]))]
    )
    keys.check_unused(1)
    assert reseal_all().done == 4


# The file of keys


@pytest.fixture
def instance(tmp_path) -> Path:
    load_secrets(tmp_path)
    return tmp_path


def test_a_new_key_becomes_the_current_one(instance):
    before = load_secrets(instance)
    assert add_data_key(instance, NOW) == 2
    after = load_secrets(instance)
    assert after.current_data_key == 2
    assert after.data_keys[1] == before.data_keys[1]
    assert after.data_keys[2] != before.data_keys[1]
    assert (after.index_key, after.session_key) == (before.index_key, before.session_key)
    assert (instance / "secrets.json").stat().st_mode & 0o777 == 0o600
    assert [p.name for p in instance.iterdir() if p.name.startswith(".secrets")] == []


@pytest.mark.parametrize(("highest", "works"), [(254, True), (255, False)])
def test_key_numbers_fit_one_byte(instance, highest, works):
    path = instance / "secrets.json"
    stored = json.loads(path.read_text())
    stored["data_keys"][str(highest)] = stored["data_keys"]["1"]
    path.write_text(json.dumps(stored))
    if works:
        assert add_data_key(instance, NOW) == 255
        return
    with pytest.raises(ValueError, match="no key number"):
        add_data_key(instance, NOW)
    assert load_secrets(instance).current_data_key == 1


@pytest.mark.parametrize(("seconds", "works"), [(-1, False), (0, True)])
def test_a_key_goes_when_no_process_can_seal_with_it(instance, seconds, works):
    add_data_key(instance, NOW)
    later = NOW + SETTLED_AFTER + timedelta(seconds=seconds)
    if works:
        remove_data_key(instance, 1, later)
    else:
        with pytest.raises(CannotRetire):
            remove_data_key(instance, 1, later)
    assert (1 in load_secrets(instance).data_keys) is not works


@pytest.mark.parametrize("number", [2, 7])
def test_the_current_key_and_one_that_is_not_there_do_not_go(instance, number):
    add_data_key(instance, NOW)
    with pytest.raises(CannotRetire):
        remove_data_key(instance, number, NOW + timedelta(days=1))


# Running processes


def running(instance: Path) -> Vault:
    found = load_secrets(instance)
    return Vault(
        keys=found.data_keys,
        current=found.current_data_key,
        source=key_source(instance),
        read_at=time.monotonic(),
    )


def test_a_running_process_opens_what_a_newer_key_sealed(instance):
    older = running(instance)
    add_data_key(instance, NOW)
    sealed = running(instance).seal("Contoh", "a.b")
    assert sealed[1] == 2
    assert older.open(sealed, "a.b") == "Contoh"


@pytest.mark.parametrize(("seconds", "number"), [(-30.0, 1), (0.0, 2)])
def test_a_running_process_seals_with_the_new_key_within_a_minute(instance, seconds, number):
    process = running(instance)
    add_data_key(instance, NOW)
    process.read_at = time.monotonic() - REREAD_AFTER_S - seconds
    sealed = process.seal("Contoh", "a.b")
    assert sealed[1] == number
    assert process.open(sealed, "a.b") == "Contoh"


def test_a_key_that_is_gone_opens_nothing(instance):
    process = running(instance)
    sealed = process.seal("Contoh", "a.b")
    add_data_key(instance, NOW)
    remove_data_key(instance, 1, NOW + timedelta(days=1))
    process.reread()
    with pytest.raises(CannotDecrypt):
        process.open(sealed, "a.b")


@pytest.fixture
def own(application, tmp_path):
    """An application with a data folder and database of its own, for commands that change keys."""
    kept = {name: getattr(vault, name) for name in vars(vault)}
    env = {"INSTANCE": str(tmp_path), "LOG_LEVEL": "WARNING"}
    app = create_app(read_settings(env), testing=True)
    with app.app_context():
        db.create_all()
        opening.start(pin_hash(), "id").applicant.name = "Contoh Lama"
        db.session.commit()
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    for name, value in kept.items():
        setattr(vault, name, value)
    settings = application.config["SETTINGS"]
    gateways.init_app(application, settings, load_secrets(settings.instance))


OTHER_PROCESS = """
from app import create_app
from app.extensions import db, vault
from app.services.dossier import opening
app = create_app()
with app.app_context():
    row = opening.start("no hash", "id")
    row.applicant.name = "Contoh Baru"
    db.session.commit()
    print(vault.current)
"""


def test_another_process_sealed_with_the_new_key(own, tmp_path):
    runner = own.test_cli_runner()
    add_data_key(tmp_path, datetime.now(UTC))  # as by hand elsewhere: this process knows nothing
    assert vault.current == 1
    env = {**os.environ, "INSTANCE": str(tmp_path), "LOG_LEVEL": "WARNING"}
    env.pop("DATABASE_URL", None)
    result = subprocess.run(
        [sys.executable, "-c", OTHER_PROCESS],
        cwd=ROOT, env=env, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert result.stdout.strip() == "2", result.stderr
    with own.app_context():
        names = db.session.scalars(sa.select(Applicant.name).order_by(Applicant.dossier_id)).all()
        assert names == ["Contoh Lama", "Contoh Baru"]
        db.session.rollback()
    status = runner.invoke(keys_group, ["status"]).output
    assert status == "key 1: 1 values\nkey 2: 1 values, current\n"


def test_from_rotation_to_retirement(own, tmp_path):
    runner = own.test_cli_runner()
    assert runner.invoke(keys_group, ["rotate"]).exit_code == 0
    refused = runner.invoke(keys_group, ["retire", "1"])
    assert refused.exit_code == 1
    assert "1 values may still need it" in refused.output
    assert runner.invoke(keys_group, ["reseal"]).output == "sealed anew: 1\n"
    assert runner.invoke(keys_group, ["retire", "1"]).exit_code == 1, "too soon"
    path = tmp_path / "secrets.json"
    stored = json.loads(path.read_text())
    stored["rotated_at"] = (datetime.now(UTC) - SETTLED_AFTER).isoformat()
    path.write_text(json.dumps(stored))
    assert runner.invoke(keys_group, ["retire", "1"]).output == "key 1 is gone\n"
    with own.app_context():
        assert db.session.scalar(sa.select(Applicant.name)) == "Contoh Lama"
        db.session.rollback()
    assert set(load_secrets(tmp_path).data_keys) == {2}
