"""The Web API's `views.*` and `assistant.threads.*` as the stand-in of Slack keeps them."""

import json
import secrets

import slack_ids as ids
from slack_blocks import view_problems
from slack_payloads import Json
from slack_world import TRIGGER_LIVES_S, Pane, Refusal, Token, Trigger, View, World

LARGEST_VIEW_BYTES = 250_000
MOST_STACKED = 3
MOST_PROMPTS = 4


def open_view(world: World, token: Token, args: Json) -> Json:
    """https://docs.slack.dev/reference/methods/views.open: a trigger id opens one modal, within three seconds."""
    trigger = _exchanged(world, token, args)
    return _kept(world, View(ids.new_id("V"), token.team, trigger.user, _view(world, args, "modal"), _hash()))


def push_view(world: World, token: Token, args: Json) -> Json:
    """https://docs.slack.dev/reference/methods/views.push: on the modal that was clicked, three deep."""
    trigger = _exchanged(world, token, args)
    below = world.views.get(trigger.view)
    if below is None:
        raise Refusal("not_found")
    root = below.root or below.id
    depth = 1 + sum(1 for view in world.views.values() if view.root == root)
    if depth >= MOST_STACKED:
        raise Refusal("push_limit_reached")
    shape = _view(world, args, "modal")
    return _kept(world, View(ids.new_id("V"), token.team, trigger.user, shape, _hash(), root, below.id))


def update_view(world: World, token: Token, args: Json) -> Json:
    """https://docs.slack.dev/reference/methods/views.update: by id or external id, and by hash where one is given."""
    wanted = str(args.get("view_id") or "")
    external = str(args.get("external_id") or "")
    view = world.views.get(wanted) or next(
        (one for one in world.views.values() if external and one.shape.get("external_id") == external), None
    )
    if view is None or view.team != token.team:
        raise Refusal("not_found")
    _same_hash(view, args)
    view.shape = _view(world, args, "modal")
    return _kept(world, view)


def publish_view(world: World, token: Token, args: Json) -> Json:
    """https://docs.slack.dev/reference/methods/views.publish: a person's home tab."""
    user = world.users.get(str(args.get("user_id", "")))
    if user is None:
        raise _invalid(["invalid `user_id`"])
    shape = _view(world, args, "home")
    view = world.published.get(user.id)
    if view is None:
        view = View(ids.new_id("V"), token.team, user.id, shape, _hash())
    _same_hash(view, args)
    view.shape = shape
    world.published[user.id] = view
    return _kept(world, view)


def suggested_prompts(world: World, token: Token, args: Json) -> Json:
    """https://docs.slack.dev/reference/methods/assistant.threads.setSuggestedPrompts: up to four.

    An app with `agent_view` that names a thread is told "ok" and nothing happens: so it says there.
    """
    prompts = args.get("prompts")
    if not isinstance(prompts, list) or not 0 < len(prompts) <= MOST_PROMPTS:
        raise _invalid(["invalid `prompts`"])
    if any(not isinstance(one, dict) or not one.get("title") or not one.get("message") for one in prompts):
        raise _invalid(["a prompt has a title and a message"])
    thread_ts = str(args.get("thread_ts") or "")
    channel = _pane_channel(world, args)
    if thread_ts and world.workspaces[token.team].agent_view:
        return {}
    world.pane.append(Pane("setSuggestedPrompts", channel, thread_ts, prompts))
    return {}


def status(world: World, token: Token, args: Json) -> Json:
    """https://docs.slack.dev/reference/methods/assistant.threads.setStatus: what the app is doing; empty ends it."""
    return _in_thread(world, args, "setStatus", "status")


def title(world: World, token: Token, args: Json) -> Json:
    """https://docs.slack.dev/reference/methods/assistant.threads.setTitle: the name of a thread in the pane."""
    return _in_thread(world, args, "setTitle", "title")


def _exchanged(world: World, token: Token, args: Json) -> Trigger:
    trigger = world.triggers.get(str(args.get("trigger_id", "")))
    if trigger is None or trigger.team != token.team:
        raise Refusal("invalid_trigger_id")
    if trigger.used:
        raise Refusal("exchanged_trigger_id")
    if world.clock() - trigger.given_at > TRIGGER_LIVES_S:
        raise Refusal("expired_trigger_id")
    trigger.used = True
    return trigger


def _view(world: World, args: Json, kind: str) -> Json:
    view = args.get("view")
    if not isinstance(view, dict):
        raise _invalid(["missing required field: view"])
    if len(json.dumps(view).encode()) > LARGEST_VIEW_BYTES:
        raise Refusal("view_too_large")
    problems = view_problems(view, kind=kind, refused=world.refused_blocks)
    if problems:
        raise _invalid(problems)
    return view


def _kept(world: World, view: View) -> Json:
    view.hash = _hash()
    world.views[view.id] = view
    return {"view": view.seen(world.workspaces[view.team].bot)}


def _same_hash(view: View, args: Json) -> None:
    if args.get("hash") and args["hash"] != view.hash:
        raise Refusal("hash_conflict")


def _hash() -> str:
    return f"{ids.new_ts().split('.')[0]}.{secrets.token_hex(4)}"


def _invalid(messages: list[str]) -> Refusal:
    return Refusal("invalid_arguments", response_metadata={"messages": [f"[ERROR] {one}" for one in messages]})


def _pane_channel(world: World, args: Json) -> str:
    channel = str(args.get("channel_id", ""))
    if channel not in world.channels and f"U{channel[1:]}" not in world.users:
        raise Refusal("channel_not_found")
    return channel


def _in_thread(world: World, args: Json, method: str, field: str) -> Json:
    if not args.get("thread_ts") or not isinstance(args.get(field), str):
        raise _invalid([f"missing required field: {'thread_ts' if not args.get('thread_ts') else field}"])
    world.pane.append(Pane(method, _pane_channel(world, args), str(args["thread_ts"]), args[field]))
    return {}
