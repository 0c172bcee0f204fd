"""Clean one PDF: standard input to standard output. Runs in a process of its own (see pdf.py).

Started by its path, so that it loads pypdf and nothing of the service. Prints one line of JSON,
{"pages": n} or {"fault": …}, and after it the cleaned file. Only what a page needs to be seen is
copied into a new file; what runs, opens, sends or hides something is a reason to refuse.
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NameObject, StreamObject

CPU_S = 15
MEMORY_BYTES = 1_000_000_000
OBJECTS_AT_MOST = 50_000

# What makes a document do something, or carry another file.
ACTIVE_KEYS = frozenset({"/JS", "/JavaScript", "/EmbeddedFiles", "/EF", "/XFA", "/RichMedia"})
ACTIVE_KINDS = frozenset(
    {"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToE", "/GoToR", "/Rendition"}
    | {"/Movie", "/Sound", "/RichMediaExecute", "/EmbeddedFile", "/FileAttachment", "/RichMedia"}
    | {"/Screen", "/3D"}
)
PAGE_KEYS = frozenset(
    {"/Type", "/Parent", "/MediaBox", "/CropBox", "/Rotate", "/UserUnit", "/Resources"}
    | {"/Contents", "/Annots", "/Group"}
)
# Of a note or a filled box only its drawing stays.
NOTE_KEYS = frozenset({"/Type", "/Subtype", "/Rect", "/AP", "/AS", "/F"})
# Who made it, when and with what; scratch data of programs.
TELLING_KEYS = ("/Metadata", "/PieceInfo", "/LastModified", "/AA", "/OpenAction", "/StructParents")


class Active(Exception):
    """The document holds what may not be taken."""


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
            raise ValueError("too many objects")
        if isinstance(each, DictionaryObject):
            yield each
            waiting.extend(dict.values(each))
        elif isinstance(each, ArrayObject):
            waiting.extend(list.__iter__(each))


def refuse_active(reader: PdfReader) -> None:
    """Raise Active when anything that the document's root reaches could run, send or open."""
    for each in reachable(reader.trailer["/Root"]):
        if ACTIVE_KEYS & set(each):
            raise Active
        for key in ("/S", "/Subtype", "/Type"):
            value = dict.get(each, key)
            if isinstance(value, IndirectObject):
                value = value.get_object()
            if value in ACTIVE_KINDS:
                raise Active


def without_notes(jpeg: bytes) -> bytes:
    """Return a JPEG without its application segments and comments (EXIF holds places and times).

    JFIF (APP0) and Adobe's colour mark (APP14) stay: the colours depend on them.
    """
    kept = bytearray(jpeg[:2])
    at = 2
    while at + 4 <= len(jpeg) and jpeg[at] == 0xFF and jpeg[at + 1] != 0xDA:
        length = 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")
        mark = jpeg[at + 1]
        if not (mark == 0xFE or (0xE1 <= mark <= 0xEF and mark != 0xEE)):
            kept += jpeg[at : at + length]
        at += length
    return bytes(kept) + jpeg[at:]


def clean(raw: bytes) -> tuple[int, bytes]:
    """Return the number of pages and the cleaned file."""
    reader = PdfReader(BytesIO(raw), strict=False)
    refuse_active(reader)
    writer = PdfWriter()
    for page in reader.pages:
        writer.add_page(page)
    for page in writer.pages:
        for key in set(page) - PAGE_KEYS:
            del page[key]
        if "/Annots" in page:
            _keep_drawings(page)
    for each in list(reachable(writer.root_object)):
        for key in TELLING_KEYS:
            if key in each:
                del each[key]
        if isinstance(each, StreamObject) and dict.get(each, "/Filter") == "/DCTDecode":
            data = each._data
            if data[:2] == b"\xff\xd8":
                each._data = without_notes(data)
    writer.metadata = None
    writer.compress_identical_objects()
    out = BytesIO()
    writer.write(out)
    return len(writer.pages), out.getvalue()


def _keep_drawings(page: Any) -> None:
    kept = ArrayObject()
    for note in page["/Annots"].get_object():
        found = note.get_object()
        if "/AP" in found and found.get("/Subtype") != "/Link":
            # In one order: a file that is sent again must come to the same bytes.
            keys = sorted(NOTE_KEYS & set(found))
            drawing = {NameObject(key): dict.get(found, key) for key in keys}
            kept.append(DictionaryObject(drawing))
    if kept:
        page[NameObject("/Annots")] = kept
    else:
        del page["/Annots"]


def main() -> None:
    """Answer for the file on standard input."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    raw = sys.stdin.buffer.read()
    body = b""
    answer: dict[str, object]
    try:
        if PdfReader(BytesIO(raw), strict=False).is_encrypted:
            answer = {"fault": "pdf_locked"}
        else:
            pages, body = clean(raw)
            answer = {"pages": pages}
    except Active:
        answer = {"fault": "pdf_active"}
    except Exception:  # whatever a broken or hostile file does to its reader
        answer = {"fault": "broken"}
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + body)


if __name__ == "__main__":
    main()
