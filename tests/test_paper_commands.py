"""flask papers: what staff who verify get to see, and what of it is recorded."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.domain.written.support_number import format_support_number
from app.extensions import db
from app.models.dossier import Event
from tests import papers
from tests.factories import dossier_at
from tests.services.papers.test_taking import NAMES_PAPERS, add


@pytest.fixture
def number(database) -> str:
    dossier = dossier_at(None, kbli_code=NAMES_PAPERS)
    add(dossier, papers.signed_pdf())
    add(dossier, papers.photo(), address="lain1")
    shown = format_support_number(dossier.support_number)
    database.rollback()  # so that the commands may write
    return shown


def test_the_verifier_gets_the_original_and_it_is_recorded(app, number, tmp_path):
    run = app.test_cli_runner().invoke
    listed = run(args=["papers", "list", number]).output
    assert "MARTHEN" not in listed
    signed, plain = (line.split()[0] for line in listed.splitlines())
    assert ["not signed" in line for line in listed.splitlines()] == [False, True]
    original, copy = tmp_path / "asli.pdf", tmp_path / "salinan.pdf"
    saved = run(args=["papers", "save", number, signed, str(original), "--original"])
    assert saved.exception is None, saved.exception
    assert saved.output == "saved. Signed by (not checked): MARTHEN CONTOH\n"
    assert original.read_bytes() == papers.signed_pdf()
    assert original.stat().st_mode & 0o077 == 0
    assert run(args=["papers", "save", number, plain, str(copy)]).output == "saved\n"
    kinds = db.session.scalars(select(Event.kind).order_by(Event.number)).all()
    assert kinds[-2:] == ["attachment_shown"] * 2
    db.session.rollback()
    for args, said in (
        ([number, plain, str(tmp_path / "x"), "--original"], "no original"),
        ([number, signed, str(copy)], "there already"),
        ([number, "999", str(tmp_path / "x")], "no such paper"),
        (["x", signed, str(tmp_path / "x")], "not a support number"),
    ):
        refused = run(args=["papers", "save", *args])
        assert refused.exit_code == 1
        assert said in refused.output
    assert not (tmp_path / "x").exists()
    db.session.rollback()
    assert db.session.scalars(select(Event.kind).order_by(Event.number)).all() == kinds
