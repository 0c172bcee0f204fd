"""Reading a workbook of ours from its XML; whatever is no text in it is an error."""

from __future__ import annotations

import io
import re
import zipfile
from xml.etree import ElementTree

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
TEXT_FORMATS = {"49", "@"}  # ECMA-376, 18.8.30; the sign where another program saved it


def read_workbook(content: bytes) -> list[list[str]]:
    """Return the rows of the only sheet. Raises AssertionError for a cell that is not text."""
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        assert not any("calcChain" in name or "external" in name for name in parts.namelist())
        sheet, styles, strings = (
            ElementTree.fromstring(parts.read(f"xl/{name}.xml"))
            for name in ("worksheets/sheet1", "styles", "sharedStrings")
        )
    assert not list(sheet.iter(f"{_MAIN}f")), "a formula"
    assert not list(sheet.iter(f"{_MAIN}hyperlink")), "a link"
    own = {e.get("numFmtId"): e.get("formatCode") for e in styles.iter(f"{_MAIN}numFmt")}
    formats = [
        own.get(each.get("numFmtId"), each.get("numFmtId"))
        for each in styles.find(f"{_MAIN}cellXfs") or ()
    ]
    words = ["".join(each.itertext()) for each in strings.findall(f"{_MAIN}si")]
    for column in sheet.iter(f"{_MAIN}col"):
        assert formats[int(column.get("style", "0"))] in TEXT_FORMATS
    rows = []
    for row in sheet.iter(f"{_MAIN}row"):
        cells = []
        for cell in row.findall(f"{_MAIN}c"):
            assert formats[int(cell.get("s", "0"))] in TEXT_FORMATS, cell.get("r")
            value = cell.find(f"{_MAIN}v")
            if value is None:
                cells.append("")
                continue
            assert cell.get("t") == "s", f"{cell.get('r')} is no text"
            cells.append(_written(words[int(value.text or "")]))
        rows.append(cells)
    return rows


def _written(text: str) -> str:
    """Undo the escapes of ECMA-376, 22.9.2.19."""
    return re.sub(r"_x([0-9A-F]{4})_", lambda found: chr(int(found[1], 16)), text)
