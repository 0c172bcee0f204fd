"""The commands that stand in for staff pages: give back, record a status, reopen."""

from __future__ import annotations

import pytest
from flask.testing import FlaskCliRunner

from app.domain.oss.handover import HandoverState
from app.domain.written.support_number import format_support_number
from app.models.dossier import Dossier
from app.services.licence import gate, standing
from tests.factories import looking, new_line, sent_dossier


@pytest.fixture
def runner(app) -> FlaskCliRunner:
    new_line(app)
    return app.test_cli_runner()


@pytest.fixture
def number(app, runner) -> str:
    """The Nomor Bantuan of a file whose certificate waits for an office."""
    with looking(app):
        return format_support_number(sent_dossier(kbli_code="11052").support_number)


def id_izin(app) -> str:
    with looking(app) as session:
        return standing.of(session.query(Dossier).one())[0].id_izin


def test_a_status_is_recorded_once(app, runner, number):
    command = ["licence", "status", number, id_izin(app), "10"]
    assert runner.invoke(args=command).output == "recorded\n"
    assert runner.invoke(args=command).output == "nothing new\n"
    assert " 10 complete" in runner.invoke(args=["licence", "list", number]).output


def test_a_file_is_given_back_with_its_reasons(app, runner, number):
    runner.invoke(args=["licence", "status", number, id_izin(app), "10"])
    answer = runner.invoke(
        args=[
            "dossier", "return", number,
            "--reason", "unreadable", "--target", "paper:ktp",
            "--reason", "place_not_in_plan", "--target", "step:tempat:0",
            "--note", "Foto gelap", "--days", "3",
        ]
    )  # fmt: skip
    assert answer.exit_code == 0, answer.output
    assert answer.output.startswith("given back, answer until 20")
    with looking(app) as session:
        items = gate.open_items(session.query(Dossier).one())
        assert [(i.target, i.reason_code, i.note) for i in items] == [
            ("paper:ktp", "unreadable", "Foto gelap"),
            ("step:tempat:0", "place_not_in_plan", "Foto gelap"),
        ]


@pytest.mark.parametrize(
    "arguments",
    [
        ["dossier", "return", "{n}", "--reason", "unreadable"],
        ["dossier", "return", "{n}", "--reason", "unreadable", "--target", "x"],
        ["dossier", "return", "{n}", "--reason", "odd", "--target", "paper:ktp"],
        ["dossier", "return", "{n}", "--reason", "duplicate", "--target", "paper:ktp"],
        [
            "dossier",
            "return",
            "{n}",
            "--reason",
            "unreadable",
            "--target",
            "paper:ktp",
            "--licence",
            "I-0",
        ],
        ["dossier", "return", "1", "--reason", "unreadable", "--target", "paper:ktp"],
        ["licence", "status", "{n}", "I-0", "10"],
        ["licence", "status", "{n}", "I-0", "41"],
        ["licence", "status", "{n}", "I-0", "77"],
        ["dossier", "reopen", "{n}"],
    ],
    ids=" ".join,
)
def test_mistakes_are_said_and_change_nothing(app, runner, number, arguments):
    answer = runner.invoke(args=[argument.format(n=number) for argument in arguments])
    assert answer.exit_code != 0
    assert "Error" in answer.output
    with looking(app) as session:
        (row,) = standing.of(session.query(Dossier).one())
        assert row.status == "09"


def test_a_refused_file_is_reopened(app, runner, number):
    with looking(app) as session:
        dossier = session.query(Dossier).one()
        for row in standing.of(dossier):
            for event in row.events:
                session.delete(event)
            session.delete(row)
        dossier.handover.state = HandoverState.REFUSED
        session.commit()
    assert runner.invoke(args=["dossier", "reopen", number]).output == "reopened\n"
    with looking(app) as session:
        dossier = session.query(Dossier).one()
        assert (dossier.sent_at, dossier.handover) == (None, None)
        assert dossier.applicant.nik is not None
