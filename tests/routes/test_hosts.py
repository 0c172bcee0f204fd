"""A host that somebody made up stands in no link that others could get, and none is needed."""

from __future__ import annotations

import pytest
from werkzeug.test import EnvironBuilder, run_wsgi_app

from tests.factories import looking, open_in, sent_dossier
from tests.pages import PUBLIC

EVIL = "evil.example"
HEADERS = {"Host": EVIL, "X-Forwarded-Host": EVIL, "Forwarded": f"host={EVIL}"}
MORE = (
    "/bantuan/bahan/whatsapp.txt",
    "/bantuan/bahan/poster.pdf",
    "/lkpm/kalender.ics",
    "/sw.js",
    "/bantuan/nik",
    "/en/bantuan/nik",
    "/en/cek-usaha/hasil?kbli=47112&tempat=sendiri&besar=up_to_50m",
)
PATHS = [*(path for path, _status in PUBLIC.values()), *MORE]


@pytest.mark.parametrize("proxies", ["0", "1"])
def test_with_a_public_url_no_other_host_is_named(make_app, proxies):
    app = make_app(testing=True, PUBLIC_URL="https://izin.example.id", TRUSTED_PROXIES=proxies)
    client = app.test_client()
    client.unchecked = ("",)
    for path in PATHS:
        answer = client.get(path, headers=HEADERS)
        assert EVIL not in answer.get_data(as_text=True), path
        assert EVIL not in str(answer.headers), path


@pytest.mark.parametrize("proxies", ["0", "1"])
def test_without_one_no_cache_on_the_way_keeps_what_the_request_said(make_app, proxies):
    app = make_app(testing=True, TRUSTED_PROXIES=proxies)
    client = app.test_client()
    client.unchecked = ("",)
    for path in PATHS:
        answer = client.get(path, headers=HEADERS)
        if EVIL in answer.get_data(as_text=True) + str(answer.headers):
            assert "public" not in answer.headers["Cache-Control"], path


@pytest.mark.parametrize("language", ["", "/en"])
def test_a_request_without_a_host_is_answered(app, client, language):
    """HTTP/1.0 knows no host."""
    with looking(app):
        dossier_id = sent_dossier().id
    open_in(client, dossier_id)
    client.unchecked = ("",)
    for path in (
        *PATHS,
        "/berkas/hasil",
        "/berkas/nomor.png",
        "/berkas/data-saya",
        "/berkas/nib.pdf",
    ):
        builder = EnvironBuilder(path=path.partition("?")[0], query_string=path.partition("?")[2])
        environ = builder.get_environ()
        for name in ("HTTP_HOST", "SERVER_NAME"):
            environ.pop(name, None)
        environ["SERVER_NAME"], environ["SERVER_PROTOCOL"] = "", "HTTP/1.0"
        environ["SERVER_PORT"] = ""
        cookies = client.get_cookie("s")
        environ["HTTP_COOKIE"] = f"s={cookies.value}" if cookies else ""
        _body, status, _headers = run_wsgi_app(client.application, environ)
        assert not status.startswith("5"), path
