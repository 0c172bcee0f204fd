"""The way of a dossier, read from its events: what is done, what is next, whose turn it is.

Nothing here is personal: the same stages are shown to anybody who has the Nomor Bantuan.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app import modes
from app.domain.dossier.events import EventKind
from app.domain.dossier.progress import Stage, StageState
from app.domain.law.risk import issued_automatically
from app.domain.licence.status import GRANTED, WhoActs, is_final, who_acts
from app.domain.licence.turns import WHO_ACTS, Evidence, NikState, Standing, Turn, turn_in
from app.domain.nik.verdict import NikClass
from app.domain.oss.codes import LicenceStatus, NibStatus
from app.domain.oss.handover import HandoverState
from app.domain.oss.nib import NibDoubt, NibSource
from app.models.dossier import Dossier
from app.models.licence import Licence
from app.services.licence import gate, needed
from app.services.licence import standing as licence_standing
from app.services.nik import standing


@dataclass(frozen=True)
class Station:
    """One stage, its state, and when it was reached.

    who: whose turn it is there, if anybody's. told: only the person says that it was reached.
    """

    stage: Stage
    state: StageState
    at: datetime | None
    who: WhoActs | None = None
    told: bool = False


_REACHED_BY = {
    Stage.STARTED: EventKind.STARTED,
    Stage.SENT: EventKind.SENT,
    Stage.OSS: EventKind.HANDED_OVER,
    Stage.NIB: EventKind.NIB_RECEIVED,
    Stage.ENDED: EventKind.NIB_REVOKED,
}


def turn_of(dossier: Dossier) -> Turn:
    """Return whose turn it is, and for what."""
    verified = _verified(dossier)
    return turn_in(
        standing_of(dossier, verified),
        modes.current(),
        nik_state_of(dossier),
        evidence_of(dossier, verified),
    )


def nik_state_of(dossier: Dossier) -> NikState:
    """Return what is known of the NIK, and who looks at it."""
    nik_class = standing.current_class(dossier)
    if nik_class is NikClass.PENDING:
        return NikState.WITH_OFFICE if modes.nik_by_staff() else NikState.WITH_REGISTRY
    if nik_class is None:
        return NikState.UNASKED
    return NikState.FITS if nik_class is NikClass.MATCH else NikState.DIFFERS


_SENT = {
    HandoverState.WAITING_NIK: Standing.WITH_NIK,
    HandoverState.WAITING: Standing.AT_OSS,
    HandoverState.FILE_AT_OSS: Standing.READY,
    HandoverState.REFUSED: Standing.REFUSED,
}
_HELD_BACK = frozenset({NibStatus.NOT_YET_ACTIVE, NibStatus.FROZEN, NibStatus.OTHER})


def standing_of(dossier: Dossier, verified: Sequence[Licence]) -> Standing:
    """Return where a file stands. verified: its licences about which an office decides."""
    handover = dossier.handover
    if handover is None or dossier.sent_at is None:
        return Standing.DRAFT if dossier.withdrawn_at is None else Standing.WITHDRAWN
    status = NibStatus.of(handover.nib_status) if handover.nib_status else None
    if status is NibStatus.REVOKED:
        return Standing.REVOKED
    state = handover.state
    if state is not HandoverState.ACCEPTED:
        return _SENT[state]
    is_gone = handover.nib_doubt == NibDoubt.GONE
    if (status in _HELD_BACK or is_gone) and not modes.in_training():
        return Standing.NOT_IN_FORCE
    if gate.open_items(dossier):
        return Standing.GIVEN_BACK
    statuses = {LicenceStatus.of(row.status) for row in verified}
    if any(who_acts(status) is WhoActs.PERSON for status in statuses):
        return Standing.ASKED_IN_OSS
    if any(not is_final(status) for status in statuses):
        return Standing.VERIFYING
    return Standing.TURNED_DOWN if LicenceStatus.REJECTED in statuses else Standing.FINISHED


def evidence_of(dossier: Dossier, verified: Sequence[Licence]) -> Evidence:
    """Return who vouches for what OSS gave, the weakest of it. verified: as for standing_of."""
    handover = dossier.handover
    if handover is None or not handover.nib:
        return Evidence.NONE
    if any(e.kind == EventKind.NIB_REVOKED for e in dossier.events) and not modes.in_training():
        return Evidence.TOLD  # only the owner says so: OSS tells its own status of a NIB
    if handover.nib_status == NibStatus.REVOKED:
        return Evidence.CONFIRMED  # nobody but OSS says so
    if handover.nib_doubt:
        return Evidence.DOUBTED
    if licence_standing.nib_is_told(handover) or any(_is_told(row) for row in verified):
        return Evidence.TOLD
    return Evidence.CONFIRMED if handover.nib_confirmed_at else Evidence.SEEN


def _is_told(licence: Licence) -> bool:
    """Return whether only the person says how an office has decided."""
    newest = licence_standing.newest_event(licence)
    return is_final(LicenceStatus.of(licence.status)) and bool(
        newest and licence_standing.is_told(newest)
    )


def _verified(dossier: Dossier) -> list[Licence]:
    """Return the licences that an office verifies; none before there is a NIB."""
    if dossier.handover is None or not dossier.handover.nib:
        return []
    return [row for row in licence_standing.of(dossier) if needed.needs_office(row, dossier)]


def way_of(dossier: Dossier, turn: Turn | None = None) -> list[Station]:
    """Return the stages in order, each with its state and its moment.

    turn: what `turn_of` says, where the caller asked already.
    """
    moments = {EventKind(event.kind): event.at for event in dossier.events}
    nik = nik_state_of(dossier)
    sent = dossier.sent_at is not None
    turn = turn or turn_of(dossier)
    stations = []
    verified = _verified(dossier)
    handover = dossier.handover
    # What OSS has told, or confirmed and then no longer found, nobody here wrote.
    nib_by_person = handover is not None and (
        handover.nib_source != NibSource.OSS and handover.nib_doubt != NibDoubt.GONE
    )
    nib_told = (
        handover is not None and licence_standing.nib_is_told(handover) and not modes.in_training()
    )
    for stage in Stage:
        at: datetime | None
        if stage is Stage.LICENCE:
            if verified or _awaits_office(dossier):
                stations.append(_last_station(verified))
            continue
        if stage is Stage.NIK:
            done = nik is NikState.FITS
            at = moments.get(EventKind.NIK_CHECKED) if done else None
        elif stage is Stage.STARTED:
            at, done = moments.get(EventKind.STARTED), True
        else:
            at = moments.get(_REACHED_BY[stage]) if sent else None
            if stage is Stage.OSS and sent:  # whoever brings a NIB has filed at OSS
                at = at or moments.get(EventKind.NIB_RECEIVED)
            done = at is not None
        if stage is Stage.ENDED and not done:
            continue
        told = done and nib_told and nib_by_person and stage in {Stage.OSS, Stage.NIB}
        state = StageState.DONE if done else StageState.AHEAD
        stations.append(Station(stage, state, at, told=told))
    only_licence_told = turn is Turn.SHOW_PAPER and not nib_told
    turns = {Stage.LICENCE if only_licence_told else _AT[turn]: WHO_ACTS[turn]}
    if sent and nik in _LOOKS_AT_NIK:  # also while, or after, the person files at OSS
        turns[Stage.NIK] = _LOOKS_AT_NIK[nik]
    return [_turned(each, turns.get(each.stage)) for each in stations]


def _turned(station: Station, who: WhoActs | None) -> Station:
    """Return a station with whose turn it is there."""
    if who is None:
        return station
    state = StageState.STUCK if who is WhoActs.PERSON else StageState.NOW
    return replace(station, state=state, who=who)


_LOOKS_AT_NIK = {
    NikState.WITH_REGISTRY: WhoActs.REGISTRY,
    NikState.WITH_OFFICE: WhoActs.OFFICE,
}

# At which stage a turn stands; None where the way is at its end.
_AT: Mapping[Turn, Stage | None] = {
    Turn.FILL_IN: Stage.SENT,
    Turn.MEND_NIK: Stage.NIK,
    Turn.WAIT_NIK: Stage.NIK,
    Turn.WAIT_NIK_OFFICE: Stage.NIK,
    Turn.WAIT_OSS: Stage.OSS,
    Turn.FILE_AT_OSS: Stage.OSS,
    Turn.FILE_NIK_OPEN: Stage.OSS,
    Turn.REFUSED: Stage.OSS,
    Turn.ASK_OFFICE: Stage.OSS,
    Turn.CORRECT_NIB: Stage.NIB,
    Turn.CONFIRM_NIB: Stage.NIB,
    Turn.SHOW_PAPER: Stage.NIB,
    Turn.NOT_IN_FORCE: Stage.NIB,
    Turn.PLAY_OFFICE: Stage.LICENCE,
    Turn.WAIT_OFFICE: Stage.LICENCE,
    Turn.LOOK_AT_OSS: Stage.LICENCE,
    Turn.MEND_FILE: Stage.LICENCE,
    Turn.ACT_IN_OSS: Stage.LICENCE,
    Turn.REJECTED: Stage.LICENCE,
    Turn.REJECTED_TOLD: Stage.LICENCE,
    Turn.DONE: None,
    Turn.ENDED: None,
    Turn.ENDED_TOLD: None,
    Turn.WITHDRAWN: None,
}


def _awaits_office(dossier: Dossier) -> bool:
    """Return whether a sent dossier will need an office, before OSS has named its licences."""
    return any(
        activity.risk and not issued_automatically(activity.risk) for activity in dossier.activities
    )


def _last_station(verified: list[Licence]) -> Station:
    """Return the stage at which an office has granted every licence that it verifies."""
    if not verified or any(LicenceStatus.of(row.status) not in GRANTED for row in verified):
        return Station(Stage.LICENCE, StageState.AHEAD, None)
    at = max(event.at for row in verified for event in row.events if event.status in GRANTED)
    told = any(_is_told(row) for row in verified)
    return Station(Stage.LICENCE, StageState.DONE, at, told=told)
