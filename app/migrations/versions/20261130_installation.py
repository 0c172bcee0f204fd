"""what a database is for: practice or real work; the next start writes it (app/purpose.py)"""

import sqlalchemy as sa
from alembic import op

revision = 'installation_purpose'
down_revision = '0013'


def upgrade() -> None:
    op.create_table(
        'installation',
        sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('purpose', sa.String(length=10), nullable=False),
        sa.Column('since', sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint('id = 1', name=op.f('ck_installation_one')),
        sa.CheckConstraint(
            "purpose IN ('practice', 'real')", name=op.f('ck_installation_purpose')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_installation')),
    )


def downgrade() -> None:
    op.drop_table('installation')
