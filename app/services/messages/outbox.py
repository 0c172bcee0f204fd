"""Messages to people: written with their cause, sent by the worker, never twice."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, timedelta
from enum import StrEnum

import structlog
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload, lazyload

from app import clock
from app.domain.licence.turns import Turn
from app.domain.sending.failures import NotSentCause
from app.domain.sending.messages import (
    ANSWERS,
    ASKED_JUST_NOW,
    PHONE_CHANNELS,
    SECRET_FACTS,
    Channel,
    MessageKind,
    MessageState,
    check_facts,
    next_allowed,
)
from app.extensions import db, ports
from app.labels.message_texts import text_of
from app.models.dossier import Dossier, Job
from app.models.message import InboundMessage, Message
from app.services.base import jobs
from app.services.base.jobs import JobKind
from app.services.messages.wishes import address_for, channels_of

SENDING_TIMEOUT = timedelta(minutes=5)  # longer than any carrier talks, so its holder has died
DEDUPE_AT_MOST = 64
SECRET_KEPT = timedelta(hours=1)
INBOUND_KEPT = timedelta(days=90)
LOOK_AFTER = timedelta(seconds=20)
"""A modem takes some seconds for one SMS."""
LEFT = frozenset({MessageState.WAITING, MessageState.SENDING, MessageState.HANDED_OVER})

_log = structlog.get_logger(__name__)
_may_have_gone: ContextVar[bool] = ContextVar("may_have_gone", default=False)


@contextmanager
def held_back(on: bool) -> Iterator[None]:
    """Write what is announced inside as a message that may have gone out already, and send nothing.

    For work that is done once more after a restore: the first time nobody remembers.
    """
    token = _may_have_gone.set(on)
    try:
        yield
    finally:
        _may_have_gone.reset(token)


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
    now = clock.now()
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
    held = _may_have_gone.get() and not on_page
    if held:
        message.state, message.failure = MessageState.UNCERTAIN, NotSentCause.RESTORED
        forget(message, always=True)
    try:
        with db.session.begin_nested():
            db.session.add(message)
    except IntegrityError:  # somebody else wrote it at the same moment
        return None
    if not on_page and not held:
        message.job_id = jobs.plan(JobKind.MESSAGE, dossier_id, due_at).id
    return message


# Who wants what


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
    """Return whether anything at all goes out to people; in practice the outbox counts as that."""
    return bool(ports.messages.carried)


# Sending


def plan_sending(message: Message, due_at: datetime) -> None:
    message.due_at = due_at
    message.job_id = jobs.plan(JobKind.MESSAGE, message.dossier_id, due_at).id


def forget(message: Message, *, always: bool = False) -> None:
    """Empty what was kept only for sending. The practice page goes on showing a practice code."""
    message.address = None
    if always or not (ports.messages.built_in and ports.messages.in_training):
        message.secret = None


def written(message: Message, *, hide_secret: bool = False) -> str:
    """Return the text of a message, in the language it is sent in."""
    facts = dict(message.facts)
    if message.secret is not None and not hide_secret:
        facts["code"] = message.secret
    channel = message.channel
    return text_of(
        message.kind,
        facts,
        number=message.dossier.support_number if message.dossier else "",
        language=message.language,
        in_training=ports.messages.in_training,
        channel=channel,
        address=ports.messages.address if message.dossier else None,
    )


# Lanes


def due(now: datetime, channel: Channel) -> list[int]:
    """Return the jobs of the messages on one channel, what somebody waits for first."""
    mine = select(Message.job_id).where(Message.channel == channel, Message.job_id.is_not(None))
    awaited = mine.where(Message.kind.in_(ASKED_JUST_NOW))
    return jobs.due(now, only=Job.id.in_(mine), first=Job.id.in_(awaited))


def due_elsewhere(now: datetime) -> list[int]:
    """Return all other jobs that are due; those of messages that were erased are among them."""
    sent = select(Message.job_id).where(Message.job_id.is_not(None), Message.state.in_(LEFT))
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
    messages = db.session.scalars(query).unique().all()
    return messages[:size], len(messages) > size


def counts() -> Mapping[str, int]:
    """Return how many messages stand in each state."""
    query = select(Message.state, func.count()).group_by(Message.state)
    return dict(db.session.execute(query).all())


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
