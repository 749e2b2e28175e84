"""Tracklists and their versions."""

import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "tracklists_0001", None, ("tracklists",), None


def upgrade() -> None:
    op.create_table(
        "tracklists",
        sa.Column("tracklist_id", sa.String(36), primary_key=True),
        sa.Column("rev", sa.Integer, nullable=False),
        sa.Column("source", sa.String(20), nullable=False),
        sa.Column("audio_id", sa.Text),
        sa.Column("is_draft", sa.Boolean, nullable=False),
        sa.Column("draft_version", sa.Integer),
        sa.Column("archived_at", sa.BigInteger),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("record", sa.LargeBinary, nullable=False),
    )
    op.create_index("ix_tracklists_audio_id_created_at", "tracklists", ["audio_id", "created_at"])
    op.create_index("ix_tracklists_created_at", "tracklists", ["created_at"])
    op.create_table(
        "tracklist_versions",
        sa.Column("tracklist_id", sa.String(36), of_list(), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("facts", sa.LargeBinary, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("created_by", sa.String(64), nullable=False),
    )


def of_list() -> sa.ForeignKey:
    return sa.ForeignKey("tracklists.tracklist_id", ondelete="CASCADE")
