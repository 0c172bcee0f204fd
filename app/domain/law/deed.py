"""The KBLI codes in the founding paper of a company (akta), and whether the activities match them.

OSS takes the activities of a company from its deed, through the registry of legal entities (AHU);
an activity that the deed does not name is refused there. Source: PP 28/2025, articles 204, 207(4).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from enum import StrEnum

from app.domain.law.editions import KBLI_BEFORE, KBLI_NOW
from app.domain.law.risk import Citation
from app.domain.law.rows import KbliStep
from app.domain.written.text import EntryError

MAX_CODES = 60
DEED_LAW = Citation("PP 28/2025", "204, 207(4)")


EDITIONS = (KBLI_NOW, KBLI_BEFORE, 2017, 2015, 2009)
"""The lists that deeds name. Peraturan Kepala BPS 57/2009, 95/2015, 19/2017; BPS 2/2020, 7/2025."""
_COMPARED = frozenset((2020, 2025))  # those that we have, with what became of each code

_NOT_CODES = re.compile(
    r"(?:kbli|tahun|thn|edisi|edition|year)[ .:]*(?:19|20)[0-9]{2}(?![0-9])"
    r"|(?<![0-9])[0-9]{1,3}[.)](?=[^0-9]|$)",  # the number of a line: "1." or "2)"
    re.IGNORECASE,
)


class DeedProblem(StrEnum):
    """Why a written list of codes cannot be taken."""

    EMPTY = "empty"
    NOT_FIVE_DIGITS = "not_five_digits"
    TOO_MANY = "too_many"


class DeedError(EntryError):
    """A list that cannot be taken; code: the part that is no code; maximum: how many fit."""

    problem: DeedProblem

    def __init__(self, problem: DeedProblem, *, code: str = "", maximum: int = MAX_CODES) -> None:
        super().__init__(problem)
        self.code = code
        self.maximum = maximum


def parse_codes(text: str) -> tuple[str, ...]:
    """Return the five-digit codes in a text, each once, in the order typed.

    Words around the codes, the year of an edition and the numbers of lines ("1.", "2)") are passed
    over, so that a piece of the deed can be copied as it stands.

    Raises DeedError.
    """
    groups = re.findall(r"[0-9]+", _NOT_CODES.sub(" ", text))
    if not groups:
        raise DeedError(DeedProblem.EMPTY)
    for group in groups:
        if len(group) != 5:
            raise DeedError(DeedProblem.NOT_FIVE_DIGITS, code=group[:20])
    codes = tuple(dict.fromkeys(groups))
    if len(codes) > MAX_CODES:
        raise DeedError(DeedProblem.TOO_MANY)
    return codes


def not_in_deed(
    activities: Iterable[str],
    *,
    deed_year: int,
    deed_codes: Sequence[str],
    steps: Iterable[KbliStep],
) -> tuple[str, ...]:
    """Return the activities (codes of KBLI 2025) that the deed does not cover, each once.

    deed_year: edition of the codes in the deed. Of one before 2020 nobody here can tell what became
    of a code, so nothing is said to be missing. A code of 2020 covers every code that
    it became; the same number counts only where the correspondence says so, since 173 numbers mean
    something else in the two editions.

    Source: PP 28/2025, articles 204, 207(4).
    """
    if deed_year not in _COMPARED:
        return ()
    if deed_year == KBLI_BEFORE:
        named = set(deed_codes)
        covered = {step.code_2025 for step in steps if step.code_2020 in named}
    else:
        covered = set(deed_codes)
    return tuple(code for code in dict.fromkeys(activities) if code not in covered)
