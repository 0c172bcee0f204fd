"""What OSS tells us unasked (receiveNIB, receiveFileDS): is it OSS, what is it about, and for whom.

A notice is kept at once and answered; a job then finds its dossier and asks OSS itself about the
NIB (services/oss/reconciliation), so that nothing counts only because somebody sent it here.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

import structlog
from sqlalchemy import case, select
from sqlalchemy.exc import IntegrityError

from app import clock
from app.adapters.oss import reading
from app.adapters.oss.results import NoticeRead
from app.adapters.oss.said import as_letters, nib_in_bytes, parse
from app.domain.oss.codes import IN_FORCE
from app.domain.oss.nib import NibDoubt, NibSource, is_holder
from app.domain.oss.notices import NoticeState
from app.extensions import db, vault
from app.models.dossier import Applicant, Dossier, Handover
from app.models.oss_notice import OssNotice
from app.services.base import jobs
from app.services.base.jobs import JobKind
from app.services.licence import standing
from app.services.oss import nibs, reconciliation

BODY_AT_MOST = 4 * 1024 * 1024  # a NIB with hundreds of activities, and photos as the guide allows
KEPT_OF_UNREADABLE = 64 * 1024
AT_A_TIME = 20
REPEATED_AFTER = timedelta(minutes=10)  # the same words again are then news: frozen once more

_WIB = timezone(timedelta(hours=7))  # the date in the token is Jakarta's
_log = structlog.get_logger(__name__)
ENVELOPES = {"receiveNIB": "dataNIB", "receiveFileDS": "receiveFileDS"}


class NotOss(Exception):
    """The token is missing or wrong: nothing of the call counts."""


class BadNotice(Exception):
    """The call names no NIB, so that nobody can say whether OSS made it; or it does not fit."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One call that OSS made. body: what came, as it came; the beginning where it is no JSON."""

    service: str
    nib: str
    body: bytes

    def __repr__(self) -> str:
        return f"Notice({self.service})"


def prove(
    service: str, body: bytes, token: str, *, username: str, password: str, now: datetime
) -> Notice:
    """Make sure that the call comes from OSS, before anything else in it is read.

    The guide defines the token as SHA1(username + password + NIB + date), date as YYYYMMDD; SHA-1
    and this way of mixing a secret in are its choice, not ours. Its texts before December 2023 have
    the NPWP in place of the NIB, so both are taken. Yesterday and tomorrow count, for clocks that
    differ at midnight. Everything is compared, so that the time it takes tells nothing.

    Raises BadNotice where there is no NIB; NotOss, also while no username and password are set.
    """
    envelope = ENVELOPES[service]
    is_whole = len(body) <= BODY_AT_MOST
    try:
        content = parse(body) if is_whole else None
    except ValueError:
        content, is_whole = None, False
    numbers = reading.nibs_in(content, envelope)
    if not numbers and (found := nib_in_bytes(body)):
        numbers, is_whole = [found], False
    if not numbers:
        raise BadNotice
    if not username or not password:
        raise NotOss
    nib = numbers[0]
    numbers += [number for number in (reading.tax_number_in(content, envelope),) if number]
    today = now.astimezone(_WIB).date()
    shown = token.strip().lower().encode()
    fits = False
    for number in numbers:
        for days in (-1, 0, 1):
            text = f"{username}{password}{number}{today + timedelta(days=days):%Y%m%d}"
            expected = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()
            fits |= hmac.compare_digest(shown, expected.encode())
    if not fits:
        raise NotOss
    return Notice(service, nib, body if is_whole else body[:KEPT_OF_UNREADABLE])


