"""`python -m benchmarks [NAME…]`: every benchmark in one run, written down with its machine.

A benchmark is a module here with `run() -> dict`: a `name`, a `question`, for each way the time in
`seconds` or `ms`, and the `ratio` to ours; or `cases`, a list of such dicts. A way that cannot
run holds a text that begins with "not run here". The load test is a program of its own.
"""

from __future__ import annotations

import json
import os
import platform
import sys
from collections.abc import Iterator, Mapping
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

FOLDER = Path(__file__).parent
RESULTS = FOLDER / "results"
NO_BENCHMARKS = ("__main__", "load", "locustfile")
LIBRARIES = ("numpy", "scipy", "ortools", "scikit-learn", "shapely", "geopandas", "pyproj")


def main(names: list[str]) -> None:
    """Run the benchmarks named, or all; keep the results of the others."""
    for name in names or list(_names()):
        print(f"{name} …", file=sys.stderr, flush=True)
        measured = import_module(f"benchmarks.{name}").run()
        RESULTS.mkdir(exist_ok=True)
        text = json.dumps({**measured, "machine": machine()}, ensure_ascii=False, indent=1)
        (RESULTS / f"{name}.json").write_text(text + "\n", encoding="utf-8")
    kept = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(RESULTS.glob("*.json"))]
    (RESULTS / "README.md").write_text(report(kept), encoding="utf-8")


def _names() -> Iterator[str]:
    """Modules of this folder that measure something."""
    for module in iter_modules([str(FOLDER)]):
        if module.name not in NO_BENCHMARKS and not module.name.startswith("instances"):
            yield module.name


def machine() -> dict[str, object]:
    """Describe what the times depend on; never the machine's name or a path."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gb": _memory_gb(),
        "python": platform.python_version(),
        "libraries": {name: version(name) for name in LIBRARIES},
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.machine()
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.machine())


def _memory_gb() -> int | None:
    try:
        return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30)
    except (AttributeError, ValueError, OSError):
        return None


def report(results: list[dict[str, Any]]) -> str:
    """Lay the results out as tables of times and ratios."""
    lines = [
        "# How fast, against what",
        "",
        "Made by `make bench`. All ways of a table ran one after the other on one machine and on",
        "the same data. A ratio says how many times longer than ours a way takes.",
    ]
    for result in results:
        lines += ["", f"## {result['name']}: {result['question']}", "", *_machine_lines(result)]
        for case in result.get("cases", [result]):
            lines += _case_lines(case, titled="cases" in result)
    return "\n".join(lines) + "\n"


def _machine_lines(result: Mapping[str, Any]) -> list[str]:
    told = result["machine"]
    libraries = ", ".join(f"{name} {number}" for name, number in told["libraries"].items())
    return [
        f"{told['processor']}, {told['cores']} cores, {told['memory_gb']} GB; "
        f"Python {told['python']}; {libraries}."
    ]


def _case_lines(case: Mapping[str, Any], titled: bool) -> list[str]:
    """One table for each kind of time, and the other figures below."""
    lines = ["", f"### {case['question']}"] if titled else []
    times = [key for key, value in case.items() if key.endswith(("seconds", "ms")) and value]
    for key in times:
        if isinstance(case[key], dict):
            ratios = case.get(key.replace("seconds", "ratio").replace("ms", "ratio"), {})
            lines += ["", f"| way | {_words(key)} | ratio |", "|---|---|---|"]
            lines += [
                f"| {way} | {_figure(took)} | {_figure(ratios.get(way, ''))} |"
                for way, took in case[key].items()
            ]
    figures = [
        f"{_words(key)} {_figure(value)}"
        for key, value in case.items()
        if isinstance(value, bool | int | float)
    ]
    return [*lines, "", " · ".join(figures)] if figures else lines


def _words(key: str) -> str:
    return key.replace("_", " ")


def _figure(value: object) -> str:
    """Write a number with three digits that count, anything else as it is."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
    return f"{value:,}" if isinstance(value, int) else str(value)


if __name__ == "__main__":
    main(sys.argv[1:])
