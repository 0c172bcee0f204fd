"""Pages of help: the same for everybody, kept on the way, beside the question they belong to."""

from __future__ import annotations

import re
from urllib.parse import unquote

import pytest
from flask import render_template_string

from app.domain.nik.verdict import NikClass
from app.extensions import db
from app.labels import label
from app.routes.help import topics as help_topics
from app.services.help import book
from app.services.help.files import read_help
from app.web.limiting.limits import HELP_ANSWER
from tests.client import HTMX, form_of, links_of, main_words, parse, words
from tests.help_content import write_help
from tests.pages import KIOSK, NAME_DIFFERS, PREFIXES, Walk
from tests.routes.test_headers import cookies_of
from tests.routes.test_weights import (  # noqa: F401
    FIRST_VISIT,
    PackedClient,
    phone,
    returning_phone,
    wire_size,
)

both_languages = pytest.mark.parametrize("language", PREFIXES)
IN_PLACE = {"HX-Request": "true", "HX-Target": "button"}
FROM_HERE = {"Sec-Fetch-Site": "same-origin"}
EVERY_PAGE_AT_MOST = FIRST_VISIT[0]
IN_PLACE_AT_MOST = 2_000
SCRIPT_AT_MOST = 2_500


@pytest.fixture
def small_help(app, tmp_path):
    """The small help of the tests stands in for the content, for one test."""
    before = book.book()
    yield book.keep(read_help(help_topics.page_of(app), write_help(tmp_path)))
    book.keep(before)


def counts(app) -> dict[str, tuple[int, int]]:
    with app.app_context():
        return {f"{row.slug} {row.language}": (row.clear, row.unclear) for row in book.feedback()}


# What stands on a topic


def test_a_topic_says_what_who_why_and_when(client, small_help):
    response = client.get("/bantuan/baca-ktp")
    page, said = parse(response), words(response)
    assert [words(each) for each in page.all("li", within=page.one("ol"))] == [
        "Taruh KTP di tempat terang.",
        "Baca NIK: 16 angka.",
    ]
    assert len(page.all("svg")) == 1
    for helper in small_help.topics["baca-ktp"].who:
        with client.application.test_request_context("/"):
            assert label(helper) in said
    assert "PP 28/2025 Pasal 189" in said
    second_hand = [words(each) for each in page.all("span") if words(each).startswith("PP 7/2021")]
    assert any("(" in each for each in second_hand), "what was read second-hand is said"
    sure = [words(each) for each in page.all("span") if words(each).startswith("PP 28/2025")]
    assert sure
    assert not any("(" in each for each in sure)
    assert "24 November 2026" in said
    assert {url for url, _ in links_of(page)} >= {"/bantuan/nama-beda", "/bantuan/gratis"}


def test_links_stay_in_the_language(client, small_help):
    path = "/en/bantuan/gratis"
    assert "/en/bantuan/baca-ktp" in {url for url, _ in links_of(parse(client.get(path)))}


@both_languages
def test_the_office_is_reached_by_what_the_settings_know(small_help, make_app, client, language):
    told = make_app(
        testing=True,
        OFFICE_ADDRESS="Jalan Contoh 1, Aimas",
        OFFICE_HOURS="08.00",
        OFFICE_PHONE="0951 000000",
        OFFICE_MAP="https://peta.example/kantor",
    )
    book.keep(small_help)
    prefix = PREFIXES[language]
    lacks = {"id": "Kami belum diberi tahu", "en": "We were not told"}[language]
    for path in ("/bantuan", "/bantuan/baca-ktp"):
        page = parse(told.test_client().get(prefix + path))
        said = ("Jalan Contoh 1, Aimas", "08.00", "0951 000000", "https://peta.example/kantor")
        assert all(part in words(page) for part in said), path
        assert "https://peta.example/kantor" in [to for to, _ in links_of(page)]
        assert lacks not in words(page)
    assert lacks in words(client.get(f"{prefix}/bantuan"))


@both_languages
def test_the_text_to_pass_on_leads_back_here(client, small_help, language):
    path = f"{PREFIXES[language]}/bantuan/baca-ktp"
    page = parse(client.get(path))
    (shared,) = [url for url, _ in links_of(page) if url.startswith("https://wa.me/")]
    text = unquote(shared.partition("text=")[2])
    title, summary, address = text.splitlines()
    assert title == words(page.one("h1"))
    assert summary == small_help.topics["baca-ktp"].texts[language].summary
    assert address == f"http://localhost{path}"


