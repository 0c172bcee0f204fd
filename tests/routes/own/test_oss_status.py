"""Outside practice somebody enters what OSS shows; in practice there is no such page."""

from __future__ import annotations

import dataclasses

import pytest
from sqlalchemy import select

from app.clock import today
from app.domain.oss.service_mode import ServiceMode
from app.extensions import db
from app.models.dossier import Dossier
from app.models.licence import Licence, LicenceEvent
from app.services.reference.book import get_book
from tests.client import form_of, parse
from tests.factories import new_line
from tests.pages import PREFIXES, REVIEW, Walk, page_of
from tests.pseudo import bare_words
from tests.routes.journey.test_correction import DEPOT, main

both_languages = pytest.mark.parametrize("language", PREFIXES)


@pytest.fixture
def assisted(app, client, monkeypatch):
    """A file that was sent in practice, looked at by an installation that assists."""
    new_line(app)
    walk = Walk.placed(client, REVIEW, DEPOT)
    walk.to("hasil")
    settings = dataclasses.replace(app.config["SETTINGS"], mode=ServiceMode.ASSIST)
    monkeypatch.setitem(app.config, "SETTINGS", settings)
    return client


def events(app) -> list[tuple[str, str, str]]:
    with app.app_context():
        query = select(LicenceEvent).order_by(LicenceEvent.id)
        found = [(e.status, e.source, e.at.isoformat()) for e in db.session.scalars(query)]
        db.session.rollback()
        return found


def test_each_page_is_there_in_its_own_mode_only(client, app, assisted, monkeypatch):
    assert assisted.get("/berkas/status-oss").status_code == 200
    assert assisted.get("/berkas/latihan-petugas").status_code == 404
    assert assisted.post("/berkas/latihan-petugas").status_code == 404
    assert "latihan-petugas" not in assisted.get("/berkas/hasil").get_data(as_text=True)
    monkeypatch.undo()
    assert client.get("/berkas/status-oss").status_code == 404
    assert client.post("/berkas/status-oss").status_code == 404
    assert client.get("/berkas/latihan-petugas").status_code == 200


@both_languages
@pytest.mark.parametrize("htmx", [False, True], ids=["plain", "htmx"])
def test_what_oss_shows_is_kept(app, assisted, language, htmx):
    page = assisted.get(f"{PREFIXES[language]}/berkas/status-oss")
    form = form_of(page, "/berkas/status-oss").fill(status="41", tanggal="1-11-2026")
    answer = form.submit(htmx=htmx)
    assert page_of(answer) == "hasil"
    # Older than what the practice OSS said when the file was sent: kept, without effect.
    assert events(app)[1:] == [("41", "person", "2026-11-01T03:00:00+00:00")]
    form = form_of(page, "/berkas/status-oss").fill(status="41", tanggal="hari ini")
    assert form.submit(htmx=htmx).status_code == 422


def test_news_of_today_counts_and_the_correction_page_says_what_is_known(app, assisted):
    day = today()
    page = assisted.get("/en/berkas/status-oss")
    form = form_of(page, "/berkas/status-oss")
    form.fill(status="41", tanggal=f"{day.day}-{day.month}-{day.year}")
    with app.app_context():
        db.session.execute(db.text("UPDATE licence_events SET at = '2026-01-05 00:00:00.000000'"))
        db.session.commit()
    said = main(form.submit())
    assert "Please mend what it names." in said
    with app.app_context():
        row = db.session.scalars(select(Licence)).one()
        assert (row.status, row.heard_number) == ("41", 2)
        db.session.rollback()
    assert "We were not told what." in main(assisted.get("/en/berkas/perbaikan"))
    form.submit()
    assert len(events(app)) == 2, "sent twice, kept once"


@both_languages
def test_a_status_that_the_person_enters_is_shown_as_theirs(assisted, app, language):
    """“Approved” from the person’s own hand opens no business."""
    day = today()
    address = f"{PREFIXES[language]}/berkas/status-oss"
    with app.app_context():
        db.session.execute(db.text("UPDATE licence_events SET at = '2026-01-05 00:00:00.000000'"))
        db.session.commit()
    form = form_of(assisted.get(address), "/berkas/status-oss")
    form.fill(status="50", tanggal=f"{day.day}-{day.month}-{day.year}").submit()
    page = assisted.get(f"{PREFIXES[language]}/berkas/hasil")
    wrote, unseen, may = {
        "id": ("Anda menulis: Disetujui.", "belum kami lihat", "Anda boleh membuka usaha sekarang"),
        "en": ("You wrote: Approved.", "not yet seen by us", "You may open your business now"),
    }[language]
    said = main(page)
    assert wrote in said
    assert unseen in said
    assert may not in said
    with app.app_context():
        row = db.session.scalars(select(Licence)).one()
        number, id_izin = db.session.get_one(Dossier, row.dossier_id).support_number, row.id_izin
        db.session.rollback()
    assert unseen in main(assisted.get(f"{PREFIXES[language]}/lacak?nomor={number}"))
    args = ["licence", "seen", number, id_izin]
    assert app.test_cli_runner().invoke(args=args).output == "seen\n"
    assert app.test_cli_runner().invoke(args=args).exit_code == 1
    said = main(assisted.get(f"{PREFIXES[language]}/berkas/hasil"))
    assert may in said
    assert unseen not in said


@both_languages
def test_a_day_ahead_is_a_slip(assisted, language):
    page = assisted.get(f"{PREFIXES[language]}/berkas/status-oss")
    form = form_of(page, "/berkas/status-oss").fill(status="50", tanggal="31-12-2099")
    answer = form.submit()
    assert answer.status_code == 422
    assert form_of(answer, "/berkas/status-oss")["tanggal"] == "31-12-2099"


def test_without_a_file_that_was_sent(app, client, monkeypatch):
    Walk.placed(client, REVIEW, DEPOT)
    settings = dataclasses.replace(app.config["SETTINGS"], mode=ServiceMode.CONNECTED)
    monkeypatch.setitem(app.config, "SETTINGS", settings)
    assert client.get("/berkas/status-oss").headers["Location"].endswith("/berkas/periksa")


@both_languages
def test_every_word_is_marked(pseudo_client, app, monkeypatch, language):
    Walk.placed(pseudo_client, REVIEW, DEPOT, language=language).to("hasil")
    settings = dataclasses.replace(app.config["SETTINGS"], mode=ServiceMode.ASSIST)
    monkeypatch.setitem(app.config, "SETTINGS", settings)
    path = f"{PREFIXES[language]}/berkas/status-oss"
    page = pseudo_client.get(path)
    mistaken = form_of(page, "/berkas/status-oss").submit()
    assert mistaken.status_code == 422
    for answer in (page, mistaken, pseudo_client.get(f"{PREFIXES[language]}/berkas/hasil")):
        with app.app_context():
            typed = [text for each in DEPOT.answers.values() for text in each.values()]
            bare = bare_words(parse(answer), language, get_book(), typed)
        assert not bare, bare
