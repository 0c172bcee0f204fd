"""OSS calls us: only OSS, only where we are connected, each call counted once."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text

from app.domain.oss.handover import HandoverState
from app.domain.oss.nib import NibSource
from app.domain.oss.notices import NoticeState
from app.domain.oss.service_mode import ServiceMode
from app.extensions import db, ports
from app.models.dossier import Handover, Job
from app.models.message import Message
from app.models.oss_notice import OssNotice
from app.services.base.jobs import JobKind
from app.services.dossier import opening
from app.services.licence import standing
from app.services.oss import handovers, nibs, reconciliation, submission
from app.services.oss import notices as oss_notices
from app.services.oss.notices import BadNotice
from app.services.rights import retention
from app.work.oss import notices as notices_work
from tests.factories import PEOPLE, bring_forward, dossier_at, logged, new_line, run, sent_dossier

NIB, OTHER_NIB = "8120000000001", "8120000000002"
NIB_PATH, FILE_PATH = "/api/oss/receiveNIB", "/api/oss/receiveFileDS"
NAME, PASSWORD = "OSS000", "rahasia"


@pytest.fixture(autouse=True)
def fresh_line(app):
    new_line(app)


@pytest.fixture
def connected(app):
    """The same program, connected to OSS; people file at oss.go.id."""
    before = app.config["SETTINGS"]
    app.config["SETTINGS"] = dataclasses.replace(
        before, mode=ServiceMode.CONNECTED, oss_username=NAME, oss_password=PASSWORD
    )
    yield app
    app.config["SETTINGS"] = before


@pytest.fixture
def line(connected):
    return connected.test_client()


def token(number=NIB, *, days=0, at=None, password=PASSWORD):
    day = ((at or datetime.now(UTC)) + timedelta(hours=7, days=days)).strftime("%Y%m%d")
    return hashlib.sha1(f"{NAME}{password}{number}{day}".encode()).hexdigest()


def content(who=None, **more):
    data = {"nib": NIB, "oss_id": "O-1", "status_nib": "01", **more}
    if who is not None:
        data |= {
            "jenis_id_user_proses": "01",
            "no_id_user_proses": who.nik,
            "nama_user_proses": who.typed_name,
            "data_proyek": [{"kbli": "47112"}],
        }
    return {"dataNIB": data}


def call(line, body, shown=None, path=NIB_PATH):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return line.post(path, data=raw, headers={"Token": token() if shown is None else shown})


def notices():
    return db.session.scalars(select(OssNotice).order_by(OssNotice.id)).all()


def handle(database):
    """Let the worker do what the notices asked for."""
    bring_forward()
    for job in database.scalars(
        select(Job).where(Job.kind == JobKind.OSS_NOTICES, Job.done_at.is_(None))
    ).all():
        assert run(job.id)


def told(database, dossier):
    """Return what is to be told to the person."""
    return database.scalars(select(Message).where(Message.dossier_id == dossier.id)).all()


def filed_at_oss(who="kiosk"):
    """Return a dossier that waits for the NIB that OSS will give its person."""
    dossier = dossier_at(None, who=who)
    handovers.send(dossier)
    db.session.commit()
    return dossier


# Who may


@pytest.mark.parametrize("path", [NIB_PATH, FILE_PATH])
@pytest.mark.parametrize("mode", [ServiceMode.TRAINING, ServiceMode.ASSIST])
def test_elsewhere_there_is_nothing(connected, path, mode):
    connected.config["SETTINGS"] = dataclasses.replace(connected.config["SETTINGS"], mode=mode)
    assert call(connected.test_client(), content(), path=path).status_code == 404


@pytest.mark.parametrize("days", [-1, 0, 1])
@pytest.mark.parametrize("spelt", [str.lower, str.upper])
def test_a_right_token_is_taken(line, database, days, spelt):
    answer = call(line, content(), spelt(token(days=days)))
    assert answer.status_code == 200
    assert answer.json == {"responreceiveNIB": {"status": "1", "keterangan": "Sukses"}}
    assert answer.headers["Content-Type"] == "application/json"
    assert len(notices()) == 1


def test_a_token_over_the_tax_number_is_taken_too(line, database):
    npwp = "0123456789012345"
    assert call(line, content(npwp_perseroan=npwp), token(npwp)).status_code == 200
    assert call(line, content(npwp_perseroan=""), token("")).status_code == 401


@pytest.mark.parametrize(
    "shown",
    ["", "x", "é", token(days=-2), token(days=2), token(OTHER_NIB), token(password="falsch")],
)
def test_a_wrong_token_is_refused_and_nothing_is_kept(line, database, shown):
    answer = line.post(
        NIB_PATH, data=json.dumps(content()), headers=[("Token", shown.encode().decode("latin-1"))]
    )
    assert answer.status_code == 401
    assert answer.json["responreceiveNIB"]["status"] == "2"
    assert notices() == []
    assert database.scalars(select(Job)).all() == []


def test_without_a_token_nothing_is_taken(line, database):
    assert line.post(NIB_PATH, data=json.dumps(content())).status_code == 401
    assert notices() == []


def test_the_day_is_jakartas():
    late = datetime(2026, 11, 23, 17, 30, tzinfo=UTC)  # the 24th there
    call_of = ("receiveNIB", json.dumps(content()).encode())
    proof = {"username": NAME, "password": PASSWORD, "now": late}
    oss_notices.prove(*call_of, token(at=late, days=1), **proof)
    with pytest.raises(oss_notices.NotOss):
        oss_notices.prove(*call_of, token(at=late, days=-2), **proof)


@pytest.mark.parametrize(("name", "password"), [("", PASSWORD), (NAME, ""), ("", "")])
def test_unset_names_let_nobody_in(name, password):
    body = json.dumps(content()).encode()
    day = (datetime.now(UTC) + timedelta(hours=7)).strftime("%Y%m%d")
    shown = hashlib.sha1(f"{name}{password}{NIB}{day}".encode()).hexdigest()
    with pytest.raises(oss_notices.NotOss):
        oss_notices.prove(
            "receiveNIB", body, shown, username=name, password=password, now=datetime.now(UTC)
        )


# What is taken


@pytest.mark.parametrize(
    "headers", [{"Authorization": f"Bearer {token()}"}, {"Authorization": f"bearer {token()}"}]
)
def test_the_token_may_stand_where_receivers_in_daily_use_are_given_it(line, database, headers):
    body = json.dumps(content()).encode()
    assert line.post(NIB_PATH, data=body, headers=headers).status_code == 200
    assert line.post(f"{NIB_PATH}?token={token()}", data=body).status_code == 200
    wrong = {"Authorization": f"Bearer {token(OTHER_NIB)}"}
    assert line.post(NIB_PATH, data=body, headers=wrong).status_code == 401
    assert line.post(f"{NIB_PATH}?token=x", data=body).status_code == 401
    basic = {"Authorization": f"Basic {token()}"}
    assert line.post(NIB_PATH, data=body, headers=basic).status_code == 401
    assert len(notices()) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"", b"[]", b"{", b"null", b'{"dataNIB": []}', b'{"dataNIB": {}}', b'{"x": {}}',
        b'{"dataNIB": {"nib": "812"}}', b'{"dataNIB": {"nib": "-"}}', b"\xff\xfe",
        b'{"dataNIB": {"nib": ["8120000000001", "8120000000002"]}}',
        b'{"dataNIB": ' * 3 + b"[" * 5000, b'{"dataNIB": {"nib": 1e999999999}}',
        b'{"dataNIB": {"nib": 1e5000, "npwp_perseroan": 1e9}}',
    ],
)  # fmt: skip
def test_what_names_no_nib_cannot_be_proven(line, database, body):
    answer = call(line, body)
    assert answer.status_code == 400
    assert answer.json["responreceiveNIB"]["status"] == "2"
    assert notices() == []


@pytest.mark.parametrize(
    "body",
    [
        b'{"dataNIB": {"nib": "8120000000001", "oss_id": ',  # broken off on the way
        b'{"dataNIB": {"nib": "8120000000001", "x": ' + b"[" * 5000,
        json.dumps({"lain": {"nib": NIB}}).encode(),
        b'{"dataNIB": {"nib": "8120000000001", "x": "' + b"y" * oss_notices.BODY_AT_MOST + b'"}}',
    ],
    ids=["broken off", "deep", "another envelope", "too long"],
)
def test_what_oss_said_is_kept_although_it_cannot_be_read(line, database, body):
    dossier = sent_dossier()
    dossier.handover.nib = NIB
    database.commit()
    assert call(line, body, "wrong").status_code == 401
    assert notices() == []
    with logged() as log:
        answer = call(line, body)
        assert answer.json == {"responreceiveNIB": {"status": "1", "keterangan": "Sukses"}}
        handle(database)
    assert "oss_notice_partly_unread" in log.getvalue()
    assert NIB not in log.getvalue()
    (row,) = notices()
    assert (row.state, row.dossier_id, row.unread) == (NoticeState.MATCHED, dossier.id, ["dataNIB"])


def test_what_could_not_be_read_waits_and_is_read_again(app, line, database):
    assert call(line, b'{"dataNIB": {"nib": "8120000000001", ').status_code == 200
    handle(database)
    (row,) = notices()
    assert row.state == NoticeState.UNMATCHED
    listed = app.test_cli_runner().invoke(args=["oss", "waiting"]).output
    assert "not read: dataNIB" in listed
    row.body = json.dumps(content(PEOPLE["kiosk"]))
    dossier = filed_at_oss()
    again = app.test_cli_runner().invoke(args=["oss", "read-again", str(row.id)])
    assert again.exit_code == 0, again.output
    handle(database)
    assert state_of(database, dossier) == (NoticeState.MATCHED, dossier.id, NIB)


def test_a_doubt_about_a_name_goes_to_staff_with_both_spellings(app, line, database):
    dossier = filed_at_oss()
    body = content(PEOPLE["kiosk"])
    body["dataNIB"]["nama_user_proses"] = "Orang Lain"
    call(line, body)
    handle(database)
    (row,) = notices()
    said = app.test_cli_runner().invoke(args=["oss", "spellings", str(row.id)]).output
    assert dossier.support_number in said
    assert f"here “{dossier.applicant.name}”, at OSS “Orang Lain”" in said


def test_the_end_of_a_nib_is_taken_at_once(line, database):
    dossier = sent_dossier()
    dossier.handover.nib = NIB
    database.commit()
    call(line, content(tipe_dokumen=3))
    handle(database)
    assert dossier.handover.nib_status == "06"


def test_the_signed_paper_is_told_once_its_licence_is_known(line, database):
    dossier = filed_at_oss()
    held = ports.licensing.hand_over(submission.submission_of(dossier))
    dossier.handover.nib, dossier.handover.oss_id = held.nib, held.oss_id
    compare_again(database, dossier)
    (licence,) = standing.of(dossier)
    body = {
        "receiveFileDS": {
            "nib": int(dossier.handover.nib),
            "id_izin": licence.id_izin,
            "file_izin": None,
        }
    }
    shown = token(dossier.handover.nib)
    assert call(line, body, shown, path=FILE_PATH).status_code == 200
    handle(database)
    for _ in range(2):
        compare_again(database, dossier)
    assert licence.paper_at is not None
    paper = {m.cause for m in told(database, dossier) if "paper" in m.dedupe_key}
    assert len(paper) == 1


def test_nobody_loses_a_notice_by_a_limit(make_app):
    app = make_app(testing=False)
    app.config["SETTINGS"] = dataclasses.replace(
        app.config["SETTINGS"], mode=ServiceMode.CONNECTED, oss_username=NAME, oss_password=PASSWORD
    )
    line = FlaskClient(app)
    for _ in range(125):
        last = call(line, content(), "x")
    assert last.status_code == 429
    assert last.json["responreceiveNIB"]["status"] == "2"
    assert last.headers["Retry-After"]
    assert {call(line, content(oss_id=f"O-{n}")).status_code for n in range(130)} == {200}


def test_notices_about_people_who_never_came_go_after_thirty_days(line, database):
    call(line, content(PEOPLE["kiosk"]))
    handle(database)
    (row,) = notices()
    came_at = row.received_at
    retention.carry_out(came_at + timedelta(days=30) - timedelta(minutes=1))
    assert len(notices()) == 1
    retention.carry_out(came_at + timedelta(days=30) + timedelta(minutes=1))
    database.commit()
    assert notices() == []


def test_the_same_words_much_later_are_news_again(line, database):
    dossier = sent_dossier()
    dossier.handover.nib = NIB
    database.commit()
    call(line, content(status_nib="05"))
    handle(database)
    (row,) = notices()
    row.received_at -= timedelta(hours=1)
    dossier.handover.nib_status = "01"
    database.commit()
    assert call(line, content(status_nib="05")).status_code == 200
    handle(database)
    assert dossier.handover.nib_status == "05"


def test_frozen_active_and_frozen_again_within_minutes_is_frozen(line, database):
    dossier = sent_dossier()
    dossier.handover.nib = NIB
    database.commit()
    for code in ("05", "01"):
        assert call(line, content(status_nib=code)).status_code == 200
        handle(database)
    dossier.handover.nib_status = "01"  # as OSS said when it was asked in between
    database.commit()
    for _ in range(2):
        assert call(line, content(status_nib="05")).status_code == 200
        handle(database)
    assert dossier.handover.nib_status == "05"
    assert len(notices()) == 2


def test_a_notice_that_cannot_be_handled_holds_up_no_other(app, line, database, monkeypatch):
    dossier = sent_dossier()
    dossier.handover.nib = NIB
    database.commit()
    assert call(line, content(oss_id="O-7", nib=OTHER_NIB), token(OTHER_NIB)).status_code == 200
    assert call(line, content(status_nib="05")).status_code == 200
    read = notices_work.read

    def stumble(row):
        if row.nib == OTHER_NIB:
            raise ValueError("9601055403879001")
        return read(row)

    monkeypatch.setattr(notices_work, "read", stumble)
    with logged() as log:
        handle(database)
    database.expire_all()
    assert dossier.handover.nib_status == "05"
    assert "oss_notice_not_handled" in log.getvalue()
    assert "9601055403879001" not in log.getvalue()
    listed = app.test_cli_runner().invoke(args=["oss", "waiting"]).output
    assert f"NIB {OTHER_NIB}" in listed
    assert "not read: ?" in listed


def test_a_national_recode_is_taken_whole(line, database):
    dossier = sent_dossier()
    dossier.handover.nib = NIB
    database.commit()
    numbers = [f"9120{n:09d}" for n in range(150)]
    for number in numbers:
        assert call(line, content(nib=number), token(number)).status_code == 200
    assert call(line, content(status_nib="05")).status_code == 200
    bring_forward()
    of_notices = select(Job.id).where(Job.kind == JobKind.OSS_NOTICES).order_by(Job.id)
    for job_id in database.scalars(of_notices).all():
        run(job_id)  # each takes some; what is left is for the next
    assert [n.state for n in notices()].count(NoticeState.UNMATCHED) == 150
    database.expire_all()
    assert dossier.handover.nib_status == "05"


def test_the_same_call_counts_once(line, database):
    body = content()
    for again in (body, {"dataNIB": dict(reversed(body["dataNIB"].items()))}):
        assert call(line, again).json["responreceiveNIB"]["status"] == "1"
    assert len(notices()) == 1
    assert len(database.scalars(select(Job).where(Job.kind == JobKind.OSS_NOTICES)).all()) == 1
    assert call(line, content(status_nib="05")).status_code == 200
    assert len(notices()) == 2


def test_only_post_is_there(line):
    assert line.get(NIB_PATH).status_code == 405


def test_nothing_of_a_person_is_logged_or_readable_at_rest(line, database):
    who = PEOPLE["kiosk"]
    with logged() as log:
        assert call(line, content(who)).status_code == 200
    raw = database.execute(text("SELECT body FROM oss_notices")).scalar_one()
    for value in (who.nik, who.typed_name, NIB, PASSWORD):
        assert value not in log.getvalue(), value
        assert value.encode() not in bytes(raw), value
    (row,) = notices()
    assert who.nik in (row.body or "")


# Whose it is


def state_of(database, dossier):
    database.expire_all()
    (row,) = notices()
    return row.state, row.dossier_id, dossier.handover.nib


def test_by_nik_and_name_it_finds_the_one_who_waits(line, database):
    dossier = filed_at_oss()
    call(line, content(PEOPLE["kiosk"]))
    handle(database)
    assert state_of(database, dossier) == (NoticeState.MATCHED, dossier.id, NIB)
    handover = dossier.handover
    assert (handover.state, handover.oss_id, handover.nib_status) == (
        HandoverState.ACCEPTED, "O-1", "01",
    )  # fmt: skip
    assert [e.kind for e in dossier.events].count("nib_received") == 1
    assert notices()[0].body is None, "what was sent is needed no more"
    planned = database.scalars(select(Job).where(Job.kind == JobKind.RECONCILE)).all()
    assert [job.dossier_id for job in planned] == [dossier.id]


def compare_again(database, dossier):
    """Let the worker compare the file with OSS, as the notice asked for."""
    database.commit()
    bring_forward()
    assert run(reconciliation.plan(dossier).id)
    database.expire_all()


def test_a_nib_from_oss_is_told_as_such_and_confirmed_once_oss_was_asked(line, database):
    dossier = filed_at_oss()
    call(line, content(PEOPLE["kiosk"]))
    handle(database)
    handover = dossier.handover
    assert handover.nib_source == "oss"
    assert handover.nib_at is not None
    assert handover.nib_confirmed_at is None, "a call alone proves nothing about the number"
    assert "status_changed" in {each.kind for each in told(database, dossier)}
    held = ports.licensing.hand_over(submission.submission_of(dossier))
    handover.nib, handover.oss_id = held.nib, held.oss_id
    compare_again(database, dossier)
    assert handover.nib_confirmed_at is not None
    assert handover.nib_doubt is None
    compare_again(database, dossier)
    assert [e.kind for e in dossier.events].count("nib_confirmed") == 1


def test_a_nib_that_oss_told_and_does_not_know_is_doubted_until_it_does(line, database):
    dossier = filed_at_oss()
    call(line, content(PEOPLE["kiosk"]))
    handle(database)
    handover = dossier.handover
    for _ in range(2):
        compare_again(database, dossier)
        assert (handover.nib_doubt, handover.nib_confirmed_at) == ("unknown", None)
    assert [e.kind for e in dossier.events].count("nib_doubted") == 1
    (again,) = database.scalars(
        select(Job).where(Job.kind == JobKind.RECONCILE, Job.done_at.is_(None))
    ).all()
    assert again.due_at > datetime.now(UTC) + timedelta(hours=5)
    held = ports.licensing.hand_over(submission.submission_of(dossier))
    handover.nib, handover.oss_id = held.nib, held.oss_id
    compare_again(database, dossier)
    assert handover.nib_doubt is None
    assert handover.nib_confirmed_at is not None


def test_a_typed_nib_is_neither_doubted_nor_confirmed_by_comparing(line, database):
    dossier = filed_at_oss()
    nibs.receive(dossier, OTHER_NIB, NibSource.TYPED)
    compare_again(database, dossier)
    assert (dossier.handover.nib_doubt, dossier.handover.nib_confirmed_at) == (None, None)


@pytest.mark.parametrize(
    "other",
    [
        {"nama_user_proses": "Orang Lain"},
        {"nama_user_proses": ""},
        {"no_id_user_proses": "9601055403879999"},
        {"no_id_user_proses": ""},
        {"jenis_id_user_proses": "02"},
    ],
    ids=str,
)
def test_neither_a_name_nor_a_nik_alone_decides(line, database, other):
    dossier = filed_at_oss()
    body = content(PEOPLE["kiosk"])
    body["dataNIB"] |= other
    call(line, body)
    handle(database)
    assert state_of(database, dossier) == (NoticeState.UNMATCHED, None, None)
    assert [row.nib for row in oss_notices.waiting_for_staff()] == [NIB]


def test_the_one_in_charge_of_an_entity_counts_too(line, database):
    dossier, who = filed_at_oss(), PEOPLE["kiosk"]
    in_charge = {
        "jns_identitas_penanggung_jwb": "01",
        "no_identitas_penanggung_jwb": who.nik,
        "nama_penanggung_jwb": f"  {who.typed_name.lower()} ",
    }
    call(line, content(penanggung_jwb=[in_charge]))
    handle(database)
    assert state_of(database, dossier) == (NoticeState.MATCHED, dossier.id, NIB)


def test_of_several_files_the_activity_decides_or_staff_do(line, database):
    one, two = filed_at_oss(), filed_at_oss()
    call(line, content(PEOPLE["kiosk"]))
    handle(database)
    assert state_of(database, one) == (NoticeState.UNMATCHED, None, None)
    two.activity.kbli_code = "56101"
    row = notices()[0]
    row.state = NoticeState.NEW
    database.commit()
    notices_work._match(row.id)
    assert state_of(database, one) == (NoticeState.MATCHED, one.id, NIB)
    assert two.handover.nib is None


def test_a_file_that_was_never_sent_is_not_touched(line, database):
    dossier = dossier_at(None)
    call(line, content(PEOPLE["kiosk"]))
    handle(database)
    assert notices()[0].state == NoticeState.UNMATCHED
    assert dossier.handover is None


def test_a_known_nib_finds_its_file_whoever_applied(line, database):
    dossier = sent_dossier()
    dossier.handover.nib = NIB
    database.commit()
    call(line, content(PEOPLE["farmer"]))
    call(
        line,
        {"receiveFileDS": {"nib": NIB, "id_izin": "I-1", "file_izin": "https://x.invalid"}},
        path=FILE_PATH,
    )
    handle(database)
    assert [(n.state, n.dossier_id) for n in notices()] == [(NoticeState.MATCHED, dossier.id)] * 2
    assert [e.kind for e in dossier.events].count("nib_received") == 0, "it was known before"


def test_a_known_oss_id_finds_its_file(line, database):
    dossier = filed_at_oss()
    dossier.handover.oss_id = "O-1"
    database.commit()
    call(line, content())
    handle(database)
    assert state_of(database, dossier) == (NoticeState.MATCHED, dossier.id, NIB)


def test_staff_say_whose_it_is(line, database):
    dossier, other = filed_at_oss("farmer"), filed_at_oss("elsewhere")
    other.handover.nib = OTHER_NIB
    database.commit()
    call(line, content(PEOPLE["kiosk"]))
    handle(database)
    (row,) = oss_notices.waiting_for_staff()
    with pytest.raises(BadNotice):
        oss_notices.give_to(row, opening.take_to_change(other.id))
    oss_notices.give_to(row, opening.take_to_change(dossier.id))
    database.commit()
    assert state_of(database, dossier) == (NoticeState.MATCHED, dossier.id, NIB)
    assert oss_notices.waiting_for_staff() == []
    assert database.scalar(select(Handover.nib).where(Handover.dossier_id == other.id)) == OTHER_NIB


def test_staff_give_a_notice_to_its_file_by_command(app, line, database):
    def flask(*words):
        return app.test_cli_runner().invoke(args=["oss", *words])

    dossier, other = filed_at_oss("farmer"), filed_at_oss("elsewhere")
    other.handover.nib = OTHER_NIB
    database.commit()
    assert flask("waiting").output == "nothing waits\n"
    call(line, content(PEOPLE["kiosk"]))
    handle(database)
    (row,) = oss_notices.waiting_for_staff()
    listed = flask("waiting").output
    assert f"{row.id}: receiveNIB, NIB {NIB}" in listed
    assert PEOPLE["kiosk"].nik not in listed
    for number, says in (
        ("12", "not a Nomor Bantuan"),
        (other.support_number, "another NIB"),
    ):
        refused = flask("give", str(row.id), number)
        assert (refused.exit_code, says in refused.output) == (1, True)
    given = flask("give", str(row.id), dossier.support_number)
    assert given.exit_code == 0, given.output
    database.expire_all()
    assert state_of(database, dossier) == (NoticeState.MATCHED, dossier.id, NIB)
    assert "no such notice" in flask("give", str(row.id), dossier.support_number).output


def test_a_file_notice_is_answered_in_its_own_name(line, database):
    body = {"receiveFileDS": {"nib": NIB, "id_izin": "I-1", "file_izin": "https://x.invalid"}}
    assert call(line, body, path=FILE_PATH).json == {
        "responreceiveFileDS": {"status": "1", "keterangan": "Sukses"}
    }
    body["receiveFileDS"].pop("file_izin")
    assert call(line, body, path=FILE_PATH).status_code == 200
