"""Messages to people: kinds, ways, quiet hours, lengths, when to try again, what an SMS may ask."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from app.domain.law.calendar import WIT, MomentWithoutZone
from app.domain.sending.retry import next_attempt_at
from app.domain.written.support_number import (
    SUPPORT_NUMBER_DIGITS,
    SupportNumberError,
    parse_support_number,
)
from app.domain.written.text import tidy


class MessageKind(StrEnum):
    """What a message tells. The kind and its facts make the text, in the person's language."""

    SENT = "sent"
    SENT_AGAIN = "sent_again"
    NIK_TROUBLE = "nik_trouble"
    NIK_OK = "nik_ok"
    NIB_READY = "nib_ready"
    REFUSED = "refused"
    RETURNED = "returned"
    STATUS_CHANGED = "status_changed"
    APPROVED = "approved"
    REJECTED = "rejected"
    VISIT_PLANNED = "visit_planned"
    DEADLINE_SOON = "deadline_soon"
    LKPM_DUE = "lkpm_due"
    RECOVERY_CODE = "recovery_code"
    PIN_LOCKED = "pin_locked"
    PIN_CHANGED = "pin_changed"
    PHONE_CHANGED = "phone_changed"
    CONSENT_GIVEN = "consent_given"
    ERASURE_DONE = "erasure_done"
    # Answers to an SMS that somebody sent us.
    STATUS_ANSWER = "status_answer"
    NUMBER_UNKNOWN = "number_unknown"
    HELP = "help"
    STOPPED = "stopped"
    STARTED_AGAIN = "started_again"


ANSWERS = frozenset(
    {
        MessageKind.STATUS_ANSWER,
        MessageKind.NUMBER_UNKNOWN,
        MessageKind.HELP,
        MessageKind.STOPPED,
        MessageKind.STARTED_AGAIN,
    }
)
"""Kinds that only answer an SMS; they have no dossier."""

ASKED_JUST_NOW = ANSWERS | {MessageKind.RECOVERY_CODE}
"""Kinds that somebody waits for with the phone in hand: neither quiet hours nor an opt-out hold."""

_NOTHING: frozenset[str] = frozenset()
_FACTS: Mapping[MessageKind, tuple[frozenset[str], ...]] = {
    MessageKind.SENT: (_NOTHING, frozenset({"turn"})),  # older messages do not know whose turn
    MessageKind.RETURNED: (_NOTHING, frozenset({"until"})),
    MessageKind.DEADLINE_SOON: (frozenset({"until"}),),
    MessageKind.LKPM_DUE: (frozenset({"until"}),),
    MessageKind.RECOVERY_CODE: (frozenset({"code", "minutes"}), frozenset({"code"})),
    MessageKind.CONSENT_GIVEN: (frozenset({"until"}),),
    MessageKind.STATUS_ANSWER: (frozenset({"number", "turn", "on"}),),
}
SECRET_FACTS = frozenset({"code"})
"""Facts that are kept encrypted, only until they are sent."""


class WrongFacts(ValueError):
    """A message was given other facts than its text has places for."""

    def __init__(self, kind: MessageKind, facts: frozenset[str]) -> None:
        super().__init__(f"{kind}: {', '.join(sorted(facts)) or 'none'}")
        self.kind = kind
        self.facts = facts


def allowed_facts(kind: MessageKind) -> tuple[frozenset[str], ...]:
    """Return the sets of facts that a kind may come with; each set has a text of its own.

    The list is closed, so that nobody's name or answer gets into a message by mistake.
    """
    return _FACTS.get(kind, (_NOTHING,))


def check_facts(kind: MessageKind, facts: frozenset[str]) -> None:
    """Raise WrongFacts unless the kind has a text for exactly these facts."""
    if facts not in allowed_facts(kind):
        raise WrongFacts(kind, facts)


class Channel(StrEnum):
    """How a message travels. PAGE: only shown on the person's own page."""

    SMS = "sms"
    WHATSAPP = "whatsapp"
    EMAIL = "email"
    PAGE = "page"


PHONE_CHANNELS = (Channel.SMS, Channel.WHATSAPP)


class MessageState(StrEnum):
    """Where a message is. HANDED_OVER: to a modem that has not sent it yet. UNCERTAIN: it may have
    arrived, so it is not sent again. SHOWN: on the person's page alone; nobody was handed it.
    """

    WAITING = "waiting"
    SENDING = "sending"
    HANDED_OVER = "handed_over"
    SENT = "sent"
    SHOWN = "shown"
    UNCERTAIN = "uncertain"
    GAVE_UP = "gave_up"
    NOT_WANTED = "not_wanted"