def keep(notice: Notice) -> bool:
    """Keep what OSS said, sealed and before it is read, in the caller's transaction.

    Its handling is planned. False: known already.
    """
    now = clock.now()
    body = _as_text(notice.body)
    digest = hashlib.sha256(f"{notice.service} {_canonical(notice.body)}".encode()).digest()
    query = select(OssNotice).where(OssNotice.digest == digest).with_for_update()
    known = db.session.scalar(query)
    if known is not None:
        if known.state == NoticeState.MATCHED and (
            known.received_at < now - REPEATED_AFTER or _was_overtaken(known)
        ):
            known.state, known.body, known.received_at = NoticeState.NEW, body, now
            jobs.plan(JobKind.OSS_NOTICES, None)
        return False
    row = OssNotice(
        service=notice.service,
        nib=notice.nib,
        oss_id="",
        digest=digest,
        body=body,
        state=NoticeState.NEW,
        received_at=now,
    )
    try:
        with db.session.begin_nested():  # the same call may come twice at the same moment
            db.session.add(row)
    except IntegrityError:
        return False
    jobs.plan(JobKind.OSS_NOTICES, None)
    return True


def _was_overtaken(known: OssNotice) -> bool:
    """Return whether OSS has told otherwise of this NIB since: frozen, active, frozen again."""
    query = select(OssNotice.id).where(
        OssNotice.nib == known.nib, OssNotice.received_at > known.received_at
    )
    return db.session.scalar(query.limit(1)) is not None


def _canonical(body: bytes) -> str:
    """Return the same for calls that differ in the order of their names only."""
    try:
        return json.dumps(parse(body), sort_keys=True, ensure_ascii=True, default=str)
    except (ValueError, RecursionError):
        return _as_text(body)


def _as_text(body: bytes) -> str:
    return as_letters(body).removeprefix("\ufeff")


def read(row: OssNotice) -> NoticeRead:
    """Read a notice that was kept. What cannot be read is logged, and kept, by its name alone."""
    try:
        content = parse((row.body or "").encode())
    except ValueError:
        content = None
    notice = reading.read_notice(content, ENVELOPES[row.service], row.nib)
    row.oss_id, row.id_izin = notice.oss_id, notice.id_izin or None
    row.unread = list(notice.unread) or None
    if notice.unread:
        _log.warning("oss_notice_partly_unread", notice=row.id, fields=row.unread)
    return notice


def by_number(row: OssNotice) -> int | None:
    """Return the dossier that has this NIB already, else the one with this oss_id."""
    has_it = select(Handover.dossier_id).where(
        # Who typed the NIB of somebody else has no part in what OSS says of it.
        Handover.nib == row.nib,
        Handover.nib_doubt.is_distinct_from(NibDoubt.HOLDER),
    )
    # Of several dossiers of one holder the one that OSS named, else the newest.
    named = case((Handover.oss_id == row.oss_id, 0), else_=1)
    dossier_id = db.session.scalar(has_it.order_by(named, Handover.id.desc()).limit(1))
    if dossier_id is None and row.oss_id:
        query = select(Handover.dossier_id).where(
            Handover.oss_id == row.oss_id, Handover.nib.is_(None)
        )
        both = db.session.scalars(query.limit(2)).all()
        dossier_id = both[0] if len(both) == 1 else None
    return dossier_id


def by_person(data: NoticeRead) -> int | None:
    """Return the one sent dossier without NIB of the person who applied, by NIK *and* name.

    A name alone never decides, since many people share one. Nor does a NIK when its holder has
    several such dossiers of which none, or more than one, has an activity that OSS names.
    """
    names = _names_by_nik(data)
    waiting = [
        dossier
        for dossier in _waiting_with(names)
        if is_holder(dossier.applicant.name or "", *names[_nik_of(dossier)])
    ]
    if len(waiting) > 1:
        named = set(data.kbli_codes)
        waiting = [each for each in waiting if named & {a.kbli_code for a in each.activities}]
    return waiting[0].id if len(waiting) == 1 else None


def _names_by_nik(data: NoticeRead) -> dict[bytes, set[str]]:
    indexes: dict[bytes, set[str]] = {}
    for person in data.people:
        indexes.setdefault(vault.index(person.nik, "applicants.nik"), set()).add(person.name)
    return indexes


