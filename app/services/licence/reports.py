"""Telling OSS what the office did with a licence: each news once, in its order."""

from __future__ import annotations

import structlog

from app import modes
from app.domain.law.calendar import local_date
from app.domain.licence.status import StatusSource
from app.domain.oss.codes import LicenceStatus
from app.domain.oss.submission import LicenceFinal, LicenceReport
from app.models.dossier import Dossier, Job
from app.models.licence import Licence, LicenceEvent
from app.services.base import jobs
from app.services.base.jobs import JobKind
from app.services.licence import standing

# Officials come with staff pages. Until then the office stands for them, and only practice may
# tell a decision: a real one is signed by somebody (PP 28/2025, article 4).
_OFFICE = "DPMPTSP Kabupaten Sorong"
_PRACTICE_NUMBER, _PRACTICE_ROLE = "LATIHAN", "Petugas latihan"
_TOLD = frozenset({StatusSource.OFFICE, StatusSource.PRACTICE, StatusSource.CLOCK})
_DECIDED = frozenset({LicenceStatus.APPROVED, LicenceStatus.REJECTED})

_log = structlog.get_logger(__name__)


def plan(dossier: Dossier) -> Job | None:
    """Plan to tell what OSS does not know yet, in the caller's transaction."""
    if dossier.handover is None or not dossier.handover.oss_id or not next_untold(dossier):
        return None
    return jobs.open_job(JobKind.LICENCE_REPORT, dossier.id) or jobs.plan(
        JobKind.LICENCE_REPORT, dossier.id
    )


def next_untold(dossier: Dossier) -> tuple[Licence, LicenceEvent] | None:
    """Return the oldest news that OSS has to be told."""
    for licence in standing.of(dossier):
        known = max(licence.told_number, licence.heard_number)
        for event in licence.events:
            if event.number > known and _is_ours_to_tell(event):
                return licence, event
    return None


def _is_ours_to_tell(event: LicenceEvent) -> bool:
    # That an office stayed silent is for OSS itself to find (articles 225, 230).
    if event.source not in _TOLD or event.status == LicenceStatus.DEEMED_APPROVED:
        return False
    return event.status not in _DECIDED or event.source == StatusSource.PRACTICE


def message_about(
    dossier: Dossier, licence: Licence, event: LicenceEvent
) -> LicenceReport | LicenceFinal:
    handover = dossier.handover
    assert handover is not None
    status = LicenceStatus.of(event.status)
    if status in _DECIDED:
        activity = next(
            each for each in dossier.activities if each.position == licence.activity_position
        )
        return LicenceFinal(
            nib=handover.nib or "",
            id_proyek=licence.id_proyek or "",
            oss_id=handover.oss_id or "",
            id_izin=licence.id_izin,
            kd_izin=licence.kd_izin,
            kd_daerah=activity.village_code or "",
            status_izin=status,
            tgl_terbit_izin=local_date(event.at),
            nama_ttd=_OFFICE,
            nip_ttd=_PRACTICE_NUMBER,
            jabatan_ttd=_PRACTICE_ROLE,
            keterangan=event.note or "",
        )
    return LicenceReport(
        nib=handover.nib or "",
        id_proyek=licence.id_proyek or "",
        oss_id=handover.oss_id or "",
        id_izin=licence.id_izin,
        kd_izin=licence.kd_izin,
        kd_instansi=modes.agency_code(),
        kd_status=status,
        tgl_status=event.at,
        nip_status="",
        nama_status=_OFFICE,
        keterangan=event.note or "",
    )
