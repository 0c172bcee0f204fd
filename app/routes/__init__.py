"""HTTP only: read the form, call once, answer. One module and blueprint per task."""

from __future__ import annotations

from flask import Blueprint


def blueprints() -> list[Blueprint]:
    """Return all blueprints."""
    from app.routes import (
        activities,
        after_nib,
        api,
        attachments,
        business_check,
        changes,
        correction,
        differences,
        filing,
        health,
        help,
        home,
        inbound,
        journey,
        kbli_change,
        lkpm,
        messages,
        nik,
        oss_inbound,
        oss_status,
        own_data,
        practice_office,
        receipt,
        recovery,
        resume,
        start,
        tracking,
        verification,
    )

    modules = (
        activities,
        after_nib,
        api,
        attachments,
        business_check,
        changes,
        correction,
        differences,
        filing,
        health,
        help,
        home,
        inbound,
        journey,
        kbli_change,
        lkpm,
        messages,
        nik,
        oss_inbound,
        oss_status,
        own_data,
        practice_office,
        receipt,
        recovery,
        resume,
        start,
        tracking,
        verification,
    )
    return [module.bp for module in modules]
