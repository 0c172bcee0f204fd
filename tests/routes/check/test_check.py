"""Cek usaha: from everyday words to an answer, in both languages, by address alone."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from app.domain.law.estimate.answer import EstimateCase, Question
from app.domain.law.estimate.bands import CapitalBand, SalesBand
from app.domain.law.estimate.obstacles import JourneyReason
from app.labels import label
from app.routes.check.check import ANSWERS, PANELS
from app.services.kbli import browse
from app.services.law import estimating
from app.services.reference.book import get_book
from tests.client import body_of, form_of, links_of, main_words, parse, words
from tests.pseudo import bare_words

PREFIXES = ("", "/en")
AT_MOST = 5_000  # bytes of a compressed page
MICRO = "tempat=sendiri&besar=up_to_50m"

# A code and what is asked about it, for each kind of answer.
KIOSK = f"kbli=47112&{MICRO}"
STANDARD = f"kbli=01139&{MICRO}"
PERMIT = f"kbli=08105&{MICRO}"
NEEDS_SCOPE = f"kbli=95400&{MICRO}"
UNKNOWN = f"kbli=05102&{MICRO}"
CLOSED = f"kbli=09100&{MICRO}"
OUTSIDE = "kbli=47112&tempat=luar&besar=up_to_50m"

PAGES = (
    "/cek-usaha",
    "/cek-usaha?q=jual+sembako",
    "/cek-usaha?q=jual+ikan",
    "/cek-usaha?q=xqzwvk",
    "/cek-usaha?q=47",
    "/cek-usaha/kelompok",
    "/cek-usaha/kelompok/semua",
    "/cek-usaha/kelompok/semua?kategori=C",
    "/cek-usaha/kelompok/semua?kategori=4772",
    "/cek-usaha/kode/47112",
    "/cek-usaha/kode/01112",
    "/cek-usaha/kode/87202",
    "/cek-usaha/kode/56102",
    "/cek-usaha/kode/03151",
    "/cek-usaha/kode/85440",
    "/cek-usaha/kode/23959",
    "/cek-usaha?q=56102",
    "/cek-usaha?q=85440",
    "/cek-usaha?q=99999",
    "/cek-usaha/banding",
    "/cek-usaha/banding?kode=56101&kode=56102",
    "/cek-usaha/banding?kode=01112&kode=05102",
    "/cek-usaha/tempat?kbli=47112",
    "/cek-usaha/tempat?kbli=09100",
    *(
        f"/cek-usaha/hasil?{query}"
        for query in (KIOSK, STANDARD, PERMIT, NEEDS_SCOPE, UNKNOWN, CLOSED, OUTSIDE)
    ),
    f"/cek-usaha/hasil?kbli=87202&{MICRO}",
    f"/cek-usaha/hasil?kbli=10710&{MICRO}",
    "/cek-usaha/hasil?kbli=47301&tempat=pasar&besar=up_to_15bn",
    f"/cek-usaha/hasil?{NEEDS_SCOPE}&lingkup=1",
)

UNTRANSLATED_TITLE = ("/cek-usaha/kelompok/semua?kategori=",)
UNTRANSLATED_TITLE_EN = (
    *UNTRANSLATED_TITLE,
    "/cek-usaha/kode/01112",
    "/cek-usaha/kode/87202",
    f"/cek-usaha/hasil?{UNKNOWN}",
    f"/cek-usaha/hasil?{CLOSED}",
)


@pytest.fixture
def page(client):
    """Open an English page of Cek usaha and read it."""

    def read(path: str, status: int = 200):
        response = client.get(f"/en/cek-usaha{path}")
        assert response.status_code == status
        return response

    return read


@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize("path", PAGES)
def test_every_page_stands_weighs_little_and_may_be_kept(client, app, prefix, path):
    client.set_cookie("c", app.extensions["assets"]["site.css"].hash)
    response = client.get(prefix + path, headers={"Accept-Encoding": "br"})
    assert response.status_code == 200
    assert len(response.get_data()) <= AT_MOST
    assert "max-age=" in response.headers["Cache-Control"]
    assert "Set-Cookie" not in response.headers
    assert "<script" not in body_of(response)
    etag = response.headers["ETag"]
    again = client.get(prefix + path, headers={"If-None-Match": etag, "Accept-Encoding": "br"})
    assert again.status_code == 304
    assert again.get_data() == b""


@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize("path", PAGES)
def test_every_text_is_marked_for_translation(pseudo_client, prefix, path):
    in_title = UNTRANSLATED_TITLE_EN if prefix else UNTRANSLATED_TITLE
    if path.startswith(in_title):
        pytest.skip("a title cannot say that it holds the words of the official list")
    response = pseudo_client.get(prefix + path)
    with pseudo_client.application.test_request_context():
        language = "en" if prefix else "id"
        typed = ["sembako", "jual", "ikan", "xqzwvk"]
        assert bare_words(parse(response), language, get_book(), typed) == []


@pytest.mark.parametrize("prefix", PREFIXES)
def test_from_words_to_the_start_of_a_file(client, prefix):
    form = form_of(client.get(f"{prefix}/cek-usaha"))
    form.fill({"q": "saya jual sembako"})
    hits = form.submit()
    address = links_of(parse(hits), "btn")[0][0]
    assert address == f"{prefix}/cek-usaha/tempat?kbli=47112"
    form = form_of(client.get(address))
    form.fill({"tempat": "sendiri", "besar": "up_to_50m"})
    answer = form.submit()
    assert answer.status_code == 200
    assert links_of(parse(answer), "go")[0][0] == f"{prefix}/berkas/mulai?kbli=47112"


def test_at_most_eight_activities_are_offered(page):
    found = parse(page("?q=jual")).with_class("hit")
    assert 1 <= len(found) <= 8


def test_an_activity_without_english_words_is_marked_as_indonesian(page):
    heading = parse(page("/kode/01112")).one("h1")
    assert [span.get("lang") for span in heading] == ["id"]


@pytest.mark.parametrize("query", ["", "+++", "%00"])
def test_an_empty_search_says_what_to_type(page, query):
    assert "Type what you do" in words(page(f"?q={query}", 422))


HOSTILE = (
    "<script>alert(1)</script>",
    "' OR 1=1 --",
    "{{ 7*7 }}",
    "%s%n",
    "\u202e\u0000kios",
    "😀" * 50,
    "a" * 5000,
    "jual " * 500,
)


@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_do_no_harm_anywhere(client, prefix, text):
    client.unchecked = ("stands on the page",)  # what was typed may look like a leak
    for path, name in (
        ("", "q"),
        ("/tempat", "kbli"),
        (f"/hasil?{MICRO}", "kbli"),
        ("/hasil?kbli=47112&besar=up_to_50m", "tempat"),
        ("/hasil?kbli=47112&tempat=luar", "besar"),
        (f"/hasil?{NEEDS_SCOPE}", "lingkup"),
        (f"/hasil?{KIOSK}", "lingkup"),
        ("/kelompok/kios", "bagian"),
        ("/kelompok/semua", "kategori"),
    ):
        address = f"{prefix}/cek-usaha{urlsplit(path).path}"
        response = client.get(address, query_string=_query(path, name, text))
        assert response.status_code in {200, 422}, name
        assert "<script>alert" not in body_of(response)
        if name != "q":
            assert response.status_code == 422, name
            assert "no-store" in response.headers["Cache-Control"]


def _query(path: str, name: str, text: str) -> dict[str, str]:
    known = {key: values[0] for key, values in parse_qs(urlsplit(path).query).items()}
    return {**known, name: text}


@pytest.mark.parametrize("code", ["99999", "1", "abcde", "47112%20", "٤٧١١٢", "../../x"])
def test_an_unknown_code_offers_the_search(client, code):
    response = client.get(f"/en/cek-usaha/kode/{code}")
    assert response.status_code == 404
    assert form_of(response).names == {"q"}


def test_a_code_of_the_old_list_leads_to_the_new(app, client):
    with app.app_context():
        book = get_book()
        old = next(
            e.code
            for e in book.all_kbli(2020)
            if book.kbli(2025, e.code) is None and book.successors(e.code)
        )
        new = {step.code_2025 for step in book.successors(old)}
    response = client.get(f"/en/cek-usaha/kode/{old}")
    assert response.status_code == 200
    offered = {href.rpartition("=")[2] for href, _ in links_of(parse(response), "btn")}
    assert offered == new


def test_an_old_code_without_a_known_successor_leads_to_the_search(page):
    response = page("/kode/23959")
    assert "No table that we could read names a new code" in words(response)
    assert links_of(parse(response), "btn")[0][0] == "/en/cek-usaha"


def test_a_number_that_changed_its_meaning_says_so(app, page):
    with app.app_context():
        book = get_book()
        code = next(
            e.code
            for e in book.all_kbli(2025)
            if book.kbli(2020, e.code)
            and e.code not in {s.code_2020 for s in book.predecessors(e.code)}
        )
    assert "old NIB" in words(page(f"/kode/{code}"))
    assert "old NIB" not in words(page("/kode/47112"))


# Where and how big


def test_capital_and_sales_are_one_question(page):
    form = form_of(page("/tempat?kbli=47112"))
    values = {value for box in form.box("besar") for value, _ in box.options}
    assert values == {*CapitalBand, *SalesBand}


def test_missing_answers_are_named_and_the_others_kept(page):
    response = page("/hasil?kbli=47112&tempat=pasar", 422)
    parsed = parse(response)
    assert words(parsed.with_class("err")[0]) == "Choose about how much money is in it."
    assert [box.value for box in form_of(response).box("tempat") if box.value] == ["pasar"]


def test_answers_in_the_address_are_filled_in_again(page):
    response = page(f"/tempat?{KIOSK}")
    form = form_of(response)
    assert {box.value for box in form.box("besar") if box.value} == {"up_to_50m"}
    assert not parse(response).with_class("err")


def test_a_chosen_step_of_sales_is_not_folded_away(page):
    folded = parse(page("/tempat?kbli=47112&besar=up_to_2bn")).all("details")
    assert "open" in folded[0].attrib
    assert "open" not in parse(page("/tempat?kbli=47112")).all("details")[0].attrib


def test_closed_sizes_are_said_before_the_question(page):
    assert "open only to a business of this size: Small, Medium, Large" in words(
        page("/tempat?kbli=09100")
    )
    assert "open only" not in words(page("/tempat?kbli=47112"))


# The answer


def test_low_risk_may_start_at_once(page):
    response = page(f"/hasil?{KIOSK}")
    text = words(response)
    assert words(parse(response).one("h1")) == "Grocery kiosk or small food shop: the NIB is enough"
    for part in ("Estimate", "You may start", "Low", "Micro", "automatically through OSS", "Rp 0"):
        assert part in text
    assert "PP 28/2025 Pasal 130, 220" in text
    assert "30 September 2026" in text
    assert "Your own statement is enough" in text
    assert "read second-hand" in text


def test_a_market_stall_needs_fewer_papers(page):
    text = words(page("/hasil?kbli=47112&tempat=pasar&besar=up_to_50m"))
    assert "the manager of the market or building has this paper" in text
    assert "A paper from the manager" in text


def test_high_risk_may_only_prepare_and_starts_here_too(page):
    response = page(f"/hasil?{PERMIT}")
    text = words(response)
    assert "You may prepare" in text
    assert "You may start" not in text
    assert links_of(parse(response), "go")[0][0].startswith("/en/berkas/mulai?kbli=")


@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize("code", ["41011", "43303"])  # builds houses, paints them
def test_who_builds_alone_hears_it_before_the_start(client, prefix, code):
    address = f"{prefix}/cek-usaha/hasil?kbli={code}&tempat=sendiri&besar=up_to_50m"
    said = main_words(client.get(address))
    told, start = {
        "": ("Bukan untuk perseorangan.", "Mulai isi berkas"),
        "/en": ("Not for a person alone.", "Start my file"),
    }[prefix]
    assert said.count(told) == 1
    assert said.index(told) < said.index(start)


def test_days_are_only_said_where_they_are_known(page):
    assert "Not known. Ask DPMPTSP." in words(page(f"/hasil?{PERMIT}"))
    assert "5 working days" in words(page("/hasil?kbli=47301&tempat=pasar&besar=up_to_15bn"))


def test_rules_of_the_capital_are_left_out(page):
    text = words(page(f"/hasil?{PERMIT}&lingkup=1"))
    assert "Gubernur" in text
    assert "Jakarta" not in text


@pytest.mark.parametrize("prefix", PREFIXES)
def test_the_part_is_asked_where_the_risk_depends_on_it(client, prefix):
    response = client.get(f"{prefix}/cek-usaha/hasil?{NEEDS_SCOPE}")
    form = form_of(response)
    values = [
        value for box in form.box("lingkup") for value, _ in box.options if box.kind == "radio"
    ]
    assert len(values) == 6
    unanswered = form.submit()
    assert unanswered.status_code == 422
    assert parse(unanswered).with_class("err")
    form.fill({"lingkup": values[0]})
    answer = form.submit()
    assert answer.status_code == 200
    assert parse(answer).with_class("big")


@pytest.mark.parametrize("scope", ["abc", "99", "-1", "1e3", "", "٣"])
@pytest.mark.parametrize("query", [NEEDS_SCOPE, KIOSK])
def test_a_part_that_does_not_exist_is_asked_again(page, query, scope):
    response = page(f"/hasil?{query}&lingkup={scope}", 422)
    assert words(parse(response).with_class("err")[0]) == "Choose the part that fits."


def test_a_part_that_is_closed_to_this_size_says_so(app, page):
    with app.test_request_context():
        found = estimating.estimate_for(Question("95400", True, CapitalBand.UP_TO_50M))
        closed = next(scope.scope_no for scope in found.scopes if scope.risk is None)
    text = words(page(f"/hasil?{NEEDS_SCOPE}&lingkup={closed}"))
    assert "not open to a business of this size" in text


def test_an_unknown_risk_is_not_guessed(page):
    text = words(page(f"/hasil?{UNKNOWN}"))
    assert "the risk is not known yet" in text
    assert "we do not guess" in text
    assert "You may" not in text
    assert "Ask DPMPTSP Kabupaten Sorong in Aimas" in text


def test_a_closed_size_names_the_open_ones(page):
    text = words(page(f"/hasil?{CLOSED}"))
    assert "Your size is: Micro. OSS offers this activity only to: Small, Medium, Large." in text
    assert "You may" not in text


def test_outside_the_regency_another_office_helps(page):
    response = page(f"/hasil?{OUTSIDE}")
    text = words(response)
    assert "The DPMPTSP of that regency or city helps you there." in text
    assert "in Aimas" not in text
    assert "/berkas/mulai" not in body_of(response)


def test_the_shared_link_leads_to_the_same_answer(client, page):
    response = page(f"/hasil?{NEEDS_SCOPE}&lingkup=1&x=secret")
    shared = next(h for h, _ in links_of(parse(response), "btn") if h.startswith("https://wa.me/"))
    text = parse_qs(urlsplit(shared).query)["text"][0]
    address = re.search(r"http://\S+", text)
    assert address
    parts = urlsplit(address.group())
    assert "secret" not in text
    assert words(client.get(f"{parts.path}?{parts.query}")) == words(response)


def test_every_kind_of_answer_is_reached(app):
    asked = {
        EstimateCase.KNOWN: ("47112", True),
        EstimateCase.NEEDS_SCOPE: ("95400", True),
        EstimateCase.UNKNOWN: ("05102", True),
        EstimateCase.SIZE_NOT_OFFERED: ("09100", True),
        EstimateCase.OUTSIDE_AREA: ("47112", False),
    }
    assert set(asked) == set(EstimateCase)
    with app.test_request_context():
        for case, (code, inside) in asked.items():
            found = estimating.estimate_for(Question(code, inside, CapitalBand.UP_TO_50M))
            assert found.case is case


def test_every_activity_gets_an_answer_in_every_size(app, client):
    """No combination ends in an error: a sample of all codes, each size once."""
    with app.app_context():
        codes = [entry.code for entry in get_book().all_kbli(2025)][::29]
    bands = [*CapitalBand, *SalesBand]
    for number, code in enumerate(codes):
        band = bands[number % len(bands)]
        response = client.get(f"/en/cek-usaha/hasil?kbli={code}&tempat=sendiri&besar={band}")
        assert response.status_code == 200, code


def test_every_risk_and_condition_has_its_words(app):
    with app.test_request_context("/en/", environ_overrides={"oss.language": "en"}):
        for answer in ANSWERS.values():
            assert str(answer)[0].islower() or str(answer).startswith("NIB")
        assert [good for good, _big, _text in PANELS.values()] == [True, False, False]
        assert all(label(reason) for reason in JourneyReason)


# Browse


@pytest.mark.parametrize("prefix", PREFIXES)
def test_every_part_of_every_group_stands_and_weighs_little(client, app, prefix):
    client.set_cookie("c", app.extensions["assets"]["site.css"].hash)
    for sector in browse.sectors():
        top = client.get(f"{prefix}/cek-usaha/kelompok/{sector.key}")
        assert len(links_of(parse(top))) > len(sector.parts)
        for number, _part in enumerate(sector.parts, 1):
            response = client.get(
                f"{prefix}/cek-usaha/kelompok/{sector.key}?bagian={number}",
                headers={"Accept-Encoding": "br"},
            )
            assert response.status_code == 200
            assert len(response.get_data()) <= AT_MOST


def test_the_groups_hold_every_explained_activity(app):
    with app.app_context():
        explained = {entry.code for entry in get_book().all_kbli(2025) if entry.words}
        found: set[str] = set()
        for sector in browse.sectors():
            for part in sector.parts:
                entries = browse.commonest_first(part)
                assert 1 <= len(entries) <= 30, (sector.key, part.name_en, len(entries))
                found |= {entry.code for entry in entries}
                for prefix in part.prefixes:
                    assert any(entry.code.startswith(prefix) for entry in entries), prefix
        # Household work, money lent at home and the like are found by search.
        assert {code for code in explained - found if code[:2] not in {"84", "97", "98"}} == set()


def test_the_drawings_are_small_and_only_drawings():
    for sector in browse.sectors():
        assert len(sector.picture) <= 300
        assert set(re.findall(r"<(\w+)", sector.picture)) <= {"path", "circle"}
        assert sector.name_id != sector.name_en


def test_the_official_list_leads_to_every_code(app):
    with app.app_context():
        seen: set[str] = set()
        open_levels = [None]
        while open_levels:
            for level in browse.below(open_levels.pop()):
                if level.level == 5:
                    seen.add(level.code)
                else:
                    open_levels.append(level)
        assert seen == {entry.code for entry in get_book().all_kbli(2025)}


@pytest.mark.parametrize("path", ["kios?bagian=0", "kios?bagian=x", "semua?kategori=ZZ"])
def test_a_wrong_place_in_the_lists_is_said(page, path):
    assert parse(page(f"/kelompok/{path}", 422)).with_class("bad")


def test_an_unknown_group_is_not_found(page):
    page("/kelompok/tidak-ada", 404)


def test_only_get_is_answered(client):
    for path in ("", "/tempat", "/hasil", "/kelompok"):
        assert client.post(f"/cek-usaha{path}").status_code == 405


def reasons_on(page):
    """Return what stands in each “Why?”, by what it is about."""
    found = {}
    for details in page.all("details"):
        summary = details.find("summary")
        about = summary.find("span") if summary is not None else None
        if about is not None:
            found[words(about)] = details
    return found


@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize("query", [KIOSK, STANDARD, PERMIT, OUTSIDE])
def test_each_answer_says_why_in_place(client, prefix, query):
    found = reasons_on(parse(client.get(f"{prefix}/cek-usaha/hasil?{query}")))
    assert len(found) >= 3
    for about, details in found.items():
        text = words(details)
        assert "Pasal" in text, about
        assert details.find("ul/li") is not None, "facts"
        assert "open" not in details.attrib


def test_a_kiosk_reads_why_its_own_statement_is_enough(client):
    text = words(reasons_on(parse(client.get(f"/en/cek-usaha/hasil?{KIOSK}")))["Place"])
    assert "Business size: Micro" in text
    assert "Risk: Low" in text
    assert "(the regency, 10 working days)" in text
    assert "PP 28/2025 Pasal 32-33" in text


def test_an_unknown_plan_says_what_it_can_be(client):
    text = words(reasons_on(parse(client.get(f"/en/cek-usaha/hasil?{STANDARD}")))["Place"])
    assert "Detailed spatial plan (RDTR): not known here, ask" in text
    assert "It can be one of these:" in text
    assert "There is a state fee (PNBP)." in text
    kiosk = words(reasons_on(parse(client.get(f"/en/cek-usaha/hasil?{KIOSK}")))["Place"])
    assert "It can be" not in kiosk


def test_a_permit_says_how_the_days_run_and_what_silence_means(client):
    page = parse(client.get(f"/en/cek-usaha/hasil?{PERMIT}"))
    assert "OSS itself gives the permit" in words(page.root)
    found = reasons_on(page)
    days = words(found["How long"])
    assert "The days start when your file is complete and correct." in days
    assert "They stop while you mend something." in days
    environment = words(found["Environment"])
    assert "(the environment office, 3 to 5 working days)" in environment
    assert "PP 28/2025 (article still to be confirmed)" in environment


def test_a_kiosk_is_not_told_of_days_that_nobody_counts(client):
    assert "How long" not in reasons_on(parse(client.get(f"/en/cek-usaha/hasil?{KIOSK}")))


@pytest.mark.parametrize("query", [UNKNOWN, CLOSED])
def test_what_is_not_known_or_closed_says_why_too(client, query):
    (reason,) = reasons_on(parse(client.get(f"/en/cek-usaha/hasil?{query}"))).values()
    assert "Lampiran I" in words(reason)
    assert "Activity code (KBLI)" in words(reason)


def test_a_market_stall_has_no_own_building_paper(client):
    path = "/en/cek-usaha/hasil?kbli=47112&tempat=pasar&besar=up_to_50m"
    text = words(parse(client.get(path)).root)
    assert "Building: the manager has its papers." in text
    assert "Own building?" not in text


@pytest.mark.parametrize(
    ("prefix", "go_on", "below"),
    [("", "Mulai isi berkas", "Risiko "), ("/en", "Start my file", "Risk ")],
)
def test_the_next_action_stands_under_the_answer(client, prefix, go_on, below):
    asked = "kbli=47112&tempat=sendiri&besar=up_to_50m"
    page = main_words(client.get(f"{prefix}/cek-usaha/hasil?{asked}"))
    assert page.index(go_on) < page.index(below)
    assert not any(word in page for word in ("IMB", "PBG", "SLF"))


@pytest.mark.parametrize(("prefix", "choose"), [("", "Pilih ini"), ("/en", "This is it")])
def test_an_activity_is_chosen_by_its_plain_words_before_its_title(client, prefix, choose):
    hit = parse(client.get(f"{prefix}/cek-usaha?q=kios+sembako")).with_class("hit")[0]
    said = words(hit)
    assert 0 < said.index(choose) < said.index("47112")
