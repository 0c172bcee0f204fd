"""Measure what the service weighs, how soon it paints on a bad line, and how much it can take.

    make bench
    python -m tests.bench --only bytes,load

Prints one JSON object a line: {"what", "profile", "value", "unit", …}; docs/measures.md tells how
to read them. Starts its own server on its own data and stops it; stays on loopback and in network
namespaces of its own. What cannot be measured here comes as {"what", "skipped": why}. Exit status
1 when the service did not do what was to be measured.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import json
import os
import platform
import re
import shlex
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from app.config import ROOT
from app.services.base.post_keys import new_key
from app.web.sent import Sent
from tests.journey import Cost, Journey, Outcome, in_a_line
from tests.personas import personas
from tests.tools import load, slow_senders, slowlink
from tests.tools.pageload import FLAGS, chromium
from tests.tools.phone import Exchange, Form, Kind, LineGone, Phone, Unexpected
from tests.tools.server import Data, Server, serving

PARTS = ("bytes", "paint", "journey", "upload", "load", "start", "slow", "rounds")
PAINTED = ("/", "/berkas/mulai", "/berkas/diri")  # home, start, a form of a dossier
PROFILES = ("edge", "village-wifi", "gprs")
OUTAGES = (20, 8)  # seconds of service, seconds without
PUBLIC = (
    "/", "/en/", "/cek-usaha", "/cek-usaha/kelompok", "/berkas/mulai", "/berkas/lanjut", "/lacak",
    "/verifikasi", "/bantuan", "/privasi",
)  # fmt: skip
STARTS = 3
WRITERS = 4  # dossiers that are written to at the same time
ROUNDS, CROWD = 5, 16  # alternating rounds of two builds, connections in each


def say(what: str, profile: str, value: float | None, unit: str, **more: Any) -> None:
    """Print one measure."""
    if isinstance(value, float):
        value = round(value, 3)
    print(
        json.dumps({"what": what, "profile": profile, "value": value, "unit": unit, **more}),
        flush=True,
    )


def skip(what: str, why: str) -> None:
    """Say that something was not measured."""
    print(json.dumps({"what": what, "skipped": why}), flush=True)


def opened(base: str) -> Phone:
    """Return a phone that has just opened a dossier and stands at the first question."""
    phone = Phone(base)
    forms = [form for form in phone.visit("/berkas/mulai").forms() if form.named("pin")]
    link = None
    if forms:
        forms[0].fill("pin", personas()["kiosk"].pin)
        link = phone.press(forms[0]).link("/berkas/teruskan")
    if link is None:
        raise Unexpected(f"no file could be opened: {phone.screen and phone.screen.heading}")
    phone.click(link)
    return phone


# Bytes


def measure_bytes(data: Data) -> None:
    """Weigh every page, first and later, and whole journeys."""
    with serving(data) as server:
        for path in PUBLIC:
            cold = Phone(server.base)
            if cold.visit(path).status != 200:
                raise Unexpected(f"{path} answers {cold.screen and cold.screen.status}")
            _say_visit(path, "cold", cold.exchanges)
            before = len(cold.exchanges)
            cold.visit(path)
            if len(cold.exchanges) > before:
                _say_visit(path, "warm", cold.exchanges[before:])
            else:
                say("page", "warm", 0, "B", page=path, requests=0, up=0)
        outcomes = [
            _walk(server.base, name, htmx=htmx)
            for name in ("kiosk", "small-business", "lives-elsewhere")
            for htmx in (False, True)
        ]
        _say_steps(outcomes[:2])
        for outcome in outcomes:
            _say_journey(outcome)
        phone = opened(server.base)
        phone.cookies.pop("c", None)  # as on a phone that never saw the style
        address = phone.screen.url if phone.screen else ""
        before = len(phone.exchanges)
        phone.visit(address)
        _say_visit("/berkas/diri", "cold", phone.exchanges[before:])


def _walk(base: str, name: str, *, htmx: bool) -> Outcome:
    outcome = Journey(base, personas()[name], htmx=htmx).walk()
    if not outcome.ok:
        raise Unexpected(in_a_line(outcome))
    return outcome


def _say_visit(path: str, profile: str, exchanges: Sequence[Exchange]) -> None:
    """The document alone is what the first paint waits for; `all` is with what comes after it."""
    document = next(e for e in exchanges if e.kind is Kind.PAGE)
    everything = sum(e.down for e in exchanges)
    say(
        "page",
        profile,
        document.down,
        "B",
        page=path,
        all=everything,
        requests=len(exchanges),
        up=document.up,
    )


def _say_steps(outcomes: Sequence[Outcome]) -> None:
    for outcome in outcomes:
        for exchange in outcome.exchanges:
            if exchange.kind in {Kind.PAGE, Kind.PART} and not exchange.path.endswith(".pdf"):
                say(
                    "step",
                    outcome.way,
                    exchange.down,
                    "B",
                    page=re.sub("(?<=/verifikasi/).+", "…", exchange.path),
                    method=exchange.method,
                    status=exchange.status,
                    up=exchange.up,
                )


def _say_journey(outcome: Outcome) -> None:
    for what, cost in (("journey to receipt", outcome.to_receipt), ("journey", outcome.whole)):
        _say_cost(what, outcome.way, cost, outcome)
    if outcome.paper.down:
        say("paper", outcome.way, outcome.paper.down, "B", persona=outcome.persona)


def _say_cost(what: str, profile: str, cost: Cost, outcome: Outcome) -> None:
    say(
        what,
        profile,
        cost.down,
        "B down",
        up=cost.up,
        requests=cost.requests,
        persona=outcome.persona,
        outcome=outcome.outcome,
    )


# On a bad line


def _over(
    data: Data,
    profile: str,
    client: list[str],
    *,
    seed: int = 1,
    outages: tuple[int, int] | None = None,
) -> str | None:
    """Run a client against a server over a slow link; return what it printed, None if it failed.

    seed: decides which packets are lost.
    """
    host, port = slowlink.SERVER_IP, 8000
    command = [sys.executable, "-m", "tests.tools.slowlink", "--profile", profile, "--quiet"]
    command += ["--seed", str(seed)]
    if outages:
        command += ["--outage-every", str(outages[0]), "--outage-for", str(outages[1])]
    command += ["--server", "exec " + shlex.join(data.server(host, port))]
    command += ["--wait", f"{host}:{port}", "--", *client]
    process = subprocess.Popen(command, cwd=ROOT, env=data.env, stdout=subprocess.PIPE, text=True)
    try:
        printed, _ = process.communicate(timeout=900)
    except subprocess.TimeoutExpired:
        process.terminate()  # it takes its namespaces away
        process.communicate()
        return None
    return printed if printed.strip() else None


def measure_paint(data: Data, profiles: Sequence[str], runs: int) -> None:
    """Time the first paint in Chromium, cold and warm, against what the line itself allows."""
    why = slowlink.why_not() or _no_chromium()
    if why:
        skip("first paint", why)
        return
    with serving(data) as server:
        session = opened(server.base).cookies["s"]
    for profile in profiles:
        rows: dict[tuple[str, str], list[dict[str, Any]]] = {}
        for seed in range(1, runs + 1):
            for row in _painted(data, profile, session, seed):
                rows.setdefault((urlsplit(row["url"]).path, row["kind"]), []).append(row)
        if not rows:
            skip(f"first paint over {profile}", "no answer within 15 minutes, or Chromium failed")
        for (path, state), found in rows.items():
            _say_paint(profile, path, state, found)


def _painted(data: Data, profile: str, session: str, seed: int) -> list[dict[str, Any]]:
    down, _, rtt, _, _ = slowlink.PROFILES[profile]
    base = f"http://{slowlink.SERVER_IP}:8000"
    client = [sys.executable, "-m", "tests.tools.pageload", "--json"]
    client += ["--rtt", str(rtt), "--down", str(down), "--cookie", f"s={session}"]
    client += [base + path for path in PAINTED]
    printed = _over(data, profile, client, seed=seed)
    rows: list[dict[str, Any]] = json.loads(printed) if printed else []
    return rows


def _say_paint(profile: str, path: str, state: str, rows: list[dict[str, Any]]) -> None:
    """The median of the runs; a lost packet makes one run slower, so all are shown as well."""
    taken = sorted(round(row["fcp_ms"]) for row in rows if row["fcp_ms"] is not None)
    limit = rows[0].get("limit_ms")
    middle = statistics.median(taken) if taken else None
    say(
        "first paint",
        profile,
        middle,
        "ms",
        page=path,
        state=state,
        limit_ms=limit and round(limit),
        over_limit=round(middle / limit, 2) if middle and limit else None,
        all=taken,
        bytes=rows[0]["blocking_bytes"],
        all_bytes=rows[0]["bytes"],
        requests=rows[0]["requests"],
    )


def _no_chromium() -> str | None:
    try:
        from playwright.sync_api import sync_playwright  # noqa: PLC0415 – may be missing

        with sync_playwright() as playwright:
            playwright.chromium.launch(executable_path=chromium(), args=FLAGS).close()
    except Exception as error:  # whatever is missing, the reason is what counts
        return f"no Chromium: {str(error).splitlines()[0]}"
    return None


def measure_journey(data: Data) -> None:
    """Time one journey over EDGE, with and without outages, plain and by HTMX."""
    why = slowlink.why_not()
    if why:
        skip("journey over edge", why)
        return
    for outages in (None, OUTAGES):
        for htmx in (False, True):
            client = [sys.executable, "-m", "tests.journey", "--json", "--persona", "kiosk"]
            client += ["--base", f"http://{slowlink.SERVER_IP}:8000"]
            printed = _over(data, "edge", client + ["--htmx"] * htmx, outages=outages)
            profile = "edge with outages" if outages else "edge"
            if printed is None:
                skip(f"journey over {profile}", "the driver came to no end")
                continue
            found = json.loads(printed)
            if not found["ok"]:
                raise Unexpected(f"journey over {profile}: {found['outcome']} {found['problem']}")
            say(
                "journey to receipt",
                profile,
                found["to_receipt"]["seconds"],
                "s",
                way=found["way"],
                outcome=found["outcome"],
                requests=found["to_receipt"]["requests"],
                retries=found["retries"],
                connections=found["connections"],
            )


def measure_upload(data: Data) -> None:
    """Time one photo on its way in parts over EDGE, with and without outages."""
    why = slowlink.why_not()
    if why:
        skip("upload", why)
        return
    for outages in (None, OUTAGES):
        profile = "edge with outages" if outages else "edge"
        client = [sys.executable, "-m", "tests.tools.upload_bench"]
        client += ["--base", f"http://{slowlink.SERVER_IP}:8000"]
        printed = _over(data, "edge", client, outages=outages)
        if printed is None:
            skip(f"upload over {profile}", "the sender came to no end")
            continue
        found = json.loads(printed)
        say("upload of a photo", profile, found.pop("seconds"), "s", **found)


# Load, memory, start


def measure_load(data: Data, seconds: float) -> None:
    """Count pages a second on one worker process, and its memory before and after."""
    with serving(data) as server:
        phones = [opened(server.base) for _ in range(WRITERS)]
        say("memory of the worker", "at rest", server.worker_rss() / 1e6, "MB")
        style = phones[0].cookies["c"]
        _say_load(
            server, "home", seconds, 200, lambda _: _request(server, "GET", "/", {"c": style})
        )
        _say_load(
            server,
            "form page",
            seconds,
            200,
            lambda number: _request(server, "GET", "/berkas/diri", phones[number].cookies),
        )
        forms = [_phone_form(phone) for phone in phones]

        _say_load(
            server,
            "step that writes",
            seconds,
            303,
            lambda number: _step(server, forms[number], phones[number]),
        )
        say("memory of the worker", "after load", server.worker_rss() / 1e6, "MB")


@dataclass
class _Build:
    """One of two builds that are measured in turns."""

    requests: dict[str, tuple[int, Callable[[int], bytes]]]
    port: int
    rounds: dict[str, list[load.Load]] = field(default_factory=dict)


def measure_rounds(folder: Path, other: Path | None, seconds: float) -> None:
    """Set this build beside another one: answers a second and p99, each round on both in turn."""
    if other is None:
        skip("rounds", "no other checkout was named (--beside)")
        return
    roots = {"this": ROOT, "other": other.resolve()}
    with contextlib.ExitStack() as stack:
        builds = {}
        for name, root in roots.items():
            server = stack.enter_context(serving(Data(folder / name, root)))
            builds[name] = _Build(_crowd(server), server.port)
        for number in range(ROUNDS + 1):  # the first one warms up
            for page in builds["this"].requests:
                for build in list(builds.values())[:: 1 if number % 2 else -1]:
                    good, request = build.requests[page]
                    done = load.run(
                        "127.0.0.1", build.port, request,
                        good=good, connections=CROWD, seconds=seconds, at_most=100_000,
                    )  # fmt: skip
                    if number:
                        build.rounds.setdefault(page, []).append(done)
    for page in builds["this"].requests:
        this, that = (builds[name].rounds[page] for name in ("this", "other"))
        _say_rounds(page, this, that)


def _crowd(server: Server) -> dict[str, tuple[int, Callable[[int], bytes]]]:
    """Return page -> its good status and what each of the connections sends."""
    phones = [opened(server.base) for _ in range(CROWD)]
    forms = [_phone_form(phone) for phone in phones]
    style = {"c": phones[0].cookies["c"]}
    words = ("jual sembako", "jual pinang", "warung makan", "bengkel motor", "jahit baju")
    asked = itertools.cycle([f"/cek-usaha?{urlencode({'cari': text})}" for text in words])
    return {
        "home": (200, lambda _: _request(server, "GET", "/", style)),
        "form page": (
            200, lambda number: _request(server, "GET", "/berkas/diri", phones[number].cookies)
        ),
        "step that writes": (303, lambda number: _step(server, forms[number], phones[number])),
        "finder answer": (200, lambda _: _request(server, "GET", next(asked), style)),
    }  # fmt: skip


def _say_rounds(page: str, this: Sequence[load.Load], that: Sequence[load.Load]) -> None:
    def ratio(of: Callable[[load.Load], float | None]) -> float | None:
        pairs = [(of(a), of(b)) for a, b in zip(this, that, strict=True)]
        found = [a / b for a, b in pairs if a and b]
        return round(statistics.median(found), 2) if found else None

    def middle(of: Callable[[load.Load], float | None]) -> list[float]:
        both = [[value for one in side if (value := of(one))] for side in (this, that)]
        return [round(statistics.median(values), 1) if values else 0.0 for values in both]

    failed = [sum(sum(one.failed.values()) for one in side) for side in (this, that)]
    say(
        "answers a second beside",
        page,
        ratio(lambda one: one.per_second),
        "times",
        p99_times=ratio(lambda one: one.quantile_ms(0.99)),
        per_second=middle(lambda one: one.per_second),
        p50_ms=middle(lambda one: one.quantile_ms(0.5)),
        p99_ms=middle(lambda one: one.quantile_ms(0.99)),
        failed=failed,
    )


def _phone_form(phone: Phone) -> Form:
    """Answer the first step, so that the second may be sent; return its form, filled."""
    persona = personas()["kiosk"]
    for step in ("diri", "telepon"):
        screen = phone.visit(f"/berkas/{step}")
        form = next(form for form in screen.forms() if form.action.endswith(step))
        for key, answer in persona.answers[step].items():
            form.fill(key, answer)
        if step == "diri":
            phone.press(form)
    return form


def _request(
    server: Server, method: str, path: str, cookies: dict[str, str], body: bytes | None = None
) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{server.port}"]
    lines.append("Accept-Encoding: br, gzip")
    lines.append("Cookie: " + "; ".join(f"{name}={value}" for name, value in cookies.items()))
    if body is not None:
        lines.append("Content-Type: application/x-www-form-urlencoded")
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + (body or b"")


def _say_load(
    server: Server, page: str, seconds: float, good: int, request: Callable[[int], bytes]
) -> None:
    done = load.run(
        "127.0.0.1", server.port, request, good=good, connections=WRITERS, seconds=seconds
    )
    say(
        "answers a second",
        page,
        done.per_second,
        "1/s",
        p50_ms=_rounded(done.quantile_ms(0.5)),
        p99_ms=_rounded(done.quantile_ms(0.99)),
        requests=len(done.taken_s),
        connections=WRITERS,
        failed=done.failed,
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def measure_start(data: Data) -> None:
    """Time from the start of the process until /readyz says 200."""
    taken = []
    for _ in range(STARTS):
        with serving(data) as server:
            taken.append(server.ready_after_s)
    say("start", "until /readyz", statistics.median(taken), "s", all=[round(t, 2) for t in taken])


# Beside slow senders


SLOW, VANISHED = 500, 200
HER_ROUNDS = 40  # pages of each kind before, and again beside them
NO_ANSWER_S = 15.0
CUT_WITHIN_S = 75.0  # seconds to look on, more than the service gives a sender


@dataclass
class _Beside:
    """What one build did: page -> median ms (None: no answer), memory in MB, the senders' fate."""

    alone: dict[str, float | None]
    crowded: dict[str, float | None]
    grown_mb: float
    fate: dict[str, Any]


