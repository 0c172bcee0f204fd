"""QR codes in photos: read where there is one, and nothing else is done with what was sent."""

from __future__ import annotations

import io

import pytest
import segno
from PIL import Image

from app.adapters.qr import read_qr

SAYS = "https://oss.go.id/cek?nib=8120207732258"


def qr(text: str = SAYS) -> Image.Image:
    file = io.BytesIO()
    segno.make(text).save(file, kind="png", scale=6)
    return Image.open(file).convert("RGB")


def photo(image: Image.Image, kind: str = "JPEG") -> bytes:
    file = io.BytesIO()
    image.save(file, kind)
    return file.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_read_from_any_format_of_a_phone(kind):
    assert read_qr(photo(qr(), kind)) == [SAYS]


def test_read_from_a_large_photo_held_askew():
    paper = Image.new("RGB", (3000, 4000), "white")
    paper.paste(qr().resize((700, 700)).rotate(8, fillcolor="white"), (900, 2500))
    assert read_qr(photo(paper)) == [SAYS]


def test_all_codes_of_a_photo_are_read():
    one = qr("8120207732258")
    paper = Image.new("RGB", (one.width * 2 + 40, one.height), "white")
    paper.paste(one, (0, 0))
    paper.paste(qr("1234567890123").resize(one.size), (one.width + 40, 0))
    assert sorted(read_qr(photo(paper))) == ["1234567890123", "8120207732258"]


@pytest.mark.parametrize(
    "sent",
    [b"", b"x" * 100, b"\xff\xd8\xff\xe0", b"%PDF-1.7", photo(qr())[:400], photo(qr(), "PNG")[:80]],
)
def test_what_is_no_photo_says_nothing(sent):
    assert read_qr(sent) == []


@pytest.mark.parametrize("kind", ["GIF", "TIFF", "BMP"])
def test_other_formats_reach_no_decoder(kind):
    assert read_qr(photo(qr(), kind)) == []


def test_a_photo_without_a_code_says_nothing():
    assert read_qr(photo(Image.new("RGB", (800, 600), "grey"))) == []


def test_a_bomb_is_not_unpacked():
    assert read_qr(photo(Image.new("1", (12_000, 12_000)), "PNG")) == []
