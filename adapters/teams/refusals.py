"""What is not answered, and the one line a minute that says of it how often and why, and nothing else."""

import logging
import time
from collections import Counter
from collections.abc import Callable

logger = logging.getLogger(__name__)

SAID_EVERY_S = 60.0

# Every kind of refusal, with what an administrator may want to look at.
HINTS: dict[str, str] = {
    "bad_signature": "",
    "content_type": "",
    "expired": "is this machine's clock right?",
    "incomplete": "",
    "incomplete_token": "",
    "malformed": "",
    "malformed_token": "",
    "no_token": "somebody else than Teams has found the address",
    "not_endorsed": "only Teams is answered, no other channel of the Bot Framework",
    "not_switched_on": "set TEAMS_APP_ID",
    "not_yet_valid": "is this machine's clock right?",
    "service_url": "government clouds need TEAMS_SERVICE_HOSTS",
    "service_url_claim": "",
    "tenant": "is the tenant in the settings, teams.tenants?",
    "too_big": "",
    "too_often": "",
    "unknown_key": "are the Bot Framework's keys within reach, and is it the right cloud's TEAMS_OPENID_METADATA_URL?",
    "wrong_algorithm": "",
    "wrong_audience": "is TEAMS_APP_ID the app's id in Azure?",
    "wrong_issuer": "is it the right cloud's TEAMS_OPENID_METADATA_URL?",
}


class Refusal(Exception):
    """The request is not answered; `status` is the HTTP status that says so, `kind` one of `HINTS`."""

    def __init__(self, status: int, kind: str) -> None:
        super().__init__(f"{status} {kind}")
        self.status = status
        self.kind = kind


class Refusals:
    """Counts refusals, and logs the counts once a minute at most."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._counts: Counter[str] = Counter()
        self._said_at: float | None = None

    def note(self, kind: str) -> None:
        """Count one refusal of that *kind*."""
        self._counts[kind] += 1
        now = self._monotonic()
        if self._said_at is not None and now - self._said_at < SAID_EVERY_S:
            return
        said = "; ".join(_said(each, count) for each, count in sorted(self._counts.items()))
        logger.warning("requests were refused that are not Teams's or not for us: %s", said)
        self._counts.clear()
        self._said_at = now


def _said(kind: str, count: int) -> str:
    hint = HINTS.get(kind, "")
    return f"{kind}={count} ({hint})" if hint else f"{kind}={count}"
