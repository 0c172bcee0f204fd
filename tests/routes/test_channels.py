"""Only ways that work are offered; where none does, the page says what to do instead."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from app.adapters.messages import Messages, PageOutbox
from app.config import read_settings
from app.domain.sending.messages import PHONE_CHANNELS, Channel
from app.extensions import ports
from app.gateways import make_messages
from app.models.message import Message
from app.models.own_data import Recovery
from app.services.messages.outbox import CodeWay, code_way
from tests.client import form_of, links_of, main_words, parse
from tests.factories import dossier_at, looking, open_dossier
from tests.pages import PREFIXES

GATEWAY = {"SMS_GATEWAY_URL": "https://sms.example", "SMS_GATEWAY_TOKEN": "rahasia-untuk-sms"}
ASKING = ("/berkas/lupa", "/berkas/lupa/nomor", "/berkas/lupa/pendamping")
both_languages = pytest.mark.parametrize("language", PREFIXES)


@pytest.fixture
def carried(monkeypatch):
    """Let exactly these channels be sent on."""

    def carry(*channels: Channel) -> None:
        outbox = Messages({each: PageOutbox() for each in channels})
        monkeypatch.setattr(ports, "messages", outbox)

    return carry


@pytest.mark.parametrize(
    ("env", "channels"),
    [
        ({}, set(Channel) - {Channel.PAGE}),  # the practice outbox
        ({"SERVICE_MODE": "assist"}, set()),
        ({"SERVICE_MODE": "assist", **GATEWAY}, {Channel.SMS}),
        ({"SERVICE_MODE": "assist", "MESSAGES": "page", **GATEWAY}, set()),
    ],
)
def test_outside_practice_nothing_goes_without_a_gateway(env, channels):
    assert make_messages(read_settings(env)).carried == channels


@pytest.mark.parametrize(
    ("channels", "way"),
    [
        ((), CodeWay.NOWHERE),
        ((Channel.EMAIL,), CodeWay.EMAIL),
        *(((each, Channel.EMAIL), CodeWay.PHONE) for each in PHONE_CHANNELS),
    ],
)
def test_where_a_code_goes(application, carried, channels, way):
    carried(*channels)
    assert code_way() is way


@both_languages
@pytest.mark.parametrize("address", ASKING)
def test_no_code_is_offered_that_goes_nowhere(client, app, carried, language, address):
    with looking(app):
        number = dossier_at(None).support_number
    address = PREFIXES[language] + address
    form = form_of(client.get(address))
    carried()
    page = client.get(address)
    assert parse(page).all("form", within=parse(page).by_id("isi")) == []
    assert {"id": "Datang ke DPMPTSP, bawa KTP", "en": "Come to DPMPTSP with your KTP"}[
        language
    ] in main_words(page)
    to = [link for link, _ in links_of(parse(page))]
    assert {f"{PREFIXES[language]}/berkas/lupa/loket", f"{PREFIXES[language]}/lacak"} <= set(to)
    if address.endswith("lupa"):  # a form that was open before the gateway went
        answer = form.fill(nomor=number).submit()
        assert answer.status_code == 200
        assert main_words(answer) == main_words(page)
        with looking(app) as session:
            assert session.scalar(select(func.count(Recovery.id))) == 0
            assert session.scalar(select(func.count(Message.id))) == 0


def test_a_code_by_email_alone_says_so(client, carried):
    carried(Channel.EMAIL)
    for address in ASKING[:2]:
        said = main_words(client.get(f"/en{address}"))
        assert "to the e-mail in your file" in said
        assert "to the phone in your file" not in said


@both_languages
def test_wishes_are_asked_for_only_where_something_can_be_sent(client, app, carried, language):
    open_dossier(app, client)
    address = PREFIXES[language] + "/berkas/pesan"
    practice = {"id": "Dalam latihan tidak ada pesan ke HP", "en": "In practice nothing goes"}
    assert practice[language] in main_words(client.get(address))
    carried()
    page = parse(client.get(address))
    assert page.all("form", within=page.by_id("isi")) == []
    nothing = {"id": "Kami belum bisa kirim SMS", "en": "We cannot send SMS, WhatsApp"}
    assert nothing[language] in main_words(client.get(address))
