"""promise 9: what is too long or too large is refused cheaply, and no activity ends in an error of ours."""

import asyncio
import itertools
import json
import zlib
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import teams_activities as activities
import teams_events as events
import teams_ids as ids
import teams_invokes as invokes
from builders import TODAY
from mutilated import INSTEAD, changed, errors, paths
from slack_probes import claims_in
from teams_app import TeamsApp, serving, settings
from teams_delivery import headers
from teams_ids import Json
from teams_service import TeamsService

from adapters import actions
from adapters.teams.guard import MOST_BODY_BYTES
from adapters.teams.inbound import DATA
from bot import wording
from knowledge.library import Library

LONG = "shed " * 400 + "x"
RECORD = json.dumps({"outcome": "answered", "library": "x", "on": TODAY.isoformat()})


@pytest.fixture
async def app(tmp_path: Path, sheds: Library) -> AsyncIterator[TeamsApp]:
    tenants = dict.fromkeys((ids.TENANT, *ids.TENANTS), "garden")
    async with TeamsService.running() as service:
        service.limits.enforced = False
        async with serving(sheds, settings(service, tmp_path, teams={"tenants": tenants}), service) as app:
            yield app


async def send(app: TeamsApp, body: bytes, **more: str) -> int:
    """Send *body* with the right token, and return the status."""
    about = headers({}, app.service.bearer())
    return (await app.teams.send(body, about | more)).status


def encoded(app: TeamsApp, activity: Json) -> bytes:
    return json.dumps(app.service.live(activity)).encode()


@pytest.mark.parametrize(
    "activity",
    [activities.message(LONG), activities.mention(LONG), activities.group_mention(LONG)],
    ids=["message", "mention", "group mention"],
)
async def test_more_than_2_000_characters_get_a_polite_refusal_and_no_clause(activity: Json, app: TeamsApp):
    await app.sends(activity)
    posted = await app.service.posted(1)

    assert any(wording.TOO_LONG in json.dumps(each.activity, ensure_ascii=False) for each in posted)
    assert "Lock the shed" not in json.dumps([each.activity for each in posted])


@pytest.mark.parametrize("invoke", [invokes.queried(LONG), invokes.fetched(LONG)], ids=["search", "action"])
async def test_what_is_too_long_is_refused_in_a_search_and_a_dialog_too(invoke: Json, app: TeamsApp):
    got = await app.sends(invoke)

    assert got.status == 200
    assert "Lock the shed" not in got.text


async def test_a_body_of_256_kilobytes_is_taken_and_one_byte_more_is_not(app: TeamsApp):
    body = encoded(app, activities.message())

    taken = await send(app, body + b" " * (MOST_BODY_BYTES - len(body)))
    refused = await send(app, body + b" " * (MOST_BODY_BYTES - len(body) + 1), Connection="close")
    await app.service.posted(1)

    assert (taken, refused) == (200, 413)
    assert len(app.service.sent) == 1


async def test_a_body_that_grows_when_unpacked_is_refused(app: TeamsApp, tmp_path: Path):
    packed = zlib.compress(b" " * 50_000_000)

    status = await send(app, packed, **{"Content-Encoding": "deflate", "Connection": "close"})

    assert status == 413
    assert claims_in(tmp_path) == 0


@pytest.mark.parametrize("depth", [10, 50, 100, 1_000, 5_000, 100_000])
async def test_json_nested_however_deep_is_answered_or_refused(depth: int, app: TeamsApp):
    body = encoded(app, activities.message(value="DEEP")).replace(b'"DEEP"', b"[" * depth + b"]" * depth)

    status = await send(app, body)

    assert status == (200 if depth <= 50 else 400)


ODD_TEXTS = {
    "lone surrogates": "\ud800 may i paint the shed \udfff",
    "a zero byte": "may i \x00 paint the shed",
    "markup that never ends": "<" * 1_900,
    "mentions that never end": "<at>" * 450,
    "mentions": "<at>Gardener</at> " * 100,
    "entities": "&amp;" * 380,
    "a mention of us alone": f"<at>{ids.BOT_NAME}</at>",
    "nothing": "   ",
    "directions": "\u202emay i paint the shed\u202c",
}


@pytest.mark.parametrize("name", ODD_TEXTS)
async def test_an_odd_text_is_no_error(name: str, app: TeamsApp, caplog: pytest.LogCaptureFixture):
    statuses = [
        (await app.sends(activity)).status
        for activity in (
            activities.message(ODD_TEXTS[name]),
            activities.mention(ODD_TEXTS[name]),
            activities.message(ODD_TEXTS[name], user=ids.COLLEAGUE, textFormat="xml"),
            invokes.queried(ODD_TEXTS[name]),
            invokes.fetched(ODD_TEXTS[name]),
        )
    ]
    posted = await app.service.posted(3)

    assert set(statuses) == {200}
    assert all(each.summary or each.text for each in posted)
    assert errors(caplog) == []


