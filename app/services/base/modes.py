"""What the mode of the service, chosen at start, means for the use cases."""

from __future__ import annotations

from flask import current_app

from app.config import NikCheckMode, Settings
from app.domain.oss.service_mode import ServiceMode


def _settings() -> Settings:
    found: Settings = current_app.config["SETTINGS"]
    return found


def current() -> ServiceMode:
    """Return the mode that this program was started in."""
    return _settings().mode


def is_practice() -> bool:
    """Say whether everything here is practice."""
    return _settings().is_practice


def agency_code() -> str:
    """Return the code under which OSS knows this office (kd_instansi), "" where nobody set it."""
    return _settings().oss_agency_code


def nik_by_staff() -> bool:
    """Say whether staff compare each NIK on the registry's portal, instead of its web service."""
    return _settings().nik_check is NikCheckMode.MANUAL
