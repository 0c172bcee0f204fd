"""Worked examples: told by the rules of everybody's file, and walked to what they promise."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from app.domain.dossier.journey import StepName
from app.domain.help.examples import ExamplePage
from app.domain.law.calendar import local_date
from app.extensions import db
from app.labels import label
from app.models.dossier import Dossier, PostKey
from app.practice_space.people import made_up_person
from app.routes.journey import example_steps
from app.services.after import next_steps
from app.services.dossier import estimates, opening
from app.services.help import book as help_book
from app.services.help import examples
from app.services.help.files import CONTENT
from app.services.licence.views import views
from app.services.reference.book import get_book
from app.web.limiting.limits import EXAMPLE
from tests.client import Form, form_of, here, links_of, main_words, parse, words
from tests.factories import rows
from tests.pages import PREFIXES
from tests.pseudo import bare_words
from tests.routes.test_headers import cookies_of
from tests.routes.test_weights import (  # noqa: F401
    FIRST_VISIT,
    FULL_PAGE,
    phone,
    returning_phone,
    wire_size,
)
from tests.web.test_once import twin

SLUGS = sorted(path.stem for path in (CONTENT / "id" / "contoh").glob("*.toml"))
LATER = tuple(page.value for page in ExamplePage)[1:]
LANDS = {2: "modal", 3: "diri", 4: "pernyataan", 5: "periksa"}

both_languages = pytest.mark.parametrize("language", PREFIXES)
each_example = pytest.mark.parametrize("slug", SLUGS)


def address(slug: str, n: int = 1, language: str = "id") -> str:
    return f"{PREFIXES[language]}/bantuan/contoh/{slug}" + (f"/{n}" if n > 1 else "")


def addresses(language: str) -> Iterator[str]:
    for slug in SLUGS:
        for page in ExamplePage:
            yield address(slug, page, language)


def practise(client, slug: str, n: int, language: str = "id") -> Form:
    """Return the form that opens a filled practice file."""
    return form_of(client.get(f"{address(slug, n, language)}/latihan"), "/latihan")


def files(app) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Dossier)) or 0


def press_on(client, response: TestResponse) -> TestResponse:
    """Read and press on until the result is there, changing nothing but the ticks."""
    for _ in range(30):
        at = here(response)
        if at.endswith("/hasil"):
            return response
        if at.endswith("/nik"):
            response = client.get(links_of(parse(response), "go")[-1][0])
            continue
        form = form_of(response, at)
        if at.endswith("/pernyataan"):
            form.fill({"pernyataan": True})
        response = form.submit()
        assert response.status_code == 200, at
        mistakes = [words(each) for each in parse(response).with_class("err")]
        assert here(response) != at, mistakes
    raise AssertionError("the result never came")


# The pages


def test_all_are_shown_in_their_order(client):
    assert len(SLUGS) >= 8
    urls = [url for url, _ in links_of(parse(client.get("/bantuan/contoh")), "act")]
    assert sorted(urls) == [address(slug) for slug in SLUGS]
    with client.application.app_context():
        assert urls == [address(each.slug) for each in examples.examples()], "in their order"


@each_example
def test_nobody_in_them_is_real(client, slug):
    """The name of the made-up person stands on the page, so everybody sees that it is made up."""
    person = made_up_person(examples.example(slug).person)
    assert {"Praktik", "Contoh", "Latihan"} & set(person.typed_name.split())
    for language in PREFIXES:
        title = examples.example(slug).texts[language].title
        assert person.typed_name in title


@both_languages
def test_every_page_shows_and_leads_on(client, language):
    for slug in SLUGS:
        for page in ExamplePage:
            shown = parse(client.get(address(slug, page, language)))
            urls = [url for url, _ in links_of(shown)]
            said = words(shown.with_class("step")[0])
            assert {"id": f"{page} dari 5", "en": f"{page} of 5"}[language] in said
            assert address(slug, 1, language).rpartition("/")[0] in urls, "the way out"
            if page > 1:
                assert address(slug, page - 1, language) in urls
            if page < 5:
                assert address(slug, page + 1, language) in urls


@both_languages
def test_words_of_law_are_explained_where_they_stand(client, language):
    page = parse(client.get(address("bum-kampung", 2, language)))
    opened = [words(each) for each in page.all("summary")]
    meaning = help_book.term("npwp").meaning[language]
    assert [each for each in opened if "NPWP" in each]
    assert meaning in words(page)


@pytest.mark.parametrize(
    "path",
    ["tidak-ada", "kios/1", "kios/6", "kios/1/latihan", "tidak-ada/2/latihan"],
)
def test_what_is_not_there_is_not_found(client, path):
    assert client.get(f"/bantuan/contoh/{path}").status_code == 404


@both_languages
def test_every_word_of_every_page_is_marked(pseudo_client, language):
    bare = {}
    for path in addresses(language):
        page = parse(pseudo_client.get(path))
        with pseudo_client.application.app_context():
            found = bare_words(page, language, get_book(), [])
        if found:
            bare[path] = found
    assert bare == {}


@both_languages
def test_anybody_may_keep_a_page(client, public_address, language):
    for path in addresses(language):
        response = client.get(path)
        assert response.headers["Cache-Control"] == "public, max-age=86400"
        assert "Cookie" not in response.headers["Vary"]
        assert cookies_of(response) == {}
        again = client.get(path, headers={"If-None-Match": response.headers["ETag"]})
        assert again.status_code == 304


def test_a_page_is_the_same_for_whoever_follows_an_example(client, new_client):
    practise(client, "kios", 2).submit()
    assert client.get(address("kios", 2)).get_data() == (
        new_client().get(address("kios", 2)).get_data()
    )


@both_languages
def test_every_page_is_light(phone, language):  # noqa: F811
    sizes = {path: wire_size(phone.get(path)) for path in addresses(language)}
    heavy = {path: size for path, size in sizes.items() if size > FIRST_VISIT[0]}
    assert heavy == {}


@both_languages
def test_a_further_page_is_lighter(returning_phone, language):  # noqa: F811
    sizes = {path: wire_size(returning_phone.get(path)) for path in addresses(language)}
    assert {path: size for path, size in sizes.items() if size > FULL_PAGE[0]} == {}


# Finding them


@pytest.mark.parametrize(
    ("query", "slug"),
    [
        ("contoh bengkel", "bengkel-motor"),
        ("contoh bengkl motor", "bengkel-motor"),
        ("example workshop", "bengkel-motor"),
        ("contoh homestay", "homestay"),
        ("contoh noken", "noken"),
        ("contoh isi ulang air", "isi-ulang-air"),
        ("contoh petani sagu", "dusun-sagu"),
    ],
)
def test_the_search_of_help_finds_them(client, query, slug):
    page = parse(client.get("/bantuan", query_string={"q": query}))
    assert links_of(page, "act")[0][0] == address(slug)


@both_languages
def test_every_phrase_finds_its_example(application, language):
    missed = []
    for one in examples.examples():
        for phrase in one.texts[language].words:
            if one not in help_book.search(phrase).hits[:3]:
                missed.append((one.slug, phrase))
    assert missed == []


@both_languages
def test_help_the_front_page_and_topics_lead_there(client, language):
    prefix = PREFIXES[language]
    listed = f"{prefix}/bantuan/contoh"
    for path in ("/", "/bantuan"):
        assert listed in {url for url, _ in links_of(parse(client.get(prefix + path)))}
    for one in examples.examples():
        for topic in one.topics:
            there = parse(client.get(f"{prefix}/bantuan/{topic}"))
            assert address(one.slug, 1, language) in {url for url, _ in links_of(there)}
        urls = {url for url, _ in links_of(parse(client.get(address(one.slug, 5, language))))}
        assert {f"{prefix}/bantuan/{topic}" for topic in one.topics} <= urls


# What is reckoned


@each_example
def test_the_short_look_up_says_the_same(client, slug):
    """The first page leads to Cek usaha with the answers in the address, and nothing personal."""
    one = examples.example(slug)
    shown = parse(client.get(address(slug)))
    (url,) = [url for url, _ in links_of(shown, "btn") if "/cek-usaha/hasil" in url]
    query = parse_qs(urlsplit(url).query)
    assert set(query) <= {"kbli", "tempat", "besar", "lingkup"}
    assert query["kbli"] == [one.code]
    there = main_words(client.get(url))
    with client.application.test_request_context("/"):
        found = examples.reckon(one).found
        assert found is not None
        assert found.risk is not None
        assert one.code in main_words(shown)
        for said in (found.risk, found.size, *found.products):
            assert label(said) in main_words(shown)
            assert label(said) in there
        last = main_words(client.get(address(slug, 5)))
        for said in (found.may_operate, found.spatial, found.environment):
            assert label(said) in last
        assert label(found.spatial) in there
        for thing in found.bring:
            assert label(thing) in main_words(client.get(address(slug, 2)))


def test_when_the_data_change_the_pages_change(client, monkeypatch):
    """Nothing about the law is typed: another risk in the table is another risk on the page."""
    with client.application.test_request_context("/"):
        book = get_book()
        low = book.risk_rows("47112")
        high = book.risk_rows("11052")[0].risk
        before = main_words(client.get(address("kios", 5)))
        changed = [replace(row, risk=high) for row in low]
        real = type(book).risk_rows
        monkeypatch.setattr(
            type(book),
            "risk_rows",
            lambda self, code, *more: changed if code == "47112" else real(self, code, *more),
        )
        after = main_words(client.get(address("kios", 5)))
        assert before != after
        one = examples.example("kios")
        found = examples.reckon(one).found
        assert found is not None
        assert found.risk is high
        assert label(found.may_operate) in after
        assert label(high) in main_words(client.get(address("kios")))


@pytest.mark.parametrize(
    ("code", "size"),
    [("01700", "1 juta"), ("46206", "1 juta"), ("99999", "1 juta")],
    ids=["risk unknown", "size not offered", "no such code"],
)
def test_what_is_not_known_is_not_guessed(client, code, size):
    book = help_book.book()
    kios = replace(book.examples["kios"], code=code)
    try:
        help_book.keep(replace(book, examples={**book.examples, "kios": kios}))
        with client.application.test_request_context("/"):
            found = examples.reckon(kios).found
            assert found is None or found.risk is None
        for page in ExamplePage:
            shown = parse(client.get(address("kios", page)))
            assert not shown.with_class("ok"), "no good news"
            if page is not ExamplePage.FORM:
                assert shown.with_class("note"), page
    finally:
        help_book.keep(book)


def test_an_old_translation_says_so(client):
    book = help_book.book()
    kios = book.examples["kios"]
    old = replace(kios.texts["en"], of=None)
    try:
        kept = replace(kios, texts={**kios.texts, "en": old})
        help_book.keep(replace(book, examples={**book.examples, "kios": kept}))
        assert kept in help_book.stale()
        before = len(parse(client.get(address("kios", 3))).with_class("note"))
        there = parse(client.get(address("kios", 3, "en"))).with_class("note")
        assert len(there) == before + 1
    finally:
        help_book.keep(book)


def test_every_example_is_current():
    assert help_book.stale() == []


# In practice: a filled file


@pytest.mark.parametrize(("n", "language"), [(2, "en"), (3, "id"), (4, "en"), (5, "id")])
def test_the_boxes_are_filled_where_one_lands(client, language, n):
    for slug in SLUGS:
        landed = practise(client, slug, n, language).submit()
        assert here(landed) == f"{PREFIXES[language]}/berkas/{LANDS[n]}", slug
        step = ExamplePage(n).step
        if step in {None, StepName.DECLARATIONS}:
            continue
        form = form_of(landed, here(landed))
        given = example_steps.typed(examples.example(slug), step)
        assert {name: form[name] for name in given} == dict(given), slug


@pytest.mark.parametrize(("n", "language"), [(3, "id"), (5, "en")])
@each_example
def test_read_and_press_on_leads_to_what_the_last_page_says(client, slug, n, language):
    """The real journey, with nothing typed: the result of the file is the result of page 5."""
    one = examples.example(slug)
    result = press_on(client, practise(client, slug, n, language).submit())
    last = main_words(client.get(address(slug, 5, language)))
    with client.application.app_context():
        dossier = db.session.scalars(select(Dossier)).one()
        assert dossier.handover is not None
        assert dossier.handover.nib is not None
        assert dossier.handover.nib not in last, "a practice NIB stands on no page that is kept"
        mine = estimates.estimate_for(dossier)
        reckoned = examples.reckon(one)
        assert mine == reckoned.found
        assert estimates.whole_of(dossier) == reckoned.whole
        today = local_date(datetime.now(UTC))
        assert next_steps.to_do(dossier, on=today) == reckoned.to_do
        kinds = {view.kind for view in views(dossier, datetime.now(UTC)) if view.kind}
        assert {row.kind for row in dossier.declarations} == {
            each.kind for each in reckoned.whole.declarations
        }
        assert mine is not None
        assert dossier.activity.risk == mine.risk
        assert dossier.activity.size == one.capital.size
        assert kinds <= set(mine.products)
        assert reckoned.obstacles == ()
    assert re.search(r"\d{13}", words(parse(result).with_class("code")[0]).replace(" ", ""))


@each_example
def test_the_statements_are_left_to_be_read(client, slug):
    landed = practise(client, slug, 4).submit()
    assert not [box for box in parse(landed).all("input") if "checked" in box.attrib]


def test_what_the_learner_changed_stays(client):
    """Filled from the example until it is answered; then it is the learner's own."""
    form_of(practise(client, "kios", 2).submit(), "/modal").fill(kerja="9 juta").submit()
    form = form_of(client.get("/berkas/modal"), "/modal")
    assert form["kerja"] == "Rp 9.000.000"


