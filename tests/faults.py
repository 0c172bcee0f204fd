"""Kill the processes again and again while people fill in their files, and find every answer again.

    python -m tests.faults --journeys 500 --seed 1
    python -m tests.faults --journeys 60 --database postgresql://…

The web server and the worker run as `make run` starts them. At random moments one of them, a child
of the web server, or everything is killed (SIGKILL) and started again at once, lines break after a
form has gone out, and the built-in offices stumble. People send the same form with the same
one-time key until it is answered. In the end everything that was acknowledged must be there, once:
read with Nomor Bantuan and PIN on another phone, in the database, and in the records of the
built-in OSS. Exit status 0 only then. The seed draws what is killed and when, counted in forms;
where exactly a process then stands is left to chance, as in life.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import queue
import random
import re
import secrets
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
from sqlalchemy import Connection, create_engine, func, select

from app.__main__ import commands
from app.config import ROOT, Settings, read_settings
from app.domain.written.pin import PinError, check_pin
from app.models.dossier import Dossier, Event, Handover, Job, Paper, PostKey
from app.models.message import Message
from tests.browser.served import free_port
from tests.journey import Journey
from tests.personas import Activity, Persona, personas
from tests.tools import acknowledged
from tests.tools.phone import LineGone, Phone, Unexpected, Wire

# Whoever comes to a NIB: their whole way is walked, with offices that decide, and entities.
WHO = (
    "kiosk", "farmer", "lives-elsewhere", "market-stall", "quota", "medium-high", "water-depot",
    "given-back", "company", "partnership-sand", "villages-together", "two-offices",
)  # fmt: skip
AT_ONCE = 6
KILLS_A_JOURNEY = 0.2
FORMS_A_JOURNEY = 12  # fewer than anybody sends
ANSWERS_LOST = 0.02  # share of forms whose answer is lost on the line
STUMBLES = 0.15  # share of kills beside which an office stumbles
PATIENCE_S = 120.0
LINE_BACK_WITHIN_S = 300.0
LOOK_AGAIN_S = 3.0
# OSS looks a licence through within a minute, and whoever waited for an office comes after that.
LOOKED_THROUGH = {"nib+handed_in": "nib+complete"}
END_WITHIN_S = 900.0
_PREPARE = """
from flask_migrate import upgrade
from app import create_app
from app.extensions import db
from app.services.reference.loading import load_releases
app = create_app()
with app.app_context():
    upgrade()
    load_releases()
    db.session.commit()
