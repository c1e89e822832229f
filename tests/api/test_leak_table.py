"""Every way out of the house has a row in the leak table: addresses, commands, logs, mail."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import typer
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.routing import Mount

from api import cli
from api.headers import CONTENT_SECURITY_POLICY
from catalog.actor import Role
from tests.api.leak_table import leak_table
from tests.api.test_leaks import WALKED_COMMANDS
from tests.figures import figure

ROOT: Final = Path(__file__).parents[2]
ROOMS: Final = ("api", "exchange", "db", "cases", "matcher", "catalog", "geo")
SENDS: Final = frozenset(
    {"smtplib", "email", "ftplib", "telnetlib", "imaplib", "poplib", "nntplib"}
)
"""Modules that carry words out of the house; a sheet of paper is a page here."""


def commands(command: Any, called: tuple[str, ...] = ("tsunagite",)) -> Iterator[str]:
    """Return every command as one types it."""
    for name, below in getattr(command, "commands", {}).items():
        yield from commands(below, (*called, name))
    if not hasattr(command, "commands"):
        yield " ".join(called)


def addresses(app: FastAPI) -> Iterator[str]:
    """Return every address, and every folder that is served as it is."""
    for route in iter_route_contexts(app.routes):
        for method in route.methods or ():
            yield f"{method} {route.path}"
    yield from (route.path for route in app.routes if isinstance(route, Mount))


def sources() -> Iterator[Path]:
    """Return the modules of the product."""
    for room in ROOMS:
        yield from (ROOT / room).rglob("*.py")


def loggers() -> Iterator[str]:
    """Return the name of every log that the product writes."""
    for source in sources():
        for name in re.findall(r"getLogger\(([^)]*)\)", source.read_text(encoding="utf-8")):
            assert name.startswith('"'), f"{source.name}: a log is called by a plain text"
            yield f"log {name.strip(chr(34))}"


def surfaces(app: FastAPI) -> set[str]:
    """Return every surface that there is."""
    return {*addresses(app), *commands(typer.main.get_command(cli.app)), *loggers()}


def test_every_surface_has_a_row_and_every_row_a_surface(app: FastAPI) -> None:
    """Whoever adds an address, a command or a log says here what it may tell, and to whom."""
    found, table = surfaces(app), leak_table()
    assert found - table.grants.keys() == set(), "add these to tests/api/leaks.toml"
    assert table.grants.keys() - found == set(), "these are no longer there"
    figure(f"leak table: {len(found)} surfaces × {len(table.secrets)} secrets")


def test_a_new_address_is_missed(app: FastAPI) -> None:
    """The test above can fail."""
    app.get("/new/{participant_id}")(lambda: None)
    assert surfaces(app) - leak_table().grants.keys() == {"GET /new/{participant_id}"}


def test_every_command_is_walked_or_says_why_not() -> None:
    """No command is forgotten by the search of what commands print."""
    table = leak_table()
    walked = {
        name
        for name in commands(typer.main.get_command(cli.app))
        if any(" ".join(["tsunagite", *each]).startswith(name) for each in WALKED_COMMANDS)
    }
    everything = set(commands(typer.main.get_command(cli.app)))
    assert everything - walked == table.not_walked.keys()
    assert all(table.not_walked.values())


def test_secrets_are_told_to_somebody_who_is_named_there() -> None:
    """A slip in the table is no grant: each secret and each reader is known."""
    table = leak_table()
    readers = {"named", "self", "operator", *map(str, Role)}
    for surface, grants in table.grants.items():
        assert grants.keys() <= readers, surface
        for secrets in grants.values():
            assert secrets <= table.secrets, surface


def test_nothing_is_mailed_and_no_page_asks_elsewhere() -> None:
    """There are no other ways out: no mail, no messages, and the browser may not call others."""
    for source in sources():
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [each.name for each in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            assert not SENDS & {name.split(".")[0] for name in names}, source
    asked = {part.split(" ", 1)[1] for part in CONTENT_SECURITY_POLICY.split("; ")}
    assert asked == {"'none'", "'self'"}
