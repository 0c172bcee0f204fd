"""Where the contents of attachments are kept: a folder, or an S3-compatible store.

The contents arrive sealed (app/vault.py), so whoever runs the store reads nothing in them. Keys
are random and say nothing either.

A disk that is not mounted and a mistyped bucket look like an empty store. So each place carries a
mark of ours: without it nothing is taken in, and a file that is not found there is not called lost.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
from datetime import timedelta
from pathlib import Path
from typing import Protocol

from obstore.exceptions import BaseError, NotFoundError
from obstore.store import S3Store

PATIENCE = timedelta(seconds=20)  # for one try; a file has at most some megabytes
MARK = "oss-sorong"  # its content says nothing; that it is there says which place this is
_KEY = re.compile("[0-9a-f]{32}")
_NOT_FOUND = (NotFoundError, FileNotFoundError)  # which of the two comes depends on the request


class NoSuchFile(Exception):
    """Nothing is kept under this key."""


class FilesUnavailable(Exception):
    """The store does not answer, or does not let us in. cause: the kind of error, no address."""

    def __init__(self, cause: str) -> None:
        super().__init__(cause)
        self.cause = cause


class PlaceMissing(FilesUnavailable):
    """The folder or the bucket is not there, or is another one: no mark of ours in it."""

    def __init__(self) -> None:
        super().__init__("PlaceMissing")


class Files(Protocol):
    """Keeps contents by key.

    Every method may raise FilesUnavailable, PlaceMissing among it; ValueError for a bad key.
    """

    def check(self) -> None:
        """See that the place carries our mark."""

    def mark(self) -> None:
        """Take the place for ours. The caller has seen that it is the right one, or a new one."""

    def put(self, key: str, content: bytes) -> None:
        """Keep a content, whole or not at all. What was kept under the key before is replaced."""

    def get(self, key: str) -> bytes:
        """Return a content. Raises NoSuchFile."""

    def delete(self, key: str) -> None:
        """Forget a content. One that is not there is forgotten already."""

    def exists(self, key: str) -> bool:
        """Return whether a content is kept."""


def new_key() -> str:
    """Return a fresh key: 128 random bits as 32 hex digits."""
    return secrets.token_hex(16)


def _placed(key: str) -> str:
    """Return the place of a key. Two levels of folders keep each of them short to list."""
    if not _KEY.fullmatch(key):
        raise ValueError("a file key has 32 hex digits")
    return f"{key[:2]}/{key[2:4]}/{key}"


class FolderFiles:
    """Files in a folder of this machine, for the owner's eyes only."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def check(self) -> None:
        """See that the folder carries our mark."""
        try:
            (self._folder / MARK).stat()
        except FileNotFoundError as error:
            raise PlaceMissing from error
        except OSError as error:
            raise FilesUnavailable(type(error).__name__) from error

    def mark(self) -> None:
        """Make the folder, and mark it."""
        self._write(self._folder / MARK, b"")

    def put(self, key: str, content: bytes) -> None:
        """Keep a content: written aside, brought to the disk, then moved into place."""
        path = self._folder / _placed(key)
        self.check()
        self._write(path, content)

    def _write(self, path: Path, content: bytes) -> None:
        draft = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
            with os.fdopen(os.open(draft, flags, 0o600), "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
        except OSError as error:
            with contextlib.suppress(OSError):
                draft.unlink(missing_ok=True)
            raise FilesUnavailable(type(error).__name__) from error

    def get(self, key: str) -> bytes:
        """Return a content. Raises NoSuchFile."""
        try:
            return (self._folder / _placed(key)).read_bytes()
        except FileNotFoundError as error:
            self.check()
            raise NoSuchFile(key) from error
        except OSError as error:
            raise FilesUnavailable(type(error).__name__) from error

    def delete(self, key: str) -> None:
        """Forget a content."""
        try:
            (self._folder / _placed(key)).unlink()
        except FileNotFoundError:
            self.check()  # on a disk that is not mounted it would come back with the disk
        except OSError as error:
            raise FilesUnavailable(type(error).__name__) from error

    def exists(self, key: str) -> bool:
        """Return whether a content is kept."""
        if (self._folder / _placed(key)).is_file():
            return True
        self.check()
        return False


class ObjectStoreFiles:
    """Files in a bucket of an S3-compatible store."""

    def __init__(
        self,
        endpoint: str,
        bucket: str,
        *,
        key: str,
        secret: str,
        region: str,
        patience: timedelta = PATIENCE,
    ) -> None:
        self._store = S3Store(
            bucket,
            endpoint=endpoint,
            access_key_id=key,
            secret_access_key=secret,
            region=region,
            virtual_hosted_style_request=False,
            # The contents are sealed, so a store inside the office may do without https.
            client_options={
                "allow_http": endpoint.startswith("http://"),
                "timeout": patience,
                "connect_timeout": patience / 4,
            },
            retry_config={"max_retries": 2, "retry_timeout": patience * 2},
        )

    def check(self) -> None:
        """See that the bucket carries our mark."""
        try:
            self._store.head(MARK)
        except _NOT_FOUND as error:
            raise PlaceMissing from error
        except BaseError as error:
            raise FilesUnavailable(type(error).__name__) from error

    def mark(self) -> None:
        """Mark the bucket; it must be there."""
        self._put(MARK, b"-")

    def put(self, key: str, content: bytes) -> None:
        """Keep a content in one request: the store takes it whole or not at all."""
        self._put(_placed(key), content)

    def _put(self, place: str, content: bytes) -> None:
        try:
            self._store.put(place, content, use_multipart=False)
        except _NOT_FOUND as error:
            raise PlaceMissing from error  # whatever its key: only a bucket can lack here
        except BaseError as error:
            raise FilesUnavailable(type(error).__name__) from error

    def get(self, key: str) -> bytes:
        """Return a content. Raises NoSuchFile."""
        place = _placed(key)
        try:
            return bytes(self._store.get(place).bytes())
        except _NOT_FOUND as error:
            self.check()  # the client says the same of a bucket that is not there
            raise NoSuchFile(key) from error
        except BaseError as error:
            raise FilesUnavailable(type(error).__name__) from error

    def delete(self, key: str) -> None:
        """Forget a content. The store says nothing of one that is not there."""
        place = _placed(key)
        try:
            self._store.delete(place)
        except _NOT_FOUND as error:
            raise PlaceMissing from error
        except BaseError as error:
            raise FilesUnavailable(type(error).__name__) from error

    def exists(self, key: str) -> bool:
        """Return whether a content is kept."""
        place = _placed(key)
        try:
            self._store.head(place)
        except _NOT_FOUND:
            self.check()
            return False
        except BaseError as error:
            raise FilesUnavailable(type(error).__name__) from error
        return True
