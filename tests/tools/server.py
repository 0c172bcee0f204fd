"""A server of our own for tests and measures: real worker process, own data, loopback only."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from app.config import ROOT

READY_WITHIN_S = 60.0


class Data:
    """An empty installation in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.env = {
            **{k: v for k, v in os.environ.items() if k in {"PATH", "HOME", "LANG", "TMPDIR"}},
            "INSTANCE": str(folder),
            "LOG_LEVEL": "ERROR",
            "PYTHONUNBUFFERED": "1",
        }
        for command in ("db upgrade", "reference load"):
            subprocess.run(
                [sys.executable, "-m", "flask", "--app", "app.wsgi:app", *command.split()],
                cwd=ROOT,
                env=self.env,
                check=True,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )

    @staticmethod
    def server(host: str, port: int) -> list[str]:
        """Return the command of the server: as `make run` starts it, with one worker process."""
        return [
            sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host,
            "--port", str(port), "--workers", "1", "--blocking-threads", "4", "--no-ws",
            "--log-level", "error", "app.wsgi:app",
        ]  # fmt: skip


class Server:
    """A server on loopback."""

    def __init__(self, data: Data) -> None:
        self.port = _free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        began = time.monotonic()
        self._process = subprocess.Popen(
            data.server("127.0.0.1", self.port), cwd=ROOT, env=data.env, start_new_session=True
        )
        try:
            self._wait(began)
        except BaseException:
            self.stop()
            raise
        self.ready_after_s = time.monotonic() - began

    def _wait(self, began: float) -> None:
        while True:
            with contextlib.suppress(urllib.error.URLError, OSError):
                urllib.request.urlopen(self.base + "/readyz", timeout=5).close()
                return  # anything but 200 raises
            if self._process.poll() is not None or time.monotonic() - began > READY_WITHIN_S:
                raise RuntimeError("the server did not become ready")
            time.sleep(0.02)

    def worker_rss(self) -> int:
        """Return the resident memory of the worker process, in bytes (the parent's left out)."""
        parent = self._process.pid
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        pages = max(int(Path(f"/proc/{child}/statm").read_text().split()[1]) for child in children)
        return pages * os.sysconf("SC_PAGE_SIZE")

    def stop(self) -> None:
        """Stop the server and its worker."""
        if self._process.poll() is None:
            self._process.terminate()
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextlib.contextmanager
def serving(data: Data) -> Iterator[Server]:
    """Give a running server."""
    server = Server(data)
    try:
        yield server
    finally:
        server.stop()
