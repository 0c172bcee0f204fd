"""Coming back with number and PIN, being kept out without them, and leaving for good."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, func, select

from app.adapters.messages import Messages
from app.domain.dossier.journey import StepName
from app.domain.written.support_number import format_support_number
from app.extensions import db, ports
from app.models.dossier import Applicant, Dossier, OpenSession
from app.models.own_data import PinAsker
from app.work.run import tidy
from tests.client import HTMX, CheckingClient, Form, form_of, here, parse, words
from tests.factories import (
    OTHER_PIN,
    PEOPLE,
    PIN,
    STREET,
    at_once,
    count,
    dossier_at,
    looking,
    new_line,
    open_dossier,
    rows,
    sent_dossier,
)
from tests.pages import PREFIXES, STEPS
from tests.situations import PERIOD, SITUATIONS, arrange

both_languages = pytest.mark.parametrize("language", PREFIXES)
both_ways = pytest.mark.parametrize("htmx", [False, True], ids=["plain", "htmx"])


def number_at(app, step: StepName | None = StepName.HOME, **options) -> str:
    """Make a dossier and return its number as people see it."""
    with looking(app):
        return format_support_number(dossier_at(step, **options).support_number)


def resume_form(client: CheckingClient, number: str, pin: str = PIN, prefix: str = "") -> Form:
    return form_of(client.get(f"{prefix}/berkas/lanjut")).fill(nomor=number, pin=pin)


def failures(app) -> int:
    """Return how many wrong tries count, of whoever typed them."""
    with looking(app) as session:
        return int(session.scalar(select(func.coalesce(func.sum(PinAsker.wrong), 0))))


WRONG_PINS = tuple(f"00000{n}" for n in range(1, 10))


# In


@pytest.mark.parametrize(("htmx", "language"), [(False, "id"), (True, "en")])
@pytest.mark.parametrize("step", [StepName.IDENTITY, StepName.DECLARATIONS])
def test_one_goes_on_where_one_stopped(client, app, step, htmx, language):
    prefix = PREFIXES[language]
    answer = resume_form(client, number_at(app, step), prefix=prefix).submit(htmx=htmx)
    assert here(answer) == f"{prefix}/berkas/{step}"


def test_a_finished_file_opens_at_its_review_and_a_sent_one_at_its_result(client, new_client, app):
    number = number_at(app, None)
    assert here(resume_form(client, number).submit()) == "/berkas/periksa"
    with looking(app):
        sent = sent_dossier().support_number
    assert here(resume_form(new_client(), sent).submit()) == "/berkas/hasil"


@pytest.mark.parametrize(
    "typed",
    ["{n}", "{d}", "srg{d}", "SRG-{a}-{b}-{c}", " {a}.{b}.{c} ", "SRG: {a} {b} {c}"],
)
def test_the_number_may_be_typed_in_many_ways(client, app, typed):
    number = number_at(app)
    _, a, b, c = number.split()
    written = typed.format(n=number, d=a + b + c, a=a, b=b, c=c)
    assert here(resume_form(client, written).submit()) == "/berkas/alamat"


@pytest.mark.parametrize("pin", ["481 627", "481-627", " 481627 "])
def test_the_pin_may_have_spaces(client, app, pin):
    assert here(resume_form(client, number_at(app), pin).submit()) == "/berkas/alamat"


def test_what_was_typed_on_another_phone_is_there(client, app):
    answer = resume_form(client, number_at(app, None)).submit()
    text = words(answer)
    assert PEOPLE["kiosk"].name in text
    assert STREET in text


def test_the_last_person_is_forgotten_when_the_next_one_comes(client, app):
    """A shared phone: the second file opens, and nothing of the first one stays."""
    open_dossier(app, client, StepName.ACTIVITY)
    second = number_at(app, StepName.PHONE, who="fisher")
    assert here(resume_form(client, second).submit()) == "/berkas/telepon"
    form = form_of(client.get("/berkas/diri"))
    assert form["nama"] == PEOPLE["fisher"].name
    assert PEOPLE["kiosk"].name not in words(client.get("/berkas/diri"))


# Out


WRONG = ["Number and PIN do not fit", "Nomor dan PIN tidak cocok"]


def said(response) -> str:
    """Return the words of an answer without the number, the tries left and the token."""
    text = words(parse(response).by_id("isi"))
    return re.sub(r"(You have|Masih ada|Sisa)[^.]*\.", "", text)


@pytest.mark.parametrize(("htmx", "language"), [(True, "id"), (False, "en")])
def test_an_unknown_number_is_answered_like_a_wrong_pin(client, new_client, app, htmx, language):
    prefix = PREFIXES[language]
    number = number_at(app)
    before = rows(app)
    unknown = resume_form(client, "SRG 0000 0000 0000", prefix=prefix).submit(htmx=htmx)
    assert rows(app) == before
    wrong = resume_form(new_client(), number, OTHER_PIN, prefix=prefix).submit(htmx=htmx)
    assert unknown.status_code == wrong.status_code == 403
    one, other = parse(unknown), parse(wrong)

    def notes(page) -> list[str]:
        return [words(n) for n in page.with_class("note") if n.get("role") == "alert"]

    (first,), (second,) = notes(one), notes(other)
    assert second.startswith(first)
    assert "4" in second.removeprefix(first), "the only difference: how many tries are left"
    assert [words(h) for h in one.all("h1", "h2")] == [words(h) for h in other.all("h1", "h2")]
    assert {k for k, _ in unknown.headers} == {k for k, _ in wrong.headers}


@both_languages
def test_tries_are_counted_aloud_and_after_the_fifth_the_phone_is_the_way(
    client, app, language, monkeypatch
):
    prefix = PREFIXES[language]
    number = number_at(app)
    pins = iter(WRONG_PINS)
    for left in (4, 3, 2, 1):
        answer = resume_form(client, number, next(pins), prefix).submit()
        assert answer.status_code == 403
        (note,) = parse(answer).with_class("bad", "div")
        assert str(left) in words(note)
        assert form_of(answer)["nomor"] == number
        assert not form_of(answer)["pin"], "a PIN is better typed again"
    waits = resume_form(client, number, next(pins), prefix).submit()
    right = resume_form(client, number, PIN, prefix).submit()
    for answer in (waits, right):
        assert answer.status_code == 403
        assert 0 < int(answer.headers["Retry-After"]) <= 60
        (note,) = parse(answer).with_class("bad", "div")
        first, then = {
            "id": ("Minta kode", "tunggu 1 menit"),
            "en": ("Have a code sent to you", "wait 1 minute"),
        }[language]
        assert words(note).startswith(first)
        assert then in words(note)
        assert len(parse(answer).with_class("go", "button")) == 1, "one next action"
        assert client.get(f"{prefix}/berkas/alamat").status_code == 403
    assert failures(app) == 5
    with monkeypatch.context() as no_gateway:
        no_gateway.setattr(ports, "messages", Messages({}))
        nowhere = resume_form(client, number, PIN, prefix).submit()
        (note,) = parse(nowhere).with_class("bad", "div")
        assert parse(nowhere).all("form", within=note) == [], "no code goes anywhere"
        assert len(parse(nowhere).with_class("go", "button")) == 1
    asked = form_of(right, "/berkas/lupa").submit()
    assert here(asked) == f"{prefix}/berkas/lupa/kode", "one tap, the number goes along"
    ended = app.test_cli_runner().invoke(args=["dossier", "unlock", number])
    assert ended.exit_code == 0
    assert here(resume_form(client, number, PIN, prefix).submit()) == f"{prefix}/berkas/alamat"


def test_the_owners_phone_opens_the_file_whatever_strangers_did(client, new_client, app):
    number = number_at(app)
    assert here(resume_form(client, number).submit()) == "/berkas/alamat"
    client.delete_cookie("s")
    stranger = new_client()
    for pin in WRONG_PINS:
        resume_form(stranger, number, pin).submit()
    assert resume_form(stranger, number).submit().status_code == 403
    assert here(resume_form(client, number).submit()) == "/berkas/alamat"
    client.delete_cookie("s")
    assert here(resume_form(client, number, prefix="/en").submit()) == "/en/berkas/alamat"


def test_whoever_opened_a_file_here_is_known_here(client, new_client, app):
    """The browser keeps one name for all files, also for those opened later."""
    open_dossier(app, client, StepName.HOME)
    form_of(client.get("/berkas/mulai?baru=1")).fill(pin=PIN).submit()
    name = client.get_cookie("k", path="/berkas").value
    resume_form(client, number_at(app)).submit()
    assert client.get_cookie("k", path="/berkas").value == name
    with looking(app) as session:
        assert session.scalars(select(PinAsker.known)).all() == [True, True]


@pytest.mark.parametrize("name", ["", "x", "A" * 17, "A" * 15 + "!", "A" * 16])
def test_a_made_up_name_of_a_browser_is_a_stranger(client, app, name):
    number = number_at(app)
    client.set_cookie("k", name, path="/berkas")
    resume_form(client, number, OTHER_PIN).submit()
    with looking(app) as session:
        assert session.scalars(select(PinAsker.known)).all() == [False]


def test_the_same_form_sent_again_counts_once(client, app):
    form = resume_form(client, number_at(app), OTHER_PIN)
    for _ in range(8):
        assert form.submit().status_code == 403
    assert failures(app) == 1


def test_the_right_pin_takes_the_count_back(client, app):
    number = number_at(app)
    for _ in range(2):
        for pin in WRONG_PINS[:4]:
            resume_form(client, number, pin).submit()
        assert failures(app) == 4
        assert here(resume_form(client, number).submit()) == "/berkas/alamat"
        assert failures(app) == 0


def test_the_count_is_taken_back_also_when_what_was_typed_has_a_mistake(client, new_client, app):
    """The PIN was right; that the carried answer is not does not change it."""
    number = number_at(app)
    for pin in WRONG_PINS[:4]:
        resume_form(new_client(), number, pin).submit()
    form = form_of(client.get("/berkas/lanjut")).fill(nomor=number, pin=PIN)
    waiting = {"halaman": "/berkas/telepon", "isi-telepon": "12", "isi-kunci": "A" * 22}
    typed = {**dict(form.data()), **waiting}
    answer = client.post("/berkas/lanjut", data=typed, follow_redirects=True)
    assert answer.status_code == 422
    assert form_of(answer)["telepon"] == "12"
    assert failures(app) == 0


def test_wrong_tries_at_once_all_count(app):
    number = number_at(app)
    browsers = [app.test_client() for _ in range(7)]
    forms = [
        resume_form(browser, number, pin)
        for browser, pin in zip(browsers, WRONG_PINS, strict=False)
    ]
    answers = at_once([lambda f=f: f.submit(follow=False).status_code for f in forms])
    assert answers == [403] * 7
    assert failures(app) == 5
    assert resume_form(app.test_client(), number).submit().status_code == 403


@pytest.mark.parametrize(
    ("number", "pin", "boxes"),
    [
        ("", "", {"nomor", "pin"}),
        ("SRG 1234", PIN, {"nomor"}),
        ("9601055403879001", PIN, {"nomor"}),
        ("0000123456789", PIN, {"nomor"}),
        ("{n}", "48162", {"pin"}),
        ("{n}", "48162a", {"pin"}),
        ("{n}", "4816277", {"pin"}),
    ],
)
def test_a_slip_in_the_form_costs_no_try(client, app, number, pin, boxes):
    shown = number_at(app)
    answer = resume_form(client, number.format(n=shown), pin).submit()
    assert answer.status_code == 422
    wrong = {e.get("name") for e in parse(answer).all("input") if e.get("aria-invalid") == "true"}
    assert wrong == boxes
    assert failures(app) == 0


def test_an_easy_pin_is_judged_as_wrong_not_as_badly_chosen(client, app):
    answer = resume_form(client, number_at(app), "123456").submit()
    assert answer.status_code == 403
    assert failures(app) == 1


@both_languages
def test_the_number_alone_opens_no_page(client, app, language):
    """A stolen or overheard number is not enough, for reading or for writing."""
    number = number_at(app, None)
    digits = number.replace(" ", "")[3:]
    before = rows(app)
    personal = [PEOPLE["kiosk"].name, STREET, "Kios Contoh", "4567"]
    paths = {
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/berkas/")
        and not rule.arguments
        and getattr(app.view_functions[rule.endpoint], "access", "") == "applicant"
    } | {f"/berkas/{step}" for step in STEPS}
    assert len(paths) > 15
    for path in sorted(paths):
        address = PREFIXES[language] + path
        for answer in (
            client.get(f"{address}?nomor={digits}", headers=HTMX if language == "en" else {}),
            client.post(address, data={"nomor": number, "kunci": "A" * 22}),
        ):
            if answer.status_code == 405:
                continue
            assert answer.status_code == 403, address
            assert [value for value in personal if value in words(answer)] == []
            assert number not in words(answer)
    assert rows(app) == before


# What was typed meanwhile


@both_ways
@pytest.mark.parametrize("step", ["diri", "telepon", "tempat", "pernyataan"])
def test_what_was_typed_waits_for_the_pin_and_is_then_saved(client, app, step, htmx):
    """The session ended while the person typed: one page for the PIN, and on."""
    open_dossier(app, client)
    with looking(app) as session:
        number = session.query(Dossier.support_number).scalar()
    form = form_of(client.get(f"/berkas/{step}"))
    if step == "telepon":
        form.fill(telepon="0812 0000 7777")
    client.delete_cookie("s")
    asked = form.submit(htmx=htmx)
    assert asked.status_code == 403
    wrong = form_of(asked).fill(nomor=number, pin=OTHER_PIN).submit(htmx=htmx)
    assert wrong.status_code == 403
    answer = form_of(wrong).fill(nomor=number, pin=PIN).submit(htmx=htmx)
    assert here(answer) != f"/berkas/{step}"
    assert answer.status_code == 200
    if step == "telepon":
        shown = form_of(client.get("/berkas/telepon"))["telepon"] or ""
        assert shown.replace(" ", "") == "081200007777"


def test_what_was_typed_for_one_file_is_not_saved_into_another(client, app):
    """Two residents on one phone: the answer of the first must not end up with the second."""
    first = open_dossier(app, client, StepName.HOME)
    with looking(app) as session:
        first_number = session.query(Dossier.support_number).scalar()
    form = form_of(client.get("/berkas/telepon")).fill(telepon="0812 0000 1111")
    second = number_at(app, StepName.HOME, who="fisher")
    resume_form(client, second).submit()
    asked = form.submit()
    assert asked.status_code == 403, "it asks whose file the answer is for"
    assert "berkas lain" in words(parse(asked)), "and says why, which is no time-out"
    answer = form_of(asked).fill(nomor=first_number, pin=PIN).submit()
    assert here(answer) == "/berkas/alamat"
    with looking(app) as session:
        phones = dict(session.query(Dossier.id, Dossier.pin_failures).all())
        assert set(phones.values()) == {0}
        one, other = (session.get_one(Dossier, i) for i in sorted(phones))
        assert (one.id, one.applicant.phone) == (first, "+6281200001111")
        assert other.applicant.phone == "+6281200004567"


@pytest.mark.parametrize("htmx", [False, True], ids=["plain", "htmx"])
def test_the_next_person_is_not_handed_what_the_last_one_typed(client, app, htmx):
    """A's form arrives after A left; B gives their own number and PIN on the page that comes."""
    open_dossier(app, client, StepName.HOME)
    form = form_of(client.get("/berkas/telepon")).fill(telepon="0812 0000 1111")
    second = number_at(app, StepName.HOME, who="fisher")
    form_of(client.get("/berkas/nomor"), "/selesai").submit()
    asked = form.submit()
    assert asked.status_code == 403
    headers = HTMX if htmx else {}
    answer = form_of(asked).fill(nomor=second, pin=PIN).submit(headers=headers)
    assert "0000 1111" not in answer.get_data(as_text=True)
    assert here(answer) == "/berkas/alamat"
    with looking(app) as session:
        assert "+6281200001111" not in {each.phone for each in session.query(Applicant)}


