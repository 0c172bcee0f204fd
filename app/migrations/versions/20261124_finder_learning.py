"""finder: counts of searches and corrections, added words"""

import sqlalchemy as sa
from alembic import op

revision = '0012'
down_revision = '0011'

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
IN_USE = sa.text('retired_at IS NULL')


def upgrade() -> None:
    op.create_table('finder_searches',
    sa.Column('id', ROW_ID, nullable=False),
    sa.Column('edition', sa.Integer(), nullable=False),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('digest', sa.LargeBinary(length=32), nullable=False),
    sa.Column('phrase', sa.String(length=60), nullable=True),
    sa.Column('searched', sa.Integer(), nullable=False),
    sa.Column('found_nothing', sa.Integer(), nullable=False),
    sa.Column('unsure', sa.Integer(), nullable=False),
    sa.Column('chosen', sa.Integer(), nullable=False),
    sa.Column('last_month', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_finder_searches')),
    sa.UniqueConstraint('digest', name=op.f('uq_finder_searches_digest'))
    )
    op.create_index(
        'ix_finder_searches_found_nothing', 'finder_searches', ['edition', 'found_nothing'],
        unique=False,
    )
    op.create_index(
        'ix_finder_searches_searched', 'finder_searches', ['edition', 'searched'], unique=False
    )
    op.create_index(
        'ix_finder_searches_last_month', 'finder_searches', ['last_month'], unique=False
    )
    op.create_table('finder_choices',
    sa.Column('search_id', ROW_ID, nullable=False),
    sa.Column('code', sa.String(length=5), nullable=False),
    sa.Column('chosen', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(
        ['search_id'], ['finder_searches.id'], name=op.f('fk_finder_choices_search_id'),
        ondelete='CASCADE',
    ),
    sa.PrimaryKeyConstraint('search_id', 'code', name=op.f('pk_finder_choices'))
    )
    op.create_table('finder_corrections',
    sa.Column('id', ROW_ID, nullable=False),
    sa.Column('edition', sa.Integer(), nullable=False),
    sa.Column('from_code', sa.String(length=5), nullable=False),
    sa.Column('to_code', sa.String(length=5), nullable=False),
    sa.Column('corrected', sa.Integer(), nullable=False),
    sa.Column('last_month', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_finder_corrections')),
    sa.UniqueConstraint(
        'edition', 'from_code', 'to_code', name=op.f('uq_finder_corrections_edition_from_code_to_code')
    )
    )
    op.create_index(
        'ix_finder_corrections_corrected', 'finder_corrections', ['edition', 'corrected'],
        unique=False,
    )
    op.create_index(
        'ix_finder_corrections_last_month', 'finder_corrections', ['last_month'], unique=False
    )
    op.create_table('finder_words',
    sa.Column('id', ROW_ID, nullable=False),
    sa.Column('edition', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=5), nullable=False),
    sa.Column('phrase', sa.String(length=60), nullable=False),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('added_by', sa.String(length=16), nullable=False),
    sa.Column('retired_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_finder_words')),
    sa.UniqueConstraint('version', name=op.f('uq_finder_words_version'))
    )
    op.create_index(
        'ix_finder_words_version', 'finder_words', ['edition', 'version'], unique=False
    )
    op.create_index(
        'uq_finder_words_in_use', 'finder_words', ['edition', 'code', 'phrase'], unique=True,
        sqlite_where=IN_USE, postgresql_where=IN_USE,
    )


def downgrade() -> None:
    op.drop_table('finder_words')
    op.drop_table('finder_corrections')
    op.drop_table('finder_choices')
    op.drop_table('finder_searches')
