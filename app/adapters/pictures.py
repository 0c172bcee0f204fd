"""Making a picture small and anonymous: decoded within bounds, turned upright, written anew.

Nothing of the file survives but its pixels, so what else it carried (place, time, camera, a second
file behind the first) is gone.
"""

from __future__ import annotations

from io import BytesIO

from PIL import Image, ImageOps

from app.domain.attachments import (
    JPEG_QUALITIES,
    KEPT_AT_MOST_BYTES,
    PICTURE_WISHED_BYTES,
    ContentKind,
    FileFault,
    FileRefused,
    check_pixels,
    fitted,
)

_FORMATS = {ContentKind.JPEG: "JPEG", ContentKind.PNG: "PNG"}


def clean_picture(raw: bytes, kind: ContentKind) -> bytes:
    """Return a picture as a small JPEG without any metadata, on white where it was see-through.

    Raises FileRefused: BROKEN (cut short, damaged), TOO_MANY_PIXELS.
    """
    try:
        return _small(_upright(raw, kind))
    except FileRefused:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise FileRefused(FileFault.TOO_MANY_PIXELS) from error
    except Exception as error:  # whatever a damaged or hostile file does to its decoder
        raise FileRefused(FileFault.BROKEN) from error


def _upright(raw: bytes, kind: ContentKind) -> Image.Image:
    formats = [_FORMATS[kind]]
    with Image.open(BytesIO(raw), formats=formats) as probe:
        reduced = kind is ContentKind.JPEG and not probe.info.get("progressive")
        check_pixels(*probe.size, read_reduced=reduced)
        probe.verify()  # the checksums of a PNG; the probe cannot be read after it
    with Image.open(BytesIO(raw), formats=formats) as picture:
        if reduced:
            picture.draft("RGB", fitted(*picture.size))
        picture.load()
        picture.thumbnail(fitted(*picture.size), Image.Resampling.LANCZOS, reducing_gap=2.0)
        turned = ImageOps.exif_transpose(picture)
    see_through = turned.has_transparency_data
    layer = turned.convert("RGBA" if see_through else "RGB")
    sheet = Image.new("RGB", layer.size, "white")
    sheet.paste(layer, mask=layer if see_through else None)
    return sheet


def _small(sheet: Image.Image) -> bytes:
    """Return the first JPEG that is as small as wished, else the smallest."""
    content = b""
    for quality in JPEG_QUALITIES:
        out = BytesIO()
        sheet.save(out, "JPEG", quality=quality, optimize=True)
        content = out.getvalue()
        if len(content) <= PICTURE_WISHED_BYTES:
            break
    if len(content) > KEPT_AT_MOST_BYTES:  # cannot be at this many pixels; never kept if it is
        raise FileRefused(FileFault.TOO_MANY_PIXELS)
    return content
