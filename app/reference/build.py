"""Make the tables of this folder again from the collected source files.

    python -m app.reference.build SOURCE_DIR [TARGET_DIR]

Not needed at run time. Everything that the sources leave unread stays unknown: a remark such as
"(daftar terpotong)" becomes a mark in a column, never a word that a person may read.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from app.reference import FOLDER
from app.reference.risk_rows import RISK_HEADER, risk
from app.reference.tables import bare, read, write

# --- KBLI -----------------------------------------------------------------------------------------


def kbli(source: Path, year: str) -> tuple[list[tuple[str, ...]], list[tuple[str, ...]]]:
    """Codes (code, title, category) and the levels above them (code, title, parent)."""
    codes: list[tuple[str, ...]] = [
        (row["code"], row["title_id"], row["category"]) for row in read(source / f"kbli{year}.csv")
    ]
    levels: list[tuple[str, ...]] = [
        (row["code"], row["title_id"], row["parent"])
        for row in read(source / f"kbli{year}_levels.csv")
        if row["level"] != "kelompok"
    ]
    return sorted(codes), sorted(levels, key=lambda row: (len(row[0]), row[0]))


def correspondence(source: Path) -> list[Sequence[str]]:
    """Edges 2020 -> 2025, those that the pages of OSS show included; relations counted anew."""
    known = {row["code"] for row in read(source / "kbli2020.csv")}
    edges: dict[tuple[str, str], str] = {}
    for row in read(source / "kbli2020_to_2025.csv"):
        edges[row["code_2020"], row["code_2025"]] = row["method"]
    for row in read(source / "oss2025_details.csv"):
        # 01273 is named as its own source though 2020 has no such number: a slip, left out.
        if row["from_2020"] in known:
            edges.setdefault((row["from_2020"], row["code"]), "oss_page")
    placed = {old for old, new in edges if new}
    edges = {edge: how for edge, how in edges.items() if edge[1] or edge[0] not in placed}
    out = Counter(old for old, new in edges if new)
    into = Counter(new for _, new in edges if new)
    rows: list[Sequence[str]] = []
    for (old, new), method in sorted(edges.items()):
        relation = ""
        if new:
            relation = f"{'N' if into[new] > 1 else '1'}:{'N' if out[old] > 1 else '1'}"
        rows.append((old, new, relation, method))
    return rows


# --- areas ----------------------------------------------------------------------------------------


def areas(source: Path) -> dict[str, tuple[tuple[str, ...], list[tuple[str, ...]]]]:
    """Tables of places and of the first four digits of a NIK, codes without dots."""
    return {
        "provinces.csv": (
            ("code", "name"),
            [(row["code"], row["name"]) for row in read(source / "areas_provinces.csv")],
        ),
        "regencies.csv": (
            ("code", "name", "province", "old_code"),
            [
                (
                    bare(row["code"]),
                    row["name"],
                    row["province_code"],
                    bare(row["old_code_before_2022"]),
                )
                for row in read(source / "areas_regencies.csv")
            ],
        ),
        "sorong_districts.csv": (
            ("code", "name", "regency", "old_code", "postal_hint"),
            [
                (
                    bare(row["code"]),
                    row["name"],
                    bare(row["regency_code"]),
                    bare(row["old_code"]),
                    row["postal_code_hint"],
                )
                for row in read(source / "areas_sorong_districts.csv")
            ],
        ),
        "sorong_villages.csv": (
            ("code", "name", "district", "type", "old_code"),
            [
                (
                    bare(row["code"]),
                    row["name"],
                    bare(row["district_code"]),
                    row["type"],
                    bare(row["old_code"]),
                )
                for row in read(source / "areas_sorong_villages.csv")
            ],
        ),
        "nik_prefixes.csv": (
            ("prefix", "regency", "status"),
            [
                (row["prefix4"], bare(row["current_code"]), row["status"])
                for row in read(source / "areas_nik_prefixes.csv")
            ],
        ),
    }


def build(source: Path, target: Path) -> dict[str, int]:
    """Write every table that comes from the source folder; return rows per file."""
    target.mkdir(parents=True, exist_ok=True)
    done = {}
    for year in ("2020", "2025"):
        codes, levels = kbli(source, year)
        done[f"kbli{year}.csv"] = write(
            target / f"kbli{year}.csv", ("code", "title_id", "category"), codes
        )
        done[f"levels{year}.csv"] = write(
            target / f"levels{year}.csv", ("code", "title_id", "parent"), levels
        )
    done["kbli2020_to_2025.csv"] = write(
        target / "kbli2020_to_2025.csv",
        ("code_2020", "code_2025", "relation", "method"),
        correspondence(source),
    )
    done["risk_2025.csv"] = write(target / "risk_2025.csv", RISK_HEADER, risk(source))
    for name, (header, rows) in areas(source).items():
        done[name] = write(target / name, header, sorted(rows))
    return done


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=Path)
    parser.add_argument("target", type=Path, nargs="?", default=FOLDER)
    given = parser.parse_args()
    for name, count in build(given.source, given.target).items():
        sys.stdout.write(f"{count:6} {name}\n")


if __name__ == "__main__":
    main()
