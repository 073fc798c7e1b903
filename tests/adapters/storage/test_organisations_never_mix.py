"""promise 5: three organisations do 10,000 things at once with the same names, and each finds only its own."""

import asyncio
from dataclasses import dataclass, field
from random import Random

from adapters.storage.statements import UNHEARD_S
from adapters.storage.store import SqlStore
from bot.ports import Overdue

ORGANISATIONS = ("garden", "orchard", "meadow")
STEPS = 10_000
ROUNDS = 40
CLAIMS, NOTES, OWNERS = (tuple(f"{kind} {number}" for number in range(12)) for kind in ("claim", "note", "owner"))


@dataclass(slots=True)
class Held:
    """What a claim should be like."""

    owner: str
    sealed: bytes | None
    seen_at: float


@dataclass(slots=True)
class Walk:
    """One organisation, what it did, and what it should therefore find; every value holds its name."""

    name: str
    store: SqlStore
    random: Random
    claims: dict[str, Held] = field(default_factory=dict)
    notes: dict[str, tuple[bytes, float]] = field(default_factory=dict)
    steps: int = 0

    async def go(self, steps: int, at: float) -> None:
        """Take *steps* steps, one after another, at the time *at*."""
        verbs = (self.claim, self.settle, self.renew, self.take_over, self.keep, self.kept)
        for _ in range(steps):
            self.steps += 1
            await self.random.choice(verbs)(at)

    async def claim(self, at: float) -> None:
        claim, owner = f"{self.random.choice(CLAIMS)} of {self.steps // 200}", self.random.choice(OWNERS)
        sealed = f"{self.name} {self.steps}".encode()

        taken = await self.store.claim(self.name, "chat", claim, owner, sealed)

        assert taken is (claim not in self.claims)
        self.claims.setdefault(claim, Held(owner, sealed, at))

    async def settle(self, _at: float) -> None:
        claim = self.random.choice([*self.claims, "never claimed"])

        await self.store.settle(self.name, claim)

        if claim in self.claims:
            self.claims[claim].sealed = None

    async def renew(self, at: float) -> None:
        owner = self.random.choice(OWNERS)

        await self.store.renew(self.name, owner)

        for held in self.claims.values():
            if held.owner == owner and held.sealed is not None:
                held.seen_at = at

    async def take_over(self, at: float) -> None:
        owner = self.random.choice(OWNERS)

        got = await self.store.take_over(self.name, "chat", owner, 1_000)

        overdue = {
            claim: held
            for claim, held in self.claims.items()
            if held.sealed is not None and held.seen_at < at - UNHEARD_S and held.owner != owner
        }
        assert {each.claim: each for each in got} == {
            claim: Overdue(claim, held.sealed or b"") for claim, held in overdue.items()
        }
        for held in overdue.values():
            held.owner, held.seen_at = owner, at

    async def keep(self, at: float) -> None:
        key, sealed, kept_s = (
            self.random.choice(NOTES),
            f"{self.name} {self.steps}".encode(),
            self.random.uniform(1, 30),
        )

        await self.store.keep(self.name, key, sealed, kept_s)

        self.notes[key] = (sealed, at + kept_s)

    async def kept(self, at: float) -> None:
        key = self.random.choice(NOTES)

        sealed, until = self.notes.get(key, (None, 0.0))
        assert await self.store.kept(self.name, key) == (sealed if until > at else None)


async def test_no_step_of_one_organisation_is_seen_by_another(store, clock):
    walks = [Walk(name, store, Random(name)) for name in ORGANISATIONS]
    steps = STEPS // ROUNDS // len(walks) + 1

    for _ in range(ROUNDS):
        await asyncio.gather(*(walk.go(steps, clock.at) for walk in walks))
        clock.at += Random(clock.at).uniform(0, 6)

    assert sum(walk.steps for walk in walks) >= STEPS
    assert all(walk.claims for walk in walks)
