"""The journey driver walks against a live server, so that what `make bench` measures is true."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

import tests.personas
from app.domain.business_size import BusinessSize
from app.domain.estimate import JourneyReason
from app.domain.legal_form import LegalForm
from app.domain.nik_check import NikClass
from app.domain.risk import RiskLevel
from app.services.reference import get_book
from tests import journey
from tests.journey import Journey, Outcome
from tests.personas import Decision, Persona, personas
from tests.tools.phone import Kind
from tests.tools.server import Data, serving


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the service as it runs in earnest, on data of its own.

    The built-in registry misbehaves at the first calls about a person only, so each of its
    difficult people walks once.
    """
    with serving(Data(tmp_path_factory.mktemp("live"))) as server:
        yield server.base


def walk(live: str, name: str, language: str = "id", *, htmx: bool = False) -> Outcome:
    """Walk as one person, who must come to what the table expects."""
    outcome = Journey(live, personas()[name], language=language, htmx=htmx, patience_s=20).walk()
    assert outcome.ok, journey.in_a_line(outcome)
    return outcome


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("htmx", [False, True], ids=["plain", "htmx"])
def test_a_kiosk_gets_its_nib(live: str, language: str, htmx: bool) -> None:
    outcome = walk(live, "kiosk", language, htmx=htmx)
    assert outcome.outcome == "nib"
    assert outcome.nib is not None
    assert outcome.nib.startswith("0000")  # never a real one
    assert outcome.mended == 0
    assert not outcome.notes
    assert outcome.paper.requests == 1
    assert outcome.connections == 1
    assert {e.kind for e in outcome.exchanges} >= {Kind.PAGE, Kind.STYLE, Kind.IMAGE}
    assert (Kind.SCRIPT in {e.kind for e in outcome.exchanges}) == htmx


@pytest.mark.parametrize(
    ("name", "language", "htmx", "comes_to"),
    [
        ("lives-elsewhere", "id", False, "nib"),
        ("farmer", "en", True, "nib"),
        ("quota", "id", True, "nib"),
        ("down-registry", "en", False, "waiting"),
        ("name-differs", "id", False, "nik:name_mismatch"),
        ("birth-date-differs", "en", True, "nik:birth_date_mismatch"),
        ("medium-high", "id", False, "nib+handed_in"),
        ("unknown-risk", "en", True, "obstacle:risk_not_known"),
        ("size-not-offered", "id", False, "obstacle:size_not_offered"),
        ("builder", "en", False, "nib+rejected"),
        ("given-back", "id", True, "nib+sent_again"),
        ("cannery", "en", False, "nib+approved"),
        ("partnership-sand", "id", True, "nib+approved"),
        ("not-in-deed", "id", False, "obstacle:not_in_deed"),
        ("cooperative", "en", True, "nib"),
        ("villages-together", "id", True, "nib+approved"),
        ("branch-builds", "en", False, "nib+approved"),
        ("two-offices", "id", False, "nib+approved"),
        ("trade-conflict", "en", True, "obstacle:trade_conflict"),
    ],
)
def test_everybody_comes_to_what_the_table_expects(
    live: str, name: str, language: str, htmx: bool, comes_to: str
) -> None:
    assert walk(live, name, language, htmx=htmx).outcome == comes_to


def test_each_step_is_one_round_trip_with_htmx(live: str) -> None:
    outcome = walk(live, "kiosk", htmx=True)
    sent = [e for e in outcome.exchanges if e.method == "POST"]
    assert {e.status for e in sent} == {200}
    assert len(sent) == len({e.path for e in sent})


def test_the_command_fails_when_the_outcome_is_another(
    live: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert journey.main(["--base", live, "--persona", "not-found"]) == 0
    monkeypatch.setattr(Persona, "came_out", lambda self, outcome: False)
    assert journey.main(["--base", live, "--persona", "not-found", "--json"]) == 1
    assert '"ok": false' in capsys.readouterr().out


def test_mending_is_walked_through_the_page_that_lists_it(live: str) -> None:
    outcome = walk(live, "syrup-maker")
    paths = [(e.method, e.path) for e in outcome.exchanges]
    mended, sent = ("POST", "/berkas/tempat"), ("POST", "/berkas/perbaikan")
    assert paths.count(mended) == 2  # on the way, and given back
    assert paths.index(sent) > paths.index(("POST", "/berkas/latihan-petugas"))
    assert paths[::-1].index(mended) > paths[::-1].index(sent)


def test_every_persona_of_the_table_can_be_read() -> None:
    table = personas()
    assert len({persona.name for persona in table.values()}) == len(table)
    for persona in table.values():
        assert persona.about.endswith(".")
        assert persona.expects.split("+")[0].split(":")[0] in {
            "nib", "waiting", "refused", "nik", "obstacle"
        }  # fmt: skip
        if persona.office:
            assert persona.expects.startswith("nib+")


def test_the_table_covers_whoever_may_come(application: Flask) -> None:
    """Legal forms, risks at the micro size, classes of the NIK, obstacles, decisions."""
    table = personas().values()
    expected = {word for p in table for word in re.split(r"[:+]", p.expects)}
    assert {p.legal_form for p in table} == {None, *LegalForm} - {LegalForm.INDIVIDUAL}
    unreachable = {NikClass.MATCH, NikClass.PENDING, NikClass.FORMAT, NikClass.KK_MISMATCH}
    assert set(NikClass) - unreachable <= expected
    # Places are in the regency, and a scope is asked where it decides: nobody gets that far.
    never = {JourneyReason.OUTSIDE_AREA, JourneyReason.SCOPE_NOT_CHOSEN}
    assert set(JourneyReason) - never <= expected
    assert {decision for p in table for decision in p.office} == set(Decision)
    assert {len(p.activities) for p in table} == {1, 2}
    with application.app_context():
        risks = {
            row.risk
            for p in table
            if p.expects.startswith("nib")
            for row in get_book().risk_rows(p.code)
            if row.size is BusinessSize.MICRO
        }
    assert risks == set(RiskLevel)


MISTAKES = {
    "unknown": 'colour = "red"',
    "one step is mended": 'office = ["return"]',
    "nothing more": 'office = ["approve", "reject"]',
    "not a valid Decision": 'office = ["sleep"]',
    "not a valid LegalForm": 'legal_form = "llc"',
    "unknown: alamat": 'also = [{words = "w", code = "1", answers = {alamat = {jalan = "x"}}}]',
}


@pytest.mark.parametrize("said", MISTAKES)
def test_a_mistake_in_the_table_is_named(
    said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = f'[x]\nabout = "."\nperson = "kiosk"\nwords = "w"\ncode = "1"\n{MISTAKES[said]}\n'
    defaults = tests.personas.TABLE.read_text().split("[kiosk]")[0]
    (tmp_path / "t.toml").write_text(defaults + row)
    monkeypatch.setattr(tests.personas, "TABLE", tmp_path / "t.toml")
    with pytest.raises(ValueError, match=said):
        tests.personas._personas.__wrapped__()
