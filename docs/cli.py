"""The page of all commands, from the command line itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from enum import Enum
from typing import Any

from typer.main import get_command

from api.cli import app

_HEAD = """# コマンド（Command line）

`tsunagite` のすべてのコマンドです。`make docs` がプログラムから作ります。

終了コード: 0 できた（入らなかった行がある取り込みも）／1 できなかった（理由を標準エラーに）／
2 指定かファイルの形がちがう／3 形は正しいが、満たす答えがない／130 途中でやめた（Ctrl+C）。
`--json` の答えは標準出力に、それ以外の言葉は標準エラーに出ます。
"""


def cli_page() -> str:
    """Return `docs/cli.md`."""
    sections = [_section(words, command) for words, command in _commands((), get_command(app))]
    return "\n".join([_HEAD, *sections])


def _commands(words: Sequence[str], command: Any) -> Iterator[tuple[Sequence[str], Any]]:
    """Yield every command that does something, with the words that call it, by name."""
    inner = getattr(command, "commands", None)
    if inner is None:
        yield words, command
        return
    for name in sorted(inner):
        if not inner[name].hidden:
            yield from _commands((*words, name), inner[name])


def _section(words: Sequence[str], command: Any) -> str:
    arguments = [each for each in command.params if not each.opts[0].startswith("-")]
    options = [each for each in command.params if each.opts[0].startswith("-")]
    usage = " ".join(["tsunagite", *words, *map(_argument, arguments)])
    usage += " [OPTIONS]" if options else ""
    lines = [f"## {' '.join(words)}", "", *_paragraphs(command.help), "```", usage, "```", ""]
    rows = [
        f"| {name} | {_cell(each.help or '')} | {_default(each)} |"
        for name, each in [
            *((f"`{_argument(each)}`", each) for each in arguments),
            *((f"`{_option(each)}`", each) for each in options),
        ]
    ]
    if rows:
        lines += ["| 指定 | 意味 | 言わないとき |", "|---|---|---|", *rows, ""]
    return "\n".join(lines)


def _paragraphs(text: str | None) -> Iterable[str]:
    for paragraph in (text or "").strip().split("\n\n"):
        yield from ("".join(line.strip() for line in paragraph.splitlines()), "")


def _argument(parameter: Any) -> str:
    name = parameter.metavar or parameter.name.upper()
    name += "…" if parameter.nargs != 1 else ""
    return name if parameter.required else f"[{name}]"


def _option(parameter: Any) -> str:
    names = " / ".join([*parameter.opts, *parameter.secondary_opts])
    if parameter.is_flag:
        return names
    return f"{names} {_cell(_value(parameter))}"


def _value(parameter: Any) -> str:
    if parameter.metavar:
        return str(parameter.metavar)
    annotation = parameter.type_descriptor.annotation
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return "|".join(str(member.value) for member in annotation)
    return str(parameter.name).upper()


def _default(parameter: Any) -> str:
    if parameter.required:
        return "必ず指定する"
    default = parameter.default.value if isinstance(parameter.default, Enum) else parameter.default
    if parameter.opts[0].startswith("-") and parameter.is_flag:
        return "しない" if not default else "する"
    return f"`{default}`" if default not in (None, "", [], ()) else "—"


def _cell(text: str) -> str:
    """Keep a bar in a text from ending the cell."""
    return " ".join(text.split()).replace("|", "\\|")
