"""LKPM: the public answer, the own dates, the worksheet that prepares and never sends."""

from __future__ import annotations

import dataclasses
import re

import pytest

from app.clock import today
from app.domain.after.lkpm import Rhythm, next_dues
from app.models.lkpm import LkpmWorksheet
from app.services.reference.book import get_book
from tests.client import form_of, here, links_of, parse, words
from tests.factories import MICRO, count, looking, new_line, open_in, sent_dossier
from tests.pages import PREFIXES
from tests.pseudo import bare_words

both_languages = pytest.mark.parametrize("language", PREFIXES)
both_ways = pytest.mark.parametrize("htmx", [False, True], ids=["plain", "htmx"])
SMALL = dataclasses.replace(MICRO, machines_idr=1_000_000_001)
FIGURES = {
    "mesin": "2 juta", "kerja": "Rp 5.500.000", "lain": "0", "tanah": "0", "bangunan": "0",
    "laki": "1", "perempuan": "2", "hasil": "600 kg ikan", "kendala": "listrik padam",
}  # fmt: skip


@pytest.fixture(autouse=True)
def fresh_line(app):
    new_line(app)


@pytest.fixture
def owner(app, client):
    """A browser in the file of a small business with its NIB."""
    with looking(app):
        dossier_id = sent_dossier(capital=SMALL).id
    open_in(client, dossier_id)
    return client


def current_key() -> str:
    return next_dues(Rhythm.HALF_YEARLY, {}, on=today(), since=today())[0].period.key


def sheets(app) -> list[dict[str, object]]:
    with looking(app) as session:
        return [
            {c.key: getattr(row, c.key) for c in LkpmWorksheet.__table__.columns}
            for row in session.query(LkpmWorksheet)
        ]


@pytest.mark.parametrize(
    ("size", "says", "dates"),
    [
        ("mikro", "Not you", 0),
        ("kecil", "Yes, twice a year", 4),
        ("menengah", "Yes, four times a year", 4),
        ("besar", "Yes, four times a year", 4),
    ],
)
def test_everybody_learns_whether_to_report(client, size, says, dates):
    page = parse(form_of(client.get("/en/lkpm")).fill(ukuran=size).submit())
    text = words(page.by_id("isi"))
    assert says in text
    assert text.count("Report by") == dates
    assert ("second-hand" in text) is True


@pytest.mark.parametrize(("size", "entries"), [("kecil", 4), ("menengah", 8), ("besar", 8)])
def test_the_calendar_holds_two_years_and_nobody(client, size, entries):
    response = client.get(f"/lkpm/kalender.ics?ukuran={size}")
    assert response.mimetype == "text/calendar"
    text = response.get_data(as_text=True)
    assert text.count("BEGIN:VEVENT") == entries
    assert len(set(re.findall(r"UID:(\S+)", text))) == entries
    assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize("size", ["mikro", "", "raksasa"])
def test_who_does_not_report_has_no_calendar(client, size):
    assert client.get(f"/lkpm/kalender.ics?ukuran={size}").status_code == 404


@both_languages
@both_ways
def test_figures_are_saved_and_shown_to_copy(owner, app, language, htmx):
    own = owner.get(f"{PREFIXES[language]}/berkas/lkpm")
    address = links_of(parse(own), "go")[0][0]
    assert address.endswith(f"?masa={current_key()}")
    shown = form_of(owner.get(address)).fill(FIGURES).submit(htmx=htmx)
    assert here(shown) == f"{PREFIXES[language]}/berkas/lkpm/salin"
    text = words(shown)
    for expected in ("2000000", "5500000", "7500000", "Rp 7.500.000", "600 kg ikan"):
        assert expected in text
    assert "oss.go.id" in text
    (sheet,) = sheets(app)
    assert (sheet["period"], sheet["working_idr"], sheet["workers_female"]) == (
        current_key(), 5_500_000, 2,
    )  # fmt: skip
    assert sheet["reported_at"] is None
    again = form_of(owner.get(address))
    assert again["mesin"] == "Rp 2.000.000"


