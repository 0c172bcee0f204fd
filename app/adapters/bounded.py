"""Reading what people send outside of this process: a file that harms its reader harms only it.

Every paper is cleaned by a process of its own (child.py) within bounds of time and memory, one at a
time on this installation. Whoever comes while one is read and another waits is told to come back:
files that take long may hold two threads, never all.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from app.domain.dossier.attachments import FileFault, FileRefused

_CHILD = Path(__file__).with_name("child.py")
CPU_S = 12
PATIENCE_S = 25  # by the clock: a busy machine is slow without fault of the file
TURN_S = 20  # how long one waits for the lane
MEMORY_BYTES = 700_000_000  # of addresses; see docs/decisions/0027
_PLACES = threading.BoundedSemaphore(2)  # one is read, one waits


class Busy(Exception):
    """Other papers are being read; this one may be sent again soon."""


@contextlib.contextmanager
def _lane() -> Iterator[None]:
    """Hold the only lane, whichever process of the installation asks. Raises Busy.

    The lock lies on a file that every installation has, so it needs no place to write to, and the
    system lets go of it when its holder dies.
    """
    if not _PLACES.acquire(blocking=False):
        raise Busy
    try:
        with _CHILD.open("rb") as file:
            until = time.monotonic() + TURN_S
            while True:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError as error:
                    if time.monotonic() > until:
                        raise Busy from error
                    time.sleep(0.05)
            yield
    finally:
        _PLACES.release()


def cleaned_outside(
    task: str, raw: bytes, options: Mapping[str, Any] | None = None
) -> tuple[dict[str, Any], bytes]:
    """Return what the task says of a file, and the cleaned file.

    task: the name of a module beside this one with a function `clean`.

    Raises FileRefused (what the task found; TOO_HEAVY over a bound), Busy.
    """
    order = {"task": task, "cpu_s": CPU_S, "memory_bytes": MEMORY_BYTES, **(options or {})}
    with _lane():
        try:
            done = subprocess.run(  # noqa: S603 our own file, and no shell
                [sys.executable, "-I", str(_CHILD), json.dumps(order)],
                input=raw,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,  # it may quote the file
                timeout=PATIENCE_S,
                env={},
                check=True,
            )
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            # A bound of time or memory ended it: whatever else goes wrong, it says itself.
            raise FileRefused(FileFault.TOO_HEAVY) from error
    head, _, body = done.stdout.partition(b"\n")
    answer = json.loads(head)
    if "fault" in answer:
        raise FileRefused(FileFault(answer["fault"]))
    return answer, body
