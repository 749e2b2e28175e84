"""CUE files, which are made of tracklists and outlive them."""

import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "tracklists_0002", "tracklists_0001", None, None


def upgrade() -> None:
    op.create_table(
        "cue_files",
        sa.Column("cue_id", sa.String(36), primary_key=True),
        sa.Column("tracklist_id", sa.String(36), nullable=False),
        sa.Column("format", sa.String(20), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("tracklist_rev", sa.Integer, nullable=False),
        sa.Column("is_active", sa.Boolean, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("size_bytes", sa.Integer, nullable=False),
        sa.Column("record", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint("tracklist_id", "format", "version", name="uq_cue_files_tracklist_id"),
    )
    op.create_index("ix_cue_files_created_at", "cue_files", ["created_at"])
