"""The stand-in of Slack behaves as Slack's documentation says, seen by Slack's own client."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
import slack_ids as ids
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient
from slack_service import SlackService
from slack_world import SCOPES, Clock, Message, Token, Workspace

Json = dict[str, Any]
# slack_sdk still uses what aiohttp will drop.
ITS_OWN_WARNING = pytest.mark.filterwarnings("ignore:BasicAuth is deprecated")
Do = Callable[[AsyncWebClient], Awaitable[Any]]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def service(clock: Clock) -> AsyncIterator[SlackService]:
    async with SlackService.running(clock=clock) as service:
        yield service


def a_client(service: SlackService, token: str = ids.BOT_TOKEN) -> AsyncWebClient:
    return AsyncWebClient(token=token, base_url=service.api_url, timeout=5)


@pytest.fixture
def client(service: SlackService) -> AsyncWebClient:
    return a_client(service)


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text, "emoji": False}


def section(text: str = "Lock the shed.", **changes: Any) -> Json:
    return {"type": "section", "text": plain(text)} | changes


def button(**changes: Any) -> Json:
    return {"type": "button", "action_id": "signpost.open", "text": plain("Open")} | changes


def modal(*blocks: Json, **changes: Any) -> Json:
    return {"type": "modal", "title": plain("Sheds"), "blocks": list(blocks or [section()])} | changes


async def refused(doing: Awaitable[Any]) -> Json:
    with pytest.raises(SlackApiError) as caught:
        await doing
    return dict(caught.value.response.data)


async def test_what_is_posted_stands_in_the_channel_under_growing_timestamps(
    service: SlackService, client: AsyncWebClient
):
    answers = [await client.chat_postMessage(channel=ids.CHANNEL, text=text) for text in ("one", "two", "three")]

    stamps = [answer["ts"] for answer in answers]
    assert [message.text for message in service.messages(ids.CHANNEL)] == ["one", "two", "three"]
    assert stamps == sorted(set(stamps))
    assert answers[0]["message"]["bot_id"] == ids.BOT


@pytest.mark.parametrize(
    "sent",
    [
        {"json": {"channel": ids.CHANNEL, "text": "a & b", "blocks": [section()]}},
        {"data": {"channel": ids.CHANNEL, "text": "a & b", "blocks": json.dumps([section()])}},
        {"params": {"channel": ids.CHANNEL, "text": "a & b", "blocks": json.dumps([section()])}},
    ],
    ids=["JSON", "form", "address"],
)
async def test_a_call_may_be_json_or_a_form(service: SlackService, client: AsyncWebClient, sent: Json):
    await client.api_call("chat.postMessage", **sent)

    assert service.messages(ids.CHANNEL)[0].text == "a & b"
    assert service.messages(ids.CHANNEL)[0].blocks == [section()]


async def test_a_message_to_a_person_arrives_in_their_direct_messages(service: SlackService, client: AsyncWebClient):
    answer = await client.chat_postMessage(channel=ids.COLLEAGUE, text="hello")

    assert answer["channel"] == ids.dm_of(ids.COLLEAGUE)
    assert len(service.messages(ids.dm_of(ids.COLLEAGUE))) == 1


async def test_what_one_person_sees_is_kept_apart_and_cannot_be_updated(service: SlackService, client: AsyncWebClient):
    answer = await client.chat_postEphemeral(channel=ids.CHANNEL, user=ids.ASKER, text="for you")

    got = await refused(client.chat_update(channel=ids.CHANNEL, ts=answer["message_ts"], text="changed"))

    assert got["error"] == "message_not_found"
    assert [(one.only_for, one.text) for one in service.ephemerals] == [(ids.ASKER, "for you")]
    assert service.messages() == []


async def test_an_update_keeps_the_blocks_that_it_does_not_name_and_a_deletion_takes_all(
    service: SlackService, client: AsyncWebClient
):
    posted = await client.chat_postMessage(channel=ids.CHANNEL, text="one", blocks=[section()])

    await client.chat_update(channel=ids.CHANNEL, ts=posted["ts"], text="two")
    updated = service.messages(ids.CHANNEL)
    texts = [(one.text, one.blocks, one.edits) for one in updated]
    await client.chat_delete(channel=ids.CHANNEL, ts=posted["ts"])

    assert texts == [("two", [section()], 1)]
    assert service.messages(ids.CHANNEL) == []
    assert (await refused(client.chat_delete(channel=ids.CHANNEL, ts=posted["ts"])))["error"] == "message_not_found"


REFUSED: dict[str, tuple[str, Do]] = {
    "no such channel": ("channel_not_found", lambda c: c.chat_postMessage(channel="C0NOWHERE1", text="x")),
    "no such person": ("channel_not_found", lambda c: c.chat_postMessage(channel="U0NOBODY01", text="x")),
    "archived": ("is_archived", lambda c: c.chat_postMessage(channel="C0ARCHIVED", text="x")),
    "not a member": ("not_in_channel", lambda c: c.chat_postMessage(channel="C0WITHOUT1", text="x")),
    "private and not a member": ("channel_not_found", lambda c: c.chat_postMessage(channel="C0PRIVATE1", text="x")),
    "to a bot": ("cannot_dm_bot", lambda c: c.chat_postMessage(channel=ids.BOT_USER, text="x")),
    "to nobody in the channel": (
        "user_not_in_channel",
        lambda c: c.chat_postEphemeral(channel=ids.CHANNEL, user="U0OUTSIDE1", text="x"),
    ),
    "nothing said": ("no_text", lambda c: c.chat_postMessage(channel=ids.CHANNEL, text="")),
    "too much said": ("msg_too_long", lambda c: c.chat_postMessage(channel=ids.CHANNEL, text="x" * 40_001)),
    "blocks that are none": (
        "invalid_blocks_format",
        lambda c: c.api_call("chat.postMessage", json={"channel": ids.CHANNEL, "text": "x", "blocks": "[oops"}),
    ),
    "somebody else's message": (
        "cant_update_message",
        lambda c: c.chat_update(channel=ids.CHANNEL, ts="1.000001", text="x"),
    ),
    "a person of another team": ("user_not_found", lambda c: c.users_info(user="U0MEADOW01")),
    "no such method": ("unknown_method", lambda c: c.api_call("chat.shout", json={})),
    "no such trigger": ("invalid_trigger_id", lambda c: c.views_open(trigger_id="1.2.3", view=modal())),
    "no such view": ("not_found", lambda c: c.views_update(view_id="V0NONE", view=modal())),
    "a code that is none": (
        "invalid_code",
        lambda c: c.oauth_v2_access(client_id=ids.CLIENT_ID, client_secret=ids.CLIENT_SECRET, code="none"),
    ),
    "a wrong secret": (
        "bad_client_secret",
        lambda c: c.oauth_v2_access(client_id=ids.CLIENT_ID, client_secret="wrong", code="none"),
    ),
}


@pytest.mark.parametrize("case", REFUSED)
@ITS_OWN_WARNING
@pytest.mark.filterwarnings("ignore:The top-level `text` argument is missing")
async def test_slack_refuses_with_the_error_that_it_documents(service: SlackService, client: AsyncWebClient, case: str):
    error, do = REFUSED[case]
    service.world.add_channel("C0ARCHIVED", members=(ids.BOT_USER,), archived=True)
    service.world.add_channel("C0WITHOUT1")
    service.world.add_channel("C0PRIVATE1", is_private=True)
    service.world.add_user("U0OUTSIDE1")
    service.world.add_user("U0MEADOW01", team=ids.OTHER_TEAM)
    service.world.add_message(Message(ids.CHANNEL, "1.000001", "theirs", [], ids.COLLEAGUE))

    got = await refused(do(client))

    assert got["error"] == error


TOKENS: dict[str, tuple[str, Token | None]] = {
    "not_authed": ("", None),
    "invalid_auth": ("xoxb-unknown", None),
    "token_revoked": ("xoxb-t", Token("xoxb-t", error="token_revoked")),
    "account_inactive": ("xoxb-t", Token("xoxb-t", error="account_inactive")),
    "token_expired": ("xoxb-t", Token("xoxb-t", expires_at=1.0)),
    "not_allowed_token_type": (ids.APP_TOKEN, None),
    "missing_scope": ("xoxb-t", Token("xoxb-t", scopes=("commands",))),
}


@pytest.mark.parametrize("error", TOKENS)
async def test_a_token_that_is_of_no_use_is_refused_by_name(service: SlackService, error: str):
    value, token = TOKENS[error]
    if token is not None:
        service.world.tokens[value] = token

    got = await refused(a_client(service, value).chat_postMessage(channel=ids.CHANNEL, text="x"))

    assert got["error"] == error
    if error == "missing_scope":
        assert (got["needed"], got["provided"]) == ("chat:write", "commands")


async def test_a_workspace_that_removed_the_app_takes_no_more_calls(service: SlackService, client: AsyncWebClient):
    service.world.uninstall(ids.TEAM)

    assert (await refused(client.auth_test()))["error"] == "account_inactive"


async def test_a_revoked_token_is_revoked_from_then_on(service: SlackService, client: AsyncWebClient):
    await client.auth_revoke()

    assert (await refused(client.auth_test()))["error"] == "token_revoked"


async def test_who_a_person_is_is_told_with_locale_and_time_zone(service: SlackService, client: AsyncWebClient):
    service.world.add_user("U0GUEST001", is_restricted=True, locale="cy-GB")
    service.world.add_user("U0STRANGER", team=ids.OTHER_TEAM, is_stranger=True)

    guest = await client.users_info(user="U0GUEST001", include_locale=True)
    stranger = await client.users_info(user="U0STRANGER")

    assert (guest["user"]["is_restricted"], guest["user"]["locale"]) == (True, "cy-GB")
    assert guest["user"]["tz"] == "Europe/London"
    assert (stranger["user"]["is_stranger"], stranger["user"]["team_id"]) == (True, ids.OTHER_TEAM)
    assert "locale" not in stranger["user"]


async def test_a_conversation_is_opened_with_the_scope_for_it_only(service: SlackService):
    service.world.tokens["xoxb-t"] = Token("xoxb-t", scopes=(*SCOPES, "im:write"))

    got = await a_client(service, "xoxb-t").conversations_open(users=ids.ASKER)

    assert got["channel"]["id"] == ids.dm_of(ids.ASKER)
    assert (await refused(a_client(service).conversations_open(users=ids.ASKER)))["error"] == "missing_scope"


async def test_a_trigger_opens_one_view_within_three_seconds(
    service: SlackService, client: AsyncWebClient, clock: Clock
):
    trigger, late = service.world.add_trigger(), service.world.add_trigger()

    await client.views_open(trigger_id=trigger, view=modal())
    again = await refused(client.views_open(trigger_id=trigger, view=modal()))
    clock.advance(3.5)
    too_late = await refused(client.views_open(trigger_id=late, view=modal()))

    assert [view.user for view in service.views] == [ids.ASKER]
    assert (again["error"], too_late["error"]) == ("exchanged_trigger_id", "expired_trigger_id")


async def test_views_are_stacked_three_deep_and_no_further(service: SlackService, client: AsyncWebClient):
    opened = await client.views_open(trigger_id=service.world.add_trigger(), view=modal())
    top = opened["view"]["id"]

    for _ in range(2):
        pushed = await client.views_push(trigger_id=service.world.add_trigger(view=top), view=modal())
        top = pushed["view"]["id"]
    got = await refused(client.views_push(trigger_id=service.world.add_trigger(view=top), view=modal()))

    assert got["error"] == "push_limit_reached"
    assert pushed["view"]["root_view_id"] == opened["view"]["id"]


async def test_a_view_is_updated_only_where_its_hash_is_still_the_same(service: SlackService, client: AsyncWebClient):
    opened = await client.views_open(trigger_id=service.world.add_trigger(), view=modal())
    view = opened["view"]

    await client.views_update(view_id=view["id"], hash=view["hash"], view=modal(title=plain("Ponds")))
    got = await refused(client.views_update(view_id=view["id"], hash=view["hash"], view=modal()))

    assert got["error"] == "hash_conflict"
    assert [one.shape["title"]["text"] for one in service.views] == ["Ponds"]


async def test_a_home_tab_is_published_for_one_person(service: SlackService, client: AsyncWebClient):
    await client.views_publish(user_id=ids.ASKER, view={"type": "home", "blocks": [section()]})

    got = await refused(client.views_publish(user_id=ids.ASKER, view=modal()))

    assert service.published[ids.ASKER].shape["blocks"] == [section()]
    assert got["error"] == "invalid_arguments"


@pytest.mark.parametrize(("agent_view", "thread_ts", "shown"), [(True, "", 1), (True, "1.0", 0), (False, "1.0", 1)])
async def test_prompts_for_a_thread_do_nothing_in_the_newer_pane(
    service: SlackService, client: AsyncWebClient, agent_view: bool, thread_ts: str, shown: int
):
    service.world.workspaces[ids.TEAM] = Workspace(ids.TEAM, agent_view=agent_view)
    args = {"channel_id": ids.dm_of(ids.ASKER), "prompts": [{"title": "Sheds", "message": "do i lock the shed"}]}

    got = await client.api_call(
        "assistant.threads.setSuggestedPrompts", json=args | ({"thread_ts": thread_ts} if thread_ts else {})
    )

    assert got["ok"]
    assert len(service.world.pane) == shown


async def test_more_than_four_prompts_are_refused(client: AsyncWebClient):
    prompts = [{"title": str(number), "message": "x"} for number in range(5)]

    got = await refused(
        client.api_call(
            "assistant.threads.setSuggestedPrompts", json={"channel_id": ids.dm_of(ids.ASKER), "prompts": prompts}
        )
    )

    assert got["error"] == "invalid_arguments"


@ITS_OWN_WARNING
async def test_an_installation_for_a_whole_organisation_names_no_team(service: SlackService):
    service.world.add_workspace(Workspace(ids.OTHER_TEAM, enterprise="E0TRUST001"))
    code = service.world.add_grant(team=ids.OTHER_TEAM, whole_organisation=True)

    got = await a_client(service, "").oauth_v2_access(
        code=code, client_id=ids.CLIENT_ID, client_secret=ids.CLIENT_SECRET
    )

    assert (got["team"], got["is_enterprise_install"]) == (None, True)
    assert got["enterprise"]["id"] == "E0TRUST001"


@ITS_OWN_WARNING
async def test_a_code_gives_a_token_once(service: SlackService):
    service.world.add_workspace(Workspace(ids.OTHER_TEAM, bot_user="U0SIGNMEAD", bot="B0SIGNMEAD"))
    secrets = {"client_id": ids.CLIENT_ID, "client_secret": ids.CLIENT_SECRET}
    code = service.world.add_grant(team=ids.OTHER_TEAM)

    got = await a_client(service, "").oauth_v2_access(code=code, **secrets)
    again = await refused(a_client(service, "").oauth_v2_access(code=code, **secrets))
    whose = await a_client(service, got["access_token"]).auth_test()

    assert (whose["team_id"], whose["user_id"]) == (ids.OTHER_TEAM, "U0SIGNMEAD")
    assert "refresh_token" not in got.data
    assert again["error"] == "code_already_used"


@ITS_OWN_WARNING
async def test_a_rotating_token_expires_and_its_refresh_token_works_once(service: SlackService, clock: Clock):
    service.world.rotation = True
    client = a_client(service, "")
    secrets = {"client_id": ids.CLIENT_ID, "client_secret": ids.CLIENT_SECRET}
    first = await client.oauth_v2_access(code=service.world.add_grant(), **secrets)
    renewal = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]} | secrets

    second = await client.oauth_v2_access(**renewal)
    again = await refused(client.oauth_v2_access(**renewal))
    clock.advance(first["expires_in"])

    assert again["error"] == "invalid_refresh_token"
    assert second["refresh_token"] != first["refresh_token"]
    assert (await refused(a_client(service, first["access_token"]).auth_test()))["error"] == "token_expired"


async def test_a_response_url_works_five_times(service: SlackService):
    hook = AsyncWebhookClient(f"{service.url}/response/{service.world.add_response_url()}")

    statuses = [(await hook.send(text=str(number))).status_code for number in range(6)]
    last = await hook.send(text="seven")

    assert statuses == [200] * 5 + [404]
    assert "used_url" in last.body
    assert [message.only_for for message in service.ephemerals] == [ids.ASKER] * 5


async def test_a_response_url_is_of_no_use_after_thirty_minutes(service: SlackService, clock: Clock):
    hook = AsyncWebhookClient(f"{service.url}/response/{service.world.add_response_url()}")
    clock.advance(1801)

    got = await hook.send(text="late")

    assert (got.status_code, "expired_url" in got.body) == (404, True)


async def test_a_response_url_replaces_deletes_and_shares(service: SlackService, client: AsyncWebClient):
    posted = await client.chat_postEphemeral(channel=ids.CHANNEL, user=ids.ASKER, text="for you")
    token = service.world.add_response_url(original=posted["message_ts"])
    hook = AsyncWebhookClient(f"{service.url}/response/{token}")

    await hook.send(text="for you, changed", replace_original=True)
    changed = [message.text for message in service.ephemerals]
    await hook.send(text="for all", response_type="in_channel")
    await hook.send(delete_original=True)

    assert changed == ["for you, changed"]
    assert [message.text for message in service.messages(ids.CHANNEL)] == ["for all"]
    assert service.ephemerals == []
