"""What `make translations` writes and what `make check` refuses, on a program of two files."""

from __future__ import annotations

from configparser import ConfigParser
from pathlib import Path

import pytest

from scripts.catalogs import INDONESIAN, ROOT, TEMPLATE
from scripts.check_translations import mistakes_in
from scripts.update_translations import update

PYTHON = """
from flask_babel import lazy_gettext as _l, ngettext

TOO_LONG = _l("A name has {length} letters.")
def days(n): return ngettext("One day", "%(num)d days", n)
"""
PAGE = """
<p>{% trans %}Save{% endtrans %}</p>
{% trans link=url %}Read <a class="x" href="{{ link }}">the
   rules</a>.{% endtrans %}
<p>{{ _("All of 100%%") }}</p>
"""
INDONESIAN_TEXTS = {
    "A name has {length} letters.": "Nama terdiri dari {length} huruf.",
    "One day": "%(num)d hari",
    "Save": "Simpan",
    'Read <a class=\\"x\\" href=\\"%(link)s\\">the rules</a>.': (
        'Baca <a class=\\"x\\" href=\\"%(link)s\\">aturannya</a>.'
    ),
    "All of 100%%": "Semua 100%%",
}


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A small program with a complete translation."""
    (tmp_path / "app/templates").mkdir(parents=True)
    (tmp_path / "app/code.py").write_text(PYTHON)
    (tmp_path / "app/templates/page.html").write_text(PAGE)
    (tmp_path / "babel.cfg").write_text((ROOT / "babel.cfg").read_text())
    update(tmp_path)
    text = (tmp_path / INDONESIAN).read_text()
    for source, translation in INDONESIAN_TEXTS.items():
        line = f'msgid "{source}"\n'
        assert line in text
        before, after = text.split(line)
        plural = 'msgstr[0] ""' if source == "One day" else 'msgstr ""'
        text = before + line + after.replace(plural, plural[:-1] + translation + '"', 1)
    (tmp_path / INDONESIAN).write_text(text)
    assert mistakes_in(tmp_path) == []
    return tmp_path


def change(program: Path, old: str, new: str) -> list[str]:
    """Replace a part of the catalog and return what the check says then."""
    path = program / INDONESIAN
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    return mistakes_in(program)


def test_update_lists_what_lacks_words_and_keeps_the_rest(program):
    before = (program / INDONESIAN).read_text()
    assert update(program) == []
    assert (program / INDONESIAN).read_text() == before
    (program / "app/code.py").write_text(PYTHON + 'NEW = _l("Saved")\n')
    assert update(program) == ["Saved"]
    assert "Simpan" in (program / INDONESIAN).read_text()
    assert "fuzzy" not in (program / INDONESIAN).read_text()


def test_update_forgets_a_text_that_is_gone(program):
    (program / "app/templates/page.html").write_text("")
    update(program)
    assert mistakes_in(program) == []
    assert "Simpan" not in (program / INDONESIAN).read_text()


def test_a_text_that_moved_leaves_the_template_file_alone(program):
    (program / "app/code.py").write_text("\n\n\n" + PYTHON)
    assert mistakes_in(program) == []


def test_a_new_text_is_missed_in_both_files(program):
    (program / "app/code.py").write_text(PYTHON + 'NEW = _l("Saved")\n')
    first, second = mistakes_in(program)
    assert str(TEMPLATE) in first
    assert "'Saved' is not in" in second


def test_a_text_only_in_the_catalog_is_refused(program):
    [mistake] = change(program, 'msgid "Save"', 'msgid "Send"\nmsgstr "Kirim"\n\nmsgid "Save"')
    assert "'Send': the program no longer has this text" in mistake


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"Simpan"', '""', "empty"),
        ('"Simpan"', '"  "', "empty"),
        ('"%(num)d hari"', '""', "empty"),
        ('\nmsgid "Save"', '\n#, fuzzy\nmsgid "Save"', "fuzzy"),
        ("{length} huruf", "beberapa huruf", "missing from the translation: {length}"),
        ("{length} huruf", "{length} {panjang}", "only in the translation: {panjang}"),
        ("%(num)d hari", "beberapa hari", "missing from the translation: %(num)d"),
        ("%(num)d hari", "%(num)s hari", "only in the translation: %(num)s"),
        ("Semua 100%%", "Semua 100%", "only in the translation: %"),
        ("aturannya</a>", "aturannya", "missing from the translation: </a>"),
        ("Simpan", "<b>Simpan</b>", "only in the translation: </b> <b>"),
        (r"Baca <a class=\"x\"", "Baca <a", "tags missing"),
        (
            'msgstr[0] "%(num)d hari"',
            'msgstr[0] "%(num)d hari"\nmsgstr[1] "%(num)d hari"',
            "plural",
        ),
        ("nplurals=1; plural=0;", "nplurals=2; plural=(n != 1);", "header must say"),
        (r'"Plural-Forms: nplurals=1; plural=0;\n"' + "\n", "", "header must say"),
    ],
)
def test_a_mistake_in_a_translation_is_named(program, old, new, words):
    assert any(words in mistake for mistake in change(program, old, new))


def test_an_obsolete_entry_is_refused(program):
    path = program / INDONESIAN
    path.write_text(path.read_text() + '\n#~ msgid "Old"\n#~ msgstr "Lama"\n')
    [mistake] = mistakes_in(program)
    assert "'Old' is obsolete" in mistake


@pytest.mark.parametrize("word", ["title", "aria-label"])
def test_words_inside_a_tag_may_be_translated(program, word):
    page = "{% trans %}Your <abbr " + word + '="number">NIK</abbr>{% endtrans %}'
    (program / "app/templates/page.html").write_text(page)
    update(program)
    source = f'Your <abbr {word}=\\"number\\">NIK</abbr>'
    translation = f'<abbr {word}=\\"nomor\\">NIK</abbr> Anda'
    old = f'msgid "{source}"\nmsgstr ""'
    assert change(program, old, old[:-1] + translation + '"') == []


def test_without_catalogs_the_check_says_what_to_run(program):
    (program / TEMPLATE).unlink()
    [mistake] = mistakes_in(program)
    assert "make translations" in mistake


def test_texts_are_collected_in_the_form_in_which_they_are_looked_up(application):
    config = ConfigParser()
    config.read(ROOT / "babel.cfg")
    collected = config["jinja2: app/templates/**.html"]
    jinja = application.jinja_env
    assert collected.getboolean("trimmed") == jinja.policies["ext.i18n.trimmed"]
    assert collected.getboolean("trim_blocks") == jinja.trim_blocks
    assert collected.getboolean("lstrip_blocks") == jinja.lstrip_blocks
