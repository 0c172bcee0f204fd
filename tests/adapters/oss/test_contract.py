"""Every service of OSS through the port: the same in this process and over a real port."""

from __future__ import annotations

import json
import sqlite3
import threading
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import httpx
import pytest
from structlog.testing import capture_logs
from werkzeug.serving import make_server

from app.adapters.http import ServiceClient, ServiceUnavailable, UnavailableCause, service_client
from app.adapters.oss.licensing import HttpLicensing, NoLine
from app.adapters.oss.port import Refused
from app.adapters.oss.results import EntityResult, LicenceResult, LicenceState, ReferenceEntry
from app.adapters.oss.wire import final_to_wire, report_to_wire, to_wire
from app.domain.law.business_size import BusinessSize, Capital
from app.domain.law.risk import RiskLevel
from app.domain.oss.codes import (
    EntityCode,
    KdKewenangan,
    LegalStatus,
    LicenceStatus,
    NibStatus,
    ProductType,
    ResponseCode,
)
from app.domain.oss.submission import (
    Activity,
    Address,
    Applicant,
    Branch,
    Entity,
    LicenceFinal,
    LicenceReport,
    Premises,
    Product,
    Submission,
)
from app.domain.written.person import Sex
from app.simulators._oss_book import LOOKING_THROUGH
from app.simulators._shared import SLOW_S, UnderscoreHeaders
from app.simulators.oss import HOLDER, NIB_PREFIX, create_oss_simulator

KEY = "latihan-user-key"
MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # nine in the morning in Jakarta
DAYS = 5

KIOSK = Activity(
    kbli_year=2025,
    kbli_code="47112",
    description="Kios",
    risk=RiskLevel.LOW,
    premises=Premises("9601052001", "Jalan Contoh 1", land_area=Decimal(9)),
    capital=Capital(0, 0, 2_000_000, 0, 1_000_000),
    product=Product("Beras", Decimal(12), "kg"),
)
PERSON = Submission(
    key="k" * 32,
    applicant=Applicant(
        nik="9601055403879001",
        name="Yosina Praktik",
        birth_date=date(1987, 3, 14),
        sex=Sex.FEMALE,
        phone="+6281200000001",
        address=Address("Jalan Contoh 1", "9601052001"),
    ),
    activities=(KIOSK,),
    size=BusinessSize.MICRO,
)
ENTITY = Entity(
    kind=EntityCode.COMPANY,
    name="Contoh Laut Sejahtera",
    registration_number="AHU-000001.LATIHAN",
    npwp="0123456789012345",
    office=Address("Jalan Kantor 2", "9601052001", "001/002", "98457"),
    registered_on=date(2024, 5, 6),
    deed_on=date(2024, 5, 1),
    deed_kbli=("47112", "56101"),
    deed_kbli_year=2025,
)
COMPANY = replace(PERSON, applicant=replace(PERSON.applicant, role="Direktur"), entity=ENTITY)
BRANCH = replace(
    COMPANY,
    entity=None,
    branch=Branch(
        parent_nib="8120000000001",
        parent_name="Contoh Laut Sejahtera",
        name="Cabang Aimas",
        address=Address("Jalan Cabang 3", "9601052001"),
        npwp="012345678901234",
        nitku="0123456789012345000001",
    ),
)


def risky(risk, days=DAYS, **more):
    return replace(
        PERSON, activities=(replace(KIOSK, risk=risk, decision_working_days=days),), **more
    )


WAITING = risky(RiskLevel.MEDIUM_HIGH)
PERMIT = risky(RiskLevel.HIGH)


class Clock:
    """The time that OSS has; days(n) turns it on."""

    def __init__(self):
        self.now = MONDAY

    def __call__(self):
        return self.now

    def days(self, count):
        self.now += timedelta(days=count)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def slept():
    return []


