"""CUE files: the text beside the record, the list that came along, and whose they are."""

import hashlib
import json

import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "tracklists_0004", "tracklists_0003", None, None

_FILES = sa.table("cue_files", sa.column("cue_id"), sa.column("record"), sa.column("content"), sa.column("created_by"))


def upgrade() -> None:
    with op.batch_alter_table("cue_files") as table:
        table.add_column(sa.Column("created_by", sa.String(64)))
        table.add_column(sa.Column("content", sa.LargeBinary))
        table.add_column(sa.Column("facts", sa.LargeBinary))
    _part()
    with op.batch_alter_table("cue_files") as table:
        table.alter_column("created_by", existing_type=sa.String(64), nullable=False)
        table.alter_column("content", existing_type=sa.LargeBinary, nullable=False)
        table.drop_constraint("uq_cue_files_tracklist_id", type_="unique")  # now named as all others are
        table.create_unique_constraint(
            "uq_cue_files_tracklist_id_format_version", ["tracklist_id", "format", "version"]
        )
        table.create_index("ix_cue_files_created_by", ["created_by"])


def _part() -> None:
    connection = op.get_bind()
    for cue_id, record in connection.execute(sa.select(_FILES.c.cue_id, _FILES.c.record)).all():
        file = json.loads(record)
        content = file.pop("content").encode()
        file |= {"size_bytes": len(content), "checksum": f"sha256:{hashlib.sha256(content).hexdigest()}"}
        parted = {"record": json.dumps(file).encode(), "content": content, "created_by": file["created_by"]}
        connection.execute(sa.update(_FILES).where(_FILES.c.cue_id == cue_id).values(parted))
