"""Migrations: from empty to the models and back, each one also with rows in the tables."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade

import app as package
from app import create_app
from app.config import read_settings
from app.extensions import db, vault
from app.models.columns import Sealed
from app.services.reference.loading import load_releases
from app.vault import CannotDecrypt
from tests.factories import rows, sent_dossier

VERSIONS = Path(package.__file__).parent / "migrations" / "versions"
SCRIPTS = ScriptDirectory(str(VERSIONS.parent))
REVISIONS = [script.revision for script in SCRIPTS.walk_revisions()][::-1]

# Tables of which a plain dossier of one person leaves nothing behind.
EMPTY = {
    "seals",
    "seal_heads",
    "change_requests",
    "lkpm_worksheets",
    "installation",
    "answered",
    "attachments",
    "drafts",
    "duties",
    "file_disposals",
    "finder_choices",
    "finder_corrections",
    "finder_searches",
    "finder_words",
    "upload_parts",
    "uploads",
    "consents",
    "correction_targets",
    "corrections",
    "data_requests",
    "entities",
    "help_feedback",
    "inbound_messages",
    "nik_cases",
    "opt_outs",
    "oss_codes",
    "oss_differences",
    "oss_notices",
    "pin_askers",
    "post_keys",
    "recoveries",
    "registry_troubles",
    "staff",
    "staff_codes",
    "staff_days",
    "staff_looks",
    "staff_notes",
    "staff_pins",
    "staff_terminals",
    "staff_tries",
    "work_items",
}
# Values that a check of the table asks for; everything else is made up by its type.
CHECKED = {
    ("area", "kind"): "province",
    ("holiday", "kind"): "national",
    ("risk_fact", "risk"): "R",
    ("risk_fact", "size"): "mikro",
    ("installation", "id"): 1,
    ("installation", "purpose"): "practice",
    ("change_requests", "new_dossier_id"): None,  # never the dossier itself
}


@pytest.fixture
def empty(application, request, tmp_path, empty_book) -> Iterator[Flask]:
    """An application on a database of its own with nothing in it."""
    instance = application.config["SETTINGS"].instance  # the same keys
    env = {"INSTANCE": str(instance), "LOG_LEVEL": "WARNING"}
    if request.config.getoption("--database") == "sqlite":
        app = create_app(
            read_settings({**env, "DATABASE_URL": f"sqlite:///{tmp_path / 'new.sqlite'}"}),
            testing=True,
        )
        yield app
        _close(app)
        return
    name, whole = f"oss_{secrets.token_hex(4)}", os.environ["DATABASE_URL"]
    with psycopg.connect(whole, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        address = whole.replace("/oss?", f"/{name}?")
        assert address != whole
        app = create_app(read_settings({**env, "DATABASE_URL": address}), testing=True)
        yield app
        _close(app)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _close(app: Flask) -> None:
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def tables() -> set[str]:
    return set(sa.inspect(db.engine).get_table_names()) - {"alembic_version"}


def fill() -> dict[str, int]:
    """Put a row into every table that is there now. Return how many rows each has."""
    found = sa.MetaData()
    found.reflect(db.engine)
    with db.engine.begin() as connection:
        for table in found.sorted_tables:
            if table.name != "alembic_version":
                connection.execute(table.insert().values(_row(table, connection)))
        return {
            table.name: connection.scalar(sa.select(sa.func.count()).select_from(table))
            for table in found.sorted_tables
            if table.name != "alembic_version"
        }


def _row(table: sa.Table, connection: sa.Connection) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for column in table.columns:
        keys = [key.column for key in column.foreign_keys if key.column.table is not table]
        if (table.name, column.name) in CHECKED:
            row[column.name] = CHECKED[table.name, column.name]
        elif keys:
            row[column.name] = connection.scalar(sa.select(keys[0]))
        elif column.foreign_keys:
            row[column.name] = None  # points to its own table
        else:
            row[column.name] = _sealed(table.name, column) or _value(column.type)
    return row


def _sealed(table: str, column: sa.Column[Any]) -> bytes | None:
    """Return a sealed value for a column that holds such: a way back has to open it."""
    known = db.metadata.tables.get(table)
    kind = known.columns[column.name].type if known is not None and column.name in known.c else None
    if isinstance(column.type, sa.LargeBinary) and isinstance(kind, Sealed):
        return vault.seal("x", kind.purpose)
    return None


def _value(kind: sa.types.TypeEngine[Any]) -> Any:
    if isinstance(kind, sa.Boolean):
        return True
    if isinstance(kind, sa.Integer):
        return 1
    if isinstance(kind, sa.JSON):
        return ["x"]
    if isinstance(kind, sa.LargeBinary):
        return b"x"
    if isinstance(kind, sa.DateTime):
        return datetime.now(UTC)
    if isinstance(kind, sa.Date):
        return date(2026, 11, 23)
    return "x"


def test_the_way_has_no_forks():
    assert SCRIPTS.get_bases() == [REVISIONS[0]]
    assert SCRIPTS.get_heads() == [REVISIONS[-1]]


@pytest.mark.parametrize("path", sorted(VERSIONS.glob("*.py")), ids=lambda path: path.stem)
def test_a_migration_leans_on_nothing_that_may_change(path):
    """A model of tomorrow would change what a migration of today does."""
    assert "import app" not in path.read_text()
    assert "from app" not in path.read_text()


def test_from_empty_it_becomes_what_the_models_say(empty):
    with empty.app_context():
        upgrade()
        with db.engine.connect() as connection:
            context = MigrationContext.configure(
                connection, opts={"compare_type": True, "compare_server_default": True}
            )
            assert compare_metadata(context, db.metadata) == []
            assert context.get_current_revision() == REVISIONS[-1]


def test_constraints_are_named_as_in_the_models(empty):
    """The comparison above does not look at checks and the names of keys."""

    def names() -> dict[str, set[str]]:
        inspector = sa.inspect(db.engine)
        found = {}
        for table in tables():
            constraints = [
                *inspector.get_check_constraints(table),
                *inspector.get_unique_constraints(table),
                *inspector.get_foreign_keys(table),
                inspector.get_pk_constraint(table),
            ]
            found[table] = {str(constraint["name"]) for constraint in constraints}
        return found

    with empty.app_context():
        upgrade()
        migrated = names()
        downgrade(revision="base")
        db.create_all()
        assert migrated == names()
        db.drop_all()


def test_down_to_nothing_and_up_again(empty):
    with empty.app_context():
        upgrade()
        assert tables() == set(db.metadata.tables)
        downgrade(revision="base")
        assert tables() == set()
        upgrade()
        assert tables() == set(db.metadata.tables)


def test_each_step_up_and_down_with_rows_in_the_tables(empty):
    with empty.app_context():
        for number, revision in enumerate(REVISIONS):
            upgrade(revision=revision)
            if number == 0:
                counts = fill()
                assert set(counts.values()) == {1}
        after = {table: _count(table) for table in counts if table in tables()}
        assert after == {table: counts[table] for table in after}
        for revision in [*REVISIONS[-2::-1], "base"]:
            downgrade(revision=revision)
        assert tables() == set()


def test_rows_of_every_revision_survive_the_way_to_the_newest(empty):
    with empty.app_context():
        for revision in REVISIONS:
            upgrade(revision=revision)
            counts = fill()
            upgrade()
            assert {t: _count(t) for t in counts} == counts
            downgrade(revision="base")


def _count(table: str) -> int:
    with db.engine.connect() as connection:
        return int(connection.scalar(sa.select(sa.func.count()).select_from(sa.table(table))) or 0)


def test_upgrading_again_changes_nothing(empty):
    """Each start of the program upgrades."""
    with empty.app_context():
        upgrade()
        fill()
        before = {table: _count(table) for table in tables()}
        upgrade()
        assert {table: _count(table) for table in tables()} == before


def test_a_migrated_database_carries_a_whole_dossier(empty):
    with empty.app_context():
        upgrade()
        load_releases()
        db.session.commit()
        dossier = sent_dossier()
        assert dossier.handover is not None
        assert dossier.handover.nib
        db.session.remove()
    kept = rows(empty)
    assert {name for name, found in kept.items() if not found} == EMPTY
    assert empty.test_client().get("/readyz").status_code == 200


def test_licences_inside_a_handover_become_rows(empty):
    """Each with its status as the first event; what cannot be read is left where it was."""
    answered = datetime(2026, 11, 20, 1, 2, tzinfo=UTC)
    kept = [
        {"kind": "LATIHAN-SS", "id": "I-1", "status": "50", "number": "0001"},
        {"kind": "LATIHAN-NIB", "id": "I-2", "status": "50", "number": "0002"},
        {"kind": "LATIHAN-NIB", "id": "I-2", "status": "50", "number": "0002"},
        {"kind": "LATIHAN-SS"},
        "x",
    ]
    with empty.app_context():
        upgrade(revision="0001")
        fill()
        found = sa.MetaData()
        found.reflect(db.engine)
        with db.engine.begin() as connection:
            connection.execute(
                found.tables["handovers"].update().values(licences=kept, answered_at=answered)
            )
        upgrade(revision="0005")
        found = sa.MetaData()
        found.reflect(db.engine)
        licences, events = found.tables["licences"], found.tables["licence_events"]
        with db.engine.connect() as connection:
            rows = connection.execute(sa.select(licences).order_by(licences.c.id)).all()
            first = connection.execute(sa.select(events).order_by(events.c.licence_id)).all()
        assert [
            (r.id_izin, r.kd_izin, r.product, r.status, r.number, r.activity_position) for r in rows
        ] == [
            ("I-1", "LATIHAN-SS", "04", "50", "0001", 0),
            ("I-2", "LATIHAN-NIB", None, "50", "0002", 1),
        ]
        assert [(e.number, e.status, e.source, e.targets) for e in first] == [
            (1, "50", "oss", [])
        ] * 2
        assert {e.at.replace(tzinfo=UTC) for e in first} == {answered}
        downgrade(revision="0004")
        assert _count("handovers") == 1


def test_words_of_people_are_sealed_and_opened_again(empty):
    """Rows of before are sealed where they stand; the way back gives each its text."""
    words = {"trade_name": "Kios Contoh", "description": "jual beras é", "product": "b" * 1024}
    with empty.app_context():
        upgrade(revision="seen_by_staff")
        fill()

        def change(**values: Any) -> None:
            found = sa.MetaData()
            found.reflect(db.engine)
            with db.engine.begin() as connection:
                connection.execute(found.tables["activities"].update().values(**values))

        def kept() -> dict[str, Any]:
            names = ", ".join(words)
            with db.engine.connect() as connection:
                return dict(
                    connection.execute(sa.text(f"SELECT {names} FROM activities")).one()._mapping
                )

        change(**words)
        upgrade()
        sealed = kept()
        assert not any("Kios" in repr(bytes(value)) for value in sealed.values())
        opened = {n: vault.open(bytes(v), f"activities.{n}") for n, v in sealed.items()}
        assert opened == words
        downgrade(revision="seen_by_staff")
        assert kept() == words
        change(trade_name=None)
        upgrade()
        assert kept()["trade_name"] is None
        change(trade_name=b"of another key")
        with pytest.raises(CannotDecrypt):
            downgrade(revision="seen_by_staff")
        assert kept()["trade_name"] == b"of another key", "nothing is lost"


def test_a_form_sent_before_the_pages_got_their_names_still_leads_on(empty):
    """Its second sending, after the new build has started, goes where the first one went."""
    with empty.app_context():
        upgrade(revision="seals")
        fill()

        def led_to(location: str | None = None) -> str:
            with db.engine.begin() as connection:
                if location:
                    connection.execute(
                        sa.text("UPDATE post_keys SET location = :to"), {"to": location}
                    )
                return str(connection.scalar(sa.text("SELECT location FROM post_keys")))

        for before, after in [
            ("journey.show alamat periksa", "journey.show_step alamat periksa"),
            ("result.show", "result.show_result"),
            ("review.review", "review.review"),
        ]:
            led_to(before)
            upgrade()
            assert led_to() == after
            assert after.split()[0] in empty.view_functions
            downgrade(revision="seals")
            assert led_to() == before


def test_without_migrations_it_is_not_ready(empty):
    assert empty.test_client().get("/readyz").status_code == 503
    with empty.app_context():
        upgrade()
    answer = empty.test_client().get("/readyz")
    assert (answer.status_code, answer.json) == (503, {"ok": False, "reason": "reference data"})
