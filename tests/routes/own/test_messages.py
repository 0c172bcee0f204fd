"""Pages about messages, the practice outbox, and the hook by which SMS come in."""

from __future__ import annotations

import dataclasses
import re

import pytest
from sqlalchemy import event, select

from app.domain.oss.service_mode import ServiceMode
from app.domain.sending.messages import Channel, MessageKind
from app.domain.written.support_number import format_support_number
from app.extensions import db
from app.models.dossier import Dossier
from app.models.message import InboundMessage, Message
from app.routes.machines import inbound
from app.services.dossier import opening, pins
from app.services.messages import outbox, wishes
from app.web.limiting.limits import SMS_INBOUND
from app.work import run
from tests.client import body_of, form_of, here, links_of, parse, words
from tests.factories import (
    OTHER_PIN,
    PHONE,
    bring_forward,
    count,
    looking,
    open_dossier,
    open_in,
    pin_hash,
    rows,
    sent_dossier,
)
from tests.pages import PREFIXES

both_languages = pytest.mark.parametrize("language", PREFIXES)
TOKEN = "inbound-token-of-a-test-30-signs"
SENDER = "+6281399998888"


@pytest.fixture
def sent(app, client) -> int:
    """A file with its NIB, open in the browser; its messages have gone out."""
    with looking(app):
        number = sent_dossier().id
        bring_forward()
    run.sweep(app)
    open_in(client, number)
    return number


# The person's own page


@both_languages
def test_the_person_sees_what_was_written(client, app, sent, language):
    prefix = PREFIXES[language]
    result = client.get(f"{prefix}/berkas/hasil")
    assert f"{prefix}/berkas/pesan" in [address for address, _ in links_of(parse(result))]
    page = client.get(f"{prefix}/berkas/pesan")
    assert page.headers["Cache-Control"] == "no-store"
    with looking(app) as session:
        texts = [outbox.written(m) for m in session.scalars(select(Message).order_by(Message.id))]
    assert len(texts) == 2
    shown = [words(box) for box in parse(page).with_class("hit")]
    assert len(shown) == 2
    assert texts[1] in shown[0], "the newest first"
    assert texts[0] in shown[1]
    assert all("SMS" in one and " WIT" in one for one in shown)
    assert PHONE[-4:] not in words(page)


def test_what_went_two_ways_stands_there_once(client, app, sent):
    with looking(app) as session:
        dossier = session.get_one(Dossier, sent)
        dossier.applicant.email = "contoh@example.test"
        outbox.announce(dossier, MessageKind.APPROVED, dedupe="1")
        session.commit()
    first, *others = parse(client.get("/en/berkas/pesan")).with_class("hit")
    assert len(others) == 2
    assert words(first).count("DPMPTSP Sorong") == 1
    assert "SMS, waits" in words(first)
    assert "E-mail, waits" in words(first)


@both_languages
def test_a_message_that_waits_for_the_morning_says_when(client, app, sent, language):
    with looking(app) as session:
        first = session.scalars(select(Message)).first()
        first.state = "waiting"
        session.commit()
    page = client.get(f"{PREFIXES[language]}/berkas/pesan")
    if language == "en":
        assert "We send it from" in words(page)
    assert words(page).count(" WIT") >= 2


def test_nobody_sees_the_messages_of_another(client, app, sent, new_client):
    with looking(app):
        other = opening.start(pin_hash(), "id")
        db.session.commit()
        other_id = other.id
    stranger = new_client()
    open_in(stranger, other_id)
    page = stranger.get("/berkas/pesan")
    assert parse(page).with_class("hit") == []
    assert new_client().get("/berkas/pesan").status_code == 403


def test_a_code_is_never_on_the_persons_page(client, app, sent):
    """Whoever has the file open could otherwise take the phone's place."""
    with looking(app) as session:
        dossier = session.get_one(Dossier, sent)
        outbox.announce(dossier, MessageKind.RECOVERY_CODE, dedupe="1", code="739214", minutes=15)
        session.commit()
    text = words(client.get("/berkas/pesan"))
    assert "739214" not in text
    assert "******" in text


@both_languages
def test_choosing_how_to_be_told(client, app, sent, language):
    url = f"{PREFIXES[language]}/berkas/pesan"
    form = form_of(client.get(url), url)
    assert form["saluran"] == "sms"
    answer = form.fill(saluran="whatsapp").submit()
    assert here(answer) == url
    assert parse(answer).with_class("ok")
    assert form_of(answer, url)["saluran"] == "whatsapp"
    answer = form_of(answer, url).fill(saluran="tidak").submit()
    assert form_of(answer, url)["saluran"] == "tidak"
    with looking(app) as session:
        dossier = session.get_one(Dossier, sent)
        assert wishes.chosen(dossier.applicant) is None
        outbox.announce(dossier, MessageKind.APPROVED, dedupe="1")
        session.commit()
    assert count(app, Message) == 2


