"""A phone's browser in miniature: one kept-alive connection, cookies, cache, forms, and HTMX.

It sends what Chrome on an inexpensive Android phone sends and counts every byte of requests and
answers (first line, headers and body; not TCP, IP or TLS). Nothing that runs here knows how the
service is built: it reads pages, as a person and a browser do.
"""

from __future__ import annotations

import gzip
import http.client
import io
import json
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from email.message import Message
from enum import StrEnum
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit
from xml.etree.ElementTree import Element

import brotli

from tests.client import Page, words

TRIES = 6  # at one request, while the line is gone
PAUSE_S = 2.0
REDIRECTS_AT_MOST = 5

AGENT = (
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/142.0.0.0 Mobile Safari/537.36"
)
BRANDS = '"Chromium";v="142", "Google Chrome";v="142", "Not_A Brand";v="99"'
LANGUAGES = "id-ID,id;q=0.9,en-US;q=0.8,en;q=0.7"
ACCEPTED = {
    "page": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,"
    "image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7",
    "part": "text/html",
    "upload": "*/*",
    "style": "text/css,*/*;q=0.1",
    "script": "*/*",
    "image": "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8",
}
_DESTINATION = {"page": "document", "part": "empty", "upload": "empty"}
_MODE = {"page": "navigate", "part": "same-origin", "upload": "same-origin"}
_TYPED = frozenset({"text", "search", "tel", "email", "number", "password", "textarea"})


class Unexpected(Exception):
    """The page is not what a person could go on with; the text says what is missing."""


class LineGone(Exception):
    """No answer came, however often the same request was sent."""


class Kind(StrEnum):
    """What a request was for."""

    PAGE = "page"
    PART = "part"  # a piece of a page, asked for by HTMX
    STYLE = "style"
    SCRIPT = "script"
    IMAGE = "image"
    UPLOAD = "upload"  # a paper, or a part of one


@dataclass(frozen=True)
class Exchange:
    """One request and its answer. up, down: bytes on the wire; tries that failed included."""

    kind: Kind
    method: str
    path: str
    status: int
    up: int
    down: int
    seconds: float


@dataclass
class _Tally:
    up: int = 0
    down: int = 0


class _Counted:
    """A socket that counts what passes. http.client asks no more of a socket than this."""

    def __init__(self, sock: Any, tally: _Tally) -> None:
        self._sock, self._tally = sock, tally

    def sendall(self, data: bytes) -> None:
        self._sock.sendall(data)
        self._tally.up += len(data)

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(_CountedReader(self._sock.makefile(mode, 0), self._tally))

    def close(self) -> None:
        self._sock.close()


class _CountedReader(io.RawIOBase):
    def __init__(self, raw: io.RawIOBase, tally: _Tally) -> None:
        self._raw, self._tally = raw, tally

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        count = int(self._raw.readinto(buffer) or 0)
        self._tally.down += count
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


@dataclass(frozen=True)
class Answer:
    """An answer as it came, its body unpacked."""

    url: str
    status: int
    headers: Message
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()


class Wire:
    """One connection, opened when needed and kept; a request that got no answer is sent again."""

    def __init__(self, base: str, patience_s: float, source: str | None = None) -> None:
        parts = urlsplit(base)
        kind = http.client.HTTPSConnection if parts.scheme == "https" else None
        own = (source, 0) if source else None
        self._new: Callable[[], http.client.HTTPConnection] = lambda: (
            kind or http.client.HTTPConnection
        )(parts.hostname or "", parts.port, timeout=patience_s, source_address=own)
        self._connection: http.client.HTTPConnection | None = None
        self.tally = _Tally()
        self.connections = 0
        self.retries = 0

    def send(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes | None
    ) -> tuple[http.client.HTTPResponse, bytes]:
        """Return an answer and its body as it came. Raises LineGone."""
        for attempt in range(1, TRIES + 1):
            reused = self._connection is not None
            try:
                return self._once(method, target, headers, body)
            except (OSError, http.client.HTTPException) as error:
                self.close()
                # A connection that the server closed while nothing was under way is no trouble.
                if not (reused and isinstance(error, ConnectionError)):
                    self.retries += 1
                    if attempt == TRIES:
                        raise LineGone(f"{method} {target}: {type(error).__name__}") from error
                    time.sleep(PAUSE_S)
        raise LineGone(f"{method} {target}")

    def _once(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes | None
    ) -> tuple[http.client.HTTPResponse, bytes]:
        connection = self._connection
        if connection is None:
            connection = self._new()
            connection.connect()
            connection.sock = _Counted(connection.sock, self.tally)
            self._connection = connection
            self.connections += 1
        connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders(body)
        response = connection.getresponse()
        data = response.read()
        if response.will_close:
            self.close()
        return response, data

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


