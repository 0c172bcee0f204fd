"""The real application in a process of its own, with its own data folder."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

from app.config import ROOT
from app.serving import command as server_command

START_WITHIN_S = 60
_PREPARE = """
from app import create_app
from app.extensions import db
from app.services.reference.loading import load_releases
app = create_app()
with app.app_context():
    {make_tables}
    load_releases()
    db.session.commit()
"""
_MIGRATE = "from flask_migrate import upgrade; upgrade()"


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Served:
    """A running server. It trusts one proxy, so that each test can come from its own address."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.instance = folder / "instance"
        self.log = folder / "server.log"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        kept = {k: v for k, v in os.environ.items() if k in {"PATH", "HOME", "LANG", "TZ"}}
        self.env = {
            **kept,
            "INSTANCE": str(self.instance),
            "SERVICE_MODE": "training",
            "TRUSTED_PROXIES": "1",
            "PYTHONUNBUFFERED": "1",
            **settings,
        }
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Served:
        has_migrations = any((ROOT / "app/migrations/versions").glob("*.py"))
        script = _PREPARE.format(make_tables=_MIGRATE if has_migrations else "db.create_all()")
        subprocess.run(
            [sys.executable, "-c", script], cwd=ROOT, env=self.env, check=True, capture_output=True
        )
        self.start()
        return self

    def start(self) -> None:
        """Start the server and wait until it answers."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                server_command("app.asgi:app", "--host", "127.0.0.1", "--port", str(self.port)),
                cwd=ROOT, env=self.env, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        deadline = time.monotonic() + START_WITHIN_S
        while not self._answers():
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.1)

    def _answers(self) -> bool:
        try:
            with urlopen(f"{self.url}/healthz", timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def stop(self) -> None:
        """End the server with all that it started."""
        if self.process is None:
            return
        for sent in (signal.SIGTERM, signal.SIGKILL):
            if self.process.poll() is None:
                os.killpg(self.process.pid, sent)
                try:
                    self.process.wait(10)
                except subprocess.TimeoutExpired:
                    continue
        self.process = None

    def __exit__(self, *_: object) -> None:
        self.stop()

    def errors(self) -> list[str]:
        """Return the lines of the log that tell of an unexpected error."""
        lines = self.log.read_text().splitlines()
        return [line for line in lines if "unexpected_error" in line or "Traceback" in line]
