"""The dossier (berkas) and all that belongs to it, by the person who fills it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.domain.law.business_size import BusinessSize
from app.domain.law.legal_form import LegalForm, Role
from app.domain.law.requirements import DeclarationKind
from app.domain.law.risk import RiskLevel
from app.domain.licence.specimen import SpecimenKind
from app.domain.nik.verdict import NikClass
from app.domain.oss.codes import LandStatus, LandUnit, Position
from app.domain.oss.handover import HandoverState
from app.domain.oss.nib import NibDoubt, NibSource
from app.domain.sending.messages import Channel
from app.domain.written.person import Sex
from app.extensions import Model
from app.models.columns import Exact, Moment, Named, Sealed

_FIRST_OF_NIB = text("NOT nib_shared")

RowId = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts up only plain integers


class Dossier(Model):
    """Berkas: what one person wants licensed. Found by its Nomor Bantuan, opened with the PIN."""

    __tablename__ = "dossiers"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    support_number: Mapped[str] = mapped_column(String(12), unique=True)
    pin_hash: Mapped[str] = mapped_column(String(200))
    # Wrong PINs of strangers, all together; those of one browser or address: PinAsker.
    pin_failures: Mapped[int] = mapped_column(default=0)
    pin_failed_at: Mapped[datetime | None] = mapped_column(Moment)
    language: Mapped[str] = mapped_column(String(2))
    legal_form: Mapped[LegalForm] = mapped_column(
        Named(LegalForm, 20), server_default=LegalForm.INDIVIDUAL
    )
    created_at: Mapped[datetime] = mapped_column(Moment)
    updated_at: Mapped[datetime] = mapped_column(Moment)
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment)
    erased_at: Mapped[datetime | None] = mapped_column(Moment)

    applicant: Mapped[Applicant] = relationship(back_populates="dossier", lazy="joined")
    entity: Mapped[Entity | None] = relationship(back_populates="dossier", lazy="select")
    every_activity: Mapped[list[Activity]] = relationship(
        back_populates="dossier", order_by="Activity.position", lazy="selectin"
    )
    declarations: Mapped[list[DeclarationGiven]] = relationship(order_by="DeclarationGiven.id")
    events: Mapped[list[Event]] = relationship(order_by="Event.number", lazy="select")
    nik_checks: Mapped[list[NikCheck]] = relationship(order_by="NikCheck.attempt")
    handover: Mapped[Handover | None] = relationship(back_populates="dossier")
    papers: Mapped[list[Paper]] = relationship(order_by="Paper.id", back_populates="dossier")

    __table_args__ = (CheckConstraint("pin_failures >= 0", name="pin_failures"),)

    @property
    def activities(self) -> list[Activity]:
        """The activities that were not taken out, the main one first. There is always one."""
        return [activity for activity in self.every_activity if activity.removed_at is None]

    @property
    def activity(self) -> Activity:
        """The main activity (kegiatan utama)."""
        return self.activities[0]


class Applicant(Model):
    """Pemohon: the person, sealed column by column. The indexes allow look-up without reading.

    Open are sex and area_code (the home kampung): lists and figures are made by them.
    """

    __tablename__ = "applicants"

    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id"), primary_key=True)
    nik: Mapped[str | None] = mapped_column(Sealed("applicants.nik"))
    nik_index: Mapped[bytes | None] = mapped_column(LargeBinary(32), index=True)
    name: Mapped[str | None] = mapped_column(Sealed("applicants.name"))
    npwp: Mapped[str | None] = mapped_column(Sealed("applicants.npwp"))
    birth_date: Mapped[str | None] = mapped_column(Sealed("applicants.birth_date"))
    sex: Mapped[Sex | None] = mapped_column(Named(Sex, 1))
    phone: Mapped[str | None] = mapped_column(Sealed("applicants.phone"))
    phone_index: Mapped[bytes | None] = mapped_column(LargeBinary(32), index=True)
    email: Mapped[str | None] = mapped_column(Sealed("applicants.email"))
    email_index: Mapped[bytes | None] = mapped_column(LargeBinary(32), index=True)
    message_channel: Mapped[Channel | None] = mapped_column(Named(Channel, 10))
    area_code: Mapped[str | None] = mapped_column(String(10))
    area_text: Mapped[str | None] = mapped_column(Sealed("applicants.area_text"))
    street: Mapped[str | None] = mapped_column(Sealed("applicants.street"))
    rt_rw: Mapped[str | None] = mapped_column(Sealed("applicants.rt_rw"))
    postcode: Mapped[str | None] = mapped_column(Sealed("applicants.postcode"))

    dossier: Mapped[Dossier] = relationship(back_populates="applicant")


class Entity(Model):
    """Badan usaha: the company, group or branch for which the person acts.

    registration_no: of its legalisation (AHU) or registration. deed_codes: the KBLI codes in its
    founding paper, of the edition deed_year. parent_*, nitku: of a branch only.
    """

    __tablename__ = "entities"

    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id"), primary_key=True)
    name: Mapped[str | None] = mapped_column(Sealed("entities.name"))
    role: Mapped[Role | None] = mapped_column(Named(Role, 20))
    registration_no: Mapped[str | None] = mapped_column(Sealed("entities.registration_no"))
    registered_on: Mapped[date | None]
    npwp: Mapped[str | None] = mapped_column(Sealed("entities.npwp"))
    nitku: Mapped[str | None] = mapped_column(Sealed("entities.nitku"))
    parent_nib: Mapped[str | None] = mapped_column(Sealed("entities.parent_nib"))
    parent_name: Mapped[str | None] = mapped_column(Sealed("entities.parent_name"))
    deed_year: Mapped[int | None]
    deed_codes: Mapped[list[str]] = mapped_column(JSON)

    dossier: Mapped[Dossier] = relationship(back_populates="entity")


class Activity(Model):
    """Kegiatan usaha: one KBLI code at one place, with its capital, workers and product.

    position: its lasting number in the dossier; the lowest that is left is the main activity.
    Names, addresses and the person's own words are sealed; codes and figures are not, for counting.
    """

    __tablename__ = "activities"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id"))
    position: Mapped[int] = mapped_column(default=0)
    removed_at: Mapped[datetime | None] = mapped_column(Moment)

    trade_name: Mapped[str | None] = mapped_column(Sealed("activities.trade_name"))
    kbli_year: Mapped[int | None]
    kbli_code: Mapped[str | None] = mapped_column(String(5))
    scope_no: Mapped[int | None]
    description: Mapped[str | None] = mapped_column(Sealed("activities.description"))
    described: Mapped[bool] = mapped_column(default=False)

    village_code: Mapped[str | None] = mapped_column(String(10))
    street: Mapped[str | None] = mapped_column(Sealed("activities.street"))
    rt_rw: Mapped[str | None] = mapped_column(Sealed("activities.rt_rw"))
    shared_premises: Mapped[bool | None]
    position_code: Mapped[Position | None] = mapped_column(Named(Position, 2))
    land_area: Mapped[Decimal | None] = mapped_column(Exact)
    land_unit: Mapped[LandUnit | None] = mapped_column(Named(LandUnit, 2))
    land_status: Mapped[LandStatus | None] = mapped_column(Named(LandStatus, 2))
    customary_land: Mapped[bool | None]

    land_idr: Mapped[int | None] = mapped_column(BigInteger)
    building_idr: Mapped[int | None] = mapped_column(BigInteger)
    machines_idr: Mapped[int | None] = mapped_column(BigInteger)
    other_idr: Mapped[int | None] = mapped_column(BigInteger)
    working_idr: Mapped[int | None] = mapped_column(BigInteger)

    workers_male: Mapped[int | None]
    workers_female: Mapped[int | None]
    product: Mapped[str | None] = mapped_column(Sealed("activities.product"))
    capacity: Mapped[Decimal | None] = mapped_column(Exact)
    capacity_unit: Mapped[str | None] = mapped_column(Sealed("activities.capacity_unit"))

    # Fixed when the dossier is sent, with the release of the risk data that they came from: a
    # newer release must not change what was handed over.
    risk: Mapped[RiskLevel | None] = mapped_column(Named(RiskLevel, 2))
    size: Mapped[BusinessSize | None] = mapped_column(Named(BusinessSize, 10))
    risk_release: Mapped[str | None] = mapped_column(String(64))
    decision_working_days: Mapped[int | None]

    dossier: Mapped[Dossier] = relationship(back_populates="every_activity")

    __table_args__ = (
        UniqueConstraint("dossier_id", "position"),
        CheckConstraint(
            "coalesce(land_idr,0) >= 0 and coalesce(building_idr,0) >= 0 and "
            "coalesce(machines_idr,0) >= 0 and coalesce(other_idr,0) >= 0 and "
            "coalesce(working_idr,0) >= 0",
            name="capital_not_negative",
        ),
        CheckConstraint(
            "coalesce(workers_male,0) >= 0 and coalesce(workers_female,0) >= 0",
            name="workers_not_negative",
        ),
    )


class DeclarationGiven(Model):
    """Pernyataan: one statement that the person made, and the wording that was shown."""

    __tablename__ = "declarations"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id"))
    kind: Mapped[DeclarationKind] = mapped_column(Named(DeclarationKind, 40))
    wording: Mapped[str] = mapped_column(String(40))
    given_at: Mapped[datetime] = mapped_column(Moment)

    __table_args__ = (UniqueConstraint("dossier_id", "kind"),)


class Event(Model):
    """What happened to a dossier. Append-only: each row carries the hash of the one before.

    `facts` never holds a name, NIK, phone number, address or answer. form: what the hash covers,
    OLD_FORM without who did it. role to behalf: Doer and Behalf of app/domain/dossier/events.py.
    """

    __tablename__ = "events"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id"))
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(String(40))
    facts: Mapped[dict[str, object]] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(Moment)
    form: Mapped[int] = mapped_column(server_default="1")
    role: Mapped[str | None] = mapped_column(String(10))
    actor: Mapped[str | None] = mapped_column(String(20))
    terminal: Mapped[str | None] = mapped_column(String(20))
    behalf: Mapped[str | None] = mapped_column(String(10))
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))

    __table_args__ = (UniqueConstraint("dossier_id", "number"),)


class NikCheck(Model):
    """One comparison with the civil registry of NIK, name, birth date and sex: the verdict only."""

    __tablename__ = "nik_checks"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id"))
    attempt: Mapped[int]
    identity_index: Mapped[bytes] = mapped_column(LargeBinary(32))
    nik_class: Mapped[NikClass] = mapped_column(Named(NikClass, 24))
    fields: Mapped[list[str]] = mapped_column(JSON)
    asked_at: Mapped[datetime] = mapped_column(Moment)
    answered_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (UniqueConstraint("dossier_id", "attempt"),)


class Handover(Model):
    """Penyerahan ke OSS: one per dossier, with the key that keeps OSS from acting twice.

    nib: one per holder (PP 28/2025, Pasal 206), so a change or a second business has the number of
    an earlier dossier. That one keeps it alone; each further one has it as nib_shared. nib_seen_at:
    when staff saw it on the paper of OSS; nib_confirmed_at: when OSS said it itself.
    """

    __tablename__ = "handovers"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id"), unique=True)
    key: Mapped[str] = mapped_column(String(43), unique=True)
    state: Mapped[HandoverState] = mapped_column(Named(HandoverState, 16))
    oss_id: Mapped[str | None] = mapped_column(String(40))
    nib: Mapped[str | None] = mapped_column(String(13))
    nib_shared: Mapped[bool] = mapped_column(default=False, server_default=false())
    nib_status: Mapped[str | None] = mapped_column(String(10))
    nib_source: Mapped[NibSource | None] = mapped_column(Named(NibSource, 10))
    nib_at: Mapped[datetime | None] = mapped_column(Moment)
    nib_confirmed_at: Mapped[datetime | None] = mapped_column(Moment)
    nib_seen_at: Mapped[datetime | None] = mapped_column(Moment)
    nib_doubt: Mapped[NibDoubt | None] = mapped_column(Named(NibDoubt, 10))
    licences: Mapped[list[dict[str, object]]] = mapped_column(JSON)
    refusal_code: Mapped[str | None] = mapped_column(String(40))
    created_at: Mapped[datetime] = mapped_column(Moment)
    answered_at: Mapped[datetime | None] = mapped_column(Moment)

    dossier: Mapped[Dossier] = relationship(back_populates="handover")

    __table_args__ = (
        Index(
            "uq_handovers_nib",
            "nib",
            unique=True,
            sqlite_where=_FIRST_OF_NIB,
            postgresql_where=_FIRST_OF_NIB,
        ),
        Index("ix_handovers_nib", "nib"),
    )


class Paper(Model):
    """A paper that can be printed and verified by its code."""

    __tablename__ = "papers"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    code: Mapped[str] = mapped_column(String(16), unique=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id"))
    kind: Mapped[SpecimenKind] = mapped_column(Named(SpecimenKind, 20))
    number: Mapped[str] = mapped_column(String(40))
    specimen: Mapped[bool]
    issued_at: Mapped[datetime] = mapped_column(Moment)

    dossier: Mapped[Dossier] = relationship(back_populates="papers")

    __table_args__ = (UniqueConstraint("dossier_id", "kind"),)


class OpenSession(Model):
    """A browser that was let into a dossier. Without its row, its cookie opens nothing.

    key: keyed digest of the secret in the cookie. used_at: when it last sent something.
    """

    __tablename__ = "open_sessions"

    key: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id"), index=True)
    used_at: Mapped[datetime] = mapped_column(Moment)

    dossier: Mapped[Dossier] = relationship(lazy="raise")

    __table_args__ = (Index("ix_open_sessions_used_at", "used_at"),)


class PostKey(Model):
    """The one-time key of a form that was taken, and the answer it got."""

    __tablename__ = "post_keys"

    key: Mapped[str] = mapped_column(String(43), primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    endpoint: Mapped[str] = mapped_column(String(60))
    dossier_id: Mapped[int | None] = mapped_column(ForeignKey("dossiers.id"), index=True)
    location: Mapped[str] = mapped_column(String(200))
    used_at: Mapped[datetime] = mapped_column(Moment)

    __table_args__ = (Index("ix_post_keys_used_at", "used_at"),)


class Job(Model):
    """Something that must happen later. The row is the queue: it is written with its cause."""

    __tablename__ = "jobs"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    kind: Mapped[str] = mapped_column(String(30))
    dossier_id: Mapped[int | None] = mapped_column(ForeignKey("dossiers.id"), index=True)
    due_at: Mapped[datetime] = mapped_column(Moment)
    attempts: Mapped[int] = mapped_column(default=0)
    claimed_until: Mapped[datetime | None] = mapped_column(Moment)
    done_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (Index("ix_jobs_open", "done_at", "due_at"),)
