"""The practice file: made-up people and a log-in to try, for training, demonstrations and tests."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from app.config import Settings
from app.domain.desk.entrance import StaffPinError
from app.domain.desk.entrance import check_pin as check_staff_pin
from app.domain.desk.roles import StaffRole
from app.domain.written.pin import PinError, check_pin
from app.domain.written.support_number import format_support_number, parse_support_number
from app.i18n import DEFAULT
from app.services.desk import accounts
from app.services.dossier import opening, pins
from app.simulators.dukcapil import MadeUpPerson, made_up_people

# Three whose NIK fits, then one for each thing that can happen to a NIK.
_TO_TRY = (
    "kiosk", "cook", "one_word", "name_differs", "birth_date_differs", "not_found", "not_recorded",
    "down",
)  # fmt: skip


def people_to_try() -> list[MadeUpPerson]:
    """Return the made-up people that the practice pages show."""
    return [made_up_person(key) for key in _TO_TRY]


def made_up_person(key: str) -> MadeUpPerson:
    """Return one made-up person. Raises KeyError."""
    return _by_key()[key]


def made_up_keys() -> frozenset[str]:
    """Return the keys of all made-up people."""
    return frozenset(_by_key())


@cache
def _by_key() -> Mapping[str, MadeUpPerson]:
    return {person.key: person for person in made_up_people()}


def write_practice_file(settings: Settings) -> Path:
    """Write INSTANCE/practice.json (mode 600) and return its path.

    Opens one practice dossier the first time, in the caller's transaction, and keeps it later.
    """
    path = settings.instance / "practice.json"
    content = {
        "note": "Made-up people for practice only. Their NIK serials (9001-9999) are reserved.",
        "logins": [_applicant_login(path), *_staff_logins(path)],
        "people": [
            {
                "key": person.key,
                "nik": person.nik,
                "name": person.typed_name,
                "birth_date": person.typed_birth_date.isoformat(),
                "sex": str(person.typed_sex),
                "class": str(person.nik_class),
                "behaviour": str(person.behaviour),
            }
            for person in made_up_people()
        ],
    }
    draft = path.with_suffix(".new")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(content, file, indent=1, ensure_ascii=False)
    draft.replace(path)
    return path


def _applicant_login(path: Path) -> dict[str, Any]:
    """Return the practice applicant's Nomor Bantuan and PIN; open a dossier where there is none."""
    for login in _earlier(path):
        if login.get("role") == "applicant":
            number = parse_support_number(str(login.get("user")))
            if opening.find_by_number(number) is not None:
                return login
    pin = any_pin()
    dossier = opening.start(pins.hash_pin(pin), DEFAULT)
    # Applicants have no password and no second factor: number and PIN are all they need.
    return {
        "role": "applicant",
        "user": format_support_number(dossier.support_number),
        "password": None,
        "totp_secret": None,
        "pin": pin,
    }


# Each role of the office, two where one could not show how work is shared. Made up, as it shows.
_OFFICE = (
    ("loket.satu", "Yosefina Contoh", StaffRole.FRONT),
    ("loket.dua", "Markus Contoh", StaffRole.FRONT),
    ("periksa.satu", "Dorkas Contoh", StaffRole.VERIFIER),
    ("periksa.dua", "Yulianus Contoh", StaffRole.VERIFIER),
    ("teknis", "Selfina Contoh", StaffRole.TECHNICAL),
    ("kabid", "Obaja Contoh", StaffRole.SECTION_HEAD),
    ("kadis", "Ruth Contoh", StaffRole.HEAD),
    ("pengaduan", "Naftali Contoh", StaffRole.COMPLAINTS),
    ("sosialisasi", "Marice Contoh", StaffRole.OUTREACH),
    ("pendamping", "Elisa Contoh", StaffRole.FACILITATOR),
    ("admin.latihan", "Sefnat Contoh", StaffRole.ADMIN),
    ("auditor", "Debora Contoh", StaffRole.AUDITOR),
)


def _staff_logins(path: Path) -> list[dict[str, Any]]:
    """Return how to come in as each person of the practice office; make those that are missing."""
    known = {login.get("user"): login for login in _earlier(path)}
    found = []
    for user, name, role in _OFFICE:
        if user in known and accounts.find(user) is not None:
            found.append(known[user])
            continue
        pin = any_staff_pin()
        given = accounts.add_made_up(user, name, role, pin)
        found.append(
            {
                "role": str(role),
                "user": user,
                "name": name,
                "password": given.password,
                "totp_secret": given.totp_secret,
                "codes": list(given.codes),
                "pin": pin,
            }
        )
    return found


def any_staff_pin() -> str:
    """Return a PIN that staff might choose."""
    while True:
        try:
            return check_staff_pin(f"{secrets.randbelow(10_000):04}")
        except StaffPinError:
            continue


def _earlier(path: Path) -> list[dict[str, Any]]:
    try:
        found: list[dict[str, Any]] = json.loads(path.read_text())["logins"]
    except (FileNotFoundError, ValueError, KeyError):
        return []
    return found


def any_pin() -> str:
    """Return a PIN that a person might choose."""
    while True:
        pin = f"{secrets.randbelow(1_000_000):06}"
        try:
            return check_pin(pin)
        except PinError:
            continue
