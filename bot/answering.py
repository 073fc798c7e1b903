"""The whole decision: a question, a library and an organisation in, an answer out. Pure."""

from collections.abc import Sequence

from bot import clauses_by_name, concerns, conversation, identifiers, names, ranking, routing
from bot.clauses_by_name import Named
from bot.concerns import Concern
from bot.model import Answer, Choice, GivenRoute, Outcome, Question, Remembered, Warned, WarningId
from bot.ranking import Ranking
from bot.warnings import warnings_for, warnings_of
from knowledge.library import Library
from knowledge.matching import Match, Matches, Reading
from knowledge.model import Citation, Kind, Situation
from knowledge.people import Organisation

MAX_CHARACTERS = 2_000
MAX_TERMS = 64
NEAREST_SHOWN = 3
# What a message that opens like a follow-up must hold to stand alone: a doer, a deed and its object, say.
_ENOUGH_TERMS = 3
_PLAIN = 0.5


def answer(
    question: Question, library: Library, organisation: Organisation, remembered: Remembered | None = None
) -> Answer:
    """Return the answer that *library* gives staff of *organisation*.

    Danger and disclosures are looked for first, then identifiers, then a clause or document that is
    named, then the situation. The same question and library always give the same answer.
    """
    decide = _Decision(question, library, organisation)
    if question.situation is not None and question.situation in library.situations:
        return decide.chosen(library.situations[question.situation])
    text = question.text[:MAX_CHARACTERS]
    reading = library.matcher.read(text)
    matches = library.matcher.match(reading)
    numbered = identifiers.holds_number(text)
    personal = numbered or names.holds_name(text, library.matcher.speller.knows)
    concern = concerns.recognise(text, matches, library.matcher.calibration, numbered=numbered)
    if concern is not None:
        return decide.sensitive(concern, personal=personal)
    if personal:
        return decide.identifiable()
    if len(question.text) > MAX_CHARACTERS or reading.distinct > MAX_TERMS:
        return decide.nothing(WarningId.TOO_LONG)
    if named := clauses_by_name.find(text, library, organisation, question.on):
        return decide.named(named)
    if conversation.leans_on_earlier(text, reading) and not decide.is_plain(reading, matches):
        if remembered is not None:
            return decide.searched(*conversation.follow_up(reading, remembered, library))
        if decide.is_covered(reading, matches):
            return decide.choose(matches.of_kind(Kind.POLICY))
    if both := conversation.two_questions(text, library, organisation, question.on):
        return decide.choose(both)
    return decide.searched(reading, matches)


