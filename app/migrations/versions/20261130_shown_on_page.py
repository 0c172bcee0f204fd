"""messages that only stand on a page were never sent"""

from alembic import op

revision = 'shown_on_page'
down_revision = 'oss_as_it_speaks'


def upgrade() -> None:
    op.execute(
        "UPDATE messages SET state = 'shown', sent_at = NULL"
        " WHERE channel = 'page' AND state = 'sent'"
    )


def downgrade() -> None:
    op.execute(
        "UPDATE messages SET state = 'sent', sent_at = created_at"
        " WHERE channel = 'page' AND state = 'shown'"
    )
