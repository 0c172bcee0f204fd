"""HTTP only: read the form, call once, answer. One module and blueprint per task."""

from __future__ import annotations

from importlib import import_module

from flask import Blueprint

MODULES = (
    "activities",
    "after_nib",
    "api",
    "attachments",
    "business_check",
    "changes",
    "comparison",
    "correction",
    "differences",
    "examples",
    "filing",
    "health",
    "help",
    "home",
    "inbound",
    "journey",
    "kbli_change",
    "kit",
    "lkpm",
    "messages",
    "nik",
    "oss_inbound",
    "oss_status",
    "own_data",
    "practice_office",
    "practice_space",
    "receipt",
    "recovery",
    "resume",
    "search_words",
    "start",
    "tracking",
    "verification",
)


def blueprints() -> list[Blueprint]:
    """Return all blueprints."""
    found: list[Blueprint] = [import_module(f"app.routes.{name}").bp for name in MODULES]
    return found
