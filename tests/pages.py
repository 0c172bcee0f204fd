"""All pages there are, and how to get to each: for checks, weights, scans and screenshots.

Journeys are walked with made-up people, through the pages' own forms.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from copy import copy
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, insert, select
from werkzeug.test import TestResponse

from app.domain.dossier.journey import Answers, way
from app.extensions import db
from tests.client import HTMX, CheckingClient, Form, follow_on, form_of, here, links_of, parse
from tests.personas import Persona, personas

PREFIXES = {"id": "", "en": "/en"}
PIN = personas()["kiosk"].pin

# name: (path, status). Every GET without a value in its path is here or in NOT_PAGES.
PUBLIC: Mapping[str, tuple[str, int]] = {
    "home": ("/", 200),
    "check": ("/cek-usaha", 200),
    "check-found": ("/cek-usaha?q=kios+sembako", 200),
    "check-question": ("/cek-usaha?q=sepatu+sendal", 200),
    "check-answered": ("/cek-usaha?q=sepatu+sendal&jawab=sepatu.jual", 200),
    "check-answered-all": (
        "/cek-usaha?q=sepatu+sendal&jawab=sepatu.jual&jawab=eceran.lain",
        200,
    ),
    "check-several": ("/cek-usaha?q=jual+bensin+botol+dan+servis+motor", 200),
    "check-faint": ("/cek-usaha?q=xqzwvk+brumbel+kios", 200),
    "check-nothing-found": ("/cek-usaha?q=xqzwvk", 200),
    "check-empty": ("/cek-usaha?q=", 422),
    "check-groups": ("/cek-usaha/kelompok", 200),
    "check-group": ("/cek-usaha/kelompok/semua?kategori=G", 200),
    "check-place": ("/cek-usaha/tempat?kbli=47112", 200),
    "check-result": ("/cek-usaha/hasil?kbli=47112&tempat=sendiri&besar=up_to_50m", 200),
    "check-medium-low": ("/cek-usaha/hasil?kbli=01139&tempat=sendiri&besar=up_to_1bn", 200),
    "check-code": ("/cek-usaha/kode/47112", 200),
    "check-code-two-meanings": ("/cek-usaha/kode/01283", 200),
    "check-code-old": ("/cek-usaha/kode/03151", 200),
    "check-number": ("/cek-usaha?q=01283", 200),
    "check-compare": ("/cek-usaha/banding?kode=56101&kode=56102", 200),
    "check-compare-ask": ("/cek-usaha/banding", 200),
    "check-compare-wrong": ("/cek-usaha/banding?kode=56101&kode=99999", 422),
    "old-code": ("/kbli-lama", 200),
    "old-code-empty": ("/kbli-lama?q=", 422),
    "old-code-same": ("/kbli-lama?q=01111", 200),
    "old-code-means-something-else": ("/kbli-lama?q=01283", 200),
    "old-code-split": ("/kbli-lama?q=01612", 200),
    "old-code-unknown": ("/kbli-lama?q=23959", 200),
    "old-codes-many": ("/kbli-lama?q=47111,+85440+dan+99999", 200),
    "old-code-by-words": ("/kbli-lama?q=jual+ikan", 200),
    "old-code-nothing": ("/kbli-lama?q=xqzwvk", 200),
    "lkpm": ("/lkpm", 200),
    "lkpm-micro": ("/lkpm?ukuran=mikro", 200),
    "lkpm-small": ("/lkpm?ukuran=kecil", 200),
    "lkpm-large": ("/lkpm?ukuran=besar", 200),
    "lkpm-wrong": ("/lkpm?ukuran=raksasa", 422),
    "help": ("/bantuan", 200),
    "help-found": ("/bantuan?q=nik", 200),
    "help-nothing-found": ("/bantuan?q=xqzwvk", 200),
    "help-words": ("/bantuan/kamus", 200),
    "help-saved": ("/bantuan/tersimpan", 200),
    "kit": ("/bantuan/bahan", 200),
    "kit-notice": ("/bantuan/bahan/pengumuman", 200),
    "kit-radio": ("/bantuan/bahan/radio", 200),
    "kit-whatsapp": ("/bantuan/bahan/whatsapp", 200),
    "examples": ("/bantuan/contoh", 200),
    "example-needs": ("/bantuan/contoh/kios", 200),
    "example-count": ("/bantuan/contoh/isi-ulang-air/2", 200),
    "example-form": ("/bantuan/contoh/bum-kampung/3", 200),
    "example-statements": ("/bantuan/contoh/noken/4", 200),
    "example-result": ("/bantuan/contoh/isi-ulang-air/5", 200),
    "example-practise": ("/bantuan/contoh/kios/2/latihan", 200),
    "privacy": ("/privasi", 200),
    "start": ("/berkas/mulai", 200),
    "start-with-code": ("/berkas/mulai?kbli=47112", 200),
    "resume": ("/berkas/lanjut", 200),
    "finished": ("/berkas/selesai", 200),
    "lost-pin": ("/berkas/lupa", 200),
    "lost-number": ("/berkas/lupa/nomor", 200),
    "lost-counter": ("/berkas/lupa/loket", 200),
    "lost-facilitator": ("/berkas/lupa/pendamping", 200),
    "tracking": ("/lacak", 200),
    "tracking-empty": ("/lacak?nomor=", 422),
    "tracking-unknown": ("/lacak?nomor=SRG+0000+0000+0000", 404),
    "verification": ("/verifikasi", 200),
    "verification-mistyped": ("/verifikasi?kode=abc", 422),
    "verification-unknown": ("/verifikasi/ABCDEFGH2345", 404),
    "practice": ("/latihan", 200),
    "practice-messages": ("/latihan/pesan", 200),
    "search-words": ("/latihan/petugas/kata", 200),
    "search-words-add": ("/latihan/petugas/kata/tambah", 200),
    "desk-sign-in": ("/petugas/masuk", 200),
    "not-found": ("/tidak-ada", 404),
}
# Pages of somebody whose NIB is there.
AFTER = (
    "/berkas/setelah-nib",
    "/berkas/perubahan",
    "/berkas/perubahan/minta?jenis=tempat",
    "/berkas/perubahan/tutup",
    "/berkas/lkpm",
)
NOT_PAGES = {
    "/lkpm/kalender.ics": "dates for a calendar",
    "/berkas/perubahan/nomor": "comes after a form, see tests/routes/own/test_changes.py",
    "/berkas/lkpm/lembar": "of one period, see tests/routes/own/test_lkpm.py",
    "/berkas/lkpm/salin": "of one period, see tests/routes/own/test_lkpm.py",
    "/favicon.ico": "a drawing",
    "/sw.js": "a script",
    "/healthz": "for machines",
    "/readyz": "for machines",
    "/api/v1/kbli": "data",
    "/api/v1/risk": "data",
    "/berkas": "leads to /berkas/mulai",
    "/berkas/teruskan": "leads to the step that comes next",
    "/berkas/data-saya.json": "data",
    "/berkas/data-saya.pdf": "a paper",
    "/berkas/lupa/kode": "comes after asking: tests/routes/own/test_recovery.py",
    "/berkas/lupa/pin": "comes after a right code: tests/routes/own/test_recovery.py",
    "/petugas": "needs a sign-in: tests/routes/desk",
    "/petugas/cari": "needs a sign-in: tests/routes/desk",
    "/petugas/kunci": "needs somebody's day: tests/routes/desk",
    "/petugas/tersimpan": "needs a form that came too late: tests/routes/desk",
    "/petugas/pilih": "needs a sign-in: tests/routes/desk",
    "/petugas/orang": "needs a sign-in: tests/routes/desk",
    "/berkas/nomor.png": "a picture",
    "/berkas/nib.pdf": "a paper",
    "/berkas/nik": "stands only while a NIK does not fit: tests/routes/test_nik_cases.py",
    "/berkas/nik/kartu": "stands only while a NIK does not fit: see routes/test_nik_cases.py",
    "/berkas/perbaikan": "needs an office: tests/routes/journey/test_correction.py",
    "/berkas/latihan-petugas": "needs a licence that waits: see journey/test_correction.py",
    "/berkas/status-oss": "not in practice: tests/routes/own/test_oss_status.py",
    "/berkas/jawaban": "of a sent file: routes/own/test_changes.py",
    "/berkas/selisih": "comes after the journey; see tests/routes/own/test_differences.py",
    "/berkas/lampiran": "walked in journey/test_attachments.py: it needs a higher risk",
    "/berkas/untuk-oss": "leads to the result in practice; see routes/own/test_filing.py",
    "/berkas/untuk-oss.pdf": "a paper",
    "/berkas/untuk-oss.json": "data",
    "/berkas/untuk-oss.csv": "data",
    "/berkas/untuk-oss.xlsx": "data",
    "/berkas/nib-saya": "leads to the result in practice; see routes/own/test_filing.py",
}

# Pages of the journey in order; the names are the last words of their addresses.
START, NUMBER, NIK, REVIEW, RESULT = "mulai", "nomor", "nik", "periksa", "hasil"
STEPS = tuple(stop.name.value for stop in way(Answers()))
JOURNEY = (START, NUMBER, *STEPS, REVIEW, RESULT)  # with a NIK that fits; NIK comes else
# Pages of the open file beside the way.
OWN = (
    "/berkas/pesan",
    "/berkas/data-saya",
    "/berkas/data-saya/tarik",
    "/berkas/data-saya/hapus",
    "/berkas/data-saya/pendamping",
)
# Fragments that also open as pages of their own (their addresses stand in hx-get).
PARTS = (
    "/berkas/wilayah?distrik=960105",
    "/berkas/wilayah?distrik=luar&provinsi=96",
    "/berkas/wilayah?untuk=usaha&distrik=960105",
    "/berkas/hitung?mesin=1+juta&kerja=5+juta&lain=0&tanah=0&bangunan=0",
)
# Buttons that only bring more of the same page.
MORE = {"alamat": "pilih", "tempat": "pilih", "kegiatan": "temukan"}


KIOSK = personas()["kiosk"]
TARO = personas()["customary-land"]  # medium-low risk: a standard certificate comes with the NIB
LIVES_OUTSIDE = personas()["lives-elsewhere"]
NAME_DIFFERS = personas()["name-differs"]
DEPOT = personas()["water-depot"]  # medium-high risk: the office has seven working days


# Where the application of the whole run keeps the places that somebody walked to.
PLACES = "places_walked_to"
REFERENCE = ("reference", "kbli", "risk_fact", "area", "nik_prefix", "holiday", "alembic")


def own_tables() -> list[Table]:
    """Return the tables in which tests write, those that others point to first."""
    return [t for t in db.metadata.sorted_tables if not t.name.startswith(REFERENCE)]


def page_of(response: TestResponse) -> str:
    """Return the name of the journey page that an answer shows."""
    return here(response).rpartition("/")[2]


@dataclass(frozen=True)
class _Place:
    """Where a walk stood: what was kept, on the phone and in the database, and what was shown."""

    rows: list[tuple[Table, list[dict[str, Any]]]]
    cookies: Mapping[Any, Any]
    shown: Mapping[str, TestResponse]
    answers: list[TestResponse]
    response: TestResponse


class Walk:
    """Goes through the journey page by page with real POSTs, and keeps each page it was shown."""

    def __init__(
        self,
        client: CheckingClient,
        who: Persona = KIOSK,
        *,
        language: str = "id",
        htmx: bool = False,
    ) -> None:
        self.client = client
        self.who = who
        self.prefix = PREFIXES[language]
        self.htmx = htmx
        self.response = client.get(f"{self.prefix}/berkas/{START}")
        self.shown: dict[str, TestResponse] = {START: self.response}
        self.answers: list[TestResponse] = []  # everything that came after the first page

    @property
    def page(self) -> str:
        """The page that the person is on."""
        return page_of(self.response)

    @property
    def number(self) -> str:
        """The Nomor Bantuan, as shown to the person."""
        text = "".join(parse(self.shown[NUMBER]).with_class("code")[0].itertext())
        match = re.search(r"SRG[\d\s]+\d", text)
        assert match, text
        return match.group()

    @classmethod
    def placed(
        cls,
        client: CheckingClient,
        page: str,
        who: Persona = KIOSK,
        *,
        language: str = "id",
        htmx: bool = False,
    ) -> Walk:
        """Return a walk that stands at a page, for a test of what comes there.

        The way itself is walked once in a run; later the same person is put there, with the rows,
        the cookies and the pages of the first time. Nothing may have been kept before, and whoever
        changes a rule, a clock or an office walks by themselves. After the review the offices know
        the file, and they forget nothing, so nobody is put there.
        """
        assert page in JOURNEY[: JOURNEY.index(REVIEW) + 1], f"{page} is reached by walking"
        places = client.application.extensions.get(PLACES)
        if places is None:  # an application of one test alone
            walk = cls(client, who, language=language, htmx=htmx)
            walk.to(page)
            return walk
        key = (client.speaks, who.name, repr(who.pages), language, htmx, page)
        if key not in places:
            walk = cls(client, who, language=language, htmx=htmx)
            walk.to(page)
            places[key] = walk._place()
            return walk
        walk = cls.__new__(cls)
        walk.client, walk.who, walk.htmx = client, who, htmx
        walk.prefix = PREFIXES[language]
        walk._stand(places[key])
        return walk

    def _place(self) -> _Place:
        with self.client.application.app_context():
            rows = [
                (table, [dict(row) for row in db.session.execute(select(table)).mappings()])
                for table in own_tables()
                if table.name != "acts"  # one chain for all: it goes on where it stands
            ]
            db.session.rollback()
        return _Place(
            [(table, found) for table, found in rows if found],
            dict(self.client._cookies or {}),
            dict(self.shown),
            list(self.answers),
            self.response,
        )

    def _stand(self, place: _Place) -> None:
        with self.client.application.app_context():
            for table, rows in place.rows:
                db.session.execute(insert(table), rows)
            db.session.commit()
        self.client._cookies = dict(place.cookies)
        mine: dict[int, TestResponse] = {}

        def own(response: TestResponse) -> TestResponse:
            """Return an answer as if this browser had asked for it."""
            if id(response) not in mine:
                mine[id(response)] = copy(response)
                mine[id(response)].sent_by = self.client  # type: ignore[attr-defined]
            return mine[id(response)]

        self.shown = {page: own(response) for page, response in place.shown.items()}
        self.answers = [own(response) for response in place.answers]
        self.response = own(place.response)

    def to(self, page: str) -> TestResponse:
        """Walk until this page shows; return the answer that showed it."""
        for _ in range(40):
            if self.page == page:
                return self.response
            self.go_on()
        raise AssertionError(f"{page} never came; the walk stands at {self.page}")

    def go_on(self) -> TestResponse:
        """Answer the page as the persona would and go on."""
        before = self.page
        if before in {NUMBER, NIK}:
            self._take(self._follow_button())
        else:
            form = form_of(self.response)
            button = self._fill(form, before)
            self._take(form.submit(button, htmx=self.htmx, follow=False))
            assert button or self.page != before, f"{before} was not taken: " + "; ".join(
                str(t) for t in _mistakes(self.response)
            )
        return self.response

    def _take(self, response: TestResponse) -> None:
        self.answers.append(response)
        final = follow_on(response)
        if final is not response:
            self.answers.append(final)
        self.response = final
        assert final.status_code in {200, 422}, f"{final.status_code} at {here(final)}"
        self.shown.setdefault(self.page, final)

    def _follow_button(self) -> TestResponse:
        address = links_of(parse(self.response), "go")[-1][0]
        return self.client.get(address, headers=HTMX if self.htmx else {})

    def _fill(self, form: Form, page: str) -> str | None:
        """Fill what can be filled; return the button that brings the rest, None to go on."""
        answers = self.who.pages.get(page, {})
        missing = False
        for name, answer in answers.items():
            if form.can(name, answer):
                form.fill({name: answer})
            else:
                missing = True
        more = MORE.get(page)
        if missing and more and form.has_button(more):
            return more
        assert not missing, f"{page} does not take {dict(answers)}: it has {sorted(form.names)}"
        return None


def _mistakes(response: TestResponse) -> Iterator[str]:
    page = parse(response)
    for note in page.with_class("err"):
        yield "".join(note.itertext())
    for note in page.with_class("bad", "div"):
        yield " ".join("".join(note.itertext()).split())
