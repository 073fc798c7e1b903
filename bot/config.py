"""Settings: one file and the environment become one value, or every problem at once."""

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, model_validator
from pydantic_core import ErrorDetails

from bot.errors import SetupError

SLACK_API = "https://slack.com/api/"

# Environment variable → where its value stands in the settings. Secrets come by the environment only.
ENVIRONMENT: dict[str, tuple[str, ...]] = {
    "SIGNPOST_DATABASE_URL": ("database",),
    "SIGNPOST_KEYS": ("keys",),
    "SIGNPOST_PUBLIC_URL": ("public_url",),
    "SLACK_API_URL": ("slack", "api_url"),
    "SLACK_APP_TOKEN": ("slack", "app_token"),
    "SLACK_BOT_TOKEN": ("slack", "bot_token"),
    "SLACK_CLIENT_ID": ("slack", "client_id"),
    "SLACK_CLIENT_SECRET": ("slack", "client_secret"),
    "SLACK_SIGNING_SECRET": ("slack", "signing_secret"),
    "TEAMS_APP_ID": ("teams", "app_id"),
    "TEAMS_APP_SECRET": ("teams", "app_secret"),
    "TEAMS_OPENID_METADATA_URL": ("teams", "openid_metadata_url"),
    "TEAMS_SERVICE_HOSTS": ("teams", "service_hosts"),
    "TEAMS_TENANT_ID": ("teams", "tenant_id"),
    "TEAMS_TOKEN_URL": ("teams", "token_url"),
}
SECRETS = frozenset({"keys", "app_token", "bot_token", "client_secret", "signing_secret", "app_secret"})
_LISTS = frozenset({"keys", "service_hosts"})


