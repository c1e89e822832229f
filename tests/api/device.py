"""A device with passkeys, in software: it signs what a browser would let it sign, or worse."""

from __future__ import annotations

import hashlib
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any, Final

import cbor2
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256

PRESENT, VERIFIED, WITH_KEY = 0x01, 0x04, 0x40
ES256: Final = -7


class Device:
    """A key for one account at one site; what it says can be bent for a test.

    `sign_count` goes on by `step` with each signature; `verifies` tells whether it asks for a PIN.
    """

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.host = origin.split("://")[1].split(":")[0]
        self.key = generate_private_key(SECP256R1())
        self.credential_id = secrets.token_bytes(16)
        self.handle = b""
        self.sign_count = 0
        self.step = 1
        self.verifies = True

    def make(self, options: dict[str, Any]) -> str:
        """Answer the options of a registration."""
        self.handle = decoded(options["user"]["id"])
        public = self.key.public_key().public_numbers()
        cose = {
            1: 2, 3: ES256, -1: 1,
            -2: public.x.to_bytes(32, "big"), -3: public.y.to_bytes(32, "big"),
        }  # fmt: skip
        about = bytes(16) + len(self.credential_id).to_bytes(2, "big") + self.credential_id
        data = self._data(WITH_KEY) + about + cbor2.dumps(cose)
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        return self._answer(
            {
                "clientDataJSON": encoded(self._client("webauthn.create", options)),
                "attestationObject": encoded(attestation),
            }
        )

    def sign(self, options: dict[str, Any]) -> str:
        """Answer the options of a sign-in."""
        self.sign_count += self.step
        data, client = self._data(), self._client("webauthn.get", options)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ECDSA(SHA256()))
        return self._answer(
            {
                "clientDataJSON": encoded(client),
                "authenticatorData": encoded(data),
                "signature": encoded(signature),
                "userHandle": encoded(self.handle),
            }
        )

    def _data(self, flags: int = 0) -> bytes:
        flags |= PRESENT | (VERIFIED if self.verifies else 0)
        host = hashlib.sha256(self.host.encode()).digest()
        return host + bytes([flags]) + self.sign_count.to_bytes(4, "big")

    def _client(self, kind: str, options: dict[str, Any]) -> bytes:
        said = {"type": kind, "challenge": options["challenge"], "origin": self.origin}
        return json.dumps(said | {"crossOrigin": False}).encode()

    def _answer(self, response: dict[str, str]) -> str:
        name = encoded(self.credential_id)
        return json.dumps(
            {
                "id": name,
                "rawId": name,
                "type": "public-key",
                "response": response,
                "clientExtensionResults": {},
            }
        )


def encoded(content: bytes) -> str:
    """Write bytes as browsers do."""
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    """Read bytes as browsers write them."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
