"""The questions we ask, and a talk: search, answer, answer, code."""

from __future__ import annotations

import pytest

from app.domain.kbli.hits import Surety
from app.domain.kbli.questions import QUESTIONS_AT_MOST
from app.services.kbli import questions
from app.services.kbli.finder import read_language
from app.services.kbli.questions import all_questions, talk
from app.services.reference.book import get_book

SHOES = "sepatu sendal"  # sold, mended or made; then new or used


@pytest.fixture
def codes(app):
    with app.app_context():
        yield list(get_book().all_kbli(2025))


def test_there_are_questions_for_many_trades():
    assert len(all_questions()) >= 40


def test_every_prefix_exists_and_every_answer_leads_to_an_explained_activity(codes):
    for question in all_questions():
        for prefix in question.about:
            assert any(entry.code.startswith(prefix) for entry in codes), (question.key, prefix)
        for answer in question.answers:
            for prefix in answer.keeps:
                found = [entry for entry in codes if entry.code.startswith(prefix)]
                assert found, (question.key, answer.key, prefix)
                assert prefix.startswith(question.about), (question.key, prefix)
            kept = [entry for entry in codes if entry.code.startswith(answer.keeps)]
            assert any(entry.words for entry in kept), (question.key, answer.key)


def test_the_words_are_short_and_in_both_languages():
    for question in all_questions():
        assert question.text_id.endswith("?")
        assert question.text_en.endswith("?")
        for text in (question.text_id, question.text_en, question.why_id, question.why_en):
            assert len(text.split()) <= 12, text
        assert question.text_id != question.text_en
        assert all(word == word.lower().strip() for word in question.said)
        assert questions.UNKNOWN not in question.said
        for answer in question.answers:
            assert len(answer.id) <= 45, answer.id
            assert len(answer.en) <= 45, answer.en


def test_no_two_answers_of_a_question_lead_to_the_same():
    for question in all_questions():
        kept = [frozenset(answer.keeps) for answer in question.answers]
        assert len(set(kept)) == len(kept), question.key


@pytest.fixture
def ask(app):
    with app.app_context():
        yield lambda query, *said, limit=8, year=2025: talk(query, said, limit=limit, year=year)


def test_every_role_that_answers_a_question_is_one():
    roles = {role.name for role in read_language().roles}
    assert all(question.roles <= roles for question in all_questions())


@pytest.mark.parametrize("query", ["bengkel", "sa bikin arang tempurung"])
def test_who_says_what_is_done_is_not_asked_where_the_goods_come_from(ask, query):
    found = ask(query)
    assert found.asked is None or found.asked.question.key != "asal"


def test_what_is_far_behind_is_not_shown(ask):
    found = ask("brilink")
    assert [hit.entry.code for hit in found.hits] == ["66199"]
    assert len(found.kept) > 1


def test_a_clear_search_asks_nothing(ask):
    found = ask("jual ikan")
    assert found.sure is Surety.CLEAR
    assert found.asked is None
    assert found.given == ()


def test_a_close_search_asks_and_an_answer_leads_to_the_code(ask):
    found = ask(SHOES)
    assert found.sure is Surety.CLOSE
    assert found.asked.question.key == "sepatu"
    assert len(found.hits) == questions.BESIDE_A_QUESTION
    mended = ask(SHOES, "sepatu.perbaiki")
    assert [hit.entry.code for hit in mended.hits] == ["95230"]
    assert mended.asked is None
    assert mended.said == ("sepatu.perbaiki",)


def test_i_do_not_know_shows_the_whole_list_and_asks_no_more(ask):
    found = ask(SHOES, "sepatu.lain")
    assert found.asked is None
    assert found.given[0].answer is None
    assert len(found.hits) > questions.BESIDE_A_QUESTION or found.hits == found.kept
    assert ask(SHOES, "sepatu.lain", "eceran.eceran").said == ("sepatu.lain",)


def test_each_answer_knows_what_stood_before_it(ask):
    found = ask(SHOES, "sepatu.jual", "eceran.eceran")
    assert [each.before for each in found.given] == [(), ("sepatu.jual",)]


@pytest.mark.parametrize(
    "said", ["", ".", "sepatu", "sepatu.", "sepatu.tidakada", "tidakada.jual", "ternak.babi", "\0"]
)
def test_an_answer_that_means_nothing_here_is_passed_over(ask, said):
    assert ask(SHOES, said).said == ()
    assert ask(SHOES, said, "sepatu.jual").said == ("sepatu.jual",)


def test_a_question_is_answered_once(ask):
    assert ask(SHOES, "sepatu.jual", "sepatu.perbaiki").said == ("sepatu.jual",)


def test_at_most_three_answers_count(ask):
    said = ["asal.jual", "eceran.eceran", "sepatu.jual", "busana.kaki"]
    found = ask(SHOES, *said)
    assert found.said == tuple(said[:QUESTIONS_AT_MOST])
    assert found.asked is None


def test_several_activities_have_a_list_each(ask):
    found = ask("jual pinang dan buka bengkel motor")
    assert [part.text for part in found.parts] == ["jual pinang", "bengkel motor"]
    assert all(1 <= len(part.hits) <= questions.OF_SEVERAL for part in found.parts)
    assert found.asked is None


def test_nothing_and_little_understood_ask_nothing(ask):
    assert ask("xqzwvk").sure is Surety.NOTHING
    assert ask("xqzwvk", "asal.jual", "asal.lain").said == ()
    assert ask("xqzwvk brumbel kios").sure is Surety.FAINT
    assert ask("xqzwvk brumbel kios").asked is None


def test_the_old_list_has_no_questions(ask):
    found = ask(SHOES, "sepatu.jual", year=2020)
    assert found.asked is None
    assert found.given == ()


def test_the_list_is_never_longer_than_asked_for(ask):
    assert len(ask("jual", limit=2).hits) <= 2
    assert len(ask(SHOES, limit=1).hits) == 1
