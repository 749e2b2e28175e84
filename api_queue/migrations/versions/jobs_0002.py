"""Tasks that wait until somebody lets them go on."""

import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "jobs_0002", "jobs_0001", None, None


def upgrade() -> None:
    op.add_column("queue_tasks", sa.Column("paused", sa.Boolean, nullable=False, server_default=sa.false()))
