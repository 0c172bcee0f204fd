"""Hundreds of senders whose forms never end, against a server on loopback.

    python -m tests.tools.slow_senders --port 8000 --slow 500 --vanished 200

The slow ones send a byte a second, the vanished ones half a form and then nothing, for every second
one of them before the headers end. Prints one JSON object when all have begun, and another when
standard input ends: how many were cut, and after how many seconds.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

PATHS = ("/berkas/mulai", "/en/berkas/lanjut", "/berkas/diri", "/latihan/berkas/mulai", "/")
STATED = 20_000  # bytes that each of them promises
AT_ONCE = 50


@dataclass
class _Fate:
    began: float = field(default_factory=time.monotonic)
    cut_after_s: float | None = None
    status: int = 0


async def _one(port: int, number: int, slow: bool, begun: asyncio.Semaphore, fates: list[_Fate]):
    async with begun:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        head = (
            f"POST {PATHS[number % len(PATHS)]} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {STATED}\r\n"
        )
        if slow or number % 2:
            head += "\r\ncsrf_token=abc&uraian=Saya+menjual"
        writer.write(head.encode())
        await writer.drain()
        fate = _Fate()
        fates.append(fate)
    answer = asyncio.ensure_future(reader.read(64 * 1024))
    with contextlib.suppress(OSError):
        while not answer.done():
            if slow:
                writer.write(b"a")
                await writer.drain()
            await asyncio.wait([answer], timeout=1.0)
        said = answer.result()
        fate.status = int(said.split(b" ", 2)[1]) if said else 0
    fate.cut_after_s = time.monotonic() - fate.began
    answer.cancel()
    writer.close()


async def _all(port: int, slow: int, vanished: int) -> None:
    begun, fates = asyncio.Semaphore(AT_ONCE), []
    senders = [
        asyncio.ensure_future(_one(port, number, number < slow, begun, fates))
        for number in range(slow + vanished)
    ]
    while len(fates) < slow + vanished:
        for sender in senders:
            if sender.done() and sender.exception():
                raise SystemExit(f"no line to the server: {sender.exception()!r}")
        await asyncio.sleep(0.05)
    print(json.dumps({"begun": len(fates)}), flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    cut = sorted(fate.cut_after_s for fate in fates if fate.cut_after_s is not None)
    found: dict[str, Any] = {"cut": len(cut), "of": len(fates)}
    if cut:
        found |= {"first_s": round(cut[0], 1), "last_s": round(cut[-1], 1)}
        found["answered_408"] = sum(fate.status == 408 for fate in fates)
    print(json.dumps(found), flush=True)
    for sender in senders:
        sender.cancel()


@dataclass
class Senders:
    """Those under way. fate: what came of them, once they are stopped."""

    fate: dict[str, Any] = field(default_factory=dict)


@contextlib.contextmanager
def beside(port: int, *, slow: int = 500, vanished: int = 200) -> Iterator[Senders]:
    """Let them send while the block runs. Raises RuntimeError when they get no line."""
    command = [sys.executable, "-m", "tests.tools.slow_senders", "--port", str(port)]
    command += ["--slow", str(slow), "--vanished", str(vanished)]
    senders = Senders()
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as run:
        try:
            if not run.stdout.readline():
                raise RuntimeError("the slow senders got no line to the server")
            yield senders
            said, _ = run.communicate(timeout=30)
            senders.fate = json.loads(said)
        finally:
            run.kill()


def main() -> None:
    """Send until standard input ends."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--slow", type=int, default=500)
    parser.add_argument("--vanished", type=int, default=200)
    options = parser.parse_args()
    asyncio.run(_all(options.port, options.slow, options.vanished))


if __name__ == "__main__":
    main()
