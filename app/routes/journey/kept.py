"""What was typed on a page and not sent, asked of the database only where there is any."""

from __future__ import annotations

from app.asked import asked
from app.domain.dossier.journey import Stop
from app.services.journey import drafts


def kept_of(stop: Stop) -> drafts.Pairs | None:
    """Return what is kept of a page, as (name, text); None where nothing is."""
    return None if asked().has_drafts is False else drafts.of(asked().dossier, stop)


def kept_stops() -> list[Stop]:
    """Return the pages of which something is kept, the one that was left last first."""
    return [] if asked().has_drafts is False else drafts.stops(asked().dossier)
