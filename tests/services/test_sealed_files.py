"""Files follow a rotation of the data keys as every other sealed value does."""

from __future__ import annotations

from app.extensions import vault
from app.services import attachments, sealed_files
from tests.factories import dossier_at
from tests.papers import photo


def test_files_and_parts_are_counted_and_sealed_anew(database, monkeypatch):
    dossier = dossier_at(None)
    reserved = attachments.reserve(attachments.clean(photo()))
    attachments.put(reserved)
    attachments.attach(dossier, "lain1", None, reserved)
    paper = attachments.papers_of(dossier)[-1].paper
    upload = attachments.begin_upload(dossier, paper, 200_000)
    attachments.take_part(upload, 0, b"x" * 65_536)
    database.commit()
    old, new = vault.current, vault.current + 1
    assert (sealed_files.uses(old), sealed_files.uses(new)) == (2, 0)
    monkeypatch.setattr(vault, "keys", {**vault.keys, new: b"k" * 32})
    monkeypatch.setattr(vault, "current", new)
    monkeypatch.setattr(vault, "source", None)
    assert sealed_files.reseal() == 2
    assert (sealed_files.uses(old), sealed_files.uses(new)) == (0, 2)
    assert sealed_files.reseal() == 0
    assert attachments.content_of(reserved.storage_key) == reserved.cleaned.content
