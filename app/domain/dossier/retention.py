"""How long data are kept, table by table: the shapes of app/reference/retention.toml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

ANSWER_WITHIN = timedelta(hours=3 * 24)
"""Within this time somebody who asks about their own data is answered (UU 27/2022)."""


class DataGroup(StrEnum):
    """What belongs together in a person's eyes. NOBODY: about nobody."""

    PERSON = "person"
    BUSINESS = "business"
    STATEMENTS = "statements"
    NIK = "nik"
    OFFICES = "offices"
    FILES = "files"
    MESSAGES = "messages"
    HELPERS = "helpers"
    RECORD = "record"
    TRACES = "traces"
    NOBODY = "nobody"


class OnErasure(StrEnum):
    """What an erasure does with the rows of a file. EMPTY: the row stays, its columns go."""

    DELETE = "delete"
    EMPTY = "empty"
    KEEP = "keep"


class FileCase(StrEnum):
    """What ends the keeping of a whole file. WITH_NIB: no end that we know of."""

    DRAFT = "draft"
    WITHDRAWN = "withdrawn"
    ERASURE = "erasure"
    PRACTICE = "practice"
    WITH_NIB = "with_nib"


@dataclass(frozen=True)
class TableRule:
    """One table. days: after the moment in `starts` its rows go, whatever becomes of their file.

    days: NULL where they stay as long as their file. by: the service that carries it out; "" for
    the general sweep. with_nib: erased on request although the file has a NIB.
    """

    table: str
    group: DataGroup
    on_erasure: OnErasure
    with_nib: bool
    days: int | None
    starts: str
    by: str


@dataclass(frozen=True)
class FileRule:
    """How long a whole file stays. days: calendar days, None where no end is known.

    law: the basis as cited; "policy" for a rule of our own. confirmed: read in the law itself.
    """

    case: FileCase
    days: int | None
    law: str
    confirmed: bool


@dataclass(frozen=True)
class Retention:
    """The whole file of rules."""

    tables: Mapping[str, TableRule]
    files: Mapping[FileCase, FileRule]


def read_retention(stored: Mapping[str, Any]) -> Retention:
    """Return the rules in a parsed file. Raises ValueError or KeyError for one that is wrong."""
    tables: dict[str, TableRule] = {}
    for row in stored["table"]:
        rule = TableRule(
            table=row["name"],
            group=DataGroup(row["group"]),
            on_erasure=OnErasure(row["on_erasure"]),
            with_nib=row.get("with_nib", False),
            days=row.get("days"),
            starts=row.get("starts", ""),
            by=row.get("by", ""),
        )
        if rule.table in tables or (rule.days is None) != (rule.starts == ""):
            raise ValueError(rule.table)
        if rule.days is not None and rule.days < 1:
            raise ValueError(rule.table)
        tables[rule.table] = rule
    files = {
        FileCase(row["case"]): FileRule(
            FileCase(row["case"]), row.get("days"), row["law"], row["confirmed"]
        )
        for row in stored["file"]
    }
    if set(files) != set(FileCase):
        raise ValueError("file")
    return Retention(tables, files)
