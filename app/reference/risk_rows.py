"""The risk of each activity, scope and size, from the two collections of it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from app.reference import UNREAD
from app.reference.tables import items, joined, read

SIZES = ("mikro", "kecil", "menengah", "besar")
RISKS = {"Rendah": "R", "Menengah Rendah": "MR", "Menengah Tinggi": "MT", "Tinggi": "T"}
LABEL = re.compile(r"^\(([^()]*)\)\s*")
# Scopes read one by one stand in groups of equal risk. Where a code has several groups, the number
# of the scope read is the number of the group, but for these (checked by hand, label by label).
GROUP_OF_SCOPE = {("01220", "3"): "1", ("01220", "4"): "2"}
# What a group still holds once the scopes that were read are taken out.
# Other groups get "<label> lainnya".
REST_OF_GROUP = {
    ("01134", "1"): "budi daya",
    ("01497", "1"): "pencucian; rumah sarang walet",
    ("02103", "1"): "pengadaan, pengedaran, dan impor benih dan bibit; ekspor lainnya",
    ("03222", "1"): "pembenihan",
    ("03300", "1"): "lainnya",
    ("43120", "1"): "PL003; PL004; PL007",
    ("01442", "1"): "pembibitan",
    ("03211", "1"): "mollusca; crustacea; biota lain",
    ("03221", "1"): "karamba; sawah; jaring tancap; media lain; pembenihan",
    ("03231", "1"): "crustacea; biota lain",
    ("10422", "1"): "pelet kopra",
    ("23951", "1"): "lainnya",
    ("47302", "1"): "agen LPG umum",
    ("49213", "1"): "bus dalam trayek lain; AKDP",
    ("80110", "1"): "konsultasi; pelatihan; kawal angkut; satwa",
    ("93294", "2"): "petualangan alam",
    ("93297", "1"): "wisata air; tirta lainnya",
    ("08104", "1"): "tahap-tahap IUP/IPR/SIPB lainnya",
    ("01450", "1"): "budidaya",
    ("03110", "1"): "crustacea; mollusca; induk/benih; echinodermata; coelenterata; ikan hias; "
    "biota laut lainnya",
    ("56102", "1"): "keliling/tempat tidak tetap; lainnya",
}
# Rows of kbli_risk.csv with details: read for the first scope of their group only.
FIRST_SCOPE = {"01450": "pembibitan", "03110": "pisces", "56102": "kedai makan"}
CODE_NOTES = {
    "18111": ("ask-scope",),  # scope 1 is textile printing; printing and copying come later
    "93114": ("ask-scope",),  # futsal is not named; nearest are 93119 and 93111
    "38110": ("confirm",),  # "menunggu konfirmasi NSPK"
    "47772": ("other-scopes-closed",),  # LPG other than 3 kg is not offered
    "49292": ("sources-differ",),  # 49425 in KBLI 2020: Permenpar 6/2025 says Menengah Rendah
    # Their pages want a domestic construction company (BUJKN) with an SBU, "bukan perseorangan".
    **dict.fromkeys(
        [
            "41011",
            "41019",
            "42101",
            "42201",
            "43120",
            "43221",
            "43224",
            "43301",
            "43302",
            "43303",
            "43903",
        ],
        ("company-with-sbu",),
    ),
}
NOT_ALONE = "BUJKN"  # asked for by a scope of any code: well-drilling has one, and one for persons
# Rows that look like slips at OSS: kept as they stand there, with a word about it.
LOOKS_LIKE_SLIP = {
    ("47820", "kecil"),
    ("47511", "menengah"),
    ("47753", "menengah"),
    ("47793", "menengah"),
    ("16102", "mikro"),
}
PARKING_LICENCE = "Izin Penyelenggaraan Fasilitas Parkir"  # shown for passenger transport
WHOLE = {"seluruh", "seluruhnya"}
WHOLE_PART = re.compile(r"^seluruh (?:– |\()(.*?)\)?$")  # "seluruh (swalayan)": the part named


@dataclass(frozen=True, slots=True)
class Detail:
    """What was read beside the risk, for one scope and one size."""

    authority: tuple[tuple[str, str], ...] = ()
    authority_cut: bool = False
    days: str = ""
    days_unit: str = ""
    licence: str = ""
    requirements: tuple[str, ...] = ()
    duties: tuple[str, ...] = ()
    supporting: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()


@dataclass(slots=True)
class Group:
    """Scopes of one code that share their risks."""

    label: str
    count: int
    risks: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Scope:
    """One scope (or the rest of a group) as it will be offered."""

    label: str
    count: int
    risks: dict[str, str]
    details: dict[str, Detail] = field(default_factory=dict)


# scope number -> (label, what was read by size, risk by size)
ReadScopes = dict[str, tuple[str, dict[str, Detail], dict[str, str]]]


def who_decides(pairs: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """(condition, authority); a condition that covers everything is "" where it stands alone."""
    if len(pairs) == 1 and pairs[0][0].lower() in WHOLE:
        return (("", pairs[0][1]),)
    return tuple(
        ("seluruh" if condition.lower() in WHOLE else condition, who) for condition, who in pairs
    )


def detail_from_page(row: dict[str, str]) -> Detail:
    """One row of oss2025_details.csv."""
    named, authority_cut = items(row["authority"])
    pairs: list[tuple[str, str]] = []
    for part in named:
        condition, arrow, who = part.partition(" → ")
        if not arrow:
            raise ValueError(f"no authority in {part!r} of {row['code']}")
        pairs.append((condition.strip(), who.strip()))
    lists = {key: items(row[key]) for key in ("requirements", "duties", "pb_umku")}
    names = {"requirements": "requirements", "duties": "duties", "pb_umku": "supporting_licences"}
    return Detail(
        authority=who_decides(pairs),
        authority_cut=authority_cut or not pairs,
        days=row["days"],
        days_unit=row["days_unit"] if row["days"] else "",
        licence=row["licence"],
        requirements=lists["requirements"][0],
        duties=lists["duties"][0],
        supporting=lists["pb_umku"][0],
        unread=tuple(names[key] for key, (_, cut) in lists.items() if cut),
    )


def detail_from_table(row: dict[str, str]) -> Detail:
    """One filled row of kbli_risk.csv: "Bupati/Walikota (where); …", "7 Hari", "Kewajiban: …"."""
    pairs = []
    for part in items(row["authority"], ";")[0]:
        found = re.fullmatch(r"([^()]+?)(?: \(([^()]+)\))?", part)
        if found is None:
            raise ValueError(f"authority {part!r} of {row['code']}")
        condition = (found[2] or "").removesuffix(", per OSS")
        pairs.append((condition.lower() if condition == "Seluruh" else condition, found[1]))
    lists: dict[str, tuple[str, ...]] = {"Persyaratan": (), "Kewajiban": ()}
    text = LABEL.sub("", row["requirements"])
    for section in re.split(r"\. (?=Kewajiban:)", text) if text else ():
        name, _, content = section.partition(": ")
        lists[name] = tuple(of_size(part, row["scale"]) for part in items(content, "; ")[0])
    days, _, unit = row["time_limit"].partition(" ")
    return Detail(
        authority=who_decides(pairs),
        authority_cut=not pairs,
        days=days,
        days_unit=unit,
        requirements=lists["Persyaratan"],
        duties=lists["Kewajiban"],
    )


def of_size(text: str, size: str) -> str:
    """ "A (mikro) atau B (kecil)" -> A for mikro, B for kecil; anything else unchanged."""
    found = re.fullmatch(r"(.+) \(mikro\) atau (.+) \(kecil\)", text)
    if found is None:
        return text
    return {"mikro": found[1], "kecil": found[2]}[size]


def is_all(label: str) -> bool:
    """Return whether a label only says that the scope covers everything."""
    return label.lower() in WHOLE


def scopes_of(code: str, groups: dict[str, Group], read_scopes: ReadScopes) -> list[Scope]:
    """Scopes of one code in order: those read, then what is left of their group."""
    placed: dict[str, list[tuple[str, str, dict[str, Detail]]]] = defaultdict(list)
    for scope_no, (label, by_size, risks) in sorted(read_scopes.items()):
        group_no = GROUP_OF_SCOPE.get((code, scope_no), scope_no) if len(groups) > 1 else "1"
        group = groups[group_no]
        for size, risk in risks.items():
            # Days and authority may only stand where the risk agrees with the other table.
            if group.risks.get(size) != risk:
                raise ValueError(f"{code} scope {scope_no} {size}: {risk} is not {group.risks}")
        placed[group_no].append((scope_no, label, by_size))
    scopes = []
    for group_no, group in groups.items():
        here = placed[group_no]
        if len(here) > group.count:
            raise ValueError(f"{code} group {group_no}: more scopes read than there are")
        for _, label, by_size in here:
            better = group.label if is_all(label) and group.count == 1 else label
            name = WHOLE_PART.sub(r"\1", better)
            scopes.append(Scope(name, 1, group.risks, by_size))
        left = group.count - len(here)
        if left:
            name = group.label
            if here:
                name = REST_OF_GROUP.get((code, group_no), f"{group.label} lainnya")
            scopes.append(Scope(name, left, group.risks))
    return scopes


def notes_for(
    code: str, size: str, risk: str, detail: Detail | None, *, unclear: bool, company: bool
) -> str:
    """Stable codes of what must be said beside a row."""
    notes = set(CODE_NOTES.get(code, ()))
    if company:
        notes.add("company-with-sbu")
    if (code, size) in LOOKS_LIKE_SLIP:
        notes.add("looks-like-slip")
    if unclear:
        notes.add("ask-scope")
    if detail is not None:
        # "PMA" and "PMDN" are exceptions that a person can tell; "all of it" beside a place is not.
        places = [where for where, _ in detail.authority if where not in ("PMA", "PMDN")]
        if len(places) > 1 and "seluruh" in places:
            notes.add("authority-overlap")
        if detail.licence == PARKING_LICENCE or (risk == "R" and detail.licence):
            notes.add("licence-doubtful")
    return " ".join(sorted(notes))


RISK_HEADER = (
    "code",
    "scope_no",
    "scope",
    "scope_count",
    "sizes",
    "risk",
    "details",
    "authority",
    "authority_complete",
    "days",
    "days_unit",
    "licence",
    "requirements",
    "duties",
    "supporting_licences",
    "unread",
    "note_code",
)


def risk(source: Path) -> list[Sequence[str]]:
    """One line per code, scope and sizes that share everything."""
    groups: dict[str, dict[str, Group]] = defaultdict(dict)
    read_scopes: dict[str, ReadScopes] = defaultdict(dict)
    for row in read(source / "kbli_risk.csv"):
        group = groups[row["code"]].setdefault(
            row["group_no"], Group(row["scope_label"], int(row["n_scopes"]))
        )
        group.risks[row["scale"]] = RISKS[row["risk_level"]]
        if row["authority"] or row["time_limit"] or row["requirements"]:
            if int(row["n_scopes"]) > 1 and row["code"] not in FIRST_SCOPE:
                raise ValueError(f"which scope of {row['code']} was read?")
            label = FIRST_SCOPE.get(row["code"], row["scope_label"])
            _, by_size, risks = read_scopes[row["code"]].setdefault(
                row["group_no"], (label, {}, {})
            )
            by_size[row["scale"]] = detail_from_table(row)
            risks[row["scale"]] = RISKS[row["risk_level"]]
    for row in read(source / "oss2025_details.csv"):
        label = UNREAD.sub("", row["scope_label"])
        _, by_size, risks = read_scopes[row["code"]].setdefault(row["scope_no"], (label, {}, {}))
        if row["scale"] in by_size:
            raise ValueError(f"{row['code']} scope {row['scope_no']} {row['scale']}: twice")
        by_size[row["scale"]] = detail_from_page(row)
        risks[row["scale"]] = RISKS[row["risk"]]

    lines: list[Sequence[str]] = []
    for code in sorted(groups):
        scopes = scopes_of(code, groups[code], read_scopes.get(code, {}))
        labels = Counter(UNREAD.sub("", scope.label) for scope in scopes)
        # Equal or unread labels: a person cannot tell the scopes apart from the words.
        unclear = max(labels.values()) > 1 or "" in labels
        for number, scope in enumerate(scopes, start=1):
            label = UNREAD.sub("", scope.label)
            if len(scopes) == 1 and is_all(label):
                label = ""
            lines += risk_lines(code, number, label, scope, unclear=unclear)
    return lines


def risk_lines(
    code: str, number: int, label: str, scope: Scope, *, unclear: bool
) -> list[Sequence[str]]:
    """Lines of one scope; sizes with the same content share a line."""
    merged: dict[tuple[str, ...], list[str]] = {}
    # What one size is asked for is true of the scope, also where the page of another was not read.
    company = any(NOT_ALONE in each for d in scope.details.values() for each in d.requirements)
    for size in SIZES:
        if size not in scope.risks:
            continue
        level, detail = scope.risks[size], scope.details.get(size)
        known = detail or Detail()
        if any(">" in part for pair in known.authority for part in pair):
            raise ValueError(f"an arrow inside {known.authority}")
        content = (
            level,
            "yes" if detail else "no",
            joined([f"{where}>{who}" for where, who in known.authority]),
            ("no" if known.authority_cut else "yes") if detail else "",
            known.days,
            known.days_unit,
            known.licence,
            joined(known.requirements),
            joined(known.duties),
            joined(known.supporting),
            joined(known.unread),
            notes_for(code, size, level, detail, unclear=unclear, company=company),
        )
        merged.setdefault(content, []).append(size)
    return [
        (code, str(number), label, str(scope.count), " ".join(sizes), *content)
        for content, sizes in merged.items()
    ]
