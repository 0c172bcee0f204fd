"""Limits count who errs: declared in one table, by file first, told as long as they last."""

from __future__ import annotations

import inspect
import time
from pathlib import Path

import pytest
from flask import Flask

import app as package
from app.extensions import limiter
from app.services.dossier import opening
from app.web.errors import say_wait
from app.web.limiting import limits
from app.web.limiting.limits import LIMITS, Limit, Whom
from app.work import run
from tests.client import CheckingClient, form_of, here, parse, words
from tests.factories import OTHER_PIN, PIN, looking, open_dossier, pin_hash
from tests.pages import PREFIXES, Walk
from tests.routes.own.test_recovery import code_told

both_languages = pytest.mark.parametrize("language", PREFIXES)

# POSTs that anybody may send and that no limit holds, with the reason.
FREE = {"resume.finish": "it only forgets", "resume.choose_device": "it only sets a cookie"}


@pytest.fixture
def limited(make_app) -> Flask:
    """An application that counts requests; it trusts one proxy, so that addresses can differ."""
    return make_app(testing=False, TRUSTED_PROXIES="1")


def held(app: Flask) -> dict[str, tuple[Limit, ...]]:
    return {
        endpoint: inspect.unwrap(view, stop=lambda f: hasattr(f, "limits")).limits
        for endpoint, view in app.view_functions.items()
        if hasattr(inspect.unwrap(view, stop=lambda f: hasattr(f, "limits")), "limits")
    }


def test_limits_are_declared_in_one_place():
    for path in Path(package.__file__).parent.rglob("*.py"):
        if path.name != "limits.py":
            text = path.read_text()
            assert "limiter.limit(" not in text, path
            assert "limiter.shared_limit(" not in text, path
    assert all(limit.why and limit.item.amount for limit in LIMITS.values())


def test_each_limited_route_names_one_of_them_and_each_is_named(application):
    named = {limit for found in held(application).values() for limit in found}
    assert named <= set(LIMITS.values())
    counted_by_hand = {limits.SEARCH_ONCE, limits.SEARCH_COUNTED, limits.OSS_INBOUND}
    assert set(LIMITS.values()) - named == counted_by_hand


def test_what_counts_by_file_stands_behind_the_door_of_the_file(application):
    for endpoint, found in held(application).items():
        if any(limit.whom is Whom.FILE for limit in found):
            assert application.view_functions[endpoint].access == "applicant", endpoint


def test_whatever_anybody_may_send_is_limited(application):
    known = held(application)
    for rule in application.url_map.iter_rules():
        view = application.view_functions[rule.endpoint]
        if "POST" in rule.methods and getattr(view, "access", "") == "all":
            assert rule.endpoint in known or rule.endpoint in FREE, rule.endpoint


@pytest.mark.parametrize(
    ("seconds", "indonesian", "english"),
    [
        (0.2, "1 menit", "1 minute"),
        (60, "1 menit", "1 minute"),
        (61, "2 menit", "2 minutes"),
        (3600, "60 menit", "60 minutes"),
        (7140, "119 menit", "119 minutes"),
        (7141, "2 jam", "2 hours"),
        (7201, "3 jam", "3 hours"),
        (86_400, "24 jam", "24 hours"),
    ],
)
def test_a_wait_is_said_in_whole_minutes_or_hours_never_too_short(
    application, seconds, indonesian, english
):
    for path, said in (("/", indonesian), ("/en/", english)):
        with application.test_request_context(
            "/", environ_overrides={"oss.language": "en" if path == "/en/" else "id"}
        ):
            assert say_wait(seconds) == said


