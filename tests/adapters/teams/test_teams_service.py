"""The stand-in of the Bot Framework's connector behaves as Microsoft's documentation says."""

import asyncio
import math
import ssl
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

import aiohttp
import pytest
import teams_activities as activities
import teams_ids as ids
from aiohttp import web
from aiohttp.test_utils import TestServer
from slack_world import Clock
from teams_certificate import Certificate
from teams_connector import MOST_BYTES
from teams_delivery import Delivery
from teams_ids import Json
from teams_service import TeamsService
from yarl import URL

CHAT = ids.personal_of(ids.ASKER)
FORM = {
    "grant_type": "client_credentials",
    "client_id": ids.APP,
    "client_secret": ids.APP_SECRET,
    "scope": "https://api.botframework.com/.default",
}


class Bot:
    """A client of the connector that does as it is told."""

    def __init__(self, service: TeamsService, session: aiohttp.ClientSession) -> None:
        self.service = service
        self.session = session
        self.token = ""

    async def logs_in(self) -> None:
        async with self.session.post(self.service.token_url, data=FORM) as response:
            self.token = (await response.json())["access_token"]

    async def calls(self, method: str, *path: str, **about: Any) -> tuple[int, Json, dict[str, str]]:
        parts = "".join(f"/{quote(part, safe='')}" for part in path)
        url = URL(f"{self.service.service_url}v3/conversations{parts}", encoded=True)
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        async with self.session.request(method, url, headers=headers, **about) as response:
            said = await response.json() if response.content_type == "application/json" else {}
            return response.status, said, dict(response.headers)

    async def sends(self, conversation: str, text: str = "Lock the shed.", *reply_to: str) -> tuple[int, Json]:
        body = {"type": "message", "text": text}
        status, said, _ = await self.calls("POST", conversation, "activities", *reply_to, json=body)
        return status, said

    async def opens(self, user: str, tenant: str | None = ids.TENANT, **more: Any) -> tuple[int, Json]:
        body = {"bot": {"id": ids.BOT}, "members": [{"id": user}], "tenantId": tenant, "isGroup": False}
        status, said, _ = await self.calls("POST", json=body | more)
        return status, said


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def service(clock: Clock) -> AsyncIterator[TeamsService]:
    async with TeamsService.running(monotonic=clock) as service:
        yield service


@pytest.fixture
async def bot(service: TeamsService) -> AsyncIterator[Bot]:
    async with aiohttp.ClientSession() as session:
        bot = Bot(service, session)
        await bot.logs_in()
        yield bot


def code(answer: tuple[int, Json]) -> tuple[int, str]:
    return answer[0], answer[1]["error"]["code"]


async def test_what_is_sent_stands_in_its_conversation_and_can_be_changed_and_taken_back(
    service: TeamsService, bot: Bot
):
    _, first = await bot.sends(CHAT, "one", "1795000000000")
    _, second = await bot.sends(CHAT, "two")

    updated, _, _ = await bot.calls("PUT", CHAT, "activities", first["id"], json={"type": "message", "text": "three"})
    texts = [(message.text, message.reply_to) for message in service.messages(CHAT)]
    deleted, _, _ = await bot.calls("DELETE", CHAT, "activities", second["id"])

    assert (updated, deleted) == (200, 200)
    assert texts == [("three", "1795000000000"), ("two", "")]
    assert [message.text for message in service.messages()] == ["three"]
    assert [len(kept) for kept in (service.sent, service.updated, service.deleted)] == [2, 1, 1]


async def test_threads_of_a_channel_are_told_apart_and_seen_together(service: TeamsService, bot: Bot):
    one, other = ids.thread("1795000000001"), ids.thread("1795000000002")

    await bot.sends(one, "in one")
    await bot.sends(other, "in the other")

    assert [message.text for message in service.messages(one)] == ["in one"]
    assert [message.text for message in service.messages(ids.CHANNEL)] == ["in one", "in the other"]