@pytest.mark.parametrize(
    "page",
    [
        "", "berkas/diri", "/berkas/diri'--", "/berkas/hapus", "/../../etc", "/berkas/diri\x00",
        "https://jahat.example/berkas/telepon", "//jahat.example/", "/petugas", "/berkas/selesai",
        "/berkas/lupa/pin", "/berkas/diri/99999999",
    ],
)  # fmt: skip
def test_a_made_up_page_is_ignored(client, app, page):
    form = form_of(client.get("/berkas/lanjut")).fill(nomor=number_at(app), pin=PIN)
    data = {**dict(form.data()), "halaman": page, "isi-x": "y"}
    answer = client.post("/berkas/lanjut", data=data)
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/berkas/alamat"


TYPED_IN = [
    ("company", "badan"), ("company", "akta"), ("two-activities", "produksi/2"),
    ("draft", "pesan"), ("draft", "data-saya/pendamping"), ("told-of", "pesan"),
    ("nib", "perubahan/minta?jenis=tempat"), ("nib", "perubahan/tutup"),
    ("nib", f"lkpm/lembar?masa={PERIOD}"), ("waits-for-office", "latihan-petugas"),
    ("to-file", "nib-saya"), ("nib-told", "status-oss"), ("nib-told", "perubahan/tutup"),
]  # fmt: skip


