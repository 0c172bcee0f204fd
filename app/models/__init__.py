"""Tables, by aggregate. Importing this package makes every table known to the metadata."""

from app.models import dossier, message, nik_case, reference

__all__ = ["dossier", "message", "nik_case", "reference"]
