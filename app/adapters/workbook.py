"""Tables for people as XLSX in which every cell is text.

A spreadsheet keeps 15 digits of a number, and every NIK of Papua (91 to 96) has 16 and lies above
2^53. Only a cell that says it is text keeps it, and the zeros before a code or a phone.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence

from xlsxwriter import Workbook  # writes only, no further packages: docs/decisions/0031

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_TEXT = 49  # the built-in "@" (ECMA-376, 18.8.30); by its sign it would become a format of our own
_WIDTH_AT_MOST = 60  # letters; what is longer is wrapped


def text_workbook(title: str, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Return a workbook with one sheet; its first line stays in view.

    What begins with = + - @ stays text too. title: of the sheet, up to 31 letters. Raises
    ValueError for a text that is longer than a cell takes (32,767 letters).
    """
    file = io.BytesIO()
    with Workbook(file, {"in_memory": True}) as book:
        text = book.add_format({"num_format": _TEXT, "text_wrap": True, "valign": "top"})
        head = book.add_format({"num_format": _TEXT, "bold": True})
        sheet = book.add_worksheet(title)
        sheet.freeze_panes(1, 0)
        widths = [len(heading) for heading in headings]
        for line, row in enumerate((headings, *rows)):
            for column, cell in enumerate(row):
                # Readers disagree about a carriage return (findings/openpyxl-carriage-return.sh).
                value = cell.replace("\r\n", "\n").replace("\r", "\n")
                # write() would guess; this never makes a number, a formula or a link.
                if sheet.write_string(line, column, value, text if line else head) < 0:
                    raise ValueError(len(value))
                widths[column] = max(widths[column], len(value))
        for column, width in enumerate(widths):
            # The columns are text also below: who adds a line there keeps its zeros.
            sheet.set_column(column, column, min(width + 2, _WIDTH_AT_MOST), text)
        # A small mark in each cell would say "number stored as text" and offer to spoil it.
        sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
    return file.getvalue()
