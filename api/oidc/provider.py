"""The office's identity provider: where it sends people, and what it says of who comes back."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlencode, urlsplit

from api.oidc.asking import ask, make_client
from api.oidc.errors import ProviderRefused
from api.oidc.id_token import Expected, Shown, UnknownKey, key_set, read_id_token
from api.oidc.setting import ProviderSetting, origin_of

if TYPE_CHECKING:
    from httpx2 import Client
    from joserfc.jwk import KeySet

KEPT: Final = timedelta(hours=1)
"""How long what the provider says about itself is believed without asking again."""
WELL_KNOWN: Final = "/.well-known/openid-configuration"
MOST_CODE: Final = 4096


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the provider says about itself (OpenID Connect Discovery 1.0 §3)."""

    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    names_itself: bool
    takes_basic: bool
    until: datetime


@dataclass(frozen=True, slots=True)
class Secrets:
    """What ties an answer of the provider to the browser that asked, all made of one secret.

    The browser alone holds that secret (in a cookie); of it the provider sees what nobody can
    count back from.
    """

    state: str
    nonce: str
    verifier: str

    @classmethod
    def of(cls, secret: str) -> Secrets:
        """Derive them; each is 256 bits, and tells nothing of the others."""
        return cls(_derived(secret, "state"), _derived(secret, "nonce"), _derived(secret, "pkce"))

    @property
    def challenge(self) -> str:
        """What the provider keeps of the verifier (RFC 7636, S256)."""
        return _base64(hashlib.sha256(self.verifier.encode()).digest())


class Provider:
    """The provider that is set; it is asked only when somebody wants to sign in over it."""

    def __init__(self, setting: ProviderSetting, clock: Callable[[], datetime]) -> None:
        self.setting = setting
        self.clock = clock
        self._metadata: Metadata | None = None
        self._keys: KeySet | None = None

    @cached_property
    def client(self) -> Client:
        """Return what asks."""
        return make_client(self.setting.ca_file)

    def close(self) -> None:
        """End the connections."""
        if "client" in self.__dict__:
            self.client.close()

    def way_there(self, secret: str, *, afresh: bool = False) -> str:
        """Return the address to which a browser goes; `afresh` asks for the password there.

        Raises
        ------
        ProviderRefused
            The provider is down, or is not what is set.
        """
        setting, secrets = self.setting, Secrets.of(secret)
        wanted = {
            "response_type": "code",
            "scope": "openid",
            "client_id": setting.client_id,
            "redirect_uri": setting.redirect_uri,
            "state": secrets.state,
            "nonce": secrets.nonce,
            "code_challenge": secrets.challenge,
            "code_challenge_method": "S256",
        }
        if setting.acr:
            wanted["acr_values"] = " ".join(setting.acr)
        if setting.max_age is not None:
            wanted["max_age"] = str(int(setting.max_age.total_seconds()))
        if afresh:
            wanted |= {"prompt": "login", "max_age": "0"}
        endpoint = self.metadata().authorization_endpoint
        return f"{endpoint}{'&' if urlsplit(endpoint).query else '?'}{urlencode(wanted)}"

    def who_came(self, secret: str, answer: Mapping[str, str]) -> Shown:
        """Return who the provider says came back, from the answer in the address.

        Raises
        ------
        ProviderRefused
            Whatever is not as it must be; nobody may come in.
        """
        metadata = self.metadata()
        issuer = answer.get("iss")
        # Another provider's answer must not be taken for this one's (RFC 9207).
        if (metadata.names_itself or issuer is not None) and issuer != self.setting.issuer:
            raise ProviderRefused("answer_of_another")
        if "error" in answer:
            raise ProviderRefused("provider_said_no")
        code = answer.get("code", "")
        if not code or len(code) > MOST_CODE:
            raise ProviderRefused("no_code")
        return self._read(self._exchange(code, Secrets.of(secret)), Secrets.of(secret))

    def metadata(self) -> Metadata:
        """Return what the provider says about itself, asked for at most once an hour."""
        kept = self._metadata
        if kept is None or self.clock() >= kept.until:
            found = ask(self.client, self.setting.issuer.rstrip("/") + WELL_KNOWN)
            kept = self._metadata = self._checked(found)
            self._keys = None
        return kept

    def _checked(self, found: Mapping[str, Any]) -> Metadata:
        if found.get("issuer") != self.setting.issuer:
            raise ProviderRefused("another_issuer")
        endpoints = [
            found.get(name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")
        ]
        there, token, keys = (each if isinstance(each, str) else "" for each in endpoints)
        # Whatever it says, nothing is asked and nobody is sent anywhere else than was set.
        if not {origin_of(there), origin_of(token), origin_of(keys)} <= {*self.setting.origins}:
            raise ProviderRefused("endpoint_elsewhere")
        methods = found.get("token_endpoint_auth_methods_supported")
        return Metadata(
            authorization_endpoint=there,
            token_endpoint=token,
            jwks_uri=keys,
            names_itself=found.get("authorization_response_iss_parameter_supported") is True,
            takes_basic=not isinstance(methods, list) or "client_secret_basic" in methods,
            until=self.clock() + KEPT,
        )

    def _exchange(self, code: str, secrets: Secrets) -> str:
        """Return the ID token for a code; the access token beside it is not kept."""
        setting, metadata = self.setting, self.metadata()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": setting.redirect_uri,
            "code_verifier": secrets.verifier,
        }
        auth = None
        if metadata.takes_basic:
            auth = quote(setting.client_id, safe=""), quote(setting.client_secret, safe="")
        else:
            form |= {"client_id": setting.client_id, "client_secret": setting.client_secret}
        token = ask(self.client, metadata.token_endpoint, form, auth).get("id_token")
        if not isinstance(token, str):
            raise ProviderRefused("no_token")
        return token

    def _read(self, token: str, secrets: Secrets) -> Shown:
        setting = self.setting
        expected = Expected(setting.issuer, setting.client_id, secrets.nonce, setting.max_age)
        if self._keys is not None:
            try:
                return read_id_token(token, self._keys, expected, self.clock())
            except UnknownKey:
                pass
        # Asked for once more where a key is new: providers change theirs.
        self._keys = key_set(ask(self.client, self.metadata().jwks_uri))
        return read_id_token(token, self._keys, expected, self.clock())


def _derived(secret: str, label: str) -> str:
    message = f"tsunagite.oidc/1 {label}".encode()
    return _base64(hmac.new(secret.encode(), message, hashlib.sha256).digest())


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
