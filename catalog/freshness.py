"""How old what we know is."""

from __future__ import annotations

from datetime import date


def days_since_confirmed(last_confirmed_on: date | None, today: date) -> int | None:
    """Return the days since somebody last made sure, None where nobody ever did.

    A day that is still to come (a clock gone wrong, a slip of the pen) counts as today.
    """
    return None if last_confirmed_on is None else max(0, (today - last_confirmed_on).days)
