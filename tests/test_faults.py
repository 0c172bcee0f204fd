"""Nothing that was acknowledged is lost or done twice, whatever is killed (see tests/faults.py)."""

from __future__ import annotations

import copy
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from email.message import Message
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from app.config import ROOT
from tests import faults
from tests.browser.served import free_port
from tests.tools.acknowledged import Form, finished, not_found, taken

JOURNEYS, KILLS, SEED = 24, 7, 5  # `make faults` has 500
START_WITHIN_S = 120


@pytest.mark.databases
def test_every_acknowledged_answer_is_found_again(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    database = None
    if request.config.getoption("--database") == "postgresql":
        database = os.environ["DATABASE_URL"]
    report = faults.run(
        journeys=JOURNEYS, kills=KILLS, seed=SEED, database=database, folder=tmp_path
    )
    assert report.problems == []
    assert sum(report.killed.values()) >= KILLS
    assert {"web", "child", "worker"} <= set(report.killed)
    assert report.retries > 0, "nobody noticed the kills"
    assert report.lost > 0
    assert report.acknowledged_answers > JOURNEYS * 20


def test_a_killed_server_leaves_nobody_on_its_port(tmp_path: Path) -> None:
    """Its children would go on answering, and the service could not be started again."""
    port = free_port()
    env = {k: v for k, v in os.environ.items() if k in {"PATH", "HOME", "LANG"}}
    env |= {"INSTANCE": str(tmp_path), "PORT": str(port), "PYTHONUNBUFFERED": "1"}
    service = subprocess.Popen(
        [sys.executable, "-m", "app"],
        cwd=ROOT,
        env=env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_until_ready(port, service)
        children = Path(f"/proc/{service.pid}/task/{service.pid}/children").read_text().split()
        (web,) = [
            pid for pid in children if b"granian" in Path(f"/proc/{pid}/cmdline").read_bytes()
        ]
        os.kill(int(web), signal.SIGKILL)
        assert service.wait(START_WITHIN_S) == 1
        with pytest.raises(OSError, match="refused"):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=30)
    finally:
        if service.poll() is None:
            service.terminate()
            service.wait(START_WITHIN_S)


def wait_until_ready(port: int, service: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_WITHIN_S
    while True:
        with suppress(OSError):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=10).close()
            return
        assert service.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.2)


# What counts as acknowledged


def headers(**values: str) -> Message:
    found = Message()
    for name, value in values.items():
        found[name.replace("_", "-")] = value
    return found


@pytest.mark.parametrize(
    ("status", "answer", "body", "counts"),
    [
        (303, {"Location": "/en/berkas/usaha"}, {"kunci": "k", "kbli": "47112"}, True),
        (200, {"HX_Push_Url": "/en/berkas/usaha"}, {"kunci": "k", "kbli": "47112"}, True),
        (200, {"HX_Redirect": "/en/berkas/usaha"}, {"kunci": "k", "kbli": "47112"}, True),
        (200, {}, {"kunci": "k", "kbli": "47112"}, False),  # the same page again
        (422, {"HX_Push_Url": "/en/berkas/usaha"}, {"kunci": "k", "kbli": ""}, False),
        (500, {}, {"kunci": "k", "kbli": "47112"}, False),
        (303, {"Location": "/en/berkas/kegiatan"}, {"cari": "kios", "temukan": "1"}, False),
    ],
)
def test_a_form_counts_once_its_answer_leads_further(
    status: int, answer: dict[str, str], body: dict[str, str], counts: bool
) -> None:
    form = taken("/en/berkas/kegiatan", urlencode(body).encode(), status, headers(**answer), "/en")
    assert (form is not None) == counts
    if form is not None:
        assert form.path == "/berkas/kegiatan"
        assert form.key == "k"


def test_a_form_with_a_file_counts_too() -> None:
    mark = "----abc"
    body = (
        (
            f'--{mark}\r\nContent-Disposition: form-data; name="kunci"\r\n\r\nk\r\n'
            f'--{mark}\r\nContent-Disposition: form-data; name="berkas"; filename="a.jpg"\r\n'
            "Content-Type: image/jpeg\r\n\r\n"
        ).encode()
        + b"\xff\xd8\xff\r\n"
        + f"--{mark}--\r\n".encode()
    )
    kind = f"multipart/form-data; boundary={mark}"
    answer = headers(Location="/berkas/lampiran")
    form = taken("/berkas/lampiran/untuk/air", body, 303, answer, "", kind)
    assert form == Form("/berkas/lampiran/untuk/air", (("kunci", "k"),))


