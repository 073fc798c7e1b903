"""Sends a file of Slack's payloads to the product, over HTTP and Socket Mode, and counts what it answers.

`python -m benchmarks.slack_payloads PATH`: each line of the file is JSON, with a "kind" and a "payload" as Slack sends
it. The ids of teams become ours, so that the product looks at them; nothing may end in 5xx, or in a traceback.
"""

import asyncio
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

import slack_ids as ids  # noqa: E402
from serving import Server  # noqa: E402
from slack_delivery import Delivery, signed  # noqa: E402
from slack_payloads import FORM_TYPE, JSON_TYPE, Json  # noqa: E402
from slack_service import SlackService  # noqa: E402

from adapters.slack.mount import PATH  # noqa: E402

HTTP = {"SLACK_BOT_TOKEN": ids.BOT_TOKEN, "SLACK_SIGNING_SECRET": ids.SECRET_OF_SIGNING}
SOCKET = {"SLACK_BOT_TOKEN": ids.BOT_TOKEN, "SLACK_APP_TOKEN": ids.APP_TOKEN}
OF_A_TEAM = frozenset({"team_id", "context_team_id", "app_installed_team_id", "user_team", "source_team"})
EVENTS = frozenset({"event", "url_verification", "app_rate_limited"})
LAST = frozenset({"app_uninstalled", "tokens_revoked"})
# The samples name people and channels that nobody here knows: that is said, and is no error.
ERRORS = ("Traceback", "could not be handled", "could not be answered", "could not be posted", " failed")
WITHIN_S = 10.0


def ours(found: Any, name: str = "") -> Any:
    """A payload with our team wherever it names one."""
    if isinstance(found, Mapping):
        inside = {key: ours(value, key) for key, value in found.items()}
        return inside | ({"id": ids.TEAM} if name == "team" and "id" in inside else {})
    if isinstance(found, list):
        return [ours(each) for each in found]
    return ids.TEAM if name in OF_A_TEAM or (name == "team" and isinstance(found, str)) else found


def request(kind: str, payload: Json) -> tuple[bytes, str]:
    """The body and the content type of the request in which Slack sends it."""
    if kind in EVENTS:
        return json.dumps(payload).encode(), JSON_TYPE
    fields = payload if kind == "slash_command" else {"payload": json.dumps(payload)}
    return urlencode(fields).encode(), FORM_TYPE


def read(path: Path) -> list[tuple[str, Json]]:
    """The kinds and payloads of the file; envelopes of Socket Mode are opened."""
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        sample = json.loads(line)
        kind, payload = sample["kind"], sample["payload"]
        if kind == "socket_envelope":
            kind = {"events_api": "event", "slash_commands": "slash_command"}.get(payload["type"], payload["type"])
            payload = payload["payload"]
        found.append((kind, ours(payload)))
    # After these nothing is answered any more.
    return sorted(found, key=lambda sample: _type(sample[1]) in LAST)


def _type(payload: Json) -> str:
    event = payload.get("event")
    return str(event.get("type")) if isinstance(event, dict) else ""


def report(way: str, counts: Mapping[tuple[str, str], int], log: list[str]) -> bool:
    """Print what was answered, and return whether all of it may be."""
    total: Counter[str] = Counter()
    for (_, status), count in counts.items():
        total[status] += count
    print(f"{way}: " + ", ".join(f"{count} x {status}" for status, count in sorted(total.items())))
    for (kind, status), count in sorted(counts.items()):
        if not status.startswith("2"):
            print(f"  {count:3} x {status} {kind}")
    wrong = [line for line in log if any(said in line for said in ERRORS)]
    print(f"  {len(log)} lines logged, {len(wrong)} of them errors")
    for line in sorted(set(wrong)):
        print(f"    {line}")
    return not wrong and not any(status.startswith(("0", "5")) for status in total)


async def over_http(samples: list[tuple[str, Json]], folder: Path) -> bool:
    """Send all of *samples* to the Events API's address."""
    async with SlackService.running() as service:
        server = await started(service, folder, HTTP)
        counts: Counter[tuple[str, str]] = Counter()
        async with Delivery.to(f"http://127.0.0.1:{server.port}{PATH}", within_s=WITHIN_S) as slack:
            for kind, payload in samples:
                body, content_type = request(kind, payload)
                told = await slack.send(body, signed(body) | {"Content-Type": content_type})
                counts[kind, str(told.status)] += 1
        return report("HTTP", counts, await asyncio.to_thread(server.stop))


async def over_the_socket(samples: list[tuple[str, Json]], folder: Path) -> bool:
    """Send all of *samples* by Socket Mode; what is not acknowledged would be sent again."""
    async with SlackService.running() as service:
        server = await started(service, folder, SOCKET)
        await service.socket.connected(within_s=WITHIN_S)
        counts: Counter[tuple[str, str]] = Counter()
        for kind, payload in samples:
            envelope = await service.socket.deliver(payload, resend=0)
            with suppress(TimeoutError):  # counted as 000
                async with asyncio.timeout(WITHIN_S):
                    await envelope.acknowledged.wait()
            counts[kind, "2xx" if envelope.acknowledged.is_set() else "000"] += 1
        return report("Socket Mode", counts, await asyncio.to_thread(server.stop))


async def started(service: SlackService, folder: Path, environment: Mapping[str, str]) -> Server:
    """`signpost serve` with Slack."""
    await asyncio.to_thread(folder.mkdir)
    database = f"sqlite:///{folder}/signpost.db"
    told = {"SLACK_API_URL": service.api_url, "SIGNPOST_DATABASE_URL": database, **environment}
    return await asyncio.to_thread(lambda: Server(folder, **told))


async def main(path: Path) -> bool:
    """Send the file's payloads in both ways."""
    samples = read(path)
    with tempfile.TemporaryDirectory() as folder:
        by_http = await over_http(samples, Path(folder) / "http")
        return await over_the_socket(samples, Path(folder) / "socket") and by_http


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(0 if asyncio.run(main(Path(sys.argv[1]))) else 1)
