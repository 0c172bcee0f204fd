"""pages are named by what they show, also where a sent form has led"""

import sqlalchemy as sa
from alembic import op

revision = 'pages_named'
down_revision = 'seals'

NAMES = {'journey.show': 'journey.show_step', 'nik.show': 'nik.show_nik', 'result.show': 'result.show_result',
         'start.show': 'start.show_start', 'correction.show': 'correction.show_correction',
         'changes.show': 'changes.show_changes', 'messages.show': 'messages.show_messages',
         'lkpm.show': 'lkpm.show_lkpm', 'oss_status.show': 'oss_status.show_oss_status',
         'own_data.show': 'own_data.show_own_data', 'differences.show': 'differences.show_differences',
         'after_nib.show': 'after_nib.show_after_nib', 'resume.show': 'resume.show_resume',
         'practice_office.show': 'practice_office.show_practice_office', 'home.show': 'home.show_home',
         'search_words.show': 'search_words.show_search_words'}


def _rename(names: dict[str, str]) -> None:
    for old, new in names.items():
        op.get_bind().execute(
            sa.text("UPDATE post_keys SET location = :new || substr(location, :behind) "
                    "WHERE location = :old OR location LIKE :old_and_more"),
            {'new': new, 'old': old, 'behind': len(old) + 1, 'old_and_more': f'{old} %'},
        )


def upgrade() -> None:
    _rename(NAMES)


def downgrade() -> None:
    _rename({new: old for old, new in NAMES.items()})
