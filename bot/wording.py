"""Every sentence of Signpost's own that a person reads. Renderers lay out; they do not phrase."""

from bot.model import Answer, GivenRoute, Outcome, Warned, WarningId
from bot.wording_clauses import (
    AUTHORITIES,
    EXCEPTION,
    EXCEPTIONS,
    MONTHS,
    NOT_YET,
    REPLACED,
    REPORTED,
    RESTATED,
    STANCES,
    WITHDRAWN,
    clause_name,
    edition_dates,
    edition_line,
    exception_line,
    force_note,
    printed,
    review,
    wording_note,
)
from knowledge.model import Citation

# What is said of a clause stands in a module of its own; callers find it here.
__all__ = [
    "AUTHORITIES",
    "EXCEPTION",
    "EXCEPTIONS",
    "NOT_YET",
    "REPLACED",
    "REPORTED",
    "RESTATED",
    "STANCES",
    "WITHDRAWN",
    "clause_name",
    "edition_dates",
    "edition_line",
    "exception_line",
    "force_note",
    "printed",
    "review",
    "wording_note",
]

NAME = "Signpost"
TAGLINE = "Ask what the policy says about social media, photos, the press and speaking up"
NOTICE = (
    "Signpost shows what published policies say. It does not write policy and is not clinical advice. "
    "Do not type names or details of patients or colleagues. Your employer may be able to read what is "
    "typed on its systems."
)

OUTCOMES: dict[Outcome, str] = {
    Outcome.ANSWERED: "What the policy says",
    Outcome.CHOOSE: "Which of these is closest?",
    Outcome.NOT_COVERED: "The policies here do not cover this",
    Outcome.SENSITIVE: "Please take this to a person who can act on it",
    Outcome.IDENTIFIABLE: "Please ask again without the details of a person",
    Outcome.HELP: "Ask me what the policy says",
}

CHOOSE = "Your message fits more than one situation. Pick one to see what the policy says."
NOT_COVERED = (
    "I could not find a rule about this in the policies that I have, and I do not guess. "
    "The people below can tell you more."
)
NEAREST = "The nearest clauses, which may not answer your question"
ELSEWHERE = "This seems to be about “{title}”. The policies here do not cover it."
PLACE = "The place to ask: {name}."
CLINICAL = (
    "This is a clinical question, and Signpost answers none. The place to ask: {name}. "
    "If someone may be seriously ill, get clinical help now."
)
TOO_LONG = (
    "That message is too long for me to read well. Please ask again in a few sentences "
    "(up to 2,000 characters and 64 different words that matter)."
)
TOO_LONG_TITLE = "Please make it shorter"
OTHERS_SAY = "What others say"
LIBRARY = "Library {digest}."
NOTHING_IN_FORCE = "None of the policies that I have was in force on {date}, so I cannot say what applied then."
DELETE_IT = "If your message still stands in this chat, please delete it."
SENSITIVE = (
    "You do not need to give any details here, and I have kept nothing of what you typed. These people and "
    "organisations can help. You can choose whom to go to."
)
SENSITIVE_OPENING = "This sounds like something to tell a person who can act on it, not a bot."
# What is said instead to somebody who may need help themselves.
SENSITIVE_OPENINGS: dict[str, str] = {
    "self-harm-or-suicide": (
        "If this is about you, I am sorry that it is this hard. Please talk to a person now: the numbers below are "
        "answered day and night."
    ),
    "stressed-breaking-point": "I am sorry that it is this hard. You do not have to carry it alone.",
    "domestic-abuse": "I am sorry that this is happening. It is not your fault, and there are people who can help.",
}
DANGER = "If anyone is at immediate risk of harm, call 999 now, then tell the person in charge where you are."
IDENTIFIABLE = (
    "Your message seems to hold a name, number or address that points to a person. I have not looked "
    "for an answer to it and have not kept it. Please ask again without it: 'a patient' or 'a colleague' is enough. "
    "If such details have already been posted or sent to the wrong place, tell the team below."
)
HELP = (
    "Tell me what has happened or what you would like to do, in your own words. I will show you the "
    "clause that answers it, where it comes from, and who to go to next. For example:"
)
# What is said first to somebody who talks to the bot rather than asks it.
HELP_FIRST: dict[str, str] = {
    "help-thanks-and-goodbye": "You are welcome. Ask again whenever you like.",
    "help-are-you-a-person": "I am a computer program, not a person. I look up what published policies say.",
    "help-is-this-private": (
        "Your question is not stored or logged. For up to 15 minutes the subject of your last question is kept, "
        "so that you can ask on. Your employer may be able to read what is typed on its systems."
    ),
    "help-how-do-you-know": (
        "Every answer is a clause that somebody published, shown whole, with its document, edition and date, so "
        "that you can check it. Where the policies say nothing, I say so."
    ),
    "help-talk-to-a-human": "Your line manager, the communications team or human resources can talk it through.",
    "help-bot-is-wrong": (
        "Sorry that this did not help. Try it in other words: what happened, who it is about, where it was posted."
    ),
}
EXAMPLES = (
    "Can I post bake sale photos?",
    "A patient has just followed me on Instagram",
    "A reporter messaged me about the ward",
    "Can I say where I work on my profile?",
)

