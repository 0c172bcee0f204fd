"""The journey as a person meets it: what they are told, what may happen, what stays private."""

from __future__ import annotations

import io
import re
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime

import pytest
from flask_babel import force_locale
from pypdf import PdfReader

from app import i18n
from app.config import Settings
from app.domain.dossier.journey import StepName
from app.domain.law.estimate.obstacles import JourneyReason
from app.domain.nik.verdict import NikClass
from app.labels import label
from app.labels.base import NIK_REMEDIES
from app.models.dossier import Dossier, Handover, Job
from app.work import run
from tests.client import HTMX, body_of, form_of, here, links_of, main_words, parse, words
from tests.factories import (
    BY_SCOPE,
    HIGH,
    LOW,
    MEDIUM_LOW,
    NOT_FOR_MICRO,
    PEOPLE,
    PHONE,
    STREET,
    UNKNOWN_RISK,
    bring_forward,
    count,
    dossier_at,
    looking,
    new_line,
    open_dossier,
    open_in,
    oss_submissions,
    raw_rows,
    rows,
)
from tests.pages import (
    KIOSK,
    LIVES_OUTSIDE,
    NAME_DIFFERS,
    PREFIXES,
    STEPS,
    TARO,
    Persona,
    Walk,
)
from tests.personas import personas

both_languages = pytest.mark.parametrize("language", PREFIXES)
both_ways = pytest.mark.parametrize("htmx", [False, True], ids=["plain", "htmx"])
NIB = re.compile(r"(?<!\d)0000\d{9}(?!\d)")
REFUSED = [key for key, who in PEOPLE.items() if who.nik_class is not NikClass.MATCH]


@pytest.fixture
def fresh_line(app):
    """The registry has had no call yet, and none of ours counts later."""
    new_line(app)
    yield
    new_line(app)


# To the end


@pytest.mark.parametrize(
    ("who", "language"),
    [(TARO, "en"), (LIVES_OUTSIDE, "id")],
    ids=["taro", "lives-outside"],
)
def test_it_ends_with_a_nib_a_paper_and_its_proof(client, app, who, language):
    before = oss_submissions(app)
    walk = Walk(client, who, language=language)
    walk.to("hasil")
    assert oss_submissions(app) == before + 1
    text = main_words(walk.response)
    (nib,) = NIB.findall(text)
    assert walk.number in text
    paper = client.get(f"{walk.prefix}/berkas/nib.pdf")
    assert paper.mimetype == "application/pdf"
    printed = " ".join(p.extract_text() for p in PdfReader(io.BytesIO(paper.data)).pages)
    assert nib in printed
    (proof,) = [a for a, _ in links_of(parse(walk.response)) if "/verifikasi/" in a]
    checked = client.get(proof)
    assert nib in main_words(checked)
    assert who.person.name not in body_of(checked)
    with looking(app) as session:
        assert session.query(Handover).one().nib == nib


@both_languages
def test_every_page_says_how_far_one_is(client, app, language):
    open_dossier(app, client)
    for number, step in enumerate(STEPS, start=1):
        page = client.get(f"{PREFIXES[language]}/berkas/{step}")
        (bar,) = parse(page).all("progress")
        assert (bar.get("value"), bar.get("max")) == (str(number), str(len(STEPS)))
        said = "Step {} of {}" if language == "en" else "Langkah {} dari {}"
        assert said.format(number, len(STEPS)) in main_words(page)


@pytest.mark.parametrize(
    ("language", "quantity"),
    [("id", "1234567,5"), ("en", "1234567,5")],
)
def test_back_shows_what_was_answered_and_takes_it_again(client, app, quantity, language):
    """What a page fills in by itself must never be a mistake."""
    open_dossier(app, client)
    for step, box in (("lahan", "luas"), ("produksi", "kapasitas")):
        for typed in ("1500", "0,05", "999999999999,99", quantity):
            form = form_of(client.get(f"{PREFIXES[language]}/berkas/{step}"))
            assert form.fill({box: typed}).submit(follow=False).status_code == 303, typed
            shown = form_of(client.get(f"{PREFIXES[language]}/berkas/{step}"))
            assert shown.submit(follow=False).status_code == 303, typed
    for step in STEPS:
        form = form_of(client.get(f"{PREFIXES[language]}/berkas/{step}"))
        typed = form.data()
        assert form.submit(follow=False).status_code == 303, step
        again = form_of(client.get(f"{PREFIXES[language]}/berkas/{step}")).data()
        assert [pair for pair in again if pair[0] not in {"kunci", "csrf_token"}] == [
            pair for pair in typed if pair[0] not in {"kunci", "csrf_token"}
        ], step


