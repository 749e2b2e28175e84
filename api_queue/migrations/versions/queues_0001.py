"""The history of queues: what left the head of a list."""

import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "queues_0001", None, ("queues",), None


def upgrade() -> None:
    op.create_table(
        "queue_history",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("queue", sa.String(32), nullable=False),
        sa.Column("id", sa.String(10), nullable=False),
        sa.Column("track_id", sa.String(200), nullable=False),
        sa.Column("performer_name", sa.String(64), nullable=False),
        sa.Column("session_owner", sa.String(64), nullable=False),
        sa.Column("timestamp_play", sa.BigInteger),
        sa.Column("timestamp_added", sa.BigInteger, nullable=False),
        sa.Column("track_duration_ms", sa.BigInteger, nullable=False),
        sa.Column("weight", sa.Float, nullable=False),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("added_by", sa.String(10), nullable=False),
        sa.Column("key_shift", sa.Integer, nullable=False),
        sa.Column("tempo", sa.Float, nullable=False),
    )
    op.create_index("ix_queue_history_queue_id", "queue_history", ["queue", "id"], unique=True)
