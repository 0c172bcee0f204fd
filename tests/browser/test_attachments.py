"""A photo of a phone, sent in a real browser: with script over a line that breaks, and without."""

from __future__ import annotations

import io

import pytest
from PIL import Image

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


QUARTERS = [(200, 0, 0), (0, 160, 0), (0, 0, 200), (0, 0, 0)]  # from the left above, by rows
# How each note of EXIF tells to lay the stored picture: what Pillow calls it.
LAID = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
REFUSES_OPTIONS = """() => {
  const known = createImageBitmap;
  window.createImageBitmap = (file, options) => {
    if (options) throw new TypeError('from-image is not a valid value');
    return known(file);
  };
}"""


def laid(orientation: int) -> bytes:
    """Return a photo that is upright once its note is obeyed, as a camera stores it."""
    upright = Image.new("RGB", (240, 160))
    for n, colour in enumerate(QUARTERS):
        upright.paste(colour, (n % 2 * 120, n // 2 * 80, n % 2 * 120 + 120, n // 2 * 80 + 80))
    stored = upright.transpose(LAID[orientation]) if orientation in LAID else upright
    exif = Image.Exif()
    if orientation:
        exif[0x0112] = orientation
    made = io.BytesIO()
    stored.save(made, "JPEG", quality=100, exif=exif, subsampling=0)
    return made.getvalue()


def test_a_photo_is_small_and_upright_in_browsers_that_do_not_turn_it(visitor):
    """Chrome 66 to 110 refuses to be told how; 83 turns nothing by itself."""
    person = visitor()
    person.page.add_init_script(f"({REFUSES_OPTIONS})()")
    person.walk(KIOSK, to="nomor")
    person.open(PAGE)
    sent: list[bytes] = []

    def line(route) -> None:
        sent.append(route.request.post_data_buffer or b"")
        route.abort()

    person.page.route("**/unggahan/**", line)
    for orientation in range(9):
        raw = laid(orientation)
        person.page.locator("#berkas").set_input_files(
            {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": raw}
        )
        with person.page.expect_request("**/unggahan/**"):
            person.page.locator("main button.go").click()
        person.page.locator("#henti").click()
        person.page.locator("#jalan").wait_for(state="hidden")
        assert len(sent[-1]) < len(raw)
        got = Image.open(io.BytesIO(sent[-1]))
        assert got.size == (240, 160), orientation
        assert got.getexif().get(0x0112, 1) == 1
        for n, colour in enumerate(QUARTERS):
            seen = got.getpixel((60 + n % 2 * 120, 40 + n // 2 * 80))
            assert all(abs(a - b) < 30 for a, b in zip(seen, colour, strict=True)), orientation
    person.complaints.clear()


def test_a_page_of_a_proxy_is_as_good_as_no_line(visitor):
    person = visitor()
    person.walk(KIOSK, to="nomor")
    person.open(PAGE)
    answers = [(200, "<h1>Login</h1>"), (502, "<h1>Bad Gateway</h1>"), (413, "<h1>Too Large</h1>")]

    def line(route) -> None:
        if not answers:
            route.continue_()
            return
        status, body = answers.pop()
        route.fulfill(status=status, content_type="text/html", body=body)

    person.page.route("**/unggahan/**", line)
    choose(person)
    person.page.locator("main button.go").click()
    person.page.wait_for_url("**/berkas/lampiran", timeout=60_000)
    assert shown_size(person) == (1067, 1600)
    person.complaints.clear()


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


def test_a_file_that_can_be_read_no_more_ends_with_a_sentence(visitor, tmp_path):
    """Moved or changed on the phone after it was chosen."""
    person = visitor()
    person.walk(KIOSK, to="nomor")
    person.open(PAGE)
    asked: list[str] = []
    person.page.on("request", lambda request: asked.append(request.url))
    chosen = tmp_path / "surat.pdf"
    chosen.write_bytes(papers.pdf())
    person.page.locator("#berkas").set_input_files(chosen)
    chosen.unlink()
    person.page.locator("main button.go").click()
    person.page.locator("#kata", has_text="tidak bisa dibaca lagi").wait_for()
    assert person.page.locator("#jalan").is_hidden()
    assert [url for url in asked if "unggahan" in url] == []
    assert person.look() == []
    choose(person)
    person.page.locator("main button.go").click()
    person.page.wait_for_url("**/berkas/lampiran")
    person.complaints.clear()  # Chromium names the file that is gone


def test_pauses_grow_although_other_answers_come(visitor):
    person = visitor()
    person.walk(KIOSK, to="nomor")
    person.open(PAGE)
    person.page.evaluate(
        "() => { const real = setTimeout; window.waits = []; window.setTimeout = (f, ms) => {"
        " const pause = ms > 700 && ms < 60000; if (pause) waits.push(ms);"
        " return real(f, pause ? 0 : ms); }; }"
    )
    person.page.route(
        "**/unggahan/**",
        lambda route: route.abort() if route.request.method == "PUT" else route.continue_(),
    )
    choose(person)
    person.page.locator("main button.go").click()
    while len(waits := person.page.evaluate("() => waits")) < 6:
        person.page.wait_for_timeout(50)
    assert waits[5] > 4 * waits[1] > 4 * waits[0] / 2
    person.page.locator("#henti").click()
    person.page.locator("#jalan").wait_for(state="hidden")
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