@both_ways
def test_a_mistake_comes_back_filled(owner, app, htmx):
    address = f"/en/berkas/lkpm/lembar?masa={current_key()}"
    form = form_of(owner.get(address)).fill({**FIGURES, "laki": "many", "mesin": ""})
    answer = form.submit(htmx=htmx)
    assert answer.status_code == 422
    assert [words(note) for note in parse(answer).with_class("err")] == [
        "Type an amount in rupiah. Type 0 if there is none.",
        "Type a whole number, for example 2.",
    ]
    assert form_of(answer)["kendala"] == "listrik padam"
    assert sheets(app) == []
    form_of(answer).fill(laki="3", mesin="0").submit(htmx=htmx)
    assert len(sheets(app)) == 1


def test_sent_twice_it_is_kept_once_and_changed_it_is_changed(owner, app):
    form = form_of(owner.get(f"/berkas/lkpm/lembar?masa={current_key()}")).fill(FIGURES)
    for _ in range(2):
        assert here(form.submit()) == "/berkas/lkpm/salin"
    form.fill(kerja="6 juta", sudah=True).submit()
    (sheet,) = sheets(app)
    assert sheet["working_idr"] == 6_000_000
    assert sheet["reported_at"] is not None
    assert form_of(owner.get(f"/berkas/lkpm/lembar?masa={current_key()}")).ticked("sudah") == ["ya"]


def test_the_language_button_keeps_what_was_typed(owner):
    form = form_of(owner.get(f"/berkas/lkpm/lembar?masa={current_key()}")).fill(FIGURES)
    answer = form.submit("ganti")
    assert here(answer) == "/en/berkas/lkpm/lembar"
    assert form_of(answer)["hasil"] == "600 kg ikan"


@pytest.mark.parametrize("key", ["", "x", "2020-S1", "2026-T4", "2099-S1"])
def test_a_period_that_is_not_ones_own_leads_back_to_the_dates(owner, app, key):
    for path in ("lembar", "salin"):
        response = owner.get(f"/berkas/lkpm/{path}?masa={key}")
        assert response.status_code == 303
        assert response.headers["Location"] == "/berkas/lkpm"
    form = form_of(owner.get(f"/berkas/lkpm/lembar?masa={current_key()}")).fill(FIGURES)
    form.box("masa")[0].value = key
    assert here(form.submit()) == "/berkas/lkpm"
    assert sheets(app) == []


def test_a_micro_business_and_a_draft_have_nothing_to_fill_in(client, app):
    with looking(app):
        micro = sent_dossier().id
    open_in(client, micro)
    page = client.get("/en/berkas/lkpm")
    assert "Not you" in words(page)
    assert "/lembar" not in page.get_data(as_text=True)
    with looking(app):
        waiting = sent_dossier(handed_over=False, who="fisher").id
    open_in(client, waiting)
    assert "Only a business with a valid NIB reports." in words(client.get("/en/berkas/lkpm"))


def test_the_figures_of_one_file_do_not_show_in_another(owner, new_client, app):
    form_of(owner.get(f"/berkas/lkpm/lembar?masa={current_key()}")).fill(FIGURES).submit()
    other = new_client()
    with looking(app):
        second = sent_dossier(capital=SMALL, who="fisher").id
    open_in(other, second)
    assert other.get(f"/berkas/lkpm/salin?masa={current_key()}").status_code == 303
    assert count(app, LkpmWorksheet) == 1


@both_languages
def test_every_word_of_the_worksheet_is_marked(pseudo_client, app, language):
    with looking(app):
        dossier_id = sent_dossier(capital=SMALL).id
    open_in(pseudo_client, dossier_id)
    address = f"{PREFIXES[language]}/berkas/lkpm/lembar?masa={current_key()}"
    blank = pseudo_client.get(address)
    pages = [pseudo_client.get(f"{PREFIXES[language]}/berkas/lkpm"), blank]
    pages.append(form_of(blank).submit())
    pages.append(form_of(blank).fill({**FIGURES, "sudah": True}).submit())
    assert [page.status_code for page in pages] == [200, 200, 422, 200]
    with app.app_context():
        typed = [*FIGURES.values(), "ya"]
        bare = [bare_words(parse(page), language, get_book(), typed) for page in pages]
    assert bare == [[], [], [], []]
