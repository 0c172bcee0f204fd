"""Getting back in, consents, and what people ask for about their own data."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.domain.dossier.recovery import RecoveryWay
from app.domain.dossier.requests import RequestKind, RequestOutcome
from app.extensions import Model
from app.models.columns import Moment, Named, Sealed
from app.models.dossier import Dossier, RowId


class PinAsker(Model):
    """One browser or one address that gave a PIN for one file.

    who_index: keyed digest of it and of the file, so that rows of two files do not show that they
    are of one browser. known: a browser that has opened the file. tried_index: keyed digest of the
    last wrong PIN, gone after a day.
    """

    __tablename__ = "pin_askers"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id"))
    who_index: Mapped[bytes] = mapped_column(LargeBinary(32))
    known: Mapped[bool]
    wrong: Mapped[int] = mapped_column(default=0)
    wrong_at: Mapped[datetime | None] = mapped_column(Moment)
    tried_index: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    seen_at: Mapped[datetime] = mapped_column(Moment, index=True)

    __table_args__ = (
        UniqueConstraint("dossier_id", "who_index"),
        CheckConstraint("wrong >= 0", name="wrong_not_negative"),
    )


class Recovery(Model):
    """One try to get back into a dossier. dossier_id: NULL where what was typed fits none.

    ticket_index: of the browser that asked, NULL until a code from the counter is typed.
    code_index: keyed digest of the code, NULL until one was made.
    """

    __tablename__ = "recoveries"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    dossier_id: Mapped[int | None] = mapped_column(ForeignKey("dossiers.id"))
    job_id: Mapped[int | None] = mapped_column(ForeignKey("jobs.id"), index=True)
    way: Mapped[RecoveryWay] = mapped_column(Named(RecoveryWay, 12))
    ticket_index: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    code_index: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    created_at: Mapped[datetime] = mapped_column(Moment, index=True)
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    expires_at: Mapped[datetime | None] = mapped_column(Moment)
    tries: Mapped[int] = mapped_column(default=0)
    verified_at: Mapped[datetime | None] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (Index(None, "dossier_id", "way"),)


class Consent(Model):
    """Persetujuan: what a person lets a facilitator do, until when. They can take it back.

    facilitator: in the person's own words, since facilitators have no accounts. how: where it was
    given. uses: how often the right code was typed.
    """

    __tablename__ = "consents"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id"), index=True)
    facilitator: Mapped[str] = mapped_column(Sealed("consents.facilitator"))
    what: Mapped[str] = mapped_column(String(12))
    how: Mapped[str] = mapped_column(String(12))
    wording: Mapped[str] = mapped_column(String(40))
    code: Mapped[str] = mapped_column(Sealed("consents.code"))
    uses: Mapped[int] = mapped_column(default=0)
    given_at: Mapped[datetime] = mapped_column(Moment)
    until: Mapped[datetime] = mapped_column(Moment)
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment)


class DataRequest(Model):
    """What a person asked for about their own data, and until when it must be answered."""

    __tablename__ = "data_requests"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id"))
    kind: Mapped[RequestKind] = mapped_column(Named(RequestKind, 12))
    asked_at: Mapped[datetime] = mapped_column(Moment)
    due_at: Mapped[datetime] = mapped_column(Moment)
    job_id: Mapped[int | None] = mapped_column(ForeignKey("jobs.id"), index=True)
    done_at: Mapped[datetime | None] = mapped_column(Moment)
    undone_at: Mapped[datetime | None] = mapped_column(Moment)
    outcome: Mapped[RequestOutcome | None] = mapped_column(Named(RequestOutcome, 12))

    dossier: Mapped[Dossier] = relationship()

    __table_args__ = (Index(None, "dossier_id", "done_at"),)
