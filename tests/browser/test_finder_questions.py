"""An unsure wording, a question, an answer, the code, and Back, in a real browser."""

from __future__ import annotations

import pytest

from app.services.kbli.questions import all_questions
from tests.browser.test_own_pages import arranged

pytestmark = pytest.mark.browser
QUESTIONS = {each.key: each.text_id for each in all_questions()}


@pytest.mark.parametrize(("width", "scripts"), [(240, False), (360, True)])
def test_a_talk_on_cek_usaha(visitor, width, scripts):
    person = visitor(width=width, scripts=scripts)
    page = person.page
    person.open("/cek-usaha")
    page.fill("#q", "sepatu sendal")
    page.click("main button.go")
    page.wait_for_selector(f"h2:text-is('{QUESTIONS['sepatu']}')")
    assert person.look() == []
    page.click("a[href*='sepatu.jual']")
    page.wait_for_selector(f"h2:text-is('{QUESTIONS['eceran']}')")
    page.go_back()
    page.wait_for_selector(f"h2:text-is('{QUESTIONS['sepatu']}')")
    page.click("a[href*='sepatu.perbaiki']")
    page.wait_for_selector(".hit")
    assert person.look() == []
    assert page.locator(".hit a").first.get_attribute("href").endswith("kbli=95230")


@pytest.mark.parametrize(("width", "scripts"), [(240, False), (360, True)])
def test_a_talk_in_the_step(visitor, served, width, scripts):
    cookie, address = next(
        (cookie, each)
        for cookie, addresses in arranged(served, "training").values()
        for each in addresses
        if each.startswith("/berkas/kegiatan")
    )
    person = visitor(width=width, scripts=scripts)
    page = person.page
    person.context.add_cookies([{"name": "s", "value": cookie, "url": served.url}])
    person.open(address)
    page.fill("#cari", "sepatu sendal")
    page.click("main button[name=temukan][value='1']")
    page.wait_for_selector(f"h2:text-is('{QUESTIONS['sepatu']}')")
    assert person.look() == []
    page.click("button[value='sepatu.jual']")
    page.wait_for_selector(f"h2:text-is('{QUESTIONS['eceran']}')")
    page.go_back()
    page.wait_for_selector(f"h2:text-is('{QUESTIONS['sepatu']}')")
    assert page.input_value("#cari") == "sepatu sendal"
    page.click("button[value='sepatu.perbaiki']")
    page.wait_for_selector("input[name=kbli][value='95230']")
    assert person.look() == []


@pytest.mark.parametrize("prefix", ["", "/en"])
@pytest.mark.parametrize(
    "address",
    [
        "/cek-usaha?q=kios+sembako",
        "/cek-usaha?q=warung+makan",
        "/cek-usaha?q=jual+bensin+botol+dan+servis+motor",
        "/cek-usaha/hasil?kbli=47112&tempat=sendiri&besar=up_to_50m",
        "/cek-usaha/hasil?kbli=11052&tempat=sendiri&besar=up_to_1bn",
        "/cek-usaha/hasil?kbli=20232&tempat=sendiri&besar=up_to_50m",
    ],
)
def test_the_next_action_stands_on_the_first_screen(visitor, prefix, address):
    person = visitor(width=360)
    person.open(prefix + address)
    action = person.page.locator("main .acts .btn, main a.go").first
    place = action.bounding_box()
    assert place["y"] + place["height"] <= person.page.viewport_size["height"]
