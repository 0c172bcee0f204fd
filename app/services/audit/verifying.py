"""Verifying the whole record: what was changed, taken away or moved, each with its day."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import select

from app.domain.dossier.events import FIRST_HASH, FORM
from app.domain.dossier.seals import STANDS, ActKind, Head, seal_hash, sealed_state
from app.domain.law.calendar import local_date
from app.extensions import db
from app.models.audit import Act, Seal, SealHead
from app.models.dossier import Dossier, Event
from app.services.audit import seals
from app.services.base import acts, events

_LINE = re.compile(r"^seal ([1-9][0-9]{0,8}) ([0-9a-f]{64})\s*$", re.MULTILINE)


class Wrong(StrEnum):
    """What is wrong with an entry or a chain."""

    EVENT_CHANGED = "event was changed"
    EVENTS_GONE = "event and those after it are gone"
    CHAIN_REWRITTEN = "event is not the one that was sealed"
    FILE_GONE = "whole file is gone"
    ACT_CHANGED = "act was changed"
    ACTS_GONE = "act and those after it are gone"
    ACTS_REWRITTEN = "act is not the one that was sealed"
    SEAL_CHANGED = "seal was changed"
    SEALS_GONE = "seal and those after it are gone"
    OTHER_PAPER = "seal is not the one on the paper"


@dataclass(frozen=True)
class Fault:
    """One thing that does not hold. where: the file, or "" for acts and seals.

    day: in WIT, of the entry; of what is gone, the day of the last seal that saw it.
    """

    what: Wrong
    number: int
    day: date
    where: str = ""


@dataclass(frozen=True)
class Paper:
    """What a printed or mailed paper says about its seal."""

    number: int
    hash: str


def read_paper(text: str) -> Paper | None:
    """Return the seal that a paper names; None where there is none on it."""
    found = _LINE.search(text)
    return Paper(int(found[1]), found[2]) if found else None


@dataclass(frozen=True)
class Witnessed:
    """Where a chain stood when the worker wrote it into the log. file: 0 for the acts."""

    file: int
    head: Head
    day: date


def read_log(lines: Iterable[str]) -> Iterator[Witnessed]:
    """Yield what the lines of a log say of the record; other lines, and broken ones, are none."""
    for line in lines:
        if STANDS not in line:
            continue
        try:
            said = json.loads(line[line.index("{") :])
            day = local_date(datetime.fromisoformat(said["timestamp"]))
            heads = [(int(f), Head(int(n), str(h))) for f, n, h in said["heads"]]
        except (ValueError, KeyError, TypeError):
            continue
        yield from (Witnessed(file, head, day) for file, head in heads)


def verify_witnessed(log: Iterable[Witnessed]) -> Iterator[Fault]:
    """Yield what the log has seen and is there no more; of each chain the last that is missed."""
    lawful = _lawful()
    missed: dict[int, Fault] = {}
    for each in log:
        file, head = each.file, each.head
        if file == acts.NO_FILE:
            there = db.session.scalar(select(Act.hash).where(Act.number == head.number))
            gone, other, where = Wrong.ACTS_GONE, Wrong.ACTS_REWRITTEN, ""
        else:
            of = (Event.dossier_id == file, Event.number == head.number)
            there = db.session.scalar(select(Event.hash).where(*of))
            left = select(Event.number).where(Event.dossier_id == file).limit(1)
            gone = Wrong.EVENTS_GONE if db.session.scalar(left) else Wrong.FILE_GONE
            other, where = Wrong.CHAIN_REWRITTEN, f"file {file}"
        # Genesis is no entry; a file that was erased as a whole may be gone.
        if head.number and there != head.hash and not (there is None and file in lawful):
            missed[file] = Fault(other if there else gone, head.number, each.day, where)
    yield from missed.values()


def verify(public_key: str, paper: Paper | None = None) -> Iterator[Fault]:
    """Yield all that does not hold. public_key: of this installation, in base64."""
    all_seals = list(db.session.scalars(select(Seal).order_by(Seal.number)))
    broken = set()
    for link in events.verify_chains():
        broken.add(link.support_number)
        where = f"SRG {link.support_number}"
        yield Fault(Wrong.EVENT_CHANGED, link.number, link.day, where)
    yield from _files(broken)
    yield from _acts(all_seals)
    yield from _seals(all_seals, public_key)
    if paper is not None:
        yield from compare_paper(paper)


def compare_paper(paper: Paper) -> Iterator[Fault]:
    """Yield a fault where a seal is not the one on the paper, or not there at all."""
    found = db.session.get(Seal, paper.number)
    if found is None or found.hash != paper.hash:
        day = local_date(found.at) if found else date.min
        yield Fault(Wrong.OTHER_PAPER, paper.number, day)


def _lawful() -> set[object]:
    """Return the files that were erased by their term or on request."""
    erased = db.session.scalars(select(Act).where(Act.kind == ActKind.FILE_ERASED))
    return {act.facts["file"] for act in erased}


def _files(broken: set[str]) -> Iterator[Fault]:
    """Compare with what every seal saw; a file that retention deleted may be gone."""
    lawful = _lawful()
    query = (
        select(SealHead, Seal.at, Event.hash, Dossier.support_number)
        .join(Seal, Seal.number == SealHead.seal_number)
        .outerjoin(
            Event,
            (Event.dossier_id == SealHead.file_id) & (Event.number == SealHead.number),
        )
        .outerjoin(Dossier, Dossier.id == SealHead.file_id)
        .where((Event.hash.is_(None)) | (Event.hash != SealHead.hash))
        .order_by(SealHead.file_id, SealHead.number)
    )
    gone: dict[int, tuple[date, str]] = {}
    rewritten: set[int] = set()
    for head, at, now_there, number in db.session.execute(query):
        file, day = head.file_id, local_date(at)
        where = f"SRG {number}" if number else f"file {file}"
        if now_there is None:
            if file not in lawful or number is not None:
                gone[file] = day, where  # the last of them: who saw the most
        elif number not in broken and file not in rewritten:
            rewritten.add(file)
            yield Fault(Wrong.CHAIN_REWRITTEN, head.number, day, where)
    for file, (day, where) in gone.items():
        left = db.session.scalar(
            select(Event.number)
            .where(Event.dossier_id == file)
            .order_by(Event.number.desc())
            .limit(1)
        )
        what = Wrong.EVENTS_GONE if left else Wrong.FILE_GONE
        yield Fault(what, (left or 0) + 1, day, where)


def _acts(all_seals: list[Seal]) -> Iterator[Fault]:
    previous, broken = FIRST_HASH, False
    sealed = {seal.acts for seal in all_seals}
    hashes: dict[int, str] = {}
    for number, act in enumerate(acts.every(), 1):
        fits = act.number == number and act.previous_hash == previous and act.form == FORM
        if not broken and not (fits and act.hash == events.hash_of(act, acts.NO_FILE)):
            broken = True
            yield Fault(Wrong.ACT_CHANGED, act.number, local_date(act.at))
        previous = act.hash
        if act.number in sealed:
            hashes[act.number] = act.hash
    cut: Seal | None = None
    for seal in all_seals:
        if seal.acts and seal.acts not in hashes:
            cut = seal
        elif not broken and seal.acts and hashes[seal.acts] != seal.acts_head:
            yield Fault(Wrong.ACTS_REWRITTEN, seal.acts, local_date(seal.at))
            return
    if cut is not None:
        yield Fault(Wrong.ACTS_GONE, acts.head().number + 1, local_date(cut.at))


def _seals(all_seals: list[Seal], public_key: str) -> Iterator[Fault]:
    rows: dict[int, list[SealHead]] = {}
    for row in db.session.scalars(select(SealHead)):
        rows.setdefault(row.seal_number, []).append(row)
    heads: dict[int, Head] = {}
    previous, number = FIRST_HASH, 0
    for seal in all_seals:
        number += 1
        seals.add_heads(heads, rows.get(seal.number, []))
        said = seals.said(seal)
        fits = seal.number == number and seal.previous_hash == previous
        fits = fits and said == sealed_state(seal.number, seal.at, heads, said.acts)
        fits = fits and seal.hash == seal_hash(previous, said, seal.key)
        if not (fits and seal.key == public_key and seals.is_signed(seal)):
            yield Fault(Wrong.SEAL_CHANGED, seal.number, local_date(seal.at))
            return  # all after it hang on it
        previous = seal.hash
    told = db.session.scalars(select(Act).where(Act.kind == ActKind.SEALED)).all()
    missing = [act for act in told if act.facts["seal"] not in {s.number for s in all_seals}]
    if missing:
        yield Fault(Wrong.SEALS_GONE, number + 1, local_date(missing[-1].at))
