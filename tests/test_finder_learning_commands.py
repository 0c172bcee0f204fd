"""flask finder searches, corrections, words."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask.testing import FlaskCliRunner

from app.models.learning.finder import FinderCorrection
from app.services.kbli import learning, words
from app.services.kbli.learning import Batch, typed_as
from app.work import counting
from tests.factories import looking

KIOSK = "47112"


@pytest.fixture
def run(app):
    runner: FlaskCliRunner = app.test_cli_runner()

    def command(*args: str, code: int = 0) -> str:
        result = runner.invoke(args=["finder", *args])
        assert result.exit_code == code, result.output
        return result.output

    return command


@pytest.fixture
def searched(app) -> None:
    learning.tally.take()
    counts = {"kios sembako": 4, "xqzwvk": 3, "jual pinang": 2}
    typed = {text: typed_as(text, language="id") for text in counts}
    chosen = {(typed["kios sembako"], KIOSK): 1}
    batch = Batch({typed[text]: number for text, number in counts.items()}, chosen)
    learning.tally.give_back(batch)
    assert counting.flush(app)


def test_searches(run, searched):
    said = run("searches")
    assert "kios sembako (id)" in said
    assert "xqzwvk (id)" in said
    assert "pinang" not in said
    assert "2 shown; 1 typed too seldom" in said
    assert "kios" not in run("searches", "--not-found")
    assert "xqzwvk" in run("searches", "--not-found")
    left = run("searches", "--left")
    assert "kios" in left
    assert "xqzwvk" not in left
    assert "0 shown" in run("searches", "--unsure")
    assert "1 shown" in run("searches", "--limit", "1")
    run("searches", "--limit", "0", code=2)


def test_corrections(run, app):
    assert "no corrections" in run("corrections")
    with looking(app) as session:
        now = datetime.now(UTC)
        session.add(
            FinderCorrection(
                edition=2025,
                from_code=KIOSK,
                to_code="00000",
                corrected=7,
                last_month=learning.month_of(now),
            )
        )
        session.commit()
    said = run("corrections").strip()
    assert said.startswith(f"7  {learning.month_text(now)}  {KIOSK} ")
    assert said.endswith("-> 00000 ?")


def test_words(run, app, tmp_path):
    file = tmp_path / "words.csv"
    assert run("words", "list") == "none\n"
    number = run("words", "add", KIOSK, "Kios Ajaib").split(":")[0]
    assert "kios ajaib  (terminal" in run("words", "list")
    assert "has it already" in run("words", "add", KIOSK, "kios ajaib", code=1)
    assert "no such activity" in run("words", "add", "00000", "kios", code=1)
    assert "personal" in run("words", "add", KIOSK, "a@b", code=1)
    assert run("words", "export", str(file)) == "1 words\n"
    assert "taken out: kios ajaib" in run("words", "retire", number)
    run("words", "retire", number, code=1)
    assert run("words", "list") == "none\n"
    assert "kios ajaib" in run("words", "list", "--retired")
    assert run("words", "import", str(file)) == "1 added, 0 there before\n"
    assert run("words", "import", str(file)) == "0 added, 1 there before\n"


def test_a_file_with_a_mistake_adds_nothing(run, app, tmp_path):
    file = tmp_path / "words.csv"
    file.write_text("edition,code,phrase\n2025,47112,baik ajaib\n2025,00000,x y\n")
    assert "line 3: there is no such activity code; nothing" in run(
        "words", "import", str(file), code=1
    )
    file.write_bytes(b"edition,code,phrase\n2025,47112,caf\xe9\n")
    assert "not UTF-8" in run("words", "import", str(file), code=1)
    file.write_text("a,b\n")
    assert "the columns are" in run("words", "import", str(file), code=1)
    with looking(app):
        assert words.in_use() == []


def test_a_file_of_a_spreadsheet_is_taken(run, tmp_path):
    file = tmp_path / "words.csv"
    file.write_bytes("edition,code,phrase\r\n2025,47112,baik ajaib\r\n".encode("utf-8-sig"))
    assert run("words", "import", str(file)) == "1 added, 0 there before\n"
