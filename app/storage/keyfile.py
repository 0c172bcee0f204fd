"""The file of secrets: made once, read at the start, changed by rotation of keys."""

from __future__ import annotations

import base64
import fcntl
import json
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from app.config import Purpose
from app.vault import Vault

T = TypeVar("T")

HIGHEST_KEY = 255

SETTLED_AFTER = timedelta(minutes=5)


@dataclass(frozen=True)
class Secrets:
    """Keys made once for an installation. They live beside the database, never in it.

    purpose: what the data folder is for; None before the first start.
    """

    session_key: str
    data_keys: dict[int, bytes]
    current_data_key: int
    index_key: bytes
    oss_user_key: str
    purpose: Purpose | None = None


def load_secrets(instance: Path) -> Secrets:
    """Return the keys of this installation; make them at the first start (mode 600).

    Raises ValueError for a key of the wrong length.
    """
    instance.mkdir(parents=True, exist_ok=True)
    path = instance / "secrets.json"
    if not path.exists():
        _make_secrets(path)
    stored = json.loads(path.read_text())
    return Secrets(
        session_key=stored["session_key"],
        data_keys={int(n): Vault.key_from_text(k) for n, k in stored["data_keys"].items()},
        current_data_key=stored["current_data_key"],
        index_key=Vault.key_from_text(stored["index_key"]),
        oss_user_key=stored["oss_user_key"],
        purpose=Purpose(stored["purpose"]) if "purpose" in stored else None,
    )


def has_secrets(instance: Path) -> bool:
    """Return whether there is an installation in this folder."""
    return (instance / "secrets.json").exists()


def _make_secrets(path: Path) -> None:
    """Write fresh keys. Two processes that start together end up with the same file."""

    fresh = {
        "session_key": _new_key(),
        "data_keys": {"1": _new_key()},
        "current_data_key": 1,
        "index_key": _new_key(),
        "oss_user_key": secrets.token_urlsafe(24),
    }
    draft = _write_draft(path, fresh)
    try:
        os.link(draft, path)  # unlike rename, this keeps the file of whoever came first
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _new_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def _write_draft(path: Path, content: Mapping[str, Any]) -> Path:
    draft = path.with_name(f".secrets-{os.getpid()}-{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(content, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    return draft


def key_source(instance: Path) -> Callable[[], tuple[Mapping[int, bytes], int]]:
    """Return what reads the data keys and the number of the current one anew."""

    def read() -> tuple[Mapping[int, bytes], int]:
        found = load_secrets(instance)
        return found.data_keys, found.current_data_key

    return read


def fresh_session_key(stored: Mapping[str, Any]) -> dict[str, Any]:
    """Return the content of a file of keys with another key for sessions: all of them end."""
    return {**stored, "session_key": _new_key()}


def mark_purpose(instance: Path, purpose: Purpose) -> None:
    """Write beside the keys what the data folder is for, once and for all."""
    if load_secrets(instance).purpose is None:
        _change_secrets(instance, lambda stored: stored.setdefault("purpose", str(purpose)))


def seal_key(instance: Path) -> bytes:
    """Return the key that signs the seals of the record; it is made when first asked for."""
    stored = json.loads((instance / "secrets.json").read_text())
    if "seal_key" not in stored:
        stored = _change_secrets(instance, _with_seal_key)
    return Vault.key_from_text(stored["seal_key"])


def _with_seal_key(stored: dict[str, Any]) -> dict[str, Any]:
    stored.setdefault("seal_key", _new_key())
    return stored


class CannotRetire(Exception):
    """The key must stay."""


def add_data_key(instance: Path, now: datetime) -> int:
    """Add a data key, make it the current one and return its number. Older ones stay.

    Raises ValueError when the numbers (up to 255) are used up.
    """

    def change(stored: dict[str, Any]) -> int:
        number = max(map(int, stored["data_keys"]), default=0) + 1
        if number > HIGHEST_KEY:
            raise ValueError("no key number is left")
        stored["data_keys"][str(number)] = _new_key()
        stored["current_data_key"] = number
        stored["rotated_at"] = now.isoformat()
        return number

    return _change_secrets(instance, change)


def remove_data_key(instance: Path, number: int, now: datetime) -> None:
    """Take out a data key that nothing uses any more; the caller has looked.

    Raises CannotRetire for the current key, one that is not there, and while running processes may
    still seal with it.
    """

    def change(stored: dict[str, Any]) -> None:
        if str(number) not in stored["data_keys"] or number == stored["current_data_key"]:
            raise CannotRetire("not there, or the current key")
        rotated_at = datetime.fromisoformat(stored["rotated_at"])
        if now < rotated_at + SETTLED_AFTER:
            raise CannotRetire("running processes may still seal with it; wait a few minutes")
        del stored["data_keys"][str(number)]

    _change_secrets(instance, change)


def _change_secrets(instance: Path, change: Callable[[dict[str, Any]], T]) -> T:
    """Change the file of keys in one step; who reads meanwhile sees the old or the new one."""
    path = instance / "secrets.json"
    with (instance / "secrets.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        stored = json.loads(path.read_text())
        result = change(stored)
        draft = _write_draft(path, stored)
        draft.replace(path)
        folder = os.open(instance, os.O_RDONLY)
        try:
            os.fsync(folder)  # the new key must not be lost after something was sealed with it
        finally:
            os.close(folder)
    return result
