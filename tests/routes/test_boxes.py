"""Every box that a rule reads × what people type for “nothing” and what phones paste into it."""

from __future__ import annotations

import importlib
import pkgutil
from enum import StrEnum

import pytest
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict

from app import forms
from app.forms.business import LandForm
from app.forms.entity import DeedForm
from app.forms.fields import UNREADABLE, ParsedField
from app.services.kbli.change import has_code
from tests.client import form_of, parse, words
from tests.factories import open_dossier
from tests.pages import PREFIXES

both_languages = pytest.mark.parametrize("language", PREFIXES)
NOTHING = (
    "",
    " ",
    "-",
    "--",
    "–",
    "—",
    " - ",
    ".",
    "...",
    "-/-",
    "tidak ada",
    "Tidak ada.",
    "belum ada",
    "nihil",
    "n/a",
    "(kosong)",
    "0",
    "\u200b",
    "\ufeff\u200d",
    "\u00a0",
    "\x00",
)
PASTED = (
    "\u202a0812 3456 7890\u202c",
    "+62\u00a0812‑3456‑7890",
    "‘Ma’ruf‘",
    "“x”",
    "`",
    "´",
    "9" * 5000,
    "٣٤٥",
    "१२३",
    "１２３",
    "²",
    "½",
    "Ⅷ",
    "\ud800",
    "a\r\nb",
    "1\n2",
    "\x00\x01",
    "😀" * 99,
    "é" * 300,
    "1.2.3.4",
    "1,2,3",
    "..",
    ",",
    "-1",
    "+",
    "1e9",
    "NaN",
    "inf",
    "x" * 10_001,
    "<b>",
    "%s{0}{problem}",
    "3x4",
    "x",
    "3x",
    "0/0",
    "/",
    "@",
    "a@b",
    "mailto:",
    "17/13/90",
    "00-00-0000",
    "99999999",
)


def form_classes() -> list[type[FlaskForm]]:
    for module in pkgutil.iter_modules(forms.__path__):
        importlib.import_module(f"app.forms.{module.name}")
    found, todo = [], [FlaskForm]
    while todo:
        for each in todo.pop().__subclasses__():
            todo.append(each)
            if each.__module__.startswith("app.forms"):
                found.append(each)
    return found


def boxes(app):
    """Yield each parsed box of each form, with its form; to be used in a request."""
    for made_of in form_classes():
        form = made_of(formdata=None)
        if hasattr(form, "known"):
            form.known = lambda *_: True
        for field in form:
            if isinstance(field, ParsedField):
                yield form, field


def typed_into(form, field, text: str) -> list[str]:
    """Type into a box and return its mistakes."""
    own = getattr(type(form), f"validate_{field.name}", None)
    field.process(MultiDict({field.name: text}))
    field.validate(form, [own] if own else [])
    return [str(each) for each in field.errors]


@pytest.fixture
def asked(app):
    with app.test_request_context("/"):
        yield app


def test_no_box_raises_whatever_is_typed_and_each_mistake_has_its_own_sentence(asked):
    seen = 0
    for form, field in boxes(asked):
        for text in (*NOTHING, *PASTED):
            said = typed_into(form, field, text)
            case = (type(form).__name__, field.name, text[:20])
            assert str(UNREADABLE) not in said, case
            assert (field.data is not None) or said or field.optional, case
            seen += 1
    assert seen > 2000


def test_an_optional_box_takes_a_word_for_nothing_as_empty(asked):
    names = set()
    for form, field in boxes(asked):
        if field.optional:
            names.add(field.name)
            for text in NOTHING:
                case = (field.name, text)
                assert typed_into(form, field, text) == [], case
                assert field.data is None, case
    assert names >= {"surel", "npwp", "rtrw", "kodepos", "usaha", "tanggal"}


NUMBERS = {"0", "tidak ada", "Tidak ada.", "nihil"}  # of a count or an amount they say how many


COMPARED = {"ChoiceForm", "CounterForm", "FindFileForm", "SignInForm", "WordForm"}


