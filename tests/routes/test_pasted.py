"""A search takes what was pasted, counts it, and says what to shorten."""

from __future__ import annotations

import pytest

from tests.client import form_of, main_words, parse
from tests.factories import open_dossier
from tests.pages import PREFIXES, PUBLIC

both_languages = pytest.mark.parametrize("language", PREFIXES)
PASTED = "jual ikan " * 30  # 299 letters without the last space


@both_languages
@pytest.mark.parametrize("path", ["/cek-usaha", "/kbli-lama", "/bantuan"])
def test_what_is_pasted_into_a_search_is_counted(client, path, language):
    found = client.get(f"{PREFIXES[language]}{path}", query_string={"q": PASTED})
    assert "299" in main_words(found)
    assert "200" in main_words(found)
    box = next(e for e in parse(found).all("input") if e.get("name") == "q")
    assert box.get("value") == PASTED.strip()
    assert found.status_code == (200 if path == "/bantuan" else 422)
    short = client.get(f"{PREFIXES[language]}{path}", query_string={"q": "jual ikan"})
    assert short.status_code == 200
    assert "299" not in main_words(short)


@both_languages
@pytest.mark.parametrize("htmx", [False, True], ids=["plain", "htmx"])
def test_a_search_inside_the_file_is_counted_too(app, client, htmx, language):
    open_dossier(app, client)
    form = form_of(client.get(f"{PREFIXES[language]}/berkas/kegiatan"))
    found = form.fill(cari=PASTED.strip()).submit("temukan", htmx=htmx)
    assert "299" in main_words(found)
    assert form_of(found)["cari"] == PASTED.strip()


@pytest.mark.parametrize("name", PUBLIC)
def test_no_public_box_cuts_what_is_pasted(client, name):
    path, _ = PUBLIC[name]
    assert not [e for e in parse(client.get(path)).all("input") if e.get("maxlength")]
