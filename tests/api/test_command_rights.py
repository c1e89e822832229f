"""Every command, with who acts in it: a terminal on the server is no way round the rights.

Who runs a command holds the account of the machine that owns the database and the key file, both
readable for it alone. What is done is on record under `system`, a role that decides about nobody;
what is shown of people is what a coordinator sees whom nobody named.
"""

from __future__ import annotations

import importlib
import inspect
import stat
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import typer

import api.cli
from api.cli import app
from cases.permissions import Action, is_ever_allowed
from catalog.actor import Role
from tests.sample_office import sample_office


class Acts(StrEnum):
    """Who acts in a command."""

    NOBODY = "nobody"
    """It touches no person's data."""
    SYSTEM = "system"
    """It writes, or looks after what is written; it shows nobody."""
    ONLOOKER = "onlooker"
    """It shows people: those whom a coordinator may open who is named by nobody."""


COMMANDS: Final = {
    "tsunagite init": Acts.SYSTEM,
    "tsunagite migrate": Acts.SYSTEM,
    "tsunagite import": Acts.SYSTEM,
    "tsunagite match": Acts.ONLOOKER,
    "tsunagite rank": Acts.ONLOOKER,
    "tsunagite solve": Acts.NOBODY,
    "tsunagite verify": Acts.NOBODY,
    "tsunagite serve": Acts.NOBODY,
    "tsunagite certificate": Acts.NOBODY,
    "tsunagite backup": Acts.SYSTEM,
    "tsunagite restore": Acts.SYSTEM,
    "tsunagite doctor": Acts.SYSTEM,
    "tsunagite sample load": Acts.SYSTEM,
    "tsunagite sample run": Acts.SYSTEM,
    "tsunagite person export": Acts.ONLOOKER,
    "tsunagite person retention": Acts.ONLOOKER,
    "tsunagite export towns": Acts.NOBODY,
    "tsunagite policy preview": Acts.ONLOOKER,
    "tsunagite user add": Acts.SYSTEM,
    "tsunagite user list": Acts.SYSTEM,
    "tsunagite user password": Acts.SYSTEM,
    "tsunagite user disable": Acts.SYSTEM,
    "tsunagite user invite": Acts.SYSTEM,
    "tsunagite user reset": Acts.SYSTEM,
    "tsunagite user unlock": Acts.SYSTEM,
    "tsunagite user sessions": Acts.SYSTEM,
    "tsunagite user sign-out-everybody": Acts.SYSTEM,
    "tsunagite audit verify": Acts.SYSTEM,
    "tsunagite audit anchor": Acts.SYSTEM,
    "tsunagite audit cut": Acts.SYSTEM,
    "tsunagite audit show": Acts.SYSTEM,
    "tsunagite keys check": Acts.SYSTEM,
    "tsunagite keys rotate": Acts.SYSTEM,
    "tsunagite keys drop": Acts.SYSTEM,
}
"""Every command, with who acts."""
EVERYBODY: Final = frozenset({"api.commands.sample", "api.commands.office"})
"""The sample runs a first matching; the office names both actors."""


def callbacks(command: Any, called: tuple[str, ...] = ("tsunagite",)) -> Iterator[tuple[str, Any]]:
    """Return every command as one types it, with its function."""
    for name, below in getattr(command, "commands", {}).items():
        yield from callbacks(below, (*called, name))
    if not hasattr(command, "commands"):
        yield " ".join(called), command.callback


def test_every_command_is_in_the_table() -> None:
    """A new command needs a row that says who acts in it."""
    assert {name for name, _ in callbacks(typer.main.get_command(app))} == set(COMMANDS)


def test_who_acts_is_as_the_table_says() -> None:
    """Whoever shows people asks as the onlooker; who acts as nobody never opens the keys."""
    for name, callback in callbacks(typer.main.get_command(app)):
        module = inspect.getsource(inspect.getmodule(inspect.unwrap(callback)) or api.cli)
        assert ("onlooker_of(" in module) == (COMMANDS[name] is Acts.ONLOOKER), name
        if COMMANDS[name] is Acts.NOBODY:
            assert "keyring()" not in inspect.getsource(inspect.unwrap(callback)), name


def test_no_command_reads_people_as_the_system_does() -> None:
    """The scope of everyone is for computing; no command shows what comes of it."""
    folder = Path(inspect.getfile(importlib.import_module("api.commands"))).parent
    for path in sorted(folder.glob("*.py")):
        module = f"api.commands.{path.stem}"
        text = path.read_text(encoding="utf-8")
        if module not in EVERYBODY:
            assert "scope_of_everyone" not in text, module
            assert "PeopleScope(actor_of" not in text, module
            assert "Role.SYSTEM, " not in text, module


def test_the_system_decides_about_nobody_and_an_onlooker_meets_nobody_protected() -> None:
    for action in (Action.DECIDE_PROPOSAL, Action.SETTLE_RULES, Action.OVERRIDE_RULES):
        assert not is_ever_allowed(Role.SYSTEM, action)
    for action in (Action.MANAGE_USERS, Action.EDIT_SETTINGS, Action.OPEN_IN_EMERGENCY):
        assert not is_ever_allowed(Role.SYSTEM, action)


def test_the_files_are_for_the_account_of_the_machine_alone(tmp_path: Path) -> None:
    """Nobody else on the machine reads the database or its keys."""
    settings = sample_office(tmp_path)
    assert stat.S_IMODE(settings.key_file.stat().st_mode) & 0o077 == 0
