"""Papers over HTTP: the list, a page for each, sending whole and in parts, looking, undoing."""

from __future__ import annotations

import errno
import json
import os
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO

import pytest
from PIL import Image
from pypdf.generic import NameObject
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from app.adapters import bounded
from app.adapters.files import FilesUnavailable, ObjectStoreFiles
from app.config import ObjectStore
from app.domain.dossier.attachments import PART_AT_MOST_BYTES, PART_BYTES, RECEIVED_AT_MOST_BYTES
from app.extensions import db, ports
from app.models.attachment import Attachment, FileDisposal, Upload
from app.models.dossier import Dossier
from app.routes.journey.attachments import BODY_AT_MOST
from app.services.base.post_keys import new_key
from app.services.papers import taking
from app.services.papers import wanted as papers_wanted
from app.services.reference.book import get_book
from tests import papers
from tests.client import CheckingClient, body_of, form_of, here, links_of, parse, words
from tests.factories import (
    HIGH,
    LOW,
    at_once,
    count,
    logged,
    looking,
    open_dossier,
    open_in,
    rows,
    sent_dossier,
)
from tests.pages import PREFIXES
from tests.pseudo import bare_words
from tests.services.papers.test_taking import NAMES_PAPERS
from tests.tools.bucket import KEY, REGION, SECRET, served

LIST = "/berkas/lampiran"
PAGE = f"{LIST}/untuk/lahan-0"
both_languages = pytest.mark.parametrize("language", PREFIXES)


@pytest.fixture
def dossier_id(app, client) -> int:
    """A dossier that needs papers, open in the client."""
    return open_dossier(app, client, kbli_code=NAMES_PAPERS)


def multipart(fields: dict[str, str], raw: bytes, name: str) -> dict[str, object]:
    """Return body and type of a form with a file, as browsers send it."""
    mark = "----batas7"
    quoted = name.replace('"', "%22")
    parts = [
        f'--{mark}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'
        for key, value in fields.items()
    ]
    head = f'--{mark}\r\nContent-Disposition: form-data; name="berkas"; filename="{quoted}"\r\n'
    head += "Content-Type: image/jpeg\r\n\r\n"
    body = ("".join(parts) + head).encode() + raw + f"\r\n--{mark}--\r\n".encode()
    return {"data": body, "content_type": f"multipart/form-data; boundary={mark}"}


def send(
    client: CheckingClient, raw: bytes, url: str = PAGE, name: str = "IMG_1.jpg", **more: str
) -> TestResponse:
    """Send a file with the plain form."""
    fields = {k: v for k, v in form_of(client.get(url)).data() if k != "berkas"} | more
    return client.post(url, **multipart(fields, raw, name))


def added(app) -> list[Attachment]:
    with looking(app) as session:
        found = list(session.scalars(select(Attachment).order_by(Attachment.id)))
        session.expunge_all()
        return found


# The list


@both_languages
def test_the_list_says_what_is_missing_and_leads_to_each_paper(client, dossier_id, language):
    prefix = PREFIXES[language]
    page = parse(client.get(prefix + LIST))
    named = [e for e in page.all("h2") if words(e)]
    with looking(client.application) as session:
        dossier = session.get_one(Dossier, dossier_id)
        wanted = papers_wanted.wanted_papers(dossier)
    assert len(named) == len(wanted) + 1
    for paper in wanted:
        if paper.words:
            heading = next(h for h in named if words(h) == paper.words)
            spoken = {e.get("lang") for e in page.all("span", within=heading)}
            assert ("id" in spoken) is (language == "en")
        assert client.get(f"{prefix}{LIST}/untuk/{paper.address}").status_code == 200


@both_languages
def test_from_adding_to_removing_and_back(client, app, dossier_id, language):
    prefix = PREFIXES[language]
    answer = send(client, papers.photo(), prefix + PAGE)
    assert (answer.status_code, answer.headers["Location"]) == (303, prefix + LIST)
    (row,) = added(app)
    shown = client.get(prefix + LIST)
    looks = [a for a, _ in links_of(parse(shown)) if a.endswith(f"{LIST}/{row.id}")]
    assert client.get(looks[0]).mimetype == "image/jpeg"
    assert f"{(row.size_bytes + 999) // 1000} kB" in words(shown)
    removed = form_of(shown, "/hapus").submit()
    assert here(removed) == prefix + LIST
    back = form_of(removed, "/pulihkan").submit()
    assert [a for a, _ in links_of(parse(back)) if a.endswith(f"{LIST}/{row.id}")]
    assert added(app)[0].in_force


