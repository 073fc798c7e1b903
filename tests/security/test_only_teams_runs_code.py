"""promises 1, 4 and 9: what is not Teams's runs nothing of the whole product: no call, no claim, no word in the log."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import teams_ids as ids
from slack_probes import claims_in
from teams_activities import message
from teams_addresses import HOSTILE, a_trap
from teams_entrance import Entered, Seconds
from teams_in_production import Production, in_production
from teams_matrix import CANARY, MINUTE_S, REFUSED

# What the product asks of its own accord, when it starts.
AT_START = {"login", "metadata", "keys"}


def calls_since_start(product: Production) -> list[str]:
    return [call.name for call in product.service.calls if call.name not in AT_START]


@asynccontextmanager
async def sender(product: Production, number: int = 0) -> AsyncIterator[Entered]:
    """Somebody who sends requests from an address of their own."""
    async with product.delivery(f"127.0.1.{number + 1}") as delivery:
        yield Entered(product.service, None, Seconds(), delivery)  # type: ignore[arg-type]


async def genuine(product: Production, **claims: float) -> int:
    """The status of a question that is Teams's, but for *claims*."""
    async with product.delivery() as delivery:
        token = product.service.token(**claims)
        return (await delivery.deliver(message(), token=token)).status


async def test_the_whole_matrix_runs_nothing_and_is_not_logged(tmp_path: Path):
    async with in_production(tmp_path) as product:
        wrong = {}
        for number, (case, refused) in enumerate(REFUSED.items()):
            async with sender(product, number) as app:
                status = await refused.send(app)
            if status not in refused.statuses:
                wrong[case] = status
        called, claimed = calls_since_start(product), claims_in(tmp_path)
        right = await genuine(product)
        await product.service.posted(1)
        await product.replica.stop()

        log = "\n".join(product.replica.log.all)
    assert len(REFUSED) > 27
    assert wrong == {}
    assert (called, claimed) == ([], 0)
    assert right == 200
    assert CANARY not in log
    assert ids.ASKER not in log
    assert "Traceback" not in log


async def test_no_socket_is_opened_to_any_address_but_teams(tmp_path: Path):
    async with in_production(tmp_path) as product, a_trap() as trap:
        wrong = {}
        for number, name in enumerate(HOSTILE):
            url = trap.address(name)
            async with sender(product, number) as app:
                status = await app.activity(message(serviceUrl=url), serviceurl=url)
            if status != 403:
                wrong[name] = status
        called, claimed = calls_since_start(product), claims_in(tmp_path)
        right = await genuine(product)
        await product.service.posted(1)

    assert wrong == {}
    assert (called, claimed, trap.heard) == ([], 0, 0)
    assert right == 200


async def test_what_is_genuine_is_answered_once_however_often_it_comes(tmp_path: Path):
    async with in_production(tmp_path) as product:
        clock = int(product.service.clock())
        skewed = [
            await genuine(product, exp=clock - 4 * MINUTE_S),
            await genuine(product, nbf=clock + 4 * MINUTE_S),
        ]
        product.service.keys.rotate()
        async with asyncio.timeout(1), product.delivery() as delivery:
            rotated = (await delivery.deliver(message())).status
        async with product.delivery() as delivery:
            activity, token = message(), product.service.token()
            replayed = [(await delivery.deliver(activity, token=token)).status for _ in range(5)]
            at_once = await asyncio.gather(*(delivery.deliver(activity, token=token) for _ in range(5)))
        await product.service.posted(4)
        await product.replica.stop()

        answered = [sent.reply_to for sent in product.service.sent]
    assert {*skewed, rotated, *replayed, *(each.status for each in at_once)} == {200}
    assert len(answered) == 4
    assert answered.count(activity["id"]) == 1
    assert claims_in(tmp_path) == 4


async def test_a_strange_tenant_is_told_nothing(tmp_path: Path):
    async with in_production(tmp_path) as product, product.delivery() as delivery:
        got = [await delivery.deliver(message(tenant=tenant)) for tenant in (ids.OTHER_TENANT, "", "\u00e4")]

    assert {(each.status, each.text) for each in got} == {(403, "")}
    assert calls_since_start(product) == []
