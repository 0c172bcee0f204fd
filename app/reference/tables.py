"""Reading what was collected, and writing the tables of this folder."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from app.reference import UNREAD

# A remark of the collector about the page, not a duty.
REMARK = re.compile(r"\s*\(teks: [^()]*\)")


def read(path: Path) -> list[dict[str, str]]:
    """Rows of one source file."""
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def write(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> int:
    """Write one table with \\n line ends; return how many rows it has."""
    count = 0
    with path.open("w", encoding="utf-8", newline="") as lines:
        out = csv.writer(lines, lineterminator="\n")
        out.writerow(header)
        for row in rows:
            if any("\n" in cell or UNREAD.search(cell) for cell in row):
                raise ValueError(f"{path.name}: not fit to be shown: {row}")
            out.writerow(row)
            count += 1
    return count


def bare(code: str) -> str:
    """An area code without its dots."""
    return code.replace(".", "")


def items(text: str, separator: str = " ; ") -> tuple[tuple[str, ...], bool]:
    """Parts of a list, and whether a part of it was not read."""
    found: list[str] = []
    cut = False
    for part in text.split(separator):
        clean = REMARK.sub("", UNREAD.sub("", part)).strip()
        cut = cut or bool(UNREAD.search(part))
        if clean.startswith("atau ") and found:
            found[-1] += f", {clean}"
        elif clean:
            found.append(clean)
    return tuple(found), cut


def joined(values: Sequence[str]) -> str:
    """A list in one cell."""
    if any("|" in value for value in values):
        raise ValueError(f"a bar inside {values}")
    return "|".join(values)
