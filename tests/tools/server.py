"""A server of our own for tests and measures: real worker process, own data, loopback only."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from app.config import ROOT
from app.domain.oss.service_mode import ServiceMode
from app.serving import command as server_command
from app.storage.keyfile import load_secrets

READY_WITHIN_S = 60.0


class Data:
    """An empty installation in a folder of its own."""

    def __init__(self, folder: Path, root: Path = ROOT) -> None:
        """root: the program that it is for; another checkout, to measure one beside this."""
        self.folder, self.root = folder, root
        self.env = {
            **{k: v for k, v in os.environ.items() if k in {"PATH", "HOME", "LANG", "TMPDIR"}},
            "INSTANCE": str(folder),
            "INSTALL": "1",
            "LOG_LEVEL": "ERROR",
            "PYTHONUNBUFFERED": "1",
        }
        for command in ("db upgrade", "reference load"):
            subprocess.run(
                [sys.executable, "-m", "flask", "--app", "app.wsgi:app", *command.split()],
                cwd=root,
                env=self.env,
                check=True,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )

    def copy(self, folder: Path, **more: str) -> Data:
        """Return another installation that is as empty; more: settings of its own."""
        shutil.copytree(self.folder, folder)
        found = object.__new__(Data)
        found.folder, found.root = folder, self.root
        found.env = {**self.env, "INSTANCE": str(folder), **more}
        return found

    def server(self, host: str, port: int) -> list[str]:
        """Return the command of the server: as `make run` starts it, with one worker process."""
        if self.root != ROOT:
            return self._other_server(host, port)
        where = ("--host", host, "--port", str(port))
        return server_command("app.asgi:app", *where, log_level="error")

    def _other_server(self, host: str, port: int) -> list[str]:
        ask = "import json, sys; from app.__main__ import commands; "
        ask += "from app.config import read_settings; "
        ask += "print(json.dumps(commands(read_settings())[0]))"
        env = {**self.env, "HOST": host, "PORT": str(port)}
        command = [sys.executable, "-c", ask]
        said = subprocess.run(command, cwd=self.root, env=env, check=True, stdout=subprocess.PIPE)
        return [str(part) for part in json.loads(said.stdout)]


class Server:
    """A server on loopback."""

    def __init__(self, data: Data) -> None:
        self.port = _free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        began = time.monotonic()
        self._process = subprocess.Popen(
            data.server("127.0.0.1", self.port), cwd=data.root, env=data.env, start_new_session=True
        )
        try:
            _wait_for(self._process, self.base + "/readyz", began)
        except BaseException:
            self.stop()
            raise
        self.ready_after_s = time.monotonic() - began

    def worker_rss(self) -> int:
        """Return the resident memory of the worker process, in bytes (the parent's left out)."""
        parent = self._process.pid
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        pages = max(int(Path(f"/proc/{child}/statm").read_text().split()[1]) for child in children)
        return pages * os.sysconf("SC_PAGE_SIZE")

    def pss(self) -> int:
        """Return the memory of all its processes in bytes, what they share counted once."""
        parent = self._process.pid
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        rollups = (Path(f"/proc/{pid}/smaps_rollup").read_text() for pid in (parent, *children))
        lines = (line.split() for rollup in rollups for line in rollup.splitlines())
        return sum(1024 * int(line[1]) for line in lines if line[0] == "Pss:")

    def stop(self) -> None:
        """Stop the server and its worker."""
        if self._process.poll() is None:
            self._process.terminate()
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()


def _wait_for(process: subprocess.Popen[bytes], url: str, began: float) -> None:
    while True:
        with contextlib.suppress(urllib.error.URLError, OSError):
            urllib.request.urlopen(url, timeout=5).close()
            return  # anything but 200 raises
        if process.poll() is not None or time.monotonic() - began > READY_WITHIN_S:
            raise RuntimeError("the server did not become ready")
        time.sleep(0.02)


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


@contextlib.contextmanager
def _running(command: list[str], data: Data) -> Iterator[None]:
    """Let a program run beside the server."""
    process = subprocess.Popen(command, cwd=ROOT, env=data.env, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextlib.contextmanager
def outside(data: Data, name: str) -> Iterator[str]:
    """Give the address of a built-in service (“dukcapil”, “oss”) behind a port of its own."""
    port = _free_port()
    command = [sys.executable, "-m", "flask", "--app", "app.wsgi:app", "simulator", name]
    with _running([*command, "--port", str(port)], data):
        began = time.monotonic()
        while True:
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", port), 5).close()
                break
            if time.monotonic() - began > READY_WITHIN_S:
                raise RuntimeError(f"{name} did not become ready")
            time.sleep(0.02)
        yield f"http://127.0.0.1:{port}"


_SWEEP = """
import time
from app.work.run import sweep
from app.wsgi import app
while True:
    sweep(app)
    time.sleep(0.3)
"""


def working(data: Data) -> contextlib.AbstractContextManager[None]:
    """Let the worker's sweep run again and again: the worker without its pauses."""
    return _running([sys.executable, "-c", _SWEEP], data)


OSS_NAME, OSS_PASSWORD = "OSS000", "latihan-rahasia"  # what OSS proves itself with, here made up


@dataclass(frozen=True)
class Place:
    """Where people walk. site: in connected mode, what tests.tools.oss_site.OssSite asks for."""

    mode: ServiceMode
    base: str
    site: Mapping[str, str] = field(default_factory=dict)


@contextlib.contextmanager
def serving_in(mode: ServiceMode, data: Data, fresh: Callable[[], Data]) -> Iterator[Place]:
    """Give the service in a mode, with what that mode needs behind ports of their own.

    data: an empty installation, used as it is. fresh: makes another one for what stands outside.
    """
    with contextlib.ExitStack() as stack:
        site: dict[str, str] = {}
        if mode is not ServiceMode.TRAINING:
            there = fresh()
            registry = stack.enter_context(outside(there, "dukcapil"))
            data.env |= {
                "SERVICE_MODE": str(mode),
                "DUKCAPIL_URL": registry,
                "DUKCAPIL_USER": "practice",
                "DUKCAPIL_PASSWORD": "practice",
            }
            if mode is ServiceMode.CONNECTED:
                oss = stack.enter_context(outside(there, "oss"))
                key = load_secrets(there.folder).oss_user_key
                data.env |= {
                    "OSS_URL": oss,
                    "OSS_USER_KEY": key,
                    "OSS_USERNAME": OSS_NAME,
                    "OSS_PASSWORD": OSS_PASSWORD,
                }
                site = {"oss": oss, "user_key": key}
                site |= {"username": OSS_NAME, "password": OSS_PASSWORD}
                stack.enter_context(working(data))
        server = stack.enter_context(serving(data))
        yield Place(mode, server.base, {**site, "service": server.base} if site else {})
