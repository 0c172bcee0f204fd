"""what a person told about OSS, and whether staff have seen it"""

import sqlalchemy as sa
from alembic import op

revision = 'seen_by_staff'
down_revision = 'shown_on_page'


def upgrade() -> None:
    for table, column in (('handovers', 'nib_seen_at'), ('licence_events', 'seen_at')):
        op.add_column(table, sa.Column(column, sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column('licence_events', 'seen_at')
    op.drop_column('handovers', 'nib_seen_at')