def measure_slow(folder: Path, other: Path | None) -> None:
    """Time one person alone and beside senders that never end, on this build and another one."""
    builds = {"this build": ROOT} | ({"other build": other.resolve()} if other else {})
    found = {
        name: _beside(Data(folder / name.partition(" ")[0], root)) for name, root in builds.items()
    }
    for name, build in found.items():
        for page, alone in build.alone.items():
            crowded = build.crowded[page]
            ratio = round(crowded / alone, 2) if crowded and alone else None
            more = {"alone_ms": alone, "ratio": ratio}
            if crowded is None:
                more["no_answer_within_s"] = NO_ANSWER_S
            say("page beside slow senders", name, crowded, "ms", page=page, **more)
        say("memory for slow senders", name, build.grown_mb, "MB", senders=SLOW + VANISHED)
        say("slow senders cut", name, build.fate.get("last_s"), "s", **build.fate)
    if other:
        this, that = found["this build"].alone, found["other build"].alone
        for page, alone in this.items():
            before = that[page]
            ratio = alone / before if alone and before else None
            say("page alone", "this build to the other", ratio, "times", page=page)


def _beside(data: Data) -> _Beside:
    with serving(data) as server:
        phone = opened(server.base)
        form = _phone_form(phone)
        requests = {
            "home": (200, lambda: _request(server, "GET", "/", {"c": phone.cookies["c"]})),
            "form page": (200, lambda: _request(server, "GET", "/berkas/diri", phone.cookies)),
            "step that writes": (303, lambda: _step(server, form, phone)),
        }
        _her_pages(server, requests)  # what a process does once is over then
        alone, before = _her_pages(server, requests), server.pss()
        with slow_senders.beside(server.port, slow=SLOW, vanished=VANISHED) as senders:
            began = time.monotonic()
            time.sleep(3)
            crowded, memory = _her_pages(server, requests), server.pss()
            time.sleep(max(0.0, CUT_WITHIN_S - (time.monotonic() - began)))
            memory = max(memory, server.pss())
        # Alone again, so that other work on the machine weighs on both.
        again = _her_pages(server, requests)
        both = {page: _middle(taken + again[page]) for page, taken in alone.items()}
        beside = {page: _middle(taken) for page, taken in crowded.items()}
        return _Beside(both, beside, (memory - before) / 1e6, senders.fate)


