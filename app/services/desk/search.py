"""Finding a file by what a person at the counter can say: number, NIK, phone, NIB or name.

Each way has an index of its own and nothing is read through, however many files there are. A name
is found by the beginnings of its words, kept as keyed digests: nobody reads names from them.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from sqlalchemy import Connection, Select, delete, event, func, insert, inspect, select
from sqlalchemy.orm import Mapper, joinedload, lazyload

from app.domain.written.phone import parse_mobile
from app.domain.written.support_number import SupportNumberError, parse_support_number
from app.domain.written.text import EntryError
from app.extensions import db, vault
from app.models.dossier import Applicant, Dossier, Handover
from app.models.staff import NameToken

FOUND_AT_MOST = 20
WORD_AT_LEAST = 3
_BEGINNING_AT_MOST = 8
_WORDS_AT_MOST = 6
_COUNTED = 500
_TOKENS: Any = NameToken.__table__


def words_of(name: str) -> list[str]:
    """Return the words of a name that can be searched: without accents, signs and small ones."""
    plain = unicodedata.normalize("NFKD", name.lower())
    found = re.findall(r"[a-z]+", re.sub("['’.-]", "", plain))
    return [word for word in found if len(word) >= WORD_AT_LEAST]


def tokens_of(name: str) -> set[bytes]:
    """Return the digests of all beginnings of the words of a name."""
    return {
        _token(word[:length])
        for word in words_of(name)
        for length in range(WORD_AT_LEAST, min(len(word), _BEGINNING_AT_MOST) + 1)
    }


def _token(beginning: str) -> bytes:
    return vault.index(beginning, "name_tokens.token")[:16]


@event.listens_for(Applicant, "after_insert")
@event.listens_for(Applicant, "after_update")
def _keep_tokens(_mapper: Mapper[Any], connection: Connection, applicant: Applicant) -> None:
    """Keep the digests right, whoever writes a name."""
    if inspect(applicant).attrs.name.history.has_changes():
        connection.execute(delete(_TOKENS).where(_TOKENS.c.dossier_id == applicant.dossier_id))
        tokens = tokens_of(applicant.name or "")
        if tokens:
            rows = [{"token": each, "dossier_id": applicant.dossier_id} for each in sorted(tokens)]
            connection.execute(insert(_TOKENS), rows)


def rebuild() -> int:
    """Make the digests of all names anew, such as after an upgrade. Return of how many files."""
    db.session.execute(delete(NameToken))
    named = db.session.execute(
        select(Applicant.dossier_id, Applicant.name).where(Applicant.name.is_not(None))
    )
    many = 0
    for dossier_id, name in named:
        db.session.add_all(NameToken(token=t, dossier_id=dossier_id) for t in tokens_of(name or ""))
        many += 1
    db.session.flush()
    return many


def search(typed: str) -> list[Dossier]:
    """Return the files that were meant, the newest first. Nothing for what is too short."""
    ids: set[int] = set()
    for way in _ways(typed):
        ids.update(db.session.scalars(way.limit(FOUND_AT_MOST)))
    if not ids:
        return []
    query = select(Dossier).where(Dossier.id.in_(ids), Dossier.erased_at.is_(None))
    query = query.options(
        joinedload(Dossier.applicant).load_only(Applicant.name),
        lazyload(Dossier.every_activity),
    )
    return list(db.session.scalars(query.order_by(Dossier.id.desc()).limit(FOUND_AT_MOST)))


def _ways(typed: str) -> list[Select[int]]:
    digits = "".join(sign for sign in typed if sign.isascii() and sign.isdigit())
    if len(digits) < 8:
        return _by_name(typed)
    ways = []
    try:
        number = parse_support_number(typed)
        ways.append(select(Dossier.id).where(Dossier.support_number == number))
    except SupportNumberError:
        pass
    try:
        index = vault.index(parse_mobile(typed), "applicants.phone")
        ways.append(_newest(Applicant.phone_index == index))
    except EntryError:
        pass
    if len(digits) == 16:
        ways.append(_newest(Applicant.nik_index == vault.index(digits, "applicants.nik")))
    if len(digits) == 13:
        ways.append(
            select(Handover.dossier_id)
            .where(Handover.nib == digits)
            .order_by(Handover.dossier_id.desc())
        )
    return ways


def _newest(condition: Any) -> Select[int]:
    return select(Applicant.dossier_id).where(condition).order_by(Applicant.dossier_id.desc())


def _how_many(token: bytes) -> int:
    """Return how many names have a beginning, counted as far as it matters."""
    some = select(NameToken.dossier_id).where(NameToken.token == token).limit(_COUNTED).subquery()
    return db.session.scalar(select(func.count()).select_from(some)) or 0


def _by_name(typed: str) -> list[Select[int]]:
    words = words_of(typed)[:_WORDS_AT_MOST]
    if not words:
        return []
    tokens = {_token(word[:_BEGINNING_AT_MOST]) for word in words}
    # The rarest first, so that a common name is not read through for one that nobody has.
    seldom = sorted((_how_many(token), token) for token in tokens)
    if seldom[0][0] == 0:
        return []
    first, *others = [token for _many, token in seldom]
    query = select(NameToken.dossier_id).where(NameToken.token == first)
    for token in others:
        also = _TOKENS.alias()
        query = query.where(
            select(also.c.token)
            .where(also.c.token == token, also.c.dossier_id == NameToken.dossier_id)
            .exists()
        )
    return [query.order_by(NameToken.dossier_id.desc())]
