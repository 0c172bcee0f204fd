"""How the national OSS words its answers in daily use, as far as such payloads are public.

The shapes are those that differ from the guide and were seen: "-" for nothing, numbers for texts,
dummy rows, rows in another order with other licences between, further names, other codes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.domain.oss.codes import ProductType

A_PT = "11"  # for a company, although annex 18 ends at 04
STRANGE_STATUS = "58"  # of the guide's own sample; annex 10 does not have it
_AS_NUMBERS = frozenset({"kbli", "luas_tanah"})
_AS_TEXTS = frozenset({"sub_jumlah", "modal_kerja", "jumlah_investasi"})
_DAYS = frozenset({"tgl_izin"})


def as_it_speaks(said: dict[str, Any]) -> dict[str, Any]:
    """Return an answer in the words of daily use."""
    worded: dict[str, Any] = {name: _worded(name, value) for name, value in said.items()}
    worded["versi_pia"] = "4.3.22"
    data = worded.get("dataNIB")
    if isinstance(data, dict) and "data_checklist" in data:
        data |= {
            "flag_satu_lini": "N",
            "rptka_jabatan": [{"jabatan": "-", "jumlah": 0}],
            "data_checklist": _among_others(data["data_checklist"]),
        }
        if data.get("jenis_pelaku_usaha") == "01":
            data["jenis_pelaku_usaha"] = A_PT
    return worded


def _worded(name: str, value: object) -> Any:
    if isinstance(value, dict):
        return {each: _worded(each, inner) for each, inner in value.items() if each != "tahun_kbli"}
    if isinstance(value, list):
        return [_worded(name, each) for each in value]
    if value == "":
        return None if name in _DAYS else "-"
    if name in _AS_NUMBERS:
        return int(str(value))
    if name in _AS_TEXTS:
        return f"{value}.00"
    return str(value) if name in ("kode", "kode_status") else value


def _among_others(rows: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the licences turned round, with what else a NIB has before and behind them."""
    first = rows[0] if rows else {}
    basic = {
        "id_izin": "D-LATIHAN",
        "kd_izin": "LATIHAN-KKPR",
        "id_proyek": first.get("id_proyek", "-"),
        "jenis_izin": ProductType.BASIC_REQUIREMENT,
        "kewenangan": "03",
        "status_checklist": "00",
    }
    return [basic, *reversed(rows), {"id_izin": "-", "kd_izin": "-", "no_izin": "-"}]
