"""What people mistype, paste and try: named, kept, and never saved; in both languages."""

from __future__ import annotations

import io
import re

import pytest

from app.domain.dossier.journey import StepName
from app.forms.fields import INPUT_AT_MOST
from app.models.dossier import Dossier
from app.services.journey import steps
from tests.client import (
    HTMX,
    CheckingClient,
    body_of,
    form_of,
    here,
    main_words,
    parse,
    title_of,
    words,
)
from tests.factories import BY_SCOPE, PEOPLE, PIN, count, looking, open_dossier, rows
from tests.pages import PREFIXES, STEPS

both_languages = pytest.mark.parametrize("language", PREFIXES)
NIK = PEOPLE["kiosk"].nik

# page, box, what is typed, words of the English sentence about it
MISTAKES = [
    ("diri", "nik", "", "16 digits at the top"),
    ("diri", "nik", "96010554038790OI", "digits only"),
    ("diri", "nik", NIK[:-1], "You typed 15"),
    ("diri", "nik", NIK + "7", "You typed 17"),
    ("diri", "nik", "9601053102879001", "are not a date"),  # 31 February
    ("diri", "nik", "9601057102879001", "are not a date"),  # and for women
    ("diri", "nik", "9601050013879001", "are not a date"),
    ("diri", "nik", "9601051503870000", "never 0000"),
    ("diri", "nik", "٩٦٠١٠٥٥٤٠٣٨٧٩٠٠١", "digits only"),
    ("diri", "nik", "9" * 10_000, "16 digits"),
    ("diri", "nama", "", "as it stands on your KTP"),
    ("diri", "nama", "Yosina 😀", "Take out this sign: 😀"),
    ("diri", "nama", "Y" * 101, "You typed 101"),
    ("diri", "nama", "Y" * 10_000, "may have 100 letters"),
    ("diri", "nama", "😀" * 1000, "may have 100 letters"),
    ("diri", "nama", "Yosina 2", "Take out this sign: 2"),
    ("diri", "nama", "<script>alert(1)</script>", "Take out this sign: <"),
    ("diri", "nama", "' - .", "as it stands on your KTP"),
    ("diri", "nama", "{character}{0}%s", "Take out this sign: {"),
    ("diri", "lahir", "", "for example 17-8-1990"),
    ("diri", "lahir", "31-2-1990", "31-2-1990 does not exist"),
    ("diri", "lahir", "31 Februari 1990", "31-2-1990 does not exist"),
    ("diri", "lahir", "29-2-1999", "29-2-1999 does not exist"),
    ("diri", "lahir", "kemarin", "cannot read this date"),
    ("diri", "lahir", "1-1-2021", "From 17 years on"),  # five years old
    ("diri", "lahir", "1-1-1896", "too far back"),  # 130
    ("diri", "lahir", "1-1-2090", "has not come yet"),
    ("diri", "lahir", "0-0-0000", "does not exist"),
    ("telepon", "telepon", "", "mobile number"),
    ("telepon", "telepon", "+1 202 555 0123", "from abroad"),
    ("telepon", "telepon", "00675 7123 4567", "from abroad"),
    ("telepon", "telepon", "0951 321 456", "must start with 08"),
    ("telepon", "telepon", "0812 345", "too short"),
    ("telepon", "telepon", "0812 3456 7890 1234", "too long"),
    ("telepon", "telepon", "0812-HALO-OSS", "digits only"),
    ("alamat", "jalan", "", "Write the street"),
    ("alamat", "jalan", "\u200b\u200b", "Write the street"),
    ("alamat", "jalan", "J" * 256, "256 letters. At most 255"),
    ("alamat", "rtrw", "satu", "001/002"),
    ("alamat", "kodepos", "9841", "5 digits"),
    ("alamat", "kodepos", "984a3", "5 digits"),
    ("usaha", "usaha", "K" * 256, "256 letters. At most 255"),
    ("usaha", "uraian", "", "in a few words what you do"),
    ("usaha", "uraian", " \t ", "in a few words what you do"),
    ("usaha", "uraian", "u" * 256, "At most 255"),
    ("tempat", "jalan", "", "Write the street"),
    ("lahan", "luas", "", "Type the size"),
    ("lahan", "luas", "0", "above 0"),
    ("lahan", "luas", "-5", "above 0"),
    ("lahan", "luas", "banyak", "Type a number"),
    ("lahan", "luas", "1,500", "two ways"),
    ("lahan", "luas", "1,2345", "two digits after"),
    ("lahan", "luas", "9" * 30, "too large"),
    ("modal", "mesin", "", "machines and tools worth? None? Type 0."),
    ("modal", "mesin", "-1", "below Rp 0"),
    ("modal", "kerja", "Rp -5.000.000", "below Rp 0"),
    ("modal", "mesin", "1.000.000.000.000.000", "too large"),
    ("modal", "mesin", "9" * 100, "too large"),
    ("modal", "lain", "sedikit", "cannot read this amount"),
    ("modal", "tanah", "1,5", "without sen"),
    ("modal", "bangunan", "1e9", "cannot read this amount"),
    ("modal", "mesin", "∞", "cannot read this amount"),
    ("produksi", "laki", "", "Type 0 if there is none"),
    ("produksi", "laki", "-1", "below 0"),
    ("produksi", "laki", "1,5", "whole number"),
    ("produksi", "perempuan", "1000000", "too large"),
    ("produksi", "perempuan", "dua", "whole number"),
    ("produksi", "hasil", "", "what you sell, make or offer"),
    ("produksi", "hasil", "h" * 1025, "At most 1024"),
    ("produksi", "kapasitas", "0", "above 0"),
    ("produksi", "unit", "", "what you count"),
    ("produksi", "unit", "k" * 41, "At most 40"),
]  # fmt: skip


