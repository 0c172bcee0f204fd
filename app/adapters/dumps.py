"""A copy of a whole database as one file, taken while the service writes on, and put back."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

from sqlalchemy import Connection, create_engine, make_url, text
from sqlalchemy.pool import NullPool

_PAGES = -1  # in one go: pages taken bit by bit would begin anew after each write of others


class DumpFailed(Exception):
    """The database cannot be copied or put back. The message is for whoever runs the service."""


def file_of(url: str) -> Path | None:
    """Return the file of a SQLite database, None for PostgreSQL."""
    return Path(url.removeprefix("sqlite:///")) if url.startswith("sqlite") else None


def name_of(url: str) -> str:
    """Return what the file in a bundle is called."""
    return "database.sqlite" if file_of(url) else "database.pgdump"


@contextlib.contextmanager
def connected(url: str) -> Iterator[Connection]:
    """Open a database with nothing of the service around it."""
    engine = create_engine(url, poolclass=NullPool, hide_parameters=True)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def take(url: str, target: Path, look: Callable[[Connection], None]) -> None:
    """Write the database into a file. look: is shown the very state that the file holds.

    Raises DumpFailed.
    """
    source = file_of(url)
    if source is not None:
        with (
            contextlib.closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as database,
            contextlib.closing(sqlite3.connect(target)) as copy,
        ):
            database.backup(copy, pages=_PAGES)
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, without a log beside it
        with connected(f"sqlite:///{target}") as connection:
            look(connection)
        return
    with connected(url) as connection:
        connection.execution_options(isolation_level="REPEATABLE READ")
        snapshot = str(connection.scalar(text("SELECT pg_export_snapshot()")))
        _run(url, "pg_dump", "--format=custom", "--compress=0", "--no-owner", "--no-privileges",
             f"--snapshot={snapshot}", f"--file={target}")  # fmt: skip
        look(connection)


def put_back(url: str, source: Path) -> None:
    """Fill an empty database from a file. Raises DumpFailed; PostgreSQL is left empty then."""
    target = file_of(url)
    if target is None:
        _run(url, "pg_restore", "--single-transaction", "--exit-on-error", "--no-owner",
             "--no-privileges", "--dbname", _address(url)[0], str(source))  # fmt: skip
        return
    with contextlib.closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as database:
        found = database.execute("PRAGMA quick_check(1)").fetchone()[0]
    if found != "ok":
        raise DumpFailed("The database in this copy is damaged.")
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.draft")
    shutil.move(source, draft)
    with draft.open("rb") as file:
        os.fsync(file.fileno())
    draft.replace(target)


def is_empty(url: str) -> bool:
    """Return whether nothing is in the place of a database."""
    file = file_of(url)
    if file is not None:
        return not any(file.with_name(file.name + end).exists() for end in ("", "-wal"))
    with connected(url) as connection:
        found = "SELECT 1 FROM pg_class WHERE relnamespace = 'public'::regnamespace LIMIT 1"
        return connection.scalar(text(found)) is None


@contextlib.contextmanager
def beside(url: str, name: str) -> Iterator[str]:
    """Make another, empty database on the same PostgreSQL server; drop it at the end.

    Raises DumpFailed where the account may not.
    """
    if not re.fullmatch("[a-z_0-9]{1,60}", name):
        raise ValueError(name)
    engine = create_engine(
        url, poolclass=NullPool, isolation_level="AUTOCOMMIT", hide_parameters=True
    )
    drop = text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    try:
        with engine.connect() as connection:
            try:
                connection.execute(drop)
                connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE template0'))
            except Exception as error:
                raise DumpFailed(
                    "A trial needs a database of its own: ALTER ROLE … CREATEDB lets it make one."
                ) from error
        yield make_url(url).set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.execute(drop)
        engine.dispose()


def _address(url: str) -> tuple[str, dict[str, str]]:
    """Return the address for PostgreSQL's programs and their environment.

    The password stands in the environment: others see what a program was called with.
    """
    parts = make_url(url)
    env = {k: v for k, v in os.environ.items() if k in {"PATH", "HOME", "LANG", "TMPDIR"}}
    if parts.password:
        env["PGPASSWORD"] = str(parts.password)
    plain = parts.set(drivername="postgresql", password=None)
    return plain.render_as_string(hide_password=False), env


def _run(url: str, program: str, *options: str) -> None:
    address, env = _address(url)
    # Debian's wrapper picks the newest version of its own; a server has its own beside it.
    command = shutil.which(program)
    if command is None:
        raise DumpFailed(f"{program} is missing. Debian: apt-get install postgresql-client")
    more = [] if program == "pg_restore" else [address]
    done = subprocess.run(  # noqa: S603
        [command, *options, *more], env=env, capture_output=True, text=True, check=False
    )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["?"])[-1][:200]
        raise DumpFailed(f"{program} ended with: {last}")