def _nik_of(dossier: Dossier) -> bytes:
    return bytes(dossier.applicant.nik_index or b"")


def _waiting_with(indexes: Collection[bytes]) -> list[Dossier]:
    """Return the sent dossiers without a NIB of these people, by NIK alone."""
    query = (
        select(Dossier)
        .join(Applicant, Applicant.dossier_id == Dossier.id)
        .join(Handover, Handover.dossier_id == Dossier.id)
        .where(
            Applicant.nik_index.in_(indexes), Handover.nib.is_(None), Dossier.sent_at.is_not(None)
        )
    )
    return list(db.session.scalars(query)) if indexes else []


def take_nib(dossier: Dossier, row: OssNotice, data: NoticeRead) -> bool:
    """Give a dossier the NIB that OSS sent for it, and plan to ask OSS about it.

    False when it takes none, has another one by now, or somebody else has this one.
    """
    handover = dossier.handover
    if handover is not None and handover.nib is not None:
        return handover.nib == row.nib
    status = data.nib_code or data.nib_status
    try:
        nibs.receive(dossier, row.nib, NibSource.OSS, status=status)
    except (nibs.NotOpen, nibs.NibTaken):
        return False
    if handover is not None:
        handover.oss_id = row.oss_id or handover.oss_id
    return True


def take_end(dossier: Dossier, data: NoticeRead) -> None:
    """OSS itself says that a NIB is frozen, revoked or cancelled: tell it before asking again.

    Whatever OSS then answers decides (reconciliation). dossier: held to change.
    """
    status = data.nib_code or data.nib_status
    if status is not None and data.nib_status not in IN_FORCE:
        reconciliation.take_nib_status(dossier, status)


def ask_about(dossier: Dossier) -> None:
    """Let OSS be asked about the NIB of a file: what it holds, or first whose it is."""
    if dossier.handover is not None and standing.nib_is_theirs(dossier.handover):
        reconciliation.plan(dossier)
    elif jobs.open_job(JobKind.NIB_CHECK, dossier.id) is None:
        jobs.plan(JobKind.NIB_CHECK, dossier.id)


def waiting_for_staff(limit: int = 50) -> list[OssNotice]:
    """Return the notices for which nobody here was found, the oldest first."""
    query = select(OssNotice).where(OssNotice.state == NoticeState.UNMATCHED)
    return list(db.session.scalars(query.order_by(OssNotice.received_at).limit(limit)))


def find_waiting(notice_id: int) -> OssNotice | None:
    """Return a notice for which nobody here was found, held to change; None if there is none."""
    query = select(OssNotice).where(
        OssNotice.id == notice_id, OssNotice.state == NoticeState.UNMATCHED
    )
    return db.session.scalar(query.with_for_update())


def give_to(notice: OssNotice, dossier: Dossier) -> None:
    """Let staff say whose notice it is, in the caller's transaction.

    dossier: held to change. Raises BadNotice when it has another NIB, or was never sent.
    """
    if not take_nib(dossier, notice, read(notice)):
        raise BadNotice
    notice.state = NoticeState.MATCHED
    notice.dossier_id = dossier.id
    notice.body = None
    notice.handled_at = clock.now()
    ask_about(dossier)


def read_again(notice: OssNotice) -> None:
    """Read a waiting notice once more, such as after the reader has learnt a new shape."""
    notice.state = NoticeState.NEW
    jobs.plan(JobKind.OSS_NOTICES, None)


def spellings(notice: OssNotice) -> list[tuple[str, str, str]]:
    """Return files whose NIK fits a waiting notice and whose name does not.

    Each as Nomor Bantuan, the name here and the names that OSS has: for staff alone to judge.
    """
    names = _names_by_nik(read(notice))
    return [
        (dossier.support_number, dossier.applicant.name or "", ", ".join(sorted(told)))
        for dossier in _waiting_with(names)
        if not is_holder(dossier.applicant.name or "", *(told := names[_nik_of(dossier)]))
    ]
