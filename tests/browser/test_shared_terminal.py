"""Two people at one terminal, one after the other, in a browser that keeps pages as theirs does."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.browser.visitor import Visitor, launch
from tests.pages import KIOSK, PIN

pytestmark = pytest.mark.browser

WHO, WHERE = "Nama Rahasia", "Jalan Rahasia 9"
PAPER = "/berkas/lampiran/untuk/lain1"
PHOTO = {"name": "rahasia.jpg", "mimeType": "image/jpeg", "buffer": b"rahasia"}
# All that a page holds: what is written, typed, chosen, picked as a file, and its title in print.
_HELD = """() => [document.title, document.body.innerText,
  ...[...document.querySelectorAll('input:not([type=hidden]), select, textarea')].map(box =>
    ['radio', 'checkbox'].includes(box.type) ? (box.checked ? `${box.name}=${box.value}` : '')
      : box.type === 'file' ? [...box.files].map(f => f.name).join() : box.value)].join('\\n')"""
_EVER = 12  # pages back, further than anybody typed


@pytest.fixture(scope="module")
def keeping(chromium) -> Iterator[object]:
    """A Chromium with its back-forward cache on."""
    browser = launch(chromium.browser_type, keeps_pages=True)
    yield browser
    browser.close()


@pytest.fixture(params=[True, False], ids=["htmx", "no-script"])
def terminal(request, keeping, served) -> Iterator[Visitor]:
    """One browser that many people use."""
    shared = Visitor(keeping, served.url, number=900 + request.param, scripts=request.param)
    yield shared
    shared.context.close()
    assert shared.complaints == []


def start(terminal: Visitor, *, shared: bool = False) -> None:
    """Open a new file and stand at its first step."""
    terminal.open("/berkas/mulai")
    if shared:
        terminal.page.locator('main [name="bersama"]').check()
    terminal.fill("pin", PIN)
    terminal.press("main button.go")
    terminal.press("main a.go")
    assert terminal.on == "diri"


def type_without_sending(terminal: Visitor) -> None:
    """Fill the first step, pick a photo, and go away from both."""
    terminal.fill_all({**KIOSK.pages["diri"], "nama": WHO, "kelamin": "P"})
    terminal.open(PAPER)
    terminal.page.locator("#berkas").set_input_files(PHOTO)
    terminal.open("/berkas/nomor")


def finish(terminal: Visitor) -> None:
    terminal.open("/berkas/nomor")
    terminal.press('form[action="/berkas/selesai"] button')


def back(terminal: Visitor) -> bool:
    """Go back once; False where there is nothing further back."""
    if terminal.page.evaluate("navigation.currentEntry.index") == 0:
        return False
    terminal.page.go_back(wait_until="commit")
    # A page that was kept loads nothing, so there is no end of loading to wait for.
    terminal.page.wait_for_timeout(500)
    return True


def held_further_back(terminal: Visitor) -> dict[str, str]:
    """Go back as far as it goes; return address -> all that the page held."""
    found = {}
    for step in range(_EVER):
        if not back(terminal):
            break
        found[f"{step} {terminal.path}"] = terminal.page.evaluate(_HELD)
    return found


def test_the_browser_keeps_pages(terminal):
    """Otherwise the tests below prove nothing."""
    if not terminal.scripts:
        pytest.skip("only script can see it")
    terminal.open("/privasi")
    terminal.page.evaluate("window.kept = true")
    terminal.open("/bantuan")
    terminal.page.go_back(wait_until="commit")
    assert terminal.page.evaluate("window.kept") is True


def test_own_words_come_back_and_those_of_the_last_person_do_not(terminal):
    start(terminal)
    type_without_sending(terminal)
    back(terminal)
    assert PHOTO["name"] in terminal.page.evaluate(_HELD)
    back(terminal)
    own = terminal.page.evaluate(_HELD)
    assert WHO in own
    assert "kelamin=P" in own
    finish(terminal)
    start(terminal)
    terminal.open(PAPER)  # the last page of B is one that A stood on as well
    held = held_further_back(terminal)
    assert len([page for page in held if page.endswith("/diri")]) >= 2, held.keys()
    for page, text in held.items():
        for words in (WHO, "kelamin=P", PHOTO["name"]):
            assert words not in text, page


def test_leaving_without_a_next_person_shows_nothing_either(terminal):
    start(terminal)
    terminal.walk(KIOSK, to="alamat")
    terminal.fill_all({"jalan": WHERE})
    finish(terminal)
    for page, text in held_further_back(terminal).items():
        for words in (WHERE, KIOSK.person.name, KIOSK.person.nik):
            assert words not in text, page


def test_other_tabs_forget_too(terminal):
    start(terminal)
    terminal.fill_all({"nama": WHO})
    first, other = terminal.page, terminal.context.new_page()
    terminal.page = other
    finish(terminal)
    if not terminal.scripts:
        first.reload()
    first.locator('main [name="pin"]').wait_for()
    assert WHO not in first.evaluate(_HELD)


def test_on_a_shared_device_nothing_is_offered(terminal):
    start(terminal, shared=True)
    finish(terminal)
    start(terminal)
    offered = '() => [...document.querySelectorAll("main input")].filter(box => !["hidden", '
    offered += '"radio"].includes(box.type) && box.autocomplete !== "off").map(box => box.name)'
    assert terminal.page.evaluate(offered) == []


def test_a_number_that_was_only_typed_does_not_wait_for_the_next_person(terminal):
    """The page that follows a file belongs to no file, and is for everybody."""
    start(terminal)
    number = "3141 5926 5358"
    terminal.open("/lacak")
    terminal.page.fill("#nomor", number)
    finish(terminal)
    start(terminal)
    held = held_further_back(terminal)
    assert [page for page in held if page.endswith("/lacak")], held.keys()
    assert not [page for page, text in held.items() if number in text]
