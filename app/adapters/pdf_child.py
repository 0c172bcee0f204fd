"""Cleaning one PDF, in a process of its own (see bounded.py).

What runs, opens, sends or carries another file is a reason to refuse. Filled boxes, stamps and
notes are drawn into their pages, since viewers differ in whether they show them. Then only what a
page needs to be seen is copied into a new file, its photos without place and camera.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NameObject, StreamObject

from app.adapters.pdf_photos import without_telling
from app.domain.dossier.attachments import PDF_PAGES_AT_MOST, FileFault, FileRefused

OBJECTS_AT_MOST = 50_000
SIGNERS_AT_MOST = 8
_NAME_LETTERS_AT_MOST = 120

# What makes a document do something, or carry another file.
ACTIVE_KEYS = frozenset({"/JS", "/JavaScript", "/EmbeddedFiles", "/EF", "/XFA", "/RichMedia"})
ACTIVE_KINDS = frozenset(
    {"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToE", "/GoToR", "/Rendition"}
    | {"/Movie", "/Sound", "/RichMediaExecute", "/EmbeddedFile", "/FileAttachment", "/RichMedia"}
    | {"/Screen", "/3D"}
)
PAGE_KEYS = frozenset(
    {"/Type", "/Parent", "/MediaBox", "/CropBox", "/Rotate", "/UserUnit", "/Resources"}
    | {"/Contents", "/Group"}
)
# Who made it, when and with what; scratch data of programs.
TELLING_KEYS = ("/Metadata", "/PieceInfo", "/LastModified", "/AA", "/OpenAction", "/StructParents")
_TYPED = frozenset({"/Widget", "/FreeText"})
_DRAWN_LETTERS = "cp1252"  # of the fonts that every viewer has (WinAnsiEncoding)
# Of layers: which there are and which are hidden.
LAYER_KEYS = frozenset({"/OCGs", "/D"})


def clean(raw: bytes) -> tuple[dict[str, object], bytes]:
    """Return the number of pages, who signed, and the cleaned file. Raises FileRefused."""
    reader = _opened(raw)
    if len(reader.pages) > PDF_PAGES_AT_MOST:
        raise FileRefused(FileFault.PDF_TOO_LONG)
    refuse_active(reader)
    signers = signers_of(reader)
    if any("/Annots" in page for page in reader.pages):
        _check_letters(reader)
        from app.adapters.pdf_drawn import (  # noqa: PLC0415 – most papers need no drawing
            drawn_into_pages,
        )

        reader = PdfReader(BytesIO(drawn_into_pages(raw)), strict=False)
        refuse_active(reader)  # two readers may see two files in one
    writer = _only_pages(reader)
    out = BytesIO()
    writer.write(out)
    return {"pages": len(writer.pages), "signers": signers}, out.getvalue()


def _check_letters(reader: PdfReader) -> None:
    """Refuse text in a box without a drawing that its new drawing would lack letters for."""
    form = _value(reader.root_object, "/AcroForm")
    anew = isinstance(form, DictionaryObject) and bool(_value(form, "/NeedAppearances"))
    for page in reader.pages:
        for note in page.get("/Annots") or ():
            found = note.get_object()
            if not isinstance(found, DictionaryObject) or ("/AP" in found and not anew):
                continue
            text = _value(found, "/V") or _value(found, "/Contents")
            if isinstance(text, str) and _value(found, "/Subtype") in _TYPED:
                try:
                    text.encode(_DRAWN_LETTERS)
                except UnicodeEncodeError as error:
                    raise FileRefused(FileFault.PDF_UNDRAWN) from error


def _opened(raw: bytes) -> PdfReader:
    """Return a reader. A file that everybody can open is open to us: some only forbid changes."""
    reader = PdfReader(BytesIO(raw), strict=False)
    if reader.is_encrypted and not reader.decrypt(""):
        raise FileRefused(FileFault.PDF_LOCKED)
    return reader


def reachable(start: Any) -> Iterator[DictionaryObject]:
    """Yield every dictionary and stream that can be reached from an object, each once."""
    seen: set[tuple[int, int]] = set()
    visited = 0
    waiting = [start]
    while waiting:
        each = waiting.pop()
        if isinstance(each, IndirectObject):
            mark = (each.idnum, each.generation)
            if mark in seen:
                continue
            seen.add(mark)
            each = each.get_object()
        visited += 1
        if visited > OBJECTS_AT_MOST * 20:
            raise FileRefused(FileFault.TOO_HEAVY)
        if isinstance(each, DictionaryObject):
            yield each
            waiting.extend(dict.values(each))
        elif isinstance(each, ArrayObject):
            waiting.extend(list.__iter__(each))


def _value(holder: DictionaryObject, key: str) -> Any:
    found = dict.get(holder, key)
    return found.get_object() if isinstance(found, IndirectObject) else found


def refuse_active(reader: PdfReader) -> None:
    """Raise PDF_ACTIVE when anything that the root reaches could run, send or open."""
    for each in reachable(reader.trailer["/Root"]):
        if ACTIVE_KEYS & set(each) or any(
            _value(each, key) in ACTIVE_KINDS for key in ("/S", "/Subtype", "/Type")
        ):
            raise FileRefused(FileFault.PDF_ACTIVE)


def signers_of(reader: PdfReader) -> list[str]:
    """Return who signed, in the order of signing as far as it shows; "" for one without a name."""
    found = []
    for each in reachable(reader.trailer["/Root"]):
        if _value(each, "/FT") != "/Sig":
            continue
        signature = _value(each, "/V")
        if isinstance(signature, DictionaryObject) and "/Contents" in signature:
            found.append(_signer(signature))
    return sorted(set(found))[:SIGNERS_AT_MOST]


def _signer(signature: DictionaryObject) -> str:
    written = _value(signature, "/Name")
    name = _certified(signature) or (written if isinstance(written, str) else "")
    shown = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in name)
    return " ".join(shown.split())[:_NAME_LETTERS_AT_MOST]


def _certified(signature: DictionaryObject) -> str:
    """Return the name in the signer's certificate; "" where none can be read."""
    # Few papers are signed, and the others need not carry this.
    from cryptography import x509  # noqa: PLC0415 – see above
    from cryptography.hazmat.primitives.serialization import pkcs7  # noqa: PLC0415 – see above

    contents = _value(signature, "/Contents")
    raw = bytes(getattr(contents, "original_bytes", contents))
    try:
        found = pkcs7.load_der_pkcs7_certificates(_der(raw))
        issuers = {each.issuer for each in found if each.issuer != each.subject}
        last = next(each for each in found if each.subject not in issuers)
        names = last.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
        return str(names[0].value) if names else ""
    except (ValueError, StopIteration, TypeError):
        return ""


