import json
import multiprocessing
import threading
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import httpx
import pytest
from structlog.testing import capture_logs
from werkzeug.serving import make_server

from app.adapters.http import ServiceClient, ServiceUnavailable, UnavailableCause, service_client
from app.adapters.oss.licensing import HttpLicensing
from app.adapters.oss.port import FilingNotOffered, HandoverReceipt, Refused
from app.adapters.oss.results import LicenceResult
from app.adapters.oss.wire import to_wire
from app.domain.law.business_size import BusinessSize, Capital
from app.domain.law.risk import RiskLevel
from app.domain.oss.codes import (
    KdKewenangan,
    LandStatus,
    LandUnit,
    LicenceStatus,
    NibStatus,
    Position,
    ProductType,
    ResponseCode,
)
from app.domain.oss.submission import (
    Activity,
    Address,
    Applicant,
    Declaration,
    Premises,
    Product,
    Submission,
)
from app.domain.written.person import Sex
from app.simulators._shared import SLOW_S, UnderscoreHeaders
from app.simulators.oss import HOLDER, NIB_PREFIX, create_oss_simulator

KEY = "latihan-user-key"
NOW = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)  # the 24th in Jakarta

KIOSK = Activity(
    kbli_year=2025,
    kbli_code="47112",
    description="Kios kelontong",
    risk=RiskLevel.LOW,
    premises=Premises(
        area_code="9601052001",
        address="Jalan Contoh 1",
        position=Position.LAND,
        land_area=Decimal(24),
        land_unit=LandUnit.SQUARE_METRE,
        land_status=LandStatus.BORROWED,
    ),
    capital=Capital(
        land_idr=10_000_000,
        building_idr=5_000_000,
        machines_idr=2_000_000,
        other_idr=500_000,
        working_idr=7_500_000,
    ),
    product=Product("Kebutuhan sehari-hari", Decimal("1200"), "paket", "Kios Contoh"),
    workers_male=1,
    workers_female=2,
    trade_name="Kios Contoh",
)
SUBMISSION = Submission(
    key="k" * 32,
    applicant=Applicant(
        nik="9601055403879001",
        name="Yosina Praktik",
        birth_date=date(1987, 3, 14),
        sex=Sex.FEMALE,
        phone="+6281200000001",
        address=Address("Jalan Contoh 1", "9601052001", "001/002", "98457"),
    ),
    activities=(KIOSK,),
    size=BusinessSize.MICRO,
    declarations=(Declaration.DATA_TRUE, Declaration.ENVIRONMENT),
)


@pytest.fixture
def slept():
    return []


@pytest.fixture
def simulator(tmp_path, slept):
    return create_oss_simulator(tmp_path, KEY, now=lambda: NOW, sleep=slept.append)


@pytest.fixture
def oss(simulator):
    return HttpLicensing(service_client("oss", simulator=simulator), KEY)


@pytest.fixture
def set_mode(tmp_path):
    def write(mode):
        (tmp_path / "oss.json").write_text(json.dumps({"mode": mode}))

    return write


def at_risk(risk):
    return replace(SUBMISSION, activities=(replace(KIOSK, risk=risk),))


# What is issued


def test_low_risk_gives_an_active_nib_that_is_the_licence(oss):
    receipt = oss.hand_over(SUBMISSION)
    result = oss.ask(receipt.oss_id)
    assert result.nib == receipt.nib
    assert result.nib_status is NibStatus.ACTIVE
    assert result.issued_on == date(2026, 11, 24)
    assert result.licences == (
        LicenceResult(
            id_izin=result.licences[0].id_izin,
            kd_izin="LATIHAN-NIB",
            status=LicenceStatus.APPROVED,
            product=None,
            nomor_izin=receipt.nib,
            tgl_terbit=date(2026, 11, 24),
            authority=KdKewenangan.CENTRAL,
            id_proyek=result.projects[0].id_proyek,
            kd_daerah="9601052001",
        ),
    )


def test_medium_low_risk_gives_a_certificate_beside_the_nib(oss):
    receipt = oss.hand_over(at_risk(RiskLevel.MEDIUM_LOW))
    (licence,) = oss.ask(receipt.oss_id).licences
    assert licence.product is ProductType.STANDARD_CERTIFICATE
    assert licence.status is LicenceStatus.APPROVED
    assert licence.nomor_izin == f"{receipt.nib}0001"


