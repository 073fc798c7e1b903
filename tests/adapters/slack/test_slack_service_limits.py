"""The stand-in of Slack is as strict as Slack about blocks and rates, and breaks when a test tells it to."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
import slack_ids as ids
from slack_limits import Rate
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_service import SlackService
from slack_world import Clock

Json = dict[str, Any]


@pytest.fixture
def ticks() -> Clock:
    return Clock(0.0)


@pytest.fixture
async def service(ticks: Clock) -> AsyncIterator[SlackService]:
    async with SlackService.running(monotonic=ticks) as service:
        yield service


@pytest.fixture
def client(service: SlackService) -> AsyncWebClient:
    return AsyncWebClient(token=ids.BOT_TOKEN, base_url=service.api_url, timeout=5)


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def section(text: str = "x", **changes: Any) -> Json:
    return {"type": "section", "text": plain(text)} | changes


def button(**changes: Any) -> Json:
    return {"type": "button", "action_id": "one", "text": plain("Open")} | changes


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def rich(*elements: Json) -> Json:
    return {"type": "rich_text", "elements": [{"type": "rich_text_quote", "elements": list(elements)}]}


TAKEN: dict[str, Json | list[Json]] = {
    "fifty blocks": [section()] * 50,
    "a full section": section("x" * 3000),
    "a full header": {"type": "header", "text": plain("x" * 150)},
    "a full button": actions(button(text=plain("x" * 75), value="x" * 2000, accessibility_label="x" * 75)),
    "an accessory": section(accessory=button()),
    "a quotation": rich({"type": "text", "text": "Lock the shed.", "style": {"bold": True}}),
    "a list": {
        "type": "rich_text",
        "elements": [
            {
                "type": "rich_text_list",
                "style": "bullet",
                "elements": [{"type": "rich_text_section", "elements": [{"type": "user", "user_id": ids.ASKER}]}],
            }
        ],
    },
    "a choice": actions(
        {
            "type": "static_select",
            "action_id": "s",
            "placeholder": plain("Choose"),
            "options": [{"text": plain("One"), "value": "1"}],
        }
    ),
    "markdown": {"type": "markdown", "text": "x" * 12_000},
}
REFUSED: dict[str, Json | list[Json]] = {
    "fifty-one blocks": [section()] * 51,
    "a section too long": section("x" * 3001),
    "an empty section": section(""),
    "a section of nothing": {"type": "section"},
    "a header too long": {"type": "header", "text": plain("x" * 151)},
    "a header in mrkdwn": {"type": "header", "text": {"type": "mrkdwn", "text": "x"}},
    "eleven in a context": {"type": "context", "elements": [plain("x")] * 11},
    "no actions": actions(),
    "twenty-six actions": actions(*(button(action_id=str(number)) for number in range(26))),
    "one action id twice": actions(button(), button()),
    "an action id too long": actions(button(action_id="x" * 256)),
    "a button text too long": actions(button(text=plain("x" * 76))),
    "a value too long": actions(button(value="x" * 2001)),
    "an empty value": actions(button(value="")),
    "a colour of our own": actions(button(style="warning")),
    "one block id twice": [section(block_id="b"), section(block_id="b")],
    "a property of our own": section(colour="green"),
    "an unknown block": {"type": "paragraph", "text": plain("x")},
    "an unknown element": actions({"type": "lever", "action_id": "l"}),
    "an empty quotation": rich({"type": "text", "text": ""}),
    "a choice of nothing": actions({"type": "radio_buttons", "action_id": "r", "options": []}),
    "markdown too long together": [{"type": "markdown", "text": "x" * 7000}] * 2,
    "text that is no object": {"type": "section", "text": "x"},
}


@pytest.mark.parametrize("case", TAKEN)
async def test_blocks_within_the_limits_are_taken(service: SlackService, client: AsyncWebClient, case: str):
    blocks = TAKEN[case]

    await client.chat_postMessage(
        channel=ids.CHANNEL, text="x", blocks=blocks if isinstance(blocks, list) else [blocks]
    )

    assert len(service.messages()) == 1


@pytest.mark.parametrize("case", REFUSED)
async def test_blocks_beyond_the_limits_are_refused_with_what_is_wrong(
    service: SlackService, client: AsyncWebClient, case: str
):
    blocks = REFUSED[case]

    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(
            channel=ids.CHANNEL, text="x", blocks=blocks if isinstance(blocks, list) else [blocks]
        )

    assert caught.value.response["error"] == "invalid_blocks"
    assert len(caught.value.response["response_metadata"]["messages"]) == 1
    assert service.messages() == []


async def test_newer_blocks_are_refused_where_a_test_says_so(service: SlackService, client: AsyncWebClient):
    service.world.refused_blocks = frozenset({"markdown"})

    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel=ids.CHANNEL, text="x", blocks=[{"type": "markdown", "text": "x"}])

    assert caught.value.response["error"] == "invalid_blocks"


VIEWS: dict[str, Json] = {
    "a title too long": {"type": "modal", "title": plain("x" * 25), "blocks": [section()]},
    "no title": {"type": "modal", "blocks": [section()]},
    "a hundred and one blocks": {"type": "modal", "title": plain("x"), "blocks": [section()] * 101},
    "an input without a button": {
        "type": "modal",
        "title": plain("x"),
        "blocks": [{"type": "input", "label": plain("x"), "element": {"type": "plain_text_input", "action_id": "a"}}],
    },
    "a home tab": {"type": "home", "blocks": [section()]},
}


@pytest.mark.parametrize("case", VIEWS)
async def test_a_modal_beyond_the_limits_is_refused(service: SlackService, client: AsyncWebClient, case: str):
    with pytest.raises(SlackApiError) as caught:
        await client.views_open(trigger_id=service.world.add_trigger(), view=VIEWS[case])

    assert caught.value.response["error"] == "invalid_arguments"
    assert service.views == []


async def test_a_channel_takes_a_short_burst_and_then_one_post_a_second(
    service: SlackService, client: AsyncWebClient, ticks: Clock
):
    service.limits.posts = Rate(burst=2, per_s=1.0)

    statuses = [await _status(client) for _ in range(3)]
    ticks.advance(1.0)
    later = await _status(client)
    elsewhere = await client.chat_postMessage(channel=ids.ASKER, text="x")

    assert statuses == [(200, None), (200, None), (429, "1")]
    assert later == (200, None)
    assert elsewhere["ok"]
    assert service.violations == []


async def test_who_comes_back_too_early_is_noted(service: SlackService, client: AsyncWebClient, ticks: Clock):
    service.limits.storm("chat.postMessage", 30, calls=1)

    first = await _status(client)
    ticks.advance(10.0)
    second = await _status(client)

    assert (first, second) == ((429, "30"), (200, None))
    assert [(one.method, round(one.early_s)) for one in service.violations] == [("chat.postMessage", 20)]


async def test_a_storm_ends_after_its_time(service: SlackService, client: AsyncWebClient, ticks: Clock):
    service.limits.storm("*", 5, for_s=10.0)

    during = [await _status(client) for _ in range(2)]
    ticks.advance(11.0)
    after = await _status(client)

    assert during == [(429, "5")] * 2
    assert after == (200, None)


async def test_a_method_has_the_calls_a_minute_of_its_tier(service: SlackService, client: AsyncWebClient):
    service.limits.tiers[4] = 3

    answers = [await _status(client, "users.info", {"user": ids.ASKER}) for _ in range(4)]

    assert answers == [(200, None)] * 3 + [(429, "20")]


@pytest.mark.parametrize(("after", "stands"), [(False, 0), (True, 1)])
async def test_a_method_that_hangs_has_done_its_deed_or_not(
    service: SlackService, client: AsyncWebClient, after: bool, stands: int
):
    hang = service.faults.hang("chat.postMessage", after=after)

    calling = asyncio.ensure_future(client.chat_postMessage(channel=ids.CHANNEL, text="x"))
    await service.caught(hang)
    await service.posted(stands, channel=ids.CHANNEL)
    standing = len(service.messages(ids.CHANNEL))
    hang.release()
    answer = await calling

    assert standing == stands
    assert answer["ok"]


@pytest.mark.parametrize(("after", "stands"), [(False, 0), (True, 1)])
async def test_a_method_that_fails_has_done_its_deed_or_not(
    service: SlackService, client: AsyncWebClient, after: bool, stands: int
):
    service.faults.fail("chat.postMessage", 502, after=after)

    first = await _status(client)
    standing = len(service.messages())
    second = await _status(client)

    assert (first[0], standing) == (502, stands)
    assert second[0] == 200


@pytest.mark.parametrize(("after", "stands"), [(False, 0), (True, 1)])
async def test_a_connection_is_closed_before_or_after_the_deed(
    service: SlackService, client: AsyncWebClient, after: bool, stands: int
):
    service.faults.drop("chat.postMessage", after=after)
    client.retry_handlers.clear()

    with pytest.raises(aiohttp.ClientError):
        await client.chat_postMessage(channel=ids.CHANNEL, text="x")

    assert len(service.messages()) == stands


async def test_a_wait_ends_as_soon_as_it_is_fulfilled(service: SlackService, client: AsyncWebClient):
    waiting = asyncio.ensure_future(service.posted(2, channel=ids.CHANNEL))
    calling = asyncio.ensure_future(service.called("auth.test"))

    await client.auth_test()
    await client.chat_postMessage(channel=ids.CHANNEL, text="one")
    early = waiting.done()
    await client.chat_postMessage(channel=ids.CHANNEL, text="two")

    assert not early
    assert [message.text for message in await waiting] == ["one", "two"]
    assert [call.answer["ok"] for call in await calling] == [True]


async def test_a_wait_in_vain_says_what_was_called_and_nothing_of_what_was_said(
    service: SlackService, client: AsyncWebClient
):
    await client.chat_postMessage(channel=ids.CHANNEL, text="a secret of the shed")

    with pytest.raises(TimeoutError) as caught:
        await service.posted(2, within_s=0.01)

    assert "chat.postMessage 200" in str(caught.value)
    assert "secret" not in str(caught.value)


async def _status(
    client: AsyncWebClient, method: str = "chat.postMessage", args: Json | None = None
) -> tuple[int, str | None]:
    try:
        answer = await client.api_call(method, json=args or {"channel": ids.CHANNEL, "text": "x"})
    except SlackApiError as error:
        return error.response.status_code, error.response.headers.get("Retry-After")
    return answer.status_code, answer.headers.get("Retry-After")
