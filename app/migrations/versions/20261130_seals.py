"""a chain for acts without a file, and seals over where every chain stands"""

import sqlalchemy as sa
from alembic import op

revision = 'seals'
down_revision = 'who_did_it'


def upgrade() -> None:
    op.create_table('acts',
    sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('facts', sa.JSON(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('form', sa.Integer(), nullable=False),
    sa.Column('role', sa.String(length=10), nullable=False),
    sa.Column('actor', sa.String(length=20), nullable=False),
    sa.Column('terminal', sa.String(length=20), nullable=False),
    sa.Column('behalf', sa.String(length=10), nullable=False),
    sa.Column('previous_hash', sa.String(length=64), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_acts'))
    )
    op.create_table('seals',
    sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('files', sa.Integer(), nullable=False),
    sa.Column('events', sa.BigInteger(), nullable=False),
    sa.Column('acts', sa.Integer(), nullable=False),
    sa.Column('acts_head', sa.String(length=64), nullable=False),
    sa.Column('heads', sa.String(length=64), nullable=False),
    sa.Column('previous_hash', sa.String(length=64), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.Column('key', sa.String(length=44), nullable=False),
    sa.Column('signature', sa.String(length=88), nullable=False),
    sa.Column('mailed_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_seals'))
    )
    op.create_table('seal_heads',
    sa.Column('seal_number', sa.Integer(), nullable=False),
    sa.Column('file_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['seal_number'], ['seals.number'], name=op.f('fk_seal_heads_seal_number')),
    sa.PrimaryKeyConstraint('seal_number', 'file_id', name=op.f('pk_seal_heads'))
    )
    op.create_index('ix_seal_heads_file_id', 'seal_heads', ['file_id', 'number'], unique=False)


def downgrade() -> None:
    op.drop_index('ix_seal_heads_file_id', table_name='seal_heads')
    op.drop_table('seal_heads')
    op.drop_table('seals')
    op.drop_table('acts')
