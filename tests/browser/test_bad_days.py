"""What goes wrong in the field: mistakes, Back, double clicks, a lost line, a lost cookie."""

from __future__ import annotations

import sqlite3

import pytest

from tests.pages import KIOSK, PIN

pytestmark = pytest.mark.browser

both_ways = pytest.mark.parametrize("scripts", [True, False], ids=["script", "plain"])


def how_many(served, table: str) -> int:
    with sqlite3.connect(f"file:{served.instance}/oss.sqlite?mode=ro", uri=True) as database:
        return int(database.execute(f"select count(*) from {table}").fetchone()[0])


def number_of(person) -> str:
    """Read the Nomor Bantuan where the person is shown it."""
    return str(person.page.locator("main .code").inner_text())


def typed_in(person, name: str) -> str:
    """Read what stands in a box."""
    return str(person.page.locator(f'main [name="{name}"]').input_value())


def test_after_a_mistake_the_focus_is_on_what_to_mend(visitor):
    person = visitor()
    person.walk(KIOSK, to="telepon")
    person.fill("telepon", "12")
    person.page.locator("main button.go").click()
    person.focused("main [role=alert]")
    assert typed_in(person, "telepon") == "12"
    assert person.on == "telepon"
    person.page.locator("main [role=alert] a").first.click()
    person.focused("[name=telepon]")
    assert person.look() == []


def test_after_a_step_the_focus_is_on_its_heading(visitor):
    person = visitor()
    person.walk(KIOSK, to="telepon")
    person.focused("h1")
    assert person.page.evaluate("scrollY") == 0


@both_ways
def test_back_shows_the_earlier_step_filled(visitor, scripts):
    person = visitor(scripts=scripts)
    person.walk(KIOSK, to="produksi")
    person.back("modal", "mesin")
    assert typed_in(person, "mesin") == "Rp 2.000.000"
    person.back("lahan", "luas")
    assert typed_in(person, "luas") == "12"
    person.back("modal", "mesin", forward=True)
    assert typed_in(person, "kerja") == "Rp 5.000.000"
    person.walk(KIOSK, to="pernyataan")  # and going on again works


@both_ways
def test_back_change_and_send_again_takes_the_change(visitor, scripts):
    person = visitor(scripts=scripts)
    person.walk(KIOSK, to="alamat")
    person.back("telepon", "telepon")
    person.fill("telepon", "0812 0000 9876")
    person.press("main button.go")
    person.open("/berkas/telepon")
    assert typed_in(person, "telepon").replace(" ", "") == "081200009876"


@both_ways
def test_a_double_click_starts_one_file(visitor, served, scripts):
    person = visitor(scripts=scripts)
    person.open("/berkas/mulai")
    before = how_many(served, "dossiers")
    person.fill("pin", PIN)
    person.page.locator("main button.go").dblclick()
    person.page.wait_for_url("**/berkas/nomor")
    person.settle()
    assert how_many(served, "dossiers") == before + 1


@both_ways
def test_a_double_click_sends_one_file(visitor, served, scripts):
    person = visitor(scripts=scripts)
    person.walk(KIOSK, to="periksa")
    before = {table: how_many(served, table) for table in ("dossiers", "handovers", "papers")}
    person.page.locator("main button.go").dblclick()
    person.page.wait_for_url("**/berkas/hasil")
    person.settle()
    assert how_many(served, "dossiers") == before["dossiers"]
    assert how_many(served, "handovers") == before["handovers"] + 1
    assert how_many(served, "papers") == before["papers"] + 1


def test_a_lost_line_keeps_what_was_typed(visitor):
    person = visitor()
    person.walk(KIOSK, to="telepon")
    person.fill("telepon", "0812 0000 5555")
    person.context.set_offline(True)
    person.page.locator("main button.go").click()
    person.page.locator("#sinyal").wait_for(state="visible")
    assert typed_in(person, "telepon") == "0812 0000 5555"
    assert person.page.locator("main button.go").is_enabled()
    person.context.set_offline(False)
    person.press("main button.go")
    assert person.on == "alamat"
    assert not person.page.locator("#sinyal").is_visible()
    person.complaints.clear()  # Chromium says that the line was gone