@pytest.fixture(params=["built-in", "port"])
def oss(request, tmp_path, clock, slept):
    simulator = create_oss_simulator(tmp_path, KEY, now=clock, sleep=slept.append)
    if request.param == "built-in":
        yield HttpLicensing(service_client("oss", simulator=simulator, fail_max=99), KEY)
        return
    server = make_server(
        "127.0.0.1", 0, simulator, threaded=True, request_handler=UnderscoreHeaders
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    client = service_client("oss", base_url=f"http://127.0.0.1:{server.port}", fail_max=99)
    yield HttpLicensing(client, KEY, practice=True)
    client.close()
    server.shutdown()
    server.server_close()


@pytest.fixture
def set_mode(tmp_path):
    def write(mode):
        (tmp_path / "oss.json").write_text(json.dumps({"mode": mode}))

    return write


def filed(oss, submission=WAITING):
    """File, and return NIB, oss_id and the first licence."""
    receipt = oss.hand_over(submission)
    result = oss.ask(receipt.oss_id)
    return receipt, result.licences[0]


def report(receipt, licence, status, at=MONDAY, **more):
    given = {
        "nib": receipt.nib,
        "id_proyek": licence.id_proyek,
        "oss_id": receipt.oss_id,
        "id_izin": licence.id_izin,
        "kd_izin": licence.kd_izin,
        "kd_instansi": "960",
        "kd_status": status,
        "tgl_status": at,
        "nip_status": "199001012020121001",
        "nama_status": "Petugas Latihan",
        "keterangan": "Catatan latihan",
        **more,
    }
    return LicenceReport(**given)


def final(receipt, licence, status=LicenceStatus.APPROVED, **more):
    given = {
        "nib": receipt.nib,
        "id_proyek": licence.id_proyek,
        "oss_id": receipt.oss_id,
        "id_izin": licence.id_izin,
        "kd_izin": licence.kd_izin,
        "kd_daerah": "9601052001",
        "status_izin": status,
        "tgl_terbit_izin": date(2026, 11, 23),
        "nama_ttd": "Kepala Latihan",
        "nip_ttd": "197001011995031001",
        "jabatan_ttd": "Kepala Dinas",
        **more,
    }
    return LicenceFinal(**given)


def news(tmp_path):
    with closing(sqlite3.connect(tmp_path / "oss.sqlite")) as connection:
        return connection.execute("SELECT count(*) FROM news").fetchone()[0]


class TestServices:
    # Filing

    @pytest.mark.parametrize("size", BusinessSize)
    @pytest.mark.parametrize("risk", RiskLevel)
    def test_every_size_and_risk_is_taken(self, oss, risk, size):
        receipt, licence = filed(oss, risky(risk, size=size))
        assert receipt.nib.startswith(NIB_PREFIX)
        waits = risk in (RiskLevel.MEDIUM_HIGH, RiskLevel.HIGH)
        assert (licence.nomor_izin is None) is waits
        assert (licence.tgl_terbit is None) is waits
        assert licence.status is (
            LicenceStatus.REQUIREMENTS_FILLED if waits else LicenceStatus.APPROVED
        )
        assert licence.authority is (KdKewenangan.REGENCY if waits else KdKewenangan.CENTRAL)
        assert licence.product is {
            RiskLevel.LOW: None,
            RiskLevel.HIGH: ProductType.PERMIT,
        }.get(risk, ProductType.STANDARD_CERTIFICATE)
        (project,) = oss.inquire_nib(nib=receipt.nib).projects
        assert (project.size, project.risk) == (size, risk)

    def test_several_activities_have_each_their_place_and_licence(self, oss):
        other = replace(
            KIOSK,
            kbli_code="56101",
            risk=RiskLevel.HIGH,
            is_supporting=True,
            premises=Premises("9601051002", "Jalan Lain"),
        )
        receipt = oss.hand_over(replace(PERSON, activities=(KIOSK, other)))
        result = oss.ask(receipt.oss_id)
        assert [(p.kbli_code, p.kbli_year, p.area_codes) for p in result.projects] == [
            ("47112", 2025, ("9601052001",)),
            ("56101", 2025, ("9601051002",)),
        ]
        assert [p.is_supporting for p in result.projects] == [False, True]
        assert [x.kd_izin for x in result.licences] == ["LATIHAN-NIB", "LATIHAN-IZIN"]
        assert [x.id_proyek for x in result.licences] == [p.id_proyek for p in result.projects]
        assert [x.kd_daerah for x in result.licences] == ["9601052001", "9601051002"]

    @pytest.mark.parametrize("kind", EntityCode)
    def test_an_entity_is_taken_and_named(self, oss, kind):
        receipt = oss.hand_over(replace(COMPANY, entity=replace(ENTITY, kind=kind)))
        assert oss.ask(receipt.oss_id).entity == EntityResult(ENTITY.name, ENTITY.npwp, kind)
        assert oss.check_nib(receipt.nib).holder == ENTITY.name

    def test_a_person_has_no_entity(self, oss):
        receipt = oss.hand_over(PERSON)
        assert oss.ask(receipt.oss_id).entity is None
        assert oss.check_nib(receipt.nib).holder == HOLDER

    def test_a_branch_is_taken_and_never_gets_its_parents_number(self, oss):
        receipt = oss.hand_over(BRANCH)
        assert receipt.nib.startswith(NIB_PREFIX)
        assert oss.ask(receipt.oss_id).entity == EntityResult("Contoh Laut Sejahtera", "", "")

    @pytest.mark.parametrize("deed", [("56101",), ("47113", "56101")], ids=["one", "several"])
    def test_what_does_not_stand_in_the_deed_is_refused(self, oss, deed):
        with pytest.raises(Refused) as caught:
            oss.hand_over(replace(COMPANY, entity=replace(ENTITY, deed_kbli=deed)))
        assert caught.value.code is ResponseCode.BAD_DATA
        assert "47112" in caught.value.remark

    @pytest.mark.parametrize(("deed", "year"), [(("47191",), 2020), ((), None), (("47112",), None)])
    def test_a_deed_of_another_edition_or_none_is_not_compared(self, oss, deed, year):
        entity = replace(ENTITY, deed_kbli=deed, deed_kbli_year=year)
        assert oss.hand_over(replace(COMPANY, entity=entity)).nib

    @pytest.mark.parametrize(
        "spoilt",
        [
            replace(COMPANY, entity=replace(ENTITY, kind=None)),
            replace(COMPANY, entity=replace(ENTITY, name=" ")),
            replace(COMPANY, entity=replace(ENTITY, registration_number="")),
            replace(COMPANY, entity=replace(ENTITY, npwp="12345678901234")),
            replace(COMPANY, entity=replace(ENTITY, npwp="12345678901234567")),
            replace(COMPANY, entity=replace(ENTITY, office=Address("Jalan", "9601"))),
            replace(COMPANY, applicant=PERSON.applicant),  # nobody says in which role
            replace(BRANCH, branch=replace(BRANCH.branch, parent_nib="812000000000")),
            replace(BRANCH, branch=replace(BRANCH.branch, nitku="1" * 21)),
            replace(BRANCH, branch=replace(BRANCH.branch, npwp="1")),
            replace(BRANCH, branch=replace(BRANCH.branch, name="")),
            replace(BRANCH, branch=replace(BRANCH.branch, parent_name="")),
            replace(PERSON, activities=(KIOSK, replace(KIOSK, kbli_code="x"))),
        ],
    )
    def test_what_oss_would_not_take_is_refused(self, oss, spoilt, tmp_path):
        with pytest.raises(Refused) as caught:
            oss.hand_over(spoilt)
        assert caught.value.code is ResponseCode.BAD_DATA
        assert news(tmp_path) == 0

    @pytest.mark.parametrize("npwp", ["1" * 15, "1" * 16])
    def test_both_lengths_of_a_tax_number_are_taken(self, oss, npwp):
        assert oss.hand_over(replace(COMPANY, entity=replace(ENTITY, npwp=npwp))).nib

    # Asking

    def test_a_nib_is_found_by_each_of_its_numbers_and_by_both(self, oss):
        receipt = oss.hand_over(PERSON)
        by_nib = oss.inquire_nib(nib=receipt.nib)
        assert by_nib == oss.inquire_nib(oss_id=receipt.oss_id)
        assert by_nib == oss.inquire_nib(nib=receipt.nib, oss_id=receipt.oss_id)
        assert by_nib.nib_status is NibStatus.ACTIVE
        with pytest.raises(Refused):
            oss.inquire_nib(nib="0000000000000", oss_id=receipt.oss_id)
        with pytest.raises(ValueError, match="nib"):
            oss.inquire_nib()

    def test_a_licence_and_its_activity_are_found(self, oss):
        receipt, licence = filed(oss)
        state = oss.check_licence_status(licence.id_izin)
        assert state == LicenceState(
            id_izin=licence.id_izin,
            nib=receipt.nib,
            id_proyek=licence.id_proyek,
            status=LicenceStatus.REQUIREMENTS_FILLED,
            words="Telah Melengkapi Persyaratan",
        )
        record = oss.inquire_licence(licence.id_izin)
        assert record.oss_id == receipt.oss_id
        assert record.licence == replace(licence, status=None), "the guide has no status here"
        assert (record.kd_daerah, record.kbli_codes) == ("9601052001", ("47112",))
        project = oss.inquire_project(receipt.nib, licence.id_proyek, kbli="47112")
        assert project.project.kbli_code == "47112"
        assert project.project.area_codes == ("9601052001",)
        assert (project.assets_idr, project.working_idr, project.investment_idr) == (
            2_000_000,
            1_000_000,
            3_000_000,
        )
        assert project.holder == HOLDER

    def test_what_is_unknown_is_refused(self, oss):
        receipt, licence = filed(oss)
        for ask in (
            lambda: oss.check_licence_status("I-1"),
            lambda: oss.inquire_licence(""),
            lambda: oss.inquire_project(receipt.nib, "P-1"),
            lambda: oss.inquire_project(receipt.nib, licence.id_proyek, kbli="56101"),
            lambda: oss.inquire_project("0000000000000", licence.id_proyek),
            lambda: oss.inquire_file("I-1"),
            lambda: oss.reference_data(99),
        ):
            with pytest.raises(Refused) as caught:
                ask()
            assert caught.value.code is ResponseCode.BAD_DATA
            assert caught.value.remark

    def test_code_lists(self, oss):
        assert ReferenceEntry("26", "PT Perorangan") in oss.reference_data(2)
        assert {each.code for each in oss.reference_data(2)} == {str(x) for x in EntityCode}
        assert {each.code for each in oss.reference_data(10)} == set(LicenceStatus.known())
        assert {each.code for each in oss.reference_data(14)} == set(NibStatus.known())

    def test_oss_may_hold_something_else_than_was_filed(self, oss, set_mode):
        receipt = oss.hand_over(COMPANY)
        before = oss.ask(receipt.oss_id)
        set_mode("differs")
        after = oss.ask(receipt.oss_id)
        assert after.projects[0].size is not before.projects[0].size
        assert after.projects[0].area_codes != before.projects[0].area_codes
        assert after.entity.npwp != before.entity.npwp
        assert after.licences[0].status == before.licences[0].status

    def test_in_the_words_of_daily_use_it_says_the_same(self, oss, set_mode):
        other = replace(KIOSK, kbli_code="01131", risk=RiskLevel.MEDIUM_HIGH)
        receipt = oss.hand_over(
            replace(COMPANY, entity=replace(ENTITY, deed_kbli=()), activities=(KIOSK, other))
        )
        before = oss.inquire_nib(nib=receipt.nib)
        set_mode("as_it_speaks")
        after = oss.inquire_nib(nib=receipt.nib)
        assert after.projects == tuple(replace(p, kbli_year=None) for p in before.projects)
        own = [each for each in after.licences if each.id_izin != "D-LATIHAN"]
        assert own == list(reversed(before.licences))
        assert (after.nib_status, after.entity) == (before.nib_status, before.entity)
        assert after.unread == ("id_izin", "kewenangan") or after.unread == ("kewenangan",)
        licence = before.licences[1]
        project = oss.inquire_project(receipt.nib, licence.id_proyek)
        assert (project.project.kbli_code, project.working_idr) == ("01131", 1_000_000)
        assert oss.inquire_licence(licence.id_izin).licence.id_izin == licence.id_izin
        assert oss.check_licence_status(licence.id_izin).status is licence.status

    @pytest.mark.parametrize(
        ("mode", "status"), [("frozen", NibStatus.FROZEN), ("revoked", NibStatus.REVOKED)]
    )
    def test_a_nib_may_end(self, oss, set_mode, mode, status):
        receipt = oss.hand_over(PERSON)
        set_mode(mode)
        assert oss.inquire_nib(nib=receipt.nib).nib_status is status
        set_mode("forgotten")
        with pytest.raises(Refused):
            oss.inquire_nib(nib=receipt.nib)

    def test_a_status_that_no_list_has_comes_with_its_words(self, oss, set_mode):
        receipt = oss.hand_over(WAITING)
        set_mode("strange")
        (licence,) = [x for x in oss.inquire_nib(nib=receipt.nib).licences if x.product != "01"]
        assert (licence.status, licence.code) == (LicenceStatus.OTHER, "58")
        state = oss.check_licence_status(licence.id_izin)
        assert (state.code, bool(state.words)) == ("58", True)

    # What the office tells

    def test_documents_are_complete_after_a_moment(self, oss, clock):
        _receipt, licence = filed(oss)
        clock.now += LOOKING_THROUGH - timedelta(seconds=1)
        assert oss.check_licence_status(licence.id_izin).status is (
            LicenceStatus.REQUIREMENTS_FILLED
        )
        clock.now += timedelta(seconds=1)
        assert oss.check_licence_status(licence.id_izin).status is LicenceStatus.COMPLETE

    def test_the_office_tells_and_decides(self, oss):
        receipt, licence = filed(oss)
        for status in ("20", "40", "45"):
            oss.report_status(report(receipt, licence, LicenceStatus(status)))
            assert oss.check_licence_status(licence.id_izin).status == status
        number = oss.report_final(
            final(
                receipt,
                licence,
                nomor_izin="500/12/SS/2026",
                tgl_berlaku_izin=date(2031, 11, 23),
                file_izin="https://latihan.invalid/ss.pdf",
            )
        )
        assert number == "LATIHAN-500/12/SS/2026"
        (now,) = oss.ask(receipt.oss_id).licences
        assert (now.status, now.nomor_izin, now.tgl_terbit) == (
            LicenceStatus.APPROVED,
            number,
            date(2026, 11, 23),
        )
        assert oss.inquire_file(licence.id_izin) == "https://latihan.invalid/ss.pdf"

    def test_without_a_number_of_the_office_oss_numbers(self, oss):
        receipt, licence = filed(oss, PERMIT)
        assert oss.report_final(final(receipt, licence)) == f"{receipt.nib}0001"

    def test_a_rejection_gives_no_number_and_ends_it(self, oss, clock):
        receipt, licence = filed(oss, PERMIT)
        assert oss.report_final(final(receipt, licence, LicenceStatus.REJECTED)) == ""
        clock.days(60)
        (now,) = oss.ask(receipt.oss_id).licences
        assert (now.status, now.nomor_izin) == (LicenceStatus.REJECTED, None)
        with pytest.raises(Refused):
            oss.report_status(report(receipt, licence, LicenceStatus.VALIDATION))

    def test_a_decision_is_changed_by_update_only(self, oss):
        receipt, licence = filed(oss)
        with pytest.raises(Refused):
            oss.update_final(final(receipt, licence))
        oss.report_final(final(receipt, licence))
        changed = final(receipt, licence, nomor_izin="7")
        with pytest.raises(Refused):
            oss.report_final(changed)
        assert oss.update_final(changed) == "LATIHAN-7"
        oss.report_status(report(receipt, licence, LicenceStatus.WARNED))
        assert oss.ask(receipt.oss_id).licences[0].status is LicenceStatus.WARNED

    def test_the_same_news_counts_once(self, oss, tmp_path):
        receipt, licence = filed(oss)
        told, decided = report(receipt, licence, LicenceStatus.VALIDATION), final(receipt, licence)
        oss.report_status(told)
        number = oss.report_final(decided)
        count = news(tmp_path)
        oss.report_status(told)
        assert oss.report_final(decided) == number
        assert news(tmp_path) == count
        assert oss.ask(receipt.oss_id).licences[0].status is LicenceStatus.APPROVED

    @pytest.mark.parametrize(
        "spoilt",
        [
            {"nib": "0000000000000"},
            {"oss_id": "LATIHAN-1"},
            {"id_proyek": "P-1"},
            {"kd_izin": "LATIHAN-IZIN"},
            {"id_izin": "I-1"},
            {"kd_status": LicenceStatus.DEEMED_APPROVED},
            {"kd_status": LicenceStatus.CLARIFIED},
            {"kd_status": LicenceStatus.RECLARIFIED},
            {"kd_status": LicenceStatus.WARNED},
            {"kd_status": "58"},
            {"tgl_status": MONDAY + timedelta(days=2)},
        ],
        ids=lambda spoilt: "-".join(map(str, spoilt)),
    )
    def test_news_that_cannot_be_is_refused(self, oss, spoilt, tmp_path):
        receipt, licence = filed(oss)
        count = news(tmp_path)
        with pytest.raises(Refused) as caught:
            oss.report_status(replace(report(receipt, licence, LicenceStatus.VALIDATION), **spoilt))
        assert caught.value.code is ResponseCode.BAD_DATA
        assert news(tmp_path) == count

    @pytest.mark.parametrize(
        "spoilt",
        [
            {"status_izin": LicenceStatus.VALIDATION},
            {"status_izin": LicenceStatus.DEEMED_APPROVED},
            {"nama_ttd": " "},
            {"nip_ttd": ""},
            {"jabatan_ttd": ""},
            {"tgl_terbit_izin": date(2026, 11, 25)},
            {"tgl_berlaku_izin": date(2026, 11, 22)},
            {"file_izin": "http://latihan.invalid/x.pdf"},
            {"nomor_izin": "7" * 43},
        ],
        ids=lambda spoilt: "-".join(map(str, spoilt)),
    )
    def test_a_decision_that_cannot_be_is_refused(self, oss, spoilt):
        receipt, licence = filed(oss)
        with pytest.raises(Refused):
            oss.report_final(replace(final(receipt, licence), **spoilt))
        assert oss.ask(receipt.oss_id).licences[0].nomor_izin is None

    def test_what_oss_issued_by_itself_is_not_the_offices_to_change(self, oss):
        receipt, licence = filed(oss, risky(RiskLevel.MEDIUM_LOW))
        with pytest.raises(Refused) as caught:
            oss.report_status(report(receipt, licence, LicenceStatus.WARNED))
        assert caught.value.code is ResponseCode.ILLEGAL_ACCESS
        assert caught.value.is_about_access

    # Terms

    @pytest.mark.parametrize("submission", [WAITING, PERMIT])
    def test_silence_approves_on_the_day_after_the_last(self, oss, clock, submission):
        receipt, licence = filed(oss, submission)
        clock.days(7)  # Monday to Monday: five working days after the first, none left
        assert oss.check_licence_status(licence.id_izin).status is LicenceStatus.COMPLETE
        clock.days(1)
        (now,) = oss.ask(receipt.oss_id).licences
        assert now.status is LicenceStatus.DEEMED_APPROVED
        assert now.nomor_izin == f"{receipt.nib}0001"
        assert now.tgl_terbit == date(2026, 12, 1)
        with pytest.raises(Refused):
            oss.report_final(final(receipt, licence, LicenceStatus.REJECTED))

    def test_nothing_is_approved_where_no_days_are_known(self, oss, clock):
        receipt, _licence = filed(oss, risky(RiskLevel.HIGH, days=None))
        clock.days(400)
        assert oss.ask(receipt.oss_id).licences[0].status is LicenceStatus.COMPLETE

    def test_news_without_a_decision_does_not_stop_the_term(self, oss, clock):
        receipt, licence = filed(oss)
        clock.days(1)
        oss.report_status(report(receipt, licence, LicenceStatus.INSPECTION, clock.now))
        clock.days(7)
        assert oss.ask(receipt.oss_id).licences[0].status is LicenceStatus.DEEMED_APPROVED

    @pytest.mark.parametrize(
        ("asked", "answered", "left"),
        [
            (LicenceStatus.CLARIFICATION, LicenceStatus.CLARIFIED, 3),
            (LicenceStatus.RECLARIFICATION, LicenceStatus.RECLARIFIED, 5),
        ],
    )
    def test_a_question_stops_the_term(self, oss, clock, asked, answered, left):
        receipt, licence = filed(oss)
        clock.now += LOOKING_THROUGH
        oss.check_licence_status(licence.id_izin)
        clock.days(2)  # Wednesday: two days are used
        oss.report_status(report(receipt, licence, asked, clock.now))
        clock.days(26)  # Monday again, four weeks later
        assert oss.check_licence_status(licence.id_izin).status is asked
        oss.report_status(report(receipt, licence, answered, clock.now))
        last = {3: 3, 5: 7}[left]  # Thursday, or Monday with a weekend between
        clock.days(last)
        assert oss.check_licence_status(licence.id_izin).status is answered
        clock.days(1)
        assert oss.check_licence_status(licence.id_izin).status is LicenceStatus.DEEMED_APPROVED

    # Trouble

    def test_down(self, oss, set_mode):
        receipt, licence = filed(oss)
        set_mode("down")
        for call in calls(oss, receipt, licence):
            with pytest.raises(ServiceUnavailable) as caught:
                call()
            assert caught.value.cause is UnavailableCause.DOWN

    def test_slow(self, oss, set_mode, slept):
        receipt, licence = filed(oss)
        set_mode("slow")
        for call in calls(oss, receipt, licence):
            slept.clear()
            call()
            assert slept == [SLOW_S]

    def test_dying_after_acceptance_keeps_news_once(self, oss, set_mode, tmp_path):
        receipt, licence = filed(oss)
        told, decided = report(receipt, licence, LicenceStatus.VALIDATION), final(receipt, licence)
        changed = final(receipt, licence, nomor_izin="7")
        for call in (
            lambda: oss.report_status(told),
            lambda: oss.report_final(decided),
            lambda: oss.update_final(changed),
        ):
            set_mode("accept_then_die")
            with pytest.raises(ServiceUnavailable) as caught:
                call()
            assert caught.value.may_have_acted
            count = news(tmp_path)
            set_mode("up")
            call()
            assert news(tmp_path) == count
        assert oss.ask(receipt.oss_id).licences[0].nomor_izin == "LATIHAN-7"

    def test_nothing_about_a_person_is_kept_or_logged(self, oss, tmp_path, set_mode, caplog):
        caplog.set_level("DEBUG")
        with capture_logs() as logs:
            receipt, licence = filed(oss, replace(COMPANY, activities=WAITING.activities))
            told = report(receipt, licence, LicenceStatus.VALIDATION)
            oss.report_status(told)
            decided = final(receipt, licence)
            oss.report_final(decided)
            set_mode("down")
            with pytest.raises(ServiceUnavailable) as down:
                oss.report_status(told)
        kept = b"".join(each.read_bytes() for each in tmp_path.iterdir()).decode("latin-1")
        shown = f"{logs} {caplog.text} {down.value} {told} {decided} {COMPANY} {BRANCH}"
        for secret in (
            PERSON.applicant.nik, "Yosina", "Jalan", "81200000001", told.nip_status,
            told.nama_status, told.keterangan, decided.nama_ttd, decided.nip_ttd,
        ):  # fmt: skip
            assert secret not in f"{shown} {kept}", secret
        assert ENTITY.name not in shown
        assert ENTITY.npwp not in shown


def calls(oss, receipt, licence):
    """Every service but filing, each as a call."""
    return [
        lambda: oss.ask(receipt.oss_id),
        lambda: oss.check_nib(receipt.nib),
        lambda: oss.check_licence_status(licence.id_izin),
        lambda: oss.inquire_licence(licence.id_izin),
        lambda: oss.inquire_project(receipt.nib, licence.id_proyek),
        lambda: oss.reference_data(10),
        lambda: oss.report_status(report(receipt, licence, LicenceStatus.VALIDATION)),
        lambda: oss.report_final(
            final(receipt, licence, file_izin="https://latihan.invalid/1.pdf")
        ),
        lambda: oss.update_final(
            final(receipt, licence, file_izin="https://latihan.invalid/2.pdf")
        ),
        lambda: oss.inquire_file(licence.id_izin),
    ]


# Answers of the real kind: every code of every service

LICENCE = {"id_izin": "I-1", "kd_izin": "1", "status_checklist": "50"}
SERVICES = {
    "inquire_nib": ("responinqueryNIB", "kode", {"dataNIB": {"nib": "1", "oss_id": "O"}}),
    "check_nib": ("responcheckNIB", "kode", {"dataNIB": {"nib": "1", "status": "01"}}),
    "check_licence_status": (
        "responcheckStatusLicense",
        "kode",
        {"dataIZIN": {"id_izin": "I-1", "kd_status": "50"}},
    ),
    "inquire_licence": (
        "dataLicense",
        "code",
        {"data": {"id_izin": "I-1", "data_checklist": [LICENCE]}},
    ),
    "inquire_project": (
        "",
        "kode_status",
        {"data": {"data_proyek": [{"id_proyek": "P-1", "kbli": "47112"}]}},
    ),
    "inquire_file": (
        "responInqueryFileDS",
        "status",
        {"url_file_ds": "https://oss.invalid/1"},
    ),
    "reference_data": ("respongetDataReferensi", "kode", {"dataReferensi": []}),
    "report_status": ("responreceiveLicenseStatus", "kode", {"dataNIB": {}}),
    "report_final": ("responreceiveLicense", "kode", {"nomor_izin": "7"}),
    "update_final": ("responupdateLicense", "kode", {"nomor_izin": "7"}),
}


class Numbers:
    nib, oss_id = "1", "O"


def ask(oss, service):
    licence = type("L", (), {"id_proyek": "P-1", "id_izin": "I-1", "kd_izin": "1"})
    given = {
        "inquire_nib": lambda: oss.inquire_nib(nib="1"),
        "check_nib": lambda: oss.check_nib("1"),
        "check_licence_status": lambda: oss.check_licence_status("I-1"),
        "inquire_licence": lambda: oss.inquire_licence("I-1"),
        "inquire_project": lambda: oss.inquire_project("1", "P-1"),
        "inquire_file": lambda: oss.inquire_file("I-1"),
        "reference_data": lambda: oss.reference_data(1),
        "report_status": lambda: oss.report_status(
            report(Numbers, licence, LicenceStatus.VALIDATION)
        ),
        "report_final": lambda: oss.report_final(final(Numbers, licence)),
        "update_final": lambda: oss.update_final(final(Numbers, licence)),
    }
    return given[service]()


def answering(status, body, seen=None):
    """An OSS behind which one fixed answer stands."""

    def answer(request):
        if seen is not None:
            seen.append(request)
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return httpx.Response(status, content=content)

    client = httpx.Client(transport=httpx.MockTransport(answer), base_url="http://x.invalid")
    return HttpLicensing(ServiceClient("oss", client), KEY)


@pytest.mark.parametrize("in_status_too", [False, True])
@pytest.mark.parametrize("code", ResponseCode)
@pytest.mark.parametrize("service", SERVICES)
def test_every_code_of_every_service_has_its_outcome(service, code, in_status_too):
    envelope, name, inside = SERVICES[service]
    said = {name: int(code), "keterangan": "kata OSS", "message": "kata OSS", **inside}
    oss = answering(int(code) if in_status_too else 200, {envelope: said} if envelope else said)
    if code is ResponseCode.OK:
        ask(oss, service)
    elif code in {ResponseCode.FAILED, ResponseCode.TIMED_OUT}:
        with pytest.raises(ServiceUnavailable) as down:
            ask(oss, service)
        assert down.value.may_have_acted
    else:
        with pytest.raises(Refused) as caught:
            ask(oss, service)
        assert (caught.value.code, caught.value.remark) == (code, "kata OSS")
        assert "kata" not in str(caught.value)


@pytest.mark.parametrize("service", SERVICES)
def test_an_answer_may_come_without_its_envelope(service):
    _envelope, name, inside = SERVICES[service]
    ask(answering(200, {name: "200", **inside}), service)
    with pytest.raises(Refused):
        ask(answering(200, {name: "400", **inside}), service)


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"{}", b'{"x": 1}', b"[" * 100_000])
def test_what_cannot_be_read_is_not_guessed(service, body):
    if service == "inquire_project" and body == b'{"x": 1}':
        body = b'{"data": []}'
    with pytest.raises(ServiceUnavailable) as caught:
        ask(answering(200, body), service)
    assert caught.value.cause is UnavailableCause.UNREADABLE


