"""attachments, uploads in parts, contents to dispose of"""

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table('attachments',
    sa.Column('id', ROW_ID, nullable=False),
    sa.Column('dossier_id', ROW_ID, nullable=False),
    sa.Column('requirement', sa.String(length=60), nullable=False),
    sa.Column('position', sa.Integer(), nullable=True),
    sa.Column('kind', sa.String(length=8), nullable=False),
    sa.Column('size_bytes', sa.Integer(), nullable=False),
    sa.Column('pages', sa.Integer(), nullable=False),
    sa.Column('digest', sa.LargeBinary(length=32), nullable=False),
    sa.Column('storage_key', sa.String(length=32), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('replaced_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('removed_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('size_bytes > 0', name=op.f('ck_attachments_size_bytes')),
    sa.CheckConstraint('pages > 0', name=op.f('ck_attachments_pages')),
    sa.ForeignKeyConstraint(['dossier_id'], ['dossiers.id'], name=op.f('fk_attachments_dossier_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attachments')),
    sa.UniqueConstraint('storage_key', name=op.f('uq_attachments_storage_key'))
    )
    with op.batch_alter_table('attachments', schema=None) as batch_op:
        batch_op.create_index('ix_attachments_dossier_id_requirement', ['dossier_id', 'requirement'], unique=False)

    op.create_table('uploads',
    sa.Column('id', ROW_ID, nullable=False),
    sa.Column('code', sa.String(length=22), nullable=False),
    sa.Column('dossier_id', ROW_ID, nullable=False),
    sa.Column('requirement', sa.String(length=60), nullable=False),
    sa.Column('position', sa.Integer(), nullable=True),
    sa.Column('total_bytes', sa.Integer(), nullable=False),
    sa.Column('received_bytes', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('attachment_id', ROW_ID, nullable=True),
    sa.CheckConstraint('received_bytes >= 0 and received_bytes <= total_bytes', name=op.f('ck_uploads_received_bytes')),
    sa.ForeignKeyConstraint(['attachment_id'], ['attachments.id'], name=op.f('fk_uploads_attachment_id')),
    sa.ForeignKeyConstraint(['dossier_id'], ['dossiers.id'], name=op.f('fk_uploads_dossier_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_uploads')),
    sa.UniqueConstraint('code', name=op.f('uq_uploads_code'))
    )
    with op.batch_alter_table('uploads', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_uploads_attachment_id'), ['attachment_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_uploads_dossier_id'), ['dossier_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_uploads_expires_at'), ['expires_at'], unique=False)

    op.create_table('upload_parts',
    sa.Column('id', ROW_ID, nullable=False),
    sa.Column('upload_id', ROW_ID, nullable=False),
    sa.Column('offset_bytes', sa.Integer(), nullable=False),
    sa.Column('size_bytes', sa.Integer(), nullable=False),
    sa.Column('digest', sa.LargeBinary(length=32), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['upload_id'], ['uploads.id'], name=op.f('fk_upload_parts_upload_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_upload_parts')),
    sa.UniqueConstraint('upload_id', 'offset_bytes', name=op.f('uq_upload_parts_upload_id_offset_bytes'))
    )
    op.create_table('file_disposals',
    sa.Column('storage_key', sa.String(length=32), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('storage_key', name=op.f('pk_file_disposals'))
    )
    with op.batch_alter_table('file_disposals', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_file_disposals_due_at'), ['due_at'], unique=False)


def downgrade() -> None:
    op.drop_table('file_disposals')
    op.drop_table('upload_parts')
    op.drop_table('uploads')
    op.drop_table('attachments')
