"""Whose turn it is with a file, and which one sentence says so.

One table for every page, message and copy: where the file stands, the mode of the service, what is
known of the NIK, and who vouches for what OSS gave. Nobody is told to wait unless somebody else
acts: in ASSIST and CONNECTED the person files at oss.go.id (PP 28/2025, Pasal 4(4)-(5)), and only a
line to OSS lets us hear of a decision.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import product

from app.domain.licence.status import WhoActs
from app.domain.oss.service_mode import ServiceMode


class Standing(StrEnum):
    """Where a file stands."""

    WITHDRAWN = "withdrawn"
    DRAFT = "draft"
    WITH_NIK = "with_nik"  # sent before the NIK was known to fit
    AT_OSS = "at_oss"  # on the line to OSS
    READY = "ready"  # to be filed at oss.go.id
    REFUSED = "refused"  # OSS did not take it
    VERIFYING = "verifying"  # it has its NIB; an authority verifies a licence
    GIVEN_BACK = "given_back"  # the authority named what to mend
    ASKED_IN_OSS = "asked_in_oss"  # OSS waits for the person, who sees there for what
    TURNED_DOWN = "turned_down"  # a licence was rejected
    FINISHED = "finished"
    NOT_IN_FORCE = "not_in_force"  # OSS holds the NIB back, as when it is frozen
    REVOKED = "revoked"


class NikState(StrEnum):
    """What is known of the NIK. WITH_REGISTRY: its computer is asked; WITH_OFFICE: staff look."""

    UNASKED = "unasked"
    FITS = "fits"
    WITH_REGISTRY = "with_registry"
    WITH_OFFICE = "with_office"
    DIFFERS = "differs"


class Evidence(StrEnum):
    """Who vouches for what OSS gave: the NIB and the licences that were granted."""

    NONE = "none"  # nothing given yet
    TOLD = "told"  # the person wrote it
    DOUBTED = "doubted"  # OSS was asked and does not say the same
    SEEN = "seen"  # staff saw the paper
    CONFIRMED = "confirmed"  # OSS said so


class Turn(StrEnum):
    """Whose turn it is and for what; each has its own sentence (app/labels/turns.py)."""

    FILL_IN = "fill_in"
    MEND_NIK = "mend_nik"
    WAIT_NIK = "wait_nik"
    WAIT_NIK_OFFICE = "wait_nik_office"
    WAIT_OSS = "wait_oss"
    FILE_AT_OSS = "file_at_oss"
    FILE_NIK_OPEN = "file_nik_open"
    REFUSED = "refused"
    CORRECT_NIB = "correct_nib"
    CONFIRM_NIB = "confirm_nib"
    SHOW_PAPER = "show_paper"
    PLAY_OFFICE = "play_office"
    WAIT_OFFICE = "wait_office"
    LOOK_AT_OSS = "look_at_oss"
    MEND_FILE = "mend_file"
    ACT_IN_OSS = "act_in_oss"
    REJECTED = "rejected"
    REJECTED_TOLD = "rejected_told"
    NOT_IN_FORCE = "not_in_force"
    DONE = "done"
    ENDED = "ended"
    ENDED_TOLD = "ended_told"
    WITHDRAWN = "withdrawn"
    ASK_OFFICE = "ask_office"


WHO_ACTS: Mapping[Turn, WhoActs] = {
    Turn.FILL_IN: WhoActs.PERSON,
    Turn.MEND_NIK: WhoActs.PERSON,
    Turn.WAIT_NIK: WhoActs.REGISTRY,
    Turn.WAIT_NIK_OFFICE: WhoActs.OFFICE,
    Turn.WAIT_OSS: WhoActs.OSS,
    Turn.FILE_AT_OSS: WhoActs.PERSON,
    Turn.FILE_NIK_OPEN: WhoActs.PERSON,
    Turn.REFUSED: WhoActs.PERSON,
    Turn.CORRECT_NIB: WhoActs.PERSON,
    Turn.CONFIRM_NIB: WhoActs.OSS,
    Turn.SHOW_PAPER: WhoActs.PERSON,
    Turn.PLAY_OFFICE: WhoActs.PERSON,
    Turn.WAIT_OFFICE: WhoActs.OFFICE,
    Turn.LOOK_AT_OSS: WhoActs.PERSON,
    Turn.MEND_FILE: WhoActs.PERSON,
    Turn.ACT_IN_OSS: WhoActs.PERSON,
    Turn.REJECTED: WhoActs.PERSON,
    Turn.REJECTED_TOLD: WhoActs.PERSON,
    Turn.NOT_IN_FORCE: WhoActs.PERSON,
    Turn.DONE: WhoActs.NOBODY,
    Turn.ENDED: WhoActs.NOBODY,
    Turn.ENDED_TOLD: WhoActs.NOBODY,
    Turn.WITHDRAWN: WhoActs.NOBODY,
    Turn.ASK_OFFICE: WhoActs.PERSON,
}


@dataclass(frozen=True, slots=True)
class Row:
    """One turn and the cases that it stands for: every combination of what is named."""

    turn: Turn
    standing: Standing
    modes: tuple[ServiceMode, ...] = tuple(ServiceMode)
    niks: tuple[NikState, ...] = tuple(NikState)
    evidence: tuple[Evidence, ...] = tuple(Evidence)


_PRACTICE = (ServiceMode.TRAINING,)
_ASSIST = (ServiceMode.ASSIST,)
_CONNECTED = (ServiceMode.CONNECTED,)
_BY_PERSON = (ServiceMode.ASSIST, ServiceMode.CONNECTED)  # who files at oss.go.id

_NIK_OPEN = (NikState.WITH_REGISTRY, NikState.WITH_OFFICE)
_NIK_SETTLED = (NikState.UNASKED, NikState.FITS)

_UNPROVEN = (Evidence.NONE, Evidence.TOLD)
_PROVEN = (Evidence.SEEN, Evidence.CONFIRMED)
_UNHEARD = (Evidence.NONE, Evidence.TOLD, Evidence.SEEN)  # OSS does not tell us of such a file

ROWS: tuple[Row, ...] = (
    Row(Turn.WITHDRAWN, Standing.WITHDRAWN),
    Row(Turn.MEND_NIK, Standing.DRAFT, niks=(NikState.DIFFERS,)),
    Row(Turn.FILL_IN, Standing.DRAFT, niks=_NIK_SETTLED + _NIK_OPEN),
    # Sent, the NIK still open. OSS looks at the NIK itself, so nobody has to wait with filing.
    Row(Turn.MEND_NIK, Standing.WITH_NIK, niks=(NikState.DIFFERS,)),
    Row(Turn.WAIT_NIK, Standing.WITH_NIK, _PRACTICE, (NikState.WITH_REGISTRY,)),
    Row(Turn.WAIT_NIK_OFFICE, Standing.WITH_NIK, _PRACTICE, (NikState.WITH_OFFICE,)),
    Row(Turn.ASK_OFFICE, Standing.WITH_NIK, _PRACTICE, _NIK_SETTLED),
    Row(Turn.FILE_NIK_OPEN, Standing.WITH_NIK, _BY_PERSON, _NIK_OPEN),
    Row(Turn.FILE_AT_OSS, Standing.WITH_NIK, _BY_PERSON, _NIK_SETTLED),
    # Only the practice OSS takes a file from us.
    Row(Turn.WAIT_OSS, Standing.AT_OSS, _PRACTICE),
    Row(Turn.FILE_AT_OSS, Standing.AT_OSS, _BY_PERSON),
    Row(Turn.ASK_OFFICE, Standing.READY, _PRACTICE),
    Row(Turn.FILE_AT_OSS, Standing.READY, _BY_PERSON),
    Row(Turn.REFUSED, Standing.REFUSED),
    # A NIB that OSS does not confirm comes first, whatever else there is to do.
    *(
        Row(Turn.CORRECT_NIB, standing, evidence=(Evidence.DOUBTED,))
        for standing in (
            Standing.VERIFYING,
            Standing.ASKED_IN_OSS,
            Standing.TURNED_DOWN,
            Standing.FINISHED,
        )
    ),
    # In practice no office acts by itself: whoever practises plays it.
    Row(Turn.PLAY_OFFICE, Standing.VERIFYING, _PRACTICE, evidence=_UNPROVEN + _PROVEN),
    Row(Turn.LOOK_AT_OSS, Standing.VERIFYING, _ASSIST, evidence=_UNPROVEN + _PROVEN),
    Row(Turn.LOOK_AT_OSS, Standing.VERIFYING, _CONNECTED, evidence=_UNHEARD),
    Row(Turn.WAIT_OFFICE, Standing.VERIFYING, _CONNECTED, evidence=(Evidence.CONFIRMED,)),
    Row(Turn.MEND_FILE, Standing.GIVEN_BACK),
    Row(Turn.ASK_OFFICE, Standing.ASKED_IN_OSS, _PRACTICE, evidence=_UNPROVEN + _PROVEN),
    Row(Turn.ACT_IN_OSS, Standing.ASKED_IN_OSS, _BY_PERSON, evidence=_UNPROVEN + _PROVEN),
    Row(Turn.REJECTED, Standing.TURNED_DOWN, _PRACTICE, evidence=_UNPROVEN + _PROVEN),
    Row(Turn.REJECTED, Standing.TURNED_DOWN, _BY_PERSON, evidence=_PROVEN),
    Row(Turn.REJECTED_TOLD, Standing.TURNED_DOWN, _BY_PERSON, evidence=_UNPROVEN),
    Row(Turn.DONE, Standing.FINISHED, _PRACTICE, evidence=_UNPROVEN + _PROVEN),
    Row(Turn.DONE, Standing.FINISHED, _BY_PERSON, evidence=_PROVEN),
    Row(Turn.SHOW_PAPER, Standing.FINISHED, _ASSIST, evidence=_UNPROVEN),
    Row(Turn.CONFIRM_NIB, Standing.FINISHED, _CONNECTED, evidence=_UNPROVEN),
    Row(Turn.NOT_IN_FORCE, Standing.NOT_IN_FORCE),
    Row(Turn.ENDED, Standing.REVOKED, _PRACTICE),
    Row(Turn.ENDED, Standing.REVOKED, _BY_PERSON, evidence=(*_PROVEN, Evidence.DOUBTED)),
    Row(Turn.ENDED_TOLD, Standing.REVOKED, _BY_PERSON, evidence=_UNPROVEN),
)

VERIFYING = frozenset({Turn.PLAY_OFFICE, Turn.WAIT_OFFICE, Turn.LOOK_AT_OSS})
"""The file has its NIB, and an authority has still to decide about a licence."""

Case = tuple[Standing, ServiceMode, NikState, Evidence]


def cases_of(row: Row) -> tuple[Case, ...]:
    """Return every combination that a row stands for."""
    return tuple(product((row.standing,), row.modes, row.niks, row.evidence))


TURNS: Mapping[Case, Turn] = {case: row.turn for row in ROWS for case in cases_of(row)}


def turn_in(standing: Standing, mode: ServiceMode, nik: NikState, evidence: Evidence) -> Turn:
    """Return whose turn it is, and for what; every combination has its entry."""
    return TURNS[standing, mode, nik, evidence]
