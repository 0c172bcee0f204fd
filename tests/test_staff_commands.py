"""flask staff: accounts made, given a role, reset and ended; secrets shown once, to the giver."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from app.domain.desk.roles import StaffRole
from app.models.staff import WorkItem
from app.services.desk import accounts, queue
from tests.client import here
from tests.factories import MEDIUM_HIGH, looking, rows, sent_dossier
from tests.staff import employ, put_in, sign_in


def give(app, *words: str):
    return app.test_cli_runner().invoke(args=["staff", *words])


def test_an_account_is_made_with_all_that_it_needs(app, client):
    said = give(app, "add", "loket.tiga", "--name", "Tiga Contoh", "--role", "front").output
    password = re.search(r"password\s+(\S+)", said).group(1)
    codes = re.findall(r"^  (\w{5} \w{5})$", said, re.MULTILINE)
    assert len(codes) == 10
    page = sign_in(client, "loket.tiga", sandi=password, kode=codes[0])
    assert here(page) == "/petugas/pilih"


@pytest.mark.parametrize(
    "user", ["X", "a", "ab", "1abc", "nama dengan blank", "é.contoh", "a" * 31]
)
def test_a_user_name_that_nobody_can_type_is_refused(app, user):
    said = give(app, "add", user, "--name", "Contoh", "--role", "front")
    assert said.exit_code == 1
    assert "small letters" in said.output


def test_two_people_never_share_a_user_name(app):
    employ(app, StaffRole.FRONT)
    said = give(app, "add", "SATU.front", "--name", "Contoh", "--role", "front")
    assert (said.exit_code, "another account" in said.output) == (1, True)


def test_a_new_role_puts_them_out(app, client):
    user = employ(app, StaffRole.FRONT)
    put_in(client, user)
    assert give(app, "role", user, "admin").exit_code == 0
    assert here(client.get("/petugas", follow_redirects=True)) == "/petugas/masuk"
    put_in(client, user)
    assert client.get("/petugas/orang").status_code == 200


def test_a_reset_makes_the_old_secrets_worthless(app, client):
    user = employ(app, StaffRole.FRONT)
    put_in(client, user)
    said = give(app, "reset", user).output
    assert here(client.get("/petugas", follow_redirects=True)) == "/petugas/masuk"
    assert sign_in(client, user).status_code == 403
    password = re.search(r"password\s+(\S+)", said).group(1)
    code = re.findall(r"^  (\w{5} \w{5})$", said, re.MULTILINE)[0]
    assert here(sign_in(client, user, sandi=password, kode=code)) == "/petugas/pilih"


def test_an_end_ends_all(app, client):
    user = employ(app, StaffRole.FRONT)
    put_in(client, user)
    assert give(app, "end", user).output == "ended\n"
    assert here(client.get("/petugas", follow_redirects=True)) == "/petugas/masuk"
    assert "ended" in give(app, "list").output


def test_an_end_gives_back_what_they_held_and_a_rebuild_changes_nothing(app):
    user = employ(app, StaffRole.VERIFIER)
    with looking(app) as session:
        sent_dossier(kbli_code=MEDIUM_HIGH)
        session.commit()
        item = queue.take_next(accounts.find(user))
        session.commit()
        assert item.holder_id is not None
    give(app, "end", user)
    tables = ("work_items", "name_tokens")
    before = {name: found for name, found in rows(app).items() if name in tables}
    assert give(app, "rebuild").output == "1 files looked at, 1 names\n"
    assert {name: found for name, found in rows(app).items() if name in tables} == before
    with looking(app) as session:
        assert [row.holder_id for row in session.scalars(select(WorkItem))] == [None]


def test_a_name_that_nobody_has(app):
    for words in (("end", "nobody"), ("reset", "nobody"), ("role", "nobody", "front")):
        assert give(app, *words).exit_code == 1


def test_the_list_names_user_names_and_no_names_of_people(app):
    assert give(app, "list").output == "no accounts: flask staff add\n"
    user = employ(app, StaffRole.FRONT)
    said = give(app, "list").output
    assert (user in said, "Rahasia" in said) == (True, False)
    with looking(app):
        assert accounts.find(user).totp_secret not in said
