"""Settings: the only place that reads the environment (variables that begin with TSUNAGITE_)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


def _file(name: str, prefix: str = "") -> Any:
    """Give the default of a file below the home folder."""
    return Field(default_factory=lambda data: f"{prefix}{data['home'] / name}")


class Settings(BaseSettings):
    """What an office sets for its own machine; everything has a default.

    Attributes
    ----------
    home
        Folder of the databases, the key file and everything else that is written.
    database_url, hosts_database_url
        Addresses of the two databases (SQLite file or PostgreSQL).
    key_file
        The keys of the personal columns; never inside a database.
    secure_cookies
        Cookies of HTTPS only. `serve` sets it with a certificate; set it behind a proxy with TLS.
    trusted_proxy
        Address of the office's own proxy; only it may say from where a request comes.
    address
        Where browsers reach the office, as `https://tsunagite.city.example`: nothing is answered
        that was sent to another name or port. Empty: whatever name leads here.
    session_idle_minutes, session_hours
        A session ends after so long without a request, and at the latest after so many hours.
    require_second_factor
        Let coordinators, lead agencies, auditors and administrators sign in with a second factor
        only (`cases/data/accounts.toml`); who has none yet sets one up at the next sign-in.
    sign_ins_at_once
        How many passwords are checked at the same time (each takes 64 MiB and a quarter second).
    body_limit_bytes
        The largest request that is read.
    anchor_folder
        Where the ends of the audit record are noted every hour; best on another machine's disk.
    body_seconds
        How long a request may take to arrive.
    rate_factor
        What the rates of `api.rate_limits` are multiplied by; 0 sets no limit.
    backup_folder, backup_keep
        Where the application makes a backup every day, and how many of them stay there. Best on
        another disk; the key file is not in them and needs a copy of its own, elsewhere.
    oidc_issuer
        The identity provider of the city, exactly as it names itself; empty: no sign-in over one.
    oidc_client_id, oidc_client_secret_file
        Who this office is there, and the file with its secret.
    oidc_redirect_uri
        The address of this office that is registered there, ending in `/sign-in/provider/back`.
    oidc_name
        What the provider is called on the button.
    oidc_origins
        Further origins of the provider, which are asked or lead a browser on, with spaces between.
    oidc_acr, oidc_amr
        What the provider says of a sign-in with a second factor, with spaces between; where it
        says so, ours is not asked for.
    oidc_max_age_minutes
        How long ago the sign-in there may be; 0 asks for the password each time.
    oidc_ca_file
        Certificates by which the provider's is checked, instead of those of this machine.
    styleguide
        Serve `/styleguide`, the page that shows every component.
    """

    model_config = SettingsConfigDict(env_prefix="TSUNAGITE_", frozen=True)

    home: Path = Path("var")
    database_url: str = _file("cases.sqlite3", "sqlite:///")
    hosts_database_url: str = _file("hosts.sqlite3", "sqlite:///")
    key_file: Path = _file("keys.json")
    secure_cookies: bool = False
    trusted_proxy: str = ""
    address: str = Field(default="", pattern=r"^(https?://[a-z0-9.-]+(:\d+)?)?$")
    session_idle_minutes: int = Field(default=30, ge=1, le=480)
    session_hours: int = Field(default=12, ge=1, le=24)
    require_second_factor: bool = False
    sign_ins_at_once: int = Field(default=2, ge=1, le=64)
    body_limit_bytes: int = Field(default=10_000_000, ge=100_000)
    anchor_folder: Path | None = None
    body_seconds: float = Field(default=30, gt=0, le=600)
    rate_factor: float = Field(default=1, ge=0, le=100)
    backup_folder: Path | None = None
    backup_keep: int = Field(default=14, ge=1)
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret_file: Path | None = None
    oidc_redirect_uri: str = ""
    oidc_name: str = Field(default="市の共通アカウント", min_length=1, max_length=30)
    oidc_origins: str = ""
    oidc_acr: str = ""
    oidc_amr: str = ""
    oidc_max_age_minutes: int | None = Field(default=None, ge=0, le=1440)
    oidc_ca_file: Path | None = None
    styleguide: bool = False

    @property
    def deletions_file(self) -> Path:
        """The log of deletions; it lies beside the keys and is kept with them."""
        return self.key_file.with_name("deletions.jsonl")
