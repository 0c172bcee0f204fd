"""Every page beyond the short way in a real browser: fingers, eyes and screen readers."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator

import pytest

from app.config import ROOT
from tests.browser.served import Served
from tests.pages import PREFIXES

pytestmark = pytest.mark.browser

# A code lives for minutes only: on a slow machine its pages are gone in the later rounds.
LIVES_SHORTLY = {"code-told"}
# width, with script, language, in every situation; else each address once
ROUNDS = [(240, True, "id", True), (360, True, "en", False), (240, False, "en", False)]


def arranged(served: Served, mode: str) -> dict[str, tuple[str, list[str]]]:
    """Bring files into every situation on the data of a server; return cookies and addresses."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.situations", mode],
        cwd=ROOT, env=served.env, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def situations(served, tmp_path_factory) -> Iterator[list[tuple[str, str, str, list[str]]]]:
    """Give (base, situation, cookie, addresses) of both ways to work."""
    with Served(tmp_path_factory.mktemp("assist"), SERVICE_MODE="assist") as assist:
        yield [
            (server.url, name, cookie, addresses)
            for server, mode in ((served, "training"), (assist, "assist"))
            for name, (cookie, addresses) in arranged(server, mode).items()
        ]
        assert assist.errors() == []


@pytest.mark.parametrize(("width", "scripts", "language", "everywhere"), ROUNDS)
def test_own_pages(visitor, situations, width, scripts, language, everywhere):
    faults: list[str] = []
    seen: set[str] = set()
    for base, name, cookie, addresses in sorted(
        situations, key=lambda s: s[1] not in LIVES_SHORTLY
    ):
        person = visitor(width=width, scripts=scripts)
        person.base = base
        person.context.add_cookies([{"name": "s", "value": cookie, "url": base}])
        for address in addresses:
            if address in seen and not everywhere:
                continue
            seen.add(address)
            path = PREFIXES[language] + address
            person.open(path)
            if name in LIVES_SHORTLY and person.path != path:
                continue
            assert person.path == path.partition("?")[0], f"{name} was led elsewhere"
            faults += [f"{name} {fault}" for fault in person.look()]
        person.context.close()
    assert faults == [], "\n" + "\n".join(faults)
