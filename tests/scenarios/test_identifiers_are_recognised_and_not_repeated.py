"""promise 48: numbers, addresses and names that point at a person are recognised, and stand in no answer.

Nothing here is anybody's: NHS numbers begin with 999, CHI numbers stand on dates that do not exist, telephone
numbers are those that Ofcom keeps for drama, National Insurance prefixes are never issued, addresses end in
names that are reserved for examples.
"""

import io
import random
import re
from collections.abc import Callable, Iterator
from itertools import islice

import pytest
from rich.console import Console
from sentences import read, share
from stdnum.gb import nhs

from adapters import asking
from adapters.answer_json import as_json
from bot.app import PolicyBot
from bot.model import Answer, Outcome, WarningId

EACH = 1_000
NAMED = read("names_in_context")

SENTENCES = (
    "{}",
    "can I put {} on our page",
    "The patient's number is {}.",
    "my colleague posted {} in the group, is that ok?",
    "Somebody tweeted ({}) about the ward",
    "is it a breach if I wrote {}, then deleted it?",
    "her details: {}; she wants to be friends online",
    "who do I ask about {}",
    "Re: {} - may I share the photo?",
    'I found "{}" on a whiteboard in the background of a selfie',
    "CAN I MESSAGE {} ON WHATSAPP",
    "we had 3 posts in 2024 and {} was in 1 of them",
    "please\nlook at\n{}\nthanks",
    "i sent it to {} by mistake last night at 10pm",
    "bed 4, {}, asked to be tagged",
)


def check_digit(nine: str) -> str | None:
    """The tenth digit of an NHS, CHI or Health and Care number; None where there is none."""
    remainder = 11 - sum(int(digit) * weight for digit, weight in zip(nine, range(10, 1, -1), strict=True)) % 11
    return None if remainder == 10 else str(remainder % 11)


def ten_digits(draw: random.Random, nine: Callable[[], str]) -> str:
    """A valid number of ten digits, spaced as people space them."""
    first = nine()
    while (last := check_digit(first)) is None:
        first = nine()
    number = first + last
    assert nhs.is_valid(number)
    spacings = ("{}{}{}", "{} {} {}", "{}-{}-{}", "{}.{}.{}", "{}  {}  {}")
    return draw.choice(spacings).format(number[:3], number[3:6], number[6:])


def nhs_numbers(draw: random.Random) -> Iterator[str]:
    while True:
        yield ten_digits(draw, lambda: f"999{draw.randrange(10**6):06}")


def chi_and_health_and_care_numbers(draw: random.Random) -> Iterator[str]:
    """CHI numbers begin with a date of birth: here the 31st of a month that has none. H&C numbers begin with 3."""
    while True:
        month = draw.choice(("02", "04", "06", "09", "11"))
        yield ten_digits(draw, lambda month=month: f"31{month}{draw.randrange(100):02}{draw.randrange(1_000):03}")
        yield ten_digits(draw, lambda: f"32{draw.randrange(10**7):07}")


def telephone_numbers(draw: random.Random) -> Iterator[str]:
    groups = (
        ("7700", "900", 1_000, 3),
        ("20", "7946", 1_000, 4),
        ("161", "496", 1_000, 4),
        ("117", "496", 1_000, 4),
        ("1632", "960", 1_000, 3),
    )
    while True:
        area, middle, below, digits = draw.choice(groups)
        last = f"{draw.randrange(below):0{digits}}"
        yield draw.choice(
            (
                f"0{area}{middle}{last}",
                f"0{area} {middle}{last}",
                f"0{area} {middle} {last}",
                f"(0{area}) {middle} {last}",
                f"0{area}-{middle}-{last}",
                f"+44{area}{middle}{last}",
                f"+44 {area} {middle} {last}",
                f"+44 (0){area} {middle} {last}",
                f"0044 {area} {middle}{last}",
            )
        )


def national_insurance_numbers(draw: random.Random) -> Iterator[str]:
    while True:
        prefix = draw.choice("DFIQUV") + draw.choice("ABCEGHJKLMNPRSTWXYZ")
        pairs = [f"{draw.randrange(100):02}" for _ in range(3)]
        number = draw.choice(("", " ", "-")).join((prefix, *pairs, draw.choice("ABCD")))
        yield draw.choice((number, number.lower()))