@both_ways
def test_a_lost_cookie_asks_for_the_pin_and_loses_nothing(visitor, scripts):
    person = visitor(scripts=scripts)
    person.walk(KIOSK, to="nomor")
    number = number_of(person)
    person.walk(KIOSK, to="telepon")
    person.fill("telepon", "0812 0000 7777")
    person.context.clear_cookies()
    person.page.locator("main button.go").click()
    person.page.locator('main [name="nomor"]').wait_for()
    person.fill("nomor", number)
    person.fill("pin", PIN)
    person.page.locator("main button.go").click()
    person.page.locator('main [name="distrik"], main [name="telepon"]').first.wait_for()
    if person.page.locator('main [name="telepon"]').count():  # filled, one button to go on
        assert typed_in(person, "telepon") == "0812 0000 7777"
        person.page.locator("main button.go").click()
        person.page.locator('main [name="distrik"]').wait_for()
    person.open("/berkas/telepon")
    kept = typed_in(person, "telepon")
    assert kept.replace(" ", "") == "081200007777"


@both_ways
def test_the_language_switch_keeps_what_was_typed(visitor, scripts):
    person = visitor(scripts=scripts)
    person.walk(KIOSK, to="telepon")
    person.fill("telepon", "0812 0000 8888")
    person.page.locator("#bahasa").click()
    person.page.locator("html[lang=en]").wait_for(state="attached")
    assert typed_in(person, "telepon") == "0812 0000 8888"
    person.page.locator("main button.go").click()
    person.page.locator('main [name="distrik"]').wait_for()
    assert person.path == "/en/berkas/alamat"


def test_with_the_keyboard_alone(visitor):
    """Tab reaches the box and the button in page order, and Enter sends."""
    person = visitor()
    person.walk(KIOSK, to="telepon")
    person.page.locator('main [name="telepon"]').focus()
    person.page.keyboard.type("0812 0000 2222")
    person.page.keyboard.press("Tab")
    person.focused("summary")  # for who has e-mail
    person.page.keyboard.press("Tab")
    person.focused("main button.go")
    person.page.keyboard.press("Enter")
    person.page.wait_for_url("**/berkas/alamat")
    person.settle()


@both_ways
def test_enter_in_a_box_sends_the_step_and_leaves_the_language(visitor, scripts):
    person = visitor(scripts=scripts)
    person.walk(KIOSK, to="telepon")
    box = person.page.locator('main [name="telepon"]')
    box.fill("0812 0000 3333")
    box.press("Enter")
    person.page.locator('main [name="distrik"]').wait_for()
    assert person.path == "/berkas/alamat"


@both_ways
def test_enter_in_the_search_box_searches(visitor, scripts):
    person = visitor(scripts=scripts)
    person.walk(KIOSK, to="kegiatan")
    box = person.page.locator('main [name="cari"]')
    box.fill("jual pinang")
    box.press("Enter")
    person.page.locator('main [name="kbli"]').first.wait_for()
    assert person.path.startswith("/berkas/kegiatan")
    assert person.page.locator("html").get_attribute("lang") == "id"


def test_two_tabs_do_not_disturb_each_other(visitor):
    person = visitor()
    person.walk(KIOSK, to="telepon")
    first = person.page
    person.page = person.context.new_page()
    person.open("/berkas/telepon")
    person.fill("telepon", "0812 0000 1001")
    person.press("main button.go")
    person.page = first
    person.fill("telepon", "0812 0000 1002")
    person.press("main button.go")
    person.open("/berkas/telepon")
    kept = typed_in(person, "telepon")
    assert kept.replace(" ", "") == "081200001002"


def mend(person, name: str, wrong: str, right: str) -> None:
    """Send a wrong answer, read what is wrong with it, and send the right one."""
    person.fill(name, wrong)
    person.page.locator("main button.go").click()
    person.page.locator("main [role=alert]").wait_for()
    assert typed_in(person, name) == wrong
    person.fill(name, right)
    person.press("main button.go")


@both_ways
def test_back_after_a_mended_mistake_is_a_page(visitor, scripts):
    """Else the browser asks whether to send the form again, or shows an error of its own."""
    person = visitor(scripts=scripts)
    person.walk(KIOSK, to="telepon")
    mend(person, "telepon", "12", KIOSK.answers["telepon"]["telepon"])
    assert person.on == "alamat"
    person.page.go_back(wait_until="commit")
    person.page.wait_for_url("**/berkas/telepon*")
    person.page.locator('main [name="telepon"]').wait_for()
    person.settle()
    assert typed_in(person, "telepon").replace(" ", "") == "081200004567"
    assert person.page.locator("main [role=alert]").count() == 0
    person.walk(KIOSK, to="kegiatan")  # through a list that a button brings without script
    person.page.go_back(wait_until="commit")
    person.page.wait_for_url("**/berkas/alamat*")
    person.page.locator('main [name="jalan"]').wait_for()
    assert typed_in(person, "jalan") == KIOSK.answers["alamat"]["jalan"]
    assert person.look() == []
