"""Small real files, good and bad, as phones, scanners and attackers make them."""

from __future__ import annotations

import random
import re
import struct
import zlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from io import BytesIO

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from PIL import Image, ImageCms
from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    BooleanObject,
    ByteStringObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    NumberObject,
    StreamObject,
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


def swapped_profile() -> bytes:
    """Return the profile of sRGB with green and blue exchanged."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    table = {bytes(profile[at : at + 4]): at for at in range(132, 132 + 12 * profile[131], 12)}
    green, blue = table[b"gXYZ"], table[b"bXYZ"]
    places = slice(green + 4, green + 12), slice(blue + 4, blue + 12)
    profile[places[0]], profile[places[1]] = profile[places[1]], profile[places[0]]
    return bytes(profile)


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


def pdf_with_note(
    *, need_drawing: bool = False, drawn: bytes | None = None, **entries: object
) -> bytes:
    """Return a PDF of one page with something lying on it: a box of a form, a stamp, a note.

    drawn: what its own drawing paints, 230 by 40 points; None for a drawing that is missing.
    need_drawing: the file says that its boxes must be drawn anew.
    """
    writer = _pages()
    note = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Annot"),
            NameObject("/Rect"): _corners(20, 20, 190, 60),
            NameObject("/F"): NumberObject(4),
        }
    )
    for key, value in entries.items():
        note[NameObject(f"/{key}")] = value
    if drawn is not None:
        note[NameObject("/AP")] = DictionaryObject(
            {NameObject("/N"): writer._add_object(_drawing(drawn))}
        )
    reference = writer._add_object(note)
    writer.pages[0][NameObject("/Annots")] = ArrayObject([reference])
    if entries["Subtype"] == "/Widget":
        form = DictionaryObject(
            {
                NameObject("/Fields"): ArrayObject([reference]),
                NameObject("/DA"): TextStringObject("/Helv 12 Tf 0 g"),
            }
        )
        if need_drawing:
            form[NameObject("/NeedAppearances")] = BooleanObject(True)
        writer.root_object[NameObject("/AcroForm")] = form
    return _written(writer)


def _corners(*points: float) -> ArrayObject:
    return ArrayObject([FloatObject(point) for point in points])


def _drawing(painted: bytes, width: int = 170, height: int = 40) -> DecodedStreamObject:
    drawing = DecodedStreamObject()
    drawing.set_data(painted)
    drawing[NameObject("/Type")] = NameObject("/XObject")
    drawing[NameObject("/Subtype")] = NameObject("/Form")
    drawing[NameObject("/BBox")] = _corners(0, 0, width, height)
    return drawing


def box(text: str, kind: str = "/Tx", **more: object) -> dict[str, object]:
    """Return the entries of a filled box of a form."""
    return {
        "Subtype": NameObject("/Widget"),
        "FT": NameObject(kind),
        "T": TextStringObject("nama"),
        "V": TextStringObject(text),
        "DA": TextStringObject("/Helv 12 Tf 0 g"),
        **more,
    }


def signed_pdf(name: str = "MARTHEN CONTOH", *, certified: str = "", seen: bool = True) -> bytes:
    """Return a PDF with an electronic signature that proves nothing; seen: with a stamp.

    certified: the name in the signer's certificate, made on the spot.
    """
    signature = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Sig"),
            NameObject("/Filter"): NameObject("/Adobe.PPKLite"),
            NameObject("/SubFilter"): NameObject("/adbe.pkcs7.detached"),
            NameObject("/ByteRange"): ArrayObject([NumberObject(n) for n in (0, 10, 20, 10)]),
            NameObject("/Contents"): ByteStringObject(
                (_certificate(certified) if certified else b"") + bytes(40)
            ),
        }
    )
    if name:
        signature[NameObject("/Name")] = TextStringObject(name)
    entries: dict[str, object] = {
        "Subtype": NameObject("/Widget"),
        "FT": NameObject("/Sig"),
        "T": TextStringObject("tanda"),
        "V": signature,
    }
    if not seen:
        entries["Rect"] = _corners(0, 0, 0, 0)
    return pdf_with_note(drawn=STAMP if seen else None, **entries)


STAMP = b"0.2 0.2 0.8 rg 10 5 150 30 re f"


@cache
def _certificate(name: str) -> bytes:
    """Return the envelope of a signature with a certificate of this name."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    day = datetime(2026, 1, 1, tzinfo=UTC)
    made = x509.CertificateBuilder().subject_name(who).issuer_name(who).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(day).not_valid_after(day + timedelta(days=9000))
    return pkcs7.serialize_certificates([made.sign(key, SHA256())], Encoding.DER)


def layered_pdf() -> bytes:
    """Return a PDF of two layers; the black one is hidden."""
    writer = _pages()
    layers = [
        writer._add_object(
            DictionaryObject(
                {NameObject("/Type"): NameObject("/OCG"), NameObject("/Name"): TextStringObject(n)}
            )
        )
        for n in ("tampak", "tersembunyi")
    ]
    shown = DictionaryObject({NameObject(f"/L{n}"): each for n, each in enumerate(layers)})
    page = writer.pages[0]
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/Properties"): shown})
    drawing = DecodedStreamObject()
    drawing.set_data(
        b"/OC /L0 BDC 1 0 0 rg 10 10 50 50 re f EMC /OC /L1 BDC 0 g 100 100 60 60 re f EMC"
    )
    page[NameObject("/Contents")] = writer._add_object(drawing)
    writer.root_object[NameObject("/OCProperties")] = DictionaryObject(
        {
            NameObject("/OCGs"): ArrayObject(layers),
            NameObject("/D"): DictionaryObject({NameObject("/OFF"): ArrayObject([layers[1]])}),
        }
    )
    return _written(writer)