@dataclass(frozen=True)
class File:
    """A file on the phone. kind: what the phone takes it for (a MIME type)."""

    name: str
    kind: str
    content: bytes


@dataclass
class Box:
    """One named control. value: what would be sent, None where nothing; choices: value -> words."""

    element: Element
    name: str
    kind: str
    label: str
    value: str | None
    choices: dict[str, str] = field(default_factory=dict)


class Form:
    """A form on the screen: a person fills boxes that have words, and presses a button."""

    def __init__(self, page: Page, element: Element) -> None:
        self.page, self.element = page, element
        self.action = element.get("action") or ""
        self.method = (element.get("method") or "get").lower()
        self.boxes: list[Box] = []
        self.files: dict[str, File | None] = {}
        self.buttons: list[Element] = []
        owned = [e for e in page.all() if element.get("id") and e.get("form") == element.get("id")]
        for control in [*page.all(within=element), *owned]:
            self._read(control)

    def _read(self, control: Element) -> None:
        name, label = control.get("name") or "", self.page.label_of(control)
        kind = control.get("type", "text") if control.tag == "input" else str(control.tag)
        if kind == "button":
            self.buttons.append(control)
        elif kind == "file" and name:
            if not label:
                raise Unexpected(f"a box without words: {name}")
            self.files[name] = None
        elif not name or "disabled" in control.attrib:
            return  # never sent, like the mark that tells the forms of two people apart
        elif kind not in {*_TYPED, "select", "radio", "checkbox", "hidden"}:
            return
        elif kind == "select":
            options = self.page.all("option", within=control)
            choices = {o.get("value", words(o)): words(o) for o in options}
            chosen = [o.get("value", words(o)) for o in options if "selected" in o.attrib]
            value = chosen[-1] if chosen else next(iter(choices), None)
            self.boxes.append(Box(control, name, kind, label, value, choices))
        elif kind in {"radio", "checkbox"}:
            sent = control.get("value", "on")
            value = sent if "checked" in control.attrib else None
            self.boxes.append(Box(control, name, kind, label, value, {sent: label}))
        else:
            text = "".join(control.itertext()) if kind == "textarea" else control.get("value", "")
            self.boxes.append(Box(control, name, kind, label, text))

    def named(self, key: str) -> list[Box]:
        """Return the visible boxes with this name, or with these words."""
        visible = [box for box in self.boxes if box.kind != "hidden"]
        found = [box for box in visible if box.name == key]
        return found or [box for box in visible if box.label.casefold() == key.casefold()]

    def offers(self, key: str, answer: str) -> str | None:
        """Return the value behind a choice, named by value or by words; None if not offered."""
        pairs = [pair for box in self.named(key) for pair in box.choices.items()]
        for matches in (
            lambda value, _: value == answer,
            lambda _, shown: shown.casefold() == answer.casefold(),
            lambda _, shown: answer.casefold() in shown.casefold(),
        ):
            for value, shown in pairs:
                if value and matches(value, shown):
                    return value
        return None

    def fill(self, key: str, answer: str) -> list[Box]:
        """Answer a box or a group; return the boxes whose value changed.

        Raises Unexpected for a box without words; KeyError where the page does not offer it.
        """
        boxes = self.named(key)
        if not boxes:
            raise KeyError(key)
        nameless = [box.name for box in boxes if not box.label]
        if nameless:
            raise Unexpected(f"a box without words: {nameless[0]}")
        changed = []
        choice = answer
        if boxes[0].choices:
            offered = self.offers(key, answer)
            if offered is None:
                raise KeyError(key)
            choice = offered
        for box in boxes:
            value: str | None = choice
            if box.kind == "checkbox" and choice not in box.choices:
                continue
            if box.kind == "radio" and choice not in box.choices:
                value = None
            if box.value != value:
                box.value = value
                if value is not None:
                    changed.append(box)
        return changed

    def choose(self, file: File) -> None:
        """Choose a file in the one box for files. Raises Unexpected where there is none."""
        if len(self.files) != 1:
            raise Unexpected(f"{len(self.files)} boxes for a file")
        self.files[next(iter(self.files))] = file

    def hidden(self, name: str) -> str:
        """Return the value of a hidden box, for what a script sends beside the form."""
        return next(
            (b.value or "" for b in self.boxes if b.kind == "hidden" and b.name == name), ""
        )

    def tick_all(self) -> int:
        """Tick every box; return how many there are."""
        ticks = [box for box in self.boxes if box.kind == "checkbox"]
        for box in ticks:
            if not box.label:
                raise Unexpected(f"a box without words: {box.name}")
            box.value = next(iter(box.choices))
        return len(ticks)

    def button(self, name: str | None = None) -> Element | None:
        """Return the button of this name; by default the one that goes on, which has none."""
        return next((b for b in self.buttons if b.get("name") == name), None)

    def main_button(self) -> str | None:
        """Return the name of the button that goes on; None where it has no name."""
        return None if self.button() is not None else self.buttons[0].get("name")

    def pairs(self) -> list[tuple[str, str]]:
        """Return what would be sent without a button."""
        return [(box.name, box.value) for box in self.boxes if box.value is not None]


