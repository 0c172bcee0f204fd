"""The files of the worked examples: facts once, words twice, and each mistake says where it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from app.domain.dossier.steps import STEPS, Column, StepName
from app.domain.help.examples import ExamplePage
from app.domain.law.legal_form import LegalForm
from app.services.help.example_files import Practice
from app.services.help.files import HelpBroken, read_help
from tests.help_content import write_help

FACTS = """# One business.
[kios]
person = "kiosk"
legal_form = "perseorangan"
words = "kios sembako"
code = "47112"
topics = ["gratis"]
telepon = { telepon = "0812-0000-7890" }
alamat = { jalan = "Jalan Contoh 1" }
usaha = { uraian = "Saya jual beras." }
tempat = { jalan = "Jalan Contoh 2" }
lahan = { luas = "12" }
modal = { mesin = "6 juta", kerja = "8,5 jt", lain = "0", tanah = "1 miliar", bangunan = "0" }
produksi = { hasil = "beras" }
"""
TEXT = """title = "Kios Contoh"
summary = "Kios kecil."
words = ["a", "b", "c", "d", "e", "f"]
reviewed = 2026-11-27

[[page]]
story = "Mama buka kios. NIK ada di KTP."
mistake = "Tanah ikut dihitung."

[[page]]
story = "Dua."

[[page]]
story = "Tiga."

[[page]]
story = "Empat."

