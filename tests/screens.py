"""Take pictures of all pages in both languages: `python -m tests.screens FOLDER`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.browser.served import Served
from tests.browser.visitor import Visitor, launch
from tests.pages import KIOSK, PREFIXES, PUBLIC

WIDTHS = (360, 240)


def main(folder: Path) -> int:
    """Write FOLDER/360-id-01-home.png and so on. Return the exit status."""
    folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as place,
        Served(Path(place)) as served,
        sync_playwright() as playwright,
    ):
        browser = launch(playwright.chromium)
        for number, width in enumerate(WIDTHS):
            for language in PREFIXES:
                _take(browser, served.url, folder, width, language, 1 + 2 * number)
        browser.close()
    print(f"{len(list(folder.glob('*.png')))} pictures in {folder}")
    return 0


def _take(
    browser: Browser, base: str, folder: Path, width: int, language: str, number: int
) -> None:
    person = Visitor(browser, base, number=number + (language == "en"), width=width)
    taken = 0

    def shoot(name: str) -> None:
        nonlocal taken
        taken += 1
        path = folder / f"{width}-{language}-{taken:02}-{name}.png"
        person.page.screenshot(path=path, full_page=True)

    for name, (path, _) in PUBLIC.items():
        person.open(PREFIXES[language] + path)
        shoot(name)
    person.open(f"{PREFIXES[language]}/berkas/mulai")
    person.walk(KIOSK, language=language, look=lambda one: shoot(one.on))
    person.context.close()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(Path(sys.argv[1])))
