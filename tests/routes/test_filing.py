"""Outside practice: filing at oss.go.id with the answers at hand, and the NIB that comes of it."""

from __future__ import annotations

import csv
import io
import json
import re
from urllib.parse import urlencode

import pypdf
import pytest
import segno
from flask import Flask

from app.adapters.licensing import to_wire
from app.domain.nik_check import NikClass
from app.extensions import db
from app.models.dossier import Dossier
from app.services import handovers, nik_checks
from app.services.reference import get_book
from tests.client import (
    HTMX,
    CheckingClient,
    body_of,
    form_of,
    here,
    links_of,
    parse,
    title_of,
    words,
)
from tests.factories import looking, new_line, open_in, sent_dossier
from tests.pages import PREFIXES, PUBLIC, Walk, persona
from tests.pseudo import bare_words
from tests.routes.test_weights import FULL_PAGE, PackedClient, wire_size
from tests.services.test_nibs import FOR_OSS, NIB, OTHER, Oss

both_languages = pytest.mark.parametrize("language", PREFIXES)
FILES = ("pdf", "json", "csv")

# Answers without any word that practice uses, so that the words below can only be ours.
PLAIN = persona(
    "plain",
    "kiosk",
    diri={"nama": "Yosina Mambrasar"},
    alamat={"jalan": "Jalan Mangga 7, dekat pasar"},
    usaha={"usaha": "Kios Mangga"},
    tempat={"jalan": "Jalan Mangga 7, dekat pasar"},
)
PRACTICE_WORDS = re.compile(
    r"practi[cs]e|\blatihan\b|specimen|\bcontoh nib\b|not a real|bukan nib sungguhan|simulat|"
    r"\b0000\d{9}\b",
    re.IGNORECASE,
)


@pytest.fixture(autouse=True)
def fresh_line(app):
    """The practice registry remembers how often it was asked about somebody."""
    new_line(app)
    yield
    new_line(app)


@pytest.fixture
def connected(make_app) -> Flask:
    return make_app(testing=True, SERVICE_MODE="connected", **FOR_OSS)


@pytest.fixture(params=["assist", "connected"])
def real(request) -> Flask:
    """Each mode outside practice."""
    return request.getfixturevalue(request.param)


def ready(app: Flask, client: CheckingClient, *, matched: bool = True, who: str = "kiosk") -> int:
    """Put a dossier that is ready for OSS into a browser; return its number."""
    with looking(app):
        dossier = sent_dossier(who=who)
        if matched:
            nik_checks.record_by_staff(dossier, NikClass.MATCH)
        db.session.commit()
        dossier_id = dossier.id
    open_in(client, dossier_id)
    return dossier_id


def events_of(app: Flask, dossier_id: int) -> list[tuple[str, dict[str, object]]]:
    with looking(app) as session:
        dossier = session.get(Dossier, dossier_id)
        assert dossier is not None
        return [(event.kind, event.facts) for event in dossier.events]


# No word of practice outside practice


@both_languages
@pytest.mark.parametrize("htmx", [False, True], ids=["plain", "htmx"])
def test_the_whole_way_says_nothing_of_practice(real, language, htmx):
    client = real.test_client()
    walk = Walk(client, PLAIN, language=language, htmx=htmx)
    walk.to("hasil")
    pages = [*walk.shown.values(), *walk.answers]
    number = walk.number.replace(" ", "+")
    prefix = PREFIXES[language]
    for path in ("untuk-oss", "nib-saya", "hasil", "nik"):
        pages.append(client.get(f"{prefix}/berkas/{path}"))
    pages.append(client.get(f"{prefix}/lacak?nomor={number}"))
    pages.append(form_of(client.get(f"{prefix}/berkas/nib-saya"), "/nib-saya").submit())
    pages.append(
        form_of(client.get(f"{prefix}/berkas/nib-saya"), "/nib-saya").fill(nib=NIB).submit()
    )
    pages += [client.get(f"{prefix}/berkas/{path}") for path in ("hasil", "nib-saya")]
    pages.append(client.get(f"{prefix}/lacak?nomor={number}"))
    found = {
        page.request.path: PRACTICE_WORDS.findall(body_of(page) + title_of(parse(page)))
        for page in pages
    }
    assert {path: said for path, said in found.items() if said} == {}
    assert NIB[:4] in words(pages[-3])