def neutral(text: str) -> str:
    """Take out what differs from file to file: numbers, codes and the minute."""
    text = re.sub(r"SRG( \d{4}){3}", "SRG", text)
    text = NIB.sub("NIB", text)
    return re.sub(r"\b\d\d[.:]\d\d WIT", "WIT", text)


@pytest.mark.parametrize(
    ("who", "language"),
    [(KIOSK, "en"), (LIVES_OUTSIDE, "id"), (NAME_DIFFERS, "en")],
    ids=["kiosk", "lives-outside", "name-differs"],
)
def test_htmx_and_plain_say_the_same(client, new_client, who, language):
    plain = Walk(client, who, language=language)
    swapped = Walk(new_client(), who, language=language, htmx=True)
    last = "periksa" if who is NAME_DIFFERS else "hasil"
    plain.to(last)
    swapped.to(last)
    assert list(plain.shown) == list(swapped.shown)
    for name, page in plain.shown.items():
        assert neutral(main_words(page)) == neutral(main_words(swapped.shown[name])), name


@both_languages
def test_htmx_and_plain_say_the_same_about_mistakes(client, app, language):
    open_dossier(app, client)
    for step in ("mulai?baru=1", *STEPS):
        form = form_of(client.get(f"{PREFIXES[language]}/berkas/{step}"))
        for box in form.boxes:
            if box.kind in {"radio", "checkbox"}:
                box.value = None
            elif box.kind != "hidden":
                box.value = "" if box.kind == "select" else "x" * 1500
        plain, swapped = (form.submit(htmx=htmx) for htmx in (False, True))
        assert (plain.status_code, swapped.status_code) == (422, 422), step
        assert main_words(plain) == main_words(swapped), step
        assert parse(plain).is_document
        assert not parse(swapped).is_document


# Privacy


def traces(who: Persona) -> set[str]:
    """Return what is personal about somebody, as it might lie about in plain."""
    born = {who.person.typed_birth_date, who.person.birth_date}
    return {
        who.person.nik,
        who.person.nik[6:12],
        who.person.typed_name,
        who.person.name,
        *(day.isoformat() for day in born),
        *(f"{day:%d-%m-%Y}" for day in born),
        *(f"{day.day}-{day.month}-{day.year}" for day in born),
        PHONE,
        PHONE.removeprefix("+62"),
        str(who.pages["alamat"]["jalan"]),
        "Jalan Latihan",
        "Kecamatan Contoh",
        *(str(text) for text in who.pages["usaha"].values() if text),
        str(who.pages["produksi"]["hasil"]),
    }


def found_in(data: bytes, who: Persona) -> list[str]:
    return sorted(trace for trace in traces(who) if trace.encode() in data)


@pytest.mark.parametrize("who", [LIVES_OUTSIDE, NAME_DIFFERS], ids=lambda who: who.name)
def test_nothing_personal_lies_in_the_database(client, app, who):
    Walk(client, who).to("periksa" if who is NAME_DIFFERS else "hasil")
    kept = raw_rows(app)
    assert len(kept["applicants"]) == 1
    for table, found in kept.items():
        for row in found:
            for value in row:
                data = value if isinstance(value, bytes) else str(value).encode()
                assert found_in(data, who) == [], table


