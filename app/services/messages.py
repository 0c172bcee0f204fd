"""Messages to people: written with their cause, sent later by a job, never twice.

`announce()` is all that other services need. A message that may have gone out already is sent
again only on a channel whose carrier knows it by its key; otherwise it is marked as uncertain and
left to staff (docs/decisions/0009-messages-never-twice.md).
"""

from __future__ import annotations

import random
import secrets
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

import structlog
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload, lazyload

from app.adapters.messages import Fate, LaterCarrier, NotSent, NotSentCause, Outgoing
from app.domain.licence.turns import Turn
from app.domain.sending.messages import (
    ANSWERS,
    ASKED_JUST_NOW,
    LIFE,
    PHONE_CHANNELS,
    SECRET_FACTS,
    Channel,
    MessageKind,
    MessageState,
    channels_for,
    check_facts,
    leave_until,
    life_of,
    next_allowed,
    next_try,
)
from app.domain.written.support_number import format_support_number
from app.extensions import db, ports, vault
from app.models.dossier import Applicant, Dossier, Job
from app.models.message import InboundMessage, Message, OptOut
from app.services import jobs
from app.services.jobs import JobKind
from app.services.message_words import text_of

SENDING_TIMEOUT = timedelta(minutes=5)  # longer than any carrier talks, so its holder has died
DEDUPE_AT_MOST = 64
SECRET_KEPT = timedelta(hours=1)
INBOUND_KEPT = timedelta(days=90)
LOOK_AFTER = timedelta(seconds=20)
"""A modem takes some seconds for one SMS."""
_LEFT = frozenset({MessageState.WAITING, MessageState.SENDING, MessageState.HANDED_OVER})

_log = structlog.get_logger(__name__)


def announce(
    dossier: Dossier,
    kind: MessageKind,
    *,
    dedupe: str,
    keep_address: bool = False,
    **facts: date | int | str,
) -> None:
    """Tell the person something, in the caller's transaction: undone with its cause.

    dedupe: names the cause (such as the number of its event); the same kind about the same cause is
        told once, however often this is called.
    keep_address: send it to the phone and e-mail as they are now, although they change before it
        goes out. The kind ERASURE_DONE always does, and outlives the dossier.
    facts: those of domain.messages.allowed_facts: days (until, on), minutes, a turn, a code.

    Raises WrongFacts; ValueError for a kind that only answers an SMS or a fact that is no fact.
    """
    if kind in ANSWERS or not 0 < len(dedupe) <= DEDUPE_AT_MOST:
        raise ValueError(kind, dedupe)
    check_facts(kind, frozenset(facts))
    told = {name: _plain(name, value) for name, value in facts.items()}
    parting = kind is MessageKind.ERASURE_DONE
    if parting:
        told["number"] = dossier.support_number
    for channel in channels_of(dossier.applicant, kind):
        kept = address_for(dossier.applicant, channel) if keep_address or parting else None
        _write(
            kind,
            channel,
            told,
            dossier_id=None if parting else dossier.id,
            language=dossier.language,
            address=kept,
            dedupe_key=f"{dossier.id}:{kind}:{channel}:{dedupe}",
        )


def answer(
    kind: MessageKind, *, to: str, language: str, dedupe: str, **facts: str
) -> Message | None:
    """Answer an SMS, in the caller's transaction. None where nothing can be sent by SMS.

    to: mobile number, +62…; kept encrypted only until the answer is sent.
    """
    if kind not in ANSWERS:
        raise ValueError(kind)
    check_facts(kind, frozenset(facts))
    if Channel.SMS not in ports.messages.carried:
        return None
    return _write(
        kind,
        Channel.SMS,
        facts,
        dossier_id=None,
        language=language,
        address=to,
        dedupe_key=f"answer:{kind}:{dedupe}",
    )


