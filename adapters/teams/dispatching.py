"""Hands each activity to its listener by botbuilder: the only module that knows the SDK."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from botbuilder.core import ActivityHandler, BotAdapter, InvokeResponse, TurnContext
from botbuilder.schema import Activity, ChannelAccount, ConversationAccount, ConversationReference, ResourceResponse

from adapters.payloads import text

_RAW, _ORGANISATION, _INVOKED = "signpost.activity", "signpost.organisation", "signpost.invoked"

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Invoked:
    """What Teams is told in answer to an invoke: an HTTP status, and JSON for its body (none: an empty one)."""

    status: int = 200
    body: dict[str, Any] | None = None


class Listeners(Protocol):
    """Who takes the activities, as plain dictionaries, each for one organisation."""

    async def message(self, organisation: str, activity: Json) -> None:
        """A message, or a click by an older client."""

    async def edited(self, organisation: str, activity: Json) -> None:
        """A message was changed."""

    async def deleted(self, organisation: str, activity: Json) -> None:
        """A message was deleted, or its deletion undone."""

    async def invoked(self, organisation: str, name: str, activity: Json) -> Invoked:
        """Something that Teams waits for an answer to."""


class Dispatcher:
    """Runs botbuilder's pipeline; nothing is sent through it but the answers to invokes."""

    def __init__(self, listeners: Listeners) -> None:
        self._adapter = _Adapter()
        self._handler = _Handler(listeners)

    async def dispatch(self, organisation: str, activity: Json) -> Invoked | None:
        """Hand *activity* to its listener; return what an invoke is answered, None for everything else."""
        context = TurnContext(self._adapter, _as_activity(activity))
        context.turn_state[_RAW] = activity
        context.turn_state[_ORGANISATION] = organisation
        await self._adapter.run_pipeline(context, self._handler.on_turn)
        invoked = context.turn_state.get(_INVOKED)
        return invoked if isinstance(invoked, Invoked) else None


class _Handler(ActivityHandler):  # type: ignore[misc]
    def __init__(self, listeners: Listeners) -> None:
        self._listeners = listeners

    async def on_message_activity(self, turn_context: TurnContext) -> None:
        await self._listeners.message(*_told(turn_context))

    async def on_message_update_activity(self, turn_context: TurnContext) -> None:
        await self._listeners.edited(*_told(turn_context))

    async def on_message_delete_activity(self, turn_context: TurnContext) -> None:
        await self._listeners.deleted(*_told(turn_context))

    async def on_invoke_activity(self, turn_context: TurnContext) -> InvokeResponse:
        organisation, activity = _told(turn_context)
        invoked = await self._listeners.invoked(organisation, text(activity, "name"), activity)
        turn_context.turn_state[_INVOKED] = invoked
        return InvokeResponse(status=invoked.status, body=invoked.body)


class _Adapter(BotAdapter):  # type: ignore[misc]
    """Sends nothing: replies go out by our own connector, after the activity is acknowledged."""

    async def send_activities(self, context: TurnContext, activities: list[Activity]) -> list[ResourceResponse]:
        return [ResourceResponse() for _ in activities]

    async def update_activity(self, context: TurnContext, activity: Activity) -> None:
        raise NotSent

    async def delete_activity(self, context: TurnContext, reference: ConversationReference) -> None:
        raise NotSent


class NotSent(RuntimeError):
    """Something tried to send through botbuilder."""


def _told(context: TurnContext) -> tuple[str, Json]:
    return context.turn_state[_ORGANISATION], context.turn_state[_RAW]


def _as_activity(activity: Json) -> Activity:
    """As much of the activity as botbuilder needs to dispatch it; its own parser fails on forms it does not know."""
    return Activity(
        type=text(activity, "type"),
        name=text(activity, "name") or None,
        id=text(activity, "id") or None,
        channel_id="msteams",
        service_url=text(activity, "serviceUrl"),
        conversation=ConversationAccount(id=text(activity, "conversation", "id")),
        from_property=ChannelAccount(id=text(activity, "from", "id")),
        recipient=ChannelAccount(id=text(activity, "recipient", "id")),
        action="",
        members_added=[],
        members_removed=[],
    )
