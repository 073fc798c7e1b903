"""promise 26: in Slack no answer, modal or page says that it is anonymous, and each says who can read."""

import random

import block_kit
import slack_screens
from builders import TODAY
from secrecy import FORBIDDEN, own_words

from adapters.slack import render, views
from bot import wording
from bot.app import PolicyBot
from bot.model import Outcome

ANSWERS = 500


def texts(blocks: object) -> list[str]:
    # A clause with an exception stands in several elements: joined they are its words again.
    lines = [
        each for each in block_kit.objects(blocks) if each.get("type", "").startswith(("rich_text_s", "rich_text_q"))
    ]
    others = [each for each in block_kit.objects(blocks) if each.get("type") in ("plain_text",)]
    labels = [each["accessibility_label"] for each in block_kit.objects(blocks) if "accessibility_label" in each]
    joined = ["".join(block_kit.texts(line)) for line in lines]
    return [*joined, *(each["text"] for each in others), *labels]


def test_no_answer_in_slack_claims_secrecy_or_promises(trust: PolicyBot):
    phrasings = [p for s in trust.library.situations.values() for p in s.phrasings]
    asked = random.Random(26).sample(phrasings, ANSWERS)

    answers = [trust.ask(text) for text in asked]

    assert {answer.outcome for answer in answers} >= {Outcome.ANSWERED, Outcome.NOT_COVERED, Outcome.SENSITIVE}
    for answer in answers:
        message = render.message(answer, trust.library, trust.organisation, shareable="x")
        assert FORBIDDEN.search(own_words(texts(list(message.blocks)), [answer], trust)) is None
        assert wording.EMPLOYER_READS in texts(list(message.blocks))
        assert wording.EMPLOYER_READS in message.text


def test_no_modal_and_no_page_claims_secrecy(trust: PolicyBot):
    library, organisation = trust.library, trust.organisation
    shown = [
        views.home(library, organisation, TODAY),
        views.comms_modal(library, organisation),
        views.reasons_modal("bake-sale"),
        views.thanks_modal(),
    ]

    for view in shown:
        assert FORBIDDEN.search(own_words(texts(view), [], trust)) is None


def test_the_first_words_of_the_bot_say_that_the_employer_can_read():
    assert "Your employer can read messages in its workspace" in wording.WELCOME
    assert "Your employer can read messages on its systems" in wording.EMPLOYER_READS


def test_asked_for_help_the_bot_says_that_the_employer_can_read(trust: PolicyBot):
    message = render.message(trust.ask(slack_screens.ASKED["help"]), trust.library, trust.organisation)

    assert wording.NOTICE in texts(list(message.blocks))
    assert wording.NOTICE in message.text
