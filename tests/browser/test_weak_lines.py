"""What a weak line or a weak browser does to a page with HTMX, and what the page makes of it."""

from __future__ import annotations

import pytest

from tests.browser.test_bad_days import how_many, typed_in
from tests.pages import KIOSK, PIN

pytestmark = pytest.mark.browser

# Answers that are not ours: of a proxy whose server is away, of a Wi-Fi that asks for a login.
FOREIGN = {
    "proxy 502": {"status": 502, "content_type": "text/html", "body": "<h1>502 Bad Gateway</h1>"},
    "proxy 504, empty": {"status": 504, "body": ""},
    "proxy 413": {"status": 413, "content_type": "text/html", "body": "<h1>Too Large</h1>"},
    "Wi-Fi login": {"status": 200, "content_type": "text/html", "body": "<form><h1>Login</h1>"},
    "other content": {"status": 200, "content_type": "application/json", "body": "{}"},
    "empty": {"status": 200, "content_type": "text/html", "body": ""},
    "sent to a login": {"status": 302, "headers": {"Location": "http://127.0.0.1:9/login"}},
}
LOST = {"id": "Sinyal putus", "en": "The signal is gone"}
SENDING = {"id": "Masih mengirim", "en": "Still sending"}
SWAP_THROWS = """() => {
  const fail = () => { throw new SyntaxError('unknown selector') };
  if (Document.parseHTMLUnsafe) Document.parseHTMLUnsafe = fail;
  DOMParser.prototype.parseFromString = fail;
}"""
OLD_ENGINE = """() => {
  const known = Document.prototype.querySelector;
  Document.prototype.querySelector = function (selector) {
    if (selector.includes(':not(') && selector.includes(' ')) throw new SyntaxError('unknown');
    return known.call(this, selector);
  };
}"""


def answered_by(answer: dict):
    """Return what stands in the line and answers by itself."""
    return lambda route: route.fulfill(**answer)


def notice(person, words: str = "") -> None:
    """Wait for words about the line."""
    person.page.locator("#sinyal", has_text=words).wait_for()


def areas(person) -> list[str]:
    return person.page.locator("[name=kampung] option:not([value=''])").all_inner_texts()


@pytest.mark.parametrize("language", LOST)
def test_an_answer_that_is_not_ours_never_replaces_the_form(visitor, language):
    person = visitor()
    person.walk(KIOSK, to="telepon", language=language)
    person.fill("telepon", "0812 0000 5555")
    page, before = person.page, person.page.locator("main h1").inner_text()
    for kind, answer in FOREIGN.items():
        page.route("**/berkas/telepon", answered_by(answer))
        page.locator("main button.go").click()
        notice(person, LOST[language])
        page.unroute("**/berkas/telepon")
        assert page.locator("main h1").inner_text() == before, kind
        assert typed_in(person, "telepon") == "0812 0000 5555", kind
        assert person.on == "telepon", kind
    assert person.look() == []
    person.press("main button.go")
    assert person.on == "alamat"
    assert person.page.locator("#sinyal").inner_text() == ""
    person.complaints.clear()


def test_of_quick_choices_the_last_wins_and_sending_does_not_wait_for_a_list(visitor):
    person = visitor()
    person.walk(KIOSK, to="alamat")
    page, held = person.page, []
    page.route("**/wilayah?*", lambda route: held.append(route))
    box = page.locator("main [name=distrik]")
    values = box.locator("option").evaluate_all("all => all.map(e => e.value)")
    choices = [each for each in values if each.isdigit() or "." in each][:3]
    for choice in choices:
        box.select_option(choice)
        page.wait_for_timeout(50)
    assert len(held) == 3, "each choice is asked for at once"
    assert box.get_attribute("aria-busy") == "true"
    for route in reversed(held):
        route.continue_()
    page.locator("main [name=kampung]").wait_for()
    person.settle()
    last = areas(person)
    page.unroute("**/wilayah?*")
    page.evaluate("document.querySelector('[name=kampung]').remove()")
    box.select_option(choices[0])
    page.locator("main [name=kampung]").wait_for()
    assert areas(person) != last
    page.evaluate("document.querySelector('[name=kampung]').remove()")
    box.select_option(choices[-1])
    page.locator("main [name=kampung]").wait_for()
    assert areas(person) == last

    page.route("**/wilayah?*", lambda route: None)  # this list never comes
    box.select_option(choices[0])
    page.locator("main button.go").click()
    page.locator("main [role=alert]").wait_for()  # it was sent: the kampung is of another district
    person.complaints.clear()