def test_an_old_translation_says_so(client, small_help):
    assert len(parse(client.get("/en/bantuan/gratis")).with_class("note")) == 1
    assert parse(client.get("/bantuan/gratis")).with_class("note") == []  # the original
    assert parse(client.get("/en/bantuan/baca-ktp")).with_class("note") == []


@pytest.mark.parametrize("path", ["/bantuan/tidak-ada", "/bantuan/kamus/x", "/bantuan/BACA-KTP"])
def test_what_is_not_there_is_not_found(client, small_help, path):
    assert client.get(path).status_code == 404


# Finding


@both_languages
def test_search_shows_topics_and_words(client, small_help, language):
    page = parse(client.get(f"{PREFIXES[language]}/bantuan?q=bca+ktp"))
    urls = [url for url, _ in links_of(page, "act")]
    assert urls[0] == f"{PREFIXES[language]}/bantuan/baca-ktp"
    assert form_of(client.get(f"{PREFIXES[language]}/bantuan?q=bca+ktp"))["q"] == "bca ktp"


@both_languages
def test_finding_nothing_leads_to_groups_and_people(client, small_help, language):
    page = parse(client.get(f"{PREFIXES[language]}/bantuan?q=xqzwvk"))
    assert "xqzwvk" in words(page.with_class("note")[0])
    assert len(page.with_class("menu", "ul")) == 1  # the group
    assert "DPMPTSP" in main_words(page)
    assert main_words(page).index("DPMPTSP") < main_words(page).index("KTP")


def test_what_was_asked_is_kept_nowhere(client, small_help):
    response = client.get("/bantuan?q=ktp+saya")
    assert response.headers["Cache-Control"] == "no-store"


def test_words_are_listed_by_letter_and_explained(client, small_help):
    page = parse(client.get("/en/bantuan/kamus"))
    assert [words(each) for each in page.all("h2")] == ["D", "N"]
    term = parse(client.get("/en/bantuan/kamus/nik"))
    assert "The 16-digit number on your KTP." in main_words(term)
    assert "An officer types it" in main_words(term)
    assert "/en/bantuan/baca-ktp" in {url for url, _ in links_of(term)}


def test_a_word_can_be_explained_on_any_page(app, small_help):
    source = (
        '{% from "components/help.html" import istilah with context %}{{ istilah("nik") }}'
        '{{ istilah("unknown") }}'
    )
    with app.test_request_context("/"):
        html = render_template_string(source)
    assert html.count("<details>") == 1
    assert "Nomor 16 angka di KTP Anda." in html


# Caching


@both_languages
@pytest.mark.parametrize(
    "path", ["", "/baca-ktp", "/kamus", "/kamus/nik", "/tersimpan", "/baca-ktp?jawab=ya"]
)
def test_anybody_may_keep_a_page(client, public_address, small_help, path, language):
    response = client.get(f"{PREFIXES[language]}/bantuan{path}")
    assert response.headers["Cache-Control"] == "public, max-age=86400"
    vary = {part.strip() for part in ",".join(response.headers.getlist("Vary")).split(",")}
    assert "Cookie" not in vary
    assert {"HX-Request", "HX-Target"} <= vary
    assert cookies_of(response) == {}
    tag = response.headers["ETag"]
    again = client.get(f"{PREFIXES[language]}/bantuan{path}", headers={"If-None-Match": tag})
    assert again.status_code == 304


def test_a_page_is_the_same_for_whoever_holds_a_file(client, new_client, small_help):
    Walk(client, KIOSK).to("telepon")
    mine, yours = client.get("/bantuan/baca-ktp"), new_client().get("/bantuan/baca-ktp")
    assert mine.get_data() == yours.get_data()
    assert cookies_of(mine) == {}


# Was it clear?


@pytest.mark.parametrize("said", ["ya", "tidak"])
@both_languages
def test_one_tap_is_one_count(client, small_help, said, language):
    form = form_of(client.get(f"{PREFIXES[language]}/bantuan/gratis"), "/jelas")
    button = next(each for each in form.buttons if each.get("value") == said)
    response = client.post(form.action, data={button.get("name"): said}, headers=FROM_HERE)
    assert response.status_code == 303
    assert cookies_of(response) == {}
    thanks = client.get(response.headers["Location"])
    assert parse(thanks).by_id("jelas").tag == "div"
    expected = (1, 0) if said == "ya" else (0, 1)
    assert counts(client.application) == {f"gratis {language}": expected}


def test_in_place_the_thanks_come_alone(client, small_help):
    response = client.post(
        "/bantuan/gratis/jelas", data={"jawab": "ya"}, headers={**FROM_HERE, "HX-Request": "true"}
    )
    assert response.status_code == 200
    assert not parse(response).is_document
    assert counts(client.application) == {"gratis id": (1, 0)}


