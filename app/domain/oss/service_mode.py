"""What the journey ends in: the mode of the service, chosen once at start."""

from __future__ import annotations

from enum import StrEnum


class ServiceMode(StrEnum):
    """What the journey ends in. Only TRAINING shows a number that the national OSS did not give."""

    TRAINING = "training"
    ASSIST = "assist"
    CONNECTED = "connected"
