"""The command `tsunagite`: every kind of work registers its commands here."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any, Final, TextIO

import typer
from typer.exceptions import TyperException

from api.commands import (
    auditing,
    certificate,
    doctor,
    files,
    keeping,
    keys,
    matching,
    people,
    policies,
    sample,
    serving,
    setting_up,
    solving,
    telling,
    users,
)

app = typer.Typer(no_args_is_help=True, add_completion=False)
KINDS: Final = (
    setting_up,
    sample,
    files,
    matching,
    policies,
    solving,
    serving,
    certificate,
    users,
    keeping,
    doctor,
    auditing,
    keys,
    people,
)
"""In the order in which the help lists their commands."""
INTERRUPTED: Final = 130
"""What shells give for Ctrl+C; Typer returns it for every command."""

for kind in KINDS:
    kind.register(app)


@app.callback(help="つなぎ手: 参加支援の つなぎ先を さがし、見守ります。")
def callback() -> None:
    """Hold the commands together."""


def main() -> None:
    """Run the command line."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Carry out one command and return its exit code; no traceback reaches a user."""
    for stream in (sys.stdout, sys.stderr):
        _never_stumble(stream)
    try:
        code = _carry_out(arguments)
    except KeyboardInterrupt:
        code = INTERRUPTED
    if code == INTERRUPTED:
        from api.usage import interrupted_words

        # The terminal has written ^C at the end of a line.
        typer.echo("\n" * sys.stderr.isatty() + interrupted_words(arguments), err=True)
    return code


def _carry_out(arguments: Sequence[str]) -> int:
    from api.usage import speak_japanese, usage_words

    command = typer.main.get_command(app)
    speak_japanese(command)
    try:
        try:
            code = command(list(arguments), prog_name="tsunagite", standalone_mode=False)
        finally:
            telling.end(command_words(arguments))
    except TyperException as error:
        typer.echo(usage_words(error), err=True)
        return error.exit_code
    except typer.Abort as error:  # Ctrl+C or Ctrl+D where something was asked
        if isinstance(error.__context__, KeyboardInterrupt):
            return INTERRUPTED
        typer.echo("やめました。", err=True)
        return 1
    except Exception as error:
        from api.errors import exit_code_of, in_japanese

        typer.echo(in_japanese(error), err=True)
        return exit_code_of(error)
    return code if isinstance(code, int) else 0


def command_words(arguments: Sequence[str]) -> str:
    """Return the command that was typed, without anything that follows it: ``audit show``."""
    words = []
    known: Any = typer.main.get_command(app)
    for argument in arguments:
        known = getattr(known, "commands", {}).get(argument)
        if known is None:
            break
        words.append(argument)
    return " ".join(words)


def _never_stumble(stream: TextIO) -> None:
    """Let a character that the terminal cannot show be replaced, instead of ending the work."""
    if hasattr(stream, "reconfigure"):
        stream.reconfigure(errors="replace")


if __name__ == "__main__":
    main()
