"""Acts without a file: one chain for the whole office, as each file has one of its own."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select, text

from app import clock
from app.domain.dossier.events import FIRST_HASH, FORM, Behalf, DoerRole, chain_hash
from app.domain.dossier.seals import ActKind, Head
from app.extensions import db
from app.models.audit import Act
from app.services.base import doers

NO_FILE = 0
LOCK = 7_304_117  # of PostgreSQL: any number that nothing else here uses


def record(kind: ActKind, **facts: object) -> Act:
    """Append an act in the caller's transaction. `facts` must not hold a personal value.

    Acts queue behind each other until that transaction ends, so this comes last in it.
    """
    if db.engine.dialect.name == "postgresql":  # SQLite lets one writer in at a time anyway
        db.session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    last = head()
    number, at, doer = last.number + 1, clock.now(), doers.current()
    behalf = Behalf.SELF if doer.role is DoerRole.PERSON else Behalf.OFFICE
    act = Act(
        number=number,
        kind=kind,
        facts=facts,
        at=at,
        form=FORM,
        role=doer.role,
        actor=doer.actor,
        terminal=doer.terminal,
        behalf=behalf,
        previous_hash=last.hash,
        hash=chain_hash(last.hash, NO_FILE, number, kind, facts, at, (doer, behalf)),
    )
    db.session.add(act)
    db.session.flush()
    return act


def head() -> Head:
    """Return where the chain of acts stands."""
    query = select(Act.number, Act.hash).order_by(Act.number.desc()).limit(1)
    last = db.session.execute(query).first()
    return Head(last.number, last.hash) if last else Head(0, FIRST_HASH)


def every() -> Iterator[Act]:
    """Return all acts in order."""
    return iter(db.session.scalars(select(Act).order_by(Act.number)).yield_per(1000))
