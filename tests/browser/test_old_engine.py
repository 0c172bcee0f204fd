"""The kiosk's way in a real old engine, script on: in Chrome 87 HTMX 4 starts but cannot swap."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.browser.walking import Walker
from tests.pages import KIOSK

pytestmark = pytest.mark.oldbrowser

PYTHON = "/usr/bin/python3"  # Debian's, which has Debian's Qt
DRIVER = Path(__file__).with_name("old_engine.py")
PAGE_WITHIN_S = 30
FILL = """(() => {
  const [name, answer] = %s, [first, ...more] = document.getElementsByName(name);
  const boxes = first ? [first, ...more] : [];
  if (!first) return false;
  if (first.type === 'checkbox') boxes.forEach(box => box.checked = true);
  else if (first.type === 'radio') {
    const box = boxes.find(each => each.value === answer);
    if (!box) return false;
    box.checked = true;
  } else if (first.type === 'select-one') {
    const chosen = [...first.options].find(each => [each.value, each.text].includes(answer));
    if (!chosen) return false;
    chosen.selected = true;
  } else first.value = answer;
  return ['checkbox', 'radio', 'select-one'].includes(first.type) || first.value === answer;
})()"""


class OldBrowser(Walker):
    """One page in the old engine."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [PYTHON, str(DRIVER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.console: list[str] = []

    def js(self, script: str) -> object:
        """Return what a script in the page gives."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(script) + "\n")
        self.process.stdin.flush()
        value, said = json.loads(self.process.stdout.readline())
        self.console += said
        return value

    def leave_by(self, script: str) -> None:
        """Do what leads to another page, and wait until that is there."""
        self.js(f"window.before = 1; {script}")
        until = time.monotonic() + PAGE_WITHIN_S
        while not self.js("!window.before && document.readyState === 'complete' && location.href"):
            assert time.monotonic() < until, f"no page came after: {script}"
            time.sleep(0.05)

    def press(self, selector: str) -> None:
        """Press the last button or link of this kind."""
        found = f"document.querySelectorAll({json.dumps(selector)})"
        self.leave_by(f"var all = {found}; all[all.length - 1].click()")

    def fill_all(self, answers: Mapping[str, object]) -> list[str]:
        """Answer what is there; return what is not there, or does not take the answer."""
        boxes = answers.items()
        return [name for name, answer in boxes if not self.js(FILL % json.dumps([name, answer]))]

    @property
    def on(self) -> str:
        """The name of the journey page."""
        return str(self.js("location.pathname")).rpartition("/")[2]


@pytest.fixture
def old() -> Iterator[OldBrowser]:
    """The old engine; skipped where Debian's is not installed."""
    here = subprocess.run(
        [PYTHON, "-c", "import PyQt5.QtWebEngineWidgets"], capture_output=True, check=False
    )
    if here.returncode:
        pytest.skip("NOT TESTED: an old browser engine (scripts/ensure_tools.sh oldbrowser)")
    browser = OldBrowser()
    yield browser
    browser.process.stdin.close()
    browser.process.stdout.close()
    browser.process.wait(20)


def test_the_kiosk_gets_to_its_result_in_an_old_engine(old, served):
    old.leave_by(f"location.href = {json.dumps(served.url + '/berkas/mulai')}")
    assert "Chrome/87." in str(old.js("navigator.userAgent"))
    assert old.js("typeof htmx") == "undefined"

    def look() -> None:
        assert old.js("document.getElementById('sinyal') ? sinyal.textContent : ''") == ""

    old.walk_on(KIOSK, look=look)
    shown = str(old.js("document.querySelector('main .code').textContent"))
    assert len("".join(shown.split())) == 13
    colours = "getComputedStyle(document.querySelector('.bar')).backgroundColor"
    assert old.js(colours) == "rgb(0, 58, 68)"
    # What the test before HTMX says, once for each page that loads it; nothing else.
    assert {said for said in old.console if "not a valid selector" not in said} == set()
