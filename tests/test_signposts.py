"""What the papers for newcomers name is there, and each decision has one number."""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SIGNPOSTS = ("CONTRIBUTING.md", "README.md", "docs/a-press-travels.md", "docs/a-press-travels.svg")
PAGES = sorted((ROOT / "docs" / "decisions").glob("*.md"))

# `app/web/once.py`, `app/web/once.py:claim`, >app/web/once.py<, [words](docs/api.md)
_PATH = re.compile(
    r"[`>]((?:app|docs|scripts|static|tests|translations|findings)/[\w./<>-]*|\w+\.(?:md|toml))(?::(\w+))?[`<]"
)
_LINK = re.compile(r"\]\((?!https?:)([^)#]+)\)")


def there(name: str, beside: Path) -> bool:
    """Return whether a path is there, `<name>` standing for any."""
    pattern = re.sub(r"<\w+>", "*", name.rstrip("/"))
    return any(next(folder.glob(pattern), None) for folder in (ROOT, beside))


@pytest.mark.parametrize("paper", SIGNPOSTS)
def test_every_place_that_is_named_is_there(paper):
    file = ROOT / paper
    text = file.read_text()
    named = _PATH.findall(text)
    assert len(named) >= 7
    paths = {path for path, _ in named} | set(_LINK.findall(text))
    assert sorted(path for path in paths if not there(path, file.parent)) == []
    for path, symbol in named:
        if symbol:
            found = rf"^(?:def|class) {symbol}\b|^{symbol}\b.*="
            assert re.search(found, (ROOT / path).read_text(), re.MULTILINE), (path, symbol)


def test_every_part_of_the_program_is_on_the_map():
    text = (ROOT / "CONTRIBUTING.md").read_text()
    data = {"migrations", "reference", "templates"}
    parts = {each.parent.name for each in (ROOT / "app").glob("*/__init__.py")} - data
    rooms = {f"routes/{each.parent.name}" for each in (ROOT / "app/routes").glob("*/__init__.py")}
    assert sorted(each for each in parts | rooms if f"`app/{each}/`" not in text) == []


def test_comments_name_modules_that_are_there():
    layer = (
        r"\b(?:adapters|domain|forms|labels|models|routes|services|web|work)/[a-z_]+(?:/[a-z_]+)*"
    )
    stale = {
        f"{file.relative_to(ROOT)}: {named}"
        for file in (ROOT / "app").rglob("*.py")
        for named in re.findall(layer, file.read_text())
        if not any((ROOT / "app" / f"{named}{end}").exists() for end in ("", ".py"))
    }
    assert stale == set()


def test_every_page_that_is_linked_is_there(app):
    """Some links stand only where few walks of the tests come by."""
    asked = (
        r"""(?:url_for|advance|go|outside_url|outside_url_as_read)\(\s*["']([a-z_]+\.[a-z_]+)["']"""
    )
    files = [each for kind in ("*.html", "*.py") for each in (ROOT / "app").rglob(kind)]
    linked = {endpoint for file in files for endpoint in re.findall(asked, file.read_text())}
    assert len(linked) > 50
    assert linked - app.view_functions.keys() == set()


def test_each_decision_has_one_number_and_says_it():
    numbers = [page.name[:4] for page in PAGES]
    assert [number for number, count in Counter(numbers).items() if count > 1] == []
    for page in PAGES:
        assert page.read_text().startswith(f"# {int(page.name[:4])}. "), page.name


def test_every_decision_that_is_cited_is_there():
    asked = ["git", "grep", "-ohE", r"decisions/[0-9]{4}-[a-z0-9-]+\.md"]
    cited = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert set(cited.split()) <= {f"decisions/{page.name}" for page in PAGES}
