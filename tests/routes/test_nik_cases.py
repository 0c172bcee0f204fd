"""A NIK that does not fit: what the pages say, the card to take along, spellings to try."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

import pytest
from flask_babel import force_locale, gettext
from sqlalchemy import event, update

from app.domain.dossier.journey import StepName
from app.domain.nik import cases
from app.domain.nik.cases import RULES, NikPaper
from app.domain.nik.number import grouped
from app.domain.nik.verdict import NikClass
from app.domain.written.case_number import format_case_number
from app.extensions import db
from app.labels import label
from app.labels.base import NIK_REMEDIES
from app.labels.nik_cases import SHORT_TEXTS, short_text
from app.models.dossier import Dossier, Job, NikCheck
from app.models.nik_case import NikCase
from app.services.base import jobs
from app.services.base.jobs import JobKind
from app.services.nik import asking
from app.services.nik import checks as nik_checks
from app.services.reference.book import get_book
from tests.client import HTMX, body_of, form_of, here, links_of, parse, words
from tests.factories import (
    PEOPLE,
    bring_forward,
    dossier_at,
    identify,
    looking,
    new_line,
    open_dossier,
    open_in,
    rows,
    run,
    sent_dossier,
)
from tests.pages import KIOSK, PREFIXES
from tests.pseudo import bare_words
from tests.routes.test_weights import (
    FULL_PAGE,
    HTMX_STEP,
    PackedClient,
    wire_size,
)

both_languages = pytest.mark.parametrize("language", PREFIXES)
both_ways = pytest.mark.parametrize("htmx", [False, True], ids=["plain", "htmx"])
BAD = [
    "not_recorded", "duplicate", "deceased", "name_differs", "birth_date_differs", "sex_differs",
    "name_and_date_differ", "not_found",
]  # fmt: skip
NIK, CARD, SPELLING = "/berkas/nik", "/berkas/nik/kartu", "/berkas/nik/ejaan"

# GSM 03.38, the alphabet in which one text message holds 160 signs (those of the table that count
# twice are left out).
GSM_7 = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)


@pytest.fixture(scope="module", autouse=True)
def no_call_counts_later(application):
    yield
    new_line(application)


def number_of(app) -> str:
    with looking(app) as session:
        return format_case_number(session.query(NikCase).one().number)


def personal(key: str) -> list[str]:
    """Return what must stand on no card and in no address, as it may be written."""
    who = PEOPLE[key]
    born = [who.birth_date, who.typed_birth_date]
    found = [who.nik, who.nik[:6], who.nik[6:12], who.nik[-3:], who.name, who.typed_name]
    found += [part for part in [*who.name.split(), *who.typed_name.split()] if len(part) > 2]
    for day in born:
        found += [day.isoformat(), f"{day.day}-{day.month}-{day.year}", f"{day:%d-%m-%Y}"]
    return found


def told(text: str, key: str, app) -> list[str]:
    """Return what of a person stands in a text; the digits of the case's own number are none."""
    number = number_of(app)
    bare = unquote(text).replace(number, "").replace(number[4:].replace("-", ""), "")
    return [value for value in personal(key) if re.search(rf"(?<!\w){re.escape(value)}", bare)]


# The card


@both_languages
@pytest.mark.parametrize("key", BAD)
def test_the_card_says_what_to_bring_where_and_how_long(client, app, key, language):
    open_dossier(app, client, StepName.PHONE, who=key)
    prefix, nik_class = PREFIXES[language], PEOPLE[key].nik_class
    page = client.get(prefix + NIK)
    assert prefix + CARD in [address for address, _ in links_of(parse(page))]
    card = client.get(prefix + CARD)
    text, rule = words(card), RULES[nik_class]
    assert number_of(app) in text
    with app.app_context(), force_locale(language):
        said = [label(nik_class), label(rule.duration)]
        said += [label(each) for each in (*rule.papers, *rule.offices)]
        said += [str(NIK_REMEDIES[nik_class][1])]
        not_said = {label(each) for each in NikPaper} - set(said)
    assert [each for each in said if each not in text] == []
    items = {words(item) for item in parse(card).all("li")}
    assert not items & not_said
    assert "UU 24/2013" in text, "it is free"


