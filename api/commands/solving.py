"""`solve` and `verify`: the solver alone on files, and the check that knows nothing of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from api.commands.terminal import console, working

if TYPE_CHECKING:
    from matcher.certificate import Verdict
    from matcher.problem import Problem
    from matcher.result import Assignment

INFEASIBLE: Final = 3
SOLVE_HELP: Final = """問題のファイルを解き、一番よい組み合わせと、その証明を書きます。

--out も --out-dir もなければ、結果を画面に出します。決まりが食い違うときは 3 で終わります。"""
VERIFY_HELP: Final = "結果を、解くプログラムを使わずに確かめます。"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("solve", help=SOLVE_HELP)(solve)
    app.command("verify", help=VERIFY_HELP)(verify)


def solve(
    problems: Annotated[
        list[Path], typer.Argument(metavar="PROBLEM", help="問題のファイル（.json か .npz）。")
    ],
    out: Annotated[Path | None, typer.Option(metavar="RESULT", help="結果を書くファイル。")] = None,
    out_dir: Annotated[
        Path | None, typer.Option(metavar="DIR", help="いくつも解くとき、結果を書くフォルダー。")
    ] = None,
) -> None:
    """Solve problems; without a place for it, the result goes to stdout."""
    if out_dir is None:
        if len(problems) > 1:
            raise typer.BadParameter("いくつも解くときは --out-dir を指定してください。")
        if out is not None and out.resolve() == problems[0].resolve():
            raise typer.BadParameter("--out は、問題とは別のファイルにしてください。")
        code = solve_one(problems[0], out)
    else:
        if out is not None:
            raise typer.BadParameter("--out と --out-dir は、どちらか一つにしてください。")
        code = solve_many(problems, out_dir)
    raise typer.Exit(code)


@contextmanager
def about(path: Path) -> Iterator[None]:
    """Have an error tell of which file it is, unless its message does."""
    try:
        yield
    except Exception as error:
        if "file" not in getattr(error, "params", ()):
            error.add_note(path.name)
        raise


def solve_one(path: Path, out: Path | None) -> int:
    """Solve one problem; return the exit code. Without `out`, the result goes to stdout."""
    from exchange.json_documents import write
    from exchange.problem_files import read_problem
    from exchange.result_files import result_to_json, write_result
    from matcher.assignment import assign

    with working(f"{path.name} を解いています…"), about(path):
        problem = read_problem(path)
        result = assign(problem)
    if out is None:
        typer.echo(write(result_to_json(problem, result)), nl=False)
    else:
        write_result(problem, result, out)
    typer.echo(f"{path.name}: {told(problem, result)}", err=True)
    return INFEASIBLE if result.conflict else 0


def solve_many(paths: Sequence[Path], folder: Path) -> int:
    """Solve each problem into a folder; return the highest exit code. No one stops the others."""
    from api.errors import exit_code_of, in_japanese

    stems = [path.stem for path in paths]
    if repeated := next((stem for stem in stems if stems.count(stem) > 1), ""):
        raise typer.BadParameter(
            f"「{repeated}」という名前が2つあります。結果が重なるので、分けて解いてください。"
        )
    folder.mkdir(parents=True, exist_ok=True)
    highest = 0
    for path in _with_progress(paths):
        try:
            code = solve_one(path, folder / f"{path.stem}.result.json")
        except Exception as error:
            typer.echo(in_japanese(error), err=True)
            code = exit_code_of(error)
        highest = max(highest, code)
    return highest


def _with_progress(paths: Sequence[Path]) -> Iterable[Path]:
    """Show on a terminal how far the work is."""
    from rich.progress import track

    screen = console(stderr=True)
    return track(paths, "解いています", console=screen, disable=not screen.is_terminal)


def told(problem: Problem, result: Assignment) -> str:
    """Return the outcome in a sentence."""
    if result.conflict:
        rules = "、".join(f"{name}（{_rule(problem, name)}）" for name in result.conflict)
        return f"同時に守れない決まりがあります: {rules}。どれかを消してください。"
    placed = int((result.opening_of >= 0).sum())
    return (
        f"✓ {len(problem.participant_ids)}人のうち{placed}人の行き先を決めました。"
        "これより良い組み合わせはありません。"
    )


def _rule(problem: Problem, name: str) -> str:
    from matcher.rules import Fixed, Forbidden

    if name == "moves_limit":
        return f"今の行き先から動く人は{problem.moves_limit}人まで"
    rule = problem.rules[int(name.removeprefix("rules/"))]
    ends = f"{rule.participant} → {rule.opening}" if isinstance(rule, Fixed | Forbidden) else ""
    return f"{rule.kind} {ends}".strip()


def verify(
    problem: Annotated[Path, typer.Argument(metavar="PROBLEM", help="問題のファイル。")],
    result: Annotated[Path, typer.Argument(metavar="RESULT", help="その結果のファイル。")],
    trust_solver: Annotated[
        bool, typer.Option("--trust-solver", help="証明のない「一番よい」も信じる。")
    ] = False,
) -> None:
    """Check a result without any code of the solver."""
    from exchange.problem_files import read_problem
    from exchange.result_files import read_result
    from matcher.certificate import check

    with working("確かめています…"):
        with about(problem):
            asked = read_problem(problem)
        with about(result):
            verdict = check(asked, read_result(result, asked), trust_solver=trust_solver)
    typer.echo(f"✓ {verdict_told(verdict)}")


def verdict_told(verdict: Verdict) -> str:
    """Return what was found right in a sentence."""
    if verdict.trusted:
        return "値はすべて正しいです。証明がないので、主張そのものは確かめずに信じました。"
    return {
        "optimal": "結果は正しく、これより良い組み合わせがないことも証明どおりです。",
        "infeasible": "挙げられた決まりは同時に守れず、どれも余分ではありません。",
        "feasible": "決まりはすべて守られ、値も正しいです。一番よいかどうかは分かりません。",
    }[verdict.claim]
