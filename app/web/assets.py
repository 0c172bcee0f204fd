"""Static files: addresses with a content hash, compressed once in memory, cached for a year.

No build step: the hash is computed when the process starts, bodies are compressed at first use.
The stylesheet also travels inside the first page; its own response then sets a small cookie that
says “cached”, and later pages link it instead (see web.render).
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import mimetypes
import re
from functools import cached_property
from pathlib import Path

import brotli
import rjsmin
from flask import Flask, Response, abort, current_app, make_response, request
from flask.typing import ResponseReturnValue

from app.practice_space.line import MOUNT
from app.web.marks import open_to_all

STATIC = Path(__file__).resolve().parent.parent.parent / "static"
A_YEAR = 365 * 24 * 3600
STYLE_COOKIE = "c"

# One script for all that HTMX does here: what it needs, the vendored library, our lines of glue.
BUNDLES = {
    "site.css": ("css/site.css",),
    # Leaving comes first: it works where the next line of the bundle sends everything else away.
    "site.js": ("js/leaving.js", "js/need.js", "js/htmx-4.0.1.min.js", "js/glue.js"),
    "leaving.js": ("js/leaving.js",),
    "upload.js": ("js/upload.js",),
    "help.js": ("js/help.js",),
    "sw.js": ("js/sw.js",),
    "icon.svg": ("img/icon.svg",),
}


class Asset:
    """One file as it is served."""

    def __init__(self, name: str, body: bytes) -> None:
        stem, _, ending = name.rpartition(".")
        self.name = name
        self.body = body
        self.hash = hashlib.sha256(body).hexdigest()[:8]
        self.path = f"/static/{stem}.{self.hash}.{ending}"
        self.mimetype = mimetypes.guess_type(name)[0] or "application/octet-stream"

    @cached_property
    def encodings(self) -> dict[str, bytes]:
        """Best-effort compressed bodies; dropped where they save nothing."""
        made = {
            "br": brotli.compress(self.body, quality=11),
            "gzip": gzip.compress(self.body, 9, mtime=0),
        }
        return {name: body for name, body in made.items() if len(body) < len(self.body)}

    @cached_property
    def text(self) -> str:
        return self.body.decode()

    @cached_property
    def csp_hash(self) -> str:
        """The source expression that allows this text as an inline style."""
        return "'sha256-" + base64.b64encode(hashlib.sha256(self.body).digest()).decode() + "'"


def load_assets() -> dict[str, Asset]:
    """Return the bundles by name. Both lose what only people read."""
    assets = {}
    for name, parts in BUNDLES.items():
        body = b"\n".join(_part(part) for part in parts)
        if name.endswith(".css"):
            body = _squeeze_css(body.decode()).encode()
        assets[name] = Asset(name, body)
    return assets


def _part(name: str) -> bytes:
    """Return one file; scripts of ours without what only people read."""
    body = (STATIC / name).read_bytes().strip()
    if name.endswith(".js") and not name.endswith(".min.js"):
        body = rjsmin.jsmin(body)
    return body


def _squeeze_css(text: str) -> str:
    """Return the sheet without comments and line breaks, the values of :root put in place.

    Variables are for us who write it: an engine without them would draw white on white, and the
    sheet is smaller without. Deliberately no more than that.
    """
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    text = "".join(line.strip() for line in text.splitlines())
    root = re.match(r":root\{(.*?)\}", text)
    if root is None:
        return text
    values = dict(each.split(":", 1) for each in root[1].split(";"))
    return re.sub(r"var\((--\w+)\)", lambda used: values[used[1]], text[root.end() :])


def asset_url(name: str) -> str:
    """Return the hashed address of a bundle. Language plays no part in it.

    The practice space takes the files of the service around it, which the phone has already.
    """
    assets: dict[str, Asset] = _current()
    root = str(request.environ.get("oss.root", ""))
    if current_app.config["SETTINGS"].is_inside:
        root = root.removesuffix(MOUNT)
    return root + assets[name].path


def _current() -> dict[str, Asset]:
    found: dict[str, Asset] = current_app.extensions["assets"]
    return found


def init_app(app: Flask) -> None:
    """Load the bundles and serve them."""
    assets = load_assets()
    app.extensions["assets"] = assets
    by_path = {asset.path: asset for asset in assets.values()}

    @app.get("/static/<path:name>", endpoint="static")
    @open_to_all
    def static(name: str) -> ResponseReturnValue:
        """Serve a bundle at its hashed address."""
        asset = by_path.get(f"/static/{name}")
        if asset is None:
            abort(404)
        return _answer(asset)

    @app.get("/favicon.ico")
    @open_to_all
    def favicon() -> ResponseReturnValue:
        """Browsers ask for this by themselves; a tiny drawing costs less than an error page."""
        return _answer(assets["icon.svg"])

    app.add_template_global(asset_url)


def _answer(asset: Asset) -> Response:
    accepted = request.accept_encodings
    body, encoding = asset.body, None
    for name in ("br", "gzip"):
        if name in asset.encodings and accepted[name] > 0:
            body, encoding = asset.encodings[name], name
            break
    response = make_response(body)
    response.mimetype = asset.mimetype
    if encoding:
        response.headers["Content-Encoding"] = encoding
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = f"public, max-age={A_YEAR}, immutable"
    if asset.name == "site.css":
        response.set_cookie(
            STYLE_COOKIE,
            asset.hash,
            max_age=A_YEAR,
            samesite="Lax",
            httponly=True,
            secure=request.is_secure,
        )
    return response
