"""What the mode of the service, chosen at start, means. Nobody else asks the settings for it."""

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


def in_training() -> bool:
    """Return whether nothing here is real, which the pages call practice."""
    return _settings().in_training


def agency_code() -> str:
    """Return the code under which OSS knows this office (kd_instansi), "" where nobody set it."""
    return _settings().oss_agency_code


def nik_by_staff() -> bool:
    """Return whether staff, not the registry's web service, compare each NIK on its portal."""
    return _settings().nik_check is NikCheckMode.MANUAL