@both_languages
@pytest.mark.parametrize("page", sorted({page for page, *_ in MISTAKES}))
def test_a_mistake_is_named_kept_and_not_saved(client, app, page, language):
    open_dossier(app, client)
    client.unchecked = ("“{",)  # typed by the person, not left behind by us
    address = f"{PREFIXES[language]}/berkas/{page}"
    first, before = client.get(address), rows(app, unsent=False)
    for _, box, typed, sentence in (row for row in MISTAKES if row[0] == page):
        form = form_of(first).fill({box: typed})
        others = {b.name: form.ticked(b.name) for b in form.boxes}
        others = {
            name: kept for name, kept in others.items() if name not in {box, "csrf_token", "kunci"}
        }
        answer = form.submit()
        case = (box, typed[:30])
        assert answer.status_code == 422, case
        assert rows(app, unsent=False) == before, case
        again, shown = form_of(answer), parse(answer)
        assert (again[box] or "") == typed[:INPUT_AT_MOST], case
        assert {name: again.ticked(name) for name in others} == others, case
        (wrong,) = [e for e in shown.all("input") if e.get("aria-invalid") == "true"]
        assert wrong.get("name") == box, case
        (said,) = shown.with_class("err")
        assert said.get("id") in (wrong.get("aria-describedby") or "").split(), case
        (link,) = [a for a in shown.all("a") if a.get("href") == f"#{wrong.get('id')}"]
        assert words(link) == words(said), "said in the summary and at the box"
        assert title_of(shown).startswith("Please mend" if language == "en" else "Perbaiki"), case
        if language == "en":
            assert sentence in words(said), case
        assert "{" not in words(said).removesuffix("{"), "every value is filled in"


GOOD = [
    ("diri", "nama", "Contohwati"),
    ("diri", "nama", "Ma'ruf"),
    ("diri", "nama", "Ma’ruf Latihan"),
    ("diri", "nama", "Anna-Maria Praktik"),
    ("diri", "nama", "Muh. Ilham Contoh, S.Pd."),
    ("diri", "nama", "Ñandú Éloïse"),
    ("diri", "nama", "Y" * 100),
    ("diri", "nama", "X"),
    ("diri", "nik", " 9601.0554-0387 9001 "),
    ("diri", "lahir", "17 Agustus 1990"),
    ("telepon", "telepon", "+62 (812) 0000-7890"),
    ("alamat", "jalan", "Jalan <b>Baru</b> & “Lama” 1/2"),
    ("alamat", "rtrw", ""),
    ("alamat", "kodepos", "98413"),
    ("usaha", "usaha", ""),
    ("usaha", "usaha", "😀 Kios #1 {x} %s"),
    ("usaha", "uraian", "u" * 255),
    ("lahan", "luas", "999999999999,99"),
    ("modal", "mesin", "999.999.999.999.999"),
    ("modal", "mesin", "Rp 1.500.000,-"),
    ("modal", "mesin", "seribu"),
    ("produksi", "hasil", "h" * 1024),
    ("produksi", "laki", "999999"),
    ("produksi", "unit", "k" * 40),
]


