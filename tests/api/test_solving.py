from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from api.cli import run
from tests.exchange.problem_documents import SMALL, changed

ROOT = Path(__file__).parents[2]
CLASH = {
    **SMALL,
    "rules": [
        {"kind": "forbidden", "participant": "p2", "opening": "o2"},
        {"kind": "fixed", "participant": "p1", "opening": "o1"},
        {"kind": "fixed", "participant": "p2", "opening": "o1"},
    ],
}
COUPLED = {**SMALL, "rules": [{"kind": "all_or_none", "participants": ["p1", "p2"]}]}
MALFORMED = changed(SMALL, "pairs/1/scores", 1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Make a folder with one problem of every kind."""
    for name, document in {
        "good": SMALL,
        "clash": CLASH,
        "malformed": MALFORMED,
        "coupled": COUPLED,
    }.items():
        save(tmp_path / f"{name}.json", document)
    return tmp_path


def save(path: Path, document: dict[str, Any]) -> Path:
    """Write a document."""
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def load(path: Path) -> dict[str, Any]:
    """Read a document."""
    read: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return read


def test_a_problem_is_solved_and_verified(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = folder / "result.json"
    assert run(["solve", str(folder / "good.json"), "--out", str(out)]) == 0
    told = capsys.readouterr()
    assert told.out == ""
    assert "3人のうち2人" in told.err
    assert load(out)["status"] == "optimal"
    assert run(["verify", str(folder / "good.json"), str(out)]) == 0
    assert "証明どおり" in capsys.readouterr().out


def test_arrays_are_solved_and_verified(folder: Path) -> None:
    from exchange.problem_files import problem_from_json, write_problem

    problem, result = folder / "good.npz", folder / "result.npz"
    write_problem(problem_from_json(SMALL), problem)
    assert run(["solve", str(problem), "--out", str(result)]) == 0
    assert run(["verify", str(problem), str(result)]) == 0
    assert run(["verify", str(folder / "good.json"), str(result)]) == 0


def test_without_out_the_result_goes_to_stdout(
    folder: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    """And nothing else does, so that it can be piped."""
    assert run(["solve", str(folder / "good.json")]) == 0
    assert json.loads(capsysbinary.readouterr().out)["format"] == "tsunagite.result/1"


def test_an_infeasible_problem_ends_with_3_and_its_conflict(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = folder / "result.json"
    assert run(["solve", str(folder / "clash.json"), "--out", str(out)]) == 3
    assert load(out)["conflict"] == ["rules/1", "rules/2"]
    assert "rules/1（fixed p1 → o1）" in capsys.readouterr().err
    assert run(["verify", str(folder / "clash.json"), str(out)]) == 0


@pytest.mark.parametrize(
    ("name", "code", "named"),
    [
        ("malformed", 2, "malformed.json: pairs/1"),
        ("missing", 2, "「missing.json」"),
    ],
)
def test_what_cannot_be_solved_writes_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str], name: str, code: int, named: str
) -> None:
    out = folder / "result.json"
    assert run(["solve", str(folder / f"{name}.json"), "--out", str(out)]) == code
    assert named in capsys.readouterr().err
    assert not out.exists()


def test_many_problems_do_not_stop_each_other(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The highest code ends the command; an infeasible one writes its result, a bad one none."""
    names = ["malformed", "good", "coupled", "clash"]
    out = folder / "new" / "results"
    arguments = [str(folder / f"{name}.json") for name in names]
    assert run(["solve", *arguments, "--out-dir", str(out)]) == 3
    assert sorted(path.name for path in out.iterdir()) == [
        "clash.result.json",
        "coupled.result.json",
        "good.result.json",
    ]
    lines = capsys.readouterr().err.splitlines()
    assert [line.partition(".json: ")[0] for line in lines] == names


@pytest.mark.parametrize(
    ("names", "code"),
    [
        (["good"], 0),
        (["good", "coupled"], 0),
        (["coupled", "malformed", "good"], 2),
        (["clash", "malformed"], 3),
    ],
)
def test_the_highest_code_wins(folder: Path, names: list[str], code: int) -> None:
    arguments = [str(folder / f"{name}.json") for name in names]
    assert run(["solve", *arguments, "--out-dir", str(folder / "out")]) == code


def test_two_inputs_with_one_stem_are_refused_at_once(folder: Path) -> None:
    """Before anything is solved."""
    other = folder / "other"
    other.mkdir()
    twin = save(other / "good.json", SMALL)
    out = folder / "out"
    assert run(["solve", str(folder / "good.json"), str(twin), "--out-dir", str(out)]) == 2
    assert not out.exists()


def test_wrong_arguments_end_with_2(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, clash = str(folder / "good.json"), str(folder / "clash.json")
    for arguments in (
        ["solve"],
        ["solve", good, clash],
        ["solve", good, clash, "--out", "x.json"],
        ["solve", good, "--out", "x.json", "--out-dir", "x"],
        ["solve", good, "--out", good],
        ["solve", good, "--method", "magic"],
        ["verify", good],
    ):
        assert run(arguments) == 2
        assert capsys.readouterr().err
    assert load(Path(good)) == SMALL


def test_a_place_that_cannot_be_written_to_ends_with_1(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = folder / "good.json" / "result.json"
    assert run(["solve", str(folder / "good.json"), "--out", str(out)]) == 1
    assert "書けません" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("assignments/0/score", 0.8, 1),
        ("objectives/2/value", 1.3, 1),
        ("openings/0/one_more_place/score", 9, 1),
        ("proof/stages/2/openings/o1", 7, 1),
        ("proof", {"kind": "none"}, 1),
        ("assignments/0/participant", "stranger", 1),
        ("status", "unknown", 1),
        ("status", "magnificent", 2),
        ("objectivs", [], 2),
    ],
)
def test_an_altered_result_does_not_pass(
    folder: Path, path: str, value: object, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """Altered, worse, proofless or wrongly claimed: 1; not even a result: 2."""
    good, out = str(folder / "good.json"), folder / "result.json"
    run(["solve", good, "--out", str(out)])
    save(out, changed(load(out), path, value))
    capsys.readouterr()
    assert run(["verify", good, str(out)]) == code
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err


def test_verify_says_which_of_its_two_files_is_malformed(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, out = str(folder / "good.json"), folder / "result.json"
    run(["solve", good, "--out", str(out)])
    capsys.readouterr()
    assert run(["verify", str(folder / "malformed.json"), str(out)]) == 2
    assert capsys.readouterr().err.startswith("malformed.json: ")
    save(out, changed(load(out), "assignments/0/score", 0.8))
    assert run(["verify", good, str(out)]) == 1
    assert capsys.readouterr().err.startswith("result.json: ")


def test_the_word_of_a_solver_passes_only_when_asked(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, out = str(folder / "good.json"), folder / "result.json"
    run(["solve", good, "--out", str(out)])
    save(out, changed(load(out), "proof", {"kind": "solver", "name": "some"}))
    assert run(["verify", good, str(out)]) == 1
    assert run(["verify", good, str(out), "--trust-solver"]) == 0
    assert "信じました" in capsys.readouterr().out


def test_a_feasible_result_passes_without_a_proof(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, out = str(folder / "good.json"), folder / "result.json"
    run(["solve", good, "--out", str(out)])
    claimed = changed(changed(load(out), "status", "feasible"), "proof", {"kind": "none"})
    save(out, claimed)
    assert run(["verify", good, str(out)]) == 0
    assert "分かりません" in capsys.readouterr().out


def command(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run the command in a process of its own."""
    script = "import sys; from api.cli import run; sys.exit(run(sys.argv[1:]))"
    return subprocess.run(
        [sys.executable, "-c", script, *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        check=False,
    )


def test_verify_needs_neither_ortools_nor_scipy(folder: Path) -> None:
    """With both made impossible to import, a result is still verified."""
    good, out = str(folder / "good.json"), str(folder / "result.json")
    assert run(["solve", good, "--out", out]) == 0
    script = (
        "import sys; sys.modules['ortools'] = sys.modules['scipy'] = None; "
        "from api.cli import run; sys.exit(run(sys.argv[1:]))"
    )
    arguments = [sys.executable, "-c", script]
    assert subprocess.run([*arguments, "verify", good, out], cwd=ROOT, check=False).returncode == 0
    assert subprocess.run([*arguments, "solve", good], cwd=ROOT, check=False).returncode == 1


def test_no_traceback_reaches_a_user(folder: Path) -> None:
    """Not even for a file that is no file."""
    for path in (str(folder), os.devnull, str(folder / "malformed.json")):
        done = command("solve", path)
        assert done.returncode == 2
        assert b"Traceback" not in done.stderr
        assert done.stderr
