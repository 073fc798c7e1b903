"""What only real processes show: they are killed, and start at the same moment."""

import asyncio
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]

CLAIM_AND_WAIT = """
import asyncio, sys
from adapters.storage.store import open_store

async def main():
    store = await open_store(sys.argv[1], patience_s=20)
    await asyncio.gather(*(store.claim("garden", "chat", f"claim {n}", "first", b"x") for n in range(50)))
    print("claimed", flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""

OPEN_AND_CLOSE = """
import asyncio, sys
from adapters.storage.store import open_store

async def main():
    store = await open_store(sys.argv[1])
    await store.close()

asyncio.run(main())
"""


async def start(script: str, url: str) -> asyncio.subprocess.Process:
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(sys.executable, "-c", script, url, stdout=pipe, stderr=pipe, cwd=ROOT)


async def test_killing_a_process_loses_nothing_that_it_claimed(url, open_another):
    process = await start(CLAIM_AND_WAIT, url)
    said = await process.stdout.readline()
    process.kill()
    await process.communicate()

    store = await open_another(now=lambda: time.time() + 60)
    again = await asyncio.gather(
        *(store.claim("garden", "chat", f"claim {number}", "second", b"y") for number in range(50))
    )
    taken_over = await store.take_over("garden", "chat", "second", 100)

    assert said == b"claimed\n"
    assert not any(again)
    assert len(taken_over) == 50


async def test_an_empty_database_may_be_opened_many_times_at_the_same_moment(open_another):
    stores = await asyncio.gather(*(open_another() for _ in range(6)))

    assert [await store.claim("garden", "chat", str(number), "first", None) for number, store in enumerate(stores)] == [
        True
    ] * 6


async def test_replicas_may_open_an_empty_database_at_once(url):
    processes = [await start(OPEN_AND_CLOSE, url) for _ in range(4)]

    said = [await process.communicate() for process in processes]

    assert said == [(b"", b"")] * 4
    assert [process.returncode for process in processes] == [0] * 4
