"""A real Chromium and people who use it (marker `browser`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.visitor import Visitor, launch

_numbers = count(1)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser, once per run."""
    with sync_playwright() as playwright:
        browser = launch(playwright.chromium)
        yield browser
        browser.close()


@pytest.fixture
def visitor(chromium, served) -> Iterator[Callable[..., Visitor]]:
    """Make a person with a phone: `visitor(width=240, scripts=False)`. Complaints fail the test."""
    made: list[Visitor] = []

    def make(**options: object) -> Visitor:
        one = Visitor(chromium, served.url, number=next(_numbers), **options)
        made.append(one)
        return one

    yield make
    complaints = [complaint for one in made for complaint in one.complaints]
    for one in made:
        one.context.close()
    assert complaints == []
