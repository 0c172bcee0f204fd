"""how a NIB became known, and whether OSS confirmed it"""

import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0007'

COLUMNS = ('nib_source', 'nib_at', 'nib_confirmed_at', 'nib_doubt')


def upgrade() -> None:
    op.add_column('handovers', sa.Column('nib_source', sa.String(length=10), nullable=True))
    op.add_column('handovers', sa.Column('nib_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        'handovers', sa.Column('nib_confirmed_at', sa.DateTime(timezone=True), nullable=True)
    )
    op.add_column('handovers', sa.Column('nib_doubt', sa.String(length=10), nullable=True))


def downgrade() -> None:
    for name in COLUMNS:
        op.drop_column('handovers', name)
