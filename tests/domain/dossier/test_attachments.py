"""What a file may be, which papers are wanted, how parts join: both sides of every edge."""

from __future__ import annotations

import pytest

from app.domain.dossier.attachments import (
    ATTACHMENTS_AT_MOST,
    KEPT_AT_MOST_BYTES,
    LONGEST_SIDE_PX,
    OTHER_PAPERS_AT_MOST,
    PART_AT_MOST_BYTES,
    PDF_PAGES_AT_MOST,
    PICTURE_WISHED_BYTES,
    PIXELS_AT_MOST_REDUCED,
    PIXELS_AT_MOST_WHOLE,
    RECEIVED_AT_MOST_BYTES,
    VERSIONS_AT_MOST,
    BadPart,
    ContentKind,
    FileFault,
    FileRefused,
    WantedKind,
    WrongOffset,
    check_announced,
    check_count,
    check_part,
    check_pdf,
    check_pixels,
    check_received,
    fitted,
    key_of,
    kind_of,
    other_papers_offered,
    papers_for_activity,
    wished_bytes,
)
from app.domain.law.risk import RiskLevel


def fault_of(judge, *values, **named) -> FileFault | None:
    """Return why something is refused, None when it is taken."""
    try:
        judge(*values, **named)
    except FileRefused as refused:
        return refused.fault
    return None


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"\xff\xd8\xff\xe0 rest", ContentKind.JPEG),
        (b"\x89PNG\r\n\x1a\n", ContentKind.PNG),
        (b"%PDF-1.7\n", ContentKind.PDF),
    ],
)
def test_the_first_bytes_say_what_it_is(content, kind):
    assert kind_of(content) is kind


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", FileFault.EMPTY),
        (b"GIF89a", FileFault.WRONG_KIND),
        (b"RIFF\x00\x00\x00\x00WEBP", FileFault.WRONG_KIND),
        (b"PK\x03\x04", FileFault.WRONG_KIND),
        (b"<svg xmlns='http://www.w3.org/2000/svg'>", FileFault.WRONG_KIND),
        (b"\xff\xd8", FileFault.WRONG_KIND),
        (b"\n%PDF-1.7", FileFault.WRONG_KIND),  # readers forgive it, we do not
        (b"%pdf-1.7", FileFault.WRONG_KIND),
        (b"\x00\x00\x00\x18ftypheic\x00", FileFault.IPHONE_PICTURE),
        (b"\x00\x00\x00\x18ftypisom\x00", FileFault.WRONG_KIND),
    ],
)
def test_anything_else_is_refused(content, fault):
    assert fault_of(kind_of, content) is fault


@pytest.mark.parametrize(
    ("size", "fault"),
    [
        (0, FileFault.EMPTY),
        (1, None),
        (RECEIVED_AT_MOST_BYTES, None),
        (RECEIVED_AT_MOST_BYTES + 1, FileFault.TOO_LARGE),
    ],
)
def test_size_received(size, fault):
    assert fault_of(check_received, size) is fault


@pytest.mark.parametrize(
    ("size", "says_pdf", "fault"),
    [
        (2 * KEPT_AT_MOST_BYTES, True, None),
        (2 * KEPT_AT_MOST_BYTES + 1, True, FileFault.PDF_TOO_LARGE),
        (2 * KEPT_AT_MOST_BYTES + 1, False, None),
    ],
)
def test_a_pdf_that_cannot_fit_is_not_even_sent(size, says_pdf, fault):
    assert fault_of(check_announced, size, says_pdf=says_pdf) is fault


@pytest.mark.parametrize(
    ("pixels", "reduced", "fault"),
    [
        ((1, 1), False, None),
        ((0, 9), False, FileFault.BROKEN),
        ((PIXELS_AT_MOST_WHOLE, 1), False, None),
        ((PIXELS_AT_MOST_WHOLE + 1, 1), False, FileFault.TOO_MANY_PIXELS),
        ((PIXELS_AT_MOST_WHOLE + 1, 1), True, None),
        ((1, PIXELS_AT_MOST_REDUCED), True, None),
        ((1, PIXELS_AT_MOST_REDUCED + 1), True, FileFault.TOO_MANY_PIXELS),
    ],
)
def test_pixels(pixels, reduced, fault):
    assert fault_of(check_pixels, *pixels, read_reduced=reduced) is fault


@pytest.mark.parametrize(
    ("size", "fits"),
    [
        ((1600, 900), (1600, 900)),
        ((1601, 900), (1600, 899)),
        ((3000, 4000), (1200, 1600)),
        ((1080, 2400), (720, 1600)),
        ((1080, 14_000), (720, 9333)),
        ((14_000, 1080), (9333, 720)),
        ((300, 9000), (300, 9000)),
        ((720, 12_000), (720, 12_000)),
        ((1, 1), (1, 1)),
    ],
)
def test_a_picture_keeps_its_proportion(size, fits):
    assert fitted(*size) == fits
    if max(size) <= 2.2 * min(size):
        assert max(fits) <= LONGEST_SIDE_PX
        assert wished_bytes(*fits) == PICTURE_WISHED_BYTES
    assert wished_bytes(*fits) >= PICTURE_WISHED_BYTES