async def test_a_card_and_a_summary_are_found_in_what_was_sent(service: TeamsService, bot: Bot):
    card = {"type": "AdaptiveCard", "version": "1.5", "body": []}
    attached = {"contentType": "application/vnd.microsoft.card.adaptive", "content": card}
    body = {"type": "message", "summary": "Lock the shed.", "attachments": [attached]}

    await bot.calls("POST", CHAT, "activities", json=body)

    (message,) = await service.posted(1)
    assert (message.card, message.summary, message.text) == (card, "Lock the shed.", "")


async def test_typing_passes_and_is_no_message(service: TeamsService, bot: Bot):
    status, _, _ = await bot.calls("POST", CHAT, "activities", json={"type": "typing"})

    assert (status, service.sent, service.count("send")) == (202, [], 1)


async def test_a_personal_chat_is_opened_once_and_then_found_again(service: TeamsService, bot: Bot):
    answers = [await bot.opens(user) for user in (ids.COLLEAGUE, ids.COLLEAGUE, ids.aad_of(ids.COLLEAGUE))]

    assert [(status, said["id"]) for status, said in answers] == [(201, ids.personal_of(ids.COLLEAGUE))] * 3
    assert len(service.created) == 3


async def test_no_chat_is_opened_without_tenant_with_two_or_with_somebody_unknown(service: TeamsService, bot: Bot):
    two = [{"id": ids.ASKER}, {"id": ids.COLLEAGUE}]

    assert code(await bot.opens(ids.ASKER, None)) == (400, "BadSyntax")
    assert code(await bot.opens(ids.ASKER, members=two)) == (400, "BadSyntax")
    assert code(await bot.opens("29:1nobody")) == (400, "BadArgument")
    assert code(await bot.opens(ids.ASKER, ids.OTHER_TENANT)) == (400, "BadArgument")
    assert service.created == []


async def test_nothing_is_written_to_people_and_places_without_the_app(service: TeamsService, bot: Bot):
    service.world.uninstall(CHAT)
    service.world.uninstall(ids.CHANNEL)

    assert code(await bot.opens(ids.ASKER)) == (403, "ForbiddenOperationException")
    assert code(await bot.sends(CHAT)) == (403, "BotNotInConversationRoster")
    assert code(await bot.sends(ids.thread("1"))) == (403, "BotNotInConversationRoster")
    assert code(await bot.sends("19:nowhere@thread.tacv2")) == (404, "ConversationNotFound")


async def test_what_does_not_stand_cannot_be_changed(bot: Bot):
    put = await bot.calls("PUT", CHAT, "activities", "17", json={"type": "message"})
    delete = await bot.calls("DELETE", CHAT, "activities", "17")

    assert code(put[:2]) == code(delete[:2]) == (404, "ActivityNotFoundInConversation")


async def test_a_member_is_found_by_both_ids_with_role_and_tenant(bot: Bot):
    _, guest, _ = await bot.calls("GET", ids.GROUP, "members", ids.GUEST)
    _, same, _ = await bot.calls("GET", ids.GROUP, "members", ids.aad_of(ids.GUEST))
    unknown = await bot.calls("GET", CHAT, "members", ids.COLLEAGUE)

    assert (guest["userRole"], guest["tenantId"], guest["aadObjectId"]) == ("guest", ids.TENANT, ids.aad_of(ids.GUEST))
    assert guest == same
    assert code(unknown[:2]) == (404, "MemberNotFoundInConversation")


@pytest.mark.parametrize("token", ["", "made-up"])
async def test_without_a_token_of_the_login_nothing_is_done(service: TeamsService, bot: Bot, token: str):
    bot.token = token

    status, said = await bot.sends(CHAT)

    assert (status, service.sent) == (401, [])
    assert "denied" in said["message"]


async def test_a_revoked_token_is_refused_until_there_is_a_new_one(service: TeamsService, bot: Bot):
    service.login.revoke()

    refused, _ = await bot.sends(CHAT)
    await bot.logs_in()
    sent, _ = await bot.sends(CHAT)

    assert (refused, sent) == (401, 201)


