"""The way of a dossier, read from its events: what is done, what is next, whose turn it is.

Nothing here is personal: the same stages are shown to anybody who has the Nomor Bantuan.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.domain.events import EventKind
from app.domain.nik_check import NikClass
from app.domain.oss_codes import LicenceStatus, NibStatus
from app.domain.risk import RiskLevel, issued_automatically
from app.domain.verification import GRANTED, WhoActs, is_final, who_acts
from app.models.dossier import Dossier
from app.models.licence import Licence
from app.services import change_gate, licences, nik_checks
from app.services.handovers import HandoverState


class Stage(StrEnum):
    """Stations of the way, in order."""

    STARTED = "started"
    NIK = "nik"
    SENT = "sent"
    OSS = "oss"
    NIB = "nib"
    LICENCE = "licence"
    ENDED = "ended"  # only where it happened


class StageState(StrEnum):
    """done: behind; now: being worked on; stuck: the person has to act; ahead: not yet."""

    DONE = "done"
    NOW = "now"
    STUCK = "stuck"
    AHEAD = "ahead"


class Turn(StrEnum):
    """Who has to act."""

    FILL_IN = "fill_in"
    MEND_NIK = "mend_nik"
    WAIT_NIK = "wait_nik"
    WAIT_OSS = "wait_oss"
    FILE_AT_OSS = "file_at_oss"
    REFUSED = "refused"
    WAIT_OFFICE = "wait_office"
    MEND_FILE = "mend_file"
    ACT_IN_OSS = "act_in_oss"
    REJECTED = "rejected"
    DONE = "done"
    ENDED = "ended"


@dataclass(frozen=True)
class Station:
    """One stage, its state, and when it was reached."""

    stage: Stage
    state: StageState
    at: datetime | None


_REACHED_BY = {
    Stage.STARTED: EventKind.STARTED,
    Stage.SENT: EventKind.SENT,
    Stage.OSS: EventKind.HANDED_OVER,
    Stage.NIB: EventKind.NIB_RECEIVED,
    Stage.ENDED: EventKind.NIB_REVOKED,
}


def turn_of(dossier: Dossier) -> Turn:
    """Return who has to act now."""
    nik_class = nik_checks.current_class(dossier)
    if dossier.handover is None or dossier.sent_at is None:
        mends = nik_class not in {None, NikClass.MATCH, NikClass.PENDING}
        return Turn.MEND_NIK if mends else Turn.FILL_IN
    if dossier.handover.nib_status == NibStatus.REVOKED:
        return Turn.ENDED
    state = HandoverState(dossier.handover.state)
    if state is HandoverState.ACCEPTED:
        return _turn_of_licences(dossier)
    return {
        HandoverState.WAITING_NIK: Turn.WAIT_NIK,
        HandoverState.WAITING: Turn.WAIT_OSS,
        HandoverState.FILE_AT_OSS: Turn.FILE_AT_OSS,
        HandoverState.REFUSED: Turn.REFUSED,
    }[state]


def _turn_of_licences(dossier: Dossier) -> Turn:
    """Return who has to act about the licences that an office verifies."""
    if change_gate.open_items(dossier):
        return Turn.MEND_FILE
    statuses = {LicenceStatus.of(row.status) for row in _verified(dossier)}
    if any(who_acts(status) is WhoActs.PERSON for status in statuses):
        return Turn.ACT_IN_OSS
    if any(not is_final(status) for status in statuses):
        return Turn.WAIT_OFFICE
    return Turn.REJECTED if LicenceStatus.REJECTED in statuses else Turn.DONE


def _verified(dossier: Dossier) -> list[Licence]:
    return [row for row in licences.of(dossier) if licences.needs_office(row, dossier)]


def way_of(dossier: Dossier, turn: Turn | None = None) -> list[Station]:
    """Return the stages in order, each with its state and its moment.

    turn: what `turn_of` says, where the caller asked already.
    """
    moments = {EventKind(event.kind): event.at for event in dossier.events}
    nik_class = nik_checks.current_class(dossier)
    nik_ok = nik_class is NikClass.MATCH
    sent = dossier.sent_at is not None
    turn = turn or turn_of(dossier)
    stations = []
    verified = _verified(dossier) if turn in _WITH_LICENCES else []
    for stage in Stage:
        at: datetime | None
        if stage is Stage.LICENCE:
            if verified or _awaits_office(dossier):
                stations.append(_last_station(verified))
            continue
        if stage is Stage.NIK:
            at = moments.get(EventKind.NIK_CHECKED) if nik_ok else None
            done = nik_ok
        elif stage is Stage.STARTED:
            at, done = moments.get(EventKind.STARTED), True
        else:
            at = moments.get(_REACHED_BY[stage]) if sent else None
            if stage is Stage.OSS and sent:  # whoever brings a NIB has filed at OSS
                at = at or moments.get(EventKind.NIB_RECEIVED)
            done = at is not None
        if stage is Stage.ENDED and not done:
            continue
        stations.append(Station(stage, StageState.DONE if done else StageState.AHEAD, at))
    current = {
        Turn.FILL_IN: Stage.SENT,
        Turn.MEND_NIK: Stage.NIK,
        Turn.WAIT_NIK: Stage.NIK,
        Turn.WAIT_OSS: Stage.OSS,
        Turn.FILE_AT_OSS: Stage.OSS,
        Turn.REFUSED: Stage.OSS,
        Turn.WAIT_OFFICE: Stage.LICENCE,
        Turn.MEND_FILE: Stage.LICENCE,
        Turn.ACT_IN_OSS: Stage.LICENCE,
        Turn.REJECTED: Stage.LICENCE,
        Turn.ENDED: None,
        Turn.DONE: None if nik_ok else Stage.NIK,  # the NIB came before the registry's answer
    }[turn]
    state = StageState.STUCK if turn in _STUCK else StageState.NOW
    return [Station(s.stage, state, s.at) if s.stage is current else s for s in stations]


_WITH_LICENCES = frozenset(
    {Turn.WAIT_OFFICE, Turn.MEND_FILE, Turn.ACT_IN_OSS, Turn.REJECTED, Turn.DONE}
)
_STUCK = frozenset(
    {
        Turn.MEND_NIK,
        Turn.FILL_IN,
        Turn.FILE_AT_OSS,
        Turn.REFUSED,
        Turn.MEND_FILE,
        Turn.ACT_IN_OSS,
        Turn.REJECTED,
    }
)


def _awaits_office(dossier: Dossier) -> bool:
    """Say whether a sent dossier will need an office, before OSS has named its licences."""
    return any(
        activity.risk and not issued_automatically(RiskLevel(activity.risk))
        for activity in dossier.activities
    )


def _last_station(verified: list[Licence]) -> Station:
    """Return the stage at which an office has granted every licence that it verifies."""
    if not verified or any(LicenceStatus.of(row.status) not in GRANTED for row in verified):
        return Station(Stage.LICENCE, StageState.AHEAD, None)
    at = max(event.at for row in verified for event in row.events if event.status in GRANTED)
    return Station(Stage.LICENCE, StageState.DONE, at)