@pytest.mark.parametrize(
    ("service", "inside"),
    [
        ("inquire_nib", {"dataNIB": {"nib": "2"}}),
        ("inquire_nib", {"dataNIB": []}),
        ("check_nib", {"dataNIB": {"nib": "2", "status": "01"}}),
        ("check_licence_status", {"dataIZIN": {"id_izin": "I-2", "kd_status": "50"}}),
        ("inquire_licence", {"data": {"id_izin": "I-1", "data_checklist": []}}),
        ("inquire_project", {"data": {"data_proyek": [{"id_proyek": "P-2"}]}}),
        ("inquire_file", {"url_file_ds": "http://oss.invalid/1"}),
    ],
)
def test_an_answer_about_something_else_is_no_answer(service, inside):
    envelope, name, _good = SERVICES[service]
    said = {name: 200, **inside}
    with pytest.raises(ServiceUnavailable) as caught:
        ask(answering(200, {envelope: said} if envelope else said), service)
    assert caught.value.cause is UnavailableCause.UNREADABLE


@pytest.mark.parametrize("service", SERVICES)
def test_only_what_changes_nothing_repeats_itself(service):
    seen = []
    with pytest.raises(ServiceUnavailable):
        ask(answering(503, b"", seen), service)
    is_report = service in {"report_status", "report_final", "update_final"}
    assert len(seen) == (1 if is_report else 2)
    assert seen[0].headers["user_key"] == KEY


