"""Narrow screens, large letters, colours that the person chose, and paper."""

from __future__ import annotations

import io

import pypdf
import pytest

pytestmark = pytest.mark.browser
PAGES = (
    "/",
    "/cek-usaha?q=kios+sembako",
    "/cek-usaha/hasil?kbli=11052&tempat=sendiri&besar=up_to_1bn",
    "/berkas/mulai",
    "/berkas/lanjut",
    "/bantuan",
    "/lkpm?ukuran=kecil",
    "/kbli-lama?q=01612",
)
TWICE_AS_LARGE = "document.documentElement.style.fontSize = '225%'"
_OVER_THE_EDGE = """() => document.documentElement.scrollWidth - innerWidth"""
# Every pair of things in the head that lie on each other.
_ON_EACH_OTHER = """() => {
  const boxes = [...document.querySelectorAll('.mode, .brand, #bahasa')]
    .map(e => [e.className || e.id, e.getBoundingClientRect()]);
  return boxes.flatMap(([a, r], i) => boxes.slice(i + 1)
    .filter(([, s]) => r.left < s.right - 1 && s.left < r.right - 1 &&
                       r.top < s.bottom - 1 && s.top < r.bottom - 1)
    .map(([b]) => `${a} on ${b}`));
}"""


@pytest.mark.parametrize("prefix", ["", "/en"])
@pytest.mark.parametrize(("width", "larger"), [(128, False), (240, True)])
def test_nothing_is_cut_on_a_watch_or_with_large_letters(visitor, prefix, width, larger):
    person = visitor(width=width)
    found = {}
    for path in PAGES:
        person.open(prefix + path)
        if larger:
            person.page.evaluate(TWICE_AS_LARGE)
        wrong = person.page.evaluate(_ON_EACH_OTHER)
        over = person.page.evaluate(_OVER_THE_EDGE)
        if over > 0 or wrong:
            found[path] = (over, wrong)
    assert found == {}


def test_a_button_keeps_an_edge_where_colours_are_the_persons_own(visitor):
    person = visitor(width=360)
    person.page.emulate_media(forced_colors="active")
    for path in PAGES:
        person.open(path)
        bare = person.page.evaluate(
            """() => [...document.querySelectorAll('button:not(.link), .btn')]
                 .filter(e => e.getClientRects().length)
                 .filter(e => getComputedStyle(e).borderTopStyle === 'none')
                 .map(e => e.textContent.trim())"""
        )
        assert bare == [], path


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_on_paper_the_office_stands_over_the_text(visitor, prefix):
    person = visitor(width=360)
    person.open(f"{prefix}/cek-usaha/hasil?kbli=47112&tempat=sendiri&besar=up_to_50m")
    printed = pypdf.PdfReader(io.BytesIO(person.page.pdf(format="A4")))
    assert "DPMPTSP Kabupaten Sorong" in printed.pages[0].extract_text()
    person.page.emulate_media(media="print")
    person.page.set_viewport_size({"width": 1000, "height": 1400})
    head = person.page.locator(".brand").bounding_box()
    body = person.page.locator("h1").bounding_box()
    assert head["y"] < body["y"]
    assert abs(head["x"] - body["x"]) <= 1
