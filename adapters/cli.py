"""The commands of Signpost: results on stdout, everything else on stderr."""

import io
import logging
import os
import re
import sys
import tempfile
import traceback
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.errors import SetupError
from knowledge.errors import KnowledgeError

if TYPE_CHECKING:
    from bot.app import PolicyBot
    from knowledge.library import Library

EXIT_NO, EXIT_USAGE, EXIT_BUG = 1, 2, 3
LOOPBACK = ("127.0.0.1", "localhost", "::1")

library_option = click.option(
    "--library",
    "folder",
    type=click.Path(path_type=Path),
    help="Folder of packs; the shipped ones by default.",
)
organisation_option = click.option(
    "--organisation", default="trust", show_default=True, help="The employer: its policy goes first."
)
as_of_option = click.option(
    "--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Answer from the editions in force on that day."
)
config_option = click.option(
    "--config",
    "config_file",
    type=click.Path(path_type=Path),
    help="File of settings; signpost.yaml in this folder by default.",
)
json_option = click.option("--json", "as_machine", is_flag=True, help="Print JSON, for machines.")


class OneLine(logging.Formatter):
    """Keeps each event on one line, so that no text in it can pass for another event."""

    def format(self, record: logging.LogRecord) -> str:
        """The event, with line ends and other control characters escaped."""
        return _CONTROL.sub(lambda found: ascii(found[0])[1:-1], super().format(record))