[[page]]
story = "Lima."
"""
BOXES = {
    StepName.PHONE: {"telepon"},
    StepName.HOME: {"jalan"},
    StepName.BUSINESS: {"uraian", "lingkup"},
    StepName.PLACE: {"jalan"},
    StepName.LAND: {"luas"},
    StepName.CAPITAL: {"mesin", "kerja", "lain", "tanah", "bangunan"},
    StepName.PRODUCTION: {"hasil"},
    StepName.ENTITY: {"nama"},
}
PRACTICE = Practice({"kiosk"}, BOXES)


@pytest.fixture
def folder(tmp_path):
    write_help(tmp_path)
    (tmp_path / "examples.toml").write_text(FACTS)
    for language, more in (("id", ""), ("en", "of = 2026-11-20\n")):
        (tmp_path / language / "contoh").mkdir()
        text = TEXT.replace("\n[[page]]", f"{more}\n[[page]]", 1)
        (tmp_path / language / "contoh" / "kios.toml").write_text(text)
    return tmp_path


def read(folder, practice=PRACTICE):
    return read_help(lambda _endpoint, _query: "/x", folder, practice)


def mistakes(folder, practice=PRACTICE):
    with pytest.raises(HelpBroken) as broken:
        read(folder, practice)
    return [str(each) for each in broken.value.mistakes]


def change(folder, name, old, new):
    path = folder / name
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_what_is_right_is_read(folder):
    one = read(folder).examples["kios"]
    assert (one.slug, one.person, one.code, one.scope_no) == ("kios", "kiosk", "47112", None)
    assert one.legal_form is LegalForm.INDIVIDUAL
    assert (one.capital.counted_idr, one.capital.land_idr) == (14_500_000, 1_000_000_000)
    assert one.answers[StepName.PRODUCTION] == {"hasil": "beras"}
    first = one.texts["id"].pages[ExamplePage.NEEDS]
    assert first.story.startswith("Mama buka kios.")
    assert first.mistake == "Tanah ikut dihitung."
    assert one.texts["en"].of == date(2026, 11, 20)
    assert one.is_stale


def test_a_page_that_may_be_left_empty_may_be_left_out(folder, monkeypatch):
    change(folder, "examples.toml", 'lahan = { luas = "12" }\n', "")
    assert any("“lahan” is missing" in each for each in mistakes(folder))
    typed = replace(STEPS[StepName.LAND], columns=(Column("land_area", "luas", asks="Size"),))
    monkeypatch.setitem(STEPS, StepName.LAND, typed)
    assert StepName.LAND not in read(folder).examples["kios"].answers


def test_a_scope_is_read_as_a_number(folder):
    change(folder, "examples.toml", '"Saya jual beras." }', '"Saya jual.", lingkup = "2" }')
    assert read(folder).examples["kios"].scope_no == 2


def test_an_entity_is_asked_about_itself(folder):
    change(folder, "examples.toml", '"perseorangan"', '"bum-kampung"')
    assert mistakes(folder) == ["examples.toml:2: “badan” is missing"]
    change(folder, "examples.toml", "[kios]\n", '[kios]\nbadan = { nama = "BUM Contoh" }\n')
    assert read(folder).examples["kios"].is_entity


def test_without_facts_there_are_no_examples(folder):
    (folder / "examples.toml").unlink()
    for language in ("id", "en"):
        (folder / language / "contoh" / "kios.toml").unlink()
    assert read(folder).examples == {}


def test_a_person_must_be_of_the_practice_population(folder):
    said = mistakes(folder, Practice({"somebody"}, BOXES))
    assert said == ["examples.toml:3: nobody in the practice population is “kiosk”"]


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("examples.toml", "[kios]", "[kios", "examples.toml:2: this is no TOML"),
        ("examples.toml", "[kios]", "[Kios_1]", "examples.toml:2: the name may not stand"),
        ("examples.toml", "[kios]", f"[{'k' * 31}]", "examples.toml:2: the name may not stand"),
        ("examples.toml", '"perseorangan"', '"dukun"', "examples.toml:4: “dukun” is none of"),
        ("examples.toml", 'words = "kios sembako"\n', "", "examples.toml:2: “words” is missing"),
        ("examples.toml", '"47112"', "47112", "examples.toml:6: “code” must be a str"),
        ("examples.toml", '"47112"', '"4711"', "examples.toml:6: a KBLI code has 5 digits"),
        ("examples.toml", '["gratis"]', '["mahal"]', "examples.toml:7: there is no topic “mahal”"),
        ("examples.toml", "alamat = {", "almat = {", "examples.toml:9: “almat” is not asked"),
        ("examples.toml", "alamat = {", "almat = {", "examples.toml:2: “alamat” is missing"),
        ("examples.toml", "luas =", "lebar =", "examples.toml:12: “lahan” has no box “lebar”"),
        ("examples.toml", '"12"', "12", "examples.toml:12: “luas” must be a text"),
        ("examples.toml", '"8,5 jt"', '"banyak"', "examples.toml:13: “modal” must have an amount"),
        ("examples.toml", 'lain = "0", ', "", "examples.toml:13: “modal” must have an amount"),
        ("id/contoh/kios.toml", "summary = ", "sumary = ", "kios.toml:2: nobody knows the key"),
        ("id/contoh/kios.toml", '"Kios kecil."', '" "', "kios.toml:2: the summary says nothing"),
        ("id/contoh/kios.toml", '"Kios Contoh"', f'"{"x" * 46}"', "kios.toml:1: a title has"),
        ("id/contoh/kios.toml", ', "f"]', "]", "kios.toml:3: words must be 6 to 15"),
        ("id/contoh/kios.toml", "2026-11-27", '"soon"', "kios.toml:4: “reviewed” must be a date"),
        ("en/contoh/kios.toml", "of = 2026-11-20\n", "", "kios.toml:1: “of” is missing"),
        ("id/contoh/kios.toml", "mistake =", "mistke =", "kios.toml:8: nobody knows the key"),
        ("id/contoh/kios.toml", '"Dua."', '""', "kios.toml:10: “story” is missing"),
        ("id/contoh/kios.toml", '"Dua."', f'"{"a " * 46}"', "kios.toml:11: “story” has more than"),
        ("id/contoh/kios.toml", '"Dua."', "2", "kios.toml:11: “story” must be a str"),
        (
            "id/contoh/kios.toml",
            '[[page]]\nstory = "Lima."\n',
            "",
            "kios.toml:16: an example has 5 pages",
        ),
    ],
)
def test_each_mistake_names_its_file_and_line(folder, name, old, new, said):
    change(folder, name, old, new)
    found = mistakes(folder)
    assert [each for each in found if said in each], found


@pytest.mark.parametrize("language", ["id", "en"])
def test_an_example_is_told_in_both_languages(folder, language):
    (folder / language / "contoh" / "kios.toml").unlink()
    assert f"{language}/contoh/kios.toml:1: this file is missing" in mistakes(folder)


def test_words_without_facts_are_a_mistake(folder):
    (folder / "id" / "contoh" / "tua.toml").write_text(TEXT)
    assert mistakes(folder) == ["id/contoh/tua.toml:1: examples.toml has no such example"]
