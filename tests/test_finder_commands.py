"""flask finder evaluate: the finder beside two plain searches, on a file of wordings."""

from __future__ import annotations

import json

import pytest
from flask.testing import FlaskCliRunner

from app.services.kbli import finder as kbli_finder
from app.services.reference.book import get_book

HEADER = "query,lang,best,acceptable,kind\n"


@pytest.fixture
def runner(app) -> FlaskCliRunner:
    return app.test_cli_runner()


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "wordings.csv"
    path.write_text(
        HEADER
        + "kios sembako,id,47112,47112,word\n"
        + "sa jual pinang,pmy,47219,47219|47213,phrase\n"
        + "xqzwkv,mix,47112,47112,slip\n"
    )
    return path


def test_as_json(runner, file):
    result = runner.invoke(args=["finder", "evaluate", str(file), "--json"])
    assert result.exit_code == 0, result.output
    found = json.loads(result.output)
    assert (found["file"], found["year"]) == ("wordings.csv", 2025)
    assert 0 < found["index_mb"] < 60
    assert found["build_s"] > 0
    ours = found["searches"]["finder"]
    assert ours["all"]["count"] == 3
    assert ours["lang"]["pmy"]["hit@1"] == 1
    assert ours["kind"]["word"]["best_first"] == 1
    assert set(ours["ms"]) == {"p50", "p95", "p99"}
    assert sum(ours["surety"]["count"].values()) == 3
    assert found["searches"]["title substring"]["all"]["nothing"] == 1
    assert found["searches"]["title bm25"]["all"]["hit@5"] < ours["all"]["hit@5"]
    assert "kios" not in result.output, "no wording is printed unless asked for"


def test_as_a_table(runner, file):
    output = runner.invoke(args=["finder", "evaluate", str(file)]).output
    assert "wordings.csv, KBLI 2025: built in" in output
    assert "title bm25" in output
    assert "title substring" in output
    assert "kios" not in output
    assert "xqzwkv" not in output


def test_misses_are_printed_on_request(runner, file):
    output = runner.invoke(args=["finder", "evaluate", str(file), "--misses"]).output
    assert "missed: xqzwkv" in output
    assert "missed: kios" not in output


def test_the_old_edition(runner, file):
    result = runner.invoke(args=["finder", "evaluate", str(file), "--year", "2020", "--json"])
    found = json.loads(result.output)
    assert found["year"] == 2020
    assert found["searches"]["finder"]["lang"]["id"]["hit@5"] == 1


@pytest.mark.parametrize(
    "text", ["query,lang\nikan,id\n", HEADER + "ikan,id,472,,\n", HEADER + ",id,47215,,\n"]
)
def test_a_malformed_file_is_refused(runner, tmp_path, text):
    path = tmp_path / "wrong.csv"
    path.write_text(text)
    result = runner.invoke(args=["finder", "evaluate", str(path)])
    assert result.exit_code == 1
    assert "wrong.csv: line 2" in result.output


def test_old_codes_are_found_by_the_words_of_their_successors(app):
    with app.app_context():
        finder = kbli_finder.get_finder(2020)
        book = get_book()
        for words, new in (("tambal ban motor", "95320"), ("kos", "55909"), ("fotokopi", "18111")):
            old = {step.code_2020 for step in book.predecessors(new)}
            assert old, new
            assert old & {hit.entry.code for hit in finder.search(words, 5)}, words


def test_its_questions_are_answered_and_counted(app, tmp_path):
    file = tmp_path / "wordings.csv"
    file.write_text("query,lang,best,acceptable\nsepatu sendal,id,95230,\njual ikan,id,47215,\n")
    done = app.test_cli_runner().invoke(
        args=["finder", "evaluate", str(file), "--questions", "--json"]
    )
    assert done.exit_code == 0, done.output
    talks = json.loads(done.output)["questions"]
    assert talks == {"close": 1, "asked": 1, "before": 0, "after": 1, "taps": 1}
