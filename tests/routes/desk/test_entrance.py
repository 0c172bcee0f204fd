"""Signing in at a shared terminal, the lock, the change of person, and what stays of nobody."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from app import clock
from app.domain.desk.roles import StaffRole
from app.models.audit import Act
from app.models.staff import StaffDay, StaffTerminal, StaffTry
from app.services.desk import accounts, entering
from app.web import desk
from tests.client import form_of, here, main_words, parse, words
from tests.factories import looking, open_dossier
from tests.pages import PREFIXES
from tests.staff import PASSWORD, STAFF_PIN, change, code_for, employ, put_in, sign_in

both_languages = pytest.mark.parametrize("language", PREFIXES)
WRONG = "perahu-gergaji-42"


@pytest.fixture
def front(app) -> str:
    """Somebody of the front desk."""
    return employ(app, StaffRole.FRONT)


@pytest.fixture
def turn_clock(monkeypatch):
    """Turn the clock on by a time; all of the program sees it."""
    real, ahead = clock.now, [timedelta()]

    def turn(by: timedelta) -> None:
        ahead[0] += by

    monkeypatch.setattr("app.clock.now", lambda: real() + ahead[0])
    return turn


def kinds(app) -> list[str]:
    with looking(app) as session:
        return list(session.scalars(select(Act.kind).order_by(Act.number)))


@both_languages
def test_password_and_code_open_the_desk(client, front, language):
    page = sign_in(client, front, prefix=PREFIXES[language])
    assert here(page) == f"{PREFIXES[language]}/petugas"
    text = main_words(page)
    assert "Satu.Front Rahasia" in text
    assert {"id": "layanan depan", "en": "front desk"}[language] in text


@pytest.mark.parametrize(
    "typed", [{"nama": "nobody.here"}, {"sandi": WRONG}, {"kode": "000000"}, {"kode": "ABCDE23456"}]
)
def test_one_thing_wrong_opens_nothing_and_does_not_say_which(client, front, typed):
    page = sign_in(client, front, **typed)
    assert page.status_code == 403
    assert "Nama pengguna, sandi, dan kode" in words(page)
    assert PASSWORD not in page.get_data(as_text=True)
    assert here(client.get("/petugas", follow_redirects=True)) == "/petugas/masuk"


@pytest.mark.parametrize(
    ("steps", "opens"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_a_clock_may_be_half_a_minute_off(app, client, front, steps, opens, monkeypatch):
    now = clock.now()
    monkeypatch.setattr("app.clock.now", lambda: now)
    page = sign_in(client, front, kode=code_for(app, front, steps=steps))
    assert (here(page) == "/petugas") is opens


def test_the_page_shows_the_clock_of_the_service(client):
    assert re.search(r"\d\d\.\d\d\.\d\d WIT", words(client.get("/petugas/masuk")))


def test_a_code_works_once(app, client, new_client, front):
    code = code_for(app, front)
    assert here(sign_in(client, front, kode=code)) == "/petugas"
    assert sign_in(new_client(), front, kode=code).status_code == 403


def test_a_printed_code_works_once_and_no_secret_is_kept_readable(app, client, new_client):
    with looking(app) as session:
        given = accounts.add("dua.depan", "Dua Rahasia", StaffRole.FRONT)
        session.commit()
    typed = {"sandi": given.password, "kode": f"{given.codes[3][:5].lower()} {given.codes[3][5:]}"}
    assert here(sign_in(client, "dua.depan", **typed)) == "/petugas/pilih"
    assert sign_in(new_client(), "dua.depan", **typed).status_code == 403
    assert len(given.codes) == 10


def test_a_given_password_is_changed_before_anything_else(app, client):
    with looking(app) as session:
        given = accounts.add("dua.depan", "Dua Rahasia", StaffRole.ADMIN)
        session.commit()
    page = sign_in(client, "dua.depan", sandi=given.password, kode=given.codes[0])
    assert here(page) == "/petugas/pilih"
    assert here(client.get("/petugas/orang", follow_redirects=True)) == "/petugas/pilih"
    page = form_of(page).fill(sandi="Sorong123456", pin="8024").submit()
    assert page.status_code == 422
    assert "8024" not in page.get_data(as_text=True)
    page = form_of(page).fill(sandi="sagu hujan tangga", pin="8024").submit()
    assert here(page) == "/petugas"
    assert accounts_fit(app, "dua.depan", "sagu hujan tangga")
    assert not accounts_fit(app, "dua.depan", given.password)


def accounts_fit(app, user: str, password: str) -> bool:
    with looking(app):
        return accounts.fits(password, entering.password_hash_of(user))


def test_strangers_never_lock_the_owner_out(app, client, new_client, front):
    """Whoever errs waits: a stranger by their line, all strangers together by the account."""
    put_in(client, front)
    client.post("/petugas/kunci")
    stranger = new_client()
    for _ in range(5):
        page = sign_in(stranger, front, sandi=WRONG)
        assert page.status_code == 403
    assert "Tunggu" in words(page)
    waits = sign_in(stranger, front)
    assert (waits.status_code, "Tunggu" in words(waits)) == (403, True)
    change(app, front, lambda staff: setattr(staff, "used_step", None))
    assert here(sign_in(client, front)) == "/petugas", "at their own terminal they come in"


def test_a_terminal_that_errs_waits_by_itself(app, client, front):
    put_in(client, front)
    client.post("/petugas/kunci")
    for _ in range(5):
        sign_in(client, front, sandi=WRONG)
    change(app, front, lambda staff: setattr(staff, "used_step", None))
    assert sign_in(client, front).status_code == 403
    with looking(app) as session:
        assert [row.wrong for row in session.scalars(select(StaffTry))] == [5]


def test_an_account_that_slept_is_woken_by_the_admin(app, client, front):
    change(app, front, lambda s: setattr(s, "seen_at", clock.now() - timedelta(days=91)))
    page = sign_in(client, front)
    assert (page.status_code, "90 hari" in words(page)) == (403, True)
    with looking(app) as session:
        given = accounts.reset(accounts.find(front))
        session.commit()
    assert (
        here(sign_in(client, front, sandi=given.password, kode=given.codes[0])) == "/petugas/pilih"
    )


def test_an_ended_account_opens_nothing_at_once(app, client, front):
    put_in(client, front)
    with looking(app) as session:
        accounts.end(accounts.find(front))
        session.commit()
    assert here(client.get("/petugas", follow_redirects=True)) == "/petugas/masuk"
    assert sign_in(client, front).status_code == 403


def test_made_up_people_open_nothing_in_the_real_service(app, assist, front):
    change(app, front, lambda staff: setattr(staff, "is_made_up", True))
    assert sign_in(assist.test_client(), front).status_code == 403


@pytest.mark.parametrize(
    ("after", "locked"), [(timedelta(minutes=4), False), (timedelta(minutes=6), True)]
)
def test_after_five_minutes_it_is_locked(client, front, turn_clock, after, locked):
    put_in(client, front)
    turn_clock(after)
    page = client.get("/petugas", follow_redirects=True)
    assert (here(page) == "/petugas/kunci") is locked
    assert client.get("/petugas").headers.get("Refresh") in {None, "300;url=/petugas/kunci"}


def test_a_day_has_twelve_hours(client, front, turn_clock):
    put_in(client, front)
    for _ in range(12 * 15):
        turn_clock(timedelta(minutes=4))
        page = client.get("/petugas", follow_redirects=True)
    assert here(page) == "/petugas/masuk"


def lock(client) -> object:
    return form_of(client.get("/petugas"), "/kunci").submit()


@both_languages
def test_a_change_of_person_takes_six_keys(app, client, front, language):
    """Alt+K, four digits, Alt and a number: no more, and nothing of the last person is shown."""
    second = employ(app, StaffRole.VERIFIER)
    put_in(client, front)
    put_in(client, second)
    page = client.get(f"{PREFIXES[language]}/petugas")
    key = [b.get("accesskey") for b in parse(page).all("button") if b.get("accesskey")]
    assert key[0] == "k"
    page = form_of(page, "/kunci").submit()
    buttons = [b for b in parse(page).all("button") if b.get("name") == "hari"]
    assert [b.get("accesskey") for b in buttons] == ["1", "2"]
    other = next(b for b in buttons if "Satu.Front" in words(b))
    box = next(b for b in parse(page).all("input") if b.get("name") == "pin")
    assert "autofocus" in box.attrib
    page = form_of(page).fill(pin=STAFF_PIN).submit(other.get("value"))
    assert here(page).endswith("/petugas")
    assert "Satu.Front" in main_words(page)
    assert "Satu.Verifier" not in page.get_data(as_text=True)
    assert 1 + len(STAFF_PIN) + 1 <= 6


def test_the_old_cookie_opens_nothing_after_the_lock(client, front):
    put_in(client, front)
    before = client.get_cookie(desk.DAY_COOKIE, path="/petugas").value
    page = lock(client)
    client.set_cookie(desk.DAY_COOKIE, before, path="/petugas")
    assert here(client.get("/petugas", follow_redirects=True)) == "/petugas/kunci"
    assert here(form_of(page).fill(pin=STAFF_PIN).submit("hari")) == "/petugas"
    client.set_cookie(desk.DAY_COOKIE, before, path="/petugas")
    assert here(client.get("/petugas", follow_redirects=True)) == "/petugas/kunci"


def test_five_wrong_pins_end_the_day_here_and_nothing_else(app, client, front):
    put_in(client, front)
    page = lock(client)
    for _ in range(4):
        page = form_of(page).fill(pin="8024").submit("hari")
        assert page.status_code == 403
    page = form_of(page).fill(pin="8024").submit("hari")
    assert here(page) == "/petugas/masuk"
    change(app, front, lambda staff: setattr(staff, "used_step", None))
    assert here(sign_in(client, front)) == "/petugas"


def test_a_pin_is_worth_nothing_at_another_terminal(client, new_client, front):
    day = put_in(client, front)
    lock(client)
    other = new_client()
    page = other.get("/petugas/masuk")
    answer = other.post("/petugas/buka", data={"pin": STAFF_PIN, "hari": str(day)})
    assert here(answer) != "/petugas"
    assert page.status_code == 200
    assert here(other.get("/petugas", follow_redirects=True)) == "/petugas/masuk"


def test_what_came_after_the_lock_waits_for_the_same_person_alone(app, client, turn_clock):
    admin, second = employ(app, StaffRole.ADMIN), employ(app, StaffRole.VERIFIER)
    put_in(client, second)
    put_in(client, admin)
    with looking(app) as session:
        day_id = session.scalars(select(StaffDay.id).order_by(StaffDay.id)).first()
    page = client.get("/petugas/orang")
    turn_clock(timedelta(minutes=6))
    locked = form_of(page, f"/hari/{day_id}/akhiri").submit()
    assert here(locked) == "/petugas/kunci"
    assert f"/hari/{day_id}" not in locked.get_data(as_text=True)
    buttons = {words(b): b.get("value") for b in parse(locked).all("button") if b.get("name")}
    other = next(value for text, value in buttons.items() if "Verifier" in text)
    mine = next(value for text, value in buttons.items() if "Admin" in text)
    page = form_of(locked).fill(pin=STAFF_PIN).submit(other)
    assert (here(page), "/hari/" in page.get_data(as_text=True)) == ("/petugas", False)
    locked = form_of(page, "/kunci").submit()
    page = form_of(locked).fill(pin=STAFF_PIN).submit(mine)
    assert here(page) == "/petugas/tersimpan"
    assert here(form_of(page, "/akhiri").submit()) == "/petugas/orang"
    with looking(app) as session:
        assert session.get(StaffDay, day_id).ended_at is not None


def test_the_page_that_was_locked_comes_back(app, client):
    put_in(client, employ(app, StaffRole.ADMIN))
    locked = form_of(client.get("/petugas/orang"), "/kunci").submit()
    assert here(form_of(locked).fill(pin=STAFF_PIN).submit("hari")) == "/petugas/orang"


def test_no_lock_leads_out_of_the_desk(client, front):
    put_in(client, front)
    answer = client.post("/petugas/kunci", data={"dari": "https://example.test/petugas"})
    page = form_of(client.get(answer.headers["Location"])).fill(pin=STAFF_PIN).submit("hari")
    assert here(page) == "/petugas"


def test_finishing_with_somebody_closes_their_file_and_changes_every_form(app, client, front):
    put_in(client, front)
    open_dossier(app, client)
    before = mark_of(client.get("/petugas"))
    page = form_of(client.get("/petugas"), "/selesai").submit()
    assert "ditutup" in words(page)
    assert client.get("/berkas/telepon").status_code == 403
    assert mark_of(client.get("/petugas")) != before


def mark_of(page) -> set[str]:
    return set(re.findall('<input type="hidden" name="([0-9a-f]{12})" disabled>', page.text))


def test_each_person_has_forms_of_their_own(app, client, front):
    marks = []
    for user in (front, employ(app, StaffRole.VERIFIER)):
        put_in(client, user)
        marks.append(mark_of(client.get("/petugas")))
        assert marks[-1] == mark_of(client.get("/petugas"))
    assert marks[0] != marks[1]


def test_a_token_of_the_last_person_sends_nothing_of_the_next(app, client):
    admin, head = employ(app, StaffRole.ADMIN), employ(app, StaffRole.ADMIN, "dua.admin")
    put_in(client, admin)
    page = client.get("/petugas/orang")
    day = re.search(r"/petugas/orang/hari/\d+/akhiri", page.text).group()
    token = re.search('name="csrf_token" value="([^"]+)"', page.text).group(1)
    put_in(client, head)
    client.post(day, data={"csrf_token": token})
    with looking(app) as session:
        rows = session.scalars(select(StaffDay).order_by(StaffDay.id)).all()
        assert [row.ended_at is None for row in rows] == [True, True]


def test_an_applicant_in_the_same_browser_ends_nobodys_work(app, client, front):
    put_in(client, front)
    open_dossier(app, client)
    client.post("/berkas/selesai", headers={"Sec-Fetch-Site": "same-origin"})
    assert client.get("/petugas").status_code == 200


def test_going_home_ends_the_day_here(client, front):
    put_in(client, front)
    page = form_of(client.get("/petugas/pilih"), "/pulang").submit()
    assert here(page) == "/petugas/masuk"
    assert here(client.get("/petugas", follow_redirects=True)) == "/petugas/masuk"


def test_the_admin_sees_who_is_where_and_ends_it(app, client, new_client, front):
    admin = employ(app, StaffRole.ADMIN)
    first, second = new_client(), new_client()
    for each in (first, second):
        put_in(each, front)
    put_in(client, admin)
    page = client.get("/petugas/orang")
    assert words(page).count("di dua komputer sekaligus") == 2
    with looking(app) as session:
        day = session.scalars(select(StaffDay).order_by(StaffDay.id)).first()
        day_id, terminal_id = day.id, day.terminal_id
    form_of(page, f"/hari/{day_id}/akhiri").submit()
    assert here(first.get("/petugas", follow_redirects=True)) == "/petugas/masuk"
    assert second.get("/petugas").status_code == 200
    with looking(app) as session:
        other = session.scalars(
            select(StaffTerminal.id)
            .where(StaffTerminal.id != terminal_id)
            .order_by(StaffTerminal.id)
        ).first()
    form_of(page, f"/terminal/{other}/akhiri").submit()
    assert second.get("/petugas").status_code == 303


def test_an_ended_terminal_becomes_another_one(app, client, front):
    put_in(client, front)
    with looking(app) as session:
        assert entering.end_terminal(session.scalars(select(StaffTerminal.id)).one())
        session.commit()
    before = client.get_cookie(desk.TERMINAL_COOKIE, path="/petugas").value
    assert here(client.get("/petugas", follow_redirects=True)) == "/petugas/masuk"
    assert client.get_cookie(desk.TERMINAL_COOKIE, path="/petugas").value != before


def test_a_forged_terminal_is_a_new_one(client, front):
    client.set_cookie(desk.TERMINAL_COOKIE, "forged", path="/petugas")
    assert client.get("/petugas/masuk").status_code == 200
    assert client.get_cookie(desk.TERMINAL_COOKIE, path="/petugas").value != "forged"


def test_every_coming_and_going_is_in_the_chain_of_acts(app, client, front):
    before = len(kinds(app))
    sign_in(client, front, sandi=WRONG)
    sign_in(client, front)
    page = lock(client)
    page = form_of(page).fill(pin="8024").submit("hari")
    form_of(page).fill(pin=STAFF_PIN).submit("hari")
    form_of(client.get("/petugas/pilih"), "/pulang").submit()
    assert kinds(app)[before:] == [
        "staff_refused",
        "terminal_registered",
        "staff_chose",
        "staff_signed_in",
        "staff_locked",
        "staff_refused",
        "staff_unlocked",
        "staff_left",
    ]
    with looking(app) as session:
        acts = session.scalars(select(Act).order_by(Act.number)).all()[before:]
        mark = accounts.find(front).mark
        assert {act.role for act in acts} == {"staff"}
        assert [act.actor for act in acts[1:5]] == [mark] * 4
        assert not any("Rahasia" in str(act.facts) or front in str(act.facts) for act in acts)


def test_no_page_of_the_desk_may_be_kept(app, client):
    put_in(client, employ(app, StaffRole.ADMIN))
    for path in ("/petugas", "/petugas/orang", "/petugas/pilih"):
        headers = client.get(path).headers
        assert headers["Cache-Control"] == "no-store"
        assert "Clear-Site-Data" not in headers


def test_cookies_of_the_desk_cost_applicants_nothing(app, client, front):
    put_in(client, front)
    for name in (desk.TERMINAL_COOKIE, desk.DAY_COOKIE):
        for path in ("/petugas", "/en/petugas"):
            assert client.get_cookie(name, path=path) is not None
        assert client.get_cookie(name, path="/") is None


def test_the_other_language_is_asked_for_without_signing_in(app, client):
    user = employ(app)
    form = form_of(client.get("/petugas/masuk"))
    form.fill(nama=user, sandi=PASSWORD, kode=code_for(app, user))
    shown = form.submit("ganti", follow=False)
    assert shown.status_code == 200
    again = form_of(shown)
    assert (again["nama"], again["sandi"]) == (user, "")
    assert again.action != form.action
    assert client.get("/petugas").status_code == 303, "nobody works here"
