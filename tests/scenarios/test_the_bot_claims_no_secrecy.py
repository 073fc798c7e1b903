"""promise 26: the bot never says that it is anonymous or confidential, promises nothing, and says who can read."""

import io
import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from rich.console import Console
from secrecy import FORBIDDEN

from adapters import asking
from adapters.cli import signpost
from adapters.web import application
from bot import wording
from bot.app import PolicyBot
from bot.model import Answer, Outcome
from knowledge.model import Kind

ANSWERS = 500


def strings(value: object) -> Iterator[str]:
    """Every text in a constant of `wording`: texts, tuples of texts, and texts by key."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from strings(each)
    elif isinstance(value, tuple | list):
        for each in value:
            yield from strings(each)


SENTENCES = sorted({said for name, value in vars(wording).items() if name.isupper() for said in strings(value)})


def test_every_sentence_is_looked_at():
    assert len(SENTENCES) > 80
    assert {wording.NOTICE, wording.SENSITIVE, wording.DANGER, *wording.HELP_FIRST.values()} <= set(SENTENCES)


@pytest.mark.parametrize("said", SENTENCES)
def test_no_sentence_of_the_bot_claims_secrecy_or_promises(said: str):
    assert FORBIDDEN.search(said) is None


@pytest.mark.parametrize(
    "said",
    [
        "This chat is anonymous.",
        "Everything you type is confidential.",
        "Nobody will know that you asked.",
        "We promise to keep this to ourselves.",
        "Your message cannot be traced.",
        "This is a safe space.",
        "You will be protected.",
        "It is between you and me.",
        "It will not be shared.",
    ],
)
def test_a_claim_would_be_noticed(said: str):
    assert FORBIDDEN.search(said)


def rendered(answer: Answer) -> str:
    console = Console(file=io.StringIO(), width=4_000)
    console.print(asking.rendered(answer))
    return console.file.getvalue()  # type: ignore[attr-defined]


def own_words(answer: Answer) -> str:
    """What the bot itself says in *answer*: the rendering less the words of clauses, documents and situations."""
    said = rendered(answer)
    cited = (*answer.citations, *answer.also)
    quoted = [citation.clause.text for citation in cited]
    quoted += [wording.clause_name(citation) for citation in cited]
    quoted += [choice.title for choice in answer.choices]
    quoted += [answer.elsewhere.title] if answer.elsewhere else []
    for words in sorted(quoted, key=len, reverse=True):
        said = said.replace(words, "")
    return said


def test_no_answer_claims_secrecy_or_promises(trust: PolicyBot):
    situations = trust.library.situations.values()
    sampled = random.Random(26).sample([p for s in situations for p in s.phrasings], ANSWERS)
    private = [p for s in situations if s.kind in (Kind.HELP, Kind.SENSITIVE) for p in s.phrasings]
    asked = sampled + random.Random(62).sample(private, ANSWERS // 2)

    answers = dict.fromkeys(trust.ask(text) for text in asked)

    assert {answer.outcome for answer in answers} >= set(Outcome) - {Outcome.IDENTIFIABLE}
    assert len(answers) > ANSWERS / 2
    claims = {found[0] for answer in answers if (found := FORBIDDEN.search(own_words(answer)))}
    assert claims == set()


def test_what_the_bot_itself_says_is_left_when_the_quotations_are_taken_out(trust: PolicyBot):
    answer = trust.ask("trust/5.4")

    assert "confidential" in rendered(answer)
    assert wording.AUTHORITIES[answer.citations[0].authority] in own_words(answer)


def test_asked_whether_this_is_private_the_bot_says_who_can_read(trust: PolicyBot):
    answer = trust.ask("", situation="help-is-this-private")

    assert "Your employer may be able to read what is typed on its systems." in rendered(answer)


def test_the_notice_says_that_the_employer_can_read():
    assert "Your employer may be able to read what is typed on its systems." in wording.NOTICE


@pytest.mark.parametrize("text", ["can I post bake sale photos?", "my manager hits the patients", "hello"])
def test_every_answer_on_the_command_line_ends_with_the_notice(text: str):
    done = CliRunner().invoke(signpost, ["ask", text])

    assert " ".join(done.stdout.split()).endswith(wording.NOTICE)


def test_a_conversation_in_the_terminal_begins_with_the_notice():
    done = CliRunner().invoke(signpost, ["chat"], input="\n")

    assert " ".join(done.stdout.split()).startswith(wording.NOTICE)


async def test_every_page_with_an_answer_says_it_in_its_footer(aiohttp_client, trust: PolicyBot):
    client = await aiohttp_client(application.build(trust))

    for text in ("can I post bake sale photos?", "my manager hits the patients", "hello"):
        response = await client.post("/", data={"question": text})
        page = await response.text()

        assert wording.NOTICE in " ".join(page.split("<footer")[1].split())


def test_no_template_and_no_script_claims_secrecy():
    folder = Path(application.__file__).parent
    files = [*folder.glob("templates/*.html"), *folder.glob("static/*.js")]

    assert len(files) > 5
    for file in files:
        without_headers = re.sub(r"Cache-Control.*", "", file.read_text())
        assert FORBIDDEN.search(without_headers) is None, file.name
