"""Reference facts (data rujukan): loading the dated releases, and what is loaded.

Reading goes through get_book(), offered here as well.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from sqlalchemy import delete, func, insert, select, update

from app import clock
from app.domain.dossier.seals import ActKind
from app.domain.law.editions import KBLI_NOW
from app.domain.law.rows import AreaKind, ReleaseInfo
from app.extensions import db
from app.models.dossier import Activity
from app.models.reference import (
    Area,
    Holiday,
    KbliCode,
    KbliCorrespondence,
    KbliLevel,
    KbliLevelName,
    KbliWords,
    NikPrefix,
    ReferenceRelease,
    RiskFact,
)
from app.reference import FOLDER
from app.services.base import acts
from app.services.reference.book import ReferenceBook, get_book, reset_book
from app.services.reference.files import Content, Known, read_releases
from app.services.reference.manifest import (
    FileProblem,
    ReferenceFilesBroken,
    ReleaseSource,
    Table,
    Wrong,
    read_manifest,
)

__all__ = [
    "FileProblem",
    "LoadReport",
    "LoadedRelease",
    "Outcome",
    "ReferenceBook",
    "ReferenceFilesBroken",
    "ReleaseStatus",
    "Wrong",
    "get_book",
    "load_releases",
    "reset_book",
    "status",
]

# Parents stand before what leans on them.
MODELS: Final[dict[Table, Any]] = {
    Table.LEVELS: KbliLevel,
    Table.CODES: KbliCode,
    Table.CORRESPONDENCE: KbliCorrespondence,
    Table.RISK: RiskFact,
    Table.AREAS: Area,
    Table.NIK_PREFIXES: NikPrefix,
    Table.HOLIDAYS: Holiday,
    Table.WORDS: KbliWords,
    Table.LEVEL_NAMES: KbliLevelName,
}


class Outcome(StrEnum):
    """What loading did with one release."""

    LOADED = "loaded"
    REPLACED = "replaced"
    SKIPPED = "skipped"  # already there, unchanged
    ABSENT = "absent"  # optional, and its files are not there


@dataclass(frozen=True, slots=True)
class LoadedRelease:
    """One release of the folder. rows: how many were written now."""

    id: str
    kind: str
    outcome: Outcome
    rows: int


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What load_releases() did, in the order of the manifest."""

    releases: tuple[LoadedRelease, ...]

    @property
    def changed(self) -> bool:
        """Return whether anything was written."""
        return any(release.rows for release in self.releases)


@dataclass(frozen=True, slots=True)
class ReleaseStatus:
    """One release in the database."""

    info: ReleaseInfo
    sha256: str
    loaded_at: datetime
    current: bool
    rows: int


def load_releases(directory: Path = FOLDER) -> LoadReport:
    """Bring every release of a folder into the database, inside the caller's transaction.

    What is there unchanged is left alone; a changed release is replaced. The newest release of a
    kind and edition becomes current, also against those that the folder no longer names.

    Raises ReferenceFilesBroken with everything that is wrong; then nothing was written.
    """
    sources = read_manifest(directory)
    stored = {
        row.id: row.sha256
        for row in db.session.execute(select(ReferenceRelease.id, ReferenceRelease.sha256))
    }
    changed = {
        source.info.id
        for source in sources
        if source.files and stored.get(source.info.id) != source.sha256
    }
    contents: dict[str, Content] = {}
    if changed:
        # All files are read, not only the changed ones: the others may lean on what changed.
        releases = read_releases(directory, sources, _known())
        contents = {content.source.info.id: content for content in releases}
    scopes = _scopes() if changed else {}
    report: list[LoadedRelease] = []
    for source in sources:
        outcome, rows = Outcome.SKIPPED, 0
        if not source.files:
            outcome = Outcome.ABSENT
        elif source.info.id in changed:
            is_new = source.info.id not in stored
            outcome = Outcome.LOADED if is_new else Outcome.REPLACED
            rows = _write(contents[source.info.id], is_new=is_new)
        report.append(LoadedRelease(source.info.id, source.info.kind, outcome, rows))
    if changed:
        _choose_current()
        _ask_moved_scopes_again(scopes, _scopes())
        acts.record(ActKind.REFERENCE_LOADED, releases=sorted(changed))
        reset_book()
    return LoadReport(tuple(report))