@pytest.mark.parametrize(("said", "year"), [({}, None), ({"tahun_kbli": "2025"}, 2025)])
def test_an_edition_that_oss_does_not_say_is_not_said(said, year):
    project = {"id_proyek": "P-1", "kbli": 1131, **said}
    oss = answering(200, {"responinqueryNIB": {"kode": 200, "dataNIB": {"data_proyek": [project]}}})
    (found,) = oss.inquire_nib(nib="1").projects
    assert (found.kbli_code, found.kbli_year, found.size) == ("01131", year, None)


def test_areas_travel_by_the_codes_that_oss_uses():
    seen = []
    answer = {"responreceiveLicense": {"kode": 200, "nomor_izin": "7"}}
    oss = answering(200, answer, seen)
    oss._area_code = {"9601052001": "9201172001"}.get
    licence = LicenceResult("I-1", "1", LicenceStatus.APPROVED)
    oss.report_final(final(Numbers, licence))
    assert json.loads(seen[0].content)["IZINFINAL"]["kd_daerah"] == "9201172001"


@pytest.mark.parametrize("service", SERVICES)
def test_without_a_line_nothing_is_reached(service):
    with pytest.raises(ServiceUnavailable) as caught:
        ask(NoLine(), service)
    assert caught.value.cause is UnavailableCause.DOWN