@both_languages
def test_a_low_risk_needs_no_paper_but_takes_one(client, app, language):
    open_dossier(app, client, kbli_code=LOW)
    prefix = PREFIXES[language]
    assert form_of(client.get(f"{prefix}{LIST}/untuk/lain1"))
    assert send(client, papers.pdf(), f"{prefix}{LIST}/untuk/lain1").status_code == 303
    (row,) = added(app)
    assert (row.requirement, row.position, row.kind) == ("lain1", None, "pdf")
    assert "lampiran" not in body_of(client.get(prefix + "/berkas/periksa"))


@both_languages
def test_the_review_counts_the_papers(client, app, dossier_id, language):
    review = PREFIXES[language] + "/berkas/periksa"
    before = words(client.get(review))
    link = [a for a, _ in links_of(parse(client.get(review))) if a.endswith(LIST)]
    assert link
    send(client, papers.photo())
    after = words(client.get(review))
    assert before != after
    total = before.split()
    assert [(a, b) for a, b in zip(total, after.split(), strict=True) if a != b] == [("0", "1")]


@both_languages
def test_every_word_is_marked(pseudo_client, app, language):
    prefix = PREFIXES[language]
    open_dossier(app, pseudo_client, kbli_code=HIGH)
    shown = [pseudo_client.get(prefix + url) for url in (LIST, PAGE)]
    shown.append(send(pseudo_client, papers.gif(), prefix + PAGE))
    send(pseudo_client, papers.photo(), prefix + PAGE)
    shown += [pseudo_client.get(prefix + url) for url in (LIST, PAGE)]
    shown.append(form_of(shown[-2], "/hapus").submit())
    with pseudo_client.application.app_context():
        book = get_book()
        bare = {r.request.path: bare_words(parse(r), language, book, ["kB"]) for r in shown}
    assert not any(bare.values()), bare


@pytest.mark.parametrize("paper", ["xyz", "lahan-1", "lahan", "lain9", "lahan-0'--", "%2e%2e"])
def test_a_made_up_paper_is_not_there(client, dossier_id, paper):
    assert client.get(f"{LIST}/untuk/{paper}").status_code == 404
    data = dict(form_of(client.get(PAGE)).data())
    answer = client.post(f"{LIST}/untuk/{paper}", data=data)
    assert answer.status_code == 404


# Plain sending


def test_what_is_kept_is_small_and_anonymous(client, app, dossier_id):
    send(client, papers.photo(3000, 2000, turned=6))
    (row,) = added(app)
    answer = client.get(f"{LIST}/{row.id}")
    shown = Image.open(BytesIO(answer.get_data()))
    assert shown.size == (1067, 1600)
    assert not shown.getexif()
    assert papers.PLACE.encode() not in answer.get_data()


BAD_FILES: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "empty"),
    "gif-called-jpg": (papers.gif, "only photos (JPEG, PNG) and PDF"),
    "cut-off": (lambda: papers.photo()[:2000], "cannot be opened"),
    "bomb": (papers.png_bomb, "too many pixels"),
    "locked": (papers.locked_pdf, "password"),
    "script": (papers.ACTIVE_PDFS["script"], "holds a program"),
    "undrawn": (lambda: papers.pdf_with_note(Subtype=NameObject("/Stamp")), "would not show"),
    "long": (lambda: papers.png_bomb(200, 20_000), "too long to stay readable"),
    "web-page": (lambda: b"<html><script>alert(1)</script>", "only photos"),
    "iphone": (lambda: b"\x00\x00\x00\x18ftypheic" + bytes(50), "HEIC"),
}


@both_languages
@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_gets_a_sentence_that_says_what_to_do(client, app, dossier_id, name, language):
    make, said = BAD_FILES[name]
    before = rows(app)
    answer = send(client, make(), PREFIXES[language] + PAGE)
    assert answer.status_code == 422
    page = parse(answer)
    (alert,) = [n for n in page.with_class("note") if n.get("role") == "alert"]
    if language == "en":
        assert said in words(alert)
    box = page.by_id("berkas")
    assert box is not None
    assert box.get("aria-invalid") == "true"
    assert rows(app) == before
    assert send(client, papers.photo(), PREFIXES[language] + PAGE).status_code == 303


