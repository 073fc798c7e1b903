"""Knows the keys that the Bot Framework signs with: found in time when they change, kept while their source is away."""

import asyncio
import logging
import re
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt.algorithms import RSAAlgorithm

from adapters.teams.documents import Unreadable, object_in

logger = logging.getLogger(__name__)

# https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-authentication
METADATA_URL = "https://login.botframework.com/v1/.well-known/openidconfiguration"
KEYS_AT = "https://login.botframework.com/"
FRESH_S = 24 * 60 * 60.0
FETCHES, FETCHES_PER_S = 2, 60.0
TIMEOUT_S = 5.0
MOST_BYTES = 1024 * 1024
MOST_KEYS = 200
FEWEST_BITS, MOST_BITS = 2048, 4096
MOST_MODULUS, MOST_EXPONENT = 700, 8  # letters of base64
_KEY_ID = re.compile(r"[\w-]{1,200}", re.ASCII)
_UNFETCHED = (aiohttp.ClientError, TimeoutError, OSError, Unreadable)


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A public key, and the channels that it may speak for."""

    public: RSAPublicKey
    endorsements: frozenset[str]


class SigningKeys:
    """The Bot Framework's signing keys: fetched when first needed, after a day, and when an unknown one is met."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        metadata_url: str = METADATA_URL,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        self._session = session
        self._metadata_url = metadata_url
        self._timeout_s = timeout_s
        self._monotonic = monotonic
        self._keys: Mapping[str, SigningKey] = {}
        self._fetched_at = monotonic()
        self._began: deque[float] = deque()
        self._fetching: asyncio.Task[None] | None = None

    async def find(self, key_id: str) -> SigningKey | None:
        """The key of that id; None where the Bot Framework has not published it.

        For an unknown one its keys are fetched at once, twice a minute at most, whoever asks; all who wait share a
        fetch. It takes five seconds at most. What is known goes on being valid while the keys cannot be fetched.
        """
        known = self._keys.get(key_id)
        if known is not None:
            if self._monotonic() - self._fetched_at > FRESH_S:
                # One fetch in each minute is left for an unknown key.
                self._fetch(most=FETCHES - 1)
            return known
        if _KEY_ID.fullmatch(key_id) and (fetching := self._fetch(most=FETCHES)):
            await asyncio.shield(fetching)
        return self._keys.get(key_id)

    async def prepare(self) -> None:
        """Fetch the keys before the first request needs them."""
        if fetching := self._fetch(most=FETCHES - 1):
            await asyncio.shield(fetching)

    async def close(self) -> None:
        """Fetch no more."""
        if self._fetching is not None:
            self._fetching.cancel()
            await asyncio.gather(self._fetching, return_exceptions=True)

    def _fetch(self, *, most: int) -> asyncio.Task[None] | None:
        """The fetch under way, or a new one unless there were *most* in the last minute."""
        if self._fetching is not None and not self._fetching.done():
            return self._fetching
        now = self._monotonic()
        while self._began and now - self._began[0] >= FETCHES_PER_S:
            self._began.popleft()
        if len(self._began) >= most:
            return None
        self._began.append(now)
        self._fetching = asyncio.create_task(self._replace())
        return self._fetching

    async def _replace(self) -> None:
        try:
            async with asyncio.timeout(self._timeout_s):
                metadata = await self._document(self._metadata_url)
                keys = _keys(await self._document(_keys_address(metadata, self._metadata_url)))
        except _UNFETCHED as failed:
            logger.warning("the Bot Framework's keys cannot be fetched: %s; what is known stays", type(failed).__name__)
            return
        self._keys, self._fetched_at = keys, self._monotonic()

    async def _document(self, url: str) -> dict[str, Any]:
        async with self._session.get(url, allow_redirects=False) as response:
            if response.status != 200:
                raise Unreadable(f"status {response.status}")
            return await object_in(response, MOST_BYTES)


def _keys_address(metadata: Mapping[str, Any], metadata_url: str) -> str:
    """Where the keys are, by the *metadata*: on its own host or the Bot Framework's, nowhere else."""
    address = metadata.get("jwks_uri")
    own = urlsplit(metadata_url)
    # Compared as text up to the slash, so that there is no other way to read the host.
    if isinstance(address, str) and address.startswith((f"{own.scheme}://{own.netloc}/", KEYS_AT)):
        return address
    raise Unreadable("keys elsewhere")


def _keys(document: Mapping[str, Any]) -> dict[str, SigningKey]:
    listed = document.get("keys")
    if not isinstance(listed, list) or len(listed) > MOST_KEYS:
        raise Unreadable("no list of keys")
    found = {each["kid"]: key for each in listed if (key := _key(each)) is not None}
    if not found:
        raise Unreadable("no usable key")
    return found


def _key(told: object) -> SigningKey | None:
    """The key that *told* describes (RFC 7517, with the Bot Framework's endorsements); None for any other thing."""
    if not isinstance(told, Mapping) or told.get("kty") != "RSA":
        return None
    key_id, endorsements = told.get("kid"), told.get("endorsements")
    if not isinstance(key_id, str) or not _KEY_ID.fullmatch(key_id) or not isinstance(endorsements, list):
        return None
    # With longer numbers every signature would take long to verify.
    modulus, exponent = told.get("n"), told.get("e")
    if not _is_short(modulus, MOST_MODULUS) or not _is_short(exponent, MOST_EXPONENT):
        return None
    try:
        public = RSAAlgorithm.from_jwk({"kty": "RSA", "n": modulus, "e": exponent})
    except (jwt.PyJWTError, ValueError):
        return None
    if not isinstance(public, RSAPublicKey) or not FEWEST_BITS <= public.key_size <= MOST_BITS:
        return None
    return SigningKey(public, frozenset(each for each in endorsements if isinstance(each, str)))


def _is_short(told: object, most: int) -> bool:
    return isinstance(told, str) and len(told) <= most
