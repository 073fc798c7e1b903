"""Lets only Slack's own requests in: checked before the SDK sees, or logs, anything of them."""

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

# https://docs.slack.dev/authentication/verifying-requests-from-slack
VERSION = "v0"
MOST_SKEW_S = 300
_TIMESTAMP = re.compile(r"[0-9]{1,12}")
_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")
MOST_FIELDS = 50


@dataclass(frozen=True, slots=True)
class Refusal(Exception):
    """The request is not answered; `status` is the HTTP status that says so."""

    status: int


def is_ssl_check(body: bytes) -> bool:
    """Whether this is Slack looking whether the address has a certificate: not signed, and nothing to do."""
    return len(body) < 512 and b"ssl_check=1" in body.split(b"&")


def verify(headers: Mapping[str, str], body: bytes, secret: str, now: float) -> None:
    """Raise `Refusal` (401) unless *body* was signed with *secret* within five minutes of *now* (epoch seconds).

    The rule is Slack's: https://docs.slack.dev/authentication/verifying-requests-from-slack
    """
    timestamp = headers.get("X-Slack-Request-Timestamp", "")
    signature = headers.get("X-Slack-Signature", "")
    if not _TIMESTAMP.fullmatch(timestamp) or not _SIGNATURE.fullmatch(signature):
        raise Refusal(401)
    if abs(now - int(timestamp)) > MOST_SKEW_S:
        raise Refusal(401)
    signed = b":".join((VERSION.encode(), timestamp.encode(), body))
    expected = f"{VERSION}={hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()}"
    if not hmac.compare_digest(expected, signature):
        raise Refusal(401)


def payload(content_type: str, body: bytes) -> dict[str, Any]:
    """What the request carries: the JSON of an event or interaction, or the fields of a command.

    Raise `Refusal` (400) on anything that is not one object, or not readable.
    """
    try:
        text = body.decode()
        if content_type == "application/x-www-form-urlencoded":
            fields = parse_qs(text, keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
            if "payload" not in fields:
                return {name: values[0] for name, values in fields.items()}
            text = fields["payload"][0]
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise Refusal(400) from None
    if not isinstance(found, dict):
        raise Refusal(400)
    return found