@both_languages
@pytest.mark.parametrize("key", BAD)
def test_neither_name_nor_nik_stands_on_the_card_or_in_an_address(client, app, key, language):
    open_dossier(app, client, StepName.PHONE, who=key)
    prefix = PREFIXES[language]
    card, page = client.get(prefix + CARD), client.get(prefix + NIK)
    main = parse(card).by_id("isi")
    assert main is not None
    assert told(words(main), key, app) == []
    for answer in (card, page):
        addresses = [e.get(a) or "" for e in parse(answer).all() for a in ("href", "action")]
        assert told(" ".join(addresses), key, app) == []
    (whatsapp,) = [a for a, _ in links_of(parse(card)) if a.startswith("https://wa.me/")]
    assert number_of(app) in unquote(whatsapp)
    assert "/berkas/lanjut" in unquote(whatsapp)
    assert card.headers["Cache-Control"] == "no-store"


@both_languages
@pytest.mark.parametrize("nik_class", SHORT_TEXTS)
def test_the_short_text_is_one_text_message(application, nik_class, language):
    assert set(SHORT_TEXTS) == set(NikClass) - {NikClass.MATCH}
    with application.app_context(), force_locale(language):
        text = short_text(nik_class, "NIK-4821-0937")
    assert len(text) <= 160, len(text)
    assert set(text) <= GSM_7, set(text) - GSM_7
    assert text.startswith("NIK-4821-0937: ")


@both_languages
def test_the_short_text_can_be_copied(client, app, language):
    open_dossier(app, client, StepName.PHONE, who="deceased")
    page = parse(client.get(PREFIXES[language] + CARD))
    box = page.one("textarea")
    with app.app_context(), force_locale(language):
        text = short_text(NikClass.DECEASED, number_of(app))
    assert box.text == text
    assert "readonly" in box.attrib
    assert page.label_of(box)
    assert not re.search("meninggal|deceased|dead", body_of(client.get(PREFIXES[language] + CARD)))


@both_languages
def test_unknown_hours_are_called_unknown(client, app, language):
    open_dossier(app, client, StepName.PHONE, who="not_found")
    text = words(client.get(PREFIXES[language] + CARD))
    with app.app_context(), force_locale(language):
        assert gettext("We do not know the opening hours here. Ask before you travel.") in text


def test_hours_and_address_come_from_the_settings(app, make_app):
    other = make_app(
        testing=True,
        DUKCAPIL_HOURS="Senin–Jumat 08.00–14.00",
        DUKCAPIL_ADDRESS="Jalan Contoh 2, Aimas",
        OFFICE_HOURS="Senin–Kamis 08.00–15.00",
        OFFICE_PHONE="(0951) 000 000",
    )
    browser = other.test_client()
    open_dossier(other, browser, StepName.PHONE, who="name_differs")
    card = browser.get("/en" + CARD)
    text = words(card)
    for said in ("Senin–Jumat 08.00–14.00", "Jalan Contoh 2, Aimas", "Senin–Kamis", "(0951) 000"):
        assert said in text
        (whatsapp,) = [a for a, _ in links_of(parse(card)) if a.startswith("https://wa.me/")]
        assert said in unquote(whatsapp)
    assert "We do not know" not in text


@both_languages
@both_ways
def test_without_a_case_there_is_no_card(client, app, language, htmx):
    open_dossier(app, client, StepName.PHONE)
    headers = HTMX if htmx else {}
    answer = client.get(PREFIXES[language] + CARD, headers=headers)
    assert answer.headers.get("Location", here(answer)).endswith(NIK)
    page = client.get(PREFIXES[language] + NIK)
    assert PREFIXES[language] + CARD not in [address for address, _ in links_of(parse(page))]


def test_without_an_identity_the_card_leads_to_the_question(client, app):
    open_dossier(app, client, StepName.IDENTITY)
    assert client.get(CARD).headers["Location"] == NIK
    assert client.get(NIK).headers["Location"] == "/berkas/diri"


@both_languages
def test_a_long_silence_has_its_card_too(client, app, office_is, language):
    office_is("dukcapil", "down")
    dossier_id = open_dossier(app, client, StepName.PHONE)
    with looking(app) as session:
        session.execute(update(NikCheck).values(asked_at=datetime.now(UTC) - timedelta(days=2)))
        session.commit()
        bring_forward()
        job = jobs.open_job(JobKind.NIK_CHECK, dossier_id)
        assert job is not None
        assert not run(job.id)
    card = client.get(PREFIXES[language] + CARD)
    with app.app_context(), force_locale(language):
        assert label(NikClass.PENDING) in words(card)
    assert form_of(client.get(PREFIXES[language] + NIK), NIK)


