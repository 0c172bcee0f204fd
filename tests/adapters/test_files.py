"""Both stores of files keep the same promises; the folder also keeps to itself."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from datetime import timedelta

import pytest

from app.adapters.files import (
    MARK,
    Files,
    FilesUnavailable,
    FolderFiles,
    NoSuchFile,
    ObjectStoreFiles,
    PlaceMissing,
    new_key,
)
from tests.tools.bucket import BUCKET, KEY, REGION, SECRET, Bucket, served


@pytest.fixture
def bucket() -> Iterator[tuple[Bucket, str]]:
    with served() as running:
        yield running


def object_store(address: str, bucket: str = BUCKET, **options) -> ObjectStoreFiles:
    how = {"key": KEY, "secret": SECRET, "region": REGION, **options}
    return ObjectStoreFiles(address, bucket, **how)


@pytest.fixture(params=["folder", "object store"])
def files(request, tmp_path) -> Files:
    if request.param == "folder":
        place: Files = FolderFiles(tmp_path / "files")
    else:
        place = object_store(request.getfixturevalue("bucket")[1])
    place.mark()
    return place


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
    FolderFiles(folder).mark()
    for key in keys:
        FolderFiles(folder).put(key, b"x")
    assert stat.S_IMODE((folder / MARK).stat().st_mode) == 0o600
    found = [path for path in folder.rglob("*") if path.is_file() and path.name != MARK]
    assert {path.name for path in found} == set(keys)
    assert {stat.S_IMODE(path.stat().st_mode) for path in found} == {0o600}
    assert all(path.parent.parent.parent == folder for path in found)
    assert {stat.S_IMODE(path.parent.stat().st_mode) for path in found} == {0o700}


def test_a_folder_that_cannot_be_written_is_unavailable_and_stays_clean(tmp_path):
    (tmp_path / "files").write_text("no folder")
    with pytest.raises(FilesUnavailable):
        FolderFiles(tmp_path / "files").put(new_key(), b"x")


@pytest.fixture(params=["folder", "folder not made", "bucket"])
def elsewhere(request, tmp_path) -> Files:
    """A place that is not ours: a disk that is not mounted, or a mistyped bucket."""
    if request.param == "bucket":
        return object_store(request.getfixturevalue("bucket")[1], "lampirann")
    if request.param == "folder":
        (tmp_path / "files").mkdir()
    return FolderFiles(tmp_path / "files")


def test_a_place_that_is_not_ours_takes_nothing_and_calls_nothing_lost(elsewhere, tmp_path):
    uses = (elsewhere.get, elsewhere.delete, elsewhere.exists, lambda k: elsewhere.put(k, b"x"))
    for use in (*uses, lambda _key: elsewhere.check()):
        with pytest.raises(PlaceMissing):
            use(new_key())
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_bucket_that_is_not_there_cannot_be_marked(bucket):
    with pytest.raises(PlaceMissing):
        object_store(bucket[1], "lampirann").mark()


def test_a_marked_place_is_known_again(files):
    files.check()
    files.mark()
    files.check()


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
