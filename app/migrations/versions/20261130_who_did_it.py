"""who did each event, at which terminal and on whose behalf; older events keep their form"""

import sqlalchemy as sa
from alembic import op

revision = 'who_did_it'
down_revision = 'drafts'

NAMES = (('role', 10), ('actor', 20), ('terminal', 20), ('behalf', 10))


def upgrade() -> None:
    with op.batch_alter_table('events', schema=None) as batch_op:
        batch_op.add_column(sa.Column('form', sa.Integer(), server_default='1', nullable=False))
        for name, length in NAMES:
            batch_op.add_column(sa.Column(name, sa.String(length=length), nullable=True))


def downgrade() -> None:
    # Events of the newer form can be verified no more then: their hash covers what goes here.
    with op.batch_alter_table('events', schema=None) as batch_op:
        for name, _ in reversed(NAMES):
            batch_op.drop_column(name)
        batch_op.drop_column('form')
