"""What is typed stays when a page is left, and "saved" is said of what was saved."""

from __future__ import annotations

import pytest

from app.domain.dossier.journey import StepName
from app.extensions import db
from app.models.draft import Draft
from app.services.dossier import opening
from app.services.rights import retention
from tests.client import HTMX, follow_on, form_of, here, main_words, parse, words
from tests.factories import count, looking, new_line, open_dossier, raw_rows
from tests.pages import KIOSK, PREFIXES

both_languages = pytest.mark.parametrize("language", PREFIXES)
both_ways = pytest.mark.parametrize("htmx", [False, True], ids=["plain", "htmx"])
TYPED = {"nama": "Nama Rekaan Panjang", "nik": "9601 05"}
SAYS = {
    "id": ("jawaban sebelumnya tersimpan", "belum dikirim", "Ketikan Anda di"),
    "en": ("earlier answers saved", "not sent yet", "What you typed at"),
}


@pytest.fixture(autouse=True)
def fresh_line(app):
    new_line(app)


def head_of(response) -> str:
    return words(parse(response).with_class("step")[0])


@both_languages
@both_ways
@pytest.mark.parametrize(
    ("button", "leads"), [("kembali", "/berkas/diri"), ("berhenti", "/berkas/nomor")]
)
def test_what_is_typed_stays_when_the_page_is_left(app, client, button, leads, htmx, language):
    open_dossier(app, client, StepName.PHONE)
    url = f"{PREFIXES[language]}/berkas/telepon"
    before, kept, note = SAYS[language]
    shown = client.get(url)
    assert before in head_of(shown)
    form = form_of(shown).fill(telepon="0812 00", surel="rekaan@contoh.id")
    left = form.submit(button, htmx=htmx)
    assert here(left) == PREFIXES[language] + leads
    if button == "berhenti":
        assert note in main_words(left)
    again = client.get(f"{PREFIXES[language]}/berkas/teruskan", follow_redirects=True)
    assert here(again) == url
    assert kept in head_of(again)
    assert form_of(again)["telepon"] == "0812 00"
    assert form_of(again)["surel"] == "rekaan@contoh.id"
    assert not parse(again).with_class("err")
    assert b"rekaan@contoh" not in repr(raw_rows(app)).encode()
    form_of(again).fill(KIOSK.pages["telepon"], surel="").submit(htmx=htmx)
    assert count(app, Draft) == 0


@both_languages
def test_saved_is_said_of_nothing_that_is_not(app, client, language):
    open_dossier(app, client, StepName.IDENTITY)
    url = f"{PREFIXES[language]}/berkas/diri"
    assert "✓" not in head_of(client.get(url))
    form_of(client.get(url)).submit("berhenti")
    assert count(app, Draft) == 0
    assert SAYS[language][2] not in main_words(client.get(f"{PREFIXES[language]}/berkas/nomor"))


def test_an_answer_that_was_opened_to_look_at_it_leaves_nothing_behind(app, client):
    open_dossier(app, client, StepName.CAPITAL)
    for step in ("telepon", "alamat", "kegiatan", "usaha", "tempat", "lahan"):
        form_of(client.get(f"/berkas/{step}")).submit("kembali")
    assert count(app, Draft) == 0


def test_an_emptied_box_and_a_choice_come_back_too(app, client):
    open_dossier(app, client, StepName.LAND)
    form_of(client.get("/berkas/tempat")).fill(jalan="", jenis="pasar").submit("kembali")
    again = form_of(client.get("/berkas/tempat"))
    assert (again["jalan"], again["jenis"]) == ("", "pasar")


def test_statements_that_were_ticked_come_back(app, client):
    open_dossier(app, client, StepName.DECLARATIONS)
    form = form_of(client.get("/berkas/pernyataan"))
    first = form.box("pernyataan")[0].options[0][0]
    form.fill(pernyataan={first}).submit("berhenti")
    assert form_of(client.get("/berkas/pernyataan")).ticked("pernyataan") == [first]


def test_a_page_that_was_open_too_long_loses_nothing(app, client):
    open_dossier(app, client, StepName.IDENTITY)
    form = form_of(client.get("/berkas/diri")).fill(TYPED)
    form.box("csrf_token")[0].value = "old"
    again = form.submit("berhenti")
    assert again.status_code == 422
    assert form_of(again)["nama"] == TYPED["nama"]
    assert count(app, Draft) == 0
    form_of(again).submit("berhenti")
    assert count(app, Draft) == 1


def test_it_goes_with_the_file(app, client):
    number = open_dossier(app, client, StepName.IDENTITY)
    form_of(client.get("/berkas/diri")).fill(TYPED).submit("berhenti", headers=HTMX)
    with looking(app):
        retention.erase(opening.take_to_change(number), cause="untouched")
        db.session.commit()
    assert count(app, Draft) == 0


def test_it_is_kept_for_one_file_alone(app, client):
    open_dossier(app, client, StepName.IDENTITY)
    form_of(client.get("/berkas/diri")).fill(TYPED).submit("berhenti")
    open_dossier(app, client, StepName.IDENTITY)
    assert form_of(client.get("/berkas/diri"))["nama"] == ""