@both_languages
@pytest.mark.parametrize("key", ["name_differs", "not_found"])
def test_every_word_is_marked(pseudo_client, key, language):
    app = pseudo_client.application
    open_dossier(app, pseudo_client, StepName.PHONE, who=key)
    with looking(app) as session:
        spellings = asking.spellings(session.query(Dossier).one())
    for path in (CARD, NIK):
        page = parse(pseudo_client.get(PREFIXES[language] + path))
        with app.app_context():
            bare = bare_words(page, language, get_book(), [*spellings, number_of(app), "NIK"])
        assert not bare, bare


@both_languages
@pytest.mark.parametrize("key", ["name_and_date_differ", "not_found"])
def test_the_pages_stay_light(app, key, language):
    app.test_client_class = PackedClient
    phone = app.test_client()
    phone.set_cookie("c", app.extensions["assets"]["site.css"].hash)
    open_dossier(app, phone, StepName.PHONE, who=key)
    for path in (NIK, CARD):
        assert wire_size(phone.get(PREFIXES[language] + path)) <= FULL_PAGE[0], path
        part = phone.get(PREFIXES[language] + path, headers=HTMX)
        assert wire_size(part) <= HTMX_STEP[1], path


# Asked again


def let_time_pass(app, **time: float) -> None:
    """Let every check that was asked lie further back."""
    with looking(app) as session:
        for check in session.query(NikCheck):
            check.asked_at -= timedelta(**time)
        session.commit()


def ask_forms(client, prefix: str = "") -> list[str]:
    forms = parse(client.get(prefix + NIK)).all("form")
    return [form.get("action") for form in forms if form.get("action") == prefix + NIK]


@both_languages
@both_ways
def test_whoever_comes_from_the_office_has_it_checked_again(client, app, htmx, language):
    prefix = PREFIXES[language]
    open_dossier(app, client, StepName.PHONE, who="not_found")
    assert ask_forms(client, prefix) == [], "it was asked a moment ago"
    let_time_pass(app, minutes=10)
    answer = form_of(client.get(prefix + NIK), prefix + NIK).submit(htmx=htmx)
    assert here(answer) == prefix + NIK
    with looking(app) as session:
        checks = session.query(Dossier).one().nik_checks
        assert [check.nik_class for check in checks] == ["not_found", "not_found"]
    page = parse(client.get(prefix + NIK))
    with app.app_context(), force_locale(language):
        tried = [item for item in page.all("li") if label(NikClass.NOT_FOUND) in words(item)]
    assert len(tried) == 2, "each attempt, with its date"
    assert all("2026" in words(item) or "WIT" in words(item) for item in tried)
    assert "WIT" in words(page)


def test_pressed_too_soon_nothing_is_asked(client, app):
    open_dossier(app, client, StepName.PHONE, who="not_found")
    let_time_pass(app, minutes=10)
    form = form_of(client.get(NIK), NIK)
    let_time_pass(app, minutes=-10)
    assert here(form.submit()) == NIK
    with looking(app) as session:
        assert len(session.query(Dossier).one().nik_checks) == 1
        assert jobs.open_job(JobKind.NIK_CHECK, session.query(Dossier).one().id) is None


@pytest.mark.parametrize("key", ["deceased"])
def test_where_asking_again_cannot_help_there_is_no_button(client, app, key):
    open_dossier(app, client, StepName.PHONE, who=key)
    let_time_pass(app, days=3)
    assert ask_forms(client) == []


def test_asking_again_needs_a_token(client, app):
    open_dossier(app, client, StepName.PHONE, who="not_found")
    let_time_pass(app, minutes=10)
    before = rows(app)
    form_of(client.get(NIK), NIK).submit(without={"csrf_token"})
    assert rows(app) == before


def test_the_list_of_attempts_costs_no_more_the_longer_it_gets(client, app):
    open_dossier(app, client, StepName.PHONE, who="not_found")
    asked: list[str] = []

    def note(_c, _cursor, statement, *_more):
        asked.append(statement)

    def cost() -> int:
        asked.clear()
        with app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            client.get(NIK)
        finally:
            event.remove(engine, "before_cursor_execute", note)
        return len(asked)

    short = cost()
    with looking(app) as session:
        first = session.query(NikCheck).one()
        for attempt in range(2, 21):
            session.add(
                NikCheck(
                    dossier_id=first.dossier_id,
                    attempt=attempt,
                    identity_index=first.identity_index,
                    nik_class="not_found",
                    fields=[],
                    asked_at=first.asked_at,
                    answered_at=first.answered_at,
                )
            )
        session.commit()
    assert cost() == short
    items = parse(client.get(NIK)).all("li")
    assert len(items) == asking.SHOWN_ATTEMPTS