def filled(form: Form) -> dict[str, list[str]]:
    """Fill every box with something of its own kind; return what a person would see in each."""
    seen: dict[str, list[str]] = {}
    for box in form.boxes:
        if box.kind == "text":
            box.value = f"7 isian {box.name}"[:30]
        elif box.kind == "select":
            box.value = next((v for v, _ in reversed(box.options) if v), box.value)
        elif box.kind == "checkbox":
            box.value = box.options[0][0]
        elif box.kind == "radio":
            for other in form.box(box.name):
                other.value = None
            box.value = box.options[0][0]
    for box in form.boxes:
        if box.kind not in {"hidden", "file"} and box.value is not None:
            seen.setdefault(box.name, []).append(box.value)
    return seen


@pytest.mark.parametrize(("htmx", "language"), [(False, "id"), (True, "en")])
@pytest.mark.parametrize(("situation", "page"), TYPED_IN)
def test_a_page_comes_back_filled_after_the_session_ended(
    app, make_app, situation, page, language, htmx
):
    """On every page with a form, not on the steps alone: one PIN, and one button to go on."""
    new_line(app)
    found = SITUATIONS[situation]
    served = app if found.mode == "training" else make_app(testing=True, SERVICE_MODE=found.mode)
    served.test_client_class = CheckingClient
    client = served.test_client()
    number_of_row = arrange(served, client, found)
    with looking(served) as session:
        number = session.get_one(Dossier, number_of_row).support_number
    address = f"{PREFIXES[language]}/berkas/{page}"
    form = form_of(client.get(address))
    typed = filled(form)
    assert typed
    client.delete_cookie("s")
    asked = form.submit(htmx=htmx)
    assert asked.status_code == 403
    before = rows(served)
    other = form_of(asked).submit("ganti")  # read in the other language, then back
    back = form_of(other).submit("ganti")
    wrong = form_of(back).fill(nomor=number, pin=OTHER_PIN).submit(htmx=htmx)
    assert wrong.status_code == 403
    answer = form_of(wrong).fill(nomor=number, pin=PIN).submit(htmx=htmx)
    assert answer.status_code == 422  # of a step: taken at once, and refused for what was typed
    after = rows(served)
    changed = {table for table in before if after[table] != before[table]}
    assert changed <= {"acts", "dossiers", "pin_askers", *(() if htmx else ("drafts",))}
    again = form_of(answer, form.action)
    shown = {
        name: [b.value for b in again.boxes if b.name == name and b.value is not None]
        for name in typed
    }
    assert shown == typed
    if htmx:
        assert answer.headers["HX-Push-Url"].startswith(address.partition("?")[0])


