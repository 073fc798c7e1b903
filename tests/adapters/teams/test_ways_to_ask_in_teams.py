"""Every way to ask in Teams gets the clause: in the personal chat, in a channel, in a group chat."""

import pytest
import teams_activities as act
import teams_events as events
import teams_ids as ids
import teams_invokes as invokes
from teams_app import TeamsApp, said, shown
from teams_ids import Json
from teams_service import TeamsService

from bot import wording

CHAT = ids.personal_of(ids.ASKER)
CLAUSE = "Lock the shed at night, unless the owl is inside."


async def test_a_question_in_the_personal_chat_is_answered_by_one_message(app: TeamsApp, service: TeamsService):
    question = act.message("do i lock the shed")

    taken = await app.sends(question)
    [answer] = await service.posted()
    await app.ends()

    assert (taken.status, taken.text) == (200, "")
    assert (answer.conversation, answer.reply_to) == (CHAT, question["id"])
    assert service.count("send") == 1


async def test_the_card_holds_the_clause_its_exception_its_citation_and_who_to_go_to(
    app: TeamsApp, service: TeamsService
):
    await app.sends(act.message("do i lock the shed"))
    [answer] = await service.posted()

    lines = shown(answer.card).splitlines()
    assert "You must · Your employer's policy" in lines
    assert CLAUSE in lines
    assert "Exception: “unless the owl is inside”" in lines
    assert "Shed policy (The Garden Trust), Sheds: Locking: 1" in lines
    assert "Edition 1, effective January 2020. Review due by January 2030." in lines
    assert (
        "The communications team: No contact is set. Your organisation can add one. [named in Sheds: Locking: 1]"
        in lines
    )
    assert wording.EMPLOYER_READS in lines


async def test_notifications_and_old_clients_are_given_the_answer_itself(app: TeamsApp, service: TeamsService):
    await app.sends(act.message("do i lock the shed"))
    [answer] = await service.posted()

    assert f"You must: “{CLAUSE}”" in answer.summary
    assert CLAUSE in answer.card["fallbackText"]
    assert "text" not in answer.activity


async def test_clauses_are_listed_as_citations_and_nothing_is_labelled_as_generated(
    app: TeamsApp, service: TeamsService
):
    await app.sends(act.message("do i lock the shed"))
    [answer] = await service.posted()

    [entity] = answer.activity["entities"]
    assert [each["appearance"]["abstract"] for each in entity["citation"]] == [CLAUSE]
    assert "additionalType" not in str(answer.activity)
    assert "feedbackLoop" not in str(answer.activity)


async def test_a_mention_in_a_new_post_of_a_channel_is_answered_below_it(app: TeamsApp, service: TeamsService):
    question = act.mention("do i lock the shed")

    await app.sends(question)
    [answer] = await service.posted()

    assert (answer.conversation, answer.reply_to) == (ids.thread(question["id"]), question["id"])
    assert CLAUSE in shown(answer.card)


async def test_a_mention_in_a_reply_is_answered_in_that_thread(app: TeamsApp, service: TeamsService):
    await app.sends(act.mention("do i lock the shed", root="1790000000001"))
    [answer] = await service.posted()

    assert answer.conversation == ids.thread("1790000000001")
    assert CLAUSE in shown(answer.card)


async def test_a_mention_in_a_group_chat_is_answered_there(app: TeamsApp, service: TeamsService):
    question = act.group_mention("do i lock the shed")

    await app.sends(question)
    [answer] = await service.posted()

    assert (answer.conversation, answer.reply_to) == (ids.GROUP, question["id"])
    assert CLAUSE in shown(answer.card)


@pytest.mark.parametrize("text", ["hello", "what can you do", "", "   ", "&nbsp;"])
async def test_hello_help_and_nothing_at_all_say_how_to_ask(app: TeamsApp, service: TeamsService, text: str):
    await app.sends(act.message(text))
    [answer] = await service.posted()

    assert wording.HELP in shown(answer.card)
    assert wording.NOTICE in shown(answer.card)


async def test_a_mention_with_nothing_beside_it_says_how_to_ask(app: TeamsApp, service: TeamsService):
    await app.sends(act.mention(""))
    [answer] = await service.posted()

    assert wording.HELP in shown(answer.card)


@pytest.mark.parametrize("text", ["qwertz", "?!", "👍", "1", "owner of the moon", "\u200b", "ß" * 400])
async def test_nonsense_is_answered_with_somebody_to_ask(app: TeamsApp, service: TeamsService, text: str):
    await app.sends(act.message(text))
    [answer] = await service.posted()

    lines = shown(answer.card)
    assert wording.NOT_COVERED in lines or wording.HELP in lines
    assert CLAUSE not in lines