def test_each_activity_has_its_licence(oss):
    two = replace(
        SUBMISSION,
        activities=(KIOSK, replace(KIOSK, kbli_code="56101", risk=RiskLevel.MEDIUM_LOW)),
    )
    licences = oss.ask(oss.hand_over(two).oss_id).licences
    assert [each.kd_izin for each in licences] == ["LATIHAN-NIB", "LATIHAN-SS"]
    assert len({each.id_izin for each in licences}) == 2


@pytest.mark.parametrize(
    ("risk", "product"),
    [
        (RiskLevel.MEDIUM_HIGH, ProductType.STANDARD_CERTIFICATE),
        (RiskLevel.HIGH, ProductType.PERMIT),
    ],
)
def test_what_needs_a_decision_waits_for_the_regency(oss, risk, product):
    receipt = oss.hand_over(at_risk(risk))
    assert receipt.nib is not None
    (licence,) = oss.ask(receipt.oss_id).licences
    assert (licence.status, licence.product) == (LicenceStatus.REQUIREMENTS_FILLED, product)
    assert (licence.nomor_izin, licence.tgl_terbit) == (None, None)
    assert licence.authority is KdKewenangan.REGENCY


def test_numbers_can_never_be_taken_for_real_ones(oss):
    receipt = oss.hand_over(SUBMISSION)
    assert receipt.nib is not None
    assert receipt.nib.startswith(NIB_PREFIX)
    assert len(receipt.nib) == 13
    assert receipt.nib.isdigit()
    assert receipt.oss_id.startswith("LATIHAN-")
    ids = [receipt.oss_id, *(each.id_izin for each in oss.ask(receipt.oss_id).licences)]
    assert all(len(each) <= 25 for each in ids)


def test_a_nib_can_be_checked(oss):
    nib = oss.hand_over(SUBMISSION).nib
    check = oss.check_nib(nib)
    assert (check.nib, check.status, check.holder) == (nib, NibStatus.ACTIVE, HOLDER)
    with pytest.raises(Refused):
        oss.check_nib("8120207732259")


def test_unknown_submissions_are_refused(oss):
    with pytest.raises(Refused) as caught:
        oss.ask("LATIHAN-2026112400000000")
    assert caught.value.remark


@pytest.mark.parametrize(
    "spoilt",
    [
        replace(SUBMISSION, key="short"),
        replace(SUBMISSION, activities=()),
        replace(SUBMISSION, activities=(replace(KIOSK, premises=Premises("960105", "Jalan")),)),
        replace(SUBMISSION, activities=(replace(KIOSK, kbli_code="4711"),)),
        replace(SUBMISSION, applicant=replace(SUBMISSION.applicant, nik="96")),
        replace(SUBMISSION, applicant=replace(SUBMISSION.applicant, name=" ")),
    ],
)
def test_incomplete_submissions_are_refused(oss, spoilt):
    with pytest.raises(Refused) as caught:
        oss.hand_over(spoilt)
    assert caught.value.code is ResponseCode.BAD_DATA


# Handed over once


def test_the_same_key_gives_the_same_numbers(oss):
    assert oss.hand_over(SUBMISSION) == oss.hand_over(SUBMISSION)
    assert oss.hand_over(replace(SUBMISSION, key="j" * 32)) != oss.hand_over(SUBMISSION)


def test_other_content_under_a_used_key_is_refused(oss):
    receipt = oss.hand_over(SUBMISSION)
    for other in (
        replace(SUBMISSION, size=BusinessSize.SMALL),
        replace(SUBMISSION, declarations=()),
    ):
        with pytest.raises(Refused):
            oss.hand_over(other)
    assert oss.hand_over(SUBMISSION) == receipt


@pytest.mark.parametrize("mode_of_second_try", ["up", "accept_then_die"])
def test_dying_after_acceptance_does_not_file_twice(oss, set_mode, tmp_path, mode_of_second_try):
    set_mode("accept_then_die")
    with pytest.raises(ServiceUnavailable) as caught:
        oss.hand_over(SUBMISSION)
    assert caught.value.may_have_acted
    set_mode(mode_of_second_try)
    receipt = oss.hand_over(SUBMISSION)
    assert receipt == oss.hand_over(SUBMISSION)
    assert oss.ask(receipt.oss_id).nib == receipt.nib


