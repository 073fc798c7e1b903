"""When a process was last heard of: one row of its own, where each of its claims was written anew before."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the table; until a process says that it is alive, the times in its claims count."""
    op.create_table(
        "owners",
        sa.Column("organisation", sa.Text, nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("heard_at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("organisation", "owner", name="pk_owners"),
    )
    if op.get_bind().dialect.name == "postgresql":
        # FORCE: without it the table's owner, who we are, would see every row.
        op.execute("ALTER TABLE owners ENABLE ROW LEVEL SECURITY")
        op.execute("ALTER TABLE owners FORCE ROW LEVEL SECURITY")
        own = "organisation = current_setting('signpost.organisation', true)"
        op.execute(f"CREATE POLICY own_organisation ON owners USING ({own})")


def downgrade() -> None:
    """Drop it."""
    op.drop_table("owners")
