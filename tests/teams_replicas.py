"""`signpost serve --dev` with Teams on, as processes beside the stand-in."""

from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from pathlib import Path

import teams_activities as activities
import teams_ids as ids
import yaml
from replicas import Library, Replica, garden
from teams_app import reaching
from teams_delivery import Channel, Delivery
from teams_ids import Json
from teams_process import TeamsProcess
from teams_service import TeamsService

from adapters.teams.mount import PATH


def several(
    count: int, service: TeamsService | TeamsProcess, folder: Path, library: Library = garden, **environment: str
) -> AbstractAsyncContextManager[list[Replica]]:
    """That many processes on one database, in *folder* unless it is named, that answer all the tenants there are."""
    options, _ = library()
    settings = settings_of_tenants(folder, options[options.index("--organisation") + 1])
    return Replica.several(count, reaching(service, folder) | environment, library, "--dev", "--config", str(settings))


def settings_of_tenants(folder: Path, organisation: str) -> Path:
    """A file of settings by which all the tenants there are belong to *organisation*."""
    file = folder / "signpost.yaml"
    tenants = dict.fromkeys((ids.TENANT, *ids.TENANTS), organisation)
    file.write_text(yaml.safe_dump({"teams": {"tenants": tenants}}), encoding="utf-8")
    return file


@asynccontextmanager
async def teams_to(channel: Channel, *replicas: Replica) -> AsyncIterator[list[Delivery]]:
    """Teams on its way to each of the *replicas*."""
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(Delivery.to(replica.url + PATH, channel)) for replica in replicas]


def people(service: TeamsService, count: int) -> list[str]:
    """The ids of *count* people of many tenants."""
    for user in ids.many_users(count):
        service.world.add_user(user, tenant=ids.tenant_of(user))
    return ids.many_users(count)


def question(text: str = activities.QUESTION, *, user: str) -> Json:
    """A question of one of those people, in their chat with the bot."""
    return activities.message(text, user=user, tenant=ids.tenant_of(user))


def questions(users: Iterable[str]) -> list[Json]:
    """A question of each of *users*."""
    return [question(user=user) for user in users]


def answers(service: TeamsService) -> Counter[str]:
    """How often each question was answered, by its id; a long answer is of several messages, all of them different."""
    found: Counter[str] = Counter()
    for (answered, _), times in Counter((one.reply_to, str(one.activity)) for one in service.messages()).items():
        found[answered] = max(found[answered], times)
    return found
