"""Sends a file of activities, as Microsoft's clients and test suites make them, to the product, and counts the answers.

`python -m benchmarks.teams_payloads PATH`: each line of the file is JSON, with the activity as its "payload". Each is
sent as it is, and again with what the Bot Framework always says put in where it is missing: our bot, our tenant, the
address, a sender and a conversation. None may end in 5xx, and nothing may be logged as an error of ours.
"""

import asyncio
import json
import sys
import tempfile
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

import teams_ids as ids  # noqa: E402
from teams_ids import Json  # noqa: E402
from teams_in_production import Production, in_production  # noqa: E402

ERRORS = ("Traceback", "could not be handled", "could not be answered", "could not be posted", " failed")
WITHIN_S = 20.0


def completed(activity: Json) -> Json:
    """*activity* with all that every activity of Teams has."""
    place = _part(activity, "conversation")
    told = {
        "id": ids.new_event(),
        "serviceUrl": ids.SERVICE_URL,
        "timestamp": "2026-11-20T09:00:00.000Z",
        **activity,
        "channelId": "msteams",
        "from": {"id": ids.ASKER} | _part(activity, "from"),
        "recipient": {"id": ids.BOT, "name": ids.BOT_NAME},
        "conversation": {"id": ids.personal_of(ids.ASKER)} | place | {"tenantId": ids.TENANT},
        "channelData": _part(activity, "channelData") | {"tenant": {"id": ids.TENANT}},
    }
    # Whatever it names, it must be where this bot may answer.
    return told | {"serviceUrl": ids.SERVICE_URL}


def _part(activity: Json, name: str) -> Json:
    found = activity.get(name)
    return found if isinstance(found, dict) else {}


def kind(activity: Json) -> str:
    """What the table calls it."""
    return " ".join(str(activity[name]) for name in ("type", "name") if activity.get(name)) or "(no type)"


async def sent(samples: list[Json], product: Production) -> Counter[tuple[str, int]]:
    """Send *samples* one after the other, each from an address of its own: none has failed too often."""
    counts = Counter[tuple[str, int]]()
    for number, activity in enumerate(samples):
        async with product.delivery(f"127.0.{1 + number // 250}.{1 + number % 250}") as delivery:
            got = await delivery.deliver(activity)
        counts[kind(activity), got.status] += 1
    return counts


def report(what: str, counts: Counter[tuple[str, int]]) -> bool:
    """Print what was answered, and return whether all of it may be."""
    total: Counter[int] = Counter()
    for (_, status), count in counts.items():
        total[status] += count
    print(f"{what}: " + ", ".join(f"{count} x {status}" for status, count in sorted(total.items())))
    for (name, status), count in sorted(counts.items()):
        if status != 200:
            print(f"  {count:3} x {status} {name}")
    return not any(status == 0 or status >= 500 for status in total)


def logged(product: Production) -> bool:
    """Print the errors in the log, and return whether there are none."""
    log = product.replica.log.all
    wrong = sorted({line for line in log if any(said in line for said in ERRORS)})
    print(f"{len(log)} lines logged, {len(wrong)} of them errors of ours")
    for line in wrong:
        print(f"  {line}")
    return not wrong


async def main(samples: list[Json]) -> bool:
    """Send *samples* in both forms."""
    with tempfile.TemporaryDirectory() as folder:
        async with in_production(Path(folder)) as product:
            as_they_are = await sent(samples, product)
            whole = await sent([completed(each) for each in samples], product)
            await asyncio.wait_for(product.replica.stop(), WITHIN_S)
        right = [report("as they are", as_they_are), report("completed", whole), logged(product)]
        print(f"{len(product.service.sent)} messages sent in answer")
        return all(right)


def read(path: Path) -> list[Json]:
    """The activities of the file."""
    return [json.loads(line)["payload"] for line in path.read_text(encoding="utf-8").splitlines()]


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(0 if asyncio.run(main(read(Path(sys.argv[1])))) else 1)
