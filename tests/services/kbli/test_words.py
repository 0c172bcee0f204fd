"""Added words: at work at once in every process, taken out and put back, carried as a table."""

from __future__ import annotations

import pytest
from sqlalchemy import event, func, select

from app.domain.kbli.learning import AddedBy, PhraseError, PhraseProblem
from app.extensions import db
from app.models.learning.finder import FinderWord
from app.services.kbli import finder
from app.services.kbli import words as kbli_words
from app.services.reference.book import get_book
from tests.workbooks import read_workbook

KIOSK, FISH = "47112", "47215"
ODD = "xqzwvk"  # nothing is near to it


def add(code: str, phrase: str) -> FinderWord:
    return kbli_words.add(code, phrase, by=AddedBy.TERMINAL)


def first(phrase: str) -> str | None:
    found = finder.nearest(phrase, limit=3)
    return found[0].code if found else None


@pytest.fixture(autouse=True)
def fresh(database, monkeypatch) -> None:
    """A process of its own, so that the finder of other tests keeps no words."""
    monkeypatch.setattr(finder, "_finders", {})


def test_it_is_found_at_once_and_gone_at_once():
    assert first(ODD) is None
    word = add(KIOSK, ODD)
    assert first(ODD) == KIOSK
    kbli_words.retire(word.id)
    assert first(ODD) is None
    again = kbli_words.put_back(word.id, by=AddedBy.PRACTICE)
    assert first(ODD) == KIOSK
    assert again.id != word.id
    assert word.retired_at is not None, "what was stays"
    assert db.session.scalar(select(func.count(FinderWord.id))) == 2


def test_every_process_sees_it(monkeypatch):
    """Two processes hold a finder each; one of them adds."""
    one: dict = {}
    two: dict = {}

    def in_process(holder: dict) -> str | None:
        monkeypatch.setattr(finder, "_finders", holder)
        return first(ODD)

    assert [in_process(one), in_process(two)] == [None, None]
    word = add(KIOSK, ODD)
    assert [in_process(one), in_process(two)] == [KIOSK, KIOSK]
    kbli_words.retire(word.id)
    assert [in_process(two), in_process(one)] == [None, None]


def test_while_nothing_changes_the_finder_stays_and_one_query_tells():
    add(KIOSK, ODD)
    held = finder.get_finder()
    seen: list[str] = []

    def note(_c, _cursor, statement, *_rest) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        assert finder.get_finder() is held
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    assert len([each for each in seen if "finder_words" in each]) == len(seen) == 1


def test_the_other_edition_keeps_its_finder():
    old = finder.get_finder(2020)
    new = finder.get_finder(2025)
    add(KIOSK, ODD)
    assert finder.get_finder(2020) is old
    assert finder.get_finder(2025) is not new


def test_a_new_finder_has_the_words_too():
    add(KIOSK, ODD)
    assert finder.build_finder(2025).search(ODD)[0].entry.code == KIOSK


@pytest.mark.parametrize(
    ("code", "phrase", "problem"),
    [
        ("00000", "kios baru", PhraseProblem.UNKNOWN_CODE),
        ("4711", "kios baru", PhraseProblem.UNKNOWN_CODE),
        (KIOSK, "hp 081234567", PhraseProblem.PERSONAL),
        (KIOSK, "x", PhraseProblem.SHORT),
        (KIOSK, "x" * 61, PhraseProblem.LONG),
    ],
)
def test_what_is_refused(code, phrase, problem):
    with pytest.raises(PhraseError) as caught:
        add(code, phrase)
    assert caught.value.problem is problem
    assert kbli_words.in_use() == []
    assert kbli_words.mark() == (0, None, None)


def test_words_that_are_there_are_refused():
    own = get_book().kbli(2025, KIOSK).words[0]
    with pytest.raises(PhraseError) as caught:
        add(KIOSK, own.upper())
    assert caught.value.problem is PhraseProblem.THERE
    add(KIOSK, "Kios  Ajaib")
    with pytest.raises(PhraseError) as caught:
        add(KIOSK, "kios ajaib!")
    assert caught.value.problem is PhraseProblem.THERE
    add(FISH, "kios ajaib")  # of another activity it is another word


