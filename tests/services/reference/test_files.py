"""A broken folder is refused with file and line, and nothing of it is loaded."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import delete, func, select

from app.extensions import db
from app.models.reference import Area, Holiday, KbliCode, ReferenceRelease, RiskFact
from app.services.dossier import opening
from app.services.reference.book import get_book, reset_book
from app.services.reference.loading import Outcome, load_releases, status
from app.services.reference.manifest import ReferenceFilesBroken, Wrong
from tests.factories import pin_hash

RISK_HEADER = (
    "code,scope_no,scope,scope_count,sizes,risk,details,authority,authority_complete,days,"
    "days_unit,licence,requirements,duties,supporting_licences,unread,note_code"
)
LEVELS = ["code,title_id,parent", "A,Pertanian,", "01,Tanaman,A", "011,Semusim,01", "0111,Biji,011"]
FILES = {
    "kbli2020.csv": ["code,title_id,category", "01111,Jagung lama,A", "01113,Kedelai,A"],
    "levels2020.csv": LEVELS,
    "kbli2025.csv": ["code,title_id,category", "01111,Jagung,A", "01112,Serealia,A"],
    "levels2025.csv": LEVELS,
    "steps.csv": [
        "code_2020,code_2025,relation,method",
        "01111,01111,1:1,bps_change_table",
        "01113,,,none",
    ],
    "risk.csv": [
        RISK_HEADER,
        "01111,1,,1,mikro kecil,R,no,,,,,,,,,,",
        "01111,1,,1,menengah,MT,yes,di sini>Gubernur|>Menteri,no,7,Hari,Izin,a|b,c,,duties,confirm",
    ],
    "provinces.csv": ["code,name", "96,Papua Barat Daya"],
    "regencies.csv": ["code,name,province,old_code", "9601,Kabupaten Sorong,96,9201"],
    "districts.csv": ["code,name,regency,old_code,postal_hint", "960105,Aimas,9601,920107,98457"],
    "villages.csv": [
        "code,name,district,type,old_code",
        "9601051001,Aimas,960105,kelurahan,9201071001",
    ],
    "prefixes.csv": ["prefix,regency,status", "9601,9601,current", "9201,9601,old"],
    "days.csv": ["date,kind,name_id,name_en,source", "2027-02-05,local,Hari,Day,kebiasaan"],
    "words.csv": ["code,name_en,plain_id,plain_en,words", "01111,Corn,Tanam,Grow,Jagung; milu"],
    "names.csv": ["code,name_en", "A,Farming"],
}
RELEASES = (
    ("kbli-2020", "kbli", "2020", ("kbli2020.csv", "levels2020.csv")),
    ("kbli-2025", "kbli", "2025", ("kbli2025.csv", "levels2025.csv")),
    ("steps", "correspondence", "", ("steps.csv",)),
    ("risk", "risk", "2025", ("risk.csv",)),
    ("areas", "areas", "", ("provinces.csv", "regencies.csv", "districts.csv", "villages.csv")),
    ("prefixes", "nik_prefixes", "", ("prefixes.csv",)),
    ("days", "holidays", "", ("days.csv",)),
    ("words", "words", "2025", ("words.csv",)),
    ("names", "level_names", "2025", ("names.csv",)),
)


def entry(release_id: str, kind: str, edition: str, files, as_of: str = "2026-01-01") -> str:
    lines = ["[[release]]", f'id = "{release_id}"', f'kind = "{kind}"']
    lines += [f'edition = "{edition}"'] if edition else []
    lines += [f'{key} = "{key}"' for key in ("title", "source", "licence", "trust")]
    return "\n".join([*lines, f"as_of = {as_of}", f"files = {list(files)}", ""])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small made-up folder in which everything is right."""
    for name, lines in FILES.items():
        (tmp_path / name).write_text("\n".join([*lines, ""]), encoding="utf-8")
    manifest = "\n".join(entry(*release) for release in RELEASES)
    (tmp_path / "releases.toml").write_text(manifest, encoding="utf-8")
    return tmp_path


@pytest.fixture
def blank(database, empty_book):
    """A database without any reference fact, until the test is over."""
    for table in reversed(db.metadata.sorted_tables):
        if table.name == "reference_release" or "release_id" in table.c:
            database.execute(delete(table))
    yield database
    database.rollback()
    reset_book()


def put(folder: Path, name: str, line: int, text: str) -> None:
    """Replace (or add) one line of a file."""
    lines = (folder / name).read_text(encoding="utf-8").splitlines()
    lines[line - 1 : line] = [text]
    (folder / name).write_text("\n".join([*lines, ""]), encoding="utf-8")


