"""one NIB for several dossiers of its holder"""

import sqlalchemy as sa
from alembic import op

revision = '0013'
down_revision = '0012'

FIRST = sa.text('NOT nib_shared')


def upgrade() -> None:
    with op.batch_alter_table('handovers', schema=None) as batch_op:
        batch_op.add_column(
            sa.Column('nib_shared', sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.drop_constraint('uq_handovers_nib', type_='unique')
    op.create_index(
        'uq_handovers_nib', 'handovers', ['nib'], unique=True, sqlite_where=FIRST,
        postgresql_where=FIRST,
    )
    op.create_index('ix_handovers_nib', 'handovers', ['nib'], unique=False)


def downgrade() -> None:
    # Two dossiers may not have one NIB there: the later ones give theirs up.
    op.execute('UPDATE handovers SET nib = NULL WHERE nib_shared')
    op.drop_index('ix_handovers_nib', table_name='handovers')
    op.drop_index('uq_handovers_nib', table_name='handovers')
    with op.batch_alter_table('handovers', schema=None) as batch_op:
        batch_op.drop_column('nib_shared')
        batch_op.create_unique_constraint('uq_handovers_nib', ['nib'])