_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="signpost")
@click.option("--verbose", is_flag=True, help="Log detail to stderr; never questions or people.")
def signpost(verbose: bool) -> None:
    """Answer staff's policy questions with the clause itself, cited, and who to go to next."""
    log = logging.StreamHandler(sys.stderr)
    log.setFormatter(OneLine("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.DEBUG if verbose else logging.WARNING, handlers=[log])


@signpost.command()
@click.argument("question", nargs=-1)
@click.option(
    "--batch",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help='JSON lines {"id","question"}.',
)
@organisation_option
@library_option
@as_of_option
@json_option
def ask(  # noqa: PLR0913, PLR0917 - one parameter for each option
    question: tuple[str, ...],
    batch: Path | None,
    organisation: str,
    folder: Path | None,
    as_of: datetime | None,
    as_machine: bool,
) -> None:
    """Ask one question, or a file of them."""
    from adapters import asking

    if bool(question) == bool(batch):
        raise click.UsageError('give one question, such as: signpost ask "can I post bake sale photos?"')
    bot = _bot(folder, organisation)
    day = as_of.date() if as_of else None
    if batch is not None:
        asking.batch(bot, batch, day)
    else:
        asking.one(bot, " ".join(question), day, as_machine=as_machine)


@signpost.command()
@organisation_option
@library_option
@as_of_option
def chat(organisation: str, folder: Path | None, as_of: datetime | None) -> None:
    """Hold a conversation in the terminal; an empty line ends it."""
    from adapters import asking

    asking.chat(_bot(folder, organisation), as_of.date() if as_of else None)


@signpost.command()
@library_option
@organisation_option
@json_option
def check(folder: Path | None, organisation: str, as_machine: bool) -> None:
    """Validate the packs, and list what is stale, missing, contradictory or unreachable in them."""
    from adapters import checking

    library = _load(folder)
    employer = _organisation(library, organisation)
    checking.report(library, employer, date.today(), as_machine=as_machine)


@signpost.command()
@click.argument("questions", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--leave-one-out", is_flag=True, help="Ask every phrasing with itself taken out of the index.")
@organisation_option
@library_option
@json_option
def evaluate(
    questions: Path | None, leave_one_out: bool, organisation: str, folder: Path | None, as_machine: bool
) -> None:
    """Measure the answers on a file of labelled questions, or on the library's own phrasings."""
    from adapters import evaluating

    if bool(questions) == leave_one_out:
        raise click.UsageError("give a file of questions, or --leave-one-out")
    if questions is not None:
        evaluating.questions(_bot(folder, organisation), questions, as_machine=as_machine)
    else:
        evaluating.leave_one_out(_load(folder), as_machine=as_machine)


@signpost.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(1, 65_535), default=8080, show_default=True)
@click.option("--dev", is_flag=True, help="Answer Teams' tools on this machine: plain http, and no app id needed.")
@organisation_option
@library_option
@config_option
def serve(  # noqa: PLR0913, PLR0917 - one parameter for each option
    host: str, port: int, dev: bool, organisation: str, folder: Path | None, config_file: Path | None
) -> None:
    """Serve the ask page, and Slack and Teams where their settings are there."""
    from adapters import server, settings

    if dev and host not in LOOPBACK:
        raise click.UsageError(f"--dev answers whoever asks, so it is for this machine only: {' or '.join(LOOPBACK)}")
    config = settings.load(config_file, os.environ)
    library = _load(folder)
    _organisation(library, organisation)
    server.run(
        server.bots_for(library, config, organisation), organisation, config, server.Address(host, port, dev), folder
    )


@signpost.group()
def slack() -> None:
    """Set Slack up."""


@slack.command()
@config_option
@click.option("--name", default="Signpost", show_default=True, help="What the app is called in Slack.")
@click.option("--many-workspaces", is_flag=True, help="For an app that workspaces install by OAuth.")
@click.option("--socket-mode", is_flag=True, help="For Socket Mode, also where `public_url` is set.")
@json_option
def manifest(config_file: Path | None, name: str, many_workspaces: bool, socket_mode: bool, as_machine: bool) -> None:
    """Print the app's manifest, to paste at api.slack.com/apps; YAML unless --json.

    With `public_url` in the settings Slack sends requests there; without it the app uses Socket Mode. Tokens are not
    needed, and not read.
    """
    from adapters import administering, settings

    if many_workspaces and socket_mode:
        raise click.UsageError("many workspaces are served by requests, not by Socket Mode; leave one of the two out")
    config = settings.load(config_file, os.environ, only=administering.OF_THE_MANIFEST)
    click.echo(
        administering.manifest(
            config, name, many_workspaces=many_workspaces, socket_mode=socket_mode, as_machine=as_machine
        )
    )


@signpost.group()
def teams() -> None:
    """Set Microsoft Teams up."""


@teams.command(name="package")
@config_option
@library_option
@organisation_option
@click.option("--app-id", envvar="TEAMS_APP_ID", required=True, help="The bot's Microsoft App ID; or TEAMS_APP_ID.")
@click.option("--name", default="Signpost", show_default=True, help="What the app is called in Teams.")
@click.option("--publisher", default="Signpost", show_default=True, help="Who offers the app to staff.")
@click.option("--privacy-url", default="", help="Your privacy notice; `public_url` by default.")
@click.option("--terms-url", default="", help="Your terms of use; `public_url` by default.")
@click.option("--version", default="1.0.0", show_default=True, help="Three numbers, higher for each upload.")
@click.option(
    "--to",
    type=click.Path(path_type=Path),
    default=Path("signpost-teams.zip"),
    show_default=True,
    help="File to write.",
)
def teams_package(  # noqa: PLR0913, PLR0917 - one parameter for each option
    config_file: Path | None,
    folder: Path | None,
    organisation: str,
    app_id: str,
    name: str,
    publisher: str,
    privacy_url: str,
    terms_url: str,
    version: str,
    to: Path,
) -> None:
    """Write the app package, to upload in the Teams admin centre; its prompts are the organisation's own."""
    from adapters import settings, teams_package

    config = settings.load(config_file, os.environ, only=frozenset({"SIGNPOST_PUBLIC_URL"}))
    shown = {"name": name, "publisher": publisher, "privacy_url": privacy_url, "terms_url": terms_url}
    zipped = teams_package.made(_bot(folder, organisation), config, app_id, version, shown)
    to.write_bytes(zipped)
    click.echo(f"{to} is written; upload it in the Teams admin centre, Manage apps", err=True)


@signpost.group()
def keys() -> None:
    """Make and change the keys that seal what is stored."""


@keys.command()
def new() -> None:
    """Print a new key; put it in front of SIGNPOST_KEYS, with a comma behind it."""
    from adapters.sealing import new_key

    click.echo(new_key())


@keys.command()
@config_option
def rotate(config_file: Path | None) -> None:
    """Seal what is stored with the first key of SIGNPOST_KEYS, so that the others can be taken away a day later."""
    from adapters import administering, settings

    count = administering.rotate_keys(settings.load(config_file, os.environ))
    tokens = "1 stored token is" if count == 1 else f"{count} stored tokens are"
    click.echo(f"{tokens} sealed with the first key", err=True)


@signpost.command(name="compile")
@library_option
@click.option("--to", type=click.Path(path_type=Path), help="File for the compiled form; by default where starts look.")
def compile_(folder: Path | None, to: Path | None) -> None:
    """Learn from the packs now, so that the next start need not."""
    from adapters import library_files

    library = library_files.compile_here(folder or library_files.SHIPPED, to)
    click.echo(f"library {library.digest} is compiled", err=True)


def main() -> None:
    """Run the command line: exit 0 done, 1 no (and why), 2 wrong usage, 3 a bug (its log's path printed)."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that lacks a character still asks and reads
    try:
        signpost.main(standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Exit as ended:
        sys.exit(ended.exit_code)
    except click.Abort:
        sys.exit(EXIT_NO)
    except click.ClickException as wrong:
        wrong.show()
        sys.exit(EXIT_USAGE)
    except (KnowledgeError, SetupError) as refused:
        click.echo(str(refused), err=True)
        sys.exit(EXIT_NO)
    except BrokenPipeError:  # whoever read the output has enough of it
        _let_go_of_the_output()
        sys.exit(EXIT_NO)
    except OSError as failed:
        click.echo(f"{failed.filename}: {failed.strerror}" if failed.filename else str(failed), err=True)
        _let_go_of_the_output()
        sys.exit(EXIT_NO)
    except Exception:  # noqa: BLE001 - the one edge of the command line: said, and kept for who mends it
        with tempfile.NamedTemporaryFile("w", prefix="signpost-", suffix=".log", delete=False) as log:
            traceback.print_exc(file=log)
        click.echo(f"Something went wrong in Signpost itself. The log: {log.name}", err=True)
        sys.exit(EXIT_BUG)


def _let_go_of_the_output() -> None:
    """Write nothing more: what is left of the output would fail once more as Python ends, and change the exit code."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _load(folder: Path | None) -> "Library":
    from adapters import library_files

    return library_files.load(folder)


def _bot(folder: Path | None, organisation: str) -> "PolicyBot":
    from bot.app import PolicyBot

    library = _load(folder)
    return PolicyBot(library, _organisation(library, organisation))


def _organisation(library: "Library", name: str):  # type: ignore[no-untyped-def]
    if name not in library.organisations:
        known = ", ".join(sorted(library.organisations))
        raise click.UsageError(f"no organisation '{name}'; the library knows: {known}")
    return library.organisations[name]


if __name__ == "__main__":
    main()
