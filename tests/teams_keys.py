"""The keys with which the stand-in of the Bot Framework signs, as its OpenID metadata publishes them."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import teams_ids as ids
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from teams_ids import Json

ISSUER = "https://api.botframework.com"
TOKEN_LIVES_S = 3600
METADATA_PATH = "/v1/.well-known/openidconfiguration"
KEYS_PATH = "/v1/.well-known/keys"

Sign = Callable[["SigningKey", bytes], bytes]


@dataclass(frozen=True, slots=True)
class SigningKey:
    """An RSA key of 2048 bits; `kid` is its name."""

    kid: str
    private: rsa.RSAPrivateKey = field(repr=False)

    def jwk(self, endorsements: tuple[str, ...]) -> Json:
        """Its public half as a key document holds it, trusted for the channels in *endorsements*."""
        numbers = self.private.public_key().public_numbers()
        return {
            "kty": "RSA",
            "use": "sig",
            "kid": self.kid,
            "x5t": self.kid,
            "n": encoded(numbers.n.to_bytes(256, "big")),
            "e": encoded(numbers.e.to_bytes(3, "big")),
            "endorsements": list(endorsements),
        }

    def public_pem(self) -> bytes:
        """Its public half, which forgers use as if it were a shared secret."""
        return self.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


class Keys:
    """What is published, and the key that signs; `elsewhere` is published for another channel than Teams."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self.clock = clock
        self.issuer = ISSUER
        self.published: dict[str, Json] = {}
        self._made = 0
        self._kept: tuple[str, str, float] = ("", "", 0.0)
        self.signing = self.publish(self.another())
        self.elsewhere = self.publish(self.another(), endorsements=("webchat",))

    def another(self) -> SigningKey:
        """A key that this service has not had before, and does not publish."""
        self._made += 1
        return _numbered(self._made)

    def publish(self, key: SigningKey, *, endorsements: tuple[str, ...] = ("msteams",)) -> SigningKey:
        """Put *key* among the published ones."""
        self.published[key.kid] = key.jwk(endorsements)
        return key

    def withdraw(self, key: SigningKey) -> None:
        """Publish *key* no more."""
        self.published.pop(key.kid, None)

    def rotate(self, *, old_stays: bool = True) -> SigningKey:
        """Sign with a new, published key from now on."""
        if not old_stays:
            self.withdraw(self.signing)
        self.signing = self.publish(self.another())
        return self.signing

    def metadata(self, url: str) -> Json:
        """The OpenID metadata of the service at *url*."""
        return {
            "issuer": self.issuer,
            "authorization_endpoint": "https://invalid.botframework.com",
            "jwks_uri": f"{url}{KEYS_PATH}",
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        }

    def document(self) -> Json:
        """The key document."""
        return {"keys": list(self.published.values())}

    def bearer(self, service_url: str) -> str:
        """A right token for *service_url*, the same for half an hour or until the key changes."""
        kid, kept, until_s = self._kept
        if kid != self.signing.kid or self.clock() >= until_s:
            kept = self.token(serviceurl=service_url)
            self._kept = (self.signing.kid, kept, self.clock() + TOKEN_LIVES_S / 2)
        return kept

    def token(
        self,
        *,
        key: SigningKey | None = None,
        alg: str = "RS256",
        header: Mapping[str, Any] | None = None,
        **claims: Any,
    ) -> str:
        """A signed token as the channel sends it, for our app unless *claims* say otherwise.

        A claim or a part of the *header* that is None is left out. *alg* is RS256, RS512, HS256 (with the public key
        as its secret) or none; *key* signs in place of the right one, under its own kid.
        """
        signer = key or self.signing
        now = int(self.clock())
        right = {"iss": self.issuer, "aud": ids.APP, "nbf": now - 60, "exp": now + TOKEN_LIVES_S}
        named = {"alg": alg, "kid": signer.kid, "x5t": signer.kid, "typ": "JWT"}
        signed = f"{_part(named, header or {})}.{_part(right, claims)}"
        return f"{signed}.{encoded(_SIGN[alg](signer, signed.encode()))}"


def encoded(raw: bytes) -> str:
    """*raw* in base64url without padding, as tokens and keys hold it."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@cache
def _numbered(number: int) -> SigningKey:
    """The same key for the same number in the whole run: making one takes a tenth of a second."""
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return SigningKey(f"{number}-{encoded(hashlib.sha256(public).digest()[:15])}", private)


def _part(right: Json, changes: Mapping[str, Any]) -> str:
    kept = {name: value for name, value in {**right, **changes}.items() if value is not None}
    return encoded(json.dumps(kept).encode())


def _rsa(algorithm: hashes.HashAlgorithm) -> Sign:
    return lambda key, signed: key.private.sign(signed, padding.PKCS1v15(), algorithm)


_SIGN: Mapping[str, Sign] = {
    "RS256": _rsa(hashes.SHA256()),
    "RS512": _rsa(hashes.SHA512()),
    "HS256": lambda key, signed: hmac.new(key.public_pem(), signed, hashlib.sha256).digest(),
    "none": lambda key, signed: b"",
}