class ConfigError(SetupError):
    """The settings were refused; the message names every problem, where it stands and what to do."""

    def __init__(self, source: str, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        count = f"{len(self.problems)} problem" + ("s" if len(self.problems) != 1 else "")
        super().__init__("\n".join([f"{source}: {count}", *(f"  {problem}" for problem in self.problems)]))


def _looks_like(pattern: str, remedy: str) -> AfterValidator:
    def check(value: str) -> str:
        if not re.fullmatch(pattern, value):
            raise ValueError(remedy)
        return value

    return AfterValidator(check)


def _https(value: str) -> str:
    try:
        parts = urlsplit(value)
        loopback = parts.hostname in ("localhost", "127.0.0.1", "::1")
        right = parts.scheme == "https" or (parts.scheme == "http" and loopback)
        if not right or not parts.hostname or parts.username or parts.query or parts.fragment or parts.port == 0:
            raise ValueError
    except ValueError:
        raise ValueError("an https address, such as https://signpost.example.org") from None
    return value


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        raise ValueError("a time zone, such as Europe/London") from None
    return value


Https = Annotated[str, AfterValidator(_https)]
Zone = Annotated[str, AfterValidator(_zone)]
DatabaseUrl = Annotated[
    str, _looks_like(r"(sqlite|postgresql)://\S+", "sqlite:///path/signpost.db or postgresql://user@host/name")
]
_INSTALLED = r"[TE][A-Z0-9]{2,30}"


class _Settings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class OrganisationSettings(_Settings):
    """What one organisation decides for itself."""

    answers_in_channels: Literal["thread", "private"] = Field(
        default="thread",
        description="Where an answer to a mention in a channel goes: in the thread, or private to the asker.",
    )


class SlackSettings(_Settings):
    """How Slack is reached; Socket Mode, the Events API with a bot token, or OAuth for many workspaces."""

    api_url: Https = Field(default=SLACK_API, description="Slack's Web API; another one for GovSlack.")
    workspaces: dict[
        Annotated[str, _looks_like(_INSTALLED, "the id of a workspace (T…) or of an Enterprise Grid (E…)")], str
    ] = Field(default_factory=dict, description="Which organisation each workspace belongs to.")
    agent_view: bool = Field(default=True, description="The agent pane; false for the older assistant pane.")
    bot_token: Annotated[str, _looks_like(r"xoxb-\S+", "a bot token; it begins with xoxb-")] | None = None
    app_token: Annotated[str, _looks_like(r"xapp-\S+", "an app-level token; it begins with xapp-")] | None = None
    signing_secret: Annotated[str, _looks_like(r"\S{8,}", "the signing secret, without spaces")] | None = None
    client_id: Annotated[str, _looks_like(r"[\w.-]+", "the client id: digits and a full stop")] | None = None
    client_secret: Annotated[str, _looks_like(r"\S{8,}", "the client secret, without spaces")] | None = None

    @property
    def is_on(self) -> bool:
        """Whether any of Slack's credentials is set."""
        return any((self.bot_token, self.app_token, self.signing_secret, self.client_id, self.client_secret))

    @property
    def socket_mode(self) -> bool:
        """Whether Slack is reached by a WebSocket that we open, without a public address."""
        return self.app_token is not None

    @property
    def many_workspaces(self) -> bool:
        """Whether workspaces install the app by OAuth."""
        return self.client_id is not None


_GUID = r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
Guid = Annotated[str, _looks_like(_GUID, "an id of the form 00000000-0000-0000-0000-000000000000")]


class TeamsSettings(_Settings):
    """How Teams is reached: an app of one tenant, with a secret or a managed identity."""

    tenants: dict[Guid, str] = Field(
        default_factory=dict, description="Which organisation each tenant belongs to; others are not answered."
    )
    managed_identity: bool = Field(
        default=False, description="The app is a managed identity of the machine and has no secret."
    )
    openid_metadata_url: Https = Field(
        default="https://login.botframework.com/v1/.well-known/openidconfiguration",
        description="Where the keys are named that sign requests; another one for government clouds.",
    )
    token_url: Https | None = Field(
        default=None, description="Where the app gets its token; by default the tenant's own address at Microsoft."
    )
    service_hosts: tuple[
        Annotated[str, _looks_like(r"[a-z0-9.-]+(:\d{1,5})?", "host names in small letters, no https:// and no path")],
        ...,
    ] = Field(default=("smba.trafficmanager.net",), description="The hosts that answers may be sent to.")
    app_id: Guid | None = None
    tenant_id: Guid | None = None
    app_secret: Annotated[str, _looks_like(r"\S{8,}", "the client secret's value, without spaces")] | None = None

    @property
    def is_on(self) -> bool:
        """Whether Teams is set up."""
        return self.app_id is not None


class Config(_Settings):
    """Everything that can be set."""

    database: DatabaseUrl = Field(default="sqlite:///signpost.db", description="Where claims and counts are kept.")
    keys: tuple[str, ...] = Field(default=(), description="Keys that seal what is stored; the first seals, all open.")
    public_url: Https | None = Field(default=None, description="The https address under which Signpost is reached.")
    timezone: Zone = Field(default="Europe/London", description="Whose midnight an edition takes effect at.")
    organisations: dict[str, OrganisationSettings] = Field(
        default_factory=dict, description="What each organisation decides for itself."
    )
    slack: SlackSettings = Field(default_factory=SlackSettings, description="Slack.")
    teams: TeamsSettings = Field(default_factory=TeamsSettings, description="Microsoft Teams.")

    def of(self, organisation: str) -> OrganisationSettings:
        """What *organisation* decides, with the defaults for what it does not say."""
        return self.organisations.get(organisation, OrganisationSettings())

    @model_validator(mode="after")
    def _is_whole(self, info: ValidationInfo) -> "Config":
        if info.context == _IN_PART:
            return self
        problems = [_Rule(*rule) for rule in _WHOLE if rule[1](self)]
        if problems:
            raise ValueError("\n".join(f"{problem.where}\t{problem.remedy}" for problem in problems))
        return self


# The context of settings that are read for one purpose, and need not be whole.
_IN_PART = "in part"


@dataclass(frozen=True, slots=True)
class _Rule:
    where: str
    broken: object
    remedy: str


# Where, when it is broken, and what to do: what no single value shows.
_WHOLE: tuple[tuple[str, Any, str], ...] = (
    (
        "SLACK_APP_TOKEN",
        lambda c: c.slack.app_token and not c.slack.bot_token,
        "Socket Mode needs SLACK_BOT_TOKEN as well",
    ),
    (
        "SLACK_BOT_TOKEN",
        lambda c: c.slack.bot_token and not c.slack.app_token and not c.slack.signing_secret,
        "set SLACK_APP_TOKEN too (Socket Mode), or SLACK_SIGNING_SECRET (requests from Slack)",
    ),
    (
        "SLACK_SIGNING_SECRET",
        lambda c: c.slack.signing_secret and not c.slack.bot_token and not c.slack.client_id,
        "set SLACK_BOT_TOKEN too, or SLACK_CLIENT_ID and SLACK_CLIENT_SECRET for many workspaces",
    ),
    (
        "SLACK_CLIENT_ID",
        lambda c: bool(c.slack.client_id) != bool(c.slack.client_secret),
        "SLACK_CLIENT_ID and SLACK_CLIENT_SECRET go together",
    ),
    (
        "SLACK_CLIENT_ID",
        lambda c: c.slack.client_id and c.slack.bot_token,
        "either one workspace (SLACK_BOT_TOKEN) or many (SLACK_CLIENT_ID), not both",
    ),
    (
        "SLACK_CLIENT_ID",
        lambda c: c.slack.client_id and not c.slack.signing_secret,
        "many workspaces need SLACK_SIGNING_SECRET",
    ),
    (
        "SLACK_CLIENT_ID",
        lambda c: c.slack.client_id and not c.public_url,
        "many workspaces need SIGNPOST_PUBLIC_URL, to which Slack sends the administrator back",
    ),
    (
        "slack.workspaces",
        lambda c: c.slack.client_id and not c.slack.workspaces,
        "say which organisation each workspace belongs to, such as T0123ABCD: trust",
    ),
    (
        "TEAMS_APP_ID",
        lambda c: not c.teams.app_id and (c.teams.app_secret or c.teams.tenant_id or c.teams.managed_identity),
        "the app (client) id is missing; without it nobody could be told from Microsoft",
    ),
    (
        "TEAMS_TENANT_ID",
        lambda c: c.teams.app_id and not c.teams.tenant_id,
        "say which tenant the app belongs to; new apps are of one tenant",
    ),
    (
        "TEAMS_APP_SECRET",
        lambda c: c.teams.app_id and bool(c.teams.app_secret) == c.teams.managed_identity,
        "set the app's client secret, or teams.managed_identity: true, and not both",
    ),
    (
        "SIGNPOST_KEYS",
        lambda c: (c.slack.is_on or c.teams.is_on) and c.database.startswith("postgresql") and not c.keys,
        "replicas share one key; make it with: signpost keys new",
    ),
)


def read(source: str, told: Mapping[str, Any], environment: Mapping[str, str], *, whole: bool = True) -> Config:
    """Return the settings *told* by the file *source*, with those of the *environment* put over them.

    Raise `ConfigError` with every problem; no message repeats what may be a secret. Unless they are to be *whole*,
    what goes together need not be there together.
    """
    problems = [
        f"{name}   set in the file; secrets come by the environment: {variable}" for name, variable in _secrets_in(told)
    ]
    merged: dict[str, Any] = {name: dict(v) if isinstance(v, Mapping) else v for name, v in told.items()}
    for variable, path in ENVIRONMENT.items():
        if value := environment.get(variable, "").strip():
            inside = merged if len(path) == 1 else merged.setdefault(path[0], {})
            if isinstance(inside, dict):
                inside[path[-1]] = (
                    [each for each in re.split(r"[,\s]+", value) if each] if path[-1] in _LISTS else value
                )
    try:
        config = Config.model_validate(merged, context=None if whole else _IN_PART)
    except ValidationError as refused:
        problems += [line for error in refused.errors() for line in _lines(error)]
    if problems:
        raise ConfigError(source, problems)
    return config


def only_for_development(config: Config) -> list[str]:
    """The problems of settings that are right with `--dev` only: Microsoft's addresses in plain http."""
    addresses = {
        "TEAMS_OPENID_METADATA_URL": config.teams.openid_metadata_url,
        "TEAMS_TOKEN_URL": config.teams.token_url,
    }
    return [
        f"{name}   plain http; an https address, or `signpost serve --dev` on this machine"
        for name, address in addresses.items()
        if address is not None and not address.startswith("https://")
    ]


def unknown_organisations(config: Config, known: Iterable[str]) -> list[str]:
    """The problems of settings that name an organisation that the library does not know."""
    names = sorted(known)
    named = [(f"organisations.{shown(name)}", name) for name in config.organisations]
    named += [(f"slack.workspaces.{team}", name) for team, name in config.slack.workspaces.items()]
    named += [(f"teams.tenants.{tenant}", name) for tenant, name in config.teams.tenants.items()]
    return [
        f"{where}   no organisation '{shown(name)}'; the library knows: {', '.join(names)}"
        for where, name in named
        if name not in names
    ]


def shown(name: str) -> str:
    """*name*, which stands where a setting's name belongs, as it may be printed: a token may be pasted there."""
    if re.match(_OF_SLACK, name) or (re.fullmatch(_RANDOM, name) and not re.fullmatch(_GUID, name)):
        return "(hidden: it looks like a secret)"
    return name if len(name) <= _LONGEST_SHOWN else f"{name[:_LONGEST_SHOWN]}…"


_LONGEST_SHOWN = 40
_OF_SLACK = r"(?i)\s*(xox|xapp)"
# Long, with digits among its letters, and without spaces: a signing secret, a client secret, a key.
_RANDOM = r"(?=.*[0-9])(?=.*[A-Za-z])[\w.~+/=-]{24,}"


def _secrets_in(told: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    for variable, path in ENVIRONMENT.items():
        inside: Any = told
        for name in path[:-1]:
            inside = inside.get(name) if isinstance(inside, Mapping) else None
        if path[-1] in SECRETS and isinstance(inside, Mapping) and path[-1] in inside:
            yield ".".join(path), variable


_BY_PATH = {path: variable for variable, path in ENVIRONMENT.items()}


def _lines(error: ErrorDetails) -> list[str]:
    path = tuple(str(part) for part in error["loc"] if part != "[key]")
    where = _BY_PATH.get(path, ".".join(map(shown, path)))
    if error["type"] == "extra_forbidden":
        near = difflib.get_close_matches(path[-1], _known(path[:-1]), 1)
        return [f"{where}   unknown" + (f"; did you mean '{near[0]}'?" if near else "; remove it")]
    said = error["msg"].removeprefix("Value error, ")
    if not path:
        return ["   ".join(line.split("\t", 1)) for line in said.splitlines()]
    return [f"{where}   {said}"]


def _known(path: tuple[str, ...]) -> list[str]:
    inside: dict[str, type[_Settings]] = {
        "slack": SlackSettings,
        "teams": TeamsSettings,
        "organisations": OrganisationSettings,
    }
    return list((inside[path[0]] if path and path[0] in inside else Config).model_fields)