def problems_of(folder: Path) -> list[tuple[str, int, Wrong]]:
    """What loading complains about; proves that nothing was loaded."""
    with pytest.raises(ReferenceFilesBroken) as caught:
        load_releases(folder)
    assert status() == []
    return [(problem.file, problem.line, problem.wrong) for problem in caught.value.problems]


def test_a_right_folder_is_loaded(blank, folder):
    report = load_releases(folder)

    assert {release.outcome for release in report.releases} == {Outcome.LOADED}
    assert {state.info.id: state.rows for state in status()} == {
        "areas": 4,
        "days": 1,
        "kbli-2020": 6,
        "kbli-2025": 6,
        "names": 1,
        "prefixes": 2,
        "risk": 3,
        "steps": 2,
        "words": 1,
    }
    assert all(state.current for state in status())


def test_loading_again_changes_nothing(blank, folder):
    load_releases(folder)
    before = status()

    report = load_releases(folder)

    assert not report.changed
    assert {release.outcome for release in report.releases} == {Outcome.SKIPPED}
    assert status() == before


def test_a_changed_file_replaces_its_release_only(blank, folder):
    load_releases(folder)
    put(folder, "days.csv", 2, "2027-02-06,local,Hari,Day,kebiasaan")

    report = load_releases(folder)

    changed = {release.id: release.outcome for release in report.releases if release.rows}
    assert changed == {"days": Outcome.REPLACED}
    assert [str(day) for day in blank.scalars(select(Holiday.day))] == ["2027-02-06"]
    assert all(state.current for state in status())


def test_a_newer_release_stands_beside_the_old_one(blank, folder):
    load_releases(folder)
    (folder / "risk2.csv").write_text(
        f"{RISK_HEADER}\n01111,1,,1,mikro,T,no,,,,,,,,,,\n", encoding="utf-8"
    )
    with (folder / "releases.toml").open("a", encoding="utf-8") as manifest:
        manifest.write("\n" + entry("risk-new", "risk", "2025", ["risk2.csv"], "2026-06-01"))

    load_releases(folder)

    current = {state.info.id: state.current for state in status() if state.info.kind == "risk"}
    assert current == {"risk": False, "risk-new": True}
    assert blank.scalar(select(func.count()).select_from(RiskFact)) == 4
    assert [row.risk.value for row in get_book().risk_rows("01111")] == ["T"]


@pytest.mark.parametrize("beside", [True, False], ids=["a new release", "a replaced one"])
def test_a_draft_is_asked_again_where_its_scopes_moved(blank, folder, beside):
    two = "01112,{no},{part},1,mikro kecil,{risk},no,,,,,,,,,,"
    seed, grow = two.format(no=1, part="benih", risk="MR"), two.format(no=2, part="tanam", risk="R")
    put(folder, "risk.csv", 4, seed)
    put(folder, "risk.csv", 5, grow)
    load_releases(folder)
    corn, cereal, sent = (opening.start(pin_hash(), "id") for _ in range(3))
    for dossier, code in ((corn, "01111"), (cereal, "01112"), (sent, "01112")):
        activity = dossier.activities[0]
        activity.kbli_code, activity.scope_no = code, 1
    sent.activities[0].risk_release = "risk"
    blank.flush()

    name = "risk2.csv" if beside else "risk.csv"
    lines = (folder / "risk.csv").read_text(encoding="utf-8").splitlines()
    lines[3:] = [two.format(no=1, part="benih lain", risk="MT"), seed.replace(",1,", ",2,", 1)]
    (folder / name).write_text("\n".join([*lines, ""]), encoding="utf-8")
    if beside:
        with (folder / "releases.toml").open("a", encoding="utf-8") as manifest:
            manifest.write("\n" + entry("risk-new", "risk", "2025", [name], "2026-06-01"))
    load_releases(folder)
    blank.expire_all()

    assert corn.activities[0].scope_no == 1
    assert cereal.activities[0].scope_no is None
    assert sent.activities[0].scope_no == 1


def test_a_folder_may_bring_only_a_part(blank, folder, tmp_path_factory):
    load_releases(folder)
    part = tmp_path_factory.mktemp("part")
    (part / "w.csv").write_text(
        "code,name_en,plain_id,plain_en,words\n01112,Rice,Tanam,Grow,padi\n", encoding="utf-8"
    )
    (part / "releases.toml").write_text(
        entry("words-new", "words", "2025", ["w.csv"], "2026-06-01"), encoding="utf-8"
    )

    load_releases(part)

    assert get_book().kbli(2025, "01112").words == ("padi",)
    assert get_book().kbli(2025, "01111").words == ()


