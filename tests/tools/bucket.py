"""A store that speaks what S3 speaks for single objects, over HTTP, with one bucket."""

from __future__ import annotations

import contextlib
import hashlib
import re
import threading
from collections.abc import Iterator
from typing import Any

from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

BUCKET = "lampiran"
KEY, SECRET, REGION = "kunci", "rahasia", "id-1"


class Bucket:
    """The store. It can be told to fail."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.fails = 0
        self.seen: list[Request] = []

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        request = Request(environ)
        self.seen.append(request)
        return self._answer(request)(environ, start_response)

    def _answer(self, request: Request) -> Response:
        body = request.get_data()
        if self.fails:
            self.fails -= 1
            return Response("<Error><Code>SlowDown</Code></Error>", 503)
        signed = request.headers.get("Authorization", "")
        if not re.match(r"AWS4-HMAC-SHA256 Credential=kunci/\d{8}/id-1/s3/aws4_request", signed):
            return Response("<Error><Code>AccessDenied</Code></Error>", 403)
        said = request.headers["x-amz-content-sha256"]
        assert said in {"UNSIGNED-PAYLOAD", hashlib.sha256(body).hexdigest()}
        bucket, _, name = request.path.lstrip("/").partition("/")
        if bucket != BUCKET:
            return Response("<Error><Code>NoSuchBucket</Code></Error>", 404)
        if request.method == "PUT":
            self.objects[name] = body
            return Response("", headers={"ETag": '"x"'})
        if request.method == "POST" and "delete" in request.args:
            names = re.findall("<Key>(.*?)</Key>", body.decode())
            for each in names:
                self.objects.pop(each, None)
            rows = "".join(f"<Deleted><Key>{each}</Key></Deleted>" for each in names)
            return Response(f"<DeleteResult>{rows}</DeleteResult>", mimetype="application/xml")
        if name not in self.objects:
            return Response("<Error><Code>NoSuchKey</Code></Error>", 404)
        return Response(
            self.objects[name],
            headers={"ETag": '"x"', "Last-Modified": "Mon, 23 Nov 2026 20:00:00 GMT"},
        )


@contextlib.contextmanager
def served() -> Iterator[tuple[Bucket, str]]:
    """Serve it on a free port; yields it with its address."""
    service = Bucket()
    server = make_server("127.0.0.1", 0, service, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield service, f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()