def data(action: actions.Action) -> Json:
    """What a button of ours sends."""
    return {DATA: {"action": action.name, "value": action.encode(), "record": RECORD}}


CHOOSE, SHOW = actions.Choose("locking-the-shed"), actions.Show("also", TODAY, ("own/1",))
MORE, UNHELPFUL = actions.More(1, actions.Topic("sheds")), actions.Unhelpful("locking-the-shed")
PICKED = {"reason": "not_clear", DATA: {"action": "reason", "value": "locking-the-shed", "record": RECORD}}


def elsewhere(who: Mapping[str, str]) -> Json:
    """A channel of that person's."""
    return activities.in_channel(channel=f"19:{who['user'].removeprefix('29:')}@thread.tacv2")


def of_tenant(activity: Json, tenant: str) -> Json:
    """*activity* in another tenant."""
    conversation, told = activity["conversation"], activity["channelData"]
    return activity | {
        "conversation": conversation | {"tenantId": tenant},
        "channelData": told | {"tenant": {"id": tenant}},
    }


# An activity of each kind, by somebody.
KINDS: Mapping[str, Callable[[Mapping[str, str]], Json]] = {
    "message": lambda who: activities.message(**who),
    "mention": lambda who: activities.mention(**who),
    "reply": lambda who: activities.mention(root="1795000000100", **who),
    "group mention": lambda who: activities.group_mention(**who),
    "edited": lambda who: activities.edited(activities.mention(**who), "may i paint the shed"),
    "deleted": lambda who: activities.deleted(activities.message(**who)),
    "undeleted": lambda who: activities.undeleted(activities.message(**who)),
    "older click": lambda who: activities.submitted(data(CHOOSE), reply_to="1795000000100", user=who["user"]),
    "joined": lambda who: events.joined(who["user"]),
    "installed": lambda _: events.installed(),
    "reaction": lambda _: events.reacted(to="1795000000100"),
    "typing": lambda _: events.typing(),
    "event": lambda _: events.event(),
    "choose": lambda who: invokes.executed("choose", data(CHOOSE), user=who["user"]),
    "show": lambda who: invokes.executed("show", data(SHOW), user=who["user"]),
    "more": lambda who: invokes.executed("more", data(MORE), user=who["user"]),
    "unhelpful": lambda who: invokes.executed("unhelpful", data(UNHELPFUL), user=who["user"]),
    "reason": lambda who: invokes.executed("reason", PICKED, user=who["user"]),
    "refresh": lambda who: invokes.refreshed(data={DATA: {"record": RECORD}}, user=who["user"]),
    "search": lambda who: invokes.queried(user=who["user"]),
    "opening of the search": lambda who: invokes.queried(None, user=who["user"]),
    "action": lambda who: invokes.fetched(user=who["user"], place=elsewhere(who)),
    "click in the dialog": lambda who: invokes.submitted_task(data(SHOW), user=who["user"], place=elsewhere(who)),
    "thumb": lambda who: invokes.judged(user=who["user"]),
    "unknown": lambda who: invokes.invoke("what/isThis", {"a": 1}, user=who["user"]),
}


@pytest.mark.parametrize("kind", KINDS)
async def test_an_activity_with_any_part_missing_or_of_another_kind_is_no_error(
    kind: str, app: TeamsApp, caplog: pytest.LogCaptureFixture
):
    # Each time somebody else in another tenant: we keep to Microsoft's limits, whether or not they are enforced.
    numbers, instead = itertools.count(1), itertools.cycle(INSTEAD)

    def somebody() -> Mapping[str, str]:
        user = f"29:1many-{next(numbers):05d}"
        return {"user": user, "tenant": ids.tenant_of(user)}

    async def put(path: tuple[Any, ...], *other: Any) -> int:
        who = somebody()
        broken = changed(of_tenant(KINDS[kind](who), who["tenant"]), path, *other)
        if broken.get("serviceUrl") == ids.SERVICE_URL:
            broken["serviceUrl"] = app.service.service_url
        return await send(app, json.dumps(broken).encode())

    statuses = [
        await put(path, *other)
        for path in paths(KINDS[kind]({"user": ids.ASKER, "tenant": ids.TENANT}))
        for other in ((), (next(instead),))
    ]
    await app.sends(activities.message())
    await app.service.posted(1, conversation=ids.personal_of(ids.ASKER))

    assert {status for status in statuses if not 200 <= status < 500} == set()
    assert errors(caplog) == []


async def test_what_no_client_sends_is_no_error(app: TeamsApp, caplog: pytest.LogCaptureFixture):
    statuses = {(await app.sends(activity)).status for activity in invokes.malformed()}

    assert statuses <= {200, 400}
    assert errors(caplog) == []


async def test_a_flood_of_broken_activities_leaves_no_task_behind(app: TeamsApp):
    await app.sends(activities.message())
    await app.service.posted(1)
    before = len(asyncio.all_tasks())

    for number in range(200):
        await send(app, json.dumps({"type": "message", "n": number}).encode())

    assert len(asyncio.all_tasks()) <= before + 2