@pytest.mark.parametrize("next_page", [None, "/berkas/lampiran"])
def test_a_paper_in_parts_counts_once_all_of_it_was_taken(next_page: str | None) -> None:
    said = json.dumps({"code": "c0de", "next": next_page}).encode()
    form = finished("/en/berkas/lampiran/unggahan/c0de", said, 200, "/en")
    assert (form is not None) == (next_page is not None)
    if form is not None:
        assert (form.path, form.key) == ("/berkas/lampiran/unggahan/c0de", "c0de")
        assert not form.is_kept_by_key
    assert finished("/en/berkas/lampiran/unggahan/c0de", b'{"offset": 3}', 409, "/en") is None
    assert finished("/en/berkas/telepon", b"<!doctype html>", 200, "/en") is None


# What is noticed

FORMS = [
    Form("/berkas/mulai", (("kunci", "0"), ("pin", "824615"))),
    Form("/berkas/telepon", (("kunci", "1"), ("telepon", "0812-0000-7890"))),
    Form("/berkas/telepon", (("kunci", "1"), ("telepon", "0812-0000-7890"))),  # sent again
    Form("/berkas/lahan", (("kunci", "2"), ("luas", "0,5"), ("satuan", "02"), ("status", "02"))),
    Form("/berkas/lahan", (("kunci", "3"), ("luas", "40"), ("satuan", "02"), ("status", "adat"))),
    Form("/berkas/usaha/2", (("kunci", "4"), ("usaha", ""), ("uraian", "Jual  kopi"))),
    Form("/berkas/pernyataan", (("kunci", "5"), ("pernyataan", "a"), ("pernyataan", "b"))),
    Form("/berkas/kegiatan-lain", (("kunci", "6"),)),
    Form("/berkas/kegiatan-lain/2/tempat-sama", (("kunci", "7"),)),
    Form("/berkas/periksa", (("kunci", "8"),)),
    Form("/berkas/latihan-petugas", (("kunci", "9"), ("tindakan", "setujui"))),
    Form("/berkas/lampiran/untuk/air", (("kunci", "10"),)),
    Form("/berkas/lampiran/unggahan/c0de", (("kunci", "c0de"),)),
    Form("/berkas/lampiran/unggahan/c0de", (("kunci", "c0de"),)),  # asked once more
]
STEPS = ("telepon", "lahan", "lahan", "usaha/2", "pernyataan", "tempat/2", "lahan/2")
TABLES: dict[str, list[dict[str, Any]]] = {
    "applicants": [{"phone": "+6281200007890"}],
    "activities": [
        {"position": 0, "land_area": "40.0", "land_unit": "02", "land_status": "03"},
        {"position": 1, "trade_name": None, "description": "Jual kopi"},
    ],
    "declarations": [{"kind": "a"}, {"kind": "b"}],
    "events": [
        *({"kind": "step_answered", "facts": {"step": step}} for step in STEPS),
        {"kind": "activity_added", "facts": {}},
        {"kind": "sent", "facts": {}},
        *({"kind": "attachment_added", "facts": {}},) * 2,
    ],
    "licence_events": [{"source": "practice"}] * 3 + [{"source": "oss"}],
}


def test_all_that_was_acknowledged_is_there() -> None:
    assert list(not_found(FORMS, TABLES)) == []


@pytest.mark.parametrize(
    ("table", "index", "change", "said"),
    [
        ("applicants", 0, {"phone": "+6281200007891"}, "telepon: telepon"),
        ("applicants", 0, {"phone": None}, "telepon: telepon"),
        ("activities", 0, {"land_area": "0.5"}, "lahan: luas"),  # the answer before the last
        ("activities", 1, {"description": "Jual teh"}, "usaha/2: uraian"),
        ("declarations", 1, {"kind": "a"}, "pernyataan: b"),
        ("events", 0, {"facts": {"step": "lahan"}}, "step_answered telepon"),  # once too often
        ("events", 8, {"kind": "started"}, "sent: acknowledged 1 times, happened 0 times"),
        ("events", 9, {"kind": "started"}, "attachment_added: acknowledged 2 times, happened 1"),
        ("licence_events", 3, {"source": "practice"}, "acknowledged 3 times, happened 4 times"),
    ],
)
def test_what_is_lost_or_done_twice_is_told(
    table: str, index: int, change: dict[str, Any], said: str
) -> None:
    tables = copy.deepcopy(TABLES)
    tables[table][index] = {**tables[table][index], **change}
    assert said in "\n".join(not_found(FORMS, tables))


def test_a_row_that_is_gone_is_told() -> None:
    tables = {**TABLES, "activities": TABLES["activities"][:1]}
    assert "usaha/2: uraian is not what was acknowledged" in list(not_found(FORMS, tables))


@pytest.mark.parametrize(
    "form",
    [
        Form("/berkas/halaman-baru", (("kunci", "10"),)),
        Form("/berkas/telepon", (("kunci", "1"), ("kotak_baru", "x"))),
    ],
    ids=["page", "box"],
)
def test_a_form_or_box_that_nobody_looks_for_is_told(form: Form) -> None:
    """A page that is new on the way must be looked for as well."""
    assert list(not_found([*FORMS, form], TABLES)) != []
