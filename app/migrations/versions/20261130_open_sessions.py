"""a row per browser that was let in; whoever is in now gives the PIN once more"""

import sqlalchemy as sa
from alembic import op

revision = 'open_sessions'
down_revision = 'installation_purpose'


def upgrade() -> None:
    op.create_table('open_sessions',
    sa.Column('key', sa.LargeBinary(length=32), nullable=False),
    sa.Column('dossier_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['dossier_id'], ['dossiers.id'], name=op.f('fk_open_sessions_dossier_id')),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_open_sessions'))
    )
    op.create_index(op.f('ix_open_sessions_dossier_id'), 'open_sessions', ['dossier_id'], unique=False)
    op.create_index('ix_open_sessions_used_at', 'open_sessions', ['used_at'], unique=False)
    with op.batch_alter_table('dossiers', schema=None) as batch_op:
        batch_op.drop_column('session_epoch')


def downgrade() -> None:
    with op.batch_alter_table('dossiers', schema=None) as batch_op:
        batch_op.add_column(
            sa.Column('session_epoch', sa.Integer(), server_default='0', nullable=False)
        )
    op.drop_index('ix_open_sessions_used_at', table_name='open_sessions')
    op.drop_index(op.f('ix_open_sessions_dossier_id'), table_name='open_sessions')
    op.drop_table('open_sessions')
