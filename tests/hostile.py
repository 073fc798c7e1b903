"""Strings that try to be more than text: markup, commands to terminals, forged log lines, broken Unicode."""

import random

_SEEDS = (
    "<script>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "\"><svg onload=alert(1)>",
    "' onmouseover='alert(1)",
    "<a href=\"javascript:alert(1)\">shed</a>",
    "<iframe src=//evil.example></iframe>",
    "</p></article></main><script src=//evil.example/x.js></script>",
    "<style>*{display:none}</style>",
    "<form action=//evil.example><button>Ask</button></form>",
    "<base href=//evil.example>",
    "<meta http-equiv=refresh content=0;url=//evil.example>",
    "<!--", "-->", "]]>", "<![CDATA[", "&lt;script&gt;", "&#60;script&#62;", "&amp;lt;",
    "{{ 7*7 }}", "{% include '/etc/passwd' %}", "${7*7}", "#{7*7}", "<%= 7*7 %>",
    "[bold red]shed[/bold red]", "[link=https://evil.example]shed[/link]", "[/]", ":smile:", "[[[", "\\[bold]",
    "\x1b[31mred\x1b[0m", "\x1b]0;title\x07", "\x9b31m", "\x08\x08\x08", "\x7f",
    "\r\n2026-11-20 00:00:00,000 ERROR adapters.server forged", "\n127.0.0.1 - - forged", "\u2028forged",
    "\x85forged",
    "%s %d %(levelname)s", "%n%n%n", "{0}{1}{record}", "'; DROP TABLE sheds; --", "$(reboot)", "`reboot`",
    "| cat /etc/passwd",
    "../../../../etc/passwd", "file:///etc/passwd", "http://169.254.169.254/", "\x00", "a\x00b", "\ufeff",
    "\ufffe", "\u202eshed\u202c",
    "\u200b\u200d\u2060", "e\u0301" * 40, "Z\u0351\u0352\u0353" * 20, "🤷🏽\u200d♀️" * 30, "ﷺ" * 50, "𝓼𝓱𝓮𝓭",
    "ſhed", "ＳＨＥＤ", "شيد",
    "(" * 500, "a" * 1999, "a " * 999, "?" * 1999, "9" * 1999, "own/1" * 300, "1.1" * 500, "and and and " * 100,
)  # fmt: skip


def strings(count: int, seed: int) -> list[str]:
    """*count* hostile strings, always the same ones: each seed, then seeds joined, cut and mixed."""
    chance = random.Random(seed)
    found = list(_SEEDS)
    while len(found) < count:
        parts = chance.choices(_SEEDS, k=chance.randint(2, 4))
        mixed = " ".join(part[: chance.randint(1, 60)] for part in parts)
        found.append(f"{mixed} may i paint the shed {chance.choice(_SEEDS)[:80]}")
    return found[:count]
