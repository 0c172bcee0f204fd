"""What OSS tells us unasked (receiveNIB, receiveFileDS): is it OSS, what is it about, and for whom.

A notice is kept at once and answered; a job then finds its dossier and asks OSS itself about the
NIB (services/reconciliation), so that nothing counts only because somebody sent it here.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from typing import Any

from sqlalchemy import case, select
from sqlalchemy.exc import IntegrityError

from app.domain.events import EventKind
from app.domain.messages import MessageKind
from app.domain.nib import NibSource
from app.domain.oss_codes import IdentityKind, NibStatus
from app.extensions import db, vault
from app.models.dossier import Applicant, Dossier, Handover, Job
from app.models.oss_notice import OssNotice
from app.services import changes, dossiers, events, jobs, lkpm, messages, nibs, reconciliation
from app.services.handovers import HandoverState

JOB = "oss_notices"
BODY_AT_MOST = 256 * 1024
AT_A_TIME = 20

_WIB = timezone(timedelta(hours=7))  # the date in the token is Jakarta's
_ENVELOPES = {"receiveNIB": "dataNIB", "receiveFileDS": "receiveFileDS"}


class NoticeState(StrEnum):
    """Where a notice stands."""

    NEW = "new"
    MATCHED = "matched"  # its dossier is known, and OSS is being asked
    UNMATCHED = "unmatched"  # waits for staff: nobody here, or more than one


class NotOss(Exception):
    """The token is missing or wrong: nothing of the call counts."""


class BadNotice(Exception):
    """The content is not what the guide says."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One call of OSS, read. data: the inside of its envelope."""

    service: str
    nib: str
    oss_id: str
    data: Mapping[str, Any]

    def __repr__(self) -> str:
        return f"Notice({self.service})"