"""
_TROUBLE = re.compile(
    r"unexpected_error|Traceback|collect_failed|job_failed|look_(?:failed|ended)|is locked"
)


class Victim(StrEnum):
    """What is killed."""

    WEB = "web"
    CHILD = "child"  # one of the processes that answer; the server starts another
    WORKER = "worker"
    ALL = "all"


class Aim(StrEnum):
    """When it is killed."""

    ANY = "any"
    FORM = "form"  # while a form is under way
    OFFICE = "office"  # while a form is under way that asks the registry or OSS


_ASKS_AN_OFFICE = ("/berkas/diri", "/berkas/periksa", "/berkas/latihan-petugas", "/perbaikan")


@dataclass
class Ledger:
    """What went over all lines. Shared by all people."""

    forms_sent: int = 0
    tries: int = 0
    lost: int = 0
    retries: int = 0
    refused: list[str] = field(default_factory=list)  # answers that tell of a defect
    _news: threading.Condition = field(default_factory=threading.Condition)

    def going_out(self, path: str) -> None:
        """Note that a form leaves a phone."""
        with self._news:
            self.tries += 1
            self._last = path
            self._news.notify_all()

    def answered(self, path: str, status: int) -> None:
        """Note an answer to a form."""
        with self._news:
            self.forms_sent += 1
            if status >= 500:
                self.refused.append(f"{path} answered {status}")

    def wait_for(self, wanted: Callable[[str], bool], timeout_s: float) -> None:
        """Wait until a form leaves whose path is wanted, or for the time given."""
        deadline = time.monotonic() + timeout_s
        with self._news:
            self._last = ""
            while not (self._last and wanted(self._last)):
                if not self._news.wait(max(0.0, deadline - time.monotonic())):
                    return


class BadLine(Wire):
    """A line that breaks; whoever holds the phone sends the same again, until it is answered."""

    def __init__(self, base: str, address: str, ledger: Ledger, draw: random.Random) -> None:
        super().__init__(base, PATIENCE_S)
        self._address, self._ledger, self._draw = address, ledger, draw
        self.taken: list[acknowledged.Form] = []
        self.prefix = ""

    def send(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes | None
    ) -> tuple[http.client.HTTPResponse, bytes]:
        """Return an answer and its body as it came. Raises LineGone."""
        headers = {**headers, "X-Forwarded-For": self._address}  # each person from elsewhere
        path = target.partition("?")[0]
        deadline = time.monotonic() + LINE_BACK_WITHIN_S
        while True:
            try:
                if method in {"POST", "PUT"}:
                    self._ledger.going_out(path)
                    if self._draw.random() < ANSWERS_LOST:
                        self._hang_up_after(method, target, headers, body)
                response, data = self._once(method, target, headers, body)
            except (OSError, http.client.HTTPException) as error:
                self.close()
                self.retries += 1
                if time.monotonic() > deadline:
                    raise LineGone(f"{method} {path}: {type(error).__name__}") from error
                time.sleep(self._draw.uniform(0.1, 1.0))
                continue
            if response.status == 503 and time.monotonic() < deadline:
                # Others' papers are being read; whoever holds the phone tries again, as told.
                self.retries += 1
                time.sleep(self._draw.uniform(0.5, 2.0))
                continue
            if response.status >= 500 or method == "POST":
                self._ledger.answered(path, response.status)
            form = acknowledged.finished(path, data, response.status, self.prefix)
            if method == "POST" and body is not None:
                kind = headers.get("Content-Type", "")
                form = acknowledged.taken(
                    path, body, response.status, response.headers, self.prefix, kind
                )
            if form is not None:
                self.taken.append(form)
            return response, data

    def _hang_up_after(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes | None
    ) -> None:
        """Send and be gone before the answer: the service takes a form that nobody hears of."""
        self.close()
        connection = self._new()
        connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders(body)
        time.sleep(self._draw.choice((0.0, 0.02, 0.2)))
        connection.close()
        self._ledger.lost += 1


class Applicant(Journey):
    """One person on a bad line, with answers that nobody else gives."""

    def __init__(
        self, number: int, persona: Persona, base: str, ledger: Ledger, draw: random.Random
    ) -> None:
        super().__init__(
            base,
            _own_answers(persona, number, draw),
            language=draw.choice(("id", "en")),
            htmx=draw.random() < 0.3,
        )
        self.address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        self.line = BadLine(base, self.address, ledger, draw)
        self.line.prefix = self.prefix
        self.phone.wire = self.line
        self._to_decide = list(self.persona.office)

    def go(self) -> bool:
        """Go as far as it goes now; True at the end, False when an answer is being waited for."""
        outcome = self.outcome
        try:
            if outcome.outcome == "stuck":
                outcome.outcome = self._to_receipt()
            elif outcome.outcome == "waiting":
                outcome.outcome = self._read_result(self._open(self.prefix + "/berkas/hasil"))
            if outcome.outcome == "waiting":
                return False
            while self._to_decide:
                self._decided(self._to_decide[0])
                del self._to_decide[0]
                outcome.outcome = self._read_result(self._screen())
            outcome.ok = self.persona.came_out(outcome.outcome)
            if not outcome.ok:
                outcome.problem = f"came to {outcome.outcome}, expected {self.persona.expects}"
        except (Unexpected, LineGone, AssertionError, KeyError) as error:
            at = self.phone.screen.url.removeprefix(self.phone.origin) if self.phone.screen else ""
            outcome.problem = f"{at}: {error}"
        self.phone.close()
        return True

    def _look_up(self) -> None:
        """Go straight to the start: the look-up before it keeps nothing."""

    def found_again(self, base: str) -> Iterator[str]:
        """Open the file on another phone with number and PIN; yield what is not as it was."""
        other = Journey(base, self.persona, language=self.outcome.language)
        phone: Phone = other.phone
        phone.wire = BadLine(base, self.address, Ledger(), random.Random(1))
        phone.wire.prefix = "no answer counts here"
        try:
            phone.visit(self.prefix + "/berkas/lanjut")
            form = other._form("lanjut")
            other._type(form, {"nomor": self.outcome.number or "", "pin": self.persona.pin})
            result = other._check(phone.press(form))
            if not (self.outcome.nib and self.outcome.nib in result.text_of("code")):
                yield "the page of the result does not show the NIB any more"
            copy = json.loads(phone.fetch_file(self.prefix + "/berkas/data-saya.json").body)
            yield from acknowledged.not_found(self.line.taken, copy["tables"])
            for paper in copy["tables"].get("attachments", []):
                kept = phone.fetch_file(f"{self.prefix}/berkas/lampiran/{paper['id']}")
                if not kept.body.startswith((b"\xff\xd8\xff", b"%PDF-")):
                    yield f"a paper does not open any more: {kept.status}"
        except (Unexpected, LineGone, AssertionError) as error:
            yield f"cannot be opened again: {error}"
        finally:
            phone.close()


def _own_answers(persona: Persona, number: int, draw: random.Random) -> Persona:
    """Return a person with a PIN and with answers of their own, so that none can be mixed up."""

    def own(activity: Activity) -> Activity:
        answers = {step: dict(boxes) for step, boxes in activity.answers.items()}
        for step in ("alamat", "tempat"):
            answers[step]["jalan"] = f"Jalan Contoh {number}, nomor {draw.randrange(1, 900)}"
        answers["telepon"]["telepon"] = f"0812{number:08}"
        answers["usaha"]["uraian"] = f"Usaha latihan {number}, {draw.randrange(1, 9000)}"
        answers["produksi"]["hasil"] = f"barang latihan {number}"
        answers["produksi"]["kapasitas"] = str(draw.randrange(100, 9000))
        answers["modal"]["lain"] = str(draw.randrange(1, 900) * 1000)
        return replace(activity, answers=answers, words=activity.code)

    step, boxes = persona.mends
    if "jalan" in boxes:
        boxes = {**boxes, "jalan": f"Jalan Contoh {number}, pindah ke {draw.randrange(1, 900)}"}
    return replace(
        persona,
        pin=_any_pin(draw),
        or_else=persona.or_else or LOOKED_THROUGH.get(persona.expects),
        activities=tuple(own(activity) for activity in persona.activities),
        mends=(step, boxes),
    )


def _any_pin(draw: random.Random) -> str:
    while True:
        pin = f"{draw.randrange(1_000_000):06}"
        with contextlib.suppress(PinError):
            return check_pin(pin)


class Service:
    """The web server and the worker, on an instance folder and a database of their own."""

    def __init__(self, folder: Path, base_env: Mapping[str, str]) -> None:
        self.folder = folder
        kept = {k: v for k, v in os.environ.items() if k in {"PATH", "HOME", "LANG", "TZ"}}
        self._env = {
            **kept,
            "INSTANCE": str(folder / "instance"),
            "LOG_LEVEL": "WARNING",
            "PORT": str(_free_port()),
            "WORKERS": "2",
            "TRUSTED_PROXIES": "1",
            "PYTHONUNBUFFERED": "1",
            **base_env,
        }
        self.settings: Settings = read_settings(self._env)
        self.base = f"http://127.0.0.1:{self.settings.port}"
        self._commands = dict(zip(("web", "worker"), commands(self.settings), strict=True))
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._lock = threading.Lock()

    def prepare(self) -> None:
        """Make the tables and load the reference data."""
        subprocess.run([sys.executable, "-c", _PREPARE], cwd=ROOT, env=self._env, check=True)

    def start(self, name: str) -> None:
        """Start the web server or the worker."""
        with (self.folder / f"{name}.log").open("ab") as log:
            self._running[name] = subprocess.Popen(
                self._commands[name],
                cwd=ROOT,
                env=self._env,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self, victim: Victim, draw: random.Random) -> None:
        """Kill, and start again at once."""
        with self._lock:
            if victim is Victim.CHILD:
                for child in _some_child(self._running["web"].pid, draw):
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(child, signal.SIGKILL)
                return
            names = ("web", "worker") if victim is Victim.ALL else (str(victim),)
            for name in names:
                self._end(name)
            for name in names:
                self.start(name)

    def keep_up(self) -> None:
        """Start again what ended by itself, as whoever looks after a service does."""
        with self._lock:
            for name, process in list(self._running.items()):
                if process.poll() is not None:
                    self._end(name)
                    self.start(name)

    def _end(self, name: str) -> None:
        process = self._running[name]
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self) -> None:
        """End both."""
        with self._lock:
            for name in self._running:
                self._end(name)

    def wait_until_ready(self) -> None:
        """Wait for the first answer."""
        deadline = time.monotonic() + LINE_BACK_WITHIN_S
        while True:
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"{self.base}/readyz", timeout=10).close()
                return
            if time.monotonic() > deadline:
                raise RuntimeError(f"never ready; see {self.folder}")
            time.sleep(0.1)

    def stumble(self, office: str, mode: str) -> Path:
        """Have a built-in office misbehave from now on; without the file it is well again."""
        path = self.settings.instance / "simulators" / f"{office}.json"
        path.write_text(json.dumps({"mode": mode}))
        return path

    def verify_chains(self) -> str:
        """Return what `flask audit verify` says when a chain is broken, "" when all hold."""
        done = subprocess.run(
            [sys.executable, "-m", "flask", "--app", "app.wsgi:app", "audit", "verify"],
            cwd=ROOT, env=self._env, capture_output=True, text=True, check=False,
        )  # fmt: skip
        return "" if done.returncode == 0 else f"{done.stdout}{done.stderr}".strip()

    def troubles(self) -> list[str]:
        """Return the lines of the logs that tell of an error."""
        return [
            f"{path.name}: {line}"
            for path in sorted(self.folder.glob("*.log"))
            for line in path.read_text(errors="replace").splitlines()
            if _TROUBLE.search(line)
        ]


def _some_child(parent: int, draw: random.Random) -> list[int]:
    try:
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    except OSError:
        return []
    return [int(draw.choice(children))] if children else []


def _free_port() -> int:
    return free_port()


class Killer(threading.Thread):
    """Kills at moments drawn beforehand, counted in forms, so that a slow machine kills as much."""

    def __init__(self, service: Service, ledger: Ledger, journeys: int, kills: int, seed: int):
        super().__init__(name="killer", daemon=True)
        self._service, self._ledger = service, ledger
        self._draw = random.Random(f"kill {seed}")
        forms = journeys * FORMS_A_JOURNEY
        self._moments = sorted(self._draw.uniform(0, forms) for _ in range(kills))
        self._over = threading.Event()
        self.killed: Counter[Victim] = Counter()
        self.stumbled = 0
        self.failure: BaseException | None = None

    def run(self) -> None:
        """Kill until all is killed, or it is over."""
        try:
            for moment in self._moments:
                while self._ledger.forms_sent < moment and not self._over.is_set():
                    self._service.keep_up()
                    self._over.wait(0.05)
                if self._over.is_set():
                    break
                self._kill_once()
            while not self._over.wait(0.2):
                self._service.keep_up()
        except BaseException as error:
            self.failure = error

    def _kill_once(self) -> None:
        draw = self._draw
        (victim,) = draw.choices(list(Victim), weights=(2, 4, 3, 1))
        aim = draw.choice(list(Aim))
        stumbling = None
        if draw.random() < STUMBLES:
            office, mode = draw.choice([("dukcapil", "down"), ("oss", "accept_then_die")])
            stumbling = self._service.stumble(office, mode)
            self.stumbled += 1
        if aim is not Aim.ANY:
            asks = _ASKS_AN_OFFICE if aim is Aim.OFFICE else ("",)
            self._ledger.wait_for(lambda path: path.endswith(asks), 5.0)
        self._over.wait(draw.uniform(0.0, 0.12 if aim is not Aim.ANY else 1.0))
        self._service.kill(victim, draw)
        self.killed[victim] += 1
        if draw.random() < 0.15:  # and once more while it starts
            self._over.wait(draw.uniform(0.0, 4.0))
            self._service.kill(victim, draw)
            self.killed[victim] += 1
        if stumbling is not None:
            self._over.wait(draw.uniform(0.0, 1.0))
            stumbling.unlink()

    def stop(self) -> None:
        """Kill no more."""
        self._over.set()
        self.join()


@dataclass
class Report:
    """What was done to the service, and what was not as it must be."""

    journeys: int
    database: str
    killed: dict[str, int] = field(default_factory=dict)
    stumbled: int = 0
    forms: int = 0
    acknowledged_forms: int = 0
    acknowledged_answers: int = 0
    retries: int = 0
    lost: int = 0
    waited: int = 0
    seconds: float = 0.0
    problems: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        killed = ", ".join(f"{name} {count}" for name, count in sorted(self.killed.items()))
        return (
            f"{self.journeys} journeys on {self.database} in {self.seconds:.0f} s: "
            f"{sum(self.killed.values())} kills ({killed}), offices stumbled {self.stumbled} times,"
            f" {self.lost} answers lost on the line, {self.retries} sent again; "
            f"{self.acknowledged_forms} forms acknowledged with {self.acknowledged_answers} answers"
            f", {self.waited} people waited for an office; {len(self.problems)} problems"
        )


def run(
    *, journeys: int, seed: int, kills: int | None = None, database: str | None = None,
    folder: Path,
) -> Report:  # fmt: skip
    """Do it all. database: address of a PostgreSQL in which we may make our own; None: SQLite."""
    with _own_database(database) as env:
        service = Service(folder, env)
        service.prepare()
        try:
            service.start("web")
            service.start("worker")
            service.wait_until_ready()
            return _run(service, journeys, seed, kills)
        finally:
            service.stop()


def _run(service: Service, journeys: int, seed: int, kills: int | None) -> Report:
    began = time.monotonic()
    kills = round(journeys * KILLS_A_JOURNEY) if kills is None else kills
    ledger = Ledger()
    everybody = personas()
    people = [
        Applicant(
            number,
            everybody[WHO[number % len(WHO)]],
            service.base,
            ledger,
            random.Random(f"{number} {seed}"),
        )
        for number in range(1, journeys + 1)
    ]
    killer = Killer(service, ledger, journeys, kills, seed)
    killer.start()
    try:
        waited = _let_go(people)
    finally:
        killer.stop()
    report = Report(journeys, service.settings.database_url.partition(":")[0].partition("+")[0])
    report.killed = {str(victim): count for victim, count in killer.killed.items()}
    report.stumbled, report.waited, report.lost = killer.stumbled, waited, ledger.lost
    report.forms = ledger.forms_sent
    report.retries = sum(person.line.retries for person in people)
    report.acknowledged_forms = sum(len(person.line.taken) for person in people)
    report.acknowledged_answers = sum(
        acknowledged.answers_in(person.line.taken) for person in people
    )
    if killer.failure is not None:
        report.problems.append(f"the killer itself failed: {killer.failure!r}")
    report.problems += ledger.refused
    service.keep_up()
    service.wait_until_ready()
    report.problems += _problems_of(people, service)
    report.seconds = time.monotonic() - began
    return report


def _let_go(people: list[Applicant]) -> int:
    """Let people walk, some at once, until each has come to an end. Return how many had to wait."""
    ready: queue.PriorityQueue[tuple[float, int]] = queue.PriorityQueue()
    for index in range(len(people)):
        ready.put((0.0, index))
    deadline = time.monotonic() + END_WITHIN_S + len(people) * 3.0
    left, lock, waited = len(people), threading.Lock(), set[int]()

    def walk() -> None:
        nonlocal left
        while True:
            with lock:
                if left <= 0:
                    return
            try:
                not_before, index = ready.get(timeout=0.2)
            except queue.Empty:
                continue
            if not_before > time.monotonic():
                ready.put((not_before, index))
                time.sleep(0.1)
                continue
            try:
                ended = people[index].go()
            except Exception as error:  # a fault of this test must end it, not leave it waiting
                people[index].outcome.problem = f"the walk itself failed: {error!r}"
                ended = True
            if not ended and time.monotonic() > deadline:
                people[index].outcome.problem = "waits and waits"
                ended = True
            if not ended:
                waited.add(index)
                ready.put((time.monotonic() + LOOK_AGAIN_S, index))
                continue
            with lock:
                left -= 1

    threads = [threading.Thread(target=walk, name=f"phone-{n}") for n in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(waited)


# What must be true in the end


def _problems_of(people: list[Applicant], service: Service) -> Iterator[str]:
    for person in people:
        name = f"person {person.address} ({person.persona.name}, {person.outcome.way})"
        if not person.outcome.ok:
            yield f"{name} did not come to the end: {person.outcome.problem}"
        if person.outcome.number is None:
            yield f"{name} never got a number"
            continue
        for problem in person.found_again(service.base):
            yield f"{name}: {problem}"
    engine = create_engine(service.settings.database_url)
    try:
        _drain(engine)
        with engine.connect() as connection:
            yield from _problems_in_database(connection, people, service.settings.instance)
    finally:
        engine.dispose()
    broken = service.verify_chains()
    if broken:
        yield f"audit verify: {broken}"
    yield from service.troubles()


def _overdue() -> Any:
    return select(func.count()).where(Job.done_at.is_(None), Job.due_at <= datetime.now(UTC))


def _drain(engine: Any) -> None:
    """Give the worker time to do what is due; a job of a process that was killed frees itself."""
    deadline = time.monotonic() + END_WITHIN_S
    while time.monotonic() < deadline:
        with engine.connect() as connection:
            if not connection.scalar(_overdue()):
                return
        time.sleep(1.0)


def _problems_in_database(
    connection: Connection, people: list[Applicant], instance: Path
) -> Iterator[str]:
    if connection.scalar(_overdue()):
        yield f"{connection.scalar(_overdue())} jobs are stuck"
    number_of = dict(connection.execute(select(Dossier.id, Dossier.support_number)).all())
    if len(number_of) != len(people):
        yield f"{len(number_of)} files were opened by {len(people)} people"
    handovers = list(
        connection.execute(select(Handover.dossier_id, Handover.key, Handover.nib, Handover.state))
    )
    if {row.dossier_id for row in handovers} != set(number_of):
        yield "not every file was handed over"
    yield from (f"a hand-over is {row.state}" for row in handovers if row.state != "accepted")
    with closing(sqlite3.connect(instance / "simulators" / "oss.sqlite", timeout=30)) as oss:
        filed = dict(oss.execute("SELECT kunci, nib FROM submissions").fetchall())
    if filed != {row.key: row.nib for row in handovers}:
        yield f"OSS holds {len(filed)} filings, not the {len(handovers)} that were handed over"
    shown = Counter(person.outcome.nib for person in people)
    if shown != Counter(row.nib for row in handovers) or max(shown.values()) > 1:
        yield "the NIBs that people saw are not those that were issued, each once"
    for kind in ("sent", "handed_over", "nib_received", "paper_issued"):
        query = select(Event.dossier_id, func.count()).where(Event.kind == kind)
        times = dict(connection.execute(query.group_by(Event.dossier_id)).all())
        if set(times) != set(number_of) or set(times.values()) != {1}:
            yield f"“{kind}” did not happen once to each file"
    if connection.scalar(select(func.count()).select_from(Paper)) != len(people):
        yield "not one paper for each person"
    for kind in ("sent", "nib_ready"):
        query = select(func.count()).select_from(Message).where(Message.kind == kind)
        twice = query.group_by(Message.dossier_id, Message.channel).having(func.count() > 1)
        if connection.execute(twice).first() is not None:
            yield f"somebody was told twice: {kind}"
    begun = datetime.now(UTC) - timedelta(minutes=10)
    query = select(func.count()).where(Message.state == "sending", Message.started_at < begun)
    if connection.scalar(query):
        yield "messages are stuck"
    keys = set(connection.scalars(select(PostKey.key)))
    forms = [form for person in people for form in person.line.taken if form.is_kept_by_key]
    gone = [form.path for form in forms if form.key not in keys]
    yield from (f"{path}: taken, and its one-time key is not known" for path in sorted(set(gone)))


@contextlib.contextmanager
def _own_database(address: str | None) -> Iterator[dict[str, str]]:
    """Give the setting of a database that nobody else uses; nothing for SQLite in the folder."""
    if address is None:
        yield {}
        return
    name = f"oss_{secrets.token_hex(4)}"
    with psycopg.connect(address, autocommit=True) as connection:
        own = urlsplit(address)._replace(path=f"/{name}").geturl()
        connection.execute(f"CREATE DATABASE {name}")
        try:
            yield {"DATABASE_URL": own}
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def main(arguments: list[str] | None = None) -> int:
    """Run, print what was done and found. Return the exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--journeys", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kills", type=int, help="by default one for every five journeys")
    parser.add_argument("--database", help="address of a PostgreSQL; SQLite without it")
    options = parser.parse_args(arguments)
    folder = Path(tempfile.mkdtemp(prefix="oss-faults-"))
    report = run(
        journeys=options.journeys,
        seed=options.seed,
        kills=options.kills,
        database=options.database,
        folder=folder,
    )
    print(report)
    for problem in report.problems:
        print(f"  {problem}")
    if report.problems:
        print(f"Logs and data: {folder}")
        return 1
    shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
