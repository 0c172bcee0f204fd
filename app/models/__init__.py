"""Tables, by aggregate. Importing this package makes every table known to the metadata."""

from app.models import dossier, licence, message, nik_case, oss_notice, reference

__all__ = ["dossier", "licence", "message", "nik_case", "oss_notice", "reference"]