def test_a_submission_that_arrives_after_we_gave_up_is_not_filed_twice(tmp_path, set_mode):
    awake = threading.Event()
    simulator = create_oss_simulator(tmp_path, KEY, now=lambda: NOW, sleep=awake.wait)
    oss = HttpLicensing(service_client("oss", simulator=simulator), KEY)
    set_mode("slow")
    with pytest.raises(ServiceUnavailable) as caught:
        oss.hand_over(SUBMISSION, budget_s=0.2)
    assert caught.value.cause is UnavailableCause.TIMEOUT
    assert caught.value.may_have_acted
    set_mode("up")
    awake.set()  # the one left behind goes on now, beside the next
    receipt = oss.hand_over(SUBMISSION)
    assert receipt == oss.hand_over(SUBMISSION)


def test_threads_with_the_same_key_get_the_same_numbers(oss):
    receipts = []
    callers = [
        threading.Thread(target=lambda: receipts.append(oss.hand_over(SUBMISSION, budget_s=8)))
        for _ in range(8)
    ]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert len(receipts) == 8
    assert len(set(receipts)) == 1


def _hand_over(state_dir, receipts):
    simulator = create_oss_simulator(state_dir, KEY)
    receipt = HttpLicensing(service_client("oss", simulator=simulator), KEY).hand_over(
        SUBMISSION, budget_s=8
    )
    receipts.put((receipt.oss_id, receipt.nib))


def test_processes_with_the_same_key_get_the_same_numbers(tmp_path):
    context = multiprocessing.get_context("spawn")
    receipts = context.Queue()
    processes = [context.Process(target=_hand_over, args=(tmp_path, receipts)) for _ in range(2)]
    for process in processes:
        process.start()
    assert len({receipts.get(timeout=30) for _ in processes}) == 1
    for process in processes:
        process.join()


# Modes, access, port


def test_slow_and_down(oss, set_mode, slept):
    set_mode("slow")
    oss.hand_over(SUBMISSION)
    assert slept == [SLOW_S]
    set_mode("down")
    with pytest.raises(ServiceUnavailable) as caught:
        oss.hand_over(SUBMISSION)
    assert caught.value.cause is UnavailableCause.DOWN


def test_a_wrong_key_is_a_matter_of_access(simulator):
    for key in ("", "wrong"):
        with pytest.raises(Refused) as caught:
            HttpLicensing(service_client("oss", simulator=simulator), key).ask("x")
        assert caught.value.code is ResponseCode.BAD_KEY
        assert caught.value.is_about_access


def test_the_simulator_answers_what_it_does_not_offer(simulator):
    client = httpx.Client(
        transport=httpx.WSGITransport(app=simulator),
        base_url="http://x.invalid",
        headers={"user_key": KEY},
    )
    assert client.post("/receiveCertificate", json={}).status_code == 404
    assert client.get("/inqueryNIB").status_code == 405
    for body in (b"", b"[]", b"{", b'{"INQUERYNIB": []}', b'{"CHECKNIB": {}}'):
        assert client.post("/inqueryNIB", content=body).status_code == 400
    client.close()


def test_a_simulator_needs_a_key(tmp_path):
    with pytest.raises(ValueError, match="user_key"):
        create_oss_simulator(tmp_path, "")


def test_over_a_port_it_is_the_same(simulator):
    server = make_server(
        "127.0.0.1", 0, simulator, threaded=True, request_handler=UnderscoreHeaders
    )
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    client = service_client("oss", base_url=f"http://127.0.0.1:{server.port}")
    try:
        oss = HttpLicensing(client, KEY, practice=True)
        receipt = oss.hand_over(SUBMISSION)
        assert oss.ask(receipt.oss_id).nib == receipt.nib
    finally:
        client.close()
        server.shutdown()
        server.server_close()


