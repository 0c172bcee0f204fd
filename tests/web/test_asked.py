"""What a request knows is kept in one typed place, and goes with the request."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

from flask import g

from app.asked import Asked, asked

# Flask-WTF looks for its token there, and nowhere else.
_MAY = {"asked.py", "web/session.py"}


def test_nothing_else_is_hung_on_the_request(app):
    """A loose name there is seen by no type check, and a slip of the pen reads as “nothing”."""
    root = Path(app.root_path)
    imports = re.compile(r"^from flask import [^\n]*\bg\b|^from flask import \([^)]*\bg,", re.M)
    found = {str(p.relative_to(root)) for p in root.rglob("*.py") if imports.search(p.read_text())}
    assert found == _MAY


def test_each_request_begins_without_any_notes(app):
    names = {field.name: getattr(Asked(), field.name) for field in fields(Asked)}
    assert not any(names.values())
    with app.test_request_context():
        asked().page_url = "/berkas/diri"
        assert asked() is g.asked
    with app.test_request_context():
        assert asked().page_url is None
        assert not asked().has_dossier
