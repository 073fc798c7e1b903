"""Verifies the token that the Bot Framework sends with each activity."""

import re
from dataclasses import dataclass
from typing import Any, Protocol

import jwt

from adapters.teams.clouds import PUBLIC
from adapters.teams.keys import SigningKey
from adapters.teams.refusals import Refusal

# https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-authentication
ISSUER = PUBLIC.issuer
ALGORITHM = "RS256"
MOST_SKEW_S = 300
_BEARER = re.compile(r"Bearer ([\w-]{1,2000}\.[\w-]{1,6000}\.[\w-]{1,1000})", re.ASCII)
_UNPARSED = (jwt.PyJWTError, ValueError, TypeError, OverflowError, RecursionError)
_KINDS: tuple[tuple[type[Exception], str], ...] = (
    (jwt.ExpiredSignatureError, "expired"),
    (jwt.ImmatureSignatureError, "not_yet_valid"),
    (jwt.InvalidAudienceError, "wrong_audience"),
    (jwt.InvalidIssuerError, "wrong_issuer"),
    (jwt.MissingRequiredClaimError, "incomplete_token"),
    (jwt.InvalidSignatureError, "bad_signature"),
)


class Keys(Protocol):
    """Where signing keys are found."""

    async def find(self, key_id: str) -> SigningKey | None:
        """The key of that id, or None."""


@dataclass(frozen=True, slots=True)
class Bearer:
    """What a verified token says: where the answer goes, and for which channels its sender may speak."""

    service_url: str
    endorsements: frozenset[str]


async def verified(authorization: str, keys: Keys, app_id: str, issuer: str = ISSUER) -> Bearer:
    """What the token in the header *authorization* says, once it is proved to be the Bot Framework's, for *app_id*.

    Raise `Refusal` (401). Five minutes of skew are allowed.
    """
    found = _BEARER.fullmatch(authorization)
    if found is None:
        raise Refusal(401, "malformed_token" if authorization else "no_token")
    token = found[1]
    key_id = _key_id(token)
    # Not proved yet, but what is wrong already needs no key: nobody makes us fetch keys with any odd token.
    claimed = _claims(token)
    if claimed.get("iss") != issuer:
        raise Refusal(401, "wrong_issuer")
    if claimed.get("aud") != app_id:
        raise Refusal(401, "wrong_audience")
    key = await keys.find(key_id)
    if key is None:
        raise Refusal(401, "unknown_key")
    try:
        claims = jwt.decode(
            token,
            key.public,
            algorithms=[ALGORITHM],
            audience=app_id,
            issuer=issuer,
            leeway=MOST_SKEW_S,
            options={"require": ["exp", "nbf", "iss", "aud"], "strict_aud": True},
        )
    except _UNPARSED as wrong:
        raise Refusal(401, _kind(wrong)) from None
    service_url = claims.get("serviceurl")
    return Bearer(service_url if isinstance(service_url, str) else "", key.endorsements)


def _key_id(token: str) -> str:
    try:
        header = jwt.get_unverified_header(token)
    except _UNPARSED:
        raise Refusal(401, "malformed_token") from None
    # RFC 7515: what is critical and not understood must not be accepted; we understand nothing of the kind.
    if header.get("alg") != ALGORITHM or "crit" in header:
        raise Refusal(401, "wrong_algorithm")
    key_id = header.get("kid")
    if not isinstance(key_id, str) or not key_id:
        raise Refusal(401, "incomplete_token")
    return key_id


def _claims(token: str) -> dict[str, Any]:
    try:
        claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    except _UNPARSED:
        raise Refusal(401, "malformed_token") from None
    return claims


def _kind(wrong: Exception) -> str:
    return next((kind for error, kind in _KINDS if isinstance(wrong, error)), "malformed_token")
