"""Questions and answers in a terminal: readable for people, JSON lines for machines."""

import json
import sys
from datetime import date
from pathlib import Path

from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.text import Text

from adapters import json_lines
from adapters.answer_json import as_batch_line, as_json
from bot import wording
from bot.app import PolicyBot
from bot.model import Answer, Outcome
from knowledge.model import Citation


def one(bot: PolicyBot, text: str, as_of: date | None, *, as_machine: bool) -> None:
    """Print the answer to one question."""
    answer = bot.ask(text, as_of=as_of)
    if as_machine:
        print(json.dumps(as_json(answer), indent=2))
    else:
        Console().print(rendered(answer), Text(f"\n{wording.NOTICE}", style="dim"))


def batch(bot: PolicyBot, file: Path, as_of: date | None) -> None:
    """Answer each line of *file*, in order, one JSON object a line; raise `KnowledgeError` on a bad line."""
    for asked in json_lines.read(file, {"id": (str, int), "question": str}):
        line = as_batch_line(asked["id"], bot.ask(asked["question"], as_of=as_of))
        sys.stdout.write(json.dumps(line) + "\n")


def chat(bot: PolicyBot, as_of: date | None) -> None:
    """Hold a conversation until an empty line or the end of input; a number picks a choice."""
    console = Console()
    console.print(Text(wording.NOTICE, style="dim"))
    last: Answer | None = None
    while text := _typed(console):
        picked = _picked(text, last)
        last = bot.ask("" if picked else text, conversation="terminal", situation=picked, as_of=as_of)
        console.print(rendered(last))


def _typed(console: Console) -> str:
    try:
        return console.input(f"\n[bold]{wording.ASK}:[/bold] ").strip()
    except (EOFError, KeyboardInterrupt):
        return ""


def _picked(text: str, last: Answer | None) -> str | None:
    numbered = {str(number): choice for number, choice in enumerate(last.choices if last else (), 1)}
    return numbered[text].situation if text in numbered else None


def rendered(answer: Answer) -> RenderableType:
    """Lay the answer out for a terminal; what it says is `wording`'s and the clauses'."""
    parts: list[RenderableType] = [Text(wording.heading(answer), style="bold")]
    parts += [Text(line) for line in wording.lead_lines(answer)]
    parts += [Text(f"! {said}", style="bold") for said in wording.beside(answer)]
    if answer.outcome is Outcome.CHOOSE:
        parts += [Text(f"  {n}. {choice.title}") for n, choice in enumerate(answer.choices, 1)]
    else:
        parts += map(_clause, answer.leading)
        for title, citations in wording.further(answer):
            parts += [Text(f"\n{title}", style="bold"), *map(_clause, citations)]
    if answer.routes:
        parts.append(Text(f"\n{wording.ROUTES}", style="bold"))
        parts += [Text(f"  • {wording.route_line(route)}") for route in answer.routes]
    parts.append(Text(f"\n{wording.LIBRARY.format(digest=answer.library)}", style="dim"))
    return Group(*parts)


def _clause(citation: Citation) -> RenderableType:
    text = Text(citation.clause.text)
    for exception in citation.clause.exceptions:
        text.highlight_words([exception], style="bold underline")
    lines = [
        Text(wording.STANCES[citation.clause.stance], style="bold"),
        text,
        Text(f"{wording.clause_name(citation)}. {wording.edition_line(citation)}", style="dim"),
    ]
    return Panel(Group(*lines), title=Text(wording.AUTHORITIES[citation.authority]), title_align="left")
