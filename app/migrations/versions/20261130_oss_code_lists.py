"""lists of codes that OSS gave us, with the moment when it did"""

import sqlalchemy as sa
from alembic import op

revision = 'oss_code_lists'
down_revision = 'pages_named'


def upgrade() -> None:
    op.create_table(
        'oss_codes',
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('code', sa.String(length=10), nullable=False),
        sa.Column('words', sa.String(length=200), nullable=False),
        sa.Column('told_at', sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('number', 'code', name=op.f('pk_oss_codes')),
    )


def downgrade() -> None:
    op.drop_table('oss_codes')
