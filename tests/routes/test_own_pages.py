"""What the pages beyond the short way cost: bytes on the wire, and statements in the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy import event

from app.extensions import db
from tests.client import HTMX, form_of
from tests.factories import new_line
from tests.pages import PREFIXES
from tests.routes.test_weights import (
    FULL_PAGE,
    HTMX_STEP,
    PackedClient,
    wire_size,
)
from tests.situations import SITUATIONS, Situation, arrange

# The most SQL statements that a page may cost in any situation, by the end of its address. A page
# that lists something costs the same for one row and for many. Raise a number only with a reason.
STATEMENTS = {
    "pelaku": 3,  # the last of each step asks what was typed there before
    "diri": 4,
    "badan": 4,
    "akta": 4,
    "alamat": 4,
    "kegiatan/2": 4,
    "usaha/2": 4,
    "tempat/2": 4,
    "lahan/2": 4,
    "modal/2": 4,
    "produksi/2": 4,
    "pernyataan": 4,
    "tempat": 6,
    "periksa": 6,  # with what was typed on a page and left there
    "nomor": 3,
    "nik": 7,
    "nik/kartu": 4,
    "lampiran": 11,  # of a sent file also what was given back
    "lampiran/untuk/lahan-0": 3,
    "lampiran/untuk/lain1": 3,
    "hasil": 21,  # a state of the NIB that we do not know is looked up in the list of OSS
    "perbaikan": 11,
    "latihan-petugas": 10,
    "status-oss": 4,
    "selisih": 5,
    "untuk-oss": 11,
    "nib-saya": 4,  # the last asks whose NIB this file changes
    "setelah-nib": 3,
    "perubahan": 11,
    "perubahan/minta": 4,
    "perubahan/nomor": 6,
    "perubahan/tutup": 5,
    "lkpm": 5,
    "lkpm/lembar": 4,
    "lkpm/salin": 4,
    "pesan": 5,
    "data-saya": 7,
    "data-saya/tarik": 5,
    "data-saya/hapus": 5,
    "data-saya/pendamping": 3,
    "lupa/kode": 0,
    "lupa/pin": 2,
    "/latihan/pesan": 3,
}
# Here even the heaviest full page keeps to what is typical. Two pages are as long as what somebody
# answered, so their parts may be heavier than a step.
LONG = frozenset({"periksa", "untuk-oss"})
PART, LONG_PART = 2_200, 3_000  # bytes; with help beside the question
# Forms that ask for something: their answer to an empty form is a page with all its mistakes.
ASKING = {
    "company": ("badan", "akta", "alamat"),
    "branch": ("badan",),
    "two-activities": ("usaha/2", "tempat/2", "lahan/2", "modal/2", "produksi/2"),
    "waits-for-office": ("latihan-petugas",),
    "nib": ("perubahan/tutup",),
    "draft": ("data-saya/pendamping",),
    "to-file": ("nib-saya",),
    "nib-told": ("status-oss",),
}
every_situation = pytest.mark.parametrize("name", SITUATIONS)


@pytest.fixture(autouse=True)
def fresh_line(app):
    new_line(app)


@pytest.fixture
def there(app, request):
    """Bring a file into a situation; return it, its application and a phone that has our styles."""

    def go(name: str) -> tuple[Situation, Flask, PackedClient]:
        situation = SITUATIONS[name]
        one = app if situation.mode == "training" else request.getfixturevalue("assist")
        one.test_client_class = PackedClient
        phone = one.test_client()
        phone.set_cookie("c", one.extensions["assets"]["site.css"].hash)
        arrange(one, phone, situation)
        return situation, one, phone

    return go


@contextmanager
def statements(app: Flask) -> Iterator[list[str]]:
    """Give the statements of what happens inside, as they come."""
    found: list[str] = []

    def note(_connection, _cursor, statement, *_more) -> None:
        found.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", note)


def page_name(address: str) -> str:
    """Return the end of an address as STATEMENTS has it."""
    return address.partition("?")[0].removeprefix("/berkas/")


def test_every_page_has_its_number_and_every_number_its_page():
    found = {page_name(a) for each in SITUATIONS.values() for a in each.addresses}
    assert found == set(STATEMENTS)


@every_situation
def test_statements(there, name):
    situation, app, phone = there(name)
    too_many = {}
    for address in situation.addresses:
        assert phone.get(address).status_code == 200, address  # and the first line is open
        with statements(app) as found:
            phone.get(address)
        if len(found) > STATEMENTS[page_name(address)]:
            too_many[address] = (len(found), found)
    assert not too_many, too_many


@pytest.mark.parametrize(
    ("few", "many", "address"),
    [
        ("company", "four-activities", "/berkas/periksa"),
        ("to-file", "several-to-file", "/berkas/untuk-oss"),
        ("waits-for-office", "two-wait-for-office", "/berkas/hasil"),
        ("waits-for-office", "two-wait-for-office", "/berkas/lampiran"),
        ("waits-for-office", "two-wait-for-office", "/berkas/latihan-petugas"),
        ("changed-once", "changed-often", "/berkas/perubahan"),
        ("one-helps", "told-of", "/berkas/data-saya/pendamping"),
        ("waits-for-office", "told-of", "/berkas/pesan"),
    ],
)
def test_more_rows_cost_no_more_statements(there, few, many, address):
    costs, weights = [], []
    for name in (few, many):
        _, app, phone = there(name)
        phone.get(address)
        with statements(app) as found:
            weights.append(len(phone.get(address).get_data()))
        costs.append(len(found))
    assert costs[1] <= costs[0]
    assert weights[0] < weights[1], "there is more to show"


@every_situation
def test_weights(there, name):
    situation, _, phone = there(name)
    too_heavy = []
    for prefix in PREFIXES.values():
        for address in situation.addresses:
            page = phone.get(prefix + address)
            part = phone.get(prefix + address, headers=HTMX)
            most = LONG_PART if page_name(address) in LONG else PART
            for answer, limit in ((page, FULL_PAGE[0]), (part, most)):
                if wire_size(answer) > limit:
                    too_heavy.append((prefix + address, wire_size(answer), limit))
    assert not too_heavy


@pytest.mark.parametrize("name", ASKING)
def test_weights_of_mistakes(there, name):
    _, _, phone = there(name)
    too_heavy = []
    for prefix in PREFIXES.values():
        for page in ASKING[name]:
            form = form_of(phone.get(f"{prefix}/berkas/{page}"))
            for box in form.boxes:
                if box.kind in {"radio", "checkbox"}:
                    box.value = None
                elif box.kind != "hidden":
                    box.value = ""
            answer = form.submit(htmx=True, follow=False)
            assert answer.status_code == 422, page
            if wire_size(answer) > HTMX_STEP[0] + 200:
                too_heavy.append((prefix + page, wire_size(answer)))
    assert not too_heavy