@pytest.mark.parametrize(
    ("headers", "taken"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Sec-Fetch-Site": "none"}, False),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"}, False),
        ({"Origin": "http://localhost"}, True),
        ({"Origin": "http://evil.example"}, False),
        ({"Origin": "null"}, False),
        ({"Origin": "http://evil.example", "Referer": "http://localhost/"}, False),
        ({"Referer": "http://localhost/bantuan/gratis"}, True),
        ({"Referer": "http://localhost.evil.example/"}, False),
        ({}, False),
    ],
)
def test_only_our_own_pages_may_answer(client, small_help, headers, taken):
    response = client.post("/bantuan/gratis/jelas", data={"jawab": "ya"}, headers=headers)
    assert response.status_code == (303 if taken else 403)
    assert bool(counts(client.application)) is taken


@pytest.mark.parametrize(
    ("path", "data", "status"),
    [
        ("/bantuan/gratis/jelas", {"jawab": "mungkin"}, 400),
        ("/bantuan/gratis/jelas", {}, 400),
        ("/bantuan/tidak-ada/jelas", {"jawab": "ya"}, 404),
    ],
)
def test_what_is_no_answer_is_not_counted(client, small_help, path, data, status):
    assert client.post(path, data=data, headers=FROM_HERE).status_code == status
    assert counts(client.application) == {}


def test_answers_are_limited(make_app, small_help):
    app = make_app()
    book.keep(small_help)
    client = app.test_client()
    codes = [
        client.post("/bantuan/gratis/jelas", data={"jawab": "ya"}, headers=FROM_HERE).status_code
        for _ in range(HELP_ANSWER.item.amount + 1)
    ]
    assert codes == [303] * HELP_ANSWER.item.amount + [429]


# Beside a question


@both_languages
def test_a_question_offers_its_topic(client, small_help, language):
    walk = Walk(client, KIOSK, language=language)
    walk.to("diri")
    page = parse(walk.response)
    (button,) = page.all("button", within=page.by_id("bantuan"))
    assert button.get("hx-get") == f"{walk.prefix}/bantuan/baca-ktp"
    part = client.get(button.get("hx-get"), headers=IN_PLACE)
    assert not parse(part).is_document
    assert "16" in words(part)
    assert parse(part).all("form", "script") == []


@both_languages
def test_without_script_the_page_comes_back_filled_with_its_help(client, small_help, language):
    walk = Walk(client, KIOSK, language=language)
    walk.to("diri")
    form = form_of(walk.response).fill(nik="1234 56", nama="Contoh Nama")
    answer = form.submit("bantuan")
    assert answer.status_code == 200
    again = form_of(answer)
    assert (again["nik"], again["nama"]) == ("1234 56", "Contoh Nama")
    opened = parse(answer).by_id("bantuan")
    assert parse(answer).all("details", within=opened)
    assert small_help.topics["baca-ktp"].texts[language].title in words(opened)
    assert parse(answer).with_class("err") == [], "nothing was checked"
    answer = walk._fill(again, "diri") or again.submit()  # and the way goes on from here
    assert answer.request.path.endswith("/telepon")


def test_enter_means_going_on_and_not_help(client, small_help):
    """A browser presses the first button of the main part that belongs to the form."""
    walk = Walk(client, KIOSK)
    walk.to("diri")
    page = parse(walk.response)
    main = page.by_id("isi")
    first = page.all("button", within=main)[0]
    assert "go" in first.get("class")


@both_languages
def test_a_mistake_leads_to_what_explains_it(client, small_help, language):
    walk = Walk(client, KIOSK, language=language)
    walk.to("diri")
    answer = form_of(walk.response).fill(nik="12", nama="").submit()
    page = parse(answer)
    (summary,) = [each for each in page.all() if each.get("role") == "alert"]
    offered = [each.get("hx-get") for each in page.all("a", within=summary) if each.get("hx-get")]
    assert offered == [f"{walk.prefix}/bantuan/baca-ktp", f"{walk.prefix}/bantuan/nama-beda"]
    beside = page.all("button", within=page.by_id("bantuan"))
    assert [each.get("value") for each in beside] == ["baca-ktp", "nama-beda"]


def test_a_birth_date_that_is_too_late_has_its_help_too(client, small_help):
    walk = Walk(client, KIOSK)
    walk.to("diri")
    form = form_of(walk.response)
    walk._fill(form, "diri")
    answer = form.fill(lahir="1-1-2020").submit()
    assert answer.status_code == 422
    assert parse(answer).by_id("bantuan") is not None


