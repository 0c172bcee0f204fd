"""By which way a person wants to hear from us, and whether at all."""

from __future__ import annotations

from sqlalchemy.exc import IntegrityError

from app import clock
from app.domain.sending.messages import (
    ASKED_JUST_NOW,
    PHONE_CHANNELS,
    Channel,
    MessageKind,
    channels_for,
)
from app.extensions import db, ports, vault
from app.models.dossier import Applicant
from app.models.message import OptOut


def channels_of(who: Applicant, kind: MessageKind) -> tuple[Channel, ...]:
    """Return the ways for one message; the person's page where the office cannot send at all."""
    reachable = channels_for(
        has_phone=who.phone is not None,
        has_email=who.email is not None,
        preferred=who.message_channel,
        carried=ports.messages.carried,
        refused=frozenset(),
    )
    if not reachable:
        return () if kind in ASKED_JUST_NOW else (Channel.PAGE,)
    if kind in ASKED_JUST_NOW:
        return reachable
    refused = refused_by(who)
    return tuple(channel for channel in reachable if channel not in refused)


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
    """Return whether an address wants nothing on a channel."""
    return db.session.get(OptOut, (index_of(address, channel), channel)) is not None


def stop(address: str, channel: Channel) -> bool:
    """Send nothing more to an address on a channel. Return False where that was so before."""
    if wants_none(address, channel):
        return False
    row = OptOut(address_index=index_of(address, channel), channel=channel, since=clock.now())
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


def offered(who: Applicant) -> tuple[Channel, ...]:
    """Return the channels that the person can choose from."""
    carried = ports.messages.carried
    phone = [each for each in PHONE_CHANNELS if who.phone is not None and each in carried]
    email = [Channel.EMAIL] if who.email is not None and Channel.EMAIL in carried else []
    return (*phone, *email)