@dataclass
class Screen:
    """What the phone shows. document: the last whole page; main: what HTMX last put into it."""

    url: str
    status: int
    document: Page
    main: Page

    @property
    def heading(self) -> str:
        """The first heading."""
        return words(next(iter(self.main.all("h1")), None))

    def pages(self) -> Iterator[Page]:
        """Yield where to look for a link: first what changed, then what stands around it."""
        yield self.main
        if self.document is not self.main:
            yield self.document

    def forms(self) -> list[Form]:
        """Return the forms of the main part."""
        return [Form(self.main, e) for e in self.main.all("form")]

    def link(self, path_end: str) -> Element | None:
        """Return the first link whose path ends so, or that holds it with its query."""
        for page in self.pages():
            for link in page.all("a"):
                target = link.get("href") or ""
                if path_end in target if "?" in path_end else _path(target).endswith(path_end):
                    return link
        return None

    def text_of(self, css_class: str, *tags: str) -> str:
        """Return the words of the first element with a class."""
        return words(next(iter(self.main.with_class(css_class, *tags)), None))

    def mistakes(self) -> list[str]:
        """Return what the page says is wrong."""
        return [words(e) for e in self.main.with_class("err")]


def _path(url: str) -> str:
    return urlsplit(url).path


@dataclass
class _Kept:
    answer: Answer
    varies: dict[str, str]
    fresh_until: float


