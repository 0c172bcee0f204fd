"""The way of a dossier, read from its events: what is done, what is next, whose turn it is.

Nothing here is personal: the same stages are shown to anybody who has the Nomor Bantuan.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.domain.events import EventKind
from app.domain.nik_check import NikClass
from app.models.dossier import Dossier
from app.services import nik_checks
from app.services.handovers import HandoverState


class Stage(StrEnum):
    """Stations of the way, in order."""

    STARTED = "started"
    NIK = "nik"
    SENT = "sent"
    OSS = "oss"
    NIB = "nib"


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
    REFUSED = "refused"
    DONE = "done"


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
}


def turn_of(dossier: Dossier) -> Turn:
    """Return who has to act now."""
    nik_class = nik_checks.current_class(dossier)
    if dossier.handover is None or dossier.sent_at is None:
        mends = nik_class not in {None, NikClass.MATCH, NikClass.PENDING}
        return Turn.MEND_NIK if mends else Turn.FILL_IN
    state = HandoverState(dossier.handover.state)
    return {
        HandoverState.WAITING_NIK: Turn.WAIT_NIK,
        HandoverState.WAITING: Turn.WAIT_OSS,
        HandoverState.REFUSED: Turn.REFUSED,
        HandoverState.ACCEPTED: Turn.DONE,
    }[state]


def way_of(dossier: Dossier) -> list[Station]:
    """Return the stages in order, each with its state and its moment."""
    moments = {EventKind(event.kind): event.at for event in dossier.events}
    nik_class = nik_checks.current_class(dossier)
    nik_ok = nik_class is NikClass.MATCH
    sent = dossier.sent_at is not None
    turn = turn_of(dossier)
    stations = []
    for stage in Stage:
        at: datetime | None
        if stage is Stage.NIK:
            at = moments.get(EventKind.NIK_CHECKED) if nik_ok else None
            done = nik_ok
        elif stage is Stage.STARTED:
            at, done = moments.get(EventKind.STARTED), True
        else:
            at = moments.get(_REACHED_BY[stage]) if sent else None
            done = at is not None
        stations.append(Station(stage, StageState.DONE if done else StageState.AHEAD, at))
    current = {
        Turn.FILL_IN: Stage.SENT,
        Turn.MEND_NIK: Stage.NIK,
        Turn.WAIT_NIK: Stage.NIK,
        Turn.WAIT_OSS: Stage.OSS,
        Turn.REFUSED: Stage.OSS,
    }.get(turn)
    state = (
        StageState.STUCK if turn in {Turn.MEND_NIK, Turn.FILL_IN, Turn.REFUSED} else StageState.NOW
    )
    return [Station(s.stage, state, s.at) if s.stage is current else s for s in stations]
