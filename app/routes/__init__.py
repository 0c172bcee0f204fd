"""HTTP only: read the form, call once, answer. One module and blueprint per task."""

from __future__ import annotations

from importlib import import_module

from flask import Blueprint

MODULES = (
    "journey.activities",
    "own.after_nib",
    "machines.api",
    "journey.attachments",
    "check.check",
    "own.changes",
    "check.comparison",
    "journey.correction",
    "own.differences",
    "help.examples",
    "own.filing",
    "machines.health",
    "help.topics",
    "open.home",
    "machines.inbound",
    "journey.steps",
    "check.kbli_change",
    "help.kit",
    "own.lkpm",
    "own.messages",
    "own.result",
    "journey.nik",
    "machines.oss_inbound",
    "own.oss_status",
    "own.own_data",
    "desk.entrance",
    "desk.file",
    "desk.practice_office",
    "desk.queue",
    "open.practice_space",
    "journey.review",
    "own.recovery",
    "journey.resume",
    "desk.search_words",
    "journey.start",
    "open.tracking",
    "open.verification",
)


def blueprints() -> list[Blueprint]:
    """Return all blueprints."""
    found: list[Blueprint] = [import_module(f"app.routes.{name}").bp for name in MODULES]
    return found
