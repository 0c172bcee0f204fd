"""Each step of the form is declared whole, and what it declares is there."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from flask_babel import force_locale
from sqlalchemy import String

from app.domain.dossier.changes import ASKED_AGAIN
from app.domain.dossier.journey import Stop
from app.domain.dossier.steps import EACH, STEPS, Of, Step, StepName, filled_by
from app.domain.law.legal_form import RULES, LegalForm
from app.domain.licence.corrections import StepTarget, parse_target
from app.extensions import db
from app.forms.fields import ParsedField
from app.i18n import LANGUAGES
from app.labels import label
from app.models.columns import Sealed
from app.routes.journey.pages import PAGES
from app.services.desk import practice
from app.services.help import book
from app.services.journey.summary import summary_of
from app.services.mending.versions import version_of
from app.services.oss import form
from app.services.reference.book import get_book
from scripts.catalogs import INDONESIAN, read_catalog
from tests.factories import dossier_at, entity_dossier

ROOT = Path(__file__).parent.parent
EVERY = pytest.mark.parametrize("step", STEPS.values(), ids=lambda step: step.name.name)

# What no step asks: keys, what sending fixes, and whether an activity was taken out.
NOT_ASKED = {
    Of.FILE: None,  # a file holds much more than answers
    Of.PERSON: {"dossier_id"},
    Of.ENTITY: {"dossier_id"},
    Of.ACTIVITY: {"id", "dossier_id", "position", "removed_at"}
    | {"risk", "size", "risk_release", "decision_working_days"},
}
# Never asked again: who the NIB belongs to, and what its founding paper says.
OF_THE_HOLDER = {StepName.KIND, StepName.IDENTITY, StepName.ENTITY, StepName.DEED}
# On the sheet for OSS, and reckoned from answers rather than typed.
RECKONED = {
    "flag_umk", "jenis_id_user_proses", "jenis_perseroan", "status_badan_hukum", "skala_usaha",
    "legalitas.*.tgl_legal", "jenis_proyek", "skala_resiko", "sub_jumlah", "jumlah_investasi",
    "memiliki_menguasai",
}  # fmt: skip
# The person, the office or the branch once more, under the names of somebody's part in it.
SAID_AGAIN = ("_perseroan", "_perusahaan", "_penanggung_jwb", "_cabang", "_pj", "_daerah_id")
# OSS asks them; we do not.
NOT_OURS = {"data_lokasi_proyek.*.data_lokasi_proyek.*.lat_lng", "data_proyek_produk.*.merk_dagang"}


@pytest.mark.parametrize("of", Of)
def test_every_column_of_the_answers_belongs_to_a_step(of):
    there = {column.name for column in db.metadata.tables[of].columns}
    declared = filled_by(StepName, of)
    if NOT_ASKED[of] is None:
        assert declared <= there
    else:
        assert declared == there - NOT_ASKED[of]


@EVERY
def test_a_column_is_sealed_just_where_it_is_declared_so(step: Step):
    columns = db.metadata.tables[step.of].columns
    sealed = {c.name for c in step.columns if isinstance(columns[c.name].type, Sealed)}
    assert sealed == {c.name for c in step.columns if c.is_sealed}
    own = {*step.follows, *(column.name for column in step.columns)}
    assert step.known_by in own or not step.columns


@EVERY
def test_its_name_and_its_questions_are_in_both_languages(application, step: Step):
    known = {message.id: message.string for message in read_catalog(ROOT / INDONESIAN, "id")}
    assert all(known[each] for each in (step.words, *(c.asks for c in step.typed_as_kept)))
    with application.app_context(), force_locale("id"):
        assert label(step.name) == known[step.words]
    with application.app_context(), force_locale("en"):
        assert label(step.name) == step.words


@EVERY
def test_its_topic_of_help_is_there(application, step: Step):
    assert step.help in book.book().topics


@EVERY
def test_its_page_has_every_box_and_a_template(application, step: Step):
    page = PAGES[step.name]
    assert {column.box for column in step.columns if column.box} <= set(dir(page.form))
    assert (ROOT / "app" / "templates" / page.template).is_file()


@pytest.mark.parametrize("legal_form", [None, LegalForm.PT, LegalForm.BRANCH])
def test_it_is_on_the_review_and_both_versions_of_it_are_kept(database, legal_form):
    dossier = dossier_at(None) if legal_form is None else entity_dossier(legal_form)
    shown: dict[str, list[Stop]] = {}
    for language in LANGUAGES:
        with force_locale(language):
            sections = summary_of(dossier, get_book())
        assert all(question and answer for section in sections for question, answer in section.rows)
        shown[language] = [section.stop for section in sections if section.rows]
    assert shown["id"] == shown["en"]
    assert {stop.name for stop in shown["id"]} == {
        name for name, step in STEPS.items() if step.asked(RULES[dossier.legal_form])
    }
    for stop in shown["id"]:
        kept = json.loads(version_of(dossier, StepTarget(stop.name, stop.position)) or "")
        columns = [column.name for column in STEPS[stop.name].columns]
        assert list(kept["answers"]) == (columns or ["kinds"])
        assert all(kept["shown"][language] for language in LANGUAGES)
    given_back = {target.step for target in practice.targets(dossier)}
    asked = {stop.name for stop in shown["id"]}
    assert given_back == {name for name in asked if STEPS[name].is_mendable}


@EVERY
def test_an_office_can_name_it(step: Step):
    target = StepTarget(step.name, 1 if step.name in EACH else 0)
    assert parse_target(str(target)) == target


def test_every_answer_but_who_it_is_can_be_changed_after_the_nib():
    changed = {name for names in ASKED_AGAIN.values() for name in names}
    assert changed == set(StepName) - OF_THE_HOLDER - {StepName.DECLARATIONS}
    without_adding = {step.name for step in STEPS.values() if step.again}
    assert without_adding == changed, "also without a further activity"


def test_the_sheet_for_oss_asks_what_is_declared_and_nothing_else():
    of_activity = {
        column.oss
        for name in EACH
        for column in STEPS[name].columns
        if column.oss and not column.asks  # as typed: tests/routes/journey/test_typed_as_kept.py
    }
    of_person = {
        column.oss
        for name, step in STEPS.items()
        if name not in EACH
        for column in step.columns
        if column.oss
    }
    for boxes, declared in ((form.BOXES, of_person), (form.BOXES_OF_ACTIVITY, of_activity)):
        asked = {box.path for part in boxes.values() for box in part}
        assert declared <= asked
        typed = {box.path for part in boxes.values() for box in part if box.on_screen}
        left = typed - declared - RECKONED - NOT_OURS
        assert {path for path in left if not path.rpartition(".")[2].endswith(SAID_AGAIN)} == set()


def list_of_contributing() -> list[str]:
    """Return the files that CONTRIBUTING lists for a new question."""
    text = (ROOT / "CONTRIBUTING.md").read_text()
    part = text.partition("## Adding a question to the form\n")[2].partition("\n## ")[0]
    return re.findall(r"^\d+\. `([^`]+)`", part, re.MULTILINE)


def traces_of(step: Step) -> dict[str, set[str]]:
    """Return what each file of that list holds about a step; a folder does in one of its files."""
    name = step.name.name
    words = {step.words, *(column.asks for column in step.typed_as_kept)}
    columns = {column.name for column in step.columns}
    return {
        "app/domain/dossier/steps.py": {f"    {name} = ", f"StepName.{name},"},
        "app/models/dossier.py": {f"    {column}: Mapped[" for column in columns},
        "app/migrations/versions/": {f"'{column}'" for column in columns},
        "app/forms/": {f"class {name.title().replace('_', '')}Form("},
        "app/templates/journey/": {f"{name.lower()}.html"},
        "translations/messages.pot": {f'msgid "{each}"' for each in words},
        "translations/id/LC_MESSAGES/messages.po": {f'msgid "{each}"' for each in words},
    }


@EVERY
def test_the_list_of_contributing_leads_to_all_of_a_step(step: Step):
    traces = traces_of(step)
    assert list_of_contributing() == list(traces)
    for place, wanted in traces.items():
        files = sorted((ROOT / place).glob("*.*")) if place.endswith("/") else [ROOT / place]
        said = "".join(f"{file.name}\n{file.read_text()}" for file in files)
        assert {each for each in wanted if each not in said} == set(), place


@EVERY
def test_what_is_kept_as_typed_has_all_that_it_needs(application, step: Step):
    for column in step.typed_as_kept:
        field = getattr(PAGES[step.name].form, column.box).field_class
        assert issubclass(field, ParsedField), "a text"
        kind = db.metadata.tables[step.of].columns[column.name].type
        assert isinstance(kind, (Sealed, String)), "kept as a text"
        assert not column.oss or step.of is Of.ACTIVITY, "told with its activity alone"
