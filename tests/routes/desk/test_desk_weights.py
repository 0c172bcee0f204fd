"""What the pages of the desk cost on the wire, and how many queries the file costs."""

from __future__ import annotations

import pytest

from app.domain.desk.roles import StaffRole
from tests.pages import PREFIXES
from tests.routes.desk.test_file import hold
from tests.routes.desk.test_queue import licensed, made_up
from tests.routes.test_weights import PackedClient, wire_size
from tests.staff import employ, put_in

FIRST_PAGE, FURTHER_PAGE = 12_000, 5_000

both_languages = pytest.mark.parametrize("language", PREFIXES)


@both_languages
def test_the_desk_is_light(app, language):
    app.test_client_class = PackedClient
    client = app.test_client()
    dossier_id, number = licensed(app)
    user = employ(app, StaffRole.SECTION_HEAD)
    put_in(client, user)
    hold(app, user, dossier_id)
    made_up(app, 60)
    paths = ("", "/cari", "/pilih", "/orang", f"/berkas/{number}", "/masuk")
    addresses = [f"{PREFIXES[language]}/petugas{path}" for path in paths]
    first = {each: wire_size(client.get(each)) for each in addresses}
    client.set_cookie("c", app.extensions["assets"]["site.css"].hash)
    further = {each: wire_size(client.get(each)) for each in addresses}
    assert {each: size for each, size in first.items() if size > FIRST_PAGE} == {}
    assert {each: size for each, size in further.items() if size > FURTHER_PAGE} == {}