async def test_a_request_over_28_kilobytes_is_refused_and_one_of_just_that_is_not(service: TeamsService, bot: Bot):
    envelope = len(b'{"type": "message", "text": ""}')

    fits = await bot.sends(CHAT, "a" * (MOST_BYTES - envelope))
    refused = await bot.sends(CHAT, "a" * (MOST_BYTES - envelope + 1))

    assert fits[0] == 201
    assert code(refused) == (413, "MessageSizeTooBig")


@pytest.mark.parametrize("body", [b"{", b"[]", b'"text"', b"\xff"])
async def test_what_is_no_object_is_refused(bot: Bot, body: bytes):
    status, said, _ = await bot.calls("POST", CHAT, "activities", data=body)

    assert code((status, said)) == (400, "BadSyntax")


async def test_a_conversation_takes_seven_messages_a_second_and_then_says_when_to_come_back(
    service: TeamsService, bot: Bot, clock: Clock
):
    sent = [(await bot.sends(ids.thread(str(number))))[0] for number in range(7)]
    refused = await bot.calls("POST", ids.CHANNEL, "activities", json={"type": "message"})
    elsewhere = await bot.sends(CHAT)
    too_early = await bot.sends(ids.CHANNEL)
    clock.advance(1.0)
    after = await bot.sends(ids.CHANNEL)

    assert sent == [201] * 7
    assert (code(refused[:2]), refused[2]["Retry-After"]) == ((429, "Throttled"), "1")
    assert (elsewhere[0], too_early[0], after[0]) == (201, 429, 201)
    assert [(one.method, one.place, one.early_s) for one in service.violations] == [("send", ids.CHANNEL, 1.0)]


@pytest.mark.parametrize(("every_s", "most", "wait_s"), [(0.2, 8, 1), (0.45, 60, 3), (1.9, 1800, 180)])
async def test_slower_floods_meet_the_longer_limits(
    service: TeamsService, clock: Clock, every_s: float, most: int, wait_s: int
):
    let_through = 0
    while not (wait := service.limits.refused("send", CHAT, ids.TENANT)):
        let_through += 1
        clock.advance(every_s)

    assert (let_through, wait) == (most, wait_s)


async def test_an_app_has_thirty_calls_a_second_in_a_tenant(service: TeamsService, clock: Clock):
    waits = [service.limits.refused("send", user, ids.TENANT) for user in ids.many_users(31)]
    other = service.limits.refused("send", "somebody", ids.OTHER_TENANT)
    early = service.limits.refused("send", "one more", ids.TENANT)

    assert (waits, other, early) == ([0] * 30 + [1], 0, 1)
    assert len(service.violations) == 1


async def test_changes_count_as_what_is_sent(service: TeamsService, bot: Bot):
    _, sent = await bot.sends(CHAT)
    change = {"type": "message", "text": "changed"}

    changes = [(await bot.calls("PUT", CHAT, "activities", sent["id"], json=change))[0] for _ in range(7)]

    assert changes == [200] * 6 + [429]


async def test_a_storm_refuses_whatever_comes_and_ends(service: TeamsService, bot: Bot):
    service.limits.storm("send", 5, calls=1)

    status, _, headers = await bot.calls("POST", CHAT, "activities", json={"type": "message"})
    early = await bot.sends(CHAT)

    assert (status, headers["Retry-After"], early[0]) == (429, "5", 201)
    assert service.violations[0].early_s == 5.0


async def test_without_limits_anything_passes(service: TeamsService):
    service.limits.enforced = False

    assert not any(service.limits.refused("send", CHAT, ids.TENANT) for _ in range(100))


@pytest.mark.parametrize(
    ("error", "status"),
    [
        ("BotNotInConversationRoster", 403),
        ("MessageWritesBlocked", 403),
        ("PreconditionFailed", 412),
        ("ServiceError", 502),
    ],
)
async def test_microsofts_errors_can_be_called_up(service: TeamsService, bot: Bot, error: str, status: int):
    service.faults.refuse("send", error, times=1)

    assert code(await bot.sends(CHAT)) == (status, error)
    assert (await bot.sends(CHAT))[0] == 201
    assert len(service.sent) == 1