# Without script a mistake is shown at an address of its own


@both_languages
def test_a_mistake_without_script_is_led_to_a_page(app, client, language):
    open_dossier(app, client, StepName.PHONE)
    url = f"{PREFIXES[language]}/berkas/telepon"
    sent = form_of(client.get(url)).fill(telepon="12", surel="rekaan@contoh.id")
    led = sent.submit(follow=False)
    assert (led.status_code, led.headers["Location"]) == (303, f"{url}?salah=1")
    shown = follow_on(led)
    assert shown.headers["Cache-Control"] == "no-store"
    assert parse(shown).with_class("err")
    assert (form_of(shown)["telepon"], form_of(shown)["surel"]) == ("12", "rekaan@contoh.id")
    assert b"rekaan@contoh" not in repr(raw_rows(app)).encode()
    form_of(shown).fill(telepon="0812 0000 4567", surel="").submit()
    assert count(app, Draft) == 0
    later = client.get(f"{url}?salah=1")  # what Back asks for then
    assert later.status_code == 200
    assert not parse(later).with_class("err")
    assert form_of(later)["telepon"].replace(" ", "") == "081200004567"


def test_with_script_a_mistake_is_answered_at_once_and_kept_nowhere(app, client):
    open_dossier(app, client, StepName.PHONE)
    shown = form_of(client.get("/berkas/telepon")).fill(telepon="12").submit(htmx=True)
    assert shown.status_code == 422
    assert parse(shown).with_class("err")
    assert count(app, Draft) == 0


def test_what_a_box_may_not_hold_is_kept_nowhere(app, client):
    """In practice nobody types a real NIK; who does sees why at once."""
    open_dossier(app, client, StepName.IDENTITY)
    real = dict(KIOSK.answers["diri"], nik="9201014403850001")
    shown = form_of(client.get("/berkas/diri")).fill(real).submit(follow=False)
    assert shown.status_code == 422
    assert parse(shown).with_class("err")
    assert form_of(shown)["nik"] == ""
    assert count(app, Draft) == 0
    form_of(client.get("/berkas/diri")).fill(real).submit("berhenti")
    with looking(app):
        assert "9201014403850001" not in str([draft.typed for draft in db.session.query(Draft)])


def test_a_mistake_on_a_page_that_was_open_too_long_keeps_nothing(app, client):
    open_dossier(app, client, StepName.PHONE)
    form = form_of(client.get("/berkas/telepon")).fill(telepon="12")
    form.box("csrf_token")[0].value = "old"
    again = form.submit(follow=False)
    assert again.status_code == 422
    assert form_of(again)["telepon"] == "12"
    assert count(app, Draft) == 0


def test_nobody_else_sees_a_mistake(app, client, new_client):
    open_dossier(app, client, StepName.PHONE)
    form_of(client.get("/berkas/telepon")).fill(telepon="12", surel="rekaan@contoh.id").submit()
    other = new_client()
    open_dossier(app, other, StepName.PHONE)
    seen = other.get("/berkas/telepon?salah=1")
    assert (seen.status_code, form_of(seen)["surel"]) == (200, "")
    assert other.get("/berkas/diri?salah=1").status_code == 200
    assert new_client().get("/berkas/telepon?salah=1").status_code == 403


def test_statements_of_which_none_was_ticked_say_so(app, client):
    open_dossier(app, client, StepName.DECLARATIONS)
    form = form_of(client.get("/berkas/pernyataan")).fill(pernyataan=False)
    shown = form.submit()
    assert parse(shown).with_class("err")
    assert form_of(shown).ticked("pernyataan") == []


@pytest.mark.parametrize(
    ("step", "typed", "button", "leads"),
    [
        (StepName.HOME, {"distrik": "960105"}, "pilih", "/berkas/alamat"),
        (StepName.CAPITAL, {"mesin": "1 juta"}, "hitung", "/berkas/modal"),
        (StepName.PHONE, {"telepon": "0812 00"}, "ganti", "/en/berkas/telepon"),
    ],
)
def test_a_button_that_only_shows_leads_to_a_page_too(app, client, step, typed, button, leads):
    open_dossier(app, client, step)
    form = form_of(client.get(f"/berkas/{step}")).fill(typed)
    led = form.submit(button, follow=False)
    assert (led.status_code, led.headers["Location"]) == (303, leads)
    shown = follow_on(led)
    assert shown.status_code == 200
    assert not parse(shown).with_class("err")
    (name,) = typed
    assert form_of(shown)[name] == typed[name]


def test_a_button_that_only_shows_keeps_nothing_where_nothing_was_typed(app, client):
    open_dossier(app, client, StepName.PHONE)
    form_of(client.get("/berkas/telepon")).submit("ganti")
    assert count(app, Draft) == 0


def test_a_mistake_on_the_way_from_the_review_leads_back_there(app, client):
    open_dossier(app, client, None)
    form = form_of(client.get("/berkas/telepon?dari=periksa")).fill(telepon="12")
    shown = form.submit()
    assert shown.status_code == 422
    done = form_of(shown).fill(telepon="0812 0000 4567").submit()
    assert here(done) == "/berkas/periksa"
