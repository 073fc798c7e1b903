"""Makes the app package of Teams for one organisation."""

from collections.abc import Mapping

from adapters.teams.package import MOST_PROMPTS, App, package
from bot.app import PolicyBot
from bot.config import Config, ConfigError
from bot.suggestions import suggested


def made(bot: PolicyBot, config: Config, app_id: str, version: str, shown: Mapping[str, str]) -> bytes:
    """The zip for the organisation of *bot*; raise `ConfigError` for what Teams would refuse.

    *shown* is what whoever adds the app sees of it: `name`, `publisher`, `privacy_url`, `terms_url`.
    """
    if config.public_url is None:
        raise ConfigError("the settings", ["public_url   missing; the https address under which Signpost is reached"])
    prompts = [choice.title for choice in suggested(bot.library, bot.organisation, bot.today(), MOST_PROMPTS)]
    app = App(app_id=app_id, public_url=config.public_url, prompts=prompts, version=version, **shown)
    try:
        return package(app)
    except ValueError as refused:
        raise ConfigError("the package", [str(refused)]) from None
