"""My data: what is kept, copies of it, consents, withdrawing and erasing."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select, update

from app.domain.dossier.events import EventKind
from app.domain.sending.messages import MessageKind
from app.extensions import db
from app.models.columns import Sealed
from app.models.dossier import Applicant, Dossier, Event, Job
from app.models.message import Message
from app.models.own_data import Consent, DataRequest
from app.services.base import events
from app.work import run
from tests.client import follow_on, form_of, here, parse, words
from tests.factories import (
    PEOPLE,
    PHONE,
    bring_forward,
    count,
    looking,
    open_dossier,
    open_in,
    raw_rows,
    sent_dossier,
)
from tests.pages import OWN, PREFIXES

both_languages = pytest.mark.parametrize("language", PREFIXES)
KIOSK = PEOPLE["kiosk"]


@pytest.fixture
def draft(app, client) -> int:
    """A complete file that was not sent, open in the browser."""
    return open_dossier(app, client)


@pytest.fixture
def sent(app, client) -> int:
    """A file with its NIB, open in the browser."""
    with looking(app):
        number = sent_dossier().id
    open_in(client, number)
    return number


def ask(client, what: str, prefix: str = ""):
    return form_of(client.get(f"{prefix}/berkas/data-saya/{what}")).submit()


@both_languages
@pytest.mark.parametrize("path", OWN)
@pytest.mark.parametrize("state", ["draft", "sent"])
def test_the_pages_show(client, app, request, state, path, language):
    request.getfixturevalue(state)
    assert client.get(PREFIXES[language] + path).status_code == 200


@both_languages
def test_every_text_of_the_pages_is_marked(client, app, sent, language):
    page = client.get(f"{PREFIXES[language]}/berkas/data-saya")
    assert "72" in words(page)
    assert "UU 27/2022" in words(page)


# Copies


def sealed_columns() -> set[tuple[str, str]]:
    return {
        (table.name, column.name)
        for table in db.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, Sealed)
    }


def test_the_copy_for_a_computer_holds_every_answer_opened(client, app, sent):
    response = client.get("/berkas/data-saya.json")
    assert response.headers["Cache-Control"] == "no-store"
    assert "attachment" in response.headers["Content-Disposition"]
    copy = json.loads(response.get_data(as_text=True))
    (who,) = copy["tables"]["applicants"]
    assert who["nik"] == KIOSK.nik
    assert who["phone"] == PHONE
    assert copy["tables"]["activities"][0]["machines_idr"] == 2_000_000
    assert {"handovers", "events", "nik_checks", "declarations"} <= set(copy["tables"])


def test_no_personal_column_is_missing_from_the_copy(client, app, sent):
    with looking(app) as session:
        for column in Applicant.__table__.columns:
            if column.nullable and not column.name.endswith("_index"):
                kind = getattr(column.type, "kind", None)
                made_up = "L" if column.name == "sex" else next(iter(kind)) if kind else "96"
                session.execute(update(Applicant).values({column.name: made_up}))
        session.commit()
    (who,) = client.get("/berkas/data-saya.json").get_json()["tables"]["applicants"]
    expected = {c.name for c in Applicant.__table__.columns if not c.name.endswith("_index")}
    assert {name for name, value in who.items() if value is not None} == expected


def test_no_secret_is_in_the_copy(client, app, sent):
    with looking(app) as session:
        row = session.get_one(Dossier, sent)
        pin_hash, key = row.pin_hash, row.handover.key
    text = client.get("/berkas/data-saya.json").get_data(as_text=True)
    assert pin_hash not in text
    assert key not in text


def test_the_copy_holds_nothing_of_anybody_else(client, app, sent):
    with looking(app):
        sent_dossier(who="farmer")
    text = client.get("/berkas/data-saya.json").get_data(as_text=True)
    assert PEOPLE["farmer"].nik not in text
    tables = json.loads(text)["tables"]
    assert {row["dossier_id"] for row in tables["events"]} == {sent}


@both_languages
def test_the_copy_to_read(client, app, sent, language):
    response = client.get(f"{PREFIXES[language]}/berkas/data-saya.pdf")
    assert response.get_data()[:5] == b"%PDF-"
    assert response.headers["Cache-Control"] == "no-store"
    assert b"/StructTreeRoot" in response.get_data(), "tagged"


# Withdrawing


@both_languages
def test_a_withdrawn_file_is_closed_and_can_be_taken_back(client, app, draft, language):
    prefix = PREFIXES[language]
    page = ask(client, "tarik", prefix)
    assert here(page) == f"{prefix}/berkas/data-saya"
    assert here(follow_on(client.get(f"{prefix}/berkas/telepon"))) == f"{prefix}/berkas/data-saya"
    page = form_of(client.get(f"{prefix}/berkas/data-saya"), f"{prefix}/berkas/data-saya/batal")
    page.submit()
    assert client.get(f"{prefix}/berkas/telepon").status_code == 200


def test_an_answer_to_a_withdrawn_file_changes_nothing(client, app, draft):
    form = form_of(client.get("/berkas/telepon")).fill(telepon="0812 0000 8888")
    ask(client, "tarik")
    form.submit()
    with looking(app) as session:
        assert session.get_one(Dossier, draft).applicant.phone == PHONE


def test_a_withdrawn_file_is_not_sent(client, app, draft):
    form = form_of(client.get("/berkas/periksa"), "/berkas/periksa")
    ask(client, "tarik")
    form.submit()
    with looking(app) as session:
        assert session.get_one(Dossier, draft).sent_at is None


def test_asking_twice_asks_once(client, app, draft):
    form = form_of(client.get("/berkas/data-saya/tarik"))
    form.submit()
    form.submit()
    assert count(app, DataRequest) == 1
    page = parse(client.get("/berkas/data-saya/hapus"))
    assert "/berkas/data-saya/hapus" not in [each.get("action") for each in page.all("form")]


def test_a_sent_file_cannot_be_withdrawn(client, app, draft):
    form = form_of(client.get("/berkas/data-saya/tarik"))
    form_of(client.get("/berkas/periksa"), "/berkas/periksa").submit()
    assert form.submit().status_code == 422
    assert count(app, DataRequest) == 0


# Erasing


def personal_left(app, dossier_id: int) -> dict[str, int]:
    """Return which sealed columns of the database still hold something."""
    found = {}
    with looking(app) as session:
        for table, column in sealed_columns():
            number = session.connection().exec_driver_sql(
                f'SELECT count(*) FROM "{table}" WHERE "{column}" IS NOT NULL'
            )
            if left := number.scalar():
                found[f"{table}.{column}"] = left
    return found


def let_time_pass(app) -> None:
    with looking(app):
        bring_forward()
    run.sweep(app)


@both_languages
def test_erasing_leaves_only_the_record(client, app, draft, language):
    ask(client, "hapus", PREFIXES[language])
    run.sweep(app)
    assert "applicants.nik" in personal_left(app, draft), "three days to take it back"
    let_time_pass(app)
    with looking(app) as session:
        row = session.get_one(Dossier, draft)
        number = row.support_number
        assert row.erased_at
        assert row.every_activity == []
        assert list(events.verify_chains()) == []
        kinds = list(
            session.scalars(
                select(Event.kind).where(Event.dossier_id == draft).order_by(Event.number)
            )
        )
        assert kinds[-1] == EventKind.ERASED
        told = session.scalars(select(Message)).all()
        assert [(m.kind, m.dossier_id) for m in told] == [(MessageKind.ERASURE_DONE, None)]
        assert session.scalar(select(DataRequest.outcome)) == "erased"
    let_time_pass(app)  # the farewell goes out and its address with it
    assert set(personal_left(app, draft)) <= {"messages.address"}
    assert client.get("/berkas/data-saya").status_code == 403, "and the session ends"
    assert client.get(f"/lacak?nomor={number}").status_code == 404
    raw = str(raw_rows(app))
    assert KIOSK.nik not in raw


def test_the_number_and_pin_then_open_nothing(client, app, draft, new_client):
    with looking(app) as session:
        number = session.get_one(Dossier, draft).support_number
    ask(client, "hapus")
    let_time_pass(app)
    page = form_of(new_client().get("/berkas/lanjut")).fill(nomor=number, pin="481627").submit()
    assert page.status_code == 403


def test_taken_back_in_time_nothing_is_erased(client, app, draft):
    page = ask(client, "hapus")
    form_of(page, "/berkas/data-saya/batal").submit()
    before = personal_left(app, draft)
    let_time_pass(app)
    assert personal_left(app, draft) == before
    with looking(app) as session:
        assert session.scalar(select(DataRequest.undone_at)) is not None


def test_with_a_nib_only_what_need_not_be_kept_goes(client, app, sent):
    ask(client, "hapus")
    let_time_pass(app)
    with looking(app) as session:
        row = session.get_one(Dossier, sent)
        assert row.erased_at is None
        assert row.applicant.nik == KIOSK.nik
        assert row.handover.nib
        assert list(session.scalars(select(Message).where(Message.dossier_id == sent))) == []
        assert session.scalar(select(DataRequest.outcome)) == "partly"
    assert client.get("/berkas/hasil").status_code == 200


def test_while_an_office_works_nothing_can_be_erased(client, app, office_is):
    office_is("oss", "down")
    with looking(app):
        number = sent_dossier(handed_over=False).id
    open_in(client, number)
    page = parse(client.get("/berkas/data-saya/hapus"))
    assert "/berkas/data-saya/hapus" not in [form.get("action") for form in page.all("form")]
    assert count(app, DataRequest) == 0


def test_sent_meanwhile_it_is_refused(client, app, draft):
    ask(client, "hapus")
    with looking(app) as session:
        row = session.get_one(Dossier, draft)
        row.sent_at = row.updated_at
        session.commit()
    with looking(app) as session:
        session.execute(update(Job).where(Job.kind != "erase").values(done_at=Job.due_at))
        session.commit()
    let_time_pass(app)
    with looking(app) as session:
        assert session.scalar(select(DataRequest.outcome)) == "refused"
        assert session.get_one(Dossier, draft).applicant.nik == KIOSK.nik


def test_nobody_else_is_touched(client, app, draft):
    with looking(app):
        other = sent_dossier(who="farmer").id
    ask(client, "hapus")
    with looking(app) as session:
        before = {
            kind: [dict(row._mapping) for row in session.execute(select(kind))]
            for kind in [Applicant.__table__]
        }
    let_time_pass(app)
    with looking(app) as session:
        rows = [dict(row._mapping) for row in session.execute(select(Applicant.__table__))]
        mine = [row for row in rows if row["dossier_id"] == other]
        assert mine == [r for r in before[Applicant.__table__] if r["dossier_id"] == other]
        assert session.get_one(Dossier, other).handover.nib


# Who may help


@both_languages
def test_a_consent_is_given_and_taken_back(client, app, draft, language):
    path = f"{PREFIXES[language]}/berkas/data-saya/pendamping"
    form = form_of(client.get(path), path).fill(siapa="Mama Contoh", lama="7")
    page = form.submit()
    assert "Mama Contoh" in words(page)
    form.submit()
    assert count(app, Consent) == 1, "sent twice, given once"
    with looking(app) as session:
        code = session.scalar(select(Consent.code))
        assert MessageKind.CONSENT_GIVEN in list(session.scalars(select(Message.kind)))
    assert code in words(page)
    page = form_of(client.get(path), f"{path}/{_only(app)}/cabut").submit()
    assert code not in words(page)
    with looking(app) as session:
        assert session.scalar(select(Consent.withdrawn_at)) is not None


def _only(app) -> int:
    with looking(app) as session:
        return session.scalar(select(Consent.id))


@pytest.mark.parametrize(("already", "status"), [(2, 200), (3, 422)])
def test_three_may_help_at_a_time(client, app, draft, already, status):
    path = "/berkas/data-saya/pendamping"
    for number in range(already):
        form_of(client.get(path), path).fill(siapa=f"Contoh {number}", lama="1").submit()
    page = form_of(client.get(path), path).fill(siapa="Contoh lagi", lama="1").submit()
    assert page.status_code == status


def test_nobody_takes_back_the_consent_of_another(client, app, draft, new_client):
    path = "/berkas/data-saya/pendamping"
    form = form_of(client.get(path), path).fill(siapa="Contoh", lama="1")
    form.submit()
    number = _only(app)
    stranger = new_client()
    open_dossier(app, stranger)
    own = form_of(stranger.get(path), path)
    response = stranger.post(f"{path}/{number}/cabut", data=dict(own.data()))
    assert response.status_code == 404
    with looking(app) as session:
        assert session.scalar(select(Consent.withdrawn_at)) is None
