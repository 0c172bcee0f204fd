"""Where the contents of attachments are kept: a folder, or an S3-compatible store.

The contents arrive sealed (app/vault.py), so whoever runs the store reads nothing in them. Keys
are random and say nothing either.
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
_KEY = re.compile("[0-9a-f]{32}")


class NoSuchFile(Exception):
    """Nothing is kept under this key."""


class FilesUnavailable(Exception):
    """The store does not answer, or does not let us in. cause: the kind of error, no address."""

    def __init__(self, cause: str) -> None:
        super().__init__(cause)
        self.cause = cause


class Files(Protocol):
    """Keeps contents by key. Every method may raise FilesUnavailable; ValueError for a bad key."""

    def put(self, key: str, content: bytes) -> None:
        """Keep a content, whole or not at all. What was kept under the key before is replaced."""

    def get(self, key: str) -> bytes:
        """Return a content. Raises NoSuchFile."""

    def delete(self, key: str) -> None:
        """Forget a content. One that is not there is forgotten already."""

    def exists(self, key: str) -> bool:
        """Say whether a content is kept."""


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

    def put(self, key: str, content: bytes) -> None:
        """Keep a content: written aside, brought to the disk, then moved into place."""
        path = self._folder / _placed(key)
        draft = path.with_name(f".{key}-{secrets.token_hex(4)}")
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
            raise NoSuchFile(key) from error
        except OSError as error:
            raise FilesUnavailable(type(error).__name__) from error

    def delete(self, key: str) -> None:
        """Forget a content."""
        try:
            (self._folder / _placed(key)).unlink(missing_ok=True)
        except OSError as error:
            raise FilesUnavailable(type(error).__name__) from error

    def exists(self, key: str) -> bool:
        """Say whether a content is kept."""
        return (self._folder / _placed(key)).is_file()


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

    def put(self, key: str, content: bytes) -> None:
        """Keep a content in one request: the store takes it whole or not at all."""
        place = _placed(key)
        try:
            self._store.put(place, content, use_multipart=False)
        except BaseError as error:
            raise FilesUnavailable(type(error).__name__) from error

    def get(self, key: str) -> bytes:
        """Return a content. Raises NoSuchFile."""
        place = _placed(key)
        try:
            return bytes(self._store.get(place).bytes())
        except (NotFoundError, FileNotFoundError) as error:
            raise NoSuchFile(key) from error
        except BaseError as error:
            raise FilesUnavailable(type(error).__name__) from error

    def delete(self, key: str) -> None:
        """Forget a content."""
        place = _placed(key)
        try:
            self._store.delete(place)
        except (BaseError, FileNotFoundError) as error:
            # Deleting what is not there succeeds, so “not found” means the bucket itself.
            raise FilesUnavailable(type(error).__name__) from error

    def exists(self, key: str) -> bool:
        """Say whether a content is kept."""
        place = _placed(key)
        try:
            self._store.head(place)
        except (NotFoundError, FileNotFoundError):
            return False
        except BaseError as error:
            raise FilesUnavailable(type(error).__name__) from error
        return True
