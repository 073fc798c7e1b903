"""promise 10: 10,000 hostile strings, wherever text comes from outside: no live mention, link or command in Slack."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import block_kit
import hostile
import pytest
from builders import TODAY, a_clause, a_document, an_edition

from adapters.slack import fallback, render, views
from adapters.slack.render import Message
from bot.model import Answer, Choice, Elsewhere, GivenRoute, Outcome, Warned, WarningId
from knowledge.library import Library
from knowledge.model import Authority, Citation, Kind, ReviewState, Situation, Wording
from knowledge.people import Contact, Organisation, RouteScope

STRINGS = 10_000
LIVE = ("<!", "<@", "<#", "<http", "<mailto", "<tel")
OF_SLACK = (
    *(
        "<!channel>",
        "<!here>",
        "<!everyone>",
        "<!here|here>",
        "<@U0123456789>",
        "<@W0123456789|boss>",
        "<#C0123456789>",
    ),
    *("<#C0123456789|general>", "<!subteam^S0123456789>", "<!subteam^S0123456789|@ward>", "<http://evil.example>"),
    *("<http://evil.example|The policy>", "<https://evil.example|https://nhs.example>", "<mailto:a@evil.example|Mail>"),
    *("<tel:999|Call>", "<!date^1392734382^{date_num}^https://evil.example|Feb 18>", "<!date^0^{ago}|now>"),
    *(
        "&lt;!here&gt;",
        "&lt;@U0123456789&gt;",
        "&amp;lt;!here&amp;gt;",
        "&#60;!here&#62;",
        "@channel",
        "@here",
        "#general",
    ),
    *("*bold*", "_italic_", "~struck~", "`code`", "```block```", "> quoted", "• listed", ":smile:", ":rotating_light:"),
    *(
        "[The policy](https://evil.example)",
        "https://evil.example",
        "evil.example",
        "\u202e<!channel>\u202c",
        "\u200f<!here>",
    ),
    *("\x00<!here>", "\x1b[31m<@U0123456789>", "<\u200b!channel>", "<!\nchannel>", "‹!channel›", "＜!channel＞"),
)


def strings(count: int, seed: int) -> list[str]:
    """Slack's own markup by itself, around and inside of what is hostile elsewhere."""
    mixed = hostile.strings(2 * count, seed)
    live = (OF_SLACK[at % len(OF_SLACK)] for at in range(len(mixed)))
    around = (f"{one} {text} {one}" if at % 2 else text for at, (one, text) in enumerate(zip(live, mixed, strict=True)))
    return list(dict.fromkeys([*OF_SLACK, *around]))[:count]


def answers(text: str) -> Iterator[Answer]:
    """An answer of each kind, with *text* in every place that a library or an organisation fills."""
    clause = a_clause(text, heading=(text, text), number=text, exceptions=(text[:7],))
    edition = an_edition(clause, a_clause(text, id="own/2", heading=(text,)), label=text)
    edition = replace(edition, document=a_document(title=text, issuer=text))
    citation = Citation(clause, edition, Authority.EMPLOYER_POLICY, Wording.RESTATED, ReviewState.OVERDUE)
    situation = Situation("a", text, "sheds")
    route = GivenRoute("hr", text, RouteScope.INTERNAL, Contact(text), because=text)
    warnings = (Warned(WarningId.REVIEW_OVERDUE, clause.id), Warned(WarningId.CONTACT_STALE))
    parts: dict[str, Any] = {"routes": (route,), "warnings": warnings}
    answered = Answer(Outcome.ANSWERED, text, TODAY, situation, citations=(citation,), also=(citation,), **parts)
    yield answered
    yield replace(answered, situation=None, citations=(), document=edition)
    yield Answer(Outcome.CHOOSE, text, TODAY, choices=(Choice("a", text), Choice("b", text)), **parts)
    place = Elsewhere("e", text, text, text)
    yield Answer(Outcome.NOT_COVERED, text, TODAY, replace(situation, kind=Kind.ELSEWHERE), elsewhere=place, **parts)
    yield Answer(Outcome.SENSITIVE, text, TODAY, situation, routes=(route,), warnings=(Warned(WarningId.DANGER),))


