"""Pekerjaan saya: what is urgent comes first, one press takes it, a word finds a file."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import event, select

from app import clock
from app.domain.desk.queue import WhyBack, WorkKind
from app.domain.desk.roles import StaffRole
from app.domain.licence.status import StatusSource
from app.domain.oss.codes import LicenceStatus
from app.domain.written.support_number import format_support_number
from app.extensions import db
from app.models.dossier import Dossier, Event
from app.models.staff import WorkItem
from app.services.desk import accounts, queue, search
from app.services.licence import needed, standing, views
from tests.client import form_of, here, main_words, parse, words
from tests.factories import MEDIUM_HIGH, PEOPLE, at_once, looking, sent_dossier
from tests.pages import PREFIXES
from tests.staff import employ, put_in

both_languages = pytest.mark.parametrize("language", PREFIXES)


def licensed(app) -> tuple[int, str]:
    """Make a sent file with a licence that waits for the office; return its row and number."""
    with looking(app) as session:
        dossier = sent_dossier(kbli_code=MEDIUM_HIGH)
        session.commit()
        return dossier.id, dossier.support_number


def licence_becomes(app, dossier_id: int, *statuses: LicenceStatus) -> None:
    with looking(app) as session:
        dossier = session.get_one(Dossier, dossier_id)
        row = next(r for r in standing.of(dossier) if needed.needs_office(r, dossier))
        for number, status in enumerate(statuses):
            at = clock.now() + timedelta(microseconds=number)
            standing.record_status(dossier, row.id_izin, status, at=at, source=StatusSource.OFFICE)
        session.commit()


def items(app) -> list[WorkItem]:
    with looking(app) as session:
        found = session.scalars(select(WorkItem).order_by(WorkItem.id)).all()
        session.expunge_all()
        return list(found)


def made_up(app, many: int, **columns: object) -> None:
    """Make work out of nothing, for lists."""
    with looking(app) as session:
        for number in range(many):
            now = clock.now() + timedelta(minutes=number)
            row = WorkItem(kind=WorkKind.LICENCE, subject=f"izin {9000 + number}", opened_at=now)
            row.sort_on = clock.today() + timedelta(days=number // 3)
            for name, value in columns.items():
                setattr(row, name, value)
            session.add(row)
        session.commit()


@both_languages
def test_a_licence_that_waits_stands_in_the_queue(app, client, language):
    _file, number = licensed(app)
    put_in(client, employ(app))
    page = client.get(f"{PREFIXES[language]}/petugas")
    assert format_support_number(number) in main_words(page)
    assert {"id": "periksa izin", "en": "verify a licence"}[language] in main_words(page)


def test_the_queue_follows_every_news(app):
    dossier_id, _number = licensed(app)
    assert [(i.kind, i.closed_at) for i in items(app)] == [(WorkKind.LICENCE, None)]
    licence_becomes(app, dossier_id, LicenceStatus.COMPLETE, LicenceStatus.VALIDATION)
    assert [(i.kind, i.closed_at) for i in items(app)] == [(WorkKind.DECISION, None)]
    licence_becomes(app, dossier_id, LicenceStatus.CLARIFICATION)
    assert items(app)[0].closed_at is not None, "it is the person's turn"
    licence_becomes(app, dossier_id, LicenceStatus.CLARIFIED)
    assert [(i.kind, i.closed_at) for i in items(app)] == [(WorkKind.MENDED, None)]
    licence_becomes(app, dossier_id, LicenceStatus.REJECTED)
    assert items(app)[0].closed_at is not None


def test_the_earlier_of_the_two_clocks_rules(app):
    dossier_id, _number = licensed(app)
    licence_becomes(app, dossier_id, LicenceStatus.COMPLETE)
    with looking(app) as session:
        dossier = session.get_one(Dossier, dossier_id)
        clocks = [v.clock for v in views.views(dossier, clock.now()) if v.clock]
        due = clocks[0].due_on
    assert items(app)[0].due_on == due
    assert due is None or items(app)[0].sort_on == due


def test_what_is_undone_leaves_no_work(app):
    with looking(app) as session:
        dossier = sent_dossier(kbli_code=MEDIUM_HIGH)
        session.commit()
        for row in standing.of(dossier):
            if needed.needs_office(row, dossier):
                standing.record_status(
                    dossier, row.id_izin, LicenceStatus.REJECTED, at=clock.now(),
                    source=StatusSource.OFFICE,
                )  # fmt: skip
        session.rollback()
        session.commit()
    assert [i.closed_at for i in items(app)] == [None]


def test_take_the_next_takes_the_most_urgent_and_giving_back_needs_a_reason(app, client):
    dossier_id, number = licensed(app)
    user = employ(app)
    put_in(client, user)
    page = press(client.get("/petugas"), "/petugas/ambil")
    assert here(page) == "/petugas"
    assert format_support_number(number) in main_words(page)
    [item] = items(app)
    with looking(app):
        assert item.holder_id == accounts.find(user).id
    back = f"/petugas/kerja/{item.id}/kembalikan"
    refused = client.post(back, data=data_of(client.get("/petugas"), back))
    assert refused.status_code == 422
    assert items(app)[0].holder_id is not None
    data = {**data_of(client.get("/petugas"), back), "alasan": WhyBack.NOT_SURE.value}
    assert client.post(back, data=data).status_code == 303
    assert items(app)[0].holder_id is None
    with looking(app) as session:
        query = select(Event).where(Event.dossier_id == dossier_id).order_by(Event.number)
        taken, given = session.scalars(query).all()[-2:]
        mark = accounts.find(user).mark
        assert (taken.kind, taken.actor, taken.role) == ("work_taken", mark, "staff")
        assert (given.kind, given.facts["why"]) == ("work_given_back", "tidak_yakin")


def data_of(page, action: str) -> dict[str, str]:
    """Return the hidden boxes of a form."""
    start = page.text.index(f'action="{action}"')
    inside = page.text[start : page.text.index("</form>", start)]
    return dict(re.findall(r'name="([a-z_]+)" value="([^"]*)"', inside)) | {"alasan": ""}


def press(page, action: str, **more: str):
    data = {k: v for k, v in data_of(page, action).items() if v} | more
    return page.sent_by.post(action, data=data, follow_redirects=True)


def test_nothing_left_is_said_politely(app, client):
    put_in(client, employ(app))
    page = press(client.get("/petugas"), "/petugas/ambil")
    assert "Tidak ada lagi yang bisa diambil" in words(page)


def test_twice_the_same_press_takes_one(app, client):
    made_up(app, 3)
    put_in(client, employ(app))
    page = client.get("/petugas")
    for _ in range(2):
        press(page, "/petugas/ambil")
    assert [i.holder_id is not None for i in items(app)] == [True, False, False]


def test_two_at_once_get_two_different_ones(app):
    """Twenty presses on ten pieces: ten different ones, ten polite “none left”."""
    made_up(app, 10)
    users = [employ(app, StaffRole.VERIFIER, f"nomor{n}") for n in "abcd"]

    def press_it(user: str) -> int | None:
        with app.app_context():
            try:
                row = queue.take_next(accounts.find(user))
                found = row.id if row else None
                db.session.commit()
                return found
            finally:
                db.session.remove()

    got = at_once([lambda user=users[n % 4]: press_it(user) for n in range(20)])
    taken = [each for each in got if each is not None]
    assert [each for each in got if isinstance(each, BaseException)] == []
    assert (len(taken), len(set(taken)), got.count(None)) == (10, 10, 10)


def test_a_role_takes_only_what_is_its_work(app, client):
    made_up(app, 1, kind=WorkKind.DECISION)
    put_in(client, employ(app, StaffRole.VERIFIER))
    item = items(app)[0].id
    assert "izin 9000" not in client.get("/petugas").text
    with looking(app), pytest.raises(queue.NotTaken):
        queue.take(accounts.find("satu.verifier"), item)
    put_in(client, employ(app, StaffRole.HEAD))
    assert "izin 9000" in client.get("/petugas").text


def test_whose_turn_it_was_first_is_kept(app, client):
    made_up(app, 1)
    first, second = (
        employ(app, StaffRole.VERIFIER, "nomor.a"),
        employ(app, StaffRole.VERIFIER, "nomor.b"),
    )
    put_in(client, first)
    page = client.get("/petugas")
    item = items(app)[0].id
    with looking(app) as session:
        queue.take(accounts.find(second), item)
        session.commit()
    answer = press(page, f"/petugas/kerja/{item}/ambil")
    assert (answer.status_code, "Orang lain sudah mengambilnya" in words(answer)) == (409, True)
    with looking(app):
        assert items(app)[0].holder_id == accounts.find(second).id


@pytest.mark.parametrize(("days", "red"), [(2, True), (3, False)])
def test_two_working_days_left_are_red(app, client, days, red):
    with looking(app):
        calendars = views.calendars_around(clock.now())
        due = max(each.add_working_days(clock.today(), days) for each in calendars)
    made_up(app, 1, due_on=due, sort_on=due)
    put_in(client, employ(app))
    assert bool(parse(client.get("/petugas")).with_class("err")) is red
    assert ("izin 9000" in client.get("/petugas?merah=1").text) is red


def test_the_list_goes_on_by_key_and_keeps_its_filters(app, client):
    made_up(app, 60)
    put_in(client, employ(app))
    seen: list[str] = []
    page = client.get("/petugas?jenis=izin&siapa=bebas")
    for _ in range(5):
        seen += re.findall(r"<b>(izin \d+)</b>", page.text)
        link = re.search(r'href="(/petugas\?[^"]*setelah=[^"]*)"', page.text)
        if link is None:
            break
        address = link.group(1).replace("&amp;", "&")
        assert {"jenis=izin", "siapa=bebas"} <= set(address.partition("?")[2].split("&"))
        page = client.get(address)
    assert seen == [f"izin {9000 + n}" for n in range(60)]


@pytest.mark.parametrize("place", ["x", "20261301.1", "20260101", "20260101.x", "٢٠٢٦٠١٠١.1"])
def test_a_place_that_is_none_is_the_beginning(app, client, place):
    made_up(app, 1)
    put_in(client, employ(app))
    assert "izin 9000" in client.get(f"/petugas?setelah={place}&jenis=zzz&siapa=zzz").text


def queries_of(app, client, path: str) -> int:
    seen: list[str] = []
    with app.app_context():
        engine = db.engine

    def count(_c, _cursor, statement, *_more):
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", count)
    try:
        client.get(path)
    finally:
        event.remove(engine, "before_cursor_execute", count)
    return len([each for each in seen if each.lstrip().upper().startswith(("SELECT", "WITH"))])


def test_the_list_costs_the_same_queries_however_long_it_is(app, client):
    made_up(app, 1)
    put_in(client, employ(app))
    client.get("/petugas")
    few = queries_of(app, client, "/petugas")
    with looking(app) as session:
        session.query(WorkItem).delete()
        session.commit()
    made_up(app, 60)
    assert queries_of(app, client, "/petugas") == few == 5


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("{number}", True), ("{spaced}", True), ("{nik}", True), ("0812 0000 4567", True),
        ("+6281200004567", True), ("{beginnings}", True), ("zzz", False), ("ab", False),
        ("9999999999999999", False), ("0812 0000 9999", False),
    ],
)  # fmt: skip
def test_a_file_is_found_by_what_a_person_can_say(app, client, typed, found):
    _file, number = licensed(app)
    name = PEOPLE["kiosk"].typed_name
    values = {
        "number": number,
        "spaced": format_support_number(number),
        "nik": PEOPLE["kiosk"].nik,
        "beginnings": " ".join(word[:3] for word in name.split() if len(word) > 2).upper(),
    }
    put_in(client, employ(app, StaffRole.FRONT))
    page = form_of(client.get("/petugas/cari"), "/cari").fill(cari=typed.format(**values)).submit()
    assert (format_support_number(number) in main_words(page)) is found
    assert name not in main_words(page), "only its beginning is shown"
    assert PEOPLE["kiosk"].nik not in page.text.replace(f'value="{PEOPLE["kiosk"].nik}"', "")


def test_another_name_is_found_and_the_old_one_is_not(app):
    dossier_id, _number = licensed(app)
    with looking(app) as session:
        session.get_one(Dossier, dossier_id).applicant.name = "Welhelmina d'Rumbiak"
        session.commit()
        assert [d.id for d in search.search("wel drum")] == [dossier_id]
        assert search.search(PEOPLE["kiosk"].typed_name) == []


def test_a_page_after_a_press_leads_back_to_one_that_can_be_asked_for(app, client):
    """Into the other language and after the lock: nobody asks for the address of a button."""
    put_in(client, employ(app))
    page = form_of(client.get("/petugas"), "/ambil").submit(follow=False, without={"kunci"})
    assert page.status_code == 400
    assert form_of(page, "/kunci")["dari"] == "/petugas"
    assert 'href="/en/petugas"' in page.text
