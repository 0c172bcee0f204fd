"""What people send us by SMS: STATUS, STOP, MULAI. Each is dealt with once and answered once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from app import clock
from app.domain.law.calendar import local_date
from app.domain.sending.messages import Channel, InboundKind, MessageKind, read_inbound
from app.domain.written.phone import PhoneError, parse_mobile
from app.extensions import db
from app.models.dossier import Applicant, Dossier
from app.models.message import InboundMessage, Message
from app.services.dossier import opening
from app.services.messages import outbox, wishes
from app.services.tracking import progress

# As many as /lacak allows an address in an hour; each answer costs the office an SMS.
ALL_AN_HOUR = 300
SENDER_AN_HOUR = 10
SENDER_A_DAY = 30
HELP_EVERY = timedelta(days=1)

_log = structlog.get_logger(__name__)


class TooMany(Exception):
    """More SMS came in than are taken in an hour; bring it again later."""


@dataclass(frozen=True)
class Taken:
    """answered: something was or will be sent. messages: what answers it, the first time."""

    answered: bool
    messages: tuple[Message, ...] = ()


def take(provider_id: str, sender: str, text: str) -> Taken:
    """Deal with one SMS, in the caller's transaction. The same one again changes nothing.

    provider_id: the gateway's own number of it. sender: as the gateway gives it.

    Raises TooMany.
    """
    earlier = _earlier(provider_id)
    if earlier is not None:
        return Taken(earlier.answer is not None)
    now = clock.now()
    if _came_in(now - timedelta(hours=1)) >= ALL_AN_HOUR:
        raise TooMany
    try:
        phone: str | None = parse_mobile(sender)
    except PhoneError:  # a short number or a name: advertising, nobody who could be answered
        phone = None
    request = read_inbound(text)
    index = wishes.index_of(phone or sender, Channel.SMS)
    is_too_much = (
        _came_in(now - timedelta(hours=1), index) >= SENDER_AN_HOUR
        or _came_in(now - timedelta(days=1), index) >= SENDER_A_DAY
    )
    row = InboundMessage(
        provider_id=provider_id, sender_index=index, received_at=now, asked=request.kind
    )
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:
        earlier = _earlier(provider_id)
        return Taken(earlier is not None and earlier.answer is not None)
    if phone is None:
        return Taken(False)
    # A STOP counts however often somebody wrote before.
    if request.kind is InboundKind.STOP:
        changed = wishes.stop(phone, Channel.SMS)
        return _answer(row, phone, MessageKind.STOPPED) if changed else Taken(False)
    if is_too_much:
        return Taken(False)
    if request.kind is InboundKind.START:
        changed = wishes.start_again(phone, Channel.SMS)
        return _answer(row, phone, MessageKind.STARTED_AGAIN) if changed else Taken(False)
    if request.kind is InboundKind.STATUS:
        return _status(row, phone, request.numbers)
    if _helped(index, now - HELP_EVERY):
        return Taken(False)
    return _answer(row, phone, MessageKind.HELP)


def _status(row: InboundMessage, phone: str, numbers: tuple[str, ...]) -> Taken:
    """Answer with what /lacak tells anybody; alike for a mistyped and an unknown number.

    Several numbers: those that are known are answered, each by itself.
    """
    dossiers = [dossier for dossier in map(opening.find_by_number, numbers) if dossier is not None]
    if not dossiers:
        return _answer(row, phone, MessageKind.NUMBER_UNKNOWN)
    answers: list[Message] = []
    for dossier in dossiers:
        reached = [station.at for station in progress.way_of(dossier) if station.at is not None]
        answers += _answer(
            row,
            phone,
            MessageKind.STATUS_ANSWER,
            number=dossier.support_number,
            turn=str(progress.turn_of(dossier)),
            on=local_date(max(reached)).isoformat(),
        ).messages
    return Taken(bool(answers), tuple(answers))


def _answer(row: InboundMessage, phone: str, kind: MessageKind, **facts: str) -> Taken:
    about = f"{row.provider_id}:{facts['number']}" if "number" in facts else row.provider_id
    sent = outbox.answer(kind, to=phone, language=_language_of(phone), dedupe=about, **facts)
    if sent is None:
        return Taken(False)
    row.answer = kind
    return Taken(True, (sent,))


def _language_of(phone: str) -> str:
    """Return the language of the sender's newest file; Indonesian for everybody else."""
    query = (
        select(Dossier.language)
        .join(Applicant, Applicant.dossier_id == Dossier.id)
        .where(Applicant.phone_index == wishes.index_of(phone, Channel.SMS))
        .order_by(Dossier.id.desc())
    )
    return db.session.scalar(query.limit(1)) or "id"


def _earlier(provider_id: str) -> InboundMessage | None:
    return db.session.scalar(
        select(InboundMessage).where(InboundMessage.provider_id == provider_id)
    )


def _came_in(since: datetime, index: bytes | None = None) -> int:
    query = select(func.count(InboundMessage.id)).where(InboundMessage.received_at > since)
    if index is not None:
        query = query.where(InboundMessage.sender_index == index)
    return db.session.scalar(query) or 0


def _helped(index: bytes, since: datetime) -> bool:
    query = select(InboundMessage.id).where(
        InboundMessage.sender_index == index,
        InboundMessage.received_at > since,
        InboundMessage.answer == MessageKind.HELP,
    )
    return db.session.scalar(query.limit(1)) is not None
