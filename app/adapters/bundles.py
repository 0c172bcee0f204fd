"""Where copies of everything go: a folder, on another disk or another machine, sealed by age.

Whoever holds the folder reads nothing. A bundle is sealed to public keys (age-encryption.org/v1:
X25519, ChaCha20-Poly1305 in pieces of 64 KiB), so the machine that writes it needs no secret, and
Debian's own `age` opens it without us. Papers lie there as in the store, sealed already, each once,
named by what it holds.

    oss-sorong-copies        our mark: without it nothing is written, since a disk that is not
                             mounted looks like an empty folder
    keys/<time>.age          the keys of the data, sealed to the recovery key alone
    papers/ab/<sha256>       papers;  papers/known  which key of the store has which
    <time>/data.age          everything else;  <time>/papers  which papers go with it
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, TypeVar

import pyrage

T = TypeVar("T")

MARK = "oss-sorong-copies"
_STAMP = "%Y%m%dT%H%M%SZ"
_NAME = re.compile(r"[0-9]{8}T[0-9]{6}Z")
_SHA = re.compile(r"[0-9a-f]{64}")
_DRAFT = ".draft-"


class CopiesUnavailable(Exception):
    """The folder of copies cannot be used. cause: one word for a log, no path."""

    def __init__(self, cause: str) -> None:
        super().__init__(cause)
        self.cause = cause


class BrokenBundle(Exception):
    """What is there is torn, was changed, or opens with another key."""


class WrongKey(BrokenBundle):
    """It is sealed for somebody else."""


@dataclass(frozen=True)
class Known:
    """A paper that is there. number: of the data key that sealed it."""

    key: str
    sha: str
    size: int
    number: int

    def line(self) -> str:
        return f"{self.key} {self.sha} {self.size} {self.number}\n"


def new_identity() -> tuple[str, str]:
    """Return a secret key and its public one, as age writes them."""
    identity = pyrage.x25519.Identity.generate()
    return str(identity), str(identity.to_public())


def public_of(identity: str) -> str:
    """Return the public key of a secret one. Raises WrongKey for what is none."""
    return str(_identity(identity).to_public())


def _identity(text: str) -> pyrage.x25519.Identity:
    found = re.search(r"AGE-SECRET-KEY-1[0-9A-Z]+", text)
    try:
        return pyrage.x25519.Identity.from_str(found[0] if found else text.strip())
    except pyrage.IdentityError as error:
        raise WrongKey("no secret key of age") from error


class _Piped(threading.Thread):
    """One end of a pipe, worked on in a thread; what went wrong there is asked for afterwards."""

    def __init__(self, work: Callable[[BinaryIO], object], end: BinaryIO) -> None:
        super().__init__(name="bundle", daemon=True)
        self._work, self._end = work, end
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            with self._end:
                self._work(self._end)
        except BaseException as error:
            self.error = error


def seal(path: Path, recipients: Sequence[str], write: Callable[[BinaryIO], object]) -> None:
    """Write a sealed file, whole or not at all. write: puts the content into a stream."""
    keys = [pyrage.x25519.Recipient.from_str(each) for each in recipients]
    draft = path.with_name(f"{_DRAFT}{secrets.token_hex(4)}")
    source, target = os.pipe()
    writer = _Piped(write, os.fdopen(target, "wb"))
    writer.start()
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        with os.fdopen(source, "rb") as plain, os.fdopen(os.open(draft, flags, 0o600), "wb") as out:
            pyrage.encrypt_io(plain, out, keys)
            out.flush()
            os.fsync(out.fileno())
        writer.join()
        if writer.error is not None:
            raise writer.error
        draft.replace(path)
        _to_disk(path.parent)
    finally:
        writer.join()
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)


def open_sealed(path: Path, identity: str, read: Callable[[BinaryIO], T]) -> T:
    """Read a sealed file to its end and return what `read` made of it.

    What `read` is given is genuine piece by piece, and whole only when this returns: so nothing of
    it may be kept before. Raises BrokenBundle, WrongKey; what `read` raises.
    """
    key = _identity(identity)
    source, target = os.pipe()

    def decrypt(out: BinaryIO) -> None:
        with path.open("rb") as sealed:
            pyrage.decrypt_io(sealed, out, [key])

    opener = _Piped(decrypt, os.fdopen(target, "wb"))
    opener.start()
    with os.fdopen(source, "rb") as plain:
        failure: Exception | None = None
        try:
            result = read(plain)
        except Exception as error:
            failure = error
        else:
            while plain.read(1 << 20):  # to the end, which says that nothing was cut off
                pass
        if failure is not None:
            plain.close()  # whoever writes into it ends by that
    opener.join()
    if isinstance(opener.error, pyrage.DecryptError) and "matching" in str(opener.error):
        raise WrongKey(path.name) from opener.error
    if opener.error is not None and not isinstance(opener.error, BrokenPipeError):
        raise BrokenBundle(path.name) from opener.error
    if failure is not None:
        raise failure
    return result


def _to_disk(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class Copies:
    """The folder of copies. Every method may raise CopiesUnavailable."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def check(self) -> None:
        """See that the folder carries our mark."""
        try:
            (self.folder / MARK).stat()
        except FileNotFoundError as error:
            raise CopiesUnavailable("not_there") from error
        except OSError as error:
            raise CopiesUnavailable(type(error).__name__) from error

    def begin(self) -> None:
        """Mark an empty folder as ours; one that bears the mark stays as it is."""
        with self._told():
            if (self.folder / MARK).exists():
                return
            there = self.folder.is_dir() and {each.name for each in self.folder.iterdir()}
            if not self.folder.is_dir() or (there and there - {"lost+found"}):
                raise CopiesUnavailable("not_empty" if there else "not_there")
            for name in ("keys", "papers"):
                (self.folder / name).mkdir(mode=0o700)
            (self.folder / MARK).write_text("1\n")
            _to_disk(self.folder)

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise CopiesUnavailable(type(error).__name__) from error

    # Bundles

    def names(self) -> list[str]:
        """Return the bundles that are whole, the oldest first."""
        self.check()
        with self._told():
            found = [each.name for each in self.folder.iterdir() if _NAME.fullmatch(each.name)]
        return sorted(found)

    def data_of(self, name: str) -> Path:
        return self.folder / name / "data.age"

    @contextlib.contextmanager
    def new_bundle(self, now: datetime) -> Iterator[tuple[str, Path]]:
        """Make a bundle: its name and a folder to fill. It is there once the block has ended."""
        self.check()
        name = now.astimezone(UTC).strftime(_STAMP)
        draft = self.folder / f"{_DRAFT}{secrets.token_hex(4)}"
        with self._told():
            for left in self.folder.glob(f"{_DRAFT}*"):
                shutil.rmtree(left, ignore_errors=True)
            draft.mkdir(mode=0o700)
        try:
            yield name, draft
            with self._told():
                _to_disk(draft)
                draft.rename(self.folder / name)
                _to_disk(self.folder)
        finally:
            shutil.rmtree(draft, ignore_errors=True)

    def drop(self, name: str) -> None:
        """Take a bundle away; its papers go with forget_papers()."""
        with self._told():
            shutil.rmtree(self.folder / name)

    # Keys

    def put_keys(self, now: datetime, recipient: str, content: bytes) -> None:
        """Keep the keys, for the holder of the recovery key."""
        self.check()
        with self._told():
            path = self.folder / "keys" / f"{now.astimezone(UTC).strftime(_STAMP)}.age"
            seal(path, [recipient], lambda out: out.write(content))

    def keys(self, identity: str) -> list[bytes]:
        """Return the keys ever kept, the oldest first. Raises BrokenBundle, WrongKey."""
        self.check()
        with self._told():
            files = sorted((self.folder / "keys").glob("*.age"))
            return [open_sealed(each, identity, lambda plain: plain.read()) for each in files]

    # Papers

    def known(self) -> dict[str, Known]:
        """Return the papers that are noted, by their key in the store. The newest line counts."""
        self.check()
        return self._read_list(self.folder / "papers" / "known")

    def papers_of(self, name: str) -> dict[str, Known]:
        """Return the papers that go with a bundle."""
        return self._read_list(self.folder / name / "papers")

    def _read_list(self, path: Path) -> dict[str, Known]:
        found = {}
        with self._told():
            try:
                lines = path.read_text().splitlines()
            except FileNotFoundError:
                return {}
        for line in lines:
            parts = line.split(" ")
            if len(parts) == 4 and _SHA.fullmatch(parts[1]):  # a torn last line counts for nothing
                found[parts[0]] = Known(parts[0], parts[1], int(parts[2]), int(parts[3]))
        return found

    def put_paper(self, key: str, content: bytes, number: int) -> Known:
        """Keep a paper, unless one with this content is there. note() comes after it."""
        sha = hashlib.sha256(content).hexdigest()
        path = self._paper(sha)
        with self._told():
            if not path.exists():
                path.parent.mkdir(mode=0o700, exist_ok=True)
                draft = path.with_name(f"{_DRAFT}{secrets.token_hex(4)}")
                with draft.open("xb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
                draft.replace(path)
                _to_disk(path.parent)
        return Known(key, sha, len(content), number)

    def note(self, papers: Sequence[Known]) -> None:
        """Note papers that were put."""
        if not papers:
            return
        with self._told(), (self.folder / "papers" / "known").open("a") as file:
            file.write("".join(each.line() for each in papers))
            file.flush()
            os.fsync(file.fileno())

    def paper(self, sha: str) -> bytes:
        """Return a paper. Raises BrokenBundle when it is gone or was changed."""
        try:
            content = self._paper(sha).read_bytes()
        except FileNotFoundError as error:
            raise BrokenBundle(sha) from error
        except OSError as error:
            raise CopiesUnavailable(type(error).__name__) from error
        if hashlib.sha256(content).hexdigest() != sha:
            raise BrokenBundle(sha)
        return content

    def shas(self) -> set[str]:
        """Return which papers lie here."""
        with self._told():
            folders = [each for each in (self.folder / "papers").iterdir() if each.is_dir()]
            names = {each.name for folder in folders for each in os.scandir(folder)}
        return {name for name in names if _SHA.fullmatch(name)}

    def forget_papers(self, kept: set[str], noted: Sequence[Known]) -> int:
        """Take away the papers that no bundle and no line of `noted` needs; write these lines anew.

        kept: what they hold. Return how many went.
        """
        with self._told():
            path = self.folder / "papers" / "known"
            draft = path.with_name(f"{_DRAFT}{secrets.token_hex(4)}")
            draft.write_text("".join(each.line() for each in noted))
            draft.replace(path)
            gone = self.shas() - kept - {each.sha for each in noted}
            for sha in gone:
                self._paper(sha).unlink(missing_ok=True)
        return len(gone)

    def _paper(self, sha: str) -> Path:
        return self.folder / "papers" / sha[:2] / sha