def test_a_choice_that_does_not_exist(client, app, sent):
    for odd in ("email", "page", "", "x"):
        form = form_of(client.get("/berkas/pesan"), "/berkas/pesan")
        for box in form.box("saluran"):
            box.value = None
        form.box("saluran")[0].value = odd or None
        before = rows(app)
        answer = form.submit(follow=False)
        assert answer.status_code == 422
        assert parse(answer).with_class("err")
        assert rows(app) == before


def test_a_choice_needs_its_token_and_key(client, app, sent):
    before = rows(app)
    for gone in ("csrf_token", "kunci"):
        form = form_of(client.get("/berkas/pesan"), "/berkas/pesan").fill(saluran="tidak")
        answer = form.submit(without={gone}, follow=False)
        assert answer.status_code in {400, 422}
        assert rows(app) == before
        assert form_of(answer, "/berkas/pesan")["saluran"] == "tidak"


def test_a_choice_sent_twice(client, app, sent):
    form = form_of(client.get("/berkas/pesan"), "/berkas/pesan").fill(saluran="tidak")
    form.submit()
    before = rows(app)
    assert here(form.submit()) == "/berkas/pesan"
    assert rows(app) == before


def test_before_the_phone_number_is_known(client, app):
    with looking(app):
        number = opening.start(pin_hash(), "id").id
        db.session.commit()
    open_in(client, number)
    page = client.get("/berkas/pesan")
    assert page.status_code == 200
    assert all("saluran" not in form.names for form in [form_of(client.get("/latihan/pesan"))])
    assert "saluran" not in body_of(page)


def test_a_draft_may_choose_too(client, app):
    open_dossier(app, client)
    form = form_of(client.get("/berkas/pesan"), "/berkas/pesan")
    assert here(form.fill(saluran="whatsapp").submit()) == "/berkas/pesan"


# The practice outbox


@both_languages
def test_the_practice_messages_come_to_who_opened_the_file(client, app, sent, new_client, language):
    address = f"{PREFIXES[language]}/latihan/pesan"
    stranger = new_client()
    open_dossier(app, stranger)
    for other in (new_client(), stranger):
        assert parse(other.get(address)).with_class("hit") == []
    client.post("/berkas/selesai")
    page = client.get(address)  # as the phone goes on receiving
    boxes = [words(box) for box in parse(page).with_class("hit")]
    assert len(boxes) == 2
    with looking(app) as session:
        dossier = session.get_one(Dossier, sent)
        number = format_support_number(dossier.support_number)
        personal = [dossier.applicant.nik, dossier.applicant.name, PHONE[3:], "081200004567"]
    assert all(number in box and "•567" in box for box in boxes)
    assert [value for value in personal if value in body_of(page)] == []


def test_the_code_for_a_lost_pin_comes_to_who_opened_the_file_and_to_no_other(
    client, app, sent, new_client
):
    """A support number is made to be told: whoever knows it may ask for a code, and not read it."""
    with looking(app) as session:
        number = session.get_one(Dossier, sent).support_number
    stranger = new_client()
    for browser in (stranger, client):
        form_of(browser.get("/berkas/lupa"), "/berkas/lupa").fill(nomor=number).submit()
    run.sweep(app)
    run.sweep(app)
    code = re.compile(r"\b\d{3} ?\d{3}\b")
    assert not parse(stranger.get("/latihan/pesan")).with_class("hit")
    box = words(parse(client.get("/latihan/pesan")).with_class("hit")[0])
    form = form_of(client.get("/berkas/lupa/kode"), "/berkas/lupa/kode")
    assert here(form.fill(kode=code.findall(box)[-1]).submit()) == "/berkas/lupa/pin"
    form_of(client.get("/berkas/lupa/pin")).fill(pin=OTHER_PIN).submit()
    assert parse(client.get("/latihan/pesan")).with_class("hit"), "and goes on coming here"


def test_a_new_pin_puts_out_who_opened_the_file_before(client, app, sent):
    with looking(app) as session:
        pins.change_pin(session.get_one(Dossier, sent), pin_hash(OTHER_PIN), "code")
        session.commit()
    assert not parse(client.get("/latihan/pesan")).with_class("hit")


