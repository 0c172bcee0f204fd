"""What is learned from the use of the finder and of help: counts, about nobody."""

from app.models.learning import finder, help

__all__ = ["finder", "help"]
