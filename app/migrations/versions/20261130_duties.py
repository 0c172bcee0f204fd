"""when each duty of the clock was last done and how it went; how many requests were answered"""

import sqlalchemy as sa
from alembic import op

revision = 'duties'
down_revision = 'pages_named'


def upgrade() -> None:
    op.create_table('duties',
    sa.Column('name', sa.String(length=20), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('well', sa.Boolean(), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.Column('facts', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_duties'))
    )
    op.create_table('answered',
    sa.Column('room', sa.String(length=20), nullable=False),
    sa.Column('status', sa.String(length=3), nullable=False),
    sa.Column('requests', sa.BigInteger(), nullable=False),
    sa.Column('slow', sa.BigInteger(), nullable=False),
    sa.Column('milliseconds', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('room', 'status', name=op.f('pk_answered'))
    )


def downgrade() -> None:
    op.drop_table('answered')
    op.drop_table('duties')
