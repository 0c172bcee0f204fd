"""The record beside the files: acts that belong to none, and the seals over everything."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model
from app.models.columns import Moment


class Act(Model):
    """What happened to no file in particular. Append-only, one chain: see Event.

    `facts` holds counts, names of commands and tables, and for an erased file where its own chain
    ended. Nothing personal.
    """

    __tablename__ = "acts"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(40))
    facts: Mapped[dict[str, object]] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(Moment)
    form: Mapped[int]
    role: Mapped[str] = mapped_column(String(10))
    actor: Mapped[str] = mapped_column(String(20))
    terminal: Mapped[str] = mapped_column(String(20))
    behalf: Mapped[str] = mapped_column(String(10))
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class Seal(Model):
    """Segel: where every chain stood at a moment, signed. Append-only, a chain itself.

    files, events, acts: how many there were, erased files included. acts_head: hash of the last
    act. heads: digest over where every file's chain stood. key, signature: Ed25519, in base64.
    mailed_at: when its paper went to the auditor; the only column that is written later.
    """

    __tablename__ = "seals"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(Moment)
    files: Mapped[int]
    events: Mapped[int] = mapped_column(BigInteger)
    acts: Mapped[int]
    acts_head: Mapped[str] = mapped_column(String(64))
    heads: Mapped[str] = mapped_column(String(64))
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
    key: Mapped[str] = mapped_column(String(44))
    signature: Mapped[str] = mapped_column(String(88))
    mailed_at: Mapped[datetime | None] = mapped_column(Moment)


class SealHead(Model):
    """Where the chain of one file stood at a seal; only where it had moved since the one before.

    file_id: of the dossier, without a foreign key: it stays when a file is lawfully gone.
    """

    __tablename__ = "seal_heads"

    seal_number: Mapped[int] = mapped_column(ForeignKey("seals.number"), primary_key=True)
    file_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    number: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))

    __table_args__ = (Index("ix_seal_heads_file_id", "file_id", "number"),)