async def test_a_fault_after_the_deed_leaves_the_message(service: TeamsService, bot: Bot):
    service.faults.drop("send", after=True)
    service.faults.fail("send", 504, after=True)

    with pytest.raises(aiohttp.ClientError):
        await bot.sends(CHAT, "dropped")
    failed, _, _ = await bot.calls("POST", CHAT, "activities", json={"type": "message", "text": "failed"})

    assert failed == 504
    assert [message.text for message in service.sent] == ["dropped", "failed"]


async def test_a_call_hangs_until_it_is_released(service: TeamsService, bot: Bot):
    fault = service.faults.hang("send")
    sending = asyncio.create_task(bot.sends(CHAT))

    await service.caught(fault)
    before = list(service.sent)
    fault.release()

    assert (await sending)[0] == 201
    assert before == []


async def test_endpoints_can_be_slow_or_talk_nonsense(service: TeamsService, bot: Bot):
    service.slow_s["send"] = 0.05
    service.garbled["keys"] = b'{"keys": 5}'

    await bot.sends(CHAT)
    async with bot.session.get(f"{service.url}/v1/.well-known/keys") as response:
        said = await response.json()

    assert (await service.called("send"))[0].latency_s >= 0.05
    assert said == {"keys": 5}


async def test_people_and_places_of_activities_are_known_from_then_on(service: TeamsService, bot: Bot):
    newcomer = ids.new_user()

    service.live(activities.message(user=newcomer))
    service.live(activities.from_stranger(activities.mention()))
    sent, _ = await bot.sends(ids.personal_of(newcomer))
    _, stranger, _ = await bot.calls("GET", ids.CHANNEL, "members", ids.STRANGER)

    assert (sent, stranger["tenantId"]) == (201, ids.OTHER_TENANT)


@pytest.mark.parametrize(
    "wrong", [{}, {"from": None}, {"from": "me", "conversation": [1]}, {"conversation": {"id": 7}}]
)
async def test_mutilated_activities_can_be_sent_too(service: TeamsService, wrong: Json):
    assert service.live(wrong) == wrong


async def test_whoever_follows_a_redirect_is_seen(service: TeamsService, bot: Bot):
    async with bot.session.post(f"{service.url}/redirecting/teams/v3/conversations") as response:
        followed = response.status

    assert (followed, service.redirected, service.count("create")) == (401, 1, 1)


async def test_what_does_not_happen_is_reported_with_what_did(service: TeamsService, bot: Bot):
    with pytest.raises(TimeoutError, match=r"message 1 did not happen within 0\.01 s; last calls: login 200"):
        await service.posted(within_s=0.01)


async def test_https_is_spoken_to_those_who_trust_the_certificate():
    certificate = Certificate.made_for("smba.example")
    async with TeamsService.running(tls=certificate.serving()) as service, aiohttp.ClientSession() as session:
        async with session.get(service.metadata_url, ssl=certificate.trusting()) as response:
            said = await response.json()
        with pytest.raises(aiohttp.ClientConnectorCertificateError):
            await session.get(service.metadata_url, ssl=ssl.create_default_context())

    assert said["jwks_uri"].startswith("https://127.0.0.1:")


async def test_an_activity_is_delivered_with_a_token_and_an_address_to_answer_to(service: TeamsService):
    heard: list[tuple[Json, str]] = []

    async def messages(request: web.Request) -> web.Response:
        heard.append((await request.json(), request.headers["Authorization"]))
        return web.json_response({"status": 200}) if len(heard) > 1 else web.Response(status=503)

    app = web.Application()
    app.router.add_post("/api/messages", messages)
    question = activities.message(user=ids.new_user())

    async with TestServer(app) as server, Delivery.to(str(server.make_url("/api/messages")), service) as teams:
        receptions = await teams.insist(question)
        await server.close()
        unreachable = await teams.deliver(question, token="")

    assert [(one.status, one.ok) for one in receptions] == [(503, False), (200, True)]
    assert receptions[1].body == {"status": 200}
    assert heard[1] == (question | {"serviceUrl": service.service_url}, f"Bearer {service.bearer()}")
    assert question["conversation"]["id"] in service.world.conversations
    assert (unreachable.status, unreachable.body) == (0, None)
    assert all(0 < one.latency_s < math.inf for one in teams.receptions)
