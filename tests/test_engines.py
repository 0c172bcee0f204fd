"""Our scripts and sheet against the oldest engine that docs/decisions/0022 names: Chrome 61.

HTMX itself needs more; it is tested for before it starts (static/js/need.js).
"""

from __future__ import annotations

import json
import re
import subprocess

import pytest
from playwright._impl._driver import compute_driver_executable

from app.web.assets import STATIC, load_assets
from tests.client import HTMX, parse
from tests.pages import JOURNEY, KIOSK, Walk

SCRIPTS = ("need.js", "glue.js", "upload.js", "help.js", "sw.js")
ES_LEVEL = 2017  # all of it, and no more, is in Chrome 61
# Names of the web and the language that came later. A script may use one only after asking for it.
LATER = frozenset(
    {"AbortController", "SubmitEvent", "allSettled", "any", "arrayBuffer", "at", "clipboard"}
    | {"finally", "flat", "flatMap", "fromEntries", "globalThis", "inert", "matchAll"}
    | {"moveBefore", "parseHTMLUnsafe", "queueMicrotask", "randomUUID", "reason", "replaceAll"}
    | {"replaceChildren", "requestSubmit", "showPicker", "startViewTransition", "structuredClone"}
    | {"submitter", "toSorted", "toggleAttribute", "trimEnd", "trimStart"}
)
ASKED_FIRST = {
    "need.js": {
        "replaceChildren": "asked for; where it is not there the script ends, as meant",
        "SubmitEvent": "where it is not there the script ends, as meant",
    },
    "glue.js": {
        "submitter": "need.js asked for it",
        "clipboard": "asked for in the line before",
    },
    "upload.js": {
        "AbortController": "asked for at the start; the plain form stays",
        "arrayBuffer": "of Response (Chrome 42), not of Blob (76)",
    },
    "help.js": {
        "submitter": "without it the form goes its plain way",
    },
    "sw.js": {},
}
# The parser inside Node, which comes with Playwright: nothing more to install.
_READ = """
const acorn = require('internal/deps/acorn/acorn/dist/acorn');
const walk = require('internal/deps/acorn/acorn-walk/dist/walk');
const source = require('fs').readFileSync(0, 'utf8'), names = new Set();
walk.full(acorn.parse(source, { ecmaVersion: Number(process.argv[1]) }), node => {
  if (node.type === 'MemberExpression' && !node.computed) names.add(node.property.name);
  if (node.type === 'Identifier' && /^[A-Z]/.test(node.name)) names.add(node.name);
});
console.log(JSON.stringify([...names]));
"""


def read(source: str) -> set[str]:
    """Return the names that a script uses. Raises AssertionError where it is no ES2017."""
    node, _ = compute_driver_executable()
    done = subprocess.run(
        [node, "--expose-internals", "-e", _READ, str(ES_LEVEL)],
        input=source, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout))


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_of_ours_runs_in_the_oldest_engine(name):
    used = read((STATIC / "js" / name).read_text()) & LATER
    assert used == set(ASKED_FIRST[name]), "each of these is asked for first, or is not there"


@pytest.mark.parametrize(
    "source",
    [
        "a?.b",
        "a ?? b",
        "a ||= b",
        "({...a})",
        "try { } catch { }",
        "/a/s",
        "class A { #b }",
        "1_000",
    ],
)
def test_newer_language_is_seen(source):
    with pytest.raises(AssertionError, match="SyntaxError"):
        read(source)


# Newer than Chrome 61 in a sheet, and what an engine without it does.
NEWER_CSS = {
    r"var\(": "put in place when the sheet is loaded",
    r":is\(|:where\(": "the whole rule is dropped",
    r"(?:padding|margin|border|inset)-(?:block|inline)": "the sides stay without",
    r"\binset:": "the sides stay without",
    r"\b(?:min|max|clamp)\(": "the value is dropped",
    r"aspect-ratio:|@layer|@container|color-mix\(|oklch\(": "dropped",
    r"&": "nested rules are dropped",
}


def test_the_sheet_needs_nothing_newer_than_the_oldest_engine():
    sheet = load_assets()["site.css"].text
    found = {what: why for what, why in NEWER_CSS.items() if re.search(what, sheet)}
    assert found == {}


def test_nothing_touches_where_a_row_of_flex_has_no_gap():
    """Chrome 84 brought it. In a grid, or where the space is spread between, none is missed."""
    sheet = load_assets()["site.css"].text
    rules = re.findall(r"[^{}]+\{[^{}]*\bgap:[^{}]*", sheet)
    assert [r for r in rules if "display:grid" not in r and "space-between" not in r] == []


def test_a_newer_selector_stands_alone():
    """An engine drops a whole rule for one selector that it does not know."""
    sheet = load_assets()["site.css"].text
    newer = re.compile(r":has\(|:focus-visible|::details-content|:not\([^)]*[ ,>]")
    rules = re.findall(r"([^{}]+)\{", sheet)
    mixed = [rule for rule in rules if newer.search(rule) and "," in rule]
    assert mixed == []
    assert [rule for rule in rules if ":not(:has" in rule] == []


def test_every_value_of_the_sheet_is_put_in_place():
    sheet = load_assets()["site.css"].text
    assert "--" not in sheet
    assert ".bar{background:#003a44;color:#fff}" in sheet


def test_every_drawing_has_a_size(client):
    """Without styles, or behind a policy that an old engine misreads, it would fill the screen."""
    for path in ("/", "/cek-usaha/kelompok", "/bantuan/perlu-nib"):
        drawings = parse(client.get(path)).all("svg")
        assert drawings, path
        assert all({"width", "height"} <= set(each.attrib) for each in drawings), path


@pytest.mark.parametrize(
    "path", ["/berkas/mulai", "/en/berkas/mulai", "/bantuan/gratis", "/bantuan"]
)
def test_what_only_a_script_may_say_is_not_said_without(client, path):
    """Text browsers know no `hidden`: what is not so must not stand in the page."""
    page = parse(client.get(path))
    unseen = [each for each in page.all() if "hidden" in each.attrib or each.get("id") == "sinyal"]
    assert unseen
    assert ["".join(each.itertext()) for each in unseen] == [""] * len(unseen)


def test_every_answer_to_htmx_bears_our_mark(client):
    """The script swaps in no other."""
    walk = Walk(client, KIOSK, htmx=True)
    walk.to(JOURNEY[-1])
    answers = [*walk.answers, client.get("/tidak-ada", headers=HTMX), client.put("/", headers=HTMX)]
    answers.append(client.get("/berkas/wilayah?distrik=960105", headers=HTMX))
    answers.append(client.post("/berkas/telepon", headers=HTMX))
    for answer in answers:
        assert "HX-Request" in answer.headers.get("Vary", ""), answer.request.path
