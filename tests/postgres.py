"""A private PostgreSQL server for tests, in a temporary folder, reached by a socket that nobody else can open."""

import atexit
import importlib.util
import os
import shutil
import subprocess
import tempfile
from functools import cache
from itertools import count
from pathlib import Path

REQUIRED = bool(os.environ.get("SIGNPOST_POSTGRES_REQUIRED"))

# Not synchronous_commit: a crash of the server must lose nothing here either, only the machine may not crash.
_FAST = {"fsync": "off", "full_page_writes": "off"}
_DATABASES = count(1)


class NoPostgres(Exception):
    """There is no PostgreSQL to start here; says what to install."""


def binaries() -> Path:
    """The folder of the newest PostgreSQL: Debian's, or else the wheel's."""
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if found:
        return max(found, key=lambda folder: int(folder.parent.name))
    wheel = importlib.util.find_spec("pgserver")
    for folder in (wheel and wheel.submodule_search_locations) or ():
        if (Path(folder) / "pginstall/bin/initdb").exists():
            return Path(folder) / "pginstall/bin"
    raise NoPostgres("no PostgreSQL here: install Debian's postgresql, or the wheel pgserver")


class Postgres:
    """One server with a plain user, `app`, who owns the databases that are made."""

    def __init__(self, *, durable: bool = False) -> None:
        self._bin = binaries()
        self.folder = Path(tempfile.mkdtemp(prefix="signpost-pg-"))
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres", "postgres")
        self._run(
            "initdb",
            "--pgdata",
            "data",
            "--username",
            "chief",
            "--auth",
            "trust",
            "--no-sync",
            *("--encoding", "UTF8", "--no-locale"),
        )
        settings = {"listen_addresses": "", "unix_socket_directories": self.folder} | ({} if durable else _FAST)
        with (self.folder / "data/postgresql.conf").open("a") as file:
            file.writelines(f"{name} = '{value}'\n" for name, value in settings.items())
        self.start()
        self.tell("CREATE ROLE app LOGIN")

    def start(self) -> None:
        """Start the server and wait until it answers."""
        self._run("pg_ctl", "start", "--wait", "--silent", "--pgdata", "data", "--log", "log")

    def stop(self) -> None:
        """Cut every connection and stop the server, as a crash would."""
        self._run("pg_ctl", "stop", "--wait", "--silent", "--mode", "immediate", "--pgdata", "data")

    def tell(self, statement: str, database: str = "postgres") -> None:
        """Run a statement as the superuser."""
        where = ("--host", str(self.folder), "--username", "chief", "--dbname", database)
        self._run("psql", "--no-psqlrc", "--quiet", *where, "--command", statement)

    def make_database(self, user: str = "app") -> str:
        """Make an empty database and return its URL, for the plain user if nobody else is named."""
        name = f"test{next(_DATABASES)}"
        self.tell(f"CREATE DATABASE {name} OWNER app")
        return f"postgresql://{user}@/{name}?host={self.folder}"

    def remove(self) -> None:
        """Stop the server, if it runs, and delete its folder."""
        if (self.folder / "data/postmaster.pid").exists():
            self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, program: str, *arguments: str) -> None:
        # The server refuses to run as root; Debian's package has made a user for it.
        who = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
        # The server would keep a pipe open for as long as it runs.
        with (self.folder / "said").open("w+") as said:
            done = subprocess.run(
                [self._bin / program, *arguments], cwd=self.folder, stdout=said, stderr=said, check=False, **who
            )
            said.seek(0)
            assert done.returncode == 0, f"{program}: {said.read()}"


@cache
def running() -> Postgres:
    """The server of this test run; raises `NoPostgres` where there is none to start."""
    server = Postgres()
    atexit.register(server.remove)
    return server
