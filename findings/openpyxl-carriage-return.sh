#!/usr/bin/env bash
# openpyxl 3.1.5: a carriage return in a text cell is read as the seven letters _x000D_.
#
# Guess before: a text with a carriage return, written as _x000D_ (ECMA-376, 22.9.2.19, ST_Xstring),
# comes back with a carriage return, or at least as a new line.
# Seen: openpyxl gives "a_x000D_\nb", although it does undo the escape of the escape: the typed text
# "_x0041_", written as _x005F_x0041_, comes back as it was. python-calamine 0.9.1 gives "a\r\nb" in
# both. So text from a browser's box (which has \r\n) has to be written with \n alone.
#
# The same is known of others (exceljs 584, jmcnamara/XlsxWriter 680 for LibreOffice 6.0; 7.4 is right).
#
# Ends with 0 while this is so, with 1 when it changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -qq --disable-pip-version-check \
  openpyxl==3.1.5 python-calamine==0.9.1 xlsxwriter==3.3.1
"$folder/venv/bin/python" - "$folder/text.xlsx" <<'PY'
import sys
import zipfile
from importlib.metadata import version

import openpyxl
import python_calamine
import xlsxwriter

path = sys.argv[1]
with xlsxwriter.Workbook(path) as book:
    sheet = book.add_worksheet()
    sheet.write_string(0, 0, "a\r\nb")
    sheet.write_string(0, 1, "_x0041_")
strings = zipfile.ZipFile(path).read("xl/sharedStrings.xml").decode()
for name in ("openpyxl", "python-calamine", "xlsxwriter"):
    print(name, version(name))
by_openpyxl = [cell.value for cell in openpyxl.load_workbook(path).active[1]]
by_calamine = python_calamine.CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()[0]
print("stored:", strings[strings.index("<si>") :])
print("openpyxl:", by_openpyxl, "calamine:", by_calamine)
is_so = "a_x000D_\nb" in strings and "_x005F_x0041_" in strings
is_so = is_so and by_openpyxl == ["a_x000D_\nb", "_x0041_"]
is_so = is_so and by_calamine == ["a\r\nb", "_x0041_"]
print("as found" if is_so else "it changed")
sys.exit(0 if is_so else 1)
PY
