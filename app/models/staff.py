"""Staff: accounts, the terminals they work at, their days there, and wrong tries."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.domain.desk.acts import Purpose
from app.domain.desk.queue import WorkKind
from app.domain.desk.roles import StaffRole
from app.extensions import Model
from app.models.columns import Moment, Named, Sealed
from app.models.dossier import Dossier, RowId

_IS_OPEN = text("closed_at IS NULL")


class Staff(Model):
    """Petugas: one account of one person, with one role.

    mark: what the record calls them by (doers.mark_of). is_made_up: of the practice office; such an
    account opens nothing in the real service. must_change: the password was given by the admin.
    used_step: of the last code of the app, so that none works twice. seen_at: the last full
    sign-in, or when the account was made or woken. pin_hash: of the PIN that a made-up person
    brings to every terminal; NULL for real ones, who choose one at each.
    """

    __tablename__ = "staff"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    user: Mapped[str] = mapped_column(String(30), unique=True)
    mark: Mapped[str] = mapped_column(String(12), unique=True)
    name: Mapped[str] = mapped_column(Sealed("staff.name"))
    role: Mapped[StaffRole] = mapped_column(Named(StaffRole, 16))
    is_made_up: Mapped[bool] = mapped_column(default=False)
    password_hash: Mapped[str] = mapped_column(String(200))
    must_change: Mapped[bool] = mapped_column(default=True)
    totp_secret: Mapped[str] = mapped_column(Sealed("staff.totp_secret"))
    used_step: Mapped[int | None]
    added_at: Mapped[datetime] = mapped_column(Moment)
    seen_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    pin_hash: Mapped[str | None] = mapped_column(String(200))


class StaffCode(Model):
    """One printed code of the ten that somebody has for a day without their phone. Used once."""

    __tablename__ = "staff_codes"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    code_index: Mapped[bytes] = mapped_column(LargeBinary(32))
    used_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (UniqueConstraint("staff_id", "code_index"),)


class StaffTerminal(Model):
    """A computer of the office, known by a signed cookie. Registered by a full sign-in there."""

    __tablename__ = "staff_terminals"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    key: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    registered_at: Mapped[datetime] = mapped_column(Moment)
    registered_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    ended_at: Mapped[datetime | None] = mapped_column(Moment)


class StaffPin(Model):
    """The PIN of one person at one terminal."""

    __tablename__ = "staff_pins"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    terminal_id: Mapped[int] = mapped_column(ForeignKey("staff_terminals.id"))
    pin_hash: Mapped[str] = mapped_column(String(200))
    set_at: Mapped[datetime] = mapped_column(Moment)

    __table_args__ = (UniqueConstraint("staff_id", "terminal_id"),)


class StaffDay(Model):
    """One day of one person at one terminal: from the full sign-in, twelve hours at most.

    key: keyed digest of the secret in the cookie, NULL while locked; wiped: how often the person
    has finished with somebody, so that no form of before is filled for the next. kept: a form that
    came after the lock, for this person alone. pin_failures: in a row.
    """

    __tablename__ = "staff_days"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    key: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    terminal_id: Mapped[int] = mapped_column(ForeignKey("staff_terminals.id"))
    began_at: Mapped[datetime] = mapped_column(Moment)
    used_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    wiped: Mapped[int] = mapped_column(default=0)
    pin_failures: Mapped[int] = mapped_column(default=0)
    kept: Mapped[str | None] = mapped_column(Sealed("staff_days.kept"))

    staff: Mapped[Staff] = relationship(lazy="raise")
    terminal: Mapped[StaffTerminal] = relationship(lazy="raise")

    __table_args__ = (Index("ix_staff_days_open", "terminal_id", "ended_at"),)


class WorkItem(Model):
    """Pekerjaan: one thing that waits for the office. A row per subject; it opens and closes.

    subject: "izin <row>", "nik <file>" or "kabar <row>". due_on: the earlier last day of the two
    clocks, NULL where none runs; sort_on: see sort_day(). holder_id stays when it closes, so that
    what comes back comes back to them.
    """

    __tablename__ = "work_items"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    kind: Mapped[WorkKind] = mapped_column(Named(WorkKind, 12))
    subject: Mapped[str] = mapped_column(String(24), unique=True)
    dossier_id: Mapped[int | None] = mapped_column(ForeignKey("dossiers.id"), index=True)
    opened_at: Mapped[datetime] = mapped_column(Moment)
    due_on: Mapped[date | None]
    sort_on: Mapped[date]
    holder_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    taken_at: Mapped[datetime | None] = mapped_column(Moment)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)

    dossier: Mapped[Dossier | None] = relationship(lazy="raise")
    holder: Mapped[Staff | None] = relationship(lazy="raise")

    __table_args__ = tuple(
        Index(name, *columns, sqlite_where=_IS_OPEN, postgresql_where=_IS_OPEN)
        for name, columns in (
            ("ix_work_items_open", ("sort_on", "id")),
            ("ix_work_items_kind", ("kind", "sort_on", "id")),
            ("ix_work_items_holder", ("holder_id", "sort_on", "id")),
        )
    )


class StaffLook(Model):
    """One look of staff at the personal data of a file, and for what. Append-only."""

    __tablename__ = "staff_looks"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id"), index=True)
    purpose: Mapped[Purpose] = mapped_column(Named(Purpose, 12))
    at: Mapped[datetime] = mapped_column(Moment)

    __table_args__ = (Index("ix_staff_looks_of", "staff_id", "dossier_id", "at"),)


class StaffNote(Model):
    """Catatan: what one colleague wrote about a file for the others. Append-only."""

    __tablename__ = "staff_notes"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id"), index=True)
    text: Mapped[str] = mapped_column(Sealed("staff_notes.text"))
    at: Mapped[datetime] = mapped_column(Moment)

    staff: Mapped[Staff] = relationship(lazy="raise")


class NameToken(Model):
    """The beginning of a word in an applicant's name, as a keyed digest: found, never read."""

    __tablename__ = "name_tokens"

    token: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id"), primary_key=True, index=True)


class StaffTry(Model):
    """Wrong passwords and codes for one user name, by whoever typed them.

    who_index: of the user name and the terminal, the address, or all strangers together. The user
    name need not exist, so that nobody can tell which do.
    """

    __tablename__ = "staff_tries"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    who_index: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    wrong: Mapped[int]
    wrong_at: Mapped[datetime] = mapped_column(Moment)

    __table_args__ = (Index("ix_staff_tries_wrong_at", "wrong_at"),)