class Phone:
    """A phone on which one person uses the service. htmx: with scripts, and what HTMX then does."""

    def __init__(
        self,
        base: str,
        *,
        htmx: bool = False,
        patience_s: float = 60.0,
        source: str | None = None,
    ) -> None:
        """source: address that the phone has on the net; None for the machine's own."""
        self.origin = "{0.scheme}://{0.netloc}".format(urlsplit(base))
        self.htmx = htmx
        self.wire = Wire(self.origin, patience_s, source)
        self.cookies: dict[str, str] = {}
        self.exchanges: list[Exchange] = []
        self._kept: dict[str, _Kept] = {}
        self._loaded: set[str] = set()  # an icon is asked for once, whatever its headers say
        self.screen: Screen | None = None

    def close(self) -> None:
        """Hang up."""
        self.wire.close()

    # One request

    def fetch(
        self,
        url: str,
        kind: Kind,
        *,
        method: str = "GET",
        body: bytes | None = None,
        extra: Mapping[str, str] | None = None,
    ) -> Answer:
        """Return an answer, from the cache where a browser may, following redirects."""
        url = urljoin(self.screen.url if self.screen else self.origin, url)
        for _ in range(REDIRECTS_AT_MOST):
            headers = self._headers(url, kind, method, body, extra or {})
            kept = self._kept.get(url) if method == "GET" else None
            if kept and any(headers.get(name, "") != was for name, was in kept.varies.items()):
                kept = None
            if kept and time.monotonic() < kept.fresh_until:
                return kept.answer
            if kept and kept.answer.headers["ETag"]:
                headers["If-None-Match"] = kept.answer.headers["ETag"]
            answer = self._exchange(url, kind, method, headers, body)
            if answer.status == 304 and kept:
                return kept.answer
            if answer.status not in {301, 302, 303, 307, 308}:
                self._keep(answer, headers, method)
                return answer
            url = urljoin(url, answer.headers["Location"])
            if answer.status in {301, 302, 303}:
                method, body = "GET", None
        raise Unexpected(f"redirected in a circle: {_path(url)}")

    def _headers(
        self, url: str, kind: Kind, method: str, body: bytes | None, extra: Mapping[str, str]
    ) -> dict[str, str]:
        name = "page" if kind is Kind.PAGE else str(kind)
        headers = {"Host": urlsplit(url).netloc, "Connection": "keep-alive"}
        if body is not None:
            headers["Content-Length"] = str(len(body))
        if kind is Kind.PAGE and method == "POST":
            headers["Cache-Control"] = "max-age=0"
        headers |= {
            "sec-ch-ua": BRANDS,
            "sec-ch-ua-mobile": "?1",
            "sec-ch-ua-platform": '"Android"',
        }
        if method != "GET":
            headers["Origin"] = self.origin
        if method == "POST":
            charset = ";charset=UTF-8" if kind in {Kind.PART, Kind.UPLOAD} else ""
            headers["Content-Type"] = "application/x-www-form-urlencoded" + charset
        if kind is Kind.PAGE:
            headers["Upgrade-Insecure-Requests"] = "1"
        headers |= {
            "User-Agent": AGENT,
            **extra,
            "Accept": ACCEPTED[name],
            "Sec-Fetch-Site": "same-origin" if self.screen else "none",
            "Sec-Fetch-Mode": _MODE.get(name, "no-cors"),
        }
        if kind is Kind.PAGE:
            headers["Sec-Fetch-User"] = "?1"
        headers["Sec-Fetch-Dest"] = _DESTINATION.get(name, name)
        if self.screen:
            headers["Referer"] = self.screen.url
        headers |= {"Accept-Encoding": "br, gzip", "Accept-Language": LANGUAGES}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        return headers

    def _exchange(
        self, url: str, kind: Kind, method: str, headers: Mapping[str, str], body: bytes | None
    ) -> Answer:
        parts = urlsplit(url)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        tally = self.wire.tally
        up, down, started = tally.up, tally.down, time.monotonic()
        response, data = self.wire.send(method, target, headers, body)
        seconds = time.monotonic() - started
        self.exchanges.append(
            Exchange(
                kind, method, parts.path, response.status, tally.up - up, tally.down - down, seconds
            )
        )
        for line in response.headers.get_all("Set-Cookie") or []:
            self._take_cookie(line)
        coding = response.headers.get("Content-Encoding")
        if coding == "br":
            data = brotli.decompress(data)
        elif coding == "gzip":
            data = gzip.decompress(data)
        return Answer(url, response.status, response.headers, data)

    def _take_cookie(self, line: str) -> None:
        for name, morsel in SimpleCookie(line).items():
            if morsel.value and morsel["max-age"] != "0":
                self.cookies[name] = morsel.value
            else:
                self.cookies.pop(name, None)

    def _keep(self, answer: Answer, headers: Mapping[str, str], method: str) -> None:
        control = (answer.headers["Cache-Control"] or "").replace(" ", "").split(",")
        if method != "GET" or answer.status != 200 or "no-store" in control:
            return
        age = next((int(c[8:]) for c in control if c.startswith("max-age=")), 0)
        names = [n.strip() for n in (answer.headers["Vary"] or "").split(",") if n.strip()]
        varies = {name: headers.get(name, "") for name in names}
        self._kept[answer.url] = _Kept(answer, varies, time.monotonic() + age)

    # A whole page

    def visit(
        self,
        url: str,
        *,
        method: str = "GET",
        body: bytes | None = None,
        extra: Mapping[str, str] | None = None,
    ) -> Screen:
        """Go to an address, with all that the page loads."""
        return self._show(self.fetch(url, Kind.PAGE, method=method, body=body, extra=extra))

    def _show(self, answer: Answer) -> Screen:
        page = Page(answer.text)
        self.screen = Screen(answer.url, answer.status, page, page)
        for kind, address in self._parts(page):
            if address not in self._loaded:
                if kind is Kind.IMAGE:
                    self._loaded.add(address)
                self.fetch(address, kind)
        return self.screen

    def _parts(self, page: Page) -> Iterator[tuple[Kind, str]]:
        for link in page.all("link"):
            kind = {"stylesheet": Kind.STYLE, "icon": Kind.IMAGE}.get(link.get("rel") or "")
            if kind and link.get("href"):
                yield kind, link.get("href") or ""
        for script in page.all("script"):
            if self.htmx and script.get("src"):
                yield Kind.SCRIPT, script.get("src") or ""
        for image in page.all("img"):
            yield Kind.IMAGE, image.get("src") or ""

    def fetch_file(self, url: str) -> Answer:
        """Open a file; the screen stays as it is, since a phone opens it in another app."""
        return self.fetch(url, Kind.PAGE)

    # What a finger does

    def click(self, link: Element) -> Screen:
        """Follow a link, by HTMX where the link asks for that."""
        assert self.screen
        if self.htmx and link.get("hx-get"):
            return self._ask("GET", link.get("hx-get") or "", link, [], page_of=link)
        return self.visit(link.get("href") or "")

    def type_in(self, form: Form, key: str, answer: str) -> bool:
        """Fill a box. HTMX may then ask for what depends on it: True when the page changed."""
        swapped = False
        for box in form.fill(key, answer):
            if self.htmx:
                swapped = self._changed(form, box) or swapped
        return swapped

    def _changed(self, form: Form, box: Box) -> bool:
        """Ask for what depends on a changed box: its own hx-get, or of parts that listen to it."""
        own = [box.element] if box.element.get("hx-get") else []
        listening = [
            part
            for part in self._main().all(within=form.element)
            if part.get("hx-get") and self._listens(form, part, box)
        ]
        _store(form)
        for element in own + listening:
            pairs = [(box.name, box.value or "")] if element is box.element else []
            included = self._chosen(form, element.get("hx-include"))
            pairs += [pair for pair in included if pair not in pairs]
            self._ask("GET", element.get("hx-get") or "", element, pairs)
        return bool(own + listening)

    def _listens(self, form: Form, part: Element, box: Box) -> bool:
        """Return whether a change wakes a part; with our data-needs, once all are filled."""
        triggers = (part.get("hx-trigger") or "").split(",")
        sources = [t.strip().removeprefix("change from:") for t in triggers if "from:" in t]
        if not any(_fits(form, box, source) for source in sources):
            return False
        needed = (part.get("data-needs") or "").split(",")
        return all(
            each.value for name in needed for each in form.boxes if _fits(form, each, name.strip())
        )

    @staticmethod
    def _chosen(form: Form, selectors: str | None) -> list[tuple[str, str]]:
        wanted = [selector.strip() for selector in (selectors or "").split(",")]
        return [
            (box.name, box.value)
            for box in form.boxes
            if box.value is not None and any(_fits(form, box, each) for each in wanted)
        ]

    def press(self, form: Form, name: str | None = None) -> Screen:
        """Press a button of a form."""
        assert self.screen
        button = form.button(name)
        if button is None:
            raise Unexpected(f"no button {name or 'to go on'} at {_path(self.screen.url)}")
        pairs = form.pairs()
        if button.get("name"):
            pairs.append((button.get("name") or "", button.get("value") or ""))
        address = form.element.get("hx-post") if self.htmx else None
        if address:
            return self._ask("POST", address, form.element, pairs)
        target = button.get("formaction") or form.action or _path(self.screen.url)
        if form.method == "get":
            return self.visit(f"{target}?{urlencode(pairs)}")
        if form.element.get("enctype") == "multipart/form-data":
            mark = f"----WebKitFormBoundary{secrets.token_hex(8)}"
            return self.visit(
                target,
                method="POST",
                body=_multipart(mark, pairs, form.files),
                extra={"Content-Type": f"multipart/form-data; boundary={mark}"},
            )
        return self.visit(target, method="POST", body=urlencode(pairs).encode())

    # What the script of a page for papers does (static/js/upload.js; nothing is made smaller here)

    def send_in_parts(self, form: Form, file: File, *, loses_line: bool = False) -> Screen:
        """Send a file part by part, and go where the last answer says.

        loses_line: the answer to the first part never arrives, so the phone asks how much is there.
        Raises Unexpected where the file is refused.
        """
        begin = form.element.get("data-parts") or ""
        token = {"X-CSRFToken": form.hidden("csrf_token")}
        fields = {name: form.hidden(name) for name in ("kunci", "untuk_berkas")}
        fields |= {"ukuran": str(len(file.content)), "jenis": file.kind}
        fields["percobaan"] = secrets.token_hex(8)
        said = self._script("POST", begin, urlencode(fields).encode(), token)
        upload = begin.partition("untuk/")[0] + f"unggahan/{said['code']}"
        lost = False
        while not said["next"]:
            at = int(said["offset"])
            part = file.content[at : at + int(said["part"])]
            answer = self._send_part(upload, part, {**token, "Upload-Offset": str(at)})
            if loses_line and not lost:
                lost = True
                answer = self._script("GET", upload, None, token)
                if answer["offset"] != at + len(part):
                    raise Unexpected("what arrived before the line was lost is gone")
            said = answer
        return self.visit(said["next"])

    def _send_part(self, upload: str, part: bytes, headers: Mapping[str, str]) -> dict[str, Any]:
        """Send a part; where it had arrived before, ask how much is there, as the script does."""
        sent = self.fetch(upload, Kind.UPLOAD, method="PUT", body=part, extra=headers)
        if sent.status == 409:
            return self._script("GET", upload, None, headers)
        return self._said(sent, "PUT")

    def _script(
        self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]
    ) -> dict[str, Any]:
        return self._said(
            self.fetch(url, Kind.UPLOAD, method=method, body=body, extra=headers), method
        )

    @staticmethod
    def _said(answer: Answer, method: str) -> dict[str, Any]:
        if answer.status >= 300:
            raise Unexpected(
                f"{answer.status} at {method} {_path(answer.url)}: {answer.text[:200]}"
            )
        said: dict[str, Any] = json.loads(answer.text)
        return said

    # What HTMX does

    def _main(self) -> Page:
        assert self.screen
        return self.screen.main

    def _ask(
        self,
        method: str,
        address: str,
        source: Element,
        pairs: list[tuple[str, str]],
        *,
        page_of: Element | None = None,
    ) -> Screen:
        assert self.screen
        target_id = (source.get("hx-target") or "").removeprefix("#") or source.get("id") or ""
        target = "main#isi" if target_id == "isi" else self._named(target_id)
        # static/js/glue.js takes HX-Source and HX-Current-URL out: nothing here reads them.
        extra = {"HX-Request": "true", "HX-Target": target, "HX-Request-Type": "partial"}
        body = urlencode(pairs).encode() if method == "POST" else None
        if method == "GET" and pairs:
            address += ("&" if "?" in address else "?") + urlencode(pairs)
        answer = self.fetch(address, Kind.PART, method=method, body=body, extra=extra)
        if answer.headers["HX-Redirect"]:
            return self.visit(answer.headers["HX-Redirect"])
        self._swap(target_id, answer)
        pushed = answer.headers["HX-Push-Url"]
        if not pushed and page_of is not None and page_of.get("hx-push-url") == "true":
            pushed = answer.url
        if pushed:
            self.screen.url = urljoin(self.screen.url, pushed)
        return self.screen

    def _named(self, element_id: str) -> str:
        element = self._main().by_id(element_id)
        if element is None:
            raise Unexpected(f"HTMX has no target #{element_id}")
        return f"{element.tag}#{element_id}"

    def _swap(self, target_id: str, answer: Answer) -> None:
        assert self.screen
        part = Page(answer.text)
        if target_id == "isi":
            if part.is_document:
                raise Unexpected(f"HTMX got a whole page from {_path(answer.url)}")
            self.screen.main = part
            self.screen.status = answer.status
            return
        main = self.screen.main
        element = main.by_id(target_id)
        assert element is not None
        for child in list(element):
            element.remove(child)
        element.text = part.root.text
        element.extend(list(part.root))
        main.parents = {child: parent for parent in main.root.iter() for child in parent}


