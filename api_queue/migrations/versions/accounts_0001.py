"""Login tokens, one-time admin codes, logins by JWT, audit lines."""

import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "accounts_0001", None, ("accounts",), None


def upgrade() -> None:
    op.create_table(
        "login_tokens",
        sa.Column("token_id", sa.Text, nullable=False),
        sa.Column("token_hash", sa.Text, nullable=False),
        sa.Column("community", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("queue", sa.Text),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger),
        sa.Column("max_uses", sa.Integer),
        sa.Column("uses", sa.Integer, nullable=False),
        sa.Column("revoked_at", sa.BigInteger),
        sa.Column("last_used_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("token_id", name="pk_login_tokens"),
        sa.UniqueConstraint("token_hash", name="uq_login_tokens_token_hash"),
    )
    op.create_index("ix_login_tokens_queue", "login_tokens", ["queue"])
    op.create_table(
        "admin_codes",
        sa.Column("code_hash", sa.Text, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("code_hash", name="pk_admin_codes"),
    )
    op.create_table(
        "logins",
        sa.Column("login_id", sa.Text, nullable=False),
        sa.Column("token_id", sa.Text, nullable=False),
        sa.Column("secret_hash", sa.Text, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("ended_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("login_id", name="pk_logins"),
        sa.ForeignKeyConstraint(["token_id"], ["login_tokens.token_id"], name="fk_logins_token_id"),
    )
    op.create_table(
        "audit_lines",
        sa.Column("line_id", sa.Integer, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("token_id", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("queue", sa.Text),
        sa.Column("detail", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("line_id", name="pk_audit_lines"),
    )
