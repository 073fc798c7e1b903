"""Reads what Microsoft's services answer: JSON objects of a limited size."""

import json
from typing import Any

import aiohttp


class Unreadable(Exception):
    """The answer is too long, or not a JSON object."""


async def object_in(response: aiohttp.ClientResponse, most_bytes: int) -> dict[str, Any]:
    """The JSON object in *response*; raise `Unreadable` where there is none, or more than *most_bytes*."""
    return parsed(await beginning(response, most_bytes + 1), most_bytes)


async def beginning(response: aiohttp.ClientResponse, most_bytes: int) -> bytes:
    """The first *most_bytes* of *response* at most."""
    held = bytearray()
    async for chunk in response.content.iter_any():
        held += chunk
        if len(held) >= most_bytes:
            break
    return bytes(held[:most_bytes])


def parsed(body: bytes, most_bytes: int) -> dict[str, Any]:
    """The JSON object that *body* is; raise `Unreadable`."""
    if len(body) > most_bytes:
        raise Unreadable("too long")
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise Unreadable("not JSON") from None
    if not isinstance(found, dict):
        raise Unreadable("not an object")
    return found
