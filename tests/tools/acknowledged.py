"""What a service said it had taken, and whether all of it is there again.

A form counts as acknowledged once its answer leads further; what it said must from then on be in
the copy of the person's data (/berkas/data-saya.json), whatever happened to the processes.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl

from werkzeug.formparser import FormDataParser
from werkzeug.http import parse_options_header

from app.domain.dossier.journey import EACH, StepName, Stop
from app.domain.dossier.steps import STEPS
from app.domain.law import deed
from app.domain.licence.status import ACTION_STATUSES, OfficeAction, StatusSource
from app.domain.written import dates, money, person, phone, place, quantities, tax_numbers

# Buttons that only show more of the same page, and what a form holds besides the answers.
_ONLY_SHOWS = frozenset({"temukan", "pilih", "hitung", "ganti"})
KEY = "kunci"

Read = Callable[[str], object]


@dataclass(frozen=True)
class Form:
    """A form that was taken. path: without the language; pairs: as they were sent."""

    path: str
    pairs: tuple[tuple[str, str], ...] = field(repr=False)

    @property
    def key(self) -> str:
        """The one-time key; "" where the form has none."""
        return dict(self.pairs).get(KEY, "")

    @property
    def is_kept_by_key(self) -> bool:
        """Return whether its key is kept with what it did."""
        by_code = self.path == "/berkas/nik" or self.path.startswith(_IN_PARTS)
        return bool(self.key) and not by_code

    @property
    def stop(self) -> Stop | None:
        """The step of the journey that this form answers, if it is one."""
        try:
            return Stop.parse(self.path.removeprefix("/berkas/"))
        except ValueError:
            return None


def taken(
    path: str,
    body: bytes,
    status: int,
    headers: Mapping[str, str],
    prefix: str,
    content_type: str = "",
) -> Form | None:
    """Return the form of a POST if the answer to it says that it was taken.

    headers: a mapping that does not care for capitals, such as http.client's. content_type: of the
    form; one with a file is sent in another way, and the file itself is left out here.
    """
    leads_on = bool(headers.get("HX-Push-Url") or headers.get("HX-Redirect"))
    if status != 303 and not (status == 200 and leads_on):
        return None
    pairs = _read(body, content_type)
    if any(name in _ONLY_SHOWS for name, _ in pairs):
        return None
    return Form(path.removeprefix(prefix), pairs)


def _read(body: bytes, content_type: str) -> tuple[tuple[str, str], ...]:
    kind, options = parse_options_header(content_type)
    if kind != "multipart/form-data":
        return tuple(parse_qsl(body.decode(), keep_blank_values=True))
    _, form, files = FormDataParser().parse(BytesIO(body), kind, len(body), options)
    for _, file in files.items(multi=True):
        file.close()
    return tuple(form.items(multi=True))


def finished(path: str, data: bytes, status: int, prefix: str) -> Form | None:
    """Return a paper that was sent in parts, if an answer says that all of it was taken."""
    path = path.removeprefix(prefix)
    if status >= 300 or not path.startswith(_IN_PARTS):
        return None
    said = json.loads(data)
    return Form(path, ((KEY, said["code"]),)) if said["next"] else None


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))


def _text(text: str) -> str | None:
    return place.parse_free_text(text, 1024) or None


def _or_empty(text: str) -> str:
    return _text(text) or ""


def _quantity(text: str) -> str:
    return format(quantities.parse_quantity(text), "f")


def _date(text: str) -> str:
    return dates.parse_date(text, today=date.today()).isoformat()  # noqa: DTZ011


def _or_none(read: Read) -> Read:
    return lambda text: read(text) if text.strip() else None


@dataclass(frozen=True)
class _Place:
    """Where an answer is kept. read: from what was typed to what the copy shows."""

    table: str
    column: str
    read: Read = str


# Not kept as they are: the search, and the choices that only lead to another list.
_ON_THE_WAY = frozenset(
    {KEY, "csrf_token", "dari", "untuk_berkas", "cari", "distrik", "provinsi", "ke"}
)
_HOME = {
    "kampung": _Place("applicants", "area_code"),
    "kabupaten": _Place("applicants", "area_code"),
    "wilayah": _Place("applicants", "area_text", _text),
    "jalan": _Place("applicants", "street", place.parse_street),
    "rtrw": _Place("applicants", "rt_rw", _or_none(place.parse_rt_rw)),
    "kodepos": _Place("applicants", "postcode", _or_none(place.parse_postcode)),
}
_PLACES: Mapping[StepName, Mapping[str, _Place]] = {
    StepName.KIND: {"pelaku": _Place("dossiers", "legal_form")},
    StepName.IDENTITY: {
        "nik": _Place("applicants", "nik", _digits),
        "nama": _Place("applicants", "name", person.parse_name),
        "lahir": _Place("applicants", "birth_date", _date),
        "kelamin": _Place("applicants", "sex"),
    },
    StepName.PHONE: {
        "telepon": _Place("applicants", "phone", phone.parse_mobile),
        "surel": _Place("applicants", "email", _or_none(str.lower)),
        "npwp": _Place("applicants", "npwp", _or_none(tax_numbers.parse_npwp)),
    },
    StepName.ENTITY: {
        "nama": _Place("entities", "name", _text),
        "jabatan": _Place("entities", "role"),
        "nomor": _Place("entities", "registration_no", _text),
        "tanggal": _Place("entities", "registered_on", _date),
        "npwp": _Place(
            "entities", "npwp", lambda text: tax_numbers.parse_npwp(text, of_entity=True)
        ),
    },
    StepName.DEED: {
        "kode": _Place("entities", "deed_codes", lambda text: list(deed.parse_codes(text))),
        "tahun": _Place("entities", "deed_year", int),
    },
    StepName.HOME: _HOME,
    StepName.ACTIVITY: {"kbli": _Place("activities", "kbli_code")},
    StepName.BUSINESS: {
        "usaha": _Place("activities", "trade_name", _text),
        "uraian": _Place("activities", "description", _text),
        "lingkup": _Place("activities", "scope_no", int),
    },
    StepName.PLACE: {
        "kampung": _Place("activities", "village_code"),
        "jalan": _Place("activities", "street", place.parse_street),
        "rtrw": _Place("activities", "rt_rw", _or_none(place.parse_rt_rw)),
        "jenis": _Place("activities", "shared_premises", lambda text: text == "pasar"),
        "posisi": _Place("activities", "position_code"),
    },
    StepName.LAND: {
        "luas": _Place("activities", "land_area", _quantity),
        "satuan": _Place("activities", "land_unit"),
        "status": _Place("activities", "land_status", lambda t: "03" if t == "adat" else t),
    },
    StepName.CAPITAL: {
        name: _Place("activities", f"{column}_idr", money.parse_rupiah)
        for name, column in {
            "mesin": "machines",
            "kerja": "working",
            "lain": "other",
            "tanah": "land",
            "bangunan": "building",
        }.items()
    },
    StepName.PRODUCTION: {
        "laki": _Place("activities", "workers_male", quantities.parse_count),
        "perempuan": _Place("activities", "workers_female", quantities.parse_count),
        "hasil": _Place("activities", "product", _text),
        "kapasitas": _Place("activities", "capacity", _quantity),
        "unit": _Place("activities", "capacity_unit", _text),
    },
    StepName.DECLARATIONS: {},  # several of one name, see below
}
# What other forms leave behind: the event that each of them writes once.
_EVENTS = {
    "/berkas/periksa": "sent",
    "/berkas/perbaikan": "sent_again",
    "/berkas/kegiatan-lain": "activity_added",
}
_LEAVES_NOTHING = frozenset({"/berkas/mulai", "/berkas/nik"})  # opens the file; only asks again
_IN_PARTS = "/berkas/lampiran/unggahan/"
_PAPER = re.compile(r"/berkas/lampiran/(untuk/[^/]+|unggahan/[^/]+)")
_PAPER_ADDED = "attachment_added"
_SAME_PLACE = re.compile(r"/berkas/kegiatan-lain/([0-9]+)/tempat-sama")
_OFFICE = "/berkas/latihan-petugas"
_BY_OFFICE = "status in practice"

Tables = Mapping[str, list[dict[str, Any]]]


def answers_in(forms: Iterable[Form]) -> int:
    """Return how many answers were acknowledged in these forms."""
    return sum(1 for form in forms for name, _ in form.pairs if name not in _ON_THE_WAY)


def not_found(forms: Iterable[Form], tables: Tables) -> Iterator[str]:
    """Yield what was acknowledged and is not there, or is there twice. Never the answer itself.

    forms: in the order in which they were taken; tables: from the copy of the person's data.
    """
    known = {(form.key or index): form for index, form in enumerate(forms)}.values()
    newest: dict[tuple[Stop, str], str] = {}
    ticked: set[str] = set()
    times: Counter[tuple[str, str]] = Counter()
    for form in known:
        stop = form.stop
        if stop is not None:
            times["step_answered", str(stop)] += 1
            for name, typed in form.pairs:
                if name == "pernyataan":
                    ticked.add(typed)
                elif name not in _ON_THE_WAY:
                    newest[stop, name] = typed
        elif form.path in _EVENTS:
            times[_EVENTS[form.path], ""] += 1
            # Whoever learns sends one licence at a time again, which gives it another status.
            times[_BY_OFFICE, ""] += form.path == "/berkas/perbaikan"
        elif form.path == _OFFICE:
            action = OfficeAction(dict(form.pairs)["tindakan"])
            times[_BY_OFFICE, ""] += len(ACTION_STATUSES[action])
        elif _PAPER.fullmatch(form.path):
            times[_PAPER_ADDED, ""] += 1
        elif same_place := _SAME_PLACE.fullmatch(form.path):
            for name in (StepName.PLACE, StepName.LAND):
                times["step_answered", str(Stop(name, int(same_place[1]) - 1))] += 1
        elif form.path not in _LEAVES_NOTHING:
            yield f"{form.path}: taken, and nobody knows where it is kept"
    for (stop, name), typed in newest.items():
        if not _is_kept(stop, name, typed, tables):
            yield f"{stop}: {name} is not what was acknowledged"
    declared = {row["kind"] for row in tables.get("declarations", [])}
    for kind in sorted(ticked - declared):
        yield f"pernyataan: {kind} was acknowledged and is gone"
    happened = _happened(tables)
    for what in sorted(times.keys() | happened.keys()):
        if times[what] != happened[what]:
            name = " ".join(what).strip()
            yield f"{name}: acknowledged {times[what]} times, happened {happened[what]} times"


def _happened(tables: Tables) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    for event in tables.get("events", []):
        if event["kind"] == "step_answered":
            found["step_answered", event["facts"]["step"]] += 1
        elif event["kind"] in {*_EVENTS.values(), _PAPER_ADDED}:
            found[event["kind"], ""] += 1
    for event in tables.get("licence_events", []):
        found[_BY_OFFICE, ""] += event["source"] == StatusSource.PRACTICE
    return found


def _is_kept(stop: Stop, name: str, typed: str, tables: Tables) -> bool:
    as_typed = {
        column.box: _Place(STEPS[stop.name].of, column.name, _or_empty)
        for column in STEPS[stop.name].typed_as_kept
    }
    kept = as_typed.get(name) or _PLACES.get(stop.name, {}).get(name)
    if kept is None:
        return False
    rows = tables.get(kept.table, [])
    if stop.name in EACH:
        rows = [row for row in rows if row["position"] == stop.position]
    return len(rows) == 1 and rows[0][kept.column] == kept.read(typed)
