"""The print kit: read once at start; its texts to read out and to pass on, ready to use."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from flask_babel import gettext as _

from app import modes
from app.domain.help.kit import (
    ADDRESS,
    MARK,
    SECONDS,
    Kit,
    MessageWords,
    NoticeWords,
    Part,
    Piece,
    PieceName,
    RadioWords,
    reading_seconds,
    words_in,
)
from app.domain.help.topics import Topic
from app.domain.law.risk import Citation
from app.i18n import language, short_day
from app.services.help import book as help_book
from app.services.help.files import CONTENT
from app.services.help.kit_files import read_kit


class NoSuchText(LookupError):
    """No piece of this name has a text to read out or to pass on."""


@dataclass
class _Shelf:
    """Where the kit stands once it was read, beside the topics that it was checked against."""

    kit: Kit | None = None
    topics: Mapping[str, Topic] = field(default_factory=dict)


_shelf = _Shelf()


def load(folder: Path = CONTENT) -> Kit:
    """Read the kit and keep it for every request. Comes after help; raises HelpBroken."""
    book = help_book.book()
    _shelf.kit, _shelf.topics = read_kit(book, folder), book.topics
    return _shelf.kit


def kit() -> Kit:
    """Return all pieces."""
    assert _shelf.kit is not None, "load() was not called"
    return _shelf.kit


def pieces() -> dict[PieceName, Piece[Any]]:
    """Return the pieces in the order in which they are shown."""
    found = kit()
    all_of_them: list[Piece[Any]] = [
        found.leaflet, found.poster, found.notice, found.radio, found.message,
    ]  # fmt: skip
    return {piece.name: piece for piece in all_of_them}


# What a piece rests on


def topics_of(piece: Piece[Any]) -> list[Topic]:
    """Return the topics that a piece takes over."""
    return [topic_of(part) for part in piece.parts]


def topic_of(part: Part) -> Topic:
    """Return the topic that a part is taken from."""
    return _shelf.topics[part.topic]


def laws(piece: Piece[Any]) -> list[Citation]:
    """Return the law behind a piece: that of its topics, each article once."""
    found = dict.fromkeys(law for topic in topics_of(piece) for law in topic.law)
    return list(found)


def checked_on(piece: Piece[Any]) -> date:
    """Return the day since which everything in a piece was read against the law."""
    here = language()
    days = [topic.texts[here].reviewed for topic in topics_of(piece)]
    return min(piece.texts[here].reviewed, *days)


def source_line(piece: Piece[Any]) -> str:
    """Return law and day of review as one line for a paper."""
    cited_laws = laws(piece)
    said = []
    for law, sure in dict.fromkeys((each.law, each.confirmed) for each in cited_laws):
        cited = [each.article for each in cited_laws if (each.law, each.confirmed) == (law, sure)]
        articles = dict.fromkeys(part for each in cited for part in each.split(", ") if part)
        in_order = sorted(articles, key=lambda part: [int(n) for n in re.findall(r"\d+", part)])
        line = f"{law} Pasal {', '.join(in_order)}" if in_order else law
        unsure = _("read second-hand, ask to be sure")
        said.append(line if sure else f"{line} ({unsure})")
    law_head = _("The law behind this")
    day = _("Checked on %(day)s", day=short_day(checked_on(piece)))
    return f"{law_head}: {'; '.join(said)}. {day}." if said else f"{day}."


def stale() -> list[str]:
    """Return a sentence for each piece with a topic that was reviewed after it."""
    return [
        f"kit/id/{piece.name}.toml is older than id/{topic.slug}.md"
        for piece in pieces().values()
        for topic in topics_of(piece)
        if topic.texts["id"].reviewed > piece.texts["id"].reviewed
    ]


# Texts


@dataclass(frozen=True, slots=True)
class Script:
    """A text to read out or to pass on. seconds: what it may last, None where nobody waits.

    paragraphs: its lines. takes: about how many seconds it takes to read out.
    """

    heading: str
    paragraphs: tuple[str, ...]
    words: int
    takes: int
    seconds: int | None = None

    @property
    def text(self) -> str:
        """Return it as one text."""
        return "\n".join(self.paragraphs)


def practice_mark() -> str:
    """Return what stands before every text of practice; "" outside it."""
    return _("%(mark)s: do not hand this out", mark=MARK) if modes.in_training() else ""


def scripts(name: PieceName, address: str) -> list[Script]:
    """Return the texts of a piece in the language of the page.

    address: the whole public address. Raises NoSuchText.
    """
    try:
        words = pieces()[name].texts[language()].words
    except KeyError as unknown:
        raise NoSuchText(name) from unknown
    if isinstance(words, MessageWords):
        marked = "\n".join(filter(None, [practice_mark(), words.text]))
        return [_script(_("Text to send"), [marked.replace(ADDRESS, address)])]
    spoken = address_as_typed(address)
    if isinstance(words, RadioWords):
        headings = {"long": _("One minute"), "short": _("Half a minute")}
        return [
            _script(heading, [getattr(words, key).replace(ADDRESS, spoken)], SECONDS[key])
            for key, heading in headings.items()
        ]
    if isinstance(words, NoticeWords):
        said = words.spoken.replace(ADDRESS, spoken)
        return [
            _script(_("To read out in church"), [words.church, said]),
            _script(_("To read out in the mosque"), [words.mosque, said]),
        ]
    raise NoSuchText(name)


def _script(heading: str, parts: Sequence[str], seconds: int | None = None) -> Script:
    text = "\n".join(parts)
    takes = reading_seconds(text, language())
    return Script(heading, tuple(text.split("\n")), words_in(text), takes, seconds)


def plain_text(name: PieceName, address: str) -> str:
    """Return the texts of a piece as a plain file. Raises NoSuchText."""
    piece = pieces()[name]
    mark = practice_mark()
    found = scripts(name, address)
    if name is PieceName.MESSAGE:  # to be copied as it stands, its mark in it
        return found[0].text + "\n"
    parts = [piece.texts[language()].title, *filter(None, [mark])]
    for each in found:
        parts += [f"{each.heading} ({length_of(each)})", each.text]
    return "\n\n".join([*parts, source_line(piece)]) + "\n"


def tag_of_text(said: str) -> str:
    """Return a short name for a text."""
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def length_of(script: Script) -> str:
    """Return how long a text is, in words for people."""
    said = _("%(words)s words, about %(seconds)s seconds", words=script.words, seconds=script.takes)
    return str(said)


def address_as_typed(url: str) -> str:
    """Return an address as people type it: without scheme and final slash."""
    return url.partition("://")[2].rstrip("/")
