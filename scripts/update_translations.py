"""Collect the texts of the program, bring the Indonesian catalog up to date, list what lacks words.

What was translated stays; a text that changed starts anew rather than as a guess ("fuzzy").
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from scripts.catalogs import (
    INDONESIAN,
    PLURAL_FORMS,
    ROOT,
    TEMPLATE,
    UPDATE_OPTIONS,
    extract,
    forms,
    pybabel,
    read_catalog,
)

EMPTY_CATALOG = f"""msgid ""
msgstr ""
"Project-Id-Version: OSS Sorong\\n"
"Language: id\\n"
"Language-Team: OSS Sorong\\n"
"Plural-Forms: {PLURAL_FORMS}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"""


def update(root: Path) -> list[str]:
    """Write the template file and the catalog in `root`; return the texts without translation."""
    catalog = root / INDONESIAN
    catalog.parent.mkdir(parents=True, exist_ok=True)
    if not catalog.exists():
        catalog.write_text(EMPTY_CATALOG, encoding="utf-8")
    extract(root, root / TEMPLATE)
    pybabel(
        root,
        "update",
        *UPDATE_OPTIONS,
        f"--input-file={TEMPLATE}",
        f"--output-file={INDONESIAN}",
        "--locale=id",
    )
    _tidy_header(catalog)
    return [
        forms(message.id)[0]
        for message in read_catalog(catalog, "id")
        if message.id and not all(forms(message.string))
    ]


def _tidy_header(catalog: Path) -> None:
    """Drop the header lines that change by themselves or that nobody filled in."""
    text = catalog.read_text(encoding="utf-8").lstrip()
    for line in (
        "POT-Creation-Date: .*",
        "Generated-By: .*",
        ".*EMAIL@ADDRESS.*",
        ".*YEAR-MO-DA.*",
    ):
        text = re.sub(rf'^"{line}\n', "", text, flags=re.MULTILINE)
    text = re.sub(
        r'^"Plural-Forms: .*', f'"Plural-Forms: {PLURAL_FORMS}\\\\n"', text, flags=re.MULTILINE
    )
    catalog.write_text(text, encoding="utf-8")


def main() -> int:
    missing = update(ROOT)
    if missing:
        print(f"{len(missing)} texts without Indonesian in {INDONESIAN}:")
        for text in missing:
            print(f"  {text!r}")
    else:
        print("Every text has its Indonesian.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