def _as_hex(data: bytes) -> bytes:
    return data.hex().encode() + b">"


# How programs write that a photo is packed, and what they do to it before.
PHOTO_FILTERS: dict[str, tuple[tuple[str, ...], Callable[[bytes], bytes]]] = {
    "alone": ((), bytes),
    "list": (("/DCTDecode",), bytes),
    "packed-twice": (("/FlateDecode", "/DCTDecode"), zlib.compress),
    "as-letters": (("/ASCIIHexDecode", "/DCTDecode"), _as_hex),
    "three-times": (
        ("/ASCIIHexDecode", "/FlateDecode", "/DCTDecode"),
        lambda data: _as_hex(zlib.compress(data)),
    ),
}
PHOTO_PLACES = ("page", "mask", "inside-a-drawing", "stamp", "inline", "inline-in-letters")


def pdf_of_packed_photo(packed: str, place: str = "page") -> bytes:
    """Return a PDF with a photo that tells its place, written in one of many ways."""
    writer = _pages()
    names, pack = PHOTO_FILTERS[packed]
    photo_ = photo(60, 40)
    page = writer.pages[0]
    if place.startswith("inline"):
        data, filters = photo_, b"/DCT"
        if place == "inline-in-letters":
            data, filters = _as_hex(photo_), b"[/AHx /DCT]"
        drawing = DecodedStreamObject()
        drawing.set_data(
            b"q 60 0 0 40 20 20 cm BI /W 60 /H 40 /CS /RGB /BPC 8 /F "
            + filters + b" ID " + data + b" EI Q"
        )  # fmt: skip
        page[NameObject("/Contents")] = writer._add_object(drawing)
        return _written(writer)
    picture = DecodedStreamObject()
    picture.set_data(pack(photo_))
    kinds = [NameObject(name) for name in names]
    for name, value in {
        "/Type": NameObject("/XObject"),
        "/Subtype": NameObject("/Image"),
        "/Width": NumberObject(60),
        "/Height": NumberObject(40),
        "/ColorSpace": NameObject("/DeviceRGB"),
        "/BitsPerComponent": NumberObject(8),
        "/Filter": writer._add_object(ArrayObject(kinds)) if kinds else NameObject("/DCTDecode"),
    }.items():
        picture[NameObject(name)] = value
    where = writer._add_object(picture)
    if place == "mask":
        carrier = DecodedStreamObject()
        carrier.set_data(bytes(3))
        for name, value in {
            "/Type": NameObject("/XObject"),
            "/Subtype": NameObject("/Image"),
            "/Width": NumberObject(1),
            "/Height": NumberObject(1),
            "/ColorSpace": NameObject("/DeviceRGB"),
            "/BitsPerComponent": NumberObject(8),
            "/Mask": where,
        }.items():
            carrier[NameObject(name)] = value
        where = writer._add_object(carrier)
    resources = DictionaryObject(
        {NameObject("/XObject"): DictionaryObject({NameObject("/P"): where})}
    )
    painted = b"q 60 0 0 40 20 20 cm /P Do Q"
    if place in {"inside-a-drawing", "stamp"}:
        inner = _drawing(painted, 200, 200)
        inner[NameObject("/Resources")] = resources
        where = writer._add_object(inner)
        resources = DictionaryObject(
            {NameObject("/XObject"): DictionaryObject({NameObject("/P"): where})}
        )
        painted = b"/P Do"
    if place == "stamp":
        page[NameObject("/Annots")] = ArrayObject(
            [
                DictionaryObject(
                    {
                        NameObject("/Type"): NameObject("/Annot"),
                        NameObject("/Subtype"): NameObject("/Stamp"),
                        NameObject("/Rect"): _corners(0, 0, 200, 200),
                        NameObject("/AP"): DictionaryObject({NameObject("/N"): where}),
                    }
                )
            ]
        )
        return _written(writer)
    drawing = DecodedStreamObject()
    drawing.set_data(painted)
    page[NameObject("/Resources")] = resources
    page[NameObject("/Contents")] = writer._add_object(drawing)
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


def reshaped(raw: bytes, turned: int, size: tuple[int, int]) -> bytes:
    """Return a PDF with its pages turned and cut to another size, in points."""
    writer = PdfWriter(clone_from=PdfReader(BytesIO(raw)))
    for page in writer.pages:
        page.rotate(turned)
        page[NameObject("/MediaBox")] = _corners(0, 0, *size)
    return _written(writer)


def all_told(raw: bytes) -> str:
    """Return whatever stands in a PDF, unpacked as far as it goes, to look for what it tells."""
    found = [raw]
    reader = PdfReader(BytesIO(raw))
    for number in range(1, len(reader.xref[0]) + 1 if reader.xref else 1):
        each = reader.get_object(number)
        if isinstance(each, StreamObject):
            found += _unpacked(each)
    return b"".join(found).decode("latin-1")


def _unpacked(stream: StreamObject) -> list[bytes]:
    filters = stream.get("/Filter", ArrayObject()).get_object()
    filters = filters if isinstance(filters, ArrayObject) else [filters]
    data = stream._data
    for name in filters:
        if name == "/FlateDecode":
            data = zlib.decompress(data)
        elif name == "/ASCIIHexDecode":
            data = bytes.fromhex(data.rstrip(b">").decode())
    letters = [bytes.fromhex(found.decode()) for found in _HEX.findall(data)]
    return [data, *letters]


_HEX = re.compile(rb"(?:[0-9a-f]{2}){100,}")
