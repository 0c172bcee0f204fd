"""A person with a phone: fills boxes by name, and notes every complaint of the browser."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import (
    Browser,
    BrowserContext,
    BrowserType,
    ConsoleMessage,
    Locator,
    Page,
)

from tests.browser.walking import Walker
from tests.pages import PREFIXES, RESULT, START
from tests.personas import Persona

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
TOUCH_PX = 44
WAIT_MS = 10_000
# Said by Chromium about every answer of 400 and more, which is how we answer a mistake.
_EXPECTED = re.compile(r"Failed to load resource: the server responded with a status of 4\d\d")

_TOO_SMALL = """(least) => {
  const shown = e => e.getClientRects().length && getComputedStyle(e).visibility !== 'hidden';
  const inline = e => e.tagName === 'A' && [...e.parentElement.childNodes].some(
    n => n !== e && n.nodeType === Node.TEXT_NODE && n.textContent.trim());
  const tapped = 'main a, main button, main summary, main select, main label.pick, ' +
    'main input:not([type=hidden]):not([type=radio]):not([type=checkbox])';
  return [...document.querySelectorAll(tapped)]
    .filter(e => shown(e) && !inline(e))
    .map(e => [e, e.getBoundingClientRect()])
    .filter(([e, r]) => r.height < least - 0.5 || r.width < least - 0.5)
    .map(([e, r]) => `${Math.round(r.width)}x${Math.round(r.height)} ` +
      `<${e.tagName.toLowerCase()}> ${(e.textContent || e.name || '').trim().slice(0, 40)}`);
}"""
_TOO_WIDE = """() => {
  const wide = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= wide) return [];
  return [...document.querySelectorAll('body *')]
    .filter(e => e.getBoundingClientRect().right > wide + 1).slice(0, 5)
    .map(e => `<${e.tagName.toLowerCase()}> ${(e.textContent || '').trim().slice(0, 40)}`)
    .concat([`the page is ${document.documentElement.scrollWidth} wide`]);
}"""


def launch(chromium: BrowserType, *, keeps_pages: bool = False) -> Browser:
    """Start the installed Chromium, or Playwright's own where there is none.

    keeps_pages: with the back-forward cache that people have, and Playwright turns off.
    """
    path = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    known = path if os.path.exists(path) else None
    without = ["--disable-back-forward-cache"] if keeps_pages else None
    return chromium.launch(executable_path=known, args=FLAGS, ignore_default_args=without)


class Visitor(Walker):
    """One browser context: its own cookies, address and screen."""

    def __init__(
        self, browser: Browser, base: str, *, number: int, width: int = 360, scripts: bool = True
    ) -> None:
        self.base = base
        self.scripts = scripts
        self.complaints: list[str] = []
        height = {240: 320, 360: 640}.get(width, 640)
        self.context: BrowserContext = browser.new_context(
            viewport={"width": width, "height": height},
            is_mobile=True,
            has_touch=True,
            java_script_enabled=scripts,
            extra_http_headers={"X-Forwarded-For": f"10.20.{number // 250}.{number % 250 + 1}"},
        )
        self.context.set_default_timeout(WAIT_MS)
        self.page: Page = self.context.new_page()
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
        self.page.on("response", self._answered)
        self._axe = Axe()

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not _EXPECTED.search(message.text):
            self.complaints.append(f"{message.type}: {message.text}")

    def _answered(self, response: object) -> None:
        status, url = response.status, response.url  # type: ignore[attr-defined]
        if status >= 500:
            self.complaints.append(f"{status} from {url}")
        if not url.startswith((self.base, "data:")):
            self.complaints.append(f"loaded from elsewhere: {url}")

    # Where am I

    @property
    def path(self) -> str:
        """The path in the address bar."""
        return urlsplit(self.page.url).path

    @property
    def on(self) -> str:
        """The name of the journey page, by its address (which may end with an activity number)."""
        return self.path.rstrip("0123456789").rstrip("/").rpartition("/")[2]

    def open(self, path: str) -> None:
        """Type an address."""
        self.page.goto(self.base + path)

    # Doing

    def has(self, name: str, answer: object) -> bool:
        """Return whether a box for this answer is on the page now."""
        boxes = self.page.locator(f'main [name="{name}"]')
        if boxes.count() == 0:
            return False
        if self._kind(name) == "select":
            return self._option(name, answer).count() > 0
        if self._kind(name) == "radio":
            return self.page.locator(f'main [name="{name}"][value="{answer}"]').count() > 0
        return True

    def _kind(self, name: str) -> str:
        box = self.page.locator(f'main [name="{name}"]').first
        return box.get_attribute("type") or ("select" if self._is_select(name) else "text")

    def _is_select(self, name: str) -> bool:
        return self.page.locator(f'main select[name="{name}"]').count() > 0

    def _option(self, name: str, answer: object) -> Locator:
        """Return what a list offers by this value or these words."""
        options = self.page.locator(f'main [name="{name}"] option')
        by_words = options.filter(has_text=re.compile(rf"^\s*{re.escape(str(answer))}\s*$"))
        return options.and_(self.page.locator(f'[value="{answer}"]')).or_(by_words)

    def fill(self, name: str, answer: object) -> None:
        """Answer one box as a person would; choices of a list go by value or by words."""
        box = self.page.locator(f'main [name="{name}"]')
        kind = self._kind(name)
        if kind == "select":
            value = self._option(name, answer).first.get_attribute("value")
            if box.input_value() != value:
                box.select_option(value)
        elif kind == "radio":
            self.page.locator(f'main [name="{name}"][value="{answer}"]').check()
        elif kind == "checkbox":
            for one in box.all():
                one.check()
        else:
            box.fill(str(answer))

    def fill_all(self, answers: Mapping[str, object]) -> list[str]:
        """Answer what is there; return the names of what is not there (yet)."""
        missing = []
        for name, answer in answers.items():
            if not self._comes(name, answer):
                missing.append(name)
            else:
                self.fill(name, answer)
        return missing

    def _comes(self, name: str, answer: object) -> bool:
        """Return whether a box is there. With script it may come a moment after a choice."""
        until = time.monotonic() + (3 if self.scripts else 0)
        while not self.has(name, answer):
            waits = name in {"kampung", "kabupaten", "wilayah", "provinsi"}
            if not waits or time.monotonic() >= until:
                return False
            self.page.wait_for_timeout(50)
        return True

    def press(self, selector: str) -> None:
        """Press a button or link that leads to another page, and wait until that is shown."""
        before = self.page.url
        self.page.locator(selector).last.click()
        self.page.wait_for_url(lambda url: url != before)
        self.settle()

    def back(self, to: str, box: str, *, forward: bool = False) -> None:
        """Go back (or forward) in the history, and wait until that page with its box is there."""
        if forward:
            self.page.go_forward(wait_until="commit")
        else:
            self.page.go_back(wait_until="commit")
        self.page.wait_for_url(f"**/{to}")
        self.page.locator(f'main [name="{box}"]').wait_for()
        self.settle()

    def settle(self) -> None:
        """Wait until nothing is under way."""
        self.page.wait_for_load_state("load")
        if self.scripts:
            self.page.wait_for_load_state("networkidle")

    def ask_for(self, more: str, name: str, answer: object) -> None:
        """Press what brings the rest of this page, and wait for the box."""
        self.page.locator(more).click()
        wanted = f'main [name="{name}"]' + (f'[value="{answer}"]' if name == "kbli" else "")
        self.page.locator(wanted).first.wait_for(state="attached")
        self.settle()

    def walk(
        self,
        who: Persona,
        *,
        language: str = "id",
        to: str = RESULT,
        look: Callable[[Visitor], None] | None = None,
    ) -> None:
        """Go through the journey up to a page; look at each one on the way."""
        if self.on in {"", "blank"} or "/berkas/" not in self.path:
            self.open(f"{PREFIXES[language]}/berkas/{START}")
        self.walk_on(who, to, None if look is None else lambda: look(self))

    # Looking

    def focused(self, element: str) -> None:
        """Wait until an element has the focus: scripts and `autofocus` give it after the page."""
        self.page.locator(f":is({element}):focus").wait_for()

    def look(self, *, axe: bool = True) -> list[str]:
        """Return what is wrong with the page for eyes, fingers and screen readers."""
        page = self.page
        found = [f"too small to touch: {what}" for what in page.evaluate(_TOO_SMALL, TOUCH_PX)]
        found += [f"wider than the screen: {what}" for what in page.evaluate(_TOO_WIDE)]
        if page.locator("h1").count() != 1:
            found.append(f"{page.locator('h1').count()} × h1")
        if axe and self.scripts:
            options = {"runOnly": {"type": "tag", "values": WCAG}, "resultTypes": ["violations"]}
            for violation in self._axe.run(page, options=options).response["violations"]:
                nodes = [" ".join(map(str, node["target"])) for node in violation["nodes"]]
                found.append(f"axe {violation['id']}: {violation['help']} at {json.dumps(nodes)}")
        return [f"{self.path}: {fault}" for fault in found]
