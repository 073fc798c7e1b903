"""How tests ask through the web: a client of the ask page, and what an HTML page holds."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser

from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient

from adapters.limits import QUESTIONS
from adapters.web import application
from bot.app import PolicyBot

MakeClient = Callable[..., Awaitable[TestClient]]
_EMPTY = frozenset({"meta", "link", "br", "input", "img", "hr"})


@dataclass
class Element:
    """One element of a page: its tag, its attributes and all text inside it."""

    tag: str
    attributes: dict[str, str | None]
    text: str = ""
    inside: list["Element"] = field(default_factory=list)

    @property
    def classes(self) -> list[str]:
        return (self.attributes.get("class") or "").split()


class Page(HTMLParser):
    """A parsed page; character references are read as a browser reads them."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[Element] = []
        self._open: list[Element] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, dict(attrs))
        self.elements.append(element)
        for outer in self._open:
            outer.inside.append(element)
        if tag not in _EMPTY:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop().tag != tag:
            pass

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text += data

    def all(self, tag: str = "", *, kind: str = "", within: Element | None = None) -> list[Element]:
        """The elements with this tag and class, in the order of the page."""
        return [
            element
            for element in (within.inside if within else self.elements)
            if tag in ("", element.tag) and (not kind or kind in element.classes)
        ]

    def one(self, tag: str = "", *, kind: str = "") -> Element:
        """The only element with this tag and class."""
        (found,) = self.all(tag, kind=kind)
        return found


class Visitor:
    """A browser in front of the ask page; a new one whenever its questions of a minute are used up."""

    def __init__(self, client: TestClient) -> None:
        self.client = client
        self._asked = QUESTIONS

    async def ask(self, question: str = "", **fields: str) -> tuple[ClientResponse, Page]:
        """Post the form of the ask page."""
        if self._asked == QUESTIONS:
            await self.somebody_else()
        self._asked += 1
        async with self.client.post("/", data={"question": question} | fields) as response:
            return response, Page(await response.text())

    async def somebody_else(self) -> None:
        """Come again as another browser."""
        self.client.session.cookie_jar.clear()
        async with self.client.get("/"):
            self._asked = 0


async def a_visitor(aiohttp_client: MakeClient, bot: PolicyBot) -> Visitor:
    """A visitor of a server that answers with *bot*."""
    return Visitor(await aiohttp_client(application.build(bot)))