def test_another_file_on_the_same_phone_is_not_filled(client):
    practise(client, "kios", 2).submit()
    start = form_of(client.get("/berkas/mulai?baru=1")).fill(pin="481627")
    start.submit()
    assert form_of(client.get("/berkas/diri"))["nama"] == ""


@pytest.mark.parametrize(("n", "language"), [(2, "id"), (5, "en")])
def test_sent_twice_it_opens_one_file(client, app, n, language):
    form = practise(client, "kios", n, language)
    tab = twin(client)
    first = form.submit(follow=False)
    after = rows(app)
    again = tab.post(form.action, data=dict(form.data()))  # the second click, sent meanwhile
    assert (first.status_code, again.status_code) == (303, 303)
    assert first.headers["Location"] == again.headers["Location"]
    assert {**rows(app), "acts": after["acts"]} == after, "let in again, and nothing else"
    assert files(app) == 1
    assert tab.get(again.headers["Location"]).status_code == 200
    late = form.submit(follow=False)  # after Back: the token is of an earlier session
    assert (
        form_of(late, "/latihan").submit(follow=False).headers["Location"]
        == (first.headers["Location"])
    )
    assert files(app) == 1


def test_whoever_finds_the_form_does_not_get_in(client, new_client, app):
    """The same key with another PIN is a stranger, or a stale page: number and PIN are asked."""
    form = practise(client, "kios", 2)
    form.submit()
    stranger = new_client()
    other = practise(stranger, "kios", 2)
    other.box("kunci")[0].value = form["kunci"]
    other.fill(pin="730519")
    answer = other.submit(follow=False)
    assert answer.headers["Location"] == "/berkas/lanjut"
    assert stranger.get("/berkas/modal").status_code == 403
    assert files(app) == 1


