"""Changes and closing after the NIB, as a person goes through them."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from pypdf import PdfReader
from sqlalchemy import delete

from app.domain.dossier.changes import ASKED_AGAIN, ChangeKind
from app.domain.dossier.steps import STEPS
from app.domain.written.support_number import format_support_number
from app.models.change import ChangeRequest
from app.models.dossier import Dossier, Paper
from app.services.reference.book import get_book
from tests.client import HTMX, form_of, here, links_of, parse, words
from tests.factories import count, looking, new_line, open_dossier, open_in, sent_dossier
from tests.pages import KIOSK, PREFIXES, Walk
from tests.pseudo import bare_words

both_languages = pytest.mark.parametrize("language", PREFIXES)
both_ways = pytest.mark.parametrize("htmx", [False, True], ids=["plain", "htmx"])
OPENS = [kind for kind in ChangeKind if kind is not ChangeKind.CLOSE]


@pytest.fixture(autouse=True)
def fresh_line(app):
    new_line(app)


@pytest.fixture
def number(app, client) -> str:
    """The number of a file with its NIB, which the browser has open."""
    with looking(app):
        dossier = sent_dossier()
        found, dossier_id = format_support_number(dossier.support_number), dossier.id
    open_in(client, dossier_id)
    return found


def make_real(app) -> None:
    """Let no paper be a specimen, as where the national OSS gave the NIB."""
    with looking(app) as session:
        session.execute(delete(Paper))
        session.commit()


def ask(client, kind: ChangeKind, prefix: str = ""):
    return form_of(client.get(f"{prefix}/berkas/perubahan/minta?jenis={kind}"))


@both_languages
@both_ways
@pytest.mark.parametrize("kind", OPENS)
def test_a_change_opens_a_file_beside_the_old_one(client, app, number, kind, language, htmx):
    prefix = PREFIXES[language]
    shown = ask(client, kind, prefix).fill(alasan="pindah ke pasar").submit(htmx=htmx)
    assert here(shown) == f"{prefix}/berkas/perubahan/nomor"
    codes = [words(code) for code in parse(shown).with_class("code")]
    assert codes[1] == number != codes[0]
    after = client.get(links_of(parse(shown), "go")[-1][0])
    assert after.status_code == 303
    second = "/2" if kind is ChangeKind.ADD_ACTIVITY else ""
    assert after.headers["Location"] == f"{prefix}/berkas/{ASKED_AGAIN[kind][0]}{second}"
    assert count(app, Dossier) == 2


@both_ways
def test_the_change_goes_through_to_its_result_and_both_files_stay(client, app, htmx):
    Walk(client, KIOSK).to("hasil")
    number = re.findall(r"SRG[ \d]+\d", words(client.get("/berkas/hasil")))[0]
    shown = ask(client, ChangeKind.PLACE).submit(htmx=htmx)
    walk = Walk(client, KIOSK, htmx=htmx)
    walk.response = client.get("/berkas/tempat")
    walk.to("hasil")
    again = ASKED_AGAIN[ChangeKind.PLACE][1:]
    assert list(walk.shown) == ["mulai", *again, "pernyataan", "periksa", "hasil"]
    assert here(shown) == "/berkas/perubahan/nomor"
    assert number in words(client.get("/berkas/perubahan"))
    with looking(app) as session:
        (request,) = session.query(ChangeRequest)
        assert request.state == "done"
        assert request.dossier.handover.nib_status == "01"


def test_sent_twice_one_file_is_opened(client, app, number):
    form = ask(client, ChangeKind.PLACE)
    with client.session_transaction() as session:
        before = dict(session)
    first = form.submit(follow=False)
    with client.session_transaction() as session:
        session.clear()
        session.update(before)
    second = form.submit(follow=False)
    assert [r.status_code for r in (first, second)] == [303, 303]
    assert first.headers["Location"] == second.headers["Location"] == "/berkas/perubahan/nomor"
    assert (count(app, Dossier), count(app, ChangeRequest)) == (2, 1)


def back_to(client, app, number: str) -> None:
    with looking(app) as session:
        digits = number.replace("SRG", "").replace(" ", "")
        dossier_id = session.query(Dossier.id).filter_by(support_number=digits).scalar()
    open_in(client, dossier_id)


def test_the_old_file_shows_the_change_and_leads_into_it(client, app, number):
    new = words(parse(ask(client, ChangeKind.PLACE).submit()).with_class("code")[0])
    back_to(client, app, number)
    page = client.get("/berkas/perubahan")
    assert new in words(page)
    shown = form_of(page, "/buka").submit()
    assert words(parse(shown).with_class("code")[0]) == new
    assert client.get("/berkas/perubahan/nomor").status_code == 200


def test_while_one_change_is_open_no_other_begins(client, app, number):
    ask(client, ChangeKind.PLACE).submit()
    back_to(client, app, number)
    for path in ("minta?jenis=kapasitas", "tutup"):
        response = client.get(f"/berkas/perubahan/{path}")
        assert response.headers["Location"] == "/berkas/perubahan"


@both_languages
def test_a_change_can_be_taken_back(client, app, number, language):
    ask(client, ChangeKind.PLACE).submit()
    back_to(client, app, number)
    page = client.get(f"{PREFIXES[language]}/berkas/perubahan")
    form = form_of(page, "/batal")
    shown = form.submit()
    assert here(shown) == f"{PREFIXES[language]}/berkas/perubahan"
    form.submit()
    with looking(app) as session:
        assert [r.state for r in session.query(ChangeRequest)] == ["withdrawn"]
    assert "minta?jenis=tempat" in shown.get_data(as_text=True)


@pytest.mark.parametrize("kind", ["", "x", "tutup", "TEMPAT"])
def test_another_kind_leads_back_to_the_list(client, app, number, kind):
    response = client.get("/berkas/perubahan/minta", query_string={"jenis": kind})
    assert response.headers["Location"] == "/berkas/perubahan"
    form = ask(client, ChangeKind.PLACE)
    form.box("jenis")[0].value = kind
    assert here(form.submit()) == "/berkas/perubahan"
    assert count(app, Dossier) == 1


def test_a_reason_that_is_too_long_comes_back(client, app, number):
    answer = ask(client, ChangeKind.PLACE, "/en").fill(alasan="x" * 256).submit()
    assert answer.status_code == 422
    assert form_of(answer)["alasan"] == "x" * 256
    assert ask(client, ChangeKind.PLACE).fill(alasan="x" * 255).submit().status_code == 200
    assert count(app, ChangeRequest) == 1


def test_without_a_token_nothing_happens(client, app, number):
    answer = ask(client, ChangeKind.PLACE).submit(without={"csrf_token"})
    assert answer.status_code == 422
    closing = form_of(client.get("/berkas/perubahan/tutup")).fill(paham=True)
    assert closing.submit(without={"csrf_token"}).status_code == 422
    assert closing.submit(without={"kunci"}).status_code == 400
    assert count(app, ChangeRequest) == 0


def test_a_draft_has_nothing_to_change(client, app):
    open_dossier(app, client)
    page = client.get("/en/berkas/perubahan")
    assert "no valid NIB" in words(page)
    assert "minta" not in page.get_data(as_text=True)
    for path in ("perubahan/minta?jenis=tempat", "perubahan/tutup", "setelah-nib"):
        assert client.get(f"/berkas/{path}").status_code == 303


# Closing


def close(client, prefix: str = "", *, htmx: bool = False):
    form = form_of(client.get(f"{prefix}/berkas/perubahan/tutup"))
    return form.fill(paham=True, alasan="saya pulang kampung").submit(htmx=htmx)


@both_languages
@both_ways
def test_a_practice_nib_ends_and_every_page_says_so(client, app, number, language, htmx):
    prefix = PREFIXES[language]
    shown = close(client, prefix, htmx=htmx)
    assert here(shown) == f"{prefix}/berkas/hasil"
    ended = {"id": "NIB Anda sudah berakhir", "en": "Your NIB has ended"}
    heading = words(parse(shown).one("h1"))
    assert heading in ended.values()
    if language == "en":
        assert heading == ended["en"]
        track = client.get("/en/lacak", query_string={"nomor": number})
        assert "no longer valid" in words(track)
        with looking(app) as session:
            code = session.query(Paper.code).scalar()
        assert "no longer valid" in words(client.get(f"/en/verifikasi/{code}"))
    paper = client.get("/berkas/nib.pdf")
    text = PdfReader(BytesIO(paper.get_data())).pages[0].extract_text()
    assert "dicabut" in text
    assert client.get(f"{prefix}/berkas/setelah-nib").status_code == 303


def test_one_must_have_read_what_closing_means(client, app, number):
    form = form_of(client.get("/en/berkas/perubahan/tutup")).fill(alasan="rugi")
    answer = form.submit()
    assert answer.status_code == 422
    assert form_of(answer)["alasan"] == "rugi"
    assert "tick it" in words(answer)
    assert count(app, ChangeRequest) == 0


def test_closed_twice_it_is_closed_once(client, app, number):
    form = form_of(client.get("/berkas/perubahan/tutup")).fill(paham=True)
    for _ in range(2):
        assert here(form.submit()) in {"/berkas/hasil", "/berkas/perubahan"}
    with looking(app) as session:
        (dossier,) = session.query(Dossier)
        assert [event.kind for event in dossier.events].count("nib_revoked") == 1


def test_a_real_nib_is_ended_at_oss_and_noted_here(client, app, number):
    make_real(app)
    assert "oss.go.id" in words(client.get("/en/berkas/perubahan/tutup"))
    shown = close(client, "/en")
    assert here(shown) == "/en/berkas/perubahan"
    assert "pencabutan" in words(shown)
    with looking(app) as session:
        assert session.query(ChangeRequest.state).scalar() == "sent"
    done = form_of(shown, "/selesai").submit()
    assert here(done) == "/en/berkas/hasil"
    assert "no longer valid" in words(done)
    with looking(app) as session:
        assert session.query(ChangeRequest.state).scalar() == "done"


# Next steps


def test_next_steps_fit_the_business(client, app, number):
    text = words(client.get("/en/berkas/setelah-nib"))
    assert "No investment report (LKPM) for you" in text
    assert "Halal certificate" not in text
    with looking(app):
        baker = sent_dossier(kbli_code="10710", who="fisher").id
    open_in(client, baker)
    text = words(client.get("/en/berkas/setelah-nib"))
    for expected in ("Halal certificate", "17 October 2026", "SPP-IRT", "not a halal certificate"):
        assert expected in text
    assert "PP 42/2024 Pasal 160" in text
    assert "second-hand" in text


def test_the_result_leads_to_the_next_steps(client, number):
    assert "/berkas/setelah-nib" in [to for to, _ in links_of(parse(client.get("/berkas/hasil")))]


@both_languages
def test_every_word_of_changes_is_marked(pseudo_client, app, number, language):
    prefix = PREFIXES[language]
    pages = [
        form_of(pseudo_client.get(f"{prefix}/berkas/perubahan/tutup")).submit(),
        ask(pseudo_client, ChangeKind.ADD_ACTIVITY, prefix).submit(),
        pseudo_client.get(f"{prefix}/berkas/perubahan", headers=HTMX),
    ]
    back_to(pseudo_client, app, number)
    pages.append(pseudo_client.get(f"{prefix}/berkas/perubahan"))
    pages.append(form_of(pages[-1], "/batal").submit())
    make_real(app)
    pages.append(pseudo_client.get(f"{prefix}/berkas/perubahan/tutup"))
    pages.append(form_of(pages[-1]).fill(paham=True).submit())
    pages.append(form_of(pages[-1], "/selesai").submit())
    with app.app_context():
        bare = [bare_words(parse(page), language, get_book(), ["ya"]) for page in pages]
    assert bare == [[]] * len(pages)


@both_languages
@pytest.mark.parametrize("kind", [kind for kind in OPENS if kind is not ChangeKind.ADD_ACTIVITY])
def test_what_is_asked_again_comes_filled_in(client, app, number, kind, language):
    prefix, steps = PREFIXES[language], ASKED_AGAIN[kind]
    with looking(app) as session:
        old = session.query(Dossier).one()
        known = {
            "tempat": ("jalan", old.activity.street),
            "lahan": ("luas", str(old.activity.land_area)),
            "modal": ("kerja", None),
            "produksi": ("hasil", old.activity.product),
            "kegiatan": ("kbli", old.activity.kbli_code),
            "usaha": ("uraian", old.activity.description),
            "telepon": ("telepon", None),
            "alamat": ("jalan", old.applicant.street),
        }
    ask(client, kind, prefix).submit()
    for step in steps:
        shown = client.get(f"{prefix}/berkas/teruskan", follow_redirects=True)
        assert here(shown) == f"{prefix}/berkas/{step}"
        typed = [(column.box, None) for column in STEPS[step].typed_as_kept]
        form, (box, value) = form_of(shown), known.get(step) or typed[0]
        assert form[box]
        assert value is None or form[box].startswith(value)
        form.submit()
    assert here(client.get(f"{prefix}/berkas/teruskan", follow_redirects=True)).endswith(
        "pernyataan"
    )


@both_languages
def test_a_slip_after_the_nib_has_its_entry(client, number, language):
    prefix = PREFIXES[language]
    slip, read = {
        "id": ("Saya salah tulis", "Baca yang Anda kirim"),
        "en": ("I wrote something wrong", "Read what you sent"),
    }[language]
    page = parse(client.get(f"{prefix}/berkas/hasil"))
    found = {said: to for to, said in links_of(page)}
    assert found[slip] == f"{prefix}/berkas/perubahan"
    sent = client.get(found[read])
    assert "47112" in words(sent)
    kinds = [to for to, _ in links_of(parse(sent)) if "perubahan/minta" in to]
    assert len(kinds) == 4
    assert all(client.get(to).status_code == 200 for to in kinds)
    listed = parse(client.get(f"{prefix}/berkas/perubahan"))
    assert f"{prefix}/berkas/jawaban" in [to for to, said in links_of(listed) if slip in said]


def test_what_was_not_sent_is_checked_and_not_read(client, app):
    open_dossier(app, client)
    assert client.get("/berkas/jawaban").headers["Location"] == "/berkas/periksa"
