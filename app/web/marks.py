"""The mark of a view that anybody may use. It imports nothing, so that every view can carry it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

View = TypeVar("View", bound=Callable[..., Any])


def open_to_all(view: View) -> View:
    """Mark a view that anybody may use."""
    view.access = "all"  # type: ignore[attr-defined]
    return view
