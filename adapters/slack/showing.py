"""What a click or an opened page shows at once, to the one who clicked: modals, App Home, the pane for asking."""

import asyncio
import json
import logging
import time
from collections.abc import Mapping

from adapters import actions, counting
from adapters.background import Background
from adapters.deliveries import Deliveries, TryAgain
from adapters.slack import render, views
from adapters.slack.calling import GONE, Refused, SlackApi
from adapters.slack.inbound import Clicked, Opened
from adapters.slack.listening import Listener
from adapters.slack.people import People
from adapters.slack.views import View
from adapters.slack.workspaces import Workspace
from bot import wording
from bot.app import PolicyBot
from bot.ports import Store
from bot.recorded import Unrestorable, restore
from bot.suggestions import suggested

logger = logging.getLogger(__name__)

# A trigger is good for three seconds: https://docs.slack.dev/interactivity/handling-user-interaction
TRIGGER_S = 3.0
PAUSE_S = 0.3
# Why nothing can be opened over a modal; what is in it can still change.
_NO_MORE_OVER = frozenset({"push_limit_reached", "expired_trigger_id", "exchanged_trigger_id"})


class Showcase:
    """Shows what was clicked for. Nothing here is worth doing late, so nothing is kept for another process."""

    def __init__(  # noqa: PLR0913 - one parameter for each part it works with
        self,
        *,
        bots: Mapping[str, PolicyBot],
        api: SlackApi,
        people: People,
        listener: Listener,
        deliveries: Deliveries,
        store: Store,
        background: Background,
        agent_view: bool,
    ) -> None:
        """*agent_view* says which of the two panes the app has."""
        self._bots = bots
        self._api = api
        self._people = people
        self._listener = listener
        self._deliveries = deliveries
        self._store = store
        self._background = background
        self._agent_view = agent_view

    async def clicked(self, workspace: Workspace, clicked: Clicked) -> None:
        """Do what was clicked for; picked situations in messages are answered, all else is shown in a modal."""
        match clicked.action:
            case actions.Choose(situation) if not clicked.in_modal:
                await self._listener.picked(workspace, clicked, situation)
            case _:
                if await self._deliveries.claim(workspace.organisation, f"{workspace.team} {clicked.once}"):
                    self._background.soon(self._show(workspace, clicked))

    async def opened(self, workspace: Workspace, opened: Opened) -> None:
        """Fill App Home, or suggest what to ask in the pane."""
        if not opened.channel:
            self._background.soon(self._fill_home(workspace, opened))
            return
        # The Messages tab is the newer pane; the older opens with a thread of its own.
        is_pane = bool(opened.thread) or self._agent_view
        if is_pane and await self._deliveries.claim(workspace.organisation, f"{workspace.team} {opened.once}"):
            self._background.soon(self._welcome(workspace, opened))

    async def _show(self, workspace: Workspace, clicked: Clicked) -> None:
        until = time.monotonic() + TRIGGER_S
        is_staff = (await self._people.find(workspace, clicked.asker.user)).is_staff
        match clicked.action:
            case actions.Reason():  # the modal that it came from has thanked for it
                if is_staff:
                    await self._count(workspace, clicked)
            case _ if not is_staff:
                await self._say(workspace, clicked, wording.STRANGER, until)
            case actions.Helpful():
                await self._count(workspace, clicked)
                await self._say(workspace, clicked, wording.THANKS_HELPFUL, until)
            case actions.Share(record):
                await self._share(workspace, clicked, record, until)
            case _:
                view = await self._view(workspace, clicked)
                if view is not None:
                    await self._open(workspace, clicked, view, until)

    async def _view(self, workspace: Workspace, clicked: Clicked) -> View | None:
        bot = self._bots[workspace.organisation]
        library, organisation = bot.library, bot.organisation
        match clicked.action:
            case actions.More(page, shown):
                return self._paged(bot, shown, page)
            case actions.Show() | actions.Section() | actions.Topic():
                return self._paged(bot, clicked.action, 0)
            case actions.Comms():
                return views.comms_modal(library, organisation)
            case actions.Unhelpful(situation):
                return views.reasons_modal(situation)
            case actions.Choose() | actions.Ask():
                return await self._answer(workspace, clicked)
        return None

    async def _answer(self, workspace: Workspace, clicked: Clicked) -> View:
        """What was picked or typed in a modal or on App Home, answered within the same limits as messages."""
        bot = self._bots[workspace.organisation]
        if not await self._listener.allows(workspace, clicked.asker.user):
            return views.sentence_modal(wording.TOO_MANY)
        match clicked.action:
            case actions.Choose(situation):
                answer = self._listener.answer_to(workspace, clicked, situation)
            case actions.Ask(text):
                answer = self._listener.answer_to(workspace, clicked, text=text)
        return views.answer_modal(answer, bot.library, bot.organisation)

    def _paged(self, bot: PolicyBot, shown: views.Paged, page: int) -> View | None:
        library, organisation = bot.library, bot.organisation
        match shown:
            case actions.Show(part, on, ids):
                cited = library.cite(organisation, on).citations(ids)
                title = wording.FOLDED_TITLES[part]
                return views.clauses_modal(title, cited, library, organisation, page=page, shown=shown)
            case actions.Section(on, clause):
                found = library.cite(organisation, on).citation(clause)
                return views.section_modal(found, library, organisation, on=on, page=page) if found else None
            case actions.Topic(topic):
                return views.topic_modal(topic, library, organisation, bot.today(), page=page)

    async def _open(self, workspace: Workspace, clicked: Clicked, view: View, until: float) -> None:
        """Open *view*, over the modal that was clicked in if there is one, for as long as the trigger is good."""
        turns = isinstance(clicked.action, actions.More) and clicked.in_modal
        instead = ("views.update", {"view_id": clicked.view, "view": view})
        over = ("views.push" if clicked.in_modal else "views.open", {"trigger_id": clicked.trigger, "view": view})
        method, arguments = instead if turns else over
        is_again = False
        while True:
            try:
                await self._api.call(workspace, method, arguments)
                return
            except TryAgain as again:
                is_again = True
                pause_s = max(again.after_s, PAUSE_S)
                if time.monotonic() + pause_s > until:
                    break
                await asyncio.sleep(pause_s)
            except Refused as refused:
                if refused.error == "exchanged_trigger_id" and is_again:
                    return  # it was opened the first time, and only the word of it was lost
                if method == "views.push" and refused.error in _NO_MORE_OVER:
                    method, arguments = instead
                    continue
                if refused.error not in _NO_MORE_OVER | GONE:
                    logger.warning("something could not be shown: %s", refused)
                break
        if clicked.response_url:
            await self._say(workspace, clicked, wording.CLICK_AGAIN, until)

    async def _say(self, workspace: Workspace, clicked: Clicked, sentence: str, until: float) -> None:
        """Say a sentence of ours to the one who clicked, in a modal where they are in one."""
        if not clicked.response_url:
            await self._open(workspace, clicked, views.sentence_modal(sentence), until)
            return
        message = render.said(sentence)
        body = {"text": message.text, "blocks": list(message.blocks), "replace_original": False}
        await self._api.respond(clicked.response_url, body | {"response_type": "ephemeral"})

    async def _share(self, workspace: Workspace, clicked: Clicked, record: str, until: float) -> None:
        """Share a private answer with the channel it was asked in; what must stay private never is."""
        bot = self._bots[workspace.organisation]
        try:
            answer = restore(json.loads(record), bot.library, bot.organisation)
        except (Unrestorable, ValueError):
            await self._say(workspace, clicked, wording.ASK_AGAIN, until)
            return
        if answer.is_private:
            return
        message = render.shared(answer, bot.library, bot.organisation, by=clicked.asker.user)
        body = {"text": message.text, "blocks": list(message.blocks), "replace_original": False, "parse": "none"}
        try:
            await self._api.respond(clicked.response_url, body | {"response_type": "in_channel", "unfurl_links": False})
        except Refused:
            # Such an address is good for half an hour.
            await self._open(workspace, clicked, views.sentence_modal(wording.SHARE_AGAIN), until)

    async def _count(self, workspace: Workspace, clicked: Clicked) -> None:
        await counting.count(self._store, "slack", self._bots[workspace.organisation], clicked.action)

    async def _fill_home(self, workspace: Workspace, opened: Opened) -> None:
        bot = self._bots[workspace.organisation]
        if (await self._people.find(workspace, opened.asker.user)).is_staff:
            view = views.home(bot.library, bot.organisation, bot.today())
        else:
            view = {"type": "home", "blocks": list(render.said(wording.STRANGER).blocks)}
        await self._api.call(workspace, "views.publish", {"user_id": opened.asker.user, "view": view})

    async def _welcome(self, workspace: Workspace, opened: Opened) -> None:
        """Suggest to staff what to ask; in the older pane, where every thread begins empty, say hello as well."""
        bot = self._bots[workspace.organisation]
        is_staff = (await self._people.find(workspace, opened.asker.user)).is_staff
        where = {"channel_id": opened.channel} | ({"thread_ts": opened.thread} if opened.thread else {})
        if opened.thread:
            hello = render.said(wording.WELCOME.format(name=bot.organisation.name) if is_staff else wording.STRANGER)
            said = {"channel": opened.channel, "thread_ts": opened.thread, "text": hello.text}
            await self._api.post(workspace, "chat.postMessage", said | {"blocks": list(hello.blocks)})
        if not is_staff:
            return
        prompts = [
            {"title": choice.title, "message": choice.title}
            for choice in suggested(bot.library, bot.organisation, bot.today())
        ]
        arguments = where | {"title": wording.SUGGESTED, "prompts": prompts}
        await self._api.call(workspace, "assistant.threads.setSuggestedPrompts", arguments)
