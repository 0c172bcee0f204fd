"""Terms by table: complete, carried out on both sides of each edge, and the same as the code's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Table, select, update

from app import gateways
from app.config import read_settings
from app.domain.dossier.events import EventKind
from app.domain.dossier.retention import DataGroup, FileCase, OnErasure, read_retention
from app.extensions import db
from app.models.columns import Moment, Named, Sealed
from app.models.dossier import Dossier, Event
from app.services.base import events, post_keys
from app.services.dossier import opening
from app.services.messages import outbox
from app.services.rights import retention
from app.storage.keyfile import load_secrets
from app.work import run
from tests.factories import PHONE, dossier_at, logged, looking, pin_hash, sent_dossier

TABLES = {table.name: table for table in db.metadata.sorted_tables}
SWEPT = [
    rule for rule in retention.rules().tables.values() if rule.days and not rule.by
    if rule.table in TABLES
]  # fmt: skip


def test_every_table_has_its_rule():
    assert set(TABLES) - set(retention.rules().tables) == set()
    assert set(retention.rules().tables) - set(TABLES) == set()


@pytest.mark.parametrize("name", TABLES)
def test_a_rule_fits_its_table(name):
    rule, table = retention.rules().tables[name], TABLES[name]
    belongs = retention.rows_of(table, 1) is not None
    if rule.starts:
        assert isinstance(table.c[rule.starts].type, Moment)
    if any(isinstance(column.type, Sealed) for column in table.columns):
        assert rule.group is not DataGroup.NOBODY
        # The office's own people have no file here that could be erased.
        of_staff = name in {"staff", "staff_days"}
        assert (rule.on_erasure is OnErasure.KEEP) is of_staff, "sealed columns are personal"
    if not belongs:
        assert rule.on_erasure is OnErasure.KEEP, "an erasure could not find its rows"
    if rule.group is DataGroup.NOBODY:
        assert not belongs


def test_terms_of_other_services_are_the_same_in_the_data():
    tables = retention.rules().tables
    assert tables["post_keys"].days == post_keys._KEPT.days
    assert tables["inbound_messages"].days == outbox.INBOUND_KEPT.days
    assert tables["nik_cases"].days == read_settings({}).nik_case_days
    assert {rule.by for rule in tables.values()} == {"", "nik_cases", "messages", "post_keys"}


def made_up(table: Table, at: datetime, starts: str) -> dict:
    """Return a row with something in each column that must hold something."""
    row: dict = {}
    for column in table.columns:
        if column.name == starts:
            row[column.name] = at
        elif column.nullable or column.name == "id":
            continue
        elif isinstance(column.type, Moment):
            row[column.name] = at
        elif isinstance(column.type, Sealed):
            row[column.name] = "x"
        elif isinstance(column.type, Named):
            row[column.name] = next(iter(column.type.kind))
        elif column.type.python_type is bytes:
            row[column.name] = bytes(32)
        elif column.type.python_type in {int, bool}:
            row[column.name] = 0
        elif column.type.python_type is dict:
            row[column.name] = {}
        else:
            row[column.name] = "x"
    return row


@pytest.mark.parametrize("rule", SWEPT, ids=lambda rule: rule.table)
@pytest.mark.parametrize(("seconds", "left"), [(5, 1), (-5, 0)], ids=["younger", "older"])
def test_rows_go_when_their_term_is_over(database, rule, seconds, left):
    dossier = opening.start(pin_hash(), "id")
    now = datetime.now(UTC)
    table = TABLES[rule.table]
    at = now - timedelta(days=rule.days) + timedelta(seconds=seconds)
    row = made_up(table, at, rule.starts)
    if "dossier_id" in row:
        row["dossier_id"] = dossier.id
    database.execute(table.insert().values(row))
    counts = retention.carry_out(now)
    assert len(database.execute(select(table)).all()) == left
    assert counts == ({} if left else {rule.table: 1})


@pytest.mark.parametrize(("seconds", "erased"), [(60, False), (-60, True)])
@pytest.mark.parametrize(
    ("mode", "case"), [("assist", FileCase.DRAFT), ("training", FileCase.PRACTICE)]
)
def test_a_draft_that_nobody_touches_goes(app, make_app, mode, case, seconds, erased):
    app = make_app(testing=True, SERVICE_MODE=mode)
    days = retention.rules().files[case].days
    with looking(app) as session:
        number = dossier_at(None).id
        at = datetime.now(UTC) - timedelta(days=days) + timedelta(seconds=seconds)
        session.execute(update(Dossier).values(updated_at=at))
        session.commit()
    with logged() as log:
        run.tidy(app)
    with looking(app) as session:
        row = session.get_one(Dossier, number)
        assert (row.erased_at is not None) is erased
        assert (row.applicant.phone is None) is erased
        if erased:
            event = session.scalars(select(Event).order_by(Event.id.desc())).first()
            assert event.kind == EventKind.ERASED
            assert event.facts["cause"] == "untouched"
            assert event.facts["rows"]["applicants"] == 1
            assert list(events.verify_chains()) == []
    assert PHONE not in log.getvalue()
    run.tidy(app)  # again: nothing is left to do


def test_a_file_with_a_nib_never_goes_by_age_and_in_practice_wholly(app, make_app):
    with looking(app) as session:
        number = sent_dossier().id
        session.execute(update(Dossier).values(updated_at=datetime(2020, 1, 1, tzinfo=UTC)))
        session.commit()
    run.tidy(make_app(testing=True, SERVICE_MODE="assist"))
    with looking(app) as session:
        assert session.get_one(Dossier, number).erased_at is None
    gateways.init_app(app, app.config["SETTINGS"], load_secrets(app.config["SETTINGS"].instance))
    run.tidy(app)
    with looking(app) as session:
        row = session.get_one(Dossier, number)
        assert row.erased_at is not None
        assert (row.applicant.nik, row.handover, row.papers) == (None, None, [])


def test_what_lies_elsewhere_goes_too(database, monkeypatch):
    dossier = opening.start(pin_hash(), "id")
    told = []
    monkeypatch.setattr(retention, "ERASERS", [lambda one: told.append(one.id)])
    retention.erase(dossier, cause="test")
    assert told == [dossier.id]


def test_a_file_on_its_way_is_not_erased(database):
    dossier = opening.start(pin_hash(), "id")
    dossier.sent_at = datetime.now(UTC)
    with pytest.raises(ValueError, match="under_way"):
        retention.erase(dossier, cause="test")


ROW = {"name": "a", "group": "person", "on_erasure": "keep"}
FILES = [{"case": str(case), "law": "policy", "confirmed": True} for case in FileCase]


@pytest.mark.parametrize(
    ("tables", "files"),
    [
        ([ROW, ROW], FILES),
        ([{**ROW, "days": 3}], FILES),
        ([{**ROW, "starts": "at"}], FILES),
        ([{**ROW, "days": 0, "starts": "at"}], FILES),
        ([{**ROW, "group": "others"}], FILES),
        ([ROW], FILES[1:]),
    ],
)
def test_rules_that_are_wrong_are_refused(tables, files):
    assert read_retention({"table": [ROW], "file": FILES}).tables["a"].days is None
    with pytest.raises(ValueError):  # noqa: PT011
        read_retention({"table": tables, "file": files})
