"""licences with their statuses, and corrections"""

import json

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
# What the practice office of the national OSS had issued before these tables: (kind, product).
STANDARD_CERTIFICATE = '04'


def upgrade() -> None:
    op.create_table('licences',
    sa.Column('id', ROW_ID, nullable=False),
    sa.Column('handover_id', ROW_ID, nullable=False),
    sa.Column('dossier_id', ROW_ID, nullable=False),
    sa.Column('activity_position', sa.Integer(), nullable=False),
    sa.Column('id_izin', sa.String(length=40), nullable=False),
    sa.Column('kd_izin', sa.String(length=40), nullable=False),
    sa.Column('id_proyek', sa.String(length=40), nullable=True),
    sa.Column('product', sa.String(length=3), nullable=True),
    sa.Column('status', sa.String(length=2), nullable=False),
    sa.Column('number', sa.String(length=60), nullable=True),
    sa.Column('issued_on', sa.Date(), nullable=True),
    sa.Column('days', sa.Integer(), nullable=True),
    sa.Column('days_unit', sa.String(length=60), nullable=True),
    sa.Column('authority', sa.String(length=2), nullable=True),
    sa.Column('heard_number', sa.Integer(), nullable=False),
    sa.Column('told_number', sa.Integer(), nullable=False),
    sa.CheckConstraint('days >= 0', name=op.f('ck_licences_days_not_negative')),
    sa.ForeignKeyConstraint(['dossier_id'], ['dossiers.id'], name=op.f('fk_licences_dossier_id')),
    sa.ForeignKeyConstraint(['handover_id'], ['handovers.id'], name=op.f('fk_licences_handover_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_licences')),
    sa.UniqueConstraint('dossier_id', 'id_izin', name=op.f('uq_licences_dossier_id_id_izin'))
    )
    op.create_index(op.f('ix_licences_handover_id'), 'licences', ['handover_id'])
    op.create_index(op.f('ix_licences_status'), 'licences', ['status'])
    op.create_table('licence_events',
    sa.Column('id', ROW_ID, nullable=False),
    sa.Column('licence_id', ROW_ID, nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('status', sa.String(length=2), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('source', sa.String(length=10), nullable=False),
    sa.Column('unexpected', sa.Boolean(), nullable=False),
    sa.Column('reason_code', sa.String(length=32), nullable=True),
    sa.Column('targets', sa.JSON(), nullable=False),
    sa.Column('note', sa.LargeBinary(), nullable=True),
    sa.ForeignKeyConstraint(['licence_id'], ['licences.id'], name=op.f('fk_licence_events_licence_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_licence_events')),
    sa.UniqueConstraint('licence_id', 'number', name=op.f('uq_licence_events_licence_id_number'))
    )
    op.create_table('corrections',
    sa.Column('id', ROW_ID, nullable=False),
    sa.Column('dossier_id', ROW_ID, nullable=False),
    sa.Column('licence_id', ROW_ID, nullable=False),
    sa.Column('event_number', sa.Integer(), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answer_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('outcome', sa.String(length=8), nullable=True),
    sa.ForeignKeyConstraint(['dossier_id'], ['dossiers.id'], name=op.f('fk_corrections_dossier_id')),
    sa.ForeignKeyConstraint(['licence_id'], ['licences.id'], name=op.f('fk_corrections_licence_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_corrections')),
    sa.UniqueConstraint('licence_id', 'event_number', name=op.f('uq_corrections_licence_id_event_number'))
    )
    op.create_index('ix_corrections_open', 'corrections', ['dossier_id', 'closed_at'])
    op.create_table('correction_targets',
    sa.Column('id', ROW_ID, nullable=False),
    sa.Column('correction_id', ROW_ID, nullable=False),
    sa.Column('target', sa.String(length=80), nullable=False),
    sa.Column('reason_code', sa.String(length=32), nullable=False),
    sa.Column('note', sa.LargeBinary(), nullable=True),
    sa.Column('before', sa.LargeBinary(), nullable=True),
    sa.Column('after', sa.LargeBinary(), nullable=True),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['correction_id'], ['corrections.id'], name=op.f('fk_correction_targets_correction_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_correction_targets'))
    )
    op.create_index(op.f('ix_correction_targets_correction_id'), 'correction_targets', ['correction_id'])
    _rows_from_json(op.get_bind())


def _rows_from_json(connection: sa.Connection) -> None:
    """Give every licence that stood inside a hand-over a row, with its status as first event."""
    handovers = sa.table(
        'handovers', sa.column('id'), sa.column('dossier_id'),
        sa.column('licences', sa.JSON()), sa.column('created_at', sa.DateTime(timezone=True)),
        sa.column('answered_at', sa.DateTime(timezone=True)),
    )
    licences = sa.table(
        'licences', sa.column('id', ROW_ID), sa.column('handover_id'), sa.column('dossier_id'),
        sa.column('activity_position'), sa.column('id_izin'), sa.column('kd_izin'),
        sa.column('product'), sa.column('status'), sa.column('number'),
        sa.column('heard_number'), sa.column('told_number'),
    )
    events = sa.table(
        'licence_events', sa.column('licence_id'), sa.column('number'), sa.column('status'),
        sa.column('at', sa.DateTime(timezone=True)),
        sa.column('recorded_at', sa.DateTime(timezone=True)), sa.column('source'),
        sa.column('unexpected', sa.Boolean()), sa.column('targets', sa.JSON()),
    )
    for handover in connection.execute(sa.select(handovers).order_by(handovers.c.id)).all():
        at = handover.answered_at or handover.created_at
        seen = set()
        for position, kept in enumerate(handover.licences or ()):
            if not isinstance(kept, dict) or not kept.get('id') or kept['id'] in seen:
                continue
            seen.add(kept['id'])
            connection.execute(licences.insert().values(
                handover_id=handover.id,
                dossier_id=handover.dossier_id,
                activity_position=position,
                id_izin=kept['id'],
                kd_izin=kept.get('kind') or '',
                product=STANDARD_CERTIFICATE if kept.get('kind') == 'LATIHAN-SS' else None,
                status=kept.get('status') or '50',
                number=kept.get('number'),
                heard_number=1,
                told_number=0,
            ))
            licence_id = connection.scalar(sa.select(licences.c.id).where(
                licences.c.dossier_id == handover.dossier_id, licences.c.id_izin == kept['id']
            ))
            connection.execute(events.insert().values(
                licence_id=licence_id, number=1, status=kept.get('status') or '50', at=at,
                recorded_at=at, source='oss', unexpected=False, targets=[],
            ))


def downgrade() -> None:
    op.drop_table('correction_targets')
    op.drop_table('corrections')
    op.drop_table('licence_events')
    op.drop_table('licences')
