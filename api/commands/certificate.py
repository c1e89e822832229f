"""`certificate`: a certificate of one's own, for an office without a certification authority."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from api.command_refusals import CommandRefused
from api.commands.office import present

if TYPE_CHECKING:
    from cryptography import x509

VALID_DAYS: Final = 397
"""What browsers accept at most."""
HELP: Final = "HTTPS の証明書と鍵を、自分で作ります。ほかの機械から使うときに要ります。"


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate, its key (both PEM) and what people compare before they trust it."""

    certificate: bytes
    key: bytes
    fingerprint: str
    until: datetime


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("certificate", help=HELP)(make_certificate)


def make_certificate(
    host: Annotated[
        str, typer.Argument(metavar="HOST", help="ほかの機械が打つ名前か番号。例: tsunagite.local")
    ],
    out: Annotated[
        Path, typer.Option(metavar="フォルダー", help="証明書と鍵を置くところ。")
    ] = Path(),
) -> None:
    """Write a self-signed certificate and its key; what is there already stays."""
    certfile, keyfile = out / "certificate.pem", out / "certificate-key.pem"
    made = self_signed(host, present())
    write_new(keyfile, made.key, mode=0o600)
    write_new(certfile, made.certificate, mode=0o644)
    typer.echo(f"✓ {host} の証明書を作りました（{made.until:%Y-%m-%d} まで）。")
    typer.echo(
        f"動かすとき: tsunagite serve --host {host} --certfile {certfile} --keyfile {keyfile}"
    )
    typer.echo("使う機械では、はじめて開くときに、次の番号（SHA-256）が同じか確かめてください。")
    typer.echo(made.fingerprint)
    typer.echo(f"鍵（{keyfile}）は、ほかの人に渡さないでください。", err=True)


def self_signed(host: str, now: datetime) -> Certificate:
    """Make a certificate for a name or an address, good for `VALID_DAYS`.

    Raises
    ------
    CommandRefused
        ``host_malformed``.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import ExtendedKeyUsageOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Tsunagite")])
    until = now + timedelta(days=VALID_DAYS)
    usage = dict.fromkeys(KEY_USES, False) | {"digital_signature": True}
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        # Clocks of other machines may be a little behind.
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(until)
        .add_extension(x509.SubjectAlternativeName([_named(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(**usage), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    return Certificate(
        made.public_bytes(pem),
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()),
        made.fingerprint(hashes.SHA256()).hex(":").upper(),
        until,
    )


KEY_USES: Final = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)


def _named(host: str) -> x509.GeneralName:
    import ipaddress
    import re

    from cryptography import x509

    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        pass
    label = r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)"
    if len(host) > 253 or not re.fullmatch(rf"{label}(\.{label})*", host):
        raise CommandRefused("host_malformed", value=host)
    return x509.DNSName(host)


def write_new(path: Path, content: bytes, mode: int) -> None:
    """Write a file that is not there yet, with its rights from the first moment.

    Raises
    ------
    CommandRefused
        ``file_there_already``: whoever replaces a certificate does so by hand.
    """
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            file.write(content)
    except FileExistsError as error:
        raise CommandRefused("file_there_already", file=path) from error
