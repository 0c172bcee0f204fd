"""the desk: staff, their terminals and days"""

import sqlalchemy as sa
from alembic import op

revision = 'desk'
down_revision = 'oss_code_lists'

OPEN = sa.text('closed_at IS NULL')
ROW_ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table(
        'staff',
        sa.Column('id', ROW_ID, nullable=False),
        sa.Column('user', sa.String(length=30), nullable=False),
        sa.Column('mark', sa.String(length=12), nullable=False),
        sa.Column('name', sa.LargeBinary(), nullable=False),
        sa.Column('role', sa.String(length=16), nullable=False),
        sa.Column('is_made_up', sa.Boolean(), nullable=False),
        sa.Column('password_hash', sa.String(length=200), nullable=False),
        sa.Column('must_change', sa.Boolean(), nullable=False),
        sa.Column('totp_secret', sa.LargeBinary(), nullable=False),
        sa.Column('used_step', sa.Integer(), nullable=True),
        sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('pin_hash', sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_staff')),
        sa.UniqueConstraint('mark', name=op.f('uq_staff_mark')),
        sa.UniqueConstraint('user', name=op.f('uq_staff_user')),
    )
    op.create_table(
        'staff_tries',
        sa.Column('id', ROW_ID, nullable=False),
        sa.Column('who_index', sa.LargeBinary(length=32), nullable=False),
        sa.Column('wrong', sa.Integer(), nullable=False),
        sa.Column('wrong_at', sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_staff_tries')),
        sa.UniqueConstraint('who_index', name=op.f('uq_staff_tries_who_index')),
    )
    op.create_index('ix_staff_tries_wrong_at', 'staff_tries', ['wrong_at'])
    op.create_table(
        'name_tokens',
        sa.Column('token', sa.LargeBinary(length=16), nullable=False),
        sa.Column('dossier_id', ROW_ID, nullable=False),
        sa.ForeignKeyConstraint(['dossier_id'], ['dossiers.id'], name=op.f('fk_name_tokens_dossier_id')),
        sa.PrimaryKeyConstraint('token', 'dossier_id', name=op.f('pk_name_tokens')),
    )
    op.create_index(op.f('ix_name_tokens_dossier_id'), 'name_tokens', ['dossier_id'])
    op.create_table(
        'staff_codes',
        sa.Column('id', ROW_ID, nullable=False),
        sa.Column('staff_id', ROW_ID, nullable=False),
        sa.Column('code_index', sa.LargeBinary(length=32), nullable=False),
        sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_staff_codes_staff_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_staff_codes')),
        sa.UniqueConstraint('staff_id', 'code_index', name=op.f('uq_staff_codes_staff_id_code_index')),
    )
    op.create_table(
        'staff_looks',
        sa.Column('id', ROW_ID, nullable=False),
        sa.Column('staff_id', ROW_ID, nullable=False),
        sa.Column('dossier_id', ROW_ID, nullable=False),
        sa.Column('purpose', sa.String(length=12), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['dossier_id'], ['dossiers.id'], name=op.f('fk_staff_looks_dossier_id')),
        sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_staff_looks_staff_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_staff_looks')),
    )
    op.create_index(op.f('ix_staff_looks_dossier_id'), 'staff_looks', ['dossier_id'])
    op.create_index('ix_staff_looks_of', 'staff_looks', ['staff_id', 'dossier_id', 'at'])
    op.create_table(
        'staff_notes',
        sa.Column('id', ROW_ID, nullable=False),
        sa.Column('staff_id', ROW_ID, nullable=False),
        sa.Column('dossier_id', ROW_ID, nullable=False),
        sa.Column('text', sa.LargeBinary(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['dossier_id'], ['dossiers.id'], name=op.f('fk_staff_notes_dossier_id')),
        sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_staff_notes_staff_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_staff_notes')),
    )
    op.create_index(op.f('ix_staff_notes_dossier_id'), 'staff_notes', ['dossier_id'])
    op.create_table(
        'staff_terminals',
        sa.Column('id', ROW_ID, nullable=False),
        sa.Column('key', sa.LargeBinary(length=32), nullable=False),
        sa.Column('registered_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('registered_by', ROW_ID, nullable=False),
        sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(['registered_by'], ['staff.id'], name=op.f('fk_staff_terminals_registered_by')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_staff_terminals')),
        sa.UniqueConstraint('key', name=op.f('uq_staff_terminals_key')),
    )
    op.create_table(
        'work_items',
        sa.Column('id', ROW_ID, nullable=False),
        sa.Column('kind', sa.String(length=12), nullable=False),
        sa.Column('subject', sa.String(length=24), nullable=False),
        sa.Column('dossier_id', ROW_ID, nullable=True),
        sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('due_on', sa.Date(), nullable=True),
        sa.Column('sort_on', sa.Date(), nullable=False),
        sa.Column('holder_id', ROW_ID, nullable=True),
        sa.Column('taken_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(['dossier_id'], ['dossiers.id'], name=op.f('fk_work_items_dossier_id')),
        sa.ForeignKeyConstraint(['holder_id'], ['staff.id'], name=op.f('fk_work_items_holder_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_work_items')),
        sa.UniqueConstraint('subject', name=op.f('uq_work_items_subject')),
    )
    op.create_index(op.f('ix_work_items_dossier_id'), 'work_items', ['dossier_id'])
    op.create_index('ix_work_items_holder', 'work_items', ['holder_id', 'sort_on', 'id'], sqlite_where=OPEN, postgresql_where=OPEN)
    op.create_index('ix_work_items_kind', 'work_items', ['kind', 'sort_on', 'id'], sqlite_where=OPEN, postgresql_where=OPEN)
    op.create_index('ix_work_items_open', 'work_items', ['sort_on', 'id'], sqlite_where=OPEN, postgresql_where=OPEN)
    op.create_table(
        'staff_days',
        sa.Column('id', ROW_ID, nullable=False),
        sa.Column('key', sa.LargeBinary(length=32), nullable=True),
        sa.Column('staff_id', ROW_ID, nullable=False),
        sa.Column('terminal_id', ROW_ID, nullable=False),
        sa.Column('began_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('used_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('wiped', sa.Integer(), nullable=False),
        sa.Column('pin_failures', sa.Integer(), nullable=False),
        sa.Column('kept', sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_staff_days_staff_id')),
        sa.ForeignKeyConstraint(['terminal_id'], ['staff_terminals.id'], name=op.f('fk_staff_days_terminal_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_staff_days')),
        sa.UniqueConstraint('key', name=op.f('uq_staff_days_key')),
    )
    op.create_index('ix_staff_days_open', 'staff_days', ['terminal_id', 'ended_at'])
    op.create_index(op.f('ix_staff_days_staff_id'), 'staff_days', ['staff_id'])
    op.create_table(
        'staff_pins',
        sa.Column('id', ROW_ID, nullable=False),
        sa.Column('staff_id', ROW_ID, nullable=False),
        sa.Column('terminal_id', ROW_ID, nullable=False),
        sa.Column('pin_hash', sa.String(length=200), nullable=False),
        sa.Column('set_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_staff_pins_staff_id')),
        sa.ForeignKeyConstraint(['terminal_id'], ['staff_terminals.id'], name=op.f('fk_staff_pins_terminal_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_staff_pins')),
        sa.UniqueConstraint('staff_id', 'terminal_id', name=op.f('uq_staff_pins_staff_id_terminal_id')),
    )


def downgrade() -> None:
    op.drop_table('staff_pins')
    op.drop_index(op.f('ix_staff_days_staff_id'), table_name='staff_days')
    op.drop_index('ix_staff_days_open', table_name='staff_days')
    op.drop_table('staff_days')
    op.drop_index('ix_work_items_open', table_name='work_items')
    op.drop_index('ix_work_items_kind', table_name='work_items')
    op.drop_index('ix_work_items_holder', table_name='work_items')
    op.drop_index(op.f('ix_work_items_dossier_id'), table_name='work_items')
    op.drop_table('work_items')
    op.drop_table('staff_terminals')
    op.drop_index(op.f('ix_staff_notes_dossier_id'), table_name='staff_notes')
    op.drop_table('staff_notes')
    op.drop_index('ix_staff_looks_of', table_name='staff_looks')
    op.drop_index(op.f('ix_staff_looks_dossier_id'), table_name='staff_looks')
    op.drop_table('staff_looks')
    op.drop_table('staff_codes')
    op.drop_index(op.f('ix_name_tokens_dossier_id'), table_name='name_tokens')
    op.drop_table('name_tokens')
    op.drop_index('ix_staff_tries_wrong_at', table_name='staff_tries')
    op.drop_table('staff_tries')
    op.drop_table('staff')
