"""Where an error came from, for the log: its lines, never its text."""

from __future__ import annotations

import traceback


def where(error: BaseException) -> str:
    """Return the kind of an error and the lines it went through; its text may name people."""
    lines = [
        f"{frame.filename}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)
    ]
    return " ← ".join([type(error).__qualname__, *reversed(lines)])
