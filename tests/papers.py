"""Small real files, good and bad, as phones, scanners and attackers make them."""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Callable
from functools import cache
from io import BytesIO

from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    NumberObject,
    TextStringObject,
)

PLACE = "AimasLatihan"  # stands in the metadata of every file made here


@cache
def scene(width: int, height: int, seed: int = 1) -> Image.Image:
    """Return a picture with edges and grain, which a decoder has some work with."""
    rng = random.Random(seed)
    small = Image.frombytes("RGB", (16, 12), rng.randbytes(16 * 12 * 3))
    w, h = max(1, width // 3), max(1, height // 3)
    grain = Image.frombytes("L", (w, h), rng.randbytes(w * h)).resize((width, height))
    picture = small.resize((width, height), Image.Resampling.BICUBIC)
    return Image.blend(picture, grain.convert("RGB"), 0.3)


def photo(
    width: int = 400, height: int = 300, *, turned: int = 1, quality: int = 90, seed: int = 1
) -> bytes:
    """Return a JPEG as a phone makes it: with the place, the camera and the way it was held."""
    exif = Image.Exif()
    exif[0x0112] = turned
    exif[0x010F] = PLACE
    exif.get_ifd(0x8825).update({1: "S", 2: (0.0, 55.0, 30.0), 3: "E", 4: (131.0, 15.0, 0.0)})
    out = BytesIO()
    scene(width, height, seed).save(
        out, "JPEG", quality=quality, exif=exif, comment=PLACE.encode(), progressive=False
    )
    return out.getvalue()


def png(mode: str = "RGB", size: tuple[int, int] = (40, 30)) -> bytes:
    """Return a PNG of any mode."""
    out = BytesIO()
    scene(*size).convert(mode).save(out, "PNG")
    return out.getvalue()


def see_through() -> bytes:
    """Return a PNG that shows nothing but its background."""
    out = BytesIO()
    Image.new("RGBA", (20, 20), (255, 0, 0, 0)).save(out, "PNG")
    return out.getvalue()


def gif() -> bytes:
    """Return a GIF, whatever somebody calls it."""
    out = BytesIO()
    scene(20, 20).save(out, "GIF")
    return out.getvalue()


def png_bomb(width: int = 50_000, height: int = 50_000) -> bytes:
    """Return a small PNG that says it is huge."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(bytes(1000)))
        + chunk(b"IEND", b"")
    )


def _written(writer: PdfWriter) -> bytes:
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def _pages(count: int = 1) -> PdfWriter:
    writer = PdfWriter()
    for number in range(count):
        page = writer.add_blank_page(200, 300)
        drawing = DecodedStreamObject()
        drawing.set_data(f"0 0 {number + 9} 9 re f".encode())
        page[NameObject("/Contents")] = writer._add_object(drawing)
    return writer


def pdf(pages: int = 1) -> bytes:
    """Return a PDF that tells who made it, with a link and a note."""
    writer = _pages(pages)
    writer.add_metadata({"/Author": PLACE, "/Title": PLACE})
    looks = DecodedStreamObject()
    looks.set_data(b"1 0 0 rg 0 0 5 5 re f")
    looks[NameObject("/Type")] = NameObject("/XObject")
    looks[NameObject("/Subtype")] = NameObject("/Form")
    corners = ArrayObject([FloatObject(n) for n in (0, 0, 5, 5)])
    looks[NameObject("/BBox")] = corners
    uri = {
        NameObject("/S"): NameObject("/URI"),
        NameObject("/URI"): TextStringObject("https://x.example/" + PLACE),
    }
    link = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Annot"),
            NameObject("/Subtype"): NameObject("/Link"),
            NameObject("/Rect"): corners,
            NameObject("/A"): DictionaryObject(uri),
        }
    )
    note = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Annot"),
            NameObject("/Subtype"): NameObject("/Stamp"),
            NameObject("/Rect"): corners,
            NameObject("/T"): TextStringObject(PLACE),
            NameObject("/AP"): DictionaryObject({NameObject("/N"): writer._add_object(looks)}),
        }
    )
    writer.pages[0][NameObject("/Annots")] = ArrayObject(
        [writer._add_object(link), writer._add_object(note)]
    )
    return _written(writer)


def pdf_of_photo() -> bytes:
    """Return a PDF around a photo that still holds its place, as scanning apps make it."""
    writer = _pages()
    picture = DecodedStreamObject()
    picture.set_data(photo(60, 40))
    for name, value in {
        "/Type": NameObject("/XObject"),
        "/Subtype": NameObject("/Image"),
        "/Width": NumberObject(60),
        "/Height": NumberObject(40),
        "/ColorSpace": NameObject("/DeviceRGB"),
        "/BitsPerComponent": NumberObject(8),
        "/Filter": NameObject("/DCTDecode"),
    }.items():
        picture[NameObject(name)] = value
    pictures = DictionaryObject({NameObject("/P"): writer._add_object(picture)})
    resources = DictionaryObject({NameObject("/XObject"): pictures})
    writer.pages[0][NameObject("/Resources")] = resources
    return _written(writer)


def locked_pdf(word: str = "rahasia") -> bytes:
    """Return a PDF that asks for a password; with "" one that only says it is protected."""
    writer = _pages()
    writer.encrypt(word, "owner", algorithm="RC4-128")
    return _written(writer)


def _action(**entries: object) -> DictionaryObject:
    return DictionaryObject({NameObject(f"/{name}"): value for name, value in entries.items()})


def _opening(kind: str, **entries: object) -> bytes:
    writer = _pages()
    action = _action(S=NameObject(kind), **entries)
    writer.root_object[NameObject("/OpenAction")] = writer._add_object(action)
    return _written(writer)


def _with_file() -> bytes:
    writer = _pages()
    writer.add_attachment("program.exe", b"MZ")
    return _written(writer)


def _page_script() -> bytes:
    writer = _pages()
    action = _action(S=NameObject("/JavaScript"), JS=TextStringObject("app.alert(1)"))
    writer.pages[0][NameObject("/AA")] = DictionaryObject({NameObject("/O"): action})
    return _written(writer)


def _form() -> bytes:
    writer = _pages()
    form = DictionaryObject({NameObject("/XFA"): TextStringObject("<xdp/>")})
    writer.root_object[NameObject("/AcroForm")] = writer._add_object(form)
    return _written(writer)


ACTIVE_PDFS: dict[str, Callable[[], bytes]] = {
    "script": lambda: _opening("/JavaScript", JS=TextStringObject("app.alert(1)")),
    "script-of-a-page": _page_script,
    "program": lambda: _opening("/Launch", F=TextStringObject("cmd.exe")),
    "sends": lambda: _opening("/SubmitForm", F=TextStringObject("https://x.example")),
    "file": _with_file,
    "form": _form,
}


def polyglot() -> bytes:
    """Return a JPEG that is a web page and an archive as well."""
    return photo() + b"<script>alert(1)</script>PK\x03\x04" + PLACE.encode()


def reads_as_pdf(content: bytes) -> int:
    """Return how many pages a PDF has."""
    return len(PdfReader(BytesIO(content)).pages)
