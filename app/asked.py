"""What is known of one request while it is answered: in one place, typed, gone with the request."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flask import g

if TYPE_CHECKING:
    from app.models.dossier import Dossier
    from app.models.staff import Staff, StaffDay


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

    # Who asks at the desk
    _staff: Staff | None = field(default=None, repr=False)
    _day: StaffDay | None = field(default=None, repr=False)
    terminal: str | None = field(default=None, repr=False)
    """The secret of the computer; None where nobody looked."""
    desk_token: str = field(default="", repr=False)
    """What forms of the desk carry instead of the token of the visit."""
    desk_mark: str = ""
    """What tells the forms of two people at one computer apart."""

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

    @property
    def staff(self) -> Staff:
        """Who works here now; who may come so far without anybody asks `has_staff` first."""
        assert self._staff is not None, "nobody works here"
        return self._staff

    @staff.setter
    def staff(self, staff: Staff) -> None:
        self._staff = staff

    @property
    def has_staff(self) -> bool:
        """Return whether somebody of the office was known in this request."""
        return self._staff is not None

    @property
    def day(self) -> StaffDay:
        """The day that they have open here; none once it is locked."""
        assert self._day is not None, "no day is open"
        return self._day

    @day.setter
    def day(self, day: StaffDay) -> None:
        self._day = day

    def forget_staff(self) -> None:
        """Know nobody of the office for the rest of this request."""
        self._staff = self._day = None


def asked() -> Asked:
    """Return the notes of this request, or of this job where none runs."""
    if "asked" not in g:
        g.asked = Asked()
    notes: Asked = g.asked
    return notes
