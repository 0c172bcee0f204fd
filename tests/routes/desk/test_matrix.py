"""Every route of the desk × every role × whose work it is: asked of the pages, told by the table.

The routes come from the map of addresses. One without a row in the table of roles fails here.
"""

from __future__ import annotations

import re

import pytest

from app.domain.desk.queue import NEEDS
from app.domain.desk.roles import TABLE, Permission, Reach, StaffRole, may_at_all
from app.services.desk import accounts
from app.web.doing import DESK
from tests.client import here
from tests.factories import looking
from tests.staff import employ, put_in

# Doors: whoever stands before them has not said yet who they are.
DOORS = {"desk.show_sign_in", "desk.sign_in", "desk.show_lock", "desk.unlock"}


def routes(app) -> list[tuple[str, str, str]]:
    """Return endpoint, method and address of every route of the desk."""
    found = []
    for rule in app.url_map.iter_rules():
        if app.view_functions[rule.endpoint].__module__.startswith("app.routes.desk") and (
            rule.endpoint.partition(".")[0] in DESK
        ):
            path = rule.rule.replace("<number>", "000000000000")
            path = re.sub("<[^>]+>", "999999", path)
            methods = sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
            found += [(rule.endpoint, method, path) for method in methods]
    return found


def permissions_of(app, endpoint: str) -> tuple[Permission, ...]:
    return getattr(app.view_functions[endpoint], "permissions", ())


def test_every_route_has_its_row_and_every_row_its_route(app):
    asked = set()
    for endpoint, _method, _path in routes(app):
        if endpoint in DOORS:
            assert app.view_functions[endpoint].access == "all"
            continue
        assert app.view_functions[endpoint].access == "staff", endpoint
        named = permissions_of(app, endpoint)
        assert named, f"{endpoint} names no permission"
        assert set(named) <= set(TABLE), endpoint
        asked |= set(named)
    assert asked | set(NEEDS.values()) == set(Permission)


@pytest.mark.parametrize("role", StaffRole)
def test_each_role_is_let_in_where_the_table_says(app, client, role):
    user = employ(app, role)
    for endpoint, method, path in routes(app):
        if endpoint in DOORS:
            continue
        put_in(client, user)  # some of them lock or leave
        answer = client.open(path, method=method)
        refused = answer.status_code == 403
        allowed = may_at_all(role, permissions_of(app, endpoint))
        assert refused is not allowed, (role, endpoint, answer.status_code)


def test_nobody_is_let_in(app, client):
    for endpoint, method, path in routes(app):
        if endpoint in DOORS:
            continue
        answer = client.open(path, method=method)
        assert answer.status_code == 303, endpoint
        assert answer.headers["Location"] == "/petugas/masuk", endpoint


def test_a_lost_role_is_lost_at_once(app, client):
    user = employ(app, StaffRole.ADMIN)
    put_in(client, user)
    assert client.get("/petugas/orang").status_code == 200
    with looking(app) as session:
        accounts.give_role(accounts.find(user), StaffRole.FRONT)
        session.commit()
    assert here(client.get("/petugas/orang", follow_redirects=True)) == "/petugas/masuk"
    put_in(client, user)
    assert client.get("/petugas/orang").status_code == 403


def test_nothing_is_reached_by_a_role_that_no_row_names():
    for permission, row in TABLE.items():
        for role in StaffRole:
            assert may_at_all(role, [permission]) is (row.get(role, Reach.NONE) > Reach.NONE)