def test_the_registration_number_is_not_mistaken_for_the_support_number(client, app):
    """Both boxes are called `nomor`; after the PIN the company kept ours as its own."""
    arrange(app, client, SITUATIONS["company"])
    with looking(app) as session:
        number = session.query(Dossier.support_number).scalar()
    form = form_of(client.get("/berkas/badan")).fill(nomor="AHU-0099999.AH.01.01.2026")
    client.delete_cookie("s")
    form_of(form.submit()).fill(nomor=number, pin=PIN).submit()
    assert form_of(client.get("/berkas/badan"))["nomor"] == "AHU-0099999.AH.01.01.2026"


@pytest.mark.parametrize("part", ["wilayah?untuk=usaha&distrik=960101", "hitung?mesin=1"])
def test_a_part_of_a_page_does_not_become_the_page_of_the_pin(client, app, part):
    """HTMX would put it between the answers; they come along when the form is sent."""
    headers = {**HTMX, "HX-Target": "div#daftar"}
    answer = client.get(f"/berkas/{part}", headers=headers)
    assert (answer.status_code, answer.get_data()) == (204, b"")
    open_dossier(app, client)
    assert client.get(f"/berkas/{part}", headers=headers).status_code == 200


@pytest.mark.parametrize("page", ["pesan", "data-saya", "telepon", "data-saya.json"])
@both_ways
def test_one_comes_to_the_page_that_was_asked_for(client, app, page, htmx):
    number = number_at(app, None)
    asked = client.get(f"/en/berkas/{page}", headers=HTMX if htmx else {})
    assert asked.status_code == 403
    answer = form_of(asked).fill(nomor=number, pin=PIN).submit(htmx=htmx, follow=False)
    where = answer.headers["HX-Redirect" if htmx else "Location"]
    assert where == f"/en/berkas/{page}"
    assert client.get(where).status_code == 200


