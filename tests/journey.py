"""Walk the whole journey as a phone would, and say what it cost and what came of it.

    python -m tests.journey --base http://127.0.0.1:8000 --persona kiosk
    python -m tests.journey --base … --persona all --language en --htmx --json

Needs nothing but the address: it reads the pages' own forms, finds boxes by name or by their words
and never makes up a hidden value. Exit status 0 only when every person came to what
tests/data/personas.toml expects.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

from babel.messages.pofile import read_po

from app.domain.corrections import ReturnReason, StepTarget
from app.domain.estimate import JourneyReason
from app.domain.journey import StepName, Stop
from app.domain.nik_check import NikClass
from app.domain.verification import OfficeAction, PublicState
from app.labels import label
from tests.client import words
from tests.personas import Decision, Persona, personas
from tests.tools.phone import Exchange, Form, LineGone, Phone, Screen, Unexpected

TRANSLATIONS = Path(__file__).parent.parent / "translations"
STEPS_AT_MOST = 60  # of pages shown; more means going round in a circle
ANSWERS_AT_MOST = 5  # tries at one step
QUESTIONS_AT_MOST = 8  # pages of the short look-up
VISITS_AT_MOST = 12  # to the practice office
LOOK_AGAIN_S = 3.0
_NIB = re.compile(r"\b[0-9]{13}\b")
_NUMBER = re.compile(r"SRG(?: [0-9]{4}){3}")
_ACTIONS = {
    Decision.APPROVE: OfficeAction.APPROVE,
    Decision.RETURN: OfficeAction.GIVE_BACK,
    Decision.REJECT: OfficeAction.REJECT,
}


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
    ) -> None:
        self.persona = persona
        self.prefix = "/en" if language == "en" else ""
        self.phone = Phone(base, htmx=htmx, patience_s=patience_s)
        self.outcome = Outcome(persona.name, language, "htmx" if htmx else "plain", persona.expects)
        self._answered: dict[str, int] = {}
        self._activities = 1  # in the file so far
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
            for decision in self.persona.office:
                self._decided(decision)
                outcome.outcome = self._read_result(self._screen())
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

    def _read_result(self, screen: Screen) -> str:
        found = _NIB.search(screen.text_of("code"))
        if found:
            self.outcome.nib = found[0]
            return "+".join(["nib", *sorted(self._read_licences(screen))])
        return "refused" if screen.main.with_class("bad", "div") else "waiting"

    def _read_licences(self, screen: Screen) -> set[str]:
        """Return where the licences stand that an office decides about."""
        known = _by_words(PublicState)
        notes = screen.main.with_class("note", "div")
        said = {words(item) for note in notes for item in screen.main.all("strong", within=note)}
        return {str(known[text].value) for text in said if text in known}

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
                form.fill("sasaran", str(StepTarget(StepName(self.persona.mends[0]))))
            self._check(self.phone.press(form))
            waits = self._screen().link("/berkas/latihan-petugas") is not None
            if ready and not (waits and decision is Decision.APPROVE):
                break
        else:
            raise Unexpected(f"the office never comes to {decision}")
        if decision is Decision.RETURN:
            self._mend()

    def _mend(self) -> None:
        self._check(self.phone.click(self._on_screen("/berkas/perbaikan")))
        step, answers = self.persona.mends
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
        if self.outcome.nib is not None:
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
    chosen = everybody.values() if options.persona == "all" else [everybody[options.persona]]
    good = True
    for persona in chosen:
        journey = Journey(
            options.base,
            persona,
            language=options.language,
            htmx=options.htmx,
            patience_s=options.patience,
        )
        outcome = journey.walk(wait_s=options.wait)
        print(json.dumps(as_json(outcome)) if options.json else in_a_line(outcome), flush=True)
        good = good and outcome.ok
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