def _der(padded: bytes) -> bytes:
    """Return one DER value without the zeros that fill the place kept for it."""
    if len(padded) < 2 or padded[1] < 0x80:
        return padded[: 2 + padded[1]] if len(padded) > 1 else b""
    size = padded[1] & 0x7F
    return padded[: 2 + size + int.from_bytes(padded[2 : 2 + size], "big")]


def _only_pages(reader: PdfReader) -> PdfWriter:
    """Return a new file with the pages, and with which of their layers are hidden."""
    writer = PdfWriter()
    for page in reader.pages:
        writer.add_page(page)
    _keep_layers(reader, writer)
    for page in writer.pages:
        for key in set(page) - PAGE_KEYS:
            del page[key]
    for each in list(reachable(writer.root_object)):
        for key in TELLING_KEYS:
            if key in each:
                del each[key]
        if isinstance(each, StreamObject):
            without_telling(each)
    writer.metadata = None
    writer.compress_identical_objects()
    return writer


def _keep_layers(reader: PdfReader, writer: PdfWriter) -> None:
    layers = _value(reader.root_object, "/OCProperties")
    if isinstance(layers, DictionaryObject):
        # Cloned after the pages: what they name of it is the same object there.
        kept = layers.clone(writer)
        for key in set(kept) - LAYER_KEYS:
            del kept[key]
        writer.root_object[NameObject("/OCProperties")] = kept