def _plain(name: str, value: object) -> object:
    """Return a fact as it is stored. Free text is none: it could hold anything about anybody."""
    if name in {"until", "on"} and isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    if name == "minutes" and isinstance(value, int):
        return value
    if name == "turn" and isinstance(value, Turn):
        return str(value)
    if name == "code" and isinstance(value, str) and value.isdigit() and len(value) <= 12:
        return value
    raise ValueError(name)


def channels_of(who: Applicant, kind: MessageKind) -> tuple[Channel, ...]:
    """Return the ways for one message; the person's page where the office cannot send at all."""
    reachable = channels_for(
        has_phone=who.phone is not None,
        has_email=who.email is not None,
        preferred=Channel(who.message_channel) if who.message_channel else None,
        carried=ports.messages.carried,
        refused=frozenset(),
    )
    if not reachable:
        return () if kind in ASKED_JUST_NOW else (Channel.PAGE,)
    if kind in ASKED_JUST_NOW:
        return reachable
    refused = refused_by(who)
    return tuple(channel for channel in reachable if channel not in refused)


def _write(
    kind: MessageKind,
    channel: Channel,
    facts: Mapping[str, object],
    *,
    dossier_id: int | None,
    language: str,
    address: str | None,
    dedupe_key: str,
) -> Message | None:
    if db.session.scalar(select(Message.id).where(Message.dedupe_key == dedupe_key)):
        return None
    now = datetime.now(UTC)
    on_page = channel is Channel.PAGE
    due_at = now if on_page else next_allowed(now, kind)
    secret = next((str(facts[name]) for name in SECRET_FACTS if name in facts), None)
    message = Message(
        dossier_id=dossier_id,
        kind=kind,
        channel=channel,
        language=language,
        facts={name: value for name, value in facts.items() if name not in SECRET_FACTS},
        secret=secret,
        address=address,
        dedupe_key=dedupe_key,
        key=secrets.token_urlsafe(16),
        state=MessageState.SHOWN if on_page else MessageState.WAITING,
        created_at=now,
        planned_for=due_at,
        due_at=due_at,
        attempts=0,
    )
    try:
        with db.session.begin_nested():
            db.session.add(message)
    except IntegrityError:  # somebody else wrote it at the same moment
        return None
    if not on_page:
        message.job_id = jobs.plan(JobKind.MESSAGE, dossier_id, due_at).id
    return message


# Who wants what


def index_of(address: str, channel: Channel) -> bytes:
    """Return the keyed index of an address, the same that the applicant's row carries."""
    return vault.index(
        address, "applicants.email" if channel is Channel.EMAIL else "applicants.phone"
    )


def address_for(who: Applicant, channel: Channel) -> str | None:
    return who.email if channel is Channel.EMAIL else who.phone


def refused_by(who: Applicant) -> frozenset[Channel]:
    """Return the channels that the person's own addresses want nothing on."""
    addresses = [(who.phone, each) for each in PHONE_CHANNELS] + [(who.email, Channel.EMAIL)]
    return frozenset(
        channel
        for address, channel in addresses
        if address is not None and wants_none(address, channel)
    )


def wants_none(address: str, channel: Channel) -> bool:
    """Say whether an address wants nothing on a channel."""
    return db.session.get(OptOut, (index_of(address, channel), channel)) is not None


def stop(address: str, channel: Channel) -> bool:
    """Send nothing more to an address on a channel. Return False where that was so before."""
    if wants_none(address, channel):
        return False
    row = OptOut(address_index=index_of(address, channel), channel=channel, since=datetime.now(UTC))
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:
        return False
    return True


def start_again(address: str, channel: Channel) -> bool:
    """Send to an address on a channel again. Return False where that was so before."""
    found = db.session.get(OptOut, (index_of(address, channel), channel))
    if found is None:
        return False
    db.session.delete(found)
    db.session.flush()
    return True