# The wire


def test_an_entity_travels_under_the_names_of_the_guide():
    wire = json.loads(json.dumps(to_wire(COMPANY)))
    assert wire["jenis_pelaku_usaha"] == "01"
    assert {k: v for k, v in wire.items() if "perseroan" in k or "pengesahan" in k} == {
        "jenis_perseroan": "01",
        "nama_perseroan": "Contoh Laut Sejahtera",
        "npwp_perseroan": "0123456789012345",
        "alamat_perseroan": "Jalan Kantor 2",
        "rt_rw_perseroan": "001/002",
        "perseroan_daerah_id": "9601052001",
        "kode_pos_perseroan": "98457",
        "nomor_telpon_perseroan": "",
        "no_pengesahan": "AHU-000001.LATIHAN",
        "tgl_pengesahan": "2024-05-06",
    }
    assert wire["status_badan_hukum"] == "01"
    assert wire["legalitas"] == [{"jenis_legal": "01", "tgl_legal": "2024-05-01"}]
    (in_charge,) = wire["penanggung_jwb"]
    assert in_charge["no_identitas_penanggung_jwb"] == PERSON.applicant.nik
    assert in_charge["jabatan_penanggung_jwb"] == "Direktur"
    assert "flag_cabang" not in wire["data_proyek"][0]


