"""What Teams is told in answer to a click, a search or a message action: seen by the one who did it."""

import json
from collections.abc import Mapping
from typing import Any

from adapters import actions, counting
from adapters.deliveries import Deliveries
from adapters.teams import extension, render, views
from adapters.teams.cards import Buttons
from adapters.teams.inbound import Clicked, Refreshed
from adapters.teams.render import Message
from bot import wording
from bot.app import PolicyBot
from bot.model import Answer
from bot.ports import Store
from bot.recorded import Unrestorable, record, restore
from bot.suggestions import suggested
from knowledge.library import Library

CARD_ACTION, SEARCH = "adaptiveCard/action", "composeExtension/query"
# https://learn.microsoft.com/adaptive-cards/authoring-cards/universal-action-model
_CARD, _TEXT = "application/vnd.microsoft.card.adaptive", "application/vnd.microsoft.activity.message"

Body = dict[str, Any]


class Invokes:
    """Makes the bodies that answer invokes; what is clicked twice by a repetition is counted once."""

    def __init__(self, *, bots: Mapping[str, PolicyBot], deliveries: Deliveries, store: Store) -> None:
        self._bots = bots
        self._deliveries = deliveries
        self._store = store

    def sentence(self, name: str, sentence: str) -> Body:
        """A sentence of ours, in the form that the invoke *name* takes."""
        if name == CARD_ACTION:
            return {"statusCode": 200, "type": _TEXT, "value": sentence}
        if name == SEARCH:
            return extension.nothing(sentence)
        return extension.dialog(render.said(sentence))

    def again(self, organisation: str, refreshed: Refreshed) -> Body:
        """The card of a recorded answer, as the library has it now."""
        bot = self._bots[organisation]
        answer = self._restored(bot, refreshed.record)
        if answer is None:
            return self.sentence(CARD_ACTION, wording.ASK_AGAIN)
        user = "" if refreshed.place.is_personal else refreshed.place.user
        found = render.message(answer, bot.library, bot.organisation, record=refreshed.record, refresh_for=user)
        return _card(found)

    async def clicked(self, organisation: str, clicked: Clicked, *, in_dialog: bool = False) -> Body:
        """What a click shows."""
        message = await self.shown(organisation, clicked, in_dialog=in_dialog)
        return extension.dialog(message) if in_dialog else _card(message)

    async def shown(self, organisation: str, clicked: Clicked, *, in_dialog: bool = False) -> Message:
        """What a click shows, as a message."""
        bot = self._bots[organisation]
        library, employer = bot.library, bot.organisation
        buttons = Buttons(clicked.record, in_dialog)
        match clicked.action:
            case actions.More(page, shown):
                return self._paged(bot, shown, page, buttons)
            case actions.Show() | actions.Section() | actions.Topic():
                return self._paged(bot, clicked.action, 0, buttons)
            case actions.Comms():
                return views.comms_message(library, employer, buttons=buttons)
            case actions.Helpful() | actions.Reason():
                if await self._deliveries.claim(organisation, f"{clicked.place.tenant} {clicked.once}"):
                    await counting.count(self._store, "teams", bot, clicked.action)
                is_good = isinstance(clicked.action, actions.Helpful)
                thanks = wording.THANKS_HELPFUL if is_good else wording.THANKS
                return views.sentence_message(thanks, buttons=buttons)
            case actions.Unhelpful():
                return render.said(wording.PICK_A_REASON)
        return views.sentence_message(wording.ASK_AGAIN, buttons=buttons)

    def found(self, name: str, organisation: str, answer: Answer | None) -> Body:
        """The clauses of *answer* as results of a search, or the answer itself in a dialog."""
        bot = self._bots[organisation]
        if name == SEARCH:
            return self._results(bot, answer)
        if answer is None:
            return self.sentence(name, wording.ASK_AGAIN)
        recorded = json.dumps(record(answer), separators=(",", ":"))
        shown = render.message(answer, bot.library, bot.organisation, record=recorded, in_dialog=True)
        return extension.dialog(shown)

    def _results(self, bot: PolicyBot, answer: Answer | None) -> Body:
        if answer is None:
            # Nothing is typed yet: what staff ask most often.
            citer = bot.library.cite(bot.organisation, bot.today())
            chosen = suggested(bot.library, bot.organisation, bot.today())
            ids = [clause for each in chosen for clause in _situation(bot.library, each.situation)]
            return extension.results(citer.citations(ids))
        if answer.is_private:
            return extension.nothing(wording.SEARCH_PRIVATE)
        cited = dict.fromkeys((*answer.leading, *answer.differing, *answer.also, *answer.nearby))
        return extension.results(tuple(cited))

    def _paged(self, bot: PolicyBot, shown: views.Paged, page: int, buttons: Buttons) -> Message:
        library, employer = bot.library, bot.organisation
        match shown:
            case actions.Show(part, on, ids):
                cited = library.cite(employer, on).citations(ids)
                title = wording.FOLDED_TITLES[part]
                return views.clauses_message(title, cited, library, employer, page=page, shown=shown, buttons=buttons)
            case actions.Section(on, clause):
                found = library.cite(employer, on).citation(clause)
                if found is None:
                    return views.sentence_message(wording.ASK_AGAIN, buttons=buttons)
                return views.section_message(found, library, employer, on=on, page=page, buttons=buttons)
            case actions.Topic(topic):
                return views.topic_message(topic, library, employer, bot.today(), page=page, buttons=buttons)

    def _restored(self, bot: PolicyBot, recorded: str) -> Answer | None:
        try:
            return restore(json.loads(recorded), bot.library, bot.organisation)
        except (Unrestorable, ValueError, TypeError):
            return None


def _card(message: Message) -> Body:
    if message.card is None:
        return {"statusCode": 200, "type": _TEXT, "value": message.text}
    return {"statusCode": 200, "type": _CARD, "value": message.card}


def _situation(library: Library, situation: str) -> tuple[str, ...]:
    return library.situations[situation].answers[:1]
