"""first tables"""

import sqlalchemy as sa
from alembic import op

revision = '0001'
down_revision = None


def upgrade() -> None:
    op.create_table('dossiers',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('support_number', sa.String(length=12), nullable=False),
    sa.Column('pin_hash', sa.String(length=200), nullable=False),
    sa.Column('pin_failures', sa.Integer(), nullable=False),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('pin_failures >= 0', name=op.f('ck_dossiers_pin_failures')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_dossiers')),
    sa.UniqueConstraint('support_number', name=op.f('uq_dossiers_support_number'))
    )
    op.create_table('reference_release',
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('kind', sa.String(length=24), nullable=False),
    sa.Column('edition', sa.String(length=8), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('as_of', sa.Date(), nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('licence', sa.Text(), nullable=False),
    sa.Column('trust', sa.Text(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('loaded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('current', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reference_release'))
    )
    with op.batch_alter_table('reference_release', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_reference_release_kind_edition'), ['kind', 'edition'], unique=False)

    op.create_table('activities',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('dossier_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('trade_name', sa.String(length=255), nullable=True),
    sa.Column('kbli_year', sa.Integer(), nullable=True),
    sa.Column('kbli_code', sa.String(length=5), nullable=True),
    sa.Column('scope_no', sa.Integer(), nullable=True),
    sa.Column('description', sa.String(length=255), nullable=True),
    sa.Column('described', sa.Boolean(), nullable=False),
    sa.Column('village_code', sa.String(length=10), nullable=True),
    sa.Column('street', sa.LargeBinary(), nullable=True),
    sa.Column('rt_rw', sa.LargeBinary(), nullable=True),
    sa.Column('shared_premises', sa.Boolean(), nullable=True),
    sa.Column('position_code', sa.String(length=2), nullable=True),
    sa.Column('land_area', sa.String(length=24), nullable=True),
    sa.Column('land_unit', sa.String(length=2), nullable=True),
    sa.Column('land_status', sa.String(length=2), nullable=True),
    sa.Column('customary_land', sa.Boolean(), nullable=True),
    sa.Column('land_idr', sa.BigInteger(), nullable=True),
    sa.Column('building_idr', sa.BigInteger(), nullable=True),
    sa.Column('machines_idr', sa.BigInteger(), nullable=True),
    sa.Column('other_idr', sa.BigInteger(), nullable=True),
    sa.Column('working_idr', sa.BigInteger(), nullable=True),
    sa.Column('workers_male', sa.Integer(), nullable=True),
    sa.Column('workers_female', sa.Integer(), nullable=True),
    sa.Column('product', sa.String(length=1024), nullable=True),
    sa.Column('capacity', sa.String(length=24), nullable=True),
    sa.Column('capacity_unit', sa.String(length=40), nullable=True),
    sa.Column('risk', sa.String(length=2), nullable=True),
    sa.Column('size', sa.String(length=10), nullable=True),
    sa.Column('risk_release', sa.String(length=64), nullable=True),
    sa.CheckConstraint('coalesce(land_idr,0) >= 0 and coalesce(building_idr,0) >= 0 and coalesce(machines_idr,0) >= 0 and coalesce(other_idr,0) >= 0 and coalesce(working_idr,0) >= 0', name=op.f('ck_activities_capital_not_negative')),
    sa.CheckConstraint('coalesce(workers_male,0) >= 0 and coalesce(workers_female,0) >= 0', name=op.f('ck_activities_workers_not_negative')),
    sa.ForeignKeyConstraint(['dossier_id'], ['dossiers.id'], name=op.f('fk_activities_dossier_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_activities')),
    sa.UniqueConstraint('dossier_id', 'position', name=op.f('uq_activities_dossier_id_position'))
    )
    op.create_table('applicants',
    sa.Column('dossier_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('nik', sa.LargeBinary(), nullable=True),
    sa.Column('nik_index', sa.LargeBinary(length=32), nullable=True),
    sa.Column('name', sa.LargeBinary(), nullable=True),
    sa.Column('birth_date', sa.LargeBinary(), nullable=True),
    sa.Column('sex', sa.String(length=1), nullable=True),
    sa.Column('phone', sa.LargeBinary(), nullable=True),
    sa.Column('phone_index', sa.LargeBinary(length=32), nullable=True),
    sa.Column('area_code', sa.String(length=10), nullable=True),
    sa.Column('area_text', sa.LargeBinary(), nullable=True),
    sa.Column('street', sa.LargeBinary(), nullable=True),
    sa.Column('rt_rw', sa.LargeBinary(), nullable=True),
    sa.Column('postcode', sa.String(length=5), nullable=True),
    sa.ForeignKeyConstraint(['dossier_id'], ['dossiers.id'], name=op.f('fk_applicants_dossier_id')),
    sa.PrimaryKeyConstraint('dossier_id', name=op.f('pk_applicants'))
    )
    with op.batch_alter_table('applicants', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_applicants_nik_index'), ['nik_index'], unique=False)
        batch_op.create_index(batch_op.f('ix_applicants_phone_index'), ['phone_index'], unique=False)

    op.create_table('area',
    sa.Column('release_id', sa.String(length=64), nullable=False),
    sa.Column('code', sa.String(length=10), nullable=False),
    sa.Column('kind', sa.String(length=8), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('parent', sa.String(length=6), nullable=True),
    sa.Column('old_code', sa.String(length=10), nullable=False),
    sa.Column('village_type', sa.String(length=9), nullable=False),
    sa.Column('postal_hint', sa.String(length=5), nullable=False),
    sa.CheckConstraint("kind IN ('province', 'regency', 'district', 'village')", name=op.f('ck_area_kind')),
    sa.ForeignKeyConstraint(['release_id', 'parent'], ['area.release_id', 'area.code'], name=op.f('fk_area_release_id_parent')),
    sa.ForeignKeyConstraint(['release_id'], ['reference_release.id'], name=op.f('fk_area_release_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('release_id', 'code', name=op.f('pk_area'))
    )
    with op.batch_alter_table('area', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_area_release_id_parent'), ['release_id', 'parent'], unique=False)

    op.create_table('declarations',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('dossier_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('wording', sa.String(length=40), nullable=False),
    sa.Column('given_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['dossier_id'], ['dossiers.id'], name=op.f('fk_declarations_dossier_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_declarations')),
    sa.UniqueConstraint('dossier_id', 'kind', name=op.f('uq_declarations_dossier_id_kind'))
    )
    op.create_table('events',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('dossier_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('facts', sa.JSON(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('previous_hash', sa.String(length=64), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['dossier_id'], ['dossiers.id'], name=op.f('fk_events_dossier_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_events')),
    sa.UniqueConstraint('dossier_id', 'number', name=op.f('uq_events_dossier_id_number'))
    )
    op.create_table('handovers',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('dossier_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('key', sa.String(length=43), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('oss_id', sa.String(length=40), nullable=True),
    sa.Column('nib', sa.String(length=13), nullable=True),
    sa.Column('nib_status', sa.String(length=2), nullable=True),
    sa.Column('licences', sa.JSON(), nullable=False),
    sa.Column('refusal_code', sa.String(length=40), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['dossier_id'], ['dossiers.id'], name=op.f('fk_handovers_dossier_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_handovers')),
    sa.UniqueConstraint('dossier_id', name=op.f('uq_handovers_dossier_id')),
    sa.UniqueConstraint('key', name=op.f('uq_handovers_key')),
    sa.UniqueConstraint('nib', name=op.f('uq_handovers_nib'))
    )
    op.create_table('holiday',
    sa.Column('release_id', sa.String(length=64), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('name_id', sa.String(length=120), nullable=False),
    sa.Column('name_en', sa.String(length=120), nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.CheckConstraint("kind IN ('national', 'collective', 'local', 'workday')", name=op.f('ck_holiday_kind')),
    sa.ForeignKeyConstraint(['release_id'], ['reference_release.id'], name=op.f('fk_holiday_release_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('release_id', 'day', name=op.f('pk_holiday'))
    )
    op.create_table('jobs',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.String(length=30), nullable=False),
    sa.Column('dossier_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('claimed_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['dossier_id'], ['dossiers.id'], name=op.f('fk_jobs_dossier_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_jobs'))
    )
    with op.batch_alter_table('jobs', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_jobs_dossier_id'), ['dossier_id'], unique=False)
        batch_op.create_index('ix_jobs_open', ['done_at', 'due_at'], unique=False)

    op.create_table('kbli_code',
    sa.Column('release_id', sa.String(length=64), nullable=False),
    sa.Column('code', sa.String(length=5), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('title_id', sa.Text(), nullable=False),
    sa.Column('category', sa.String(length=1), nullable=False),
    sa.ForeignKeyConstraint(['release_id'], ['reference_release.id'], name=op.f('fk_kbli_code_release_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('release_id', 'code', name=op.f('pk_kbli_code'))
    )
    with op.batch_alter_table('kbli_code', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_kbli_code_year_code'), ['year', 'code'], unique=False)

    op.create_table('kbli_correspondence',
    sa.Column('release_id', sa.String(length=64), nullable=False),
    sa.Column('code_2020', sa.String(length=5), nullable=False),
    sa.Column('code_2025', sa.String(length=5), nullable=False),
    sa.Column('relation', sa.String(length=3), nullable=False),
    sa.Column('method', sa.String(length=32), nullable=False),
    sa.ForeignKeyConstraint(['release_id'], ['reference_release.id'], name=op.f('fk_kbli_correspondence_release_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('release_id', 'code_2020', 'code_2025', name=op.f('pk_kbli_correspondence'))
    )
    with op.batch_alter_table('kbli_correspondence', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_kbli_correspondence_code_2020'), ['code_2020'], unique=False)
        batch_op.create_index(batch_op.f('ix_kbli_correspondence_code_2025'), ['code_2025'], unique=False)

    op.create_table('kbli_level',
    sa.Column('release_id', sa.String(length=64), nullable=False),
    sa.Column('code', sa.String(length=4), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('title_id', sa.Text(), nullable=False),
    sa.Column('parent', sa.String(length=3), nullable=True),
    sa.ForeignKeyConstraint(['release_id', 'parent'], ['kbli_level.release_id', 'kbli_level.code'], name=op.f('fk_kbli_level_release_id_parent')),
    sa.ForeignKeyConstraint(['release_id'], ['reference_release.id'], name=op.f('fk_kbli_level_release_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('release_id', 'code', name=op.f('pk_kbli_level'))
    )
    with op.batch_alter_table('kbli_level', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_kbli_level_release_id_parent'), ['release_id', 'parent'], unique=False)
        batch_op.create_index(batch_op.f('ix_kbli_level_year_code'), ['year', 'code'], unique=False)

    op.create_table('kbli_level_name',
    sa.Column('release_id', sa.String(length=64), nullable=False),
    sa.Column('code', sa.String(length=4), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('name_en', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['release_id'], ['reference_release.id'], name=op.f('fk_kbli_level_name_release_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('release_id', 'code', name=op.f('pk_kbli_level_name'))
    )
    op.create_table('kbli_words',
    sa.Column('release_id', sa.String(length=64), nullable=False),
    sa.Column('code', sa.String(length=5), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('name_en', sa.Text(), nullable=False),
    sa.Column('plain_id', sa.Text(), nullable=False),
    sa.Column('plain_en', sa.Text(), nullable=False),
    sa.Column('words', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['release_id'], ['reference_release.id'], name=op.f('fk_kbli_words_release_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('release_id', 'code', name=op.f('pk_kbli_words'))
    )
    with op.batch_alter_table('kbli_words', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_kbli_words_year_code'), ['year', 'code'], unique=False)

    op.create_table('nik_checks',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('dossier_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('attempt', sa.Integer(), nullable=False),
    sa.Column('identity_index', sa.LargeBinary(length=32), nullable=False),
    sa.Column('nik_class', sa.String(length=24), nullable=False),
    sa.Column('fields', sa.JSON(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['dossier_id'], ['dossiers.id'], name=op.f('fk_nik_checks_dossier_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_nik_checks')),
    sa.UniqueConstraint('dossier_id', 'attempt', name=op.f('uq_nik_checks_dossier_id_attempt'))
    )
    op.create_table('nik_prefix',
    sa.Column('release_id', sa.String(length=64), nullable=False),
    sa.Column('prefix', sa.String(length=4), nullable=False),
    sa.Column('regency', sa.String(length=4), nullable=False),
    sa.Column('status', sa.String(length=8), nullable=False),
    sa.ForeignKeyConstraint(['release_id'], ['reference_release.id'], name=op.f('fk_nik_prefix_release_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('release_id', 'prefix', name=op.f('pk_nik_prefix'))
    )
    op.create_table('papers',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('code', sa.String(length=16), nullable=False),
    sa.Column('dossier_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('number', sa.String(length=40), nullable=False),
    sa.Column('specimen', sa.Boolean(), nullable=False),
    sa.Column('issued_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['dossier_id'], ['dossiers.id'], name=op.f('fk_papers_dossier_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_papers')),
    sa.UniqueConstraint('code', name=op.f('uq_papers_code')),
    sa.UniqueConstraint('dossier_id', 'kind', name=op.f('uq_papers_dossier_id_kind'))
    )
    op.create_table('post_keys',
    sa.Column('key', sa.String(length=43), nullable=False),
    sa.Column('digest', sa.LargeBinary(length=32), nullable=False),
    sa.Column('endpoint', sa.String(length=60), nullable=False),
    sa.Column('dossier_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('location', sa.String(length=200), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['dossier_id'], ['dossiers.id'], name=op.f('fk_post_keys_dossier_id')),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_post_keys'))
    )
    with op.batch_alter_table('post_keys', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_post_keys_dossier_id'), ['dossier_id'], unique=False)
        batch_op.create_index('ix_post_keys_used_at', ['used_at'], unique=False)

    op.create_table('risk_fact',
    sa.Column('release_id', sa.String(length=64), nullable=False),
    sa.Column('code', sa.String(length=5), nullable=False),
    sa.Column('scope_no', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('size', sa.String(length=8), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('scope', sa.Text(), nullable=False),
    sa.Column('scope_count', sa.Integer(), nullable=False),
    sa.Column('risk', sa.String(length=2), nullable=False),
    sa.Column('details_known', sa.Boolean(), nullable=False),
    sa.Column('authority', sa.JSON(), nullable=False),
    sa.Column('authority_complete', sa.Boolean(), nullable=False),
    sa.Column('days', sa.Integer(), nullable=True),
    sa.Column('days_unit', sa.Text(), nullable=False),
    sa.Column('licence', sa.Text(), nullable=False),
    sa.Column('requirements', sa.JSON(), nullable=False),
    sa.Column('duties', sa.JSON(), nullable=False),
    sa.Column('supporting_licences', sa.JSON(), nullable=False),
    sa.Column('unread', sa.JSON(), nullable=False),
    sa.Column('notes', sa.JSON(), nullable=False),
    sa.CheckConstraint("risk IN ('R', 'MR', 'MT', 'T')", name=op.f('ck_risk_fact_risk')),
    sa.CheckConstraint("size IN ('mikro', 'kecil', 'menengah', 'besar')", name=op.f('ck_risk_fact_size')),
    sa.CheckConstraint('days IS NULL OR days >= 0', name=op.f('ck_risk_fact_days')),
    sa.CheckConstraint('scope_no >= 1 AND scope_count >= 1', name=op.f('ck_risk_fact_scope')),
    sa.ForeignKeyConstraint(['release_id'], ['reference_release.id'], name=op.f('fk_risk_fact_release_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('release_id', 'code', 'scope_no', 'size', name=op.f('pk_risk_fact'))
    )
    with op.batch_alter_table('risk_fact', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_risk_fact_year_code'), ['year', 'code'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('risk_fact', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_risk_fact_year_code'))

    op.drop_table('risk_fact')
    with op.batch_alter_table('post_keys', schema=None) as batch_op:
        batch_op.drop_index('ix_post_keys_used_at')
        batch_op.drop_index(batch_op.f('ix_post_keys_dossier_id'))

    op.drop_table('post_keys')
    op.drop_table('papers')
    op.drop_table('nik_prefix')
    op.drop_table('nik_checks')
    with op.batch_alter_table('kbli_words', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_kbli_words_year_code'))

    op.drop_table('kbli_words')
    op.drop_table('kbli_level_name')
    with op.batch_alter_table('kbli_level', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_kbli_level_year_code'))
        batch_op.drop_index(batch_op.f('ix_kbli_level_release_id_parent'))

    op.drop_table('kbli_level')
    with op.batch_alter_table('kbli_correspondence', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_kbli_correspondence_code_2025'))
        batch_op.drop_index(batch_op.f('ix_kbli_correspondence_code_2020'))

    op.drop_table('kbli_correspondence')
    with op.batch_alter_table('kbli_code', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_kbli_code_year_code'))

    op.drop_table('kbli_code')
    with op.batch_alter_table('jobs', schema=None) as batch_op:
        batch_op.drop_index('ix_jobs_open')
        batch_op.drop_index(batch_op.f('ix_jobs_dossier_id'))

    op.drop_table('jobs')
    op.drop_table('holiday')
    op.drop_table('handovers')
    op.drop_table('events')
    op.drop_table('declarations')
    with op.batch_alter_table('area', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_area_release_id_parent'))

    op.drop_table('area')
    with op.batch_alter_table('applicants', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_applicants_phone_index'))
        batch_op.drop_index(batch_op.f('ix_applicants_nik_index'))

    op.drop_table('applicants')
    op.drop_table('activities')
    with op.batch_alter_table('reference_release', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_reference_release_kind_edition'))

    op.drop_table('reference_release')
    op.drop_table('dossiers')
