"""Encryption of personal data at rest, and keyed indexes to look it up by.

AES-256-GCM with keys that live outside the database. Each stored value names its key, so keys can
be rotated while old values stay readable. The column name is bound in, so a value moved to another
column no longer opens.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_FORMAT = 1
_NONCE_BYTES = 12
REREAD_AFTER_S = 60.0
"""So long a running process may go on sealing with a key that is no longer the current one."""


class CannotDecrypt(Exception):
    """A stored value does not open: another key, another column, or it was changed."""


@dataclass
class Vault:
    """Keys in memory. `keys` maps key numbers (0-255) to 32 bytes; `current` seals new values.

    source: reads keys and current number anew, so that a rotation reaches a running process: when
        it meets a key that it does not know, and from time to time before it seals.
    """

    keys: Mapping[int, bytes] = field(default_factory=dict)
    current: int = 0
    index_key: bytes = b""
    source: Callable[[], tuple[Mapping[int, bytes], int]] | None = None
    read_at: float = 0.0

    def reread(self) -> None:
        """Take the keys as they are now."""
        if self.source is not None:
            # In one step, so that another thread never meets a number without its key.
            found = self.source()
            self.keys = {**self.keys, **found[0]}
            self.current = found[1]
            self.keys = found[0]
        self.read_at = time.monotonic()

    @staticmethod
    def number_of(stored: bytes | None) -> int | None:
        """Return the number of the key that a value is sealed with; None for what is no value."""
        if stored is None or len(stored) <= 2 + _NONCE_BYTES or stored[0] != _FORMAT:
            return None
        return stored[1]

    def _key_of(self, stored: bytes, purpose: str) -> bytes:
        number = self.number_of(stored)
        if number is None:
            raise CannotDecrypt(purpose)
        if number not in self.keys:
            self.reread()
        key = self.keys.get(number)
        if key is None:
            raise CannotDecrypt(purpose)
        return key

    def seal(self, plain: str, purpose: str) -> bytes:
        """Return format byte, key number, nonce and ciphertext of `plain`."""
        return self.seal_bytes(plain.encode(), purpose)

    def open(self, stored: bytes, purpose: str) -> str:
        """Return the text that seal() was given. Raises CannotDecrypt."""
        return self.open_bytes(stored, purpose).decode()

    def seal_bytes(self, plain: bytes, purpose: str) -> bytes:
        """Return the same for a file or a piece of one."""
        if time.monotonic() - self.read_at >= REREAD_AFTER_S:
            self.reread()
        number = self.current
        nonce = os.urandom(_NONCE_BYTES)
        sealed = AESGCM(self.keys[number]).encrypt(nonce, plain, purpose.encode())
        return bytes((_FORMAT, number)) + nonce + sealed

    def open_bytes(self, stored: bytes, purpose: str) -> bytes:
        """Return the bytes that seal_bytes() was given. Raises CannotDecrypt."""
        key = self._key_of(stored, purpose)
        nonce, sealed = stored[2 : 2 + _NONCE_BYTES], stored[2 + _NONCE_BYTES :]
        try:
            return AESGCM(key).decrypt(nonce, sealed, purpose.encode())
        except InvalidTag as error:
            raise CannotDecrypt(purpose) from error

    def index(self, plain: str, purpose: str) -> bytes:
        """Return a keyed digest to search by; a plain hash of a NIK could be guessed."""
        return hmac.digest(self.index_key, f"{purpose}\x00{plain}".encode(), hashlib.sha256)

    @staticmethod
    def key_from_text(text: str) -> bytes:
        """Return the 32 bytes written as base64 in the secrets file."""
        key = base64.b64decode(text)
        if len(key) != 32:  # AES-256
            raise ValueError("a key must have 32 bytes")
        return key
