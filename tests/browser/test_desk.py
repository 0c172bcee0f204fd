"""Two of the office at one computer, in a browser that keeps pages: keys, lock, Back, both tabs."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator

import pytest

from app.config import ROOT
from tests.browser.test_shared_terminal import _HELD, held_further_back
from tests.browser.visitor import Visitor, launch
from tests.pages import PREFIXES

pytestmark = pytest.mark.browser

TYPED = "Nama Rahasia dari orang tadi"
PIN = {"satu.petugas": "4711", "dua.petugas": "8024"}
_EMPLOY = """
import json
from app import create_app
from app.domain.desk.roles import StaffRole
from app.extensions import db
from app.services.desk import accounts
app = create_app()
found = {}
with app.app_context():
    for user, name, pin in (("satu.petugas", "Petugas Pertama", "4711"),
                            ("dua.petugas", "Petugas Kedua", "8024")):
        given = accounts.add_made_up(user, name, StaffRole.FRONT, pin)
        found[user] = [given.password, given.totp_secret, list(given.codes)]
    db.session.commit()
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def office(served) -> dict[str, list]:
    """Two people with their secrets; each may use a printed code for each test."""
    done = subprocess.run(
        [sys.executable, "-c", _EMPLOY], cwd=ROOT, env=served.env, check=True, capture_output=True
    )
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def keeping(chromium) -> Iterator[object]:
    """A Chromium with its back-forward cache on."""
    browser = launch(chromium.browser_type, keeps_pages=True)
    yield browser
    browser.close()


@pytest.fixture(params=[True, False], ids=["script", "no-script"])
def terminal(request, keeping, served) -> Iterator[Visitor]:
    """The computer of the counter."""
    shared = Visitor(keeping, served.url, number=940 + request.param, scripts=request.param)
    yield shared
    shared.context.close()
    assert shared.complaints == []


def sign_in(terminal: Visitor, office: dict[str, list], user: str) -> None:
    password, _secret, codes = office[user]
    terminal.open("/petugas/masuk")
    page = terminal.page
    page.fill('[name="nama"]', user)
    page.fill('[name="sandi"]', password)
    page.fill('[name="kode"]', codes.pop())
    page.keyboard.press("Enter")
    page.wait_for_url("**/petugas")


def alt(page, key: str) -> None:
    """Press Alt and a key, as a keyboard does: Playwright's own leaves out what the key means."""
    line = page.context.new_cdp_session(page)
    code = ("Digit" if key.isdigit() else "Key") + key.upper()
    pressed = {"modifiers": 1, "key": key, "code": code, "unmodifiedText": key}
    line.send("Input.dispatchKeyEvent", {"type": "keyDown", "text": key, **pressed})
    line.detach()


def at_the_lock(terminal: Visitor) -> None:
    """Wait until what is typed goes into the box of the PIN."""
    terminal.page.wait_for_url("**/petugas/kunci**")
    terminal.focused("[name=pin]")


def both_in(terminal: Visitor, office: dict[str, list]) -> None:
    """Let the second sign in, then the first, who then works here."""
    for user in ("dua.petugas", "satu.petugas"):
        if user == "satu.petugas":
            alt(terminal.page, "k")
            at_the_lock(terminal)
        sign_in(terminal, office, user)


def test_six_keys_change_the_person(terminal, office):
    both_in(terminal, office)
    page = terminal.page
    assert "Petugas Pertama" in page.inner_text("main")
    keys = ["Alt+k", *PIN["dua.petugas"], "Alt+2"]
    assert len(keys) <= 6
    alt(page, "k")
    at_the_lock(terminal)
    for key in keys[1:-1]:
        page.keyboard.press(key)
    alt(page, "2")
    page.wait_for_url("**/petugas")
    shown = page.inner_text("main")
    assert "Petugas Kedua" in shown
    assert "Petugas Pertama" not in page.evaluate(_HELD)


def test_back_shows_nothing_of_the_last_person(terminal, office):
    both_in(terminal, office)
    page = terminal.page
    terminal.open("/petugas/cari")
    page.fill('[name="cari"]', TYPED)
    terminal.open("/petugas/pilih")
    alt(page, "k")
    at_the_lock(terminal)
    page.keyboard.type(PIN["dua.petugas"])
    alt(page, "2")
    page.wait_for_url("**/petugas")
    held = held_further_back(terminal)
    assert len(held) >= 3, held.keys()
    for where, text in held.items():
        for words in (TYPED, "Petugas Pertama"):
            # The list of the lock names who has a day here; no other page does.
            assert words not in text or where.endswith("/kunci"), where
        assert TYPED not in text, where


def test_another_tab_is_locked_with_it(terminal, office):
    if not terminal.scripts:
        pytest.skip("without script a tab asks when it is used next")
    both_in(terminal, office)
    first = terminal.page
    terminal.open("/petugas/cari")
    first.fill('[name="cari"]', TYPED)
    other = terminal.context.new_page()
    other.goto(f"{terminal.base}/petugas")
    alt(other, "k")
    other.wait_for_url("**/petugas/kunci**")
    first.wait_for_url("**/petugas/kunci**")
    first.wait_for_timeout(1000)  # neither tab may call the other back
    assert TYPED not in first.evaluate(_HELD)


@pytest.mark.parametrize("language", PREFIXES)
@pytest.mark.parametrize("width", [360, 1280])
def test_every_page_fits_the_eye_and_the_keyboard(keeping, served, office, language, width):
    terminal = Visitor(keeping, served.url, number=950 + width // 360, width=width)
    prefix = PREFIXES[language]
    terminal.open(f"{prefix}/petugas/masuk")
    assert terminal.look() == []
    sign_in(terminal, office, "satu.petugas")
    for path in ("", "/cari", "/pilih"):
        terminal.open(f"{prefix}/petugas{path}")
        assert terminal.look() == []
    alt(terminal.page, "k")
    terminal.page.wait_for_url("**/petugas/kunci**")
    assert terminal.look() == []
    terminal.context.close()
    assert terminal.complaints == []