def e_mail_addresses(draw: random.Random) -> Iterator[str]:
    def letters(most: int) -> str:
        return "".join(draw.choices("abcdefghijklmnopqrstuvwxyz", k=draw.randint(2, most)))

    while True:
        user = draw.choice((letters(9), f"{letters(6)}.{letters(9)}", f"{letters(5)}_{letters(5)}{draw.randrange(99)}"))
        host = draw.choice(("example.org", "example.com", "mail.example.net", "ward.nhs.example", "gp.test"))
        address = f"{user}{draw.choice(('', '+news'))}@{host}"
        yield draw.choice((address, address.upper(), address.title()))


KINDS = (
    nhs_numbers,
    chi_and_health_and_care_numbers,
    telephone_numbers,
    national_insurance_numbers,
    e_mail_addresses,
)


def messages(kind: Callable[[random.Random], Iterator[str]]) -> list[tuple[str, str]]:
    """A thousand identifiers of one kind, each with the message that holds it."""
    draw = random.Random(f"48 {kind.__name__}")
    return [(each, draw.choice(SENTENCES).format(each)) for each in islice(kind(draw), EACH)]


def is_recognised(got: Answer) -> bool:
    return WarningId.REMOVE_IDENTIFIERS in {warned.id for warned in got.warnings}


def everything_said(answer: Answer) -> str:
    console = Console(file=io.StringIO(), width=10_000)
    console.print(asking.rendered(answer))
    return f"{console.file.getvalue()} {as_json(answer)} {answer!r}"  # type: ignore[attr-defined]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_number_and_address_is_recognised(trust: PolicyBot, kind: Callable[[random.Random], Iterator[str]]):
    missed = [text for _, text in messages(kind) if not is_recognised(trust.ask(text))]

    assert missed == []


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_none_is_repeated_and_no_clause_is_looked_for(trust: PolicyBot, kind: Callable[[random.Random], Iterator[str]]):
    said: dict[str, str] = {}
    for identifier, text in messages(kind)[:200]:
        got = trust.ask(text)
        assert (got.citations, got.also, got.choices) == ((), (), ())
        key = f"{got.outcome} {got.situation and got.situation.id} {len(got.warnings)}"
        said.setdefault(key, everything_said(got))
        # Whatever the identifier, the same is said: nothing of it can stand there.
        assert everything_said(got) == said[key]
        assert identifier not in said[key]

    assert any(key.startswith(Outcome.IDENTIFIABLE.value) for key in said)


def test_all_messages_with_an_identifier_and_no_disclosure_get_one_and_the_same_answer(trust: PolicyBot):
    asked = [trust.ask(text) for kind in KINDS for _, text in messages(kind)[:100]]

    refused = {got for got in asked if got.outcome is Outcome.IDENTIFIABLE}

    assert len(refused) == 1


def test_names_in_context_are_recognised(trust: PolicyBot):
    missed = [text for text in NAMED if not is_recognised(trust.ask(text))]

    assert len(NAMED) == 100
    assert len(missed) <= 0.05 * len(NAMED), missed


def test_no_name_is_repeated(trust: PolicyBot):
    for text in NAMED:
        got = trust.ask(text)
        if is_recognised(got):
            said = everything_said(got)
            names = [word for word in re.findall(r"[A-Z]\w{4,}", text) if word.casefold() not in said.casefold()]
            assert text not in said
            assert names or not re.search(r" [A-Z]\w{4,}", text)


def test_ordinary_questions_hold_no_identifier(trust: PolicyBot):
    taken = [is_recognised(trust.ask(text)) for text in read("ordinary_questions")]

    assert share(taken) <= 0.03


def test_nothing_of_such_a_message_is_remembered(trust: PolicyBot):
    for kind in KINDS:
        _, text = messages(kind)[0]
        trust.ask("can I post bake sale photos?", conversation="somebody")

        trust.ask(text, conversation="somebody")

        assert trust._conversations == {}