@both_languages
@pytest.mark.parametrize("page", sorted({page for page, *_ in GOOD}))
def test_what_looks_odd_and_is_right_is_taken(client, app, page, language):
    open_dossier(app, client)
    client.unchecked = ("“{",)
    address = f"{PREFIXES[language]}/berkas/{page}"
    for _, box, typed in (row for row in GOOD if row[0] == page):
        answer = form_of(client.get(address)).fill({box: typed}).submit(follow=False)
        assert answer.status_code == 303, (typed[:30], words(parse(answer).by_id("isi")))
    assert client.get(f"{PREFIXES[language]}/berkas/periksa").status_code == 200


@both_languages
def test_a_business_without_workers_is_taken(client, app, language):
    """The rule: both numbers from 0 on, and 0 + 0 too: who works alone may not count oneself."""
    open_dossier(app, client)
    form = form_of(client.get(f"{PREFIXES[language]}/berkas/produksi"))
    assert form.fill(laki="0", perempuan="0").submit(follow=False).status_code == 303
    with looking(app) as session:
        activity = session.query(Dossier).one().activity
        assert (activity.workers_male, activity.workers_female) == (0, 0)


@both_languages
def test_a_business_without_capital_is_taken(client, app, language):
    """Nothing but zeros is an answer too; the size is then micro."""
    open_dossier(app, client)
    form = form_of(client.get(f"{PREFIXES[language]}/berkas/modal"))
    form.fill(dict.fromkeys(("mesin", "kerja", "lain", "tanah", "bangunan"), "0"))
    assert form.submit(follow=False).status_code == 303


NOT_OFFERED = {
    "diri": {"kelamin": ["X", ""]},
    "tempat": {"jenis": ["lain"], "posisi": ["04"]},
    "lahan": {"satuan": ["03"], "status": ["04"]},
    "usaha": {"lingkup": ["99", "1 OR 1"]},
    "kegiatan": {"kbli": ["99999", "47112'", "4711", "<b>", "\x00", ""]},
}


@pytest.mark.parametrize("page", NOT_OFFERED)
def test_a_choice_that_was_not_offered_is_refused(client, app, page):
    open_dossier(app, client, kbli_code=BY_SCOPE)
    form, before = form_of(client.get(f"/berkas/{page}")), rows(app, unsent=False)
    client.unchecked = ("U+0000", "null", "codepoint")
    for box, values in NOT_OFFERED[page].items():
        data = {name: value for name, value in form.data() if name != box}
        for sent in [data, *({**data, box: value} for value in values)]:
            answer = client.post(f"/berkas/{page}", data=sent, follow_redirects=True)
            assert answer.status_code == 422, sent.get(box)
            assert rows(app, unsent=False) == before


@pytest.mark.parametrize("ticked", [[], ["data_true"], ["x"], ["<b>", "sppl"]])
def test_every_statement_must_be_ticked(client, app, ticked):
    open_dossier(app, client, StepName.DECLARATIONS)
    form = form_of(client.get("/berkas/pernyataan")).fill(pernyataan=set(ticked))
    before = rows(app, unsent=False)
    answer = form.submit()
    assert answer.status_code == 422
    assert rows(app, unsent=False) == before
    offered = {value for box in form.box("pernyataan") for value, _ in box.options}
    assert set(form_of(answer).ticked("pernyataan")) == set(ticked) & offered


