"""Says where replies may go: to hosts of Microsoft's, compared as text, so that no two parsers can disagree."""

import re
from collections.abc import Collection

# Each cloud's connector; regions are paths of it. The government's as Microsoft lists them for proactive messages:
# https://learn.microsoft.com/microsoftteams/platform/bots/how-to/conversations/send-proactive-messages
HOST_OF: dict[str, str] = {
    "public": "smba.trafficmanager.net",
    "GCC": "smba.infra.gcc.teams.microsoft.com",
    "GCC High": "smba.infra.gov.teams.microsoft.us",
    "DoD": "smba.infra.dod.teams.microsoft.us",
}
HOSTS = frozenset({HOST_OF["public"]})

MOST_LETTERS = 300
# A region, and perhaps a tenant: no dots, no escapes, no query, nothing that one parser might read as another host.
_PATH = r"(?:/[A-Za-z0-9_-]{1,64}){0,4}/?"
_ALLOWED = re.compile(rf"https://([a-z0-9.-]{{1,100}}(?::[0-9]{{1,5}})?){_PATH}", re.ASCII)
_LOOPBACK = re.compile(rf"http://(?:localhost|127\.0\.0\.1|\[::1\])(?::[0-9]{{1,5}})?{_PATH}", re.ASCII)


def allowed(url: object, hosts: Collection[str], *, dev: bool = False) -> bool:
    """Whether *url* is an https address of one of *hosts*, letter by letter, with nothing but a plain path.

    A host with a port stands so in *hosts* (`bots.example.org:8443`). With *dev*, plain http to this machine is right
    as well.
    """
    if not isinstance(url, str) or len(url) > MOST_LETTERS:
        return False
    if dev and _LOOPBACK.fullmatch(url):
        return True
    found = _ALLOWED.fullmatch(url)
    return found is not None and found[1] in hosts
