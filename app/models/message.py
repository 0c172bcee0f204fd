"""Messages to people (the outbox), what came in by SMS, and who wants none."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.domain.sending.failures import NotSentCause
from app.domain.sending.messages import Channel, InboundKind, MessageKind, MessageState
from app.extensions import Model
from app.models.columns import Moment, Named, Sealed
from app.models.dossier import Dossier, RowId


class Message(Model):
    """One message on one channel. The row is written with its cause and sent by its job.

    Neither text nor address is kept: the text is made from `kind` and `facts`, the address is read
    from the applicant, both at the moment of sending. `facts` never holds a name, NIK, phone
    number, address or answer.
    """

    __tablename__ = "messages"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    dossier_id: Mapped[int | None] = mapped_column(ForeignKey("dossiers.id"), index=True)
    job_id: Mapped[int | None] = mapped_column(ForeignKey("jobs.id"), index=True)
    kind: Mapped[MessageKind] = mapped_column(Named(MessageKind, 24))
    channel: Mapped[Channel] = mapped_column(Named(Channel, 10))
    language: Mapped[str] = mapped_column(String(2))
    facts: Mapped[dict[str, object]] = mapped_column(JSON)
    # Both are emptied once the message is sent or given up. address: only where it cannot be read
    # from the applicant, as in an answer to somebody's SMS.
    secret: Mapped[str | None] = mapped_column(Sealed("messages.secret"))
    address: Mapped[str | None] = mapped_column(Sealed("messages.address"))
    dedupe_key: Mapped[str] = mapped_column(String(160), unique=True)
    key: Mapped[str] = mapped_column(String(22), unique=True)
    state: Mapped[MessageState] = mapped_column(Named(MessageState, 12))
    created_at: Mapped[datetime] = mapped_column(Moment)
    planned_for: Mapped[datetime] = mapped_column(Moment)
    due_at: Mapped[datetime] = mapped_column(Moment)
    attempts: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime | None] = mapped_column(Moment)
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    failed_at: Mapped[datetime | None] = mapped_column(Moment)
    failure: Mapped[NotSentCause | None] = mapped_column(Named(NotSentCause, 24))
    gave_up_at: Mapped[datetime | None] = mapped_column(Moment)
    provider_id: Mapped[str | None] = mapped_column(String(80))

    dossier: Mapped[Dossier | None] = relationship()

    @property
    def cause(self) -> str:
        """The same for the rows that tell one thing on several channels."""
        return self.dedupe_key.replace(f":{self.channel}:", ":", 1)

    __table_args__ = (
        CheckConstraint("attempts >= 0", name="attempts"),
        Index(None, "state", "due_at"),
    )


class OptOut(Model):
    """An address that wants nothing on one channel. Only the keyed index of the address is kept."""

    __tablename__ = "opt_outs"

    address_index: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    channel: Mapped[Channel] = mapped_column(Named(Channel, 10), primary_key=True)
    since: Mapped[datetime] = mapped_column(Moment)


class InboundMessage(Model):
    """An SMS that came in: that it came, from whom as a keyed index, and how it was answered.

    Its text is not kept. `provider_id` is the gateway's own number of it, so that one that is
    brought twice is answered once.
    """

    __tablename__ = "inbound_messages"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    provider_id: Mapped[str] = mapped_column(String(100), unique=True)
    sender_index: Mapped[bytes] = mapped_column(LargeBinary(32))
    received_at: Mapped[datetime] = mapped_column(Moment, index=True)
    asked: Mapped[InboundKind] = mapped_column(Named(InboundKind, 10))
    answer: Mapped[MessageKind | None] = mapped_column(Named(MessageKind, 24))

    __table_args__ = (Index(None, "sender_index", "received_at"),)
