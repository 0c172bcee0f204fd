"""wrong PINs are counted for whoever types them"""

import sqlalchemy as sa
from alembic import op

revision = 'who_errs_waits'
down_revision = 'open_sessions'

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table(
        'pin_askers',
        sa.Column('id', ROW_ID, nullable=False),
        sa.Column('dossier_id', ROW_ID, nullable=False),
        sa.Column('who_index', sa.LargeBinary(length=32), nullable=False),
        sa.Column('known', sa.Boolean(), nullable=False),
        sa.Column('wrong', sa.Integer(), nullable=False),
        sa.Column('wrong_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('tried_index', sa.LargeBinary(length=32), nullable=True),
        sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint('wrong >= 0', name=op.f('ck_pin_askers_wrong_not_negative')),
        sa.ForeignKeyConstraint(
            ['dossier_id'], ['dossiers.id'], name=op.f('fk_pin_askers_dossier_id')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_pin_askers')),
        sa.UniqueConstraint(
            'dossier_id', 'who_index', name=op.f('uq_pin_askers_dossier_id_who_index')
        ),
    )
    op.create_index(op.f('ix_pin_askers_seen_at'), 'pin_askers', ['seen_at'])
    op.add_column('dossiers', sa.Column('pin_failed_at', sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column('dossiers', 'pin_failed_at')
    op.drop_index(op.f('ix_pin_askers_seen_at'), table_name='pin_askers')
    op.drop_table('pin_askers')
