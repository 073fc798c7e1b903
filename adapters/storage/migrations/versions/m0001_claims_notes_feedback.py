"""Claims, notes and counts of feedback; on PostgreSQL each organisation's rows are closed to the others."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

TABLES = ("claims", "notes", "feedback")


def upgrade() -> None:
    """Make the tables."""
    _make_claims()
    op.create_table(
        "notes",
        sa.Column("organisation", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("kept_until", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("organisation", "key", name="pk_notes"),
    )
    op.create_index("ix_notes_age", "notes", ["organisation", "kept_until"])
    named = ("organisation", "month", "platform", "situation", "verdict", "reason")
    op.create_table(
        "feedback",
        *(sa.Column(name, sa.Text, nullable=False) for name in named),
        sa.Column("count", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint(*named, name="pk_feedback"),
    )
    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            _close_to_other_organisations(table)


def downgrade() -> None:
    """Drop them, with what is in them."""
    for table in TABLES:
        op.drop_table(table)


def _make_claims() -> None:
    op.create_table(
        "claims",
        sa.Column("organisation", sa.Text, nullable=False),
        sa.Column("claim", sa.Text, nullable=False),
        sa.Column("platform", sa.Text, nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("claimed_at", sa.Double, nullable=False),
        sa.Column("seen_at", sa.Double, nullable=False),
        sa.Column("sealed", sa.LargeBinary),
        sa.PrimaryKeyConstraint("organisation", "claim", name="pk_claims"),
    )
    op.create_index("ix_claims_age", "claims", ["organisation", "claimed_at"])
    unsettled = sa.text("sealed IS NOT NULL")
    op.create_index(
        "ix_claims_unsettled",
        "claims",
        ["organisation", "platform", "seen_at"],
        postgresql_where=unsettled,
        sqlite_where=unsettled,
    )


def _close_to_other_organisations(table: str) -> None:
    # FORCE: without it the tables' owner, who we are, would see every row.
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    own = "organisation = current_setting('signpost.organisation', true)"
    op.execute(f"CREATE POLICY own_organisation ON {table} USING ({own})")