@both_languages
def test_a_file_over_the_bounds_gets_a_sentence_too(client, dossier_id, monkeypatch, language):
    monkeypatch.setattr(bounded, "MEMORY_BYTES", 30_000_000)
    answer = send(client, papers.photo(), PREFIXES[language] + PAGE)
    assert answer.status_code == 422
    said = "too heavy" if language == "en" else "terlalu berat"
    assert said in words(answer)


@both_languages
def test_a_signed_paper_says_so_and_gives_out_its_original(client, app, dossier_id, language):
    prefix = PREFIXES[language]
    raw = papers.signed_pdf()
    send(client, raw, prefix + PAGE)
    shown = client.get(prefix + LIST)
    assert "MARTHEN CONTOH" in words(shown)
    said = "have not checked" if language == "en" else "belum memeriksa"
    assert said in words(shown)
    (address,) = [a for a, _ in links_of(parse(shown)) if a.endswith("/asli")]
    answer = client.get(address)
    assert answer.get_data() == raw
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Cache-Control"] == "no-store"
    stranger = app.test_client()
    assert stranger.get(address).get_data() != raw


def test_what_is_not_signed_has_no_original(client, app, dossier_id):
    send(client, papers.photo())
    (row,) = added(app)
    assert client.get(f"{LIST}/{row.id}/asli").status_code == 404
    assert "/asli" not in body_of(client.get(LIST))


def test_while_others_are_read_a_file_may_come_again(client, app, dossier_id, monkeypatch):
    """By the plain form with a sentence; in parts the page waits, and what has arrived stays."""
    with monkeypatch.context() as patch:
        patch.setattr(bounded, "_PLACES", threading.BoundedSemaphore(1))
        with bounded._PLACES:
            answer = send(client, papers.photo(), "/en" + PAGE)
    assert answer.status_code == 503
    assert "Try again in a minute" in words(answer)
    assert added(app) == []
    data = {k: v for k, v in form_of(answer).data() if k != "berkas"}
    assert client.post(PAGE, **multipart(data, papers.photo(), "a.jpg")).status_code == 303
    assert len(added(app)) == 1


def test_nothing_chosen(client, dossier_id):
    form = form_of(client.get("/en" + PAGE))
    data = {k: v for k, v in form.data() if k != "berkas"}
    for answer in (
        client.post("/en" + PAGE, data=data),
        client.post("/en" + PAGE, **multipart(data, b"", "")),
        client.post("/en" + PAGE, data={**data, "berkas": "no file but text"}),
    ):
        assert answer.status_code == 422
        assert "Choose a photo" in words(answer)


@both_languages
@pytest.mark.parametrize("size", [RECEIVED_AT_MOST_BYTES + 1, BODY_AT_MOST + 1])
def test_too_large_comes_back_on_the_page(client, app, dossier_id, size, language):
    answer = send(client, papers.photo() + bytes(size), PREFIXES[language] + PAGE)
    assert answer.status_code == 413
    assert form_of(answer).action.endswith(PAGE)
    assert "15 MB" in words(answer)
    assert added(app) == []
    again = form_of(answer)
    data = {k: v for k, v in again.data() if k != "berkas"}
    answer = client.post(again.action, **multipart(data, papers.photo(), "a.jpg"))
    assert answer.status_code == 303


def test_only_this_address_takes_so_much(client, dossier_id):
    data = {"telepon": "9" * 100_000}
    assert client.post("/berkas/telepon", data=data).status_code == 413


@pytest.mark.parametrize("raw", [papers.photo(), papers.pdf()], ids=["photo", "pdf"])
def test_sent_twice_it_is_kept_once(client, app, dossier_id, raw):
    form = form_of(client.get(PAGE))
    data = {k: v for k, v in form.data() if k != "berkas"}
    for _ in range(3):
        answer = client.post(PAGE, **multipart(data, raw, "a"))
        assert answer.status_code == 303
    assert len(added(app)) == 1


def test_an_old_form_sent_again_does_not_replace_what_came_since(client, app, dossier_id):
    fields = {k: v for k, v in form_of(client.get(PAGE)).data() if k != "berkas"}
    client.post(PAGE, **multipart(fields, papers.photo(), "a.jpg"))
    send(client, papers.photo(seed=2))
    client.post(PAGE, **multipart(fields, papers.photo(), "a.jpg"))
    assert [row.in_force for row in added(app)] == [False, True]
    client.post(PAGE, **multipart(fields, papers.photo(seed=3), "b.jpg"))  # Back, another file
    assert [row.in_force for row in added(app)] == [False, False, True]