def test_nothing_personal_lies_in_any_file_or_cookie(client, app, request):
    """Raw bytes: the database after everything was written back, and all files beside it."""
    walk = Walk(client, KIOSK)
    walk.to("hasil")
    with client.session_transaction() as session:
        held = str(dict(session))
    assert found_in(held.encode(), KIOSK) == []
    assert walk.number.replace(" ", "")[3:] not in held
    settings: Settings = app.config["SETTINGS"]
    files = [path for path in settings.instance.rglob("*") if path.is_file()]
    if request.config.getoption("--database") == "sqlite":
        database = settings.instance / "oss.sqlite"
        assert database in files
        with closing(sqlite3.connect(database, timeout=5)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        number = walk.number.replace(" ", "")[3:].encode()
        assert number in database.read_bytes(), "the file does lie there"
    for path in files:
        assert found_in(path.read_bytes(), KIOSK) == [], path.name


@both_ways
def test_no_address_holds_anything_personal(app, client, htmx):
    """Addresses stay in histories, logs and on shared screens."""
    asked: list[str] = []
    open_before = app.wsgi_app

    def listening(environ, start_response):
        asked.append(f"{environ.get('PATH_INFO')}?{environ.get('QUERY_STRING')}")
        return open_before(environ, start_response)

    app.wsgi_app = listening
    try:
        walk = Walk(client, KIOSK, htmx=htmx)
        walk.to("hasil")
    finally:
        app.wsgi_app = open_before
    assert len(asked) > 15
    pages = [*walk.shown.values(), *walk.answers]
    for response in pages:
        asked += [value for key, value in response.headers if key in {"Location", "HX-Push-Url"}]
        page = parse(response)
        for element in page.all():
            asked += [element.get(a) or "" for a in ("href", "action", "src", "hx-get", "hx-post")]
    assert [url for url in asked if found_in(url.encode(), KIOSK)] == []


@both_languages
def test_a_nik_is_shown_masked_and_never_beside_the_birth_date(client, app, language):
    open_dossier(app, client)
    prefix, nik = PREFIXES[language], KIOSK.person.nik
    pages = {name: client.get(f"{prefix}/berkas/{name}") for name in ("nik", "periksa")}
    pages["hasil"] = form_of(pages["periksa"]).submit()
    for name, page in pages.items():
        text = body_of(page)
        assert nik not in text.replace(" ", ""), name
        assert nik[:13] not in text, name
    assert f"•{nik[-3:]}" in body_of(pages["nik"])
    assert str(KIOSK.person.birth_date.year) not in body_of(pages["nik"])


# The NIK


@both_languages
@pytest.mark.parametrize("key", REFUSED)
def test_each_class_is_told_with_its_remedy_and_nothing_of_the_registry(client, app, key, language):
    who = PEOPLE[key]
    prefix = PREFIXES[language]
    with looking(app):
        dossier = dossier_at(None, who=key)
        dossier_id, number = dossier.id, dossier.support_number
    open_in(client, dossier_id)
    paths = ("/berkas/nik", "/berkas/periksa", f"/lacak?nomor={number}")
    pages = [client.get(prefix + path) for path in paths]
    text, review = main_words(pages[0]), parse(pages[1])
    with app.app_context(), force_locale(language):
        assert label(who.nik_class) in text
        for said in NIK_REMEDIES[who.nik_class]:
            assert str(said) in text
        others = {label(c) for c in NikClass} - {label(who.nik_class)}
    assert [other for other in others if other in text] == []
    held = {who.name} - {who.typed_name}
    if who.birth_date != who.typed_birth_date:
        born = who.birth_date
        held |= {born.isoformat(), f"{born.day}-{born.month}-{born.year}"}
        with app.app_context(), force_locale(language):
            held.add(i18n.short_day(born))
    for page in pages:
        assert [value for value in held if value in body_of(page)] == [], here(page)
    assert "f" not in {form.get("id") for form in review.all("form")}, "no button to send it"
    assert f"{prefix}/berkas/nik" in [address for address, _ in links_of(review)]


@pytest.mark.parametrize("key", REFUSED)
def test_it_cannot_be_sent_while_the_nik_does_not_fit_not_even_directly(client, app, key):
    before = oss_submissions(app)
    open_dossier(app, client, who=key)
    token = form_of(client.get("/berkas/diri"))["csrf_token"]
    client.unchecked = ("form “f”",)
    answer = client.post("/berkas/periksa", data={"csrf_token": token, "kunci": "A" * 22})
    assert answer.status_code == 422
    assert count(app, Handover) == 0
    assert oss_submissions(app) == before
    assert client.get("/berkas/hasil").status_code == 303


def test_typed_again_after_the_registry_was_mended(client, app, office_is):
    """Whoever comes from Disdukcapil types the same once more and is looked up once more."""
    open_dossier(app, client, who="not_found")
    with looking(app) as session:
        jobs_before = session.query(Job).count()
    assert here(form_of(client.get("/berkas/diri")).submit()) == "/berkas/nik"
    with looking(app) as session:
        assert session.query(Job).count() == jobs_before + 1
        assert len(session.query(Dossier).one().nik_checks) == 2


def test_a_slow_registry_lets_the_person_go_on(client, app, fresh_line):
    walk = Walk(client, personas()["slow-registry"], htmx=True)
    walk.to("diri")
    walk.go_on()
    assert walk.page == "nik"
    with app.app_context():
        assert label(NikClass.PENDING) in main_words(walk.response)
    walk.to("hasil")
    with app.app_context():
        assert "0000" not in main_words(walk.response)
    for _ in range(2):
        with looking(app):
            bring_forward()
        run.sweep(app)
    assert NIB.search(main_words(client.get("/berkas/hasil")))


def test_asking_again_by_hand(client, app, office_is):
    office_is("dukcapil", "down")
    walk = Walk(client, KIOSK)
    walk.to("nik")
    form = form_of(walk.response, "/berkas/nik")
    assert form_of(form.submit(), "/berkas/nik"), "still silent, still the same button"
    office_is("dukcapil", "up")
    answer = form.submit()
    with app.app_context():
        assert label(NikClass.MATCH) in main_words(answer)


# Where things stand


@both_languages
@both_ways
def test_a_kampung_of_another_district_is_refused_and_the_list_stays(client, app, htmx, language):
    open_dossier(app, client)
    for step in ("alamat", "tempat"):
        address = f"{PREFIXES[language]}/berkas/{step}"
        form = form_of(client.get(address))
        before = rows(app, unsent=False)
        form.box("kampung")[0].value = "9601062001"  # in Klamono, while Aimas is chosen
        form.fill(jalan="Jalan Baru 2")
        answer = form.submit(htmx=htmx)
        assert answer.status_code == 422
        again = form_of(answer)
        assert again["distrik"] == "960105"
        assert again["jalan"] == "Jalan Baru 2"
        offered = {value for value, _ in again.box("kampung")[0].options}
        assert "9601051002" in offered
        assert "9601062001" not in offered
        assert rows(app, unsent=False) == before


@pytest.mark.parametrize(
    ("distrik", "kampung"),
    [("967101", "9671011001"), ("luar", "9601051002"), ("", ""), ("960199", "9601991001")],
)
def test_a_business_lies_in_the_kabupaten(client, app, distrik, kampung):
    """Kota Sorong and other regencies have an office of their own."""
    open_dossier(app, client)
    form = form_of(client.get("/berkas/tempat"))
    offered = {value for value, _ in form.box("distrik")[0].options}
    assert {code[:4] for code in offered if code} == {"9601"}
    form.box("distrik")[0].value, form.box("kampung")[0].value = distrik, kampung
    before = rows(app, unsent=False)
    assert form.submit().status_code == 422
    assert rows(app, unsent=False) == before


@pytest.mark.parametrize(
    ("provinsi", "kabupaten", "taken"),
    [("73", "7371", True), ("73", "9601", False), ("99", "7371", False), ("", "", False)],
)
def test_people_may_live_anywhere(client, app, provinsi, kabupaten, taken):
    open_dossier(app, client)
    form = form_of(client.get("/berkas/alamat")).fill(distrik="luar")
    page = form_of(form.submit())
    page = form_of(page.fill(provinsi="73").submit("pilih"))
    page.box("provinsi")[0].value, page.box("kabupaten")[0].value = provinsi, kabupaten
    answer = page.fill(wilayah="Kecamatan Contoh", jalan="Jalan Jauh 1").submit()
    assert answer.status_code == (200 if taken else 422)
    with looking(app) as session:
        who = session.query(Dossier).one().applicant
        assert (who.area_code == "7371") is taken
    if taken:
        assert "Makassar" in main_words(client.get("/berkas/periksa"))
        shown = form_of(client.get("/berkas/alamat"))
        assert (shown["distrik"], shown["provinsi"], shown["kabupaten"]) == ("luar", "73", "7371")
        assert shown["wilayah"] == "Kecamatan Contoh"


# Changing an answer at the end


@both_ways
def test_another_activity_asks_only_what_it_leaves_open(client, app, htmx):
    """From “check your answers” and back to it, by way of the scope that is now needed."""
    dossier_id = open_dossier(app, client)
    page = form_of(client.get("/berkas/kegiatan?dari=periksa"))
    page = form_of(page.fill(cari="padi").submit("temukan", htmx=htmx))
    page.box("kbli")[0].value = BY_SCOPE
    answer = page.submit(htmx=htmx)
    assert here(answer) == "/berkas/usaha"
    form = form_of(answer)
    assert form["lingkup"] is None, "the scope of the new activity must be chosen"
    assert form["uraian"] == "Saya jual beras dan gula", "what still holds is kept"
    assert form.submit(htmx=htmx).status_code == 422
    with looking(app) as session:
        assert session.get_one(Dossier, dossier_id).activity.scope_no is None
    choice = form.box("lingkup")[-1].options[0][0]
    answer = (
        form_of(client.get("/berkas/usaha?dari=periksa")).fill(lingkup=choice).submit(htmx=htmx)
    )
    if here(answer) == "/berkas/pernyataan":  # a higher risk asks for one more statement
        answer = form_of(answer).fill(pernyataan=True).submit(htmx=htmx)
    assert here(answer) == "/berkas/periksa"


@both_ways
def test_the_way_back_to_the_review_is_not_forgotten_in_between(client, app, htmx):
    """Each page on the way knows that the person came from the review."""
    open_dossier(app, client)
    page = form_of(client.get("/berkas/kegiatan?dari=periksa"))
    page = form_of(page.fill(cari="padi").submit("temukan", htmx=htmx))
    page.box("kbli")[0].value = BY_SCOPE
    form = form_of(page.submit(htmx=htmx))
    answer = form.fill(lingkup=form.box("lingkup")[0].options[0][0]).submit(htmx=htmx)
    assert here(answer) in {"/berkas/pernyataan", "/berkas/periksa"}


@both_ways
def test_changing_one_answer_leads_straight_back(client, app, htmx):
    open_dossier(app, client)
    for step in STEPS[1:]:
        answer = form_of(client.get(f"/berkas/{step}?dari=periksa")).submit(htmx=htmx)
        assert here(answer) == "/berkas/periksa", step


# What cannot be sent from here


OBSTACLES = [
    ({"kbli_code": UNKNOWN_RISK}, JourneyReason.RISK_NOT_KNOWN),
    ({"kbli_code": NOT_FOR_MICRO}, JourneyReason.SIZE_NOT_OFFERED),
    ({"village_code": "9671011001"}, JourneyReason.OUTSIDE_AREA),
]


@pytest.mark.parametrize(("options", "reason"), OBSTACLES, ids=[str(r) for _, r in OBSTACLES])
def test_an_obstacle_is_told_and_sending_is_impossible(client, app, options, reason):
    before = oss_submissions(app)
    language = "en" if "kbli_code" in options else "id"
    prefix = PREFIXES[language]
    open_dossier(app, client, **options)
    page = client.get(f"{prefix}/berkas/periksa")
    with app.app_context(), force_locale(language):
        assert label(reason) in main_words(page)
    assert "f" not in {form.get("id") for form in parse(page).all("form")}
    token = form_of(client.get(f"{prefix}/berkas/diri"))["csrf_token"]
    kept = rows(app)
    for headers in ({}, HTMX):
        data = {"csrf_token": token, "kunci": "A" * 22}
        answer = client.post(f"{prefix}/berkas/periksa", data=data, headers=headers)
        assert answer.status_code == 422
        assert rows(app) == kept
    assert oss_submissions(app) == before
    assert client.get(f"{prefix}/berkas/hasil").status_code == 303


@both_ways
@pytest.mark.parametrize("code", [UNKNOWN_RISK, NOT_FOR_MICRO, HIGH])
def test_nobody_goes_round_in_a_circle_before_an_obstacle(client, app, code, htmx):
    """Also where the law asks for no statement, the way ends at the review, which says why."""
    open_dossier(app, client, StepName.PRODUCTION, kbli_code=code)
    form = form_of(client.get("/berkas/produksi"))
    form.fill(laki="0", perempuan="1", hasil="x", kapasitas="1", unit="x")
    answer = form.submit(htmx=htmx)
    assert here(answer) in {"/berkas/pernyataan", "/berkas/periksa"}
    if here(answer) == "/berkas/pernyataan":
        page = form_of(answer)
        if "pernyataan" in page.names:
            page.fill(pernyataan=True)
        answer = page.submit(htmx=htmx)
    assert here(answer) == "/berkas/periksa"


@pytest.mark.parametrize("code", [LOW, MEDIUM_LOW, BY_SCOPE])
def test_low_and_medium_low_risk_can_be_sent(client, app, code):
    open_dossier(app, client, kbli_code=code)
    assert here(form_of(client.get("/berkas/periksa")).submit()) == "/berkas/hasil"
    assert count(app, Handover) == 1


# Out of order


@both_languages
@both_ways
def test_a_step_out_of_order_leads_to_the_first_open_one(client, app, htmx, language):
    prefix = PREFIXES[language]
    open_dossier(app, client, StepName.HOME)
    for step in STEPS[3:]:
        answer = client.get(f"{prefix}/berkas/{step}", headers=HTMX if htmx else {})
        if htmx:
            assert here(answer) == f"{prefix}/berkas/alamat", step
        else:
            assert answer.status_code == 303
            assert answer.headers["Location"] == f"{prefix}/berkas/alamat"
    for page in ("periksa", "hasil"):
        final = client.get(f"{prefix}/berkas/{page}", follow_redirects=True)
        assert here(final) == f"{prefix}/berkas/alamat"
    for step in STEPS[:3]:
        assert client.get(f"{prefix}/berkas/{step}").status_code == 200


@both_languages
def test_an_answer_out_of_order_is_kept_and_leads_to_the_first_open_step(client, app, language):
    """A page from an old tab may be right: its answer is saved, and nothing is skipped by it."""
    prefix = PREFIXES[language]
    early = open_dossier(app, client, StepName.HOME)
    now_open = form_of(client.get(f"{prefix}/berkas/alamat"))
    data = {"csrf_token": now_open["csrf_token"], "kunci": "A" * 22, "kerja": "7 juta"}
    data |= dict.fromkeys(("mesin", "lain", "tanah", "bangunan"), "0")
    answer = client.post(f"{prefix}/berkas/modal", data=data)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{prefix}/berkas/alamat")
    with looking(app) as session:
        assert session.get_one(Dossier, early).activity.working_idr == 7_000_000


@pytest.mark.parametrize("step", ["pernyataan", "usaha"])
def test_what_depends_on_earlier_steps_cannot_be_answered_first(client, app, step):
    dossier_id = open_dossier(app, client, StepName.HOME)
    token = form_of(client.get("/berkas/alamat"))["csrf_token"]
    data = {"csrf_token": token, "kunci": "A" * 22, "uraian": "x", "pernyataan": "data_true"}
    answer = client.post(f"/berkas/{step}", data=data, follow_redirects=True)
    assert here(answer) == "/berkas/alamat"
    with looking(app) as session:
        dossier = session.get_one(Dossier, dossier_id)
        assert dossier.declarations == []
        assert dossier.sent_at is None


def test_sending_first_of_all_sends_nothing(client, app):
    open_dossier(app, client, StepName.HOME)
    token = form_of(client.get("/berkas/alamat"))["csrf_token"]
    data = {"csrf_token": token, "kunci": "A" * 22}
    answer = client.post("/berkas/periksa", data=data, follow_redirects=True)
    assert here(answer) == "/berkas/alamat"
    assert count(app, Handover) == 0


def test_a_sent_file_shows_its_result_whatever_is_opened(client, app):
    open_dossier(app, client)
    old = form_of(client.get("/berkas/telepon")).fill(telepon="0812 0000 9999")
    form_of(client.get("/berkas/periksa")).submit()
    before = rows(app)
    for step in (*STEPS, "periksa", "teruskan"):
        answer = client.get(f"/berkas/{step}")
        assert (answer.status_code, answer.headers["Location"]) == (303, "/berkas/hasil"), step
    assert here(old.submit()) == "/berkas/hasil"
    assert rows(app) == before


# The clock


@pytest.fixture
def clock(monkeypatch):
    """Turn the clock of the program to a moment."""
    return lambda moment: monkeypatch.setattr("app.clock.now", lambda: moment)


# 15:00 UTC is midnight in Sorong: the new year begins there while it is still old elsewhere.
NEW_YEAR = datetime(2026, 12, 31, 15, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "birth", "taken"),
    [
        (datetime(2026, 12, 31, 14, 59, 59, tzinfo=UTC), "31-12-2009", True),
        (datetime(2026, 12, 31, 14, 59, 59, tzinfo=UTC), "1-1-2010", False),
        (NEW_YEAR, "1-1-2010", True),
        (NEW_YEAR, "2-1-2010", False),
        (datetime(2026, 12, 31, 14, 59, 59, tzinfo=UTC), "1-1-1906", True),
        (datetime(2026, 12, 31, 14, 59, 59, tzinfo=UTC), "31-12-1905", False),
        (NEW_YEAR, "1-1-1906", False),
        (NEW_YEAR, "2-1-1906", True),
    ],
)
def test_age_is_counted_by_the_day_in_sorong(client, app, clock, moment, birth, taken):
    clock(moment)
    open_dossier(app, client, StepName.IDENTITY)
    form = form_of(client.get("/berkas/diri"))
    nik = PEOPLE["kiosk"].nik  # where its date differs from the one on the card, that is only told
    answer = form.fill(nik=nik, nama="Contoh", lahir=birth, kelamin="L").submit()
    assert (answer.status_code == 200) is taken, main_words(answer)


