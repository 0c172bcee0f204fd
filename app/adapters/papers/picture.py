"""A small picture of the Nomor Bantuan for the gallery of a phone, where people find it again."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import lru_cache

from PIL import Image, ImageColor, ImageDraw, ImageFont

from app.adapters.papers.render import FONTS, drawable

WIDTH_PX, HEIGHT_PX = 720, 360
EDGE_PX = 36
HEAD_PX, THREAD_PX, BAND_PX = 64, 12, 12
NUMBER_MIDDLE_PX, LINES_TOP_PX = 146, 220
MOST_ROWS = 4
# White, deep sea and one step between them for smooth letters, then the four threads of the band.
# Each further shade costs the person about half a kilobyte and is not seen on a phone.
PAPER, BETWEEN, DEEP, FIRST_THREAD = range(4)
COLOURS = ("#ffffff", "#809da2", "#003a44", "#e4572e", "#ffb000", "#fdf5e4", "#1a6130")
WHITE_GREY, DEEP_GREY = 255, 0


def number_picture(support_number: str, lines: Sequence[str]) -> bytes:
    """Return a PNG of 720 x 360 pixels: the number very large, and short lines below it.

    lines: two or three, in the language of the person. They must not hold the PIN: pictures are
        shown around and copied to the cloud. What has no room in four rows is left out.
    """
    greys = Image.new("L", (WIDTH_PX, HEIGHT_PX), WHITE_GREY)
    draw = ImageDraw.Draw(greys)
    draw.rectangle((0, 0, WIDTH_PX, HEAD_PX), fill=DEEP_GREY)
    head = HEAD_PX / 2
    draw.text((EDGE_PX, head), "Nomor Bantuan", WHITE_GREY, _font("Bold", 32), anchor="lm")
    draw.text(
        (WIDTH_PX - EDGE_PX, head), "OSS Sorong", WHITE_GREY, _font("Regular", 24), anchor="rm"
    )

    number = drawable(support_number)
    font = _font("Bold", _largest_that_fits(number))
    draw.text((EDGE_PX, NUMBER_MIDDLE_PX), number, DEEP_GREY, font, anchor="lm")

    rows, size_px = _set(list(filter(None, map(drawable, lines))))
    for row, words in enumerate(rows):
        top = LINES_TOP_PX + row * _row_height(size_px)
        draw.text((EDGE_PX, top), words, DEEP_GREY, _font("Regular", size_px), anchor="la")

    image = greys.point(_three_shades(), "P")
    image.putpalette([part for colour in COLOURS for part in ImageColor.getrgb(colour)])
    _band(ImageDraw.Draw(image), HEAD_PX)
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True)
    return file.getvalue()


def _three_shades() -> list[int]:
    """Palette index for each grey."""
    return [DEEP] * 72 + [BETWEEN] * 112 + [PAPER] * 72


@lru_cache(maxsize=64)
def _font(weight: str, size_px: int) -> ImageFont.FreeTypeFont:
    # The basic layout is the same on every machine, whether or not it has Raqm.
    return ImageFont.truetype(
        str(FONTS / f"NotoSans-{weight}.ttf"), size_px, layout_engine=ImageFont.Layout.BASIC
    )


def _band(draw: ImageDraw.ImageDraw, top: int) -> None:
    """Slanted threads in four colours, as under the head of every page."""
    threads = len(COLOURS) - FIRST_THREAD
    for number, left in enumerate(range(0, WIDTH_PX + BAND_PX, THREAD_PX)):
        corners = (
            (left, top),
            (left + THREAD_PX, top),
            (left + THREAD_PX - BAND_PX, top + BAND_PX),
            (left - BAND_PX, top + BAND_PX),
        )
        draw.polygon(corners, fill=FIRST_THREAD + number % threads)


def _largest_that_fits(number: str) -> int:
    room = WIDTH_PX - 2 * EDGE_PX
    return next(
        (size for size in range(76, 20, -2) if _font("Bold", size).getlength(number) <= room), 20
    )


def _row_height(size_px: int) -> int:
    return size_px * 7 // 5


def _set(lines: list[str]) -> tuple[list[str], int]:
    """Return at most four rows, and the letter size they fit in."""
    for size_px in (26, 22):
        rows = [row for line in lines for row in _wrap(line, _font("Regular", size_px))]
        if len(rows) * _row_height(size_px) <= HEIGHT_PX - LINES_TOP_PX:
            break
    return rows[:MOST_ROWS], size_px


def _wrap(line: str, font: ImageFont.FreeTypeFont) -> list[str]:
    """Break between words; a word longer than a row is broken where the row ends."""
    room = WIDTH_PX - 2 * EDGE_PX
    rows = [""]
    for word in line.split(" "):
        joined = f"{rows[-1]} {word}".strip()
        if font.getlength(joined) <= room:
            rows[-1] = joined
            continue
        if rows[-1]:
            rows.append("")
        for letter in word:
            if font.getlength(rows[-1] + letter) > room:
                rows.append("")
            rows[-1] += letter
    return rows
