"""The way out to people's phones and mailboxes: one port, a carrier for each channel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

from app.domain.sending.failures import NotSentCause
from app.domain.sending.messages import Channel


class NotSent(Exception):
    """The message was not sent, as far as is known.

    permanent: trying again changes nothing. may_have_acted: it may have gone out nevertheless.
    """

    def __init__(
        self, cause: NotSentCause, *, permanent: bool = False, may_have_acted: bool = False
    ) -> None:
        super().__init__(str(cause))
        self.cause = cause
        self.permanent = permanent
        self.may_have_acted = may_have_acted


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message. key: the same for every try of it. Address and text stay out of repr.

    leave_until: the last moment at which this try may send it. expires_at: at which it may arrive.
    """

    key: str
    channel: Channel
    to: str = field(repr=False)
    text: str = field(repr=False)
    subject: str = field(default="", repr=False)
    leave_until: datetime | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Incoming:
    """One SMS that came in. id: the carrier's own number of it; rows: of each of its parts."""

    id: str
    sender: str = field(repr=False)
    text: str = field(repr=False)
    rows: tuple[int, ...] = ()


class Fate(StrEnum):
    """What became of a message that was handed over to a carrier that sends later."""

    WAITS = "waits"
    OVERDUE = "overdue"  # its time is over: it has to be taken back
    SENT = "sent"
    REPORT_AWAITED = "report_awaited"  # sent; the network will say whether it arrived
    UNDELIVERED = "undelivered"
    FAILED = "failed"
    GONE = "gone"


class Carrier(Protocol):
    """Sends on one channel. repeatable: the same key twice reaches the person once."""

    @property
    def repeatable(self) -> bool: ...

    def send(self, message: Outgoing, *, budget_s: float) -> str | None:
        """Hand the message over; return the carrier's number of it. Raises NotSent."""
        ...


@runtime_checkable
class LaterCarrier(Carrier, Protocol):
    """Takes a message and sends it later, or never: it has to be asked."""

    def fate(self, key: str) -> Fate:
        """Return what became of the message with this key. Raises NotSent."""
        ...

    def take_back(self, key: str) -> bool:
        """Take back what was not sent yet; False where it can not be now. Raises NotSent."""
        ...


class Inbox(Protocol):
    """Where SMS come in that nobody brings to us."""

    def read(self) -> Sequence[Incoming]:
        """Return what was not marked as done yet, oldest first. Raises NotSent."""
        ...

    def done(self, message: Incoming) -> None:
        """Mark one as dealt with. Raises NotSent."""
        ...


class Messages:
    """The port. in_training: texts say that nothing is real. address: where anybody can look."""

    def __init__(
        self,
        carriers: Mapping[Channel, Carrier],
        *,
        inbox: Inbox | None = None,
        in_training: bool = False,
        built_in: bool = False,
        address: str | None = None,
    ) -> None:
        self._carriers = dict(carriers)
        self._silent: set[Channel] = set()
        self.inbox = inbox
        self.in_training = in_training
        self.built_in = built_in
        self.address = address

    @property
    def carried(self) -> frozenset[Channel]:
        """Return the channels that something can be sent on."""
        return frozenset(self._carriers)

    def is_repeatable(self, channel: Channel) -> bool:
        """Return whether a message may be sent again that may have gone out already."""
        carrier = self._carriers.get(channel)
        return carrier is not None and carrier.repeatable

    def sends_later(self, channel: Channel) -> LaterCarrier | None:
        """Return the carrier that has to be asked what became of a message, None for all others."""
        carrier = self._carriers.get(channel)
        return carrier if isinstance(carrier, LaterCarrier) else None

    def send(self, message: Outgoing, *, budget_s: float) -> str | None:
        """Send on the channel of the message. Raises NotSent."""
        carrier = self._carriers.get(message.channel)
        if carrier is None:  # the setting was changed since: it may come back
            raise NotSent(NotSentCause.DOWN)
        try:
            sent = carrier.send(message, budget_s=budget_s)
        except NotSent as failure:
            if failure.cause in {NotSentCause.TIMEOUT, NotSentCause.DOWN}:
                self._silent.add(message.channel)
            else:
                self._silent.discard(message.channel)
            raise
        self._silent.discard(message.channel)
        return sent

    def is_silent(self, channel: Channel) -> bool:
        """Return whether a channel did not answer the last time: each more would wait as long."""
        return channel in self._silent


class PageOutbox:
    """The built-in carrier: nothing leaves the machine, the row is shown on a page."""

    repeatable = True

    def send(self, message: Outgoing, *, budget_s: float) -> str | None:
        """Take the message; its row is all there is."""
        return None
