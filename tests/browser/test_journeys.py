"""The whole way in a real browser: without script and with it, small screens, both languages."""

from __future__ import annotations

import re

import pytest

from tests.pages import DEPOT, KIOSK, LIVES_OUTSIDE, PREFIXES, PUBLIC, TARO
from tests.personas import personas

pytestmark = pytest.mark.browser

ROUNDS = [
    # width, with script, language, persona
    (240, False, "id", KIOSK),
    (360, False, "en", TARO),
    (240, True, "en", KIOSK),
    (360, True, "id", TARO),
    (240, True, "id", LIVES_OUTSIDE),
    (360, False, "id", LIVES_OUTSIDE),
]


@pytest.mark.parametrize(
    ("width", "scripts", "language", "who"),
    ROUNDS,
    ids=[f"{w}-{'script' if s else 'plain'}-{lang}-{p.name}" for w, s, lang, p in ROUNDS],
)
def test_from_start_to_nib(visitor, width, scripts, language, who):
    person = visitor(width=width, scripts=scripts)
    faults: list[str] = []
    person.walk(who, language=language, look=lambda one: faults.extend(one.look()))
    shown = person.page.locator("main .code").first.inner_text()
    assert re.fullmatch(r"\d{13}", shown.replace(" ", ""))
    address = person.page.locator('main a[href$="nib.pdf"]').get_attribute("href")
    paper = person.context.request.get(person.base + (address or ""))
    assert paper.body().startswith(b"%PDF-")
    assert faults == [], "\n" + "\n".join(dict.fromkeys(faults))


# Two activities in its deed, of which an office decides about the second.
COMPANY = personas()["company"].but(akta={"kode": "47521 11052"})


@pytest.mark.parametrize(("width", "scripts", "language"), [(240, True, "id"), (360, False, "en")])
def test_a_company_with_two_activities_and_its_office(visitor, width, scripts, language):
    person = visitor(width=width, scripts=scripts)
    faults: list[str] = []

    def look(one):
        faults.extend(one.look())

    person.walk(COMPANY, language=language, to="diri", look=look)
    person.press('main a[href$="/berkas/pelaku"]')
    look(person)
    person.fill("pelaku", "pt")
    person.press("main button.go")
    person.walk(COMPANY, to="periksa", look=look)
    person.press('main form[action$="/berkas/kegiatan-lain"] button')
    person.walk(DEPOT, look=look)
    for does in ("lengkap", "kembalikan"):
        person.press('main a[href$="/berkas/latihan-petugas"]')
        look(person)
        person.fill("tindakan", does)
        if does == "kembalikan":
            person.page.locator("main details summary").last.click()
            person.fill("alasan", "place_not_in_plan")
            person.fill("sasaran", "step:tempat:1")
        person.press("main button.go")
        look(person)
    person.press('main a[href$="/berkas/perbaikan"]')
    look(person)
    person.press('main a[href$="/berkas/tempat/2"]')
    person.fill("jalan", "Jalan Latihan 9")
    person.press("main button.go")
    look(person)
    person.press("main button.go")
    person.press('main a[href$="/berkas/latihan-petugas"]')
    person.fill("tindakan", "setujui")
    person.press("main button.go")
    look(person)
    assert person.on == "hasil"
    assert person.page.locator('main a[href$="/berkas/latihan-petugas"]').count() == 0
    assert faults == [], "\n" + "\n".join(dict.fromkeys(faults))


@pytest.mark.parametrize("language", PREFIXES)
@pytest.mark.parametrize("width", [240, 360])
def test_public_pages(visitor, width, language):
    person = visitor(width=width)
    faults: list[str] = []
    for path, _ in PUBLIC.values():
        person.open(PREFIXES[language] + path)
        faults += person.look()
    assert faults == [], "\n" + "\n".join(faults)


def test_a_page_is_complete_without_styles_from_the_net(visitor):
    """The first paint needs one answer only."""
    person = visitor()
    asked: list[str] = []
    person.page.on("request", lambda request: asked.append(request.url))
    person.page.route("**/static/**", lambda route: route.abort())
    person.page.goto(person.base + "/berkas/mulai", wait_until="domcontentloaded")
    size = person.page.locator("main button.go").evaluate("e => getComputedStyle(e).minHeight")
    assert float(size.removesuffix("px")) >= 44
    person.complaints.clear()  # Chromium says that we cut the line
