"""What an app sends to a response URL, and what becomes of it at the stand-in of Slack."""

import json
from http import HTTPStatus

from aiohttp import web
from slack_chat_methods import change, written
from slack_payloads import Json
from slack_world import RESPONSE_URL_LIVES_S, RESPONSE_URL_USES, Message, Refusal, ResponseUrl, World

KINDS = ("ephemeral", "in_channel")


async def reply(world: World, request: web.Request, said: Json) -> web.Response:
    """Answer one use of a response URL, 5 within 30 minutes of the interaction; *said* is filled with what it said.

    https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
    """
    try:
        said |= _body(await request.text())
        _reply(world, _usable(world, request.match_info["token"]), said)
    except Refusal as refusal:
        gone = refusal.error in {"used_url", "expired_url", "invalid_url"}
        status = HTTPStatus.NOT_FOUND if gone else HTTPStatus.BAD_REQUEST
        return web.json_response({"ok": False, "error": refusal.error}, status=status)
    return web.json_response({"ok": True})


def _body(text: str) -> Json:
    try:
        body = json.loads(text)
    except json.JSONDecodeError as error:
        raise Refusal("invalid_payload") from error
    return body if isinstance(body, dict) else {}


def _usable(world: World, token: str) -> ResponseUrl:
    place = world.response_urls.get(token)
    if place is None:
        raise Refusal("invalid_url")
    if world.clock() - place.given_at > RESPONSE_URL_LIVES_S:
        raise Refusal("expired_url")
    if place.uses >= RESPONSE_URL_USES:
        raise Refusal("used_url")
    place.uses += 1
    return place


def _reply(world: World, place: ResponseUrl, body: Json) -> None:
    original = _original(world, place)
    if body.get("delete_original"):
        if original is not None:
            original.deleted = True
        return
    if body.get("replace_original") and original is not None:
        change(world, original, body)
        return
    kind = body.get("response_type") or "ephemeral"
    if kind not in KINDS:
        raise Refusal("invalid_response_type")
    bot_user = world.workspace_of(world.users[place.user]).bot_user
    message = written(world, place.channel, bot_user, body)
    if kind == "in_channel":
        world.add_message(message)
        return
    message.only_for = place.user
    world.ephemerals.append(message)


def _original(world: World, place: ResponseUrl) -> Message | None:
    ephemeral = world.ephemeral(place.channel, place.original)
    return ephemeral or world.messages.get(place.channel, {}).get(place.original)
