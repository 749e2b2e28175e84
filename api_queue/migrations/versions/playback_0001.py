"""Devices of queues."""

import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "playback_0001", None, ("playback",), None


def upgrade() -> None:
    op.create_table(
        "devices",
        sa.Column("queue", sa.String(32), nullable=False),
        sa.Column("device_id", sa.String(64), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("platform", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("token_id", sa.Text, nullable=False),
        sa.Column("registered_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("queue", "device_id", name="pk_devices"),
        sa.UniqueConstraint("token_id", name="uq_devices_token_id"),
    )
