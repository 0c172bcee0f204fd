"""counts of whether a help topic was clear"""

import sqlalchemy as sa
from alembic import op

revision = '0011'
down_revision = '0010'


def upgrade() -> None:
    op.create_table('help_feedback',
    sa.Column('month', sa.String(length=7), nullable=False),
    sa.Column('slug', sa.String(length=60), nullable=False),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('clear', sa.Integer(), nullable=False),
    sa.Column('unclear', sa.Integer(), nullable=False),
    sa.CheckConstraint('clear >= 0 and unclear >= 0', name=op.f('ck_help_feedback_counts_not_negative')),
    sa.PrimaryKeyConstraint('month', 'slug', 'language', name=op.f('pk_help_feedback'))
    )


def downgrade() -> None:
    op.drop_table('help_feedback')
