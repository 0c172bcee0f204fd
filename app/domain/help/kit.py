"""Shapes and bounds of the print kit (bahan sosialisasi): what is handed out, hung up and read out.

The bounds are ours and not of a law: they keep a paper readable and a speaker unhurried.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from math import ceil
from typing import Final, Generic, TypeVar

ADDRESS: Final = "{address}"
"""Stands in a text where the public address goes."""
MARK: Final = "LATIHAN – PRACTICE"
"""Stands on every paper and before every text that was made in practice."""

NOTICE_WORDS_AT_MOST: Final = 90
MESSAGE_AT_MOST: Final = 700  # characters, the address and the mark of practice included
ADDRESS_ROOM: Final = 60  # characters that any address of an office may have
MARK_ROOM: Final = 60  # characters for the mark of practice before a message
WORDS_A_MINUTE: Final[Mapping[str, int]] = {"id": 120, "en": 140}
"""An unhurried voice: Indonesian words are longer, and for many it is the second language."""
FILLED: Final = 0.8  # of its time on the air that a script uses at least


class PieceName(StrEnum):
    """A piece of the kit, in the order in which it is shown; also its name in addresses."""

    LEAFLET = "selebaran"
    POSTER = "poster"
    NOTICE = "pengumuman"
    RADIO = "radio"
    MESSAGE = "whatsapp"


SECONDS: Final[Mapping[str, int]] = {"long": 60, "short": 30}
"""How long each script of the radio may last, by the name of its field."""


@dataclass(frozen=True, slots=True)
class Part:
    """What a piece takes over from a topic of help: its title, its answer, and so many points."""

    topic: str
    points: int = 0


@dataclass(frozen=True, slots=True)
class LeafletWords:
    """What stands on the leaflet beside the topics. honest: who gives the NIB and who does not."""

    headline: str
    start: str
    steps: tuple[str, ...]
    helps: str
    more: str
    honest: str


@dataclass(frozen=True, slots=True)
class PosterWords:
    """What stands on the poster: to be read from three metres, so each line is short."""

    headline: str
    lines: tuple[str, ...]
    scan: str
    here: str
    honest: str


@dataclass(frozen=True, slots=True)
class NoticeWords:
    """What is read out in church and mosque, and the sheet to pin up with blanks for a pen."""

    headline: str
    church: str
    mosque: str
    spoken: str
    blanks: tuple[str, ...]
    honest: str


@dataclass(frozen=True, slots=True)
class RadioWords:
    """Two scripts, for a minute and for half of one."""

    long: str
    short: str


@dataclass(frozen=True, slots=True)
class MessageWords:
    """What is passed on from phone to phone."""

    text: str


W = TypeVar("W", LeafletWords, PosterWords, NoticeWords, RadioWords, MessageWords)


@dataclass(frozen=True, slots=True)
class PieceText(Generic[W]):
    """A piece in one language. use: what it is for. of: as in a topic, for translations."""

    title: str
    use: str
    reviewed: date
    words: W
    of: date | None = None


@dataclass(frozen=True, slots=True)
class Piece(Generic[W]):
    """One piece of the kit in both languages, and the topics that it rests on."""

    name: PieceName
    parts: tuple[Part, ...]
    texts: Mapping[str, PieceText[W]]


@dataclass(frozen=True, slots=True)
class Kit:
    """All pieces."""

    leaflet: Piece[LeafletWords]
    poster: Piece[PosterWords]
    notice: Piece[NoticeWords]
    radio: Piece[RadioWords]
    message: Piece[MessageWords]


def first_sentences(text: str, count: int) -> str:
    """Return a text up to the end of its so many first sentences."""
    return " ".join(re.split(r"(?<=[.?!])\s+", text)[:count])


def words_in(text: str) -> int:
    """Return how many words a voice says: an address is said in its parts, a blank as one word."""
    return len(re.findall(r"\w+(?:['’]\w+)*", text.replace(ADDRESS, "a b c d e")))


def reading_seconds(text: str, language: str) -> int:
    """Return about how long a text takes to read out, in seconds, never too few."""
    return ceil(words_in(text) * 60 / WORDS_A_MINUTE[language])


def fits_its_time(text: str, language: str, seconds: int) -> bool:
    """Return whether a script fills its time on the air and does not run over."""
    return FILLED * seconds <= reading_seconds(text, language) <= seconds
