"""The outside, connected: which adapter stands behind each port, chosen once by the settings."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from flask import Flask

from app.adapters.civil_registry import HttpCivilRegistry
from app.adapters.http import service_client
from app.adapters.licensing import HttpLicensing
from app.config import Secrets, Settings, load_secrets
from app.extensions import ports
from app.simulators._shared import serve
from app.simulators.dukcapil import create_dukcapil_simulator
from app.simulators.oss import create_oss_simulator


def init_app(app: Flask, settings: Settings, keys: Secrets) -> None:
    """Bind the civil registry and the licensing service."""
    state = settings.instance / "simulators"
    if settings.simulate:
        state.mkdir(parents=True, exist_ok=True)
        registry = service_client("dukcapil", simulator=create_dukcapil_simulator(state))
    else:
        registry = service_client("dukcapil", base_url=settings.dukcapil_url)
    ports.civil_registry = HttpCivilRegistry(
        registry,
        user_id=settings.dukcapil_user,
        password=settings.dukcapil_password,
        ip_user=settings.dukcapil_ip,
    )
    state.mkdir(parents=True, exist_ok=True)
    oss = create_oss_simulator(
        state, keys.oss_user_key, now=lambda: datetime.now(UTC), sleep=time.sleep
    )
    ports.licensing = HttpLicensing(
        service_client("oss", simulator=oss), user_key=keys.oss_user_key
    )


def serve_simulator(app: Flask, name: str, port: int) -> None:
    """Serve a built-in simulator over a port, so that another process can be pointed at it."""
    settings: Settings = app.config["SETTINGS"]
    state = settings.instance / "simulators"
    state.mkdir(parents=True, exist_ok=True)
    if name == "dukcapil":
        serve(create_dukcapil_simulator(state), port=port)
        return
    keys = load_secrets(settings.instance)
    simulator = create_oss_simulator(
        state, keys.oss_user_key, now=lambda: datetime.now(UTC), sleep=time.sleep
    )
    serve(simulator, port=port)