def status() -> list[ReleaseStatus]:
    """Every release in the database, by kind, edition and id."""
    counts: dict[str, int] = {}
    for model in MODELS.values():
        query = select(model.release_id, func.count()).group_by(model.release_id)
        for release_id, count in db.session.execute(query):
            counts[release_id] = counts.get(release_id, 0) + count
    releases = db.session.scalars(
        select(ReferenceRelease).order_by(
            ReferenceRelease.kind, ReferenceRelease.edition, ReferenceRelease.id
        )
    )
    return [
        ReleaseStatus(
            info=ReleaseInfo(
                id=release.id,
                kind=release.kind,
                edition=release.edition,
                title=release.title,
                as_of=release.as_of,
                source=release.source,
                licence=release.licence,
                trust=release.trust,
            ),
            sha256=release.sha256,
            loaded_at=release.loaded_at,
            current=release.current,
            rows=counts.get(release.id, 0),
        )
        for release in releases
    ]


def _known() -> Known:
    """What the current releases in the database know, for folders that bring only a part."""

    def codes(year: int) -> frozenset[str]:
        return _current_codes(KbliCode.code, KbliCode.release_id, KbliCode.year == year)

    def levels(year: int) -> frozenset[str]:
        return _current_codes(KbliLevel.code, KbliLevel.release_id, KbliLevel.year == year)

    def regencies() -> frozenset[str]:
        return _current_codes(Area.code, Area.release_id, Area.kind == AreaKind.REGENCY)

    return Known(codes, levels, regencies)


def _current_codes(code: Any, release_id: Any, condition: Any) -> frozenset[str]:
    query = (
        select(code)
        .join(ReferenceRelease, ReferenceRelease.id == release_id)
        .where(ReferenceRelease.current, condition)
    )
    return frozenset(db.session.scalars(query))


def _write(content: Content, *, is_new: bool) -> int:
    """Put the rows of one release in place of what was there; return how many."""
    source = content.source
    values = _release_values(source)
    if is_new:
        db.session.execute(insert(ReferenceRelease).values(**values))
    else:
        for model in reversed(MODELS.values()):
            db.session.execute(
                delete(model)
                .where(model.release_id == source.info.id)
                .execution_options(synchronize_session=False)
            )
        db.session.execute(
            update(ReferenceRelease)
            .where(ReferenceRelease.id == source.info.id)
            .values(**values)
            .execution_options(synchronize_session="fetch")
        )
    written = 0
    for table, model in MODELS.items():
        rows = content.rows.get(table, [])
        if rows:
            db.session.execute(insert(model.__table__), rows)
            written += len(rows)
    return written


def _release_values(source: ReleaseSource) -> dict[str, Any]:
    info = source.info
    return {
        "id": info.id,
        "kind": info.kind,
        "edition": info.edition,
        "title": info.title,
        "as_of": info.as_of,
        "source": info.source,
        "licence": info.licence,
        "trust": info.trust,
        "sha256": source.sha256,
        "loaded_at": clock.now(),
        "current": False,
    }


def _scopes() -> dict[str, set[tuple[int, str]]]:
    """Number and label of each scope by code, of the risk release in use."""
    found: dict[str, set[tuple[int, str]]] = defaultdict(set)
    for code, number, scope in db.session.execute(
        select(RiskFact.code, RiskFact.scope_no, RiskFact.scope)
        .join(ReferenceRelease, ReferenceRelease.id == RiskFact.release_id)
        .where(ReferenceRelease.edition == str(KBLI_NOW), ReferenceRelease.current)
    ):
        found[code].add((number, scope))
    return found


def _ask_moved_scopes_again(
    before: dict[str, set[tuple[int, str]]], now: dict[str, set[tuple[int, str]]]
) -> None:
    """Forget the scope that a draft chose where its code has other scopes now.

    A scope is kept by its number, and the same number may now name another part with another risk.
    What was handed over stays: its risk was fixed with its release.
    """
    moved = sorted(code for code in before if before[code] != now.get(code))
    db.session.execute(
        update(Activity)
        .where(
            Activity.kbli_code.in_(moved),
            Activity.scope_no.is_not(None),
            Activity.risk_release.is_(None),
        )
        .values(scope_no=None)
    )


def _choose_current() -> None:
    """Mark the newest release of each kind and edition as the one in use."""
    releases = db.session.scalars(
        select(ReferenceRelease)
        .order_by(ReferenceRelease.as_of, ReferenceRelease.loaded_at, ReferenceRelease.id)
        .execution_options(populate_existing=True)
    ).all()
    newest = {(release.kind, release.edition): release.id for release in releases}
    for release in releases:
        release.current = newest[release.kind, release.edition] == release.id
    db.session.flush()