def choose(who: Applicant, channel: Channel | None) -> None:
    """Keep the channel that the person wants from now on; None for no messages at all."""
    if channel is None:
        for each in PHONE_CHANNELS:
            if who.phone is not None:
                stop(who.phone, each)
        if who.email is not None:
            stop(who.email, Channel.EMAIL)
        return
    who.message_channel = channel
    address = address_for(who, channel)
    if address is not None:
        start_again(address, channel)
    if who.email is not None:
        start_again(who.email, Channel.EMAIL)


def chosen(who: Applicant) -> Channel | None:
    """Return the channel in use: as chosen, or as it comes; None where no message goes out."""
    ways = channels_of(who, MessageKind.STATUS_CHANGED)
    return ways[0] if ways else None


class CodeWay(StrEnum):
    """Where a code for a lost PIN goes; NOWHERE: the office cannot send, so people come to it."""

    PHONE = "phone"
    EMAIL = "email"
    NOWHERE = "nowhere"


def code_way() -> CodeWay:
    """Return where codes go: to the phone where anything goes there, else to the e-mail."""
    carried = ports.messages.carried
    if not carried.isdisjoint(PHONE_CHANNELS):
        return CodeWay.PHONE
    return CodeWay.EMAIL if Channel.EMAIL in carried else CodeWay.NOWHERE


def can_write() -> bool:
    """Say whether anything at all goes out to people; in practice the outbox counts as that."""
    return bool(ports.messages.carried)


def offered(who: Applicant) -> tuple[Channel, ...]:
    """Return the channels that the person can choose from."""
    carried = ports.messages.carried
    phone = [each for each in PHONE_CHANNELS if who.phone is not None and each in carried]
    email = [Channel.EMAIL] if who.email is not None and Channel.EMAIL in carried else []
    return (*phone, *email)


# Sending


@jobs.handles(JobKind.MESSAGE)
def _send(job: Job, budget_s: float) -> bool:
    """Send one message: claim, talk with no transaction open, record.

    Further tries are jobs of their own, so that quiet hours and the end of trying hold for them.
    """
    now = datetime.now(UTC)
    query = select(Message).where(Message.job_id == job.id)
    message = db.session.scalar(query.with_for_update(of=Message))
    if message is None:
        db.session.rollback()
        return True
    kind, channel = MessageKind(message.kind), Channel(message.channel)
    later = ports.messages.sends_later(channel)
    is_lost = message.state == MessageState.SENDING and (
        message.started_at is None or now >= message.started_at + SENDING_TIMEOUT
    )
    if later and (is_lost or message.state in {MessageState.HANDED_OVER, MessageState.SENT}):
        return _follow(message, later)
    if message.state not in _LEFT:
        db.session.rollback()
        return True
    if message.state == MessageState.HANDED_OVER:  # to a modem that is no longer ours to ask
        _end(message, MessageState.UNCERTAIN, "lost")
        db.session.commit()
        return True
    if message.state == MessageState.SENDING:
        # Whoever began has not recorded an end.
        if not is_lost:
            db.session.rollback()
            return False
        if not ports.messages.is_repeatable(channel):
            _end(message, MessageState.UNCERTAIN, "lost")
            db.session.commit()
            return True
    allowed = next_allowed(now, kind)
    to = message.address or (
        address_for(message.dossier.applicant, channel) if message.dossier else None
    )
    if now > message.planned_for + life_of(kind):
        _end(message, MessageState.GAVE_UP, "too_late")
    elif to is None or (kind not in ASKED_JUST_NOW and wants_none(to, channel)):
        _end(message, MessageState.NOT_WANTED, None)
    elif allowed > now:
        plan_sending(message, allowed)
    else:
        message.state = MessageState.SENDING
        message.started_at = now
        message.attempts += 1
        outgoing = Outgoing(
            key=message.key,
            channel=channel,
            to=to,
            text=written(message),
            subject=_subject(message),
            leave_until=leave_until(now, kind, message.planned_for),
            expires_at=message.planned_for + life_of(kind),
        )
        message_id, attempt = message.id, message.attempts
        db.session.commit()
        _hand_over(message_id, attempt, outgoing, budget_s)
        return True
    db.session.commit()
    return True


