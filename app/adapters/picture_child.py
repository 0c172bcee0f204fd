"""Making a picture small and anonymous: decoded within bounds, turned upright, written anew.

Runs in a process of its own. Nothing of the file survives but its pixels, so what else it carried
(place, time, camera, a second file behind the first) is gone.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any, cast

from PIL import Image, ImageCms, ImageOps

from app.domain.dossier.attachments import (
    JPEG_QUALITIES,
    KEPT_AT_MOST_BYTES,
    ContentKind,
    FileFault,
    FileRefused,
    check_pixels,
    fitted,
    wished_bytes,
)

_FORMATS = {ContentKind.JPEG: "JPEG", ContentKind.PNG: "PNG"}
# Sixteen bits of grey, as scanners write them; Pillow cuts off what is above 255 when it converts.
_DEEP_GREYS = frozenset({"I", "I;16", "I;16B", "I;16L", "I;16N"})


def clean(raw: bytes, kind: str) -> tuple[dict[str, object], bytes]:
    """Return nothing to say, and the picture as JPEG. Raises FileRefused, and what decoders do."""
    try:
        return {}, _small(_upright(raw, ContentKind(kind)))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise FileRefused(FileFault.TOO_MANY_PIXELS) from error


def _upright(raw: bytes, kind: ContentKind) -> Image.Image:
    formats = [_FORMATS[kind]]
    with Image.open(BytesIO(raw), formats=formats) as probe:
        reduced = kind is ContentKind.JPEG and not probe.info.get("progressive")
        check_pixels(*probe.size, read_reduced=reduced)
        wished = fitted(*probe.size)
        probe.verify()  # the checksums of a PNG; the probe cannot be read after it
    with Image.open(BytesIO(raw), formats=formats) as picture:
        if reduced:
            picture.draft("RGB", wished)
        picture.load()
        colours = picture.info.get("icc_profile")
        shown = as_seen(picture, wished, colours)
    return ImageOps.exif_transpose(shown).convert("RGB")


def as_seen(
    picture: Image.Image, size: tuple[int, int], colours: bytes | None = None
) -> Image.Image:
    """Return a picture of any mode in RGB, at most as large as size, its colours as it was seen.

    colours: the profile (ICC) that says what its numbers mean.
    """
    way = picture.getexif()
    if picture.mode in _DEEP_GREYS:
        picture = _eight_bits(picture)
    elif picture.mode == "F":
        picture = picture.convert("L")
    elif picture.mode in {"1", "P", "PA"} or "transparency" in picture.info:
        # Few colours must be many before they are mixed by making the picture smaller.
        picture = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    picture.thumbnail(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
    mask = picture.getchannel("A") if picture.mode in {"LA", "RGBA"} else None
    if mask is not None:
        picture = picture.convert("RGB" if picture.mode == "RGBA" else "L")
    picture = _in_srgb(picture, colours)
    if picture.mode == "LAB":  # Pillow has no other way out of it
        picture = _as_rgb(picture, ImageCms.createProfile("LAB"))
    sheet = Image.new("RGB", picture.size, "white")
    sheet.paste(picture.convert("RGB"), mask=mask)
    sheet.getexif().update(way)
    return sheet


def _eight_bits(picture: Image.Image) -> Image.Image:
    """Return sixteen bits of grey as eight: the upper ones."""
    return picture.convert("I").point(lambda grey: grey * (1 / 256)).convert("L")


def _in_srgb(picture: Image.Image, colours: bytes | None) -> Image.Image:
    """Return a picture with colours as every screen takes them; as it is if its profile is none."""
    if not colours:
        return picture
    try:
        return _as_rgb(picture, ImageCms.ImageCmsProfile(BytesIO(colours)))
    except (ImageCms.PyCMSError, OSError, ValueError):
        return picture


def _as_rgb(picture: Image.Image, profile: Any) -> Image.Image:
    screen = ImageCms.createProfile("sRGB")
    # It returns nothing only where it is told to change the picture itself.
    return cast(Image.Image, ImageCms.profileToProfile(picture, profile, screen, outputMode="RGB"))


def _small(sheet: Image.Image) -> bytes:
    """Return the first JPEG that is as small as wished, else the smallest."""
    content = b""
    for quality in JPEG_QUALITIES:
        out = BytesIO()
        sheet.save(out, "JPEG", quality=quality, optimize=True, exif=b"")
        content = out.getvalue()
        if len(content) <= wished_bytes(*sheet.size):
            break
    if len(content) > KEPT_AT_MOST_BYTES:  # cannot be at this many pixels; never kept if it is
        raise FileRefused(FileFault.TOO_MANY_PIXELS)
    return content
