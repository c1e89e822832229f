"""The command line's own words in Japanese: its help, and what it says of wrong arguments."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final

import typer

if TYPE_CHECKING:
    from typer.exceptions import TyperException

STOPPED: Final = "途中でやめました。何も変わっていません。"
STOPPED_IN: Final[Mapping[str, str]] = {
    "init": "途中でやめました。同じコマンドをもう一度 実行すると、用意できます。",
    "migrate": "途中でやめました。もう一度 tsunagite migrate を実行してください。",
    "sample": "止めました。同じコマンドをもう一度 実行すると、続きから始まります。",
    "import": "途中でやめました。最後まで取り込んだファイルだけが入っています。"
    "もう一度 同じように取り込めます。",
    "export": "途中でやめました。書きかけのファイルは残っていません。",
    "match": "途中でやめました。計算が終わる前なら、何も変わっていません。",
    "solve": "途中でやめました。最後まで解いた結果だけが残っています。",
    "serve": "止めました。",
}
"""What is true after Ctrl+C in the commands that change something, or whose usual end it is."""


def interrupted_words(arguments: Sequence[str]) -> str:
    """Return what somebody reads who pressed Ctrl+C."""
    return STOPPED_IN.get(next(iter(arguments), ""), STOPPED)


def speak_japanese(command: Any) -> None:
    """Have a command (as Typer builds it) and all below it show their help in Japanese."""
    from typer import rich_utils

    rich_utils.ARGUMENTS_PANEL_TITLE = "渡すもの"
    rich_utils.OPTIONS_PANEL_TITLE = "指定"
    rich_utils.COMMANDS_PANEL_TITLE = "コマンド"
    rich_utils.DEFAULT_STRING = "[言わないとき: {}]"
    rich_utils.REQUIRED_LONG_STRING = "[必ず]"
    _translate_help_option(command)


def _translate_help_option(command: Any) -> None:
    option = command.get_help_option(typer.Context(command))
    option.help = "この説明を見せる。"
    for inner in getattr(command, "commands", {}).values():
        _translate_help_option(inner)


def usage_words(error: TyperException) -> str:
    """Return what is wrong with the arguments, and where to look up what would be right."""
    if type(error).__name__ == "NoArgsIsHelpError":
        return error.format_message()  # the help itself, already shown on a terminal
    told = _told(error)
    context = getattr(error, "ctx", None)
    command = "tsunagite" if context is None else context.command_path
    return f"{told}\n使い方: {command} --help"


def _told(error: Any) -> str:
    match type(error).__name__:
        case "MissingParameter":
            return f"{_name(error)}の指定がありません。"
        case "NoSuchOption":
            near = "、".join(error.possibilities or ())
            return f"「{error.option_name}」という指定はありません。{_question(near)}"
        case "BadParameter":
            return f"{_name(error)}: {_why(error)}"
        case "BadOptionUsage":
            return f"「{error.option_name}」の値がありません。"
    if wanted := re.match(r"No such command '(.*?)'", error.message):
        known = getattr(error.ctx.command, "commands", {})
        near = "、".join(get_close_matches(wanted[1], known, n=3))
        return f"「{wanted[1]}」というコマンドはありません。{_question(near)}"
    return "指定を読めません。多すぎるか、足りません。"


def _why(error: Any) -> str:
    """Return why a value is refused: our own checks speak Japanese, the framework's do not."""
    if not error.message.isascii():
        return str(error.message)
    shown = getattr(error.param, "metavar", None) or ""
    choices = shown.replace("|", "、") if "|" in shown else ""
    return f"この値は使えません。{choices and f'{choices} のどれかにしてください。'}"


def _name(error: Any) -> str:
    """Return the argument or option as it is written on the command line."""
    parameter = error.param
    if parameter is None:
        return "指定"
    names = [name for name in parameter.opts if name.startswith("-")]
    return f"「{names[0] if names else parameter.metavar or parameter.name}」"


def _question(near: str) -> str:
    return f"{near} のことですか。" if near else ""
