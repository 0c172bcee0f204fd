"""flask finder: how well the KBLI finder answers, how fast, and what it weighs."""

from __future__ import annotations

import csv
import gc
import json
import time
import tracemalloc
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup

from app.domain.kbli.finder import Finder
from app.domain.kbli.hits import Surety, surety
from app.domain.kbli.measures import (
    BadWordings,
    Quality,
    Search,
    TitleBm25,
    TitleSubstring,
    Wording,
    percentile,
    quality,
    wordings_from_table,
)
from app.domain.law.editions import KBLI_BEFORE
from app.services.kbli.finder import build_finder, in_old_codes
from app.services.kbli.questions import UNKNOWN, talk
from app.services.reference.book import get_book

finder_group = AppGroup("finder", help="The finder of activity codes (KBLI).")

FINDER = "finder"


@finder_group.command("evaluate")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--year", type=click.Choice(["2025", "2020"]), default="2025", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of a table.")
@click.option("--questions", is_flag=True, help="Also answer its questions, and measure again.")
@click.option("--misses", is_flag=True, help="Also print what had no right code in five.")
def evaluate_command(file: Path, year: str, as_json: bool, questions: bool, misses: bool) -> None:
    """Measure the finder on FILE, beside two plain searches over the titles.

    FILE: CSV with query, lang, best, acceptable and, if you like, kind; codes of KBLI 2025,
    several with "|" between. With --year 2020 they are carried back to the codes they came from.
    """
    try:
        with file.open(encoding="utf-8", newline="") as lines:
            wordings = wordings_from_table(csv.DictReader(lines))
    except (BadWordings, UnicodeDecodeError) as error:
        raise click.ClickException(f"{file.name}: line {error}") from error
    edition = int(year)
    entries = get_book().all_kbli(edition)
    if not entries:
        raise click.ClickException("no activity codes: run flask reference load")
    if edition == KBLI_BEFORE:
        wordings = in_old_codes(wordings)
    finder, build_s, index_mb = _weighed(lambda: build_finder(edition))
    searches: dict[str, Search] = {
        FINDER: lambda query, limit: [hit.entry.code for hit in finder.search(query, limit)],
        "title bm25": TitleBm25(entries).search,
        "title substring": TitleSubstring(entries).search,
    }
    measures: dict[str, Any] = {
        "file": file.name,
        "year": edition,
        "build_s": round(build_s, 3),
        "index_mb": round(index_mb, 1),
        "searches": {name: _measured(wordings, search) for name, search in searches.items()},
    }
    measures["searches"][FINDER]["surety"] = _surety(wordings, finder)
    if questions:
        measures["questions"] = _talks(wordings, edition)
    if misses:
        measures["misses"] = _misses(wordings, searches[FINDER])
    if as_json:
        click.echo(json.dumps(measures, ensure_ascii=False))
    else:
        _print(measures)


def _weighed(build: Callable[[], Finder]) -> tuple[Finder, float, float]:
    """Build twice: once against the clock, once counting memory, which is slow."""
    began = time.perf_counter()
    build()
    spent = time.perf_counter() - began
    gc.collect()
    tracemalloc.start()
    finder = build()
    gc.collect()
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return finder, spent, held / 1e6


def _measured(wordings: Sequence[Wording], search: Search) -> dict[str, Any]:
    found, spent_ms = [], []
    for wording in wordings:
        began = time.perf_counter()
        found.append(search(wording.query, 10))
        spent_ms.append((time.perf_counter() - began) * 1000)

    def of(chosen: Sequence[int]) -> dict[str, Any]:
        return _rounded(
            quality([wordings[each] for each in chosen], [found[each] for each in chosen])
        )

    def by(key: str) -> dict[str, Any]:
        groups: dict[str, list[int]] = {}
        for position, wording in enumerate(wordings):
            groups.setdefault(getattr(wording, key), []).append(position)
        return {name: of(chosen) for name, chosen in sorted(groups.items()) if name}

    return {
        "all": of(range(len(wordings))),
        "lang": by("lang"),
        "kind": by("kind"),
        "ms": {f"p{share}": round(percentile(spent_ms, share / 100), 2) for share in (50, 95, 99)},
    }


