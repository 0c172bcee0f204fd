"""How templates are written: lines that can be read, one frame for forms, HTMX in one place."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import app as program

READABLE = 120  # letters
AT_MOST_LONGER = 0.03  # of all lines; what is longer is mostly one sentence with its plural

# What stands once on each page, and what only one part of a page has.
_OWN_KINDS = {"components/htmx.html", "components/language.html", "layouts/page.html"}
_SENT = re.compile(r"<form\b[^>]*?\bmethod=\"post\"(\{\{ (?:sends|presses)\()?")


@pytest.fixture(scope="module")
def templates() -> dict[str, str]:
    root = Path(program.__file__).parent / "templates"
    return {str(p.relative_to(root)): p.read_text() for p in sorted(root.rglob("*.html"))}


def test_lines_can_be_read(templates):
    """Breaking one changes no byte: a block eats the line end behind it, `{%-` the one before."""
    lines = [line for text in templates.values() for line in text.splitlines()]
    longer = [line for line in lines if len(line) > READABLE]
    assert len(longer) <= AT_MOST_LONGER * len(lines), (len(longer), len(lines))


def test_what_is_asked_of_htmx_stands_in_one_place(templates):
    found = {name for name, text in templates.items() if re.search(r"\bhx-[a-z]", text)}
    assert found == _OWN_KINDS


def test_each_form_goes_by_htmx_or_says_why_not(templates):
    for name, text in templates.items():
        for form in _SENT.finditer(text):
            above = text[: form.start()].rstrip().rpartition("\n")[2]
            above_two = text[: form.start()].splitlines()[-2:]
            told = "Without HTMX:" in above or any("Without HTMX:" in e for e in above_two)
            assert form[1] or told, (name, text[form.start() :][:90])


def test_the_frame_of_a_form_is_written_once(templates):
    """Two pages have one of their own: the PIN, which carries what waits, and a paper's file.

    So has the desk, which goes without HTMX.
    """
    framed = {name for name, text in templates.items() if '<form id="f"' in text}
    assert framed == {
        "layouts/form.html",
        "layouts/desk_form.html",
        "resume/show.html",
        "attachments/paper.html",
        "own_data/show.html",  # a small form in the midst of a page to read
    }
