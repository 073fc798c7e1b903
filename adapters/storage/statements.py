"""Every statement on the tables, each run inside a transaction that somebody else begins and commits.

On PostgreSQL nothing here waits for a row that another process has locked, but for `claim`, `settle`, `keep` and
`count_feedback`; `writing` runs these in one order everywhere, so that two processes never wait for one another.
"""

from typing import Any

from sqlalchemy import CTE, Connection, Select, Table, and_, bindparam, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from adapters.storage.tables import claims, feedback, notes, owners
from bot.ports import Overdue

UNHEARD_S = 10.0
FORGOTTEN_S = 24 * 60 * 60.0
# So many rows are deleted in one transaction; more would keep other writes waiting.
FORGOTTEN_AT_ONCE = 1_000

_INSERT: dict[str, Any] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}

_CLAIM = {name: insert(claims).on_conflict_do_nothing().returning(claims.c.claim) for name, insert in _INSERT.items()}


def _unlocked(rows: Select[Any]) -> CTE:
    """*rows* without those that another transaction is at work on; a CTE, because it is read once only."""
    return rows.with_for_update(skip_locked=True).cte()


def _these(table: Table, key: str, rows: CTE) -> Any:
    return and_(table.c.organisation == bindparam("o"), table.c[key].in_(select(rows.c[key])))


_OVERDUE = _unlocked(
    select(claims.c.claim)
    .where(
        claims.c.organisation == bindparam("o"),
        claims.c.platform == bindparam("on"),
        claims.c.sealed.is_not(None),
        claims.c.seen_at < bindparam("unheard_since"),
        # Whoever asks is alive, and at work on its own.
        claims.c.owner != bindparam("by"),
        claims.c.owner.not_in(
            select(owners.c.owner).where(
                owners.c.organisation == bindparam("o"), owners.c.heard_at >= bindparam("unheard_since")
            )
        ),
    )
    .order_by(claims.c.claimed_at)
    .limit(bindparam("most"))
)
_TAKE_OVER = (
    update(claims)
    .where(_these(claims, "claim", _OVERDUE))
    .values(owner=bindparam("by"), seen_at=bindparam("at"))
    .returning(claims.c.claimed_at, claims.c.claim, claims.c.sealed)
)

_OLD_CLAIMS = _unlocked(
    select(claims.c.claim)
    .where(claims.c.organisation == bindparam("o"), claims.c.claimed_at < bindparam("before"))
    .limit(FORGOTTEN_AT_ONCE)
)
_OLD_NOTES = _unlocked(
    select(notes.c.key)
    .where(notes.c.organisation == bindparam("o"), notes.c.kept_until <= bindparam("before"))
    .limit(FORGOTTEN_AT_ONCE)
)
# Returned to be counted: SQLite's driver counts no rows of a statement that begins with a CTE.
_FORGET_CLAIMS = delete(claims).where(_these(claims, "claim", _OLD_CLAIMS)).returning(claims.c.claim)
_FORGET_OWNERS = delete(owners).where(owners.c.organisation == bindparam("o"), owners.c.heard_at < bindparam("before"))
_FORGET_NOTES = delete(notes).where(_these(notes, "key", _OLD_NOTES)).returning(notes.c.key)


def enter(connection: Connection, organisation: str) -> None:
    """Let the rest of the transaction see and write the rows of *organisation* only, where the database can.

    PostgreSQL's row level security compares each row with this setting; SQLite has only the conditions below.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.set_config("signpost.organisation", organisation, True)))


def claim(  # noqa: PLR0913, PLR0917 - one parameter for each column
    connection: Connection,
    organisation: str,
    platform: str,
    name: str,
    owner: str,
    sealed: bytes | None,
    at: float,
) -> bool:
    """Insert a claim; False when it stands there."""
    row = {
        "organisation": organisation,
        "claim": name,
        "platform": platform,
        "owner": owner,
        "claimed_at": at,
        "seen_at": at,
        "sealed": sealed,
    }
    return connection.execute(_CLAIM[connection.dialect.name], row).first() is not None


def settle(connection: Connection, organisation: str, name: str) -> None:
    """Delete what a claim's delivery needed."""
    this = and_(claims.c.organisation == organisation, claims.c.claim == name)
    connection.execute(update(claims).where(this).values(sealed=None))


def renew(connection: Connection, organisation: str, owner: str, at: float) -> None:
    """Say that *owner* was heard of, and with it all its claims."""
    row = _INSERT[connection.dialect.name](owners).values(organisation=organisation, owner=owner, heard_at=at)
    connection.execute(row.on_conflict_do_update(index_elements=list(owners.primary_key), set_={"heard_at": at}))


def take_over(  # noqa: PLR0913, PLR0917 - one parameter for each column
    connection: Connection, organisation: str, platform: str, owner: str, limit: int, at: float
) -> list[Overdue]:
    """Give *owner* the oldest unsettled claims of others who were not heard of."""
    values = {
        "o": organisation,
        "on": platform,
        "by": owner,
        "unheard_since": at - UNHEARD_S,
        "at": at,
        "most": limit,
    }
    rows = sorted((row.claimed_at, row.claim, row.sealed) for row in connection.execute(_TAKE_OVER, values))
    return [Overdue(name, sealed) for _, name, sealed in rows]


def keep(connection: Connection, organisation: str, key: str, sealed: bytes, until: float) -> None:
    """Insert a note, or put it in place of the one that stands there."""
    changed = {"sealed": sealed, "kept_until": until}
    row = _INSERT[connection.dialect.name](notes).values(organisation=organisation, key=key, **changed)
    connection.execute(row.on_conflict_do_update(index_elements=["organisation", "key"], set_=changed))


def kept(connection: Connection, organisation: str, key: str, at: float) -> bytes | None:
    """The note under *key*, unless its time is over."""
    this = and_(notes.c.organisation == organisation, notes.c.key == key, notes.c.kept_until > at)
    found: bytes | None = connection.execute(select(notes.c.sealed).where(this)).scalar()
    return found


def count_feedback(connection: Connection, row: dict[str, str]) -> None:
    """Add one to the count that *row*, every column but `count`, names."""
    insert = _INSERT[connection.dialect.name](feedback).values(**row, count=1)
    added = {"count": feedback.c.count + 1}
    connection.execute(insert.on_conflict_do_update(index_elements=list(feedback.primary_key), set_=added))


def forget_old(connection: Connection, organisation: str, at: float) -> bool:
    """Delete claims older than a day and notes out of time, so many at once; True when some may be left."""
    old_claims = connection.execute(_FORGET_CLAIMS, {"o": organisation, "before": at - FORGOTTEN_S}).all()
    old_notes = connection.execute(_FORGET_NOTES, {"o": organisation, "before": at}).all()
    connection.execute(_FORGET_OWNERS, {"o": organisation, "before": at - FORGOTTEN_S})
    return FORGOTTEN_AT_ONCE in (len(old_claims), len(old_notes))
