"""what OSS tells us unasked, and where it differs from us"""

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table('oss_notices',
    sa.Column('id', ROW_ID, nullable=False),
    sa.Column('service', sa.String(length=20), nullable=False),
    sa.Column('nib', sa.String(length=13), nullable=False),
    sa.Column('oss_id', sa.String(length=40), nullable=False),
    sa.Column('digest', sa.LargeBinary(length=32), nullable=False),
    sa.Column('body', sa.LargeBinary(), nullable=True),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('dossier_id', ROW_ID, nullable=True),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('handled_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['dossier_id'], ['dossiers.id'], name=op.f('fk_oss_notices_dossier_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_oss_notices')),
    sa.UniqueConstraint('digest', name=op.f('uq_oss_notices_digest'))
    )
    op.create_index(op.f('ix_oss_notices_nib'), 'oss_notices', ['nib'])
    op.create_index(op.f('ix_oss_notices_dossier_id'), 'oss_notices', ['dossier_id'])
    op.create_index('ix_oss_notices_state_received_at', 'oss_notices', ['state', 'received_at'])
    op.create_table('oss_differences',
    sa.Column('id', ROW_ID, nullable=False),
    sa.Column('dossier_id', ROW_ID, nullable=False),
    sa.Column('what', sa.String(length=16), nullable=False),
    sa.Column('subject', sa.String(length=7), nullable=False),
    sa.Column('ours', sa.LargeBinary(), nullable=False),
    sa.Column('theirs', sa.LargeBinary(), nullable=False),
    sa.Column('found_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['dossier_id'], ['dossiers.id'], name=op.f('fk_oss_differences_dossier_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_oss_differences'))
    )
    op.create_index('ix_oss_differences_open', 'oss_differences', ['dossier_id', 'settled_at'])


def downgrade() -> None:
    op.drop_index('ix_oss_differences_open', table_name='oss_differences')
    op.drop_table('oss_differences')
    op.drop_index('ix_oss_notices_state_received_at', table_name='oss_notices')
    op.drop_index(op.f('ix_oss_notices_dossier_id'), table_name='oss_notices')
    op.drop_index(op.f('ix_oss_notices_nib'), table_name='oss_notices')
    op.drop_table('oss_notices')
