"""The product at work in the workspace of the Garden Trust, for tests of what people there experience."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from slack_app import HTTP, SlackApp, refused_shapes, serving, settings
from slack_service import SlackService

from knowledge.library import Library


@pytest.fixture
async def service() -> AsyncIterator[SlackService]:
    """Slack; in the end nothing that it was given was malformed, and nobody came back before their time."""
    async with SlackService.running() as service:
        yield service
    assert refused_shapes(service) == []
    assert service.violations == []


@pytest.fixture
async def app(service: SlackService, sheds: Library, tmp_path: Path) -> AsyncIterator[SlackApp]:
    """Signpost over HTTP, with the library about sheds; answers in channels go into the thread."""
    async with serving(sheds, settings(service, tmp_path, HTTP), service) as app:
        yield app


@pytest.fixture
async def private_app(service: SlackService, sheds: Library, tmp_path: Path) -> AsyncIterator[SlackApp]:
    """The same for an organisation whose answers in channels are private."""
    told = {"organisations": {"garden": {"answers_in_channels": "private"}}}
    async with serving(sheds, settings(service, tmp_path, HTTP, **told), service) as app:
        yield app
