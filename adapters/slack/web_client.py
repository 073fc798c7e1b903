"""Slack's client for its Web API, as everything here uses it: within one host, and without attempts of its own."""

import logging
from typing import Any

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

TIMEOUT_S = 10.0


class WebClient(AsyncWebClient):
    """Follows no redirect, which could take a token to another host: what answers with one is no Slack.

    Such an answer is raised as `SlackApiError` without a word of Slack's, like any other that is not its own.
    """

    def __init__(self, api_url: str, *, logger: logging.Logger, session: aiohttp.ClientSession | None = None) -> None:
        super().__init__(base_url=api_url, session=session, timeout=int(TIMEOUT_S), logger=logger, retry_handlers=[])

    async def _request(self, *, http_verb: str, api_url: str, req_args: dict[str, Any]) -> dict[str, Any]:
        within = {**req_args, "allow_redirects": False}
        return await super()._request(http_verb=http_verb, api_url=api_url, req_args=within)