ALSO = "Also applies"
OTHER_VIEWS = "What other documents say"
NEAR = "Close to your question too"
ROUTES = "Who to go to"
NO_CONTACT = "No contact is set. Your organisation can add one."
NO_CONTACTS = "No contact is set for: {names}. Your organisation can add them."
BECAUSE = "named in {clause}"
ASK = "Ask"
EMPLOYER = "Answers put the policy of {name} first."
EXAMPLES_TITLE = "For example"
YOU_ASKED = "You asked"
NOTE = "Note"
ERROR = "There is a problem"
BACK = "Go to the ask page"
SKIP = "Skip to main content"
DOCUMENTS = "Documents"
WAITING = "Looking for the clause"
WHOLE_DOCUMENT_LINK = "Read the whole document: {title}"
QUESTION_LABEL = "What would you like to know?"
QUESTION_HINT = "Use your own words. Do not include names or details of patients or colleagues."
WHOLE_DOCUMENT = "You can read the whole document: {title}."
UNKNOWN_ERROR = (
    "Something went wrong on our side, and your question was not kept. Please try again. If it goes on, "
    "ask your line manager or the communications team."
)
EMPTY_QUESTION = "Type a question first."
TOO_MANY = "That was a lot of questions at once. Please wait a minute and ask again."
STRANGER = (
    "I answer staff of this organisation only, and I could not tell that you are one of them. "
    "Please ask the person you work with here, or your own employer."
)
ASK_AGAIN = "The policies changed while I was answering you. Please ask again."
CLICK_AGAIN = "That took too long, so nothing was shown. Please try again."
# What a chat may have to say instead of an answer, by the name under which it is passed on.
SENTENCES: dict[str, str] = {
    "ask_again": ASK_AGAIN,
    "click_again": CLICK_AGAIN,
    "stranger": STRANGER,
    "too_many": TOO_MANY,
    "unknown_error": UNKNOWN_ERROR,
}
PAGE_NOT_FOUND = "There is no such page. The address may be mistyped, or the edition is not in this library."
NOT_ALLOWED = "This page cannot be used in that way. Go back and use the form on the ask page."
REFUSED_REQUEST = "That request could not be read. Go back and use the form on the ask page."

