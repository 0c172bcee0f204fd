"""The port to OSS: what may be asked of it and told to it, whoever stands behind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from app.adapters.oss.results import (
    LicenceRecord,
    LicenceState,
    LicensingResult,
    NibCheck,
    ProjectRecord,
    ReferenceEntry,
)
from app.domain.oss.codes import (
    ResponseCode,
)
from app.domain.oss.submission import (
    LicenceFinal,
    LicenceReport,
    Submission,
)

DEFAULT_BUDGET_S = 2.0


class Refused(Exception):
    """OSS answered that it will not do this; sending the same again changes nothing.

    code: see ResponseCode. remark: OSS's own words (keterangan), which may name a person: show
        them to staff only, never log them. They are not part of str().
    """

    def __init__(self, code: ResponseCode, remark: str = "") -> None:
        super().__init__(f"oss: {int(code)}")
        self.code = code
        self.remark = remark

    @property
    def is_about_access(self) -> bool:
        """Return whether the fault is our key or rights: a matter for whoever runs the system.

        404 is left out: the guide uses it for an unknown service and for unknown data alike.
        """
        return self.code in (
            ResponseCode.BAD_KEY,
            ResponseCode.ILLEGAL_ACCESS,
            ResponseCode.ACCESS_DENIED,
        )


class FilingNotOffered(Exception):
    """The OSS at this address has no service that files an application; people file it there."""


@dataclass(frozen=True, slots=True)
class HandoverReceipt:
    """What hand_over() brings back. nib: 13 digits, or None while OSS has not given one."""

    oss_id: str
    nib: str | None


class Licensing(Protocol):
    """Port to OSS. All calls raise Refused or ServiceUnavailable, and nothing else of the line.

    budget_s: seconds that a call may take, retries included.
    """

    def hand_over(
        self, submission: Submission, *, budget_s: float = DEFAULT_BUDGET_S
    ) -> HandoverReceipt:
        """Hand over once; the same key again gives the same receipt."""
        ...

    def ask(self, oss_id: str, *, budget_s: float = DEFAULT_BUDGET_S) -> LicensingResult:
        """Ask what came of a submission."""
        ...

    def inquire_nib(
        self, *, nib: str = "", oss_id: str = "", budget_s: float = DEFAULT_BUDGET_S
    ) -> LicensingResult:
        """Ask for everything that OSS holds under a NIB, an oss_id, or the two together."""
        ...

    def check_nib(self, nib: str, *, budget_s: float = DEFAULT_BUDGET_S) -> NibCheck:
        """Ask whether a NIB that a person shows is known, and its state."""
        ...

    def check_licence_status(
        self, id_izin: str, *, budget_s: float = DEFAULT_BUDGET_S
    ) -> LicenceState:
        """Ask where one licence stands."""
        ...

    def inquire_licence(self, id_izin: str, *, budget_s: float = DEFAULT_BUDGET_S) -> LicenceRecord:
        """Ask for one licence."""
        ...

    def inquire_project(
        self, nib: str, id_proyek: str, *, kbli: str = "", budget_s: float = DEFAULT_BUDGET_S
    ) -> ProjectRecord:
        """Ask for one activity."""
        ...

    def inquire_file(self, id_izin: str, *, budget_s: float = DEFAULT_BUDGET_S) -> str:
        """Ask for the address of the paper of a licence."""
        ...

    def reference_data(
        self, kode: int, *, budget_s: float = DEFAULT_BUDGET_S
    ) -> tuple[ReferenceEntry, ...]:
        """Ask for one list of codes; kode: its number in annex 29 of the guide, 1 to 32."""
        ...

    def report_status(self, report: LicenceReport, *, budget_s: float = DEFAULT_BUDGET_S) -> None:
        """Tell where a licence stands with the office."""
        ...

    def report_final(self, final: LicenceFinal, *, budget_s: float = DEFAULT_BUDGET_S) -> str:
        """Tell what the office decided; returns the number that OSS gave, "" if none."""
        ...

    def update_final(self, final: LicenceFinal, *, budget_s: float = DEFAULT_BUDGET_S) -> str:
        """Tell a change of what was decided; returns as report_final()."""
        ...