def test_it_exists_in_training_only(client, app, monkeypatch):
    settings = dataclasses.replace(app.config["SETTINGS"], mode=ServiceMode.ASSIST)
    monkeypatch.setitem(app.config, "SETTINGS", settings)
    assert client.get("/latihan/pesan").status_code == 404
    assert client.post("/latihan/pesan").status_code == 404


def test_pages_of_twenty(client, app):
    with looking(app) as session:
        dossier = sent_dossier()
        for number in range(40):
            outbox.announce(dossier, MessageKind.STATUS_CHANGED, dedupe=str(number))
        session.commit()
        dossier_id = dossier.id
    open_in(client, dossier_id)
    seen = []
    address = "/latihan/pesan"
    while address:
        page = parse(client.get(address))
        seen.append(len(page.with_class("hit")))
        older = [a for a, said in links_of(page) if "halaman" in a]
        address = next((a for a in older if a.endswith(f"={len(seen) + 1}")), "")
    assert seen == [20, 20, 2]
    for odd in ("0", "-1", "x", "٣", "999", "1e3", "99999999999999999999"):
        assert client.get(f"/latihan/pesan?halaman={odd}").status_code == 200


def queries(app, ask) -> int:
    """Return how many statements an answer costs."""
    seen: list[str] = []

    def note(_c, _cursor, statement, *_rest) -> None:
        if statement.upper().startswith(("SELECT", "INSERT", "UPDATE")):
            seen.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        assert ask().status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(seen)


def test_a_long_list_costs_no_more_queries(client, app, sent):
    few = [queries(app, lambda u=u: client.get(u)) for u in ("/latihan/pesan", "/berkas/pesan")]
    with looking(app) as session:
        dossier = session.get_one(Dossier, sent)
        for number in range(15):
            outbox.announce(dossier, MessageKind.STATUS_CHANGED, dedupe=str(number))
        session.commit()
        sent_dossier()
    many = [queries(app, lambda u=u: client.get(u)) for u in ("/latihan/pesan", "/berkas/pesan")]
    assert many == few
    assert few[0] == 2  # whose file this browser opened, and the messages of it


@both_languages
def test_playing_an_sms(client, app, sent, language):
    url = f"{PREFIXES[language]}/latihan/pesan"
    with looking(app) as session:
        number = session.get_one(Dossier, sent).support_number
    form = form_of(client.get(url), url).fill(dari="0812 0000 8888", teks=f"STATUS {number}")
    answer = form.submit()
    assert here(answer) == url
    boxes = [words(box) for box in parse(answer).with_class("hit")]
    assert len(boxes) == 3
    assert re.search(r"SRG (\d{4} ?){3}.*\d\d-\d\d-\d{4}", boxes[0])
    before = rows(app)
    form.submit()
    assert rows(app) == before, "sent twice, played once"


def test_playing_stop_ends_the_messages(client, app, sent):
    form = form_of(client.get("/latihan/pesan"), "/latihan/pesan")
    form.fill(dari="0812 0000 4567", teks="STOP").submit()
    with looking(app) as session:
        assert wishes.wants_none(PHONE, Channel.SMS)
        assert session.scalar(select(Message.kind).order_by(Message.id.desc())) == "stopped"


@both_languages
def test_playing_with_mistakes(client, app, language):
    url = f"{PREFIXES[language]}/latihan/pesan"
    answer = form_of(client.get(url), url).fill(dari="12", teks="").submit(follow=False)
    assert answer.status_code == 422
    assert len(parse(answer).with_class("err")) == 2
    assert form_of(answer, url)["dari"] == "12"
    form = form_of(client.get(url), url).fill(dari="0812 0000 8888", teks="halo")
    assert form.submit(without={"csrf_token"}, follow=False).status_code == 422
    assert form.submit(without={"kunci"}, follow=False).status_code == 400
    assert count(app, InboundMessage) == 0


# The hook


@pytest.fixture
def gateway(app, monkeypatch):
    """Send to the hook as a gateway does."""
    settings = dataclasses.replace(app.config["SETTINGS"], messages_inbound_token=TOKEN)
    monkeypatch.setitem(app.config, "SETTINGS", settings)
    client = app.test_client()

    def send(body: object = None, *, bearer: str | None = f"Bearer {TOKEN}", url="", **more):
        usual = {"from": SENDER, "text": "halo", "id": "a-1"}
        headers = {"Authorization": bearer} if bearer is not None else {}
        return client.post(
            f"{url}/api/pesan-masuk", json=usual if body is None else body, headers=headers, **more
        )

    return send