# What stands on buttons, in modals and on a start page, where a chat has them.
MODAL = "What the policy says"
CLOSE = "Close"
CHOOSE_ONE = "Choose"
CHOOSE_LABEL = "Choose: {title}"
FOLDED = {"also": "Also applies ({count})", "others": "What other documents say ({count})"}
FOLDED |= {"near": "Close to your question too ({count})", "nearest": "The nearest clauses ({count})"}
FOLDED |= {"rest": "Show the other clauses ({count})", "whole": "Show its clauses ({count})"}
FOLDED_TITLES = {"also": ALSO, "others": OTHER_VIEWS, "near": NEAR, "nearest": NEAREST}
FOLDED_TITLES |= {"rest": "The other clauses", "whole": "The whole document"}
FOLDED_LABEL = "{text}: show these clauses"
SHOW_SECTION = "Show the whole section"
SHOW_SECTION_OF = "Whole section: {heading}"
OPEN_DOCUMENT = "Open the document"
COMMS_ROUTE = "comms_team"
ASK_COMMS = "Ask the comms team"
HELPFUL = "Helpful"
UNHELPFUL = "Not helpful"
SHARE = "Share with the channel"
SHARE_LABEL = "Share with the channel: everybody in it will see this answer"
SHARED_BY = "Shared by "
SHARE_AGAIN = "This answer is too old to be shared. Ask again with /policy, and share the new answer."
NEXT_PAGE = "Next page"
PAGE_BEFORE = "Page before"
PAGE = "Page {page} of {pages}."
MORE_IN_MESSAGE = "There is more than fits here: open the message to read all of it."
GOES_ON = "This goes on in my next message."
WENT_BEFORE = "This goes on from the message before."
ANSWERED_PRIVATELY = "I have answered you in your own chat with me."
HERE_IT_IS = "The answer stands below."
SEARCH_PRIVATE = "This is not something to search for here. Please ask me in a personal chat."
ASK_ME_PRIVATELY = "I can answer this only in a personal chat. Please add me there, and ask me again."
CHOOSE_NUMBER = "Choose {number}"
BACK_TO_ANSWER = "Back to the answer"
NO_CLAUSE = "No clause fits these words. Try other ones."
EMPLOYER_READS = "Details of people are not needed. Your employer can read messages on its systems."
REASONS_TITLE = "What was wrong?"
REASONS_LABEL = "Why was this answer not helpful?"
REASONS = {"not_clear": "It is not clear", "not_my_situation": "It is not about my situation"}
REASONS |= {"out_of_date": "It is out of date", "wrong_clause": "It shows the wrong clause"}
PICK_A_REASON = "Nothing is counted yet. Pick a reason first, then press Send."
SEND = "Send"
CANCEL = "Cancel"
THANKS = "Thank you. Your reason is counted with others to improve the answers. Your name is not kept with it."
THANKS_HELPFUL = "Thank you. One is added to a count. Your name is not kept with it."
SUGGESTED = "For example"
COMMS = (
    "They can help with posts, photos and journalists. Signpost sends them nothing: write to them yourself, "
    "and leave out names and details of patients and colleagues."
)
HOME_TOPICS = "Or start from a topic"
HOME_NEW = "What is new"
HOME_READING = "What happens to what you type"
HOME_READ_LINES = (
    "Signpost does not store or log your question. For up to 15 minutes it keeps the subject, so that you can ask "
    "on, and for a day the place of its answer, so that the answer follows if you edit or delete your question.",
    "Your employer can read messages in its workspace. That includes your messages to Signpost.",
    "If you press Helpful or Not helpful, one is added to a count. Your name is not kept with it.",
    "Do not type names or details of patients or colleagues. They are never needed.",
)
TOPIC = "Pick what is closest to your situation."
WELCOME = (
    "Hello. Ask me what the policies of {name} say about social media, photos, the press and speaking up, in your "
    "own words. You do not need to name anyone. Your employer can read messages in its workspace, and that "
    "includes messages to me."
)

WARNINGS: dict[WarningId, str] = {
    WarningId.REVIEW_OVERDUE: "This document is past its review date ({review_by}). It may be out of date.",
    WarningId.NOT_EMPLOYER_POLICY: (
        "Your employer's policy does not cover this. What follows is not your employer's policy."
    ),
    WarningId.DOCUMENTS_DISAGREE: "The documents take different positions on this. Each is shown below.",
    WarningId.SPEAKING_UP_RIDER: (
        "Nothing in a policy or contract can stop you from making a protected disclosure "
        "(Employment Rights Act 1996, section 43J)."
    ),
    WarningId.RESTATED: RESTATED,
    WarningId.REPORTED: REPORTED,
    WarningId.REMOVE_IDENTIFIERS: "Leave out names and other details of people when you write to anyone about this.",
    WarningId.DANGER: DANGER,
    WarningId.TOO_LONG: TOO_LONG,
    WarningId.NOTHING_IN_FORCE: NOTHING_IN_FORCE,
    WarningId.CLINICAL: "Signpost does not answer clinical questions.",
    WarningId.CONTACT_STALE: "A contact below was last checked over six months ago. Check it before you rely on it.",
}


def heading(answer: Answer) -> str:
    """What stands above an answer."""
    if any(warned.id is WarningId.TOO_LONG for warned in answer.warnings):
        return TOO_LONG_TITLE
    if any(warned.id is WarningId.NOT_EMPLOYER_POLICY for warned in answer.warnings):
        return OTHERS_SAY
    return OUTCOMES[answer.outcome]


