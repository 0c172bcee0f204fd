"""From "sent" to "final" as the person sees it: the practice office acts, the person mends."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from flask_babel import force_locale
from sqlalchemy import select

from app.domain.licence.corrections import ReturnReason
from app.domain.licence.status import PublicState
from app.extensions import db
from app.labels import label
from app.models.dossier import Dossier
from app.models.licence import LicenceEvent
from app.services.papers import wanted
from app.services.reference.book import get_book
from tests.client import HTMX, CheckingClient, form_of, links_of, parse, words
from tests.factories import looking, new_line
from tests.pages import DEPOT, KIOSK, PREFIXES, REVIEW, Walk, page_of
from tests.papers import photo
from tests.personas import personas
from tests.pseudo import bare_words
from tests.situations import SITUATIONS, arrange

both_languages = pytest.mark.parametrize("language", PREFIXES)
both_ways = pytest.mark.parametrize("htmx", [False, True], ids=["plain", "htmx"])


@pytest.fixture(autouse=True)
def fresh_line(app):
    new_line(app)


def main(answer) -> str:
    page = parse(answer)
    return words(page.by_id("isi") if page.is_document else page.root)


class Desk:
    """Somebody with a file that waits for its office."""

    def __init__(self, client: CheckingClient, language: str = "id", *, htmx: bool = False) -> None:
        self.client, self.prefix, self.htmx = client, PREFIXES[language], htmx
        self.walk = Walk.placed(client, REVIEW, DEPOT, language=language)
        self.result = self.walk.to("hasil")

    def get(self, page: str):
        return self.client.get(f"{self.prefix}/berkas/{page}")

    def office(self, does: str, **answers):
        form = form_of(self.get("latihan-petugas"), "/berkas/latihan-petugas")
        return form.fill(tindakan=does, **answers).submit(htmx=self.htmx)

    def give_back(self, **answers):
        asked = {"alasan": "place_not_in_plan", "sasaran": "step:tempat:0", **answers}
        self.office("lengkap")
        return self.office("kembalikan", **asked)

    def mend(self, street: str = "Jalan Baru 3"):
        form = form_of(self.get("tempat"), "/berkas/tempat")
        return form.fill(jalan=street).submit(htmx=self.htmx)

    def send_again(self):
        form = form_of(self.get("perbaikan"), "/berkas/perbaikan")
        return form.submit(htmx=self.htmx)

    def track(self):
        return self.client.get(f"{self.prefix}/lacak?nomor={self.walk.number.replace(' ', '+')}")


def codes(app) -> list[str]:
    with app.app_context():
        found = list(db.session.scalars(select(LicenceEvent.status).order_by(LicenceEvent.id)))
        db.session.rollback()
        return found


@both_languages
@both_ways
def test_the_whole_way_to_an_approved_licence(client, app, language, htmx):
    desk = Desk(client, language, htmx=htmx)
    said = main(desk.result)
    assert re.search(r"0000\d{9}", said), "the NIB is there already"
    assert page_of(desk.give_back(catatan="Nomor rumah kurang")) == "hasil"
    assert links_of(parse(desk.get("hasil")), "go")[0][0] == f"{desk.prefix}/berkas/perbaikan"
    listed = desk.get("perbaikan")
    assert "Nomor rumah kurang" in main(listed)
    assert not [f for f in parse(listed).all("form") if (f.get("id") == "f")], "not mended yet"
    (link,) = [a for a, _ in links_of(parse(listed)) if a.endswith("/berkas/tempat")]
    assert link == f"{desk.prefix}/berkas/tempat"
    listed = desk.mend()
    assert page_of(listed) == "perbaikan"
    assert "Jalan Latihan 7" in main(listed)
    assert "Jalan Baru 3" in main(listed)
    done = form_of(listed, "/berkas/perbaikan").submit(htmx=htmx)
    assert page_of(done) == "hasil"
    for does in ("periksa", "kunjungi", "setujui"):
        assert page_of(desk.office(does)) == "hasil"
    assert codes(app) == ["09", "10", "41", "42", "20", "40", "45", "49", "50"]
    page = parse(desk.get("hasil"))
    assert not links_of(page, "go")[0][0].endswith("/perbaikan")
    assert [li.get("class") for li in page.all("li", within=page.with_class("way")[0])] == [
        "done"
    ] * 6


@both_languages
def test_a_mended_paper_is_named_and_one_button_sends_it(client, app, language):
    to_mend, to_send, send, all_there = {
        "id": ("1 hal perlu diperbaiki", "kirim lagi", "Kirim lagi", "Semua surat sudah ada"),
        "en": ("1 thing to mend", "send it again", "Send again", "All papers are there"),
    }[language]
    arrange(app, client, SITUATIONS["paper-given-back"])
    prefix = f"{PREFIXES[language]}/berkas"
    with looking(app) as session:
        paper = wanted.wanted_papers(session.scalars(select(Dossier)).one())[0]
    listed = client.get(f"{prefix}/perbaikan")
    assert to_mend in words(parse(listed).one("h1"))
    assert paper.words in main(listed)
    asked = form_of(client.get(f"{prefix}/lampiran/untuk/{paper.address}"))
    fields = {box.name: box.value for box in asked.boxes if box.value}

    def send_photo(content: bytes):
        data = {**fields, "berkas": (BytesIO(content), "foto.jpg")}
        return client.post(asked.action, data=data, content_type="multipart/form-data")

    again = send_photo(photo())
    assert again.status_code == 422
    assert {"id": "dikembalikan kantor", "en": "gave back"}[language] in main(again)
    assert to_mend in words(parse(client.get(f"{prefix}/perbaikan")).one("h1"))
    fields = {box.name: box.value for box in form_of(again).boxes if box.value}
    done = send_photo(photo(seed=2))
    assert done.headers["Location"] == f"{prefix}/perbaikan"
    listed = client.get(done.headers["Location"])
    assert to_send in words(parse(listed).one("h1"))
    assert form_of(listed, "/berkas/perbaikan").button().text == send
    assert main(listed).index(send) < main(listed).index(paper.words)
    papers_now = client.get(f"{prefix}/lampiran")
    assert all_there not in main(papers_now)
    first, _ = links_of(parse(papers_now), "go")[0]
    assert first == f"{prefix}/perbaikan"
    assert to_send in main(client.get(f"{prefix}/hasil")).lower()
    form_of(listed, "/berkas/perbaikan").submit()
    assert send not in main(client.get(f"{prefix}/lampiran"))


@both_languages
@both_ways
def test_a_question_that_a_change_left_open_is_one_tap_away(client, app, language, htmx):
    """Another code asks for its description anew; for a second activity at its own address."""
    desk = Desk(client, language, htmx=htmx)
    desk.give_back(alasan="kbli_differs", sasaran="step:kegiatan:0")
    form = form_of(desk.get("kegiatan"), "/berkas/kegiatan")
    form.box("kbli")[0].value = "11051"
    listed = form.submit(htmx=htmx)
    assert page_of(listed) == "perbaikan"
    assert f"{desk.prefix}/berkas/usaha" in [a for a, _ in links_of(parse(listed))]
    question = form_of(desk.get("usaha"), "/berkas/usaha")
    question.fill(uraian="Saya isi ulang air minum kemasan")
    assert page_of(question.submit(htmx=htmx)) == "perbaikan"


@both_languages
def test_only_the_named_step_opens(client, language):
    desk = Desk(client, language)
    desk.give_back()
    assert desk.get("tempat").status_code == 200
    for step in ("diri", "telepon", "alamat", "kegiatan", "usaha", "lahan", "modal", "produksi"):
        assert desk.get(step).status_code == 303, step
    assert desk.get("periksa").status_code == 303


def test_a_post_to_a_closed_step_changes_nothing(client, app):
    desk = Desk(client)
    desk.give_back()
    place = form_of(desk.get("tempat"), "/berkas/tempat")
    data = {"telepon": "0812 0000 2222", "csrf_token": place["csrf_token"], "kunci": "A" * 22}
    answer = client.post("/berkas/telepon", data=data)
    assert answer.status_code == 303
    assert answer.headers["Location"].endswith("/berkas/hasil")
    with app.app_context():
        assert db.session.scalar(select(Dossier)).applicant.phone == "+6281200004567"
        db.session.rollback()


@both_ways
def test_sending_again_twice_is_sent_once(client, app, htmx):
    desk = Desk(client, htmx=htmx)
    desk.give_back()
    form = form_of(desk.mend(), "/berkas/perbaikan")
    first, second = form.submit(htmx=htmx), form.submit(htmx=htmx)
    assert page_of(first) == page_of(second) == "hasil"
    assert codes(app) == ["09", "10", "41", "42"]


def test_a_button_of_the_office_pressed_twice_acts_once(client, app):
    desk = Desk(client)
    form = form_of(desk.get("latihan-petugas"), "/berkas/latihan-petugas").fill(tindakan="lengkap")
    form.submit()
    assert page_of(form.submit()) == "hasil"
    assert codes(app) == ["09", "10"]


def test_sending_again_needs_a_good_token_and_everything_mended(client, app):
    desk = Desk(client)
    desk.give_back()
    token = form_of(desk.get("tempat"), "/berkas/tempat")["csrf_token"]
    early = client.post("/berkas/perbaikan", data={"csrf_token": token, "kunci": "B" * 22})
    assert early.status_code == 422
    form = form_of(desk.mend(), "/berkas/perbaikan")
    assert form.submit(without={"csrf_token"}).status_code == 422
    assert codes(app) == ["09", "10", "41"]


@both_languages
def test_an_answer_that_comes_too_late_says_so(client, app, language):
    desk = Desk(client, language)
    desk.give_back(hari="1")
    form = form_of(desk.mend(), "/berkas/perbaikan")
    with app.app_context():
        db.session.execute(db.text("UPDATE corrections SET answer_until = opened_at"))
        db.session.commit()
    answer = form.submit()
    assert page_of(answer) == "hasil"
    assert codes(app)[-1] == "90"
    with app.app_context(), force_locale(language):
        assert label(ReturnReason.LATE_REPLY) in main(answer)


@both_languages
@pytest.mark.parametrize("does", ["tolak", "diam"])
def test_other_ends(client, app, language, does):
    desk = Desk(client, language)
    desk.office("lengkap")
    answers = {"alasan": "standard_not_met"} if does == "tolak" else {}
    answer = desk.office(does, **answers)
    assert page_of(answer) == "hasil"
    assert codes(app)[-1] == {"tolak": "90", "diam": "57"}[does]
    assert desk.track().status_code == 200
    assert "form" not in [f.get("id") for f in parse(desk.get("latihan-petugas")).all("form")]


def test_the_office_must_say_why_and_what(client, app):
    desk = Desk(client)
    desk.office("lengkap")
    answer = desk.office("kembalikan")
    assert answer.status_code == 422
    assert len(parse(answer).with_class("err")) == 2
    answer = desk.office("kembalikan", alasan="duplicate", sasaran="step:tempat:0")
    assert answer.status_code == 422, "that cannot be mended"
    answer = desk.office("kembalikan", alasan="unreadable", sasaran="step:tempat:0", hari="61")
    assert answer.status_code == 422
    assert codes(app) == ["09", "10"]


def test_days_are_said_where_they_are_known(client):
    desk = Desk(client, "en")
    assert "Once all papers are there, the office has 7 working days." in main(desk.result)
    desk.office("lengkap")
    said = main(desk.get("hasil"))
    assert "The office has 7 working days left." in said
    assert "OSS approves by itself" in said
    assert "How the days are counted" in said
    rows = desk.get("hasil").get_data(as_text=True).split("<tr>")[1:]
    cells = [re.findall(r"<t[hd][^>]*>([^<]*)<", row) for row in rows]
    assert cells[0] == ["Day", "OSS", "Office"]
    for side in (1, 2):  # OSS and the office live in two time zones: two hours a day it is two days
        assert [row[side] for row in cells].count("papers complete") == 1
    assert "papers complete" in cells[1]
    assert {"7"} <= set(cells[-1][1:]), "the last row is the last day"
    assert "you may prepare, but not open yet" in said
    desk.office("kembalikan", alasan="unreadable", sasaran="step:lahan:0")
    assert "After that it has 7 working days." in main(desk.get("hasil"))


def test_unknown_days_are_said_to_be_unknown(client):
    Walk(client, personas()["medium-high"], language="en").to("hasil")
    form = form_of(client.get("/en/berkas/latihan-petugas"), "/berkas/latihan-petugas")
    said = main(form.fill(tindakan="lengkap").submit())
    assert "We do not know how many days the office has. Ask DPMPTSP." in said


def test_low_risk_knows_no_office(client):
    walk = Walk(client, KIOSK, language="en")
    said = main(walk.to("hasil"))
    assert "office has" not in said
    assert "you may start your business now" in said
    assert "No licence" in main(client.get("/en/berkas/latihan-petugas"))
    assert "Nothing to mend" in main(client.get("/en/berkas/perbaikan"))


@both_languages
def test_before_sending_there_is_nothing_to_mend(client, language):
    Walk.placed(client, REVIEW, DEPOT, language=language)
    for page in ("perbaikan", "latihan-petugas"):
        answer = client.get(f"{PREFIXES[language]}/berkas/{page}")
        assert answer.headers["Location"].endswith("/berkas/periksa")


@both_languages
def test_anybody_with_the_number_sees_the_state_and_nothing_personal(client, new_client, language):
    desk = Desk(client, language)
    desk.give_back(catatan="Rumah Ibu Contoh")
    desk.mend("Jalan Rahasia 77")
    number = desk.walk.number.replace(" ", "+")
    answer = new_client().get(f"{desk.prefix}/lacak?nomor={number}")
    said = answer.get_data(as_text=True)
    with desk.client.application.app_context(), force_locale(language):
        assert label(PublicState.RETURNED) in main(answer)
    for secret in (DEPOT.person.nik, DEPOT.person.name, "Jalan", "Rumah Ibu", "Depot Contoh"):
        assert secret not in said


@both_languages
def test_every_word_is_marked(pseudo_client, language):
    desk = Desk(pseudo_client, language)
    shown = {"sent": desk.result, "office": desk.get("latihan-petugas")}
    desk.office("lengkap")
    shown["mistakes"] = desk.office("kembalikan", hari="61")
    assert shown["mistakes"].status_code == 422
    desk.office("kembalikan", alasan="unreadable", sasaran="step:tempat:0", catatan="xyz")
    shown["returned"] = desk.get("perbaikan")
    shown["mended"] = desk.mend("Jalan Latihan 8")
    shown["tracked"] = desk.track()
    desk.send_again()
    shown["past"] = desk.get("perbaikan")
    shown["rejected"] = desk.office("tolak", alasan="standard_not_met")
    typed = [answer for page in DEPOT.answers.values() for answer in page.values()]
    typed += ["xyz", "Jalan Latihan 8", "✓"]
    bare = {}
    with pseudo_client.application.app_context():
        for name, response in shown.items():
            found = bare_words(parse(response), language, get_book(), typed)
            if found:
                bare[name] = found
    assert not bare, bare


def test_pages_stay_light(client):
    desk = Desk(client)
    desk.give_back(catatan="Nomor rumah kurang")
    desk.mend()
    for path in ("hasil", "perbaikan", "latihan-petugas"):
        for headers, limit in (({}, 8_000), (HTMX, 4_000)):
            answer = client.get(f"/berkas/{path}", headers={"Accept-Encoding": "br", **headers})
            assert len(answer.get_data()) <= limit, path


@both_languages
def test_papers_can_still_be_reached_until_the_office_reads(client, language):
    desk = Desk(client, language)

    def ways_to_papers() -> list[str]:
        found = [address for address, _ in links_of(parse(desk.get("hasil")))]
        return [address for address in found if address.endswith("/berkas/lampiran")]

    assert ways_to_papers() == [f"{desk.prefix}/berkas/lampiran"]
    desk.office("lengkap")
    assert len(ways_to_papers()) == 1
    desk.office("periksa")
    assert ways_to_papers() == []
