#!/usr/bin/env python3
"""Run a client command against a server over an emulated slow link (Linux, root).

Two network namespaces are made and joined through this process: every IP packet
between them waits for its turn on a link with a given rate, one-way delay, queue
and loss, so the kernel's own TCP (slow start, retransmission) does the rest.

    python -m tests.tools.slowlink --profile edge \
        --server 'flask --app app.wsgi:app run -h 10.77.0.1 -p 8000' --wait 10.77.0.1:8000 \
        -- curl -s http://10.77.0.1:8000/

The server sees the client as 10.77.0.2. Without --server only the client
namespace's command is run; use --server to start one inside its namespace.
Exit status: the client command's; 70 when the server never answered.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import heapq
import os
import random
import select
import shlex
import shutil
import signal
import struct
import subprocess
import sys
import threading
import time

# name: (down kbit/s, up kbit/s, round trip ms, loss share, queue bytes)
PROFILES = {
    "gprs": (50, 20, 900, 0.01, 24_000),
    "edge": (200, 80, 500, 0.01, 48_000),
    "3g-far": (600, 200, 300, 0.02, 96_000),
    "vsat": (2000, 256, 650, 0.005, 128_000),
    "village-wifi": (256, 64, 900, 0.02, 64_000),
    "lan": (100_000, 100_000, 1, 0.0, 1_000_000),
}
TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
SERVER_IP, CLIENT_IP = "10.77.0.1", "10.77.0.2"


def sh(command: str) -> None:
    """Run a command; raise when it fails."""
    subprocess.run(shlex.split(command), check=True)


def open_tun(name: str) -> int:
    """Make a network device whose packets this process carries; return its descriptor."""
    fd = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(fd, TUNSETIFF, struct.pack("16sH", name.encode(), IFF_TUN | IFF_NO_PI))
    return fd


class Direction:
    """One way of the link: a drop-tail queue drained at `rate`, then `delay` seconds of travel."""

    def __init__(self, rate_kbit: float, delay: float, loss: float, queue: int, rng: random.Random):
        self.bytes_per_s = rate_kbit * 1000 / 8
        self.delay, self.loss, self.queue, self.rng = delay, loss, queue, rng
        self.free_at = 0.0
        self.packets = self.bytes = self.lost = self.dropped = 0

    def deliver_at(self, size: int, now: float) -> float | None:
        """Return when a packet of this size arrives; None when it is dropped or lost."""
        backlog = max(0.0, self.free_at - now) * self.bytes_per_s
        if backlog + size > self.queue:
            self.dropped += 1
            return None
        self.free_at = max(now, self.free_at) + size / self.bytes_per_s
        self.packets += 1
        self.bytes += size
        if self.rng.random() < self.loss:
            self.lost += 1
            return None
        return self.free_at + self.delay


def why_not() -> str | None:
    """Return why a slow link cannot be made here; None when it can."""
    if os.geteuid() != 0:
        return "needs root, for network namespaces"
    if not os.path.exists("/dev/net/tun"):
        return "needs /dev/net/tun"
    if shutil.which("ip") is None:
        return "needs the command ip (Debian: iproute2)"
    return None


class Link(threading.Thread):
    """Carries the packets of both directions in real time, with outages."""

    def __init__(
        self,
        server_fd: int,
        client_fd: int,
        down: Direction,
        up: Direction,
        outage_every: float,
        outage_for: float,
    ):
        super().__init__(daemon=True)
        self.ways = {server_fd: (client_fd, down), client_fd: (server_fd, up)}
        self.outage_every, self.outage_for = outage_every, outage_for
        self.stop = False
        self.cut = 0

    def in_outage(self, elapsed: float) -> bool:
        """Return whether the line is gone at a moment, in seconds since the start."""
        if not self.outage_every:
            return False
        return elapsed % (self.outage_every + self.outage_for) >= self.outage_every

    def run(self) -> None:
        """Carry packets until told to stop."""
        pending: list[tuple[float, int, int, bytes]] = []
        order, start = 0, time.monotonic()
        while not self.stop:
            now = time.monotonic()
            wait = min(0.2, max(0.0, pending[0][0] - now)) if pending else 0.2
            ready, _, _ = select.select(list(self.ways), [], [], wait)
            now = time.monotonic()
            for fd in ready:
                while True:
                    try:
                        packet = os.read(fd, 65535)
                    except BlockingIOError:
                        break
                    other, way = self.ways[fd]
                    if self.in_outage(now - start):
                        self.cut += 1
                        continue
                    at = way.deliver_at(len(packet), now)
                    if at is not None:
                        order += 1
                        heapq.heappush(pending, (at, order, other, packet))
            while pending and pending[0][0] <= time.monotonic():
                _, _, other, packet = heapq.heappop(pending)
                with contextlib.suppress(OSError):
                    os.write(other, packet)


def main() -> int:
    """Make the link, run server and client on its ends, take everything away again."""
    ap = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    ap.add_argument("--profile", choices=PROFILES, default="edge")
    ap.add_argument("--down", type=float, help="kbit/s towards the client")
    ap.add_argument("--up", type=float, help="kbit/s towards the server")
    ap.add_argument("--rtt", type=float, help="round trip, ms")
    ap.add_argument("--loss", type=float, help="share of packets lost, each way")
    ap.add_argument("--queue", type=int, help="bytes that the link buffers, each way")
    ap.add_argument(
        "--outage-every", type=float, default=0, help="seconds of service between outages"
    )
    ap.add_argument("--outage-for", type=float, default=10, help="seconds that an outage lasts")
    ap.add_argument("--seed", type=int, default=1)
    ap.add_argument("--server", help="command to start in the server's namespace")
    ap.add_argument("--wait", help="host:port that must accept before the client starts")
    ap.add_argument(
        "--quiet", action="store_true", help="do not print the link's figures at the end"
    )
    ap.add_argument("client", nargs=argparse.REMAINDER)
    a = ap.parse_args()
    client = a.client[1:] if a.client[:1] == ["--"] else a.client
    if not client:
        ap.error("no client command")
    profile = PROFILES[a.profile]
    down, up, rtt, loss = (
        given if given is not None else usual
        for given, usual in zip((a.down, a.up, a.rtt, a.loss), profile[:4], strict=True)
    )
    queue = profile[4] if a.queue is None else a.queue
    tag = f"{os.getpid() % 10000}"
    ns_s, ns_c, if_s, if_c = f"sls{tag}", f"slc{tag}", f"sls{tag}", f"slc{tag}"
    rng = random.Random(a.seed)
    # Told to stop, we still take the namespaces away.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    server = None
    link = None
    try:
        fds = {}
        for ns, dev, ip in ((ns_s, if_s, SERVER_IP), (ns_c, if_c, CLIENT_IP)):
            sh(f"ip netns add {ns}")
            fds[ns] = open_tun(dev)
            sh(f"ip link set {dev} netns {ns}")
            sh(f"ip -n {ns} addr add {ip}/24 dev {dev}")
            sh(f"ip -n {ns} link set {dev} up")
            sh(f"ip -n {ns} link set lo up")
        half = rtt / 2000
        ways = (Direction(down, half, loss, queue, rng), Direction(up, half, loss, queue, rng))
        link = Link(fds[ns_s], fds[ns_c], *ways, a.outage_every, a.outage_for)
        if a.server:
            server = subprocess.Popen(
                ["ip", "netns", "exec", ns_s, "sh", "-c", a.server], start_new_session=True
            )
        if a.wait:
            host, port = a.wait.rsplit(":", 1)
            probe = f"import socket;socket.create_connection(('{host}',{port}),2)"
            deadline = time.monotonic() + 60
            while subprocess.run(
                ["ip", "netns", "exec", ns_s, sys.executable, "-c", probe],
                stderr=subprocess.DEVNULL,
            ).returncode:
                if time.monotonic() > deadline or (server and server.poll() is not None):
                    print("slowlink: the server never answered", file=sys.stderr)
                    return 70
                time.sleep(0.2)
        link.start()
        code = subprocess.run(["ip", "netns", "exec", ns_c, *client]).returncode
        if not a.quiet:
            d, u = ways
            print(
                f"slowlink: {down:g}/{up:g} kbit/s, rtt {rtt:g} ms, loss {loss:g}: "
                f"down {d.bytes} B in {d.packets} packets, up {u.bytes} B in {u.packets}, "
                f"lost {d.lost + u.lost}, queue drops {d.dropped + u.dropped}, cut {link.cut}",
                file=sys.stderr,
            )
        return code
    finally:
        if link:
            link.stop = True
        if server and server.poll() is None:
            os.killpg(server.pid, signal.SIGTERM)
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(server.pid, signal.SIGKILL)
        for ns in (ns_s, ns_c):
            subprocess.run(["ip", "netns", "del", ns], stderr=subprocess.DEVNULL)


if __name__ == "__main__":
    sys.exit(main())
