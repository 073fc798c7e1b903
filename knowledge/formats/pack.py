"""The YAML packs of a library: documents, situations, thesaurus, routes, organisations."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from knowledge.errors import InvalidPack, Problem
from knowledge.formats.fields import MOST_PROBLEMS, FieldReader
from knowledge.formats.strict_yaml import parse
from knowledge.matching import Calibration
from knowledge.model import (
    Authority,
    Clause,
    Document,
    Edition,
    Kind,
    PrintedDate,
    Situation,
    Stance,
    Wording,
)
from knowledge.people import Contact, Organisation, Route, RouteScope

MAX_TEXT = 20_000
MAX_FILES = 500
_HOLDS = {"documents": "clause", "routes.yaml": "route"}
NEEDED_ROUTES = frozenset(
    "line_manager comms_team raising_concerns hr information_governance freedom_to_speak_up "
    "independent_advice regulator union_rep emergency".split()
)


@dataclass(frozen=True, slots=True)
class Packs:
    """Everything that one folder of packs says, checked."""

    editions: tuple[Edition, ...]
    situations: tuple[Situation, ...]
    topics: Mapping[str, str]
    thesaurus: Mapping[str, tuple[str, ...]]
    routes: tuple[Route, ...]
    organisations: tuple[Organisation, ...]
    calibration: Calibration


def read(files: Mapping[str, bytes]) -> Packs:
    """Return the packs in *files* (path inside the library folder → bytes).

    Raises `InvalidPack` with every fault found: syntax, size, unknown fields, duplicate ids, links to
    clauses or routes that do not exist.
    """
    reading = _Reading()
    if len(files) > MAX_FILES:
        raise InvalidPack([Problem(min(files), 1, f"more than {MAX_FILES} files", "merge some")])
    for name in sorted(files):
        reading.file(name, files[name])
    reading.check_routes()
    reading.check_links()
    if reading.problems:
        raise InvalidPack(sorted(reading.problems, key=lambda p: (p.file, p.line)))
    return Packs(
        editions=tuple(reading.editions),
        situations=tuple(reading.situations),
        topics=reading.topics,
        thesaurus=reading.thesaurus,
        routes=tuple(reading.routes),
        organisations=tuple(reading.organisations),
        calibration=reading.calibration,
    )


class _Reading:
    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.editions: list[Edition] = []
        self.situations: list[Situation] = []
        self.topics: dict[str, str] = {}
        self.thesaurus: dict[str, tuple[str, ...]] = {}
        self.routes: list[Route] = []
        self.organisations: list[Organisation] = []
        self.calibration = Calibration()
        self._links: list[tuple[str, int, str, str]] = []
        self._places: dict[tuple[str, str], tuple[str, int]] = {}
        self._file = ""
        # What files that could not be read would have held: it is not reported as missing as well.
        self._unread: set[str] = set()

    def file(self, name: str, data: bytes) -> None:
        """Read one file by the place it has in the folder."""
        self._file = name
        try:
            node = parse(data, name)
        except InvalidPack as refused:
            self.problems.extend(refused.problems)
            self._unread.add(_HOLDS.get(name.rpartition("/")[0] or name, ""))
            return
        fields = FieldReader(node, name, self.problems)
        folder, _, _ = name.rpartition("/")
        if folder == "documents":
            self._document(fields)
        elif folder == "situations":
            self._topic(fields)
        elif name in SINGLE_FILES:
            SINGLE_FILES[name](self, fields)
        else:
            fields.problem(1, "a file that no pack has", "put it in documents/ or situations/")
            return
        fields.done()

    def check_routes(self) -> None:
        """The routes that answers always need must be there."""
        if "route" in self._unread:
            return
        missing = NEEDED_ROUTES - {route.id for route in self.routes}
        self.problems.extend(
            Problem("routes.yaml", 1, f"the route '{route}' is missing", "add it") for route in sorted(missing)
        )

    def check_links(self) -> None:
        """Every clause and route that something names must exist."""
        known = {
            "clause": {clause.id for edition in self.editions for clause in edition.clauses},
            "route": {route.id for route in self.routes},
        }
        for file, line, kind, target in self._links:
            missing = target not in known[kind] and kind not in self._unread
            if missing and len(self.problems) < MOST_PROBLEMS:
                self.problems.append(Problem(file, line, f"no {kind} '{target[:60]}'", "correct the id or add it"))

    def _unique(self, fields: FieldReader, kind: str, name: str) -> str:
        """The id, noted; a fault where another has it already. Ids of clauses repeat over editions."""
        line = fields.line_of("id")
        here = (self._file, line)
        earlier = self._places.setdefault((kind, name), here)
        if earlier is not here:
            where = f"{earlier[0]}:{earlier[1]}"
            fields.problem(line, f"the {kind} '{name[:60]}' a second time", f"the first is at {where}")
        return name

    def _link(self, fields: FieldReader, field: str, kind: str, targets: tuple[str, ...]) -> None:
        self._links.extend((self._file, fields.line_of(field), kind, target) for target in targets)

    def _document(self, fields: FieldReader) -> None:
        document = Document(
            id=fields.text("document"),
            title=fields.text("title"),
            issuer=fields.text("issuer"),
            authority=fields.choice("authority", Authority) or Authority.COMMENTARY,
            wording=fields.choice("wording", Wording) or Wording.RESTATED,
            owner=fields.text("owner"),
            about=fields.text("about", default=""),
        )
        if "/" in document.id:
            line = fields.line_of("document")
            fields.problem(line, f"a '/' in the document id '{document.id[:60]}'", "write '-' for it")
        label = fields.text("edition")
        self._unique(fields, "edition", f"{document.id} {label}")
        edition = Edition(
            document=document,
            label=label,
            effective=fields.date("effective", required=True) or PrintedDate("1970-01"),
            review_by=fields.date("review_by"),
            withdrawn=fields.date("withdrawn"),
            clauses=fields.each("clauses", lambda each: self._clause(each, document.id, label)),
        )
        self.editions.append(edition)

    def _clause(self, fields: FieldReader, document: str, label: str) -> Clause:
        clause = Clause(
            id=fields.text("id"),
            number=fields.text("number", default=""),
            heading=fields.texts("heading", required=True),
            text=fields.text("text"),
            stance=fields.choice("stance", Stance) or Stance.INFORMS,
            exceptions=fields.texts("exceptions"),
            topics=fields.texts("topics"),
            routes=fields.texts("routes"),
            authority=fields.choice("authority", Authority) if "authority" in fields else None,
            wording=fields.choice("wording", Wording) if "wording" in fields else None,
            source=fields.text("source", default=""),
        )
        self._unique(fields, "clause", f"{clause.id} of edition {label}" if label else clause.id)
        self._link(fields, "routes", "route", clause.routes)
        if clause.id and not clause.id.startswith(f"{document}/"):
            fields.problem(
                fields.line_of("id"),
                f"clause '{clause.id[:60]}' in document '{document}'",
                f"begin its id with '{document}/'",
            )
        for exception in clause.exceptions:
            if exception not in clause.text:
                fields.problem(
                    fields.line_of("exceptions"),
                    "an exception that is not part of the text",
                    "copy it from the text, character for character",
                )
        if len(clause.text) > MAX_TEXT:
            fields.problem(fields.line_of("text"), f"a clause of over {MAX_TEXT:,} characters", "split it")
        fields.done()
        return clause

    def _topic(self, fields: FieldReader) -> None:
        topic = self._unique(fields, "topic", fields.text("topic"))
        self.topics[topic] = fields.text("title")
        kind = fields.choice("kind", Kind, Kind.POLICY) or Kind.POLICY
        self.situations.extend(fields.each("situations", lambda each: self._situation(each, topic, kind)))

    def _situation(self, fields: FieldReader, topic: str, kind: Kind) -> Situation:
        situation = Situation(
            id=self._unique(fields, "situation", fields.text("id")),
            title=fields.text("title"),
            topic=topic,
            kind=kind,
            routes=fields.texts("routes"),
            answers=fields.texts("answers", required=kind is Kind.POLICY),
            also=fields.texts("also"),
            go_to=fields.text("go_to", default="") if kind is Kind.ELSEWHERE else "",
            clinical=fields.flag("clinical"),
            danger=fields.flag("danger"),
            phrasings=fields.texts("phrasings", required=True),
        )
        self._link(fields, "answers", "clause", situation.answers)
        self._link(fields, "also", "clause", situation.also)
        self._link(fields, "routes", "route", situation.routes)
        fields.done()
        return situation

    def _thesaurus(self, fields: FieldReader) -> None:
        def entry(each: FieldReader) -> tuple[str, tuple[str, ...]]:
            found = self._unique(each, "thesaurus entry", each.text("policy_word")), each.texts("staff_words")
            each.done()
            return found

        self.thesaurus.update(fields.each("entries", entry))

    def _routes(self, fields: FieldReader) -> None:
        def route(each: FieldReader) -> Route:
            contact = each.text("contact", default="")
            found = Route(
                id=self._unique(each, "route", each.text("id")),
                name=each.text("name"),
                scope=each.choice("scope", RouteScope) or RouteScope.INTERNAL,
                contact=Contact(
                    contact,
                    each.text("source", default="" if not contact else None),
                    each.date("reviewed", required=bool(contact)),
                ),
            )
            each.done()
            return found

        self.routes.extend(fields.each("routes", route))

    def _organisations(self, fields: FieldReader) -> None:
        def organisation(each: FieldReader) -> Organisation:
            authorities = each.mapping("documents")
            found = Organisation(
                id=self._unique(each, "organisation", each.text("id")),
                name=each.text("name"),
                authorities={d: self._authority(each, a) for d, a in authorities.items()},
                default_route=each.text("default_route", default="line_manager"),
                contacts=each.mapping("contacts"),
                elsewhere=each.mapping("elsewhere"),
                source_urls=each.mapping("source_urls"),
            )
            if not all(address.startswith("https://") for address in found.source_urls.values()):
                line = each.line_of("source_urls")
                each.problem(line, "a source address that is not https", "begin it with 'https://'")
            self._link(each, "contacts", "route", tuple(found.contacts))
            self._link(each, "default_route", "route", (found.default_route,))
            each.done()
            return found

        self.organisations.extend(fields.each("organisations", organisation))

    def _calibration(self, fields: FieldReader) -> None:
        measured = Calibration()
        self.calibration = Calibration(
            **{name: fields.number(name, default=value) for name, value in asdict(measured).items()}
        )

    def _authority(self, fields: FieldReader, value: str) -> Authority:
        try:
            return Authority(value)
        except ValueError:
            remedy = "write one of " + ", ".join(Authority)
            fields.problem(fields.line_of("documents"), f"authority '{value[:40]}' is not known", remedy)
            return Authority.COMMENTARY


SINGLE_FILES = {
    "calibration.yaml": _Reading._calibration,
    "thesaurus.yaml": _Reading._thesaurus,
    "routes.yaml": _Reading._routes,
    "organisations.yaml": _Reading._organisations,
}
