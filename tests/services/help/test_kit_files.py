"""The files of the print kit: all is right, and each mistake says where it stands."""

from __future__ import annotations

import re
import shutil

import pytest

from app.domain.help.kit import (
    MESSAGE_AT_MOST,
    NOTICE_WORDS_AT_MOST,
    SECONDS,
    Part,
    PieceName,
    fits_its_time,
    words_in,
)
from app.services.help import book as help_book
from app.services.help.content import LANGUAGES
from app.services.help.files import CONTENT, HelpBroken
from app.services.help.kit_files import read_kit

FILES = [f"kit/{language}/{name}.toml" for language in LANGUAGES for name in PieceName]


@pytest.fixture(scope="module")
def book(application):
    return help_book.book()


@pytest.fixture
def folder(tmp_path):
    shutil.copytree(CONTENT / "kit", tmp_path / "kit")
    return tmp_path


def mistakes(book, folder):
    with pytest.raises(HelpBroken) as broken:
        read_kit(book, folder)
    return [str(each) for each in broken.value.mistakes]


def test_what_is_right_is_read(book, folder):
    kit = read_kit(book, folder)
    assert kit.leaflet.parts[2] == Part("yang-dibawa", 6)
    for language in LANGUAGES:
        radio = kit.radio.texts[language].words
        assert all(
            fits_its_time(getattr(radio, name), language, seconds)
            for name, seconds in SECONDS.items()
        )
        notice = kit.notice.texts[language].words
        for greeting in (notice.church, notice.mosque):
            assert words_in(greeting) + words_in(notice.spoken) <= NOTICE_WORDS_AT_MOST
        assert len(kit.message.texts[language].words.text) < MESSAGE_AT_MOST


def test_a_topic_gives_its_answer_and_its_points(book):
    text = book.topics["yang-dibawa"].texts["id"]
    assert text.lead == "Bawa KTP dan HP Anda sendiri. Itu yang paling penting."
    assert [point.head for point in text.points[:2]] == ["KTP.", "HP dengan WhatsApp."]
    assert text.points[3].rest.startswith("Surat tanah, surat sewa, atau surat dari marga.")
    plain = book.topics["penipuan"].texts["en"].points[0]
    assert (plain.head, plain.rest) == ("", "Do not pay. Do not send a code.")


def line_of(folder, name, key):
    lines = (folder / name).read_text().splitlines()
    return next(n for n, line in enumerate(lines, 1) if line.startswith(f"{key} ="))


@pytest.mark.parametrize(
    ("name", "key", "value", "what"),
    [
        ("id/selebaran", "headline", '"  "', "“headline” says nothing"),
        ("id/selebaran", "headline", "7", "“headline” must be a str"),
        ("id/selebaran", "headline", f'"{"a" * 37}"', "37 characters, most 36"),
        ("id/selebaran", "steps", "[]", "“steps” must be lines that say something"),
        ("id/selebaran", "steps", '["a", ""]', "“steps” must be lines that say something"),
        ("id/selebaran", "reviewed", '"2026"', "“reviewed” must be a date"),
        ("id/selebaran", "parts", '[{topic = "tidak-ada"}]', "there is no topic “tidak-ada”"),
        ("id/selebaran", "parts", '["gratis"]', "there is no topic “”"),
        ("id/selebaran", "parts", "[]", "rests on one topic at least"),
        ("id/selebaran", "parts", '[{topic = "gratis", points = 99}]', "points, not 99"),
        ("id/selebaran", "parts", '[{topic = "gratis", points = -1}]', "points, not -1"),
        ("id/selebaran", "start", '"Buka {address}"', "must stand in it 0 times"),
        ("en/poster", "lines", f'["{"b" * 27}"]', "27 characters, most 26"),
        ("en/poster", "of", "2026-01-01", "translate it again"),
        ("en/radio", "short", '"Open {address}."', "seconds to read, not 30"),
        ("en/radio", "long", f'"{"word " * 200}{{address}}"', "seconds to read, not 60"),
        ("id/radio", "short", f'"{"kata " * 55}"', "must stand in it 1 times"),
        ("id/pengumuman", "spoken", f'"{"kata " * 85}{{address}}"', "words, most 90"),
        ("id/whatsapp", "text", f'"{"a" * 581} {{address}}"', "582 characters beside the address"),
        ("id/whatsapp", "text", '"Buka {address} {nama}"', "no other {}"),
    ],
)
def test_a_mistake_is_named_with_file_and_line(book, folder, name, key, value, what):
    name = f"kit/{name}.toml"
    path = folder / name
    line = line_of(folder, name, key)
    whole = re.compile(rf'^{key} = (?:"""[\s\S]*?"""|\[\n[\s\S]*?^\]|.*)$', re.MULTILINE)
    path.write_text(whole.sub(lambda _: f"{key} = {value}", path.read_text()))
    found = mistakes(book, folder)
    assert [each for each in found if each.startswith(f"{name}:{line}: ") and what in each], found


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_missing_or_broken_is_named(book, folder, name):
    (folder / name).unlink()
    assert mistakes(book, folder) == [f"{name}:1: the file is missing"]
    (folder / name).write_text('title = "A"\ntitle = "B"\n')
    (found,) = mistakes(book, folder)
    assert found.startswith(f"{name}:2: this is no TOML")


def test_a_key_nobody_knows_and_one_that_is_missing(book, folder):
    path = folder / "kit/en/poster.toml"
    path.write_text(path.read_text().replace("scan =", "scann ="))
    assert mistakes(book, folder) == [
        "kit/en/poster.toml:1: “scan” is missing",
        f"kit/en/poster.toml:{line_of(folder, 'kit/en/poster.toml', 'scann')}:"
        " nobody knows the key “scann”",
    ]