def test_a_press_before_the_pin_erases_nothing(client, app):
    """Nothing that cannot be taken back happens from the page of the PIN."""
    arrange(app, client, SITUATIONS["draft"])
    with looking(app) as session:
        number = session.query(Dossier.support_number).scalar()
    form = form_of(client.get("/berkas/data-saya/hapus"))
    client.delete_cookie("s")
    before = rows(app)
    answer = form_of(form.submit()).fill(nomor=number, pin=PIN).submit()
    assert answer.status_code == 422
    after = rows(app)
    assert [act[1] for act in after["acts"]] == ["let_in", "let_in"], "here and with the PIN"
    assert {**after, "pin_askers": [], "acts": before["acts"]} == before
    assert form_of(answer).submit().status_code == 200
    assert rows(app) != before


def test_a_thousand_fields_do_not_come_back(client, app):
    data = {f"feld{number}": "x" for number in range(900)}
    answer = client.post("/berkas/telepon", data=data)
    assert answer.status_code in {403, 413}
    assert len(parse(answer).all("input")) < 80


# Leaving


@both_languages
def test_leaving_forgets_the_file_on_this_phone_and_keeps_it_here(client, app, language):
    prefix = PREFIXES[language]
    open_dossier(app, client)
    before = rows(app)
    cookie = client.get_cookie("s").value
    answer = form_of(client.get(f"{prefix}/berkas/nomor"), "/selesai").submit()
    assert answer.status_code == 200
    # Browsers lock up over it, and it throws the styles of the next person away.
    assert "Clear-Site-Data" not in answer.headers
    assert client.get_cookie("s") is None, "a browser throws kept pages away when a cookie goes"
    assert client.get(f"{prefix}/berkas/diri").status_code == 403
    assert (rows(app), count(app, OpenSession)) == (before, 0)
    client.set_cookie("s", cookie)
    assert client.get(f"{prefix}/berkas/diri").status_code == 403, "a copy of the cookie"