@pytest.mark.parametrize(
    ("moment", "typed", "born"),
    [
        (datetime(2026, 12, 31, 14, 59, 59, tzinfo=UTC), "01-01-09", "2009-01-01"),
        (NEW_YEAR, "01-01-10", "2010-01-01"),
        (NEW_YEAR, "01-01-27", None),  # today, and so 0 years old
        (NEW_YEAR, "02-01-27", "1927-01-02"),
    ],
)
def test_a_short_year_is_read_by_the_day_in_sorong(client, app, clock, moment, typed, born):
    clock(moment)
    dossier_id = open_dossier(app, client, StepName.IDENTITY)
    form = form_of(client.get("/berkas/diri"))
    form.fill(nik=PEOPLE["kiosk"].nik, nama="Contoh", lahir=typed, kelamin="L").submit()
    with looking(app) as session:
        assert session.get_one(Dossier, dossier_id).applicant.birth_date == born


@pytest.mark.parametrize(
    ("language", "moment", "said"),
    [
        ("id", NEW_YEAR, "Jumat, 1 Januari 2027, 00.00 WIT"),
        ("en", NEW_YEAR, "Friday, 1 January 2027, 00:00 WIT"),
        ("id", datetime(2026, 12, 31, 14, 59, tzinfo=UTC), "Kamis, 31 Desember 2026, 23.59 WIT"),
        ("en", datetime(2026, 12, 31, 14, 59, tzinfo=UTC), "Thursday, 31 December 2026, 23:59 WIT"),
    ],
)
def test_moments_are_shown_in_the_time_of_sorong(client, app, language, moment, said):
    with looking(app) as session:
        dossier = dossier_at(StepName.IDENTITY)
        dossier.events[0].at = moment
        number = dossier.support_number
        session.commit()
    page = client.get(f"{PREFIXES[language]}/lacak?nomor={number}")
    assert said in main_words(page)


