"""Start everything: migrate, load reference and practice data, serve, run the worker.

`make run` ends here. Stops both processes when it is told to stop, or when one of them dies.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import FrameType

from flask_migrate import upgrade

from app import create_app, gateways, lifeline, serving
from app.adapters.files import FilesUnavailable, PlaceMissing
from app.config import ROOT, BadSettings, PracticeSpace, Settings, read_settings
from app.extensions import db
from app.practice_space.keeper import Keeper
from app.practice_space.line import MOUNT
from app.practice_space.people import write_practice_file
from app.services.papers import sealed_files
from app.services.reference import loading
from app.storage import purpose
from app.web.limiting import proxies, shared_counts
from app.work.run import END_WITHIN_S

STOP_WITHIN_S = END_WITHIN_S + 3  # the worker finishes the job under way


def main() -> int:
    """Prepare, serve until stopped, stop cleanly. Return the exit status."""
    try:
        settings = read_settings()
    except BadSettings as error:
        for mistake in error.mistakes:
            print(f"Setting to mend: {mistake}", file=sys.stderr)  # noqa: T201
        return 2
    serving.allow_connections()
    os.umask(0o077)  # the database, its keys and the practice file are for this account alone
    if lifeline.end_left(_noted(settings)):
        print("An earlier start was killed; what it had left running is ended now.")  # noqa: T201
    if not _port_is_free(settings):
        print(f"Port {settings.port} is in use. Try another: PORT=8001 make run", file=sys.stderr)  # noqa: T201
        return 2
    try:
        _prepare(settings)
    except purpose.OtherPurpose as error:
        print(error.message, file=sys.stderr)  # noqa: T201
        return 2
    except PlaceMissing as error:
        print(gateways.files_advice(settings, error), file=sys.stderr)  # noqa: T201
        return 2
    return _serve(settings)


def _prepare(settings: Settings) -> None:
    shared_counts.start_anew(settings)
    app = create_app(settings)
    with app.app_context():
        upgrade()
    purpose.claim(app)
    with app.app_context():
        loading.load_releases()
        db.session.commit()
        try:
            sealed_files.check_place()
        except PlaceMissing:
            raise
        except FilesUnavailable as error:
            # After a power cut the store may need longer than we do; other work can begin.
            print(f"Warning: {gateways.files_advice(settings, error)}", file=sys.stderr)  # noqa: T201
        if settings.in_training:
            write_practice_file(settings)
            db.session.commit()
        db.session.remove()
        db.engine.dispose()


def _noted(settings: Settings) -> Path:
    """Return where the processes of a running service are noted. One service, one address."""
    return settings.instance / f"layanan-{settings.port}.proses"


def _port_is_free(settings: Settings) -> bool:
    """Look before starting: the server's own complaint would scroll by and say less."""
    try:
        address = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)[0]
        with socket.socket(address[0], socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address[4])
    except OSError:
        return False
    return True


def commands(settings: Settings) -> tuple[list[str], list[str]]:
    """Return how to start the web server and the worker, each from the folder of the program."""
    web = serving.command(
        "app.asgi:app", "--host", settings.host, "--port", str(settings.port),
        "--workers-kill-timeout", "10", "--respawn-failed-workers", workers=settings.workers,
    )  # fmt: skip
    worker = [sys.executable, "-m", "flask", "--app", "app.wsgi:app", "worker"]
    return web, worker


def _serve(settings: Settings) -> int:
    env = dict(os.environ, PYTHONUNBUFFERED="1")
    env[lifeline.STARTED_BY] = str(os.getpid())
    # Their own sessions: a Ctrl-C reaches us alone, and we stop them in order.
    processes = [
        subprocess.Popen(command, cwd=ROOT, env=env, start_new_session=True)  # noqa: S603
        for command in commands(settings)
    ]
    lifeline.note(_noted(settings), [process.pid for process in processes])
    stopping = False

    def stop(_signal: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    _say(settings)
    practice_ends = threading.Event()
    practice = threading.Thread(target=_keep_practice_space, args=(settings, practice_ends))
    practice.start()
    while not stopping and all(process.poll() is None for process in processes):
        time.sleep(0.2)
    status = 0 if stopping else 1
    if not stopping:
        print("One of the processes ended by itself; stopping the other.", file=sys.stderr)  # noqa: T201
    practice_ends.set()
    for process in processes:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
    deadline = time.monotonic() + STOP_WITHIN_S
    for process in processes:
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        # A server that was killed leaves its own children behind, and they hold the port.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    practice.join()
    _noted(settings).unlink(missing_ok=True)
    return status


def _keep_practice_space(settings: Settings, ends: threading.Event) -> None:
    """Keep the practice space beside the service. Whatever happens to it, the service goes on."""
    if settings.practice_space is PracticeSpace.ON:
        Keeper(settings, lambda text: print(text, file=sys.stderr, flush=True)).run(ends)  # noqa: T201


def _say(settings: Settings) -> None:
    address = settings.public_url or f"http://{settings.host}:{settings.port}"
    print(f"\n  OSS Sorong ({settings.mode}) is at {address} – English at {address}/en/")  # noqa: T201
    if settings.in_training:
        print(f"  Practice people, with their NIK: {settings.instance / 'practice.json'}")  # noqa: T201
    if settings.practice_space is PracticeSpace.ON:
        wiped = f"wiped each night at {settings.practice_wipe_at:%H:%M} WIT"
        print(f"  Practice space: {address}{MOUNT}/ – {wiped}")  # noqa: T201
    if settings.office_unknown:
        names = ", ".join(settings.office_unknown)
        print(f"\n  WARNING: people cannot see how to reach the office. Set {names}.\n", flush=True)  # noqa: T201
    if settings.agency_unknown:
        print(  # noqa: T201
            "\n  WARNING: OSS_AGENCY_CODE is not set, so news of licences goes to OSS without the"
            " code of this office (kd_instansi).\n  The public guide does not say which it is: ask"
            " Lembaga OSS. `flask oss codes 20` shows its list of sectors.\n",
            flush=True,
        )
    if doubt := proxies.warning(settings):
        print(f"\n  WARNING: {doubt}\n", flush=True)  # noqa: T201
    print("  Stop with Ctrl-C.\n", flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
