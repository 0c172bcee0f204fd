"""Files follow a rotation of the data keys as every other sealed value does."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from app.adapters.files import FolderFiles, ObjectStoreFiles, PlaceMissing
from app.commands.keys import keys_group
from app.config import ROOT
from app.extensions import ports, vault
from app.services.base import keys
from app.services.papers import sealed_files, taking, uploads, wanted
from tests.browser.served import free_port
from tests.factories import dossier_at
from tests.papers import photo, signed_pdf
from tests.tools.bucket import BUCKET, KEY, REGION, SECRET, served


def test_files_and_parts_are_counted_and_sealed_anew(database, monkeypatch):
    dossier = dossier_at(None)
    reserved = taking.reserve(taking.clean(photo()))
    taking.put(reserved)
    taking.attach(dossier, "lain1", None, reserved)
    signed = taking.reserve(taking.clean(signed_pdf()))
    taking.put(signed)
    taking.attach(dossier, "lain2", None, signed)
    paper = wanted.papers_of(dossier)[-1].paper
    upload = uploads.begin_upload(dossier, paper, 200_000)
    uploads.take_part(upload, 0, b"x" * 65_536)
    database.commit()
    old, new = vault.current, vault.current + 1
    assert sealed_files.uses() == {old: 4}
    monkeypatch.setattr(vault, "keys", {**vault.keys, new: b"k" * 32})
    monkeypatch.setattr(vault, "current", new)
    monkeypatch.setattr(vault, "source", None)
    assert list(sealed_files.reseal()) == [keys.Resealed(1, 0)] * 4
    assert sealed_files.uses() == {new: 4}
    assert list(sealed_files.reseal()) == []
    assert taking.content_of(reserved.storage_key) == reserved.cleaned.content
    assert taking.content_of(signed.original_key or "") == signed_pdf()


@pytest.fixture(params=["folder", "bucket"])
def places(request, tmp_path, monkeypatch):
    """The place of files, and one that is not ours, as after a slip in the settings."""
    if request.param == "folder":
        (tmp_path / "not mounted").mkdir()
        yield FolderFiles(tmp_path / "files"), FolderFiles(tmp_path / "not mounted")
        return
    with served() as (_service, address):
        yield tuple(
            ObjectStoreFiles(address, name, key=KEY, secret=SECRET, region=REGION)
            for name in (BUCKET, "lampirann")
        )


@pytest.fixture
def kept(places, database, monkeypatch) -> str:
    """The key of a paper that is kept in the right place; the settings name the wrong one now."""
    right, wrong = places
    monkeypatch.setattr(ports, "files", right)
    sealed_files.check_place()
    dossier = dossier_at(None)
    reserved = taking.reserve(taking.clean(photo()))
    taking.put(reserved)
    taking.attach(dossier, "lain1", None, reserved)
    database.commit()
    monkeypatch.setattr(ports, "files", wrong)
    return reserved.storage_key


def test_no_key_is_retired_while_the_files_are_elsewhere(kept, places, app):
    runner = app.test_cli_runner()
    for command in (["status"], ["reseal"], ["retire", "99"]):
        answer = runner.invoke(keys_group, command)
        assert answer.exit_code == 1, command
        assert "is not there, or is not the one" in answer.output
    with pytest.raises(PlaceMissing):
        sealed_files.check_place()
    ports.files = places[0]
    sealed_files.check_place()
    assert keys.uses()[vault.current] > 0


def test_no_key_is_retired_while_a_file_is_absent_or_unreadable(kept, places, app, monkeypatch):
    monkeypatch.setattr(ports, "files", places[0])
    runner = app.test_cli_runner()
    content = ports.files.get(kept)
    for spoilt in (None, b"", content[:9]):
        ports.files.delete(kept)
        if spoilt is not None:
            ports.files.put(kept, spoilt)
        with pytest.raises(keys.NotAllRead):
            keys.check_unused(99)
        refused = runner.invoke(keys_group, ["retire", "99"])
        assert refused.exit_code == 1
        assert "1 files are not where they should be" in refused.output
        assert "key not known: 1 values" in runner.invoke(keys_group, ["status"]).output
        assert runner.invoke(keys_group, ["reseal"]).exit_code == 1
    keys.check_unused(99, unread_are_lost=True)
    ports.files.put(kept, content)
    keys.check_unused(99)


def test_an_older_place_without_a_mark_is_known_by_what_it_holds(kept, tmp_path, monkeypatch):
    if not isinstance(ports.files, FolderFiles):
        pytest.skip("the folder tells it for both")
    monkeypatch.setattr(ports, "files", FolderFiles(tmp_path / "files"))
    (tmp_path / "files" / "oss-sorong").unlink()
    sealed_files.check_place()
    ports.files.check()


def test_a_mistyped_bucket_is_told_at_the_start(tmp_path):
    kept_env = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME"}}
    with served() as (service, address):
        env = {
            **kept_env, "INSTANCE": str(tmp_path / "instance"), "PORT": str(free_port()),
            "FILES_S3_ENDPOINT": address, "FILES_S3_BUCKET": "lampirann", "FILES_S3_KEY": KEY,
            "FILES_S3_SECRET": SECRET, "FILES_S3_REGION": REGION, "LOG_LEVEL": "ERROR",
        }  # fmt: skip
        ended = subprocess.run(
            [sys.executable, "-m", "app"],
            cwd=ROOT, env=env, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
    assert ended.returncode == 2
    assert f"The bucket of files, lampirann at {address}, is not there" in ended.stderr
    assert "Are FILES_S3_ENDPOINT and FILES_S3_BUCKET right?" in ended.stderr
    assert SECRET not in ended.stderr
    assert service.objects == {}
