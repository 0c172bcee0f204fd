"""Both stores of files keep the same promises; the folder also keeps to itself."""

from __future__ import annotations

import hashlib
import re
import stat
import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from app.adapters.files import (
    Files,
    FilesUnavailable,
    FolderFiles,
    NoSuchFile,
    ObjectStoreFiles,
    new_key,
)

BUCKET = "lampiran"


class Bucket:
    """A small store that speaks what S3 speaks for single objects, and can be told to fail."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.fails = 0
        self.seen: list[Request] = []

    def __call__(self, environ, start_response):
        request = Request(environ)
        self.seen.append(request)
        return self._answer(request)(environ, start_response)

    def _answer(self, request: Request) -> Response:
        body = request.get_data()
        if self.fails:
            self.fails -= 1
            return Response("<Error><Code>SlowDown</Code></Error>", 503)
        signed = request.headers.get("Authorization", "")
        if not re.match(r"AWS4-HMAC-SHA256 Credential=kunci/\d{8}/id-1/s3/aws4_request", signed):
            return Response("<Error><Code>AccessDenied</Code></Error>", 403)
        said = request.headers["x-amz-content-sha256"]
        assert said in {"UNSIGNED-PAYLOAD", hashlib.sha256(body).hexdigest()}
        bucket, _, name = request.path.lstrip("/").partition("/")
        assert bucket == BUCKET
        if request.method == "PUT":
            self.objects[name] = body
            return Response("", headers={"ETag": '"x"'})
        if request.method == "POST" and "delete" in request.args:
            names = re.findall("<Key>(.*?)</Key>", body.decode())
            for each in names:
                self.objects.pop(each, None)
            rows = "".join(f"<Deleted><Key>{each}</Key></Deleted>" for each in names)
            return Response(f"<DeleteResult>{rows}</DeleteResult>", mimetype="application/xml")
        if name not in self.objects:
            return Response("<Error><Code>NoSuchKey</Code></Error>", 404)
        return Response(
            self.objects[name],
            headers={"ETag": '"x"', "Last-Modified": "Mon, 23 Nov 2026 20:00:00 GMT"},
        )


@pytest.fixture
def bucket() -> Iterator[tuple[Bucket, str]]:
    service = Bucket()
    server = make_server("127.0.0.1", 0, service, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield service, f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join(10)
    server.server_close()


def object_store(address: str, **options) -> ObjectStoreFiles:
    how = {"key": "kunci", "secret": "rahasia", "region": "id-1", **options}
    return ObjectStoreFiles(address, BUCKET, **how)


@pytest.fixture(params=["folder", "object store"])
def files(request, tmp_path) -> Files:
    if request.param == "folder":
        return FolderFiles(tmp_path / "files")
    return object_store(request.getfixturevalue("bucket")[1])


@pytest.mark.parametrize("content", [b"x", b"", bytes(range(256)) * 8000])
def test_what_is_put_is_there_until_it_is_deleted(files, content):
    key, other = new_key(), new_key()
    assert not files.exists(key)
    files.put(key, content)
    assert files.exists(key)
    assert files.get(key) == content
    assert not files.exists(other)
    files.delete(key)
    assert not files.exists(key)
    with pytest.raises(NoSuchFile):
        files.get(key)


def test_putting_again_replaces_and_deleting_again_does_nothing(files):
    key = new_key()
    files.put(key, b"one")
    files.put(key, b"two")
    assert files.get(key) == b"two"
    files.delete(key)
    files.delete(key)


@pytest.mark.parametrize("key", ["", "../../passwd", "A" * 32, "0" * 31, "0" * 33, "0" * 31 + "/"])
def test_a_key_is_never_a_path(files, key):
    for use in (files.get, files.delete, files.exists, lambda k: files.put(k, b"x")):
        with pytest.raises(ValueError, match="32 hex digits"):
            use(key)


def test_the_folder_is_for_its_owner_alone_and_holds_no_drafts(tmp_path):
    folder = tmp_path / "files"
    keys = [new_key() for _ in range(20)]
    for key in keys:
        FolderFiles(folder).put(key, b"x")
    found = [path for path in folder.rglob("*") if path.is_file()]
    assert {path.name for path in found} == set(keys)
    assert {stat.S_IMODE(path.stat().st_mode) for path in found} == {0o600}
    assert all(path.parent.parent.parent == folder for path in found)
    assert {stat.S_IMODE(path.parent.stat().st_mode) for path in found} == {0o700}


def test_a_folder_that_cannot_be_written_is_unavailable_and_stays_clean(tmp_path):
    (tmp_path / "files").write_text("no folder")
    with pytest.raises(FilesUnavailable):
        FolderFiles(tmp_path / "files").put(new_key(), b"x")


def test_the_store_sees_a_signed_request_and_the_key_only(bucket):
    service, address = bucket
    key = new_key()
    object_store(address).put(key, b"content")
    assert list(service.objects) == [f"{key[:2]}/{key[2:4]}/{key}"]
    assert "rahasia" not in str(service.seen[-1].headers)


def test_a_hiccup_of_the_store_is_overcome(bucket):
    service, address = bucket
    service.fails = 1
    key = new_key()
    object_store(address).put(key, b"x")
    assert object_store(address).get(key) == b"x"


def test_a_store_that_stays_down_is_unavailable(bucket):
    service, address = bucket
    service.fails = 10**6
    files = object_store(address, patience=timedelta(seconds=1))
    for use in (files.get, files.delete, files.exists, lambda k: files.put(k, b"x")):
        with pytest.raises(FilesUnavailable):
            use(new_key())


def test_a_wrong_secret_is_unavailable_and_not_absent(bucket):
    files = object_store(bucket[1], key="falsch")
    with pytest.raises(FilesUnavailable):
        files.get(new_key())


def test_an_unreachable_store_is_unavailable():
    files = object_store("http://127.0.0.1:9", patience=timedelta(seconds=1))
    with pytest.raises(FilesUnavailable) as caught:
        files.exists(new_key())
    assert "127.0.0.1" not in str(caught.value)
