"""The question that splits the answers best: when it is asked, which, and what answers leave."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from app.domain.kbli.hits import Hit
from app.domain.kbli.questions import (
    AS_GOOD,
    FOREMOST,
    IN_SIGHT,
    LEAST_GAIN,
    Answer,
    BadQuestions,
    Question,
    kept_by,
    next_question,
    questions_from_table,
)
from app.domain.law.rows import KbliEntry


def hit(code: str, score: float = 1.0) -> Hit:
    return Hit(KbliEntry(code=code, year=2025, title_id=code, category="X"), score, ())


def hits(**scores: float) -> list[Hit]:
    """hits(c11=1.0, c22=0.5): codes 11000 and 22000."""
    found = [hit(code[1:].ljust(5, "0"), score) for code, score in scores.items()]
    return sorted(found, key=lambda each: -each.score)


def question(key: str, *keeps: tuple[str, ...], about=None, said=()) -> Question:
    answers = tuple(
        Answer(f"a{number}", "ya", "yes", "contoh", "example", each)
        for number, each in enumerate(keeps)
    )
    every = tuple(prefix for each in keeps for prefix in each)
    return Question(key, "Apa?", "What?", "Karena", "Because", about or every, said, answers)


HALVES = question("halves", ("11",), ("22",))


def key_of(found) -> str | None:
    return found and found.question.key


def test_two_equal_activities_are_one_bit_of_doubt():
    found = next_question(hits(c11=1, c22=1), [HALVES], "kios")
    assert key_of(found) == "halves"
    assert found.gain == pytest.approx(1.0)
    assert [answer.key for answer in found.answers] == ["a0", "a1"]


def test_one_activity_needs_no_question():
    assert next_question(hits(c11=1), [HALVES], "kios") is None
    assert next_question([], [HALVES], "kios") is None


def test_activities_without_a_score_need_none():
    assert next_question(hits(c11=0, c22=0), [HALVES], "kios") is None


def test_what_was_answered_is_not_asked_again():
    found = hits(c11=1, c22=1)
    assert next_question(found, [HALVES], "kios", {"halves"}) is None
    assert key_of(next_question(found, [HALVES], "kios", {"others"})) == "halves"


@pytest.mark.parametrize(
    "query", ["jual baju baru", "BARU", "baju, baru!", "toko cuci mobil kecil"]
)
def test_what_was_said_is_not_asked(query):
    told = question("told", ("11",), ("22",), said=("baru", "cuci mobil"))
    assert next_question(hits(c11=1, c22=1), [told], query) is None


def test_what_one_does_may_answer_it_already():
    told = replace(question("told", ("11",), ("22",)), roles=frozenset({"mend", "make"}))
    found = hits(c11=1, c22=1)
    assert next_question(found, [told], "bengkel", roles={"mend"}) is None
    assert key_of(next_question(found, [told], "kios", roles={"sell"})) == "told"


@pytest.mark.parametrize("query", ["jual baju", "barusan", "terbaru", "cuci baju mobil"])
def test_parts_of_words_say_nothing(query):
    told = question("told", ("11",), ("22",), said=("baru", "cuci mobil"))
    assert key_of(next_question(hits(c11=1, c22=1), [told], query)) == "told"


def test_an_activity_counts_from_three_tenths_of_the_best():
    near = next_question(hits(c11=1, c12=1, c22=IN_SIGHT), [HALVES], "x")
    assert near is None  # in sight, but worth no tap: 0.045 of the shares
    splits = question("splits", ("11",), ("12",), ("22",))
    assert len(next_question(hits(c11=1, c12=1, c22=IN_SIGHT), [splits], "x").answers) == 3
    far = next_question(hits(c11=1, c12=1, c22=IN_SIGHT - 0.001), [splits], "x")
    assert far.gain == 1.0, "two in sight, equally likely"
    assert len(far.answers) == 3, "out of sight it is not weighed, but may be meant"


def test_only_the_foremost_count():
    many = [hit(f"11{number:03}") for number in range(FOREMOST - 1)]
    last = question("last", ("11",), ("22",))
    assert next_question([*many, hit("22000")], [last], "x").gain >= LEAST_GAIN
    assert next_question([*many, hit("11999"), hit("22000")], [last], "x") is None


def test_a_question_must_be_about_six_tenths_of_the_shares():
    # Squares: 9 and 6 of 25 are exactly 0.6; a hair more beside them is too little.
    exactly = hits(c11=3.0, c22=math.sqrt(6), c33=math.sqrt(10) - 0.2)
    assert key_of(next_question(exactly, [HALVES], "x")) == "halves"
    less = hits(c11=3.0, c22=math.sqrt(6), c33=math.sqrt(10) + 0.05)
    assert next_question(less, [HALVES], "x") is None


def test_codes_outside_what_it_is_about_do_not_count():
    narrow = question("narrow", ("11",), ("22",), about=("111", "22"))
    assert key_of(next_question(hits(c111=1, c22=1), [narrow], "x")) == "narrow"
    assert next_question(hits(c112=1, c22=1), [narrow], "x") is None


def test_answers_that_leave_nothing_are_dropped():
    three = question("three", ("11",), ("22",), ("33",))
    found = next_question(hits(c11=1, c22=1), [three], "x")
    assert [answer.key for answer in found.answers] == ["a0", "a1"]
    assert next_question(hits(c11=1, c12=1), [three], "x") is None  # one answer is no question


def test_the_gain_must_be_worth_a_tap():
    assert next_question(hits(c11=1, c111=1, c112=1, c22=0.35), [HALVES], "x") is None
    assert key_of(next_question(hits(c11=1, c22=0.35), [HALVES], "x")) == "halves"


def test_who_fits_both_answers_takes_doubt_away_from_neither():
    both = question("both", ("11", "22"), ("11", "22"))
    assert next_question(hits(c11=1, c22=1), [both], "x") is None
    half = question("half", ("11", "22"), ("22",))
    found = next_question(hits(c11=1, c22=1), [half], "x")
    assert found.gain == pytest.approx(-0.75 * math.log2(0.75) - 0.25 * math.log2(0.25) - 0.5)


def test_the_one_that_splits_best_is_asked_and_of_equals_the_earlier():
    found = hits(c11=1, c22=1, c33=1, c44=1)
    halves = question("coarse", ("11", "22"), ("33", "44"))
    quarters = question("fine", ("11",), ("22",), ("33",), ("44",))
    assert key_of(next_question(found, [halves, quarters], "x")) == "fine"
    again = question("again", ("44",), ("33",), ("22",), ("11",))
    assert key_of(next_question(found, [again, quarters], "x")) == "again"


def test_nearly_as_good_and_earlier_wins():
    found = hits(c11=1, c22=0.9, c33=0.4)
    special = question("special", ("11",), ("22",))
    general = question("general", ("11",), ("22", "33"))
    one = next_question(found, [special], "x").gain
    two = next_question(found, [general], "x").gain
    assert 0 < two - one <= AS_GOOD
    assert key_of(next_question(found, [special, general], "x")) == "special"
    assert key_of(next_question(found, [general, special], "x")) == "general"


def test_an_answer_keeps_what_it_names_in_order():
    found = hits(c11=1, c22=0.8, c115=0.5)
    assert [each.entry.code for each in kept_by(HALVES.answers[0], found)] == ["11000", "11500"]
    assert kept_by(HALVES.answers[0], hits(c22=1)) == ()


def table(**changes):
    row = {
        "key": "masak",
        "text_id": "Apa?",
        "text_en": "What?",
        "why_id": "Karena",
        "why_en": "Because",
        "about": ["56"],
        "said": ["masak"],
        "answers": [
            {"key": key, "id": "x", "en": "x", "example_id": "x", "example_en": "x", "keeps": [p]}
            for key, p in (("ya", "561"), ("bukan", "563"))
        ],
    }
    return {"question": [{**row, **changes}]}


def test_a_table_is_read():
    (found,) = questions_from_table(table())
    assert (found.key, found.about, found.said) == ("masak", ("56",), ("masak",))
    assert found.answer("bukan").keeps == ("563",)
    assert found.answer("lain") is None


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"key": "Masak!"}, "question.key"),
        ({"key": None}, "question.key"),
        ({"text_id": " "}, "masak.text_id"),
        ({"why_en": 3}, "masak.why_en"),
        ({"about": []}, "masak.about"),
        ({"about": ["5x"]}, "masak.about"),
        ({"said": [""]}, "masak.said"),
        ({"said": "masak"}, "masak.said"),
        ({"roles": [3]}, "masak.roles"),
        ({"answers": table()["question"][0]["answers"][:1]}, "masak.answers"),
        ({"answers": table()["question"][0]["answers"] * 2}, "masak.answers"),
        ({"answers": [table()["question"][0]["answers"][0]] * 3}, "masak.answers"),
    ],
)
def test_a_bad_table_names_what_is_wrong(changes, key):
    with pytest.raises(BadQuestions) as caught:
        questions_from_table(table(**changes))
    assert caught.value.key == key


def test_a_key_stands_once_and_there_is_one_at_least():
    twice = {"question": table()["question"] * 2}
    for bad in (twice, {}, {"question": []}, {"question": [3]}):
        with pytest.raises(BadQuestions):
            questions_from_table(bad)