def test_a_sum_is_of_what_stands_there(visitor):
    person = visitor()
    person.walk(KIOSK, to="modal")
    page, held = person.page, []
    page.route("**/hitung?*", lambda route: held.append(route))
    for name in ("mesin", "kerja", "lain"):
        person.fill(name, "1000000")
    for amount in ("2000000", "3000000", "4000000"):
        person.fill("lain", amount)
        page.locator("[name=lain]").blur()
    page.wait_for_timeout(100)
    for route in held:
        route.continue_()
    page.locator("#jumlah", has_text="6.000.000").wait_for()
    person.fill("mesin", "")
    page.locator("[name=mesin]").blur()
    page.locator("#jumlah").wait_for(state="hidden")
    person.complaints.clear()


@pytest.mark.parametrize("language", SENDING)
def test_a_wait_is_shown_and_can_be_ended(visitor, language):
    person = visitor()
    person.walk(KIOSK, to="telepon", language=language)
    page, button = person.page, person.page.locator("main button.go")
    page.route("**/berkas/telepon", lambda route: None)
    person.fill("telepon", "0812 0000 5555")
    button.click()
    assert button.get_attribute("aria-busy") == "true"
    assert button.is_disabled()
    notice(person, SENDING[language])
    assert person.look() == []
    page.locator("#sinyal button").click()
    page.locator("main button.go:enabled").wait_for()
    assert page.locator("#sinyal").inner_text() == ""
    person.focused("main button.go")
    page.unroute("**/berkas/telepon")
    person.press("main button.go")
    assert person.on == "alamat"


def test_back_on_a_dead_line_has_words_and_an_end(visitor):
    person = visitor()
    person.walk(KIOSK, to="alamat")
    page = person.page
    page.route("**/berkas/telepon", lambda route: None)
    page.go_back(wait_until="commit")
    notice(person, "Masih memuat")
    page.locator("#sinyal button").click()
    page.unroute("**/berkas/telepon")
    page.go_forward(wait_until="commit")
    page.wait_for_url("**/alamat")
    person.context.set_offline(True)
    page.go_back(wait_until="commit")
    notice(person, LOST["id"])
    person.context.set_offline(False)
    page.go_forward(wait_until="commit")
    person.back("telepon", "telepon")
    assert person.page.locator("#sinyal").inner_text() == ""
    person.complaints.clear()


def test_where_a_swap_fails_the_page_goes_on_by_plain_loads(visitor, served):
    person = visitor()
    page = person.page
    page.add_init_script(f"({SWAP_THROWS})()")
    person.open("/berkas/mulai")
    before = how_many(served, "dossiers")
    person.fill("pin", PIN)
    page.locator("main button.go").click()
    page.wait_for_url("**/berkas/nomor")
    page.locator("main .code").wait_for()
    assert how_many(served, "dossiers") == before + 1
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.resource_type))
    person.walk(KIOSK, to="alamat")
    assert "fetch" not in asked, "this tab works without HTMX from now on"
    assert page.locator("#sinyal").inner_text() == ""
    person.complaints.clear()


def test_where_the_swap_of_a_mistake_fails_it_is_shown_plainly(visitor):
    person = visitor()
    person.walk(KIOSK, to="telepon")
    person.page.evaluate(SWAP_THROWS)
    person.fill("telepon", "12")
    person.page.locator("main button.go").click()
    person.page.locator("main [role=alert]").wait_for()
    assert typed_in(person, "telepon") == "12"
    assert person.page.evaluate("typeof htmx") == "undefined"
    person.complaints.clear()


def test_an_engine_without_what_htmx_needs_keeps_plain_forms(visitor):
    person = visitor()
    person.page.add_init_script(f"({OLD_ENGINE})()")
    asked: list[str] = []
    person.page.on("request", lambda one: asked.append(one.resource_type))
    person.walk(KIOSK, to="kegiatan")
    assert "fetch" not in asked
    person.open("/berkas/alamat")
    assert person.page.locator("main .polos button").is_visible()
    assert {each for each in person.complaints if "unknown" not in each} == set()
    person.complaints.clear()