@both_languages
def test_no_public_page_speaks_of_practice(real, language):
    client = real.test_client()
    found = {}
    for path, status in PUBLIC.values():
        if path.startswith("/latihan"):
            continue  # the practice space beside the service, see tests/test_practice_space.py
        page = client.get(PREFIXES[language] + path)
        assert page.status_code == status
        # The front page may lead out to the practice space; that is all.
        text = re.sub(r"<a [^>]*/latihan.*?</a>", "", body_of(page), flags=re.S)
        if said := PRACTICE_WORDS.findall(text):
            found[path] = said
    assert found == {}


def test_practice_itself_still_says_so(client):
    assert PRACTICE_WORDS.search(words(client.get("/en/")))
    assert PRACTICE_WORDS.search(words(client.get("/en/privasi")))


def test_every_page_says_what_the_service_is(real):
    client = real.test_client()
    for path, _ in PUBLIC.values():
        if path.startswith("/latihan"):
            continue  # not this service
        (line,) = parse(client.get("/en" + path)).with_class("mode")
        assert "oss.go.id" in words(line), path


def test_nothing_of_practice_is_made(real):
    client = real.test_client()
    ready(real, client)
    assert client.get("/berkas/nib.pdf").status_code == 404
    form_of(client.get("/berkas/nib-saya"), "/nib-saya").fill(nib=NIB).submit()
    assert client.get("/berkas/nib.pdf").status_code == 404, "the person prints it at OSS"
    with looking(real) as session:
        assert session.query(Dossier).one().papers == []


@both_languages
def test_every_word_is_marked(real, pseudo_client, language):
    real.test_client_class = CheckingClient
    client = real.test_client()
    walk = Walk(client, PLAIN, language=language)
    walk.to("hasil")
    prefix = PREFIXES[language]
    shown = {"periksa": walk.shown["periksa"], "nik": walk.shown["nik"], "hasil": walk.response}
    shown["untuk-oss"] = client.get(f"{prefix}/berkas/untuk-oss")
    shown["nib-saya"] = client.get(f"{prefix}/berkas/nib-saya")
    shown["lacak"] = client.get(f"{prefix}/lacak?nomor={walk.number.replace(' ', '+')}")
    form = form_of(shown["nib-saya"], "/nib-saya")
    shown["salah"] = form.fill(nib="12").submit(follow=False)
    shown["ada"] = form.fill(nib=NIB).submit()
    shown["privasi"] = client.get(f"{prefix}/privasi")
    typed = [answer for page in PLAIN.answers.values() for answer in page.values()]
    typed += ["oss.go.id", "CSV", "JSON", "Papua Barat Daya"]
    bare = {}
    with real.app_context():
        for name, page in shown.items():
            if left := bare_words(parse(page), language, get_book(), typed):
                bare[name] = left
    assert bare == {}


# Everything for OSS, in its order


@both_languages
def test_a_change_is_finished_with_the_number_that_the_nib_has(assist, language):
    """The whole way of a change at OSS: it keeps its NIB, so the page asks with it filled in."""
    prefix = PREFIXES[language]
    client = assist.test_client()
    ready(assist, client)
    form_of(client.get(f"{prefix}/berkas/nib-saya"), "/nib-saya").fill(nib=NIB).submit()
    form_of(client.get(f"{prefix}/berkas/perubahan/minta?jenis=data-diri")).submit()
    walk = Walk(client, PLAIN, language=language)
    walk.response = client.get(f"{prefix}/berkas/telepon")
    walk.to("hasil")
    asked = form_of(client.get(f"{prefix}/berkas/nib-saya"), "/nib-saya")
    assert (asked["nib"] or "").replace(" ", "") == NIB
    told = asked.submit()
    assert here(told) == f"{prefix}/berkas/hasil"
    assert not parse(told).with_class("bad", "div")
    with looking(assist) as session:
        kept = session.query(Dossier).order_by(Dossier.id).all()
        assert [dossier.handover.nib for dossier in kept] == [NIB, NIB]