@both_languages
def test_a_pause_is_said_as_it_is(client, app, monkeypatch, language):
    monkeypatch.setattr(cases, "GUESSES_AT_MOST", 1)
    with looking(app):
        dossier_at(StepName.PHONE, who="sex_differs")
    open_dossier(app, client, StepName.PHONE, who="sex_differs")
    text = words(client.get(PREFIXES[language] + NIK))
    with app.app_context(), force_locale(language):
        assert label(NikClass.PENDING) in text
        silent = gettext(
            "The civil registry (Dukcapil) does not answer just now. That is not your fault."
            " We try again by ourselves. Go on with the other questions."
        )
    assert silent not in text, "that would not be true"
    assert "DPMPTSP" in text
    assert "WIT" in text


# Spellings


@both_languages
@both_ways
def test_a_spelling_fills_the_form_and_saves_nothing(client, app, htmx, language):
    prefix = PREFIXES[language]
    open_dossier(app, client, StepName.PHONE, who="name_differs")
    shown = client.get(prefix + NIK)
    before = rows(app)
    buttons = [b.get("value") for b in parse(shown).all("button") if b.get("name") == "ejaan"]
    assert "Yohannes P." in buttons
    answer = form_of(shown, prefix + SPELLING).submit("ejaan", htmx=htmx)
    assert answer.status_code == 200
    assert rows(app) == before, "nothing is saved"
    form = form_of(answer, f"{prefix}/berkas/diri")
    assert form["nama"] == buttons[0]
    who = PEOPLE["name_differs"]
    assert form["nik"].replace(" ", "") == who.nik
    if htmx:
        assert here(answer) == f"{prefix}/berkas/diri"
    assert told(answer.request.full_path + str(answer.headers), "name_differs", app) == []
    # Confirmed by the person it is saved and checked.
    assert here(form.submit(htmx=htmx)) == prefix + NIK
    with looking(app) as session:
        dossier = session.query(Dossier).one()
        assert dossier.applicant.name == buttons[0]
        assert len(dossier.nik_checks) == 2
    again = parse(client.get(prefix + NIK))
    assert buttons[0] not in [b.get("value") for b in again.all("button")]


def test_the_other_language_keeps_the_spelling(client, app):
    open_dossier(app, client, StepName.PHONE, who="name_differs")
    form = form_of(form_of(client.get(NIK), SPELLING).submit("ejaan"), "/berkas/diri")
    english = client.post(
        "/en/berkas/diri", data=dict(form.data()) | {"ganti": "en"}, follow_redirects=True
    )
    assert form_of(english, "/en/berkas/diri")["nama"] == form["nama"]


@pytest.mark.parametrize("typed", ["Somebody Else", "", "Johannes P.", "x" * 3000])
def test_only_what_was_offered_can_be_chosen(client, app, typed):
    open_dossier(app, client, StepName.PHONE, who="name_differs")
    form = form_of(client.get(NIK), SPELLING)
    data = dict(form.data("ejaan")) | {"ejaan": typed}
    answer = client.post(SPELLING, data=data)
    assert (answer.status_code, answer.headers["Location"]) == (303, NIK)


def test_choosing_a_spelling_needs_a_token_and_is_no_address(client, app):
    open_dossier(app, client, StepName.PHONE, who="name_differs")
    form = form_of(client.get(NIK), SPELLING)
    answer = form.submit("ejaan", without={"csrf_token"}, follow=False)
    assert answer.headers["Location"] == NIK
    assert client.get(SPELLING).status_code == 405


@pytest.mark.parametrize("key", ["not_found", "birth_date_differs", "kiosk"])
def test_spellings_stand_only_where_the_name_differs(client, app, key):
    open_dossier(app, client, StepName.PHONE, who=key)
    assert "ejaan" not in body_of(client.get(NIK))


def test_a_sent_file_offers_no_spelling(client, app):
    with looking(app):
        dossier_id = sent_dossier().id
    open_in(client, dossier_id)
    assert "ejaan" not in body_of(client.get(NIK))
    assert client.get(CARD).headers["Location"] == NIK


