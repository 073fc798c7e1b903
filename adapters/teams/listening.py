"""Activities of Teams: questions are answered in memory and claimed; what Teams waits for is answered at once."""

import asyncio
import dataclasses
import logging
from collections.abc import Mapping
from typing import Any

from adapters import actions
from adapters.background import Background
from adapters.deliveries import Deliveries, TryAgain
from adapters.payloads import Incomplete
from adapters.questions import Asking, Questions, Said
from adapters.teams import extension, inbound, invokes
from adapters.teams.connector import Connector, Refused
from adapters.teams.dispatching import Invoked
from adapters.teams.inbound import Asked, Clicked, Place, Refreshed
from adapters.teams.invokes import CARD_ACTION, Invokes
from adapters.teams.people import People
from adapters.teams.replies import Reply, to_deletion, to_pick, to_question
from adapters.traces import trace
from bot import wording
from bot.config import Config

logger = logging.getLogger(__name__)

# Teams waits five seconds for a search, and longer for all else.
WITHIN_S = 4.0

Activity = Mapping[str, Any]


class Listener:
    """Takes activities as plain dictionaries, each for one organisation."""

    def __init__(  # noqa: PLR0913 - one parameter for each part it works with
        self,
        *,
        questions: Questions,
        config: Config,
        deliveries: Deliveries,
        people: People,
        invokes: Invokes,
        connector: Connector,
        background: Background,
    ) -> None:
        self._questions = questions
        self._config = config
        self._deliveries = deliveries
        self._people = people
        self._invokes = invokes
        self._connector = connector
        self._background = background

    async def message(self, organisation: str, activity: Activity) -> None:
        """Answer a question, or what an older client clicked; when this returns it is claimed."""
        match inbound.message(activity):
            case Asked() as asked:
                await self._asked(organisation, asked)
            case Clicked() as clicked:
                await self._clicked(organisation, clicked)

    async def edited(self, organisation: str, activity: Activity) -> None:
        """Answer a changed question anew."""
        asked = inbound.edited(activity)
        if asked is not None:
            await self._asked(organisation, asked)

    async def deleted(self, organisation: str, activity: Activity) -> None:
        """Take back the answer to a deleted question."""
        deleted = inbound.deleted(activity)
        if deleted is not None:
            await self._deliver(organisation, _once(deleted.place, deleted.once), to_deletion(deleted))

    async def invoked(self, organisation: str, name: str, activity: Activity) -> Invoked:
        """Answer something that Teams waits for; 400 for what is not ours, 404 for what we do not do."""
        try:
            async with asyncio.timeout(WITHIN_S):
                return await self._invoked(organisation, name, activity)
        except Incomplete:
            return Invoked(400)
        except (TryAgain, Refused, TimeoutError) as problem:
            logger.warning("something could not be shown in Teams: %s", problem or "no answer in time")
            return Invoked(200, self._invokes.sentence(name, wording.CLICK_AGAIN))
        except Exception as error:  # noqa: BLE001 - the edge of an invoke: said to the one who clicked, and logged
            logger.error("something that was clicked in Teams failed: %s", trace(error))
            return Invoked(200, self._invokes.sentence(name, wording.UNKNOWN_ERROR))

    async def _invoked(self, organisation: str, name: str, activity: Activity) -> Invoked:
        match name:
            case invokes.CARD_ACTION:
                return await self._executed(organisation, activity)
            case invokes.SEARCH:
                searched = inbound.searched(activity)
                if searched.is_further:
                    return Invoked(200, extension.no_more())
                return await self._shown(name, organisation, searched.place, searched.text)
            case "composeExtension/fetchTask":
                looked = inbound.looked(activity)
                return await self._shown(name, organisation, looked.place, looked.text)
            case "composeExtension/submitAction":
                return await self._pressed_in_dialog(organisation, name, activity)
            case "message/submitAction":
                # Thumbs that Teams draws by itself: we ask for none, and keep nothing that is typed beside them.
                return Invoked(200)
        # The SDK says 501, but nothing that a client sends is an error of ours.
        return Invoked(404)

    async def _asked(self, organisation: str, asked: Asked) -> None:
        asking = self._asking(organisation, asked.place, is_follow_up=True)
        said = await self._questions.ask(asking, _once(asked.place, asked.once), asked.text)
        if said is not None:
            reply = to_question(asked, said, in_thread=self._in_thread(organisation))
            await self._deliver(organisation, said.once, reply)

    async def _clicked(self, organisation: str, clicked: Clicked) -> None:
        """What an older client clicked: a picked situation is answered, all else is shown as a message."""
        if isinstance(clicked.action, actions.Choose):
            await self._picked(organisation, clicked, clicked.action.situation)
            return
        self._background.soon(self._show(organisation, clicked))

    async def _show(self, organisation: str, clicked: Clicked) -> None:
        """Show the one who clicked, in their own chat, what they clicked for."""
        if not await self._people.is_staff(clicked.place):
            return
        message = await self._invokes.shown(organisation, clicked)
        place = clicked.place
        if not place.is_personal:
            chat = await self._connector.create_personal(place.service_url, place.tenant, place.user, place.bot)
            place = dataclasses.replace(place, conversation=chat, is_personal=True)
        await self._connector.send(place, message.as_activity())

    async def _executed(self, organisation: str, activity: Activity) -> Invoked:
        done = inbound.executed(activity)
        if not await self._people.is_staff(done.place):
            return Invoked(200, self._invokes.sentence(CARD_ACTION, wording.STRANGER))
        if isinstance(done, Refreshed):
            return Invoked(200, self._invokes.again(organisation, done))
        if isinstance(done.action, actions.Choose):
            said = await self._picked(organisation, done, done.action.situation)
            sentence = wording.SENTENCES[said.sentence] if said else wording.HERE_IT_IS
            return Invoked(200, self._invokes.sentence(CARD_ACTION, sentence))
        return Invoked(200, await self._invokes.clicked(organisation, done))

    async def _picked(self, organisation: str, clicked: Clicked, situation: str) -> Said | None:
        """Answer a picked situation; return what is said instead, where it is not."""
        asking = self._asking(organisation, clicked.place)
        if not await self._questions.allows(asking):
            return Said("", sentence="too_many")
        said = Said(_once(clicked.place, clicked.once), self._questions.answer(asking, situation=situation))
        await self._deliver(organisation, said.once, to_pick(clicked, said, in_thread=self._in_thread(organisation)))
        return None

    async def _shown(self, name: str, organisation: str, place: Place, typed: str) -> Invoked:
        """Clauses for a search, or the answer to somebody's message in a dialog: seen by the asker alone."""
        asking = self._asking(organisation, place, alone=True)
        if not await self._people.is_staff(place):
            return Invoked(200, self._invokes.sentence(name, wording.STRANGER))
        if typed and not await self._questions.allows(asking):
            return Invoked(200, self._invokes.sentence(name, wording.TOO_MANY))
        answer = self._questions.answer(asking, typed) if typed else None
        return Invoked(200, self._invokes.found(name, organisation, answer))

    async def _pressed_in_dialog(self, organisation: str, name: str, activity: Activity) -> Invoked:
        clicked = inbound.pressed(activity)
        if not await self._people.is_staff(clicked.place):
            return Invoked(200, self._invokes.sentence(name, wording.STRANGER))
        if isinstance(clicked.action, actions.Choose):
            asking = self._asking(organisation, clicked.place, alone=True)
            answer = self._questions.answer(asking, situation=clicked.action.situation)
            return Invoked(200, self._invokes.found(name, organisation, answer))
        return Invoked(200, await self._invokes.clicked(organisation, clicked, in_dialog=True))

    def _asking(self, organisation: str, place: Place, *, is_follow_up: bool = False, alone: bool = False) -> Asking:
        thread = () if alone else (place.thread,)
        return Asking(organisation, place.tenant, place.user, thread, is_follow_up, place.at, place.timezone)

    async def _deliver(self, organisation: str, once: str, reply: Reply) -> None:
        await self._deliveries.deliver(organisation, once, reply.as_address())

    def _in_thread(self, organisation: str) -> bool:
        return self._config.of(organisation).answers_in_channels == "thread"


def _once(place: Place, once: str) -> str:
    return f"{place.tenant} {once}"
