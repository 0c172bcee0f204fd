"""A stand-in for the civil registry's comparing web service, for training, demonstration and tests.

It speaks the wire shape that app/adapters/civil_registry.py reads. Nobody in population.csv exists:
surnames are Praktik (practice), Contoh (example) or Latihan (exercise), and the serial part of the
NIK (its last four digits) lies between 9001 and 9999. That range is reserved for practice all over
this project; a real serial counts the people of one district born on one day and stays far below.
A number that is not in the file is not found (code 13), reserved or not.

Columns of population.csv
  key            name of the case, for tests and practice sheets
  nik            as on the card
  name, birth_date, sex
                 as registered
  typed_name, typed_birth_date, typed_sex
                 as on the card, where that differs from what is registered; else empty
  class          what a settled check with the card's data comes to (NikClass)
  behaviour      slow: the first call takes 6 s · down: the first two get HTTP 503 ·
                 quota: the first is told that the quota is used up · garbage: the first gets a page
                 of HTML · empty: none
  note           in one line, for trainers

Calls are counted by key, never by NIK, in state_dir/dukcapil.sqlite. The file
state_dir/dukcapil.json {"mode": "up" | "slow" | "down" | "quota" | "login" | "ip" | "inactive"}
rules over everybody's behaviour except with "up", which is as if there were no such file. The last
three refuse our access: log-in, address, user.

Access: any user and password will do, with three exceptions that let the faults be tried: an empty
user or password (login), an empty IP_USER (address) and the user "tidak-aktif" (inactive).
"""

from __future__ import annotations

import csv
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rapidfuzz import fuzz
from werkzeug.wrappers import Request, Response

from app.domain.nik.verdict import NikClass, RegistryQuery
from app.domain.written.person import Sex, comparable_name
from app.simulators._shared import (
    SLOW_S,
    StateFile,
    as_wsgi,
    control_mode,
    html_response,
    json_object,
    json_response,
)

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

VERIFY_PATH = "/dukcapil/get_json/verify"
INACTIVE_USER = "tidak-aktif"

_POPULATION = Path(__file__).with_name("population.csv")
_SCHEMA = "CREATE TABLE IF NOT EXISTS calls (key TEXT PRIMARY KEY, made INTEGER NOT NULL)"
_SEX_BY_TEXT = {"LAKI-LAKI": Sex.MALE, "PEREMPUAN": Sex.FEMALE}
_DAILY_QUOTA = 1000

_QUOTA = "Kuota Akses Hari ini telah Habis"
_LOGIN = "Login Gagal"
_IP_ADDRESS = "IP Address Tidak Sesuai"
_INACTIVE = "User Tidak Aktif"
_REFUSALS = {"quota": _QUOTA, "login": _LOGIN, "ip": _IP_ADDRESS, "inactive": _INACTIVE}
_MODES = frozenset({"up", "slow", "down", *_REFUSALS})
_CODED = {
    NikClass.DECEASED: ("11", "Data Penduduk Meninggal Dunia"),
    NikClass.DUPLICATE: ("12", "Data Ganda"),
    NikClass.NOT_FOUND: ("13", "Data Tidak Ditemukan"),
    NikClass.NOT_RECORDED: ("14", "Belum Rekam KTP-el"),
    NikClass.FORMAT: ("15", "Format NIK Salah"),
}


class Behaviour(StrEnum):
    """How the service behaves at the first calls about one person."""

    NONE = ""
    SLOW = "slow"
    DOWN = "down"
    QUOTA = "quota"
    GARBAGE = "garbage"


@dataclass(frozen=True, slots=True)
class MadeUpPerson:
    """One made-up person. name, birth_date, sex: as registered; typed_*: as on the card."""

    key: str
    nik: str = field(repr=False)
    name: str = field(repr=False)
    birth_date: date = field(repr=False)
    sex: Sex = field(repr=False)
    typed_name: str = field(repr=False)
    typed_birth_date: date = field(repr=False)
    typed_sex: Sex = field(repr=False)
    nik_class: NikClass
    behaviour: Behaviour
    note: str = field(repr=False)

    def query(self) -> RegistryQuery:
        """What is asked when this person types what stands on the card."""
        return RegistryQuery(self.nik, self.typed_name, self.typed_birth_date, self.typed_sex)


def made_up_people() -> list[MadeUpPerson]:
    """Return everybody in population.csv, in its order."""
    return list(_people().values())


@cache
def _people() -> dict[str, MadeUpPerson]:
    with _POPULATION.open(encoding="utf-8", newline="") as source:
        people = [_person(row) for row in csv.DictReader(source)]
    return {person.nik: person for person in people}


def _person(row: dict[str, str]) -> MadeUpPerson:
    return MadeUpPerson(
        key=row["key"],
        nik=row["nik"],
        name=row["name"],
        birth_date=date.fromisoformat(row["birth_date"]),
        sex=Sex(row["sex"]),
        typed_name=row["typed_name"] or row["name"],
        typed_birth_date=date.fromisoformat(row["typed_birth_date"] or row["birth_date"]),
        typed_sex=Sex(row["typed_sex"] or row["sex"]),
        nik_class=NikClass(row["class"]),
        behaviour=Behaviour(row["behaviour"]),
        note=row["note"],
    )