def _hand_over(message_id: int, attempt: int, outgoing: Outgoing, budget_s: float) -> None:
    try:
        provider_id = ports.messages.send(outgoing, budget_s=budget_s)
    except NotSent as failure:
        _note_failure(message_id, attempt, failure)
        return
    message = _held(message_id)
    if message is None:  # erased meanwhile
        db.session.rollback()
        return
    # Also when somebody marked it as uncertain meanwhile: now it is known.
    message.provider_id = provider_id
    if ports.messages.sends_later(Channel(message.channel)):
        message.state = MessageState.HANDED_OVER
        plan_sending(message, datetime.now(UTC) + LOOK_AFTER)
    else:
        _sent(message)
    db.session.commit()


def _sent(message: Message) -> None:
    message.state = MessageState.SENT
    message.sent_at = datetime.now(UTC)
    forget(message)


def _follow(message: Message, carrier: LaterCarrier) -> bool:
    """Ask what became of a message that a modem has; True when nothing more will be heard.

    What it did not send in time is taken back and tried again, or given up.
    """
    message_id, key, state = message.id, message.key, message.state
    db.session.rollback()
    try:
        fate = carrier.fate(key)
        if fate is Fate.OVERDUE and not carrier.take_back(key):
            fate = Fate.WAITS  # it is being sent at this very moment
    except NotSent:
        return False
    found = _held(message_id)
    if found is None or found.state != state:
        db.session.rollback()
        return True
    is_known = state == MessageState.SENT
    done = True
    if fate is Fate.UNDELIVERED:
        _end(found, MessageState.GAVE_UP, "undelivered")
    elif fate in {Fate.SENT, Fate.REPORT_AWAITED}:
        if not is_known:
            _sent(found)
        done = fate is Fate.SENT or datetime.now(UTC) > found.planned_for + LIFE
    elif fate is Fate.WAITS:
        found.state = MessageState.HANDED_OVER
        done = False
    elif not is_known:
        cause = NotSentCause.REFUSED if fate is Fate.FAILED else NotSentCause.DOWN
        _fail(found, NotSent(cause))
    db.session.commit()
    return done


def _note_failure(message_id: int, attempt: int, failure: NotSent) -> None:
    message = _held(message_id)
    if message is None or (message.state, message.attempts) != (MessageState.SENDING, attempt):
        db.session.rollback()
        return
    _fail(message, failure)
    db.session.commit()


def _fail(message: Message, failure: NotSent) -> None:
    """Plan another try, or give up."""
    now = datetime.now(UTC)
    message.failed_at = now
    message.failure = str(failure.cause)
    again = next_try(
        MessageKind(message.kind),
        attempts=message.attempts,
        planned_for=message.planned_for,
        now=now,
        jitter=random.random,
    )
    if failure.may_have_acted and not ports.messages.is_repeatable(Channel(message.channel)):
        _end(message, MessageState.UNCERTAIN, str(failure.cause))
    elif failure.permanent or again is None:
        _end(message, MessageState.GAVE_UP, str(failure.cause))
    else:
        message.state = MessageState.WAITING
        plan_sending(message, again)


def _held(message_id: int) -> Message | None:
    query = select(Message).where(Message.id == message_id).with_for_update(of=Message)
    return db.session.scalar(query.execution_options(populate_existing=True))


def plan_sending(message: Message, due_at: datetime) -> None:
    message.due_at = due_at
    message.job_id = jobs.plan(JobKind.MESSAGE, message.dossier_id, due_at).id


