"""Lists and their pages: syncs, what they did, and what is done again and again."""

import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "tracklists_0003", "tracklists_0002", None, None


def upgrade() -> None:
    op.create_table(
        "tracklist_syncs",
        sa.Column("tracklist_id", sa.String(36), of_list(), primary_key=True),
        sa.Column("rev", sa.Integer, nullable=False),
        sa.Column("task_id", row_number()),
        sa.Column("record", sa.LargeBinary),
    )
    op.create_table(
        "tracklist_audit",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("tracklist_id", sa.String(36), of_list(), nullable=False, index=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("record", sa.LargeBinary, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "tracklist_schedules",
        sa.Column("schedule_id", sa.String(36), primary_key=True),
        sa.Column("tracklist_id", sa.String(36), of_list()),
        sa.Column("next_at", sa.BigInteger, nullable=False, index=True),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("record", sa.LargeBinary, nullable=False),
    )


def of_list() -> sa.ForeignKey:
    return sa.ForeignKey("tracklists.tracklist_id", ondelete="CASCADE")


def row_number() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")