def test_an_sms_comes_in_and_is_answered_once(app, gateway):
    first = gateway()
    assert (first.status_code, first.json) == (200, {"id": "a-1", "status": "answered"})
    assert first.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in first.headers
    again = gateway()
    assert (again.status_code, again.json) == (first.status_code, first.json)
    assert (count(app, InboundMessage), count(app, Message)) == (1, 1)
    other = gateway({"from": SENDER, "text": "halo", "id": "a-2"})
    assert other.json == {"id": "a-2", "status": "ignored"}
    assert gateway(url="/en").json == first.json


@pytest.mark.parametrize(
    "bearer",
    [None, "", "Bearer", "Bearer ", "Bearer x", f"Basic {TOKEN}", TOKEN, f"Bearer {TOKEN}x",
     f"Bearer {TOKEN[:-1]}", "Bearer \u00e9"],
)  # fmt: skip
def test_without_the_token_nothing_happens(app, gateway, bearer):
    answer = gateway(bearer=bearer)
    assert (answer.status_code, answer.json) == (401, {"error": "token"})
    assert count(app, InboundMessage) == 0


@pytest.mark.parametrize("bearer", [None, "Bearer", "Bearer ", "Bearer x"])
def test_without_the_setting_nobody_gets_in(app, bearer):
    headers = {"Authorization": bearer} if bearer is not None else {}
    body = {"from": SENDER, "text": "halo", "id": "a-1"}
    answer = app.test_client().post("/api/pesan-masuk", json=body, headers=headers)
    assert answer.status_code == 401
    assert count(app, InboundMessage) == 0


@pytest.mark.parametrize(
    "body",
    [
        [],
        "text",
        {},
        {"from": SENDER, "text": "halo"},
        {"from": SENDER, "text": "halo", "id": ""},
        {"from": SENDER, "text": "halo", "id": "x" * 81},
        {"from": SENDER, "text": "x" * 2001, "id": "1"},
        {"from": "8" * 41, "text": "halo", "id": "1"},
        {"from": 62812, "text": "halo", "id": "1"},
        {"from": SENDER, "text": None, "id": "1"},
        {"from": SENDER, "text": ["halo"], "id": "1"},
    ],
)
def test_another_shape_is_refused(app, gateway, body):
    answer = gateway(body)
    assert (answer.status_code, answer.json) == (400, {"error": "shape"})
    assert count(app, InboundMessage) == 0


def test_what_is_no_json_is_refused(app, gateway):
    answer = app.test_client().post(
        "/api/pesan-masuk", data="halo", headers={"Authorization": f"Bearer {TOKEN}"}
    )
    assert answer.status_code == 400


def test_too_many_come_back_later(app, gateway, monkeypatch):
    monkeypatch.setattr(inbound.inbound, "ALL_AN_HOUR", 1)
    gateway()
    answer = gateway({"from": SENDER, "text": "STOP", "id": "a-2"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "600")
    assert count(app, InboundMessage) == 1
    assert gateway().status_code == 200


def test_guessing_the_token_is_slow(app, make_app):
    other = make_app(MESSAGES_INBOUND_TOKEN=TOKEN)
    client = other.test_client()
    body = {"from": SENDER, "text": "halo", "id": "a-1"}
    wrong = {"Authorization": "Bearer x"}
    codes = [
        client.post("/api/pesan-masuk", json=body, headers=wrong).status_code for _ in range(31)
    ]
    assert codes == [401] * SMS_INBOUND.item.amount + [429]


def test_a_gateway_that_knows_the_token_is_not_slowed(app, make_app):
    client = make_app(MESSAGES_INBOUND_TOKEN=TOKEN).test_client()
    right = {"Authorization": f"Bearer {TOKEN}"}
    for number in range(35):
        body = {"from": SENDER, "text": "halo", "id": str(number)}
        assert client.post("/api/pesan-masuk", json=body, headers=right).status_code == 200


def test_the_hook_takes_posts_only(client):
    assert client.get("/api/pesan-masuk").status_code == 405


def test_a_status_by_sms_says_what_the_page_says(app, gateway):
    with looking(app):
        number = sent_dossier().support_number
    assert gateway({"from": SENDER, "text": f"cek srg {number}", "id": "a-1"}).json == {
        "id": "a-1",
        "status": "answered",
    }
    with looking(app):
        bring_forward()
    run.sweep(app)
    with looking(app) as session:
        row = session.scalars(select(Message).order_by(Message.id.desc())).first()
        assert (row.kind, row.state, row.dossier_id) == ("status_answer", "sent", None)
        assert row.facts["turn"] == "done"
