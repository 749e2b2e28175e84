"""Accounts: names and passwords of members."""

import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "accounts_0003", "accounts_0002", None, None


def upgrade() -> None:
    op.create_table(
        "accounts",
        sa.Column("token_id", sa.Text, nullable=False),
        sa.Column("username", sa.Text, nullable=False),
        sa.Column("username_key", byte_order(), nullable=False),
        sa.Column("password_hash", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("token_id", name="pk_accounts"),
        sa.UniqueConstraint("username_key", name="uq_accounts_username_key"),
        sa.ForeignKeyConstraint(["token_id"], ["login_tokens.token_id"], name="fk_accounts_token_id"),
    )


def byte_order() -> sa.types.TypeEngine[str]:
    return sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