def test_there_is_room_for_so_many(monkeypatch):
    monkeypatch.setattr(kbli_words, "WORDS_AT_MOST", 2)
    add(KIOSK, "satu ajaib")
    word = add(KIOSK, "dua ajaib")
    with pytest.raises(PhraseError) as caught:
        add(KIOSK, "tiga ajaib")
    assert caught.value.problem is PhraseProblem.FULL
    kbli_words.retire(word.id)
    add(KIOSK, "tiga ajaib")


def test_each_change_is_a_version():
    marks = [kbli_words.mark()]
    word = add(KIOSK, "satu ajaib")
    marks.append(kbli_words.mark())
    add(FISH, "dua ajaib")
    marks.append(kbli_words.mark())
    kbli_words.retire(word.id)
    marks.append(kbli_words.mark())
    kbli_words.put_back(word.id, by=AddedBy.PRACTICE)
    marks.append(kbli_words.mark())
    assert [version for version, *_ in marks] == [0, 1, 2, 3, 4]


def test_taking_out_twice_or_nothing():
    word = add(KIOSK, ODD)
    kbli_words.retire(word.id)
    with pytest.raises(kbli_words.NoSuchWord):
        kbli_words.retire(word.id)
    with pytest.raises(kbli_words.NoSuchWord):
        kbli_words.retire(word.id + 1)
    kbli_words.put_back(word.id, by=AddedBy.PRACTICE)
    with pytest.raises(PhraseError) as caught:
        kbli_words.put_back(word.id, by=AddedBy.PRACTICE)
    assert caught.value.problem is PhraseProblem.THERE


def test_taken_out_shows_each_once_and_not_what_is_back():
    words = [add(KIOSK, "satu ajaib"), add(KIOSK, "dua ajaib")]
    for word in words:
        kbli_words.retire(word.id)
    again = kbli_words.put_back(words[0].id, by=AddedBy.PRACTICE)
    assert [word.phrase for word in kbli_words.retired()] == ["dua ajaib"]
    kbli_words.retire(again.id)
    assert [word.id for word in kbli_words.retired()] == [again.id, words[1].id]


def test_out_and_in_again_is_the_same():
    for code, phrase in ((KIOSK, "kios ajaib"), (KIOSK, "es serut"), (FISH, "ikan ajaib")):
        add(code, phrase)
    gone = add(FISH, "ikan mas ajaib")
    kbli_words.retire(gone.id)
    table = kbli_words.to_csv()
    assert table == (
        "edition,code,phrase\n"
        f"2025,{KIOSK},es serut\n2025,{KIOSK},kios ajaib\n2025,{FISH},ikan ajaib\n"
    )
    assert read_workbook(kbli_words.to_workbook()) == [
        ["Edisi KBLI", "KBLI", "Kata"],
        *(line.split(",") for line in table.splitlines()[1:]),
    ]
    assert kbli_words.from_csv(table.splitlines()) == kbli_words.Imported(0, 3)
    for word in kbli_words.in_use():
        kbli_words.retire(word.id)
    assert kbli_words.to_csv() == "edition,code,phrase\n"
    assert kbli_words.from_csv(table.splitlines()) == kbli_words.Imported(3, 0)
    assert kbli_words.to_csv() == table
    assert {word.added_by for word in kbli_words.in_use()} == {AddedBy.FILE}


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("2025,00000,kios ajaib", PhraseProblem.UNKNOWN_CODE),
        ("2025,47112,", PhraseProblem.EMPTY),
        ("2025,47112", PhraseProblem.EMPTY),
        ("2025,47112,a@b", PhraseProblem.PERSONAL),
        ("2020,47112,kios ajaib", "the edition is not 2025"),
    ],
)
def test_a_file_with_a_mistake_says_where(line, problem):
    with pytest.raises(kbli_words.BadWordFile) as caught:
        kbli_words.from_csv(["edition,code,phrase", "2025,47112,baik ajaib", line])
    assert (caught.value.line, caught.value.problem) == (3, problem)


def test_a_file_with_other_columns_is_refused():
    with pytest.raises(kbli_words.BadWordFile) as caught:
        kbli_words.from_csv(["kode,kata", "47112,kios ajaib"])
    assert caught.value.line == 1
