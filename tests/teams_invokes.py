"""Invokes as Teams sends them: buttons of cards, message extensions, dialogs, feedback. They wait for an answer.

Every builder gives the whole activity; keyword arguments named like a field of it replace that field.
"""

import html
import json
from typing import Any

import teams_ids as ids
from teams_activities import NAMES, QUESTION, envelope, in_channel, in_personal, of_team
from teams_ids import Json

QUERY = "findClause"
ACTION = "whatDoesThePolicySay"
NEVER_HEARD_OF = (
    "actionableMessage/executeAction",
    "application/search",
    "config/fetch",
    "config/submit",
    "fileConsent/invoke",
    "signin/failure",
    "signin/tokenExchange",
    "signin/verifyState",
    "tab/fetch",
    "what/nobodyHasSaid",
)


def invoke(
    name: str, value: Any = None, *, user: str = ids.ASKER, place: Json | None = None, source: str = "", **changes: Any
) -> Json:
    """Any invoke by *name*; *place* as in `teams_events`, *source* is what it was clicked in."""
    sent = envelope("invoke", place or in_personal(user), user=user)
    if sent["conversation"]["conversationType"] == "channel":
        sent["channelData"] |= of_team(ids.place_of(sent["conversation"]["id"]))
    if source:
        sent["channelData"] |= {"source": {"name": source}}
    return sent | {"name": name, "value": {} if value is None else value} | changes


def executed(verb: str, data: Any = None, *, reply_to: str = "", trigger: str = "manual", **about: Any) -> Json:
    """`adaptiveCard/action`: an `Action.Execute` with *verb* and *data* was clicked in the message *reply_to*.

    https://learn.microsoft.com/en-us/adaptive-cards/authoring-cards/universal-action-model
    """
    action = {"type": "Action.Execute", "id": verb, "verb": verb, "data": {} if data is None else data}
    replied = {"replyToId": reply_to or ids.new_message()}
    value = {"action": action, "trigger": trigger}
    return invoke("adaptiveCard/action", value, **{"source": "message", **replied, **about})


def refreshed(verb: str = "refresh", data: Any = None, **about: Any) -> Json:
    """`adaptiveCard/action`: a client shows a card whose `refresh` names its user."""
    return executed(verb, data, trigger="automatic", **about)


def queried(
    text: str | None = QUESTION, *, command: str = QUERY, parameter: str = "text", skip: int = 0, **about: Any
) -> Json:
    """`composeExtension/query`: somebody has typed *text* into the search; None is the opening of it.

    https://learn.microsoft.com/en-us/microsoftteams/platform/messaging-extensions/how-to/search-commands/respond-to-search
    """
    typed = {"name": "initialRun", "value": "true"} if text is None else {"name": parameter, "value": text}
    value = {
        "commandId": command,
        "parameters": [typed],
        "queryOptions": {"skip": skip, "count": 25},
        "context": {"theme": "default"},
    }
    return invoke("composeExtension/query", value, **{"source": "compose", **about})


def fetched(
    text: str = QUESTION, *, author: str = ids.COLLEAGUE, root: str = "", command: str = ACTION, **about: Any
) -> Json:
    """`composeExtension/fetchTask`: somebody has chosen the action on a message of *author* in the channel.

    https://learn.microsoft.com/en-us/microsoftteams/platform/messaging-extensions/how-to/action-commands/create-task-module
    """
    value = _chosen(text, author, command, root or ids.new_message())
    return invoke("composeExtension/fetchTask", value, **{"place": in_channel(root), "source": "message", **about})


def submitted_task(
    data: Any = None, *, text: str = QUESTION, author: str = ids.COLLEAGUE, command: str = ACTION, **about: Any
) -> Json:
    """`composeExtension/submitAction`: the dialog that the action had opened was sent with *data*."""
    value = _chosen(text, author, command, ids.new_message()) | {"data": {} if data is None else data}
    name = "composeExtension/submitAction"
    return invoke(name, value, **{"place": in_channel(), "source": "message", **about})


def judged(
    reaction: str = "like", text: str = "", *, reply_to: str = "", as_object: bool = False, **about: Any
) -> Json:
    """`message/submitAction`: a thumb under the message *reply_to*, with what was written into the form.

    Teams sends the form as JSON in a string; other clients send the object itself.
    https://learn.microsoft.com/en-us/microsoftteams/platform/bots/how-to/bot-messages-ai-generated-content
    """
    form: Any = {"feedbackText": text}
    given = {"reaction": reaction, "feedback": form if as_object else json.dumps(form)}
    value = {"actionName": "feedback", "actionValue": given}
    replied = {"replyToId": reply_to or ids.new_message()}
    return invoke("message/submitAction", value, **{"source": "message", **replied, **about})


def dialog(data: Any = None, **about: Any) -> Json:
    """`task/fetch`: a button that opens a dialog was clicked."""
    return invoke("task/fetch", _of_dialog(data), **{"source": "message", **about})


def dialog_sent(data: Any = None, **about: Any) -> Json:
    """`task/submit`: the dialog was sent with *data*."""
    return invoke("task/submit", _of_dialog(data), **{"source": "message", **about})


def malformed() -> list[Json]:
    """Invokes that no client of Microsoft's sends, with parts missing or of another kind."""
    action = "adaptiveCard/action"
    values: list[Any] = ["text", [], 7, {"action": None}, {"action": []}, {"action": {"type": "Action.Execute"}}]
    wrong = [invoke(action, value) for value in values]
    wrong += [executed("show", data) for data in ("text", ["list"], 7, {"signpost": 7})]
    wrong += [invoke("composeExtension/query", value) for value in ({}, {"parameters": 7}, {"parameters": [None]})]
    wrong += [invoke("composeExtension/fetchTask", value) for value in ({}, {"messagePayload": {"body": "text"}})]
    wrong += [invoke("message/submitAction", value) for value in ({}, {"actionValue": {"feedback": "{"}})]
    nameless = invoke(action)
    del nameless["name"]
    valueless = invoke(action)
    del valueless["value"]
    return [*wrong, nameless, valueless]


def _of_dialog(data: Any) -> Json:
    return {"data": {} if data is None else data, "context": {"theme": "default"}}


def _chosen(text: str, author: str, command: str, id_: str) -> Json:
    user = {"userIdentityType": "aadUser", "id": ids.aad_of(author), "displayName": NAMES.get(author, "Somebody")}
    content = f"<div><p>{html.escape(text, quote=False)}</p></div>"
    return {
        "commandId": command,
        "commandContext": "message",
        "requestId": ids.new_event().removeprefix("f:").replace("-", ""),
        "messagePayload": {
            "linkToMessage": f"https://teams.microsoft.com/l/message/{ids.CHANNEL}/{id_}",
            "id": id_,
            "replyToId": None,
            "createdDateTime": "2026-11-20T09:00:00.000Z",
            "lastModifiedDateTime": None,
            "deleted": False,
            "subject": None,
            "summary": None,
            "importance": "normal",
            "locale": "en-gb",
            "body": {"contentType": "html", "content": content},
            "from": {"device": None, "conversation": None, "user": user, "application": None},
            "reactions": [],
            "mentions": [],
            "attachments": [],
        },
        "context": {"theme": "default"},
    }
