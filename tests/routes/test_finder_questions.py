"""The finder asks back: on Cek usaha by address, in the step by form, in the open data."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from app.services.kbli.questions import all_questions
from tests.client import body_of, form_of, here, links_of, parse, words
from tests.factories import open_dossier

both_ways = pytest.mark.parametrize("htmx", [False, True], ids=["plain", "htmx"])

PREFIXES = ("", "/en")
SHOES = "/cek-usaha?q=sepatu+sendal"
AT_MOST = 4_000  # bytes of a compressed page
STEP_AT_MOST = 2_000


def codes_on(response) -> list[str]:
    return [
        href.rpartition("=")[2] for href, _ in links_of(parse(response), "plain") if "kbli=" in href
    ]


def answers_on(response) -> dict[str, str]:
    """Last answer of each address that goes on with the talk -> the address."""
    found = {}
    for href, _ in links_of(parse(response)):
        said = parse_qs(urlsplit(href).query).get("jawab")
        if said and "/cek-usaha" in href:
            found[said[-1]] = href
    return found


def question_of(key: str, prefix: str) -> str:
    question = next(each for each in all_questions() if each.key == key)
    return question.text_en if prefix else question.text_id


@pytest.mark.parametrize("prefix", PREFIXES)
def test_a_close_search_asks_above_a_short_list(client, prefix):
    response = client.get(prefix + SHOES)
    text = words(response)
    assert question_of("sepatu", prefix) in text
    assert set(answers_on(response)) == {
        "sepatu.jual", "sepatu.buat", "sepatu.perbaiki", "sepatu.lain",
    }  # fmt: skip
    assert len(codes_on(response)) == 3
    assert body_of(response).index("sepatu.jual") < body_of(response).index("kbli=")


@pytest.mark.parametrize("prefix", PREFIXES)
def test_question_answer_code_and_back(client, prefix):
    response = client.get(prefix + SHOES)
    response = client.get(answers_on(response)["sepatu.jual"])
    assert question_of("eceran", prefix) in words(response)
    response = client.get(answers_on(response)["eceran.eceran"])
    assert codes_on(response)[0] == "47712"
    page = parse(response)
    back = [each.find("a").get("href") for each in page.with_class("to", "dd")]
    assert [parse_qs(urlsplit(href).query).get("jawab") for href in back] == [None, ["sepatu.jual"]]
    assert question_of("sepatu", prefix) in words(client.get(back[0]))
    assert set(answers_on(client.get(back[0]))) >= {"sepatu.perbaiki"}


@pytest.mark.parametrize("prefix", PREFIXES)
def test_not_knowing_leads_to_the_list_to_browse_and_to_help(client, prefix):
    response = client.get(answers_on(client.get(prefix + SHOES))["sepatu.lain"])
    assert len(codes_on(response)) > 3
    addresses = {href for href, _ in links_of(parse(response))}
    assert f"{prefix}/cek-usaha/kelompok" in addresses
    assert any(href.startswith(f"{prefix}/bantuan") for href in addresses)


@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize("query", ["xqzwvk", "xqzwvk brumbel kios", "sepatu sendal", "jual ikan"])
def test_there_is_no_dead_end(client, prefix, query):
    addresses = {href for href, _ in links_of(parse(client.get(f"{prefix}/cek-usaha?q={query}")))}
    assert f"{prefix}/cek-usaha/kelompok" in addresses
    assert any(href.startswith(f"{prefix}/bantuan") for href in addresses)


def test_little_understood_is_said(client):
    faint = "We did not understand all of it"
    assert faint in words(client.get("/en/cek-usaha?q=xqzwvk+brumbel+kios"))
    assert faint not in words(client.get("/en/cek-usaha?q=jual+ikan"))


def test_several_activities_have_a_list_each(client):
    response = client.get("/en/cek-usaha?q=jual+pinang+dan+buka+bengkel+motor")
    headings = [words(heading) for heading in parse(response).all("h2")]
    assert headings[:2] == ["For “jual pinang”", "For “bengkel motor”"]
    assert {"47219", "95320"} <= set(codes_on(response))


@pytest.mark.parametrize(
    "said",
    ["", "sepatu", "sepatu.x", "%00", "%3Cscript%3Ealert(1)%3C/script%3E.x", "a" * 3000, "😀.😀"],
)
def test_an_answer_that_means_nothing_changes_nothing(client, said):
    response = client.get(f"/en{SHOES}&jawab={said}")
    assert response.status_code == 200
    assert codes_on(response) == codes_on(client.get(f"/en{SHOES}"))
    assert "<script>alert" not in body_of(response)


@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize(
    "path",
    [
        SHOES,
        f"{SHOES}&jawab=sepatu.jual",
        f"{SHOES}&jawab=sepatu.jual&jawab=eceran.lain",
        "/cek-usaha?q=pinang+buka+bungkus",
        "/cek-usaha?q=jual+pinang+dan+buka+bengkel+motor",
        "/cek-usaha?q=xqzwvk+brumbel+kios",
    ],
)
def test_the_pages_weigh_little(client, app, prefix, path):
    client.set_cookie("c", app.extensions["assets"]["site.css"].hash)
    response = client.get(prefix + path, headers={"Accept-Encoding": "br"})
    assert response.status_code == 200
    assert len(response.get_data()) <= AT_MOST


# In the journey


@both_ways
def test_the_step_asks_too_and_forgets_nothing(client, app, htmx):
    open_dossier(app, client)
    page = form_of(client.get("/en/berkas/kegiatan?dari=periksa"))
    chosen = page["kbli"]
    page = form_of(page.fill(cari="sepatu sendal").submit("temukan", htmx=htmx))
    assert (page["cari"], page["kbli"], page["dari"]) == ("sepatu sendal", chosen, "periksa")
    answer = press(page, "sepatu.jual", htmx=htmx)
    page = form_of(answer)
    assert question_of("sepatu", "/en") in words(answer)
    assert question_of("eceran", "/en") in words(answer)
    assert page["cari"] == "sepatu sendal"
    answer = press(page, "eceran.eceran", htmx=htmx)
    page = form_of(answer)
    offered = {value for box in page.box("kbli") for value, _ in box.options}
    assert offered == {"47712", chosen}
    back = form_of(press(page, "-sepatu.jual", htmx=htmx))
    assert back["cari"] == "sepatu sendal"
    again = press(back, "sepatu.perbaiki", htmx=htmx)
    page = form_of(again)
    saved = page.fill(kbli="95230").submit(htmx=htmx)
    assert saved.status_code == 200
    assert not here(saved).endswith("/kegiatan")


@both_ways
def test_another_search_drops_the_answers(client, app, htmx):
    open_dossier(app, client)
    page = form_of(client.get("/en/berkas/kegiatan?cari=sepatu+sendal&jawab=sepatu.jual"))
    assert page.data("1")
    answer = press(page, "1", htmx=htmx)
    assert question_of("sepatu", "/en") in words(answer)
    assert question_of("eceran", "/en") not in words(answer)


def test_htmx_shows_the_address_of_each_answer(client, app):
    open_dossier(app, client)
    page = form_of(client.get("/en/berkas/kegiatan?cari=sepatu+sendal"))
    answer = press(page, "sepatu.jual", htmx=True)
    address = answer.headers["HX-Push-Url"]
    assert parse_qs(urlsplit(address).query)["jawab"] == ["sepatu.jual"]
    assert question_of("eceran", "/en") in words(client.get(address))


@pytest.mark.parametrize("prefix", PREFIXES)
def test_an_answer_of_the_step_weighs_little(client, app, prefix):
    open_dossier(app, client)
    page = form_of(client.get(f"{prefix}/berkas/kegiatan?cari=sepatu+sendal"))
    answer = press(page, "sepatu.jual", htmx=True, headers={"Accept-Encoding": "br"})
    assert len(answer.get_data()) <= STEP_AT_MOST


def press(form, value, **how):
    """Press the button “temukan” of this value."""
    return form.submit(value, **how)


# Open data


def test_the_open_data_ask_and_take_answers(client):
    found = client.get("/api/v1/kbli?q=sepatu+sendal").get_json()
    (question,) = found["questions"]
    said = {each["answer"][-1]: each["answer"] for each in question["answers"]}
    assert said["sepatu.jual"] == ["sepatu.jual"]
    more = client.get("/api/v1/kbli?q=sepatu+sendal&answer=sepatu.jual").get_json()
    assert all(each["answer"][0] == "sepatu.jual" for each in more["questions"][0]["answers"])
    assert {each["code"] for each in more["results"]} < {each["code"] for each in found["results"]}


def test_a_clear_search_answers_as_before(client):
    assert set(client.get("/api/v1/kbli?q=jual+ikan").get_json()) == {"results"}
    assert set(client.get("/api/v1/kbli?q=sepatu+sendal&year=2020").get_json()) == {"results"}


def test_the_open_data_name_several_activities(client):
    found = client.get("/api/v1/kbli?q=jual+pinang+dan+buka+bengkel+motor").get_json()
    assert [part["text"] for part in found["parts"]] == ["jual pinang", "bengkel motor"]
    assert found["parts"][1]["results"][0]["code"] == "95320"
