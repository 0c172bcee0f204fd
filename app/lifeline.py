"""Processes that end with whoever started them, and are found again where they did not.

A start that is killed outright cannot stop what it started. So its processes look for it each
second, and the next start ends those that are left: they would hold the port and the data.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterable
from pathlib import Path

STARTED_BY = "SERVICE_STARTED_BY"
"""Environment variable with the process that ends the service when it ends."""

LOOK_EVERY_S = 1.0
_PROC = Path("/proc/self/stat")
END_WITHIN_S = 12.0  # the server gives its own workers 10


def end_with_starter(*, is_child: bool = False) -> None:
    """Watch, in a thread, whether the starter lives; end the whole group of processes otherwise.

    is_child: the parent is watched as well, as by a worker of the server.
    """
    starter, parent = int(os.environ.get(STARTED_BY, "0")), os.getppid()

    def watch() -> None:
        while True:
            time.sleep(LOOK_EVERY_S)
            if starter and not _lives(starter):
                os.killpg(os.getpgrp(), signal.SIGTERM)
                break
            if is_child and os.getppid() != parent:
                os.kill(os.getpid(), signal.SIGTERM)
                break
        time.sleep(END_WITHIN_S)
        os.kill(os.getpid(), signal.SIGKILL)  # somebody's slow line must not hold it up

    if starter or is_child:
        threading.Thread(target=watch, name="lifeline", daemon=True).start()


def note(path: Path, groups: Iterable[int]) -> None:
    """Write down this process and the groups of processes that it started."""
    started = {str(pid): _born(pid) for pid in (os.getpid(), *groups)}
    path.write_text(json.dumps({"starter": str(os.getpid()), "started": started}))


def end_left(path: Path) -> bool:
    """End the groups that a dead starter wrote down there. Return whether there were any."""
    try:
        noted = json.loads(path.read_text())
        started = {int(pid): str(born) for pid, born in noted["started"].items()}
        starter = int(noted["starter"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False
    if _born(starter) == started.pop(starter, ""):
        return False  # it lives and looks after them
    left = [group for group, born in started.items() if _is_left(group, born)]
    for sent, within_s in ((signal.SIGTERM, END_WITHIN_S), (signal.SIGKILL, END_WITHIN_S)):
        deadline = time.monotonic() + within_s
        for group in left:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(group, sent)
        while any(_is_left(g, started[g]) for g in left) and time.monotonic() < deadline:
            time.sleep(0.1)
    path.unlink(missing_ok=True)
    return bool(left)


def _is_left(group: int, born: str) -> bool:
    """Return whether the group still has members, the first of which may have gone."""
    if _born(group) not in {"", born}:
        return False  # the number belongs to somebody else by now
    if _PROC.exists():  # looked through, since a dead process without an heir still has its number
        every = (_stat(int(entry.name)) for entry in Path("/proc").glob("[0-9]*"))
        return any(stat and stat[2] == str(group) for stat in every)
    try:
        os.killpg(group, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def _born(pid: int) -> str:
    """Return when a process began, as the system says it: numbers are reused. "" for none."""
    if _PROC.exists():
        stat = _stat(pid)
        return stat[19] if stat else ""
    command = ["/bin/ps", "-o", "lstart=", "-p", str(pid)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    return done.stdout.strip()


def _stat(pid: int) -> list[str]:
    """Return what Linux says of a process, from its state on (see proc(5)); nothing of a dead one.

    Of these the third is its group and the twentieth the time at which it began.
    """
    try:
        found = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []
    return [] if found[0] in "ZX" else found


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
