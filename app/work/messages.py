"""Sending a message by its channel, once."""

from __future__ import annotations

import random

import structlog
from sqlalchemy import select

from app import clock
from app.adapters.messages import Fate, LaterCarrier, NotSent, Outgoing
from app.domain.sending.failures import NotSentCause
from app.domain.sending.messages import (
    ASKED_JUST_NOW,
    LIFE,
    MessageState,
    leave_until,
    life_of,
    next_allowed,
    next_try,
)
from app.domain.written.support_number import format_support_number
from app.extensions import db, ports
from app.models.dossier import Job
from app.models.message import Message
from app.services.base import jobs
from app.services.base.jobs import JobKind
from app.services.messages.outbox import (
    LEFT,
    LOOK_AFTER,
    SENDING_TIMEOUT,
    forget,
    plan_sending,
    written,
)
from app.services.messages.wishes import address_for, wants_none

_log = structlog.get_logger(__name__)


@jobs.handles(JobKind.MESSAGE)
def _send(job: Job, budget_s: float) -> bool:
    """Send one message: claim, talk with no transaction open, record.

    Further tries are jobs of their own, so that quiet hours and the end of trying hold for them.
    """
    now = clock.now()
    query = select(Message).where(Message.job_id == job.id)
    message = db.session.scalar(query.with_for_update(of=Message))
    if message is None:
        db.session.rollback()
        return True
    kind, channel = message.kind, message.channel
    later = ports.messages.sends_later(channel)
    is_lost = message.state == MessageState.SENDING and (
        message.started_at is None or now >= message.started_at + SENDING_TIMEOUT
    )
    if later and (is_lost or message.state in {MessageState.HANDED_OVER, MessageState.SENT}):
        return _follow(message, later)
    if message.state not in LEFT:
        db.session.rollback()
        return True
    if message.state == MessageState.HANDED_OVER:  # to a modem that is no longer ours to ask
        _end(message, MessageState.UNCERTAIN, NotSentCause.LOST)
        db.session.commit()
        return True
    if message.state == MessageState.SENDING:
        # Whoever began has not recorded an end.
        if not is_lost:
            db.session.rollback()
            return False
        if not ports.messages.is_repeatable(channel):
            _end(message, MessageState.UNCERTAIN, NotSentCause.LOST)
            db.session.commit()
            return True
    allowed = next_allowed(now, kind)
    to = message.address or (
        address_for(message.dossier.applicant, channel) if message.dossier else None
    )
    if now > message.planned_for + life_of(kind):
        _end(message, MessageState.GAVE_UP, NotSentCause.TOO_LATE)
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
    if ports.messages.sends_later(message.channel):
        message.state = MessageState.HANDED_OVER
        plan_sending(message, clock.now() + LOOK_AFTER)
    else:
        _sent(message)
    db.session.commit()


def _sent(message: Message) -> None:
    message.state = MessageState.SENT
    message.sent_at = clock.now()
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
        _end(found, MessageState.GAVE_UP, NotSentCause.UNDELIVERED)
    elif fate in {Fate.SENT, Fate.REPORT_AWAITED}:
        if not is_known:
            _sent(found)
        done = fate is Fate.SENT or clock.now() > found.planned_for + LIFE
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
    now = clock.now()
    message.failed_at = now
    message.failure = failure.cause
    again = next_try(
        message.kind,
        attempts=message.attempts,
        planned_for=message.planned_for,
        now=now,
        jitter=random.random,
    )
    if failure.may_have_acted and not ports.messages.is_repeatable(message.channel):
        _end(message, MessageState.UNCERTAIN, failure.cause)
    elif failure.permanent or again is None:
        _end(message, MessageState.GAVE_UP, failure.cause)
    else:
        message.state = MessageState.WAITING
        plan_sending(message, again)


def _held(message_id: int) -> Message | None:
    query = select(Message).where(Message.id == message_id).with_for_update(of=Message)
    return db.session.scalar(query.execution_options(populate_existing=True))


def _end(message: Message, state: MessageState, cause: NotSentCause | None) -> None:
    message.state = state
    message.failure = cause
    if state is MessageState.GAVE_UP:
        message.gave_up_at = clock.now()
    forget(message, always=True)
    if cause is not None:
        _log.warning(f"message_{state}", kind=message.kind, channel=message.channel, cause=cause)


def _subject(message: Message) -> str:
    number = message.dossier.support_number if message.dossier else message.facts.get("number")
    return f"DPMPTSP Sorong: {format_support_number(str(number))}" if number else "DPMPTSP Sorong"