def test_a_nik_that_does_not_fit_has_its_help(client, small_help):
    walk = Walk(client, NAME_DIFFERS)
    walk.to("nik")
    assert small_help.places.nik[NikClass.NAME_MISMATCH] == "nama-beda"
    assert "/bantuan/nama-beda" in {url for url, _ in links_of(parse(walk.response), "act")}


@both_languages
def test_a_page_links_to_its_topic(client, language):
    """With the whole content: each place of [page] that stands open to everybody shows its link."""
    shown = {
        "start.show_start": "/berkas/mulai",
        "resume.show_resume": "/berkas/lanjut",
        "tracking.show_tracking": "/lacak",
        "verification.ask": "/verifikasi",
        "lkpm.show_lkpm": "/lkpm",
        "kbli_change.show_kbli_change": "/kbli-lama",
        "check.result": "/cek-usaha/hasil?kbli=47112&tempat=sendiri&besar=up_to_50m",
    }
    for endpoint, path in shown.items():
        topic = f"{PREFIXES[language]}/bantuan/{book.book().places.page[endpoint]}"
        urls = [url for url, _ in links_of(parse(client.get(PREFIXES[language] + path)), "act")]
        assert topic in urls, path


def test_without_content_the_journey_goes_on(client, tmp_path, app):
    before = book.book()
    try:
        book.keep(read_help(help_topics.page_of(app), tmp_path))
        walk = Walk(client, KIOSK)
        walk.to("telepon")
        assert parse(walk.response).by_id("bantuan") is None
        assert client.get("/bantuan").status_code == 200
        assert client.get("/bantuan/kamus").status_code == 200
    finally:
        book.keep(before)


# The whole content


@pytest.fixture
def all_paths(app):
    paths = ["/bantuan", "/bantuan/kamus", "/bantuan/tersimpan"]
    paths += [f"/bantuan/{topic.slug}" for topic in book.topics()]
    paths += [f"/bantuan/kamus/{key}" for key in book.book().terms]
    assert len(paths) > 3, "there is no content"
    return paths


@both_languages
def test_every_page_of_help_is_light(phone, all_paths, language):  # noqa: F811
    sizes = {path: wire_size(phone.get(PREFIXES[language] + path)) for path in all_paths}
    heavy = {path: size for path, size in sizes.items() if size > EVERY_PAGE_AT_MOST}
    assert heavy == {}


@both_languages
def test_every_topic_opens_lightly_in_place(returning_phone, language):  # noqa: F811
    topics = book.topics()
    assert topics
    sizes = {
        topic.slug: wire_size(
            returning_phone.get(f"{PREFIXES[language]}/bantuan/{topic.slug}", headers=IN_PLACE)
        )
        for topic in topics
    }
    assert {slug: size for slug, size in sizes.items() if size > IN_PLACE_AT_MOST} == {}


@both_languages
def test_every_page_of_help_also_answers_in_part(client, all_paths, language):
    for path in all_paths:
        response = client.get(PREFIXES[language] + path, headers=HTMX)
        assert response.status_code == 200


@pytest.mark.parametrize("encoding", ["br", "gzip"])
def test_the_script_is_small_and_only_here(phone, encoding):  # noqa: F811
    assets = phone.application.extensions["assets"]
    for name in ("help.js", "sw.js"):
        body = assets[name].encodings[encoding]
        assert len(body) <= SCRIPT_AT_MOST
    assert "help.js" in phone.application.extensions["assets"]
    for path in ("/", "/cek-usaha", "/berkas/mulai"):
        assert "help." not in re.sub("help.html", "", "".join(scripts_of(phone.get(path))))


def scripts_of(response) -> list[str]:
    return [each.get("src") or "" for each in parse(response).all("script")]


def test_savers_of_data_get_no_script(client, small_help):
    saving = client.get("/bantuan/gratis", headers={"Save-Data": "on"})
    assert scripts_of(saving) == []
    (script,) = parse(client.get("/bantuan/gratis")).all("script")
    assert "defer" in script.attrib


def test_the_worker_is_asked_for_anew_each_time(client):
    response = client.get("/sw.js")
    assert response.mimetype == "text/javascript"
    assert response.headers["Cache-Control"] == "no-cache"
    tag = response.headers["ETag"]
    assert client.get("/sw.js", headers={"If-None-Match": tag}).status_code == 304


def test_counts_hold_nothing_of_a_person(app):
    columns = {each.name for each in db.metadata.tables["help_feedback"].columns}
    assert columns == {"slug", "language", "month", "clear", "unclear"}
