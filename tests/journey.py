"""Walk the whole journey as a phone would, and say what it cost and what came of it.

    python -m tests.journey --base http://127.0.0.1:8000 --persona kiosk
    python -m tests.journey --base … --persona all --language en --htmx --json
    python -m tests.journey --base … --persona all --every-way

Needs nothing but the address: it reads the pages' own forms, finds boxes by name or by their words
and never makes up a hidden value. People of another mode than the service's are listed, not walked.
In connected mode OSS is played as well, so --oss names the built-in OSS that the service asks, and
OSS_USER_KEY, OSS_USERNAME, OSS_PASSWORD are those of the service. Exit status 0 only when every
person came to what tests/data/personas.toml expects.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import secrets
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from enum import Enum
from functools import cache
from io import BytesIO
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

import segno
from babel.messages.pofile import read_po

from app.domain.dossier.journey import StepName, Stop
from app.domain.law.calendar import WIT
from app.domain.law.estimate.obstacles import JourneyReason
from app.domain.licence.corrections import ReturnReason, StepTarget
from app.domain.licence.status import OfficeAction, PublicState
from app.domain.nik.verdict import NikClass
from app.domain.oss.codes import LicenceStatus, NibStatus
from app.domain.oss.nib import NibDoubt, NibSource, format_nib
from app.domain.oss.service_mode import ServiceMode
from app.labels import label
from tests import papers as tests_papers
from tests.client import words
from tests.personas import PAPER_STEP, Decision, Nib, Papers, Persona, personas
from tests.tools.oss_site import LATER, Filed, OssSite
from tests.tools.phone import Exchange, File, Form, LineGone, Phone, Screen, Unexpected

TRANSLATIONS = Path(__file__).parent.parent / "translations"
STEPS_AT_MOST = 60  # of pages shown; more means going round in a circle
ANSWERS_AT_MOST = 5  # tries at one step
QUESTIONS_AT_MOST = 8  # pages of the short look-up
VISITS_AT_MOST = 12  # to the practice office
PAPERS_AT_MOST = 40
LOOK_AGAIN_S = 3.0
LOOK_SOON_S = 0.3  # after OSS has called: the worker only has to wake up
MADE_UP = "9999"  # a NIB that a test made up begins so
WAYS = tuple(product(("id", "en"), (False, True)))  # language, with scripts
_NIB = re.compile(r"\b[0-9]{4} ?[0-9]{4} ?[0-9]{5}\b")
_PRACTICE = "PRACTICE – not a real licence"
_MISSING = "Missing"
_ALL_THERE = "All papers are there."
_CONFIRMED = "Confirmed by OSS."
_OSS_SAYS = "OSS says of this NIB:"
_NUMBER = re.compile(r"SRG(?: [0-9]{4}){3}")
_ACTIONS = {
    Decision.APPROVE: OfficeAction.APPROVE,
    Decision.RETURN: OfficeAction.GIVE_BACK,
    Decision.REJECT: OfficeAction.REJECT,
}
_AT_OSS = {
    Decision.APPROVE: LicenceStatus.APPROVED,
    Decision.RETURN: LicenceStatus.CLARIFICATION,
    Decision.REJECT: LicenceStatus.REJECTED,
}
_SEEN = {
    Decision.APPROVE: PublicState.APPROVED,
    Decision.RETURN: PublicState.RETURNED,
    Decision.REJECT: PublicState.REJECTED,
}
_SOURCES = {
    Nib.TYPED: NibSource.TYPED,
    Nib.SLIP: NibSource.TYPED,
    Nib.UNKNOWN: NibSource.TYPED,
    Nib.PHOTO: NibSource.SCANNED,
    Nib.OSS: NibSource.OSS,
}
# Papers as people have them, one after the other: a photo, a picture of a screen, a scan.
_KINDS: tuple[Callable[[int], File], ...] = (
    lambda seed: File(f"IMG_{seed}.jpg", "image/jpeg", tests_papers.photo(500, 360, seed=seed)),
    lambda seed: File(
        f"Screenshot_{seed}.png", "image/png", tests_papers.png(size=(90, 60 + seed))
    ),
    lambda seed: File(f"scan{seed}.pdf", "application/pdf", tests_papers.pdf(1 + seed % 3)),
)


@dataclass
class Cost:
    """Requests, bytes each way (first line, headers, body) and seconds."""

    requests: int = 0
    down: int = 0
    up: int = 0
    seconds: float = 0.0


@dataclass
class Outcome:
    """What came of one journey.

    to_receipt: from the first byte to the page with the result; whole: with the paper left out but
    the practice office, looking up and checking the paper included; paper: the PDF alone.
    problem: where it got stuck.
    """

    persona: str
    language: str
    way: str
    expected: str
    outcome: str = "stuck"
    ok: bool = False
    nib: str | None = None
    number: str | None = None
    to_receipt: Cost = field(default_factory=Cost)
    whole: Cost = field(default_factory=Cost)
    paper: Cost = field(default_factory=Cost)
    connections: int = 0
    retries: int = 0
    mended: int = 0
    papers: int = 0
    problem: str = ""
    notes: list[str] = field(default_factory=list)
    exchanges: list[Exchange] = field(default_factory=list)


@cache
def _by_words(kind: type[Enum]) -> dict[str, Enum]:
    """Return the values of an enum by the words for them, in both languages."""
    found = {label(value): value for value in kind}
    for path in TRANSLATIONS.glob("*/LC_MESSAGES/messages.po"):
        with path.open("rb") as file:
            catalog = read_po(file)
        for english, value in list(found.items()):
            message = catalog.get(english)
            if message is not None and isinstance(message.string, str) and message.string:
                found[message.string] = value
    return found


@cache
def _in_both(english: str) -> frozenset[str]:
    """Return a sentence of the pages in both languages."""
    found = {english}
    for path in TRANSLATIONS.glob("*/LC_MESSAGES/messages.po"):
        with path.open("rb") as file:
            message = read_po(file).get(english)
        if message is not None and isinstance(message.string, str) and message.string:
            found.add(message.string)
    return frozenset(found)


def _says(screen: Screen, english: str) -> bool:
    return any(text in words(screen.main) for text in _in_both(english))


class Journey:
    """One person on one phone."""

    def __init__(
        self,
        base: str,
        persona: Persona,
        *,
        language: str = "id",
        htmx: bool = False,
        patience_s: float = 60.0,
        source: str | None = None,
        site: OssSite | None = None,
    ) -> None:
        """source: address of the phone. site: OSS, for whoever files there in connected mode."""
        self.persona = persona
        self.prefix = "/en" if language == "en" else ""
        self.phone = Phone(base, htmx=htmx, patience_s=patience_s, source=source)
        self.site = site
        self.patience_s = patience_s
        self.outcome = Outcome(persona.name, language, "htmx" if htmx else "plain", persona.expects)
        self._answered: dict[str, int] = {}
        self._activities = 1  # in the file so far
        self._papers_done = False
        self._filed: Filed | None = None
        self._began = 0.0

    def walk(self, wait_s: float = 0.0) -> Outcome:
        """Go all the way. wait_s: how long to look again for a result that is not there yet."""
        outcome = self.outcome
        self._began = time.monotonic()
        try:
            outcome.outcome = self._to_receipt()
            if outcome.outcome == "waiting" and wait_s:
                outcome.outcome = self._look_again(wait_s)
            outcome.to_receipt = self._cost(self.phone.exchanges)
            if outcome.outcome == "waiting" and self.persona.nib is not Nib.NONE:
                outcome.outcome = self._file_at_oss()
            if outcome.nib and self.persona.papers is Papers.LATER:
                self._send_papers()
                outcome.outcome = self._read_result(self._screen())
            for decision in self.persona.office:
                if self._filed is not None:
                    outcome.outcome = self._decided_at_oss(self._filed, decision)
                    continue
                self._decided(decision)
                outcome.outcome = self._read_result(self._screen())
            if self.persona.statuses:
                outcome.outcome = self._enter_statuses()
            self._afterwards()
            outcome.ok = self.persona.came_out(outcome.outcome)
        except (Unexpected, LineGone, AssertionError) as error:
            at = urlsplit(self.phone.screen.url).path if self.phone.screen else ""
            outcome.problem = f"{at}: {error}"
        finally:
            self.phone.close()
        outcome.exchanges = self.phone.exchanges
        outcome.whole = self._cost(e for e in outcome.exchanges if not e.path.endswith(".pdf"))
        outcome.connections = self.phone.wire.connections
        outcome.retries = self.phone.wire.retries
        return outcome

    def _cost(self, exchanges: Iterator[Exchange] | list[Exchange]) -> Cost:
        cost = Cost(seconds=round(time.monotonic() - self._began, 2))
        for exchange in exchanges:
            cost.requests += 1
            cost.down += exchange.down
            cost.up += exchange.up
        return cost

    # The way

    def _to_receipt(self) -> str:
        self._open(self.prefix + "/")
        start = self._look_up() or self._on_screen("/berkas/mulai")
        self._check(self.phone.click(start))
        for _ in range(STEPS_AT_MOST):
            reached = self._go_on()
            if reached is not None:
                return reached
        raise Unexpected("going round in a circle")

    def _go_on(self) -> str | None:
        """Do what the page asks for; return the outcome once there is one."""
        screen = self._screen()
        place = urlsplit(screen.url).path.removeprefix(self.prefix)
        if place == "/berkas/mulai":
            form = self._form("mulai")
            self._type(form, {"pin": self.persona.pin})
            self._check(self.phone.press(form))
        elif place == "/berkas/nomor":
            self.outcome.number = self._read_number(screen)
            self._check(self.phone.click(self._on_screen("/berkas/teruskan")))
        elif place == "/berkas/lampiran":
            self._check(self.phone.click(self._on_screen("/berkas/teruskan")))
        elif place == "/berkas/nik":
            return self._read_nik(screen)
        elif place == "/berkas/periksa":
            return self._send(screen)
        elif place == "/berkas/hasil":
            return self._read_result(screen)
        else:
            self._answer(self._stop(place))
        return None

    @staticmethod
    def _stop(place: str) -> Stop:
        try:
            return Stop.parse(place.removeprefix("/berkas/"))
        except ValueError as error:
            raise Unexpected("no page that a person comes to on the way") from error

    def _answer(self, stop: Stop) -> None:
        self._answered[str(stop)] = self._answered.get(str(stop), 0) + 1
        if self._answered[str(stop)] > ANSWERS_AT_MOST:
            said = "; ".join(self._screen().mistakes()) or self._screen().heading
            raise Unexpected(f"cannot answer {stop}: {said}")
        activity = self.persona.activities[stop.position]
        chosen = self.persona.legal_form is None or StepName.KIND in self._answered
        if stop.name is StepName.IDENTITY and not chosen:
            self._check(self.phone.click(self._on_screen("/berkas/pelaku")))
            return
        if stop.name is StepName.PLACE and activity.same_place:
            self._check(self.phone.press(self._form("tempat-sama")))
            return
        answers = dict(activity.answers.get(stop.name, {}))
        if stop.name is StepName.ACTIVITY:
            answers["kbli"] = activity.code
        form, missing = self._fill(str(stop), answers)
        if stop.name is StepName.DECLARATIONS:
            form.tick_all()
        if missing and stop.name is StepName.ACTIVITY:
            form.fill("cari", activity.words)
            self._check(self.phone.press(form, "temukan"))
            return
        if missing and form.button("pilih") is not None:
            self._check(self.phone.press(form, "pilih"))
            return
        self._go_further(form)

    def _go_further(self, form: Form) -> None:
        screen = self.phone.press(form)
        if screen.status == 422:
            self.outcome.mended += 1
        self._check(screen, allowed={422})

    def _fill(self, step: str, answers: dict[str, str]) -> tuple[Form, list[str]]:
        """Fill a step; HTMX may swap its boxes meanwhile. Return what the page did not offer."""
        done: set[str] = set()
        form, swapped = self._form(step), True
        while swapped:
            form, swapped, missing = self._form(step), False, []
            for key, answer in answers.items():
                if key in done:
                    continue
                try:
                    swapped = self.phone.type_in(form, key, answer)
                except KeyError:
                    missing.append(key)
                    continue
                done.add(key)
                if swapped:
                    break
        return form, missing

    def _read_nik(self, screen: Screen) -> str | None:
        waits = [form for form in screen.forms() if form.action.endswith("/berkas/nik")]
        if waits and self.persona.asks_again and "nik" not in self._answered:
            self._answered["nik"] = 1
            self._check(self.phone.press(waits[0]))
            return None
        known = _by_words(NikClass)
        if screen.heading not in known:
            raise Unexpected(f"the page about the NIK says “{screen.heading}”")
        nik_class = known[screen.heading]
        if nik_class not in {NikClass.MATCH, NikClass.PENDING} and not self.persona.goes_on:
            return f"nik:{nik_class.value}"
        forward = [link for link in screen.main.with_class("go", "a") if link.get("hx-get")]
        if not forward:
            raise Unexpected("no way on from the NIK")
        self._check(self.phone.click(forward[-1]))
        return None

    def _send(self, screen: Screen) -> str | None:
        if self._activities < len(self.persona.activities):
            self._activities += 1
            self._check(self.phone.press(self._form("kegiatan-lain")))
            return None
        wanted = screen.link("/berkas/lampiran") is not None and not self._papers_done
        if wanted and self.persona.papers is Papers.FIRST:
            self._send_papers()
            return None
        send = [form for form in screen.forms() if form.action.endswith("/berkas/periksa")]
        if send:
            self._check(self.phone.press(send[0]))
            return None
        reasons = self._read_reasons(screen)
        if reasons:
            return "obstacle:" + "+".join(sorted(reasons))
        known = _by_words(NikClass)
        for heading in screen.main.all("h2"):
            if words(heading) in known:
                return f"nik:{known[words(heading)].value}"
        raise Unexpected("cannot be sent, and does not say why")

    def _read_reasons(self, screen: Screen) -> set[str]:
        """Return the obstacles; each begins with its sentence, codes and a remedy follow."""
        notes = screen.main.with_class("bad", "div")
        said = [words(item) for note in notes for item in screen.main.all("li", within=note)]
        return {
            str(reason.value)
            for text, reason in _by_words(JourneyReason).items()
            if any(item.startswith(text) for item in said)
        }

    # Papers

    def _send_papers(self) -> None:
        """Go to the list, send every paper that is missing, and look at the last one."""
        self._check(self.phone.click(self._on_screen("/berkas/lampiran")))
        for _ in range(PAPERS_AT_MOST):
            links = self._missing()
            if not links:
                break
            self._check(self.phone.click(links[0]))
            self._send_paper()
        else:
            raise Unexpected("the list of papers has no end")
        self._papers_done = True
        screen = self._screen()
        if not _says(screen, _ALL_THERE):
            raise Unexpected("papers were sent, and the list does not say that all are there")
        seen = [
            e for e in screen.main.all("a") if (e.get("href") or "").rpartition("/")[2].isdigit()
        ]
        kept = self.phone.fetch_file(seen[-1].get("href") or "")
        if not kept.body.startswith((b"\xff\xd8\xff", b"%PDF-")):
            raise Unexpected(f"a paper does not open: {kept.status}")
        sent = screen.link("/berkas/hasil")
        self._check(self.phone.click(self._on_screen("/berkas/teruskan") if sent is None else sent))

    def _missing(self) -> list[Element]:
        main = self._screen().main
        return [
            next(e for e in main.all("a", within=hit) if "/untuk/" in (e.get("href") or ""))
            for hit in main.with_class("hit", "div")
            if any(words(p) in _in_both(_MISSING) for p in main.all("p", within=hit))
        ]

    def _send_paper(self) -> None:
        """Send a file as this phone does: in parts with scripts, by the plain form without."""
        number = self.outcome.papers
        file = _KINDS[number % len(_KINDS)](number + 1)
        forms = [form for form in self._screen().forms() if form.files]
        if len(forms) != 1:
            raise Unexpected(f"{len(forms)} forms for a paper")
        if self.phone.htmx:
            self.phone.send_in_parts(forms[0], file, loses_line=self.persona.loses_line)
        else:
            forms[0].choose(file)
            self.phone.press(forms[0])
        screen = self._check(self._screen())
        if not urlsplit(screen.url).path.endswith(("/berkas/lampiran", "/berkas/perbaikan")):
            raise Unexpected("sending a paper does not lead back to the list")
        self.outcome.papers += 1

    # Outside practice: filing at OSS, and what it says

    def _file_at_oss(self) -> str:
        """Read the order sheet, file at OSS, and bring the NIB back; return the outcome."""
        self._check(self.phone.click(self._on_screen("/berkas/untuk-oss")))
        data = self._read_sheets(self._screen())
        how = self.persona.nib
        if how is Nib.OSS:
            if self.site is None:
                raise Unexpected("no OSS to file at")
            self._filed = self.site.file(data, self.persona.at_oss)
            self.site.tell(self._filed)
            self._check(self.phone.click(self._on_screen("/berkas/hasil")))
            said = self._await(lambda said: {"nib"} <= said and "unconfirmed" not in said)
            if LATER in self.persona.at_oss:
                self.site.change_words(self._filed, self.persona.at_oss[LATER])
                before = set(said.split("+"))
                said = self._await(lambda found: found != before)
            return said
        self._check(self.phone.click(self._on_screen("/berkas/nib-saya")))
        nib = f"{MADE_UP}{secrets.randbelow(10**9):09d}"
        if how is Nib.SLIP:
            form = self._form("nib-saya")
            form.fill("nib", nib[:-1])
            self._go_further(form)
        if how is Nib.PHOTO:
            (form,) = [form for form in self._screen().forms() if form.files]
            photo = BytesIO()
            segno.make(f"NIB: {nib}").save(photo, kind="png", scale=6)
            form.choose(File("IMG_1.png", "image/png", photo.getvalue()))
            self._check(self.phone.press(form))
        form = self._form("nib-saya")
        if how is Nib.PHOTO:
            if (form.named("nib")[0].value or "").replace(" ", "") != nib:
                raise Unexpected("the photo is read differently")
        else:
            form.fill("nib", format_nib(nib))
        self._check(self.phone.press(form))
        said = self._read_result(self._screen())
        if self.outcome.nib != nib:
            raise Unexpected("the page shows another NIB than was typed")
        if how is Nib.UNKNOWN:
            return self._await(lambda said: "unconfirmed" not in said)
        return said

    def _read_sheets(self, screen: Screen) -> dict[str, Any]:
        """Make sure that what was typed on the way stands in the order sheet; return dataNIB."""
        shown = {words(e) for e in screen.main.all("b", "textarea")}
        shown |= {box.get("value") or "" for box in screen.main.all("input")}
        person, activities = self.persona.answers, self.persona.activities
        wanted = {person["diri"]["nik"].replace(" ", ""), *(each.code for each in activities)}
        wanted |= {each.answers["produksi"]["hasil"] for each in activities}
        if lost := {text for text in wanted if text not in shown}:
            raise Unexpected(f"the order sheet lacks {len(lost)} of {len(wanted)} answers")
        files = {"pdf": b"%PDF-", "xlsx": b"PK", "csv": b'\xef\xbb\xbf"layar"', "json": b"{"}
        for end, begins in files.items():
            link = self._on_screen(f"/berkas/untuk-oss.{end}").get("href") or ""
            answer = self.phone.fetch_file(link)
            if answer.status != 200 or not answer.body.startswith(begins):
                raise Unexpected(f"the order sheet as {end}: {answer.status}")
        data: dict[str, Any] = json.loads(answer.body)["dataNIB"]
        if [each["kbli"] for each in data["data_proyek"]] != [each.code for each in activities]:
            raise Unexpected("the file for machines has other activities")
        return data

    def _enter_statuses(self) -> str:
        """Type what OSS shows for each licence, one status after the other."""
        today = datetime.now(UTC).astimezone(WIT).date()
        for status in self.persona.statuses:
            place, count = 0, 1
            while place < count:
                self._check(self.phone.click(self._on_screen("/berkas/status-oss")))
                form = self._form("status-oss")
                licences = [each for box in form.named("izin") for each in box.choices]
                if licences:
                    form.fill("izin", licences[place])
                form.fill("status", status)
                form.fill("tanggal", f"{today.day}-{today.month}-{today.year}")
                self._check(self.phone.press(form))
                place, count = place + 1, max(len(licences), 1)
        return self._read_result(self._screen())

    def _decided_at_oss(self, filed: Filed, decision: Decision) -> str:
        """Let the office decide in OSS, which calls; answer there what it gives back."""
        assert self.site is not None
        steps = [(_AT_OSS[decision], _SEEN[decision])]
        if decision is Decision.RETURN:
            steps.append((LicenceStatus.CLARIFIED, PublicState.SENT_AGAIN))
        reached = ""
        for status, state in steps:
            if not self.site.decide(filed, status):
                raise Unexpected("OSS knows of no licence that an office decides about")
            self.site.tell(filed)
            reached = self._await(lambda said, state=state: state in said)  # type: ignore[misc]
        return reached

    def _await(self, is_there: Callable[[set[str]], bool]) -> str:
        """Look at the result again until it says what is waited for, or patience ends."""
        deadline = time.monotonic() + self.patience_s
        reached = self._read_result(self._screen())
        while not is_there(set(reached.split("+"))) and time.monotonic() < deadline:
            time.sleep(LOOK_SOON_S)
            reached = self._read_result(self._open(self._screen().url))
        return reached

    def _read_result(self, screen: Screen) -> str:
        found = _NIB.search(screen.text_of("code"))
        if found:
            self.outcome.nib = found[0].replace(" ", "")
            parts = self._read_licences(screen)
            if self.persona.mode is not ServiceMode.TRAINING:
                parts |= self._read_told(screen)
            return "+".join(["nib", *sorted(parts)])
        return "refused" if screen.main.with_class("bad", "div") else "waiting"

    def _read_licences(self, screen: Screen) -> set[str]:
        """Return where the licences stand that an office decides about."""
        known = _by_words(PublicState)
        notes = screen.main.with_class("note", "div")
        said = {words(item) for note in notes for item in screen.main.all("strong", within=note)}
        return {str(known[text].value) for text in said if text in known}

    def _read_told(self, screen: Screen) -> set[str]:
        """Return what is said about a NIB that was not given here."""
        notes = screen.main.with_class("note", "div")
        said = {words(item) for note in notes for item in screen.main.all("p", within=note)}
        known = _by_words(NibSource)
        sources = {known[text] for text in said if text in known}
        if sources != {_SOURCES[self.persona.nib]}:
            raise Unexpected(f"the NIB came as {self.persona.nib}, and the page says {sources}")
        doubts = _by_words(NibDoubt)
        parts = {str(doubts[text].value) for text in said if text in doubts}
        states = _by_words(NibStatus)
        for text in said:
            for told in _in_both(_OSS_SAYS):
                if text.startswith(told) and text.removeprefix(told).strip() in states:
                    parts.add(states[text.removeprefix(told).strip()].name.lower())
        connected = self.persona.mode is ServiceMode.CONNECTED
        if connected and not parts and not _says(screen, _CONFIRMED):
            parts.add("unconfirmed")
        if screen.link("/berkas/selisih") is not None:
            parts.add("differs")
        return parts

    # The practice office, and what the person then does

    def _decided(self, decision: Decision) -> None:
        """Have the practice office decide; mend and send again what it gives back."""
        action = _ACTIONS[decision]
        for _ in range(VISITS_AT_MOST):
            office = self._screen().link("/berkas/latihan-petugas")
            if office is None:
                raise Unexpected(f"no office to {decision}")
            self._check(self.phone.click(office))
            form = self._form("latihan-petugas")
            if form.named("izin"):
                form.fill("izin", next(iter(form.named("izin")[0].choices)))
            ready = form.offers("tindakan", action) is not None
            form.fill("tindakan", action if ready else OfficeAction.COMPLETE)
            if ready and decision is not Decision.APPROVE:
                form.fill("alasan", ReturnReason.REQUIREMENT_MISSING)
            if ready and decision is Decision.RETURN:
                self._give_back(form)
            self._check(self.phone.press(form))
            waits = self._screen().link("/berkas/latihan-petugas") is not None
            if ready and not (waits and decision is Decision.APPROVE):
                break
        else:
            raise Unexpected(f"the office never comes to {decision}")
        if decision is Decision.RETURN:
            self._mend()

    def _give_back(self, form: Form) -> None:
        step = self.persona.mends[0]
        if step != PAPER_STEP:
            form.fill("sasaran", str(StepTarget(StepName(step))))
            return
        form.fill("alasan", ReturnReason.UNREADABLE)
        offered = [value for box in form.named("sasaran") for value in box.choices]
        sent = [value for value in offered if value.startswith("paper:")]
        if not sent:
            raise Unexpected("the office has no paper to give back")
        form.fill("sasaran", sent[0])

    def _mend(self) -> None:
        self._check(self.phone.click(self._on_screen("/berkas/perbaikan")))
        step, answers = self.persona.mends
        if step == PAPER_STEP:
            self._check(self.phone.click(self._on_screen_with("/berkas/lampiran/untuk/")))
            self._send_paper()
            self._check(self.phone.click(self._on_screen("/berkas/hasil")))
            self._check(self.phone.click(self._on_screen("/berkas/perbaikan")))
            self._check(self.phone.press(self._form("perbaikan")))
            return
        self._check(self.phone.click(self._on_screen(f"/berkas/{step}")))
        form, missing = self._fill(step, dict(answers))
        if missing:
            raise Unexpected(f"nowhere to mend {', '.join(missing)}")
        self._go_further(form)
        self._check(self.phone.press(self._form("perbaikan")))

    def _look_again(self, wait_s: float) -> str:
        deadline = time.monotonic() + wait_s
        reached = "waiting"
        while reached == "waiting" and time.monotonic() < deadline:
            time.sleep(LOOK_AGAIN_S)
            reached = self._read_result(self._open(self._screen().url))
        return reached

    # Before and after

    def _look_up(self) -> Element | None:
        """Answer the three questions of “cek usaha”; return the link from there to the start."""
        self._check(self.phone.click(self._on_screen("/cek-usaha")))
        answers = {**self.persona.answers.get("cek-usaha", {}), "q": self.persona.words}
        code = f"?kbli={self.persona.code}"
        for _ in range(QUESTIONS_AT_MOST):
            screen = self._screen()
            start = screen.link(f"/berkas/mulai{code}")
            if start is not None:
                return start
            chosen = screen.link(code) if code not in screen.url.replace("&", "?") else None
            if chosen is not None:
                self._check(self.phone.click(chosen))
                continue
            forms = [form for form in screen.forms() if form.method == "get" and form.boxes]
            asked = {box.name for form in forms[:1] for box in form.boxes if box.kind != "hidden"}
            if not asked & set(answers):
                break
            self._type(forms[0], {key: text for key, text in answers.items() if key in asked})
            self._check(self.phone.press(forms[0], forms[0].main_button()))
        self.outcome.notes.append("cek-usaha: sends to an officer, not to the start")
        self._open(self.prefix + "/")
        return None

    def _afterwards(self) -> None:
        """Open the paper, look where the file is, have the paper checked."""
        screen = self._screen()
        if self.outcome.nib is not None and self.persona.mode is not ServiceMode.TRAINING:
            # Only OSS makes papers of a real NIB; "/lacak" is reached from any page.
            if screen.link("/berkas/nib.pdf") is not None:
                raise Unexpected("a paper outside practice")
            if "differs" in self.outcome.outcome.split("+"):
                self._check(self.phone.click(self._on_screen("/berkas/selisih")))
                if not self._screen().main.with_class("sum", "dl"):
                    raise Unexpected("the page of differences shows none")
        elif self.outcome.nib is not None:
            paper = self._on_screen("/berkas/nib.pdf").get("href") or ""
            check = self._on_screen_with("/verifikasi/")
            began = time.monotonic()
            before = len(self.phone.exchanges)
            answer = self.phone.fetch_file(paper)
            if not answer.body.startswith(b"%PDF-"):
                raise Unexpected("the paper is not a PDF")
            self.outcome.paper = self._cost(self.phone.exchanges[before:])
            self.outcome.paper.seconds = round(time.monotonic() - began, 2)
            screen = self._check(self.phone.click(check))
            if self.outcome.nib not in words(screen.main):
                raise Unexpected("checking the paper does not show its number")
        if self.outcome.number is not None:
            self._check(self.phone.click(self._on_screen("/lacak")))
            form = next(form for form in self._screen().forms() if form.named("nomor"))
            form.fill("nomor", self.outcome.number)
            screen = self._check(self.phone.press(form))
            if not screen.main.with_class("way"):
                raise Unexpected("looking up the number shows no way of the file")

    # Small things

    def _screen(self) -> Screen:
        assert self.phone.screen
        return self.phone.screen

    def _open(self, url: str) -> Screen:
        return self._check(self.phone.visit(url))

    def _check(self, screen: Screen, allowed: set[int] | None = None) -> Screen:
        if screen.status >= 400 and screen.status not in (allowed or set()):
            raise Unexpected(f"{screen.status} {screen.heading}")
        return screen

    def _on_screen(self, path_end: str) -> Element:
        link = self._screen().link(path_end)
        if link is None:
            raise Unexpected(f"no link to {path_end}")
        return link

    def _on_screen_with(self, part: str) -> Element:
        for link in self._screen().main.all("a"):
            if part in (link.get("href") or ""):
                return link
        raise Unexpected(f"no link to {part}…")

    def _form(self, end: str) -> Form:
        found = [form for form in self._screen().forms() if form.action.endswith(f"/{end}")]
        if len(found) != 1:
            raise Unexpected(f"{len(found)} forms for {end}")
        return found[0]

    def _type(self, form: Form, answers: dict[str, str]) -> None:
        for key, answer in answers.items():
            try:
                self.phone.type_in(form, key, answer)
            except KeyError as error:
                raise Unexpected(f"no box {error}") from error

    @staticmethod
    def _read_number(screen: Screen) -> str:
        found = _NUMBER.search(screen.text_of("code"))
        if found is None:
            raise Unexpected("the page does not show the support number")
        return found[0]


def read_mode(base: str) -> ServiceMode:
    """Return the mode that the service at an address runs in, as its pages show it."""
    phone = Phone(base)
    try:
        page = phone.visit("/").document
    finally:
        phone.close()
    if any(words(e) in _in_both(_PRACTICE) for e in page.with_class("mode")):
        return ServiceMode.TRAINING
    call = urllib.request.Request(f"{base.rstrip('/')}/api/oss/receiveNIB", b"", method="POST")
    try:
        urllib.request.urlopen(call, timeout=15).close()
    except urllib.error.HTTPError as answer:
        answer.close()
        return ServiceMode.ASSIST if answer.code == 404 else ServiceMode.CONNECTED
    raise Unexpected("the service takes a NIB from anybody")


def source_of(base: str, way: int, person: int) -> str | None:
    """Return an address of its own for each phone, where the service runs on this machine.

    What an address may do in an hour is limited; outside tests each phone has its own as well.
    """
    is_here = urlsplit(base).hostname == "127.0.0.1" and sys.platform == "linux"
    return f"127.{2 + way}.{1 + person // 250}.{1 + person % 250}" if is_here else None


def as_json(outcome: Outcome) -> dict[str, Any]:
    """Return an outcome for json.dumps. The support number is left out: it opens a lookup."""
    shown = asdict(outcome)
    shown.pop("number")
    for exchange in shown["exchanges"]:
        exchange["seconds"] = round(exchange["seconds"], 3)
    return shown


def in_a_line(outcome: Outcome) -> str:
    """Return what a person wants to read of an outcome."""
    cost = outcome.to_receipt
    mark = "ok  " if outcome.ok else "FAIL"
    text = f"{mark} {outcome.persona:20} {outcome.language} {outcome.way:5} {outcome.outcome}"
    if outcome.nib:
        text += f" {outcome.nib}"
    if not outcome.ok:
        return f"{text} (expected {outcome.expected}) {outcome.problem}"
    text += (
        f"  {cost.requests} requests, {cost.down} B down, {cost.up} B up, {cost.seconds:.1f} s"
        f" to the receipt"
    )
    if outcome.paper.down:
        text += f"; paper {outcome.paper.down} B"
    if outcome.retries:
        text += f"; {outcome.retries} sent again"
    return "; ".join([text, *outcome.notes])


def main(arguments: list[str] | None = None) -> int:
    """Walk for the persons asked for. Return the exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--base", required=True, help="address of the service")
    parser.add_argument("--persona", default="kiosk", help="name, or “all”, or “list”")
    parser.add_argument("--language", choices=["id", "en"], default="id")
    parser.add_argument("--htmx", action="store_true", help="with scripts, as HTMX does it")
    parser.add_argument(
        "--every-way", action="store_true", help="both languages, with and without scripts"
    )
    parser.add_argument("--oss", help="address of the built-in OSS, for a connected service")
    parser.add_argument("--wait", type=float, default=0.0, help="seconds to wait for a late result")
    parser.add_argument("--patience", type=float, default=60.0, help="seconds without any byte")
    parser.add_argument("--json", action="store_true", help="one JSON object a person")
    options = parser.parse_args(arguments)
    everybody = personas()
    if options.persona == "list":
        for persona in everybody.values():
            print(f"{persona.name:20} {persona.expects:34} {persona.about}")
        return 0
    if options.persona != "all" and options.persona not in everybody:
        parser.error(f"nobody is called {options.persona}; try --persona list")
    chosen = list(everybody) if options.persona == "all" else [options.persona]
    mode = read_mode(options.base)
    site = None
    if mode is ServiceMode.CONNECTED:
        names = ("OSS_USER_KEY", "OSS_USERNAME", "OSS_PASSWORD")
        if not options.oss or not all(os.environ.get(name) for name in names):
            parser.error(f"a connected service needs --oss, and {', '.join(names)} as it has them")
        key, username, password = (os.environ[name] for name in names)
        site = OssSite(options.oss, key, service=options.base, username=username, password=password)
    ways = WAYS if options.every_way else ((options.language, options.htmx),)
    good = True
    for person, name in enumerate(chosen):
        persona = everybody[name]
        if persona.mode is not mode:
            if options.json:
                print(json.dumps({"persona": name, "mode": persona.mode, "walked": False}))
            else:
                print(f"other mode {name:20} walks in {persona.mode}; this service is in {mode}")
            continue
        for language, htmx in ways:
            journey = Journey(
                options.base,
                persona,
                language=language,
                htmx=htmx,
                patience_s=options.patience,
                source=source_of(options.base, WAYS.index((language, htmx)), person),
                site=site,
            )
            outcome = journey.walk(wait_s=options.wait)
            print(json.dumps(as_json(outcome)) if options.json else in_a_line(outcome), flush=True)
            good = good and outcome.ok
    if site is not None:
        site.close()
    if options.persona != "all" and everybody[options.persona].mode is not mode:
        return 1
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
