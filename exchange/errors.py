"""What can be wrong with a file that comes in or goes out, by code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from geo.errors import GeoError


class ExchangeError(Exception):
    """A file, a row or a cell cannot be used as it is.

    Parameters
    ----------
    code
        Key of the Japanese message in `exchange/messages.py`.
    **params
        Values that the message names.
    """

    def __init__(self, code: str, **params: object) -> None:
        self.code = code
        self.params = params
        super().__init__(code, params)

    def __str__(self) -> str:
        told = ", ".join(f"{name}={value!r}" for name, value in self.params.items())
        return f"{self.code}({told})"


@dataclass(frozen=True, slots=True)
class Fault:
    """An error of this package or of geo as a plain value, to be kept or sent elsewhere."""

    of_geo: bool
    code: str
    params: Mapping[str, object]

    @classmethod
    def of(cls, error: ExchangeError | GeoError) -> Fault:
        """Return the value of an error."""
        return cls(isinstance(error, GeoError), error.code, error.params)

    def error(self) -> ExchangeError | GeoError:
        """Return the error again."""
        kind = GeoError if self.of_geo else ExchangeError
        return kind(self.code, **self.params)


class ResultMismatch(ExchangeError):
    """A well-formed result that cannot belong to the problem."""