@pytest.mark.parametrize("how", ["token", "key"])
def test_without_token_or_key_nothing_opens(client, app, how):
    form = practise(client, "kios", 2)
    if how == "key":
        form.box("kunci")[0].value = "short"
    answer = form.submit(follow=False, without={"csrf_token"} if how == "token" else set())
    assert answer.status_code == (400 if how == "key" else 422)
    assert files(app) == 0
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(PostKey)) == 0
    assert form_of(answer, "/latihan").submit(follow=False).status_code == 303, "one press goes on"


def test_a_bad_pin_comes_back_with_its_mistake(client, app):
    answer = practise(client, "kios", 2).fill(pin="111111").submit(follow=False)
    assert answer.status_code == 422
    assert parse(answer).with_class("err")
    assert files(app) == 0


def test_the_page_with_the_form_is_kept_nowhere(client):
    response = client.get("/bantuan/contoh/kios/2/latihan")
    assert response.headers["Cache-Control"] == "no-store"
    pins = {form_of(client.get("/bantuan/contoh/kios/2/latihan"), "/latihan")["pin"]}
    pins.add(form_of(response, "/latihan")["pin"])
    assert len(pins) == 2, "everybody gets another PIN"


def test_opening_is_limited(make_app):
    client = make_app().test_client()
    form = practise(client, "kios", 3)
    data = {**dict(form.data()), "pin": "1"}  # not taken, so nothing is written
    codes = [
        client.post(form.action, data=data).status_code for _ in range(EXAMPLE.item.amount + 1)
    ]
    assert codes == [422] * EXAMPLE.item.amount + [429]


