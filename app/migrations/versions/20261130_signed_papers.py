"""signed papers keep their original, and who signed"""

import sqlalchemy as sa
from alembic import op

revision = 'signed_papers'
down_revision = 'who_errs_waits'

ORIGINAL = (
    '(original_key IS NULL) = (original_bytes IS NULL)'
    ' and (original_key IS NULL) = (signers IS NULL)'
)


def upgrade() -> None:
    with op.batch_alter_table('attachments', schema=None) as batch_op:
        batch_op.add_column(sa.Column('original_key', sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column('original_bytes', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('signers', sa.LargeBinary(), nullable=True))
        batch_op.create_unique_constraint(op.f('uq_attachments_original_key'), ['original_key'])
        batch_op.create_check_constraint(op.f('ck_attachments_original'), ORIGINAL)


def downgrade() -> None:
    # No row will name the originals there, so they are taken out of the store.
    op.execute(
        'INSERT INTO file_disposals (storage_key, due_at) '
        'SELECT original_key, CURRENT_TIMESTAMP FROM attachments WHERE original_key IS NOT NULL '
        'AND original_key NOT IN (SELECT storage_key FROM file_disposals)'
    )
    with op.batch_alter_table('attachments', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_attachments_original'), type_='check')
        batch_op.drop_constraint(op.f('uq_attachments_original_key'), type_='unique')
        batch_op.drop_column('signers')
        batch_op.drop_column('original_bytes')
        batch_op.drop_column('original_key')
