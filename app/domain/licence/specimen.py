"""Papers that practice prints: they look like those of OSS, and say that they are none."""

from __future__ import annotations

from enum import StrEnum


class SpecimenKind(StrEnum):
    """What a specimen stands for."""

    NIB = "nib"
    CERTIFICATE = "certificate"
    PERMIT = "permit"
