"""Files in every state beyond the short way, and the pages that a person meets there.

For weights, statements, scans and pictures: `SITUATIONS` says which pages, `arrange` brings a file
there and lets a browser in. As a program it does so for a server that runs on the same data, and
prints the cookies: `INSTANCE=… python -m tests.situations assist`.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal

from flask import Flask, current_app
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app import create_app
from app.clock import today
from app.domain.after.lkpm import Rhythm, next_dues, period_of
from app.domain.dossier.changes import ChangeKind
from app.domain.dossier.journey import StepName
from app.domain.law.business_size import Capital
from app.domain.law.legal_form import LegalForm
from app.domain.licence.corrections import PaperTarget, ReturnReason, StepTarget
from app.domain.licence.status import OfficeAction
from app.domain.nik.verdict import NikClass
from app.domain.oss.nib import NibSource
from app.domain.sending.messages import MessageKind
from app.extensions import db
from app.models.dossier import Dossier
from app.models.message import Message
from app.services.after import changes, lkpm
from app.services.desk import practice_office
from app.services.journey import steps
from app.services.licence import standing
from app.services.messages import outbox
from app.services.oss import handovers, nibs, reconciliation, verdicts
from app.services.papers import taking, wanted
from app.services.rights import consents, own_data
from app.work import run
from tests import factories, papers
from tests.client import CheckingClient, form_of

DEPOT = "11052"  # refilled water: medium-high, with papers named by its row of the risk table
NIB = "8120207732258"
SMALL = Capital(
    land_idr=0,
    building_idr=0,
    machines_idr=1_000_000_001,
    other_idr=0,
    working_idr=5_000_000,
)
PERIOD = next_dues(Rhythm.HALF_YEARLY, {}, on=today(), since=today())[0].period.key
STEPS_2 = tuple(f"{step}/2" for step in ("kegiatan", "usaha", "tempat", "lahan", "modal"))


@dataclass(frozen=True)
class Situation:
    """make: brings a file there; pages: addresses, or the ends of those under /berkas/.

    enter: lets the browser in by the support number, where that is not by the PIN.
    """

    name: str
    make: Callable[[], Dossier]
    pages: tuple[str, ...]
    mode: str = "training"
    enter: Callable[[FlaskClient, str], object] | None = None

    @property
    def addresses(self) -> tuple[str, ...]:
        """Return the addresses of its pages."""
        return tuple(page if page[0] == "/" else f"/berkas/{page}" for page in self.pages)


@contextmanager
def _office(office: str, mode: str) -> Iterator[None]:
    path = current_app.config["SETTINGS"].instance / "simulators" / f"{office}.json"
    path.write_text(json.dumps({"mode": mode}))
    try:
        yield
    finally:
        path.unlink()


def _company(form: LegalForm, *, activities: int = 1) -> Dossier:
    extra = ("56102", "47111", "01139", "47221")[: activities - 1]
    dossier = factories.entity_dossier(form, deed=(factories.LOW, *extra))
    for code in extra:
        factories.add_activity(dossier, code)
    return dossier


def _several(count: int) -> Dossier:
    dossier = factories.dossier_at(None)
    for code in ("56102", "47111", "01139", "47221")[: count - 1]:
        factories.add_activity(dossier, code)
    return dossier


def _half_second_activity() -> Dossier:
    dossier = _several(2)
    steps.set_land(dossier, area=Decimal("20"), unit="01", status="02", customary=False, at=1)
    db.session.commit()
    return dossier


def _add_paper(dossier: Dossier, address: str) -> taking.Attachment:
    reserved = taking.reserve(taking.clean(papers.photo()))
    taking.put(reserved)
    paper = wanted.find_paper(dossier, address).paper
    added = taking.attach(dossier, paper.key, paper.position, reserved)
    db.session.commit()
    return added


def _with_papers() -> Dossier:
    dossier = factories.dossier_at(None, kbli_code=DEPOT)
    first, second = [paper.address for paper in wanted.wanted_papers(dossier)][:2]
    _add_paper(dossier, first)
    taking.remove(dossier, _add_paper(dossier, second))
    db.session.commit()
    return dossier


def _sent(dossier: Dossier) -> Dossier:
    job = handovers.send(dossier)
    db.session.commit()
    if job is not None:
        factories.run(job.id)
    return dossier


def _waits_for_office() -> Dossier:
    return factories.sent_dossier(kbli_code=DEPOT)


def _decide(dossier: Dossier, *actions: OfficeAction) -> Dossier:
    for action in actions:
        practice_office.act(dossier, standing.of(dossier)[-1].id_izin, action)
        db.session.commit()
    return dossier


def _two_wait_for_office() -> Dossier:
    dossier = factories.dossier_at(None, kbli_code=DEPOT)
    factories.add_activity(dossier, factories.MEDIUM_HIGH)
    return _sent(dossier)


def _given_back(*, a_paper: bool = False) -> Dossier:
    dossier = factories.dossier_at(None, kbli_code=DEPOT)
    paper = wanted.wanted_papers(dossier)[0]
    _add_paper(dossier, paper.address)
    _decide(_sent(dossier), OfficeAction.COMPLETE)
    licence = standing.of(dossier)[-1]
    practice_office.act(
        dossier,
        licence.id_izin,
        OfficeAction.GIVE_BACK,
        reason=ReturnReason.UNREADABLE if a_paper else ReturnReason.PLACE_NOT_IN_PLAN,
        target=PaperTarget(paper.key) if a_paper else StepTarget(StepName.PLACE, 0),
        note="Nomor rumah kurang",
        answer_days=5,
    )
    db.session.commit()
    return dossier


def _mended() -> Dossier:
    dossier = _given_back()
    steps.set_place(
        dossier,
        village_code=factories.VILLAGE,
        street="Jalan Baru 3",
        rt_rw="001/002",
        shared_premises=False,
        position_code="01",
    )
    db.session.commit()
    return dossier


def _approved() -> Dossier:
    return _decide(
        _waits_for_office(), OfficeAction.COMPLETE, OfficeAction.CHECK, OfficeAction.APPROVE
    )


def _rejected() -> Dossier:
    return _decide(_waits_for_office(), OfficeAction.COMPLETE, OfficeAction.REJECT)


def _nik_differs() -> Dossier:
    return factories.dossier_at(None, who="name_and_date_differ")


def _nik_not_recorded() -> Dossier:
    return factories.dossier_at(None, who="not_recorded")


def _registry_silent() -> Dossier:
    return factories.sent_dossier(who="down")


def _differs() -> Dossier:
    dossier = factories.sent_dossier()
    with _office("oss", "differs"):
        job = reconciliation.plan(dossier)
        db.session.commit()
        factories.run(job.id)
    return dossier


def _nib() -> Dossier:
    """A small business with its NIB and the figures of one report."""
    dossier = factories.sent_dossier(capital=SMALL)
    figures = lkpm.Figures(
        land_idr=0,
        building_idr=0,
        machines_idr=2_000_000,
        other_idr=0,
        working_idr=5_500_000,
        workers_male=1,
        workers_female=2,
        production="600 kg ikan",
        problems="listrik padam",
    )
    lkpm.save(dossier, period_of(PERIOD), figures, reported=False)
    db.session.commit()
    return dossier


def _medium_low_nib() -> Dossier:
    return factories.sent_dossier(kbli_code=factories.MEDIUM_LOW)


def _change_under_way() -> Dossier:
    dossier = factories.sent_dossier()
    changes.open_change(dossier, ChangeKind.PLACE, "pindah ke pasar")
    db.session.commit()
    return dossier


def _change_file() -> Dossier:
    dossier = factories.sent_dossier()
    copy, _job = changes.open_change(dossier, ChangeKind.PLACE, "pindah ke pasar")
    db.session.commit()
    return copy


def _changed(*kinds: ChangeKind) -> Dossier:
    dossier = factories.sent_dossier()
    for kind in kinds:
        changes.open_change(dossier, kind, None)
        db.session.commit()
        request = changes.open_request(dossier)
        assert request is not None
        changes.withdraw(request)
        db.session.commit()
    return dossier


def _revoked() -> Dossier:
    dossier = factories.sent_dossier()
    changes.close(dossier, "berhenti")
    db.session.commit()
    return dossier


def _told_of() -> Dossier:
    """A file about which messages went out, with helpers who may act."""
    dossier = _approved()
    for name in ("Mama Contoh", "Bapak Contoh"):
        consents.give(dossier, name, 7)
    db.session.commit()
    return dossier


def _one_helps() -> Dossier:
    dossier = factories.dossier_at(None)
    consents.give(dossier, "Mama Contoh", 7)
    db.session.commit()
    return dossier


def _withdrawn() -> Dossier:
    dossier = factories.dossier_at(None)
    own_data.withdraw(dossier)
    db.session.commit()
    return dossier


def _erasure_asked() -> Dossier:
    dossier = factories.sent_dossier()
    own_data.ask_erasure(dossier)
    db.session.commit()
    return dossier


def _to_file(**options: object) -> Dossier:
    dossier = factories.sent_dossier(**options)
    verdicts.record_by_staff(dossier, NikClass.MATCH)
    db.session.commit()
    return dossier


def _several_to_file() -> Dossier:
    dossier = _several(3)
    handovers.send(dossier)
    verdicts.record_by_staff(dossier, NikClass.MATCH)
    db.session.commit()
    return dossier


def _not_matched_to_file() -> Dossier:
    return factories.sent_dossier()


def _nib_told() -> Dossier:
    dossier = _to_file(kbli_code=DEPOT)
    nibs.receive(dossier, NIB, NibSource.TYPED)
    db.session.commit()
    return dossier


def _company_to_file() -> Dossier:
    dossier = _company(LegalForm.PT)
    handovers.send(dossier)
    verdicts.record_by_staff(dossier, NikClass.MATCH)
    db.session.commit()
    return dossier


def _ask_for_code(client: FlaskClient, support_number: str) -> TestResponse:
    asked = form_of(client.get("/berkas/lupa")).fill(nomor=support_number)
    return asked.submit()


def _tell_code(client: FlaskClient, support_number: str) -> None:
    page = _ask_for_code(client, support_number)
    form_of(page).fill(kode=_newest_code(client.application)).submit()


def _newest_code(app: Flask) -> str:
    """Return the code that went out last; the worker of a running server may be quicker than us."""
    newest = select(Message).where(Message.kind == MessageKind.RECOVERY_CODE)
    for _ in range(100):
        run.sweep(app)
        with factories.looking(app) as session:
            message = session.scalars(newest.order_by(Message.id.desc())).first()
            if message is not None:
                return str(re.findall(r"\b\d{6}\b", outbox.written(message))[0])
        time.sleep(0.1)
    raise AssertionError("no code came")


SITUATIONS = {
    each.name: each
    for each in (
        Situation("own-business", lambda: factories.dossier_at(StepName.HOME), ("pelaku", "diri")),
        Situation(
            "company",
            lambda: _company(LegalForm.PT),
            ("badan", "akta", "alamat", "diri", "periksa"),
        ),
        Situation("cooperative", lambda: _company(LegalForm.COOPERATIVE), ("badan", "akta")),
        Situation("branch", lambda: _company(LegalForm.BRANCH), ("badan", "alamat", "periksa")),
        Situation(
            "two-activities",
            _half_second_activity,
            (*STEPS_2, "produksi/2", "pernyataan", "periksa"),
        ),
        Situation("four-activities", lambda: _several(4), ("periksa",)),
        Situation("papers", _with_papers, ("lampiran", "lampiran/untuk/lahan-0", "periksa")),
        Situation(
            "waits-for-office",
            _waits_for_office,
            ("hasil", "latihan-petugas", "lampiran", "selisih", "pesan", "setelah-nib"),
        ),
        Situation(
            "two-wait-for-office", _two_wait_for_office, ("hasil", "lampiran", "latihan-petugas")
        ),
        Situation(
            "given-back",
            _given_back,
            ("hasil", "perbaikan", "tempat", "latihan-petugas", "lampiran"),
        ),
        Situation(
            "paper-given-back",
            lambda: _given_back(a_paper=True),
            ("hasil", "perbaikan", "lampiran"),
        ),
        Situation("mended", _mended, ("perbaikan", "tempat")),
        Situation("approved", _approved, ("hasil", "setelah-nib")),
        Situation("rejected", _rejected, ("hasil",)),
        Situation("nik-differs", _nik_differs, ("nik", "nik/kartu", "periksa")),
        Situation("nik-not-recorded", _nik_not_recorded, ("nik", "nik/kartu")),
        Situation("registry-silent", _registry_silent, ("nik", "hasil", "selisih")),
        Situation("differs", _differs, ("selisih", "hasil")),
        Situation(
            "nib",
            _nib,
            (
                "hasil",
                "setelah-nib",
                "perubahan",
                "perubahan/minta?jenis=tempat",
                "perubahan/minta?jenis=tambah",
                "perubahan/tutup",
                "lkpm",
                f"lkpm/lembar?masa={PERIOD}",
                f"lkpm/salin?masa={PERIOD}",
                "data-saya",
                "data-saya/hapus",
            ),
        ),
        Situation("medium-low", _medium_low_nib, ("hasil", "setelah-nib", "lkpm")),
        Situation("change-under-way", _change_under_way, ("perubahan", "hasil")),
        Situation("change-file", _change_file, ("perubahan/nomor", "perubahan", "tempat")),
        Situation("changed-once", lambda: _changed(ChangeKind.PLACE), ("perubahan",)),
        Situation(
            "changed-often",
            lambda: _changed(ChangeKind.PLACE, ChangeKind.CAPACITY, ChangeKind.OWN_DATA),
            ("perubahan",),
        ),
        Situation("revoked", _revoked, ("hasil", "perubahan")),
        Situation(
            "told-of", _told_of, ("pesan", "data-saya", "data-saya/pendamping", "/latihan/pesan")
        ),
        Situation(
            "draft",
            lambda: factories.dossier_at(None),
            (
                "pesan",
                "data-saya",
                "data-saya/tarik",
                "data-saya/hapus",
                "data-saya/pendamping",
                "lampiran",
                "lampiran/untuk/lain1",
                "nomor",
            ),
        ),
        Situation("one-helps", _one_helps, ("data-saya/pendamping",)),
        Situation("withdrawn", _withdrawn, ("data-saya",)),
        Situation("erasure-asked", _erasure_asked, ("data-saya",)),
        Situation(
            "code-asked", lambda: factories.dossier_at(None), ("lupa/kode",), enter=_ask_for_code
        ),
        Situation("code-told", lambda: factories.dossier_at(None), ("lupa/pin",), enter=_tell_code),
        Situation("to-file", _to_file, ("hasil", "untuk-oss", "nib-saya", "nik"), "assist"),
        Situation("company-to-file", _company_to_file, ("hasil", "untuk-oss"), "assist"),
        Situation("several-to-file", _several_to_file, ("untuk-oss",), "assist"),
        Situation("not-matched-to-file", _not_matched_to_file, ("hasil", "nik"), "assist"),
        Situation(
            "nib-told",
            _nib_told,
            (
                "hasil",
                "nib-saya",
                "status-oss",
                "selisih",
                "perubahan",
                "perubahan/tutup",
                "setelah-nib",
                "lkpm",
            ),
            "assist",
        ),
    )
}


def arrange(app: Flask, client: FlaskClient, situation: Situation) -> int:
    """Bring a file there and let the browser in; return the number of its row."""
    with factories.looking(app):
        dossier = situation.make()
        number, support_number = dossier.id, dossier.support_number
    if situation.enter is None:
        factories.open_in(client, number)
    else:
        situation.enter(client, support_number)
    return number


def main(mode: str) -> None:
    """Print {situation: [cookie, addresses]} of one mode."""
    app = create_app()
    app.test_client_class = CheckingClient
    found = {}
    for each in SITUATIONS.values():
        if each.mode == mode:
            client = app.test_client()
            arrange(app, client, each)
            cookie = client.get_cookie("s")
            found[each.name] = [cookie.value if cookie else "", each.addresses]
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1])