def test_a_box_that_must_be_filled_does_not_take_nothing_for_an_answer(asked):
    for form, field in boxes(asked):
        # Any eight letters may be a code, and the office may teach the search any word. What is
        # typed at the door of the desk or searched there is compared, and what a password must be
        # the account says: none of it is kept as an answer.
        if field.optional or type(form).__name__ in COMPARED:
            continue
        for text in NOTHING:
            if typed_into(form, field, text) == []:
                assert text in NUMBERS, (type(form).__name__, field.name, text)
                assert field.data == 0, (type(form).__name__, field.name, text)


def test_every_problem_of_a_rule_has_a_sentence(asked):
    for form, field in boxes(asked):
        kinds = {type(problem) for problem in field.messages if isinstance(problem, StrEnum)}
        lacking = {p for kind in kinds for p in kind if p not in field.messages}
        lacking = {p for p in lacking if not (field.optional and p.value == "empty")}
        own = {p.value for p in lacking} - {
            "short",
            "long",
            "personal",
            "there",
            "full",
            "unknown_code",
            "practice_nik",
            "practice_phone",
        }
        assert own == set(), (type(form).__name__, field.name)


def test_a_number_brings_the_number_pad(asked):
    for form, field in boxes(asked):
        if (
            field.numeric
            or field.inputmode in {"numeric", "decimal"}
            or field.name in {"lahir", "rtrw"}
        ):
            assert field.inputmode in {"numeric", "decimal", "tel"} or field.name == "kode", (
                type(form).__name__,
                field.name,
            )


# On the pages


@both_languages
@pytest.mark.parametrize(
    ("page", "boxes"),
    [
        ("alamat", {"kodepos": "-", "rtrw": "\u200b"}),
        ("telepon", {"surel": "\ufeff", "npwp": "--"}),
        ("usaha", {"usaha": "tidak ada"}),
    ],
)
def test_a_dash_in_a_box_that_may_stay_empty_goes_on(client, app, page, boxes, language):
    open_dossier(app, client)
    form = form_of(client.get(f"{PREFIXES[language]}/berkas/{page}")).fill(boxes)
    assert form.submit(follow=False).status_code == 303
    again = form_of(client.get(f"{PREFIXES[language]}/berkas/{page}"))
    assert {name: again[name] or "" for name in boxes} == dict.fromkeys(boxes, "")


@both_languages
def test_what_was_pasted_is_counted_whole(client, app, language):
    open_dossier(app, client)
    page = f"{PREFIXES[language]}/berkas"
    form = form_of(client.get(f"{page}/usaha")).fill(uraian="u" * 500)
    answer = form.submit()
    assert answer.status_code == 422
    assert "500" in words(answer)
    assert "255" in words(answer)
    assert form_of(answer)["uraian"] == "u" * 500
    nik = " ".join("9601055403879001")
    assert form_of(client.get(f"{page}/diri")).fill(nik=nik).submit(follow=False).status_code == 303
    for step in ("diri", "telepon", "alamat", "usaha", "tempat", "lahan", "modal", "produksi"):
        boxes = parse(client.get(f"{page}/{step}")).all("input")
        assert [b.get("name") for b in boxes if b.get("maxlength")] == [], step


def test_a_unit_that_was_written_must_be_the_chosen_one(asked):
    for typed, unit, fits in [
        ("12 m2", "01", True),
        ("12 m2", "02", False),
        ("0,5 ha", "02", True),
        ("1 ha", "01", False),
        ("3 x 4", "01", True),
        ("3x4", "02", False),
        ("12", "02", True),
        ("12", "01", True),
    ]:
        form = LandForm(MultiDict({"luas": typed, "satuan": unit}), meta={"csrf": False})
        form.validate()
        assert (form.luas.errors == []) is fits, (typed, unit)


def test_a_code_that_its_edition_does_not_have_is_told(asked):
    for year, codes, stranger in [
        ("2025", "47112 99999", "99999"),
        ("2020", "47111, 47000", "47000"),
        ("2025", "47112", None),
        ("2017", "99999", None),
        ("2009", "47112", None),
    ]:
        form = DeedForm(MultiDict({"kode": codes, "tahun": year}), meta={"csrf": False})
        form.known = has_code
        assert form.validate() is (stranger is None), (year, codes, form.errors)
        if stranger:
            assert stranger in str(form.kode.errors[0])
            assert year in str(form.kode.errors[0])
