"""The texts that people agree to, kept by version, so that what somebody saw can be shown again.

A version is a file in app/reference/wordings. A test compares the newest with the texts in use: a
changed sentence needs a new version (`flask reference keep-wording`) and its name in
domain/law/requirements.WORDING.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from flask_babel import force_locale

from app.domain.law.requirements import WORDING, DeclarationKind
from app.labels import label
from app.labels.base import DECLARATION_MEANINGS
from app.labels.own_data import CONSENT_TEXT

FOLDER = Path(__file__).parent.parent.parent / "reference" / "wordings"
CONSENT = "consent"

Texts = Mapping[str, Mapping[str, list[str]]]
"""Language -> what it is about -> its sentences: the statement and what it means."""


def in_use() -> Texts:
    """Return the texts as pages show them now, in both languages."""
    found: dict[str, dict[str, list[str]]] = {}
    for language in ("id", "en"):
        with force_locale(language):
            found[language] = {
                str(kind): [label(kind), str(DECLARATION_MEANINGS[kind])]
                for kind in DeclarationKind
            }
            found[language][CONSENT] = [str(CONSENT_TEXT)]
    return found


def digest(texts: Texts) -> str:
    """Return the SHA-256 of texts, 64 hex digits."""
    line = json.dumps(texts, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(line.encode()).hexdigest()


def keep(version: str = WORDING, folder: Path = FOLDER) -> str:
    """Write the texts in use as a version and return their digest.

    Raises FileExistsError when the version holds other texts: what people saw does not change.
    """
    texts = in_use()
    path = folder / f"{version}.json"
    if path.exists() and stored(version, folder) != texts:
        raise FileExistsError(version)
    content: dict[str, Any] = {"version": version, "digest": digest(texts), "texts": texts}
    folder.mkdir(exist_ok=True)
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n")
    return digest(texts)


@cache
def stored(version: str, folder: Path = FOLDER) -> Texts:
    """Return the texts of a version. Raises ValueError when it is not known or was changed."""
    path = folder / f"{version}.json"
    if not path.is_file():
        raise ValueError(version)
    content = json.loads(path.read_text())
    texts: Texts = content["texts"]
    if content["digest"] != digest(texts):
        raise ValueError(version)
    return texts


def shown(version: str, about: str, language: str) -> list[str]:
    """Return the sentences that somebody saw. Raises ValueError, KeyError for none."""
    return stored(version)[language][about]