def test_absent_optional_files_are_no_mistake(blank, folder):
    (folder / "words.csv").unlink()
    text = (folder / "releases.toml").read_text(encoding="utf-8")
    text = text.replace("files = ['words.csv']", "files = ['words.csv']\noptional = true")
    (folder / "releases.toml").write_text(text, encoding="utf-8")

    report = load_releases(folder)

    outcomes = {release.id: release.outcome for release in report.releases}
    assert outcomes["words"] is Outcome.ABSENT
    assert outcomes["kbli-2025"] is Outcome.LOADED


RISK = "01111,1,,1,besar,R,no,,,,,,,,,,"


@pytest.mark.parametrize(
    ("name", "line", "text", "wrong"),
    [
        ("kbli2025.csv", 1, "code,title,category", Wrong.HEADER),
        ("kbli2025.csv", 3, "01112,Serealia", Wrong.COLUMNS),
        ("kbli2025.csv", 3, "0111,Serealia,A", Wrong.CODE_LENGTH),
        ("kbli2025.csv", 3, "0111x,Serealia,A", Wrong.CODE_LENGTH),
        ("kbli2025.csv", 3, "01111,Serealia,A", Wrong.DUPLICATE),
        ("kbli2025.csv", 3, "02112,Serealia,A", Wrong.UNKNOWN_PARENT),
        ("kbli2025.csv", 3, "01112,Serealia,B", Wrong.UNKNOWN_CATEGORY),
        ("kbli2025.csv", 3, "01112,,A", Wrong.EMPTY),
        ("kbli2025.csv", 3, "01112,Padi (daftar terpotong),A", Wrong.UNREAD_TEXT),
        ("kbli2025.csv", 3, '01112,"Serealia,A', Wrong.NOT_CSV),
        ("levels2025.csv", 6, "01111,Jagung,0111", Wrong.CODE_LENGTH),
        ("levels2025.csv", 6, "0111,Lagi,011", Wrong.DUPLICATE),
        ("levels2025.csv", 6, "0121,Lain,012", Wrong.UNKNOWN_PARENT),
        ("levels2025.csv", 6, "02,Lain,Z", Wrong.UNKNOWN_PARENT),
        ("steps.csv", 4, "01119,01111,1:1,bps_change_table", Wrong.UNKNOWN_CODE),
        ("steps.csv", 4, "01113,01119,1:1,bps_change_table", Wrong.UNKNOWN_CODE),
        ("steps.csv", 4, "01111,01111,1:1,bps_change_table", Wrong.DUPLICATE),
        ("steps.csv", 4, "01113,01111,2:1,bps_change_table", Wrong.VALUE),
        ("steps.csv", 4, "01113,01111,1:1,hearsay", Wrong.VALUE),
        ("risk.csv", 4, RISK.replace("01111", "01113"), Wrong.UNKNOWN_CODE),
        ("risk.csv", 4, RISK.replace("01111", "111"), Wrong.CODE_LENGTH),
        ("risk.csv", 4, RISK.replace(",R,", ",X,"), Wrong.RISK_LETTER),
        ("risk.csv", 4, RISK.replace("besar", "raksasa"), Wrong.SIZE),
        ("risk.csv", 4, RISK.replace("besar", "kecil"), Wrong.DUPLICATE),
        ("risk.csv", 4, RISK.replace("01111,1,", "01111,0,"), Wrong.NUMBER),
        ("risk.csv", 4, RISK.replace("01111,1,,", "01111,1,lain,"), Wrong.SCOPE_CONFLICT),
        ("risk.csv", 4, RISK.replace("no,,,,", "no,,,7,"), Wrong.DETAIL_NOT_READ),
        ("risk.csv", 4, RISK.replace("no,,", "yes,Bupati,yes"), Wrong.AUTHORITY),
        ("risk.csv", 4, RISK + "rumour", Wrong.VALUE),
        ("regencies.csv", 3, "9701,Kabupaten,97,", Wrong.UNKNOWN_PARENT),
        ("regencies.csv", 3, "9601,Kabupaten,96,", Wrong.DUPLICATE),
        ("regencies.csv", 3, "96.02,Kabupaten,96,", Wrong.CODE_LENGTH),
        ("districts.csv", 3, "960106,,9601,,", Wrong.EMPTY),
        ("villages.csv", 3, "9601052001,Kampung,960105,desa,", Wrong.VALUE),
        ("villages.csv", 3, "9601052001,Kampung,960106,kampung,", Wrong.UNKNOWN_PARENT),
        ("prefixes.csv", 4, "9701,9701,current", Wrong.UNKNOWN_CODE),
        ("prefixes.csv", 4, "9601,9601,current", Wrong.DUPLICATE),
        ("prefixes.csv", 4, "960,9601,current", Wrong.CODE_LENGTH),
        ("days.csv", 3, "2027-02-30,local,Hari,Day,", Wrong.DATE),
        ("days.csv", 3, "2027-02-05,local,Hari,Day,", Wrong.DUPLICATE),
        ("days.csv", 3, "2027-02-06,maybe,Hari,Day,", Wrong.VALUE),
        ("words.csv", 3, "01119,Rice,Tanam,Grow,padi", Wrong.UNKNOWN_CODE),
        ("words.csv", 3, "01111,Rice,Tanam,Grow,padi", Wrong.DUPLICATE),
        ("words.csv", 3, "01112,Rice,,Grow,padi", Wrong.EMPTY),
        ("names.csv", 3, "Z,Nowhere", Wrong.UNKNOWN_CODE),
    ],
)
def test_a_broken_line_is_named_and_nothing_is_loaded(blank, folder, name, line, text, wrong):
    put(folder, name, line, text)

    assert (name, line, wrong) in problems_of(folder)


