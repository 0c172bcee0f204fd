"""One file on one screen: what is asked, what is known, who may do what, what is recorded."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.domain.desk.acts import NEEDED_FOR, Purpose
from app.domain.desk.roles import Permission, Reach, StaffRole, reach_of
from app.domain.dossier.events import EventKind
from app.domain.licence.status import OfficeAction
from app.domain.oss.codes import LicenceStatus
from app.models.attachment import Attachment
from app.models.dossier import Dossier, Event
from app.models.licence import Correction, LicenceEvent
from app.models.staff import StaffLook, StaffNote, WorkItem
from app.services.base import events
from app.services.desk import accounts, files, practice_office, queue
from app.services.licence import needed, standing
from tests.client import form_of, main_words, parse, title_of, words
from tests.factories import PEOPLE, dossier_at, looking
from tests.pages import PREFIXES
from tests.routes.desk.test_queue import data_of, licence_becomes, licensed, press
from tests.situations import SITUATIONS
from tests.staff import employ, put_in

both_languages = pytest.mark.parametrize("language", PREFIXES)
NAME = PEOPLE["kiosk"].typed_name


def hold(app, user: str, dossier_id: int) -> None:
    """Let somebody hold all the open work of a file."""
    with looking(app) as session:
        query = select(WorkItem).where(WorkItem.dossier_id == dossier_id)
        for item in session.scalars(query.where(WorkItem.closed_at.is_(None))):
            item.holder_id = accounts.find(user).id
        session.commit()


def statuses(app, dossier_id: int) -> list[str]:
    with looking(app) as session:
        dossier = session.get_one(Dossier, dossier_id)
        row = next(r for r in standing.of(dossier) if needed.needs_office(r, dossier))
        query = select(LicenceEvent.status).where(LicenceEvent.licence_id == row.id)
        return list(session.scalars(query.order_by(LicenceEvent.number)))


def last(app, dossier_id: int) -> Event:
    with looking(app) as session:
        query = select(Event).where(Event.dossier_id == dossier_id).order_by(Event.number.desc())
        found = session.scalars(query).first()
        session.expunge_all()
        return found


@both_languages
def test_the_file_is_on_one_screen(app, client, language):
    _id, number = licensed(app)
    user = employ(app)
    put_in(client, user)
    page = client.get(f"{PREFIXES[language]}/petugas/berkas/{number}")
    assert page.status_code == 200
    text = main_words(page)
    assert NAME in text
    assert PEOPLE["kiosk"].nik not in page.text
    assert NAME not in title_of(parse(page))
    assert {"id": "Ambil (Alt+A)", "en": "Take (Alt+A)"}[language] in text


def test_what_one_does_not_hold_one_does_not_do(app, client):
    _id, number = licensed(app)
    user = employ(app)
    put_in(client, user)
    page = client.get(f"/petugas/berkas/{number}")
    assert 'name="tindakan"' not in page.text
    item = page.text.split("/petugas/kerja/")[1].split("/")[0]
    page = press(page, f"/petugas/kerja/{item}/ambil")
    assert 'name="tindakan"' in page.text, "back at the file, now with what can be done"


def act(page, **answers: object):
    return form_of(page, "/putuskan").fill(answers).submit()


def test_a_verifier_finds_the_papers_complete(app, client):
    dossier_id, number = licensed(app)
    user = employ(app)
    put_in(client, user)
    hold(app, user, dossier_id)
    page = client.get(f"/petugas/berkas/{number}")
    page = act(page, tindakan=OfficeAction.COMPLETE.value)
    assert page.status_code == 200
    assert statuses(app, dossier_id)[-1] == LicenceStatus.COMPLETE
    with looking(app) as session:
        query = select(Event).where(
            Event.dossier_id == dossier_id, Event.kind == EventKind.LICENCE_STATUS
        )
        newest = session.scalars(query.order_by(Event.number.desc())).first()
        assert (newest.role, newest.actor) == ("staff", accounts.find(user).mark)
        assert list(events.verify_chains()) == []
    assert "Satu.Verifier Rahasia" in main_words(page), "the history says who"


def test_a_return_names_what_to_mend_and_nothing_is_lost_on_a_mistake(app, client):
    dossier_id, number = licensed(app)
    user = employ(app)
    put_in(client, user)
    licence_becomes(app, dossier_id, LicenceStatus.COMPLETE)
    hold(app, user, dossier_id)
    page = client.get(f"/petugas/berkas/{number}")
    page = act(page, tindakan="kembalikan", catatan="Foto KTP tidak terbaca", hari="5")
    assert page.status_code == 422
    assert form_of(page, "/putuskan")["catatan"] == "Foto KTP tidak terbaca"
    page = act(page, alasan="unreadable", sasaran="step:tempat:0")
    assert page.status_code == 200, words(page)
    with looking(app) as session:
        [correction] = session.scalars(select(Correction).order_by(Correction.id))
        assert correction.items[0].note == "Foto KTP tidak terbaca"
        [item] = session.scalars(select(WorkItem).order_by(WorkItem.id))
        assert item.closed_at is not None
        assert item.holder_id == accounts.find(user).id, "what comes back comes back to them"


def test_the_second_of_two_people_sees_that_it_changed_and_loses_no_text(app, client):
    dossier_id, number = licensed(app)
    user = employ(app)
    put_in(client, user)
    hold(app, user, dossier_id)
    page = client.get(f"/petugas/berkas/{number}")
    with looking(app) as session:
        files.write_note(
            accounts.find(user), session.get_one(Dossier, dossier_id), "Sudah saya telepon"
        )
        session.commit()
    page = act(page, tindakan=OfficeAction.COMPLETE.value, catatan="Teks saya")
    assert (page.status_code, form_of(page, "/putuskan")["catatan"]) == (409, "Teks saya")
    assert statuses(app, dossier_id)[-1] != LicenceStatus.COMPLETE
    assert "Sudah saya telepon" in main_words(page)
    page = act(page)
    assert (page.status_code, statuses(app, dossier_id)[-1]) == (200, LicenceStatus.COMPLETE)


def test_every_form_that_acts_carries_the_version(app, client):
    dossier_id, number = licensed(app)
    user = employ(app)
    put_in(client, user)
    hold(app, user, dossier_id)
    form = form_of(client.get(f"/petugas/berkas/{number}"), "/putuskan")
    assert {"versi", "kunci", "csrf_token"} <= form.names


def test_twice_the_same_press_acts_once(app, client):
    dossier_id, number = licensed(app)
    user = employ(app)
    put_in(client, user)
    hold(app, user, dossier_id)
    form = form_of(client.get(f"/petugas/berkas/{number}"), "/putuskan").fill(tindakan="lengkap")
    form.submit()
    before = statuses(app, dossier_id)
    assert form.submit().status_code == 200
    assert statuses(app, dossier_id) == before


def test_who_verified_does_not_decide(app, client):
    dossier_id, number = licensed(app)
    head = employ(app, StaffRole.SECTION_HEAD)
    put_in(client, head)
    hold(app, head, dossier_id)
    page = client.get(f"/petugas/berkas/{number}")
    page = act(act(page, tindakan="lengkap"), tindakan="periksa")
    assert statuses(app, dossier_id)[-1] == LicenceStatus.VALIDATION
    with looking(app) as session:
        [item] = session.scalars(select(WorkItem).order_by(WorkItem.id))
        assert item.holder_id is None, "decided by somebody else"
    hold(app, head, dossier_id)
    page = client.get(f"/petugas/berkas/{number}")
    assert 'value="setujui"' not in page.text
    with looking(app) as session:
        dossier, staff = session.get_one(Dossier, dossier_id), accounts.find(head)
        izin = practice_office.waiting(dossier)[0].id_izin
        with pytest.raises(files.MayNot) as refused:
            files.act(staff, dossier, izin, OfficeAction.APPROVE)
    assert refused.value.why is files.WhyNot.VERIFIED_IT
    other = employ(app, StaffRole.HEAD)
    put_in(client, other)
    hold(app, other, dossier_id)
    act(client.get(f"/petugas/berkas/{number}"), tindakan="setujui")
    assert statuses(app, dossier_id)[-3:] == ["45", "49", "50"]


HOLDINGS = ("own", "free", "other's")


@pytest.mark.parametrize("holding", HOLDINGS)
@pytest.mark.parametrize("role", StaffRole)
def test_what_a_role_may_do_with_whose_work(app, role, holding):
    """Each act × each role × whose work it is, asked of the service that every way in uses."""
    dossier_id, _number = licensed(app)
    licence_becomes(app, dossier_id, LicenceStatus.COMPLETE)
    user, other = employ(app, role), employ(app, StaffRole.VERIFIER, "orang.lain")
    if holding != "free":
        hold(app, user if holding == "own" else other, dossier_id)
    with looking(app) as session:
        dossier, staff = session.get_one(Dossier, dossier_id), accounts.find(user)
        row = practice_office.waiting(dossier)[0]
        for action in OfficeAction:
            needed = NEEDED_FOR.get(action)
            allowed = (
                needed is not None and holding == "own" and reach_of(role, needed) > Reach.NONE
            )
            assert (files.why_not(staff, dossier, row, action) is None) is allowed, action


@pytest.mark.parametrize("holding", HOLDINGS)
@pytest.mark.parametrize("role", StaffRole)
def test_whose_work_a_role_may_take(app, role, holding):
    dossier_id, _number = licensed(app)
    user, other = employ(app, role), employ(app, StaffRole.VERIFIER, "orang.lain")
    if holding != "free":
        hold(app, user if holding == "own" else other, dossier_id)
    reach = reach_of(role, Permission.VERIFY)
    allowed = reach >= {"own": Reach.MINE, "free": Reach.FREE, "other's": Reach.ANY}[holding]
    with looking(app) as session:
        item = session.scalars(select(WorkItem.id)).one()
        try:
            queue.take(accounts.find(user), item)
            taken = True
        except queue.NotTaken:
            taken = False
    assert taken is allowed


def test_each_look_is_kept_with_its_purpose_once_in_ten_minutes(app, client, monkeypatch):
    dossier_id, number = licensed(app)
    user = employ(app)
    put_in(client, user)
    for _ in range(3):
        client.get(f"/petugas/berkas/{number}")
    with looking(app) as session:
        [look] = session.scalars(select(StaffLook).order_by(StaffLook.id))
        assert (look.dossier_id, look.purpose) == (dossier_id, Purpose.COUNTER)
        look.at -= timedelta(minutes=11)
        session.commit()
    hold(app, user, dossier_id)
    client.get(f"/petugas/berkas/{number}")
    with looking(app) as session:
        query = select(StaffLook.purpose).order_by(StaffLook.id)
        assert list(session.scalars(query)) == [Purpose.COUNTER, Purpose.WORK]


@both_languages
def test_notes_are_added_and_never_reach_the_person(app, client, language):
    dossier_id, number = licensed(app)
    put_in(client, employ(app, StaffRole.FRONT))
    address = f"{PREFIXES[language]}/petugas/berkas/{number}"
    page = form_of(client.get(address), "/catatan").fill(catatan_petugas="").submit()
    assert page.status_code == 422
    page = form_of(page, "/catatan").fill(catatan_petugas="Ibu ini datang lagi Senin").submit()
    assert "Ibu ini datang lagi Senin" in main_words(page)
    with looking(app) as session:
        assert [n.text for n in session.scalars(select(StaffNote))] == ["Ibu ini datang lagi Senin"]
    assert "Senin" not in client.get(f"/lacak?nomor={number}").text
    assert last(app, dossier_id).facts == {}


def test_a_nik_is_shown_by_a_press_and_only_its_verdict_is_kept(app, assist):
    client = assist.test_client()
    with assist.app_context():
        dossier = dossier_at(None)
        number, dossier_id = dossier.support_number, dossier.id
    user = employ(assist, StaffRole.FRONT)
    put_in(client, user)
    page = client.get(f"/petugas/berkas/{number}")
    assert PEOPLE["kiosk"].nik not in page.text
    hold(assist, user, dossier_id)
    page = client.get(f"/petugas/berkas/{number}")
    page = form_of(page, "/nik/lihat").submit()
    assert PEOPLE["kiosk"].nik in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert last(assist, dossier_id).kind == "nik_shown"
    page = form_of(page, "/nik/catat").fill(hasil="match").submit()
    assert page.status_code == 200
    with looking(assist) as session:
        assert session.get_one(Dossier, dossier_id).nik_checks[-1].nik_class == "match"
        assert session.scalars(select(WorkItem)).one().closed_at is not None


def with_paper(app) -> tuple[int, str, int]:
    """Make a sent file with a signed paper; return its row, its number and the paper's."""
    with looking(app) as session:
        dossier = SITUATIONS["papers"].make()
        session.commit()
        row = session.scalars(select(Attachment).order_by(Attachment.id)).first()
        return dossier.id, dossier.support_number, row.id


