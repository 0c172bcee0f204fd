"""What `make translations` and `make check` share: the catalogs, and how texts are collected."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.frontend import CommandLineInterface
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE = Path("translations/messages.pot")
INDONESIAN = Path("translations/id/LC_MESSAGES/messages.po")
PLURAL_FORMS = "nplurals=1; plural=0;"  # Indonesian has one form; Babel would write two

KEYWORDS = ("_l", "lazy_gettext", "lazy_ngettext:1,2", "lazy_pgettext:1c,2")
# Neither place nor date stands in the template file, so that it changes only when a text does.
EXTRACT_OPTIONS = (
    "--mapping-file=babel.cfg",
    *(f"--keyword={keyword}" for keyword in KEYWORDS),
    "--add-comments=Translators:",
    "--strip-comment-tags",
    "--no-location",
    "--sort-output",
    "--no-wrap",
    "--omit-header",
)
UPDATE_OPTIONS = (
    "--no-fuzzy-matching",
    "--ignore-obsolete",
    "--ignore-pot-creation-date",
    "--no-wrap",
)


def pybabel(root: Path, *arguments: str) -> None:
    """Run Babel's command line in the folder `root`; a mistake in a source file raises."""
    with contextlib.chdir(root):
        CommandLineInterface().run(["pybabel", "--quiet", *arguments])  # type: ignore[no-untyped-call]


def extract(root: Path, template: Path) -> None:
    """Collect the texts of the program in `root` and write them to `template`."""
    pybabel(root, "extract", *EXTRACT_OPTIONS, f"--output-file={os.path.abspath(template)}", ".")


def read_catalog(path: Path, locale: str | None = None) -> Catalog:
    """Return the catalog in `path`; raises PoFileError when it cannot be read."""
    with path.open("rb") as file:
        return read_po(file, locale=locale, abort_invalid=True)


def forms(text: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    """Return a message's text as a tuple: one for a plain text, one a form for a counted one."""
    return (text,) if isinstance(text, str) else tuple(text or ())
