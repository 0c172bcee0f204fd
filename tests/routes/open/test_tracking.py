"""Where is my file: with the number alone, and so without a word about the person."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from app.domain.dossier.journey import StepName
from app.domain.written.support_number import format_support_number
from app.models.dossier import Event
from app.work import run
from tests.client import body_of, form_of, links_of, parse, words
from tests.factories import PEOPLE, STREET, bring_forward, dossier_at, looking, rows, sent_dossier
from tests.pages import PREFIXES

both_languages = pytest.mark.parametrize("language", PREFIXES)


def number_of(app, make, *args, **options) -> str:
    with looking(app):
        return format_support_number(make(*args, **options).support_number)


def track(client, number: str, prefix: str = ""):
    return form_of(client.get(f"{prefix}/lacak")).fill(nomor=number).submit()


def way(page) -> list[tuple[str, str]]:
    """Return the stations: what they say, and how they look."""
    (road,) = page.with_class("way")
    return [(words(item), item.get("class") or "") for item in page.all("li", within=road)]


@both_languages
def test_a_number_leads_to_the_way_of_its_file(client, app, language):
    number = number_of(app, sent_dossier)
    answer = track(client, number, PREFIXES[language])
    assert answer.status_code == 200
    page = parse(answer)
    assert number in words(page.one("h1"))
    stations = way(page)
    assert [look for _, look in stations] == ["done"] * 5
    assert all(" WIT" in said for said, _ in stations)


@pytest.mark.parametrize("typed", ["{d}", "SRG{d}", "srg {d}", "{a}-{b}-{c}"])
def test_it_may_be_typed_in_many_ways(client, app, typed):
    number = number_of(app, dossier_at, StepName.HOME)
    _, a, b, c = number.split()
    answer = track(client, typed.format(d=a + b + c, a=a, b=b, c=c))
    assert answer.status_code == 200
    assert number in words(answer)


@pytest.mark.parametrize(
    ("step", "looks"),
    [
        (StepName.IDENTITY, ["done", "", "now", "", ""]),
        (StepName.HOME, ["done", "done", "now", "", ""]),
        (None, ["done", "done", "now", "", ""]),
    ],
)
def test_a_draft_says_that_it_is_the_owners_turn(client, app, step, looks):
    answer = track(client, number_of(app, dossier_at, step), "/en")
    assert [look for _, look in way(parse(answer))] == looks
    assert "Your turn." in words(answer)


@both_languages
@pytest.mark.parametrize("office", ["dukcapil", "oss"])
def test_waiting_says_for_whom_and_that_nothing_need_be_done(
    client, app, office_is, office, language
):
    office_is(office, "down")
    number = number_of(app, sent_dossier)
    page = parse(track(client, number, PREFIXES[language]))
    looks = [look for _, look in way(page)]
    expected = {"dukcapil": ["done", "now", "done", "", ""], "oss": ["done"] * 3 + ["now", ""]}
    assert looks == expected[office]
    if language == "en":
        assert "You need not do anything" in words(page)
        assert ("civil registry" if office == "dukcapil" else "OSS has not") in words(page)
    office_is(office, "up")
    for _ in range(2):
        with looking(app):
            bring_forward()
        run.sweep(app)
    done = parse(track(client, number, PREFIXES[language]))
    assert [look for _, look in way(done)] == ["done"] * 5


@both_languages
@pytest.mark.parametrize("key", ["kiosk", "name_differs", "birth_date_differs", "deceased"])
def test_nothing_about_the_person_is_told(client, app, key, language):
    """Neither who it is nor what the registry said: anybody may have the number."""
    make = sent_dossier if key == "kiosk" else dossier_at
    number = number_of(app, make, who=key)
    answer = track(client, number, PREFIXES[language])
    who = PEOPLE[key]
    secrets = [
        who.nik, who.nik[-3:] + " ", who.name, who.typed_name, STREET, "4567", "Kios Contoh",
        "beras", "Aimas", "Malawili", "47112", str(who.birth_date.year), "Rp",
    ]  # fmt: skip
    main = words(parse(answer).by_id("isi")).replace(number, "")
    main = re.sub(r"\d+ \w+ \d{4}, \d\d[.:]\d\d WIT", "", main)
    assert [secret for secret in secrets if secret in main] == []
    assert re.search(r"\d{13}", body_of(answer)) is None, "nor the NIB"


def test_all_classes_that_do_not_fit_are_told_alike(client, app):
    """“Deceased” or “double” is nobody else's business."""
    told = {
        re.sub(r"SRG( \d{4}){3}|\d\d[.:]\d\d WIT", "", words(parse(answer).by_id("isi")))
        for key in ("name_differs", "deceased", "duplicate", "not_recorded", "not_found")
        for answer in [track(client, number_of(app, dossier_at, None, who=key), "/en")]
    }
    assert len(told) == 1


WRONG = {
    "SRG 0000 0000 0000": 404,
    "": 422,
    "SRG 1234": 422,
    "0000123456789": 422,
    "9601055403879001": 422,
    "abc": 422,
    "SRG 1111 1111 1112": 422,
    "<script>alert(1)</script>": 422,
    "'; DROP TABLE dossiers; --": 422,
}


@both_languages
def test_a_wrong_number_comes_back_to_be_mended(client, language):
    for typed, status in WRONG.items():
        answer = track(client, typed, PREFIXES[language])
        assert answer.status_code == status, typed
        assert form_of(answer)["nomor"] == typed
        assert answer.headers["Cache-Control"] == "no-store"


def test_looking_changes_nothing(client, app):
    number = number_of(app, sent_dossier)
    before = rows(app)
    for _ in range(2):
        track(client, number)
    assert rows(app) == before


def test_the_link_to_send_on_holds_the_number_and_no_more(client, app):
    number = number_of(app, sent_dossier)
    answer = track(client, number, "/en")
    (link,) = [a for a, _ in links_of(parse(answer)) if a.startswith("https://wa.me/")]
    text = unquote(parse_qs(urlsplit(link).query)["text"][0])
    assert number in text
    assert "/lacak" in text
    assert "/en/lacak" not in text, "whoever gets it may read Indonesian only"
    assert PEOPLE["kiosk"].name not in text


def test_the_address_to_send_on_is_the_public_one(app, make_app):
    """A Host header can be made up by anybody."""
    number = number_of(app, dossier_at, StepName.HOME)
    client = make_app(testing=True, PUBLIC_URL="https://izin.example").test_client()
    answer = client.get(f"/lacak?nomor={number.replace(' ', '')}", headers={"Host": "evil.example"})
    links = [unquote(a) for a, _ in links_of(parse(answer)) if "wa.me" in a]
    assert all("https://izin.example/lacak" in link for link in links)
    assert "evil.example" not in body_of(answer)


def test_days_are_those_of_sorong(client, app):
    with looking(app) as session:
        dossier = dossier_at(StepName.HOME)
        first = session.query(Event).order_by(Event.id).first()
        first.at = datetime(2026, 12, 31, 15, 30, tzinfo=UTC)
        session.commit()
        number = format_support_number(dossier.support_number)
    (first_said, _), *_ = way(parse(track(client, number)))
    assert "Jumat, 1 Januari 2027, 00.30 WIT" in first_said
