"""Outside practice: filing at oss.go.id with the answers at hand, and the NIB that comes of it."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from urllib.parse import urlencode

import pypdf
import pytest
import segno
from flask import Flask

from app.adapters.oss.wire import to_wire
from app.domain.nik.verdict import NikClass
from app.extensions import db
from app.models.dossier import Dossier
from app.services.oss import submission, verdicts
from app.services.reference.book import get_book
from app.services.rights import own_data, paper
from tests.client import (
    HTMX,
    CheckingClient,
    body_of,
    form_of,
    here,
    links_of,
    parse,
    title_of,
    words,
)
from tests.factories import at_once, looking, new_line, open_in, sent_dossier
from tests.pages import KIOSK, PREFIXES, PUBLIC, Walk
from tests.pseudo import bare_words
from tests.routes.test_weights import (
    FULL_PAGE,
    PackedClient,
    wire_size,
)
from tests.services.oss.test_nibs import FOR_OSS, NIB, OTHER, Oss
from tests.workbooks import read_workbook

both_languages = pytest.mark.parametrize("language", PREFIXES)
FILES = ("pdf", "xlsx", "json", "csv")

# Answers without any word that practice uses, so that the words below can only be ours.
PLAIN = KIOSK.but(
    diri={"nama": "Yosina Mambrasar"},
    alamat={"jalan": "Jalan Mangga 7, dekat pasar"},
    usaha={"usaha": "Kios Mangga"},
    tempat={"jalan": "Jalan Mangga 7, dekat pasar"},
)
PRACTICE_WORDS = re.compile(
    r"practi[cs]e|\blatihan\b|specimen|\bcontoh nib\b|not a real|bukan nib sungguhan|simulat|"
    r"\b0000\d{9}\b",
    re.IGNORECASE,
)


@pytest.fixture(autouse=True)
def fresh_line(app):
    """The practice registry remembers how often it was asked about somebody."""
    new_line(app)
    yield
    new_line(app)


@pytest.fixture
def connected(make_app) -> Flask:
    return make_app(testing=True, SERVICE_MODE="connected", **FOR_OSS)


@pytest.fixture(params=["assist", "connected"])
def real(request) -> Flask:
    """Each mode outside practice."""
    return request.getfixturevalue(request.param)


def ready(app: Flask, client: CheckingClient, *, matched: bool = True, who: str = "kiosk") -> int:
    """Put a dossier that is ready for OSS into a browser; return its number."""
    with looking(app):
        dossier = sent_dossier(who=who)
        if matched:
            verdicts.record_by_staff(dossier, NikClass.MATCH)
        db.session.commit()
        dossier_id = dossier.id
    open_in(client, dossier_id)
    return dossier_id


def events_of(app: Flask, dossier_id: int) -> list[tuple[str, dict[str, object]]]:
    with looking(app) as session:
        dossier = session.get(Dossier, dossier_id)
        assert dossier is not None
        return [(event.kind, event.facts) for event in dossier.events]


# No word of practice outside practice


@both_languages
@pytest.mark.parametrize("htmx", [False, True], ids=["plain", "htmx"])
def test_the_whole_way_says_nothing_of_practice(real, language, htmx):
    client = real.test_client()
    walk = Walk(client, PLAIN, language=language, htmx=htmx)
    walk.to("hasil")
    pages = [*walk.shown.values(), *walk.answers]
    number = walk.number.replace(" ", "+")
    prefix = PREFIXES[language]
    for path in ("untuk-oss", "nib-saya", "hasil", "nik"):
        pages.append(client.get(f"{prefix}/berkas/{path}"))
    pages.append(client.get(f"{prefix}/lacak?nomor={number}"))
    pages.append(form_of(client.get(f"{prefix}/berkas/nib-saya"), "/nib-saya").submit())
    pages.append(
        form_of(client.get(f"{prefix}/berkas/nib-saya"), "/nib-saya").fill(nib=NIB).submit()
    )
    pages += [client.get(f"{prefix}/berkas/{path}") for path in ("hasil", "nib-saya")]
    pages.append(client.get(f"{prefix}/lacak?nomor={number}"))
    found = {
        page.request.path: PRACTICE_WORDS.findall(body_of(page) + title_of(parse(page)))
        for page in pages
    }
    assert {path: said for path, said in found.items() if said} == {}
    assert NIB[:4] in words(pages[-3])


@both_languages
def test_no_public_page_speaks_of_practice(real, language):
    client = real.test_client()
    found = {}
    for path, status in PUBLIC.values():
        if "latihan" in path.split("/"):
            continue  # the practice space, and what is practised there alone
        if path.startswith("/bantuan/contoh"):
            continue  # worked examples of people whose names say that they are made up
        page = client.get(PREFIXES[language] + path)
        assert page.status_code == status
        # The front page may lead out to the practice space; that is all.
        text = re.sub(r"<a [^>]*/latihan.*?</a>", "", body_of(page), flags=re.S)
        if said := PRACTICE_WORDS.findall(text):
            found[path] = said
    assert found == {}


def test_practice_itself_still_says_so(client):
    assert PRACTICE_WORDS.search(words(client.get("/en/")))
    assert PRACTICE_WORDS.search(words(client.get("/en/privasi")))


def test_every_page_says_what_the_service_is(real):
    client = real.test_client()
    for path, _ in PUBLIC.values():
        if path.startswith("/latihan"):
            continue  # not this service
        (line,) = parse(client.get("/en" + path)).with_class("mode")
        assert "oss.go.id" in words(line), path


def test_nothing_of_practice_is_made(real):
    client = real.test_client()
    ready(real, client)
    assert client.get("/berkas/nib.pdf").status_code == 404
    form_of(client.get("/berkas/nib-saya"), "/nib-saya").fill(nib=NIB).submit()
    assert client.get("/berkas/nib.pdf").status_code == 404, "the person prints it at OSS"
    with looking(real) as session:
        assert session.query(Dossier).one().papers == []


@both_languages
def test_every_word_is_marked(real, pseudo_client, language):
    real.test_client_class = CheckingClient
    client = real.test_client()
    walk = Walk(client, PLAIN, language=language)
    walk.to("hasil")
    prefix = PREFIXES[language]
    shown = {"periksa": walk.shown["periksa"], "nik": walk.shown["nik"], "hasil": walk.response}
    shown["untuk-oss"] = client.get(f"{prefix}/berkas/untuk-oss")
    shown["nib-saya"] = client.get(f"{prefix}/berkas/nib-saya")
    shown["lacak"] = client.get(f"{prefix}/lacak?nomor={walk.number.replace(' ', '+')}")
    form = form_of(shown["nib-saya"], "/nib-saya")
    shown["salah"] = form.fill(nib="12").submit(follow=False)
    shown["ada"] = form.fill(nib=NIB).submit()
    shown["privasi"] = client.get(f"{prefix}/privasi")
    typed = [answer for page in PLAIN.answers.values() for answer in page.values()]
    typed += ["oss.go.id", "CSV", "JSON", "Papua Barat Daya"]
    bare = {}
    with real.app_context():
        for name, page in shown.items():
            if left := bare_words(parse(page), language, get_book(), typed):
                bare[name] = left
    assert bare == {}


# Everything for OSS, in its order


@both_languages
@pytest.mark.parametrize("matched", [True, False], ids=["matched", "waiting"])
def test_the_result_page_says_what_is_next(assist, language, matched):
    client = assist.test_client()
    ready(assist, client, matched=matched)
    page = parse(client.get(f"{PREFIXES[language]}/berkas/hasil"))
    assert [address.rpartition("/")[2] for address, _ in links_of(page, "go")][:2] == [
        "untuk-oss",
        "nib-saya",
    ]
    assert "WhatsApp" in words(page)
    if language == "en":
        said = words(page)
        assert "Now file it at oss.go.id" in said
        assert "Tell it to nobody, not to us either." in said
        assert ("need not wait" in said) is not matched


@both_languages
def test_every_answer_can_be_copied_and_the_showing_is_recorded(assist, language):
    client = assist.test_client()
    dossier_id = ready(assist, client)
    response = client.get(f"{PREFIXES[language]}/berkas/untuk-oss")
    assert response.headers["Cache-Control"] == "no-store"
    page = parse(response)
    boxes = page.all("input", "textarea")
    typed = [box.get("value") or "".join(box.itertext()) for box in boxes]
    with looking(assist) as session:
        dossier = session.get(Dossier, dossier_id)
        assert dossier is not None
        nik = dossier.applicant.nik
    assert nik in typed
    assert all("readonly" in box.attrib for box in boxes)
    buttons = [b for b in page.all("button") if b.get("name") == "salin"]
    assert len(buttons) == len(boxes)
    assert all("hidden" in b.attrib for b in buttons), "without script they would do nothing"
    assert [b.get("aria-describedby") for b in buttons] == [box.get("id") for box in boxes]
    assert page.by_id("kabar").get("role") == "status"
    assert events_of(assist, dossier_id)[-1] == ("nik_shown", {"where": "page"})


@pytest.mark.parametrize("ending", FILES)
def test_files_are_for_their_owner_alone(assist, ending):
    client, stranger = assist.test_client(), assist.test_client()
    dossier_id = ready(assist, client)
    response = client.get(f"/berkas/untuk-oss.{ending}")
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Content-Disposition"].endswith(f'filename="berkas-untuk-oss.{ending}"')
    assert events_of(assist, dossier_id)[-1] == ("nik_shown", {"where": ending})
    before = events_of(assist, dossier_id)
    refused = stranger.get(f"/berkas/untuk-oss.{ending}")
    assert refused.status_code == 403
    assert refused.mimetype == "text/html"
    assert events_of(assist, dossier_id) == before


def test_the_files_hold_the_documented_names(assist):
    client = assist.test_client()
    dossier_id = ready(assist, client)
    with looking(assist) as session:
        dossier = session.get(Dossier, dossier_id)
        assert dossier is not None
        wire = json.loads(json.dumps(to_wire(submission.submission_of(dossier))))
    data = json.loads(client.get("/berkas/untuk-oss.json").get_data())
    assert data["dataNIB"] == wire
    table = list(
        csv.DictReader(
            io.StringIO(client.get("/berkas/untuk-oss.csv").get_data().decode("utf-8-sig"))
        )
    )
    names = {re.split(r"[.\[]", row["nama"])[0] for row in table} - {"pernyataan"}
    assert names == set(wire)
    by_name = {row["nama"]: row["nilai"] for row in table}
    assert by_name["no_id_user_proses"] == wire["no_id_user_proses"]
    assert by_name["data_proyek[0].kbli"] == wire["data_proyek"][0]["kbli"]
    nik = wire["no_id_user_proses"]
    assert any(row["keterangan"].replace(" ", "") == nik != row["keterangan"] for row in table)
    sheet = read_workbook(client.get("/berkas/untuk-oss.xlsx").get_data())
    assert nik in {row[3] for row in sheet}


def numbers_in(entry: object) -> Iterator[float]:
    """Yield every number of a JSON document, wherever it stands."""
    if isinstance(entry, (dict, list)):
        for inner in entry.values() if isinstance(entry, dict) else entry:
            yield from numbers_in(inner)
    elif isinstance(entry, (int, float)) and not isinstance(entry, bool):
        yield entry


def test_no_json_has_a_number_of_somebody_as_a_number(connected):
    """JavaScript and spreadsheets round above 2^53, and drop the zeros before a phone or a code."""
    client = connected.test_client()
    dossier_id = ready(connected, client)
    form_of(client.get("/berkas/nib-saya"), "/nib-saya").fill(nib=NIB).submit()
    with looking(connected) as session:
        dossier = session.get(Dossier, dossier_id)
        assert dossier is not None
        applicant, activity = dossier.applicant, dossier.activity
        said = (NIB, dossier.support_number, applicant.nik, applicant.phone, applicant.postcode,
                activity.kbli_code, activity.village_code, applicant.area_code)  # fmt: skip
    personal = {int(each) for each in said if each}
    assert len(personal) > 5
    files = [f"/berkas/{name}.json" for name in ("untuk-oss", "data-saya")]
    open_data = [f"/api/v1/{name}47112" for name in ("kbli/", "risk?kbli=", "kbli-lama/")]
    for path in (*files, *open_data, "/readyz"):
        answer = client.get(path)
        assert answer.is_json, path
        found = set(numbers_in(answer.get_json()))
        assert not found & personal, path
        assert max(found, default=0) < 2**53


@both_languages
def test_the_paper_says_that_it_is_no_licence(assist, language):
    client = assist.test_client()
    dossier_id = ready(assist, client)
    response = client.get(f"{PREFIXES[language]}/berkas/untuk-oss.pdf")
    reader = pypdf.PdfReader(io.BytesIO(response.get_data()))
    text = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    with looking(assist) as session:
        dossier = session.get(Dossier, dossier_id)
        assert dossier is not None
        nik, number = dossier.applicant.nik, dossier.support_number
    assert nik in text.replace(" ", "")
    assert f"SRG {number[:4]} {number[4:8]} {number[8:]}" in text
    assert not PRACTICE_WORDS.search(text.replace("Jalan Latihan", ""))
    assert str(reader.trailer["/Root"]["/MarkInfo"]["/Marked"]).lower() == "true"
    assert str(reader.trailer["/Root"]["/Lang"]).startswith(language)
    if language == "en":
        for page in reader.pages:
            assert "Not a licence" in page.extract_text()
        assert reader.metadata.title == "File for OSS – Not a licence"


def test_in_practice_there_is_nothing_to_file(client, app):
    with looking(app):
        dossier_id = sent_dossier().id
    open_in(client, dossier_id)
    for name in ("untuk-oss", *(f"untuk-oss.{ending}" for ending in FILES), "nib-saya"):
        response = client.get(f"/berkas/{name}")
        assert response.status_code == 303, name
        assert response.headers["Location"].endswith("/berkas/hasil")
    assert "nik_shown" not in [kind for kind, _ in events_of(app, dossier_id)]


@both_languages
def test_pages_are_light(assist, language):
    assist.test_client_class = PackedClient
    phone = assist.test_client()
    phone.set_cookie("c", assist.extensions["assets"]["site.css"].hash)
    ready(assist, phone)
    sizes = {
        name: wire_size(phone.get(f"{PREFIXES[language]}/berkas/{name}"))
        for name in ("hasil", "untuk-oss", "nib-saya")
    }
    assert max(sizes.values()) <= FULL_PAGE[0], sizes


# The NIB


@both_languages
@pytest.mark.parametrize("htmx", [False, True], ids=["plain", "htmx"])
def test_a_typed_nib_is_kept_and_shown_as_typed(assist, language, htmx):
    client = assist.test_client()
    dossier_id = ready(assist, client)
    form = form_of(client.get(f"{PREFIXES[language]}/berkas/nib-saya"), "/nib-saya")
    answer = form.fill(nib="NIB 8120 2077 32258").submit(htmx=htmx)
    assert here(answer).endswith("/berkas/hasil")
    said = words(answer)
    assert "8120 2077 32258" in said
    head, unseen = {
        "id": ("Anda menulis NIB, belum kami lihat", "belum kami lihat"),
        "en": ("You wrote a NIB, not yet seen by us", "not yet seen by us"),
    }[language]
    assert words(parse(answer).one("h1")) == head
    assert parse(answer).with_class("ok", "div") == []
    if language == "en":
        assert "You wrote: NIB" in said
        assert "Only that paper counts." in said
        assert "Confirmed" not in said
    assert events_of(assist, dossier_id)[-1] == ("nib_received", {"nib": NIB, "source": "typed"})
    with looking(assist) as session:
        dossier = session.get(Dossier, dossier_id)
        assert dossier is not None
        number = dossier.support_number
        turn, _ = own_data.export(dossier)["turn"]["text"], paper.draw(dossier)
    assert turn.startswith("Giliran Anda. Anda menulis hasil dari OSS.")
    tracked = words(client.get(f"{PREFIXES[language]}/lacak?nomor={number}"))
    assert "8120" not in tracked, "whoever has the number learns that there is one, not which"
    assert tracked.count(unseen) >= 2, "it was filed at OSS, and there is a NIB: the person says so"
    seen = assist.test_cli_runner().invoke(args=["nib", "unseen"])
    assert number[:4] in seen.output
    assert assist.test_cli_runner().invoke(args=["nib", "seen", number]).output == "seen\n"
    for page in ("/berkas/hasil", f"/lacak?nomor={number}"):
        assert unseen not in words(client.get(PREFIXES[language] + page))


@both_languages
@pytest.mark.parametrize("typed", ["", "812020773225", "0000207732258", "abc", "9601055403879001"])
def test_what_is_no_nib_comes_back_filled(assist, language, typed):
    client = assist.test_client()
    dossier_id = ready(assist, client)
    before = events_of(assist, dossier_id)
    form = form_of(client.get(f"{PREFIXES[language]}/berkas/nib-saya"), "/nib-saya")
    answer = form.fill(nib=typed).submit(follow=False)
    assert answer.status_code == 422
    assert form_of(answer, "/nib-saya")["nib"] == typed
    assert len(parse(answer).with_class("err")) == 1
    assert events_of(assist, dossier_id) == before


def test_a_nib_of_another_file_is_refused_without_a_word_about_it(assist):
    first, second = assist.test_client(), assist.test_client()
    ready(assist, first)
    form_of(first.get("/en/berkas/nib-saya"), "/nib-saya").fill(nib=NIB).submit()
    dossier_id = ready(assist, second, who="fisher")
    before = events_of(assist, dossier_id)
    form = form_of(second.get("/en/berkas/nib-saya"), "/nib-saya").fill(nib=NIB)
    answer = form.submit(follow=False)
    assert answer.status_code == 422
    assert "another file" in words(answer)
    assert "SRG" not in words(answer)
    assert events_of(assist, dossier_id) == before
    again = form_of(answer, "/nib-saya").fill(nib=OTHER).submit()
    assert here(again) == "/en/berkas/hasil"


def test_a_nib_told_by_two_people_at_once_is_kept_once_and_the_other_answered_calmly(assist):
    people = [assist.test_client() for _ in range(2)]
    ids = [
        ready(assist, person, who=who)
        for person, who in zip(people, ("kiosk", "fisher"), strict=True)
    ]
    forms = [
        form_of(person.get("/berkas/nib-saya"), "/nib-saya").fill(nib=NIB) for person in people
    ]
    answers = at_once([lambda f=f: f.submit(follow=False) for f in forms])
    assert sorted(answer.status_code for answer in answers) == [303, 422]
    (refused,) = (n for n, answer in enumerate(answers) if answer.status_code == 422)
    assert form_of(answers[refused], "/nib-saya")["nib"].replace(" ", "") == NIB
    for n, dossier_id in enumerate(ids):
        told = [kind for kind, _ in events_of(assist, dossier_id)].count("nib_received")
        assert told == (n != refused)


def test_a_nib_is_corrected_and_sent_twice_kept_once(assist):
    client = assist.test_client()
    dossier_id = ready(assist, client)
    form = form_of(client.get("/berkas/nib-saya"), "/nib-saya").fill(nib=NIB)
    form.submit()
    form.submit()
    page = client.get("/berkas/nib-saya")
    assert form_of(page, "/nib-saya")["nib"] == "8120 2077 32258"
    form_of(page, "/nib-saya").fill(nib=OTHER).submit()
    kinds = [kind for kind, _ in events_of(assist, dossier_id)]
    assert [kind for kind in kinds if kind.startswith("nib")] == ["nib_received", "nib_corrected"]


def photo(text: str) -> bytes:
    file = io.BytesIO()
    segno.make(text).save(file, kind="png", scale=5)
    return file.getvalue()


def send_photo(client: CheckingClient, photo: bytes, language: str = "id"):
    form = form_of(client.get(f"{PREFIXES[language]}/berkas/nib-saya"), "/nib-saya/qr")
    parts = [(f'name="{name}"', value.encode()) for name, value in form.data() if name != "foto"]
    parts.append(('name="foto"; filename="foto.png"', photo))
    body = b"".join(
        b"--x\r\nContent-Disposition: form-data; " + head.encode() + b"\r\n\r\n" + value + b"\r\n"
        for head, value in parts
    )
    # By hand: the test client would put a large body into a file and never close it.
    return client.post(
        form.action, data=body + b"--x--\r\n", content_type="multipart/form-data; boundary=x"
    )


@both_languages
def test_a_photo_fills_the_box_and_the_person_saves(assist, language):
    client = assist.test_client()
    dossier_id = ready(assist, client)
    before = events_of(assist, dossier_id)
    read = send_photo(client, photo(f"https://oss.go.id/x?nib={NIB}"), language)
    assert read.status_code == 200
    assert events_of(assist, dossier_id) == before, "nothing is kept before the person has looked"
    form = form_of(read, "/nib-saya")
    assert form["nib"] == "8120 2077 32258"
    form.submit()
    assert events_of(assist, dossier_id)[-1][1] == {"nib": NIB, "source": "scanned"}


def test_a_number_read_and_then_changed_counts_as_typed(assist):
    client = assist.test_client()
    dossier_id = ready(assist, client)
    form_of(send_photo(client, photo(NIB)), "/nib-saya").fill(nib=OTHER).submit()
    assert events_of(assist, dossier_id)[-1][1] == {"nib": OTHER, "source": "typed"}


@both_languages
@pytest.mark.parametrize(
    "sent", [photo("https://oss.go.id/x/a81f"), b"not a photo", b""], ids=["opaque", "text", "none"]
)
def test_what_cannot_be_read_asks_for_typing(assist, language, sent):
    client = assist.test_client()
    ready(assist, client)
    answer = send_photo(client, sent, language)
    assert answer.status_code == 422
    assert form_of(answer, "/nib-saya")["nib"] == ""
    assert parse(answer).all("h1")


def test_a_photo_of_a_dear_camera_is_taken_and_more_is_not(assist):
    client = assist.test_client()
    ready(assist, client)
    assert send_photo(client, photo(NIB) + b"\0" * 3_000_000).status_code == 200
    assert send_photo(client, b"\0" * 9_000_000).status_code == 413
    too_long = client.post(
        "/berkas/nib-saya",
        data=urlencode({"nib": "1" * 100_000}),
        content_type="application/x-www-form-urlencoded",
    )
    assert too_long.status_code == 413, "other addresses take no more than before"


# With a line to OSS


@both_languages
@pytest.mark.parametrize(
    ("holder", "said"),
    [("YOSINA PRAKTIK", "Confirmed by OSS. State: active"), ("ORANG LAIN", "under another name")],
)
def test_oss_is_asked_at_once(connected, language, holder, said):
    oss = Oss()
    oss.answer = oss.knows(holder)
    client = connected.test_client()
    ready(connected, client)
    prefix = PREFIXES[language]
    answer = form_of(client.get(f"{prefix}/berkas/nib-saya"), "/nib-saya").fill(nib=NIB).submit()
    assert here(answer) == f"{prefix}/berkas/hasil"
    assert oss.asked == [NIB]
    if language == "en":
        assert said in words(answer)
    assert "ORANG LAIN" not in words(answer), "whose number it is, nobody is told"
    confirmed = holder != "ORANG LAIN"
    assert client.get("/berkas/nib-saya").status_code == (303 if confirmed else 200)


def test_while_oss_is_silent_the_nib_is_kept(connected):
    oss = Oss()
    oss.answer = oss.refuses(500)
    client = connected.test_client()
    ready(connected, client)
    answer = form_of(client.get("/en/berkas/nib-saya"), "/nib-saya").fill(nib=NIB).submit()
    assert "OSS has not confirmed it yet." in words(answer)
    assert "8120 2077 32258" in words(answer)
    assert client.get("/berkas/hasil", headers=HTMX).status_code == 200


def test_before_it_is_sent_there_is_nothing_to_file(assist):
    client = assist.test_client()
    walk = Walk(client, PLAIN)
    walk.to("telepon")
    for name in ("untuk-oss", "nib-saya"):
        assert client.get(f"/berkas/{name}").status_code == 303


@both_languages
@pytest.mark.parametrize("matched", [True, False])
def test_an_answer_can_be_changed_while_nothing_is_at_oss(real, language, matched):
    """Who sees a slip while copying into OSS had nowhere to mend it: only the NIB led on."""
    prefix = PREFIXES[language]
    client = real.test_client()
    dossier_id = ready(real, client, matched=matched)
    shown = client.get(f"{prefix}/berkas/hasil")
    press = form_of(shown, "/hasil/ubah")
    assert here(press.submit()) == f"{prefix}/berkas/periksa"
    assert here(press.submit()) == f"{prefix}/berkas/periksa"
    form_of(client.get(f"{prefix}/berkas/telepon?dari=periksa")).fill(
        telepon="0812 0000 7777"
    ).submit()
    sent = form_of(client.get(f"{prefix}/berkas/periksa"), "/periksa").submit()
    assert here(sent) == f"{prefix}/berkas/hasil"
    assert here(press.submit()) == f"{prefix}/berkas/hasil", "an old press opens nothing again"
    kinds = [kind for kind, _ in events_of(real, dossier_id)]
    assert (kinds.count("sent"), kinds.count("reopened")) == (2, 1)
    assert "6281200007777" in body_of(client.get(f"{prefix}/berkas/untuk-oss.json"))
    form_of(client.get(f"{prefix}/berkas/nib-saya"), "/nib-saya").fill(nib=NIB).submit()
    assert not [a for a in form_actions(client.get(f"{prefix}/berkas/hasil")) if "/ubah" in a]


@both_languages
def test_own_data_leads_to_where_an_answer_can_be_changed(assist, language):
    """It sent people to the counter although one button on the next page would do."""
    prefix = PREFIXES[language]
    client = assist.test_client()
    ready(assist, client)
    page = parse(client.get(f"{prefix}/berkas/data-saya"))
    assert "KTP" not in words(page.by_id("isi"))
    (to, _), *_ = [link for link in links_of(page, "act") if "teruskan" in link[0]]
    after = client.get(to, follow_redirects=True)
    assert any("/hasil/ubah" in action for action in form_actions(after))


def form_actions(response) -> list[str]:
    return [form.get("action") or "" for form in parse(response).all("form")]


@both_languages
def test_a_change_is_finished_with_the_number_that_the_nib_has(assist, language):
    """The whole way of a change at OSS: it keeps its NIB, so the page asks with it filled in."""
    prefix = PREFIXES[language]
    client = assist.test_client()
    ready(assist, client)
    form_of(client.get(f"{prefix}/berkas/nib-saya"), "/nib-saya").fill(nib=NIB).submit()
    form_of(client.get(f"{prefix}/berkas/perubahan/minta?jenis=data-diri")).submit()
    walk = Walk(client, PLAIN, language=language)
    walk.response = client.get(f"{prefix}/berkas/telepon")
    walk.to("hasil")
    asked = form_of(client.get(f"{prefix}/berkas/nib-saya"), "/nib-saya")
    assert (asked["nib"] or "").replace(" ", "") == NIB
    told = asked.submit()
    assert here(told) == f"{prefix}/berkas/hasil"
    assert not parse(told).with_class("bad", "div")
    with looking(assist) as session:
        kept = session.query(Dossier).order_by(Dossier.id).all()
        assert [dossier.handover.nib for dossier in kept] == [NIB, NIB]
