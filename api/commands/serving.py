"""`serve`: the web application, on this machine or, with a certificate, beyond it."""

from __future__ import annotations

import ipaddress
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from api.command_refusals import CommandRefused
from api.commands.office import open_office
from api.commands.setting_up import fill_scopes

if TYPE_CHECKING:
    import socket

    from api.settings import Settings
    from db.sample.accounts import SampleAccount


MOST_AT_ONCE: Final = 500
"""Connections beyond these are hung up on; a few before, they are told to come back."""
KEPT_OPEN_SECONDS: Final = 15
"""So long a connection may be silent, or take for the head of a request (`api.connections`)."""

HELP: Final = "つなぎ手を動かします。ブラウザーで、表示されるアドレスを開いてください。"


class Side(StrEnum):
    """Which half of the product this process serves (`docs/architecture.md`, two sides)."""

    CASES = "cases"
    HOSTS = "hosts"
    BOTH = "both"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("serve", help=HELP)(serve)


def serve(
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="番号。0 なら空いている番号。")
    ] = 8000,
    host: Annotated[
        str, typer.Option(help="どこから つなげるか。localhost はこの機械からだけ。")
    ] = "localhost",
    side: Annotated[
        Side, typer.Option(help="動かす側: 相談の側、受け入れ先の側、または両方。")
    ] = Side.BOTH,
    certfile: Annotated[
        Path | None, typer.Option(help="HTTPS の証明書。ほかの機械から使うときに要ります。")
    ] = None,
    keyfile: Annotated[Path | None, typer.Option(help="証明書の鍵。")] = None,
) -> None:
    """Serve the application; refuse what would let strangers in."""
    if side is Side.HOSTS:
        raise CommandRefused("hosts_side_missing")
    from api.oidc.setting import provider_setting

    has_certificate = check_certificate(certfile, keyfile)
    with open_office() as office:
        fill_scopes(office)
        settings, accounts = office.settings, []
        if office.is_sample:
            from api.sample import open_sample_accounts
            from db.users import SqlUserStore

            accounts = open_sample_accounts(SqlUserStore(office.database, office.code))
    check_exposure(host, has_certificate=has_certificate, has_sample_accounts=bool(accounts))
    check_proxy(settings.trusted_proxy, has_sample_accounts=bool(accounts))
    provider_setting(settings)
    listening = listen(host, port)
    scheme = "https" if has_certificate else "http"
    shown_host = "localhost" if is_this_machine(host) else host
    typer.echo(f"つなぎ手: {scheme}://{shown_host}:{listening.getsockname()[1]}")
    tell_of_accounts(accounts)
    typer.echo("止めるには Ctrl+C を押してください。")
    run(settings, listening, certfile, keyfile)


def check_certificate(certfile: Path | None, keyfile: Path | None) -> bool:
    """Tell whether there is a certificate.

    Raises
    ------
    CommandRefused
        Only one of the two files was named, or they cannot be used.
    """
    import ssl

    if certfile is None and keyfile is None:
        return False
    if certfile is None or keyfile is None:
        raise CommandRefused("half_certificate")
    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(certfile, keyfile)
    except OSError as error:  # also every ssl.SSLError
        raise CommandRefused("certificate_unusable", file=certfile, reason=error) from error
    return True


def check_exposure(host: str, *, has_certificate: bool, has_sample_accounts: bool) -> None:
    """Let other machines in only by HTTPS, and never with passwords that everybody knows.

    Raises
    ------
    CommandRefused
        ``needs_certificate`` or ``sample_accounts_exposed``.
    """
    if is_this_machine(host):
        return
    if not has_certificate:
        raise CommandRefused("needs_certificate", host=host)
    if has_sample_accounts:
        raise CommandRefused("sample_accounts_exposed", host=host)


def check_proxy(trusted_proxy: str, *, has_sample_accounts: bool) -> None:
    """Let nobody in over a proxy with passwords that everybody knows.

    Raises
    ------
    CommandRefused
        ``sample_accounts_proxied``.
    """
    if trusted_proxy and has_sample_accounts:
        raise CommandRefused("sample_accounts_proxied", proxy=trusted_proxy)


def is_this_machine(host: str) -> bool:
    """Tell whether only this machine can reach an address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def listen(host: str, port: int) -> socket.socket:
    """Take the port.

    Raises
    ------
    CommandRefused
        ``port_taken`` when another program has it, or the address is not of this machine.
    """
    import socket

    address = "127.0.0.1" if host == "localhost" else host
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        return socket.create_server((address, port), family=family)
    except OSError as error:
        raise CommandRefused("port_taken", host=host, port=port) from error


def tell_of_accounts(accounts: list[SampleAccount]) -> None:
    """Print with whom one can sign in to the sample city."""
    from api.commands.terminal import plain_table, show
    from api.labels import ROLES

    if not accounts:
        return
    typer.echo("見本の市の利用者（どなたでも試せます）")
    table = plain_table("アカウント名", "パスワード", "だれ")
    for each in accounts:
        table.add_row(
            each.login, each.password, f"{each.name}（{each.office}・{ROLES[each.role]}）"
        )
    show(table)


def run(
    settings: Settings, listening: socket.socket, certfile: Path | None, keyfile: Path | None
) -> None:
    """Serve until somebody stops it."""
    import logging

    import uvicorn

    from api.app import create_app

    logging.basicConfig(format="%(asctime)s %(message)s", level=logging.WARNING)
    logging.getLogger("tsunagite").setLevel(logging.INFO)
    if certfile is not None:
        settings = settings.model_copy(update={"secure_cookies": True})
    config = uvicorn.Config(
        create_app(settings),
        ssl_certfile=certfile,
        ssl_keyfile=keyfile,
        **serving_options(settings),
    )
    uvicorn.Server(config).run(sockets=[listening])


def serving_options(settings: Settings) -> dict[str, Any]:
    """Return how the server treats requests: what it believes, and how much it takes."""
    from api.connections import ProxiedProtocol, TimedProtocol
    from api.limits import MOST_HEAD_BYTES

    return {
        "http": ProxiedProtocol if settings.trusted_proxy else TimedProtocol,
        "access_log": False,  # ours names routes only
        "log_config": None,
        "server_header": False,
        # Whose request it is says the connection; a proxy may say it only where one is named.
        "proxy_headers": bool(settings.trusted_proxy),
        "forwarded_allow_ips": settings.trusted_proxy,
        "h11_max_incomplete_event_size": MOST_HEAD_BYTES,
        "limit_concurrency": MOST_AT_ONCE,
        "timeout_keep_alive": KEPT_OPEN_SECONDS,
    }
