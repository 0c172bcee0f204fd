"""HTTP only: read the form, call once, answer. One module and blueprint per task."""

from __future__ import annotations

from flask import Blueprint


def blueprints() -> list[Blueprint]:
    """Return all blueprints."""
    from app.routes import (
        activities,
        api,
        business_check,
        health,
        help,
        home,
        inbound,
        journey,
        messages,
        nik,
        receipt,
        resume,
        start,
        tracking,
        verification,
    )

    modules = (
        activities,
        api,
        business_check,
        health,
        help,
        home,
        inbound,
        journey,
        messages,
        nik,
        receipt,
        resume,
        start,
        tracking,
        verification,
    )
    return [module.bp for module in modules]