def _surety(wordings: Sequence[Wording], finder: Finder) -> dict[str, Any]:
    """How often the finder is how sure, and how often its first answer is right then."""
    count: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for wording in wordings:
        hits = finder.search(wording.query, 8)
        sure = surety(hits).value
        count[sure] += 1
        right[sure] += bool(hits) and hits[0].entry.code in wording.acceptable
    return {
        "count": dict(count),
        "right": {sure: round(right[sure] / number, 4) for sure, number in count.items()},
    }


def _talks(wordings: Sequence[Wording], year: int) -> dict[str, int]:
    """How many doubtful wordings lead to a question, and how many first answers are right.

    before: by the search alone; after: when each question got the answer that keeps a best code,
    or "I do not know" where none does. taps: answers given in all.
    """
    counted = Counter({"close": 0, "asked": 0, "before": 0, "after": 0, "taps": 0})
    for wording in wordings:
        now = talk(wording.query, limit=8, year=year)
        if now.sure is not Surety.CLOSE or len(now.parts) > 1:
            continue
        counted["close"] += 1
        if now.asked is None:
            continue
        counted["asked"] += 1
        counted["before"] += now.hits[0].entry.code in wording.acceptable
        while now.asked is not None:
            keys = [
                answer.key
                for answer in now.asked.answers
                if any(code.startswith(answer.keeps) for code in wording.best)
            ]
            said = f"{now.asked.question.key}.{keys[0] if keys else UNKNOWN}"
            now = talk(wording.query, [*now.said, said], limit=8, year=year)
            counted["taps"] += 1
        counted["after"] += now.hits[0].entry.code in wording.acceptable
    return dict(counted)


def _rounded(found: Quality) -> dict[str, Any]:
    values = asdict(found)
    hit = {f"hit@{depth}": round(share, 4) for depth, share in values.pop("hit").items()}
    return {"count": values.pop("count"), **hit, **{k: round(v, 4) for k, v in values.items()}}


def _misses(wordings: Sequence[Wording], search: Search) -> list[dict[str, Any]]:
    return [
        {"query": wording.query, "wanted": sorted(wording.acceptable), "found": list(codes)}
        for wording in wordings
        if not wording.acceptable & set(codes := search(wording.query, 5))
    ]


def _print(found: dict[str, Any]) -> None:
    click.echo(
        f"{found['file']}, KBLI {found['year']}: "
        f"built in {found['build_s']:.2f} s, {found['index_mb']:.1f} MB"
    )
    for name, measured in found["searches"].items():
        ms = ", ".join(f"{key} {value:.2f}" for key, value in measured["ms"].items())
        click.echo(f"\n{name} (ms: {ms})")
        click.echo(
            f"{'':<20}{'n':>5} {'hit@1':>7} {'hit@3':>7} {'hit@5':>7} {'hit@10':>7} "
            f"{'best@1':>7} {'MRR':>6} {'nothing':>8}"
        )
        rows = {"all": measured["all"], **measured["lang"], **measured["kind"]}
        for label, row in rows.items():
            hits = " ".join(f"{row[f'hit@{depth}']:>7.1%}" for depth in (1, 3, 5, 10))
            click.echo(
                f"{label:<20}{row['count']:>5} {hits} {row['best_first']:>7.1%} "
                f"{row['mrr']:>6.3f} {row['nothing']:>8.2%}"
            )
    sure = found["searches"][FINDER]["surety"]
    for name, number in sure["count"].items():
        click.echo(f"{name:<10} {number:>5}, the first right in {sure['right'][name]:.1%}")
    if "questions" in found:
        talks = found["questions"]
        click.echo(
            f"questions: {talks['close']} wordings close, {talks['asked']} asked with "
            f"{talks['taps']} answers, the first right before {talks['before']}, "
            f"after {talks['after']}"
        )
    for miss in found.get("misses", ()):
        click.echo(f"missed: {miss['query']} | {miss['wanted']} | {miss['found']}")
