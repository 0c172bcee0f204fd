"""The practice space beside the real service: starts it, keeps it up, wipes it each night.

It is the same program in training mode, with a data folder of its own (INSTANCE/latihan): own
database, own keys, own built-in offices. It inherits no setting that leads outside. The real
service reaches it through a socket in that folder (app/practice_space/line.py); nothing else is
shared.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import secrets
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path

from app import clock, lifeline, serving
from app.config import ROOT, PracticeSpace, Settings
from app.domain.law.calendar import last_wipe_due
from app.practice_space.line import MOUNT

SLOTS_FREE = 2  # threads of the real service that never wait for the practice space
LOOK_EVERY_S = 1.0
STOP_WITHIN_S = 10.0
NICE = 10  # on a busy machine the real service comes first
MEMORY_AT_MOST_MIB = 500  # two to three times what it needs
RESTART_AFTER_S = (1.0, 60.0)  # at first, at most
STEADY_AFTER_S = 60.0
PATH_AT_MOST = 100  # bytes; systems take 104 to 108 for the address of a socket

_MARK = "ruang-latihan.json"  # stands in every folder that may be wiped
_OLD = "latihan.lama-"
# The rest of the environment may hold addresses and passwords of the real service.
_INHERITED = frozenset(
    {
        "PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "VIRTUAL_ENV", "PYTHONPATH",
        "LD_LIBRARY_PATH", "LOG_LEVEL", "OFFICE_HOURS", "OFFICE_ADDRESS", "OFFICE_PHONE",
        "OFFICE_MAP", "DUKCAPIL_HOURS", "DUKCAPIL_ADDRESS",
    }
)  # fmt: skip


class NotOurs(Exception):
    """The folder was not made by us, so it is not touched."""


def folder_of(settings: Settings) -> Path:
    """Return the data folder of the practice space."""
    return settings.instance / "latihan"


def socket_of(settings: Settings) -> Path:
    """Return where the practice space answers."""
    return folder_of(settings) / "web.sock"


def slots_of(settings: Settings) -> int:
    """Return how many requests of the real service may wait for the practice space at once."""
    return max(1, settings.threads - SLOTS_FREE)


def environment(settings: Settings, inherited: Mapping[str, str]) -> dict[str, str]:
    """Return the whole environment of the practice space."""
    env = {name: value for name, value in inherited.items() if name in _INHERITED}
    env |= {
        "SERVICE_MODE": "training",
        "PRACTICE_SPACE": str(PracticeSpace.INSIDE),
        "INSTANCE": str(folder_of(settings)),
        "TRUSTED_PROXIES": "1",
        "THREADS": str(slots_of(settings)),
        "PYTHONUNBUFFERED": "1",
        lifeline.STARTED_BY: str(os.getpid()),
    }
    if settings.public_url:
        env["PUBLIC_URL"] = settings.public_url + MOUNT
    return env


def wipe(settings: Settings, now: datetime) -> None:
    """Take everything out of the practice space, keys included. It must not be running.

    Raises NotOurs for a folder that holds something else.
    """
    folder = folder_of(settings)
    if folder.is_symlink() or (folder.exists() and not (folder / _MARK).exists()):
        if folder.is_symlink() or any(folder.iterdir()):
            raise NotOurs(folder)
        folder.rmdir()
    if folder.exists():
        folder.rename(folder.with_name(_OLD + secrets.token_hex(4)))
    folder.mkdir(mode=0o700, parents=True)
    (folder / _MARK).write_text(json.dumps({"since": now.isoformat()}))
    for old in settings.instance.glob(_OLD + "*"):
        shutil.rmtree(old, ignore_errors=True)


def since(settings: Settings) -> datetime | None:
    """Return when the practice space was last wiped; None where there is none yet."""
    try:
        return datetime.fromisoformat(
            json.loads((folder_of(settings) / _MARK).read_text())["since"]
        )
    except (FileNotFoundError, ValueError, KeyError):
        return None


def is_due(settings: Settings, now: datetime) -> bool:
    """Return whether the practice space has to be wiped, or made.

    One that was made at a moment that lies ahead, before the clock was set back, counts as old:
    nobody knows for how many nights it would stay.
    """
    made_at = since(settings)
    return made_at is None or not last_wipe_due(now, settings.practice_wipe_at) <= made_at <= now


@contextlib.contextmanager
def holding(settings: Settings) -> Iterator[bool]:
    """Be the only one who starts, stops and wipes; yields False where another one is."""
    settings.instance.mkdir(parents=True, exist_ok=True)
    with (settings.instance / "latihan.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
            return
        yield True


def _noted(settings: Settings) -> Path:
    return settings.instance / "latihan.proses"


def _wish(settings: Settings) -> Path:
    return settings.instance / "latihan.hapus"


def ask_to_wipe(settings: Settings, within_s: float = 60.0) -> bool:
    """Let whoever runs the practice space wipe it now. Return whether it was done in time.

    Raises NotOurs as wipe() does, where nobody runs it.
    """
    with holding(settings) as alone:
        if alone:
            wipe(settings, clock.now())
            return True
    wish = _wish(settings)
    wish.touch()
    deadline = time.monotonic() + within_s
    while wish.exists() and time.monotonic() < deadline:
        time.sleep(0.2)
    return not wish.exists()


Launch = Callable[[], "subprocess.Popen[bytes]"]


class Keeper:
    """Keeps the practice space running. One per machine and data folder; see run()."""

    def __init__(
        self,
        settings: Settings,
        say: Callable[[str], None],
        *,
        launch: Launch | None = None,
        now: Callable[[], datetime] = clock.now,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """say: takes a sentence for the operator. launch, now, clock: for tests."""
        self._settings, self._say, self._now, self._clock = settings, say, now, clock
        self._launch = launch or self._start
        self._process: subprocess.Popen[bytes] | None = None
        self._started_at = 0.0
        self._start_at = 0.0
        self._wait_s = RESTART_AFTER_S[0]

    def run(self, stop: threading.Event) -> None:
        """Work until told to stop. Never raises: the real service must not suffer from it."""
        if len(os.fsencode(socket_of(self._settings))) > PATH_AT_MOST:
            self._say("No practice space: INSTANCE is too long a path for its socket.")
            return
        with holding(self._settings) as alone:
            if not alone:
                self._say("The practice space is kept by another process already.")
                return
            lifeline.end_left(_noted(self._settings))
            try:
                while not stop.is_set():
                    try:
                        self.look()
                    except NotOurs as error:
                        self._say(f"No practice space: {error} holds something else.")
                        return
                    except OSError as error:
                        self._say(f"The practice space waits: {error.strerror}")
                        self._start_at = self._clock() + RESTART_AFTER_S[1]
                    stop.wait(LOOK_EVERY_S)
            finally:
                self.end()

    def look(self) -> None:
        """Do what is to be done now: wipe, start, or start again after a while."""
        wish = _wish(self._settings)
        if wish.exists() or is_due(self._settings, self._now()):
            self.end()
            wipe(self._settings, self._now())
            wish.unlink(missing_ok=True)
            self._start_at = self._clock()
        process = self._process
        if process is not None and process.poll() is not None:
            self._process = None
            if self._clock() - self._started_at > STEADY_AFTER_S:
                self._wait_s = RESTART_AFTER_S[0]
            self._start_at = self._clock() + self._wait_s
            self._wait_s = min(self._wait_s * 2, RESTART_AFTER_S[1])
            self._say("The practice space ended by itself; it will be started again.")
        if self._process is None and self._clock() >= self._start_at:
            socket_of(self._settings).unlink(missing_ok=True)
            self._process = self._launch()
            self._started_at = self._clock()

    def end(self) -> None:
        """Stop the practice space, with all that it started."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(STOP_WITHIN_S)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)  # it leads a group of its own
        process.wait()
        _noted(self._settings).unlink(missing_ok=True)

    def _start(self) -> subprocess.Popen[bytes]:
        command = serving.command(
            "app.practice_wsgi:served",
            "--uds", str(socket_of(self._settings)), "--uds-permissions", "0o600",
            "--workers-kill-timeout", "5", "--respawn-failed-workers",
            "--workers-max-rss", str(MEMORY_AT_MOST_MIB),
        )  # fmt: skip
        process = subprocess.Popen(  # noqa: S603
            command, cwd=ROOT, env=environment(self._settings, os.environ), start_new_session=True
        )
        lifeline.note(_noted(self._settings), [process.pid])
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PGRP, process.pid, NICE)
        return process
