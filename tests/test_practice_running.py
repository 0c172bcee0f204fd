"""The service and its practice space as `make run` starts them: two programs, nothing shared."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.config import ROOT
from tests.browser.served import free_port
from tests.journey import WAYS, Journey, Outcome
from tests.personas import personas
from tests.tools.phone import Phone
from tests.tools.server import Data

pytestmark = pytest.mark.live  # see pyproject.toml

WITHIN_S = 90.0


class Service:
    """`python -m app` in assist mode, with its data in a folder."""

    def __init__(self, data: Data, log: Path) -> None:
        self.data, self.log = data, log
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.space = data.folder / "latihan"
        self.env = {
            **data.env, "SERVICE_MODE": "assist", "PORT": str(self.port),
            "LOG_LEVEL": "WARNING", "TRUSTED_PROXIES": "1",
        }  # fmt: skip

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "app"], cwd=ROOT, env=self.env, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip
        self.wait("/healthz")
        self.wait("/latihan/healthz")

    def status(self, path: str) -> int:
        try:
            with urllib.request.urlopen(self.base + path, timeout=30) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def wait(self, path: str, status: int = 200) -> None:
        deadline = time.monotonic() + WITHIN_S
        while self.status(path) != status:
            assert time.monotonic() < deadline, f"{path} never was {status}: {self.log.read_text()}"
            time.sleep(0.1)

    def walk(self, name: str, language: str = "id", *, htmx: bool = False) -> Outcome:
        journey = Journey(self.base, personas()[name], language=language, htmx=htmx)
        journey.prefix = "/latihan" + journey.prefix
        # A phone of old, that would send every cookie everywhere: the real one must not arrive.
        journey.phone.cookies["s"] = "eyJkIjoxfQ.aaaa.bbbb"
        return journey.walk(WITHIN_S)

    def rows(self, folder: Path) -> dict[str, int]:
        with contextlib.closing(sqlite3.connect(folder / "oss.sqlite")) as database:
            tables = [
                name
                for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type='table'")
                if not name.startswith(("sqlite", "alembic"))
            ]
            rows = {
                name: int(database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0])
                for name in tables
            }
            # Without the tidying that each plans for itself when its time comes.
            nobodys = "SELECT count(*) FROM jobs WHERE dossier_id IS NULL"
            rows["jobs"] -= int(database.execute(nobodys).fetchone()[0])
            del rows["acts"]  # each notes its own start and the commands that were given to it
            return rows


@pytest.fixture(scope="module")
def service(tmp_path_factory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("p")
    service = Service(Data(folder / "i"), folder / "log")
    try:
        service.start()
        yield service
    finally:
        service.process.send_signal(signal.SIGTERM)
        assert service.process.wait(40) == 0
    assert not alive_with(service.space / "web.sock"), "it ends with the service"


def alive_with(text: Path) -> list[int]:
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if str(text).encode() in (entry / "cmdline").read_bytes():
                found.append(int(entry.name))
    return found


@pytest.fixture(scope="module")
def walked(service) -> dict[tuple[str, bool], Outcome]:
    """Everybody's way through the practice space."""
    return {way: service.walk("kiosk", way[0], htmx=way[1]) for way in WAYS}


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_the_whole_way_ends_in_a_practice_nib(walked, way):
    outcome = walked[way]
    assert outcome.problem == ""
    assert outcome.nib
    # Styles, scripts and the icon come from the real service, and nothing else does.
    elsewhere = {e.path for e in outcome.exchanges if not e.path.startswith("/latihan/")}
    assert {path.rpartition("/")[0] for path in elsewhere} == {"/static"}


def test_nothing_of_it_reaches_the_real_service(service, walked):
    real, practice = service.rows(service.data.folder), service.rows(service.space)
    with_rows = {name for name, count in practice.items() if count > real.get(name, 0)}
    assert practice["dossiers"] > len(WAYS)
    assert "events" in with_rows
    assert [real[name] for name in with_rows if real[name] and name not in {"post_keys"}] == []
    for outcome in walked.values():
        assert outcome.number
        number = outcome.number.removeprefix("SRG").replace(" ", "")
        for file in service.data.folder.glob("oss.sqlite*"):
            assert number.encode() not in file.read_bytes()


def test_a_number_of_the_practice_space_is_unknown_outside_and_the_other_way(service, walked):
    number = next(iter(walked.values())).number.replace(" ", "+")
    assert service.status(f"/latihan/lacak?nomor={number}") == 200
    assert service.status(f"/lacak?nomor={number}") == 404