class _Decision:
    """The ways in which one question can end."""

    def __init__(self, question: Question, library: Library, organisation: Organisation) -> None:
        self._question = question
        self._library = library
        self._organisation = organisation
        self._citer = library.cite(organisation, question.on)
        self._calibration = library.matcher.calibration

    def is_covered(self, reading: Reading, matches: Matches) -> bool:
        """Whether the message is likely enough to be about what the policies cover."""
        return bool(reading.known) and matches.covered >= self._calibration.covered_from

    def is_plain(self, reading: Reading, matches: Matches) -> bool:
        """Whether the message says enough by itself, although it opens like a follow-up."""
        if len(reading.terms) < _ENOUGH_TERMS or not self.is_covered(reading, matches):
            return False
        alone = ranking.rank(matches.of_kind(Kind.POLICY), self._citer)
        return alone is not None and alone.confidence >= _PLAIN

    def searched(self, reading: Reading, matches: Matches) -> Answer:
        """Answer, offer, send elsewhere or say that it is not covered, by how probable each is."""
        if not self._library.in_force(self._question.on):
            return self.nothing(WarningId.NOTHING_IN_FORCE)
        if not self.is_covered(reading, matches):
            if max(matches.by_kind, key=lambda kind: matches.by_kind[kind]) is Kind.HELP:
                return self._answer(Outcome.HELP, situation=matches.of_kind(Kind.HELP)[0].situation)
            return self._not_covered(reading, matches)
        ranking_ = ranking.rank(matches.of_kind(Kind.POLICY), self._citer)
        if ranking_ is None:
            return self._not_covered(reading, matches)
        if ranking_.confidence < self._calibration.answered_from:
            return self.choose(matches.of_kind(Kind.POLICY))
        return self._answered(ranking_)

    def chosen(self, situation: Situation) -> Answer:
        """The answer to one situation, picked by the asker."""
        if situation.kind is Kind.POLICY:
            found = ranking.rank([Match(situation, 1.0)], self._citer)
            return self._answered(found) if found else self.nothing(WarningId.NOTHING_IN_FORCE)
        if situation.kind is Kind.SENSITIVE:
            return self.sensitive(Concern(situation, situation.danger), personal=False)
        if situation.kind is Kind.ELSEWHERE:
            return self._elsewhere(situation)
        return self._answer(Outcome.HELP, situation=situation)

    def choose(self, matches: Sequence[Match]) -> Answer:
        """Offer the situations that compete, by title; each leads to another clause."""
        offered = ranking.distinct(matches, self._citer)
        if not offered:
            return self.nothing(WarningId.NOTHING_IN_FORCE)
        cited = tuple(citation for _, citation in offered)
        return self._answer(
            Outcome.CHOOSE,
            citations=cited,
            other_views=_others(cited),
            choices=tuple(Choice(situation.id, situation.title) for situation, _ in offered),
            routes=routing.for_clauses(self._library, self._organisation, cited, offered[0][0]),
            warnings=warnings_for(cited, (), silent=False),
        )

    def named(self, named: Named) -> Answer:
        """A clause or a document that was asked for by name."""
        return self._answer(
            Outcome.ANSWERED,
            citations=named.clauses,
            other_views=_others(named.clauses),
            routes=routing.for_clauses(self._library, self._organisation, named.clauses, None),
            warnings=warnings_for(named.clauses, (), silent=False) + warnings_of(named.edition, self._question.on),
            document=named.edition,
        )

    def sensitive(self, concern: Concern, *, personal: bool) -> Answer:
        """Routes first and no clause: at least three, one outside, danger before all else."""
        ids = (("emergency",) if concern.danger else ()) + concern.situation.routes
        routes = routing.for_ids(self._library, self._organisation, ids)
        routes = routing.with_one_outside(self._library, self._organisation, routes, self._question.on)
        warnings = [Warned(WarningId.DANGER)] if concern.danger else []
        warnings += [Warned(WarningId.REMOVE_IDENTIFIERS)] if personal else []
        return self._answer(Outcome.SENSITIVE, situation=concern.situation, routes=routes, warnings=tuple(warnings))

    def identifiable(self) -> Answer:
        """Nothing is searched; the asker is told what to do instead."""
        routes = routing.for_ids(self._library, self._organisation, ["information_governance", "line_manager"])
        return self._answer(Outcome.IDENTIFIABLE, routes=routes, warnings=(Warned(WarningId.REMOVE_IDENTIFIERS),))

    def nothing(self, why: WarningId) -> Answer:
        """Not covered, for a reason that has nothing to do with the subject."""
        routes = routing.for_clauses(self._library, self._organisation, (), None)
        return self._answer(Outcome.NOT_COVERED, routes=routes, warnings=(Warned(why),))

    def _answered(self, ranking_: Ranking) -> Answer:
        settling = [c for c in ranking_.citations if c.clause.id not in ranking_.near]
        also = tuple(c for c in self._citer.citations(ranking_.lead.also) if c.clause.id not in ranking_.lead.answers)
        return self._answer(
            Outcome.ANSWERED,
            situation=ranking_.lead,
            citations=ranking_.citations,
            near=ranking_.near,
            also=also,
            other_views=_others(ranking_.citations),
            routes=routing.for_clauses(
                self._library, self._organisation, [*settling, *ranking_.citations], ranking_.lead
            ),
            warnings=warnings_for([*ranking_.citations, *also], settling, silent=ranking_.silent),
        )

    def _not_covered(self, reading: Reading, matches: Matches) -> Answer:
        likeliest = matches.of_kind(Kind.ELSEWHERE)
        share = likeliest[0].probability / matches.by_kind[Kind.ELSEWHERE] if likeliest else 0.0
        if reading.known and share >= self._calibration.elsewhere_from:
            return self._elsewhere(likeliest[0].situation)
        nearest = self._citer.citations(self._library.nearest(reading.terms, self._question.on, NEAREST_SHOWN))
        return self._answer(
            Outcome.NOT_COVERED,
            also=tuple(nearest),
            routes=routing.for_clauses(self._library, self._organisation, (), None),
            warnings=warnings_for(nearest, (), silent=False),
        )

    def _elsewhere(self, situation: Situation) -> Answer:
        place = routing.place(situation, self._organisation)
        return self._answer(
            Outcome.NOT_COVERED,
            situation=situation,
            elsewhere=place,
            routes=routing.for_clauses(self._library, self._organisation, (), None),
            warnings=(Warned(WarningId.CLINICAL),) if situation.clinical else (),
        )

    def _answer(
        self,
        outcome: Outcome,
        *,
        routes: tuple[GivenRoute, ...] = (),
        warnings: tuple[Warned, ...] = (),
        **parts: object,
    ) -> Answer:
        # Nobody in need is told to doubt 999; `signpost check` tells the library's owner.
        doubtful = () if outcome is Outcome.SENSITIVE else routing.stale(routes, self._question.on)
        stale = tuple(Warned(WarningId.CONTACT_STALE) for _ in doubtful)
        return Answer(
            outcome,
            self._library.digest,
            self._question.on,
            routes=routes,
            warnings=warnings + stale[:1],
            **parts,  # type: ignore[arg-type]
        )


def _others(cited: tuple[Citation, ...]) -> tuple[Citation, ...]:
    return tuple(citation for citation in cited if not citation.authority.is_employers)
