"""what was typed on a page that was left without an answer"""

import sqlalchemy as sa
from alembic import op

revision = 'drafts'
down_revision = 'words_sealed'


def upgrade() -> None:
    op.create_table('drafts',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('dossier_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('stop', sa.String(length=20), nullable=False),
    sa.Column('typed', sa.LargeBinary(), nullable=False),
    sa.Column('kept_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['dossier_id'], ['dossiers.id'], name=op.f('fk_drafts_dossier_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_drafts')),
    sa.UniqueConstraint('dossier_id', 'stop', name=op.f('uq_drafts_dossier_id_stop'))
    )


def downgrade() -> None:
    op.drop_table('drafts')
