"""flask nib: a NIB told for two files, and how staff decide whose it is."""

from __future__ import annotations

import pytest

from app.domain.licence.turns import Turn
from app.domain.nik.verdict import NikClass
from app.domain.oss.nib import NibSource
from app.models.dossier import Dossier
from app.services.licence import standing
from app.services.messages import outbox
from app.services.oss import nib_decisions, nibs, verdicts
from app.services.tracking import progress
from tests.factories import MEDIUM_HIGH, PEOPLE, looking, sent_dossier

NIB, OTHER = "8120207732258", "8120207732259"


@pytest.fixture
def assist(make_app):
    return make_app(testing=True, SERVICE_MODE="assist")


@pytest.fixture
def clash(app, assist) -> tuple[str, str]:
    """The one that has the NIB, the one that asks for it: their support numbers."""
    with looking(assist) as session:
        holder, asking = sent_dossier(kbli_code=MEDIUM_HIGH), sent_dossier(who="fisher")
        for each in (holder, asking):
            verdicts.record_by_staff(each, NikClass.MATCH)
        nibs.receive(holder, NIB, NibSource.TYPED)
        with pytest.raises(nibs.NibTaken):
            nibs.receive(asking, NIB, NibSource.TYPED)
        session.commit()
        return holder.support_number, asking.support_number


def file_of(session, number: str) -> Dossier:
    return session.query(Dossier).filter_by(support_number=number).one()


def facts_of(dossier: Dossier) -> list[tuple[str, object]]:
    return [(e.kind, e.facts.get("kept")) for e in dossier.events if e.kind == "nib_decided"]


def flask_nib(app, *args: str):
    return app.test_cli_runner().invoke(args=["nib", *args])


def test_both_files_are_shown_and_nobody_is_named(assist, clash):
    shown = flask_nib(assist, "clash", clash[1], NIB)
    assert shown.exit_code == 0
    assert "not seen" in shown.output
    for key in ("kiosk", "fisher"):
        who = PEOPLE[key]
        assert who.name.split()[0] not in shown.output
        assert who.nik[:13] not in shown.output
        assert who.nik[-3:] in shown.output
    assert flask_nib(assist, "clash", clash[1], OTHER).exit_code == 1
    assert flask_nib(assist, "clash", clash[0], NIB).exit_code == 1, "its own NIB is no clash"


def test_given_to_who_brings_the_paper(assist, clash):
    assert flask_nib(assist, "decide", clash[1], NIB, "--for", "asking").output == "decided\n"
    with looking(assist) as session:
        holder, asking = (file_of(session, number) for number in clash)
        assert asking.handover.nib == NIB
        assert progress.turn_of(asking) is Turn.DONE, "staff have seen the paper"
        assert (holder.handover.nib, holder.handover.nib_shared) == (None, False)
        assert progress.turn_of(holder) is Turn.FILE_AT_OSS
        assert standing.of(holder) == [], "what was told of the wrong NIB goes with it"
        assert [facts_of(each) for each in (asking, holder)] == [
            [("nib_decided", True)],
            [("nib_decided", False)],
        ]
        assert outbox.of_dossier(holder)[0].kind == "status_changed"
        nibs.receive(holder, OTHER, NibSource.TYPED)
    again = flask_nib(assist, "decide", clash[1], NIB, "--for", "asking")
    assert again.exit_code == 1, "decided once"


def test_left_with_its_holder(assist, clash):
    assert flask_nib(assist, "decide", clash[1], NIB, "--for", "holder").output == "decided\n"
    with looking(assist) as session:
        holder, asking = (file_of(session, number) for number in clash)
        assert (holder.handover.nib, asking.handover.nib) == (NIB, None)
        assert holder.handover.nib_seen_at is not None
        assert [facts_of(each) for each in (asking, holder)] == [
            [("nib_decided", False)],
            [("nib_decided", True)],
        ]


def test_nobody_decides_against_oss(assist, clash):
    with looking(assist) as session:
        holder = file_of(session, clash[0])
        holder.handover.nib_confirmed_at = holder.handover.nib_at
        session.commit()
    refused = flask_nib(assist, "decide", clash[1], NIB, "--for", "asking")
    assert refused.exit_code == 1
    with looking(assist) as session:
        holder, asking = (file_of(session, number) for number in clash)
        assert (holder.handover.nib, asking.handover.nib) == (NIB, None)
        with pytest.raises(nib_decisions.NotContested):
            nib_decisions.give(asking, OTHER, [])
