"""How long a computation may take, and whether that ever cut something off.

All work is bounded by counts first. Whoever stops because of the clock says so here, and the result
then claims no optimum: what claims one is the same on every machine.
"""

from __future__ import annotations

from time import perf_counter

LEAST_SECONDS = 0.01


class TimeLimit:
    """Counts down from where it is made; no frozen value, as it learns what was cut off.

    Parameters
    ----------
    seconds
        None for no limit.
    reserved
        Seconds that are kept for later.
    """

    def __init__(self, seconds: float | None = None, reserved: float = 0.0) -> None:
        self.seconds, self.reserved = seconds, reserved
        self.cut_off = False
        """Whether something was not done, or not finished, for want of time."""
        self._began = perf_counter()

    def left(self) -> float | None:
        """Return the seconds left, just above 0 at least; None for no limit."""
        if self.seconds is None:
            return None
        return max(LEAST_SECONDS, self.seconds - self.reserved - self.used())

    def used(self) -> float:
        """Return the seconds since it was made."""
        return perf_counter() - self._began

    def stops(self, share: float = 1.0) -> bool:
        """Tell whether a share of the time is over; if so, something is cut off."""
        if self.seconds is not None and self.used() > share * (self.seconds - self.reserved):
            self.cut_off = True
            return True
        return False
