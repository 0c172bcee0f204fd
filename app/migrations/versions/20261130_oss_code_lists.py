"""lists of codes that OSS gave us; when it last told of a licence, and since when a status may be"""

import sqlalchemy as sa
from alembic import op

revision = 'oss_code_lists'
down_revision = 'duties'


def upgrade() -> None:
    op.create_table(
        'oss_codes',
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('code', sa.String(length=10), nullable=False),
        sa.Column('words', sa.String(length=200), nullable=False),
        sa.Column('told_at', sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('number', 'code', name=op.f('pk_oss_codes')),
    )
    op.add_column('licences', sa.Column('heard_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        'licence_events', sa.Column('not_before', sa.DateTime(timezone=True), nullable=True)
    )


def downgrade() -> None:
    op.drop_column('licence_events', 'not_before')
    op.drop_column('licences', 'heard_at')
    op.drop_table('oss_codes')
