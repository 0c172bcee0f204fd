"""Help is found by everyday words, and counts whether it was clear."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from app.domain.help.examples import Example
from app.domain.help.topics import Term, Topic
from app.extensions import db
from app.models.learning.help import HelpFeedback
from app.services.help import book
from app.services.help.files import read_help
from tests.help_content import write_help


@pytest.fixture
def small_help(tmp_path):
    """The small help of the tests stands in for the content, for one test."""
    before = book.book()
    yield book.keep(read_help(lambda endpoint, _query: "/x", write_help(tmp_path)))
    book.keep(before)


def name_of(hit):
    if isinstance(hit, Example):
        return f"contoh/{hit.slug}"
    return hit.slug if isinstance(hit, Topic) else hit.key


def names(query):
    return [name_of(each) for each in book.search(query).hits]


@pytest.mark.parametrize(
    "query",
    [
        "baca ktp",
        "bca ktp",
        "bacaa ktpp",
        "sa pu nik mana",
        "BACA KTP?!",
        "redaing ktp",
        "read ktp",
    ],
)
def test_a_question_is_understood_as_people_write_it(small_help, query):
    assert names(query)[0] == "baca-ktp"


def test_every_phrase_that_people_use_finds_its_topic(application):
    """All phrases of the content, in both languages: nearly each finds its topic at once."""
    topics = book.topics()
    assert topics
    phrases = [
        (topic.slug, phrase)
        for topic in topics
        for text in topic.texts.values()
        for phrase in text.words
    ]
    missed = [(slug, phrase) for slug, phrase in phrases if slug not in names(phrase)[:3]]
    assert len(missed) <= len(phrases) / 50, missed


def test_a_word_is_found_beside_the_topics(small_help):
    assert "disdukcapil" in names("disdukcapil")
    assert any(isinstance(each, Term) for each in book.search("disdukcapil").hits)


@pytest.mark.parametrize("query", ["xqzwvk", "", "   ", "?", "9" * 300])
def test_nothing_found_is_no_error(small_help, query):
    assert names(query) == []


def test_a_new_book_is_searched_at_once(small_help, tmp_path):
    assert names("gratis")[0] == "gratis"
    book.keep(read_help(lambda *_: None, tmp_path / "nothing"))
    assert names("gratis") == []


def test_a_word_knows_the_topics_that_use_it(small_help):
    assert next(each.slug for each in book.topics_with("nik")) == "baca-ktp"
    assert len(book.topics_with("nik", at_most=1)) == 1
    assert book.topics_with("unknown") == []


def test_answers_become_counts_of_topic_language_and_month(small_help, database):
    for clear in (True, True, False):
        book.count_answer("gratis", "id", clear=clear)
    book.count_answer("gratis", "en", clear=False)
    book.count_answer("baca-ktp", "id", clear=True)
    rows = {(row.slug, row.language): (row.clear, row.unclear) for row in book.feedback()}
    assert rows == {("gratis", "id"): (2, 1), ("gratis", "en"): (0, 1), ("baca-ktp", "id"): (1, 0)}
    assert next((row.slug, row.language) for row in book.feedback()) == ("gratis", "en")


def test_a_month_begins_in_sorong(small_help, database, monkeypatch):
    half_past_midnight = datetime(2026, 11, 30, 15, 30, tzinfo=UTC)
    monkeypatch.setattr("app.clock.now", lambda: half_past_midnight)
    book.count_answer("gratis", "id", clear=True)
    assert [row.month for row in book.feedback()] == ["2026-12"]
    assert book.feedback("2026-11") == []
    assert len(book.feedback("2026-12")) == 1


def test_two_first_answers_at_once_are_both_counted(small_help, database, monkeypatch):
    """Somebody else makes the row between our look and our insert."""
    book.count_answer("gratis", "id", clear=True)
    database.flush()
    real, calls = book._add, []

    def late(*about):
        calls.append(about)
        return real(*about) if len(calls) > 1 else False

    monkeypatch.setattr(book, "_add", late)
    book.count_answer("gratis", "id", clear=True)
    database.expire_all()
    assert [(row.clear, row.unclear) for row in book.feedback()] == [(2, 0)]


def test_an_answer_about_nothing_is_not_counted(small_help, database):
    with pytest.raises(book.NoSuchTopic):
        book.count_answer("tidak-ada", "id", clear=True)
    assert database.scalar(select(func.count()).select_from(HelpFeedback)) == 0


def test_the_command_prints_what_is_least_clear_first(small_help, app):
    with app.app_context():
        book.count_answer("baca-ktp", "id", clear=True)
        book.count_answer("gratis", "id", clear=False)
        db.session.commit()
    run = app.test_cli_runner().invoke(args=["help", "feedback"])
    assert run.exit_code == 0
    slugs = [line.split()[2] for line in run.output.splitlines()]
    assert slugs == ["gratis", "baca-ktp"]
    assert run.output.splitlines()[0].endswith("clear=0 unclear=1")


def test_the_check_lists_stale_translations(small_help, app):
    run = app.test_cli_runner().invoke(args=["help", "check"])
    assert run.exit_code == 0
    assert "3 topics, 2 words explained" in run.output
    assert "stale: en/gratis.md" in run.output
    assert "baca-ktp" not in run.output
