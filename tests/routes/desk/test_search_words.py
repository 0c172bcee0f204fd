"""Counting at the edge of the pages, and the office's pages about what people type."""

from __future__ import annotations

import pytest

from app.domain.kbli.learning import AddedBy
from app.extensions import limiter
from app.models.learning.finder import FinderSearch, FinderWord
from app.services.kbli import finder
from app.services.kbli import words as kbli_words
from app.services.kbli.learning import Batch, SearchList, searches, tally, typed_as
from app.work import counting
from tests.client import form_of, here, links_of, parse, words
from tests.factories import looking
from tests.pages import KIOSK, PREFIXES, Walk
from tests.routes.own.test_messages import queries

both_languages = pytest.mark.parametrize("language", PREFIXES)
PAGE = "/latihan/petugas/kata"
ODD = "xqzwvk"
CODE = "47112"


@pytest.fixture(autouse=True)
def empty(monkeypatch):
    monkeypatch.setattr(finder, "_finders", {})
    tally.take()
    yield
    tally.take()


def counted() -> tuple[dict[str, int], dict[tuple[str, str], int]]:
    batch = tally.take() or Batch({}, {})
    return (
        {f"{t.language} {t.phrase}": n for t, n in batch.searched.items()},
        {(f"{t.language} {t.phrase}", code): n for (t, code), n in batch.chosen.items()},
    )


def typed(app, **counts: int) -> None:
    batch = Batch({typed_as(t.replace("_", " "), language="id"): n for t, n in counts.items()}, {})
    tally.give_back(batch)
    assert counting.flush(app)


# Counting


@both_languages
def test_a_search_and_its_choice_are_counted(client, language):
    page = client.get(f"{PREFIXES[language]}/cek-usaha?q=Kios+Sembako")
    (link, *_) = [to for to, _ in links_of(parse(page)) if f"kbli={CODE}" in to]
    client.get(link, headers={"Referer": f"http://localhost{page.request.full_path}"})
    phrase = f"{language} kios sembako"
    assert counted() == ({phrase: 1}, {(phrase, CODE): 1})


@pytest.mark.parametrize(
    "came_from",
    [
        None,
        "http://localhost/cek-usaha",
        "http://localhost/cek-usaha/kelompok?q=kios",
        "http://elsewhere.test/cek-usaha?q=kios",
        "http://[",
        "x",
    ],
)
def test_a_code_reached_otherwise_is_no_choice(client, came_from):
    headers = {"Referer": came_from} if came_from else {}
    assert client.get(f"/cek-usaha/tempat?kbli={CODE}", headers=headers).status_code == 200
    assert counted() == ({}, {})


def test_what_looks_personal_is_not_counted(client):
    for text in ("9601011503900001", "budi@contoh.test", "hp 0812 3456 7890"):
        client.get("/cek-usaha", query_string={"q": text})
    assert tally.take() is None


@pytest.mark.parametrize("htmx", [False, True])
def test_the_step_of_the_activity_counts(client, htmx):
    walk = Walk(client, KIOSK, htmx=htmx)
    walk.to("kegiatan")
    counted()
    walk.to("usaha")
    searched, chosen = counted()
    assert set(searched) == {"id kios sembako"}
    assert chosen == {("id kios sembako", CODE): 1}


def test_one_address_counts_a_phrase_once_a_day(make_app):
    app = make_app(testing=False)
    limiter.reset()
    client = app.test_client()
    for text in ("kios", "Kios!", "kios", "jual ikan"):
        client.get("/cek-usaha", query_string={"q": text})
    for code in (CODE, "47219"):
        client.get(
            f"/cek-usaha/tempat?kbli={code}",
            headers={"Referer": "http://localhost/cek-usaha?q=kios"},
        )
    assert counted() == ({"id kios": 1, "id jual ikan": 1}, {("id kios", CODE): 1})
    client.get("/cek-usaha?q=kios", environ_base={"REMOTE_ADDR": "192.0.2.7"})
    assert counted() == ({"id kios": 1}, {})


def test_one_address_counts_only_so_much_in_an_hour(make_app):
    app = make_app(testing=False)
    limiter.reset()
    client = app.test_client()
    for number in range(62):
        client.get(f"/cek-usaha?q=kios+{number}")
    assert len(counted()[0]) == 60


def test_a_page_does_not_fail_when_its_counting_does(make_app, monkeypatch):
    app = make_app(testing=False)
    limiter.reset()
    monkeypatch.setattr(type(limiter.limiter), "hit", lambda *_a, **_k: 1 / 0)
    assert app.test_client().get("/cek-usaha?q=kios").status_code == 200
    assert counted() == ({}, {})


def test_searching_costs_one_small_query(client, app):
    client.get("/cek-usaha?q=kios")
    assert queries(app, lambda: client.get("/cek-usaha?q=jual+ikan")) == 1


# The office's pages


@both_languages
def test_without_counts_it_says_so(client, language):
    page = client.get(PREFIXES[language] + PAGE)
    assert page.status_code == 200
    assert [words(h) for h in parse(page).all("dl")] == []
    assert len(parse(page).with_class("go", "a")) == 1


@both_languages
def test_from_a_word_that_finds_nothing_to_one_that_does(client, app, language):
    prefix = PREFIXES[language]
    typed(app, xqzwvk=3, qqzzvv=2, kios_sembako=4)
    page = client.get(prefix + PAGE)
    assert ODD in words(page)
    assert "kios sembako" in words(page)
    assert "qqzzvv" not in page.get_data(as_text=True)
    (link,) = [to for to, said in links_of(parse(page)) if said == ODD]
    assert ODD not in link, "words of people stand in no address"
    form = form_of(client.get(link), f"{prefix}{PAGE}/tambah")
    assert form["kata"] == ODD
    done = form.fill(kode=CODE).submit()
    assert here(done) == prefix + PAGE
    assert len(parse(done).with_class("ok")) == 1
    (see,) = [to for to, _ in links_of(parse(done)) if "q=" in to]
    assert f"kbli={CODE}" in client.get(see).get_data(as_text=True)
    with looking(app):
        assert searches(SearchList.NOT_FOUND) == []