def test_facts_that_the_form_does_not_take_stop_the_program_of_tests(app):
    one = examples.example("kios")
    wrong = replace(one, answers={**one.answers, StepName.PHONE: {"telepon": "12"}})
    with app.test_request_context("/"):
        dossier = opening.start("x", "id")
        with pytest.raises(example_steps.NotTaken):
            example_steps.fill(dossier, wrong, None)


# In the real service


@pytest.fixture
def real(assist):
    """A service that serves real people."""
    return assist


@both_languages
def test_no_file_is_filled_in_the_real_service(real, app, language):
    client = real.test_client()
    for slug in SLUGS[:2]:
        for n in LATER:
            path = f"{address(slug, n, language)}/latihan"
            assert client.get(path).status_code == 404
            assert client.post(path, data={"pin": "481627"}).status_code == 404
    assert files(app) == 0


@both_languages
def test_the_real_service_leads_to_practice_and_to_empty_forms(real, language):
    client = real.test_client()
    prefix = PREFIXES[language]
    for n in LATER:
        page = parse(client.get(address("kios", n, language)))
        urls = {url for url, _ in links_of(page)}
        inner = "en/" if language == "en" else ""
        assert f"/latihan/{inner}bantuan/contoh/kios/{n}" in urls
        assert f"{prefix}/berkas/mulai?kbli=47112" in urls
        assert f"{prefix}/berkas/{LANDS[n]}" in urls
        assert not [url for url in urls if url.endswith(f"/{n}/latihan")]
        assert parse(client.get(f"{prefix}/berkas/mulai?kbli=47112")).is_document
    nik = made_up_person("kiosk").nik
    shown = main_words(client.get(address("kios", 3, language)))
    assert nik not in shown.replace(" ", ""), "nobody shall type it in earnest"


def test_without_a_practice_space_nothing_leads_there(make_app, app):
    client = make_app(testing=True, SERVICE_MODE="assist", PRACTICE_SPACE="off").test_client()
    urls = {url for url, _ in links_of(parse(client.get(address("kios", 2))))}
    assert not [url for url in urls if "latihan" in url]


def test_a_session_of_practice_fills_nothing_in_the_real_service(real, client):
    """The keys are the same in this test only; even so the mode decides."""
    landed = practise(client, "kios", 2).submit()
    assert form_of(landed, "/modal")["kerja"] == "8 juta"
    there = real.test_client()
    cookie = client.get_cookie("s")
    there.set_cookie("s", cookie.value)
    assert form_of(there.get("/berkas/modal"), "/modal")["kerja"] == ""
