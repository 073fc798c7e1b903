"""The store: claims a second, and what one takes while a hundred callers claim; arguments name other databases."""

import asyncio
import shutil
import sys
import tempfile
import time
from contextlib import suppress

from adapters.storage.engine import shown
from adapters.storage.store import open_store
from tests.postgres import NoPostgres, Postgres

CALLERS = 100
CLAIMS = 20_000
SEALED = bytes(600)


async def measure(url: str) -> None:
    """Print the figures for the database at *url*."""
    store = await open_store(url)
    taken: list[float] = []
    run = f"{time.time_ns()}"

    async def claim_on(caller: int, claims: int) -> None:
        for number in range(claims):
            start = time.perf_counter()
            await store.claim("trust", "benchmark", f"{run} {caller} {number}", "benchmark", SEALED)
            taken.append((time.perf_counter() - start) * 1_000)

    for callers in (1, CALLERS):
        taken.clear()
        start = time.perf_counter()
        await asyncio.gather(*(claim_on(callers + caller, CLAIMS // CALLERS) for caller in range(callers)))
        rate = len(taken) / (time.perf_counter() - start)
        taken.sort()
        p50, p99 = taken[len(taken) // 2], taken[int(len(taken) * 0.99)]
        kind = url.partition(":")[0]
        print(f"{kind}, callers {callers}: {rate:,.0f} claims a second, p50 {p50:.1f} ms, p99 {p99:.1f} ms")
    await store.close()


def main() -> None:
    """Measure the databases named, or else an SQLite file and, where there is one, a PostgreSQL server of our own."""
    if urls := sys.argv[1:]:
        for url in urls:
            print(shown(url))
            asyncio.run(measure(url))
        return
    folder = tempfile.mkdtemp(prefix="signpost-benchmark-")
    asyncio.run(measure(f"sqlite:///{folder}/signpost.db"))
    shutil.rmtree(folder)
    with suppress(NoPostgres):
        server = Postgres(durable=True)
        asyncio.run(measure(server.make_database()))
        server.remove()


if __name__ == "__main__":
    main()