def channels_for(
    *,
    has_phone: bool,
    has_email: bool,
    preferred: Channel | None,
    carried: frozenset[Channel],
    refused: frozenset[Channel],
) -> tuple[Channel, ...]:
    """Return the channels for one message: one to the phone, and e-mail where one is given.

    preferred: what the person chose; EMAIL means e-mail and nothing to the phone.
    carried: what the office can send at all.
    refused: what the person wants none of. It is not replaced by another: somebody who stopped SMS
        did not ask for WhatsApp instead.
    """
    channels: list[Channel] = []
    email = has_email and Channel.EMAIL in carried
    if has_phone and not (preferred is Channel.EMAIL and email):
        wished = preferred if preferred in PHONE_CHANNELS else Channel.SMS
        order = (wished, *(each for each in PHONE_CHANNELS if each is not wished))
        first = next((each for each in order if each in carried), None)
        channels += [first] if first else []
    if email:
        channels.append(Channel.EMAIL)
    return tuple(channel for channel in channels if channel not in refused)


# Quiet hours

QUIET_FROM = time(21)
QUIET_UNTIL = time(7)


def next_allowed(moment: datetime, kind: MessageKind) -> datetime:
    """Return the first moment from `moment` on at which a phone may ring for this kind.

    Quiet from 21.00 until 07.00 WIT: 20.59 and 07.00 are allowed, 21.00 and 06.59 are not.

    Raises MomentWithoutZone.
    """
    if moment.tzinfo is None:
        raise MomentWithoutZone("moment_without_zone")
    if kind in ASKED_JUST_NOW:
        return moment
    local = moment.astimezone(WIT)
    if QUIET_UNTIL <= local.time() < QUIET_FROM:
        return moment
    morning = datetime.combine(local.date(), QUIET_UNTIL, WIT)
    if local.time() >= QUIET_FROM:
        morning += timedelta(days=1)
    return morning.astimezone(moment.tzinfo)


def leave_until(moment: datetime, kind: MessageKind, planned_for: datetime) -> datetime:
    """Return until when a message that is handed over now may still leave.

    Its life, or the next quiet hours, whatever comes first. moment: allowed itself.
    """
    end = planned_for + life_of(kind)
    if kind in ASKED_JUST_NOW:
        return end
    evening = datetime.combine(moment.astimezone(WIT).date(), QUIET_FROM, WIT)
    return min(end, evening.astimezone(end.tzinfo))


# Trying again

TRIES_AT_MOST = 8  # with the waits of domain/sending/retry: over about 13 hours
LIFE = timedelta(days=2)
SHORT_LIFE = timedelta(minutes=15)
"""What somebody waits for with the phone in hand helps nobody an hour later."""


def life_of(kind: MessageKind) -> timedelta:
    """Return how long after its cause a message may still be sent."""
    return SHORT_LIFE if kind in ASKED_JUST_NOW else LIFE


def next_try(
    kind: MessageKind,
    *,
    attempts: int,
    planned_for: datetime,
    now: datetime,
    jitter: Callable[[], float],
) -> datetime | None:
    """Return when to try again after a failure, None to give up.

    attempts: tries so far, the failed one included. planned_for: when it was first due.
    """
    if attempts >= TRIES_AT_MOST:
        return None
    moment = next_allowed(next_attempt_at(attempts, now, jitter=jitter), kind)
    return moment if moment <= planned_for + life_of(kind) else None


# What the network is told, and tells


