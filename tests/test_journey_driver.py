"""The journey driver walks against a live server, so that what `make bench` measures is true."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import pytest
from flask import Flask

import tests.personas
from app.domain.law.business_size import BusinessSize
from app.domain.law.estimate.obstacles import JourneyReason
from app.domain.law.legal_form import LegalForm
from app.domain.law.risk import RiskLevel
from app.domain.nik.verdict import NikClass
from app.domain.oss.service_mode import ServiceMode
from app.services.reference.book import get_book
from tests import journey
from tests.journey import WAYS, Journey, Outcome, source_of
from tests.personas import Decision, Nib, Papers, Persona, mode_rules, personas
from tests.tools.oss_site import OssSite
from tests.tools.phone import Kind
from tests.tools.server import Data, Place, serving_in

pytestmark = pytest.mark.live  # see pyproject.toml


@pytest.fixture(scope="module", autouse=True)
def _once(request: pytest.FixtureRequest) -> None:
    """The servers here hold a database of their own, so a second run would prove nothing more."""
    if request.config.getoption("--database") != "sqlite":
        pytest.skip("walked beside the tests on SQLite")


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Data]:
    """Makes an empty installation each time; the first of them is the pattern of the others."""
    pattern = Data(tmp_path_factory.mktemp("pattern"))
    return lambda: pattern.copy(tmp_path_factory.mktemp("live") / "instance")


@pytest.fixture(scope="module")
def place_in(fresh: Callable[[], Data]) -> Iterator[Callable[[ServiceMode], Place]]:
    """Gives the service in a mode as it runs in earnest, with what it needs outside; started once.

    The built-in registry misbehaves at the first calls about a person only, so each of its
    difficult people walks once in a mode.
    """
    with ExitStack() as stack:

        @cache
        def start(mode: ServiceMode) -> Place:
            return stack.enter_context(serving_in(mode, fresh(), fresh))

        yield start


@pytest.fixture(scope="module")
def live(place_in: Callable[[ServiceMode], Place]) -> str:
    """The address of the service in practice mode."""
    return place_in(ServiceMode.TRAINING).base


Walking = Callable[..., Outcome]


@pytest.fixture(scope="module")
def walk(place_in: Callable[[ServiceMode], Place]) -> Walking:
    """Walks as one person, who must come to what the table expects; the same walk only once."""

    @cache
    def once(name: str, language: str, htmx: bool) -> Outcome:
        persona = personas()[name]
        place = place_in(persona.mode)
        site = OssSite(**place.site) if place.site else None
        way, number = WAYS.index((language, htmx)), list(personas()).index(name)
        outcome = Journey(
            place.base,
            persona,
            language=language,
            htmx=htmx,
            patience_s=60,
            source=source_of(place.base, way, number),
            site=site,
        ).walk()
        if site is not None:
            site.close()
        return outcome

    def walked(name: str, language: str = "id", *, htmx: bool = False) -> Outcome:
        outcome = once(name, language, htmx)
        assert outcome.ok, journey.in_a_line(outcome)
        return outcome

    return walked


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("htmx", [False, True], ids=["plain", "htmx"])
def test_a_kiosk_gets_its_nib(walk: Walking, language: str, htmx: bool) -> None:
    outcome = walk("kiosk", language, htmx=htmx)
    assert outcome.outcome == "nib"
    assert outcome.nib is not None
    assert outcome.nib.startswith("0000")  # never a real one
    assert outcome.mended == 0
    assert not outcome.notes
    assert outcome.paper.requests == 1
    assert outcome.connections == 1
    assert {e.kind for e in outcome.exchanges} >= {Kind.PAGE, Kind.STYLE, Kind.IMAGE}
    assert (Kind.SCRIPT in {e.kind for e in outcome.exchanges}) == htmx


def one_way_each() -> list[tuple[str, int]]:
    """Return everybody and the number of a way (WAYS): in each mode all four in turn."""
    found = []
    for mode in ServiceMode:
        names = [persona.name for persona in personas().values() if persona.mode is mode]
        found += [(name, place % len(WAYS)) for place, name in enumerate(names)]
    return found


@pytest.mark.parametrize(
    ("name", "way"),
    [
        pytest.param(name, way, id=f"{name}-{WAYS[way][0]}-{'htmx' if WAYS[way][1] else 'plain'}")
        for name, way in one_way_each()
    ],
)
def test_everybody_comes_to_what_the_table_expects(walk: Walking, name: str, way: int) -> None:
    """One way a person, so that all of them fit into a test run; --every-way walks all four."""
    language, htmx = WAYS[way]
    outcome = walk(name, language, htmx=htmx)
    if personas()[name].papers is not Papers.NONE and "approved" in outcome.outcome:
        assert outcome.papers >= 1


def test_each_step_is_one_round_trip_with_htmx(walk: Walking) -> None:
    outcome = walk("kiosk", htmx=True)
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


def test_mending_is_walked_through_the_page_that_lists_it(walk: Walking) -> None:
    outcome = walk("syrup-maker")
    paths = [(e.method, e.path) for e in outcome.exchanges]
    mended, sent = ("POST", "/berkas/tempat"), ("POST", "/berkas/perbaikan")
    assert paths.count(mended) == 2  # on the way, and given back
    assert paths.index(sent) > paths.index(("POST", "/berkas/latihan-petugas"))
    assert paths[::-1].index(mended) > paths[::-1].index(sent)


def test_a_paper_goes_in_parts_with_scripts_and_by_the_form_without(walk: Walking) -> None:
    for htmx in (False, True):
        outcome = walk("water-depot", "en", htmx=htmx)
        sent = [(e.method, e.path.rpartition("/")[2]) for e in outcome.exchanges]
        by_form = [e for e in outcome.exchanges if e.kind is Kind.PAGE and "/untuk/" in e.path]
        parts = [e for e in outcome.exchanges if e.kind is Kind.UPLOAD]
        posted = [e for e in by_form if e.method == "POST"]
        assert (len(posted), len(parts) > 0) == ((0, True) if htmx else (outcome.papers, False))
        assert ("POST", "unggahan") in sent or not htmx
        if htmx:  # the line is lost once at each paper, and it goes on from there
            assert [e.method for e in parts].count("GET") == outcome.papers
            assert [e.method for e in parts].count("PUT") > outcome.papers


def test_an_unreadable_paper_is_asked_for_by_name_and_sent_again(walk: Walking) -> None:
    outcome = walk("unreadable-paper", "en")
    paths = [(e.method, e.path.removeprefix("/en")) for e in outcome.exchanges]
    papers = [path for path in paths if path[0] == "POST" and "/lampiran/untuk/" in path[1]]
    assert outcome.papers == len(papers) == len(set(papers)) + 1  # one of them twice
    assert paths.index(("POST", "/berkas/perbaikan")) > paths.index(papers[-1])


def test_the_mode_of_a_service_is_seen_from_outside(
    place_in: Callable[[ServiceMode], Place],
) -> None:
    for mode in ServiceMode:
        assert journey.read_mode(place_in(mode).base) is mode


def test_people_of_other_modes_are_listed_and_not_walked(
    place_in: Callable[[ServiceMode], Place],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    base = place_in(ServiceMode.ASSIST).base
    few = {name: personas()[name] for name in ("kiosk", "assist-name-differs", "connected-kiosk")}
    monkeypatch.setattr(journey, "personas", lambda: few)
    assert journey.main(["--base", base, "--persona", "all", "--every-way"]) == 0
    said = [line.split()[:3] for line in capsys.readouterr().out.splitlines()]
    assert said[0] == ["other", "mode", "kiosk"]
    assert [line[:2] for line in said[1:5]] == [["ok", "assist-name-differs"]] * 4
    assert said[5:] == [["other", "mode", "connected-kiosk"]]
    assert journey.main(["--base", base, "--persona", "kiosk", "--json"]) == 1
    assert json.loads(capsys.readouterr().out) == {
        "persona": "kiosk", "mode": "training", "walked": False,
    }  # fmt: skip


def test_a_connected_service_is_walked_with_its_oss_only(
    place_in: Callable[[ServiceMode], Place],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    place = place_in(ServiceMode.CONNECTED)
    for name in ("OSS_USER_KEY", "OSS_USERNAME", "OSS_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    asked = ["--base", place.base, "--oss", place.site["oss"], "--patience", "60", "--persona"]
    with pytest.raises(SystemExit):
        journey.main([*asked, "connected-company"])
    assert "OSS_PASSWORD" in capsys.readouterr().err
    monkeypatch.setenv("OSS_USER_KEY", place.site["user_key"])
    monkeypatch.setenv("OSS_USERNAME", place.site["username"])
    monkeypatch.setenv("OSS_PASSWORD", "salah")
    assert journey.main([*asked, "connected-company"]) == 1, "a stranger cannot tell of a NIB"
    assert "does not take the NIB: 401" in capsys.readouterr().out
    monkeypatch.setenv("OSS_PASSWORD", place.site["password"])
    for name in ("farmer", "as-it-speaks", "frozen", "revoked", "forgotten"):
        assert journey.main([*asked, f"connected-{name}"]) == 0, capsys.readouterr().out


def test_every_persona_of_the_table_can_be_read() -> None:
    table = personas()
    assert len({persona.name for persona in table.values()}) == len(table)
    for persona in table.values():
        assert persona.about.endswith(".")
        assert persona.expects.split("+")[0].split(":")[0] in {
            "nib", "waiting", "refused", "nik", "obstacle"
        }  # fmt: skip
        if persona.office or persona.statuses:
            assert persona.expects.startswith("nib+")


OUTCOMES = frozenset(
    {"nib", "waiting", "refused", "nik", "obstacle", "approved", "rejected", "handed_in"}
    | {"differs", "unknown", "frozen", "revoked", "gone"}
)


@pytest.mark.parametrize("mode", ServiceMode)
def test_each_mode_has_each_outcome_or_says_why_not(mode: ServiceMode) -> None:
    rules = mode_rules()[mode]
    here = [persona for persona in personas().values() if persona.mode is mode]
    reached = {word for persona in here for word in re.split(r"[:+]", persona.expects)} & OUTCOMES
    assert not reached & set(rules.outcomes)
    assert reached | set(rules.outcomes) == OUTCOMES
    assert all(reason.endswith(".") for reason in (rules.outcomes | rules.columns).values())


@pytest.mark.parametrize("mode", [ServiceMode.ASSIST, ServiceMode.CONNECTED])
def test_outside_practice_many_kinds_of_people_walk_too(
    application: Flask, mode: ServiceMode
) -> None:
    here = [persona for persona in personas().values() if persona.mode is mode]
    assert len(here) >= 12
    assert len({persona.legal_form for persona in here}) >= 4
    assert {len(persona.activities) for persona in here} == {1, 2}
    assert {way for name, way in one_way_each() if personas()[name].mode is mode} == set(range(4))
    with application.app_context():
        risks = {
            row.risk
            for persona in here
            if persona.expects.startswith("nib")
            for row in get_book().risk_rows(persona.code)
            if row.size is BusinessSize.MICRO
        }
    assert risks == set(RiskLevel)
    assert {persona.nib for persona in here} == {
        ServiceMode.ASSIST: {Nib.TYPED, Nib.SLIP, Nib.PHOTO, Nib.NONE},
        ServiceMode.CONNECTED: {Nib.OSS, Nib.UNKNOWN, Nib.NONE},
    }[mode]


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
    for mode in (ServiceMode.TRAINING, ServiceMode.CONNECTED):
        assert {d for p in table if p.mode is mode for d in p.office} == set(Decision)
    assert {p.papers for p in table} == set(Papers)
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
    "brings a NIB back": 'nib = "typed"',
    "no line to OSS": 'mode = "assist"\noffice = ["approve"]',
    "no NIB comes as oss": 'mode = "assist"\nnib = "oss"',
    "OSS tells them itself": 'mode = "connected"\nstatuses = ["50"]',
    "answered, in OSS": 'mode = "connected"\noffice = ["return"]\nmends.lahan = {luas = "1"}',
    "not a valid ServiceMode": 'mode = "dream"',
    "not a valid LicenceStatus": 'mode = "assist"\nstatuses = ["99"]',
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