@both_languages
def test_a_large_file_without_a_session_asks_for_the_pin(client, new_client, dossier_id, language):
    stranger = new_client()
    url = PREFIXES[language] + PAGE
    answer = stranger.post(url, **multipart({}, bytes(3_000_000), "a.jpg"))
    assert answer.status_code == 403
    assert form_of(answer).action.endswith("/berkas/lanjut")


def test_a_pdf_that_cannot_fit_is_refused_before_it_is_sent(client, app, dossier_id):
    answer = Sender(client, "/en" + PAGE).begin(5_000_000, jenis="application/pdf")
    assert answer.status_code == 422
    assert "larger than 2 MB" in answer.json["error"]
    assert count(app, Upload) == 0


@both_languages
def test_a_stale_form_says_to_send_it_again(client, app, dossier_id, language):
    before = rows(app)
    answer = send(client, papers.photo(), PREFIXES[language] + PAGE, csrf_token="x")
    assert answer.status_code == 422
    assert rows(app) == before
    for key in ("", "short", "ü" * 22):
        answer = send(client, papers.photo(), PREFIXES[language] + PAGE, kunci=key)
        assert answer.status_code == 400
        assert form_of(answer)["kunci"] != key
    assert added(app) == []


@both_languages
def test_a_paper_for_a_bucket_that_is_not_there_is_said_and_not_kept(
    client, app, dossier_id, monkeypatch, language
):
    """The person hears that it was not kept; whoever looks after the system hears why."""
    with served() as (service, address), monkeypatch.context() as patch:
        named = ObjectStore(address, "lampirann", KEY, SECRET, REGION)
        patch.setitem(app.config, "SETTINGS", replace(app.config["SETTINGS"], object_store=named))
        store = ObjectStoreFiles(address, named.bucket, key=KEY, secret=SECRET, region=REGION)
        patch.setattr(ports, "files", store)
        with logged() as log:
            answer = send(client, papers.photo(), PREFIXES[language] + PAGE)
    assert answer.status_code == 503
    said = {"en": "Try again in a minute, or later today", "id": "Coba lagi semenit lagi"}
    assert said[language] in words(answer)
    assert added(app) == []
    assert service.objects == {}
    (line,) = [json.loads(each) for each in log.getvalue().splitlines() if "advice" in each]
    assert (line["event"], line["cause"]) == ("files_unavailable", "PlaceMissing")
    assert "lampirann" in line["advice"]
    assert send(client, papers.photo()).status_code == 303


@pytest.mark.parametrize("fault", [OSError(errno.ENOSPC, "full"), PermissionError()])
def test_a_full_disk_keeps_no_half_of_a_paper(client, app, dossier_id, monkeypatch, fault):
    folder = app.config["SETTINGS"].instance / "files"
    before = sorted(folder.rglob("*"))

    def full(_descriptor: int) -> None:
        raise fault

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        answer = send(client, papers.photo(), "/en" + PAGE)
    assert answer.status_code == 503
    assert "That is not your fault" in words(answer)
    assert added(app) == []
    assert [path for path in folder.rglob("*") if path not in before and path.is_file()] == []
    assert send(client, papers.photo()).status_code == 303


def test_while_a_file_is_looked_at_others_write(client, new_client, app, dossier_id, monkeypatch):
    """Decoding takes seconds on a small machine; nobody may wait for the database meanwhile."""
    clean, free = taking.clean, []

    def slow(raw: bytes):
        free.append(not db.session().in_transaction())
        return clean(raw)

    monkeypatch.setattr(taking, "clean", slow)
    send(client, papers.photo())
    assert free == [True]


# Who may


def test_a_sent_dossier_shows_its_papers_and_takes_none(client, app):
    with looking(app):
        dossier_id = sent_dossier().id
    open_in(client, dossier_id)
    page = client.get(LIST)
    assert parse(page).all("form") == []
    assert client.get(f"{LIST}/untuk/lain1").status_code == 303
    before = rows(app)
    token = form_of(client.get("/berkas/hasil"), "/selesai")["csrf_token"]
    data = {"csrf_token": token, "kunci": new_key()}
    answer = client.post(f"{LIST}/untuk/lain1", **multipart(data, papers.photo(), "a.jpg"))
    assert answer.status_code == 303
    begun = client.post(f"{LIST}/untuk/lain1/unggahan", data={**data, "ukuran": "9"})
    assert begun.status_code == 403
    assert rows(app) == before


