"""What people agreed to can be shown again; a changed sentence is noticed."""

from __future__ import annotations

import json

import pytest

from app.domain.law.requirements import WORDING, DeclarationKind
from app.services.rights import wordings
from tests.factories import sent_dossier


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_texts_in_use_are_those_of_the_version(application, language):
    """Fails when a sentence was changed: keep it as a new version, and name that in WORDING."""
    with application.app_context():
        assert wordings.in_use()[language] == wordings.stored(WORDING)[language]


def test_every_version_is_whole():
    for path in wordings.FOLDER.glob("*.json"):
        assert set(wordings.stored(path.stem)) == {"id", "en"}


def test_what_somebody_saw_can_be_shown_again(database):
    dossier = sent_dossier()
    for row in dossier.declarations:
        texts = wordings.shown(row.wording, row.kind, dossier.language)
        assert len(texts) == 2
        assert all(texts)


def test_another_sentence_is_another_digest(application):
    with application.app_context():
        texts = wordings.in_use()
    changed = json.loads(json.dumps(texts))
    changed["en"][str(DeclarationKind.SPPL)][0] += "!"
    assert wordings.digest(changed) != wordings.digest(texts)


def test_a_version_never_changes(application, tmp_path, monkeypatch):
    with application.app_context():
        first = wordings.keep("a", tmp_path)
        assert wordings.keep("a", tmp_path) == first
        monkeypatch.setattr(wordings, "in_use", lambda: {"id": {}, "en": {}})
        with pytest.raises(FileExistsError):
            wordings.keep("a", tmp_path)


def test_a_version_that_was_changed_or_is_not_there_is_refused(application, tmp_path):
    with application.app_context():
        wordings.keep("b", tmp_path)
    path = tmp_path / "b.json"
    path.write_text(path.read_text().replace('"id"', '"xx"'))
    for version in ("b", "c"):
        with pytest.raises(ValueError, match=version):
            wordings.stored(version, tmp_path)
