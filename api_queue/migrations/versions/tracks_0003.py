"""Recordings that tracklists cut into tracks."""

import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "tracks_0003", "tracks_0002", None, None


def upgrade() -> None:
    op.create_table(
        "track_parts",
        sa.Column("track_id", sa.Text, primary_key=True),
        sa.Column("recording_id", sa.Text, nullable=False, index=True),
        sa.Column("record", sa.LargeBinary, nullable=False),
    )
