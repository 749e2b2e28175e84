"""The library: files, tracks, aliases, and full text."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

revision = "tracks_0001"
down_revision = None
branch_labels = ("tracks",)
depends_on = None


def upgrade() -> None:
    op.create_table(
        "track_places",
        sa.Column("path", sa.LargeBinary, primary_key=True),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("mtime_ns", sa.BigInteger, nullable=False),
        sa.Column("track_id", sa.Text, index=True),
        sa.Column("record", sa.LargeBinary),
        sa.Column("fault", sa.Text, nullable=False, server_default=""),
    )
    op.create_table(
        "tracks",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("track_id", byte_order(), nullable=False, unique=True),
        sa.Column("sort_key", byte_order(), nullable=False, index=True),
        sa.Column("record", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "track_aliases",
        sa.Column("alias", sa.Text, primary_key=True),
        sa.Column("number", sa.Integer, of_track(), nullable=False, index=True),
    )
    {"sqlite": fts5, "postgresql": tsvector}[op.get_bind().dialect.name]()


def of_track() -> sa.ForeignKey:
    return sa.ForeignKey("tracks.number", ondelete="CASCADE")


def byte_order() -> sa.types.TypeEngine[str]:
    return sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def fts5() -> None:
    """The text comes folded, so SQLite need not; combining marks are parts of words, as in Indic scripts."""
    tokens = "unicode61 remove_diacritics 0 categories ''L* N* M* Co''"
    columns = "title, artist, album, other, tags"
    op.execute(f"CREATE VIRTUAL TABLE track_words USING fts5({columns}, prefix='1 2 3', tokenize='{tokens}')")
    op.execute("CREATE VIRTUAL TABLE track_terms USING fts5vocab(track_words, row)")
    op.execute("CREATE VIRTUAL TABLE track_vocabulary USING fts5(term, tokenize='trigram')")


def tsvector() -> None:
    op.create_table(
        "track_words",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("words", TSVECTOR, nullable=False),
    )
    op.create_table(
        "track_vocabulary",
        sa.Column("term", sa.Text(collation="C"), primary_key=True),
        sa.Column("grams", TSVECTOR, nullable=False),
    )
    for table, column in (("track_words", "words"), ("track_vocabulary", "grams")):
        op.create_index(f"ix_{table}_{column}", table, [column], postgresql_using="gin")
