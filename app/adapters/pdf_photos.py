"""Taking place, time and camera out of the photos inside a PDF, however they are packed there."""

from __future__ import annotations

import re
from typing import Any

from pypdf.filters import decode_stream_data
from pypdf.generic import (
    ArrayObject,
    ContentStream,
    DictionaryObject,
    IndirectObject,
    NameObject,
    NullObject,
    StreamObject,
)

_JPEG = "/DCTDecode"
_JPEG2000 = "/JPXDecode"
# What filters may be called in the middle of a drawing.
_SHORT_NAMES = {
    "/AHx": "/ASCIIHexDecode",
    "/A85": "/ASCII85Decode",
    "/LZW": "/LZWDecode",
    "/Fl": "/FlateDecode",
    "/RL": "/RunLengthDecode",
    "/DCT": "/DCTDecode",
}
_START = b"\xff\xd8"
# Marks that stand alone, without a length: TEM, and the restarts within the picture data.
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})
_END_OF_SCAN = re.compile(rb"\xff+[^\x00\xff\xd0-\xd7]", re.DOTALL)
# The colours depend on these two: JFIF (APP0) and Adobe's mark (APP14).
_COLOURS = {0xE0: b"JFIF\0", 0xEE: b"Adobe"}
# Of JPEG 2000: what the picture is and its data. Other boxes hold notes.
_PICTURE_BOXES = frozenset({b"jP  ", b"ftyp", b"jp2h", b"jp2c"})
_INLINE = re.compile(rb"(?<![^\s])BI\b.*?\bID\s", re.DOTALL)
_FONT_KEYS = frozenset({"/Length1", "/Length2", "/Length3"})


def without_telling(stream: StreamObject) -> None:
    """Take out of one stream what tells where and with what its photos were taken."""
    if dict.get(stream, "/Subtype") == "/Image":
        _clean_photo(stream)
    elif not _FONT_KEYS & set(stream):
        _clean_inline(stream)


def _resolved(value: Any) -> Any:
    return value.get_object() if isinstance(value, IndirectObject) else value


def _listed(value: Any) -> list[Any]:
    """Return a value that may be missing, single or a list as a list."""
    value = _resolved(value)
    if value is None or isinstance(value, NullObject):
        return []
    return [_resolved(each) for each in value] if isinstance(value, ArrayObject) else [value]


def _clean_photo(stream: StreamObject) -> None:
    filters = _listed(dict.get(stream, "/Filter"))
    if not filters or filters[-1] not in {_JPEG, _JPEG2000}:
        return
    parameters = _listed(dict.get(stream, "/DecodeParms"))
    data = stream._data
    if len(filters) > 1:
        wrapped = StreamObject()
        wrapped._data = data
        wrapped[NameObject("/Filter")] = ArrayObject(filters[:-1])
        if parameters:
            wrapped[NameObject("/DecodeParms")] = ArrayObject(parameters[:-1])
        data = decode_stream_data(wrapped)
    stream._data = without_boxes(data) if filters[-1] == _JPEG2000 else without_notes(data)
    stream[NameObject("/Filter")] = NameObject(filters[-1])
    if parameters and len(parameters) == len(filters) and isinstance(parameters[-1], dict):
        stream[NameObject("/DecodeParms")] = parameters[-1]
    elif "/DecodeParms" in stream:
        del stream["/DecodeParms"]


def _clean_inline(stream: StreamObject) -> None:
    """Clean the photos that stand in the middle of what draws a page."""
    data = stream.get_data()
    if not _INLINE.search(data):
        return
    drawing = ContentStream(stream, None)
    changed = False
    for operands, operator in drawing.operations:
        if operator == b"INLINE IMAGE":
            changed |= _clean_inline_photo(operands)
    if changed:
        stream._data = _written(drawing)
        for key in ("/Filter", "/DecodeParms"):
            if key in stream:
                del stream[key]


def _written(drawing: ContentStream) -> bytes:
    drawing._data = b""
    return drawing.get_data()


def _clean_inline_photo(operands: dict[str, Any]) -> bool:
    settings: DictionaryObject = operands["settings"]
    key = "/F" if "/F" in settings else "/Filter"
    filters = [NameObject(_SHORT_NAMES.get(n, n)) for n in _listed(dict.get(settings, key))]
    if not filters or filters[-1] != _JPEG:
        return False
    photo = StreamObject()
    photo._data = operands["data"]
    photo[NameObject("/Filter")] = ArrayObject(filters)
    parameters = "/DP" if "/DP" in settings else "/DecodeParms"
    if parameters in settings:
        photo[NameObject("/DecodeParms")] = settings.pop(parameters)
    _clean_photo(photo)
    operands["data"] = photo._data
    settings[NameObject(key)] = NameObject("/DCT")
    if "/DecodeParms" in photo:
        settings[NameObject(parameters)] = photo["/DecodeParms"]
    return True


def without_notes(jpeg: bytes) -> bytes:
    """Return a JPEG without notes (EXIF, comments) and without what stands around the picture.

    Phones put more pictures, each with its own notes, behind the first. Raises ValueError.
    """
    at = jpeg.find(_START)
    if at < 0:
        raise ValueError("no JPEG")
    kept = bytearray(_START)
    at += 2
    while True:
        if at + 2 > len(jpeg):
            raise ValueError("a JPEG that is cut off")
        if jpeg[at] != 0xFF:
            raise ValueError("no mark where one must be")
        mark = jpeg[at + 1]
        if mark == 0xFF:  # filling
            at += 1
            continue
        if mark == 0xD9:
            return bytes(kept) + b"\xff\xd9"
        if mark in _ALONE:
            at += 2
            continue
        end = at + 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")
        if mark == 0xDA:
            found = _END_OF_SCAN.search(jpeg, end)
            # Cut at its end, as some scanners do: viewers show what is there.
            end = found.start() if found else len(jpeg)
            kept += jpeg[at:end]
            if not found:
                return bytes(kept) + b"\xff\xd9"
        elif not _tells(mark, jpeg[at + 4 : end]):
            kept += jpeg[at:end]
        at = end


def _tells(mark: int, content: bytes) -> bool:
    """Return whether a segment holds something else than what the picture is made of."""
    if mark in _COLOURS:
        return not content.startswith(_COLOURS[mark])
    return mark == 0xFE or 0xE0 <= mark <= 0xEF


def without_boxes(picture: bytes) -> bytes:
    """Return a JPEG 2000 with only the boxes that a viewer needs. Raises ValueError."""
    if picture[:4] == b"\xff\x4f\xff\x51":  # the bare data of a picture
        return picture
    kept = bytearray()
    at = 0
    while at + 8 <= len(picture):
        size, kind = int.from_bytes(picture[at : at + 4], "big"), picture[at + 4 : at + 8]
        if size == 1:
            size = int.from_bytes(picture[at + 8 : at + 16], "big")
        end = len(picture) if size == 0 else at + size
        if end < at + 8:
            raise ValueError("a box without an end")
        if kind in _PICTURE_BOXES:
            kept += picture[at:end]
        at = end
    if not kept:
        raise ValueError("no JPEG 2000")
    return bytes(kept)