@pytest.mark.parametrize("kind", EntityCode)
def test_partnerships_are_no_legal_entities(kind):
    partnerships = {EntityCode.LIMITED_PARTNERSHIP, EntityCode.FIRM}
    assert (kind.legal_status is LegalStatus.NOT_A_LEGAL_ENTITY) is (kind in partnerships)


def test_a_branch_travels_with_its_parents_nib_and_each_activity():
    wire = to_wire(BRANCH)
    assert (wire["jenis_pelaku_usaha"], wire["nib"]) == ("01", "8120000000001")
    project = wire["data_proyek"][0]
    assert {name: project[name] for name in ("flag_cabang", "npwp_cabang", "nama_cabang")} == {
        "flag_cabang": "Y",
        "npwp_cabang": "012345678901234",
        "nama_cabang": "Cabang Aimas",
    }
    assert project["no_identitas_pj"] == PERSON.applicant.nik


def test_a_person_sends_nothing_of_an_entity():
    wire = to_wire(PERSON)
    assert not {"nib", "nama_perseroan", "penanggung_jwb", "legalitas"} & set(wire)


def test_news_travels_under_the_names_of_the_guide_in_jakartas_time():
    licence = type("L", (), {"id_proyek": "P-1", "id_izin": "I-1", "kd_izin": "1"})
    late = datetime(2026, 11, 23, 17, 30, tzinfo=UTC)
    told = report(Numbers, licence, LicenceStatus.VALIDATION, late)
    assert report_to_wire(told)["tgl_status"] == "2026-11-24 00:30:00"
    assert report_to_wire(told)["kd_status"] == "20"
    sent = final_to_wire(final(Numbers, licence))
    assert (sent["tgl_terbit_izin"], sent["tgl_berlaku_izin"]) == ("2026-11-23", "")