def test_a_paper_is_shown_by_a_press_that_is_recorded(app, client):
    dossier_id, number, paper = with_paper(app)
    put_in(client, employ(app, StaffRole.FRONT))
    page = form_of(client.get(f"/petugas/berkas/{number}"), f"/lampiran/{paper}").submit()
    assert page.status_code == 200
    assert page.mimetype in {"image/jpeg", "application/pdf"}
    assert page.headers["Cache-Control"] == "no-store"
    assert (last(app, dossier_id).kind, last(app, dossier_id).facts["original"]) == (
        "attachment_shown",
        False,
    )


def test_an_original_is_for_who_verifies_this_file(app, client):
    _id, number, paper = with_paper(app)
    put_in(client, employ(app, StaffRole.FRONT))
    assert client.post(f"/petugas/berkas/{number}/lampiran/{paper}/asli").status_code == 403
    put_in(client, employ(app, StaffRole.VERIFIER))
    page = client.get(f"/petugas/berkas/{number}")
    data = data_of(page, f"/petugas/berkas/{number}/lampiran/{paper}")
    answer = client.post(f"/petugas/berkas/{number}/lampiran/{paper}/asli", data=data)
    assert answer.status_code == 403, "they do not hold it"


@pytest.mark.parametrize("number", ["123", "000000000000", "x"])
def test_a_number_that_no_file_has(client, app, number):
    put_in(client, employ(app))
    assert client.get(f"/petugas/berkas/{number}").status_code == 404