def test_leaving_twice_is_leaving_once(client, app):
    open_dossier(app, client)
    form = form_of(client.get("/berkas/nomor"), "/selesai")
    assert words(form.submit()) == words(form.submit())


OTHER_SITE = {"Sec-Fetch-Site": "cross-site", "Origin": "https://contoh.example"}


@pytest.mark.parametrize("headers", [OTHER_SITE, {"Origin": "https://contoh.example"}, {}])
def test_another_site_cannot_make_somebody_leave(client, app, headers):
    """With the cookie, as old browsers send it; or without, when any cookie would replace it."""
    open_dossier(app, client)
    answer = client.post("/berkas/selesai", headers=headers)
    assert "Set-Cookie" not in answer.headers
    assert client.get("/berkas/diri").status_code == 200
    assert form_of(answer, "/selesai").submit().status_code == 200, "one button goes on"
    assert client.get("/berkas/diri").status_code == 403
    assert "Set-Cookie" not in client.post("/berkas/selesai", headers=headers).headers


@pytest.mark.parametrize(
    "site", [{"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://localhost"}]
)
def test_a_page_of_an_earlier_session_still_leaves(client, app, site):
    """Its token fits no more: somebody gave a PIN in another tab meanwhile."""
    open_dossier(app, client)
    stale = form_of(client.get("/berkas/nomor"), "/selesai")
    open_dossier(app, client)
    client.post("/berkas/selesai", data=dict(stale.data()), headers=site)
    assert (client.get("/berkas/diri").status_code, count(app, OpenSession)) == (403, 1)