def test_a_day_is_the_same_in_both_languages(app):
    with app.app_context(), force_locale("id"):
        assert i18n.short_day(date(2027, 1, 1)) == "1 Januari 2027"
    with app.app_context(), force_locale("en"):
        assert i18n.short_day(date(2027, 1, 1)) == "1 January 2027"


def test_what_was_typed_stands_in_the_review(client, app):
    open_dossier(app, client)
    text = main_words(client.get("/en/berkas/periksa"))
    for shown in (STREET, "081200004567", "Rp 7.500.000", "12 m²", "1,500 kg", "14 March 1987"):
        assert shown in text, shown


@both_languages
def test_the_answers_stand_in_four_groups_and_each_change_opens_its_thing(client, app, language):
    open_dossier(app, client)
    prefix = PREFIXES[language]
    page = parse(client.get(f"{prefix}/berkas/periksa"))
    heads = {
        "id": ["Anda", "Usaha Anda", "Tempat usaha", "Modal dan kerja"],
        "en": ["You", "Your business", "Place", "Capital and work"],
    }[language]
    assert [words(h) for h in page.all("h2")][:4] == heads
    size = "Ukuran usaha" if language == "id" else "Business size"
    for block in page.with_class("sum", "dl"):
        if size in words(block):
            assert f"{prefix}/berkas/modal?dari=periksa" in [
                a.get("href") for a in page.all("a", within=block)
            ]
            assert not any("pernyataan" in a.get("href") for a in page.all("a", within=block))
            break
    else:
        raise AssertionError(size)
    told = main_words(client.get(f"{prefix}/berkas/periksa"))
    plain, title = ("kios", "Perdagangan Eceran") if language == "id" else ("kiosk", "47112 – ")
    assert 0 <= told.lower().index(plain) < told.index(title)


