"""Is this paper true: anybody with its code may ask, and learns nothing about its holder."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from io import BytesIO

import pytest
from pypdf import PdfReader

from app.models.dossier import Handover, Paper
from app.services.reference.book import get_book
from tests.client import body_of, form_of, here, parse, words
from tests.factories import (
    LOW,
    MEDIUM_LOW,
    PEOPLE,
    STREET,
    dossier_at,
    looking,
    open_in,
    rows,
    sent_dossier,
)
from tests.pages import PREFIXES

both_languages = pytest.mark.parametrize("language", PREFIXES)


@pytest.fixture
def code(app) -> str:
    """The code of a paper that was made."""
    with looking(app):
        return sent_dossier().papers[0].code


def ask(client, code: str, prefix: str = ""):
    return form_of(client.get(f"{prefix}/verifikasi")).fill(kode=code).submit()


def follow(client, response):
    while response.status_code == 303:
        response = client.get(response.headers["Location"])
    return response


@both_languages
def test_a_code_leads_to_what_is_true_of_the_paper(client, app, code, language):
    answer = follow(client, ask(client, code, PREFIXES[language]))
    assert here(answer) == f"{PREFIXES[language]}/verifikasi/{code}"
    text = words(parse(answer).by_id("isi"))
    with looking(app) as session:
        number = session.query(Paper.number).scalar()
    assert number in text
    entry = get_book().kbli(2025, LOW)
    assert f"{getattr(entry, f'plain_{language}')} {LOW}" in text, "plain words, then the code"
    assert " WIT" in text
    if language == "en":
        assert "This is not a real NIB." in text
        assert "active" in text


@pytest.mark.parametrize(
    "write",
    [
        lambda c: c.lower(),
        lambda c: f"{c[:4]} {c[4:8]} {c[8:]}",
        lambda c: f"{c[:4]}-{c[4:8]}-{c[8:]}",
        lambda c: f"  {c}. ",
    ],
)
def test_it_may_be_typed_as_it_is_printed(client, code, write):
    answer = follow(client, ask(client, write(code)))
    assert (answer.status_code, here(answer)) == (200, f"/verifikasi/{code}")


def test_the_address_in_the_picture_opens_also_in_small_letters(client, code):
    assert client.get(f"/verifikasi/{code.lower()}").status_code == 200


@both_languages
def test_nothing_about_the_holder_is_told(client, app, code, language):
    answer = client.get(f"{PREFIXES[language]}/verifikasi/{code}")
    who = PEOPLE["kiosk"]
    with looking(app) as session:
        support_number = session.query(Paper).one().dossier.support_number
    secrets = [
        who.nik, who.name, STREET, "Kios Contoh", "4567", "Malawili", str(who.birth_date.year),
        support_number, support_number[:4] + " " + support_number[4:8],
    ]  # fmt: skip
    assert [secret for secret in secrets if secret in body_of(answer)] == []


@both_languages
def test_a_code_that_we_never_made_is_not_to_be_trusted(client, code, language):
    for unknown in ("ABCDEFGH2345", "222222222222", "ZZZZZZZZZZZZ", code[::-1]):
        answer = follow(client, ask(client, unknown, PREFIXES[language]))
        assert answer.status_code == 404, unknown
        if language == "en":
            assert "do not trust the paper" in words(answer)


SLIPS = [
    "", "abc", "ABCDEFGH234", "ABCDEFGH23456", "ABCDEFGH234O", "ABCDEFGH2341", "IIIIIIIIIIII",
    "<b>ABCDEFGH2</b>", "' OR 1=1 --", "é" * 12, "A" * 5000,
]  # fmt: skip


@both_languages
def test_a_slip_comes_back_to_be_mended(client, language):
    for typed in SLIPS:
        answer = ask(client, typed, PREFIXES[language])
        assert answer.status_code == 422, typed
        assert form_of(answer)["kode"] == typed[:60]
        assert client.get(f"/verifikasi/{typed[:60]}").status_code in {200, 404, 308}, typed


def test_neither_number_nor_nib_opens_a_paper(client, app, code):
    with looking(app) as session:
        paper = session.query(Paper).one()
        numbers = [paper.number, paper.dossier.support_number]
    for number in numbers:
        assert client.get(f"/verifikasi/{number}").status_code == 404
        assert follow(client, ask(client, number)).status_code in {404, 422}


def test_asking_changes_nothing(client, app, code):
    before = rows(app)
    client.get(f"/verifikasi/{code}")
    client.get("/verifikasi/ABCDEFGH2345")
    assert rows(app) == before


@pytest.mark.parametrize(("status", "said"), [("05", "frozen"), ("06", "revoked")])
def test_the_state_of_the_nib_is_told(client, app, code, status, said):
    with looking(app) as session:
        session.query(Handover).update({"nib_status": status})
        session.commit()
    assert said in words(client.get(f"/en/verifikasi/{code}"))


def test_the_moment_on_the_page_is_that_of_sorong(client, app, code):
    with looking(app) as session:
        session.query(Paper).update({"issued_at": datetime(2026, 12, 31, 15, 30, tzinfo=UTC)})
        session.commit()
    assert "Jumat, 1 Januari 2027, 00.30 WIT" in words(client.get(f"/verifikasi/{code}"))


def test_paper_and_page_agree(client, app):
    with looking(app):
        dossier = sent_dossier(kbli_code=MEDIUM_LOW)
        dossier_id, code = dossier.id, dossier.papers[0].code
    open_in(client, dossier_id)
    paper = client.get("/berkas/nib.pdf")
    assert paper.headers["Content-Disposition"] == 'inline; filename="nib-latihan.pdf"'
    printed = " ".join(page.extract_text() for page in PdfReader(BytesIO(paper.data)).pages)
    (number,) = re.findall(r"(?<!\d)0000\d{9}(?!\d)", words(client.get(f"/verifikasi/{code}")))
    assert number in printed
    assert re.sub(r"\s", "", code) in re.sub(r"\s", "", printed)
    assert MEDIUM_LOW in printed


def test_there_is_no_paper_before_there_is_a_nib(client, app):
    with looking(app):
        dossier_id = dossier_at(None).id
    open_in(client, dossier_id)
    assert client.get("/berkas/nib.pdf").status_code == 404
