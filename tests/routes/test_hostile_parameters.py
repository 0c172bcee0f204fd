"""Every parameter of every route × what nobody types: never an error of ours.

Which parameters a route reads is learnt by watching it, so a new one is tried without being named.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.routing import AnyConverter, IntegerConverter, Rule

from app.models.dossier import Dossier
from app.services.base.post_keys import new_key
from app.web.answers import MAIN
from app.web.sent import Sent
from tests.client import parse
from tests.factories import PIN, looking, open_dossier

HOSTILE = (
    "",
    "\n",
    "a\r\nX-Injected: 1",
    "/berkas/diri\r\nx",
    "\x00",
    "9" * 19,
    "9" * 400,
    "-1",
    "0",
    "1.5",
    "٣",
    "²",
    "1e9",
    "\ud800",
    "\udfff9",
    "😀",
    "é" * 3000,
    "..",
    "../../etc/passwd",
    "//elsewhere.example",
    "%",
    "%00",
    "{0}",
    "\u202e",
    "\ufeff",
    "[",
    "]",
    "'",
    "\\",
    "a[]=1",
    "47112",
    "true",
    "nan",
)
IN_PATHS = [text for text in HOSTILE if text and "/" not in text and text not in {"..", "."}]
SEEN: set[str] = set()
FORM: dict[str, str] = {}


class Watched(ImmutableMultiDict[str, str]):
    """Parameters that note what they are asked for."""

    def __contains__(self, key: object) -> bool:
        SEEN.add(str(key))
        return super().__contains__(key)

    def __getitem__(self, key: str) -> Any:
        SEEN.add(key)
        return super().__getitem__(key)

    def get(self, key: str, *args: Any, **kwargs: Any) -> Any:
        SEEN.add(key)
        return super().get(key, *args, **kwargs)

    def getlist(self, key: str, *args: Any, **kwargs: Any) -> list[Any]:
        SEEN.add(key)
        return super().getlist(key, *args, **kwargs)


@pytest.fixture(scope="module")
def watched(application: Flask) -> Iterator[Flask]:
    class Request(application.request_class):  # type: ignore[name-defined, misc]
        parameter_storage_class = Watched

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(application, "request_class", Request)
        patch.setattr(application, "test_client_class", FlaskClient)
        yield application


@pytest.fixture
def person(watched: Flask, app: Flask) -> FlaskClient:
    """A browser in which a file is open."""
    client = watched.test_client()
    open_dossier(app, client)
    FORM.clear()
    FORM.update(kept(client))
    return client


def address(rule: Rule, text: str | None = None) -> str:
    """Return an address of a route, with `text` wherever the route takes a text."""
    values: dict[str, Any] = {}
    for name, converter in rule._converters.items():
        if isinstance(converter, IntegerConverter):
            values[name] = 2
        elif isinstance(converter, AnyConverter):
            values[name] = min(converter.items)
        else:
            values[name] = "kios"
    built = rule.build(values, append_unknown=False)
    assert built is not None
    if text is None:
        return built[1]
    return built[1].replace("kios", quote(text, safe="", errors="surrogatepass"))


def rules(app: Flask, method: str) -> list[Rule]:
    found = [rule for rule in app.url_map.iter_rules() if method in (rule.methods or ())]
    return sorted((rule for rule in found if rule.endpoint != "static"), key=str)


def asked_for(client: FlaskClient, method: str, path: str) -> list[str]:
    """Return the names that a route reads."""
    SEEN.clear()
    client.open(path, method=method, data=kept(client) if method == "POST" else None)
    return sorted(SEEN - {"csrf_token"})


def kept(client: FlaskClient) -> dict[str, str]:
    """Return the hidden fields without which no form is looked at."""
    boxes = parse(client.get("/berkas/telepon")).all("input")
    hidden = {b.get("name"): b.get("value") or "" for b in boxes if b.get("type") == "hidden"}
    return {**hidden, Sent.KEY: new_key()}


def answered(client: FlaskClient, method: str, path: str, values: dict[str, Any]) -> None:
    if method == "GET":
        answer = client.get(path, query_string=urlencode(values, errors="surrogatepass"))
    else:
        body = urlencode({**FORM, Sent.KEY: new_key(), **values}, errors="surrogatepass")
        answer = client.post(path, data=body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code < 500, (method, path, values)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_parameter_brings_an_error_of_ours(person, watched, method):
    tried = 0
    for rule in rules(watched, method):
        if rule.endpoint in LEAVES:
            continue
        path = address(rule)
        names = asked_for(person, method, path)
        texts = range(0, len(HOSTILE), STEP[method])
        for turn in texts if names else ():  # each name meets each text, or every second or third
            values = {name: HOSTILE[(turn + i) % len(HOSTILE)] for i, name in enumerate(names)}
            if turn % 4:  # with another key nothing else of a form is looked at
                values = {name: text for name, text in values.items() if name not in FORM}
            answered(person, method, path, values)
            tried += 1
    assert tried > 400


STEP = {"GET": 2, "POST": 3}
LEAVES = {"resume.finish", "own_data.erase", "own_data.withdraw"}  # the file is closed then


def test_no_part_of_an_address_brings_an_error_of_ours(person, watched):
    for method in ("GET", "POST"):
        for rule in rules(watched, method):
            if not rule.arguments or rule.endpoint in LEAVES:
                continue
            for text in IN_PATHS[::3]:
                answered(person, method, address(rule, text), {})
            for number in (0, 2**31, 2**63, 10**19, 10**400):
                path = str(rule)
                for _name in rule.arguments:
                    start = path.index("<")
                    path = path[:start] + str(number) + path[path.index(">") + 1 :]
                answered(person, method, path, {})


@pytest.mark.parametrize("htmx", [False, True])
def test_a_page_that_waits_for_the_pin_cannot_write_headers(person, watched, app, htmx):
    """The page comes back in a header once the PIN is right."""
    with looking(app) as session:
        number = session.query(Dossier).one().support_number
    headers = {"HX-Request": "true", "HX-Target": MAIN} if htmx else {}
    for text in ("/berkas/diri?x=1\r\nX-Injected: 1", "/berkas/diri?\n", *HOSTILE[::8]):
        values = {**FORM, "nomor": number, "pin": PIN, "halaman": text, Sent.KEY: new_key()}
        body = urlencode(values, errors="surrogatepass")
        answer = watched.test_client().post(
            "/berkas/lanjut", data=body, headers=headers,
            content_type="application/x-www-form-urlencoded",
        )  # fmt: skip
        assert answer.status_code < 500, text
        assert "X-Injected" not in answer.headers
        answer = person.post(
            "/berkas/lanjut",
            data=body,
            headers=headers,
            content_type="application/x-www-form-urlencoded",
        )
        assert answer.status_code in {200, 303}, text
        assert "X-Injected" not in answer.headers
        FORM.update(kept(person))