def test_statements_that_were_not_asked_for_are_not_recorded(client, app):
    open_dossier(app, client, StepName.DECLARATIONS)
    form = form_of(client.get("/berkas/pernyataan")).fill(pernyataan=True)
    asked = set(form.ticked("pernyataan"))
    data = [*form.data(), ("pernyataan", "business_standard"), ("pernyataan", "made_up")]
    multi: dict[str, list[str]] = {}
    for name, value in data:
        multi.setdefault(name, []).append(value)
    assert client.post("/berkas/pernyataan", data=multi).status_code == 303
    with looking(app) as session:
        given = {row.kind for row in session.query(Dossier).one().declarations}
    assert given == asked


SCRIPT = "<script>alert('x')</script>\"><img src=x onerror=alert(1)>"


@pytest.mark.parametrize(("htmx", "language"), [(False, "id"), (True, "en")])
def test_script_in_every_box_is_shown_as_text_everywhere(client, app, htmx, language):
    prefix = PREFIXES[language]
    dossier_id = open_dossier(app, client)
    with looking(app) as session:
        dossier = session.get_one(Dossier, dossier_id)
        activity = dossier.activity
        steps.set_home(
            dossier, area_code="7371", area_text=SCRIPT, street=SCRIPT, rt_rw=None, postcode=None
        )
        activity.trade_name = activity.description = activity.street = SCRIPT
        activity.product = SCRIPT
        activity.capacity_unit = SCRIPT[:40]
        session.commit()
    headers = HTMX if htmx else {}
    pages = [client.get(f"{prefix}/berkas/{step}", headers=headers) for step in STEPS]
    review = client.get(f"{prefix}/berkas/periksa", headers=headers)
    pages.append(review)
    pages.append(form_of(client.get(f"{prefix}/berkas/periksa")).submit(htmx=htmx))
    assert here(pages[-1]) == f"{prefix}/berkas/hasil"
    assert words(review).count(SCRIPT) >= 4, "shown as it was typed"
    for page in pages:
        assert "<script>alert" not in body_of(page)
        assert "<img src=x" not in body_of(page)
        parsed = parse(page)
        assert [e for e in parsed.all("script") if not (e.get("src") or "").startswith("/")] == []
        assert [e for e in parsed.all() if any(str(a).startswith("on") for a in e.attrib)] == []


@both_languages
def test_script_typed_into_a_box_comes_back_as_text(client, app, language):
    open_dossier(app, client)
    for page in STEPS:
        form = form_of(client.get(f"{PREFIXES[language]}/berkas/{page}"))
        for box in form.boxes:
            if box.kind not in {"hidden", "select", "radio", "checkbox"}:
                box.value = SCRIPT * 40
        answer = form.submit()
        if page in {"kegiatan", "pernyataan"}:
            continue  # nothing there that could be wrong
        assert answer.status_code == 422, page
        assert "<script>alert" not in body_of(answer), page
        for box in form_of(answer).boxes:
            if box.kind not in {"hidden", "select", "radio", "checkbox", "search"}:
                assert (box.value or "").startswith(SCRIPT), page


@both_languages
def test_any_search_is_answered(client, app, language):
    open_dossier(app, client)
    form = form_of(client.get(f"{PREFIXES[language]}/berkas/kegiatan"))
    injection = "'; DROP TABLE kbli_code; --"
    for query in (SCRIPT, "zzzzqqqq", "😀", injection, "%_\\", "a" * 5000, "  "):
        answer = form.fill(cari=query).submit("temukan")
        assert answer.status_code == 200, query
        assert form_of(answer)["cari"] == query.strip(), "nothing is cut"
        assert form_of(answer)["kbli"] == "47112", "what was chosen stays"
        assert ("5000" in main_words(answer)) == (len(query) == 5000), "all of it is counted"


@pytest.mark.parametrize("code", ["99999", "<b>x", "47112%00", "4711", "'"])
def test_an_unknown_activity_in_an_address_is_ignored(client, app, code):
    start = client.get(f"/berkas/mulai?kbli={code}")
    assert start.status_code == 200
    assert "kbli" not in form_of(start).names
    open_dossier(app, client)
    page = client.get(f"/berkas/kegiatan?kbli={code}")
    assert page.status_code == 200
    assert "<b>x" not in body_of(page)


