"""NIK cases (perkara NIK): whose turn it is, when to look again, when staff must step in.

Every class of trouble has one row in RULES. Where a length comes from practice elsewhere and was
not confirmed by the civil registry office (Disdukcapil) of Kabupaten Sorong, the row says so with
confirmed=False. Correcting one's civil records costs nothing: UU 24/2013, article 79A.

A region code (92… beside the new 96…) is no trouble and has no row: a NIK keeps the code under
which it was issued (see app/domain/nik/number.py, NikWarning).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from app.domain.nik.verdict import NikClass, RegistryFault

_DAY = timedelta(days=1)


class NikActor(StrEnum):
    """Who must act first."""

    PERSON = "person"  # type it again, as on the card
    CIVIL_REGISTRY = "civil_registry"  # Disdukcapil, where the person goes
    STAFF = "staff"  # DPMPTSP
    NOBODY = "nobody"  # the registry's computer does not answer: we ask again by ourselves


class NikCaseState(StrEnum):
    """Where a case stands."""

    OPEN = "open"  # the person's turn
    WAITING_OFFICE = "waiting_office"  # the civil registry office's turn
    ESCALATED = "escalated"  # an officer of DPMPTSP looks at it
    CLOSED = "closed"


class NikClosedBecause(StrEnum):
    """Why a case ended."""

    MATCHED = "matched"
    CHANGED_IDENTITY = "changed_identity"  # another NIK was typed: the old one was a slip
    WITHDRAWN = "withdrawn"  # the person gave up the file
    EXPIRED = "expired"  # nothing moved for EXPIRES_AFTER
    BY_STAFF = "by_staff"


class NikEscalatedBecause(StrEnum):
    """Why staff must look at a case."""

    STAFF_ONLY = "staff_only"  # only an officer may handle this class
    TOO_LONG = "too_long"
    TOO_MANY_TRIES = "too_many_tries"
    REGISTRY_SILENT = "registry_silent"


class NikOffice(StrEnum):
    """Where a person can go."""

    DISDUKCAPIL = "disdukcapil"
    DPMPTSP = "dpmptsp"


class NikPaper(StrEnum):
    """What to bring there."""

    KTP = "ktp"
    ALL_KTP = "all_ktp"
    KK = "kk"
    OLD_KK = "old_kk"
    BIRTH_OR_DIPLOMA = "birth_or_diploma"
    MARRIAGE_BIRTH_MOVE = "marriage_birth_move"


class NikDuration(StrEnum):
    """How long it usually takes. Never a promise: no rule binds Disdukcapil to these."""

    AT_ONCE = "at_once"
    NEXT_DAY = "next_day"  # minutes once handled, but the centre approves
    SOME_DAYS = "some_days"
    DAYS_TO_WEEKS = "days_to_weeks"
    NOT_KNOWN = "not_known"


class NikWake(StrEnum):
    """What is to be done with a case by itself, in the order in which it is done."""

    EXPIRE = "expire"
    ESCALATE = "escalate"
    RECHECK = "recheck"


@dataclass(frozen=True, slots=True)
class ClassRule:
    """How one class is handled.

    rechecks: waits before each automatic re-check, counted from the verdict before; none after
        the last, so that nobody's NIK is asked about for ever. Empty: only what the person or an
        officer does can help.
    escalate_after: time after opening; None never by time. What only staff can handle, and what
        nobody can, goes to them at once.
    escalate_at_tries: verdicts (the first included) that did not fit; None never by number.
    may_ask_again: asking again about the same data can help, so the person gets a button.
    confirmed: the duration was read in a primary source.
    """

    actor: NikActor
    offices: tuple[NikOffice, ...]
    papers: tuple[NikPaper, ...]
    duration: NikDuration
    rechecks: tuple[timedelta, ...] = ()
    escalate_after: timedelta | None = None
    escalate_at_tries: int | None = None
    may_ask_again: bool = True
    confirmed: bool = False


_CORRECTION = ClassRule(
    actor=NikActor.PERSON,
    offices=(NikOffice.DISDUKCAPIL, NikOffice.DPMPTSP),
    papers=(NikPaper.KTP, NikPaper.KK, NikPaper.BIRTH_OR_DIPLOMA),
    duration=NikDuration.SOME_DAYS,
    escalate_after=14 * _DAY,
    escalate_at_tries=5,
)

RULES: Mapping[NikClass, ClassRule] = {
    NikClass.FORMAT: ClassRule(
        actor=NikActor.PERSON,
        offices=(NikOffice.DPMPTSP,),
        papers=(NikPaper.KTP,),
        duration=NikDuration.AT_ONCE,
        escalate_after=14 * _DAY,
        escalate_at_tries=3,
        may_ask_again=False,  # the same digits stay malformed
        confirmed=True,
    ),
    NikClass.NOT_FOUND: ClassRule(
        actor=NikActor.CIVIL_REGISTRY,
        offices=(NikOffice.DISDUKCAPIL,),
        papers=(NikPaper.KTP, NikPaper.KK),
        duration=NikDuration.NEXT_DAY,
        rechecks=(_DAY, _DAY, 2 * _DAY, 3 * _DAY, 7 * _DAY, 14 * _DAY),
        escalate_after=7 * _DAY,
    ),
    NikClass.NOT_RECORDED: ClassRule(
        actor=NikActor.CIVIL_REGISTRY,
        offices=(NikOffice.DISDUKCAPIL,),
        papers=(NikPaper.KK,),
        duration=NikDuration.SOME_DAYS,
        rechecks=(3 * _DAY, 4 * _DAY, 7 * _DAY, 14 * _DAY, 28 * _DAY),
        escalate_after=30 * _DAY,
    ),
    NikClass.DUPLICATE: ClassRule(
        actor=NikActor.CIVIL_REGISTRY,
        offices=(NikOffice.DISDUKCAPIL,),
        papers=(NikPaper.ALL_KTP, NikPaper.KK),
        duration=NikDuration.DAYS_TO_WEEKS,
        rechecks=(7 * _DAY, 7 * _DAY, 14 * _DAY, 28 * _DAY),
        escalate_after=30 * _DAY,
    ),
    NikClass.DECEASED: ClassRule(
        actor=NikActor.STAFF,
        offices=(NikOffice.DPMPTSP, NikOffice.DISDUKCAPIL),
        papers=(NikPaper.KTP, NikPaper.KK),
        duration=NikDuration.NOT_KNOWN,
        may_ask_again=False,
    ),
    NikClass.NAME_MISMATCH: _CORRECTION,
    NikClass.BIRTH_DATE_MISMATCH: _CORRECTION,
    NikClass.SEX_MISMATCH: _CORRECTION,
    # Our call does not ask for the number of the family card, so no check ends here by itself;
    # the row stands for staff, who may meet it in the registry's own portal.
    NikClass.KK_MISMATCH: ClassRule(
        actor=NikActor.CIVIL_REGISTRY,
        offices=(NikOffice.DISDUKCAPIL,),
        papers=(NikPaper.KTP, NikPaper.OLD_KK, NikPaper.MARRIAGE_BIRTH_MOVE),
        duration=NikDuration.SOME_DAYS,
        escalate_after=14 * _DAY,
    ),
    # The check itself comes back with the waits of app/domain/sending/retry.py. A case is opened
    # only once that took so long that an officer should look into the registry's portal by hand.
    NikClass.PENDING: ClassRule(
        actor=NikActor.NOBODY,
        offices=(NikOffice.DPMPTSP,),
        papers=(),
        duration=NikDuration.NOT_KNOWN,
        confirmed=True,
    ),
}

PENDING_BECOMES_CASE_AFTER = _DAY
EXPIRES_AFTER = 90 * _DAY

# A person may ask again while standing at the counter of Disdukcapil, where handling takes
# minutes; more often it would only use up the day's calls of everybody (quota).
ASK_AGAIN_AFTER = timedelta(minutes=5)
ASKED_AT_MOST = 6
ASKED_WITHIN = _DAY

# A verdict tells whether name, date and sex belong to a NIK, so whoever has another person's NIK
# could try them out. So many differing verdicts about one NIK, in all files together, are no typing
# mistakes of one family any more; a class of trainees with one made-up person stays below.
GUESSES_AT_MOST = 40
GUESSED_WITHIN = _DAY
TELLING_CLASSES = frozenset(
    {NikClass.NAME_MISMATCH, NikClass.BIRTH_DATE_MISMATCH, NikClass.SEX_MISMATCH}
)


class NotTrouble(ValueError):
    """A NIK that fits is no case."""


class CaseClosed(ValueError):
    """The case is closed and stays so; new trouble is a new case."""


class AskedTooOften(ValueError):
    """Ask again from `until` on."""

    def __init__(self, until: datetime) -> None:
        super().__init__("asked_too_often")
        self.until = until


@dataclass(frozen=True, slots=True)
class Case:
    """What the rules need to know of a case. Nothing in it is about who the person is.

    touched_at: last verdict. tries: verdicts so far that did not fit. automatic_checks: re-checks
    that were begun by themselves in this class. next_check_at: None when none will come by itself
    or one is under way.
    """

    nik_class: NikClass
    state: NikCaseState
    opened_at: datetime
    touched_at: datetime
    tries: int = 1
    automatic_checks: int = 0
    next_check_at: datetime | None = None
    escalated_at: datetime | None = None
    escalated_because: NikEscalatedBecause | None = None
    closed_at: datetime | None = None
    closed_because: NikClosedBecause | None = None


def open_case(nik_class: NikClass, now: datetime) -> Case:
    """Return the case of a check that just ended in this class.

    Raises NotTrouble for MATCH.
    """
    case = Case(
        nik_class=nik_class,
        state=_first_state(nik_class),
        opened_at=now,
        touched_at=now,
        next_check_at=_next_check(nik_class, 0, now),
    )
    return _escalated_where_due(case, now)


def after_verdict(case: Case, nik_class: NikClass, now: datetime) -> Case:
    """Return the case after one more verdict of the registry on the same NIK.

    A match closes it. PENDING changes nothing: the registry said nothing new. Another class starts
    the schedule of that class; staff who look at the case keep it, unless they only had it because
    the registry was silent.

    Raises CaseClosed.
    """
    if case.state is NikCaseState.CLOSED:
        raise CaseClosed
    if nik_class is NikClass.MATCH:
        return close(case, NikClosedBecause.MATCHED, now)
    if nik_class is NikClass.PENDING:
        return case
    tries = 1 if case.nik_class is NikClass.PENDING else case.tries + 1
    moved = replace(case, touched_at=now, tries=tries)
    if nik_class is not case.nik_class:
        moved = replace(moved, nik_class=nik_class, automatic_checks=0)
        silent = case.escalated_because is NikEscalatedBecause.REGISTRY_SILENT
        if silent or case.state is not NikCaseState.ESCALATED:
            moved = replace(
                moved,
                state=_first_state(nik_class),
                escalated_at=None,
                escalated_because=None,
            )
    next_check = _next_check(nik_class, moved.automatic_checks, now)
    return _escalated_where_due(replace(moved, next_check_at=next_check), now)


def close(case: Case, because: NikClosedBecause, now: datetime) -> Case:
    """Return the case closed, and never checked again by itself.

    Raises CaseClosed.
    """
    if case.state is NikCaseState.CLOSED:
        raise CaseClosed
    return replace(
        case,
        state=NikCaseState.CLOSED,
        next_check_at=None,
        closed_at=now,
        closed_because=because,
    )


def wake_at(case: Case) -> datetime | None:
    """Return when the case must be looked at next; None once it is closed."""
    if case.state is NikCaseState.CLOSED:
        return None
    moments = [case.touched_at + EXPIRES_AFTER]
    if case.next_check_at is not None:
        moments.append(case.next_check_at)
    escalates_at = _escalates_at(case)
    if escalates_at is not None:
        moments.append(escalates_at)
    return min(moments)


def woken(case: Case, now: datetime) -> tuple[tuple[NikWake, ...], Case]:
    """Return what is due now, and the case as it is afterwards. Nothing when it is too early."""
    if case.state is NikCaseState.CLOSED:
        return (), case
    if case.touched_at + EXPIRES_AFTER <= now:
        return (NikWake.EXPIRE,), close(case, NikClosedBecause.EXPIRED, now)
    done: list[NikWake] = []
    escalates_at = _escalates_at(case)
    if escalates_at is not None and escalates_at <= now:
        done.append(NikWake.ESCALATE)
        case = _escalate(case, NikEscalatedBecause.TOO_LONG, now)
    if case.next_check_at is not None and case.next_check_at <= now:
        done.append(NikWake.RECHECK)
        count = case.automatic_checks + 1
        case = replace(case, automatic_checks=count, next_check_at=None)
    return tuple(done), case


def check_may_ask_again(asked_at: Sequence[datetime], now: datetime) -> None:
    """Check that the person may have the registry asked again about the same data.

    asked_at: when this file's checks were asked, in any order.

    Raises AskedTooOften: within ASK_AGAIN_AFTER of the last, or ASKED_AT_MOST within ASKED_WITHIN.
    """
    recent = sorted(moment for moment in asked_at if now - moment < ASKED_WITHIN)
    if len(recent) >= ASKED_AT_MOST:
        raise AskedTooOften(recent[-ASKED_AT_MOST] + ASKED_WITHIN)
    if recent and now - recent[-1] < ASK_AGAIN_AFTER:
        raise AskedTooOften(recent[-1] + ASK_AGAIN_AFTER)


def guessing_paused_until(differed_at: Sequence[datetime], now: datetime) -> datetime | None:
    """Return until when nothing more is asked about a NIK; None when it may be asked.

    differed_at: when verdicts of TELLING_CLASSES about this NIK came, in any order.
    """
    recent = sorted(moment for moment in differed_at if now - moment < GUESSED_WITHIN)
    return recent[-GUESSES_AT_MOST] + GUESSED_WITHIN if len(recent) >= GUESSES_AT_MOST else None


def _first_state(nik_class: NikClass) -> NikCaseState:
    if nik_class is NikClass.MATCH:
        raise NotTrouble
    by_office = RULES[nik_class].actor is NikActor.CIVIL_REGISTRY
    return NikCaseState.WAITING_OFFICE if by_office else NikCaseState.OPEN


def _next_check(nik_class: NikClass, automatic_checks: int, now: datetime) -> datetime | None:
    waits = RULES[nik_class].rechecks
    return now + waits[automatic_checks] if automatic_checks < len(waits) else None


def _escalates_at(case: Case) -> datetime | None:
    after = RULES[case.nik_class].escalate_after
    if after is None or case.state is NikCaseState.ESCALATED:
        return None
    return case.opened_at + after


def _escalated_where_due(case: Case, now: datetime) -> Case:
    """Escalate what a verdict by itself makes a matter for staff."""
    if case.state is NikCaseState.ESCALATED:
        return case
    rule = RULES[case.nik_class]
    if rule.actor is NikActor.STAFF:
        return _escalate(case, NikEscalatedBecause.STAFF_ONLY, now)
    if rule.actor is NikActor.NOBODY:
        return _escalate(case, NikEscalatedBecause.REGISTRY_SILENT, now)
    if rule.escalate_at_tries is not None and case.tries >= rule.escalate_at_tries:
        return _escalate(case, NikEscalatedBecause.TOO_MANY_TRIES, now)
    return case


def _escalate(case: Case, because: NikEscalatedBecause, now: datetime) -> Case:
    return replace(case, state=NikCaseState.ESCALATED, escalated_at=now, escalated_because=because)


# When the registry itself is the trouble

# How long a fault may last before staff are told. What only our own settings can mend (log-in,
# address, user) will not pass by itself; a used-up quota comes back the next day, but until then
# an officer may look into the portal by hand.
ALERT_AFTER: Mapping[RegistryFault, timedelta] = {
    RegistryFault.LOGIN: timedelta(minutes=5),
    RegistryFault.IP_ADDRESS: timedelta(minutes=5),
    RegistryFault.USER_INACTIVE: timedelta(minutes=5),
    RegistryFault.QUOTA: timedelta(minutes=30),
    RegistryFault.DOWN: timedelta(minutes=30),
    RegistryFault.TIMEOUT: timedelta(minutes=30),
    RegistryFault.UNREADABLE: timedelta(minutes=30),
}
ALERT_AGAIN_AFTER = timedelta(hours=4)


def alert_is_due(
    cause: RegistryFault, began_at: datetime, alerted_at: datetime | None, now: datetime
) -> bool:
    """Return whether staff must be told (again) that the registry gives no verdicts.

    began_at: first failure since the last verdict. alerted_at: when staff were told, if ever.
    """
    if alerted_at is not None:
        return now - alerted_at >= ALERT_AGAIN_AFTER
    return now - began_at >= ALERT_AFTER[cause]
