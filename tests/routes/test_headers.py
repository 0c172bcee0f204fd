"""Headers: strict everywhere, nothing personal kept anywhere, public pages from cache."""

from __future__ import annotations

import base64
import hashlib

import pytest

from app.web.answers import render
from tests.client import HTMX, form_of, parse
from tests.pages import JOURNEY, KIOSK, PREFIXES, PUBLIC, Walk

both_languages = pytest.mark.parametrize("language", PREFIXES)
# Pages that anybody may keep for a while. The other public ones hold a form with a token.
CACHED = ["home", "privacy", "verification"]
WITH_TOKEN = ["start", "start-with-code", "resume"]


def directives(response) -> dict[str, list[str]]:
    """Return the Content-Security-Policy as directive -> sources."""
    parts = response.headers["Content-Security-Policy"].split(";")
    return {p.split()[0]: p.split()[1:] for p in parts if p.strip()}


def cookies_of(response) -> dict[str, set[str]]:
    """Return the cookies that an answer sets: name -> attributes in lower case."""
    found = {}
    for line in response.headers.getlist("Set-Cookie"):
        name, *attributes = [part.strip() for part in line.split(";")]
        found[name.partition("=")[0]] = {a.lower() for a in attributes}
    return found


@both_languages
@pytest.mark.parametrize("name", PUBLIC)
def test_documents_are_sent_with_strict_headers(client, name, language):
    response = client.get(PREFIXES[language] + PUBLIC[name][0])
    policy = directives(response)
    assert policy["default-src"] == ["'none'"]
    assert policy["script-src"] == ["'self'"]
    assert policy["base-uri"] == policy["frame-ancestors"] == ["'none'"]
    assert policy["form-action"] == ["'self'"]
    assert "unsafe" not in response.headers["Content-Security-Policy"]
    style = parse(response).one("style")
    digest = base64.b64encode(hashlib.sha256((style.text or "").encode()).digest()).decode()
    assert sorted(policy["style-src"]) == sorted(["'self'", f"'sha256-{digest}'"])
    assert response.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response.headers["Referrer-Policy"] in {"same-origin", "no-referrer"}
    assert "geolocation=()" in response.headers["Permissions-Policy"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "X-Powered-By" not in response.headers


@pytest.mark.parametrize(("status", "public_for"), [(200, 0), (422, 0), (404, 60)])
def test_a_page_says_itself_that_it_may_not_be_kept(app, status, public_for):
    """Not only by what is added to every answer: a page may be drawn for another one."""
    with app.test_request_context("/berkas/telepon"):
        page = render(
            "errors/error.html", status=status, public_for=public_for, code=status, title="x"
        )
    assert page.headers["Cache-Control"] == "no-store"


@both_languages
def test_nothing_personal_may_be_kept(client, language):
    walk = Walk(client, KIOSK, language=language)
    walk.to(JOURNEY[-1])
    for response in [*walk.shown.values(), *walk.answers]:
        assert response.headers["Cache-Control"] == "no-store", response.request.path
        assert "ETag" not in response.headers
    for path in ("/berkas/nomor.png", "/berkas/nib.pdf", "/berkas/nik"):
        response = client.get(walk.prefix + path)
        assert response.status_code == 200
        assert response.headers["Cache-Control"] == "no-store", path
    number = walk.number.replace(" ", "+")
    response = client.get(f"{walk.prefix}/lacak?nomor={number}")
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("name", WITH_TOKEN)
def test_a_page_with_a_token_is_not_kept(client, name):
    assert client.get(PUBLIC[name][0]).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("encoding", ["identity", "gzip", "br"])
@pytest.mark.parametrize("name", CACHED)
def test_a_public_page_is_sent_once(client, name, encoding):
    headers = {"Accept-Encoding": encoding}
    first = client.get(PUBLIC[name][0], headers=headers)
    assert "max-age=" in first.headers["Cache-Control"]
    vary = {part.strip() for part in ",".join(first.headers.getlist("Vary")).split(",")}
    assert {"HX-Request", "Cookie", "Accept-Encoding"} <= vary
    again = client.get(PUBLIC[name][0], headers={**headers, "If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert again.get_data() == b""


@pytest.mark.parametrize("name", CACHED)
def test_an_entity_tag_tells_page_from_part_and_language(client, name):
    path = PUBLIC[name][0]
    tags = {
        client.get(path).headers["ETag"],
        client.get("/en" + path).headers["ETag"],
        client.get(path, headers=HTMX).headers["ETag"],
    }
    assert len(tags) == 3


@pytest.mark.parametrize("name", CACHED)
def test_public_pages_set_no_cookie(client, name):
    assert cookies_of(client.get(PUBLIC[name][0])) == {}


def test_static_files_are_kept_for_a_year(client):
    for asset in client.application.extensions["assets"].values():
        response = client.get(asset.path)
        assert response.status_code == 200
        assert "immutable" in response.headers["Cache-Control"]
        assert "max-age=31536000" in response.headers["Cache-Control"]
        assert response.headers["Vary"] == "Accept-Encoding"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert client.get(asset.path.replace(asset.hash, "00000000")).status_code == 404


def test_the_style_is_linked_once_it_is_cached(client):
    first = parse(client.get("/"))
    links = [e.get("href") for e in first.all("link") if e.get("rel") == "stylesheet"]
    assert len(first.all("style")) == len(links) == 1
    style = client.get(links[0])
    assert cookies_of(style)["c"] >= {"httponly", "samesite=lax", "path=/"}
    second = parse(client.get("/"))
    assert second.all("style") == []
    assert [e.get("href") for e in second.all("link") if e.get("rel") == "stylesheet"] == links


def test_the_session_cookie_is_for_us_alone(client):
    response = client.get("/berkas/mulai")
    assert cookies_of(response)["s"] >= {"httponly", "samesite=lax", "path=/"}
    assert "secure" not in cookies_of(response)["s"]


def test_over_https_cookies_are_secure_and_the_browser_remembers_https(make_app):
    client = make_app(testing=True, PUBLIC_URL="https://izin.example").test_client()
    response = client.get("/berkas/mulai", base_url="https://izin.example")
    assert "secure" in cookies_of(response)["s"]
    assert "max-age=" in response.headers["Strict-Transport-Security"]
    style = client.application.extensions["assets"]["site.css"].path
    answer = client.get(style, base_url="https://izin.example")
    assert "secure" in cookies_of(answer)["c"]


def test_over_http_nothing_is_said_about_https(client):
    assert "Strict-Transport-Security" not in client.get("/").headers


@both_languages
def test_a_step_by_htmx_names_its_address(client, language):
    walk = Walk(client, KIOSK, language=language, htmx=True)
    walk.to(JOURNEY[-1])
    for answer in walk.answers:
        assert "HX-Request" in answer.headers["Vary"]
        if answer.request.method == "POST" and answer.status_code == 200:
            pushed = answer.headers.get("HX-Push-Url")
            if pushed is None:  # more of the same page
                assert form_of(answer).action == answer.request.path
            else:
                assert pushed.startswith(f"{walk.prefix}/berkas/")


def test_what_is_shown_again_keeps_its_address(client):
    walk = Walk(client, KIOSK, htmx=True)
    walk.to("diri")
    answer = form_of(walk.response).fill(nik="12").submit(htmx=True)
    assert answer.status_code == 422
    assert "HX-Push-Url" not in answer.headers
