"""Which feedback may be counted."""

from knowledge.model import Kind, Situation

# Who asks about speaking up must not show in any count, however small.
UNCOUNTED_TOPICS = frozenset({"raising-concerns", "sensitive"})


def counts(situation: Situation | None) -> bool:
    """Whether feedback on an answer to *situation* is asked for and counted."""
    return situation is not None and situation.kind is Kind.POLICY and situation.topic not in UNCOUNTED_TOPICS
