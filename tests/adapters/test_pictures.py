"""Pictures come out small, upright and anonymous, or are refused with a reason."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

from app.adapters.pictures import clean_picture
from app.domain.attachments import (
    KEPT_AT_MOST_BYTES,
    LONGEST_SIDE_PX,
    PICTURE_WISHED_BYTES,
    ContentKind,
    FileFault,
    FileRefused,
)
from tests import papers


def opened(content: bytes) -> Image.Image:
    picture = Image.open(BytesIO(content))
    picture.load()
    return picture


def test_nothing_but_the_pixels_stays():
    raw = papers.photo()
    assert papers.PLACE.encode() in raw
    assert b"Exif" in raw
    clean = clean_picture(raw, ContentKind.JPEG)
    assert papers.PLACE.encode() not in clean
    assert b"Exif" not in clean
    assert not opened(clean).getexif()
    assert opened(clean).format == "JPEG"


@pytest.mark.parametrize("turned", range(1, 9))
def test_a_photo_stands_upright_however_the_phone_was_held(turned):
    shown = opened(clean_picture(papers.photo(400, 300, turned=turned), ContentKind.JPEG))
    assert shown.size == ((400, 300) if turned < 5 else (300, 400))


def test_a_photo_of_a_phone_becomes_small():
    raw = papers.photo(4000, 3000, quality=95)
    assert len(raw) > 2_000_000
    clean = clean_picture(raw, ContentKind.JPEG)
    assert opened(clean).size == (LONGEST_SIDE_PX, 1200)
    assert len(clean) <= PICTURE_WISHED_BYTES


def test_grain_that_does_not_get_small_stays_below_the_limit():
    noise = Image.effect_noise((1600, 1600), 120).convert("RGB")
    out = BytesIO()
    noise.save(out, "PNG")
    clean = clean_picture(out.getvalue(), ContentKind.PNG)
    assert PICTURE_WISHED_BYTES < len(clean) <= KEPT_AT_MOST_BYTES


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_kind_of_png(mode):
    raw = papers.png() if mode == "I;16" else papers.png(mode)
    if mode == "I;16":
        out = BytesIO()
        Image.new("I;16", (40, 30), 40_000).save(out, "PNG")
        raw = out.getvalue()
    shown = opened(clean_picture(raw, ContentKind.PNG))
    assert (shown.format, shown.mode, shown.size) == ("JPEG", "RGB", (40, 30))


def test_what_is_see_through_lies_on_white():
    shown = opened(clean_picture(papers.see_through(), ContentKind.PNG))
    assert shown.getpixel((10, 10)) == (255, 255, 255)


def test_what_stands_behind_the_picture_is_gone():
    clean = clean_picture(papers.polyglot(), ContentKind.JPEG)
    for part in (b"<script>", b"PK\x03\x04", papers.PLACE.encode()):
        assert part not in clean


BAD = {
    "cut-off": (papers.photo()[:2000], ContentKind.JPEG, FileFault.BROKEN),
    "cut-at-the-end": (papers.photo()[:-400], ContentKind.JPEG, FileFault.BROKEN),
    "only-its-mark": (b"\xff\xd8\xff", ContentKind.JPEG, FileFault.BROKEN),
    "gif-called-jpeg": (papers.gif(), ContentKind.JPEG, FileFault.BROKEN),
    "png-cut-off": (papers.png()[:-30], ContentKind.PNG, FileFault.BROKEN),
    "png-damaged": (
        papers.png()[:60] + b"\x00\x01" + papers.png()[62:],
        ContentKind.PNG,
        FileFault.BROKEN,
    ),
    "png-bomb": (papers.png_bomb(), ContentKind.PNG, FileFault.TOO_MANY_PIXELS),
    "smaller-png-bomb": (papers.png_bomb(5001, 5000), ContentKind.PNG, FileFault.TOO_MANY_PIXELS),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_picture_is_refused(name):
    raw, kind, fault = BAD[name]
    with pytest.raises(FileRefused) as caught:
        clean_picture(raw, kind)
    assert caught.value.fault is fault


def test_a_jpeg_of_many_passes_is_measured_as_what_it_takes_to_read():
    out = BytesIO()
    Image.new("L", (5001, 5000)).save(out, "JPEG", progressive=True)
    with pytest.raises(FileRefused) as caught:
        clean_picture(out.getvalue(), ContentKind.JPEG)
    assert caught.value.fault is FileFault.TOO_MANY_PIXELS
    out = BytesIO()
    Image.new("L", (5001, 5000)).save(out, "JPEG")
    assert opened(clean_picture(out.getvalue(), ContentKind.JPEG)).size[0] == LONGEST_SIDE_PX
