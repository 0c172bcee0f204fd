"""What all readers of app/content share: mistakes with file and line, and TOML."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from app.domain.help.topics import ORIGINAL, TRANSLATION

LANGUAGES: Final = (ORIGINAL, TRANSLATION)
TITLE_AT_MOST: Final = 45  # characters: one line in a list of links
WORDS: Final = range(6, 16)
SLUG: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")

Wrong = Callable[[str, int, str], None]
"""Takes the file, its line and a sentence."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing wrong with the content. file: below app/content; line: from 1."""

    file: str
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what}"


def read_toml(text: str, name: str, wrong: Wrong, below: int = 0) -> dict[str, Any] | None:
    """Return a table; complains and returns None where it is none. below: lines above the text."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"at line (\d+)", str(error))
        line = int(at.group(1)) if at else len(text.splitlines())
        wrong(name, line + below, f"this is no TOML: {error}")
        return None


def line_of_table(text: str, name: str) -> int:
    """Return the line on which a table begins; the first where none does."""
    start = f"[{name}]"
    return next((n for n, row in enumerate(text.splitlines(), 1) if row.strip() == start), 1)


def line_of_row(text: str, table: str, key: str) -> int:
    """Return the line of a key below the beginning of a table, else that beginning."""
    return line_of_key(text, key, after=line_of_table(text, table))


def line_of_key(text: str, key: str, *, after: int = 0) -> int:
    """Return the first line behind another on which a key stands, else that other (at least 1)."""
    row_of = re.compile(rf"\s*\"?{re.escape(key)}\"?\s*=")
    rows = enumerate(text.splitlines(), 1)
    return next((n for n, row in rows if n > after and row_of.match(row)), max(after, 1))
