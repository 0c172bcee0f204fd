"""names of businesses and people's own words are sealed, old rows too"""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = 'words_sealed'
down_revision = 'seen_by_staff'

# table, its key, and for each column how long its text could be
WORDS = (
    ('activities', 'id', {'trade_name': 255, 'description': 255, 'product': 1024,
                          'capacity_unit': 40}),
    ('entities', 'dossier_id', {'name': 255, 'registration_no': 60, 'parent_name': 255,
                                'parent_nib': 13}),
    ('applicants', 'dossier_id', {'postcode': 5}),
    ('lkpm_worksheets', 'id', {'production': 255}),
)  # fmt: skip
BATCH = 500


def _rewrite(
    table: str, key: str, column: str, kind: Any, change: Callable[[Any, str], Any]
) -> None:
    """Put change(value, purpose) of each value into a column of another kind and the same name."""
    connection = op.get_bind()
    anew = f'{column}_anew'
    op.add_column(table, sa.Column(anew, kind, nullable=True))
    rows = sa.table(table, sa.column(key), sa.column(column), sa.column(anew, kind))
    after = None
    while True:
        query = sa.select(rows.c[key], rows.c[column]).where(rows.c[column].is_not(None))
        if after is not None:
            query = query.where(rows.c[key] > after)
        found = connection.execute(query.order_by(rows.c[key]).limit(BATCH)).all()
        for after, value in found:
            changed = change(value, f'{table}.{column}')
            connection.execute(
                rows.update().where(rows.c[key] == after).values({anew: changed})
            )
        if len(found) < BATCH:
            break
    op.drop_column(table, column)
    op.execute(f'ALTER TABLE {table} RENAME COLUMN {anew} TO {column}')


def upgrade() -> None:
    vault = op.get_context().opts['vault']
    for table, key, columns in WORDS:
        for column in columns:
            _rewrite(table, key, column, sa.LargeBinary(), vault.seal)


def downgrade() -> None:
    """Open every value again; stops, with nothing changed, at one that no key opens."""
    vault = op.get_context().opts['vault']
    for table, key, columns in WORDS:
        for column, length in columns.items():
            _rewrite(
                table, key, column, sa.String(length),
                lambda value, purpose: vault.open(bytes(value), purpose),
            )  # fmt: skip
