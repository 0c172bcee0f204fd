"""Help: read once at start, found by everyday words, and counted: was it clear?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from app import clock
from app.domain.help.examples import Example
from app.domain.help.topics import ORIGINAL, TRANSLATION, HelpBook, Places, Term, Topic
from app.domain.kbli.finder import Finder
from app.domain.law.rows import KbliEntry
from app.extensions import db
from app.models.help import HelpFeedback
from app.services.help.example_files import NOBODY, Practice
from app.services.help.files import CONTENT, WORDS_OF, Page, read_help
from app.services.help.text import meanings, terms_in
from app.services.kbli.finder import read_language

AT_MOST = 6
FAR_BEHIND = 0.35  # of the best score; what scores less only fills a small screen
# Where every question is about a business these say nothing; here they are what is asked.
SAYS_SOMETHING = frozenset(
    {"nib", "kbli", "nik", "oss", "izin", "kode", "usaha", "kecil", "baru", "buka", "punya", "need"}
    | {"business", "small", "permit", "code", "new", "licence", "license", "list", "daftar"}
    | {"nama", "cocok", "minta", "tanya", "bantu", "mulai", "lanjut", "orang lain", "milik", "satu"}
    | {"what", "where", "when", "who", "which", "how", "bring", "come", "help", "take", "get"}
    | {"somebody", "someone", "family", "company", "work", "big", "hours", "masuk", "belum"}
)
# Before the key of a term or an example, where all are found together.
_TERM, _EXAMPLE = "kamus/", "contoh/"


Hit = Topic | Term | Example


class NoSuchTopic(LookupError):
    """There is no topic, word or example of this name."""


@dataclass
class _Shelf:
    """Where the book stands once it was read."""

    book: HelpBook = field(default_factory=lambda: HelpBook({}, {}, Places({}, {}, {}, {})))


_shelf = _Shelf()


def load(page: Page, folder: Path = CONTENT, practice: Practice = NOBODY) -> HelpBook:
    """Read the content and keep it for every request. Raises help_files.HelpBroken."""
    return keep(read_help(page, folder, practice))


def keep(found: HelpBook) -> HelpBook:
    """Make a book the one that is shown; what was made from the last one is forgotten."""
    _shelf.book = found
    _finder.cache_clear()
    _uses.cache_clear()
    return found


def book() -> HelpBook:
    """Return all help there is."""
    return _shelf.book


def topics() -> list[Topic]:
    """Return the topics in their order."""
    return list(book().topics.values())


def topic(slug: str) -> Topic:
    """Return one topic. Raises NoSuchTopic."""
    try:
        return book().topics[slug]
    except KeyError as unknown:
        raise NoSuchTopic(slug) from unknown


def term(key: str) -> Term:
    """Return one explained word. Raises NoSuchTopic."""
    try:
        return book().terms[key]
    except KeyError as unknown:
        raise NoSuchTopic(key) from unknown


def stale() -> list[Topic | Example]:
    """Return the topics and examples whose translation is older than the original."""
    told: list[Topic | Example] = [*topics(), *book().examples.values()]
    return [each for each in told if each.is_stale]


# Search


@dataclass(frozen=True, slots=True)
class Found:
    """What a question found, best first. One list: whoever asks does not know which is which."""

    hits: tuple[Hit, ...]


@cache
def _finder() -> Finder:
    """Return the finder over topics, words and examples.

    It is the one of the KBLI search, so it forgives what that forgives: slips, chat spelling,
    Papuan Malay. One for both languages: whoever reads English pages may still ask in Indonesian.
    """
    entries = []
    told: list[tuple[str, Topic | Example]] = [(each.slug, each) for each in topics()]
    told += [(_EXAMPLE + each.slug, each) for each in book().examples.values()]
    for code, each in told:
        here, there = each.texts[ORIGINAL], each.texts[TRANSLATION]
        entries.append(
            KbliEntry(
                year=0,
                code=code,
                title_id=here.title,
                category="",
                name_en=there.title,
                plain_id=f"{here.summary} {here.plain}",
                plain_en=f"{there.summary} {there.plain}",
                words=(*here.words, *there.words),
            )
        )
    for one in book().terms.values():
        entries.append(
            KbliEntry(
                year=0,
                code=_TERM + one.key,
                title_id=one.term,
                category="",
                name_en=one.name_en,
                plain_id=one.meaning[ORIGINAL],
                plain_en=one.meaning[TRANSLATION],
                words=(one.term, *one.forms),
            )
        )
    words = read_language()
    # What a trade is not, or is done with, matters to the KBLI search. Here "no signal" is the
    # question itself.
    return Finder(entries, replace(words, stopwords=words.stopwords - SAYS_SOMETHING, contexts={}))


def search(query: str) -> Found:
    """Return what answers a question in everyday words; nothing where nothing fits."""
    hits = _finder().search(query, limit=AT_MOST)
    near = [hit for hit in hits if hit.score >= FAR_BEHIND * hits[0].score]
    # Among equals a topic comes first: it says what to do, a word only what it means.
    near.sort(key=lambda hit: (-hit.score, hit.entry.code.startswith(_TERM)))
    return Found(tuple(_behind(hit.entry.code) for hit in near))


def _behind(code: str) -> Hit:
    if code.startswith(_EXAMPLE):
        return book().examples[code.removeprefix(_EXAMPLE)]
    if code.startswith(_TERM):
        return book().terms[code.removeprefix(_TERM)]
    return book().topics[code]


@cache
def _uses() -> Mapping[str, list[Topic]]:
    """Return for each word the topics whose text has it."""
    found: dict[str, list[Topic]] = {}
    for each in topics():
        for key in terms_in(each.texts[ORIGINAL].plain, book().terms):
            found.setdefault(key, []).append(each)
    return found


def topics_with(key: str, at_most: int = 4) -> list[Topic]:
    """Return topics in whose text a word stands."""
    return _uses().get(key, [])[:at_most]


def examples_about(slug: str) -> list[Example]:
    """Return the worked examples that belong to a topic."""
    return [each for each in book().examples.values() if slug in each.topics]


def meanings_in(text: str, language: str) -> str:
    """Return what opens the meanings of the words in a text in place, as HTML; "" for none."""
    found = [book().terms[key] for key in terms_in(text, book().terms)]
    return meanings(found, language, WORDS_OF[language]) if found else ""


# Was it clear?


def count_answer(slug: str, language: str, *, clear: bool) -> None:
    """Add one to the count of a topic in this month. Nothing about the person is kept.

    Raises NoSuchTopic.
    """
    topic(slug)
    month = clock.today().strftime("%Y-%m")
    if _add(slug, language, month, clear):
        return
    row = HelpFeedback(
        slug=slug, language=language, month=month, clear=int(clear), unclear=int(not clear)
    )
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:  # somebody else was the first at the same moment
        _add(slug, language, month, clear)


def _add(slug: str, language: str, month: str, clear: bool) -> bool:
    """Add to a count that is there already, in the database itself; False where none is."""
    column = HelpFeedback.clear if clear else HelpFeedback.unclear
    done = db.session.execute(
        update(HelpFeedback)
        .where(
            HelpFeedback.slug == slug,
            HelpFeedback.language == language,
            HelpFeedback.month == month,
        )
        .values({column: column + 1})
        .execution_options(synchronize_session=False)
    )
    return bool(done.rowcount)  # type: ignore[attr-defined]


def feedback(month: str | None = None) -> Sequence[HelpFeedback]:
    """Return the counts, of one month ("2026-11") or all: what was least clear stands first."""
    wanted = select(HelpFeedback)
    if month:
        wanted = wanted.where(HelpFeedback.month == month)
    rows = db.session.scalars(wanted).all()
    return sorted(
        rows, key=lambda row: (-row.unclear / (row.clear + row.unclear), row.slug, row.language)
    )
