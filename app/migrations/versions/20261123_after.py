"""changes after the NIB, and worksheets for the report on the investment (LKPM)"""

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'


def upgrade() -> None:
    op.create_table('change_requests',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('dossier_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('new_dossier_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('reason', sa.LargeBinary(), nullable=True),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('new_dossier_id is null or new_dossier_id <> dossier_id', name=op.f('ck_change_requests_not_itself')),
    sa.ForeignKeyConstraint(['dossier_id'], ['dossiers.id'], name=op.f('fk_change_requests_dossier_id')),
    sa.ForeignKeyConstraint(['new_dossier_id'], ['dossiers.id'], name=op.f('fk_change_requests_new_dossier_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_change_requests')),
    sa.UniqueConstraint('new_dossier_id', name=op.f('uq_change_requests_new_dossier_id'))
    )
    with op.batch_alter_table('change_requests', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_change_requests_dossier_id_state'), ['dossier_id', 'state'], unique=False)

    op.create_table('lkpm_worksheets',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('dossier_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('period', sa.String(length=7), nullable=False),
    sa.Column('land_idr', sa.BigInteger(), nullable=False),
    sa.Column('building_idr', sa.BigInteger(), nullable=False),
    sa.Column('machines_idr', sa.BigInteger(), nullable=False),
    sa.Column('other_idr', sa.BigInteger(), nullable=False),
    sa.Column('working_idr', sa.BigInteger(), nullable=False),
    sa.Column('workers_male', sa.Integer(), nullable=False),
    sa.Column('workers_female', sa.Integer(), nullable=False),
    sa.Column('production', sa.String(length=255), nullable=True),
    sa.Column('problems', sa.LargeBinary(), nullable=True),
    sa.Column('saved_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('reported_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('land_idr >= 0 and building_idr >= 0 and machines_idr >= 0 and other_idr >= 0 and working_idr >= 0', name=op.f('ck_lkpm_worksheets_amounts_not_negative')),
    sa.CheckConstraint('workers_male >= 0 and workers_female >= 0', name=op.f('ck_lkpm_worksheets_workers_not_negative')),
    sa.ForeignKeyConstraint(['dossier_id'], ['dossiers.id'], name=op.f('fk_lkpm_worksheets_dossier_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_lkpm_worksheets')),
    sa.UniqueConstraint('dossier_id', 'period', name=op.f('uq_lkpm_worksheets_dossier_id_period'))
    )


def downgrade() -> None:
    op.drop_table('lkpm_worksheets')
    op.drop_table('change_requests')
