"""Every shape in which OSS may call, through the real endpoint: none refused, none misread.

tests/data/oss_shapes.json: source says whether a shape was seen in daily use, stands in the public
guide, or is a guess at what may come.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import select

from app.domain.oss.notices import NoticeState
from app.models.oss_notice import OssNotice
from tests.factories import PEOPLE
from tests.routes.machines.test_oss_inbound import (
    NIB,
    NIB_PATH,
    call,
    connected,
    content,
    filed_at_oss,
    handle,
    line,
)

SHAPES = json.loads((Path(__file__).parent.parent / "data" / "oss_shapes.json").read_text())
DAILY = {
    "tipe_dokumen": 9,
    "id_izin": "I-1",
    "kd_izin": "1",
    "kewenangan": "02",
    "npwp_perseroan": "-",
    "telp": "-",
    "legalitas": None,
    "tgl_terbit_nib": "2026-11-20",
    "jenis_pelaku_usaha": "02",
    "rt_rw_perseroan": "/",
    "data_checklist": [{"id_izin": "I-1", "id_proyek": "P-1", "no_izin": "-", "tgl_izin": None}],
    "penanggung_jwb": [],
}

__all__ = ["connected", "line"]


def body_of(shape: dict) -> bytes:
    who = PEOPLE["kiosk"]
    data = content(who)["dataNIB"] | DAILY | shape["put"]
    for name in shape.get("drop", []):
        data.pop(name, None)
    spelt = {"escaped": who.typed_name.replace(" ", "&#32; "), "capitals": who.typed_name.upper()}
    spelt["listed"] = [who.typed_name]
    if "spell" in shape:
        data["nama_user_proses"] = spelt[shape["spell"]]
    if shape.get("nik_as_number"):
        data["no_id_user_proses"] = int(who.nik)
    if "padding" in shape:
        data["foto"] = "x" * shape["padding"]
    envelope = "dataNIB"
    if shape.get("capitals"):
        data, envelope = {name.upper(): value for name, value in data.items()}, "DATANIB"
    text = wrapped(shape.get("wrap"), {envelope: data, **shape.get("beside", {})}, shape)
    if "literal" in shape:
        text = text.replace('"@"', shape["literal"])
    if "twice" in shape:
        text = text.replace("{", "{", 1).replace(
            f'"{shape["twice"]}":', f'"{shape["twice"]}": "X", "{shape["twice"]}":', 1
        )
    return text.encode(shape.get("encoding", "utf-8"))


def wrapped(how, content: dict, shape: dict) -> str:
    """Return a body that is not one object in its envelope. how: None for one that is."""
    inside = content.get("dataNIB")
    wraps = {
        "bare": inside,
        "dummy": {"dataNIB": [{"nib": "-"}, inside]},
        "text": json.dumps(content),
        "inner text": {"dataNIB": json.dumps(inside)},
    }
    around, how = (how, None) if isinstance(how, list) else (["", ""], how)
    body = json.dumps(wraps[how] if how else content, ensure_ascii="encoding" not in shape)
    return around[0] + body + around[1]


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape["about"])
def test_no_shape_is_refused_or_misread(line, database, shape):
    dossier = filed_at_oss()
    answer = call(line, body_of(shape), path=NIB_PATH)
    assert answer.status_code == 200, answer.text
    assert answer.json["responreceiveNIB"]["status"] == "1"
    handle(database)
    database.expire_all()
    (row,) = database.scalars(select(OssNotice)).all()
    expects = shape.get("expects", {})
    assert (row.state, row.dossier_id, row.nib) == (NoticeState.MATCHED, dossier.id, NIB)
    assert dossier.handover.nib == NIB
    assert dossier.handover.nib_status == expects.get("nib_status", "01")
    assert (row.unread or []) == expects.get("unread", [])


def test_there_are_at_least_sixty():
    assert len(SHAPES) >= 60
    assert {shape["source"] for shape in SHAPES} == {"seen", "guide", "guessed"}