@pytest.mark.parametrize(
    "question",
    [
        act.message("do i lock the shed 🔒🏚️"),
        act.message("<b>do i</b> lock the <i>shed</i>", textFormat="xml"),
        act.message("do i lock the shed &amp; the gate"),
        act.message("do\ni\nlock\n\nthe shed"),
        act.message(
            "do i lock the shed", attachments=[{"contentType": "image/png", "contentUrl": "https://x.example"}]
        ),
        act.with_mention_of(act.mention("do i lock the shed"), ids.COLLEAGUE, "Keeper"),
        act.mention() | {"text": f"do i lock the shed <at>{ids.BOT_NAME}</at>"},
    ],
    ids=["emoji", "markup", "entities", "lines", "an attachment", "a colleague's mention", "the mention at its end"],
)
async def test_a_question_is_understood_however_it_is_typed(app: TeamsApp, service: TeamsService, question: Json):
    await app.sends(question)
    [answer] = await service.posted()

    assert CLAUSE in shown(answer.card)


async def test_nothing_of_the_question_or_of_who_is_mentioned_comes_back(app: TeamsApp, service: TeamsService):
    asked = act.mention("do i lock the shed zyxcanary [here](https://shed.example)")

    await app.sends(act.with_mention_of(asked, ids.COLLEAGUE, "Keeper"))
    [answer] = await service.posted()

    for word in ("zyxcanary", "shed.example", "Keeper", ids.COLLEAGUE, "<at>"):
        assert word not in str(answer.activity)


async def test_an_attachment_without_words_says_how_to_ask(app: TeamsApp, service: TeamsService):
    picture = {"contentType": "image/png", "contentUrl": "https://shed.example/picture.png"}
    asked = act.message("", attachments=[picture])
    del asked["text"]

    await app.sends(asked)
    [answer] = await service.posted()

    assert wording.HELP in shown(answer.card)


OWN = act.message("Lock it.", **{"from": {"id": ids.BOT, "name": ids.BOT_NAME}})
SILENT = {
    "another bot's message": act.from_bot(act.message()),
    "another bot's mention": act.from_bot(act.mention()),
    "our own message": OWN,
    "typing": events.typing(),
    "typing in a channel": events.typing(place=act.in_channel()),
    "the bot was added to a chat": events.joined(),
    "the bot was added to a team": events.joined(place=act.in_channel()),
    "somebody was added": events.joined(ids.COLLEAGUE, place=act.in_channel()),
    "somebody left": events.left(ids.COLLEAGUE, place=act.in_group()),
    "a channel has another name": events.channel_renamed(),
    "the app was installed": events.installed(),
    "the app was updated": events.installed("add-upgrade"),
    "the app was removed": events.removed(),
    "a reaction": events.reacted(to="1790000000001"),
    "a reaction that was taken back": events.reacted(to="1790000000001", taken_back=True),
    "a read receipt": events.event(),
    "a hand-over": events.handoff(),
    "a type that nobody knows": act.envelope("somethingNew", act.in_personal()),
    "the end of a conversation": act.envelope("endOfConversation", act.in_personal()),
    "a changed message that nobody edited": act.message() | {"type": "messageUpdate"},
    "a value that is not ours": act.submitted({"other": "app"}, reply_to="1790000000001"),
}


async def test_what_nobody_asked_is_taken_and_not_answered(app: TeamsApp, service: TeamsService):
    taken = {what: (await app.sends(activity)).status for what, activity in SILENT.items()}
    await app.sends(act.message("do i lock the shed"))
    await service.posted()
    await app.ends()

    assert taken == dict.fromkeys(SILENT, 200)
    assert service.count("send") == 1


async def test_invokes_that_we_do_not_know_are_said_to_be_unknown(app: TeamsApp):
    statuses = {name: (await app.sends(invokes.invoke(name))).status for name in invokes.NEVER_HEARD_OF}

    assert statuses == dict.fromkeys(invokes.NEVER_HEARD_OF, 404)


async def test_invokes_that_are_not_whole_are_refused_and_nothing_is_shown(app: TeamsApp, service: TeamsService):
    statuses = [(await app.sends(each)).status for each in invokes.malformed()]
    await app.ends()

    assert set(statuses) <= {200, 400, 404}
    assert service.messages() == []


async def test_thumbs_that_teams_draws_are_taken_and_what_is_typed_beside_them_goes_nowhere(
    app: TeamsApp, service: TeamsService
):
    for as_object in (False, True):
        taken = await app.sends(invokes.judged("dislike", "zyxcanary", as_object=as_object))

        assert (taken.status, taken.text) == (200, "")
    await app.ends()

    assert service.messages() == []


async def test_too_many_questions_are_refused_once_and_politely(app: TeamsApp, service: TeamsService):
    searched = [await app.sends(invokes.queried("lock the shed")) for _ in range(21)]
    for text in ("do i lock the shed", "may i paint the shed green"):
        await app.sends(act.message(text))
    [refused] = await service.posted()
    await app.ends()

    assert [said(each) for each in searched].count(wording.TOO_MANY) == 1
    assert refused.text == wording.TOO_MANY
    assert service.count("send") == 1
