"""codes of OSS that we do not know are kept; a notice says what could not be read in it"""

import sqlalchemy as sa
from alembic import op

revision = 'oss_as_it_speaks'
down_revision = 'signed_papers'

CODES = [('licences', 'status', False), ('licence_events', 'status', False)]
CODES += [('handovers', 'nib_status', True)]


def upgrade() -> None:
    for table, column, nullable in CODES:
        with op.batch_alter_table(table) as batch_op:
            batch_op.alter_column(
                column,
                existing_type=sa.String(length=2),
                type_=sa.String(length=10),
                existing_nullable=nullable,
            )
    op.add_column('licences', sa.Column('status_words', sa.String(length=200), nullable=True))
    op.add_column('licences', sa.Column('paper_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('oss_notices', sa.Column('id_izin', sa.String(length=40), nullable=True))
    op.add_column('oss_notices', sa.Column('unread', sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column('oss_notices', 'unread')
    op.drop_column('oss_notices', 'id_izin')
    op.drop_column('licences', 'paper_at')
    op.drop_column('licences', 'status_words')
    for table, column, nullable in CODES:
        op.execute(f"UPDATE {table} SET {column} = substr({column}, 1, 2)")  # noqa: S608 - ours
        with op.batch_alter_table(table) as batch_op:
            batch_op.alter_column(
                column,
                existing_type=sa.String(length=10),
                type_=sa.String(length=2),
                existing_nullable=nullable,
            )
