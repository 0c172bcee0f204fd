"""A test client that reads every page as strictly as a browser, a screen reader and a person would.

It also reads the page's own forms, so that tests send what a person could send and nothing else.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit
from xml.etree.ElementTree import Element

import brotli
import html5lib
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

HTMX = {"HX-Request": "true", "HX-Request-Type": "partial", "HX-Target": "main#isi"}

# POST forms without a one-time key, and why sending them twice does no harm.
WITHOUT_KEY = {
    "/berkas/lanjut": "opening a file twice opens it once; a waiting step brings its own key",
    "/berkas/selesai": "leaving twice is leaving once",
    "/berkas/perangkat": "said twice it is the same",
    "/petugas/masuk": "a code works once, so the second time opens nothing",
    "/petugas/buka": "going on twice is going on once",
    "/petugas/kunci": "locking twice is locking once",
    "/petugas/selesai": "closed twice it is closed",
    "/petugas/pulang": "leaving twice is leaving once",
    "/petugas/cari": "it only looks",
    "/petugas/pilih": "the same password and PIN are kept again",
}
# Forms without a token: of a page that is the same for everybody (routes/help/topics.py says why
# that is safe; sent twice it counts twice), or shown to a browser that may not be given a cookie
# just then (routes/journey/resume.py asks the browser who sent them).
# Or it only locks the desk: whoever makes a browser send that gains nothing.
WITHOUT_TOKEN = re.compile(
    r"/bantuan/[a-z0-9-]+/jelas|/berkas/(perangkat|selesai)|/petugas/(kunci|selesai|pulang)"
)
MARK = re.compile("[0-9a-f]{12}")
SHELL_IDS = frozenset({"isi"})  # stand outside what HTMX swaps
PHRASING_ONLY = frozenset(
    {"a", "b", "button", "dt", "h1", "h2", "h3", "label", "p", "small", "span", "strong", "summary"}
)
BLOCKS = frozenset(
    {"article", "details", "div", "dl", "fieldset", "footer", "form", "h1", "h2", "h3", "header"}
    | {"main", "nav", "ol", "p", "section", "table", "ul"}
)
# What a mistake in a template or a text leaves behind on a page.
LEAKS = re.compile(
    r"\bNone\b(?!\?)|\{\{|\}\}|\{%|%\(|\{[a-z_]+\}|&(?:amp|lt|gt|quot|#\d+);"
    r"|<(?:function|class|bound)|LazyString|\bUndefined\b|\b[A-Z][A-Za-z]+\.[A-Z][A-Z_]{2,}\b"
)
# What a text browser sets into the line; all else starts a line of its own or is drawn apart.
# w3m, lynx and elinks do not know what is younger than they are: they set that into the line too.
_IN_LINE = frozenset(
    {"a", "abbr", "b", "bdi", "cite", "code", "em", "i", "kbd", "label", "output", "q", "small"}
    | {"span", "strong", "sub", "sup", "time", "u", "var"}
    | {"article", "aside", "button", "details", "fieldset", "figure", "footer", "header", "legend"}
    | {"main", "nav", "progress", "section", "summary"}
)
_UNREAD = frozenset({"head", "script", "style", "template", "title", "option", "svg", ""})
_ENDS = frozenset(".,:;?!…)”%✓")
_LEAKY_ATTRIBUTES = ("value", "href", "action", "aria-label", "title", "placeholder", "alt")


class Page:
    """A parsed answer: a whole document, the inside of the main part, or a smaller fragment."""

    def __init__(self, html: str) -> None:
        self.html = html
        self.is_document = html.lstrip()[:9].lower() == "<!doctype"
        parser = html5lib.HTMLParser(
            tree=html5lib.getTreeBuilder("etree"), namespaceHTMLElements=False
        )
        if self.is_document:
            self.root: Element = parser.parse(html)
        else:
            self.root = parser.parseFragment(html, container="main")
        self.parse_errors = [f"{code} {values} at {at}" for at, code, values in parser.errors]
        self.parents = {child: parent for parent in self.root.iter() for child in parent}

    def all(self, *tags: str, within: Element | None = None) -> list[Element]:
        """Return the elements with one of these tags (all elements without), in page order."""
        found = (self.root if within is None else within).iter()
        return [e for e in found if isinstance(e.tag, str) and (not tags or _tag(e) in tags)]

    def one(self, tag: str) -> Element:
        """Return the only element with this tag."""
        found = self.all(tag)
        assert len(found) == 1, f"{len(found)} × <{tag}>"
        return found[0]

    def by_id(self, name: str) -> Element | None:
        """Return the element with this id."""
        return next((e for e in self.all() if e.get("id") == name), None)

    def with_class(self, name: str, *tags: str) -> list[Element]:
        """Return the elements that carry a class."""
        return [e for e in self.all(*tags) if name in (e.get("class") or "").split()]

    def above(self, element: Element) -> Iterator[Element]:
        """Yield what an element stands in, from the inside out."""
        at: Element | None = self.parents.get(element)
        while at is not None:
            yield at
            at = self.parents.get(at)

    def is_inside(self, element: Element, *tags: str) -> bool:
        """Return whether an element stands in one with such a tag."""
        return any(_tag(outer) in tags for outer in self.above(element))

    def label_of(self, box: Element) -> str:
        """Return the words that name a box: of its label or aria-label."""
        for label in self.all("label"):
            if box.get("id") and label.get("for") == box.get("id"):
                return words(label)
        for outer in self.above(box):
            if _tag(outer) == "label":
                return words(outer)
        return (box.get("aria-label") or "").strip()


def _tag(element: Element) -> str:
    name = element.tag
    return name.rpartition("}")[2] if isinstance(name, str) else ""


def body_of(response: TestResponse) -> str:
    """Return the text of an answer, unpacked."""
    data = response.get_data()
    encoding = response.headers.get("Content-Encoding")
    if encoding == "br":
        data = brotli.decompress(data)
    elif encoding == "gzip":
        data = gzip.decompress(data)
    return data.decode("utf-8")


def parse(response: TestResponse | str) -> Page:
    """Return an answer as a page. An answer is read once, however often it is asked."""
    if isinstance(response, str):
        return Page(response)
    page: Page | None = getattr(response, "read_as", None)
    if page is None:
        page = Page(body_of(response))
        response.read_as = page  # type: ignore[attr-defined]
    return page


def words(node: Page | Element | TestResponse | None) -> str:
    """Return the visible text of a node, spaces tidied. Scripts and hidden parts say nothing."""
    if node is None:
        return ""
    if isinstance(node, TestResponse):
        node = parse(node)
    parts: list[str] = []

    def collect(element: Element) -> None:
        if not isinstance(element.tag, str) or _tag(element) in {"script", "style", "title"}:
            return
        parts.append(element.text or "")
        for child in element:
            if "hidden" not in child.attrib:
                collect(child)
            parts.append(child.tail or "")

    collect(node.root if isinstance(node, Page) else node)
    return " ".join("".join(parts).split())


def title_of(page: Page) -> str:
    """Return the title, also of a fragment that carries one for HTMX."""
    titles = [e for e in page.all("title") if not page.is_inside(e, "svg")]
    return " ".join("".join(titles[0].itertext()).split()) if titles else ""


def faults(page: Page, path: str) -> list[str]:
    """Return what is wrong with a page that was sent for this path; one sentence a fault."""
    found = [f"HTML: {error}" for error in page.parse_errors]
    found += _shape_faults(page, path)
    found += _nesting_faults(page)
    found += _reference_faults(page)
    found += _box_faults(page)
    found += _form_faults(page)
    found += _picture_faults(page)
    found += _leaks(page)
    found += _glued(page)
    return found


def _shape_faults(page: Page, path: str) -> list[str]:
    found = []
    title, headings = title_of(page), page.all("h1")
    carries_main = page.is_document or bool(title)
    if page.is_document:
        inner = re.sub(r"^/latihan(?=/en(/|$))", "", path)  # the practice space has its own English
        expected = "en" if inner == "/en" or inner.startswith("/en/") else "id"
        language = page.one("html").get("lang")
        if language != expected:
            found.append(f"lang is {language} at {path}")
        if len(page.all("main")) != 1:
            found.append("there is not exactly one main part")
    if carries_main:
        if len(headings) != 1:
            found.append(f"{len(headings)} × h1")
        elif not _title_fits(title, words(headings[0])):
            found.append(f"title “{title}” does not start with the h1 “{words(headings[0])}”")
    elif headings:
        found.append("a small fragment has an h1")
    level = 0
    for heading in page.all("h1", "h2", "h3", "h4", "h5", "h6"):
        here = int(_tag(heading)[1])
        if here > level + 1 and level:
            found.append(f"heading “{words(heading)}” skips a level")
        level = here
        if not words(heading):
            found.append("a heading is empty")
    return found


def _title_fits(title: str, heading: str) -> bool:
    """Return whether the title starts with the h1, or says first that something is to be mended."""
    return bool(heading) and (
        title.startswith(heading) or title.partition(": ")[2].startswith(heading)
    )


def _nesting_faults(page: Page) -> list[str]:
    found = []
    for element in page.all():
        tag = _tag(element)
        outer = page.parents.get(element)
        outer_tag = _tag(outer) if outer is not None else ""
        if tag in BLOCKS and outer_tag in PHRASING_ONLY:
            allowed = (outer_tag == "a" and tag not in {"form"}) or (
                outer_tag == "summary" and tag in {"h1", "h2", "h3"}
            )
            if not allowed:
                found.append(f"<{tag}> stands in <{outer_tag}>")
        if outer_tag in {"ul", "ol"} and tag not in {"li", "script", "template"}:
            found.append(f"<{tag}> stands directly in <{outer_tag}>")
        if outer_tag == "dl" and tag not in {"dt", "dd", "div", "script", "template"}:
            found.append(f"<{tag}> stands directly in <dl>")
        in_group = outer_tag == "div" and _tag(page.parents.get(outer, outer)) == "dl"
        if in_group and tag not in {"dt", "dd", "script", "template"}:
            found.append(f"<{tag}> stands in a <div> of a <dl>: only dt and dd may")
        if tag in {"a", "button", "input", "select", "textarea", "details"}:
            inside = [_tag(e) for e in page.above(element)]
            if {"a", "button"} & set(inside):
                found.append(f"<{tag}> stands in another control")
    return found


def _reference_faults(page: Page) -> list[str]:
    ids = [e.get("id", "") for e in page.all() if e.get("id") is not None]
    found = [f"id “{name}” stands {n} times" for name, n in Counter(ids).items() if n > 1]
    found += [f"id “{name}” is empty or has a space" for name in ids if not name or " " in name]
    known = set(ids) | (set() if page.is_document else SHELL_IDS)
    is_part = not page.is_document and not title_of(page)
    for element in page.all():
        names: list[str] = []
        for attribute in ("aria-describedby", "aria-labelledby", "aria-controls", "for"):
            names += (element.get(attribute) or "").split()
        for attribute in ("href", "hx-target"):
            value = element.get(attribute) or ""
            if value.startswith("#"):
                names.append(value[1:])
        for name in names:
            if name not in known and not is_part:
                found.append(f"<{_tag(element)}> points to “{name}”, which is not there")
        form = element.get("form")
        if form is not None and not any(f.get("id") == form for f in page.all("form")):
            found.append(f"<{_tag(element)}> belongs to form “{form}”, which is not there")
    return found


def _box_faults(page: Page) -> list[str]:
    found = []
    for box in page.all("input", "select", "textarea"):
        kind = box.get("type", "text")
        if kind in {"hidden", "submit", "button", "image", "reset"}:
            continue
        name = box.get("name") or box.get("id") or "?"
        if not page.label_of(box):
            found.append(f"box “{name}” has no label")
        if kind == "radio" and not any(
            _tag(outer) == "fieldset" and words(next(iter(page.all("legend", within=outer)), None))
            for outer in page.above(box)
        ):
            found.append(f"choice “{name}” stands in no fieldset with a legend")
        if box.get("aria-invalid") == "true" and not box.get("aria-describedby"):
            found.append(f"box “{name}” is wrong and nothing describes why")
    for control in page.all("button", "a"):
        # Only Enter presses it, or the script fills it before it shows it.
        unseen = any("hidden" in each.attrib for each in (control, *page.above(control)))
        if not (unseen or words(control) or (control.get("aria-label") or "").strip()):
            found.append(f"<{_tag(control)}> has no text")
        if _tag(control) == "a" and not control.get("href"):
            found.append(f"link “{words(control)}” leads nowhere")
    for option in page.all("option", "optgroup"):
        if not (option.get("label") or words(option)):
            found.append("an option has no text")
    return found


def _form_faults(page: Page) -> list[str]:
    found = []
    for form in page.all("form"):
        action = form.get("action") or ""
        if not action.startswith("/"):
            found.append(f"form has no address of ours: “{action}”")
        names = {e.get("name") for e in page.all("input", within=form)}
        inner = re.sub(r"^(/latihan(?=/(en|berkas)/))?(/en(?=/|$))?", "", urlsplit(action).path)
        if not _own_to_restore(page, form):
            found.append(f"form {action} gives the words of one person to the next")
        if WITHOUT_TOKEN.fullmatch(inner):
            continue
        if (form.get("method") or "get").lower() == "get":
            if "csrf_token" in names:
                found.append(f"form {action} sends its token in the address")
            continue
        if "csrf_token" not in names:
            found.append(f"form {action} has no csrf_token")
        if "kunci" not in names and inner not in WITHOUT_KEY:
            found.append(f"form {action} has no one-time key")
        buttons = page.all("button", within=form)
        if not any(button.get("type", "submit") == "submit" for button in buttons):
            found.append(f"form {action} has no button")
    return found


def _own_to_restore(page: Page, form: Element) -> bool:
    """Return whether a browser that goes back tells this form from that of another person.

    It knows a form by its address and the names of its first two boxes; it puts nothing back where
    autocomplete is off.
    """
    boxes = [e for e in page.all("input", "select", "textarea", within=form) if e.get("name")]
    if form.get("autocomplete") == "off" or all(e.get("type") == "hidden" for e in boxes):
        return True
    return any("disabled" in e.attrib and MARK.fullmatch(e.get("name", "")) for e in boxes[:2])


def _picture_faults(page: Page) -> list[str]:
    found = []
    for element in page.all():
        tag = _tag(element)
        for attribute in element.attrib:
            if str(attribute).startswith("on"):
                found.append(f"<{tag}> has the attribute {attribute}")
        if "style" in element.attrib:
            found.append(f"<{tag}> has an inline style")
        if tag == "script" and not (element.get("src") or "").startswith("/"):
            found.append("a script stands in the page")
        if tag == "style" and not page.is_inside(element, "head"):
            found.append("styles stand outside the head")
        for attribute in ("src", "href") if tag != "a" else ():
            value = element.get(attribute)
            if value is not None and not re.match(r"/(?!/)|#", value):
                found.append(f"<{tag}> loads “{value}” from elsewhere")
        if (element.get("href") or "").lower().startswith("javascript:"):
            found.append("a link runs script")
        if tag == "img" and element.get("alt") is None:
            found.append("a picture has no alt")
        if tag == "svg" and element.get("aria-hidden") != "true" and not element.get("aria-label"):
            found.append("a drawing is neither hidden nor named")
    return found


def _leaks(page: Page) -> list[str]:
    texts = [words(page), title_of(page)]
    for element in page.all():
        texts += [element.get(a) or "" for a in _LEAKY_ATTRIBUTES if element.get(a)]
    found = []
    for text in texts:
        for match in LEAKS.finditer(text):
            around = text[max(0, match.start() - 30) : match.end() + 30]
            found.append(f"“{match.group()}” stands on the page: …{around}…")
    return found


def _glued(page: Page) -> list[str]:
    """Return words that a browser without our sheet shows as one: only blanks part them there."""
    found: list[str] = []
    before, crossed = "", False

    def take(text: str) -> None:
        nonlocal before, crossed
        if not text:
            return
        if crossed and text[0].isalnum() and (before[-1:].isalnum() or before[-1:] in _ENDS):
            found.append(f"“{before[-20:]}” and “{text[:20]}” stand together as one word")
        before, crossed = text, False

    def collect(element: Element) -> None:
        nonlocal before, crossed
        tag = _tag(element)
        if tag in _UNREAD or "hidden" in element.attrib:
            return
        apart = tag not in _IN_LINE or "hx-swap-oob" in element.attrib
        before, crossed = ("", False) if apart else (before, True)
        take(element.text or "")
        for child in element:
            collect(child)
            take(child.tail or "")
        before, crossed = ("", False) if apart else (before, True)

    collect(page.root)
    return found


# What differs each time although the page is the same.
_TOKEN = re.compile(r"""(name="(?:csrf_token|kunci|untuk_berkas)"[^>]* value=")[^"]+""")
_known_faults: dict[bytes, tuple[str, ...]] = {}


def _faults_of(response: TestResponse, text: str, path: str) -> tuple[str, ...]:
    """Return the faults of an answer; one that differs in its tokens alone was judged before."""
    same = _TOKEN.sub(r"\1", text)
    key = hashlib.sha256(f"{path} {same}".encode()).digest()
    if key not in _known_faults:
        _known_faults[key] = tuple(faults(parse(response), path))
    return _known_faults[key]


class CheckingClient(FlaskClient):
    """Checks every HTML answer.

    unchecked: words of faults that a test provokes on purpose. speaks: the translations that its
    test has put in place of the usual ones, by name.
    """

    unchecked: tuple[str, ...] = ()
    speaks = ""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        response = super().open(*args, **kwargs)
        response.sent_by = self  # type: ignore[attr-defined]
        if response.mimetype == "text/html" and not 300 <= response.status_code < 400:
            text = body_of(response)
            if text and response.request.method != "HEAD":
                path = response.request.path
                found = [
                    fault
                    for fault in _faults_of(response, text, path)
                    if not any(skipped in fault for skipped in self.unchecked)
                ]
                shown = "\n  ".join(found)
                assert not found, (
                    f"{response.request.method} {path} ({response.status_code}):\n  {shown}"
                )
        return response


def here(response: TestResponse) -> str:
    """Return the path that the person sees now: where HTMX says, or what was asked."""
    pushed = response.headers.get("HX-Push-Url")
    return urlsplit(pushed).path if pushed else str(response.request.path)


@dataclass
class Box:
    """One named control. value: what would be sent; options: (value, words) to choose from."""

    name: str
    kind: str
    label: str
    value: str | None
    options: list[tuple[str, str]] = field(default_factory=list)


class Form:
    """A form as it stands on a page: filled by name or label, sent by one of its buttons."""

    def __init__(self, response: TestResponse, page: Page, element: Element) -> None:
        self.client: FlaskClient = response.sent_by  # type: ignore[attr-defined]
        self.page = page
        self.method = (element.get("method") or "get").lower()
        self.action = element.get("action") or response.request.path
        self.boxes: list[Box] = []
        self.buttons: list[Element] = []
        outside = [
            e for e in page.all() if element.get("id") and e.get("form") == element.get("id")
        ]
        for control in [*page.all(within=element), *outside]:
            self._read(control)

    def _read(self, control: Element) -> None:
        tag, name = _tag(control), control.get("name") or ""
        if tag == "button":
            self.buttons.append(control)
            return
        if not name or "disabled" in control.attrib:
            return
        label = self.page.label_of(control)
        if tag == "select":
            options = self.page.all("option", within=control)
            pairs = [(o.get("value", words(o)), words(o)) for o in options]
            chosen = [o for o in options if "selected" in o.attrib] or options[:1]
            value = chosen[-1].get("value", words(chosen[-1])) if chosen else None
            self.boxes.append(Box(name, "select", label, value, pairs))
        elif tag == "textarea":
            self.boxes.append(Box(name, "text", label, "".join(control.itertext())))
        elif tag == "input":
            kind = control.get("type", "text")
            if kind in {"radio", "checkbox"}:
                value = control.get("value", "on")
                on = "checked" in control.attrib
                self.boxes.append(Box(name, kind, label, value if on else None, [(value, label)]))
            elif kind not in {"submit", "button", "image", "reset"}:
                self.boxes.append(Box(name, kind, label, control.get("value", "")))

    @property
    def names(self) -> set[str]:
        """Return the names of its boxes."""
        return {box.name for box in self.boxes}

    def box(self, key: str) -> list[Box]:
        """Return the boxes with this name or label."""
        found = [b for b in self.boxes if b.name == key] or [
            b for b in self.boxes if b.label == key and b.kind != "hidden"
        ]
        assert found, f"no box “{key}” in {self.action}: {sorted(self.names)}"
        return found

    def __getitem__(self, key: str) -> str | None:
        """Return what a box holds now; None for choices without a tick."""
        return next((b.value for b in self.box(key) if b.value is not None), None)

    def ticked(self, name: str) -> list[str]:
        """Return the ticked values of a group."""
        return [b.value for b in self.box(name) if b.value is not None]

    def can(self, key: str, answer: object) -> bool:
        """Return whether an answer could be given on this page."""
        boxes = [b for b in self.boxes if key in (b.name, b.label)]
        if not boxes:
            return False
        if boxes[0].kind in {"select", "radio"}:
            pairs = [pair for b in boxes for pair in b.options]
            return any(answer in (value, text) for value, text in pairs)
        return True

    def fill(self, answers: Mapping[str, object] | None = None, **named: object) -> Form:
        """Answer boxes, by name or label. A set ticks its values, True all and False none.

        Choices go by value or by words; a choice that the page does not offer fails.
        """
        for key, answer in {**(answers or {}), **named}.items():
            boxes = self.box(key)
            kind = boxes[0].kind
            if kind == "checkbox":
                for box in boxes:
                    value = box.options[0][0]
                    on = answer if isinstance(answer, bool) else value in _as_set(answer)
                    box.value = value if on else None
                continue
            if kind not in {"select", "radio"}:
                boxes[0].value = str(answer)
                continue
            assert self.can(key, answer), f"“{key}” does not offer “{answer}”"
            for box in boxes:
                match = next((v for v, text in box.options if answer in (v, text)), None)
                if kind == "radio" or match is not None:
                    box.value = match
        return self

    def button(self, key: str | None = None) -> Element:
        """Return the button with this name, value or text; by default the one that goes on."""
        for button in self.buttons:
            if key is not None and key in (button.get("name"), button.get("value"), words(button)):
                return button
        assert key is None, f"no button “{key}” in {self.action}"
        usual = [b for b in self.buttons if not b.get("name")]
        assert usual, f"no button without a name in {self.action}"
        return usual[0]

    def has_button(self, name: str) -> bool:
        """Return whether a button has this name."""
        return any(button.get("name") == name for button in self.buttons)

    def data(self, button: str | None = None) -> list[tuple[str, str]]:
        """Return what would be sent, in page order, the pressed button last."""
        pairs = [(b.name, b.value) for b in self.boxes if b.value is not None]
        pressed = self.button(button)
        if pressed.get("name"):
            pairs.append((pressed.get("name", ""), pressed.get("value", "")))
        return pairs

    def submit(
        self,
        button: str | None = None,
        *,
        htmx: bool = False,
        follow: bool = True,
        without: Collection[str] = (),
        headers: Mapping[str, str] | None = None,
    ) -> TestResponse:
        """Send the form as a browser does, or as HTMX does; return where it leads."""
        pressed = self.button(button)
        pairs = [(k, v) for k, v in self.data(button) if k not in without]
        address = pressed.get("formaction") or self.action
        sent = {**(HTMX if htmx else {}), **(headers or {})}
        if self.method == "get":
            return self.client.get(f"{address}?{urlencode(pairs)}", headers=sent)
        response = self.client.post(
            address,
            data=urlencode(pairs),
            content_type="application/x-www-form-urlencoded",
            headers=sent,
        )
        return follow_on(response) if follow else response


def follow_on(response: TestResponse) -> TestResponse:
    """Go where a 303 or HX-Redirect leads, as the browser does by itself."""
    for _ in range(5):
        target = response.headers.get("HX-Redirect")
        if response.status_code in {301, 302, 303}:
            target = response.headers["Location"]
        if target is None:
            return response
        response = response.sent_by.get(target)  # type: ignore[attr-defined]
    raise AssertionError("redirected in a circle")


def _as_set(answer: object) -> set[object]:
    return set(answer) if isinstance(answer, (set, frozenset, list, tuple)) else {answer}


def form_of(response: TestResponse, action: str | None = None) -> Form:
    """Return a form of a page: by the end of its address, else that with id f or the only one."""
    page = parse(response)
    forms = page.all("form")
    if action is not None:
        forms = [f for f in forms if (f.get("action") or "").endswith(action)]
    elif len(forms) > 1:
        forms = [f for f in forms if f.get("id") == "f"]
    assert len(forms) == 1, f"{len(forms)} forms at {response.request.path}"
    return Form(response, page, forms[0])


def links_of(page: Page, css_class: str | None = None) -> list[tuple[str, str]]:
    """Return (address, words) of the links, those of a class if one is named."""
    found = page.with_class(css_class, "a") if css_class else page.all("a")
    return [(link.get("href") or "", words(link)) for link in found]


def main_words(response: TestResponse | Page) -> str:
    """Return the words of the main part, of a page or of what HTMX swaps into one."""
    page = response if isinstance(response, Page) else parse(response)
    main = page.by_id("isi") if page.is_document else page.root
    assert main is not None
    switch = page.by_id("bahasa")
    text = words(main)
    return text if page.is_document or switch is None else text.removesuffix(words(switch)).strip()
