"""Tasks, their items, and the outbox of what changed in them."""

import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "jobs_0001", None, ("jobs",), None


def upgrade() -> None:
    tasks()
    items()
    op.create_table(
        "queue_task_changes",
        sa.Column("number", row_number(), primary_key=True),
        sa.Column("task_id", row_number(), nullable=False),
        sa.Column("item_id", row_number()),
        sa.Column("name", sa.String(20), nullable=False),
        sqlite_autoincrement=True,
    )


def tasks() -> None:
    op.create_table(
        "queue_tasks",
        sa.Column("task_id", row_number(), primary_key=True),
        sa.Column("type", sa.String(64), nullable=False),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("created_by", sa.String(64), nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("started_at", sa.BigInteger),
        sa.Column("finished_at", sa.BigInteger),
        sa.Column("key", sa.String(200)),
        sa.Column("meta", sa.Text, nullable=False),
        sa.Column("closing", sa.Text),
        sa.Column("concurrency", sa.Integer),
        sa.Column("retry_of", row_number()),
        sa.Column("parent_item_id", row_number(), index=True),
        sa.Column("parent_task_id", row_number(), index=True),
        sa.Column("root_id", row_number(), index=True),
        sa.Column("total_items", sa.Integer, nullable=False),
        sa.Column("completed_items", sa.Integer, nullable=False, server_default="0"),
        sa.Column("failed_items", sa.Integer, nullable=False, server_default="0"),
        sa.Column("canceled_items", sa.Integer, nullable=False, server_default="0"),
        sa.Column("work_done", sa.Float, nullable=False, server_default="0"),
        sa.Column("furthest", sa.Float, nullable=False, server_default="0"),
        sqlite_autoincrement=True,
    )
    live = sa.text("status IN ('queued', 'running')")
    op.create_index(
        "uq_queue_tasks_live_key", "queue_tasks", ["key"], unique=True, sqlite_where=live, postgresql_where=live
    )
    op.create_index("ix_queue_tasks_status_created_at", "queue_tasks", ["status", "created_at"])
    op.create_index("ix_queue_tasks_created_at", "queue_tasks", ["created_at"])


def items() -> None:
    op.create_table(
        "queue_items",
        sa.Column("item_id", row_number(), primary_key=True),
        sa.Column("task_id", row_number(), sa.ForeignKey("queue_tasks.task_id", ondelete="CASCADE"), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("payload", sa.Text, nullable=False),
        sa.Column("result", sa.Text),
        sa.Column("error", sa.Text, nullable=False, server_default=""),
        sa.Column("log", sa.Text, nullable=False, server_default=""),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("sending", sa.Integer, nullable=False, server_default="0"),
        sa.Column("receipt", sa.String(64)),
        sa.Column("ended", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("done", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("total", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("share", sa.Float, nullable=False, server_default="0"),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("started_at", sa.BigInteger),
        sa.Column("finished_at", sa.BigInteger),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_queue_items_task_id_number", "queue_items", ["task_id", "number"], unique=True)
    op.create_index("ix_queue_items_task_id_status_sending", "queue_items", ["task_id", "status", "sending", "number"])
    op.create_index("ix_queue_items_status_created_at", "queue_items", ["status", "created_at"])


def row_number() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")
