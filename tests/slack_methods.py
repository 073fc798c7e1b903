"""The Web API of the stand-in: which method exists, what scope it asks for, and who may call it."""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

import slack_account_methods as account
import slack_chat_methods as chat
import slack_view_methods as views
from aiohttp import web
from slack_payloads import Json
from slack_world import Refusal, Token, World


@dataclass(frozen=True, slots=True)
class Method:
    """One method: what it does and the scope without which it is refused."""

    does: Callable[[World, Token, Json], Json]
    scope: str = ""


METHODS: Mapping[str, Method] = {
    "assistant.threads.setStatus": Method(views.status, "assistant:write"),
    "assistant.threads.setSuggestedPrompts": Method(views.suggested_prompts, "assistant:write"),
    "assistant.threads.setTitle": Method(views.title, "assistant:write"),
    "auth.revoke": Method(account.revoke),
    "auth.test": Method(account.auth_test),
    "chat.delete": Method(chat.delete, "chat:write"),
    "chat.postEphemeral": Method(chat.post_ephemeral, "chat:write"),
    "chat.postMessage": Method(chat.post_message, "chat:write"),
    "chat.update": Method(chat.update, "chat:write"),
    "conversations.open": Method(chat.open_conversation, "im:write"),
    "users.info": Method(account.user, "users:read"),
    "views.open": Method(views.open_view),
    "views.publish": Method(views.publish_view),
    "views.push": Method(views.push_view),
    "views.update": Method(views.update_view),
}
# What Slack takes as JSON inside a form: https://docs.slack.dev/apis/web-api#formats
JSON_ARGUMENTS = ("attachments", "blocks", "metadata", "prompts", "view")


async def arguments(request: web.Request) -> Json:
    """What a call says, whether it came as a form, as JSON or in the address; raises `Refusal`."""
    args: Json = dict(request.query)
    if request.method == "POST" and request.can_read_body:
        args |= await _body(request)
    for name in JSON_ARGUMENTS:
        if isinstance(args.get(name), str):
            args[name] = _decoded(name, args[name])
    if request.headers.get("Authorization", "").startswith("Basic "):
        args["client_id"], _, args["client_secret"] = _basic(request.headers["Authorization"])
    return args


def bearer(request: web.Request, args: Json) -> str:
    """The token of a call, from its header or, in a form, from its arguments."""
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    form = request.content_type != "application/json"
    return value.strip() if scheme.lower() == "bearer" else str(args.get("token", "")) if form else ""


def known(world: World, value: str) -> Token:
    """The token that *value* is; raises `Refusal` with what is wrong with it."""
    if not value:
        raise Refusal("not_authed")
    token = world.tokens.get(value)
    if token is None:
        raise Refusal("invalid_auth")
    if token.error:
        raise Refusal(token.error)
    if token.expires_at is not None and world.clock() >= token.expires_at:
        raise Refusal("token_expired")
    return token


def answer(world: World, name: str, token: Token, args: Json) -> Json:
    """What Slack answers to a call of the method *name*; raises `Refusal`."""
    method = METHODS.get(name)
    if method is None:
        raise Refusal("unknown_method", req_method=name)
    if not token.is_bot:
        raise Refusal("not_allowed_token_type")
    if method.scope and method.scope not in token.scopes:
        raise Refusal("missing_scope", needed=method.scope, provided=",".join(token.scopes))
    return method.does(world, token, args)


def _basic(header: str) -> tuple[str, str, str]:
    try:
        return base64.b64decode(header.removeprefix("Basic ")).decode().partition(":")
    except ValueError as error:
        raise Refusal("invalid_auth") from error


async def _body(request: web.Request) -> Json:
    text = await request.text()
    if request.content_type == "application/json":
        try:
            args = json.loads(text)
        except json.JSONDecodeError as error:
            raise Refusal("invalid_json") from error
        if not isinstance(args, dict):
            raise Refusal("json_not_object")
        return args
    if request.content_type == "application/x-www-form-urlencoded":
        return dict(parse_qsl(text, keep_blank_values=True))
    raise Refusal("invalid_post_type")


def _decoded(name: str, text: str) -> object:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        if name == "blocks":
            raise Refusal("invalid_blocks_format") from error
        raise Refusal("invalid_arguments") from error
