"""Everyday questions lead to their topic within three taps, by the links and words of help alone.

The reader here knows no address: it types a question into the box of /bantuan, opens what is listed
first, and when that is not it, takes a link of that topic or the second of the list.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from app.services.help import book
from tests.client import form_of, links_of, parse
from tests.pages import PREFIXES

QUESTIONS = Path(__file__).with_name("data") / "help_questions.csv"


def questions() -> list[dict[str, str]]:
    with QUESTIONS.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def opened(client, address: str, language: str) -> Iterator[str]:
    """Yield the topics a page of help links to, in their order."""
    prefix = f"{PREFIXES[language]}/bantuan/"
    page = parse(client.get(address))
    for to, _ in links_of(page):
        slug = urlsplit(to).path.removeprefix(prefix)
        if to.startswith(prefix) and slug in book.book().topics:
            yield slug


def taps_to(client, question: str, slug: str, language: str) -> int | None:
    """Count the taps from /bantuan to a topic; None when three do not lead there."""
    home = f"{PREFIXES[language]}/bantuan"
    form = form_of(client.get(home), home)
    form.fill(q=question)
    listed = list(opened(client, form.submit().request.url, language))  # first tap: search
    if not listed:
        return None
    if listed[0] == slug:  # second tap: the first of the list
        return 2
    beside = opened(client, f"{home}/{listed[0]}", language)
    return 3 if slug in {*listed[1:3], *beside} else None


def test_the_questions_cover_all_topics(app):
    asked = {row["slug"] for row in questions() if row["language"] == "id"}
    assert asked == set(book.book().topics)


@pytest.mark.parametrize("row", questions(), ids=lambda row: row["question"])
def test_a_question_reaches_its_topic_within_three_taps(client, row):
    assert taps_to(client, row["question"], row["slug"], row["language"]) is not None
