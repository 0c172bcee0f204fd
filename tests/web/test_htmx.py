"""What htmx-flask says under HTMX 4: the table of docs/decisions/0004-htmx-4.md, asked."""

from __future__ import annotations

import re
from functools import cached_property
from pathlib import Path

import pytest
from flask import request
from htmx_flask.requests import HtmxHeaders

from tests.client import HTMX

ROOT = Path(__file__).parents[2]
ROW = re.compile(
    r"^\| (?:itself|`\.(\w+)`) \| `([\w-]+)` \| (sent|gone).*? \| ([^|]+) \| ([^|]+) \|$",
    re.MULTILINE,
)
TABLE = ROW.findall((ROOT / "docs" / "decisions" / "0004-htmx-4.md").read_text())
ADDRESS = "https://oss.example/berkas/diri"
SOURCE = {"HX-Source": "form#langkah", "HX-Current-URL": ADDRESS}


def test_the_table_has_every_attribute_and_the_vendored_file_sends_what_it_says():
    known = {name for name, kind in vars(HtmxHeaders).items() if isinstance(kind, cached_property)}
    assert {name for name, *_ in TABLE} == known | {""}
    (file,) = (ROOT / "static" / "js").glob("htmx-*.min.js")
    sends = set(re.findall(r'"(HX-[\w-]+)"', file.read_text()))
    assert sends == {header for _, header, sent, *_ in TABLE if sent == "sent"} | {
        "HX-Source",
        "HX-Request-Type",
    }
    glue = (ROOT / "static" / "js" / "glue.js").read_text()
    assert set(re.findall(r'delete headers\["([\w-]+)"\]', glue)) == SOURCE.keys()


@pytest.mark.parametrize("with_glue", [False, True])
def test_each_attribute_says_what_the_table_says(app, with_glue):
    headers = HTMX if with_glue else {**HTMX, **SOURCE}
    with app.test_request_context("/", headers=headers):
        for name, _, _, before, after in TABLE:
            said = getattr(request.htmx, name) if name else bool(request.htmx)
            expected = after if with_glue else before
            assert str(said) == (ADDRESS if expected == "the address" else expected), name


def test_without_htmx_nothing_is_said(app):
    with app.test_request_context("/"):
        assert not request.htmx
        assert [getattr(request.htmx, name) for name, *_ in TABLE if name] == [
            False, None, False, None, None, None, None,
        ]  # fmt: skip