def relative_validity(life: timedelta) -> int:
    """Return the code for how long the network may try: not longer, but 5 minutes at least.

    Source: 3GPP TS 23.040, section 9.2.3.12.1.
    """
    if life < timedelta(hours=12.5):
        return min(max(life // timedelta(minutes=5) - 1, 0), 143)
    if life < timedelta(days=2):
        return min(143 + (life - timedelta(hours=12)) // timedelta(minutes=30), 167)
    return min(166 + life // timedelta(days=1), 196)


@dataclass(frozen=True, slots=True)
class SmsPart:
    """One part of a long SMS. number: from 1 to total."""

    reference: int
    total: int
    number: int


def part_of_sms(header: str) -> SmsPart | None:
    """Return which part of a long SMS a user data header in hex names; None for a whole one.

    Source: 3GPP TS 23.040, sections 9.2.3.24.1 and 9.2.3.24.8.
    """
    try:
        rest = bytes.fromhex(header)[1:]
    except ValueError:
        return None
    while len(rest) >= 2:
        name, length = rest[:2]
        value, rest = rest[2 : 2 + length], rest[2 + length :]
        if (name, length, len(value)) in {(0, 3, 3), (8, 4, 4)}:
            reference, total, number = int.from_bytes(value[:-2]), *value[-2:]
            return SmsPart(reference, total, number) if 1 <= number <= total else None
    return None


# Length

SMS_SEPTETS = 160
_GSM7_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM7_EXTENDED = frozenset("\f^{}\\[~]|€")


def septets(text: str) -> int | None:
    """Return how many septets a text takes in the GSM 7-bit alphabet; None where it cannot.

    Extended signs take two. More than 160 are sent, and paid, as several messages.
    Source: 3GPP TS 23.038, section 6.2.1.
    """
    length = 0
    for sign in text:
        if sign in _GSM7_BASIC:
            length += 1
        elif sign in _GSM7_EXTENDED:
            length += 2
        else:
            return None
    return length


def fits_one_sms(text: str) -> bool:
    """Return whether a text goes as one SMS."""
    length = septets(text)
    return length is not None and length <= SMS_SEPTETS


# What people send us


class InboundKind(StrEnum):
    """What an SMS to us asks for."""

    STATUS = "status"
    STOP = "stop"
    START = "start"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class InboundRequest:
    """kind; numbers: the support numbers of a STATUS, none where what was written cannot be one."""

    kind: InboundKind
    numbers: tuple[str, ...] = ()


NUMBERS_AT_MOST = 2  # in one SMS: more would make guessing cheaper than the limit on senders allows
_READ_AT_MOST = 2000
_ASKED = re.compile(r"\b(?:STATUS|CEK|CHECK)\b|SRG(?![A-Z])")
_DIGITS_RUN = re.compile(r"(SRG[ .:/-]{0,3})?([0-9]+(?:[ .:/-]{1,3}[0-9]+)*)")
_STOP_WORDS = {"STOP": 5, "BERHENTI": 2}
"""How many words may follow. Few after BERHENTI: people also ask how to close (berhenti) a shop."""
_START_WORDS = frozenset({"START", "MULAI"})
_POLITE_WORDS = frozenset({"TOLONG", "MOHON", "MINTA", "PLEASE"})


def read_inbound(text: str) -> InboundRequest:
    """Return what an SMS asks for.

    STATUS: a support number with a right check digit stands in it, in any spacing and case, with
    or without SRG, whatever is said around it. Without numbers where the text says STATUS, CEK or
    SRG and has a whole number that is mistyped. STOP or BERHENTI as the first word, with a few
    words behind it and no question. START or MULAI as the only word.
    """
    said = tidy(unicodedata.normalize("NFKC", text[:_READ_AT_MOST])).upper()  # also wide digits
    words = re.findall("[A-Z]+", said)
    first, *rest = [word for word in words if word not in _POLITE_WORDS] or [""]
    if len(rest) <= _STOP_WORDS.get(first, -1) and "?" not in said:
        return InboundRequest(InboundKind.STOP)
    if first in _START_WORDS and not rest:
        return InboundRequest(InboundKind.START)
    is_asked = _ASKED.search(said) is not None
    numbers: list[str] = []
    is_whole = False
    for run in _DIGITS_RUN.finditer(said):
        groups = re.findall("[0-9]+", run[2])
        is_all = sum(map(len, groups)) == SUPPORT_NUMBER_DIGITS
        is_whole = is_whole or (is_asked and (is_all or run[1] is not None))
        # In mere talk, twelve digits from 08 on are a phone; more are a NIB or a NIK.
        if is_asked or (is_all and not (words and groups[0].startswith("08"))):
            numbers += _numbers_in(groups)
        elif len(groups) > 1:  # several numbers and nothing else, as pasted
            several = _numbers_in(groups)
            is_filled = len(several) * SUPPORT_NUMBER_DIGITS == sum(map(len, groups))
            numbers += several if is_filled else []
    if numbers or is_whole:
        return InboundRequest(InboundKind.STATUS, tuple(dict.fromkeys(numbers))[:NUMBERS_AT_MOST])
    return InboundRequest(InboundKind.OTHER)


def _numbers_in(groups: Sequence[str]) -> list[str]:
    """Return the support numbers that whole groups of digits form, none of them used twice."""
    found: list[str] = []
    begin = 0
    while begin < len(groups):
        end, digits = begin, ""
        while end < len(groups) and len(digits) < SUPPORT_NUMBER_DIGITS:
            digits, end = digits + groups[end], end + 1
        try:
            found.append(parse_support_number(digits))
            begin = end
        except SupportNumberError:
            begin += 1
    return found