@both_languages
def test_no_two_classes_are_told_alike(application, language):
    """The text about one class must not be read as that about another."""
    with application.app_context(), force_locale(language):
        said = {short_text(each, "NIK-4821-0937") for each in SHORT_TEXTS}
    assert len(said) == len(SHORT_TEXTS)


def test_one_case_does_not_show_in_another_file(client, new_client, app):
    open_dossier(app, client, StepName.PHONE, who="not_found")
    number = number_of(app)
    with looking(app):
        other_id = dossier_at(StepName.PHONE, who="kiosk").id
    other = new_client()
    open_in(other, other_id)
    assert number not in body_of(other.get(NIK))


def test_another_nik_typed_ends_the_card(client, app):
    dossier_id = open_dossier(app, client, StepName.PHONE, who="not_found")
    with looking(app) as session:
        dossier = session.get_one(Dossier, dossier_id)
        identify(dossier, PEOPLE["kiosk"])
        job: Job = nik_checks.plan(dossier)
        session.commit()
        assert run(job.id)
    assert client.get(CARD).headers["Location"] == NIK


@both_languages
def test_a_nik_that_is_not_found_is_compared_with_the_card_first(client, app, language):
    open_dossier(app, client, StepName.PHONE, who="not_found")
    prefix = PREFIXES[language]
    page = parse(client.get(prefix + NIK))
    assert words(page.with_class("code")[0]) == grouped(PEOPLE["not_found"].nik)
    links = [to for to, _ in links_of(page)]
    assert links.index(f"{prefix}/berkas/diri") < links.index(prefix + CARD)
    assert links_of(page, "go")[0][0] == f"{prefix}/berkas/diri"
    assert "perkara" not in words(client.get(prefix + CARD))


def test_a_nik_that_is_found_stays_hidden(client, app):
    open_dossier(app, client, StepName.PHONE)
    assert grouped(PEOPLE["kiosk"].nik) not in words(client.get(NIK))


def misprint(kind: str) -> str:
    nik = PEOPLE["kiosk"].nik
    return {"short": nik[:15], "date": nik[:6] + "3913" + nik[10:], "serial": nik[:12] + "0000"}[
        kind
    ]


@both_languages
@both_ways
@pytest.mark.parametrize("kind", ["short", "date", "serial"])
def test_a_misprinted_card_opens_a_case_instead_of_a_wall(client, app, kind, htmx, language):
    open_dossier(app, client, StepName.IDENTITY)
    prefix, who = PREFIXES[language], KIOSK.pages["diri"]
    form = form_of(client.get(f"{prefix}/berkas/diri"))
    assert not form.can("kartu", "ya")
    refused = form.fill(who, nik=misprint(kind)).submit(htmx=htmx)
    assert refused.status_code == 422
    came = form_of(refused).fill(kartu=True).submit(htmx=htmx)
    assert here(came) == prefix + NIK
    assert grouped(misprint(kind)) in words(came)
    assert links_of(parse(came), "go")[0][0] == f"{prefix}/berkas/diri"
    card = client.get(prefix + CARD)
    assert all(said in words(card) for said in ("(KK)", "Disdukcapil"))
    assert misprint(kind) not in body_of(card)
    with looking(app) as session:
        assert session.query(NikCheck).one().nik_class == NikClass.FORMAT
        assert session.query(Job).filter_by(kind=JobKind.NIK_CHECK).count() == 0
    assert client.get(f"{prefix}/berkas/telepon").status_code == 200
    again = form_of(client.get(f"{prefix}/berkas/diri"))
    again.fill(who).submit(htmx=htmx)
    with looking(app) as session:
        assert session.query(NikCase).one().closed_at is not None


@pytest.mark.parametrize("typed", ["", "12345", "9601A50101019001", "1" * 21])
def test_a_slip_of_the_hand_cannot_stand_on_a_card(client, app, typed):
    open_dossier(app, client, StepName.IDENTITY)
    form = form_of(client.get("/berkas/diri"))
    refused = form.fill(KIOSK.pages["diri"], nik=typed).submit()
    assert not form_of(refused).can("kartu", "ya")


def test_in_practice_somebodys_misprint_is_not_kept(client, app):
    open_dossier(app, client, StepName.IDENTITY)
    form = form_of(client.get("/berkas/diri"))
    refused = form.fill(KIOSK.pages["diri"], nik="327301450190002").submit()
    assert not form_of(refused).can("kartu", "ya")
