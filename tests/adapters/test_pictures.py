"""Pictures come out small, upright and anonymous, or are refused with a reason."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image, ImageCms, ImageStat

from app.adapters.picture_child import as_seen
from app.adapters.pictures import clean_picture
from app.domain.dossier.attachments import (
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
    """A dark half and a light one stay apart, however many colours the file has."""
    half = Image.new("L", (40, 30), 60)
    half.paste(200, (20, 0, 40, 30))
    if mode == "I;16":
        half = half.convert("I").point(lambda grey: grey * 257).convert("I;16")
    out = BytesIO()
    half.convert(mode).save(out, "PNG")
    shown = opened(clean_picture(out.getvalue(), ContentKind.PNG))
    assert (shown.format, shown.mode, shown.size) == ("JPEG", "RGB", (40, 30))
    dark, light = (ImageStat.Stat(shown.crop(box)).mean[0] for box in HALVES)
    expected = (60, 200) if mode != "1" else (HALF_DARK, HALF_LIGHT)
    assert dark == pytest.approx(expected[0], abs=12)
    assert light == pytest.approx(expected[1], abs=12)


HALVES = ((2, 2, 18, 28), (22, 2, 38, 28))
HALF_DARK, HALF_LIGHT = 60, 200  # black and white dots, as far as the eye mixes them


MODES = ("1", "L", "LA", "P", "PA", "RGB", "RGBA", "RGBX", "CMYK", "YCbCr", "LAB", "HSV")
DEEP_MODES = ("I", "F", "I;16", "I;16B", "I;16L")


@pytest.mark.parametrize("mode", [*MODES, *DEEP_MODES])
def test_every_mode_of_the_library_keeps_dark_dark(mode):
    grey = Image.new("L", (8, 8), 90)
    deep = {"I", "I;16", "I;16B", "I;16L"}
    if mode in deep:
        picture = grey.convert("I").point(lambda value: value * 257)
        picture = picture if mode == "I" else picture.convert("I;16")
        if mode in {"I;16B", "I;16L"}:
            order = "big" if mode == "I;16B" else "little"
            picture = Image.frombytes(mode, (8, 8), (90 * 257).to_bytes(2, order) * 64)
    elif mode == "LAB":
        srgb, lab = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
        picture = ImageCms.profileToProfile(grey.convert("RGB"), srgb, lab, outputMode="LAB")
    elif mode in {"PA", "HSV", "YCbCr", "CMYK"}:
        picture = grey.convert("RGBA" if mode == "PA" else "RGB").convert(mode)
    else:
        picture = grey.convert(mode)
    shown = as_seen(picture, (8, 8))
    assert shown.mode == "RGB"
    if mode != "1":
        assert ImageStat.Stat(shown).mean == pytest.approx([90, 90, 90], abs=4)


def test_colours_are_kept_as_they_were_seen():
    """A profile says what the numbers mean: here green and blue change places."""
    swapped = papers.swapped_profile()
    out = BytesIO()
    Image.new("RGB", (16, 16), (20, 200, 60)).save(out, "PNG", icc_profile=swapped)
    seen = opened(clean_picture(out.getvalue(), ContentKind.PNG)).getpixel((8, 8))
    assert seen == pytest.approx((20, 60, 200), abs=12)
    out = BytesIO()
    Image.new("RGB", (16, 16), (20, 200, 60)).save(out, "PNG", icc_profile=b"no profile")
    seen = opened(clean_picture(out.getvalue(), ContentKind.PNG)).getpixel((8, 8))
    assert seen == pytest.approx((20, 200, 60), abs=12)


@pytest.mark.parametrize(
    ("size", "kept"), [((1080, 14_000), (720, 9333)), ((300, 9000), (300, 9000))]
)
def test_a_long_screenshot_stays_readable(size, kept):
    out = BytesIO()
    Image.new("RGB", size, "white").save(out, "PNG")
    assert opened(clean_picture(out.getvalue(), ContentKind.PNG)).size == kept


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
    "too-long": (papers.png_bomb(200, 20_000), ContentKind.PNG, FileFault.TOO_LONG),
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