def test_they_share_no_key(service):
    def keys(folder: Path) -> set[str]:
        stored = json.loads((folder / "secrets.json").read_text())
        return {stored["session_key"], stored["index_key"], stored["oss_user_key"]} | set(
            stored["data_keys"].values()
        )

    assert len(keys(service.data.folder)) == len(keys(service.space)) == 4
    assert keys(service.data.folder) & keys(service.space) == set()


def test_a_session_of_one_is_nothing_to_the_other(service):
    phone = Phone(service.base)
    phone.visit("/latihan/berkas/mulai")
    practice = phone.cookies["latihan"]
    phone.visit("/berkas/mulai")
    real = phone.cookies["s"]
    assert practice != real
    start_at = {"/berkas/mulai": ("s", practice), "/latihan/berkas/mulai": ("latihan", real)}
    for path, (name, foreign) in start_at.items():
        phone.visit(path)
        form = next(form for form in phone.screen.forms() if form.action == path)
        form.fill("pin", "824615")
        phone.cookies = {name: foreign}
        assert phone.press(form).status == 422, "its token is for another session"
    phone.close()


def test_everybody_is_counted_by_their_own_address(service):
    """The practice space limits guessing by whoever guesses, not by the service before it."""

    def status(address: str) -> int:
        unknown = f"{service.base}/latihan/lacak?nomor=SRG+0000+0000+0000"
        call = urllib.request.Request(unknown)
        call.add_header("X-Forwarded-For", address)
        try:
            with urllib.request.urlopen(call, timeout=30) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code

    for _ in range(310):
        if status("198.51.100.7") == 429:
            break
    else:
        raise AssertionError("guessing was never limited")
    assert status("198.51.100.8") == 404


def test_wiping_takes_it_all_while_the_real_service_goes_on(service, walked):
    number = next(iter(walked.values())).number.replace(" ", "+")
    phone = Phone(service.base)
    phone.visit("/latihan/berkas/mulai")
    form = next(form for form in phone.screen.forms() if form.action.endswith("mulai"))
    form.fill("pin", "824615")
    assert phone.press(form).url.endswith("/latihan/berkas/nomor")
    before = (service.space / "secrets.json").read_bytes()
    real = service.rows(service.data.folder)
    env = {**service.data.env, "SERVICE_MODE": "assist"}
    command = [sys.executable, "-m", "flask", "--app", "app.wsgi:app", "practice", "wipe"]
    with subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE) as wiping:
        while wiping.poll() is None:
            assert service.status("/readyz") == 200
            time.sleep(0.1)
        assert wiping.stdout.read() == b"wiped\n"
    service.wait("/latihan/healthz")
    assert (service.space / "secrets.json").read_bytes() != before
    assert service.rows(service.space)["dossiers"] == 1, "the practice applicant's, made anew"
    assert service.rows(service.data.folder) == real
    assert service.status(f"/latihan/lacak?nomor={number}") == 404
    assert phone.visit("/latihan/berkas/diri").status == 410
    phone.close()
    assert service.walk("kiosk").nib


def test_one_that_falls_comes_back_and_the_real_service_stays(service):
    pids = alive_with(service.space / "web.sock")
    assert pids
    os.killpg(min(pids), signal.SIGKILL)
    assert service.status("/latihan/") == 503
    assert service.status("/en/") == 200
    assert service.status("/readyz") == 200
    service.wait("/latihan/healthz")


def test_a_slow_sender_to_it_holds_up_nobody(service):
    form = "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 250\r\n\r\npin="
    half = f"POST /latihan/berkas/mulai HTTP/1.1\r\nHost: a\r\n{form}".encode()
    with contextlib.ExitStack() as lines:
        for _ in range(20):
            line = lines.enter_context(socket.create_connection(("127.0.0.1", service.port), 30))
            line.sendall(half)
        began = time.monotonic()
        assert service.status("/latihan/") == 200
        assert service.status("/berkas/mulai") == 200
        assert time.monotonic() - began < 30, "none of them is cut as early as that"


def test_after_a_kill_of_the_starter_alone_it_starts_again_at_once(service):
    children = [pid for pid in family(service.process.pid) if pid != service.process.pid]
    assert len(children) >= 5, "server, worker, practice space, and those that answer"
    service.process.kill()
    service.process.wait()
    service.start()  # those of before may still be the ones that answer
    deadline = time.monotonic() + WITHIN_S
    while left := [cmdline(pid) for pid in children if cmdline(pid)]:
        assert time.monotonic() < deadline, left
        time.sleep(0.1)
    service.wait("/healthz")
    service.wait("/latihan/healthz")
    assert service.process.poll() is None


def family(pid: int) -> list[int]:
    found = [pid]
    for child in Path(f"/proc/{pid}/task").glob("*/children"):
        for each in child.read_text().split():
            found += family(int(each))
    return found


def cmdline(pid: int) -> bytes:
    """What a process was started with; nothing of one that is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""
