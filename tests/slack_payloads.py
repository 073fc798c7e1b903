"""How a payload travels from Slack: events as JSON, interactions as JSON in a form, commands as a form."""

import json
from typing import Any
from urllib.parse import urlencode

Json = dict[str, Any]

JSON_TYPE = "application/json"
FORM_TYPE = "application/x-www-form-urlencoded"


def way_of(payload: Json) -> str:
    """ "form" for commands and certificate checks, "json" for events, "payload" for everything that people click."""
    if "command" in payload or "ssl_check" in payload:
        return "form"
    return "json" if payload.get("type") in {"event_callback", "url_verification", "app_rate_limited"} else "payload"


def encoded(payload: Json) -> tuple[str, bytes]:
    """The content type and the body of the request in which Slack sends *payload*."""
    way = way_of(payload)
    if way == "json":
        return JSON_TYPE, json.dumps(payload).encode()
    fields = payload if way == "form" else {"payload": json.dumps(payload)}
    return FORM_TYPE, urlencode(fields).encode()
