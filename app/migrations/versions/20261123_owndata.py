"""getting back in, consents, requests about one's own data"""

import sqlalchemy as sa
from alembic import op

revision = '0010'
down_revision = '0009'

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.add_column('dossiers', sa.Column('session_epoch', sa.Integer(), server_default='0', nullable=False))
    op.add_column('dossiers', sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('dossiers', sa.Column('erased_at', sa.DateTime(timezone=True), nullable=True))
    op.create_table('recoveries',
    sa.Column('id', ROW_ID, nullable=False),
    sa.Column('dossier_id', ROW_ID, nullable=True),
    sa.Column('job_id', ROW_ID, nullable=True),
    sa.Column('way', sa.String(length=12), nullable=False),
    sa.Column('ticket_index', sa.LargeBinary(length=32), nullable=True),
    sa.Column('code_index', sa.LargeBinary(length=32), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('verified_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['dossier_id'], ['dossiers.id'], name=op.f('fk_recoveries_dossier_id')),
    sa.ForeignKeyConstraint(['job_id'], ['jobs.id'], name=op.f('fk_recoveries_job_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_recoveries')),
    sa.UniqueConstraint('ticket_index', name=op.f('uq_recoveries_ticket_index'))
    )
    op.create_index(op.f('ix_recoveries_dossier_id_way'), 'recoveries', ['dossier_id', 'way'])
    op.create_index(op.f('ix_recoveries_job_id'), 'recoveries', ['job_id'])
    op.create_index(op.f('ix_recoveries_created_at'), 'recoveries', ['created_at'])
    op.create_table('consents',
    sa.Column('id', ROW_ID, nullable=False),
    sa.Column('dossier_id', ROW_ID, nullable=False),
    sa.Column('facilitator', sa.LargeBinary(), nullable=False),
    sa.Column('what', sa.String(length=12), nullable=False),
    sa.Column('how', sa.String(length=12), nullable=False),
    sa.Column('wording', sa.String(length=40), nullable=False),
    sa.Column('code', sa.LargeBinary(), nullable=False),
    sa.Column('uses', sa.Integer(), nullable=False),
    sa.Column('given_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('until', sa.DateTime(timezone=True), nullable=False),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['dossier_id'], ['dossiers.id'], name=op.f('fk_consents_dossier_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consents'))
    )
    op.create_index(op.f('ix_consents_dossier_id'), 'consents', ['dossier_id'])
    op.create_table('data_requests',
    sa.Column('id', ROW_ID, nullable=False),
    sa.Column('dossier_id', ROW_ID, nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('job_id', ROW_ID, nullable=True),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('outcome', sa.String(length=12), nullable=True),
    sa.ForeignKeyConstraint(['dossier_id'], ['dossiers.id'], name=op.f('fk_data_requests_dossier_id')),
    sa.ForeignKeyConstraint(['job_id'], ['jobs.id'], name=op.f('fk_data_requests_job_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_data_requests'))
    )
    op.create_index(op.f('ix_data_requests_dossier_id_done_at'), 'data_requests', ['dossier_id', 'done_at'])
    op.create_index(op.f('ix_data_requests_job_id'), 'data_requests', ['job_id'])


def downgrade() -> None:
    op.drop_table('data_requests')
    op.drop_table('consents')
    op.drop_table('recoveries')
    op.drop_column('dossiers', 'erased_at')
    op.drop_column('dossiers', 'withdrawn_at')
    op.drop_column('dossiers', 'session_epoch')
