"""What can be wrong with a database: at the start, when somebody can put it right, and while we run."""

from sqlalchemy import exc

from bot.errors import SetupError

# These say that a statement or a value is wrong; all the rest says that the database is.
_OURS = (exc.DataError, exc.IntegrityError, exc.NotSupportedError, exc.ProgrammingError)


class StoreUnusable(SetupError):
    """The store cannot be opened; says what is wrong, where, and what to do, and never a password."""


class StoreUnreachable(StoreUnusable):
    """The database's server does not answer, or takes nobody just now; it may in a minute."""


def is_unreachable(error: BaseException) -> bool:
    """Whether *error* says that there was no connection, and not that the server or the name service refused us."""
    if not isinstance(error, exc.OperationalError):
        return isinstance(error, exc.DBAPIError) and error.connection_invalidated
    said = reason(error)
    if error.statement is not None:
        return error.connection_invalidated
    # libpq gives no code for what happens while it connects: "FATAL" comes from the server, in any language.
    if "FATAL" in said:
        return "the database system is" in said or "too many" in said or "remaining connection slots" in said
    return "failed to resolve host" not in said or "Temporary" in said


def is_unavailable(error: BaseException) -> bool:
    """Whether *error* means that the database cannot be used now, whatever is asked of it."""
    broken = isinstance(error, (exc.DBAPIError, exc.TimeoutError, TimeoutError, OSError))
    return broken and not isinstance(error, _OURS)


def reason(error: BaseException) -> str:
    """What the database said, in one line, without statements and parameters."""
    said = str(error.orig) if isinstance(error, exc.DBAPIError) and error.orig is not None else str(error)
    return "; ".join(line.strip() for line in said.splitlines() if line.strip()) or type(error).__name__
