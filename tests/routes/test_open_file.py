"""The file that is open on this phone is one tap away, and no other phone hears of it."""

from __future__ import annotations

import pytest

from app.domain.dossier.journey import StepName
from app.models.dossier import Dossier
from tests.client import form_of, here, links_of, main_words, parse
from tests.factories import count, open_dossier
from tests.pages import PIN, PREFIXES

both_languages = pytest.mark.parametrize("language", PREFIXES)
OPEN = {"id": "masih terbuka", "en": "still open here"}


def go_links(response) -> list[str]:
    return [to for to, _ in links_of(parse(response), "go")]


@both_languages
@pytest.mark.parametrize("path", ["/", "/berkas/mulai", "/berkas/lanjut"])
def test_the_open_file_is_one_tap_away(app, client, new_client, path, language):
    url = PREFIXES[language] + path
    open_dossier(app, client, StepName.PHONE)
    shown = client.get(url)
    assert OPEN[language] in main_words(shown)
    assert shown.headers["Cache-Control"] == "no-store"
    again = client.get(go_links(shown)[0], follow_redirects=True)
    assert here(again) == f"{PREFIXES[language]}/berkas/telepon"
    assert OPEN[language] not in main_words(new_client().get(url))


def test_the_front_page_stays_kept_for_those_without_a_file(app, client):
    first = client.get("/")
    assert first.headers["Cache-Control"] == "private, max-age=300"
    assert "Cookie" in first.headers["Vary"]
    open_dossier(app, client, StepName.PHONE)
    assert client.get("/", headers={"If-None-Match": first.headers["ETag"]}).status_code == 200
    form_of(client.get("/berkas/selesai"), "/berkas/selesai").submit()
    assert client.get("/").headers["ETag"] == first.headers["ETag"]


@both_languages
def test_help_is_the_same_for_everybody_and_leads_on(app, client, new_client, language):
    open_dossier(app, client, StepName.PHONE)
    prefix = PREFIXES[language]
    shown, of_others = client.get(f"{prefix}/bantuan"), new_client().get(f"{prefix}/bantuan")
    assert shown.get_data() == of_others.get_data()
    assert shown.headers["Cache-Control"].startswith("public")
    assert f"{prefix}/berkas/teruskan" in [to for to, _ in links_of(parse(shown))]


@both_languages
def test_a_second_file_is_asked_for_first(app, client, language):
    open_dossier(app, client, StepName.PHONE)
    prefix = PREFIXES[language]
    asked = client.get(f"{prefix}/berkas/mulai?kbli=47112")
    assert not parse(asked).by_id("f")
    assert len(go_links(asked)) == 2
    start = client.get(go_links(asked)[1])
    assert "47112" in main_words(start)
    assert count(app, Dossier) == 1
    assert here(form_of(start).fill(pin=PIN).submit()) == f"{prefix}/berkas/nomor"
    assert count(app, Dossier) == 2
