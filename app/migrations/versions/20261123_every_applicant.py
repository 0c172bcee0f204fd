"""every kind of applicant, several activities"""

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'


def upgrade() -> None:
    op.create_table('entities',
    sa.Column('dossier_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(length=255), nullable=True),
    sa.Column('role', sa.String(length=20), nullable=True),
    sa.Column('registration_no', sa.String(length=60), nullable=True),
    sa.Column('registered_on', sa.Date(), nullable=True),
    sa.Column('npwp', sa.LargeBinary(), nullable=True),
    sa.Column('nitku', sa.LargeBinary(), nullable=True),
    sa.Column('parent_nib', sa.String(length=13), nullable=True),
    sa.Column('parent_name', sa.String(length=255), nullable=True),
    sa.Column('deed_year', sa.Integer(), nullable=True),
    sa.Column('deed_codes', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['dossier_id'], ['dossiers.id'], name=op.f('fk_entities_dossier_id')),
    sa.PrimaryKeyConstraint('dossier_id', name=op.f('pk_entities'))
    )
    op.add_column('dossiers', sa.Column('legal_form', sa.String(length=20), server_default='perseorangan', nullable=False))
    op.add_column('activities', sa.Column('removed_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('activities', sa.Column('decision_working_days', sa.Integer(), nullable=True))
    op.add_column('applicants', sa.Column('npwp', sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column('applicants', 'npwp')
    op.drop_column('activities', 'decision_working_days')
    op.drop_column('activities', 'removed_at')
    op.drop_column('dossiers', 'legal_form')
    op.drop_table('entities')
