"""Papers: what stands on one, what anybody may learn from its code, and who is kept out."""

from __future__ import annotations

import dataclasses
import io

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from app.domain.dossier.journey import StepName
from app.domain.dossier.known import MissingAnswer
from app.domain.nik.number import mask_nik
from app.domain.oss.codes import NibStatus
from app.domain.written.support_number import format_support_number
from app.models.dossier import Dossier, Paper
from app.services.papers import issued
from app.services.papers.issued import PublicFacts
from tests.factories import LOW, MEDIUM_LOW, PEOPLE, STREET, dossier_at, sent_dossier

ADDRESS = "http://127.0.0.1:8000/verifikasi/ABCDEFGH2345"


@pytest.fixture
def dossier(database) -> Dossier:
    return sent_dossier()


def text_of(paper: Paper) -> str:
    drawn = issued.draw(paper, ADDRESS)
    assert drawn.startswith(b"%PDF-")
    pages = PdfReader(io.BytesIO(drawn)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_a_dossier_has_no_paper_before_its_nib(database):
    assert issued.of(dossier_at(None)) is None
    assert database.scalars(select(Paper)).all() == []


def test_a_paper_is_found_by_its_code_only(dossier):
    paper = issued.of(dossier)
    assert paper is not None
    assert issued.find(paper.code) is paper
    for other in (paper.number, paper.code[:-1], paper.code.lower(), "", "%", dossier.pin_hash):
        assert issued.find(other) is None


def test_public_facts_are_about_the_paper_and_nobody(dossier):
    paper = issued.of(dossier)
    assert paper is not None
    facts = issued.public_facts(paper)
    assert dossier.handover is not None
    assert facts == PublicFacts(
        kind="nib",
        number=dossier.handover.nib or "",
        specimen=True,
        issued_at=paper.issued_at,
        kbli_codes=(LOW,),
        nib_status=NibStatus.ACTIVE,
    )
    names = {field.name for field in dataclasses.fields(PublicFacts)}
    assert names == {"kind", "number", "specimen", "issued_at", "kbli_codes", "nib_status"}


def test_what_stands_on_the_paper(dossier):
    paper = issued.of(dossier)
    assert paper is not None
    text = text_of(paper)
    who = PEOPLE["kiosk"]
    for expected in (
        paper.number,
        who.name.upper() if who.name.upper() in text else who.name,
        STREET,
        "Malawili",
        LOW,
        "LATIHAN",
        format_support_number(dossier.support_number),
        " ".join(paper.code[i : i + 4] for i in (0, 4, 8)),
    ):
        assert expected in text, expected


def test_what_never_stands_on_the_paper(dossier):
    paper = issued.of(dossier)
    assert paper is not None
    text = text_of(paper).replace(" ", "")
    who = PEOPLE["kiosk"]
    for secret in (who.nik, who.nik[-4:], mask_nik(who.nik), "4567", "1987", who.birth_date.year):
        assert str(secret) not in text, secret


def test_the_paper_of_medium_low_risk_names_its_certificate(database):
    paper = issued.of(sent_dossier(kbli_code=MEDIUM_LOW))
    assert paper is not None
    assert "Sertifikat Standar" in text_of(paper)


def test_a_paper_can_be_drawn_twice_alike(dossier):
    paper = issued.of(dossier)
    assert paper is not None
    assert text_of(paper) == text_of(paper)


@pytest.mark.parametrize("who", ["apostrophe", "one_word", "hyphen", "dot"])
def test_names_of_every_kind_are_printed_as_typed(database, who):
    paper = issued.of(sent_dossier(who=who))
    assert paper is not None
    text = text_of(paper)
    name = PEOPLE[who].name
    assert name in text or name.upper() in text


@pytest.mark.parametrize("typed", ['#panic("x")', "<script>x</script>", "*x* _y_ $1$ @a [b] \\n"])
def test_what_was_typed_is_printed_and_not_obeyed(database, typed):
    dossier = dossier_at(None)
    dossier.activity.trade_name = typed
    dossier.activity.street = typed
    paper = Paper(
        code="ABCDEFGH2345", kind="nib", number="0000123456789", specimen=True,
        issued_at=dossier.created_at,
    )  # fmt: skip
    dossier.papers.append(paper)
    with pytest.raises(MissingAnswer):
        issued.draw(paper, ADDRESS)  # nothing was handed over yet
    done = sent_dossier()
    done.activity.trade_name = done.activity.street = typed
    found = issued.of(done)
    assert found is not None
    assert typed.split()[0] in text_of(found)
    assert dossier.activity.trade_name == typed


def test_a_dossier_under_way_has_no_public_facts(database):
    dossier = dossier_at(StepName.LAND)
    assert dossier.papers == []
    assert dossier.handover is None
