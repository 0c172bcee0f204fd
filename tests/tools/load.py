"""A small load generator: several kept-alive connections, one request after another on each.

Bounded in number and time. It shares the machine with the server that it measures, so its figures
are a lower bound and only comparable on the same machine.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Load:
    """What came of it.

    taken_s: seconds of each good answer; failed: status (0: no answer) -> how many.
    """

    seconds: float = 0.0
    taken_s: list[float] = field(default_factory=list)
    failed: dict[int, int] = field(default_factory=dict)

    @property
    def per_second(self) -> float:
        """Good answers a second."""
        return len(self.taken_s) / self.seconds if self.seconds else 0.0

    def quantile_ms(self, share: float) -> float | None:
        """Return the time, in ms, within which this share of the answers came."""
        if not self.taken_s:
            return None
        ordered = sorted(self.taken_s)
        return 1000 * ordered[min(len(ordered) - 1, math.ceil(share * len(ordered)) - 1)]


def run(
    host: str,
    port: int,
    request: Callable[[int], bytes],
    *,
    good: int,
    connections: int = 4,
    seconds: float = 5.0,
    at_most: int = 5000,
    patience_s: float = 30.0,
) -> Load:
    """Send requests until time or number is used up.

    request: connection number -> the bytes to send; called anew for each request, outside of the
        time that is taken. good: the status that counts. patience_s: for one answer.
    """
    return asyncio.run(_run(host, port, request, good, connections, seconds, at_most, patience_s))


async def _run(
    host: str,
    port: int,
    request: Callable[[int], bytes],
    good: int,
    connections: int,
    seconds: float,
    at_most: int,
    patience_s: float,
) -> Load:
    load, left = Load(), [at_most]
    began = time.monotonic()
    deadline = began + seconds

    async def one(number: int) -> None:
        reader, writer = await asyncio.open_connection(host, port)
        while time.monotonic() < deadline and left[0] > 0:
            left[0] -= 1
            sent = request(number)
            started = time.monotonic()
            try:
                writer.write(sent)
                await writer.drain()
                status = await asyncio.wait_for(_answer(reader), patience_s)
            except (OSError, EOFError, TimeoutError):
                status = 0
            if status == good:
                load.taken_s.append(time.monotonic() - started)
            else:
                load.failed[status] = load.failed.get(status, 0) + 1
            if status == 0:
                writer.close()
                reader, writer = await asyncio.open_connection(host, port)
        writer.close()

    await asyncio.gather(*(one(number) for number in range(connections)))
    load.seconds = time.monotonic() - began
    return load


async def _answer(reader: asyncio.StreamReader) -> int:
    """Read an answer to its end and return its status."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.split("\r\n")
    fields = {n.lower(): v.strip() for n, _, v in (line.partition(":") for line in lines)}
    if fields.get("transfer-encoding") == "chunked":
        size = 1
        while size:
            size = int((await reader.readuntil(b"\r\n")).split(b";")[0], 16)
            await reader.readexactly(size + 2)
    else:
        await reader.readexactly(int(fields.get("content-length", "0")))
    return int(first.split()[1])