def read(service: str, body: bytes) -> Notice:
    """Read the body of a call, strictly: JSON without repeated names, envelope, 13-digit NIB.

    Raises BadNotice.
    """
    try:
        content = json.loads(body, object_pairs_hook=_no_twins, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise BadNotice from None
    data = content.get(_ENVELOPES[service]) if isinstance(content, dict) else None
    if not isinstance(data, dict) or set(content) != {_ENVELOPES[service]}:
        raise BadNotice
    nib, oss_id = data.get("nib"), data.get("oss_id", "")
    if not isinstance(nib, str) or not re.fullmatch(r"[0-9]{13}", nib):
        raise BadNotice
    if not isinstance(oss_id, str) or len(oss_id) > 40:
        raise BadNotice
    _check_shape(service, data)
    return Notice(service=service, nib=nib, oss_id=oss_id, data=data)


def _check_shape(service: str, data: Mapping[str, Any]) -> None:
    """Check what is read later; the many other fields may be as they like."""
    if service == "receiveFileDS":
        if not all(isinstance(data.get(name), str) for name in ("id_izin", "file_izin")):
            raise BadNotice
        return
    for name in ("data_proyek", "data_checklist", "penanggung_jwb"):
        entries = data.get(name) or []
        if not isinstance(entries, list) or not all(isinstance(each, dict) for each in entries):
            raise BadNotice
    status = data.get("status_nib") or ""
    if status and status not in set(NibStatus):
        raise BadNotice


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The same name twice would be one thing to us and another to whoever signed it."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("repeated name")
    return found


def _no_constant(name: str) -> None:
    raise ValueError(name)


def prove(notice: Notice, token: str, *, username: str, password: str, now: datetime) -> None:
    """Make sure that the call comes from OSS.

    The guide defines the token as SHA1(username + password + NIB + date), date as YYYYMMDD; SHA-1
    and this way of mixing a secret in are its choice, not ours. Version 5.0.0 of the guide puts
    the NPWP in place of the NIB, so both are taken. Yesterday and tomorrow count, for clocks that
    differ at midnight. Everything is compared, so that the time it takes tells nothing.

    Raises NotOss, also while no username and password are set.
    """
    if not username or not password:
        raise NotOss
    today = now.astimezone(_WIB).date()
    npwp = notice.data.get("npwp_perseroan")
    numbers = [notice.nib, *([npwp] if isinstance(npwp, str) and npwp else [])]
    shown = token.strip().lower().encode()
    fits = False
    for number in numbers:
        for days in (-1, 0, 1):
            text = f"{username}{password}{number}{today + timedelta(days=days):%Y%m%d}"
            expected = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()
            fits |= hmac.compare_digest(shown, expected.encode())
    if not fits:
        raise NotOss


def keep(notice: Notice) -> bool:
    """Keep a notice and plan its handling, in the caller's transaction. False: known already."""
    content = json.dumps([notice.service, notice.data], sort_keys=True, ensure_ascii=True)
    row = OssNotice(
        service=notice.service,
        nib=notice.nib,
        oss_id=notice.oss_id,
        digest=hashlib.sha256(content.encode()).digest(),
        body=json.dumps(notice.data, ensure_ascii=False),
        state=NoticeState.NEW,
        received_at=datetime.now(UTC),
    )
    query = select(OssNotice.id).where(OssNotice.digest == row.digest)
    if db.session.scalar(query) is not None:
        return False
    try:
        with db.session.begin_nested():  # the same call may come twice at the same moment
            db.session.add(row)
    except IntegrityError:
        return False
    jobs.plan(JOB, None)
    return True


@jobs.handles(JOB)
def _handle(_job: Job, _budget_s: float) -> bool:
    """Find the dossier of each new notice. Each is kept by itself; OSS is asked by other jobs."""
    query = select(OssNotice.id).where(OssNotice.state == NoticeState.NEW)
    waiting = db.session.scalars(query.order_by(OssNotice.received_at).limit(AT_A_TIME)).all()
    db.session.rollback()
    for notice_id in waiting:
        _match(notice_id)
    return len(waiting) < AT_A_TIME


def _match(notice_id: int) -> None:
    row = db.session.get_one(OssNotice, notice_id, with_for_update=True)
    if row.state != NoticeState.NEW:
        db.session.rollback()
        return
    data = json.loads(row.body or "{}")
    found = _by_number(row) or _by_person(data)
    row.handled_at = datetime.now(UTC)
    if found is None:
        row.state = NoticeState.UNMATCHED
        db.session.commit()
        return
    dossier = dossiers.take_to_change(found)
    if not _take_nib(dossier, row, data):
        row.state = NoticeState.UNMATCHED
        db.session.commit()
        return
    row.state = NoticeState.MATCHED
    row.dossier_id = dossier.id
    row.body = None  # its content is asked for again; what was sent here is needed no more
    reconciliation.plan(dossier)
    db.session.commit()


def _by_number(row: OssNotice) -> int | None:
    """Return the dossier that has this NIB already, else the one with this oss_id."""
    has_it = select(Handover.dossier_id).where(Handover.nib == row.nib)
    # Of several dossiers of one holder the one that OSS named, else the newest.
    named = case((Handover.oss_id == row.oss_id, 0), else_=1)
    found = db.session.scalar(has_it.order_by(named, Handover.id.desc()).limit(1))
    if found is None and row.oss_id:
        query = select(Handover.dossier_id).where(
            Handover.oss_id == row.oss_id, Handover.nib.is_(None)
        )
        both = db.session.scalars(query.limit(2)).all()
        found = both[0] if len(both) == 1 else None
    return found


def _by_person(data: Mapping[str, Any]) -> int | None:
    """Return the one sent dossier without NIB of the person who applied, by NIK *and* name.

    A name alone never decides, since many people share one. Nor does a NIK when its holder has
    several such dossiers of which none, or more than one, has an activity that OSS names.
    """
    people = _people(data)
    if not people:
        return None
    indexes: dict[bytes, set[str]] = {}
    for nik, name in people:
        indexes.setdefault(vault.index(nik, "applicants.nik"), set()).add(_plain(name))
    query = (
        select(Dossier)
        .join(Applicant, Applicant.dossier_id == Dossier.id)
        .join(Handover, Handover.dossier_id == Dossier.id)
        .where(
            Applicant.nik_index.in_(indexes), Handover.nib.is_(None), Dossier.sent_at.is_not(None)
        )
    )
    found = [
        dossier
        for dossier in db.session.scalars(query)
        if _plain(dossier.applicant.name or "")
        in indexes[bytes(dossier.applicant.nik_index or b"")]
    ]
    if len(found) > 1:
        named = {str(each.get("kbli")) for each in data.get("data_proyek") or []}
        found = [each for each in found if named & {a.kbli_code for a in each.activities}]
    return found[0].id if len(found) == 1 else None


def _people(data: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return NIK and name of who applied and of who is in charge, where OSS names both."""
    told = [
        (
            data.get("jenis_id_user_proses"),
            data.get("no_id_user_proses"),
            data.get("nama_user_proses"),
        )
    ]
    for each in data.get("penanggung_jwb") or []:
        told.append(
            (
                each.get("jns_identitas_penanggung_jwb"),
                each.get("no_identitas_penanggung_jwb"),
                each.get("nama_penanggung_jwb"),
            )
        )
    return [
        (nik, name)
        for kind, nik, name in told
        if kind == IdentityKind.KTP
        and isinstance(nik, str)
        and isinstance(name, str)
        and re.fullmatch(r"[0-9]{16}", nik)
        and _plain(name)
    ]


def _plain(name: str) -> str:
    return " ".join(name.upper().split())


def _take_nib(dossier: Dossier, row: OssNotice, data: Mapping[str, Any]) -> bool:
    """Give a dossier the NIB that OSS sent for it. False when it has another one by now."""
    handover = dossier.handover
    if handover is None:
        return False
    if handover.nib is not None:
        return handover.nib == row.nib
    try:
        handover.nib_shared = nibs.shares(dossier, row.nib)
    except nibs.NibTaken:
        return False
    now = datetime.now(UTC)
    handover.nib = row.nib
    handover.nib_source = NibSource.OSS
    handover.nib_at = now
    handover.oss_id = row.oss_id or handover.oss_id
    handover.nib_status = str(data.get("status_nib") or "") or None
    handover.state = HandoverState.ACCEPTED
    handover.answered_at = now
    events.record(dossier, EventKind.NIB_RECEIVED, nib=row.nib, source=str(NibSource.OSS))
    # Not “the NIB is there, print it”: outside practice the paper is at OSS, as the page says.
    messages.announce(dossier, MessageKind.STATUS_CHANGED, dedupe="nib_from_oss")
    changes.follow(dossier)
    lkpm.plan_reminder(dossier, now=now)
    return True


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
    if not _take_nib(dossier, notice, json.loads(notice.body or "{}")):
        raise BadNotice
    notice.state = NoticeState.MATCHED
    notice.dossier_id = dossier.id
    notice.body = None
    notice.handled_at = datetime.now(UTC)
    reconciliation.plan(dossier)