@both_languages
@pytest.mark.parametrize("htmx", [False, True], ids=["plain", "htmx"])
def test_a_refusal_names_the_real_time(limited, language, htmx):
    client: CheckingClient = limited.test_client()
    path = f"{PREFIXES[language]}/berkas/lanjut"
    form = form_of(client.get(path)).fill(nomor="SRG 1", pin="123456")
    for _ in range(limits.RESUME.item.amount):
        limiter.limiter.hit(limits.RESUME.item, "127.0.0.1", limits.RESUME.name)
    answer = form.submit(follow=False, htmx=htmx)
    assert answer.status_code == 429
    wait = int(answer.headers["Retry-After"])
    assert 3_500 < wait <= 3_601, "the limit is one of an hour"
    minutes = -(-wait // 60)
    said = words(parse(answer))
    assert (f"Tunggu {minutes} menit" if language == "id" else f"Wait {minutes} minutes") in said
    assert form_of(answer)["nomor"] == "SRG 1", "nothing typed is lost"


def test_a_limit_of_a_minute_is_told_as_one(limited):
    client = limited.test_client()
    client.checks = False
    for _ in range(limits.SMS_INBOUND.item.amount + 1):
        answer = client.post("/api/pesan-masuk", json={})
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 61


def test_time_opens_it_again(limited, monkeypatch):
    client = limited.test_client()
    url = "/lacak?nomor=SRG1"
    for _ in range(limits.TRACK.item.amount):
        limiter.limiter.hit(limits.TRACK.item, "127.0.0.1", limits.TRACK.name)
    assert client.get(url).status_code == 429
    now = time.time
    monkeypatch.setattr(time, "time", lambda: now() + 3_602)
    assert client.get(url).status_code == 422


def test_only_wrong_numbers_count_at_the_way_of_a_file(app, limited):
    """A village looks after its files all day; who tries numbers one by one is stopped."""
    client = limited.test_client()
    with looking(app) as session:
        number = opening.start(pin_hash(), "id").support_number
        session.commit()
    for _ in range(5):
        assert client.get(f"/lacak?nomor={number}").status_code == 200
    stats = limiter.limiter.get_window_stats(limits.TRACK.item, "127.0.0.1", limits.TRACK.name)
    assert stats.remaining == limits.TRACK.item.amount
    client.get("/lacak?nomor=000000000000")
    stats = limiter.limiter.get_window_stats(limits.TRACK.item, "127.0.0.1", limits.TRACK.name)
    assert stats.remaining == limits.TRACK.item.amount - 1


def test_one_file_uses_up_its_own_limit_and_nobody_elses(app, limited):
    first, second = limited.test_client(), limited.test_client()
    for client in (first, second):
        open_dossier(app, client)
    codes = [
        client.post("/berkas/nik", data={}, follow_redirects=False).status_code
        for client in [first] * (limits.NIK_CHECK.item.amount + 1) + [second]
    ]
    assert codes[-2:] == [429, 303]
    assert set(codes[:-2]) == {303}


PEOPLE_IN_THE_ROOM = 40


def spend_a_day(app: Flask, client: CheckingClient, pin: str = PIN) -> None:
    """Do what one person does on a day of training, slips and mends included."""
    walk = Walk(client)
    walk.to("hasil")
    number = walk.number
    for _ in range(3):  # the registry is asked again
        assert client.post("/berkas/nik", follow_redirects=True).status_code == 200
    for text in (f"STATUS {number}", "STOP", "START"):
        form = form_of(client.get("/latihan/pesan"), "/latihan/pesan")
        assert form.fill(dari="0812 0000 4567", teks=text).submit().status_code == 200
    client.delete_cookie("s")
    for wrong in ("000001", "000002", "000003"):
        form = form_of(client.get("/berkas/lanjut")).fill(nomor=number, pin=wrong)
        assert form.submit().status_code == 403
    page = form_of(client.get("/berkas/lupa")).fill(nomor=number).submit()
    assert form_of(page).fill(kode="000001").submit().status_code == 403
    run.sweep(app)
    assert form_of(page).fill(kode=code_told(app)).submit().status_code == 200
    page = form_of(client.get("/berkas/lupa/pin")).fill(pin=pin).submit()
    assert here(page) == "/berkas/nomor"
    client.delete_cookie("s")
    page = form_of(client.get("/berkas/lanjut")).fill(nomor=number, pin=pin).submit()
    assert page.status_code == 200
    assert client.get(f"/lacak?nomor={number.replace(' ', '')[3:]}").status_code == 200


def used(limit: Limit) -> int:
    """Return how much of a limit by address is used up."""
    stats = limiter.limiter.get_window_stats(limit.item, "127.0.0.1", limit.name)
    return limit.item.amount - stats.remaining


def test_forty_people_in_training_behind_one_address_are_not_too_many(app, limited):
    """The first and the last walk the whole way; the others use up what the first did."""
    spend_a_day(limited, limited.test_client())
    by_address = [limit for limit in LIMITS.values() if limit.whom is Whom.ADDRESS]
    first = {limit.name: used(limit) for limit in by_address if used(limit)}
    assert {"start", "resume", "recovery_ask", "recovery_code", "recovery_pin"} <= set(first)
    assert {"nik_check_address", "practice_sms"} <= set(first)
    for limit in by_address:
        for _ in range((PEOPLE_IN_THE_ROOM - 2) * first.get(limit.name, 0)):
            assert limiter.limiter.hit(limit.item, "127.0.0.1", limit.name), limit.name
    spend_a_day(limited, limited.test_client(), OTHER_PIN)
