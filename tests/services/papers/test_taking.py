"""Papers of a dossier: which are wanted, every version kept, sealed, and nothing left behind."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, func, select, update

from app.adapters.files import FilesUnavailable, NoSuchFile, new_key
from app.domain.dossier import attachments
from app.domain.dossier.attachments import (
    ATTACHMENTS_AT_MOST,
    OPEN_UPLOADS_AT_MOST,
    PART_BYTES,
    RECEIVED_AT_MOST_BYTES,
    VERSIONS_AT_MOST,
    BadPart,
    FileFault,
    FileRefused,
    WantedKind,
    WrongOffset,
)
from app.domain.licence.corrections import CorrectionItem, PaperTarget, ReturnReason
from app.domain.licence.status import StatusSource
from app.domain.oss.codes import LicenceStatus
from app.extensions import db, ports
from app.models.attachment import Attachment, FileDisposal, Upload, UploadPart
from app.models.dossier import Dossier, Event
from app.services.base import events
from app.services.dossier import estimates, opening
from app.services.licence import gate, standing
from app.services.licence.gate import DossierClosed
from app.services.mending import corrections
from app.services.papers import taking, uploads
from app.services.papers import wanted as papers_wanted
from app.services.papers.wanted import NotThere
from app.vault import CannotDecrypt
from app.work import disposal, run
from tests import papers
from tests.factories import HIGH, LOW, MEDIUM_HIGH, MEDIUM_LOW, dossier_at, raw_rows, sent_dossier

NAMES_PAPERS = "11052"  # medium-high for a micro business, with papers named by its row


@pytest.fixture
def dossier(database) -> Dossier:
    return dossier_at(None, kbli_code=NAMES_PAPERS)


def add(dossier: Dossier, raw: bytes | None = None, address: str | None = None) -> Attachment:
    """Take a file in as a route does."""
    paper = (
        papers_wanted.find_paper(dossier, address).paper
        if address
        else papers_wanted.wanted_papers(dossier)[0]
    )
    reserved = taking.reserve(taking.clean(raw or papers.photo()))
    db.session.commit()
    taking.put(reserved)
    found = taking.attach(dossier, paper.key, paper.position, reserved)
    db.session.commit()
    return found


def how_many(table: type) -> int:
    return int(db.session.scalar(select(func.count()).select_from(table)) or 0)


def kinds(dossier: Dossier) -> list[str]:
    query = select(Event.kind).where(Event.dossier_id == dossier.id).order_by(Event.number)
    return [kind for kind in db.session.scalars(query) if kind.startswith("attachment")]


# Which papers


@pytest.mark.parametrize("code", [LOW, MEDIUM_LOW])
def test_nobody_asks_for_papers_where_nobody_looks(database, code):
    found = dossier_at(None, kbli_code=code)
    assert papers_wanted.wanted_papers(found) == []
    assert papers_wanted.counts(found) is None
    assert not papers_wanted.list_may_be_longer(found)
    assert [s.paper.kind for s in papers_wanted.papers_of(found)] == [WantedKind.OTHER]


def test_an_unfinished_dossier_asks_for_none_yet(database):
    found = opening.start("x", "id")
    assert papers_wanted.wanted_papers(found) == []


@pytest.mark.parametrize("code", [MEDIUM_HIGH, HIGH])
def test_where_the_row_names_nothing_the_place_needs_a_paper_and_more_may_come(database, code):
    found = dossier_at(None, kbli_code=code)
    assert [paper.kind for paper in papers_wanted.wanted_papers(found)] == [WantedKind.LAND]
    assert papers_wanted.list_may_be_longer(found)


def test_papers_are_named_as_the_row_names_them(dossier):
    estimate = estimates.estimate_for(dossier)
    assert estimate is not None
    wanted = papers_wanted.wanted_papers(dossier)
    named = [paper.words for paper in wanted if paper.kind is WantedKind.NAMED]
    assert named == list(estimate.requirements) != []
    assert len({paper.address for paper in wanted}) == len(wanted)
    assert papers_wanted.counts(dossier) == (0, len(wanted))


def test_the_answers_about_the_place_change_the_paper(dossier):
    dossier.activity.customary_land = True
    assert papers_wanted.wanted_papers(dossier)[-1].kind is WantedKind.CONSENT
    dossier.activity.shared_premises = True
    assert papers_wanted.wanted_papers(dossier)[-1].kind is WantedKind.STALL
    dossier.activity.shared_premises = dossier.activity.customary_land = False
    dossier.activity.position_code = "02"
    assert papers_wanted.wanted_papers(dossier)[-1].kind is WantedKind.NAMED


# Signed papers


def test_a_signed_paper_keeps_its_original_sealed_and_who_signed(app, dossier):
    raw = papers.signed_pdf()
    row = add(dossier, raw)
    assert row.original_key is not None
    assert row.original_bytes == len(raw)
    assert row.signed_by == ("MARTHEN CONTOH",)
    assert taking.content_of(row.original_key) == raw
    assert taking.content_of(row.storage_key) != raw
    assert raw[:20] not in ports.files.get(row.original_key)
    db.session.rollback()
    assert "MARTHEN" not in str(raw_rows(app)["attachments"])
    assert how_many(FileDisposal) == 0
    assert [s.there.id for s in taking.signed_papers(dossier) if s.there] == [row.id]
    nameless = add(dossier, papers.signed_pdf(""))
    assert nameless.original_key is not None
    assert nameless.signed_by == ()
    plain = add(dossier, papers.pdf(), address="lain1")
    assert (plain.original_key, plain.original_bytes, plain.signers) == (None, None, None)


def test_the_signed_file_replaces_a_copy_that_looks_the_same(dossier):
    """Two files that differ in what cannot be seen: both are kept, the same one again is not."""
    first = add(dossier, papers.signed_pdf(seen=False))
    second = add(dossier, papers.signed_pdf("YOHANA CONTOH", seen=False))
    assert second.id != first.id
    assert add(dossier, papers.signed_pdf("YOHANA CONTOH", seen=False)).id == second.id


def test_a_signed_paper_that_is_too_large_is_refused(monkeypatch):
    raw = papers.signed_pdf()
    monkeypatch.setattr(attachments, "ORIGINAL_AT_MOST_BYTES", len(raw) - 1)
    with pytest.raises(FileRefused) as caught:
        taking.clean(raw)
    assert caught.value.fault is FileFault.SIGNED_TOO_LARGE


def test_that_staff_saw_a_paper_goes_into_the_record(dossier):
    raw = papers.signed_pdf()
    row = add(dossier, raw)
    assert taking.show_to_staff(dossier, row.id, original=True) == raw
    assert taking.show_to_staff(dossier, row.id, original=False) != raw
    assert kinds(dossier) == ["attachment_added", "attachment_shown", "attachment_shown"]
    plain = add(dossier, papers.pdf(), address="lain1")
    with pytest.raises(NotThere):
        taking.show_to_staff(dossier, plain.id, original=True)
    with pytest.raises(NotThere):
        taking.show_to_staff(dossier_at(None), row.id, original=False)


# Versions


def test_a_file_answers_its_paper_and_both_versions_stay(dossier):
    wanted = papers_wanted.wanted_papers(dossier)
    first = add(dossier)
    assert papers_wanted.counts(dossier) == (1, len(wanted))
    second = add(dossier, papers.photo(seed=2))
    assert (first.in_force, second.in_force) == (False, True)
    assert taking.content_of(first.storage_key) != taking.content_of(second.storage_key)
    state = papers_wanted.find_paper(dossier, wanted[0].address)
    assert state.there is not None
    assert state.there.id == second.id
    assert kinds(dossier) == ["attachment_added", "attachment_added"]
    assert list(events.verify_chains()) == []


def test_the_same_file_again_changes_nothing(dossier):
    first = add(dossier)
    assert add(dossier).id == first.id
    assert kinds(dossier) == ["attachment_added"]
    assert how_many(FileDisposal) == 1, "the second content is taken out later"


def test_removed_it_can_be_put_back_unless_another_took_its_place(dossier):
    first = add(dossier)
    address = papers_wanted.wanted_papers(dossier)[0].address
    taking.remove(dossier, first)
    taking.remove(dossier, first)
    state = papers_wanted.find_paper(dossier, address)
    assert state.there is None
    assert state.removed is not None
    assert state.removed.id == first.id
    taking.put_back(dossier, first)
    taking.put_back(dossier, first)
    assert first.in_force
    taking.remove(dossier, first)
    second = add(dossier, papers.photo(seed=2))
    taking.put_back(dossier, first)
    assert (first.in_force, second.in_force) == (False, True)
    assert kinds(dossier) == [
        "attachment_added",
        "attachment_removed",
        "attachment_restored",
        "attachment_removed",
        "attachment_added",
    ]


def test_what_nobody_asks_for_any_more_is_still_shown(dossier):
    there = add(dossier)
    dossier.activity.kbli_code = LOW
    former, other = papers_wanted.papers_of(dossier)
    assert former.paper.kind is WantedKind.FORMER
    assert former.there is there
    assert other.paper.kind is WantedKind.OTHER
    taking.remove(dossier, there)
    assert [s.paper.kind for s in papers_wanted.papers_of(dossier)] == [WantedKind.OTHER]


def test_a_further_paper_opens_the_place_for_the_next(dossier):
    add(dossier, address="lain1")
    addresses = [s.paper.address for s in papers_wanted.papers_of(dossier)]
    assert addresses[-2:] == ["lain1", "lain2"]
    with pytest.raises(NotThere):
        papers_wanted.find_paper(dossier, "lain3")


def test_a_list_asks_the_database_once(dossier):
    add(dossier)
    add(dossier, address="lain1")
    assert dossier.activity.kbli_code
    asked: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        papers_wanted.papers_of(dossier)
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    assert len([s for s in asked if "FROM attachments" in s]) == 1


@pytest.mark.parametrize(
    ("in_force", "replaced", "fits"),
    [
        (ATTACHMENTS_AT_MOST - 1, 0, True),
        (ATTACHMENTS_AT_MOST, 0, False),
        (1, VERSIONS_AT_MOST - 2, True),
        (1, VERSIONS_AT_MOST - 1, False),
    ],
)
def test_a_dossier_takes_only_so_many(dossier, in_force, replaced, fits):
    now = datetime.now(UTC)
    for number in range(in_force + replaced):
        db.session.add(
            Attachment(
                dossier_id=dossier.id,
                requirement=f"r{number}",
                kind="jpeg",
                size_bytes=1,
                pages=1,
                digest=b"x",
                storage_key=new_key(),
                created_at=now,
                replaced_at=now if number >= in_force else None,
            )
        )
    db.session.flush()
    if fits:
        assert add(dossier, address="lain1")
        return
    with pytest.raises(FileRefused) as caught:
        add(dossier, address="lain1")
    assert caught.value.fault is FileFault.TOO_MANY_FILES


# Who may change


def test_a_sent_dossier_keeps_its_papers(database):
    found = sent_dossier()
    assert not papers_wanted.may_change(found, "lahan")
    with pytest.raises(DossierClosed):
        add(found, address="lain1")
    with pytest.raises(DossierClosed):
        uploads.begin_upload(found, papers_wanted.papers_of(found)[-1].paper, 10)
    assert kinds(found) == []


def test_an_office_opens_the_one_paper_that_it_gives_back(database):
    found = sent_dossier(kbli_code=MEDIUM_HIGH)
    item = CorrectionItem(PaperTarget("lain1"), ReturnReason.UNREADABLE)
    corrections.return_for_correction(found, [item], by=StatusSource.OFFICE)
    assert papers_wanted.may_change(found, "lain1")
    assert not papers_wanted.may_change(found, "lain2")
    there = add(found, address="lain1")
    assert gate.hindrance_of(found) is None, "ticked off by the new file"
    taking.remove(found, there)
    with pytest.raises(DossierClosed):
        add(found, address="lain2")


def test_a_missing_paper_is_taken_until_the_office_reads(database):
    found = sent_dossier(kbli_code=MEDIUM_HIGH)
    (licence,) = standing.of(found)
    assert papers_wanted.may_change(found, "lain1")
    there = add(found, address="lain1")
    assert not papers_wanted.may_change(found, "lain1"), "the office holds it now"
    with pytest.raises(DossierClosed):
        taking.remove(found, there)
    assert papers_wanted.may_change(found, "lain2")
    standing.record_status(
        found,
        licence.id_izin,
        LicenceStatus.VALIDATION,
        at=datetime.now(UTC),
        source=StatusSource.OFFICE,
    )
    assert not papers_wanted.may_change(found, "lain2")


def test_an_attachment_belongs_to_its_dossier(dossier):
    there = add(dossier)
    assert taking.find(dossier, there.id).id == there.id
    stranger = dossier_at(None)
    for number in (there.id, 0, -1, 10**30):
        with pytest.raises(NotThere):
            taking.find(stranger, number)


# Contents


def test_contents_are_sealed_and_bound_to_their_key(dossier):
    first, second = add(dossier), add(dossier, papers.pdf(), address="lain1")
    stored = ports.files.get(first.storage_key)
    assert b"JFIF" not in stored
    assert taking.content_of(first.storage_key).startswith(b"\xff\xd8\xff")
    assert taking.content_of(second.storage_key).startswith(b"%PDF-")
    assert (second.kind, second.pages) == ("pdf", 1)
    ports.files.put(second.storage_key, stored)  # somebody with access to the store swaps two
    with pytest.raises(CannotDecrypt):
        taking.content_of(second.storage_key)


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        (b"", FileFault.EMPTY),
        (bytes(RECEIVED_AT_MOST_BYTES + 1), FileFault.TOO_LARGE),
        (papers.gif(), FileFault.WRONG_KIND),
        (papers.photo()[:3000], FileFault.BROKEN),
        (papers.locked_pdf(), FileFault.PDF_LOCKED),
        (papers.ACTIVE_PDFS["script"](), FileFault.PDF_ACTIVE),
    ],
    ids=lambda value: value.value if isinstance(value, FileFault) else "",
)
def test_what_cannot_be_kept_is_refused(raw, fault):
    with pytest.raises(FileRefused) as caught:
        taking.clean(raw)
    assert caught.value.fault is fault


# In parts


def parts_of(raw: bytes, size: int = 5000) -> list[tuple[int, bytes]]:
    return [(at, raw[at : at + size]) for at in range(0, len(raw), size)]


@pytest.fixture
def upload(dossier) -> Upload:
    paper = papers_wanted.wanted_papers(dossier)[0]
    return uploads.begin_upload(dossier, paper, len(papers.photo()))


def test_parts_become_the_file(dossier, upload):
    raw = papers.photo()
    for at, content in parts_of(raw):
        assert uploads.whole_of(upload) is None
        uploads.take_part(upload, at, content)
        uploads.take_part(upload, at, content)  # the answer was lost on the way
    assert uploads.whole_of(upload) == raw
    db.session.commit()
    reserved = taking.reserve(taking.clean(raw))
    taking.put(reserved)
    there = uploads.finish_upload(dossier, upload, reserved)
    assert uploads.finish_upload(dossier, upload, reserved).id == there.id
    assert how_many(UploadPart) == 0
    assert uploads.whole_of(upload) is None


def test_a_part_out_of_turn_says_where_to_go_on(upload):
    raw = papers.photo()
    uploads.take_part(upload, 0, raw[:5000])
    for at, content in [(4000, raw[4000:6000]), (6000, raw[6000:7000]), (0, raw[:4999])]:
        with pytest.raises(WrongOffset) as caught:
            uploads.take_part(upload, at, content)
        assert caught.value.expected == 5000
    with pytest.raises(WrongOffset):
        uploads.take_part(upload, 0, b"y" * 5000)  # same place, other bytes
    with pytest.raises(BadPart):
        uploads.take_part(upload, 5000, b"")
    with pytest.raises(BadPart):
        uploads.take_part(upload, 5000, bytes(upload.total_bytes))
    assert upload.received_bytes == 5000


def test_parts_are_sealed(app, upload):
    uploads.take_part(upload, 0, papers.photo()[:PART_BYTES])
    db.session.commit()
    stored = str(raw_rows(app)["upload_parts"])
    assert "JFIF" not in stored
    assert papers.PLACE not in stored


def test_an_upload_belongs_to_its_dossier_and_ends(dossier, upload):
    assert uploads.find_upload(dossier, upload.code).id == upload.id
    with pytest.raises(NotThere):
        uploads.find_upload(dossier_at(None), upload.code)
    upload.expires_at = datetime.now(UTC)
    db.session.flush()
    with pytest.raises(NotThere):
        uploads.find_upload(dossier, upload.code)


def test_the_oldest_of_too_many_uploads_gives_way(dossier):
    paper = papers_wanted.wanted_papers(dossier)[0]
    codes = [uploads.begin_upload(dossier, paper, 10).code for _ in range(7)]
    left = db.session.scalars(select(Upload.code).order_by(Upload.id)).all()
    assert left == codes[-OPEN_UPLOADS_AT_MOST:]


@pytest.mark.parametrize(
    ("size", "fault"),
    [(0, FileFault.EMPTY), (RECEIVED_AT_MOST_BYTES + 1, FileFault.TOO_LARGE)],
)
def test_an_upload_that_cannot_end_well_does_not_begin(dossier, size, fault):
    with pytest.raises(FileRefused) as caught:
        uploads.begin_upload(dossier, papers_wanted.wanted_papers(dossier)[0], size)
    assert caught.value.fault is fault


# Nothing left behind


def later() -> None:
    """Let two days pass."""
    past = datetime.now(UTC) - timedelta(seconds=1)
    db.session.execute(update(FileDisposal).values(due_at=past))
    db.session.execute(update(Upload).values(expires_at=past))
    db.session.commit()


def test_what_was_put_and_never_claimed_is_taken_out(app, dossier):
    kept = add(dossier).storage_key
    lost = taking.reserve(taking.clean(papers.photo(seed=3)))
    db.session.commit()
    taking.put(lost)
    run.tidy(app)
    run.sweep(app)
    assert ports.files.exists(lost.storage_key), "it may still be claimed"
    later()
    run.tidy(app)
    run.sweep(app)
    assert not ports.files.exists(lost.storage_key)
    assert ports.files.exists(kept)


def test_expired_uploads_go_with_their_parts(app, dossier, upload):
    uploads.take_part(upload, 0, papers.photo()[:5000])
    db.session.commit()
    run.tidy(app)
    assert how_many(Upload) == 1
    later()
    run.tidy(app)
    assert how_many(Upload) == how_many(UploadPart) == 0


def test_while_the_store_is_away_the_disposal_waits(app, dossier, monkeypatch):
    lost = taking.reserve(taking.clean(papers.photo()))
    db.session.commit()
    taking.put(lost)
    later()
    run.tidy(app)

    def away(_key: str) -> None:
        raise FilesUnavailable("GenericError")

    with monkeypatch.context() as patch:
        patch.setattr(ports.files, "delete", away)
        run.sweep(app)
    assert ports.files.exists(lost.storage_key)
    assert disposal.dispose_due(datetime.now(UTC)) == 0
    assert not ports.files.exists(lost.storage_key)


def test_a_dossier_can_be_forgotten_with_all_its_papers(app, dossier, upload):
    keys = [add(dossier).storage_key, add(dossier, papers.photo(seed=2)).storage_key]
    signed = add(dossier, papers.signed_pdf())
    keys += [signed.storage_key, signed.original_key or ""]
    uploads.take_part(upload, 0, papers.photo()[:5000])
    taking.forget_all(dossier)
    db.session.commit()
    assert how_many(Attachment) == how_many(Upload) == how_many(UploadPart) == 0
    db.session.rollback()
    run.sweep(app)
    for key in keys:
        with pytest.raises(NoSuchFile):
            ports.files.get(key)
