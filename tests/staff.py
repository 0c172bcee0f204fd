"""People of the office at their terminals, for tests."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pyotp
from flask import Flask
from flask.testing import FlaskClient

from app import clock
from app.domain.desk.entrance import step_at
from app.domain.desk.roles import StaffRole
from app.extensions import db
from app.models.staff import Staff
from app.services.desk import accounts, entering
from app.services.desk.entering import Place
from app.web import desk
from tests.client import CheckingClient, form_of
from tests.factories import looking

PASSWORD = "perahu-gergaji-41"
STAFF_PIN = "4711"


@cache
def _hashes() -> tuple[str, str]:
    return accounts.hash_of(PASSWORD), accounts.hash_of(STAFF_PIN)


def employ(app: Flask, role: StaffRole = StaffRole.VERIFIER, user: str = "") -> str:
    """Make an account whose password is PASSWORD and who has STAFF_PIN everywhere."""
    user = user or f"satu.{role.value.replace('_', '.')}"
    with looking(app) as session:
        accounts.add(user, f"{user.title()} Rahasia", role)
        staff = accounts.find(user)
        assert staff is not None
        staff.must_change = False
        staff.password_hash, staff.pin_hash = _hashes()
        session.commit()
    return user


def _code(staff: Staff, steps: int = 0) -> str:
    return str(pyotp.TOTP(staff.totp_secret).generate_otp(step_at(clock.now()) + steps))


def code_for(app: Flask, user: str, *, steps: int = 0) -> str:
    """Return the code of somebody's app now, or some steps of thirty seconds away."""
    with looking(app):
        staff = accounts.find(user)
        assert staff is not None
        return _code(staff, steps)


def sign_in(client: CheckingClient, user: str, *, prefix: str = "", **typed: str) -> object:
    """Sign in through the page; return where it leads."""
    form = form_of(client.get(f"{prefix}/petugas/masuk"))
    code = code_for(client.application, user) if "kode" not in typed else ""
    form.fill({"nama": user, "sandi": PASSWORD, "kode": code, **typed})
    return form.submit()


def put_in(client: FlaskClient, user: str) -> int:
    """Let a browser work for somebody, without the pages; return the number of the day."""
    app = client.application
    terminal = terminal_of(client)
    with looking(app) as session:
        staff = accounts.find(user)
        assert staff is not None
        staff.used_step = None
        code = _code(staff)
        with app.test_request_context("/petugas"):
            entered = entering.sign_in(user, code, Place(terminal, "127.0.0.1"), password_fits=True)
        day_id = entered.day.id
        session.commit()
    client.set_cookie(desk.DAY_COOKIE, entered.secret, path="/petugas")
    client.set_cookie(desk.DAY_COOKIE, entered.secret, path="/en/petugas")
    return day_id


def terminal_of(client: FlaskClient) -> str:
    """Return the secret of the terminal that a browser is; its first visit makes it one."""
    if client.get_cookie(desk.TERMINAL_COOKIE, path="/petugas") is None:
        client.get("/petugas/masuk")
    cookie = client.get_cookie(desk.TERMINAL_COOKIE, path="/petugas")
    assert cookie is not None
    with client.application.app_context():
        return str(desk._signer().loads(cookie.value))


def change(app: Flask, user: str, how: Callable[[Staff], None]) -> None:
    """Change an account."""
    with looking(app) as session:
        staff = accounts.find(user)
        assert staff is not None
        how(staff)
        session.commit()


__all__ = ["PASSWORD", "STAFF_PIN", "change", "code_for", "db", "employ", "put_in", "sign_in"]
