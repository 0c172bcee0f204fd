"""Old activity codes: each of the 1,789 gets an answer, and none is surer than its source."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from functools import cache

import pytest

from app.domain.kbli.change import (
    BASIS_OF_METHOD,
    CODES_AT_ONCE,
    CodeChange,
    KbliChange,
    LinkBasis,
    WhatToDo,
    codes_in,
    kbli_change,
    only_code,
)
from app.domain.law.rows import KbliEntry, KbliStep
from app.reference import FOLDER


def rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def entries(year: int) -> dict[str, KbliEntry]:
    return {
        row["code"]: KbliEntry(year, row["code"], row["title_id"], row["category"])
        for row in rows(f"kbli{year}.csv")
    }


@cache
def answers() -> dict[str, KbliChange]:
    steps = defaultdict(list)
    for row in rows("kbli2020_to_2025.csv"):
        if row["code_2025"]:
            steps[row["code_2020"]].append(KbliStep(**row))
    new = entries(2025)
    return {code: kbli_change(old, steps[code], new.get) for code, old in entries(2020).items()}


def entry(code: str, title: str, year: int = 2025) -> KbliEntry:
    return KbliEntry(year, code, title, "A")


def changed(
    *steps: tuple[str, str, str], old: str = "01111", title: str = "Jagung", **new: str
) -> KbliChange:
    """steps: (new code, relation, method); new: title of "n" + code."""
    book = {name[1:]: entry(name[1:], words) for name, words in new.items()}
    made = [KbliStep(old, code, relation, method) for code, relation, method in steps]
    return kbli_change(entry(old, title, 2020), made, book.get)


def test_every_old_code_gets_an_answer():
    found = answers()
    assert len(found) == 1789
    for code, answer in found.items():
        assert answer.old.code == code
        assert (answer.change is CodeChange.UNKNOWN) == (not answer.new)
        assert (answer.basis is LinkBasis.NONE) == (not answer.new)
        assert (answer.change is CodeChange.SPLIT) == (len(answer.new) > 1)
        assert all(each.entry.year == 2025 for each in answer.new)
        assert answer.citations


def test_without_a_sure_source_nobody_is_told_that_all_is_well():
    for answer in answers().values():
        if answer.to_do in {WhatToDo.NOTHING, WhatToDo.AUTOMATIC}:
            assert answer.is_sure
            assert len(answer.new) == 1
        if answer.basis in {LinkBasis.INFERENCE, LinkBasis.NONE}:
            assert answer.to_do is WhatToDo.ASK


def test_each_way_there_is_occurs_in_the_table():
    assert {answer.change for answer in answers().values()} == set(CodeChange)
    assert {answer.to_do for answer in answers().values()} == set(WhatToDo)
    assert {answer.basis for answer in answers().values()} == set(LinkBasis)


def test_a_number_with_another_meaning_is_told():
    """As many as the table of today says: the number lives on, but no step leads to it."""
    told = {code for code, answer in answers().items() if answer.number_now}
    leads_to_itself = {
        row["code_2020"]
        for row in rows("kbli2020_to_2025.csv")
        if row["code_2020"] == row["code_2025"]
    }
    assert told == (set(entries(2020)) & set(entries(2025))) - leads_to_itself
    assert len(told) == 165
    now = answers()["01283"].number_now
    assert now is not None
    assert now.title_id != answers()["01283"].old.title_id


def test_every_method_of_the_table_is_known():
    methods = Counter(row["method"] for row in rows("kbli2020_to_2025.csv") if row["code_2025"])
    assert set(methods) == set(BASIS_OF_METHOD)


@pytest.mark.parametrize("method", ["manual_inferred", "guess_within_prefix", "a new method"])
def test_what_is_nobodys_word_counts_as_an_inference(method):
    answer = changed(("01112", "1:1", method), n01112="Jagung")
    assert (answer.basis, answer.to_do) == (LinkBasis.INFERENCE, WhatToDo.ASK)
    assert not answer.is_sure


def test_a_pure_recode_comes_by_itself_and_a_merger_must_be_looked_at():
    pure = changed(("01112", "1:1", "bps_change_table"), n01112="Jagung")
    merged = changed(("01112", "N:1", "bps_change_table"), n01112="Jagung dan padi")
    assert (pure.change, pure.to_do) == (CodeChange.RECODED, WhatToDo.AUTOMATIC)
    assert (merged.change, merged.to_do) == (CodeChange.MERGED, WhatToDo.CHECK)


@pytest.mark.parametrize(
    ("title", "method", "change", "to_do"),
    [
        ("Jagung", "bps_change_table", CodeChange.SAME, WhatToDo.NOTHING),
        ("JAGUNG.", "bps_change_table", CodeChange.SAME, WhatToDo.NOTHING),
        ("Jagung manis", "bps_change_table", CodeChange.RENAMED, WhatToDo.CHECK),
        ("Jagung manis", "same_code_title_changed", CodeChange.RENAMED, WhatToDo.CHECK),
        ("Jagung", "same_code_same_title", CodeChange.SAME, WhatToDo.NOTHING),
    ],
)
def test_the_same_number_may_have_another_title(title, method, change, to_do):
    answer = changed(("01111", "1:1", method), n01111=title)
    assert (answer.change, answer.to_do) == (change, to_do)
    assert answer.number_now is None


def test_of_several_steps_the_weakest_counts_and_one_chooses():
    steps = (("01113", "1:N", "manual_inferred"), ("01112", "1:N", "bps_change_table"))
    unsure = changed(*steps, n01112="Jagung manis", n01113="Jagung biasa")
    assert [each.entry.code for each in unsure.new] == ["01112", "01113"]
    assert (unsure.change, unsure.basis) == (CodeChange.SPLIT, LinkBasis.INFERENCE)
    assert unsure.to_do is WhatToDo.ASK
    sure = changed(steps[1], ("01113", "1:N", "oss_page"), n01112="a", n01113="b")
    assert (sure.basis, sure.to_do) == (LinkBasis.OSS_PAGE, WhatToDo.CHOOSE)


def test_a_step_to_a_code_that_is_not_there_is_no_step():
    gone = changed(("99999", "1:1", "bps_change_table"), n01111="Padi")
    assert (gone.change, gone.to_do) == (CodeChange.UNKNOWN, WhatToDo.ASK)
    assert gone.number_now == entry("01111", "Padi")


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("47111", ("47111",)),
        ("KBLI 47111, 56.102 dan 47111", ("47111", "56102")),
        ("47111 56102", ("47111", "56102")),
        ("jual ikan", ()),
        ("4711", ()),
        ("471112", ()),
        ("0000123456789", ()),
        ("٤٧١١١", ()),
        ("", ()),
    ],
)
def test_codes_are_found_as_people_write_them(text, codes):
    assert codes_in(text) == codes


def test_no_page_grows_without_end():
    many = " ".join(f"{number:05}" for number in range(10_000, 10_050))
    assert len(codes_in(many)) == CODES_AT_ONCE


@pytest.mark.parametrize(
    "text",
    ["56102", " 56102 ", "56.102", "KBLI 56102", "KBLI: 56.102", "kode kbli 2020: 56102"],
)
def test_a_text_that_is_one_code_is_taken_as_that_code(text):
    assert only_code(text) == "56102"


@pytest.mark.parametrize(
    "text",
    ["", "5610", "561022", "56102 47111", "jual 56102", "KBLI", "2020", "٥٦١٠٢", "kbli56102x"],
)
def test_other_texts_are_no_code(text):
    assert only_code(text) is None