def an_organisation(text: str) -> Organisation:
    return Organisation("garden", text, contacts={"comms_team": text, "hr": text}, source_urls={"own": f"http:{text}"})


def live(shown: object) -> list[str]:
    """What could come alive: markup, a text that Slack parses, a link that nobody set."""
    found = []
    for each in block_kit.objects(shown):
        kind, text = each.get("type"), each.get("text")
        if kind in ("mrkdwn", "markdown", "user", "usergroup", "channel", "broadcast", "emoji", "date"):
            found.append(f"{kind} is parsed")
        if kind == "plain_text" and each.get("emoji") is not False:
            found.append("emoji are parsed")
        if isinstance(text, str) and kind not in ("plain_text", "text", "link"):
            found.append(f"text of {kind}")
        found += [f"{key}: {each[key]}" for key in ("url", "image_url") if key in each]
    return found


def live_text(message: Message) -> list[str]:
    """What of Slack's markup is left in the one text that Slack parses; there, no angle may stand at all."""
    return [mark for mark in (*LIVE, "<", ">") if mark in message.text]


def test_no_hostile_string_comes_alive_in_a_message_or_a_modal(sheds: Library):
    tried = strings(STRINGS, seed=10)

    assert len(set(tried)) == STRINGS
    for at, text in enumerate(tried):
        organisation = an_organisation(text)
        # Each string stands in an answer; each fifth in all five kinds, plain, shared and in modals too.
        for answer in answers(text) if at % 5 == 0 else [next(answers(text))]:
            message = render.message(answer, sheds, organisation)
            assert live(list(message.blocks)) == [], text
            assert live_text(message) == [], text
            if at % 5 == 0:
                assert live(list(render.plain(message).blocks)) == [], text
                assert live(views.clauses_modal(text, answer.citations, sheds, organisation)) == [], text


def test_no_hostile_string_comes_alive_on_app_home_or_in_a_sentence(sheds: Library):
    for text in strings(1_000, seed=11):
        library = replace(sheds, topics={"sheds": text}, digest=text)
        for view in (
            views.home(library, an_organisation(text), TODAY),
            views.topic_modal("sheds", library, an_organisation(text), TODAY),
            views.comms_modal(library, an_organisation(text)),
        ):
            assert live(view) == [], text
        message = render.said(text)
        assert live(list(message.blocks)) == []
        assert live_text(message) == []


def test_slack_takes_what_holds_hostile_strings(sheds: Library):
    for text in strings(300, seed=12):
        for answer in answers(text):
            message = render.message(answer, sheds, an_organisation(text))

            assert block_kit.problems(list(message.blocks)) == [], text
            assert block_kit.problems(list(render.plain(message).blocks)) == [], text


def test_an_address_that_holds_markup_becomes_no_link(sheds: Library):
    organisation = replace(an_organisation("x"), source_urls={"own": "https://intranet.example/<!channel>"})
    (answer, *_) = answers("<!channel>")

    assert live(list(render.message(answer, sheds, organisation).blocks)) == []


def test_only_the_user_who_shares_is_mentioned(sheds: Library):
    (answer, *_) = answers("<@U9999999999>")

    message = render.shared(answer, sheds, an_organisation("<!here>"), by="U0123456789")

    assert live(list(message.blocks)) == ["user is parsed"]
    assert live_text(message) == []


@pytest.mark.parametrize("markup", OF_SLACK)
def test_escaping_leaves_nothing_that_slack_reads_as_a_command(markup: str):
    escaped = fallback.escaped(markup)

    assert "<" not in escaped
    assert ">" not in escaped
    assert escaped.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") == markup


def test_markup_that_is_alive_would_be_noticed():
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "<!here>"}}

    assert live([section]) == ["mrkdwn is parsed", "text of mrkdwn"]
    assert live_text(Message("<!here>", ())) == ["<!", "<", ">"]