@both_languages
def test_what_is_wrong_and_what_was_left_stand_at_the_head(client, app, language):
    open_dossier(app, client, who="not_found")
    prefix = PREFIXES[language]
    form_of(client.get(f"{prefix}/berkas/lahan")).fill(luas="13").submit("kembali")
    page = main_words(client.get(f"{prefix}/berkas/periksa"))
    first = page.index("Tanggal lahir" if language == "id" else "Date of birth")
    for said in (
        ("belum mengirimnya", "Perbaiki NIK")
        if language == "id"
        else ("did not send it", "Mend your NIK")
    ):
        assert page.index(said) < first


@both_languages
@both_ways
def test_the_way_through_the_finder_asks_nothing_twice(client, app, htmx, language):
    """Seventeen screens from the front page to the result of a kiosk."""
    prefix = PREFIXES[language]
    found = form_of(client.get(f"{prefix}/")).fill(q="kios sembako").submit()
    place = client.get(links_of(parse(found), "btn")[0][0])
    estimate = form_of(place).fill(tempat="sendiri", besar="up_to_50m").submit()
    start = client.get(links_of(parse(estimate), "go")[0][0])
    shown = [found, place, estimate]
    walk = Walk(client, KIOSK, language=language, htmx=htmx)
    walk.response, walk.shown = start, {"mulai": start}
    walk.to("hasil")
    ways = list(walk.shown)
    assert "nik" not in ways
    assert "kegiatan" not in ways
    assert 1 + len(shown) + len(ways) == 17
    fits = {"id": "cocok dengan data Dukcapil", "en": "fits the civil registry"}[language]
    assert fits in main_words(walk.shown["telepon"])
    assert KIOSK.pages["usaha"]["uraian"] == form_of(walk.shown["produksi"])["hasil"]
    assert "NIB" in main_words(client.get(f"{prefix}/"))


@both_languages
def test_each_empty_amount_has_its_own_question(client, app, language):
    open_dossier(app, client, StepName.CAPITAL)
    form = form_of(client.get(f"{PREFIXES[language]}/berkas/modal"))
    page = parse(form.submit())
    said = [words(each) for each in page.with_class("err")]
    assert len(said) == len(set(said)) == 5