def route_line(route: GivenRoute) -> str:
    """The route, its contact or that none is set, and the clause that names it."""
    return f"{route.name}: {reached(route)}"


def reached(route: GivenRoute) -> str:
    """How the route is reached, and the clause that names it."""
    because = f" [{BECAUSE.format(clause=route.named_in or route.because)}]" if route.because else ""
    return f"{contact_line(route)}{because}"


def lead_lines(answer: Answer) -> list[str]:
    """The sentences that open an answer, before any clause."""
    if answer.outcome is Outcome.ANSWERED and answer.document is not None:
        whole = answer.document
        state = f"{edition_dates(whole)} {review(whole, whole.review_state(answer.on))}."
        return [WHOLE_DOCUMENT.format(title=whole.document.title), state]
    if answer.outcome is Outcome.NOT_COVERED:
        return [_not_covered(answer)]
    if answer.outcome is Outcome.SENSITIVE:
        danger = any(warned.id is WarningId.DANGER for warned in answer.warnings)
        opening = SENSITIVE_OPENINGS.get(answer.situation.id if answer.situation else "", SENSITIVE_OPENING)
        return [*([DANGER] if danger else []), f"{opening} {SENSITIVE}"]
    if answer.outcome is Outcome.HELP:
        first = HELP_FIRST.get(answer.situation.id if answer.situation else "")
        return [*([first] if first else []), HELP, *(f"“{example}”" for example in EXAMPLES), NOTICE]
    return {Outcome.CHOOSE: [CHOOSE], Outcome.IDENTIFIABLE: [IDENTIFIABLE]}.get(answer.outcome, [])


def _not_covered(answer: Answer) -> str:
    warned = {each.id for each in answer.warnings}
    if WarningId.TOO_LONG in warned:
        return TOO_LONG
    if WarningId.NOTHING_IN_FORCE in warned:
        return NOTHING_IN_FORCE.format(date=f"{answer.on.day} {MONTHS[answer.on.month - 1]} {answer.on.year}")
    if answer.elsewhere is None:
        return NOT_COVERED
    if WarningId.CLINICAL in warned:
        return CLINICAL.format(name=answer.elsewhere.name)
    said = ELSEWHERE.format(title=answer.elsewhere.title)
    place = PLACE.format(name=answer.elsewhere.name) if answer.elsewhere.name else ""
    return " ".join(part for part in (said, place, answer.elsewhere.contact) if part)


def warning(warned: Warned, answer: Answer) -> str:
    """The sentence for a warning, with the document it is about where it is about one."""
    cited = next((c for c in (*answer.citations, *answer.also) if c.clause.id == warned.clause), None)
    edition = cited.edition if cited else answer.document
    if edition is None:
        return WARNINGS[warned.id]
    due = printed(edition.review_by) if edition.review_by else ""
    said = WARNINGS[warned.id].format(review_by=due)
    if warned.id is WarningId.REVIEW_OVERDUE:
        return f"{edition.document.title} ({edition.document.issuer}): {said}"
    return said


def beside(answer: Answer) -> list[str]:
    """The warnings that no clause card and no opening line says already."""
    said = (warning(warned, answer) for warned in answer.warnings if warned.id not in _SAID_IN_PLACE)
    return list(dict.fromkeys(said))


def further(answer: Answer) -> list[tuple[str, tuple[Citation, ...]]]:
    """What stands folded below the leading clauses, each part with its title; empty parts left out."""
    parts = (
        (ALSO if answer.citations else NEAREST, answer.also),
        (OTHER_VIEWS, answer.differing),
        (NEAR, answer.nearby),
    )
    return [(title, citations) for title, citations in parts if citations]


def contact_line(route: GivenRoute) -> str:
    """The contact of a route, with the month it was checked where that is known."""
    checked = f" (checked {printed(route.contact.reviewed)})" if route.contact.reviewed and route.contact.text else ""
    return f"{route.contact.text or NO_CONTACT}{checked}"


# Said with each clause or in the answer's first lines, and not once more in the list of warnings.
_SAID_IN_PLACE = frozenset(
    {
        WarningId.RESTATED,
        WarningId.REPORTED,
        WarningId.TOO_LONG,
        WarningId.NOTHING_IN_FORCE,
        WarningId.DANGER,
        WarningId.CLINICAL,
    }
)
