"""The dated rules, lists and texts that come with the product: `cases/data/*.toml`."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Any


def own_data(name: str) -> dict[str, Any]:
    """Read one of the files; `name` is without its ending."""
    return tomllib.loads(files("cases").joinpath("data", f"{name}.toml").read_text("utf-8"))
