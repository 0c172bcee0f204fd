"""Reading a QR code from a photo, as text. The photo is not kept.

zxing-cpp is the maintained C++ successor of ZXing, 1 MB and without further packages. Pillow opens
the photo, so that only formats of phone cameras reach a decoder.
"""

from __future__ import annotations

import io
import warnings

import zxingcpp
from PIL import Image

FORMATS = ("JPEG", "PNG", "WEBP")
MOST_PIXELS = 50_000_000  # the largest cameras of phones; more would be a bomb
LOOK_AT_PX = 2_000  # a code that fills a tenth of the photo is still read at this size


def read_qr(photo: bytes) -> list[str]:
    """Return what the QR codes in a photo say, none for what is no photo or holds no code."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(photo), formats=FORMATS)
            if image.width * image.height > MOST_PIXELS:
                return []
            image.draft("L", (LOOK_AT_PX, LOOK_AT_PX))  # JPEG: decoded small, at a quarter the cost
            grey = image.convert("L")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombWarning):
        return []  # all that Pillow raises for a broken or foreign file
    except Image.DecompressionBombError:
        return []
    grey.thumbnail((LOOK_AT_PX, LOOK_AT_PX))
    codes = zxingcpp.read_barcodes(
        grey, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    )
    return [code.text for code in codes]
