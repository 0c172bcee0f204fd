"""Send a photo of about three megabytes as the page's script does, and say what it cost.

    python -m tests.tools.upload_bench --base http://127.0.0.1:8000

Opens a file of its own, makes the photo as small as the script would, sends it in parts and goes
on after every break. Prints one JSON object: bytes of the photo, of what was sent, of everything on
the wire; seconds; parts; breaks.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from io import BytesIO
from urllib.parse import urlencode, urlsplit

from PIL import Image, ImageOps

from tests import papers
from tests.personas import personas
from tests.tools.phone import LineGone, Phone, Unexpected

PAGE = "/berkas/lampiran/untuk/lain1"
LONGEST_SIDE_PX, QUALITY = 1600, 70  # as in static/js/upload.js
GIVE_UP_AFTER = 20  # breaks without a single byte in between


def shrunk(raw: bytes) -> bytes:
    """Return the photo as the page's script makes it."""
    with Image.open(BytesIO(raw)) as picture:
        upright = ImageOps.exif_transpose(picture)
        upright.thumbnail((LONGEST_SIDE_PX, LONGEST_SIDE_PX))
        out = BytesIO()
        upright.convert("RGB").save(out, "JPEG", quality=QUALITY)
    return out.getvalue()


class Sender:
    """The script's side of the protocol, on one phone that stands at the page of a paper."""

    def __init__(self, phone: Phone) -> None:
        self.phone = phone
        screen = phone.visit(PAGE)
        forms = [form for form in screen.forms() if form.element.get("data-parts")]
        if not forms:
            raise Unexpected(f"no page to send a paper: {screen.heading}")
        self.fields = dict(forms[0].pairs())
        self.begin_at = forms[0].element.get("data-parts") or ""
        self.breaks = self.parts = 0

    def ask(
        self, method: str, target: str, body: bytes | None = None, **more: str
    ) -> tuple[int, dict[str, object]]:
        """Return status and answer. Raises LineGone."""
        headers = {"Host": urlsplit(self.phone.origin).netloc, "Accept-Encoding": "identity"}
        headers["Cookie"] = "; ".join(f"{k}={v}" for k, v in self.phone.cookies.items())
        headers["X-CSRFToken"] = self.fields["csrf_token"]
        if body is not None:
            headers["Content-Length"] = str(len(body))
        headers |= {name.replace("_", "-"): value for name, value in more.items()}
        response, data = self.phone.wire.send(method, target, headers, body)
        said = json.loads(data)
        if response.status not in {200, 201, 409}:
            raise Unexpected(f"{method} {target}: {response.status} {said}")
        return response.status, said

    def send(self, content: bytes) -> None:
        """Send a file, however often the line breaks. Raises LineGone in the end."""
        fields = {name: self.fields[name] for name in ("kunci", "untuk_berkas")}
        body = urlencode({**fields, "ukuran": len(content), "percobaan": "1"}).encode()
        form = "application/x-www-form-urlencoded"
        _, said = self.ask("POST", self.begin_at, body, Content_Type=form)
        target = f"/berkas/lampiran/unggahan/{said['code']}"
        silent = 0
        while not said.get("next"):
            at, part = int(str(said["offset"])), int(str(said.get("part") or 0))
            try:
                if not part:  # after 409: what is there, and how much to send at once
                    _, said = self.ask("GET", target)
                    continue
                _, said = self.ask("PUT", target, content[at : at + part], Upload_Offset=str(at))
                self.parts += 1
                silent = 0
            except LineGone:
                silent += 1
                if silent > GIVE_UP_AFTER:
                    raise
                said = {"offset": at}
        self.breaks = self.phone.wire.retries


def opened(base: str, patience_s: float) -> Phone:
    """Return a phone with a file of its own."""
    phone = Phone(base, patience_s=patience_s)
    form = next(form for form in phone.visit("/berkas/mulai").forms() if form.named("pin"))
    form.fill("pin", personas()["kiosk"].pin)
    phone.press(form)
    return phone


def measure(base: str, patience_s: float = 20.0) -> dict[str, object]:
    """Send one photo and return what it cost."""
    raw = papers.photo(3264, 2448, quality=93)
    content = shrunk(raw)
    sender = Sender(opened(base, patience_s))
    tally = sender.phone.wire.tally
    up, down, began = tally.up, tally.down, time.monotonic()
    sender.send(content)
    return {
        "photo": len(raw),
        "sent": len(content),
        "up": tally.up - up,
        "down": tally.down - down,
        "seconds": round(time.monotonic() - began, 1),
        "parts": sender.parts,
        "breaks": sender.breaks,
    }


def main() -> int:
    """Measure against a running service."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--base", required=True, help="address of the service")
    parser.add_argument("--patience", type=float, default=20.0, help="seconds without any byte")
    options = parser.parse_args()
    print(json.dumps(measure(options.base, options.patience)), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
