"""messages to people, what came in by SMS, who wants none, and an applicant's e-mail"""

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.add_column('applicants', sa.Column('email', sa.LargeBinary(), nullable=True))
    op.add_column('applicants', sa.Column('email_index', sa.LargeBinary(length=32), nullable=True))
    op.add_column('applicants', sa.Column('message_channel', sa.String(length=10), nullable=True))
    op.create_index(op.f('ix_applicants_email_index'), 'applicants', ['email_index'])

    op.create_table('messages',
    sa.Column('id', ROW_ID, nullable=False),
    sa.Column('dossier_id', ROW_ID, nullable=True),
    sa.Column('job_id', ROW_ID, nullable=True),
    sa.Column('kind', sa.String(length=24), nullable=False),
    sa.Column('channel', sa.String(length=10), nullable=False),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('facts', sa.JSON(), nullable=False),
    sa.Column('secret', sa.LargeBinary(), nullable=True),
    sa.Column('address', sa.LargeBinary(), nullable=True),
    sa.Column('dedupe_key', sa.String(length=160), nullable=False),
    sa.Column('key', sa.String(length=22), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('planned_for', sa.DateTime(timezone=True), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('failed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('failure', sa.String(length=24), nullable=True),
    sa.Column('gave_up_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('provider_id', sa.String(length=80), nullable=True),
    sa.CheckConstraint('attempts >= 0', name=op.f('ck_messages_attempts')),
    sa.ForeignKeyConstraint(['dossier_id'], ['dossiers.id'], name=op.f('fk_messages_dossier_id')),
    sa.ForeignKeyConstraint(['job_id'], ['jobs.id'], name=op.f('fk_messages_job_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_messages')),
    sa.UniqueConstraint('dedupe_key', name=op.f('uq_messages_dedupe_key')),
    sa.UniqueConstraint('key', name=op.f('uq_messages_key'))
    )
    op.create_index(op.f('ix_messages_dossier_id'), 'messages', ['dossier_id'])
    op.create_index(op.f('ix_messages_job_id'), 'messages', ['job_id'])
    op.create_index(op.f('ix_messages_state_due_at'), 'messages', ['state', 'due_at'])

    op.create_table('opt_outs',
    sa.Column('address_index', sa.LargeBinary(length=32), nullable=False),
    sa.Column('channel', sa.String(length=10), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('address_index', 'channel', name=op.f('pk_opt_outs'))
    )

    op.create_table('inbound_messages',
    sa.Column('id', ROW_ID, nullable=False),
    sa.Column('provider_id', sa.String(length=100), nullable=False),
    sa.Column('sender_index', sa.LargeBinary(length=32), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('asked', sa.String(length=10), nullable=False),
    sa.Column('answer', sa.String(length=24), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_inbound_messages')),
    sa.UniqueConstraint('provider_id', name=op.f('uq_inbound_messages_provider_id'))
    )
    op.create_index(
        op.f('ix_inbound_messages_received_at'), 'inbound_messages', ['received_at']
    )
    op.create_index(
        op.f('ix_inbound_messages_sender_index_received_at'),
        'inbound_messages',
        ['sender_index', 'received_at'],
    )


def downgrade() -> None:
    op.drop_table('inbound_messages')
    op.drop_table('opt_outs')
    op.drop_table('messages')
    op.drop_index(op.f('ix_applicants_email_index'), table_name='applicants')
    op.drop_column('applicants', 'message_channel')
    op.drop_column('applicants', 'email_index')
    op.drop_column('applicants', 'email')
