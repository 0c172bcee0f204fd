"""Who ends a transaction: the request, the worker or the command; nothing that they call."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

APP = Path(__file__).parent.parent / "app"
BELOW = ("adapters", "domain", "forms", "labels", "models", "services")


def endings(source: str) -> list[int]:
    """Return the lines that end a transaction."""
    found = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Attribute))
    return sorted(node.lineno for node in found if node.attr in {"commit", "rollback"})


@pytest.mark.parametrize("package", BELOW)
def test_nothing_below_the_worker_ends_a_transaction(package):
    files = sorted((APP / package).rglob("*.py"))
    assert files
    found = {str(file.relative_to(APP)): endings(file.read_text()) for file in files}
    assert {name: lines for name, lines in found.items() if lines} == {}


def test_an_ending_is_seen():
    assert endings("db.session.flush()\ndb.session.commit()\nend = db.session.rollback") == [2, 3]