def test_a_file_is_for_its_own_dossier_only(client, new_client, app, dossier_id):
    send(client, papers.photo())
    (row,) = added(app)
    other = new_client()
    open_dossier(app, other, kbli_code=HIGH)
    token = form_of(other.get(PAGE))["csrf_token"]
    assert other.get(f"{LIST}/{row.id}").status_code == 404
    for change in ("hapus", "pulihkan"):
        answer = other.post(
            f"{LIST}/{row.id}/{change}", data={"csrf_token": token, "kunci": new_key()}
        )
        assert answer.status_code == 404
    for number in ("0", str(2**63), str(10**40), "-1", "x"):
        assert other.get(f"{LIST}/{number}").status_code == 404
    stranger = new_client()
    assert stranger.get(f"{LIST}/{row.id}").status_code == 403
    assert added(app)[0].in_force


def test_without_a_token_nothing_is_removed(client, app, dossier_id):
    send(client, papers.photo())
    form = form_of(client.get(LIST), "/hapus")
    form.submit(without={"csrf_token"})
    assert added(app)[0].in_force
    form.submit(without={"kunci"})
    assert added(app)[0].in_force


@pytest.mark.parametrize("raw", [papers.photo(), papers.pdf()], ids=["photo", "pdf"])
def test_a_file_may_only_be_seen(client, app, dossier_id, raw):
    send(client, raw, name='..\\evil".html')
    (row,) = added(app)
    headers = client.get(f"{LIST}/{row.id}").headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "allow-" not in policy
    assert headers["Content-Type"].split(";")[0] in {"image/jpeg", "application/pdf"}
    assert (
        f'filename="lampiran-{row.id}.{"jpg" if row.kind == "jpeg" else "pdf"}"'
        in (headers["Content-Disposition"])
    )
    assert "evil" not in str(headers)


def test_the_name_of_the_file_is_nowhere(client, app, dossier_id):
    send(client, papers.photo(), name="KTP Yosina 9601055403879001.jpg")
    assert "Yosina 9601" not in str(rows(app))


def test_a_content_that_is_gone_is_not_found(client, app, dossier_id):
    send(client, papers.photo())
    (row,) = added(app)
    ports.files.delete(row.storage_key)
    assert client.get(f"{LIST}/{row.id}").status_code == 404


# In parts


class Sender:
    """Speaks what the page's script speaks."""

    def __init__(self, client: CheckingClient, url: str = PAGE) -> None:
        self.client = client
        self.form = form_of(client.get(url))
        self.url = url
        self.headers = {"X-CSRFToken": self.form["csrf_token"] or ""}

    def begin(self, size: object, attempt: str = "1", **more: str) -> TestResponse:
        data = {"kunci": self.form["kunci"], "untuk_berkas": self.form["untuk_berkas"]}
        data |= {"ukuran": str(size), "percobaan": attempt, **more}
        return self.client.post(self.url + "/unggahan", data=data, headers=self.headers)

    def put(self, code: str, offset: object, content: bytes, **headers: str) -> TestResponse:
        sent = {**self.headers, "Upload-Offset": str(offset), **headers}
        return self.client.put(f"{LIST}/unggahan/{code}", data=content, headers=sent)

    def standing(self, code: str) -> TestResponse:
        return self.client.get(f"{LIST}/unggahan/{code}")

    def whole(self, raw: bytes, part: int = 5000) -> TestResponse:
        code = self.begin(len(raw)).json["code"]
        for at in range(0, len(raw), part):
            answer = self.put(code, at, raw[at : at + part])
        return answer


def test_a_file_arrives_in_parts(client, app, dossier_id):
    raw, sender = papers.photo(), Sender(client)
    begun = sender.begin(len(raw))
    assert begun.status_code == 201
    code = begun.json["code"]
    assert begun.json == {
        "code": code,
        "offset": 0,
        "size": len(raw),
        "part": PART_BYTES,
        "next": None,
    }
    half = len(raw) // 2
    assert sender.put(code, 0, raw[:half]).json["offset"] == half
    assert sender.standing(code).json["offset"] == half
    done = sender.put(code, half, raw[half:])
    assert (done.status_code, done.json["next"]) == (200, LIST)
    (row,) = added(app)
    assert (row.requirement, row.position) == ("lahan", 0)
    again = sender.put(code, half, raw[half:])
    assert again.status_code in {200, 409}
    assert sender.standing(code).json["next"] == LIST
    assert len(added(app)) == 1


