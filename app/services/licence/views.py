"""Where each licence of a file stands, reckoned for a page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.domain.law.calendar import WorkingCalendar, local_date
from app.domain.law.risk import LicenceProduct, RiskLevel, products_for
from app.domain.licence.clock import HALTS_THE_DAYS, Clocks, clocks_of
from app.domain.licence.corrections import ReturnReason
from app.domain.licence.status import (
    FINAL,
    GRANTED,
    PublicState,
    WhoActs,
    public_state,
    who_acts,
)
from app.domain.oss.codes import LicenceStatus, ProductType
from app.models.dossier import Dossier
from app.models.licence import Licence, LicenceEvent
from app.services.licence.needed import WORKING_DAYS, needs_office, risk_of
from app.services.licence.standing import is_guess, is_told, of
from app.services.reference.book import get_book


@dataclass(frozen=True)
class LicenceView:
    """One licence as a page shows it. Nothing in it is personal.

    history: every public state with its moment, the newest last, and whether only the person says
    so. clock: None where no office decides. risk: None only where the dossier was never sent.
    reason: of the newest status. told: only the person says the status; guessed: nobody does yet.
    from_look: the days count from an earlier look at OSS, since it names no moment.
    """

    licence: Licence
    risk: RiskLevel | None
    status: LicenceStatus
    state: PublicState
    who: WhoActs
    history: tuple[tuple[PublicState, datetime, bool], ...]
    clock: Clocks | None
    reason: ReturnReason | None
    told: bool = False
    guessed: bool = False
    from_look: bool = False

    @property
    def unknown(self) -> str:
        """Return what OSS writes, where it is no status that we know; "" else."""
        if self.status is not LicenceStatus.OTHER:
            return ""
        return " ".join(filter(None, (self.licence.status, self.licence.status_words)))

    @property
    def kind(self) -> LicenceProduct | None:
        """Return what the licence is called; None for a kind that has no words here."""
        by_risk = products_for(self.risk)[-1] if self.risk else LicenceProduct.NIB
        if self.licence.product in {ProductType.STANDARD_CERTIFICATE, ProductType.PERMIT}:
            return by_risk
        return LicenceProduct.NIB if self.licence.product is None else None

    @property
    def is_granted(self) -> bool:
        """Return whether the licence is there."""
        return self.status in GRANTED

    @property
    def is_final(self) -> bool:
        """Return whether nothing more comes."""
        return self.status in FINAL


def views(dossier: Dossier, now: datetime) -> list[LicenceView]:
    """Return the licences of a dossier for a page."""
    found = []
    for row in of(dossier):
        status = LicenceStatus.of(row.status)
        past = sorted(row.events, key=lambda event: (event.at, event.number))
        newest = past[-1] if past else None
        clock = None
        if needs_office(row, dossier):
            clock = clocks_of(
                [(LicenceStatus.of(event.status), counts_from(event)) for event in past],
                row.days if row.days_unit == WORKING_DAYS else None,
                *calendars_around(now),
                now,
            )
        found.append(
            LicenceView(
                licence=row,
                risk=risk_of(row, dossier),
                status=status,
                state=public_state(status),
                who=who_acts(status),
                history=tuple(
                    (public_state(LicenceStatus.of(e.status)), e.at, is_told(e))
                    for e in past
                    if not is_guess(e)
                ),
                clock=clock,
                reason=newest.reason_code if newest else None,
                told=newest is not None and is_told(newest),
                guessed=newest is not None and is_guess(newest),
                from_look=any(local_date(counts_from(e)) != local_date(e.at) for e in past),
            )
        )
    return found


def counts_from(event: LicenceEvent) -> datetime:
    """Return the moment from which a status counts, so that no day is shown too late.

    Where OSS names none, what lets the days run may be as old as our last look; what halts them
    is as young as this one.
    """
    halts = HALTS_THE_DAYS | {LicenceStatus.OTHER}
    if event.not_before is None or LicenceStatus.of(event.status) in halts:
        return event.at
    return event.not_before


def calendars_around(moment: datetime) -> tuple[WorkingCalendar, WorkingCalendar]:
    """Return the working days of OSS and of the office around a moment.

    The years before and after are in it: a term may cross a New Year.
    """
    book, first, last = get_book(), moment.year - 1, moment.year + 1
    return (
        WorkingCalendar(book.national_holidays(first, last)),
        WorkingCalendar(book.holidays(first, last)),
    )
