"""The Web API's `chat.*` and `conversations.open` as the stand-in of Slack keeps them."""

import slack_ids as ids
from slack_blocks import block_problems
from slack_payloads import Json
from slack_world import Channel, Message, Refusal, Token, User, World

LONGEST_TEXT = 40_000


def post_message(world: World, token: Token, args: Json) -> Json:
    """https://docs.slack.dev/reference/methods/chat.postMessage: a channel's id, or a person's for their messages."""
    channel = _open_channel(world, token, str(args.get("channel", "")))
    message = world.add_message(_written(world, token, channel, args))
    return {"channel": channel.id, "ts": message.ts, "message": shape(world, token, message)}


def post_ephemeral(world: World, token: Token, args: Json) -> Json:
    """https://docs.slack.dev/reference/methods/chat.postEphemeral: seen by one person who is in the channel."""
    channel = _open_channel(world, token, str(args.get("channel", "")))
    user = str(args.get("user", ""))
    if user not in world.users:
        raise Refusal("user_not_found")
    if user not in channel.members:
        raise Refusal("user_not_in_channel")
    message = _written(world, token, channel, args)
    message.only_for = user
    world.ephemerals.append(message)
    return {"message_ts": message.ts}


def update(world: World, token: Token, args: Json) -> Json:
    """https://docs.slack.dev/reference/methods/chat.update: one's own messages only, never ephemeral ones."""
    channel, message = _own_message(world, token, args, "cant_update_message")
    if channel.archived:
        raise Refusal("is_inactive")
    change(world, message, args)
    return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": shape(world, token, message)}


def delete(world: World, token: Token, args: Json) -> Json:
    """https://docs.slack.dev/reference/methods/chat.delete: one's own messages only."""
    channel, message = _own_message(world, token, args, "cant_delete_message")
    message.deleted = True
    return {"channel": channel.id, "ts": message.ts}


def open_conversation(world: World, token: Token, args: Json) -> Json:
    """https://docs.slack.dev/reference/methods/conversations.open: with one person."""
    users = [one for one in str(args.get("users", "")).split(",") if one]
    if not users and args.get("channel"):
        return {"channel": {"id": _seen(world, token, str(args["channel"])).id}}
    if not users:
        raise Refusal("users_list_not_supplied")
    if len(users) > 1:
        raise Refusal("invalid_user_combination")
    user = _person(world, token, users[0], unknown="user_not_found")
    if user.deleted:
        raise Refusal("user_disabled")
    already = ids.dm_of(user.id) in world.channels
    return {"channel": {"id": world.dm(user).id}} | ({"no_op": True, "already_open": True} if already else {})


def change(world: World, message: Message, args: Json) -> None:
    """Give *message* the text and blocks of *args*; what *args* leaves out stays."""
    if args.get("blocks") is None and "text" not in args:
        raise Refusal("no_text")
    kept = {"text": message.text, "blocks": message.blocks}
    message.blocks = _content(world, kept | {name: value for name, value in args.items() if value is not None})
    message.text = str(args.get("text") or "")
    message.edits += 1
    message.args = args


def written(world: World, channel: str, user: str, args: Json) -> Message:
    """A new message in *channel* with the text and blocks of *args*, not yet kept."""
    blocks = _content(world, args)
    return Message(
        channel=channel,
        ts=ids.new_ts(world.clock()),
        text=str(args.get("text") or ""),
        blocks=blocks,
        user=user,
        thread_ts=str(args.get("thread_ts") or ""),
        args=args,
    )


def shape(world: World, token: Token, message: Message) -> Json:
    """*message* as Slack's answers and payloads show it."""
    workspace = world.workspaces[token.team]
    return (
        {
            "type": "message",
            "user": message.user,
            "bot_id": workspace.bot,
            "app_id": ids.APP,
            "team": workspace.team,
            "text": message.text,
            "ts": message.ts,
        }
        | ({"blocks": message.blocks} if message.blocks else {})
        | ({"thread_ts": message.thread_ts} if message.thread_ts else {})
        | ({"edited": {"user": message.user, "ts": message.ts}} if message.edits else {})
    )


def _written(world: World, token: Token, channel: Channel, args: Json) -> Message:
    return written(world, channel.id, world.workspaces[token.team].bot_user, args)


def _content(world: World, args: Json) -> list[Json]:
    blocks = args.get("blocks")
    if blocks is not None and not isinstance(blocks, list):
        raise Refusal("invalid_blocks_format")
    text = args.get("text") or ""
    if not text and not blocks and not args.get("attachments"):
        raise Refusal("no_text")
    if len(text) > LONGEST_TEXT:
        raise Refusal("msg_too_long")
    problems = block_problems(blocks or [], refused=world.refused_blocks)
    if problems:
        messages = [f"[ERROR] {problem}" for problem in problems]
        raise Refusal("invalid_blocks", errors=problems, response_metadata={"messages": messages})
    return blocks or []


def _open_channel(world: World, token: Token, name: str) -> Channel:
    if name.startswith(("U", "W")):
        user = _person(world, token, name, unknown="channel_not_found")
        if user.deleted:
            raise Refusal("channel_not_found")
        return world.dm(user)
    channel = _seen(world, token, name)
    if channel.archived:
        raise Refusal("is_archived")
    if world.workspaces[token.team].bot_user not in channel.members:
        raise Refusal("not_in_channel")
    return channel


def _seen(world: World, token: Token, name: str) -> Channel:
    channel = world.channels.get(name)
    if channel is None and name.startswith("D"):
        user = world.users.get(f"U{name[1:]}")
        channel = None if user is None else world.dm(user)
    bot = world.workspaces[token.team].bot_user
    if channel is None or (bot not in channel.members and (channel.is_private or channel.team != token.team)):
        raise Refusal("channel_not_found")
    return channel


def _person(world: World, token: Token, name: str, *, unknown: str) -> User:
    user = world.users.get(name)
    if user is None or (user.team != token.team and not user.is_stranger):
        raise Refusal(unknown)
    if user.is_bot:
        raise Refusal("cannot_dm_bot")
    return user


def _own_message(world: World, token: Token, args: Json, not_ours: str) -> tuple[Channel, Message]:
    channel = _seen(world, token, str(args.get("channel", "")))
    message = world.messages.get(channel.id, {}).get(str(args.get("ts", "")))
    if message is None or message.deleted:
        raise Refusal("message_not_found")
    if message.user != world.workspaces[token.team].bot_user:
        raise Refusal(not_ours)
    return channel, message
