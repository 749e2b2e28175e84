"""What scans as tasks need: folders, files that are gone, what decoding tells, and moves that can be undone."""

import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "tracks_0002", "tracks_0001", None, None


def upgrade() -> None:
    op.add_column("track_places", sa.Column("gone", sa.Boolean, nullable=False, server_default=sa.false()))
    op.create_table(
        "library_folders",
        sa.Column("path", sa.LargeBinary, primary_key=True),
        sa.Column("added_at", sa.BigInteger),
        sa.Column("scanned_at", sa.BigInteger),
    )
    op.create_table(
        "track_analyses",
        sa.Column("track_id", sa.Text, primary_key=True),
        sa.Column("found", sa.LargeBinary, nullable=False),
        sa.Column("peaks", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "library_moves",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("task_id", row_number(), nullable=False, index=True),
        sa.Column("item_id", row_number(), nullable=False, index=True),
        sa.Column("before", sa.LargeBinary, nullable=False),
        sa.Column("after", sa.LargeBinary, nullable=False),
        sa.Column("done", sa.Boolean, nullable=False, server_default=sa.false()),
    )


def row_number() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")
