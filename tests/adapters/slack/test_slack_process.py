"""The stand-in of Slack runs as a process of its own, and tells another process what it was told."""

import slack_events as events
import slack_ids as ids
import slack_interactions as interactions
from slack_process import SlackProcess
from slack_sdk.web.async_client import AsyncWebClient


async def test_another_process_posts_to_many_people_and_is_told_what_arrived():
    people = ids.many_users(3)
    async with SlackProcess.running("--users", "3", "--unlimited") as slack:
        client = AsyncWebClient(token=ids.BOT_TOKEN, base_url=slack.api_url)

        for person in people:
            await client.chat_postMessage(channel=ids.dm_of(person), text="Lock the shed.", thread_ts="1.000001")
        calls = await slack.calls(count=3, wait_s=5)
        violations = await slack.violations()

    assert [call["args"]["channel"] for call in calls] == [ids.dm_of(person) for person in people]
    assert all(call["answer"]["ok"] and call["args"]["thread_ts"] == "1.000001" for call in calls)
    assert [call["at"] for call in calls] == sorted(call["at"] for call in calls)
    assert violations == []


async def test_another_process_gets_live_payloads_and_sees_what_is_not_acknowledged():
    async with SlackProcess.running() as slack:
        command = await slack.live(interactions.command())
        url = (await AsyncWebClient(base_url=slack.api_url).apps_connections_open(app_token=ids.APP_TOKEN))["url"]
        async with slack.session.ws_connect(url) as connection:
            await connection.receive_json()
            got = await slack.deliver(events.message(), within_s=0.01)

    assert command["response_url"].startswith(slack.url)
    assert (got["acknowledged"], got["attempts"]) == (False, 1)
