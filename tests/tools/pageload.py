#!/usr/bin/env python3
"""Load pages in real Chromium, cold and then warm, and print what a person waited and paid for.

    python -m tests.tools.pageload [--rtt MS --down KBIT] [--no-js] [--json] URL [URL ...]

Per URL: requests, bytes on the wire (headers included), first contentful paint and load
in ms. With --rtt and --down it adds the limit that the link itself sets for the document
and what blocks its first paint: round trips for TCP, TLS (https) and HTTP, plus their bytes
at the link's rate, and the ratio of the paint to it. Needs the Python package playwright and
a Chromium (env CHROMIUM, else /usr/bin/chromium, else Playwright's own). Run it under slowlink
for a slow link.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from typing import Any

from playwright.sync_api import CDPSession, Page, sync_playwright

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--ignore-certificate-errors",
]
PAINT = """() => { const n = performance.getEntriesByType('navigation')[0],
  p = performance.getEntriesByName('first-contentful-paint')[0];
  return {fcp: p ? p.startTime : null, load: n.loadEventEnd, ttfb: n.responseStart,
          blocking: performance.getEntriesByType('resource')
                    .filter(r => r.renderBlockingStatus === 'blocking').map(r => r.name)} }"""


def chromium() -> str | None:
    """Return the Chromium to start; None for the one that Playwright brings along."""
    path = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    return path if os.path.exists(path) else None


def visit(page: Page, cdp: CDPSession, url: str) -> dict[str, Any]:
    """Load a page and return what it cost: bytes on the wire, times in ms since the start."""
    sizes: dict[str, int] = {}
    names: dict[str, str] = {}
    cached: set[str] = set()

    def requested(event: dict[str, Any]) -> None:
        names[event["requestId"]] = event["request"]["url"]

    def from_cache(event: dict[str, Any]) -> None:
        cached.add(event["requestId"])

    def finished(event: dict[str, Any]) -> None:
        sizes[event["requestId"]] = int(event["encodedDataLength"])

    listeners = [
        ("Network.requestWillBeSent", requested),
        ("Network.requestServedFromCache", from_cache),
        ("Network.loadingFinished", finished),
    ]
    for name, call in listeners:
        cdp.on(name, call)
    response = page.goto(url, wait_until="load", timeout=300_000)
    page.wait_for_timeout(1500)
    timing = page.evaluate(PAINT)
    for name, call in listeners:
        cdp.remove_listener(name, call)
    wire = {names.get(i, i): n for i, n in sizes.items() if i not in cached and n > 0}
    blocking = {u: n for u, n in wire.items() if u == page.url or u in timing["blocking"]}
    return {
        "status": response.status if response else None,
        "url": page.url,
        "requests": len(wire),
        "bytes": sum(wire.values()),
        "blocking_bytes": sum(blocking.values()),
        "blocking_requests": len(blocking),
        "fcp_ms": timing["fcp"],
        "load_ms": timing["load"],
        "ttfb_ms": timing["ttfb"],
        "wire": wire,
    }


def main() -> int:
    """Load the pages asked for and print what they cost."""
    ap = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    ap.add_argument("urls", nargs="+")
    ap.add_argument("--rtt", type=float, help="the link's round trip, ms")
    ap.add_argument("--down", type=float, help="the link's rate towards the client, kbit/s")
    ap.add_argument("--no-js", action="store_true")
    ap.add_argument("--json", action="store_true")
    ap.add_argument("--screenshot", help="folder for a picture of each page")
    ap.add_argument("--viewport", default="360x640")
    ap.add_argument("--cookie", action="append", default=[], help="name=value, for every page")
    a = ap.parse_args()
    width, height = map(int, a.viewport.split("x"))
    rows = []
    with sync_playwright() as p:
        browser = p.chromium.launch(executable_path=chromium(), args=FLAGS)
        for number, url in enumerate(a.urls):
            context = browser.new_context(
                viewport={"width": width, "height": height},
                is_mobile=True,
                java_script_enabled=not a.no_js,
                ignore_https_errors=True,
            )
            for name, _, value in (cookie.partition("=") for cookie in a.cookie):
                context.add_cookies([{"name": name, "value": value, "url": url}])
            page = context.new_page()
            cdp = context.new_cdp_session(page)
            cdp.send("Network.enable")
            for kind in ("cold", "warm"):
                row = {"kind": kind, **visit(page, cdp, url)}
                if a.rtt and a.down and row["fcp_ms"] and row["blocking_bytes"]:
                    trips = 1 + (kind == "cold") * (1 + url.startswith("https"))
                    row["limit_ms"] = trips * a.rtt + row["blocking_bytes"] * 8 / a.down
                    row["fcp_over_limit"] = round(row["fcp_ms"] / row["limit_ms"], 2)
                rows.append(row)
                if a.screenshot and kind == "cold":
                    os.makedirs(a.screenshot, exist_ok=True)
                    page.screenshot(path=f"{a.screenshot}/{number:03d}.png", full_page=True)
            context.close()
        browser.close()
    if a.json:
        json.dump(rows, sys.stdout, indent=1)
        return 0
    for r in rows:
        extra = (
            f" limit {r['limit_ms']:.0f} ms, paint/limit {r['fcp_over_limit']}"
            if "limit_ms" in r
            else ""
        )
        print(
            f"{r['kind']} {r['status']} {r['requests']} requests {r['bytes']} B "
            f"(paint waits for {r['blocking_bytes']} B in {r['blocking_requests']}) "
            f"fcp {r['fcp_ms'] and round(r['fcp_ms'])} ms load {round(r['load_ms'])} ms{extra} "
            f"{r['url']}"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