def test_a_problem_reads_as_file_line_and_what(blank, folder):
    put(folder, "risk.csv", 3, RISK.replace(",R,", ",X,"))

    with pytest.raises(ReferenceFilesBroken) as caught:
        load_releases(folder)

    assert str(caught.value) == "risk.csv:3: impossible risk letter 'X'"


def test_everything_wrong_is_told_at_once(blank, folder):
    put(folder, "days.csv", 3, "tomorrow,local,Hari,Day,")
    put(folder, "risk.csv", 4, RISK.replace(",R,", ",X,"))
    put(folder, "risk.csv", 5, RISK.replace("besar", "raksasa"))

    assert problems_of(folder) == [
        ("days.csv", 3, Wrong.DATE),
        ("risk.csv", 4, Wrong.RISK_LETTER),
        ("risk.csv", 5, Wrong.SIZE),
    ]


def test_a_line_is_counted_where_its_record_begins(blank, folder):
    put(folder, "kbli2025.csv", 2, '01111,"Jagung\ndan jagung",A')
    put(folder, "kbli2025.csv", 4, "01112,Serealia,B")

    assert problems_of(folder) == [("kbli2025.csv", 4, Wrong.UNKNOWN_CATEGORY)]


def test_text_that_is_not_utf8_is_refused(blank, folder):
    (folder / "days.csv").write_bytes(
        b"date,kind,name_id,name_en,source\n2027-02-05,local,Hari Jum\xe2t,Friday,\n"
    )

    assert problems_of(folder) == [("days.csv", 2, Wrong.NOT_UTF8)]


def test_a_broken_change_leaves_what_was_there(blank, folder):
    load_releases(folder)
    before = status()
    put(folder, "regencies.csv", 2, "9601,Kabupaten Sorong,95,9201")

    with pytest.raises(ReferenceFilesBroken):
        load_releases(folder)

    assert status() == before
    assert blank.scalar(select(func.count()).select_from(Area)) == 4


def test_a_change_that_takes_the_ground_from_others_is_refused(blank, folder):
    load_releases(folder)
    put(folder, "kbli2025.csv", 2, "01114,Jagung,A")

    with pytest.raises(ReferenceFilesBroken) as caught:
        load_releases(folder)

    assert {problem.file for problem in caught.value.problems} == {
        "steps.csv",
        "risk.csv",
        "words.csv",
    }
    assert "01111" in blank.scalars(select(KbliCode.code)).all()


@pytest.mark.parametrize(
    ("old", "new", "wrong"),
    [
        ('kind = "holidays"', 'kind = "moons"', Wrong.UNKNOWN_KIND),
        ('id = "days"', 'id = "areas"', Wrong.DUPLICATE_RELEASE),
        ("['days.csv']", "['nights.csv']", Wrong.FILE_MISSING),
        ("as_of = 2026-01-01\nfiles = ['days.csv']", "files = ['days.csv']", Wrong.KEY_MISSING),
        (
            "as_of = 2026-01-01\nfiles = ['days.csv']",
            "as_of = 'soon'\nfiles = ['days.csv']",
            Wrong.DATE,
        ),
    ],
)
def test_a_broken_manifest_is_refused(blank, folder, old, new, wrong):
    path = folder / "releases.toml"
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    line = text[: text.index('id = "days"')].count("\n")
    path.write_text(text.replace(old, new), encoding="utf-8")

    assert problems_of(folder) == [("releases.toml", line, wrong)]


def test_a_folder_without_a_manifest_is_refused(blank, tmp_path):
    assert problems_of(tmp_path) == [("releases.toml", 1, Wrong.FILE_MISSING)]


def test_the_release_row_stays_when_its_facts_are_replaced(blank, folder):
    load_releases(folder)
    put(folder, "days.csv", 2, "2027-02-06,local,Hari,Day,kebiasaan")

    load_releases(folder)

    ids = blank.scalars(select(ReferenceRelease.id).where(ReferenceRelease.kind == "holidays"))
    assert ids.all() == ["days"]
