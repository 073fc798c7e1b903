"""The tables, as SQLAlchemy sees them; a change here needs a migration, and a test compares the two.

Times are seconds since 1970. `sealed` is what only the holder of the key can read. Every row belongs to an
organisation; no column says who asked. Slack's own tables stand in their migration alone: slack_sdk reads them.
"""

from sqlalchemy import Column, Double, Index, Integer, LargeBinary, MetaData, Table, Text

METADATA = MetaData(naming_convention={"pk": "pk_%(table_name)s", "ix": "ix_%(column_0_label)s"})

claims = Table(
    "claims",
    METADATA,
    Column("organisation", Text, primary_key=True),
    Column("claim", Text, primary_key=True),
    Column("platform", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("claimed_at", Double, nullable=False),
    Column("seen_at", Double, nullable=False),
    # Empty once the claim is settled.
    Column("sealed", LargeBinary),
)
Index("ix_claims_age", claims.c.organisation, claims.c.claimed_at)
# Settled claims, nearly all of them, are not in it: taking over looks every few seconds.
Index(
    "ix_claims_unsettled",
    claims.c.organisation,
    claims.c.platform,
    claims.c.seen_at,
    postgresql_where=claims.c.sealed.is_not(None),
    sqlite_where=claims.c.sealed.is_not(None),
)

# When a process last said that it is alive. Not in its claims: each would be written anew, with what is sealed in it.
owners = Table(
    "owners",
    METADATA,
    Column("organisation", Text, primary_key=True),
    Column("owner", Text, primary_key=True),
    Column("heard_at", Double, nullable=False),
)

notes = Table(
    "notes",
    METADATA,
    Column("organisation", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("kept_until", Double, nullable=False),
)
Index("ix_notes_age", notes.c.organisation, notes.c.kept_until)

feedback = Table(
    "feedback",
    METADATA,
    Column("organisation", Text, primary_key=True),
    Column("month", Text, primary_key=True),
    Column("platform", Text, primary_key=True),
    Column("situation", Text, primary_key=True),
    Column("verdict", Text, primary_key=True),
    Column("reason", Text, primary_key=True),
    Column("count", Integer, nullable=False),
)
