"""Copies: made, put back into an empty place, tried each week; and all that must be refused."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import subprocess
import tarfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from flask_migrate import upgrade
from sqlalchemy import func, select, text, update

from app import create_app, gateways
from app.adapters import bundles, dumps
from app.adapters.bundles import BrokenBundle, Copies, WrongKey
from app.adapters.messages import Messages
from app.commands import backup as commands
from app.config import Settings, read_settings
from app.domain.sending.messages import Channel, MessageKind, MessageState
from app.extensions import db, ports, vault
from app.models.attachment import Attachment
from app.models.audit import Act
from app.models.dossier import Dossier, Event, Job, OpenSession
from app.models.duty import Duty
from app.models.message import Message
from app.services.backup.manifest import PLAIN_SETTINGS, SECRET_SETTINGS
from app.services.base import duties, jobs
from app.services.base.duties import Alarm, DutyName
from app.services.base.jobs import JobKind
from app.services.messages import outbox
from app.services.papers import sealed_files, taking
from app.services.reference.loading import load_releases
from app.storage import purpose
from app.storage.keyfile import add_data_key, key_source, load_secrets
from app.work import claims, sealing
from app.work.copies import backup, keeping, restoring, trial
from tests import papers
from tests.client import CheckingClient
from tests.factories import dossier_at, sent_dossier
from tests.services.messages.test_outbox import Recorder
from tests.services.papers.test_taking import NAMES_PAPERS, add

pytestmark = pytest.mark.databases

SAFE, PUBLIC = bundles.new_identity()


class House:
    """An installation of its own, its folder of copies, and places to put one back."""

    def __init__(self, folder: Path, application: Flask, database: str) -> None:
        self.folder, self._application, self._database = folder, application, database
        self._places, self._apps = ExitStack(), list[Flask]()
        self.env = self._env("rumah")
        self.copies = Copies(folder / "salinan")
        self.copies.folder.mkdir()
        self.safe = folder / "brankas.txt"
        self.safe.write_text(SAFE)

    def _env(self, name: str) -> dict[str, str]:
        env = {
            "INSTANCE": str(self.folder / name), "SERVICE_MODE": "training", "LOG_LEVEL": "WARNING",
            "BACKUP_TO": str(self.folder / "salinan"), "BACKUP_RECOVERY_KEY": PUBLIC,
        }  # fmt: skip
        if self._database == "postgresql":
            url = os.environ["DATABASE_URL"].replace("postgresql:", "postgresql+psycopg:")
            beside = dumps.beside(url, f"oss_{name}_{secrets.token_hex(3)}")
            env["DATABASE_URL"] = self._places.enter_context(beside)
        return env

    def empty_place(self, **more: str) -> Settings:
        """Return the settings of a place in which nothing is."""
        return read_settings({**self._env(f"baru_{secrets.token_hex(3)}"), **more})

    def open(self, settings: Settings | None = None, **more: str) -> Flask:
        """Start the program there; from now on everything global belongs to it."""
        app = create_app(settings or read_settings({**self.env, **more}), testing=True)
        app.test_client_class = CheckingClient
        self._apps.append(app)
        return app

    def restore(self, settings: Settings, *options: str) -> Any:
        empty = commands.empty_app(settings, lambda there: create_app(there, testing=True))
        words = ["restore", str(self.copies.folder), "--identity", str(self.safe), *options]
        return _no_crash(empty.test_cli_runner().invoke(args=words))

    def close(self) -> None:
        """Take the places away that were made for a database."""
        self.leave()
        self._places.close()

    def leave(self) -> None:
        """Give everything global back to the application of all other tests."""
        for app in self._apps:
            _shut(app)
        self._apps.clear()
        known: Settings = self._application.config["SETTINGS"]
        keys = load_secrets(known.instance)
        vault.keys, vault.current = keys.data_keys, keys.current_data_key
        vault.index_key, vault.source = keys.index_key, key_source(known.instance)
        gateways.init_app(self._application, known, keys)


@pytest.fixture(scope="module")
def made(application, request, tmp_path_factory) -> Iterator[House]:
    """A house with two files, three papers and one copy."""
    found = House(
        tmp_path_factory.mktemp("rumah"), application, request.config.getoption("--database")
    )
    app = found.open()
    with app.app_context():
        upgrade()
    purpose.claim(app)
    with app.app_context():
        load_releases()
        db.session.commit()
        sealed_files.check_place()
        sent_dossier()
        dossier = dossier_at(None, kbli_code=NAMES_PAPERS)
        add(dossier, papers.signed_pdf())
        add(dossier, papers.photo(), address="lain1")
        sealing.seal_now(app.config["SETTINGS"], datetime.now(UTC))
        db.session.remove()
    said = run(app, "backup", "begin")
    assert "from now on" in said.output
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OFFICE_PHONE", "0951 000 000")
        patch.setenv("SMTP_URL", "smtp://oss:sandi@mail.example")
        said = run(app, "backup")
    assert said.exit_code == 0, said.output
    assert "3 papers, 3 of them new" in said.output
    found.leave()
    yield found
    found.close()


@pytest.fixture
def house(made) -> Iterator[House]:
    """The same; everything global belongs to the application of other tests afterwards."""
    yield made
    made.leave()


def run(app: Flask, *words: str) -> Any:
    runner: FlaskCliRunner = app.test_cli_runner()
    return _no_crash(runner.invoke(args=list(words)))


def _no_crash(result: Any) -> Any:
    """Whatever is refused is refused by a sentence."""
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def next_second() -> datetime:
    """Wait for another name of a bundle."""
    time.sleep(1.1)
    return datetime.now(UTC)


def _shut(app: Flask) -> None:
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def answers(app: Flask) -> dict[str, list[Any]]:
    """Return what people answered and which papers they sent, decrypted."""
    with app.app_context():
        found = {
            "files": [(each.support_number, each.applicant.nik, each.applicant.name)
                      for each in db.session.scalars(select(Dossier).order_by(Dossier.id))],
            "events": db.session.scalars(select(Event.hash).order_by(Event.id)).all(),
            "papers": [taking.content_of(key) for key in
                       db.session.scalars(select(Attachment.storage_key).order_by(Attachment.id))],
        }  # fmt: skip
        db.session.rollback()
    return found


def test_everything_comes_back_and_the_record_holds(house):
    before = answers(house.open())
    assert len(before["papers"]) == 2
    place = house.empty_place()
    said = house.restore(place)
    assert said.exit_code == 0, said.output
    assert "OFFICE_PHONE=0951 000 000" in said.output
    assert SAFE not in said.output
    assert "sandi" not in said.output
    app = house.open(place)
    assert answers(app) == before
    verified = run(app, "audit", "verify")
    assert verified.exit_code == 0, verified.output
    assert "all chains hold; last seal: 1" in verified.output
    assert (place.instance / "seals" / "seal-000001.txt").exists()
    with app.app_context():
        last = db.session.scalars(select(Act).order_by(Act.number)).all()[-1]
        assert (last.kind, last.role, last.facts["lost"]) == ("restored", "staff", 0)
        db.session.rollback()
    for path in place.instance.rglob("*"):
        if path.is_file():
            assert SAFE.encode() not in path.read_bytes(), "the recovery key stays in the safe"
    said = house.restore(place)
    assert said.exit_code == 1
    assert "There is an installation" in said.output
    assert (
        run(app, "restore", str(house.copies.folder), "--identity", str(house.safe)).exit_code == 1
    )


def test_nothing_readable_lies_among_the_copies(house):
    app = house.open()
    keys = load_secrets(app.config["SETTINGS"].instance)
    stored = json.loads((app.config["SETTINGS"].instance / "secrets.json").read_text())
    with app.app_context():
        number = db.session.scalars(select(Dossier.support_number)).first()
        db.session.rollback()
    secrets_there = [number, keys.session_key, *stored["data_keys"].values(), "OFFICE_PHONE"]
    seen = 0
    for path in house.copies.folder.rglob("*"):
        if path.is_file():
            seen += 1
            content = path.read_bytes()
            assert [each for each in secrets_there if each.encode() in content] == [], path
            assert path.stat().st_mode & 0o077 == 0, path
    assert seen >= 6


def test_the_key_of_the_machine_opens_a_bundle_and_no_keys(house):
    """Whoever takes the bundle key reads no personal data: its keys lie apart."""
    app = house.open()
    own = backup.identity_of(app.config["SETTINGS"])
    name = house.copies.names()[-1]
    names: list[str] = []

    def look(plain: Any) -> None:
        with tarfile.open(fileobj=plain, mode="r|gz") as tar:
            names.extend(entry.name for entry in tar)

    bundles.open_sealed(house.copies.data_of(name), own, look)
    assert names[:2] == ["manifest.json", "manifest.sig"]
    assert "seals/seal-000001.txt" in names
    assert not [each for each in names if "secret" in each or "key" in each]
    with pytest.raises(WrongKey):
        house.copies.keys(own)


@pytest.mark.skipif(shutil.which("age") is None, reason="age is not installed")
def test_debians_own_age_opens_it(house, tmp_path):
    name = house.copies.names()[-1]
    out = tmp_path / "data.tar.gz"
    command = ["age", "--decrypt", "-i", str(house.safe), "-o", str(out)]
    subprocess.run([*command, str(house.copies.data_of(name))], check=True)
    with tarfile.open(out) as tar:
        assert tar.getnames()[0] == "manifest.json"


def test_a_second_copy_copies_no_paper_again_and_a_new_key_each(house):
    app = house.open()
    settings = app.config["SETTINGS"]
    with app.app_context():
        first = backup.make(settings, next_second())
        assert (first.papers, first.copied, first.lost) == (3, 0, 0)
        add_data_key(settings.instance, datetime.now(UTC))
        list(sealed_files.reseal())
        vault.reread()
        for _each in sealed_files.reseal():
            db.session.commit()
        second = backup.make(settings, next_second())
        assert (second.papers, second.copied) == (3, 3)
        assert len(list((house.copies.folder / "keys").glob("*.age"))) == 2
        third = backup.make(settings, next_second())
        assert third.copied == 0
        db.session.remove()
    _shut(app)
    place = house.empty_place()
    said = house.restore(place, "--bundle", first.name)
    assert said.exit_code == 0, said.output
    app = house.open(place)
    assert len(answers(app)["papers"]) == 2, "an older bundle brings papers of an older key"


# What is refused


def _tear(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-40])


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: 65536 // 2])


def _alter(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))


@pytest.fixture
def spoilt(house, tmp_path) -> Iterator[Path]:
    """The newest bundle, to be spoilt; it is whole again afterwards."""
    path = house.copies.data_of(house.copies.names()[-1])
    kept = tmp_path / "kept"
    shutil.copy(path, kept)
    yield path
    shutil.copy(kept, path)


@pytest.mark.parametrize("spoil", [_tear, _cut, _alter])
def test_a_torn_or_altered_copy_is_refused_and_the_place_stays_empty(house, spoilt, spoil):
    spoil(spoilt)
    place = house.empty_place()
    said = house.restore(place)
    assert said.exit_code == 1
    assert "is torn or was changed" in said.output
    assert "--bundle" in said.output
    assert [each.name for each in place.instance.iterdir()] == []
    assert dumps.is_empty(place.database_url)


def test_the_list_of_papers_cannot_be_changed(house, tmp_path):
    path = house.copies.data_of(house.copies.names()[-1]).with_name("papers")
    kept = path.read_text()
    path.write_text(kept[:-1])
    place = house.empty_place()
    try:
        assert "is torn or was changed" in house.restore(place).output
    finally:
        path.write_text(kept)


def test_a_paper_that_was_changed_is_told_and_the_rest_comes_back(house, capfd):
    known = house.copies.papers_of(house.copies.names()[-1])
    sha = next(iter(known.values())).sha
    path = house.copies.folder / "papers" / sha[:2] / sha
    kept = path.read_bytes()
    path.write_bytes(kept[:-1] + b"x")
    with pytest.raises(BrokenBundle):
        house.copies.paper(sha)
    try:
        said = house.restore(house.empty_place())
    finally:
        path.write_bytes(kept)
    assert said.exit_code == 0
    assert "papers that are in no copy: 1" in said.output


def test_another_key_and_another_service_open_nothing(house, tmp_path):
    other, _public = bundles.new_identity()
    place = house.empty_place()
    kept = house.safe.read_text()
    house.safe.write_text(other)
    try:
        assert "does not open the keys" in house.restore(place).output
        house.safe.write_text("no key at all")
        assert house.restore(place).exit_code == 1
    finally:
        house.safe.write_text(kept)
    strange = json.loads(Path(house.env["INSTANCE"], "secrets.json").read_text())
    strange["seal_key"] = strange["index_key"]
    (tmp_path / "secrets.json").write_text(json.dumps(strange))
    said = house.restore(place, "--keys", str(tmp_path / "secrets.json"))
    assert "was not made by the service whose keys these are" in said.output
    assert not (place.instance / "secrets.json").exists()


def test_a_wrong_mode_is_refused(house):
    said = house.restore(house.empty_place(SERVICE_MODE="assist"))
    assert said.exit_code == 1
    assert "SERVICE_MODE=training" in said.output


def test_a_newer_database_is_refused():
    with pytest.raises(restoring.CannotRestore, match="newer program"):
        restoring.check_revision("of_the_year_2031", "9.9")
    restoring.check_revision("duties", "0.1.0")
    restoring.check_revision("seals", "0.1.0")


def test_a_place_that_is_not_empty_is_refused(house):
    place = house.empty_place()
    place.instance.mkdir()
    (place.instance / "lost+found").mkdir()
    (place.instance / "catatan.txt").write_text("x")
    said = house.restore(place)
    assert said.exit_code == 1
    assert "catatan.txt" in said.output
    (place.instance / "catatan.txt").unlink()
    said = house.restore(place, "--database-there")
    assert "There is no database yet" in said.output
    assert house.restore(place).exit_code == 0, "an empty disk has a folder of its own"


def test_a_folder_of_copies_that_is_not_mounted_is_told(house, tmp_path):
    app = house.open(BACKUP_TO=str(tmp_path / "usb"))
    said = run(app, "backup")
    assert said.exit_code == 1
    assert "Is its disk mounted?" in said.output
    (tmp_path / "usb").mkdir()
    assert "Is its disk mounted?" in run(app, "backup").output, "an empty folder is no copy"
    (tmp_path / "usb" / "foto.jpg").touch()
    assert "holds something else" in run(app, "backup", "begin").output
    assert "BACKUP_RECOVERY_KEY" in run(house.open(BACKUP_TO=""), "backup").output
    with app.app_context():
        row = db.session.get(Duty, DutyName.BACKUP)
        assert (row.well, row.facts["cause"]) == (False, "not_there")
        db.session.execute(update(Duty).values(well=True))
        db.session.commit()
        db.session.remove()


def test_a_recovery_key_is_made_outside_of_the_data(house, tmp_path):
    app = house.open()
    said = run(app, "backup", "key", str(tmp_path / "kunci.txt"))
    public = said.output.splitlines()[0].partition("=")[2]
    assert bundles.public_of((tmp_path / "kunci.txt").read_text()) == public
    assert (tmp_path / "kunci.txt").stat().st_mode & 0o077 == 0
    assert "AGE-SECRET" not in said.output
    assert run(app, "backup", "key", str(tmp_path / "kunci.txt")).exit_code == 1
    inside = app.config["SETTINGS"].instance / "kunci.txt"
    assert "Not into the data folder" in run(app, "backup", "key", str(inside)).output


# After a restore


def test_sessions_end_jobs_go_on_and_nothing_is_sent_twice(house):
    now = datetime.now(UTC).replace(microsecond=0)
    app = house.open()
    with app.app_context():
        dossier = db.session.scalars(select(Dossier).order_by(Dossier.id)).first()
        # What waits already is due by the hour of the day: at night it waits for the morning.
        db.session.execute(update(Message).values(state=MessageState.SENT))
        for number, (state, due) in enumerate(
            (
                (MessageState.WAITING, now - timedelta(minutes=1)),
                (MessageState.WAITING, now + timedelta(hours=1)),
                (MessageState.SENDING, now + timedelta(hours=1)),
                (MessageState.HANDED_OVER, now + timedelta(hours=1)),
                (MessageState.SENT, now - timedelta(minutes=1)),
            )
        ):
            outbox.announce(dossier, MessageKind.APPROVED, dedupe=f"uji{number}")
            message = db.session.scalars(select(Message).order_by(Message.id.desc())).first()
            message.state, message.due_at = state, due
        job = jobs.plan(JobKind.LICENCE_POLL, dossier.id)
        job.claimed_until = now + timedelta(minutes=1)
        db.session.add(OpenSession(key=b"x" * 32, dossier_id=dossier.id, used_at=now))
        db.session.commit()
        job_id = job.id
        db.session.remove()
    next_second()
    assert run(app, "backup").exit_code == 0
    with app.app_context():
        db.session.execute(text("DELETE FROM open_sessions"))
        db.session.commit()
    _shut(app)
    old_key = load_secrets(app.config["SETTINGS"].instance).session_key
    place = house.empty_place()
    lost_at = (now + timedelta(minutes=1)).strftime("%Y-%m-%d %H:%M")
    said = house.restore(place, "--lost-at", lost_at)
    assert said.exit_code == 0, said.output
    assert "sessions ended: 1" in said.output
    assert "may have gone out already: 3" in said.output
    assert load_secrets(place.instance).session_key != old_key
    app = house.open(place)
    with app.app_context():
        states = [
            (each.state, each.failure)
            for each in db.session.scalars(
                select(Message).where(Message.dedupe_key.like("%uji%")).order_by(Message.id)
            )
        ]
        held = (MessageState.UNCERTAIN, "restored")
        assert states == [held, (MessageState.WAITING, None), held, held, (MessageState.SENT, None)]
        assert db.session.get(Job, job_id).claimed_until is None
        assert db.session.scalar(select(func.count()).select_from(OpenSession)) == 0
        db.session.rollback()
    assert "uncertain: 3" in run(app, "messages", "status").output


def test_work_that_may_have_been_done_tells_nobody_twice(house):
    app = house.open()
    with app.app_context():
        told = []
        jobs_of = {}
        for who in ("before", "after"):
            dossier = sent_dossier(handed_over=False)
            job = db.session.scalars(
                select(Job).where(Job.dossier_id == dossier.id, Job.kind == JobKind.HANDOVER)
            ).one()
            jobs_of[who] = job.id
            if who == "before":
                duties.told(
                    DutyName.RESTORED, datetime.now(UTC), well=True,
                    until=datetime.now(UTC).isoformat(), jobs_to=job.id,
                )  # fmt: skip
                db.session.commit()
        for who, job_id in jobs_of.items():
            assert claims.run(job_id, budget_s=2.0, jitter=lambda: 0.5), who
            query = select(Message.state).where(
                Message.kind == MessageKind.NIB_READY,
                Message.dossier_id == db.session.get(Job, job_id).dossier_id,
            )
            told.append(db.session.scalars(query).all())
        db.session.delete(db.session.get(Duty, DutyName.RESTORED))
        db.session.commit()
    assert told == [[MessageState.UNCERTAIN], [MessageState.WAITING]]


def test_a_newer_database_goes_with_the_papers_that_came_since(house):
    """As from Litestream or a standby: newer than the bundle of the night."""
    app = house.open()
    settings = app.config["SETTINGS"]
    with app.app_context():
        dossier = dossier_at(None, kbli_code=NAMES_PAPERS)
        add(dossier, papers.photo())
        assert backup.copy_new(settings, datetime.now(UTC), 0) == dossier_papers()
        db.session.remove()
    place = house.empty_place()
    place.instance.mkdir()
    dump = place.instance.parent / "newer"
    dumps.take(settings.database_url, dump, lambda _connection: None)
    dumps.put_back(place.database_url, dump)
    dump.unlink(missing_ok=True)
    before = answers(app)
    _shut(app)
    said = house.restore(place)
    assert said.exit_code == 1
    said = house.restore(place, "--database-there")
    assert said.exit_code == 0, said.output
    assert "papers that are in no copy" not in said.output
    app = house.open(place)
    assert answers(app) == before


def dossier_papers() -> int:
    return int(db.session.scalar(select(func.max(Attachment.id))) or 0)


# The weekly trial


def test_a_trial_goes_well_and_leaves_nothing_behind(house):
    app = house.open()
    said = run(app, "backup", "trial")
    assert said.exit_code == 0, said.output
    assert "every chain holds" in said.output
    settings = app.config["SETTINGS"]
    assert list(settings.instance.glob(".salinan-*")) == []
    with app.app_context():
        row = db.session.get(Duty, DutyName.TRIAL)
        assert row.well
        assert row.facts["opened"] >= 2
        assert (row.facts["faults"], row.facts["unopened"]) == (0, 0)
        assert not trial.is_due(datetime.now(UTC))
        assert duties.alarms(datetime.now(UTC)) == []
        db.session.rollback()
    listed = run(app, "backup", "list").output
    assert "trial: well" in listed
    assert "LOOK AT THIS" not in listed


def test_a_trial_that_fails_is_told_to_the_head_once(house, spoilt):
    _alter(spoilt)
    app = house.open()
    settings = app.config["SETTINGS"]
    said = run(app, "backup", "trial")
    assert said.exit_code == 1
    assert "torn or was changed" in said.output
    recorder = Recorder()
    told = read_settings(
        {
            **house.env,
            "SMTP_URL": "smtp://mail.example",
            "MAIL_FROM": "oss@example.go.id",
            "OFFICE_EMAIL": "kepala@example.go.id",
        }
    )
    kept, ports.messages = ports.messages, Messages({Channel.EMAIL: recorder})
    try:
        with app.app_context():
            assert duties.alarms(datetime.now(UTC)) == [Alarm.TRIAL_FAILED]
            db.session.rollback()
            assert trial.mail_failure(settings) is None, "no address of the office is known"
            assert trial.mail_failure(told) is True
            assert trial.mail_failure(told) is None
            last = db.session.scalars(select(Act).order_by(Act.number.desc())).first()
            assert (last.kind, last.facts["well"]) == ("backup_tried", False)
            db.session.rollback()
        (letter,) = recorder.got
        assert letter.to == "kepala@example.go.id"
        assert "gagal" in letter.text.lower()
        assert "failed" in letter.text
    finally:
        ports.messages = kept
    assert app.test_client().get("/readyz").json["alarms"] == ["trial_failed"]
    with app.app_context():
        db.session.execute(update(Duty).values(well=True))
        db.session.commit()
    assert app.test_client().get("/readyz").json == {"ok": True}


def test_a_look_finds_what_does_not_hold(house):
    app = house.open()
    settings = app.config["SETTINGS"]
    next_second()
    assert run(app, "backup").exit_code == 0
    name = house.copies.names()[-1]
    with app.app_context():
        assert trial.look(settings, house.copies, name).well
        event = db.session.scalars(select(Event).order_by(Event.id)).first()
        event.facts = {**event.facts, "x": 1}
        db.session.flush()
        found = trial.look(settings, Copies(house.folder / "elsewhere"), name)
        assert found.faults >= 1
        assert found.unopened >= 2
        db.session.rollback()


# When


def test_the_keeper_makes_the_copy_of_a_night_once(house, monkeypatch):
    app = house.open()
    settings = app.config["SETTINGS"]
    tried: list[datetime] = []
    monkeypatch.setattr(trial, "run", lambda _settings, now: tried.append(now))
    keeper = keeping.Keeper(app)
    before = len(house.copies.names())
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    for moment in (tomorrow, tomorrow + timedelta(minutes=1)):
        monkeypatch.setattr("app.clock.now", lambda moment=moment: moment)
        keeper.look()
    assert len(house.copies.names()) == before + 1
    week = tomorrow + timedelta(days=7)
    monkeypatch.setattr("app.clock.now", lambda: week)
    keeper.look()
    assert tried == [week]
    assert settings.backup_keep_days == 35


def test_old_copies_go_and_the_newest_stays(house, monkeypatch):
    app = house.open()
    settings = app.config["SETTINGS"]
    later = datetime.now(UTC) + timedelta(days=100)
    with app.app_context():
        monkeypatch.setattr("app.clock.now", lambda: later)
        made = backup.make(settings, later)
        db.session.remove()
    assert house.copies.names() == [made.name]
    kept = {each.sha for each in house.copies.papers_of(made.name).values()}
    assert house.copies.shas() == kept


@pytest.mark.parametrize(
    ("well", "age", "due"),
    [(True, timedelta(minutes=1), False), (True, timedelta(hours=25), True),
     (False, timedelta(minutes=29), False), (False, timedelta(minutes=31), True),
     (True, timedelta(hours=-2), True)],
)  # fmt: skip
def test_when_a_copy_is_due(database, well, age, due):
    settings = read_settings({"BACKUP_AT": "01:17"})
    now = datetime(2026, 11, 30, 16, 30, tzinfo=UTC)  # 01.30 WIT
    duties.told(DutyName.BACKUP, now - age, well=well)
    assert backup.is_due(settings, now) is due


def test_a_failure_does_not_make_the_last_good_one_forgotten(database):
    now = datetime.now(UTC)
    duties.told(DutyName.BACKUP, now - timedelta(hours=2), well=True)
    row = duties.told(DutyName.BACKUP, now, well=False, cause="not_there")
    assert (row.since, row.at) == (now - timedelta(hours=2), now)


@pytest.mark.parametrize(
    ("hours", "alarms"), [(25.9, []), (26.1, [Alarm.BACKUP_OLD]), (None, [Alarm.BACKUP_OLD])]
)
def test_an_old_copy_is_an_alarm(database, hours, alarms):
    now = datetime.now(UTC)
    if hours is not None:
        duties.told(DutyName.BACKUP, now - timedelta(hours=hours), well=True)
    assert duties.alarms(now) == alarms


def test_each_setting_is_known_to_go_along_or_not():
    source = Path(gateways.__file__).with_name("config.py").read_text()
    assert set() == PLAIN_SETTINGS & SECRET_SETTINGS
    for name in PLAIN_SETTINGS | SECRET_SETTINGS:
        part = name.removeprefix("FILES_S3_") if name.startswith("FILES_S3_") else name
        part = part if "GATEWAY" not in part else "GATEWAY"
        assert part in source, name
    asked = set(re.findall(r'(?:whole|line|address|said|get)\(\s*"([A-Z][A-Z0-9_]+)"', source))
    assert asked - PLAIN_SETTINGS - SECRET_SETTINGS == set()
