"""What is known of one request while it is answered: in one place, typed, gone with the request."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flask import g

if TYPE_CHECKING:
    from app.models.dossier import Dossier


@dataclass
class Asked:
    """Notes that the parts of an answer leave for each other, each empty until somebody writes it.

    What Flask-WTF keeps about the form token stays where that looks for it: app/web/session.py.
    """

    # Who asks
    _dossier: Dossier | None = field(default=None, repr=False)
    has_drafts: bool | None = None
    """Whether anything is kept of pages that were left; None where nobody looked."""
    new_browser: str | None = None
    """The name that this browser is given with the answer."""

    # What was sent
    bad_key: bool = False
    """The one-time key cannot be used again, so the form comes back with another."""
    waits_at: str | None = None
    """The path of the form that was sent before the PIN, once it is taken in this request."""

    # What is answered
    page_url: str | None = None
    """The address of the page that is shown, where it is another than the one that was asked."""
    advancing: bool = False
    """The answer shows another page than the one whose form was sent."""
    document: bool = False
    """The answer is a whole page, and pays for the headers of one."""
    inline_style: bool = False
    host_was_told: bool = False
    """The answer names the host, which the request may have made up."""
    texts: Any = None
    """The translations into the language of the page."""

    # What it costs
    only_reads: bool = False
    will_write: bool = False
    started: float | None = None

    @property
    def dossier(self) -> Dossier:
        """The file that is open; who may come so far without one asks `has_dossier` first."""
        assert self._dossier is not None, "no file is open"
        return self._dossier

    @dossier.setter
    def dossier(self, dossier: Dossier) -> None:
        self._dossier = dossier

    @property
    def has_dossier(self) -> bool:
        """Return whether a file was opened in this request."""
        return self._dossier is not None

    def forget_dossier(self) -> None:
        """Close the file for the rest of this request."""
        self._dossier = None


def asked() -> Asked:
    """Return the notes of this request, or of this job where none runs."""
    if "asked" not in g:
        g.asked = Asked()
    notes: Asked = g.asked
    return notes
