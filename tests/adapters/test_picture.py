"""The picture of the Nomor Bantuan: light enough for a bad line, and the number is the picture."""

import io

import pytest
from PIL import Image

from app.adapters.papers.picture import number_picture

NUMBER = "SRG 4821 0937 5516"
MOST_BYTES = 8_000
LINES = (
    "Simpan gambar ini di HP Anda supaya tidak hilang",
    "Cek berkas: https://oss.example/lacak",
    "Tanya petugas: DPMPTSP Kabupaten Sorong",
)


def opened(png):
    return Image.open(io.BytesIO(png))


def dark_box(png, top, bottom):
    """Bounds of what is written between two heights, in pixels."""
    band = opened(png).convert("L").crop((0, top, 720, bottom))
    return band.point([255] * 128 + [0] * 128).getbbox()


def test_the_picture_is_small_and_flat():
    picture = opened(number_picture(NUMBER, LINES))
    assert (picture.format, picture.mode, picture.size) == ("PNG", "P", (720, 360))
    assert len(number_picture(NUMBER, LINES)) <= MOST_BYTES


@pytest.mark.parametrize("lines", [(), ("W" * 300,), ("kata jauh sekali " * 40, "x", "y"), LINES])
def test_whatever_the_lines_hold_it_stays_small_and_inside(lines):
    png = number_picture(NUMBER, lines)
    assert len(png) <= MOST_BYTES
    if lines:
        left, _top, right, bottom = dark_box(png, 210, 360)
        assert left >= 30
        assert right <= 690
        assert 210 + bottom < 360


def test_the_number_fills_the_width_and_is_larger_than_the_lines():
    png = number_picture(NUMBER, LINES)
    left, top, right, bottom = dark_box(png, 80, 210)
    assert left <= 45
    assert right >= 640
    assert bottom - top >= 45


@pytest.mark.parametrize("number", ["SRG 4821 0937 5516", "1", "SRG " + "4821 " * 12])
def test_a_number_of_any_length_stays_inside(number):
    _left, _top, right, _bottom = dark_box(number_picture(number, ()), 80, 210)
    assert right <= 690


def test_other_numbers_and_lines_give_other_pictures():
    pictures = {
        number_picture(NUMBER, LINES),
        number_picture(NUMBER, LINES[:2]),
        number_picture("SRG 4821 0937 5524", LINES),
    }
    assert len(pictures) == 3
    assert number_picture(NUMBER, LINES) in pictures


def test_letters_that_we_cannot_draw_do_not_break_the_picture():
    assert len(number_picture(NUMBER, ("Toko 🐟 مريم\x00",))) <= MOST_BYTES