@both_languages
def test_take_out_and_put_back(client, app, language):
    page = PREFIXES[language] + PAGE
    form_of(client.get(f"{page}/tambah")).fill(kata=ODD, kode=CODE).submit()
    shown = client.get(page)
    out = form_of(shown, f"{page}/hapus/{_newest(app)}").submit()
    assert f"kbli={CODE}" not in client.get(f"/cek-usaha?q={ODD}").get_data(as_text=True)
    back = form_of(out, f"{page}/kembalikan/{_newest(app)}").submit()
    assert f"kbli={CODE}" in client.get(f"/cek-usaha?q={ODD}").get_data(as_text=True)
    assert "kembalikan" not in back.get_data(as_text=True)
    # The old page is still open in another window.
    assert form_of(shown).submit().status_code == 200
    assert form_of(out).submit().status_code == 200


def _newest(app) -> int:
    with looking(app) as session:
        return session.query(FinderWord.id).order_by(FinderWord.id.desc()).first()[0]


@both_languages
@pytest.mark.parametrize(
    ("kata", "kode", "wrong"),
    [
        ("", CODE, "kata"),
        ("x", CODE, "kata"),
        ("hp 0812 3456", CODE, "kata"),
        ("a b c d e f g h i", CODE, "kata"),
        (ODD, "", "kode"),
        (ODD, "00000", "kode"),
        (ODD, "tidak", "kode"),
        ("kios sembako", CODE, "kata"),
    ],
)
def test_what_is_refused_comes_back_filled(client, app, language, kata, kode, wrong):
    form = form_of(client.get(f"{PREFIXES[language]}{PAGE}/tambah")).fill(kata=kata, kode=kode)
    answer = form.submit()
    assert answer.status_code == 422
    again = form_of(answer, f"{PREFIXES[language]}{PAGE}/tambah")
    assert (again["kata"], again["kode"]) == (kata, kode)
    assert parse(answer).by_id(f"{wrong}-e") is not None
    with looking(app) as session:
        assert session.query(FinderWord).all() == []


@pytest.mark.parametrize("number", ["", "0", "99", "x", "٣", "1e3", "9" * 12])
def test_odd_numbers_of_a_search(client, number):
    page = client.get(f"{PAGE}/tambah", query_string={"cari": number})
    assert page.status_code == 200
    assert form_of(page)["kata"] == ""


def test_a_search_that_is_not_readable_shows_nothing(client, app):
    typed(app, xqzwvk=2)
    with looking(app) as session:
        number = session.query(FinderSearch.id).scalar()
    assert form_of(client.get(f"{PAGE}/tambah?cari={number}"))["kata"] == ""


def test_sent_twice_it_is_added_once(client, app):
    form = form_of(client.get(f"{PAGE}/tambah")).fill(kata=ODD, kode=CODE)
    assert here(form.submit()) == PAGE
    assert here(form.submit()) == PAGE
    with looking(app) as session:
        assert session.query(FinderWord).count() == 1


def test_a_form_without_its_token_comes_back(client, app):
    form = form_of(client.get(f"{PAGE}/tambah")).fill(kata=ODD, kode=CODE)
    assert form.submit(without={"csrf_token"}, follow=False).status_code == 422
    assert form.submit(without={"kunci"}, follow=False).status_code == 400
    form.submit()
    button = form_of(client.get(PAGE))
    assert button.submit(without={"csrf_token"}, follow=False).status_code == 422
    assert button.submit(without={"kunci"}, follow=False).status_code == 400
    assert f"kbli={CODE}" in client.get(f"/cek-usaha?q={ODD}").get_data(as_text=True)


def test_a_long_list_costs_no_more_queries(client, app):
    typed(app, xqzwvk=3)
    few = queries(app, lambda: client.get(PAGE))
    typed(app, **{f"qqzz{letter}vv": 3 for letter in "abcdefghij"})
    with looking(app) as session:
        for number in range(6):
            kbli_words.add(CODE, f"ajaib {number}", by=AddedBy.PRACTICE)
        session.commit()
    assert queries(app, lambda: client.get(PAGE)) == few


def test_many_words_come_page_by_page(client, app):
    with looking(app) as session:
        for number in range(17):
            kbli_words.add(CODE, f"ajaib {number}", by=AddedBy.FILE)
        session.commit()
    first = client.get(PAGE)
    (older,) = [to for to, _ in links_of(parse(first)) if "halaman=2" in to]
    second = client.get(older)
    assert [len(parse(page).with_class("hit")) for page in (first, second)] == [15, 2]
    assert f"{PAGE}?halaman=1" in [to for to, _ in links_of(parse(second))]
    for odd in ("0", "-1", "x", "٣", "999", "1e3"):
        assert client.get(PAGE, query_string={"halaman": odd}).status_code == 200


def test_it_is_for_practice_only(assist):
    """Elsewhere the address belongs to the practice space, which does not run here."""
    client = assist.test_client()
    assert client.get(PAGE).status_code == 503
    assert client.get(f"{PAGE}/tambah").status_code == 503
    for path in ("tambah", "hapus/1", "kembalikan/1"):
        assert client.post(f"{PAGE}/{path}").status_code == 503
