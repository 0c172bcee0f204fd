"""The words for where OSS and we differ, and who mends it."""

from __future__ import annotations

from enum import Enum
from typing import Any

from flask_babel import lazy_gettext as _l

from app.domain.oss.reconciliation import Discrepancy, Mender

WORDS: tuple[tuple[Enum, Any], ...] = (
    (Discrepancy.NOT_AT_OSS, _l("OSS does not have this activity")),
    (Discrepancy.NOT_HERE, _l("OSS has one more activity")),
    (Discrepancy.SIZE, _l("OSS has another business size")),
    (Discrepancy.RISK, _l("OSS has another risk level")),
    (Discrepancy.PLACE, _l("OSS has another place of business")),
    (Discrepancy.ENTITY_NAME, _l("OSS has another name of the business")),
    (Discrepancy.ENTITY_NPWP, _l("OSS has another tax number (NPWP)")),
    (Mender.PERSON, _l("You: first here, under “Change something”. Then at oss.go.id, in your own account.")),
    (Mender.OFFICE, _l("Our office looks into it. You need not do anything.")),
    (Mender.REGISTRY, _l("Change it where the business is registered, or at the tax office. OSS takes it over from there.")),
)  # fmt: skip
