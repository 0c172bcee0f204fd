"""What a topic says fits one small screen: 360 by 640, the size of a cheap phone.

Measured with the font of our papers, a little wider than what phones have, so that it says the same
on every machine. Left out: title, drawing, and the meanings of words, which are folded.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element

import pytest
from PIL import ImageFont

from app.services.help import book
from tests.client import Page, words
from tests.pages import PREFIXES

SCREEN_PX = 640
WIDE_PX = 360 - 2 * 18
INDENT_PX = 27
LINE_PX = 27
GAP_PX = 18
HEADING_PX = 45
FONTS = "app/adapters/papers/fonts/NotoSans-{}.ttf"
REGULAR = ImageFont.truetype(FONTS.format("Regular"), 18)
BOLD = ImageFont.truetype(FONTS.format("Bold"), 21.6)


def lines(text: str, wide: float, font: ImageFont.FreeTypeFont) -> int:
    """Return how many lines a text takes, broken between words."""
    count, at = 1, 0.0
    space = font.getlength(" ")
    for word in text.split():
        long = font.getlength(word)
        if at and at + space + long > wide:
            count, at = count + 1, long
        else:
            at += long + (space if at else 0)
    return count


def height_px(block: Element) -> int:
    """Return the height of a part of the text, with the gap below it."""
    if block.tag == "h2":
        return HEADING_PX + lines(words(block), WIDE_PX, BOLD) * 26 + GAP_PX
    if block.tag in {"ol", "ul"}:
        points = [lines(words(point), WIDE_PX - INDENT_PX, REGULAR) for point in block]
        return sum(points) * LINE_PX + GAP_PX
    assert block.tag == "p", f"<{block.tag}> was never measured"
    return lines(words(block), WIDE_PX, REGULAR) * LINE_PX + GAP_PX


def blocks(html: str) -> list[Element]:
    return [part for part in Page(html).root if part.get("class") != "field"]


@pytest.mark.parametrize("language", PREFIXES)
def test_every_topic_fits_one_screen(application, language):
    high = {
        topic.slug: sum(map(height_px, blocks(topic.texts[language].html)))
        for topic in book.topics()
    }
    assert len(high) == 40
    assert {slug: px for slug, px in high.items() if px > SCREEN_PX} == {}


def test_a_long_text_is_noticed():
    (paragraph,) = blocks(f"<p>{'kata ' * 200}</p>")
    assert height_px(paragraph) > SCREEN_PX
