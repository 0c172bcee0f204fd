"""What became of a KBLI 2020 code in KBLI 2025: for people whose NIB carries the old number.

Total and deterministic: each of the 1,789 old codes gets an answer, and where no table names a
successor the answer says so. Nothing here converts a licence: OSS does.

Source: Peraturan BPS 7/2025 (KBLI 2025, read second-hand); the steps themselves come with the
method by which each became known, see app/reference/releases.toml.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.domain.law.risk import Citation
from app.domain.law.rows import KbliEntry, KbliStep

CODES_AT_ONCE = 10  # more than a NIB of a small business carries; a page stays readable

KBLI_LAW = Citation("Peraturan BPS 7/2025", confirmed=False)
STAYS_VALID_LAW = Citation("PP 28/2025", "549")

# "47.111" and "47 111" are written on papers too, but two codes often stand side by side as well.
_CODE = re.compile(r"(?<![0-9])([0-9]{2})[.]?([0-9]{3})(?![0-9])")

# What people write before the five digits.
_PREFIX = re.compile(r"^(?:(?:kode|code|nomor|kbli|2020|2025)\b[\s.:]*)+", re.IGNORECASE)


class LinkBasis(StrEnum):
    """How a step from the old to the new list is known, the surest first.

    OFFICIAL_TABLE: a table of BPS. OSS_PAGE: the public OSS page of the new code names the old
    one. SAME_TITLE: number and title are equal. SAME_NUMBER: the number is equal, the title is
    not, so that it is our reading. INFERENCE: we compared the meanings. NONE: no step is known.
    """

    OFFICIAL_TABLE = "official_table"
    OSS_PAGE = "oss_page"
    SAME_TITLE = "same_title"
    SAME_NUMBER = "same_number"
    INFERENCE = "inference"
    NONE = "none"


BASIS_OF_METHOD: Mapping[str, LinkBasis] = {
    "bps_change_table": LinkBasis.OFFICIAL_TABLE,
    "bps_conversion_table": LinkBasis.OFFICIAL_TABLE,
    "oss_page": LinkBasis.OSS_PAGE,
    "same_code_same_title": LinkBasis.SAME_TITLE,
    "same_code_title_changed": LinkBasis.SAME_NUMBER,
    "manual_inferred": LinkBasis.INFERENCE,
    "guess_within_prefix": LinkBasis.INFERENCE,
}
_SURE = frozenset({LinkBasis.OFFICIAL_TABLE, LinkBasis.OSS_PAGE, LinkBasis.SAME_TITLE})
_ORDER = list(LinkBasis)


class CodeChange(StrEnum):
    """What happened to an old code."""

    SAME = "same"  # number and title are equal
    RENAMED = "renamed"  # the number is equal, the title says something more or less
    RECODED = "recoded"  # one other number, and nothing else became part of it
    MERGED = "merged"  # one other number, which takes in other old codes too
    SPLIT = "split"  # several new codes to choose from
    UNKNOWN = "unknown"


class WhatToDo(StrEnum):
    """What the owner of an old NIB should do.

    NOTHING: the number stays. AUTOMATIC: a pure recode, which OSS converts by itself. CHECK: look
    at oss.go.id which number stands there. CHOOSE: pick one and change the data at oss.go.id.
    ASK: nobody can say from here; DPMPTSP looks at it.
    """

    NOTHING = "nothing"
    AUTOMATIC = "automatic"
    CHECK = "check"
    CHOOSE = "choose"
    ASK = "ask"


@dataclass(frozen=True, slots=True)
class NewCode:
    """One code of KBLI 2025 that an old one leads to, and how that is known."""

    entry: KbliEntry
    basis: LinkBasis


@dataclass(frozen=True, slots=True)
class KbliChange:
    """The answer for one old code.

    basis: the weakest of the steps; NONE without any. number_now: the code of KBLI 2025 that has
    the old number and another meaning, None where the number is gone or kept its meaning.
    """

    old: KbliEntry
    change: CodeChange
    new: tuple[NewCode, ...]
    basis: LinkBasis
    to_do: WhatToDo
    number_now: KbliEntry | None
    citations: tuple[Citation, ...]

    @property
    def is_sure(self) -> bool:
        """Return whether a table or equal words stand behind every step."""
        return self.basis in _SURE


def codes_in(text: str) -> tuple[str, ...]:
    """Return the five-digit codes in a text, each once, at most CODES_AT_ONCE, in its order.

    "47111, 56.102 dan 96200" has three. Longer numbers, a NIB for example, are no codes.
    """
    found = dict.fromkeys(first + rest for first, rest in _CODE.findall(text))
    return tuple(found)[:CODES_AT_ONCE]


def only_code(text: str) -> str | None:
    """Return the code that a text consists of, "56.102" or "KBLI 56102"; None for other texts."""
    found = _CODE.fullmatch(_PREFIX.sub("", text.strip()))
    return found[1] + found[2] if found else None


def kbli_change(
    old: KbliEntry,
    steps: Sequence[KbliStep],
    find_new: Callable[[str], KbliEntry | None],
) -> KbliChange:
    """Return what became of an old code.

    old: of KBLI 2020. steps: all steps from it, in any order; find_new: a code of KBLI 2025, None
        where there is none. A step whose method is not known here counts as an inference.

    Source: Peraturan BPS 7/2025; PP 28/2025, article 549 (older licences stay valid).
    """
    new = tuple(
        NewCode(entry, BASIS_OF_METHOD.get(step.method, LinkBasis.INFERENCE))
        for step in sorted(steps, key=lambda step: step.code_2025)
        if (entry := find_new(step.code_2025)) is not None
    )
    basis = max((each.basis for each in new), key=_ORDER.index, default=LinkBasis.NONE)
    change = _what_happened(old, new, {step.relation for step in steps})
    numbers = {each.entry.code for each in new}
    return KbliChange(
        old=old,
        change=change,
        new=new,
        basis=basis,
        to_do=_what_to_do(change, basis),
        number_now=None if old.code in numbers else find_new(old.code),
        citations=(KBLI_LAW, STAYS_VALID_LAW),
    )


def _what_happened(old: KbliEntry, new: tuple[NewCode, ...], relations: set[str]) -> CodeChange:
    if not new:
        return CodeChange.UNKNOWN
    if len(new) > 1:
        return CodeChange.SPLIT
    (only,) = new
    if only.entry.code == old.code:
        equal = _plain(only.entry.title_id) == _plain(old.title_id)
        same = equal or only.basis is LinkBasis.SAME_TITLE
        return CodeChange.SAME if same else CodeChange.RENAMED
    return CodeChange.MERGED if relations - {"1:1"} else CodeChange.RECODED


def _what_to_do(change: CodeChange, basis: LinkBasis) -> WhatToDo:
    if change is CodeChange.UNKNOWN or basis is LinkBasis.INFERENCE:
        return WhatToDo.ASK
    if change is CodeChange.SPLIT:
        return WhatToDo.CHOOSE
    if change is CodeChange.SAME:
        return WhatToDo.NOTHING
    if change is CodeChange.RECODED and basis in _SURE:
        return WhatToDo.AUTOMATIC
    return WhatToDo.CHECK


def _plain(title: str) -> str:
    """Titles are equal also where only capitals and commas differ."""
    return " ".join(re.sub(r"[^0-9a-z]+", " ", title.lower()).split())
