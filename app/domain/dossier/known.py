"""Answers that the steps before made sure of."""

from __future__ import annotations

from typing import TypeVar

T = TypeVar("T")


class MissingAnswer(Exception):
    """An answer that must be there is not: a step was let through too early."""


def known(value: T | None) -> T:
    """Return the answer. Raises MissingAnswer; only complete dossiers come to where it is used."""
    if value is None:
        raise MissingAnswer
    return value