def _middle(taken_s: list[float]) -> float | None:
    """Return the median in ms, None where no answer came."""
    return round(1000 * statistics.median(taken_s), 2) if taken_s else None


def _her_pages(
    server: Server, requests: Mapping[str, tuple[int, Callable[[], bytes]]]
) -> dict[str, list[float]]:
    """Return the times of each page in seconds, one after another on a line of her own."""
    return {
        page: load.run(
            "127.0.0.1", server.port, lambda _, build=build: build(), good=good, connections=1,
            seconds=NO_ANSWER_S, at_most=HER_ROUNDS, patience_s=NO_ANSWER_S,
        ).taken_s
        for page, (good, build) in requests.items()
    }  # fmt: skip


def _step(server: Server, form: Form, phone: Phone) -> bytes:
    pairs = {**dict(form.pairs()), Sent.KEY: new_key()}
    return _request(server, "POST", form.action, phone.cookies, urlencode(pairs).encode())


def main(arguments: list[str] | None = None) -> int:
    """Measure the parts asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", default=",".join(PARTS), help=f"some of {','.join(PARTS)}")
    parser.add_argument("--profiles", default=",".join(PROFILES), help="lines to paint over")
    parser.add_argument("--runs", type=int, default=3, help="of each paint, each loses others")
    parser.add_argument("--seconds", type=float, default=5.0, help="of load on each page")
    parser.add_argument("--beside", type=Path, help="another checkout, for slow and rounds")
    options = parser.parse_args(arguments)
    parts, profiles = options.only.split(","), options.profiles.split(",")
    unknown = (set(parts) - set(PARTS)) | (set(profiles) - set(slowlink.PROFILES))
    if unknown:
        parser.error(f"not known: {', '.join(sorted(unknown))}")
    say(
        "machine",
        platform.machine(),
        os.cpu_count(),
        "cores",
        load=round(os.getloadavg()[0], 2),
        python=platform.python_version(),
        at=time.strftime("%Y-%m-%dT%H:%MZ", time.gmtime()),
    )
    measures: dict[str, Callable[[Data], None]] = {
        "bytes": measure_bytes,
        "paint": lambda data: measure_paint(data, profiles, options.runs),
        "journey": measure_journey,
        "upload": measure_upload,
        "load": lambda data: measure_load(data, options.seconds),
        "start": measure_start,
        "slow": lambda data: measure_slow(data.folder, options.beside),
        "rounds": lambda data: measure_rounds(data.folder, options.beside, options.seconds),
    }
    broken = False
    for part in parts:
        # Each on data of its own: what one part leaves behind must not slow another.
        with tempfile.TemporaryDirectory(prefix="oss-bench-") as folder:
            try:
                measures[part](Data(Path(folder)))
            except (Unexpected, LineGone, RuntimeError, subprocess.CalledProcessError) as error:
                skip(part, str(error))
                broken = True
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
