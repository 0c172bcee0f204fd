"""Tables, by aggregate. Importing this package makes every table known to the metadata."""

from app.models import dossier, reference

__all__ = ["dossier", "reference"]
