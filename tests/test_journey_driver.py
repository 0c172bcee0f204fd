"""The journey driver walks against a live server, so that what `make bench` measures is true."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests import journey
from tests.journey import Journey, Outcome
from tests.personas import Persona, personas
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
        ("medium-high", "id", False, "nib"),
        ("unknown-risk", "en", True, "obstacle:risk_not_known"),
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


def test_every_persona_of_the_table_can_be_read() -> None:
    table = personas()
    assert len({persona.name for persona in table.values()}) == len(table)
    for persona in table.values():
        assert persona.about.endswith(".")
        assert persona.expects.split(":")[0] in {"nib", "waiting", "refused", "nik", "obstacle"}
