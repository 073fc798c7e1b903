"""What several tests share: the shipped library, loaded once, and a small one of the tests' own."""

import pytest
from builders import TODAY, a_library
from hypothesis import settings

from adapters import library_files
from bot.app import PolicyBot
from knowledge.library import Library

# What is slow on a busy machine is not wrong: tests look at no clock.
settings.register_profile("signpost", deadline=None)
settings.load_profile("signpost")


@pytest.fixture(scope="session")
def shipped() -> Library:
    """The library that the product ships."""
    return library_files.load()


@pytest.fixture(scope="session")
def sheds() -> Library:
    """A small library about sheds."""
    return a_library()


@pytest.fixture
def trust(shipped: Library) -> PolicyBot:
    """A bot for staff of the Trust, on a fixed day."""
    return PolicyBot(shipped, shipped.organisations["trust"], today=lambda: TODAY, monotonic=lambda: 0.0)
