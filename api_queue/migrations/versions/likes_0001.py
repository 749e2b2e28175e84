"""Who likes which track."""

import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "likes_0001", None, ("likes",), None


def upgrade() -> None:
    op.create_table(
        "track_likes",
        sa.Column("track_id", sa.Text, primary_key=True),
        sa.Column("guest_id", sa.String(64), primary_key=True),
        sa.Column("liked_at", sa.BigInteger, nullable=False),
    )
