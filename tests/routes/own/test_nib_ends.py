"""A NIB that OSS froze, revoked or no longer finds: told to its owner and to staff, everywhere."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from app import clock
from app.adapters.http import ServiceUnavailable, UnavailableCause
from app.adapters.oss.port import Refused
from app.adapters.oss.results import (
    LicenceResult,
    LicensingResult,
    NibCheck,
    ProjectResult,
    ReferenceEntry,
)
from app.domain.oss.codes import LicenceStatus, NibStatus, ProductType, ResponseCode
from app.domain.oss.nib import NibDoubt, NibSource
from app.extensions import db, ports
from app.models.dossier import Dossier, Job
from app.models.message import Message
from app.models.oss_notice import OssCode
from app.services.base.jobs import JobKind
from app.services.licence import standing, views
from app.services.oss import code_lists, nibs, notices, reconciliation
from app.services.tracking import progress
from app.work.oss import nib as nib_work
from app.work.oss import notices as notices_work
from app.work.oss import reconcile
from tests.client import parse, words
from tests.factories import logged, looking, new_line, open_in, sent_dossier
from tests.pages import PREFIXES
from tests.services.oss.test_nibs import FOR_OSS

NUMBERS = itertools.count(8120207732258)
both_languages = pytest.mark.parametrize("language", PREFIXES)
APPROVED = LicenceResult(
    "I-1", "S", LicenceStatus.APPROVED, ProductType.STANDARD_CERTIFICATE, "1", id_proyek="P-1"
)


class Oss:
    """An OSS that says one thing of the NIB; None: that it does not find it."""

    status: str | None = "01"
    holder = "YOSINA PRAKTIK"
    licence = APPROVED

    def __init__(self):
        self.nib, self.asked_for, self.is_signed = str(next(NUMBERS)), [], False
        self.lists: dict[int, list[ReferenceEntry]] = {}
        self.asked_lists: list[int] = []

    def inquire_nib(self, **_asked):
        if self.status is None:
            raise Refused(ResponseCode.BAD_DATA)
        known = NibStatus.of(self.status)
        return LicensingResult(
            f"O-{self.nib}", self.nib, known, None,
            (self.licence,), (ProjectResult("P-1", "47112"),),
            nib_code=self.status if known is NibStatus.OTHER else "",
        )  # fmt: skip

    def reference_data(self, kode, **_more):
        self.asked_lists.append(kode)
        if kode not in self.lists:
            raise ServiceUnavailable("oss", UnavailableCause.DOWN)
        return self.lists[kode]

    def check_licence_status(self, id_izin, **_more):
        raise Refused(ResponseCode.BAD_DATA)

    def check_nib(self, nib, **_asked):
        return NibCheck(nib, NibStatus(self.status), self.holder)

    def inquire_file(self, id_izin, **_more):
        self.asked_for.append(id_izin)
        if not self.is_signed:
            raise Refused(ResponseCode.BAD_DATA)
        return "https://oss.example/1.pdf"


@pytest.fixture
def oss(monkeypatch):
    found = Oss()
    monkeypatch.setattr(ports, "licensing", found)
    return found


@pytest.fixture
def connected(app, make_app, oss):
    made = make_app(testing=True, SERVICE_MODE="connected", **FOR_OSS)
    new_line(made)
    ports.licensing = oss
    return made


def holds(oss: Oss, source: NibSource, *, confirmed: bool = True, **options) -> Dossier:
    """Return a sent file that waits for an office, with a NIB that OSS confirmed as active."""
    dossier = sent_dossier(**options)
    dossier.activities[0].risk, dossier.activities[0].kbli_code = "MT", "47112"
    if source is NibSource.OSS:
        handover = dossier.handover
        handover.nib, handover.nib_source, handover.state = oss.nib, source, "accepted"
        handover.nib_at, handover.nib_shared = dossier.sent_at, not confirmed
    else:
        nibs.receive(dossier, oss.nib, source)
        if confirmed:
            run_open(JobKind.NIB_CHECK)
    if confirmed:
        compare(dossier)
    return dossier


def run_open(kind: JobKind) -> None:
    db.session.commit()
    for job in db.session.scalars(select(Job).where(Job.kind == kind, Job.done_at.is_(None))):
        assert nib_work._confirm(job, 1)
        job.done_at = job.due_at
    db.session.commit()


def compare(dossier: Dossier) -> None:
    db.session.commit()
    assert reconcile._reconcile(reconciliation.plan(dossier), 1)
    db.session.expire_all()


def calls(oss: Oss, **said: object) -> None:
    """Let OSS call about the NIB, and take the call in."""
    body = json.dumps({"dataNIB": {"nib": oss.nib, "oss_id": f"O-{oss.nib}", **said}}).encode()
    notices.keep(notices.Notice("receiveNIB", oss.nib, body))
    db.session.commit()
    notices_work._handle(Job(), 1)
    db.session.expire_all()


def ended(app, oss: Oss) -> str:
    """Return what staff read about this NIB; "" where it is in force."""
    said = app.test_cli_runner().invoke(args=["oss", "ended"]).output
    return "".join(line for line in said.splitlines() if oss.nib in line)


def messages_of(dossier: Dossier) -> list[Message]:
    found = db.session.scalars(select(Message).where(Message.dossier_id == dossier.id)).all()
    return [each for each in found if "nib_" in each.dedupe_key]


STATES = {
    "05": ("frozen", "OSS says of this NIB: frozen"),
    "06": ("revoked", "OSS says of this NIB: revoked"),
    "07": ("OSS writes “07”", "OSS writes “07”"),
    None: ("no longer found", "OSS no longer finds this number."),
}


@pytest.fixture
def no_lists(database):
    yield
    database.rollback()
    database.execute(delete(OssCode))
    database.commit()


LIST = [ReferenceEntry("01", "Aktif"), ReferenceEntry("07", "Dialihkan")]


@both_languages
@pytest.mark.parametrize(
    ("told", "shown"), [(LIST, "07 Dialihkan"), (LIST[:1], "07"), ([], "07"), (None, "07")]
)
def test_a_state_that_no_list_has_is_told_in_the_words_of_oss(
    connected, oss, language, told, shown, no_lists
):
    connected.config["SETTINGS"] = replace(connected.config["SETTINGS"], office_phone="0951 000000")
    client = connected.test_client()
    if told is not None:
        oss.lists[code_lists.NIB_STATUS] = told
    with looking(connected):
        dossier = holds(oss, NibSource.OSS)
        dossier_id = dossier.id
        assert oss.asked_lists == []
        oss.status = "07"
        compare(dossier)
        compare(dossier)
        again = 1 if told else 2
        assert oss.asked_lists == [code_lists.NIB_STATUS] * again, "a list that came is not asked"
    open_in(client, dossier_id)
    page = words(client.get(f"{PREFIXES[language]}/berkas/hasil"))
    wants = {
        "id": f"OSS menulis: “{shown}”. Tanyakan artinya ke DPMPTSP.",
        "en": f"OSS writes “{shown}”. Ask DPMPTSP what it means.",
    }
    assert wants[language] in page
    assert "0951 000000" in page


def test_the_words_of_a_licence_come_from_the_list_too(connected, oss, no_lists):
    oss.lists[code_lists.LICENCE_STATUS] = [ReferenceEntry("47", "Perbaikan")]
    with looking(connected):
        dossier = holds(oss, NibSource.OSS)
        oss.licence = replace(APPROVED, status=LicenceStatus.OTHER, code="47")
        compare(dossier)
        (view,) = views.views(dossier, clock.now())
        assert view.unknown == "47 Perbaikan"


def test_a_list_is_asked_for_again_after_a_day_and_replaced(connected, oss, no_lists):
    with looking(connected):
        now = clock.now()
        result = LicensingResult("O", oss.nib, NibStatus.OTHER, None, nib_code="07")
        code_lists.keep(code_lists.NIB_STATUS, LIST, now)
        day = timedelta(days=1)
        assert code_lists.wanted(result, now + day) == []
        assert code_lists.wanted(result, now + day + timedelta(seconds=1)) == [14]
        code_lists.keep(14, [ReferenceEntry("07", "Lain"), ReferenceEntry("07", "Dua kali")], now)
        code_lists.keep(14, [], now)
        code_lists.keep(14, [ReferenceEntry("x" * 11, "Terlalu panjang")], now)
        assert (code_lists.words_for(14, "07"), code_lists.words_for(14, "01")) == ("Lain", "")
        db.session.rollback()


def test_staff_ask_for_a_list(connected, oss, no_lists):
    def flask(*said):
        return connected.test_cli_runner().invoke(args=["oss", "codes", *said])

    silent = flask("20")
    assert (silent.exit_code, "did not answer" in silent.output) == (1, True)
    oss.lists[20] = [ReferenceEntry("032", "Kelautan Dan Perikanan")]
    assert flask("20").output == "032: Kelautan Dan Perikanan\n"
    del oss.lists[20]
    assert "last told 20" in flask("20").output
    assert flask("33").exit_code == 2


@both_languages
@pytest.mark.parametrize("source", [NibSource.OSS, NibSource.TYPED])
@pytest.mark.parametrize("status", STATES, ids=str)
def test_it_is_told_everywhere_and_active_outlives_it_nowhere(
    connected, oss, language, source, status
):
    listed, shown = STATES[status]
    known = replace(connected.config["SETTINGS"], office_phone="0951 000001")
    connected.config["SETTINGS"] = known
    client = connected.test_client()
    with looking(connected):
        dossier = holds(oss, source)
        dossier_id, number = dossier.id, dossier.support_number
        assert progress.turn_of(dossier) == "done"
        assert ended(connected, oss) == ""
        oss.status = status
        with logged() as log:
            compare(dossier)
        assert "oss_nib_gone" in log.getvalue() or "oss_nib_not_in_force" in log.getvalue()
        assert oss.nib not in log.getvalue()
        assert progress.turn_of(dossier) == ("ended" if status == "06" else "not_in_force")
        assert len(messages_of(dossier)) == 1
        said = ended(connected, oss)
        assert f"NIB {oss.nib}, {listed}" in said
        compare(dossier)
        assert len(messages_of(dossier)) == 1, "the same again is no news"
    open_in(client, dossier_id)
    prefix = PREFIXES[language]
    own = client.get(f"{prefix}/berkas/hasil")
    public = client.get(f"{prefix}/lacak?nomor={number}")
    for page in (own, public):
        assert "active" not in words(page).replace("not active", "")
        assert "Confirmed by OSS" not in words(page)
        assert "Dikonfirmasi OSS" not in words(page)
        assert "You may open" not in words(page)
        assert "boleh buka" not in words(page).lower()
        assert "0951 000001" in words(own), "whom to ask, and how"
        if source is NibSource.OSS or (status is None and page is public):  # OSS confirmed it
            assert "You wrote:" not in words(page)
            assert "Anda menulis:" not in words(page)
        # A licence lives by its NIB: that it was approved stands with its date, and nowhere else.
        loud = " ".join(strong.text or "" for strong in parse(page).all("strong"))
        assert "The licence is valid" not in loud
        assert "Izin sudah berlaku" not in loud
    if language == "en":
        assert shown in words(own)
        title = "Your NIB has ended" if status == "06" else "Your NIB is not in force"
        assert title in words(own)


def test_it_comes_back_when_oss_says_so(connected, oss):
    for source in (NibSource.OSS, NibSource.TYPED):
        with looking(connected) as session:
            dossier = holds(oss, source)
            for status in ("05", None, "01"):
                oss.status = status
                compare(dossier)
            assert progress.turn_of(dossier) == "done"
            assert dossier.handover.nib_confirmed_at is not None
            assert ended(connected, oss) == ""
            assert len(messages_of(dossier)) == 3
            dossier.handover.nib = None
            session.commit()


@both_languages
def test_what_is_approved_is_asked_for_its_signed_paper(connected, oss, language):
    client = connected.test_client()
    with looking(connected):
        dossier = holds(oss, NibSource.OSS)
        dossier_id = dossier.id
        assert oss.asked_for == ["I-1"], "not signed yet"
        oss.is_signed = True
        for _ in range(3):
            compare(dossier)
        assert oss.asked_for == ["I-1", "I-1"], "once it is there, nobody asks again"
        calls(oss, id_izin="I-1", id_izin_new="I-7")
        compare(dossier)  # OSS still answers with the number before
        (row,) = standing.of(dossier)
        assert (row.id_izin, row.paper_at is not None) == ("I-7", True)
    open_in(client, dossier_id)
    ready = {"id": "Surat yang ditandatangani sudah siap.", "en": "The signed paper is ready."}
    assert ready[language] in words(client.get(f"{PREFIXES[language]}/berkas/hasil"))


def test_a_call_of_oss_counts_before_it_was_asked_again(connected, oss):
    with looking(connected):
        dossier = holds(oss, NibSource.TYPED)
        calls(oss, tipe_dokumen=3)
        assert progress.turn_of(dossier) == "ended"
        assert "revoked (06)" in ended(connected, oss)
        oss.status = "01"
        calls(oss, status_nib="01")
        compare(dossier)
        assert progress.turn_of(dossier) == "done"


def test_every_file_of_its_holder_says_so_and_one_message_goes_out(connected, oss):
    with looking(connected) as session:
        first, second = holds(oss, NibSource.OSS), holds(oss, NibSource.OSS, confirmed=False)
        session.commit()
        calls(oss, status_nib="05")
        assert [each.handover.nib_status for each in (first, second)] == ["05", "05"]
        oss.status = None
        compare(second)
        assert [each.handover.nib_doubt for each in (first, second)] == ["gone", "unknown"]
        oss.status = "01"
        compare(second)
        assert [progress.turn_of(each) for each in (first, second)] == ["done", "done"]
        assert messages_of(first) == []


def test_a_typed_nib_that_is_frozen_is_told_when_oss_is_first_asked(connected, oss):
    oss.status = "05"
    with looking(connected):
        dossier = holds(oss, NibSource.TYPED)
        assert len(messages_of(dossier)) == 1
        assert progress.turn_of(dossier) == "not_in_force"


def test_who_types_the_nib_of_somebody_else_learns_nothing_of_it(connected, oss):
    oss.holder = "ORANG LAIN"
    with looking(connected):
        dossier = holds(oss, NibSource.TYPED, confirmed=False)
        calls(oss, status_nib="05")  # before OSS was asked whose it is
        assert dossier.handover.nib_status is None
        compare(dossier)
        assert reconciliation.was_compared(dossier) is False
        oss.status = "01"
        run_open(JobKind.NIB_CHECK)
        assert dossier.handover.nib_doubt == NibDoubt.HOLDER
        calls(oss, tipe_dokumen=4)
        (waiting,) = [each for each in notices.waiting_for_staff() if each.nib == oss.nib]
        assert waiting.dossier_id is None, "it is not theirs, so staff look"
        assert messages_of(dossier) == []
