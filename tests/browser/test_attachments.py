"""A photo of a phone, sent in a real browser: with script over a line that breaks, and without."""

from __future__ import annotations

import pytest

from tests import papers
from tests.pages import KIOSK

pytestmark = pytest.mark.browser

PAGE = "/berkas/lampiran/untuk/lain1"
RAW = papers.photo(3000, 2000, turned=6)


def choose(person) -> None:
    person.page.locator("#berkas").set_input_files(
        {"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": RAW}
    )


def shown_size(person) -> tuple[int, int]:
    """Return width and height of the picture that is kept, as the browser draws it."""
    address = person.page.locator('main .hit a[href*="/lampiran/"]').first.get_attribute("href")
    size = person.page.evaluate(
        "src => new Promise((ok, no) => { const i = new Image(); i.onerror = no; i.src = src;"
        " i.onload = () => ok([i.naturalWidth, i.naturalHeight]); })",
        address,
    )
    return (int(size[0]), int(size[1]))


def test_with_script_it_is_made_small_and_goes_on_after_breaks(visitor, served):
    person = visitor()
    person.walk(KIOSK, to="nomor")
    person.open(PAGE)
    assert person.look() == []
    sent: list[tuple[int, int]] = []

    def line(route) -> None:
        if route.request.method != "PUT":
            route.continue_()
            return
        body = route.request.post_data_buffer or b""
        sent.append((int(route.request.headers["upload-offset"]), len(body)))
        if len(sent) == 2:
            route.abort()  # the part is lost on the way
            return
        if len(sent) == 3:
            served.stop()
            served.start()
        route.continue_()

    person.page.route("**/unggahan/**", line)
    choose(person)
    person.page.locator("main button.go").click()
    person.page.locator("#maju").wait_for()
    person.page.wait_for_url("**/berkas/lampiran", timeout=60_000)
    person.complaints.clear()  # Chromium says that the line was cut
    offsets = [offset for offset, _ in sent]
    assert offsets[1] == offsets[2], "it went on where it had stopped"
    total = max(offset + size for offset, size in sent)
    assert total < 700_000 < len(RAW)
    assert max(size for _, size in sent) <= 32_768
    assert shown_size(person) == (1067, 1600)
    assert person.look() == []


def test_a_bad_file_is_said_and_another_can_be_chosen(visitor):
    person = visitor(width=240)
    person.walk(KIOSK, to="nomor")
    person.open(PAGE)
    person.page.locator("#berkas").set_input_files(
        {"name": "a.pdf", "mimeType": "application/pdf", "buffer": papers.locked_pdf()}
    )
    person.page.locator("main button.go").click()
    person.page.locator("#kata:not(:empty)", has_text="PDF").wait_for()
    assert person.page.locator("#jalan").is_hidden()
    assert person.look() == []
    choose(person)
    person.page.locator("main button.go").click()
    person.page.wait_for_url("**/berkas/lampiran")
    assert shown_size(person) == (1067, 1600)


def test_it_can_be_stopped(visitor):
    person = visitor()
    person.walk(KIOSK, to="nomor")
    person.open(PAGE)
    person.page.route("**/unggahan/**", lambda route: route.abort())
    choose(person)
    person.page.locator("main button.go").click()
    person.page.locator("#henti").click()
    person.page.locator("#jalan").wait_for(state="hidden")
    assert person.path == PAGE
    assert person.page.locator("#berkas").is_enabled()
    person.complaints.clear()


def test_without_script_the_plain_form_sends_it(visitor):
    person = visitor(scripts=False, width=240)
    person.walk(KIOSK, to="nomor")
    person.open(PAGE)
    assert person.look() == []
    choose(person)
    person.press("main button.go")
    assert person.path == "/berkas/lampiran"
    assert person.look() == []
    assert person.page.locator('main .hit a[href*="/lampiran/"]').count() >= 1