def test_an_activity_from_the_check_is_chosen_already(client, app):
    open_dossier(app, client, StepName.ACTIVITY)
    form = form_of(client.get("/berkas/kegiatan?kbli=47112"))
    assert form["kbli"] == "47112"
    assert here(form.submit()) == "/berkas/usaha"


@both_languages
def test_a_huge_body_is_refused_and_changes_nothing(client, app, language):
    open_dossier(app, client)
    before = rows(app)
    for page in ("mulai", *STEPS, "periksa"):
        answer = client.post(
            f"{PREFIXES[language]}/berkas/{page}",
            data=b"nama=" + b"x" * 200_000,
            content_type="application/x-www-form-urlencoded",
            headers={"Content-Length": "50000000"},
        )
        assert answer.status_code == 413, page
    assert rows(app) == before


def test_a_file_where_none_is_asked_for_is_refused(client, app):
    open_dossier(app, client)
    before = rows(app)
    data = {"nik": (io.BytesIO(b"x" * 300_000), "ktp.jpg")}
    answer = client.post("/berkas/diri", data=data, content_type="multipart/form-data")
    assert answer.status_code == 413
    assert rows(app) == before


@both_languages
def test_ten_thousand_picture_signs_do_not_break_the_page(client, app, language):
    """Each takes four bytes, twelve on the way: more than any form here may weigh."""
    open_dossier(app, client)
    form = form_of(client.get(f"{PREFIXES[language]}/berkas/usaha")).fill(uraian="😀" * 10_000)
    before = rows(app, unsent=False)
    answer = form.submit()
    assert answer.status_code in {413, 422}
    assert rows(app, unsent=False) == before


@both_languages
def test_a_wrong_wish_for_a_language_changes_nothing(client, app, language):
    open_dossier(app, client)
    for wanted in ("", "xx", "en-US,en;q=0.9", "id;q=nope", "*", "\xff", "," * 900):
        headers = {"Accept-Language": wanted}
        page = client.get(f"{PREFIXES[language]}/berkas/diri", headers=headers)
        assert page.status_code == 200
        assert parse(page).one("html").get("lang") == language


# Cookies


@both_languages
@pytest.mark.parametrize("htmx", [False, True], ids=["plain", "htmx"])
def test_without_cookies_it_says_what_to_do(app, htmx, language):
    app.test_client_class = CheckingClient
    client = app.test_client(use_cookies=False)
    form = form_of(client.get(f"{PREFIXES[language]}/berkas/mulai")).fill(pin=PIN)
    for _ in range(2):
        answer = form.submit(htmx=htmx, follow=False)
        assert answer.status_code == 422
        text = words(parse(answer))
        assert re.search("cookie", text, re.IGNORECASE)
        if language == "en":
            assert "Allow cookies in its settings" in text
        form = form_of(answer).fill(pin=PIN)
    assert count(app, Dossier) == 0


def test_with_cookies_it_does_not_speak_of_them(client):
    form = form_of(client.get("/en/berkas/mulai")).fill(pin=PIN)
    form.box("csrf_token")[0].value = "old"
    answer = form.submit(follow=False)
    assert answer.status_code == 422
    assert "cookies" not in words(parse(answer))
    assert "Press the button again" in words(parse(answer))


# The start


BAD_PINS = {
    "": "Choose a PIN of 6 digits",
    "12345": "exactly 6 digits",
    "4816277": "exactly 6 digits",
    "48162a": "exactly 6 digits",
    "٤٨١٦٢٧": "exactly 6 digits",
    "111111": "easy to guess",
    "123456": "easy to guess",
    "654321": "easy to guess",
    "123123": "easy to guess",
    "<script>": "exactly 6 digits",
}


@both_languages
def test_a_pin_that_cannot_be_taken(client, app, language):
    form = form_of(client.get(f"{PREFIXES[language]}/berkas/mulai"))
    for pin, sentence in BAD_PINS.items():
        answer = form.fill(pin=pin).submit()
        assert answer.status_code == 422, pin
        (said,) = parse(answer).with_class("err")
        if language == "en":
            assert sentence in words(said)
    assert count(app, Dossier) == 0