@pytest.mark.parametrize("size", [(720, 12_017), (40_000, 3), (1440, 24_100)])
def test_a_picture_that_could_not_stay_readable_is_refused(size):
    assert fault_of(fitted, *size) is FileFault.TOO_LONG


@pytest.mark.parametrize(
    ("pages", "size", "fault"),
    [
        (0, 1, FileFault.BROKEN),
        (1, KEPT_AT_MOST_BYTES, None),
        (PDF_PAGES_AT_MOST, 1, None),
        (PDF_PAGES_AT_MOST + 1, 1, FileFault.PDF_TOO_LONG),
        (1, KEPT_AT_MOST_BYTES + 1, FileFault.PDF_TOO_LARGE),
    ],
)
def test_pdf(pages, size, fault):
    assert fault_of(check_pdf, pages, size) is fault


@pytest.mark.parametrize(
    ("in_force", "ever", "fault"),
    [
        (ATTACHMENTS_AT_MOST - 1, 0, None),
        (ATTACHMENTS_AT_MOST, 0, FileFault.TOO_MANY_FILES),
        (0, VERSIONS_AT_MOST - 1, None),
        (0, VERSIONS_AT_MOST, FileFault.TOO_MANY_FILES),
    ],
)
def test_number_of_files(in_force, ever, fault):
    assert fault_of(check_count, in_force, ever) is fault


@pytest.mark.parametrize(
    ("received", "offset", "size", "raised"),
    [
        (0, 0, 10, None),
        (0, 0, 100, None),
        (90, 90, 10, None),
        (100, 100, 0, None),  # asks to finish
        (90, 90, 11, BadPart),
        (90, 90, 0, BadPart),
        (0, 0, 101, BadPart),
        (50, 40, 10, WrongOffset),
        (50, 60, 10, WrongOffset),
        (100, 0, 0, WrongOffset),
    ],
)
def test_parts_of_a_file_of_100_bytes(received, offset, size, raised):
    if raised is None:
        check_part(received, 100, offset=offset, size=size)
        return
    with pytest.raises(raised) as caught:
        check_part(received, 100, offset=offset, size=size)
    if raised is WrongOffset:
        assert caught.value.expected == received


@pytest.mark.parametrize(
    ("size", "good"), [(PART_AT_MOST_BYTES, True), (PART_AT_MOST_BYTES + 1, False)]
)
def test_a_part_has_its_own_limit(size, good):
    if good:
        check_part(0, 10**6, offset=0, size=size)
    else:
        with pytest.raises(BadPart):
            check_part(0, 10**6, offset=0, size=size)


# Which papers


def kinds(risk=RiskLevel.MEDIUM_HIGH, rows=(), **place) -> list[WantedKind]:
    place = {"shared_premises": False, "customary_land": False, **place}
    return [paper.kind for paper in papers_for_activity(risk, rows, position=0, **place)]


@pytest.mark.parametrize("risk", RiskLevel)
def test_papers_are_asked_for_only_where_somebody_looks(risk):
    looked_at = risk in {RiskLevel.MEDIUM_HIGH, RiskLevel.HIGH}
    assert bool(kinds(risk, ["rencana usaha"])) is looked_at


def test_the_place_decides_which_paper_stands_for_it():
    assert kinds() == [WantedKind.LAND]
    assert kinds(customary_land=True) == [WantedKind.CONSENT]
    assert kinds(shared_premises=True) == [WantedKind.STALL]
    assert kinds(shared_premises=True, customary_land=True) == [WantedKind.STALL]
    assert kinds(on_land=False) == []


def test_a_paper_that_the_row_names_itself_is_asked_for_once():
    assert kinds(rows=["bukti penguasaan lahan usaha"]) == [WantedKind.NAMED]
    tribe = ["persetujuan masyarakat hukum adat bila tanah ulayat"]
    assert kinds(rows=tribe, customary_land=True) == [WantedKind.NAMED]
    assert kinds(rows=tribe) == [WantedKind.NAMED, WantedKind.LAND]
    assert kinds(rows=["Rencana  usaha", "rencana usaha", " "]) == [
        WantedKind.NAMED,
        WantedKind.LAND,
    ]


def test_the_words_of_the_row_are_the_name():
    (named, _) = papers_for_activity(
        RiskLevel.HIGH,
        [" rencana   usaha "],
        position=2,
        shared_premises=False,
        customary_land=False,
    )
    assert (named.words, named.position, named.needed) == ("rencana usaha", 2, True)
    assert named.address == f"{named.key}-2"


def test_a_key_holds_while_the_words_do():
    assert key_of("Rencana  usaha ") == key_of("rencana usaha") != key_of("rencana kerja")
    assert len(key_of("x" * 5000)) <= 60
    assert key_of("rencana usaha").isalnum()


@pytest.mark.parametrize(("taken", "offered"), [(0, 1), (1, 2), (4, 5), (5, 5), (99, 5)])
def test_there_is_always_room_for_one_more_paper_up_to_the_limit(taken, offered):
    papers = other_papers_offered(taken)
    assert len(papers) == offered <= OTHER_PAPERS_AT_MOST
    assert not any(paper.needed for paper in papers)
    assert len({paper.address for paper in papers}) == offered
