"""Counts feedback: what was clicked, for which situation, in which month, and nothing of who clicked."""

import logging

from adapters import actions
from adapters.actions import Action
from bot import feedback
from bot.app import PolicyBot
from bot.ports import Store, StoreUnavailable

logger = logging.getLogger(__name__)


async def count(store: Store, platform: str, bot: PolicyBot, action: Action) -> None:
    """Count *action* where it is feedback that may be counted; without a store it is not."""
    match action:
        case actions.Helpful(situation):
            verdict, reason = "helpful", ""
        case actions.Reason(situation, reason):
            verdict = "unhelpful"
        case _:
            return
    if not feedback.counts(bot.library.situations.get(situation)):
        return
    month = bot.today().isoformat()[:7]
    try:
        await store.count_feedback(bot.organisation.id, month, platform, situation, verdict, reason)
    except StoreUnavailable:
        logger.warning("feedback was not counted: the store does not answer")
