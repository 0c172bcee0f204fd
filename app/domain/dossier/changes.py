"""Changes after the NIB: what can be asked, and which answers each one opens again.

Source: PP 28/2025, articles 205 (account data), 210-213 (several activities), 219 (changes and
expansion), 256 (revocation). All of them are made through OSS.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from app.domain.dossier.steps import EACH, STEPS, StepName
from app.domain.dossier.steps import ChangeKind as ChangeKind
from app.domain.law.risk import Citation

REASON_AT_MOST = 255  # characters


class ChangeState(StrEnum):
    """Where a request stands. SENT: handed over, or (a closing) waiting for OSS."""

    DRAFT = "draft"
    SENT = "sent"
    DONE = "done"
    WITHDRAWN = "withdrawn"


OPEN_STATES = frozenset({ChangeState.DRAFT, ChangeState.SENT})

# A further activity is asked everything.
ASKED_AGAIN: Mapping[ChangeKind, tuple[StepName, ...]] = MappingProxyType(
    {
        kind: tuple(
            step.name
            for step in STEPS.values()
            if kind in step.again or (kind is ChangeKind.ADD_ACTIVITY and step.name in EACH)
        )
        for kind in ChangeKind
        if kind is not ChangeKind.CLOSE
    }
)

_CITATIONS: Mapping[ChangeKind, Citation] = MappingProxyType(
    {
        ChangeKind.PLACE: Citation("PP 28/2025", "219"),
        ChangeKind.CAPACITY: Citation("PP 28/2025", "219"),
        ChangeKind.ACTIVITY: Citation("PP 28/2025", "219"),
        ChangeKind.OWN_DATA: Citation("PP 28/2025", "205"),
        ChangeKind.ADD_ACTIVITY: Citation("PP 28/2025", "210-213, 219"),
        ChangeKind.CLOSE: Citation("PP 28/2025", "256"),
    }
)


def change_citation(kind: ChangeKind) -> Citation:
    """Return the articles behind a change."""
    return _CITATIONS[kind]