def test_a_part_twice_and_a_part_at_the_wrong_place(client, app, dossier_id):
    raw, sender = papers.photo(), Sender(client)
    code = sender.begin(len(raw)).json["code"]
    sender.put(code, 0, raw[:5000])
    assert sender.put(code, 0, raw[:5000]).json["offset"] == 5000
    for at in (4999, 5001, 0):
        wrong = sender.put(code, at, raw[at : at + 4000])
        assert (wrong.status_code, wrong.json) == (409, {"offset": 5000})
    assert sender.standing(code).json["offset"] == 5000


def test_the_answer_to_the_last_part_was_lost(client, app, dossier_id, monkeypatch):
    """All is there but not finished: an empty part at the end asks for it."""
    raw, sender = papers.photo(), Sender(client)
    code = sender.begin(len(raw)).json["code"]

    def away(_key: str, _content: bytes) -> None:
        raise FilesUnavailable("GenericError")

    with monkeypatch.context() as patch:
        patch.setattr(ports.files, "put", away)
        assert sender.put(code, 0, raw).status_code == 503
    standing = sender.standing(code).json
    assert (standing["offset"], standing["next"]) == (len(raw), None)
    assert sender.put(code, len(raw), b"").json["next"] == LIST
    assert len(added(app)) == 1


def test_beginning_twice_is_one_upload_and_another_try_another(client, app, dossier_id):
    sender = Sender(client)
    codes = [sender.begin(100).json["code"] for _ in range(2)]
    assert codes[0] == codes[1]
    other = sender.begin(100, attempt="2")
    assert (other.status_code, other.json["code"] == codes[0]) == (201, False)
    assert count(app, Upload) == 2


@both_languages
def test_a_bad_file_in_parts_is_refused_in_words_and_forgotten(client, app, dossier_id, language):
    sender = Sender(client, PREFIXES[language] + PAGE)
    raw = papers.photo()[:3000]
    code = sender.begin(len(raw)).json["code"]
    sent = {**sender.headers, "Upload-Offset": "0"}
    answer = client.put(f"{PREFIXES[language]}{LIST}/unggahan/{code}", data=raw, headers=sent)
    assert answer.status_code == 422
    if language == "en":
        assert "cannot be opened" in answer.json["error"]
    assert len(answer.json["error"].split()) > 5
    assert sender.standing(code).status_code == 404
    assert (count(app, Upload), count(app, Attachment)) == (0, 0)
    whole = papers.photo()
    begun = sender.begin(len(whole), attempt="2")
    assert sender.put(begun.json["code"], 0, whole).status_code == 200


@pytest.mark.parametrize(
    ("size", "status"),
    [
        ("0", 422),
        (str(RECEIVED_AT_MOST_BYTES + 1), 422),
        *((bad, 400) for bad in ("-1", "", "1e3", "9" * 40, "٣", " 5")),
    ],
)
def test_a_made_up_size_begins_nothing(client, app, dossier_id, size, status):
    answer = Sender(client).begin(size)
    assert answer.status_code == status
    assert answer.json["error"]
    assert count(app, Upload) == 0


@pytest.mark.parametrize("offset", ["", "-1", "x", "1.5", "9" * 40, "٣", "0x0"])
def test_a_made_up_offset_is_refused(client, app, dossier_id, offset):
    sender = Sender(client)
    code = sender.begin(100).json["code"]
    answer = client.put(
        f"{LIST}/unggahan/{code}",
        data=b"x",
        headers={**sender.headers, "Upload-Offset": offset.encode().decode("latin-1")},
    )
    assert answer.status_code == 400
    assert sender.standing(code).json["offset"] == 0