def answering(status, body):
    """An OSS behind which one fixed answer stands."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    transport = httpx.MockTransport(lambda _request: httpx.Response(status, content=content))
    client = httpx.Client(transport=transport, base_url="http://x.invalid")
    return HttpLicensing(ServiceClient("oss", client), KEY, practice=True)


def test_nothing_is_filed_at_a_real_address():
    client = service_client("oss", base_url="http://x.invalid")
    with pytest.raises(FilingNotOffered):
        HttpLicensing(client, KEY).hand_over(SUBMISSION)
    client.close()


# Answers of the real kind


@pytest.mark.parametrize("as_text", [False, True])
@pytest.mark.parametrize("in_status_too", [False, True])
@pytest.mark.parametrize("code", ResponseCode)
def test_every_code_has_its_outcome(code, in_status_too, as_text):
    said = str(int(code)) if as_text else int(code)
    oss = answering(
        int(code) if in_status_too else 200,
        {
            "responinqueryNIB": {
                "kode": said,
                "keterangan": "keterangan",
                "dataNIB": {"oss_id": "O-1", "nib": "8120000000000", "status_nib": "01"},
            }
        },
    )
    if code is ResponseCode.OK:
        assert oss.ask("O-1").nib == "8120000000000"
    elif code in {ResponseCode.FAILED, ResponseCode.TIMED_OUT}:
        with pytest.raises(ServiceUnavailable):
            oss.ask("O-1")
    else:
        with pytest.raises(Refused) as caught:
            oss.ask("O-1")
        assert caught.value.code is code


def test_a_status_alone_is_enough():
    with pytest.raises(Refused):
        answering(401, b"<h1>no</h1>").ask("O-1")
    with pytest.raises(ServiceUnavailable):
        answering(500, b"<h1>no</h1>").ask("O-1")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        [],
        {},
        {"responinqueryNIB": []},
        {"responinqueryNIB": {"kode": 200}},
        {"responinqueryNIB": {"kode": 418, "dataNIB": {"oss_id": "O-1"}}},
        {"responinqueryNIB": {"kode": 200, "dataNIB": {"oss_id": "O-2"}}},
    ],
)
def test_what_cannot_be_read_is_not_guessed(body):
    with pytest.raises(ServiceUnavailable) as caught:
        answering(200, body).ask("O-1")
    assert caught.value.cause is UnavailableCause.UNREADABLE


def test_a_receipt_without_number_is_unreadable_and_one_without_nib_is_not():
    with pytest.raises(ServiceUnavailable):
        answering(200, {"responPENGAJUAN": {"kode": 200}}).hand_over(SUBMISSION)
    receipt = answering(200, {"responPENGAJUAN": {"kode": 200, "oss_id": "O-1"}}).hand_over(
        SUBMISSION
    )
    assert receipt == HandoverReceipt("O-1", None)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-23", date(2026, 11, 23)),
        ("2026-11-23 10:00:00", date(2026, 11, 23)),
        ("2026-11-22T17:00:00.000Z", date(2026, 11, 23)),
        ("2026-11-23T10:00:00", date(2026, 11, 23)),
        ("0000-00-00", None),
        ("", None),
    ],
)
def test_dates_are_the_days_of_jakarta(text, day):
    data = {"oss_id": "O-1", "nib": "8120000000000", "tgl_terbit_nib": text}
    oss = answering(200, {"responinqueryNIB": {"kode": 200, "dataNIB": data}})
    assert oss.ask("O-1").issued_on == day


# The wire


def test_the_wire_carries_the_names_of_the_guide():
    wire = to_wire(SUBMISSION)
    assert json.loads(json.dumps(wire)) == {
        "jenis_pelaku_usaha": "02",
        "flag_umk": "Y",
        "skala_usaha": "01",
        "jenis_id_user_proses": "01",
        "no_id_user_proses": "9601055403879001",
        "nama_user_proses": "Yosina Praktik",
        "jns_kelamin_user_proses": "P",
        "tgl_lahir_user_proses": "1987-03-14",
        "hp_user_proses": "+6281200000001",
        "email_user_proses": "",
        "alamat_user_proses": "Jalan Contoh 1",
        "rt_rw_user_proses": "001/002",
        "daerah_id_user_proses": "9601052001",
        "data_proyek": [
            {
                "kbli": "47112",
                "tahun_kbli": "2025",
                "deskripsi_kegiatan": "Kios kelontong",
                "nama_kegiatan": "Kios Contoh",
                "jenis_proyek": "01",
                "status_proyek": "01",
                "skala_usaha": "01",
                "skala_resiko": "R",
                "jumlah_tki_l": 1,
                "jumlah_tki_p": 2,
                "memiliki_menguasai": "Y",
                "status_tanah": "03",
                "luas_tanah": 24,
                "satuan_luas_tanah": "01",
                "pembelian_pematang_tanah": 10_000_000,
                "bangunan_gedung": 5_000_000,
                "mesin_peralatan": 2_000_000,
                "investasi_lain": 500_000,
                "sub_jumlah": 17_500_000,
                "modal_kerja": 7_500_000,
                "jumlah_investasi": 25_000_000,
                "data_lokasi_proyek": [
                    {
                        "proyek_daerah_id": "9601052001",
                        "alamat_usaha": "Jalan Contoh 1",
                        "status_lokasi": "01",
                        "data_posisi_proyek": [{"posisi_lokasi": "01"}],
                    }
                ],
                "data_proyek_produk": [
                    {
                        "kbli": "47112",
                        "jenis_produksi": "Kebutuhan sehari-hari",
                        "kapasitas": 1200,
                        "satuan": "paket",
                        "merk_dagang": "Kios Contoh",
                    }
                ],
            }
        ],
    }


@pytest.mark.parametrize(
    ("area", "unit", "sent"),
    [
        (Decimal(2), LandUnit.HECTARE, (2, "02")),
        (Decimal("0.5"), LandUnit.HECTARE, (5000, "01")),
        (Decimal("12.5"), LandUnit.SQUARE_METRE, (13, "01")),
        (Decimal("0.2"), LandUnit.SQUARE_METRE, (1, "01")),
    ],
)
def test_land_is_sent_in_whole_numbers(area, unit, sent):
    premises = replace(KIOSK.premises, land_area=area, land_unit=unit)
    wire = to_wire(replace(SUBMISSION, activities=(replace(KIOSK, premises=premises),)))
    project = wire["data_proyek"][0]
    assert (project["luas_tanah"], project["satuan_luas_tanah"]) == sent


def test_no_land_and_a_point_on_the_map():
    premises = replace(KIOSK.premises, land_area=None, latitude="-0.95", longitude="131.3")
    activity = replace(
        KIOSK, premises=premises, product=replace(KIOSK.product, capacity=Decimal("2.505"))
    )
    project = to_wire(replace(SUBMISSION, activities=(activity,)))["data_proyek"][0]
    assert project["memiliki_menguasai"] == "N"
    assert "luas_tanah" not in project
    place = project["data_lokasi_proyek"][0]
    assert place["data_lokasi_proyek"] == [{"serial": 1, "lat_lng": "-0.95,131.3"}]
    assert project["data_proyek_produk"][0]["kapasitas"] == 2.51


def test_the_strictest_activity_sets_the_risk():
    both = replace(SUBMISSION, activities=(replace(KIOSK, risk=RiskLevel.HIGH), KIOSK))
    assert both.risk is RiskLevel.HIGH
    assert not replace(SUBMISSION, size=BusinessSize.MEDIUM).is_umk


# Privacy


def test_nothing_about_the_person_is_logged_shown_or_kept(oss, set_mode, tmp_path, caplog):
    caplog.set_level("DEBUG")
    with capture_logs() as logs:
        receipt = oss.hand_over(SUBMISSION)
        oss.ask(receipt.oss_id)
        set_mode("down")
        with pytest.raises(ServiceUnavailable) as down:
            oss.hand_over(SUBMISSION)
        set_mode("up")
        with pytest.raises(Refused) as refused:
            oss.hand_over(replace(SUBMISSION, size=BusinessSize.MEDIUM))
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir()).decode("latin-1")
    everything = f"{logs} {caplog.text} {down.value} {refused.value} {SUBMISSION} {kept}"
    for secret in ("9601055403879001", "Yosina", "Jalan Contoh", "81200000001", "1987-03-14"):
        assert secret not in everything
    assert SUBMISSION.key not in f"{logs} {caplog.text} {SUBMISSION}"
