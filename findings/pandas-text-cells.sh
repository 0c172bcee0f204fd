#!/usr/bin/env bash
# pandas 3.1.1 (with openpyxl 3.1.5 and with python-calamine 0.9.1): read_excel makes numbers of cells that
# are text.
#
# Guess before: a cell that is stored as text (t="s", format "@") arrives as str, as openpyxl,
# calamine and LibreOffice 7.4 give it.
# Seen: a column in which every text looks like a number becomes int64, so 01139 is 1139 and a phone
# loses its zero. One empty text cell more makes it float64, and 9601055403879001 is then
# 9601055403879000: another person's number, without any warning. `dtype=object`, which the manual
# has for "data as stored in Excel", helps, and dtype=str does. So text cells alone protect a number
# from spreadsheets, and not from who reads the file with the defaults of pandas.
#
# That zeros go is known (pandas-dev/pandas 8212, 61539); that digits of a number above 2^53 change
# as soon as one cell is empty is what matters for numbers of 16 digits.
#
# Ends with 0 while this is so, with 1 when it changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -qq --disable-pip-version-check \
  pandas==3.1.1 openpyxl==3.1.5 python-calamine==0.9.1 xlsxwriter==3.3.1
"$folder/venv/bin/python" -W ignore - "$folder/text.xlsx" <<'PY'
import sys
from importlib.metadata import version

import openpyxl
import pandas
import xlsxwriter

path = sys.argv[1]
COLUMNS = {
    "code": ["01139", "47112"],
    "nik": ["9601055403879001", "9601055403879003"],
    "nik of some": ["9601055403879001", ""],
}
with xlsxwriter.Workbook(path) as book:
    sheet, text = book.add_worksheet(), book.add_format({"num_format": 49})
    for column, (name, values) in enumerate(COLUMNS.items()):
        for line, value in enumerate([name, *values]):
            sheet.write_string(line, column, value, text)

for name in ("pandas", "openpyxl", "python-calamine", "xlsxwriter"):
    print(name, version(name))
stored = {cell.data_type for row in openpyxl.load_workbook(path).active["A2:B3"] for cell in row}
print("as stored:", stored)
is_so = stored == {"s"}
for engine in ("openpyxl", "calamine"):
    read = {name: column.tolist() for name, column in pandas.read_excel(path, engine=engine).items()}
    kept = pandas.read_excel(path, engine=engine, dtype=object)
    print(engine, read, "| dtype=object:", kept["code"].tolist())
    is_so = is_so and read["code"] == [1139, 47112] and kept["code"].tolist() == COLUMNS["code"]
    is_so = is_so and read["nik"] == [9601055403879001, 9601055403879003]
    is_so = is_so and read["nik of some"][0] == 9601055403879000.0
print("as found" if is_so else "it changed")
sys.exit(0 if is_so else 1)
PY