def test_a_part_has_a_limit(client, app, dossier_id):
    sender = Sender(client)
    code = sender.begin(10**6).json["code"]
    assert sender.put(code, 0, bytes(PART_AT_MOST_BYTES)).status_code == 200
    assert sender.put(code, PART_AT_MOST_BYTES, bytes(PART_AT_MOST_BYTES + 1)).status_code == 400
    assert sender.put(code, PART_AT_MOST_BYTES, bytes(200_000)).status_code == 413
    assert sender.put(code, PART_AT_MOST_BYTES, b"").status_code == 400
    assert sender.standing(code).json["offset"] == PART_AT_MOST_BYTES


def test_an_upload_is_for_its_own_dossier_only(client, new_client, app, dossier_id):
    code = Sender(client).begin(100).json["code"]
    other = new_client()
    open_dossier(app, other, kbli_code=HIGH)
    stranger = Sender(other)
    assert stranger.standing(code).status_code == 404
    assert stranger.put(code, 0, b"x").status_code == 404
    assert new_client().get(f"{LIST}/unggahan/{code}").status_code == 403
    assert new_client().put(f"{LIST}/unggahan/{code}", data=b"x").status_code == 403
    for made_up in ("x", code.swapcase(), "..%2f..", "a" * 500):
        assert stranger.standing(made_up).status_code == 404
    assert Sender(client).standing(code).json["offset"] == 0


def test_a_form_of_another_dossier_begins_nothing(client, app, dossier_id):
    sender = Sender(client)
    open_dossier(app, client, kbli_code=HIGH)
    sender.headers = Sender(client).headers
    assert sender.begin(100).status_code == 403
    assert count(app, Upload) == 0


def test_an_upload_expires(client, app, dossier_id):
    sender = Sender(client)
    code = sender.begin(100).json["code"]
    with looking(app) as session:
        session.execute(update(Upload).values(expires_at=datetime.now(UTC)))
        session.commit()
    assert sender.standing(code).status_code == 404
    assert sender.put(code, 0, b"x").status_code == 404
    assert sender.begin(100).status_code == 201, "the same page begins anew"


@pytest.mark.parametrize("token", ["", "x", None])
def test_without_the_token_nothing_begins_and_nothing_arrives(client, app, dossier_id, token):
    sender = Sender(client)
    code = sender.begin(100).json["code"]
    sender.headers = {} if token is None else {"X-CSRFToken": token}
    assert sender.begin(100, attempt="2").status_code == 403
    assert sender.put(code, 0, b"x").status_code == 403
    assert sender.standing(code).json["offset"] == 0
    assert count(app, Upload) == 1


@pytest.mark.parametrize("key", ["", "x", "a" * 23])
def test_without_a_good_key_nothing_begins(client, app, dossier_id, key):
    assert Sender(client).begin(100, kunci=key).status_code == 400
    assert count(app, Upload) == 0


def test_the_last_part_from_two_sides_makes_one_attachment(client, app, dossier_id):
    raw, sender = papers.photo(), Sender(client)
    code = sender.begin(len(raw)).json["code"]

    def last() -> int:
        other = app.test_client()
        open_in(other, dossier_id)
        token = form_of(other.get(PAGE))["csrf_token"] or ""
        headers = {"X-CSRFToken": token, "Upload-Offset": "0"}
        return other.put(f"{LIST}/unggahan/{code}", data=raw, headers=headers).status_code

    # 503: two are read already, so this one is told to ask again.
    assert set(at_once([last, last, last])) <= {200, 409, 503}
    assert len(added(app)) == 1
    with looking(app) as session:
        left = session.scalars(select(FileDisposal.storage_key)).all()
        kept = session.scalar(select(Attachment.storage_key))
        assert kept not in left
        assert session.scalar(select(func.count()).select_from(Upload)) == 1


# Weight


def test_the_script_is_small_and_only_where_it_is_needed(client, app, dossier_id):
    asset = app.extensions["assets"]["upload.js"]
    assert len(asset.encodings["br"]) <= 2000
    assert len(asset.encodings["gzip"]) <= 2300
    for url, loaded in ((PAGE, True), (LIST, False), ("/berkas/telepon", False)):
        scripts = [e.get("src") for e in parse(client.get(url)).all("script")]
        assert (asset.path in scripts) is loaded


@both_languages
def test_the_pages_are_light(app, client, dossier_id, language):
    send(client, papers.photo())
    client.set_cookie("c", app.extensions["assets"]["site.css"].hash)
    for url in (LIST, PAGE):
        answer = client.get(PREFIXES[language] + url, headers={"Accept-Encoding": "br"})
        assert len(answer.get_data()) <= 3600, url
