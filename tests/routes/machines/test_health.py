"""Ready means that answers can be kept too."""

from __future__ import annotations

import os
import shutil
from types import SimpleNamespace

from app.routes.machines.health import FREE_AT_LEAST_BYTES


def test_a_full_disk_and_a_folder_that_cannot_be_written_are_told(app, client, monkeypatch):
    for free, reason in [(0, "disk"), (FREE_AT_LEAST_BYTES - 1, "disk")]:
        with monkeypatch.context() as patch:
            patch.setattr(shutil, "disk_usage", lambda _path, f=free: SimpleNamespace(free=f))
            answer = client.get("/readyz")
            assert (answer.status_code, answer.json["reason"]) == (503, reason)
            assert client.get("/healthz").status_code == 200
    with monkeypatch.context() as patch:
        patch.setattr(os, "access", lambda _path, _mode: False)
        assert client.get("/readyz").json["reason"] == "data folder"
    assert client.get("/readyz").json.get("reason") not in {"disk", "data folder"}
