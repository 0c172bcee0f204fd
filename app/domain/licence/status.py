"""What each status of a licence (kode status izin) means while an office verifies it.

A medium-high risk brings a Sertifikat Standar that is first "belum terverifikasi", a high risk an
Izin; both wait for an authority (PP 28/2025, articles 132-133, 222-231). The codes are those of
the public OSS integration guide, annex 10. The guide names no table of which code may follow
which: `may_follow` is our reading of its stages, so a jump that it does not know is taken and
marked, never refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum

from app.domain.oss.codes import LicenceStatus as S


class PublicState(StrEnum):
    """What a status means to the person whose licence it is."""

    SCREENING = "screening"
    HANDED_IN = "handed_in"
    COMPLETE = "complete"
    INCOMPLETE = "incomplete"
    COMMITMENT = "commitment"
    CHECKING = "checking"
    FEE_CHECK = "fee_check"
    FEE_TAKEN = "fee_taken"
    FEE_WRONG = "fee_wrong"
    VISIT = "visit"
    RETURNED = "returned"
    SENT_AGAIN = "sent_again"
    RETURNED_ANEW = "returned_anew"
    STARTED_ANEW = "started_anew"
    STANDARD_MET = "standard_met"
    NUMBERED = "numbered"
    APPROVED = "approved"
    PROVISIONAL = "provisional"
    DEEMED_APPROVED = "deemed_approved"
    WARNED = "warned"
    SUSPENDED = "suspended"
    FINED = "fined"
    REJECTED = "rejected"
    REQUIREMENT_REJECTED = "requirement_rejected"
    NOT_KNOWN = "not_known"  # OSS says something that we cannot translate


class WhoActs(StrEnum):
    """Whose turn it is. OFFICE: the authority that verifies; OSS: the national system.

    REGISTRY: the civil registry (Dukcapil), which never acts about a licence.
    """

    PERSON = "person"
    OFFICE = "office"
    OSS = "oss"
    REGISTRY = "registry"
    NOBODY = "nobody"


class StatusSource(StrEnum):
    """Who told us of a status. CLOCK: a term ran out; PRACTICE: the practice office."""

    OSS = "oss"
    OFFICE = "office"
    PERSON = "person"
    PRACTICE = "practice"
    CLOCK = "clock"


_MEANING: Mapping[S, tuple[PublicState, WhoActs]] = {
    S.ENVIRONMENTAL_SCREENING: (PublicState.SCREENING, WhoActs.OFFICE),
    S.REQUIREMENTS_FILLED: (PublicState.HANDED_IN, WhoActs.OFFICE),
    S.COMPLETE: (PublicState.COMPLETE, WhoActs.OFFICE),
    S.INCOMPLETE: (PublicState.INCOMPLETE, WhoActs.PERSON),
    S.COMMITMENT: (PublicState.COMMITMENT, WhoActs.PERSON),
    S.VALIDATION: (PublicState.CHECKING, WhoActs.OFFICE),
    S.PAYMENT_VERIFICATION: (PublicState.FEE_CHECK, WhoActs.OFFICE),
    S.PAYMENT_CONFIRMATION: (PublicState.FEE_CHECK, WhoActs.OFFICE),
    S.PAYMENT_PROOF_WAITING: (PublicState.FEE_CHECK, WhoActs.OFFICE),
    S.PAYMENT_APPROVED: (PublicState.FEE_TAKEN, WhoActs.OFFICE),
    S.PAYMENT_CORRECTION: (PublicState.FEE_WRONG, WhoActs.PERSON),
    S.INSPECTION: (PublicState.VISIT, WhoActs.OFFICE),
    S.CLARIFICATION: (PublicState.RETURNED, WhoActs.PERSON),
    S.CLARIFIED: (PublicState.SENT_AGAIN, WhoActs.OFFICE),
    S.RECLARIFICATION: (PublicState.RETURNED_ANEW, WhoActs.PERSON),
    S.RECLARIFIED: (PublicState.STARTED_ANEW, WhoActs.OFFICE),
    S.TECHNICALLY_APPROVED: (PublicState.STANDARD_MET, WhoActs.OFFICE),
    S.NUMBER_TAKEN: (PublicState.NUMBERED, WhoActs.OSS),
    S.APPROVED: (PublicState.APPROVED, WhoActs.NOBODY),
    S.PROVISIONAL: (PublicState.PROVISIONAL, WhoActs.OFFICE),
    S.DEEMED_APPROVED: (PublicState.DEEMED_APPROVED, WhoActs.NOBODY),
    S.WARNED: (PublicState.WARNED, WhoActs.PERSON),
    S.SUSPENDED: (PublicState.SUSPENDED, WhoActs.PERSON),
    S.FINED: (PublicState.FINED, WhoActs.PERSON),
    S.REJECTED: (PublicState.REJECTED, WhoActs.NOBODY),
    S.REQUIREMENT_REJECTED: (PublicState.REQUIREMENT_REJECTED, WhoActs.PERSON),
    S.OTHER: (PublicState.NOT_KNOWN, WhoActs.OFFICE),
}

GRANTED = frozenset({S.APPROVED, S.DEEMED_APPROVED})
FINAL = GRANTED | {S.REJECTED}
"""Where the way of an application ends. Supervision (60, 70, 80) may still come after a grant."""

RETURNED = frozenset({S.CLARIFICATION, S.RECLARIFICATION})
"""The person has to mend something before the office goes on."""

SUPERVISION = frozenset({S.WARNED, S.SUSPENDED, S.FINED})

_DECIDING = frozenset(
    {S.INSPECTION, S.CLARIFICATION, S.RECLARIFICATION, S.TECHNICALLY_APPROVED}
    | {S.DEEMED_APPROVED, S.REJECTED, S.REQUIREMENT_REJECTED}
)
_PAYING = frozenset(
    {S.PAYMENT_VERIFICATION, S.PAYMENT_CONFIRMATION, S.PAYMENT_PROOF_WAITING}
    | {S.PAYMENT_APPROVED, S.PAYMENT_CORRECTION}
)
_FILLING = frozenset({S.REQUIREMENTS_FILLED, S.COMPLETE, S.INCOMPLETE})

_FIRST = frozenset({S.ENVIRONMENTAL_SCREENING, S.COMMITMENT, S.APPROVED}) | _FILLING
_NEXT: Mapping[S, frozenset[S]] = {
    S.ENVIRONMENTAL_SCREENING: _FILLING | {S.COMMITMENT, S.REJECTED, S.REQUIREMENT_REJECTED},
    S.REQUIREMENTS_FILLED: frozenset(
        {S.COMPLETE, S.INCOMPLETE, S.REJECTED, S.REQUIREMENT_REJECTED}
    ),
    S.COMPLETE: _DECIDING | _PAYING | {S.VALIDATION},
    S.INCOMPLETE: frozenset({S.REQUIREMENTS_FILLED, S.COMPLETE, S.REJECTED}),
    S.COMMITMENT: _FILLING | {S.VALIDATION, S.REJECTED},
    S.VALIDATION: _DECIDING | _PAYING,
    S.PAYMENT_VERIFICATION: _PAYING | {S.REJECTED},
    S.PAYMENT_CONFIRMATION: _PAYING | {S.REJECTED},
    S.PAYMENT_PROOF_WAITING: _PAYING | {S.REJECTED},
    S.PAYMENT_APPROVED: _DECIDING | {S.VALIDATION},
    S.PAYMENT_CORRECTION: _PAYING | {S.REJECTED},
    S.INSPECTION: (_DECIDING - {S.INSPECTION}) | {S.VALIDATION},
    S.CLARIFICATION: frozenset({S.CLARIFIED, S.RECLARIFICATION, S.REJECTED}),
    S.CLARIFIED: _DECIDING | _PAYING | {S.VALIDATION},
    S.RECLARIFICATION: frozenset({S.RECLARIFIED, S.REJECTED}),
    S.RECLARIFIED: _DECIDING | _PAYING | {S.COMPLETE, S.VALIDATION},
    S.TECHNICALLY_APPROVED: frozenset({S.NUMBER_TAKEN, S.APPROVED, S.DEEMED_APPROVED}),
    S.NUMBER_TAKEN: frozenset({S.APPROVED, S.DEEMED_APPROVED, S.PROVISIONAL}),
    S.APPROVED: SUPERVISION,
    S.PROVISIONAL: SUPERVISION | {S.APPROVED, S.REJECTED},
    S.DEEMED_APPROVED: SUPERVISION,
    S.WARNED: SUPERVISION | {S.APPROVED, S.REJECTED},
    S.SUSPENDED: SUPERVISION | {S.APPROVED, S.REJECTED},
    S.FINED: SUPERVISION | {S.APPROVED, S.REJECTED},
    S.REJECTED: frozenset(),
    S.REQUIREMENT_REJECTED: _FILLING | {S.CLARIFICATION, S.REJECTED},
    S.OTHER: frozenset(S.known()),  # anything may come after what we do not know
}


def public_state(status: S) -> PublicState:
    """Return what a status means to the person."""
    return _MEANING[status][0]


def who_acts(status: S) -> WhoActs:
    """Return whose turn it is at a status."""
    return _MEANING[status][1]


def may_follow(before: S | None, after: S) -> bool:
    """Return whether `after` is a step that we know from `before`; None: the first status.

    False is no reason to refuse news from OSS: it has gone a way that we do not know.
    """
    return after in (_FIRST if before is None else _NEXT[before])


def is_final(status: S) -> bool:
    """Return whether the way of an application ends here."""
    return status in FINAL


_LOOKS: tuple[tuple[timedelta, timedelta], ...] = (
    (timedelta(hours=1), timedelta(minutes=10)),
    (timedelta(days=1), timedelta(hours=1)),
    (timedelta(days=7), timedelta(hours=6)),
)


def next_look(quiet: timedelta) -> timedelta:
    """Return how long to wait before OSS is asked again about a licence that is not final.

    quiet: since the last change. Something just done is often followed by more; what has been
    still for weeks is looked at once a day.
    """
    return next((wait for until, wait in _LOOKS if quiet < until), timedelta(days=1))


class OfficeAction(StrEnum):
    """What the practice office can do next. The values are the words of its form."""

    COMPLETE = "lengkap"
    CHECK = "periksa"
    VISIT = "kunjungi"
    GIVE_BACK = "kembalikan"
    GIVE_BACK_ANEW = "kembalikan_ulang"
    APPROVE = "setujui"
    REJECT = "tolak"
    STAY_SILENT = "diam"


ACTION_STATUSES: Mapping[OfficeAction, tuple[S, ...]] = {
    OfficeAction.COMPLETE: (S.COMPLETE,),
    OfficeAction.CHECK: (S.VALIDATION,),
    OfficeAction.VISIT: (S.INSPECTION,),
    OfficeAction.GIVE_BACK: (S.CLARIFICATION,),
    OfficeAction.GIVE_BACK_ANEW: (S.RECLARIFICATION,),
    OfficeAction.APPROVE: (S.TECHNICALLY_APPROVED, S.NUMBER_TAKEN, S.APPROVED),
    OfficeAction.REJECT: (S.REJECTED,),
    OfficeAction.STAY_SILENT: (S.DEEMED_APPROVED,),
}
"""The statuses that an action gives a licence, one after the other."""


def allowed_actions(status: S) -> tuple[OfficeAction, ...]:
    """Return what an office can do next; what waits for the person cannot be given back again."""
    return tuple(
        action
        for action, statuses in ACTION_STATUSES.items()
        if may_follow(status, statuses[0]) and not (status in RETURNED and statuses[0] in RETURNED)
    )
