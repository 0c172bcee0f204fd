"""nik cases"""

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table('nik_cases',
    sa.Column('id', ROW_ID, nullable=False),
    sa.Column('number', sa.String(length=8), nullable=False),
    sa.Column('dossier_id', ROW_ID, nullable=False),
    sa.Column('nik_index', sa.LargeBinary(length=32), nullable=False),
    sa.Column('nik_class', sa.String(length=24), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('touched_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('automatic_checks', sa.Integer(), nullable=False),
    sa.Column('next_check_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('escalated_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('escalated_because', sa.String(length=20), nullable=True),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_because', sa.String(length=20), nullable=True),
    sa.ForeignKeyConstraint(['dossier_id'], ['dossiers.id'], name=op.f('fk_nik_cases_dossier_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_nik_cases')),
    sa.UniqueConstraint('number', name=op.f('uq_nik_cases_number'))
    )
    op.create_index(op.f('ix_nik_cases_dossier_id'), 'nik_cases', ['dossier_id'], unique=False)
    op.create_index('ix_nik_cases_state', 'nik_cases', ['state', 'opened_at'], unique=False)
    op.create_index('ix_nik_cases_closed_at', 'nik_cases', ['closed_at'], unique=False)
    op.create_index(
        'uq_nik_cases_not_closed', 'nik_cases', ['dossier_id'], unique=True,
        sqlite_where=sa.text('closed_at IS NULL'), postgresql_where=sa.text('closed_at IS NULL'),
    )
    op.create_table('registry_troubles',
    sa.Column('id', ROW_ID, nullable=False),
    sa.Column('cause', sa.String(length=16), nullable=False),
    sa.Column('began_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('alerted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_registry_troubles'))
    )
    op.create_index(
        'ix_registry_troubles_ended_at', 'registry_troubles', ['ended_at', 'cause'], unique=False
    )


def downgrade() -> None:
    op.drop_table('registry_troubles')
    op.drop_table('nik_cases')