def _multipart(mark: str, pairs: list[tuple[str, str]], files: Mapping[str, File | None]) -> bytes:
    """Return what a browser sends of a form with files, also where none is chosen."""
    body = b"".join(
        f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in pairs
    )
    for name, chosen in files.items():
        file = chosen or File("", "application/octet-stream", b"")
        head = f'form-data; name="{name}"; filename="{file.name}"\r\nContent-Type: {file.kind}'
        body += f"--{mark}\r\nContent-Disposition: {head}\r\n\r\n".encode()
        body += file.content + b"\r\n"
    return body + f"--{mark}--\r\n".encode()


def _fits(form: Form, box: Box, selector: str) -> bool:
    """Return whether a selector means a box: the few kinds of selector that our pages use."""
    element = box.element
    return selector in {
        "closest form",
        f"#{form.element.get('id')}",
        f"#{element.get('id')}",
        f"[name={box.name}]",
    }


def _store(form: Form) -> None:
    """Write what was typed into the page, so that a form read again after a swap still has it."""
    for box in form.boxes:
        if box.kind == "select":
            for option in form.page.all("option", within=box.element):
                option.attrib.pop("selected", None)
                if option.get("value", words(option)) == box.value:
                    option.set("selected", "")
        elif box.kind in {"radio", "checkbox"}:
            box.element.attrib.pop("checked", None)
            if box.value is not None:
                box.element.set("checked", "")
        elif box.kind != "textarea":
            box.element.set("value", box.value or "")
