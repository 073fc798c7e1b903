"""What the documents say of settings, scopes, commands and log lines is what the product has."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import click
import pytest
import yaml
from pydantic import BaseModel

from adapters.cli import signpost
from adapters.settings import load
from adapters.slack.calling import REMEDIES
from adapters.slack.manifest import SCOPES
from adapters.slack.workspaces import CURES
from bot.config import ENVIRONMENT, SECRETS, Config, OrganisationSettings

ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / "signpost.example.yaml"
SLACK = (ROOT / "docs" / "slack.md").read_text(encoding="utf-8")
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s]+)\)")
MACHINE_PATH = re.compile(r"(?<![\w.$~/-])/(?:home|root|tmp|work|Users|mnt|opt|srv|var)/|\b[A-Z]:\\")
# What the example lists beside the secrets that it goes with.
IDS = frozenset({"app_id", "client_id", "tenant_id"})


def settings(model: type[BaseModel] = Config, *above: str) -> Iterator[tuple[str, ...]]:
    """The path of each setting; what an organisation sets stands below the example's `trust`."""
    for name, field in model.model_fields.items():
        inside = [each for each in (field.annotation, *get_args(field.annotation)) if _is_model(each)]
        if not inside:
            yield (*above, name)
        elif inside[0] is field.annotation:
            yield from settings(inside[0], *above, name)
        else:
            yield from settings(inside[0], *above, name, "trust")


def _is_model(found: object) -> bool:
    return isinstance(found, type) and issubclass(found, BaseModel)


def comes_by_environment(path: tuple[str, ...]) -> bool:
    """Whether it is no matter for the file: a secret, or an id that goes with one."""
    return path[-1] in SECRETS or path[-1] in IDS


FILED = [path for path in settings() if not comes_by_environment(path)]


def default(path: tuple[str, ...]) -> object:
    value: object = Config(organisations={"trust": OrganisationSettings()})
    for name in path:
        value = value[name] if isinstance(value, dict) else getattr(value, name)
    return value


def json_shaped(value: object) -> object:
    """The value as a file can hold it."""
    return list(value) if isinstance(value, tuple) else value


def table(text: str, header: str) -> list[list[str]]:
    """The rows of the table that begins with *header*, each as its cells."""
    rows = text.split(f"{header}\n", 1)[1].split("\n\n", 1)[0].splitlines()[1:]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


def commands(group: click.Group, *above: str) -> Iterator[str]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, *above, name)
        else:
            yield " ".join((*above, name))


def explained() -> list[str]:
    """The log lines that the troubleshooting table begins its rows with; "…" stands for what varies."""
    return [line.split("`")[1] for line, _ in table(SLACK, "| the line | what to do |")]


def logged(*globs: str) -> Iterator[str]:
    """Every warning and error that the adapters' files of *globs* log as a text of its own."""
    for file in (file for glob in globs for file in (ROOT / "adapters").glob(glob)):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(
                    func=ast.Attribute(value=ast.Name(id="logger"), attr="warning" | "error"),
                    args=[ast.Constant(value=str(said)), *_],
                ):
                    yield re.sub(r"%[a-z]", "…", said)


def messages() -> list[str]:
    """Every text in the code of the adapters and of the settings, with the strings that stand side by side joined."""
    files = [*(ROOT / "adapters").rglob("*.py"), ROOT / "bot" / "config.py"]
    nodes = (node for file in files for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))))
    return [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]


@pytest.mark.parametrize("path", FILED, ids=".".join)
def test_the_example_has_every_setting_with_its_default(path: tuple[str, ...]):
    shown = EXAMPLE.read_text(encoding="utf-8")

    told = yaml.safe_load(shown)
    for name in path[:-1]:
        told = told[name]

    if default(path) is None:
        assert re.search(rf"(?m)^\s*# {path[-1]}: \S", shown)
    else:
        assert told[path[-1]] == json_shaped(default(path))


def test_what_the_example_leaves_out_comes_by_the_environment():
    left_out = {path for path in settings() if comes_by_environment(path)}

    assert left_out <= set(ENVIRONMENT.values())


@pytest.mark.parametrize("variable", ENVIRONMENT)
def test_the_example_lists_every_variable_of_the_environment(variable: str):
    shown = EXAMPLE.read_text(encoding="utf-8")

    assert re.search(rf"(?m)^#   {variable} +\S", shown)


def test_the_example_loads_and_changes_nothing():
    loaded = load(EXAMPLE, {})

    assert loaded == Config(organisations={"trust": OrganisationSettings()})
    assert loaded.of("trust") == Config().of("trust")


def test_the_example_is_taken_with_its_comments_made_settings(tmp_path: Path):
    shown = EXAMPLE.read_text(encoding="utf-8").split("# By the environment")[0]
    changed = shown.replace("# public_url:", "public_url:")
    changed = changed.replace("workspaces: {}\n  #   T0123ABCD:", "workspaces:\n    T0123ABCD:")
    file = tmp_path / "signpost.yaml"
    file.write_text(changed, encoding="utf-8")

    loaded = load(file, {})

    assert loaded.public_url == "https://signpost.example.org"
    assert loaded.slack.workspaces == {"T0123ABCD": "trust"}


def test_the_scopes_that_administrators_read_are_those_that_the_app_asks_for():
    told = table(SLACK, "| scope | why |")

    assert {scope.strip("`"): why for scope, why in told} == SCOPES


def test_every_word_of_slacks_with_a_remedy_is_explained():
    words = [word for told, _ in table(SLACK, "| word | what to do |") for word in re.findall(r"`([^`]+)`", told)]

    assert sorted(words) == sorted({*REMEDIES, *CURES})


def test_every_log_line_that_is_explained_is_one_that_the_product_has():
    said = [re.sub(r"%[a-z]|\{[^}]*\}", "…", message) for message in messages()]
    lines = explained()

    pieces = [(line, piece.strip()) for line in lines for piece in re.split(r"…|   ", line) if len(piece.strip()) > 3]
    unsaid = [line for line, piece in pieces if not any(piece in message for message in said)]

    assert len(lines) > 20
    assert unsaid == []


def test_every_line_that_slack_and_its_store_log_is_explained():
    beginnings = tuple(line.split("…")[0] for line in explained() if not line.startswith("…"))

    unexplained = [
        said for said in logged("deliveries.py", "slack/*.py", "storage/*.py") if not said.startswith(beginnings)
    ]

    assert unexplained == []


@pytest.mark.parametrize("command", list(commands(signpost)))
def test_every_command_is_named_where_people_read(command: str):
    read = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]

    assert any(f"signpost {command}" in file.read_text(encoding="utf-8") for file in read)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda file: file.name)
def test_every_link_leads_somewhere_and_every_picture_is_described(document: Path):
    links = LINK.findall(document.read_text(encoding="utf-8"))

    local = [target.split("#")[0] for _, _, target in links if "://" not in target and not target.startswith("#")]
    assert [target for target in local if not (document.parent / target).exists()] == []
    assert [target for mark, words, target in links if len(words) < (20 if mark else 1)] == []


@pytest.mark.parametrize("document", [*DOCUMENTS, EXAMPLE], ids=lambda file: file.name)
def test_no_document_names_a_folder_of_somebodys_machine(document: Path):
    assert MACHINE_PATH.search(document.read_text(encoding="utf-8")) is None


def test_every_picture_of_slack_is_shown():
    pictures = {file.name for file in (ROOT / "docs" / "pictures").glob("slack-*.png")}

    assert pictures == {Path(target).name for mark, _, target in LINK.findall(SLACK) if mark}