def test_the_pin_of_another_file_ends_the_session_of_the_first(client, app):
    open_dossier(app, client)
    number = number_at(app)
    resume_form(client, number).submit()
    assert count(app, OpenSession) == 1


def test_a_session_lasts_twelve_hours_from_the_last_form_and_is_swept(client, app):
    open_dossier(app, client, StepName.PHONE)

    def later(hours: float) -> None:
        with looking(app) as session:
            for row in session.query(OpenSession):
                row.used_at -= timedelta(hours=hours)
            session.commit()

    later(11.9)
    page = client.get("/berkas/diri")
    assert page.status_code == 200
    form_of(page).submit()
    later(11.9)
    assert client.get("/berkas/diri").status_code == 200, "a form renews it"
    later(0.2)
    assert client.get("/berkas/diri").status_code == 403
    later(12)
    tidy(app)
    assert count(app, OpenSession) == 0


def test_a_page_costs_no_query_for_its_session(client, app):
    """The row of the session comes in the query of the file."""
    open_dossier(app, client)
    asked: list[str] = []

    def note(_conn, _cursor, statement, *_more) -> None:
        asked.append(statement)

    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", note)
        client.get("/berkas/diri")
        event.remove(db.engine, "before_cursor_execute", note)
    about = [each for each in asked if "open_sessions" in each]
    assert len(about) == 1
    assert "FROM open_sessions JOIN dossiers" in " ".join(about[0].split())
    assert not [each for each in asked if each not in about and "FROM dossiers" in each]


def test_the_cookie_stays_short(client, app):
    open_dossier(app, client)
    assert len(client.get_cookie("s").value) <= 100


# A device that many people use


@both_languages
def test_on_a_shared_device_no_box_is_offered_earlier_answers(client, app, language):
    """Chosen at the start, undone on the page of the own data, chosen again after leaving."""
    prefix = PREFIXES[language]

    def offers() -> list[str]:
        return [
            box.get("name", "")
            for step in ("diri", "telepon", "alamat")
            for box in parse(client.get(f"{prefix}/berkas/{step}")).all("input", "select")
            if box.get("type") not in {"hidden", "radio", "checkbox", "file"}
            and box.get("autocomplete") != "off"
        ]

    form_of(client.get(f"{prefix}/berkas/mulai?baru=1")).fill(pin=PIN, bersama="ya").submit()
    open_dossier(app, client)
    assert form_of(client.get(f"{prefix}/berkas/mulai?baru=1")).ticked("bersama") == ["ya"]
    assert offers() == []
    page = form_of(client.get(f"{prefix}/berkas/data-saya"), "/perangkat").submit()
    assert here(page) == f"{prefix}/berkas/data-saya"
    assert {"nama", "telepon", "jalan"} <= set(offers())
    left = form_of(client.get(f"{prefix}/berkas/nomor"), "/selesai").submit()
    form_of(left, "/perangkat").submit("bersama")
    assert client.get_cookie("b").value == "1"
    client.post("/berkas/perangkat", headers=OTHER_SITE)
    assert client.get_cookie("b"), "no other site changes it"


def test_a_dossier_that_is_gone_asks_for_the_pin(client, app):
    gone = open_dossier(app, client)
    with looking(app) as session:
        session.get_one(Dossier, gone).erased_at = datetime.now(UTC)
        session.commit()
    assert client.get("/berkas/diri").status_code == 403
