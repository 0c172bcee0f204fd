"""A form is taken in one way, whichever it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.models.own_data import Recovery
from tests.client import form_of
from tests.factories import count, new_line, open_dossier
from tests.pages import KIOSK, PREFIXES

OWN_WAY = {
    "web/taking.py",
    "routes/journey/attachments.py",  # what counts there is a file, known once it was cleaned
}
# Pages that ask for something, and what is typed there; the language switch sends it along.
TYPED = {
    "/berkas/lupa": {"nomor": "SRG 1234 5678 9012"},
    "/berkas/lupa/nomor": {"nik": str(KIOSK.answers["diri"]["nik"]), "telepon": "0812 0000 4567"},
    "/berkas/lupa/pendamping": {"nomor": "SRG 1234 5678 9012", "kode": "123456"},
}


@pytest.fixture(autouse=True)
def fresh_line(app):
    new_line(app)


def test_views_do_not_take_forms_in_ways_of_their_own(app):
    root = Path(app.root_path)
    found = {
        str(path.relative_to(root))
        for room in ("web", "routes")
        for path in (root / room).rglob("*.py")
        if "once.claim(" in path.read_text()
    }
    assert found == OWN_WAY


@pytest.mark.parametrize("htmx", [False, True], ids=["plain", "htmx"])
@pytest.mark.parametrize("language", PREFIXES)
@pytest.mark.parametrize("path", TYPED)
def test_the_other_language_is_asked_for_without_sending_the_form(
    app, client, path, language, htmx
):
    """What was typed stays; nobody is sent a code for wanting to read."""
    form = form_of(client.get(PREFIXES[language] + path)).fill(TYPED[path])
    shown = form.submit("ganti", htmx=htmx, follow=False)
    assert shown.status_code == 200
    again = form_of(shown)
    assert {name: again[name] for name in TYPED[path]} == TYPED[path]
    assert again.action != form.action
    assert count(app, Recovery) == 0


@pytest.mark.parametrize("htmx", [False, True], ids=["plain", "htmx"])
def test_a_form_without_its_key_comes_back_with_another(app, client, htmx):
    open_dossier(app, client, None)
    form = form_of(client.get("/berkas/data-saya/tarik"))
    back = form.submit(htmx=htmx, follow=False, without={"kunci"})
    assert back.status_code == 400
    assert form_of(back)["kunci"] != form["kunci"]
    taken = form_of(back).submit(htmx=htmx)
    assert taken.status_code == 200
    assert form_of(taken, "/batal")["kunci"]


def test_what_arrives_twice_leads_to_the_same_place(app, client):
    open_dossier(app, client, None)
    form = form_of(client.get("/berkas/data-saya/tarik"))
    places = [form.submit(follow=False).headers["Location"] for _ in range(2)]
    assert places == ["/berkas/data-saya"] * 2
