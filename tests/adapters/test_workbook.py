"""Workbooks: every cell is text, to us and to a spreadsheet of somebody else."""

from __future__ import annotations

import csv
import shutil
import subprocess
from pathlib import Path

import pytest

from app.adapters.workbook import text_workbook
from tests.workbooks import read_workbook

VALUES = (
    "9601055403879001", "9191919191919191", "01139", "081200004567", "+6281200004567",
    "0000123456789", "=1+1", "=HYPERLINK(\"http://x.test\")", "@SUM(1)", "-1", "+1", "http://x.test",
    "001/002", "2026-03-14", "1E5", "TRUE", "1,5", " x ", "dua\nbaris", "_x0041_", "", "Ä & <b>",
)  # fmt: skip


def made() -> bytes:
    return text_workbook("Uji", ("Nomor", "Nilai"), [(str(n), v) for n, v in enumerate(VALUES)])


def test_every_cell_is_text_as_given():
    rows = read_workbook(made())
    assert rows[0] == ["Nomor", "Nilai"]
    assert [row[1] for row in rows[1:]] == list(VALUES)


def test_a_carriage_return_is_a_new_line():
    assert read_workbook(text_workbook("Uji", ("x",), [("a\r\nb\rc",)]))[1] == ["a\nb\nc"]


@pytest.mark.parametrize(("letters", "fits"), [(32_767, True), (32_768, False)])
def test_no_text_is_left_out_in_silence(letters, fits):
    if fits:
        assert read_workbook(text_workbook("Uji", ("x",), [("a" * letters,)]))[1] == ["a" * letters]
        return
    with pytest.raises(ValueError, match="32768"):
        text_workbook("Uji", ("x",), [("a" * letters,)])


@pytest.mark.skipif(
    not shutil.which("soffice"), reason="needs LibreOffice: apt-get install libreoffice-calc-nogui"
)
def test_libreoffice_opens_and_saves_it_without_a_loss(tmp_path):
    (tmp_path / "uji.xlsx").write_bytes(made())

    def convert(kind: str) -> Path:
        out = tmp_path / kind.partition(":")[0]
        profile = (tmp_path / "profile").as_uri()
        command = ["soffice", "--headless", f"-env:UserInstallation={profile}", "--convert-to"]
        subprocess.run(
            [*command, kind, "--outdir", str(out), str(tmp_path / "uji.xlsx")],
            check=True, capture_output=True, timeout=120,
        )  # fmt: skip
        return out / f"uji.{out.name}"

    with convert("csv:Text - txt - csv (StarCalc):44,34,76").open(newline="") as lines:
        assert [row[1] for row in csv.reader(lines)][1:] == list(VALUES)
    saved = read_workbook(convert("xlsx").read_bytes())
    # An empty cell is left out there.
    assert [[*row, ""][1] for row in saved[1:]] == list(VALUES)