def _end(message: Message, state: MessageState, cause: str | None) -> None:
    message.state = state
    message.failure = cause
    if state is MessageState.GAVE_UP:
        message.gave_up_at = datetime.now(UTC)
    forget(message, always=True)
    if cause is not None:
        _log.warning(f"message_{state}", kind=message.kind, channel=message.channel, cause=cause)


def forget(message: Message, *, always: bool = False) -> None:
    """Empty what was kept only for sending. The practice page goes on showing a practice code."""
    message.address = None
    if always or not (ports.messages.built_in and ports.messages.practice):
        message.secret = None


def written(message: Message, *, hide_secret: bool = False) -> str:
    """Return the text of a message, in the language it is sent in."""
    facts = dict(message.facts)
    if message.secret is not None and not hide_secret:
        facts["code"] = message.secret
    channel = Channel(message.channel)
    return text_of(
        MessageKind(message.kind),
        facts,
        number=message.dossier.support_number if message.dossier else "",
        language=message.language,
        practice=ports.messages.practice,
        channel=channel,
        address=ports.messages.address if message.dossier else None,
    )


def _subject(message: Message) -> str:
    number = message.dossier.support_number if message.dossier else message.facts.get("number")
    return f"DPMPTSP Sorong: {format_support_number(str(number))}" if number else "DPMPTSP Sorong"


# Lanes


def due(now: datetime, channel: Channel) -> list[int]:
    """Return the jobs of the messages on one channel, what somebody waits for first."""
    mine = select(Message.job_id).where(Message.channel == channel, Message.job_id.is_not(None))
    awaited = mine.where(Message.kind.in_(ASKED_JUST_NOW))
    return jobs.due(now, only=Job.id.in_(mine), first=Job.id.in_(awaited))


def due_elsewhere(now: datetime) -> list[int]:
    """Return all other jobs that are due; those of messages that were erased are among them."""
    sent = select(Message.job_id).where(Message.job_id.is_not(None), Message.state.in_(_LEFT))
    return jobs.due(now, only=Job.id.not_in(sent))


# Looking


def of_dossier(dossier: Dossier, limit: int = 20) -> Sequence[Message]:
    """Return the person's own messages, newest first."""
    query = select(Message).where(Message.dossier_id == dossier.id)
    return db.session.scalars(query.order_by(Message.id.desc()).limit(limit)).all()


def page_of_some(
    files: Collection[int], single: Collection[int], page: int, size: int
) -> tuple[Sequence[Message], bool]:
    """Return one page of some messages, newest first, and whether older ones follow.

    files: ids of dossiers. single: ids of messages beside them.
    """
    if not files and not single:
        return [], False
    query = (
        select(Message)
        .where(Message.dossier_id.in_(files) | Message.id.in_(single))
        .options(joinedload(Message.dossier).options(lazyload(Dossier.every_activity)))
        .order_by(Message.id.desc())
        .offset((page - 1) * size)
        .limit(size + 1)
    )
    found = db.session.scalars(query).unique().all()
    return found[:size], len(found) > size


def counts() -> Mapping[str, int]:
    """Return how many messages stand in each state."""
    query = select(Message.state, func.count()).group_by(Message.state)
    return dict(db.session.execute(query).tuples().all())


def troubled(limit: int = 100) -> Sequence[Message]:
    """Return what staff should look at: given up, or uncertain. Newest first."""
    states: Collection[str] = (MessageState.GAVE_UP, MessageState.UNCERTAIN)
    query = select(Message).where(Message.state.in_(states))
    return db.session.scalars(query.order_by(Message.id.desc()).limit(limit)).all()


def forget_old(now: datetime) -> None:
    """Drop secrets that help nobody any more, and the record of SMS that came in long ago."""
    stale = update(Message).where(Message.secret.is_not(None))
    db.session.execute(stale.where(Message.created_at < now - SECRET_KEPT).values(secret=None))
    db.session.execute(
        delete(InboundMessage).where(InboundMessage.received_at < now - INBOUND_KEPT)
    )
