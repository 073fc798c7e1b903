"""The product at work in the tenant of the Garden Trust, for tests of what people there experience."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from teams_app import TeamsApp, refused_shapes, serving, settings
from teams_service import TeamsService

from knowledge.library import Library


@pytest.fixture
async def service() -> AsyncIterator[TeamsService]:
    """Teams; in the end nobody came back before their time."""
    async with TeamsService.running() as service:
        yield service
    assert service.violations == []


@pytest.fixture
async def app(service: TeamsService, sheds: Library, tmp_path: Path) -> AsyncIterator[TeamsApp]:
    """Signpost with the library about sheds; answers in channels go into the thread; all that it gives is in order."""
    async with serving(sheds, settings(service, tmp_path), service) as app:
        yield app
    assert refused_shapes(app) == []


@pytest.fixture
async def private_app(service: TeamsService, sheds: Library, tmp_path: Path) -> AsyncIterator[TeamsApp]:
    """The same for an organisation whose answers in channels are private."""
    told = {"organisations": {"garden": {"answers_in_channels": "private"}}}
    async with serving(sheds, settings(service, tmp_path, **told), service) as app:
        yield app
    assert refused_shapes(app) == []