def create_dukcapil_simulator(
    state_dir: Path, *, sleep: Callable[[float], object] = time.sleep
) -> WSGIApplication:
    """Return the simulator as a WSGI application.

    state_dir: folder for the counters and the control file; made if missing. Several processes may
        share it.
    sleep: waits the given seconds where the service is slow.
    """
    simulator = _Dukcapil(state_dir, sleep)
    return as_wsgi(simulator.answer)


class _Dukcapil:
    def __init__(self, state_dir: Path, sleep: Callable[[float], object]) -> None:
        self._state = StateFile(state_dir / "dukcapil.sqlite", _SCHEMA)
        self._control_file = state_dir / "dukcapil.json"
        self._sleep = sleep

    def answer(self, request: Request) -> Response:
        if request.path != VERIFY_PATH:
            return html_response("404 Not Found", 404)
        if request.method != "POST":
            return html_response("405 Method Not Allowed", 405)
        asked = json_object(request)
        if asked is None:
            return html_response("400 Bad Request", 400)

        mode = control_mode(self._control_file, _MODES)
        if mode == "down":
            return html_response("503 Service Unavailable", 503)
        if mode == "slow":
            self._sleep(SLOW_S)
        denied = _denied(asked)
        if denied:
            return _message(denied)
        if mode in _REFUSALS:
            return _message(_REFUSALS[mode])

        nik = str(asked.get("NIK", ""))
        if not _is_well_formed(nik):
            return _coded(NikClass.FORMAT)
        person = _people().get(nik)
        if person is None:
            return _coded(NikClass.NOT_FOUND)
        if mode == "up" and person.behaviour is not Behaviour.NONE:
            trouble = self._trouble(person)
            if trouble is not None:
                return trouble
        if person.nik_class in _CODED:
            return _coded(person.nik_class)
        return _compared(person, asked)

    def _trouble(self, person: MadeUpPerson) -> Response | None:
        with self._state.writing() as connection:
            row = connection.execute(
                "INSERT INTO calls (key, made) VALUES (?, 1)"
                " ON CONFLICT (key) DO UPDATE SET made = made + 1 RETURNING made",
                (person.key,),
            ).fetchone()
        call_no = int(row["made"])
        if person.behaviour is Behaviour.DOWN and call_no <= 2:
            return html_response("503 Service Unavailable", 503)
        if call_no > 1:
            return None
        if person.behaviour is Behaviour.QUOTA:
            return _message(_QUOTA)
        if person.behaviour is Behaviour.GARBAGE:
            return html_response("Selamat datang", 200)
        if person.behaviour is Behaviour.SLOW:
            self._sleep(SLOW_S)
        return None


def _denied(asked: dict[str, Any]) -> str | None:
    if not asked.get("user_id") or not asked.get("password"):
        return _LOGIN
    if asked["user_id"] == INACTIVE_USER:
        return _INACTIVE
    if not asked.get("IP_USER"):
        return _IP_ADDRESS
    return None


def _is_well_formed(nik: str) -> bool:
    """Return whether 16 digits hold a day of a month (women: plus 40) and a serial above 0000."""
    if len(nik) != 16 or not (nik.isascii() and nik.isdigit()) or nik.endswith("0000"):
        return False
    day = int(nik[6:8])
    try:  # 2000 was a leap year, so that 29 February passes whatever the century
        date(2000, int(nik[8:10]), day - 40 if day > 40 else day)
    except ValueError:
        return False
    return True


def _compared(person: MadeUpPerson, asked: dict[str, Any]) -> Response:
    try:
        threshold = int(asked.get("TRESHOLD", 100))
    except (TypeError, ValueError):
        threshold = 100
    entry: dict[str, str] = {"NIK": person.nik}
    if "NAMA_LGKP" in asked:
        typed = comparable_name(str(asked["NAMA_LGKP"]))
        score = int(fuzz.ratio(typed, comparable_name(person.name)))
        entry["NAMA_LGKP"] = f"{_agrees(score >= threshold)} ({score})"
    if "TGL_LHR" in asked:
        entry["TGL_LHR"] = _agrees(_date(str(asked["TGL_LHR"])) == person.birth_date)
    if "JENIS_KLMIN" in asked:
        typed_sex = _SEX_BY_TEXT.get(str(asked["JENIS_KLMIN"]).upper())
        entry["JENIS_KLMIN"] = _agrees(typed_sex is person.sex)
    return _answer(entry)


def _date(text: str) -> date | None:
    try:
        return datetime.strptime(text, "%d-%m-%Y").date()  # noqa: DTZ007
    except ValueError:
        return None


def _agrees(does: bool) -> str:
    return "Sesuai" if does else "Tidak Sesuai"


def _coded(nik_class: NikClass) -> Response:
    code, message = _CODED[nik_class]
    return _answer({"RESPON": message, "RESPONSE_CODE": code})


def _message(text: str) -> Response:
    return _answer({"RESPON": text})


def _answer(entry: dict[str, str]) -> Response:
    return json_response(
        {
            "content": [entry],
            "lastPage": True,
            "numberOfElements": 1,
            "sort": None,
            "totalElements": 1,
            "firstPage": True,
            "number": 0,
            "size": 1,
            "quotaLimiter": _DAILY_QUOTA,
        }
    )
